//! A run is under way, and what follows would end it: says what it stops, and offers to end it in order.

use egui::{Context, RichText, Ui};
use lucide_icons::Icon;

use super::super::intent::{Intent, Intents};
use super::super::model::Model;
use super::super::run::Run;
use super::super::text::{Lang, Text, text};
use super::super::theme::tokens;
use super::super::view::After;
use super::frame;
use crate::engine::RunPhase;

const TITLE: Text = text("A run is under way", "运行正在进行");
const PHASE: Text = text("It is {}", "当前：{}");
const SERVERS: Text = text("{} server processes will be stopped", "{} 个服务器进程将被停止");
const ONE_SERVER: Text = text("1 server process will be stopped", "1 个服务器进程将被停止");
const STARTING: Text = text("Servers that are starting will be stopped", "正在启动的服务器将被停止");
const NO_REPORT: Text = text(
    "Giving up now leaves no report; stopping first ends the arrivals, drains and audits what happened so far",
    "现在放弃将没有报告；先停止则会结束到达、排空并审计已发生的内容",
);
const AUDITS: Text = text(
    "It drains and audits already; the window can close as soon as that is done",
    "已在排空和审计；完成后即可关闭窗口",
);
const STOP_THEN_CLOSE: Text = text("Stop, audit, then close", "停止并审计后关闭");
const WAIT_THEN_CLOSE: Text = text("Wait for the audit, then close", "等待审计后关闭");
const GIVE_UP: Text = text("Give up and close", "放弃并关闭");
const STOP_THEN_GO_ON: Text = text("Stop, audit, then go on", "停止并审计后继续");
const KEEP: Text = text("Keep running", "继续运行");
const KEEP_TIP: Text = text("Nothing happens (Esc)", "什么也不做（Esc）");

/// Draws it. Answers whether it should close.
pub fn show(ctx: &Context, model: &Model, after: &After, out: &mut Intents) -> bool {
    let lang = model.lang();
    let Some(run) = model.runs.active() else {
        // It ended while the question stood here. Its results are worth a look, so nothing follows by itself.
        return true;
    };
    let mut stays = false;
    let should_close = frame::show(ctx, "still running", 440.0, |ui| {
        frame::heading(ui, Icon::TriangleAlert, lang.t(TITLE));
        ui.label(lang.f(PHASE, &[&lang.of(run.phase.label())]));
        ui.label(what_stops(lang, run));
        let is_ending = run.is_stopping || run.phase > RunPhase::OnSale;
        ui.label(RichText::new(lang.t(if is_ending { AUDITS } else { NO_REPORT })).color(tokens(ctx).weak));
        frame::buttons(ui, |ui| stays = buttons(ui, lang, is_ending, after, out));
    });
    should_close || stays
}

/// How many processes the run has. Those that don't answer may still be there.
fn what_stops(lang: Lang, run: &Run) -> String {
    match run.instances.len() {
        0 => lang.t(STARTING).to_owned(),
        1 => lang.t(ONE_SERVER).to_owned(),
        many => lang.f(SERVERS, &[&many]),
    }
}

/// Draws the buttons. Answers whether the run is to go on.
fn buttons(ui: &mut Ui, lang: Lang, is_ending: bool, after: &After, out: &mut Intents) -> bool {
    let closes = *after == After::Quit;
    let first = match (closes, is_ending) {
        (false, _) => STOP_THEN_GO_ON,
        (true, true) => WAIT_THEN_CLOSE,
        (true, false) => STOP_THEN_CLOSE,
    };
    if frame::primary(ui, lang.t(first)).clicked() {
        out.push(Intent::StopThen(Box::new(after.clone())));
    }
    if closes && frame::dangerous(ui, lang.t(GIVE_UP)).clicked() {
        out.push(Intent::LeaveRun(after.clone()));
    }
    ui.button(lang.t(KEEP)).on_hover_text(lang.t(KEEP_TIP)).clicked()
}
