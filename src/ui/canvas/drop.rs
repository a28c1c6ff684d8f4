//! Stages that are dragged from the palette onto the canvas.

use egui::{CursorIcon, DragAndDrop, Rect, Stroke, StrokeKind, Ui, vec2};

use super::super::document::{layout, rules};
use super::super::intent::Intents;
use super::super::theme::{fonts, signs, tokens};
use super::adder::{self, Wired};
use super::scene::Scene;
use super::wires;
use crate::topology::{Stage, StageKind};

/// What a row of the palette carries while it is dragged.
#[derive(Debug, Clone)]
pub struct NewStage(pub StageKind);

/// Shows where the dragged stage would stand, and adds it there when it is let go.
pub fn show(ui: &Ui, scene: &Scene<'_>, out: &mut Intents) {
    let Some(new) = DragAndDrop::payload::<NewStage>(ui.ctx()) else { return };
    let pointer = ui.input(|input| input.pointer.interact_pos());
    let Some(pointer) = pointer.filter(|_| ui.rect_contains_pointer(scene.view)) else { return };
    let kind = &new.0;
    let size = layout::size(&Stage { name: String::new(), kind: kind.clone(), at: (0.0, 0.0) });
    // Held at the height of the ports: what is dropped in a row is wired straight.
    let at = layout::snapped(scene.canvas(pointer) - vec2(size.x / 2.0, layout::PORT));
    let into = wires::link_at(scene, pointer).filter(|&link| rules::fits_into(scene.topology(), link, kind));
    let tokens = tokens(ui.ctx());
    let rect = scene.camera.rect_to_screen(scene.view, Rect::from_min_size(at, size));
    let stroke = Stroke::new(if into.is_some() { 2.5 } else { 1.0 }, tokens.accent);
    ui.painter().rect(rect, 6.0, tokens.card.gamma_multiply(0.8), stroke, StrokeKind::Inside);
    let words = format!("{}  {}", fonts::icon(signs::kind(kind)).text(), scene.kind_name(kind));
    let font = egui::FontId::proportional(14.0);
    ui.painter().text(rect.center(), egui::Align2::CENTER_CENTER, words, font, tokens.text);
    ui.set_cursor_icon(CursorIcon::Grabbing);
    if ui.input(|input| input.pointer.any_released()) {
        adder::add(scene.topology(), kind.clone(), at, into.map_or(Wired::Not, Wired::Into), out);
    }
}
