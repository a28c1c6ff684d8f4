//! Results: funnel, targets, audit and verdict.

use super::super::intent::Intents;
use super::super::model::Model;

/// How it is looked at.
#[derive(Debug, Default)]
pub struct ResultsView {}

/// Draws it.
pub fn show(_ui: &mut egui::Ui, _model: &Model, _view: &mut ResultsView, _out: &mut Intents) {}
