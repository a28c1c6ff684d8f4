//! Dialogs in front of the window.

use super::intent::Intents;
use super::model::Model;
use super::view::Dialog;

/// Draws the open dialog.
pub fn show(_ui: &mut egui::Ui, _model: &Model, _dialog: &mut Dialog, _out: &mut Intents) {}
