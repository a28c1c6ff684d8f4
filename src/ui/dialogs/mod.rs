//! Dialogs in front of the window.
//!
//! - [`palette`]: the command palette; [`find`] is what it finds.
//! - `shortcuts`: the sheet of shortcuts. `about`: what the program is.
//! - [`frame`]: what dialogs have in common.

mod about;
pub mod find;
pub mod frame;
pub mod palette;
mod shortcuts;

use super::intent::{Intent, Intents};
use super::model::Model;
use super::view::Dialog;

/// Draws the open dialog.
pub fn show(ui: &mut egui::Ui, model: &Model, dialog: &mut Dialog, out: &mut Intents) {
    let ctx = ui.ctx().clone();
    let closes = match dialog {
        Dialog::Palette(view) => palette::show(&ctx, model, view, out),
        Dialog::Shortcuts => shortcuts::show(&ctx, model),
        Dialog::About => about::show(&ctx, model, out),
        Dialog::Presets
        | Dialog::Unsaved(_)
        | Dialog::StillRunning(_)
        | Dialog::Recover(_)
        | Dialog::Path { .. } => false,
    };
    if closes {
        out.push(Intent::Dialog(None));
    }
}
