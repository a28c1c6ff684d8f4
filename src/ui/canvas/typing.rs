//! Keys that mean something on the canvas only: the clipboard, arrows, and digits that add stages.

use egui::{Event, Key, Modifiers, Ui};

use super::super::command::UiCommand;
use super::super::document::{Edit, layout, ops};
use super::super::intent::{Intent, Intents};
use super::scene::Scene;
use super::{CanvasView, kind, moving};

/// The arrow keys and the way they go.
const ARROWS: [(Key, (f32, f32)); 4] = [
    (Key::ArrowLeft, (-1.0, 0.0)),
    (Key::ArrowRight, (1.0, 0.0)),
    (Key::ArrowUp, (0.0, -1.0)),
    (Key::ArrowDown, (0.0, 1.0)),
];

/// Reads them, unless something else listens to the keyboard.
pub fn read(ui: &Ui, scene: &Scene<'_>, canvas: &CanvasView, out: &mut Intents) {
    let is_typing = ui.text_edit_focused() || canvas.adder.is_some() || canvas.rename.is_some();
    let is_covered = ui.memory(|memory| memory.top_modal_layer().is_some());
    if is_typing || is_covered {
        return;
    }
    clipboard(ui, out);
    let is_elsewhere = ui.memory(|memory| memory.focused().is_some()) && !canvas.has_focus;
    if is_elsewhere {
        return;
    }
    nudge(ui, scene, out);
    for (kind, key) in kind::all().zip(kind::KEYS) {
        if ui.input_mut(|input| input.consume_key(Modifiers::NONE, key)) {
            out.push(Intent::AddStage(Box::new(kind)));
        }
    }
    if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Backspace)) {
        out.command(UiCommand::Delete);
    }
}

/// Copying, cutting and pasting arrive as events, not as keys.
fn clipboard(ui: &Ui, out: &mut Intents) {
    let events = ui.input(|input| input.events.clone());
    for event in events {
        match event {
            Event::Copy => out.command(UiCommand::Copy),
            Event::Cut => out.command(UiCommand::Cut),
            Event::Paste(text) => out.push(Intent::PasteStages(text)),
            _ => {}
        }
    }
}

/// Moves the selected stages by the arrow keys: by the grid, or with Shift by one unit. One press is one step of undo,
/// however long it lasts.
fn nudge(ui: &Ui, scene: &Scene<'_>, out: &mut Intents) {
    let stages = scene.model.selection.stages();
    if stages.is_empty() {
        return;
    }
    let mut way = (0.0, 0.0);
    for (key, (x, y)) in ARROWS {
        for (modifiers, step) in [(Modifiers::SHIFT, 1.0), (Modifiers::NONE, layout::GRID)] {
            let times = ui.input_mut(|input| input.count_and_consume_key(modifiers, key)) as f32;
            way = (way.0 + x * step * times, way.1 + y * step * times);
        }
    }
    if way != (0.0, 0.0) {
        let edit = Edit::new(moving::MOVE, move |topology| ops::shift(topology, &stages, way));
        out.edit(edit.in_gesture("nudge"));
    }
    let is_over = |event: &Event| match event {
        Event::Key { key, pressed: false, .. } => ARROWS.iter().any(|(arrow, _)| arrow == key),
        _ => false,
    };
    if ui.input(|input| input.events.iter().any(is_over)) {
        out.push(Intent::EndGesture);
    }
}
