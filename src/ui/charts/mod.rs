//! The charts: one time axis, one cursor.

use super::intent::Intents;
use super::model::Model;

/// How the charts are looked at.
#[derive(Debug, Default)]
pub struct ChartsView {
    /// The moment under the cursor, in seconds.
    pub cursor: Option<f64>,
}

impl ChartsView {
    /// Sets the cursor to a moment and brings it into view.
    pub fn show_moment(&mut self, secs: f64, _run: &super::run::Run) {
        self.cursor = Some(secs);
    }
}

/// Draws the charts.
pub fn show(ui: &mut egui::Ui, model: &Model, _view: &mut ChartsView, _out: &mut Intents) {
    if let Some(run) = &model.runs.current {
        ui.label(format!("{} buckets", run.series.len()));
    }
}
