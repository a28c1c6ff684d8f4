//! Asks before a run is ended.

use egui::Context;
use lucide_icons::Icon;

use super::super::intent::{Intent, Intents};
use super::super::model::Model;
use super::super::text::{Text, text};
use super::super::view::After;
use super::frame;

const HEADING: Text = text("A run is under way", "正在运行");
const BODY: Text = text(
    "Closing the window stops it without a report, with the {} Redis processes that it started",
    "关闭窗口将终止运行且没有报告，并停止它启动的 {} 个 Redis 进程",
);
const STOP: Text = text("Stop and close", "停止并关闭");
const STAY: Text = text("Keep running", "继续运行");

/// Draws it. Answers whether it should close.
pub fn show(ctx: &Context, model: &Model, after: &After, out: &mut Intents) -> bool {
    let Some(run) = model.runs.active() else {
        // It ended while the question stood there.
        out.push(Intent::LeaveRun(after.clone()));
        return true;
    };
    let lang = model.lang();
    let mut stays = false;
    let should_close = frame::show(ctx, "still running", 420.0, |ui| {
        frame::heading(ui, Icon::Activity, lang.t(HEADING));
        ui.label(lang.f(BODY, &[&run.instances.len()]));
        frame::buttons(ui, |ui| {
            stays = frame::primary(ui, lang.t(STAY)).clicked();
            if frame::dangerous(ui, lang.t(STOP)).clicked() {
                out.push(Intent::LeaveRun(after.clone()));
            }
        });
    });
    should_close || stays
}
