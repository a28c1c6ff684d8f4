//! The inspector: every parameter of what is selected.

use super::super::intent::Intents;
use super::super::model::Model;

/// How it is looked at.
#[derive(Debug, Default)]
pub struct InspectorView {}

/// Draws it.
pub fn show(_ui: &mut egui::Ui, _model: &Model, _view: &mut InspectorView, _out: &mut Intents) {}
