//! From seconds and rates to the screen, and the lines and figures around.

use std::time::Duration;

use egui::{Align2, Color32, FontId, Mesh, Painter, Pos2, Rect, Shape as Drawn, Stroke, pos2};

use super::super::super::text::figures;
use super::super::super::theme::Tokens;
use super::super::number;
use crate::workload::Shape;

/// Room for the figures of the rates.
const LEFT: f32 = 32.0;
/// Room for those of the times.
const BOTTOM: f32 = 15.0;
/// Room for the unit above.
const TOP: f32 = 15.0;
/// Room for half of the last figure.
const RIGHT: f32 = 8.0;
/// The size of the figures.
const FIGURES: f32 = 10.0;

/// A pair of axes, both from 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Axes {
    /// Where the curve is drawn.
    pub plot: Rect,
    /// The last second.
    pub secs: f64,
    /// The greatest rate.
    pub rate: f64,
}

impl Axes {
    /// Axes within a rectangle, reaching at least to a second and a rate.
    pub fn new(rect: Rect, secs: f64, rate: f64) -> Self {
        let plot = Rect::from_min_max(rect.min + egui::vec2(LEFT, TOP), rect.max - egui::vec2(RIGHT, BOTTOM));
        let good = |x: f64| if x.is_finite() && x > 0.0 { x } else { 1.0 };
        Self { plot, secs: good(secs), rate: round_up(good(rate) * 1.05, &TOPS) }
    }

    /// The same scales in another rectangle.
    #[must_use]
    pub fn scaled_as(self, other: Self) -> Self {
        Self { plot: self.plot, ..other }
    }

    /// A second and a rate on the screen.
    #[allow(clippy::cast_possible_truncation, reason = "points of a screen")]
    pub fn at(&self, (secs, rate): (f64, f64)) -> Pos2 {
        let share = |x: f64, of: f64| (x / of) as f32;
        pos2(
            self.plot.left() + share(secs, self.secs) * self.plot.width(),
            self.plot.bottom() - share(rate, self.rate) * self.plot.height(),
        )
    }

    /// The second and the rate under a point of the screen, rounded to what can be aimed at.
    pub fn under(&self, at: Pos2) -> (f64, f64) {
        let along = f64::from((at.x - self.plot.left()) / self.plot.width().max(1.0));
        let up = f64::from((self.plot.bottom() - at.y) / self.plot.height().max(1.0));
        let (secs_step, rate_step) = self.steps();
        (rounded((along * self.secs).max(0.0), secs_step), rounded((up * self.rate).max(0.0), rate_step))
    }

    /// Seconds and rates to which a hand can aim: powers of ten, about a point of the screen.
    pub fn steps(&self) -> (f64, f64) {
        let step = |whole: f64| 10_f64.powf((whole / 150.0).log10().floor());
        (step(self.secs).max(0.001), step(self.rate).max(0.001))
    }

    /// Draws lines and figures.
    pub fn draw(&self, painter: &Painter, tokens: &Tokens, unit: &str) {
        let font = FontId::proportional(FIGURES);
        let line = Stroke::new(1.0, tokens.line.gamma_multiply(0.6));
        let figure = |at: Pos2, align: Align2, text: String| {
            painter.text(at, align, text, font.clone(), tokens.weak);
        };
        for rate in ticks(self.rate, 4) {
            let y = self.at((0.0, rate)).y;
            painter.hline(self.plot.x_range(), y, line);
            figure(pos2(self.plot.left() - 4.0, y), Align2::RIGHT_CENTER, figures::short(rate));
        }
        for secs in ticks(self.secs, 5) {
            let x = self.at((secs, 0.0)).x;
            painter.vline(x, self.plot.bottom()..=self.plot.bottom() + 3.0, Stroke::new(1.0, tokens.line));
            figure(pos2(x, self.plot.bottom() + 3.0), Align2::CENTER_TOP, number::span_of_secs(secs));
        }
        let above = pos2(self.plot.left() - 4.0, self.plot.top() - 4.0);
        painter.text(above, Align2::LEFT_BOTTOM, unit, font, tokens.weak);
    }

    /// Draws a shape from `start` seconds on, over `span`: the line, and what lies below it.
    pub fn draw_shape(
        &self,
        painter: &Painter,
        shape: &Shape,
        start: f64,
        span: Duration,
        (line, below): (Stroke, Color32),
    ) {
        let points: Vec<Pos2> =
            self.samples(shape, start, span).into_iter().map(|point| self.at(point)).collect();
        let painter = painter.with_clip_rect(self.plot.expand(1.0).intersect(painter.clip_rect()));
        let mut mesh = Mesh::default();
        for (index, point) in points.iter().enumerate() {
            mesh.colored_vertex(*point, below);
            mesh.colored_vertex(pos2(point.x, self.plot.bottom()), below);
            if let (Ok(a), true) = (u32::try_from(index * 2), index + 1 < points.len()) {
                mesh.add_triangle(a, a + 1, a + 2);
                mesh.add_triangle(a + 1, a + 2, a + 3);
            }
        }
        painter.add(Drawn::mesh(mesh));
        painter.add(Drawn::line(points, line));
    }

    /// Seconds and rates of a shape, about two points of the screen apart, and at the corners of a curve.
    fn samples(&self, shape: &Shape, start: f64, span: Duration) -> Vec<(f64, f64)> {
        let length = span.as_secs_f64();
        let step = self.secs / f64::from(self.plot.width().max(2.0)) * 2.0;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded")]
        let count = (length / step).ceil().clamp(1.0, 4_000.0) as u32;
        let mut times: Vec<f64> =
            (0..=count).map(|index| length * f64::from(index) / f64::from(count)).collect();
        if let Shape::Curve(points) = shape {
            times.extend(points.iter().map(|point| point.0).filter(|at| (0.0..length).contains(at)));
            times.sort_by(f64::total_cmp);
        }
        let rate = |at: f64| Some(shape.rate(number::from_secs(at), span)).filter(|rate| rate.is_finite());
        times.into_iter().map(|at| (start + at, rate(at).unwrap_or(0.0))).collect()
    }
}

/// Figures from 0 to `whole`, at round distances.
fn ticks(whole: f64, most: u32) -> Vec<f64> {
    let step = round_up(whole / f64::from(most), &STEPS);
    (0..=most).map(|index| f64::from(index) * step).filter(|at| *at <= whole * 1.000_001).collect()
}

/// Distances of figures, times a power of ten.
const STEPS: [f64; 4] = [1.0, 2.0, 2.5, 5.0];
/// Ends of an axis, times a power of ten.
const TOPS: [f64; 9] = [1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 6.0, 8.0];

/// The next of some round numbers.
fn round_up(x: f64, rounds: &[f64]) -> f64 {
    let scale = 10_f64.powf(x.log10().floor());
    let next = rounds.iter().find(|round| *round * scale >= x * 0.999_999);
    next.unwrap_or(&10.0) * scale
}

fn rounded(x: f64, step: f64) -> f64 {
    // Through its decimal text, which has no dust in its last digits.
    let rounded = (x / step).round() * step;
    format!("{rounded:.6}").parse().unwrap_or(rounded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_under_the_pointer_is_what_is_drawn_there() {
        let axes = Axes::new(Rect::from_min_size(pos2(10.0, 20.0), egui::vec2(280.0, 140.0)), 4.0, 27_000.0);
        assert!(axes.rate >= 27_000.0 && axes.rate <= 50_000.0, "{}", axes.rate);
        let (secs_step, rate_step) = axes.steps();
        for point in [(0.0, 0.0), (1.25, 12_300.0), (4.0, 27_000.0)] {
            let (secs, rate) = axes.under(axes.at(point));
            assert!((secs - point.0).abs() <= secs_step && (rate - point.1).abs() <= rate_step, "{point:?}");
        }
        assert_eq!(ticks(30_000.0, 4), [0.0, 10_000.0, 20_000.0, 30_000.0]);
    }
}
