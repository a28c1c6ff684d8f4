//! Wires: their way, and what flows through them.

use egui::epaint::CubicBezierShape;
use egui::{Color32, Pos2, Stroke, Ui};

use super::super::model::Model;

/// How a wire is looked at.
#[derive(Debug, Clone, Copy, Default)]
pub struct WireState {
    /// Whether it is selected.
    pub is_selected: bool,
    /// Whether the pointer is over it.
    pub is_hovered: bool,
}

/// The way of a wire between two ports on the screen, as the four points of a cubic Bézier curve. Traffic leaves to the
/// right and comes in from the left; control leaves upwards and comes in from below.
pub fn way(from: Pos2, to: Pos2, is_control: bool, zoom: f32) -> [Pos2; 4] {
    let reach = if is_control { (from.y - to.y).abs() * 0.5 } else { (to.x - from.x).abs() * 0.5 };
    let reach = reach.clamp(24.0 * zoom, 160.0 * zoom);
    let bend = if is_control { egui::vec2(0.0, -reach) } else { egui::vec2(reach, 0.0) };
    [from, from + bend, to - bend, to]
}

/// Draws a link of the design along its way.
pub fn show(ui: &Ui, _model: &Model, _link: usize, way: [Pos2; 4], zoom: f32, _state: WireState) {
    let stroke = Stroke::new(2.0 * zoom, ui.visuals().weak_text_color());
    ui.painter().add(CubicBezierShape::from_points_stroke(way, false, Color32::TRANSPARENT, stroke));
}
