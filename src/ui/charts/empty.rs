//! What stands where the charts will be, with the next action.

use egui::{Align, Button, Layout, RichText, Ui};

use super::super::command::UiCommand;
use super::super::intent::Intents;
use super::super::model::Model;
use super::super::run::{Ending, Run};
use super::super::text::{Text, text};
use super::super::theme::fonts::icon;
use super::super::theme::tokens;

const NO_RUN: Text = text("No run yet", "还没有运行");
const NO_RUN_MORE: Text = text(
    "Press F5: throughput, interceptions, response times, stock and replication appear here ten times a second",
    "按 F5：吞吐量、拦截、响应时间、库存与复制状况将在此处每秒更新十次",
);
const RUN_THIS: Text = text("Run this design", "运行此设计");
const CHOOSE: Text = text("Choose a preset to run…", "选择一个预设来运行…");
const WAITING: Text = text("Measurements begin with the first arrival", "首个请求到达后开始测量");
const NOTHING: Text = text("The run ended before the first arrival", "运行在首个请求到达之前结束");
const HIDDEN: Text = text("Every chart is hidden", "所有图表均已隐藏");
const SHOW_ALL: Text = text("Show all charts", "显示全部图表");

/// Draws that nothing was run yet, and how to run it.
pub fn no_run(ui: &mut Ui, model: &Model, out: &mut Intents) {
    let lang = model.lang();
    centered(ui, lang.t(NO_RUN), lang.t(NO_RUN_MORE), |ui| {
        let (command, words) = if model.doc.topology().stages.is_empty() {
            (UiCommand::Presets, CHOOSE)
        } else {
            (UiCommand::Run, RUN_THIS)
        };
        let enabled = command.enabled(model);
        let button = Button::new((icon(command.about().icon), lang.t(words)));
        let response = ui.add_enabled(enabled.is_ok(), button).accessible_name(lang.t(words));
        if response.clicked() {
            out.command(command);
        }
        if let Err(why) = enabled {
            response.on_disabled_hover_text(lang.t(why));
        }
    });
}

/// Draws that a run has nothing to show yet, and why.
pub fn no_measurements(ui: &mut Ui, model: &Model, run: &Run) {
    let lang = model.lang();
    match &run.ending {
        Some(Ending::Failure(failure)) => centered(ui, lang.t(NOTHING), &lang.of(&failure.text), |_| {}),
        Some(Ending::Report(_)) => centered(ui, lang.t(NOTHING), "", |_| {}),
        None => {
            let phase = lang.of(run.phase.label());
            centered(ui, &format!("{phase}…"), lang.t(WAITING), |_| {});
        }
    }
}

/// Draws that all charts are hidden. Answers whether they are to be shown again.
pub fn all_hidden(ui: &mut Ui, model: &Model) -> bool {
    let mut again = false;
    centered(ui, model.lang().t(HIDDEN), "", |ui| again = ui.button(model.lang().t(SHOW_ALL)).clicked());
    again
}

fn centered(ui: &mut Ui, title: &str, more: &str, add: impl FnOnce(&mut Ui)) {
    let weak = tokens(ui.ctx()).weak;
    ui.add_space((ui.available_height() / 2.0 - 44.0).max(4.0));
    ui.with_layout(Layout::top_down(Align::Center), |ui| {
        ui.label(RichText::new(title).size(16.0));
        if !more.is_empty() {
            ui.label(RichText::new(more).color(weak));
        }
        add(ui);
    });
}
