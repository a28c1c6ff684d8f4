//! Dialogs in front of the window.
//!
//! - [`presets`]: the preset chooser.
//! - `unsaved`, `replace`, `still_running`: ask before something is lost. `recover`: what a crash left.
//! - `outside`: asks before a design uses servers elsewhere or files.
//! - [`path`]: a path is typed, where the system has no dialog for it.
//! - [`drop`](mod@drop): files that are dragged over the window.
//! - [`history`]: the runs that were kept.
//! - [`palette`]: the command palette; [`find`] is what it finds.
//! - `lessons`: the lessons.
//! - [`compare`]: designs are chosen to be compared.
//! - [`serve`]: a design is driven over HTTP.
//! - `shortcuts`: the sheet of shortcuts. `about`: what the program is.
//! - [`frame`]: what dialogs have in common.

mod about;
pub mod compare;
pub mod drop;
pub mod find;
pub mod frame;
pub mod history;
mod lessons;
mod outside;
pub mod palette;
pub mod path;
pub mod presets;
mod recover;
mod replace;
pub mod serve;
mod shortcuts;
mod still_running;
mod unsaved;

use super::intent::{Intent, Intents};
use super::model::Model;
use super::view::Dialog;

/// Draws the open dialog.
pub fn show(ui: &mut egui::Ui, model: &Model, dialog: &mut Dialog, out: &mut Intents) {
    let ctx = ui.ctx().clone();
    let closes = match dialog {
        Dialog::Presets(view) => presets::show(&ctx, model, view, out),
        Dialog::Unsaved(after) => unsaved::show(&ctx, model, after, out),
        Dialog::StillRunning(after) => still_running::show(&ctx, model, after, out),
        Dialog::Recover(found) => {
            // It closes into the preset chooser, not into nothing.
            if recover::show(&ctx, model, found, out) {
                out.push(Intent::KeepLeftovers);
            }
            false
        }
        Dialog::Path(entry) => path::show(&ctx, model, entry, out),
        Dialog::Replace { ask, path, why } => replace::show(&ctx, model, ask, path, *why, out),
        Dialog::Outside { named, turns } => outside::show(&ctx, model, named, turns.as_deref(), out),
        Dialog::Palette(view) => palette::show(&ctx, model, view, out),
        Dialog::History(view) => history::show(&ctx, model, view, out),
        Dialog::Lessons => lessons::show(&ctx, model, out),
        Dialog::Shortcuts => shortcuts::show(&ctx, model),
        Dialog::Compare(entry) => compare::show(&ctx, model, entry, out),
        Dialog::Serve(entry) => serve::show(&ctx, model, entry, out),
        Dialog::About => about::show(&ctx, model, out),
    };
    if closes {
        out.push(Intent::Dialog(None));
    }
}
