//! Dialogs in front of the window.

use super::intent::Intents;
use super::model::Model;
use super::view::Dialog;

pub mod still_running;

/// Draws the open dialog.
pub fn show(ui: &mut egui::Ui, model: &Model, dialog: &mut Dialog, out: &mut Intents) {
    if let Dialog::StillRunning(after) = dialog {
        still_running::show(ui, model, after, out);
    }
}
