//! What stands around the canvas.
//!
//! - `top`: menus and run controls.
//! - `files_menu`: recent files.
//! - `status`: where the run is.
//! - `moment`: that the canvas shows a moment of the run and not now.
//! - `palette`: the kinds of stage.
//! - `inspector`: the parameters of what is selected.
//! - `problems`, `events`, `results`, `trials`: the tabs beside the charts.

pub mod events;
pub mod files_menu;
pub mod inspector;
pub mod moment;
pub mod palette;
pub mod problems;
pub mod results;
pub mod status;
pub mod top;
pub mod trials;

use egui::{RichText, Ui};
use lucide_icons::Icon;

use super::theme::fonts::icon;
use super::theme::tokens;

/// How the panels are looked at.
#[derive(Debug, Default)]
pub struct PanelsView {
    /// The bar at the top.
    pub top: top::TopView,
    /// The events.
    pub events: events::EventsView,
    /// The inspector.
    pub inspector: inspector::InspectorView,
    /// The results.
    pub results: results::ResultsView,
}

/// What stands in a tab that has nothing to show yet: what it is for, and what to do next.
pub(super) fn empty_state(ui: &mut Ui, sign: Icon, title: &str, tip: &str, next: impl FnOnce(&mut Ui)) {
    let tokens = tokens(ui);
    ui.vertical_centered(|ui| {
        ui.add_space((ui.available_height() * 0.5 - 60.0).max(4.0));
        ui.label(icon(sign).size(26.0).color(tokens.weak));
        ui.label(RichText::new(title).strong());
        ui.label(RichText::new(tip).color(tokens.weak));
        next(ui);
    });
}
