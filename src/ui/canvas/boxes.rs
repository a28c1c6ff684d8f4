//! The stages' boxes: selecting, moving and renaming them.

use egui::{Event, EventFilter, Key, PointerButton, Rect, Response, Role, Sense, Ui, WidgetInfo};

use super::super::intent::{Intent, Intents};
use super::super::selection::Selection;
use super::face::{self, FaceState};
use super::gesture::Gesture;
use super::scene::{Scene, stage_id};
use super::{CanvasView, look, menu, moving, rename};
use crate::topology::StageKind;
use crate::ui::document::layout;

/// Draws the boxes that are seen, what is selected over the others.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, canvas: &mut CanvasView, out: &mut Intents) {
    let is_moving = matches!(canvas.gesture, Gesture::Move(_));
    canvas.has_focus = false;
    let mut stages: Vec<usize> = (0..scene.topology().stages.len()).collect();
    stages.sort_by_key(|&stage| scene.model.selection.has_stage(stage));
    for stage in stages {
        let rect = scene.rect(stage);
        let is_selected = scene.model.selection.has_stage(stage);
        // What is moved stays a widget, even out of sight: otherwise its drag would end.
        if scene.sees(rect) || (is_moving && is_selected) {
            show_box(ui, scene, canvas, stage, rect, out);
        }
    }
}

fn show_box(
    ui: &mut Ui,
    scene: &Scene<'_>,
    canvas: &mut CanvasView,
    stage: usize,
    rect: Rect,
    out: &mut Intents,
) {
    let response = ui.interact(rect, stage_id(ui, stage), Sense::click_and_drag());
    let is_selected = scene.model.selection.has_stage(stage);
    let label = label(scene, stage);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_selected, &label));
    hold_arrows(ui, canvas, &response);
    press(ui, scene, canvas, stage, &response, out);
    response.context_menu(|ui| menu::stage(ui, scene.model, out));
    let is_renaming = rename::is_of(canvas, stage);
    let is_hovered = response.hovered() || response.has_focus() || canvas.is_under_rubber(scene, stage);
    let look = FaceState { is_selected, is_hovered, is_renaming };
    face::show(ui, scene.model, stage, rect, scene.camera.zoom, look, out);
}

/// What a stage is called by those who can't see it: its name and its kind.
fn label(scene: &Scene<'_>, stage: usize) -> String {
    let stage = &scene.topology().stages[stage];
    let kind: &StageKind = &stage.kind;
    format!("{}, {}", stage.name, scene.kind_name(kind))
}

/// Keeps the arrow keys for moving the stage, instead of moving the focus.
fn hold_arrows(ui: &Ui, canvas: &mut CanvasView, response: &Response) {
    if response.has_focus() {
        canvas.has_focus = true;
        let arrows = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
    }
}

fn press(
    ui: &Ui,
    scene: &Scene<'_>,
    canvas: &mut CanvasView,
    stage: usize,
    response: &Response,
    out: &mut Intents,
) {
    if response.drag_started_by(PointerButton::Primary) {
        if look::may_pan(ui) {
            canvas.gesture = Gesture::Pan;
        } else {
            moving::start(ui, scene, canvas, stage, out);
        }
    }
    if !look::pan_by_drag(ui, canvas, response) && response.dragged() {
        moving::go_on(ui, scene, canvas, out);
    }
    // Escape stops a drag, too; then the button is still down, and the command takes the move back.
    let is_let_go = response.drag_stopped() && !ui.input(|input| input.pointer.any_down());
    if is_let_go && matches!(canvas.gesture, Gesture::Move(_) | Gesture::Pan) {
        canvas.gesture = Gesture::None;
        out.push(Intent::EndGesture);
    }
    if response.secondary_clicked() && !scene.model.selection.has_stage(stage) {
        out.select(Selection::stage(stage));
    }
    // A click that ends a wire selects nothing.
    if matches!(canvas.gesture, Gesture::Pull(_)) {
        return;
    }
    if response.double_clicked() && is_on_head(scene, stage, response) {
        rename::start(canvas, scene.topology(), stage);
    } else if response.clicked() {
        out.select(clicked(ui, scene, stage, response));
    }
}

/// What is selected after a click on a stage: it alone, or with Ctrl, Command or Shift, the others with or without it.
fn clicked(ui: &Ui, scene: &Scene<'_>, stage: usize, response: &Response) -> Selection {
    let modifiers = ui.input(|input| input.modifiers);
    let by_key = response.has_focus() && ui.input(|input| input.events.iter().any(is_enter));
    if by_key || !(modifiers.command || modifiers.shift) {
        return Selection::stage(stage);
    }
    let mut stages = scene.model.selection.stages();
    if !stages.remove(&stage) {
        stages.insert(stage);
    }
    if stages.is_empty() { Selection::Nothing } else { Selection::Stages(stages) }
}

fn is_enter(event: &Event) -> bool {
    matches!(event, Event::Key { key: Key::Enter, pressed: true, .. })
}

fn is_on_head(scene: &Scene<'_>, stage: usize, response: &Response) -> bool {
    let bottom = scene.rect(stage).top() + layout::HEAD * scene.camera.zoom;
    response.interact_pointer_pos().is_some_and(|at| at.y <= bottom)
}
