//! Other ways to begin than a preset: an empty design, a file, the clipboard, a recent file.

use egui::{Button, RichText, Ui};

use super::super::super::command::UiCommand;
use super::super::super::intent::{Intent, Intents};
use super::super::super::model::Model;
use super::super::super::panels::files_menu::recent_row;
use super::super::super::text::{Text, text};
use super::super::super::theme;
use super::super::super::theme::fonts::icon;
use super::column_heading;
use lucide_icons::Icon;

const START: Text = text("Start", "开始");
const EMPTY: Text = text("Empty design", "空白设计");
const EMPTY_TIP: Text =
    text("Start with an empty canvas and wire the stages yourself", "从空白画布开始，自己连接各个阶段");
const RECENT: Text = text("Recent files", "最近的文件");
const NO_RECENT: Text = text("Files that you open or save are listed here", "打开或保存过的文件会列在这里");

/// Draws it.
pub fn show(ui: &mut Ui, model: &Model, out: &mut Intents) {
    let lang = model.lang();
    let tokens = theme::tokens(ui.ctx());
    column_heading(ui, lang.t(START));
    let open = UiCommand::Open.about();
    let paste = UiCommand::PasteTopology.about();
    if row(ui, Icon::FilePlus, lang.t(EMPTY), lang.t(EMPTY_TIP)) {
        // The design is empty already when the window has just opened: then only the chooser goes.
        out.push(Intent::Dialog(None));
        if !model.doc.topology().stages.is_empty() || model.doc.is_dirty() {
            out.command(UiCommand::New);
        }
    }
    if row(ui, open.icon, lang.t(open.label), lang.t(open.tip)) {
        out.command(UiCommand::Open);
    }
    if row(ui, paste.icon, lang.t(paste.label), lang.t(paste.tip)) {
        out.command(UiCommand::PasteTopology);
    }
    ui.add_space(14.0);
    column_heading(ui, lang.t(RECENT));
    if model.settings.recent.is_empty() {
        ui.label(RichText::new(lang.t(NO_RECENT)).color(tokens.weak).italics());
    }
    for path in &model.settings.recent {
        ui.style_mut().visuals.widgets.inactive.weak_bg_fill = tokens.panel;
        ui.style_mut().visuals.widgets.inactive.bg_stroke = egui::Stroke::NONE;
        recent_row(ui, path, out);
    }
}

fn row(ui: &mut Ui, sign: Icon, label: &str, tip: &str) -> bool {
    let tokens = theme::tokens(ui.ctx());
    let button = Button::new((icon(sign).size(15.0).color(tokens.accent), label))
        .min_size(egui::vec2(ui.available_width(), 32.0))
        .truncate();
    ui.add(button).accessible_name(label).on_hover_text(tip).clicked()
}
