//! A design in miniature: its stages as signs, its links as wires, where they stand on the canvas.

use egui::epaint::CubicBezierShape;
use egui::{Align2, Color32, CornerRadius, FontId, Pos2, Rect, Stroke, StrokeKind, Ui, Vec2, pos2, vec2};

use super::super::super::canvas::wire;
use super::super::super::theme;
use crate::topology::{Link, Stage, Topology};

/// Room around the stages.
const MARGIN: Vec2 = vec2(34.0, 22.0);
/// Stages less far apart than this, in canvas units, stand in one row.
const SAME_ROW: f32 = 60.0;
/// Rows are no farther apart than this, in points.
const FARTHEST_ROWS: f32 = 52.0;
/// The sides of a stage's box, at least and at most.
const SIDES: std::ops::RangeInclusive<f32> = 16.0..=30.0;

/// Draws it into a rectangle.
pub fn show(ui: &Ui, rect: Rect, topology: &Topology) {
    show_marked(ui, rect, topology, &Marked { stages: &|_| false, links: &|_| false });
}

/// What is marked in a picture.
pub struct Marked<'a> {
    /// Stages, by their names.
    pub stages: &'a dyn Fn(&str) -> bool,
    /// Links.
    pub links: &'a dyn Fn(&Link) -> bool,
}

/// Draws it into a rectangle, with a frame around the stages that are marked, and a sign on the links that are.
pub fn show_marked(ui: &Ui, rect: Rect, topology: &Topology, marked: &Marked<'_>) {
    let tokens = theme::tokens(ui.ctx());
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let Some(places) = places(topology, rect.shrink2(MARGIN)) else { return };
    let side = side(&places);
    let mut signs = Vec::new();
    for link in &topology.links {
        let ends = (topology.index_of(&link.from), topology.index_of(&link.to));
        let (Some(from), Some(to)) = ends else { continue };
        let is_control = !topology.stages[from].kind.carries_traffic();
        let (out, into) = if is_control {
            (vec2(0.0, -side / 2.0), vec2(0.0, side / 2.0))
        } else {
            (vec2(side / 2.0, 0.0), vec2(-side / 2.0, 0.0))
        };
        let way = wire::way(places[from] + out, places[to] + into, is_control, 0.25);
        let color = if is_control { tokens.line } else { tokens.weak };
        let is_marked = (marked.links)(link);
        let plain = Stroke::new(if is_control { 1.0 } else { 1.5 }, color);
        let stroke = if is_marked { Stroke::new(3.0, tokens.warn) } else { plain };
        let curve = CubicBezierShape::from_points_stroke(way, false, Color32::TRANSPARENT, stroke);
        signs.extend(is_marked.then(|| curve.sample(0.5)));
        painter.add(curve);
    }
    // Above all wires; a shape, so that it doesn't take colours to see it.
    for at in signs {
        painter.circle(at, 6.0, tokens.canvas, Stroke::new(1.5, tokens.warn));
        painter.text(at, Align2::CENTER_CENTER, "≠", FontId::proportional(10.0), tokens.text);
    }
    for (stage, place) in topology.stages.iter().zip(&places) {
        let color = tokens.kind(&stage.kind);
        let cell = Rect::from_center_size(*place, Vec2::splat(side));
        if (marked.stages)(&stage.name) {
            let around = Stroke::new(2.0, tokens.warn);
            painter.rect_stroke(cell.expand(4.0), CornerRadius::same(8), around, StrokeKind::Inside);
        }
        let edge = Stroke::new(1.0, color);
        painter.rect(cell, CornerRadius::same(5), tokens.card, edge, StrokeKind::Inside);
        let sign = char::from(theme::signs::kind(&stage.kind)).to_string();
        painter.text(*place, Align2::CENTER_CENTER, sign, FontId::proportional(side * 0.56), color);
    }
}

/// The middles of the stages: across as on the canvas, and down row by row, however far apart rows are there.
fn places(topology: &Topology, rect: Rect) -> Option<Vec<Pos2>> {
    let stages = &topology.stages;
    let left = stages.iter().map(|stage| stage.at.0).reduce(f32::min)?;
    let right = stages.iter().map(|stage| stage.at.0).reduce(f32::max)?;
    let mut heights: Vec<f32> = stages.iter().map(|stage| stage.at.1).collect();
    heights.sort_by(f32::total_cmp);
    heights.dedup_by(|below, above| *below - *above < SAME_ROW);
    let scale = rect.width() / (right - left).max(1.0);
    let step = (rect.height() / heights.len().saturating_sub(1).max(1) as f32).min(FARTHEST_ROWS);
    let top = rect.center().y - step * heights.len().saturating_sub(1) as f32 / 2.0;
    let place = |stage: &Stage| {
        let row = heights.iter().filter(|height| **height <= stage.at.1).count().saturating_sub(1);
        pos2((rect.left() + (stage.at.0 - left) * scale).round(), (top + row as f32 * step).round())
    };
    let places: Vec<Pos2> = stages.iter().map(place).collect();
    places.iter().all(|place| place.is_finite()).then_some(places)
}

/// As large as the nearest neighbours leave room for.
fn side(places: &[Pos2]) -> f32 {
    let mut nearest = *SIDES.end() * 1.6;
    for (index, one) in places.iter().enumerate() {
        for other in &places[index + 1..] {
            let apart = (*one - *other).abs();
            nearest = nearest.min(apart.x.max(apart.y));
        }
    }
    (nearest / 1.6).round().clamp(*SIDES.start(), *SIDES.end())
}
