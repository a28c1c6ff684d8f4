//! Other ways to begin than a preset: an empty design, a file, the clipboard, a recent file.

use egui::{AtomExt, Button, RichText, ScrollArea, Stroke, Ui};

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

/// What stands above the recent files, in points.
const ABOVE_RECENT: f32 = 208.0;

/// Draws it, no higher than `most`.
pub fn show(ui: &mut Ui, model: &Model, most: f32, out: &mut Intents) {
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
    let lessons = UiCommand::Lessons.about();
    if row(ui, lessons.icon, lang.t(lessons.label), lang.t(lessons.tip)) {
        out.command(UiCommand::Lessons);
    }
    ui.add_space(14.0);
    column_heading(ui, lang.t(RECENT));
    if model.settings.recent.is_empty() {
        ui.label(RichText::new(lang.t(NO_RECENT)).color(tokens.weak).italics());
    }
    let rest = (most - ABOVE_RECENT).max(60.0);
    ScrollArea::vertical()
        .id_salt("recent")
        .max_height(rest)
        .min_scrolled_height(rest)
        .auto_shrink([false, true])
        .show(ui, |ui| {
            let inactive = &mut ui.visuals_mut().widgets.inactive;
            inactive.weak_bg_fill = tokens.panel;
            inactive.bg_stroke = Stroke::NONE;
            for path in &model.settings.recent {
                recent_row(ui, path, out);
            }
        });
}

fn row(ui: &mut Ui, sign: Icon, label: &str, tip: &str) -> bool {
    let tokens = theme::tokens(ui.ctx());
    let button = Button::new((icon(sign).size(15.0).color(tokens.accent), label.atom_shrink(true)))
        .min_size(egui::vec2(ui.available_width(), 32.0))
        .truncate();
    ui.add(button).accessible_name(label).on_hover_text(tip).clicked()
}
