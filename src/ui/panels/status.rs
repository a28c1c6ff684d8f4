//! The state line: where the run is.

use super::super::intent::Intents;
use super::super::model::Model;

/// Draws it.
pub fn show(_ui: &mut egui::Ui, _model: &Model, _out: &mut Intents) {}
