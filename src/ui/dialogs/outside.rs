//! Asks before a design uses servers on other machines, or files: it may come from somebody else.

use egui::{Context, RichText, Ui};
use lucide_icons::Icon;

use super::super::command::UiCommand;
use super::super::intent::{Intent, Intents};
use super::super::model::Model;
use super::super::run::turns::Turn;
use super::super::text::common::CANCEL;
use super::super::text::{Lang, Text, text};
use super::super::theme::tokens;
use super::frame;
use crate::topology::Outside;

const TITLE: Text = text("Let this design leave the machine?", "允许该设计访问本机之外吗？");
const BODY: Text = text(
    "A run would use what its stages name below: traffic goes there, and files are read. Say yes only if you know them and may load them.",
    "运行会使用下列阶段指定的目标：流量会发往那里，文件会被读取。请仅在了解这些目标且有权对其施压时允许。",
);
const NAMED: Text = text("{}: {}", "{}：{}");
const GETS: Text = text("it would get the values of {}", "它将得到以下变量的值：{}");
const ALLOW: Text = text("Allow and run", "允许并运行");
const REMEMBERED: Text =
    text("It is remembered for these names, in every design", "将记住这些名称，适用于所有设计");

/// Draws it. Answers whether it should close.
pub fn show(
    ctx: &Context,
    model: &Model,
    named: &[Outside],
    turns: Option<&[Turn]>,
    out: &mut Intents,
) -> bool {
    let lang = model.lang();
    let mut is_done = false;
    let should_close = frame::show(ctx, "outside", 480.0, |ui| {
        frame::heading(ui, Icon::ShieldQuestionMark, lang.t(TITLE));
        ui.label(lang.t(BODY));
        for outside in named {
            row(ui, lang, outside);
        }
        ui.label(RichText::new(lang.t(REMEMBERED)).color(tokens(ctx).weak));
        frame::buttons(ui, |ui| {
            if frame::dangerous(ui, lang.t(ALLOW)).clicked() {
                let allowed = named.iter().map(|outside| outside.what.clone()).collect();
                out.push(Intent::Allow(allowed));
                out.push(match turns {
                    Some(turns) => Intent::RunTurns(turns.to_vec()),
                    None => Intent::Command(UiCommand::Run),
                });
                is_done = true;
            }
            let response = ui.button(lang.t(CANCEL));
            if ui.memory(|memory| memory.focused().is_none()) {
                response.request_focus();
            }
            is_done |= response.clicked();
        });
    });
    should_close || is_done
}

fn row(ui: &mut Ui, lang: Lang, Outside { stage, what, variables }: &Outside) {
    ui.label(RichText::new(lang.f(NAMED, &[stage, what])).strong());
    if !variables.is_empty() {
        ui.indent(what, |ui| ui.label(lang.f(GETS, &[&variables.join(", ")])));
    }
}
