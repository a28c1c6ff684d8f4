//! Asks before changes that were not saved are lost.

use egui::Context;
use lucide_icons::Icon;

use super::super::intent::{Intent, Intents};
use super::super::model::Model;
use super::super::text::common::CANCEL;
use super::super::text::{Text, text};
use super::super::view::After;
use super::frame;

const HEADING: Text = text("Save the changes?", "保存更改吗？");
const BODY: Text =
    text("“{}” has changes that are not saved and would be lost", "“{}”有尚未保存的更改，否则将丢失");
const SAVE: Text = text("Save", "保存");
const SAVE_AS: Text = text("Save…", "保存…");
const DONT: Text = text("Don't save", "不保存");

/// Draws it. Answers whether it should close.
pub fn show(ctx: &Context, model: &Model, after: &After, out: &mut Intents) -> bool {
    let lang = model.lang();
    let mut is_cancelled = false;
    let should_close = frame::show(ctx, "unsaved", 420.0, |ui| {
        frame::heading(ui, Icon::Save, lang.t(HEADING));
        ui.label(lang.f(BODY, &[&model.doc.topology().title]));
        frame::buttons(ui, |ui| {
            let save = if model.doc.path().is_some() { SAVE } else { SAVE_AS };
            let response = frame::primary(ui, lang.t(save));
            if ui.memory(|memory| memory.focused().is_none()) {
                response.request_focus();
            }
            if response.clicked() {
                out.push(Intent::SaveThen(after.clone()));
            }
            is_cancelled = ui.button(lang.t(CANCEL)).clicked();
            ui.add_space(12.0);
            if frame::dangerous(ui, lang.t(DONT)).clicked() {
                out.push(Intent::Proceed(after.clone()));
            }
        });
    });
    should_close || is_cancelled
}
