//! Moving the camera: panning, zooming, fitting.

use egui::{
    CursorIcon, Event, Key, MouseWheelSource, MouseWheelUnit, PointerButton, Rect, Response, Ui, Vec2,
};

use super::CanvasView;
use super::gesture::Gesture;
use super::scene::Scene;
use crate::topology::Topology;
use crate::ui::document::layout;

/// One notch of a mouse wheel, and one step of the commands.
pub const NOTCH: f32 = 1.15;
/// How far one notch of a wheel scrolls, in points.
const SCROLL: f32 = 60.0;
/// How near to the edge of the view a drag begins to pan, in points.
const EDGE: f32 = 16.0;
/// How fast, per point beyond that, in points per second.
const EDGE_SPEED: f32 = 25.0;

/// Reads wheel, pinch, and drags that pan.
pub fn navigate(ui: &Ui, canvas: &mut CanvasView, view: Rect, background: &Response) {
    let is_over = ui.rect_contains_pointer(view);
    if let Some(pointer) = ui.input(|input| input.pointer.hover_pos()).filter(|_| is_over) {
        let factor = ui.input(egui::InputState::zoom_delta);
        if (factor - 1.0).abs() > f32::EPSILON {
            canvas.zoom_at(view, pointer, factor);
        }
        for wheel in wheels(ui) {
            match wheel {
                Wheel::Zoom(notches) => canvas.zoom_at(view, pointer, NOTCH.powf(notches)),
                Wheel::Pan(by) => canvas.pan(by),
            }
        }
    }
    pan_by_drag(ui, canvas, background);
    pan_at_edge(ui, canvas, view);
    if is_over && may_pan(ui) {
        let is_down = ui.input(|input| input.pointer.primary_down());
        ui.set_cursor_icon(if is_down { CursorIcon::Grabbing } else { CursorIcon::Grab });
    }
}

/// Pans while something of the canvas is dragged by the middle or secondary button, or with the space bar.
pub fn pan_by_drag(ui: &Ui, canvas: &mut CanvasView, dragged: &Response) -> bool {
    let by = |button| dragged.dragged_by(button);
    let pans = by(PointerButton::Middle)
        || by(PointerButton::Secondary)
        || (by(PointerButton::Primary) && canvas.is_panning(ui));
    if pans {
        canvas.pan(dragged.drag_delta());
        ui.set_cursor_icon(CursorIcon::Grabbing);
    }
    pans
}

/// Pans while something is dragged to the edge of what is seen.
fn pan_at_edge(ui: &Ui, canvas: &mut CanvasView, view: Rect) {
    let is_dragging = matches!(canvas.gesture, Gesture::Move(_) | Gesture::Rubber(_) | Gesture::Pull(_));
    let pointer = ui.input(|input| input.pointer.interact_pos().filter(|_| input.pointer.primary_down()));
    let Some(pointer) = pointer.filter(|_| is_dragging) else { return };
    let inner = view.shrink(EDGE);
    let beyond = pointer - inner.clamp(pointer);
    if beyond != Vec2::ZERO {
        let seconds = ui.input(|input| input.stable_dt).min(0.1);
        canvas.pan(-beyond.clamp(Vec2::splat(-EDGE), Vec2::splat(EDGE)) * EDGE_SPEED * seconds);
        ui.request_repaint();
    }
}

/// Whether the primary button pans, too.
pub fn may_pan(ui: &Ui) -> bool {
    !ui.text_edit_focused() && ui.input(|input| input.key_down(Key::Space))
}

/// What a wheel or touchpad asks for.
enum Wheel {
    /// So many notches in.
    Zoom(f32),
    /// So far on the screen.
    Pan(Vec2),
}

/// Movements of wheel and touchpad without the modifier for zooming; with it they arrive as a zoom. A wheel zooms, as in
/// other programs that draw graphs; two fingers on a touchpad scroll; Shift makes both go sideways.
fn wheels(ui: &Ui) -> Vec<Wheel> {
    let read = |event: &Event| {
        let Event::MouseWheel { unit, delta, source, modifiers, .. } = *event else { return None };
        if modifiers.command || modifiers.ctrl {
            return None;
        }
        let is_wheel = match source {
            MouseWheelSource::Wheel => true,
            MouseWheelSource::Trackpad | MouseWheelSource::Momentum => false,
            MouseWheelSource::Unknown => unit != MouseWheelUnit::Point,
        };
        let points = if unit == MouseWheelUnit::Point { 1.0 } else { SCROLL };
        Some(if modifiers.shift {
            Wheel::Pan(Vec2::new(delta.x + delta.y, 0.0) * points)
        } else if is_wheel && delta.x == 0.0 {
            Wheel::Zoom(delta.y * points / SCROLL)
        } else {
            Wheel::Pan(delta * points)
        })
    };
    ui.input(|input| input.events.iter().filter_map(read).collect())
}

impl CanvasView {
    /// Zooms by a factor; what is under `at` stays there.
    pub fn zoom_at(&mut self, view: Rect, at: egui::Pos2, factor: f32) {
        self.camera.zoom_at(view, at, factor);
        self.is_fitted = false;
    }

    /// Moves what is seen by a way on the screen.
    pub fn pan(&mut self, by: Vec2) {
        if by != Vec2::ZERO {
            self.camera.pan(by);
            self.is_fitted = false;
        }
    }

    /// Zooms in the middle of what was seen last.
    pub fn zoom(&mut self, factor: f32) {
        self.zoom_at(self.view, self.view.center(), factor);
    }

    /// Shows all stages.
    pub fn fit(&mut self, topology: &Topology) {
        if let Some(bounds) = layout::bounds(topology) {
            self.camera.fit(self.view, bounds);
            self.is_fitted = true;
        }
    }

    /// Moves the camera so that a box of the canvas is in the middle, and not too small to read.
    pub fn center_on(&mut self, rect: Rect) {
        self.camera.center = rect.center();
        self.camera.zoom = self.camera.zoom.max(0.6);
        self.is_fitted = false;
    }

    /// Shows everything, if a box of the canvas is not wholly seen now.
    pub fn make_seen(&mut self, topology: &Topology, rect: Rect) {
        if !self.camera.seen(self.view).contains_rect(rect) {
            self.fit(topology);
        }
    }

    /// Follows the window: another design and another size are fitted, unless the user has chosen a view.
    pub(super) fn follow(&mut self, scene: &Scene<'_>) {
        let serial = scene.model.doc.serial();
        let is_new = self.serial != Some(serial);
        if is_new {
            *self = Self { view: scene.view, serial: Some(serial), ..Self::default() };
        }
        let has_changed = self.view != scene.view;
        self.view = scene.view;
        if is_new || (has_changed && self.is_fitted) {
            self.fit(scene.topology());
        }
    }
}
