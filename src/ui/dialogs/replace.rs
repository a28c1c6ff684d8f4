//! Asks before a file is replaced.

use std::path::Path;

use egui::Context;
use lucide_icons::Icon;

use super::super::intent::{Intent, Intents};
use super::super::model::Model;
use super::super::session::chooser::Ask;
use super::super::text::common::CANCEL;
use super::super::text::{Text, text};
use super::super::view::WhyReplace;
use super::frame;

const EXISTS: Text = text("Replace the file?", "替换该文件吗？");
const EXISTS_BODY: Text =
    text("{} is there already; what it holds would be lost", "{} 已存在；其中的内容将丢失");
const CHANGED: Text = text("The file has changed", "文件已被更改");
const CHANGED_BODY: Text = text(
    "Somebody else has changed {} since it was opened or saved here; those changes would be lost",
    "{} 在此处打开或保存之后被其他程序更改；那些更改将丢失",
);
const REPLACE: Text = text("Replace", "替换");

/// Draws it. Answers whether it should close.
pub fn show(
    ctx: &Context,
    model: &Model,
    ask: &Ask,
    path: &Path,
    why: WhyReplace,
    out: &mut Intents,
) -> bool {
    let lang = model.lang();
    let (heading, body) = match why {
        WhyReplace::Exists => (EXISTS, EXISTS_BODY),
        WhyReplace::Changed => (CHANGED, CHANGED_BODY),
    };
    let mut is_cancelled = false;
    let should_close = frame::show(ctx, "replace", 440.0, |ui| {
        frame::heading(ui, Icon::FileWarning, lang.t(heading));
        ui.label(lang.f(body, &[&path.display()]));
        frame::buttons(ui, |ui| {
            if frame::dangerous(ui, lang.t(REPLACE)).clicked() {
                out.push(Intent::Replace(Box::new(ask.clone()), path.to_owned()));
            }
            let response = ui.button(lang.t(CANCEL));
            if ui.memory(|memory| memory.focused().is_none()) {
                response.request_focus();
            }
            is_cancelled = response.clicked();
        });
    });
    should_close || is_cancelled
}
