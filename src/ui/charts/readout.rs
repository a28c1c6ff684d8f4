//! The exact values of one bucket.

use egui::{Align2, FontId, Grid, RichText, Sense, TextStyle, Ui, vec2};

use super::super::run::Run;
use super::super::run::log::Mark;
use super::super::run::series::Series;
use super::super::text::{Lang, Text, text};
use super::super::theme::fonts::icon;
use super::format::{Unit, moment};
use super::marks::sign;
use super::plot::Scene;
use super::trace::{Key, Look, Trace};
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

/// The colour of a trace, in the shape of its sign.
fn swatch(ui: &mut Ui, trace: &Trace<'_>) {
    let (rect, _) = ui.allocate_exact_size(vec2(11.0, 11.0), Sense::hover());
    match trace.sign {
        Some(sign) => {
            let sign = char::from(sign).to_string();
            ui.painter().text(
                rect.center(),
                Align2::CENTER_CENTER,
                sign,
                FontId::proportional(11.0),
                trace.color,
            );
        }
        None => drop(ui.painter().rect_filled(rect.shrink(1.5), 2, trace.color)),
    }
}

/// Draws the values of a bucket, and what happened near it.
pub fn show(
    ui: &mut Ui,
    (scene, lang): (&Scene<'_>, Lang),
    (unit, traces): (Unit, &[&Trace<'_>]),
    index: usize,
    near: &[(Mark, String)],
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
        let is_stacked = traces.iter().any(|trace| trace.look == Look::Stacked);
        let order = |place: usize| if is_stacked { traces.len() - 1 - place } else { place };
        let rows: Vec<&Trace<'_>> = (0..traces.len().min(ROWS)).map(|place| traces[order(place)]).collect();
        let values = rows.iter().map(|trace| {
            let words = value(trace, unit, &run.series, index);
            ui.painter().layout_no_wrap(words, TextStyle::Body.resolve(ui.style()), scene.tokens.text)
        });
        let values: Vec<_> = values.collect();
        let width = values.iter().map(|galley| galley.size().x).fold(0.0, f32::max);
        for (trace, value) in rows.into_iter().zip(values) {
            swatch(ui, trace);
            ui.label(RichText::new(&trace.name).color(scene.tokens.weak));
            let (left, size) = (width - value.size().x, value.size());
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 0.0;
                ui.allocate_exact_size(vec2(left, size.y), Sense::hover());
                ui.label(value);
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
