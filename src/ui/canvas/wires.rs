//! The wires between stages: finding, selecting, and pulling their ends off.

use egui::{CursorIcon, Id, PointerButton, Pos2, Rect, Response, Role, Sense, Stroke, Ui, Vec2, WidgetInfo};

use super::super::intent::Intents;
use super::super::selection::Selection;
use super::super::text::{Text, text};
use super::super::theme::tokens;
use super::gesture::{Gesture, Pull};
use super::scene::{Port, Scene};
use super::wire::{self, WireState};
use super::{CanvasView, menu};

const WIRE: Text = text("wire from {} to {}", "从 {} 到 {} 的连线");
/// How near to a wire the pointer must be, in points on the screen.
const NEAR: f32 = 7.0;
/// The place in the middle of a wire that the keyboard and screen readers reach.
const HANDLE: f32 = 18.0;
/// Pieces that a wire is measured by.
const PIECES: usize = 24;

/// Draws the wires that are seen. Answers the one under the pointer.
pub fn show(
    ui: &mut Ui,
    scene: &Scene<'_>,
    canvas: &mut CanvasView,
    background: &Response,
    out: &mut Intents,
) -> Option<usize> {
    let pointer = ui.input(|input| input.pointer.hover_pos()).filter(|_| background.contains_pointer());
    let is_free = matches!(canvas.gesture, Gesture::None);
    let under = pointer.filter(|_| is_free).and_then(|at| link_at(scene, at));
    for link in 0..scene.topology().links.len() {
        let Some(way) = scene.way(link) else { continue };
        if !scene.sees(Rect::from_points(&way)) || canvas.is_pulled(link) {
            continue;
        }
        let handle = handle(ui, scene, link, way);
        if handle.clicked() {
            out.select(Selection::Link(link));
        }
        handle.context_menu(|ui| menu::link(ui, scene.model, out));
        let state = WireState {
            is_selected: scene.model.selection == Selection::Link(link),
            is_hovered: under == Some(link) || handle.has_focus(),
        };
        wire::show(ui, scene.model, link, way, scene.camera.zoom, state);
        if state.is_selected {
            show_ends(ui, scene, way);
        }
        pull_off(ui, scene, canvas, link, &handle);
        if handle.secondary_clicked() {
            out.select(Selection::Link(link));
        }
    }
    if under.is_some() {
        ui.set_cursor_icon(CursorIcon::PointingHand);
    }
    under
}

/// Begins to pull the nearer end of a wire off, if it is dragged by the primary button.
pub fn pull_off(ui: &Ui, scene: &Scene<'_>, canvas: &mut CanvasView, link: usize, dragged: &Response) {
    let Some(at) = ui.input(|input| input.pointer.press_origin()) else { return };
    if !dragged.drag_started_by(PointerButton::Primary) || super::look::may_pan(ui) {
        return;
    }
    if let (Some(way), Some((from, to))) = (scene.way(link), scene.ends(link)) {
        let (out, into) = Port::pair(&scene.topology().stages[from].kind);
        let is_far = nearest(way, at).1 > 0.5;
        let (stage, port) = if is_far { (from, out) } else { (to, into) };
        canvas.gesture = Gesture::Pull(Pull { stage, port, link: Some(link), is_loose: false });
    }
}

/// The wire at a point of the screen, if no stage covers it.
pub fn link_at(scene: &Scene<'_>, at: Pos2) -> Option<usize> {
    if scene.stage_at(at, 0.0).is_some() {
        return None;
    }
    let near = |link| {
        let way = scene.way(link)?;
        let is_about = Rect::from_points(&way).expand(NEAR).contains(at);
        Some((nearest(way, at).0, link)).filter(|(distance, _)| is_about && *distance <= NEAR)
    };
    let links = (0..scene.topology().links.len()).filter_map(near);
    links.min_by(|(a, _), (b, _)| a.total_cmp(b)).map(|(_, link)| link)
}

/// The place in the middle of a wire for keyboard and screen readers; its name says which wire it is.
fn handle(ui: &Ui, scene: &Scene<'_>, link: usize, way: [Pos2; 4]) -> Response {
    let rect = Rect::from_center_size(point(way, 0.5), Vec2::splat(HANDLE));
    let id: Id = ui.scope_id().with(("link", link));
    let response = ui.interact(rect, id, Sense::click_and_drag());
    let ends = &scene.topology().links[link];
    let label = scene.lang().f(WIRE, &[&ends.from, &ends.to]);
    let is_selected = scene.model.selection == Selection::Link(link);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_selected, &label));
    response
}

/// Shows that the ends of a selected wire can be taken.
fn show_ends(ui: &Ui, scene: &Scene<'_>, way: [Pos2; 4]) {
    let tokens = tokens(ui.ctx());
    for at in [point(way, 0.04), point(way, 0.96)] {
        let radius = (4.0 * scene.camera.zoom).clamp(3.0, 6.0);
        ui.painter().circle(at, radius, tokens.accent, Stroke::new(1.0, tokens.canvas));
    }
}

/// A point of a curve; `t` runs from 0 to 1.
fn point(way: [Pos2; 4], t: f32) -> Pos2 {
    let lerp = |a: Pos2, b: Pos2| a + (b - a) * t;
    let (a, b, c) = (lerp(way[0], way[1]), lerp(way[1], way[2]), lerp(way[2], way[3]));
    lerp(lerp(a, b), lerp(b, c))
}

/// How far a point is from a curve, and where along the curve that is.
fn nearest(way: [Pos2; 4], at: Pos2) -> (f32, f32) {
    let step = 1.0 / PIECES as f32;
    let piece = |index: usize| {
        let t = index as f32 * step;
        let (from, to) = (point(way, t), point(way, t + step));
        let along = to - from;
        let part = if along == Vec2::ZERO { 0.0 } else { (at - from).dot(along) / along.length_sq() };
        let part = part.clamp(0.0, 1.0);
        ((from + along * part - at).length(), t + part * step)
    };
    (0..PIECES).map(piece).fold((f32::INFINITY, 0.0), |best, this| if this.0 < best.0 { this } else { best })
}

impl CanvasView {
    fn is_pulled(&self, link: usize) -> bool {
        matches!(self.gesture, Gesture::Pull(pull) if pull.link == Some(link))
    }
}

#[cfg(test)]
mod tests {
    use egui::pos2;

    use super::*;

    #[test]
    fn the_nearest_point_of_a_wire_is_found_on_its_curve() {
        let way = [pos2(0.0, 0.0), pos2(50.0, 0.0), pos2(50.0, 100.0), pos2(100.0, 100.0)];
        let (distance, t) = nearest(way, pos2(50.0, 50.0));
        assert!(distance < 0.5 && (t - 0.5).abs() < 0.02);
        let (distance, t) = nearest(way, pos2(-30.0, 40.0));
        assert!((distance - 50.0).abs() < 1.0 && t < 0.1);
        assert_eq!(point(way, 1.0), pos2(100.0, 100.0));
    }
}
