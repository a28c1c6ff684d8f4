//! Says over the canvas that it shows a moment of the run and not now, what had happened last by then, and how to leave it.

use std::time::Duration;

use egui::{Label, Layout, RichText, Ui};
use lucide_icons::Icon;

use super::super::charts::moment;
use super::super::command::UiCommand;
use super::super::intent::{Intent, Intents};
use super::super::model::Model;
use super::super::run::playhead::Seek;
use super::super::text::{Text, text};
use super::super::theme::{fonts, signs, tokens};
use super::super::widgets::command_button::button;

/// Time between the frames of a run that is played.
const FRAME: Duration = Duration::from_millis(50);

const AT: Text = text("The canvas shows {} of the run", "画布显示运行的 {}");
const NOTHING_YET: Text = text("nothing had happened yet", "尚未发生任何事");

/// Draws it, and plays on.
pub fn show(ui: &mut Ui, model: &Model, out: &mut Intents) {
    let Some(run) = &model.runs.current else { return };
    let Some(playhead) = &run.playhead else { return };
    if playhead.is_playing {
        out.push(Intent::Seek(Seek::Tick(ui.input(|input| input.time))));
        ui.request_repaint_after(FRAME);
    }
    let (lang, tokens) = (model.lang(), tokens(ui.ctx()));
    ui.horizontal(|ui| {
        ui.label(fonts::icon(Icon::History).color(tokens.accent));
        ui.label(RichText::new(lang.f(AT, &[&moment(playhead.at, 0.1)])).strong());
        ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
            button(ui, model, UiCommand::LeaveMoment, out);
            ui.with_layout(Layout::left_to_right(egui::Align::Center), |ui| {
                // Lines stand in the order in which they were told.
                let last = run.log.lines.iter().rfind(|line| line.at.as_secs_f64() <= playhead.at);
                let Some(last) = last else {
                    ui.label(RichText::new(lang.t(NOTHING_YET)).color(tokens.weak));
                    return;
                };
                ui.label(fonts::icon(signs::mark(last.mark)).color(tokens.mark(last.mark)));
                let said = format!("{} · {}", moment(last.at.as_secs_f64(), 0.1), lang.of(&last.text));
                ui.add(Label::new(said).truncate());
            });
        });
    });
}
