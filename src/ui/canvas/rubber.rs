//! Selecting by a rectangle.

use std::collections::BTreeSet;

use egui::{Rect, Stroke, StrokeKind, Ui};

use super::super::document::layout;
use super::super::intent::Intents;
use super::super::selection::Selection;
use super::super::theme::tokens;
use super::CanvasView;
use super::gesture::{Gesture, Rubber};
use super::scene::Scene;

/// Begins a rectangle where the button was pressed. With Ctrl, Command or Shift what is selected stays so.
pub fn start(ui: &Ui, scene: &Scene<'_>, canvas: &mut CanvasView) {
    let Some(from) = ui.input(|input| input.pointer.press_origin()) else { return };
    let modifiers = ui.input(|input| input.modifiers);
    let adds = modifiers.command || modifiers.shift;
    let kept = if adds { scene.model.selection.stages() } else { BTreeSet::new() };
    canvas.gesture = Gesture::Rubber(Rubber { from: scene.canvas(from), kept });
}

/// Draws the rectangle and selects what it touches.
pub fn show(ui: &Ui, scene: &Scene<'_>, canvas: &CanvasView, out: &mut Intents) {
    let Gesture::Rubber(rubber) = &canvas.gesture else { return };
    let Some(rect) = canvas.rubber_rect() else { return };
    let mut stages = rubber.kept.clone();
    let touched = scene.topology().stages.iter().enumerate();
    stages.extend(touched.filter(|(_, stage)| layout::rect(stage).intersects(rect)).map(|(index, _)| index));
    let selection = if stages.is_empty() { Selection::Nothing } else { Selection::Stages(stages) };
    if selection != scene.model.selection {
        out.select(selection);
    }
    let accent = tokens(ui.ctx()).accent;
    let on_screen = scene.camera.rect_to_screen(scene.view, rect);
    let stroke = Stroke::new(1.0, accent);
    ui.painter().rect(on_screen, 2.0, accent.gamma_multiply(0.12), stroke, StrokeKind::Inside);
}

impl CanvasView {
    /// The rectangle that is being drawn, on the canvas.
    fn rubber_rect(&self) -> Option<Rect> {
        match &self.gesture {
            Gesture::Rubber(rubber) => Some(Rect::from_two_pos(rubber.from, self.pointer?)),
            _ => None,
        }
    }

    /// Whether the rectangle that is being drawn touches a stage.
    pub(super) fn is_under_rubber(&self, scene: &Scene<'_>, stage: usize) -> bool {
        let stage = scene.topology().stages.get(stage);
        stage.zip(self.rubber_rect()).is_some_and(|(stage, rect)| layout::rect(stage).intersects(rect))
    }
}
