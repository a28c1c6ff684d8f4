//! A design in miniature: its stages as signs, its links as wires, where they stand on the canvas.

use egui::epaint::CubicBezierShape;
use egui::{Align2, Color32, CornerRadius, FontId, Pos2, Rect, Stroke, StrokeKind, Ui, Vec2, pos2, vec2};

use super::super::super::canvas::wire;
use super::super::super::theme;
use super::super::super::theme::signs;
use crate::topology::{Stage, Topology};

/// Room around the stages.
const MARGIN: Vec2 = vec2(30.0, 24.0);
/// The sides of a stage's box, at least and at most.
const SIDES: std::ops::RangeInclusive<f32> = 16.0..=30.0;

/// Draws it into a rectangle.
pub fn show(ui: &Ui, rect: Rect, topology: &Topology) {
    let tokens = theme::tokens(ui.ctx());
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let Some(places) = places(topology, rect.shrink2(MARGIN)) else { return };
    let side = side(&places);
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
        let stroke = Stroke::new(if is_control { 1.0 } else { 1.5 }, color);
        painter.add(CubicBezierShape::from_points_stroke(way, false, Color32::TRANSPARENT, stroke));
    }
    for (stage, place) in topology.stages.iter().zip(&places) {
        let color = tokens.kind(&stage.kind);
        let cell = Rect::from_center_size(*place, Vec2::splat(side));
        let edge = Stroke::new(1.0, color);
        painter.rect(cell, CornerRadius::same(5), tokens.card, edge, StrokeKind::Inside);
        let sign = char::from(signs::kind(&stage.kind)).to_string();
        painter.text(*place, Align2::CENTER_CENTER, sign, FontId::proportional(side * 0.56), color);
    }
}

/// The middles of the stages, spread over the rectangle; no more stretched down than across.
fn places(topology: &Topology, rect: Rect) -> Option<Vec<Pos2>> {
    // Boxes have different heights; their heads stand in line.
    let middle = |stage: &Stage| pos2(stage.at.0, stage.at.1);
    let middles: Vec<Pos2> = topology.stages.iter().map(middle).collect();
    let around = Rect::from_points(&middles);
    if middles.is_empty() || !around.is_finite() {
        return None;
    }
    let scale_x = rect.width() / around.width().max(1.0);
    let scale_y = (rect.height() / around.height().max(1.0)).min(scale_x * 2.0);
    let place = |at: &Pos2| {
        let from_middle = *at - around.center();
        rect.center() + vec2(from_middle.x * scale_x, from_middle.y * scale_y)
    };
    Some(middles.iter().map(place).map(|at| pos2(at.x.round(), at.y.round())).collect())
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
