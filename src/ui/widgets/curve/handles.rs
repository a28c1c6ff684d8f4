//! What can be taken hold of in a shape, and what moving it does. Pure.

use std::time::Duration;

use super::super::number;
use crate::workload::{Constant, Ramp, Shape, Spike};

/// No rate goes beyond this.
const LARGEST_RATE: f64 = 1e7;
/// Rates that must not be 0 go no lower.
const SMALLEST_RATE: f64 = 0.001;
/// The least time between two points of a curve, and the least decay, in seconds.
pub const LEAST_SECS: f64 = 0.001;

/// Something of a shape that can be moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Handle {
    /// The rate of a constant.
    Rate,
    /// The start of a ramp.
    From,
    /// Its end.
    To,
    /// The height of a spike.
    Peak,
    /// What it falls to.
    Base,
    /// How fast.
    Decay,
    /// A point of a curve.
    Point(usize),
}

impl Handle {
    /// Whether it moves along the time, and whether along the rate.
    pub fn moves(self) -> (bool, bool) {
        match self {
            Self::Rate | Self::From | Self::To | Self::Peak | Self::Base => (false, true),
            Self::Decay => (true, false),
            Self::Point(_) => (true, true),
        }
    }
}

/// The handles of a shape over a phase of length `span`, with their seconds and rates.
pub fn handles(shape: &Shape, span: Duration) -> Vec<(Handle, (f64, f64))> {
    let end = span.as_secs_f64();
    match shape {
        Shape::Constant(Constant { rate }) => vec![(Handle::Rate, (end / 2.0, *rate))],
        Shape::Ramp(Ramp { from, to }) => vec![(Handle::From, (0.0, *from)), (Handle::To, (end, *to))],
        Shape::Spike(Spike { base, peak, decay }) => {
            let at = (*decay).min(span);
            vec![
                (Handle::Base, (end, *base)),
                (Handle::Decay, (at.as_secs_f64(), shape.rate(at, span))),
                (Handle::Peak, (0.0, *peak)),
            ]
        }
        Shape::Curve(points) => {
            points.iter().enumerate().map(|(index, point)| (Handle::Point(index), *point)).collect()
        }
    }
}

/// Moves a handle to a second and a rate, as far as it goes.
pub fn move_to(shape: &mut Shape, handle: Handle, (secs, rate): (f64, f64)) {
    let rate = rate.clamp(0.0, LARGEST_RATE);
    match (shape, handle) {
        (Shape::Constant(shape), Handle::Rate) => shape.rate = rate.max(SMALLEST_RATE),
        (Shape::Ramp(shape), Handle::From) => shape.from = rate,
        (Shape::Ramp(shape), Handle::To) => shape.to = rate,
        (Shape::Spike(shape), Handle::Peak) => shape.peak = rate.max(SMALLEST_RATE),
        (Shape::Spike(shape), Handle::Base) => shape.base = rate,
        (Shape::Spike(shape), Handle::Decay) => shape.decay = number::from_secs(secs.max(LEAST_SECS)),
        (Shape::Curve(points), Handle::Point(index)) if index < points.len() => {
            points[index] = (between_neighbours(points, index, secs), rate);
        }
        _ => {}
    }
}

/// The nearest time to `secs` at which the times still rise.
fn between_neighbours(points: &[(f64, f64)], index: usize, secs: f64) -> f64 {
    let low = index.checked_sub(1).map_or(0.0, |before| points[before].0 + LEAST_SECS);
    let high = points.get(index + 1).map_or(f64::INFINITY, |after| after.0 - LEAST_SECS);
    // Times of a broken file may not rise; then the point goes behind its predecessor.
    secs.min(high).max(low)
}

/// Adds a point to a curve, where there is room. Answers its place.
pub fn add_point(points: &mut Vec<(f64, f64)>, (secs, rate): (f64, f64)) -> Option<usize> {
    let secs = secs.max(0.0);
    if points.iter().any(|point| (point.0 - secs).abs() < LEAST_SECS) {
        return None;
    }
    let place = points.partition_point(|point| point.0 < secs);
    points.insert(place, (secs, rate.clamp(0.0, LARGEST_RATE)));
    Some(place)
}

/// A second and a rate for one more point: in the middle of the longest gap, on the line.
pub fn next_point(points: &[(f64, f64)], span: Duration) -> (f64, f64) {
    let end = span.as_secs_f64();
    let mut times = vec![0.0];
    times.extend(points.iter().map(|point| point.0));
    times.push(end.max(*times.last().unwrap_or(&0.0)));
    // Free ends first: a curve that says nothing about its start or end is flat there.
    let is_free = |at: f64| points.iter().all(|point| (point.0 - at).abs() >= LEAST_SECS);
    let gap = times.windows(2).max_by(|a, b| (a[1] - a[0]).total_cmp(&(b[1] - b[0])));
    let middle = gap.map_or(0.0, |pair| f64::midpoint(pair[0], pair[1]));
    let secs = [0.0, end].into_iter().find(|at| is_free(*at)).unwrap_or(middle);
    let shape = Shape::Curve(points.to_vec());
    let rate = if points.is_empty() { 1_000.0 } else { shape.rate(number::from_secs(secs), span) };
    (number::three_digits(secs), number::three_digits(rate))
}

/// The points of a curve that runs as the shape does.
pub fn as_points(shape: &Shape, span: Duration) -> Vec<(f64, f64)> {
    /// In multiples of the decay: dense where the spike falls steeply.
    const FALL: [f64; 10] = [0.0, 0.25, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0];
    let end = span.as_secs_f64();
    let times: Vec<f64> = match shape {
        Shape::Constant(_) | Shape::Ramp(_) => vec![0.0, end],
        Shape::Spike(spike) => {
            let decay = spike.decay.as_secs_f64();
            let fall = FALL.iter().map(|share| share * decay).filter(|at| *at < end - LEAST_SECS);
            fall.chain([end]).collect()
        }
        Shape::Curve(points) => return points.clone(),
    };
    let mut points: Vec<(f64, f64)> = Vec::new();
    for secs in times {
        let rate = shape.rate(number::from_secs(secs), span);
        if points.last().is_none_or(|last| secs - last.0 >= LEAST_SECS) {
            points.push((number::three_digits(secs), number::three_digits(rate)));
        }
    }
    points
}

/// A shape of another kind, named by its word, that keeps the scale of this one.
pub fn converted(shape: &Shape, word: &str, span: Duration) -> Option<Shape> {
    if word == shape.word() {
        return Some(shape.clone());
    }
    let secs = span.as_secs_f64().max(LEAST_SECS);
    let good = |rate: f64| if rate.is_finite() { number::three_digits(rate) } else { 0.0 };
    let (start, end) = (good(shape.rate(Duration::ZERO, span)), good(shape.rate(span, span)));
    let peak = good(shape.peak(span)).max(SMALLEST_RATE);
    Some(match word {
        "Constant" => {
            let mean = good(shape.expected(span, span) / secs).max(SMALLEST_RATE);
            Shape::Constant(Constant { rate: mean })
        }
        "Ramp" => Shape::Ramp(Ramp { from: start, to: end }),
        "Spike" => {
            let decay = number::from_secs(number::three_digits((secs / 5.0).max(LEAST_SECS)));
            let base = if end < peak { end } else { number::three_digits(peak / 4.0) };
            Shape::Spike(Spike { base, peak, decay })
        }
        "Curve" => Shape::Curve(as_points(shape, span)),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPAN: Duration = Duration::from_secs(4);

    fn spike() -> Shape {
        Shape::Spike(Spike { base: 1_000.0, peak: 9_000.0, decay: Duration::from_millis(500) })
    }

    #[test]
    fn every_handle_moves_what_it_stands_for_and_stays_in_range() {
        let shapes = [
            Shape::Constant(Constant { rate: 500.0 }),
            Shape::Ramp(Ramp { from: 1.0, to: 2.0 }),
            spike(),
            Shape::Curve(vec![(0.0, 10.0), (1.0, 20.0), (3.0, 5.0)]),
        ];
        for shape in shapes {
            for (handle, (secs, rate)) in handles(&shape, SPAN) {
                let mut moved = shape.clone();
                move_to(&mut moved, handle, (secs + 0.25, rate + 300.0));
                let (_, now) = handles(&moved, SPAN).into_iter().find(|(other, _)| *other == handle).unwrap();
                let (along, up) = handle.moves();
                assert!(!up || (now.1 - rate - 300.0).abs() < 1e-9, "{handle:?}: {now:?}");
                assert!(!along || (now.0 - secs - 0.25).abs() < 1e-9, "{handle:?}: {now:?}");
                move_to(&mut moved, handle, (-5.0, -5.0));
                let (_, least) =
                    handles(&moved, SPAN).into_iter().find(|(other, _)| *other == handle).unwrap();
                assert!(least.0 >= 0.0 && least.1 >= 0.0, "{handle:?}: {least:?}");
            }
        }
    }

    #[test]
    fn points_keep_their_order_and_fill_the_gaps() {
        let mut points = vec![(1.0, 10.0), (2.0, 20.0)];
        let mut shape = Shape::Curve(points.clone());
        move_to(&mut shape, Handle::Point(0), (5.0, 10.0));
        assert_eq!(shape, Shape::Curve(vec![(2.0 - LEAST_SECS, 10.0), (2.0, 20.0)]));
        assert_eq!(add_point(&mut points, (1.5, 7.0)), Some(1));
        assert_eq!(add_point(&mut points, (1.5, 9.0)), None);
        assert_eq!(next_point(&[], SPAN), (0.0, 1_000.0));
        assert_eq!(next_point(&[(0.0, 10.0)], SPAN), (4.0, 10.0));
        assert_eq!(next_point(&[(0.0, 10.0), (1.0, 10.0), (4.0, 40.0)], SPAN), (2.5, 25.0));
    }

    #[test]
    fn another_shape_keeps_the_scale() {
        for word in Shape::WORDS {
            let shape = converted(&spike(), word, SPAN).unwrap();
            assert_eq!(shape.word(), *word);
            let (was, is) = (spike().expected(SPAN, SPAN), shape.expected(SPAN, SPAN));
            assert!(is > was * 0.7 && is < was * 2.6, "{word}: {was} became {is}");
        }
        let curve = converted(&spike(), "Curve", SPAN).unwrap();
        let (was, is) = (spike().expected(SPAN, SPAN), curve.expected(SPAN, SPAN));
        assert!((is / was - 1.0).abs() < 0.03, "{was} became {is}");
        assert_eq!(converted(&spike(), "Circle", SPAN), None);
    }
}
