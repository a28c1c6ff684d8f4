//! What moves along a wire: strands that share its width by outcome, and dots whose speed and number follow the rate.

use egui::epaint::CubicBezierShape;
use egui::{Color32, Id, Painter, Pos2, Shape, Stroke, Ui, Vec2, vec2};

use super::super::renderer;
use super::super::theme::Tokens;

/// The longest time that dots move in one frame, in seconds: after a pause they go on from where they were.
const LONGEST_FRAME: f64 = 0.2;
/// The smallest distance between two dots, in units of the canvas.
const SPACING: f32 = 14.0;
/// The smallest distance between two dots on the screen: from far away there are fewer.
const APART: f32 = 20.0;
/// What turns the numbers of dots into an even mix of outcomes: the golden ratio's part after the point.
const GOLDEN: f64 = 0.618_033_988_749_895;

/// A wire's way as points with their distances from its beginning.
pub struct Track {
    points: Vec<Pos2>,
    at: Vec<f32>,
}

impl Track {
    /// The way of a Bézier curve.
    pub fn new(way: [Pos2; 4]) -> Self {
        let curve = CubicBezierShape::from_points_stroke(way, false, Color32::TRANSPARENT, Stroke::NONE);
        let points = curve.flatten(Some(0.25));
        let mut at = Vec::with_capacity(points.len());
        let mut so_far = 0.0;
        for (index, point) in points.iter().enumerate() {
            if index > 0 {
                so_far += point.distance(points[index - 1]);
            }
            at.push(so_far);
        }
        Self { points, at }
    }

    /// Its length on the screen.
    pub fn length(&self) -> f32 {
        self.at.last().copied().unwrap_or(0.0)
    }

    /// The points.
    pub fn points(&self) -> &[Pos2] {
        &self.points
    }

    /// The point at a distance from the beginning, and the direction to the right of the way there.
    pub fn point(&self, distance: f32) -> (Pos2, Vec2) {
        let last = self.points.len() - 1;
        let next = self.at.partition_point(|at| *at < distance).clamp(1, last.max(1)).min(last);
        let (from, to) = (self.points[next.saturating_sub(1)], self.points[next]);
        let span = (self.at[next] - self.at[next.saturating_sub(1)]).max(0.001);
        let part = ((distance - self.at[next.saturating_sub(1)]) / span).clamp(0.0, 1.0);
        (from.lerp(to, part), (to - from).normalized().rot90())
    }

    /// The way up to a distance, moved to the right by `aside`.
    pub fn beside(&self, aside: f32, until: f32) -> Vec<Pos2> {
        let moved = |distance: f32| {
            let (point, right) = self.point(distance);
            point + right * aside
        };
        let mut points: Vec<Pos2> =
            self.at.iter().take_while(|at| **at < until).map(|at| moved(*at)).collect();
        points.push(moved(until));
        points
    }
}

/// The width of a wire, in units: it grows with the logarithm of the rate.
#[allow(clippy::cast_possible_truncation, reason = "a few units")]
pub fn width(rate: f64) -> f32 {
    1.5 + 1.7 * (1.0 + rate.max(0.0)).log10() as f32
}

/// The three outcomes' parts of a width, from one side to the other: offset of the middle and width of each. What is there
/// is at least `least` wide.
pub fn strands(mix: [f32; 3], width: f32, least: f32) -> [(f32, f32); 3] {
    let wide = mix.map(|share| if share > 0.0 { (share * width).max(least) } else { 0.0 });
    let mut left = -0.5 * wide.iter().sum::<f32>();
    wide.map(|wide| {
        let middle = left + wide * 0.5;
        left += wide;
        (middle, wide)
    })
}

/// The colours of the three outcomes.
pub fn colors(tokens: &Tokens) -> [Color32; 3] {
    [tokens.achieved, tokens.intercepted, tokens.failed]
}

/// How dots move at a rate: their speed in units a second, and of how many places for a dot one is taken.
#[allow(clippy::cast_possible_truncation, reason = "small numbers")]
fn motion(rate: f64) -> (f32, i64) {
    let tens = (1.0 + rate).log10() as f32;
    let speed = 24.0 + 22.0 * tens;
    let one_of = match rate {
        ..50.0 => 8,
        ..1_000.0 => 4,
        ..10_000.0 => 2,
        _ => 1,
    };
    (speed, one_of)
}

/// Which outcome a dot stands for, so that many dots are mixed as the shares say.
fn outcome(number: i64, mix: [f32; 3]) -> usize {
    let lot = (number as f64 * GOLDEN).rem_euclid(1.0);
    let passed = f64::from(mix[0]);
    let intercepted = passed + f64::from(mix[1]);
    if lot < passed {
        0
    } else if lot < intercepted || mix[2] <= 0.0 {
        1
    } else {
        2
    }
}

/// What dots show.
pub struct Dots<'a> {
    /// The wire's way.
    pub track: &'a Track,
    /// How far along it they go, on the screen.
    pub until: f32,
    /// Points on the screen per unit.
    pub zoom: f32,
    /// Requests each second.
    pub rate: f64,
    /// The shares of the outcomes.
    pub mix: [f32; 3],
}

/// Draws the dots of a wire, and asks for the next frame.
#[allow(clippy::cast_possible_truncation, reason = "places on a screen")]
pub fn dots(ui: &Ui, id: Id, dots: &Dots<'_>, tokens: &Tokens) {
    let &Dots { track, until, zoom, rate, mix } = dots;
    let (speed, mut one_of) = motion(rate);
    while SPACING * one_of as f32 * zoom < APART {
        one_of *= 2;
    }
    let now = ui.input(|input| input.time);
    let (way, then) = ui.data(|data| data.get_temp::<(f64, f64)>(id)).unwrap_or((0.0, now));
    // The way of the first dot, in units: it goes on smoothly whatever rate and zoom become.
    let way = way + f64::from(speed) * (now - then).clamp(0.0, LONGEST_FRAME);
    ui.data_mut(|data| data.insert_temp(id, (way, now)));
    let lanes = strands(mix, width(rate) * zoom, 1.0);
    let spacing = f64::from(SPACING);
    let first = ((way - f64::from(until / zoom)) / spacing).ceil() as i64;
    let last = (way / spacing).floor() as i64;
    for number in (first..=last).filter(|number| number.rem_euclid(one_of) == 0) {
        let which = outcome(number / one_of, mix);
        let distance = ((way - number as f64 * spacing) as f32) * zoom;
        let (point, right) = track.point(distance);
        sign(ui.painter(), point + right * lanes[which].0, which, zoom, colors(tokens)[which], tokens.canvas);
    }
    ui.request_repaint_after(renderer::dots_pace(ui.ctx()));
}

/// The sign of an outcome: a disc passed, a ring was intercepted, a cross failed.
fn sign(painter: &Painter, at: Pos2, which: usize, zoom: f32, color: Color32, back: Color32) {
    let radius = (2.6 * zoom).max(1.6);
    match which {
        0 => {
            painter.circle_filled(at, radius + 0.8, back);
            painter.circle_filled(at, radius, color);
        }
        1 => {
            painter.circle_filled(at, radius + 1.0, back);
            painter.circle_stroke(at, radius, Stroke::new((1.3 * zoom).max(1.0), color));
        }
        _ => {
            painter.circle_filled(at, radius + 1.4, back);
            let (one, other) = (vec2(radius, radius), vec2(radius, -radius));
            let stroke = Stroke::new((1.6 * zoom).max(1.2), color);
            painter.add(Shape::line_segment([at - one, at + one], stroke));
            painter.add(Shape::line_segment([at - other, at + other], stroke));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_are_mixed_as_the_shares_say() {
        let mut counts = [0; 3];
        (0..1_000).for_each(|number| counts[outcome(number, [0.2, 0.7, 0.1])] += 1);
        for (count, expected) in counts.into_iter().zip([200_i32, 700, 100]) {
            assert!((count - expected).abs() < 10, "{counts:?}");
        }
        assert_eq!(outcome(12, [0.0, 1.0, 0.0]), 1);
    }

    #[test]
    fn a_wider_wire_carries_more_and_its_strands_fill_it() {
        assert!(width(0.0) < width(100.0) && width(100.0) < width(30_000.0));
        let strands = strands([0.5, 0.5, 0.0], 8.0, 1.0);
        let near = |(one, other): (f32, f32), expected: (f32, f32)| {
            (one - expected.0).abs() < 1e-6 && (other - expected.1).abs() < 1e-6
        };
        assert!(near(strands[0], (-2.0, 4.0)) && near(strands[1], (2.0, 4.0)), "{strands:?}");
    }

    #[test]
    fn a_track_is_walked_from_end_to_end() {
        let track =
            Track::new([Pos2::ZERO, egui::pos2(30.0, 0.0), egui::pos2(70.0, 0.0), egui::pos2(100.0, 0.0)]);
        assert!((track.length() - 100.0).abs() < 0.5);
        assert!((track.point(50.0).0.x - 50.0).abs() < 1.0);
        assert!((track.point(500.0).0.x - 100.0).abs() < 0.1);
        assert!((track.beside(5.0, 80.0).last().unwrap().x - 80.0).abs() < 0.5);
    }
}
