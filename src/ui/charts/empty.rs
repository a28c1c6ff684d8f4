//! What stands where the charts will be, with the next action.

use egui::{Button, RichText, Ui};
use lucide_icons::Icon;

use super::super::command::UiCommand;
use super::super::intent::Intents;
use super::super::model::Model;
use super::super::panels::empty_state;
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
    empty_state(ui, Icon::ChartLine, lang.t(NO_RUN), lang.t(NO_RUN_MORE), |ui| {
        let (command, words) = if model.doc.topology().stages.is_empty() {
            (UiCommand::Presets, CHOOSE)
        } else {
            (UiCommand::Run, RUN_THIS)
        };
        let (enabled, tokens) = (command.enabled(model), tokens(ui));
        let [sign, label] = [icon(command.about().icon), RichText::new(lang.t(words))];
        let button = match enabled {
            Ok(()) => {
                Button::new((sign.color(tokens.on_accent), label.color(tokens.on_accent))).fill(tokens.accent)
            }
            Err(_) => Button::new((sign, label)),
        };
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
    let ended = |why: &str| (Icon::CircleOff, lang.t(NOTHING).to_owned(), why.to_owned());
    let (sign, title, more) = match &run.ending {
        Some(Ending::Failure(failure)) => ended(&lang.of(&failure.text)),
        Some(Ending::Report(_)) => ended(""),
        None => (Icon::Hourglass, capital(&lang.of(run.phase.label())) + "…", lang.t(WAITING).to_owned()),
    };
    empty_state(ui, sign, &title, &more, |_| {});
}

/// A text with its first letter in capitals.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// Draws that all charts are hidden. Answers whether they are to be shown again.
pub fn all_hidden(ui: &mut Ui, model: &Model) -> bool {
    let mut again = false;
    empty_state(ui, Icon::EyeOff, model.lang().t(HIDDEN), "", |ui| {
        again = ui.button(model.lang().t(SHOW_ALL)).clicked();
    });
    again
}
