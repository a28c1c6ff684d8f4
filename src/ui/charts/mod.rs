//! The charts: one time axis, one cursor.

use super::intent::Intents;
use super::model::Model;

/// How the charts are looked at.
#[derive(Debug, Default)]
pub struct ChartsView {}

/// Draws the charts.
pub fn show(ui: &mut egui::Ui, model: &Model, _view: &mut ChartsView, _out: &mut Intents) {
    if let Some(run) = &model.runs.current {
        ui.label(format!("{} buckets", run.series.len()));
    }
}
