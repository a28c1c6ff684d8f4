//! Moving stages by the pointer: they line up with the others, or snap to the grid.

use std::collections::BTreeSet;

use egui::{Pos2, Rect, Stroke, Ui, Vec2, pos2, vec2};

use super::super::document::{Edit, layout, ops};
use super::super::intent::Intents;
use super::super::selection::Selection;
use super::super::text::{Text, text};
use super::super::theme::tokens;
use super::CanvasView;
use super::gesture::{Gesture, Move};
use super::scene::Scene;

/// The name of the step in the undo menu.
pub const MOVE: Text = text("Move stages", "移动阶段");
/// How near a box must come to a line of another to be drawn to it, in points on the screen.
const REACH: f32 = 6.0;

/// Begins to move a stage, and with it the others that are selected.
pub fn start(ui: &Ui, scene: &Scene<'_>, canvas: &mut CanvasView, held: usize, out: &mut Intents) {
    let Some(from) = ui.input(|input| input.pointer.press_origin()) else { return };
    let mut stages = scene.model.selection.stages();
    if !stages.contains(&held) {
        let modifiers = ui.input(|input| input.modifiers);
        if !(modifiers.command || modifiers.shift) {
            stages.clear();
        }
        stages.insert(held);
        out.select(Selection::Stages(stages.clone()));
    }
    let at = |&stage: &usize| Some((stage, scene.topology().stages.get(stage)?.at));
    let starts = stages.iter().filter_map(at).collect();
    let from = scene.canvas(from);
    canvas.gesture = Gesture::Move(Move { held, from, starts, has_moved: false });
}

/// Moves them to where the pointer is.
pub fn go_on(ui: &Ui, scene: &Scene<'_>, canvas: &mut CanvasView, out: &mut Intents) {
    let Gesture::Move(moved) = &mut canvas.gesture else { return };
    let Some(pointer) = ui.input(|input| input.pointer.interact_pos()) else { return };
    let way = scene.canvas(pointer) - moved.from;
    let free = ui.input(|input| input.modifiers.alt);
    let way = lined_up(scene, moved, way, scene.model.settings.snap != free, !free);
    let places: Vec<(usize, (f32, f32))> =
        moved.starts.iter().map(|&(stage, at)| (stage, (at.0 + way.x, at.1 + way.y))).collect();
    let is_there =
        places.iter().all(|&(stage, at)| scene.topology().stages.get(stage).is_some_and(|s| s.at == at));
    if !is_there {
        moved.has_moved = true;
        out.edit(Edit::new(MOVE, move |topology| ops::place(topology, &places)).in_gesture("move"));
    }
}

/// The way, changed so that the boxes line up: with other boxes if they are near, otherwise with the grid.
fn lined_up(scene: &Scene<'_>, moved: &Move, way: Vec2, snaps: bool, guides: bool) -> Vec2 {
    let Some(&(_, held)) = moved.starts.iter().find(|(stage, _)| *stage == moved.held) else { return way };
    let mut lined = way;
    if snaps {
        let at = pos2(held.0, held.1);
        lined = layout::snapped(at + way) - at;
    }
    if guides && let Some(bounds) = bounds(scene, &moved.starts, way) {
        let reach = REACH / scene.camera.zoom;
        let (x, y) = layout::guides(bounds, &standing(scene, &moved.starts), reach);
        lined = vec2(x.map_or(lined.x, |x| way.x + x), y.map_or(lined.y, |y| way.y + y));
    }
    lined.round()
}

/// Around the moved boxes, after a way from where they were.
fn bounds(scene: &Scene<'_>, starts: &[(usize, (f32, f32))], way: Vec2) -> Option<Rect> {
    let boxes = starts.iter().filter_map(|&(stage, at)| {
        let size = layout::size(scene.topology().stages.get(stage)?);
        Some(Rect::from_min_size(pos2(at.0, at.1) + way, size))
    });
    boxes.reduce(Rect::union)
}

/// The boxes that are seen and don't move.
fn standing(scene: &Scene<'_>, starts: &[(usize, (f32, f32))]) -> Vec<Rect> {
    let moved: BTreeSet<usize> = starts.iter().map(|(stage, _)| *stage).collect();
    let stages = scene.topology().stages.iter().enumerate();
    stages
        .filter(|(stage, _)| !moved.contains(stage) && scene.sees(scene.rect(*stage)))
        .map(|(_, stage)| layout::rect(stage))
        .collect()
}

/// Draws the lines on which the moved boxes lie together with others.
pub fn show_guides(ui: &Ui, scene: &Scene<'_>, canvas: &CanvasView) {
    let Gesture::Move(moved) = &canvas.gesture else { return };
    let stages: BTreeSet<usize> = moved.starts.iter().map(|(stage, _)| *stage).collect();
    let Some(bounds) = layout::bounds_of(scene.topology(), &stages).filter(|_| moved.has_moved) else {
        return;
    };
    let stroke = Stroke::new(1.0, tokens(ui.ctx()).accent);
    for guide in layout::shared_lines(bounds, &standing(scene, &moved.starts)) {
        let end = |along: f32| -> Pos2 {
            let at = if guide.is_vertical { pos2(guide.at, along) } else { pos2(along, guide.at) };
            scene.screen(at)
        };
        ui.painter().line_segment([end(guide.span.0), end(guide.span.1)], stroke);
    }
}
