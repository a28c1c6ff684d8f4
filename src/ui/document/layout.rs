//! Where stages stand on the canvas, in canvas units. Pure.

use std::collections::BTreeSet;

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
/// How far below a box's top its traffic comes and goes: the same for all, so that wires of a row run straight.
pub const PORT: f32 = f32::midpoint(HEAD, BODY);
/// The least gap between a stage that was placed for the user and its neighbours.
pub const GAP: f32 = 80.0;

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

/// Around some stages; none where there are none.
pub fn bounds_of(topology: &Topology, stages: &BTreeSet<usize>) -> Option<Rect> {
    stages.iter().filter_map(|&stage| topology.stages.get(stage)).map(rect).reduce(Rect::union)
}

/// The nearest point of the grid.
pub fn snapped(at: Pos2) -> Pos2 {
    pos2((at.x / GRID).round() * GRID, (at.y / GRID).round() * GRID)
}

/// The nearest place at or below `at` where a box of a size covers none that is there.
pub fn free_place(topology: &Topology, at: Pos2, size: Vec2) -> Pos2 {
    let taken: Vec<Rect> = topology.stages.iter().map(|stage| rect(stage).expand(GRID - 1.0)).collect();
    let mut at = snapped(at);
    // Each step leaves at least one box behind for good, so there are no more steps than boxes.
    for _ in &taken {
        let Some(hit) = taken.iter().find(|taken| taken.intersects(Rect::from_min_size(at, size))) else {
            break;
        };
        at = pos2(at.x, ((hit.bottom() + 1.0) / GRID).ceil() * GRID);
    }
    at
}

/// A line on which boxes can stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// Left edges.
    Left,
    /// Centres, on a vertical line.
    Center,
    /// Top edges.
    Top,
    /// Centres, on a horizontal line.
    Middle,
}

/// Puts stages on one line: the edge of the outermost, or the middle of them all.
pub fn align(topology: &mut Topology, stages: &BTreeSet<usize>, line: Line) {
    let Some(bounds) = bounds_of(topology, stages) else { return };
    for &index in stages {
        let Some(stage) = topology.stages.get_mut(index) else { continue };
        let size = size(stage);
        match line {
            Line::Left => stage.at.0 = bounds.left(),
            Line::Center => stage.at.0 = bounds.center().x - size.x / 2.0,
            Line::Top => stage.at.1 = bounds.top(),
            Line::Middle => stage.at.1 = bounds.center().y - size.y / 2.0,
        }
    }
}

/// Makes the gaps between stages equal, from left to right (`across`) or from top to bottom. The outermost stay.
pub fn distribute(topology: &mut Topology, stages: &BTreeSet<usize>, across: bool) {
    let axis = usize::from(!across);
    let mut boxes: Vec<(usize, Rect)> =
        stages.iter().filter_map(|&index| Some((index, rect(topology.stages.get(index)?)))).collect();
    boxes.sort_by(|(_, a), (_, b)| a.min[axis].total_cmp(&b.min[axis]));
    let (Some((_, first)), Some((_, last))) = (boxes.first(), boxes.last()) else { return };
    let lengths: f32 = boxes.iter().map(|(_, rect)| rect.size()[axis]).sum();
    let gaps = (boxes.len() - 1).max(1) as f32;
    let gap = (last.max[axis] - first.min[axis] - lengths) / gaps;
    let mut next = first.min[axis];
    for (index, rect) in boxes {
        let at = &mut topology.stages[index].at;
        *(if across { &mut at.0 } else { &mut at.1 }) = next;
        next += rect.size()[axis] + gap;
    }
}

/// How a box that is moved lines up with one that stands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Guide {
    /// Whether the line runs up and down.
    pub is_vertical: bool,
    /// Where it runs: x if vertical, otherwise y.
    pub at: f32,
    /// From and to where it runs along the other axis.
    pub span: (f32, f32),
}

/// The shift that lines a moved box up with those that stand, where an edge or centre of it is within `reach`; one for
/// each axis.
pub fn guides(moved: Rect, standing: &[Rect], reach: f32) -> (Option<f32>, Option<f32>) {
    let lines = |rect: &Rect, axis: usize| [rect.min[axis], rect.center()[axis], rect.max[axis]];
    let nearest = |axis: usize| {
        let own = lines(&moved, axis);
        let ways = standing.iter().flat_map(|rect| {
            lines(rect, axis).into_iter().zip(own).map(|(theirs, mine)| theirs - mine).collect::<Vec<_>>()
        });
        ways.filter(|way| way.abs() <= reach).min_by(|a, b| a.abs().total_cmp(&b.abs()))
    };
    (nearest(0), nearest(1))
}

/// The lines on which a box lies together with some that stand: the nearest of them each.
pub fn shared_lines(moved: Rect, standing: &[Rect]) -> Vec<Guide> {
    let mut found: Vec<Guide> = Vec::new();
    for (axis, other) in [(0, 1), (1, 0)] {
        let lines = |rect: &Rect| [rect.min[axis], rect.center()[axis], rect.max[axis]];
        for (which, at) in lines(&moved).into_iter().enumerate() {
            let on_it: Vec<&Rect> =
                standing.iter().filter(|rect| (lines(rect)[which] - at).abs() < 0.5).collect();
            let Some(from) = on_it.iter().map(|rect| rect.min[other]).reduce(f32::min) else { continue };
            let to = on_it.iter().map(|rect| rect.max[other]).fold(moved.max[other], f32::max);
            let span = (from.min(moved.min[other]), to);
            found.push(Guide { is_vertical: axis == 0, at, span });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::{empty, ops};
    use super::*;
    use crate::topology::StageKind;

    fn drawn(places: &[(f32, f32)]) -> Topology {
        let mut topology = empty();
        for &at in places {
            ops::add_stage(&mut topology, StageKind::from_word("Cdn").unwrap(), at);
        }
        topology
    }

    fn places(topology: &Topology) -> Vec<(f32, f32)> {
        topology.stages.iter().map(|stage| stage.at).collect()
    }

    #[test]
    fn stages_are_aligned_and_distributed() {
        let mut topology = drawn(&[(0.0, 0.0), (300.0, 50.0), (1000.0, 20.0)]);
        let all = BTreeSet::from([0, 1, 2]);
        align(&mut topology, &all, Line::Top);
        distribute(&mut topology, &all, true);
        assert_eq!(places(&topology), [(0.0, 0.0), (500.0, 0.0), (1000.0, 0.0)]);
        align(&mut topology, &BTreeSet::from([1, 2]), Line::Left);
        assert_eq!(places(&topology), [(0.0, 0.0), (500.0, 0.0), (500.0, 0.0)]);
    }

    #[test]
    fn a_new_stage_gets_a_free_place_below() {
        let topology = drawn(&[(0.0, 0.0), (0.0, 140.0)]);
        let at = free_place(&topology, pos2(4.0, 3.0), vec2(WIDTH, HEAD + BODY));
        let new = Rect::from_min_size(at, vec2(WIDTH, HEAD + BODY));
        assert!(topology.stages.iter().all(|stage| !rect(stage).intersects(new)), "{at:?}");
        assert_eq!(at, pos2(0.0, 280.0));
    }

    #[test]
    fn a_moved_box_finds_the_lines_of_the_others() {
        let standing = [Rect::from_min_size(pos2(0.0, 0.0), vec2(200.0, 100.0))];
        let moved = Rect::from_min_size(pos2(4.0, 300.0), vec2(200.0, 100.0));
        assert_eq!(guides(moved, &standing, 6.0), (Some(-4.0), None));
        let lines = shared_lines(moved.translate(vec2(-4.0, 0.0)), &standing);
        assert_eq!(lines.len(), 3);
        assert_eq!(lines[0], Guide { is_vertical: true, at: 0.0, span: (0.0, 400.0) });
    }
}
