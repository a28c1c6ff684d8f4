//! The exact values of one bucket.

use egui::{Align, Grid, Layout, RichText, Ui};

use super::super::run::Run;
use super::super::run::series::Series;
use super::super::text::{Lang, Text, text};
use super::super::theme::fonts::icon;
use super::format::{Unit, moment};
use super::marks::sign;
use super::plot::Scene;
use super::trace::{Key, Trace};
use crate::topology::Topology;

/// Stands for a value that was not measured.
const NONE: &str = "–";
/// Rows that a readout has at most.
const ROWS: usize = 16;

const PHASE: Text = text("phase: {}", "阶段：{}");
const MORE: Text = text("and {} more", "另有 {} 项");

/// The value of a trace in a bucket, with its unit.
pub fn value(trace: &Trace<'_>, unit: Unit, series: &Series, index: usize) -> String {
    let value = trace.data.value(series, index);
    value.map_or_else(|| NONE.to_owned(), |value| unit_of(trace.key, unit).exact(value))
}

fn unit_of(key: Key, unit: Unit) -> Unit {
    if key == Key::GeneratorLag { Unit::Micros } else { unit }
}

/// The phase of the workload at a moment.
fn phase(topology: &Topology, secs: f64) -> Option<&str> {
    let mut end = 0.0;
    let phase = topology.workload.phases.iter().find(|phase| {
        end += phase.span.as_secs_f64();
        secs <= end
    });
    phase.map(|phase| phase.name.as_str())
}

/// Draws the values of a bucket, and what happened near it.
pub fn show(
    ui: &mut Ui,
    (scene, lang): (&Scene<'_>, Lang),
    (unit, traces): (Unit, &[&Trace<'_>]),
    index: usize,
    near: &[(super::super::run::log::Mark, String)],
) {
    let run: &Run = scene.run;
    let at = run.series.at_secs.get(index).copied().unwrap_or(0.0);
    ui.spacing_mut().item_spacing.y = 3.0;
    ui.spacing_mut().interact_size.y = 15.0;
    ui.horizontal(|ui| {
        ui.label(RichText::new(moment(at, 0.1)).color(scene.tokens.text));
        if let Some(phase) = phase(&run.topology, at) {
            ui.label(RichText::new(lang.f(PHASE, &[&phase])).color(scene.tokens.weak));
        }
    });
    Grid::new("readout").num_columns(3).min_col_width(0.0).spacing([8.0, 3.0]).show(ui, |ui| {
        // Stacked areas are read from the top down.
        let is_stacked = traces.iter().any(|trace| trace.look == super::trace::Look::Stacked);
        let order = |place: usize| if is_stacked { traces.len() - 1 - place } else { place };
        for trace in (0..traces.len().min(ROWS)).map(|place| traces[order(place)]) {
            let (rect, _) = ui.allocate_exact_size(egui::vec2(8.0, 8.0), egui::Sense::hover());
            ui.painter().rect_filled(rect, 2, trace.color);
            ui.label(RichText::new(&trace.name).color(scene.tokens.weak));
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.label(value(trace, unit, &run.series, index));
            });
            ui.end_row();
        }
    });
    if traces.len() > ROWS {
        ui.label(RichText::new(lang.f(MORE, &[&(traces.len() - ROWS)])).color(scene.tokens.weak));
    }
    for (mark, words) in near {
        let (picture, color) = sign(*mark, scene.tokens);
        ui.horizontal(|ui| {
            ui.label(icon(picture).color(color));
            ui.label(words);
        });
    }
}
