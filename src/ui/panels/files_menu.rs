//! The files opened or saved last, as rows of a menu.

use std::path::Path;

use egui::{AtomExt, Button, Ui};
use lucide_icons::Icon;

use super::super::intent::{Intent, Intents};
use super::super::model::Model;
use super::super::text::{Text, text};
use super::super::theme::fonts::icon;

const OPEN_RECENT: Text = text("Open recent", "最近打开");
const NONE_YET: Text = text("Files that you open or save are listed here", "打开或保存过的文件会列在这里");

/// "Open recent" with a menu of the files.
pub fn recent_menu(ui: &mut Ui, model: &Model, out: &mut Intents) {
    let lang = model.lang();
    let label = lang.t(OPEN_RECENT);
    let menu = ui.menu_button((icon(Icon::History), label), |ui| recent_rows(ui, model, out));
    menu.response.accessible_name(label);
}

/// One row a file; says so where there is none.
pub fn recent_rows(ui: &mut Ui, model: &Model, out: &mut Intents) {
    if model.settings.recent.is_empty() {
        ui.add_enabled(false, Button::new(model.lang().t(NONE_YET)));
    }
    for path in &model.settings.recent {
        recent_row(ui, path, out);
    }
}

/// One file: its name, with its folder as a tooltip.
pub fn recent_row(ui: &mut Ui, path: &Path, out: &mut Intents) {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let row = Button::new((icon(Icon::FileText), name.as_ref().atom_shrink(true))).truncate();
    let response = ui.add(row).accessible_name(name.as_ref()).on_hover_text(path.display().to_string());
    if response.clicked() {
        out.push(Intent::OpenFile(path.to_owned()));
    }
}
