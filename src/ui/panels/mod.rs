//! What stands around the canvas.
//!
//! - `top`: menus and run controls.
//! - `files_menu`: recent files.
//! - `status`: where the run is.
//! - `palette`: the kinds of stage.
//! - `inspector`: the parameters of what is selected.
//! - `problems`, `events`, `results`: the tabs beside the charts.

pub mod events;
pub mod files_menu;
pub mod inspector;
pub mod palette;
pub mod problems;
pub mod results;
pub mod status;
pub mod top;

/// How the panels are looked at.
#[derive(Debug, Default)]
pub struct PanelsView {
    /// The inspector.
    pub inspector: inspector::InspectorView,
    /// The results.
    pub results: results::ResultsView,
}
