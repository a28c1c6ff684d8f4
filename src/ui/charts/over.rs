//! A second run in the charts: which of its traces have a counterpart, and whose lines are whose.

use egui::{Align, Label, Layout, RichText, Stroke, Ui, vec2};

use super::super::command::UiCommand;
use super::super::intent::Intents;
use super::super::model::Model;
use super::super::run::Run;
use super::super::run::overlay::{Overlay, name_of};
use super::super::theme::tokens;
use super::super::widgets::command_button::button;
use super::kind::Chart;
use super::trace::{Key, Trace, Traces};

/// The stages of the run over the one that is shown that are called as those to look at; none: all.
pub fn scope(over: &Overlay, traces: Traces<'_>) -> Option<Vec<usize>> {
    let named = |stage: &usize| over.run.topology.index_of(&traces.run.topology.stages.get(*stage)?.name);
    Some(traces.scope?.iter().filter_map(named).collect())
}

/// What a trace is about, whatever its place in its run: designs may differ.
fn identity(run: &Run, trace: &Trace<'_>) -> (u8, String) {
    let (part, place) = match trace.key {
        Key::Process(place) => (1, place),
        Key::MemoryLimit(place) => (2, place),
        Key::Evicted(place) => (3, place),
        Key::Refused(place) => (4, place),
        // The names of the others say it all.
        _ => return (0, trace.name.clone()),
    };
    let process = run.series.instances.get(place);
    let stage = process.and_then(|process| run.topology.stages.get(process.stage));
    let name = stage.zip(process).map(|(stage, process)| format!("{} {}", stage.name, process.name));
    (part, name.unwrap_or_default())
}

/// The traces of the second run, `theirs`, that are about the same as those that show of `ours`, in the same colours.
pub fn counterparts<'a>(
    (ours, theirs): (&Run, Traces<'a>),
    chart: Chart,
    shown: &[&Trace<'_>],
) -> Vec<Trace<'a>> {
    let wanted: Vec<_> = shown.iter().map(|trace| (identity(ours, trace), trace.color)).collect();
    let color = |trace: &Trace<'_>| {
        let own = identity(theirs.run, trace);
        wanted.iter().find(|(name, _)| *name == own).map(|(_, color)| *color)
    };
    let all = theirs.of(chart).into_iter();
    all.filter_map(|trace| Some(Trace { color: color(&trace)?, ..trace })).collect()
}

/// Says which lines are whose.
pub fn legend(ui: &mut Ui, model: &Model, run: &Run, over: &Overlay, out: &mut Intents) {
    let tokens = tokens(ui.ctx());
    ui.horizontal(|ui| {
        let sample = |ui: &mut Ui, is_dashed: bool| {
            let (rect, _) = ui.allocate_exact_size(vec2(26.0, 12.0), egui::Sense::hover());
            let (y, stroke) = (rect.center().y, Stroke::new(2.0, tokens.text));
            if is_dashed {
                for piece in 0..3_u8 {
                    let left = rect.left() + f32::from(piece) * 9.0;
                    ui.painter().hline(left..=left + 6.0, y, stroke);
                }
            } else {
                ui.painter().hline(rect.x_range(), y, stroke);
            }
        };
        sample(ui, false);
        ui.label(name_of(run, run.variant.as_ref().map_or("", |variant| &variant.name)));
        ui.add_space(10.0);
        sample(ui, true);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            button(ui, model, UiCommand::RemoveOverlay, out);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(RichText::new(&over.name)).truncate());
            });
        });
    });
}
