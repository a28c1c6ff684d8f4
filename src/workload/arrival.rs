//! Arrival rates over time, and the intended times that follow from them.
//!
//! A shape gives the expected number of arrivals Λ(t) up to a moment t. The k-th arrival comes when Λ(t) reaches the
//! k-th mark: marks 1, 2, 3, … for even spacing, marks with exponential gaps of mean 1 for Poisson arrivals (the time
//! change of a unit Poisson process; Çinlar, *Introduction to Stochastic Processes*, 1975, ch. 4.7).

use std::time::Duration;

use rand::RngExt;
use rand_distr::Exp1;
use rand_pcg::Pcg64Mcg;
use serde::{Deserialize, Serialize};

use crate::param::{Params, choices, params};

choices! {
    /// How arrivals are spaced at a given rate.
    pub enum Spacing {
        /// At equal distances.
        Even,
        /// Independently of each other, as people come.
        Poisson,
    }
}

params! {
    /// The same rate throughout.
    pub struct Constant {
        /// Arrivals per second.
        rate: f64 = 1_000.0, in 0.001..10_000_000.0, "arrivals/s";
    }

    /// A straight line from one rate to another.
    pub struct Ramp {
        /// Arrivals per second at the start.
        from: f64 = 0.0, in 0.0..10_000_000.0, "arrivals/s";
        /// Arrivals per second at the end.
        to: f64 = 1_000.0, in 0.0..10_000_000.0, "arrivals/s";
    }

    /// Everybody at once, then fewer and fewer: `base + (peak − base) · exp(−t / decay)`.
    pub struct Spike {
        /// Arrivals per second long after.
        base: f64 = 100.0, in 0.0..10_000_000.0, "arrivals/s";
        /// Arrivals per second at the first instant.
        peak: f64 = 10_000.0, in 0.001..10_000_000.0, "arrivals/s";
        /// Time in which the excess falls to 37 %.
        decay: Duration = Duration::from_millis(500), in 0.001..3600.0;
    }
}

/// How the arrival rate runs over a phase. Rates are arrivals per second.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Shape {
    /// See [`Constant`].
    Constant(Constant),
    /// See [`Ramp`].
    Ramp(Ramp),
    /// See [`Spike`].
    Spike(Spike),
    /// Straight lines through points of time (seconds from the start of the phase, rising) and arrivals per second;
    /// flat before the first point and after the last.
    Curve(Vec<(f64, f64)>),
}

impl Shape {
    /// Words for shapes in files.
    pub const WORDS: &'static [&'static str] = &["Constant", "Ramp", "Spike", "Curve"];

    /// The shape that a file names, with every default.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "Constant" => Some(Self::Constant(Constant::default())),
            "Ramp" => Some(Self::Ramp(Ramp::default())),
            "Spike" => Some(Self::Spike(Spike::default())),
            "Curve" => Some(Self::Curve(Vec::new())),
            _ => None,
        }
    }

    /// The word for the shape in files.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Constant(_) => "Constant",
            Self::Ramp(_) => "Ramp",
            Self::Spike(_) => "Spike",
            Self::Curve(_) => "Curve",
        }
    }

    /// Its parameters; a curve has points instead.
    pub fn params(&self) -> Option<&dyn Params> {
        match self {
            Self::Constant(params) => Some(params),
            Self::Ramp(params) => Some(params),
            Self::Spike(params) => Some(params),
            Self::Curve(_) => None,
        }
    }

    /// Its parameters, to change; a curve has points instead.
    pub fn params_mut(&mut self) -> Option<&mut dyn Params> {
        match self {
            Self::Constant(params) => Some(params),
            Self::Ramp(params) => Some(params),
            Self::Spike(params) => Some(params),
            Self::Curve(_) => None,
        }
    }

    /// Expected arrivals from the start of a phase of length `span` up to `at`.
    pub fn expected(&self, at: Duration, span: Duration) -> f64 {
        let t = at.min(span).as_secs_f64();
        match self {
            Self::Constant(Constant { rate }) => rate * t,
            Self::Ramp(Ramp { from, to }) => from * t + (to - from) * t * t / (2.0 * span.as_secs_f64()),
            Self::Spike(Spike { base, peak, decay }) => {
                let decay = decay.as_secs_f64();
                base * t + (peak - base) * decay * (1.0 - (-t / decay).exp())
            }
            Self::Curve(points) => curve_area(points, t),
        }
    }

    /// Arrivals per second at a moment of a phase of length `span`.
    pub fn rate(&self, at: Duration, span: Duration) -> f64 {
        let t = at.min(span).as_secs_f64();
        match self {
            Self::Constant(Constant { rate }) => *rate,
            Self::Ramp(Ramp { from, to }) => from + (to - from) * t / span.as_secs_f64(),
            Self::Spike(Spike { base, peak, decay }) => {
                base + (peak - base) * (-t / decay.as_secs_f64()).exp()
            }
            Self::Curve(points) => curve_rate(points, t),
        }
    }

    /// The greatest rate over a phase of length `span`.
    pub fn peak(&self, span: Duration) -> f64 {
        let ends = self.rate(Duration::ZERO, span).max(self.rate(span, span));
        match self {
            // The other shapes rise or fall all the way.
            Self::Constant(_) | Self::Ramp(_) | Self::Spike(_) => ends,
            Self::Curve(points) => {
                let within = points.iter().filter(|point| point.0 <= span.as_secs_f64());
                within.fold(ends, |peak, point| peak.max(point.1))
            }
        }
    }

    /// Multiplies all rates.
    pub fn scale(&mut self, factor: f64) {
        match self {
            Self::Constant(shape) => shape.rate *= factor,
            Self::Ramp(shape) => {
                shape.from *= factor;
                shape.to *= factor;
            }
            Self::Spike(shape) => {
                shape.base *= factor;
                shape.peak *= factor;
            }
            Self::Curve(points) => points.iter_mut().for_each(|point| point.1 *= factor),
        }
    }

    /// Multiplies all times.
    pub fn stretch(&mut self, factor: f64) {
        match self {
            Self::Constant(_) | Self::Ramp(_) => {}
            Self::Spike(shape) => shape.decay = shape.decay.mul_f64(factor),
            Self::Curve(points) => points.iter_mut().for_each(|point| point.0 *= factor),
        }
    }
}

/// The height of straight lines through `points` at `t`.
fn curve_rate(points: &[(f64, f64)], t: f64) -> f64 {
    let next = points.partition_point(|point| point.0 < t);
    match (next.checked_sub(1).and_then(|before| points.get(before)), points.get(next)) {
        (Some(&(from, low)), Some(&(to, high))) => low + (high - low) * (t - from) / (to - from),
        (Some(point), None) | (None, Some(point)) => point.1,
        (None, None) => 0.0,
    }
}

/// The area under straight lines through `points` from 0 to `t`.
fn curve_area(points: &[(f64, f64)], t: f64) -> f64 {
    let Some(&(mut from, mut rate)) = points.first() else {
        return 0.0;
    };
    let mut area = rate * t.min(from);
    for &(to, next) in &points[1..] {
        if t <= from {
            return area;
        }
        let end = t.min(to);
        let share = (end - from) / (to - from);
        let rate_at_end = rate + (next - rate) * share;
        area += f64::midpoint(rate, rate_at_end) * (end - from);
        (from, rate) = (to, next);
    }
    area + rate * (t - from).max(0.0)
}

/// The grid on which Λ is evaluated; between its points arrivals are placed along a straight line.
const STEP: Duration = Duration::from_millis(1);

/// The intended times of one phase, in order.
///
/// A factor on the rate divides the gaps between the marks, so that Λ itself stays as drawn, and a factor of 1 changes no
/// bit of any time.
#[derive(Debug, Clone)]
pub struct Arrivals {
    shape: Shape,
    spacing: Spacing,
    span: Duration,
    /// Λ at the start of the step under way, and at its end.
    low: f64,
    high: f64,
    step_at: Duration,
    /// The next mark that Λ has to reach.
    mark: f64,
    factor: f64,
}

impl Arrivals {
    /// Starts at the beginning of a phase, at the rate as drawn times `factor`.
    pub fn new(shape: Shape, spacing: Spacing, span: Duration, factor: f64, rng: &mut Pcg64Mcg) -> Self {
        let mut arrivals =
            Self { shape, spacing, span, low: 0.0, high: 0.0, step_at: Duration::ZERO, mark: 0.0, factor };
        arrivals.mark = match spacing {
            // Half a gap before the first and after the last: the count over a phase is the expected one.
            Spacing::Even => 0.5 / factor,
            Spacing::Poisson => arrivals.gap(rng),
        };
        arrivals.high = arrivals.shape.expected(STEP, span);
        arrivals
    }

    /// The next intended time, counted from the start of the phase; none when the phase is over. It stays the next one
    /// until [`Self::advance`].
    pub fn peek(&mut self) -> Option<Duration> {
        while self.high < self.mark {
            self.step_at += STEP;
            if self.step_at >= self.span {
                return None;
            }
            self.low = self.high;
            self.high = self.shape.expected(self.step_at + STEP, self.span);
        }
        let step = STEP.min(self.span.saturating_sub(self.step_at));
        // Λ stands still where nobody comes; there a mark that was reached already has no share of it.
        let share = if self.high > self.low { (self.mark - self.low) / (self.high - self.low) } else { 0.0 };
        Some(self.step_at + step.mul_f64(share))
    }

    /// Goes on to the arrival after the next one.
    pub fn advance(&mut self, rng: &mut Pcg64Mcg) {
        self.mark += self.gap(rng);
    }

    /// Changes the factor from a moment of the phase on, which lies behind all arrivals that were taken: what is left of
    /// the gap to the next one is stretched or shrunk with the rate.
    pub fn scale_from(&mut self, at: Duration, factor: f64) {
        let reached = self.shape.expected(at, self.span);
        self.mark = reached + (self.mark - reached).max(0.0) * (self.factor / factor);
        self.factor = factor;
        // Steps that were looked through in vain are looked through again.
        let step = u32::try_from(at.min(self.span).as_millis()).unwrap_or(u32::MAX);
        self.step_at = STEP * step;
        self.low = self.shape.expected(self.step_at, self.span);
        self.high = self.shape.expected(self.step_at + STEP, self.span);
    }

    fn gap(&self, rng: &mut Pcg64Mcg) -> f64 {
        let gap = match self.spacing {
            Spacing::Even => 1.0,
            Spacing::Poisson => rng.sample(Exp1),
        };
        gap / self.factor
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    fn constant(rate: f64) -> Shape {
        Shape::Constant(Constant { rate })
    }

    fn times(shape: Shape, spacing: Spacing, span: Duration, seed: u64) -> Vec<Duration> {
        let mut rng = Pcg64Mcg::seed_from_u64(seed);
        let mut arrivals = Arrivals::new(shape, spacing, span, 1.0, &mut rng);
        let next = || {
            let at = arrivals.peek()?;
            arrivals.advance(&mut rng);
            Some(at)
        };
        std::iter::from_fn(next).collect()
    }

    #[test]
    fn even_arrivals_count_what_the_shape_promises() {
        let span = Duration::from_millis(2_500);
        let shapes = [
            (constant(4_000.0), 10_000),
            (constant(0.8), 2),
            (Shape::Ramp(Ramp { from: 0.0, to: 8_000.0 }), 10_000),
            (Shape::Curve(vec![(0.5, 1_000.0), (1.5, 3_000.0)]), 5_500),
        ];
        for (shape, count) in shapes {
            let times = times(shape.clone(), Spacing::Even, span, 1);
            assert_eq!(times.len(), count, "{shape:?}");
            assert!(times.is_sorted() && times.iter().all(|at| *at < span), "{shape:?}");
        }
    }

    #[test]
    fn a_rate_is_the_slope_of_what_is_expected() {
        let span = Duration::from_secs(4);
        let shapes = [
            constant(50.0),
            Shape::Ramp(Ramp { from: 10.0, to: 90.0 }),
            Shape::Spike(Spike { base: 10.0, peak: 500.0, decay: Duration::from_millis(700) }),
            Shape::Curve(vec![(1.0, 10.0), (2.0, 70.0), (3.5, 20.0)]),
            Shape::Curve(Vec::new()),
        ];
        for shape in shapes {
            for at_ms in [300, 1_200, 2_500, 3_900] {
                let at = Duration::from_millis(at_ms);
                let step = Duration::from_micros(50);
                let slope =
                    (shape.expected(at + step, span) - shape.expected(at.saturating_sub(step), span)) / 1e-4;
                assert!((shape.rate(at, span) - slope).abs() < 0.05, "{shape:?} at {at:?}: {slope}");
                assert!(shape.rate(at, span) <= shape.peak(span), "{shape:?}");
            }
        }
    }

    #[test]
    fn a_spike_has_most_of_its_excess_within_three_decays() {
        let shape = Shape::Spike(Spike { base: 100.0, peak: 20_100.0, decay: Duration::from_millis(200) });
        let times = times(shape, Spacing::Even, Duration::from_secs(2), 1);
        let early = times.iter().filter(|at| **at < Duration::from_millis(600)).count();
        // 60 of the base + 4 000 · (1 − e⁻³).
        assert_eq!(early, 60 + 3_801);
    }

    #[test]
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    fn poisson_arrivals_have_the_variance_of_their_mean() {
        let times = times(constant(10_000.0), Spacing::Poisson, Duration::from_secs(20), 7);
        let mut counts = vec![0.0_f64; 2_000];
        for at in &times {
            counts[(at.as_secs_f64() * 100.0) as usize] += 1.0;
        }
        let mean = counts.iter().sum::<f64>() / 2_000.0;
        let variance = counts.iter().map(|n| (n - mean).powi(2)).sum::<f64>() / 1_999.0;
        assert!((mean - 100.0).abs() < 1.0, "mean {mean}");
        assert!((variance / mean - 1.0).abs() < 0.15, "dispersion {}", variance / mean);
    }
}
