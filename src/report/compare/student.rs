//! Paired differences and Student's t.
//!
//! Designs run in turn, so what a round of one differs from the same round of the other is one observation, and a bad spell of the machine
//! that touches both falls out. Of few such observations the mean has Student's distribution, if they come from about a normal one
//! ("Student", *The Probable Error of a Mean*, Biometrika 6, 1908; for systems Jain, *The Art of Computer Systems Performance Analysis*,
//! 1991, ch. 13.4.1, "Paired Observations"). A bootstrap of five values would be too narrow.

use serde::Serialize;

/// The confidence of every interval.
pub const CONFIDENCE: f64 = 0.95;

/// What paired differences say.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Paired {
    /// How many rounds count.
    pub pairs: usize,
    /// The mean of the differences.
    pub mean: f64,
    /// The lower end of the 95 % interval of the mean.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// How likely chance alone gives a mean this far from 0, if there were no difference (two-sided).
    pub p_value: f64,
}

impl Paired {
    /// Of these differences; none of fewer than two.
    #[allow(clippy::float_cmp, reason = "differences that don't vary at all")]
    pub fn of(differences: &[f64]) -> Option<Self> {
        let pairs = differences.len();
        if pairs < 2 {
            return None;
        }
        let (count, freedom) = (pairs as f64, pairs - 1);
        let mean = differences.iter().sum::<f64>() / count;
        let squares: f64 = differences.iter().map(|difference| (difference - mean).powi(2)).sum();
        let error = (squares / freedom as f64 / count).sqrt();
        let first = differences[0];
        if differences.iter().all(|difference| *difference == first) || error == 0.0 {
            // The same in every round: nothing is left to chance.
            let p_value = if first == 0.0 { 1.0 } else { 0.0 };
            return Some(Self { pairs, mean: first, low: first, high: first, p_value });
        }
        let half = quantile(CONFIDENCE, freedom) * error;
        let p_value = (1.0 - within((mean / error).abs(), freedom)).clamp(0.0, 1.0);
        Some(Self { pairs, mean, low: mean - half, high: mean + half, p_value })
    }
}

/// The probability that |T| ≤ `t` for Student's T with `freedom` degrees of freedom (Abramowitz and Stegun, *Handbook of Mathematical
/// Functions*, 1964, 26.7.3 for odd and 26.7.4 for even ones).
pub fn within(t: f64, freedom: usize) -> f64 {
    let angle = (t / (freedom as f64).sqrt()).atan();
    let (sin, cos) = angle.sin_cos();
    let is_odd = freedom % 2 == 1;
    // Terms of cos θ + 2/3 cos³ θ + …, or of 1 + 1/2 cos² θ + …
    let mut term = if is_odd { cos } else { 1.0 };
    let (mut sum, mut power) = (0.0, usize::from(is_odd));
    while power + 2 <= freedom {
        sum += term;
        term *= (power as f64 + 1.0) / (power as f64 + 2.0) * cos * cos;
        power += 2;
    }
    if is_odd { 2.0 / std::f64::consts::PI * (angle + sin * sum) } else { sin * sum }
}

/// The t that |T| does not exceed with a probability: the inverse of [`within`], by bisection.
pub fn quantile(probability: f64, freedom: usize) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    while within(high, freedom) < probability && high < 1e9 {
        high *= 2.0;
    }
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if within(middle, freedom) < probability { low = middle } else { high = middle }
    }
    high
}

/// Adjusts p-values of several comparisons so that the chance of claiming any difference where there is none stays what it is for one
/// (Holm, *A Simple Sequentially Rejective Multiple Test Procedure*, Scandinavian Journal of Statistics 6, 1979).
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&one, &other| p_values[one].total_cmp(&p_values[other]));
    let (mut adjusted, mut least) = (vec![0.0; p_values.len()], 0.0_f64);
    for (rank, &index) in order.iter().enumerate() {
        least = least.max(p_values[index] * (p_values.len() - rank) as f64).min(1.0);
        adjusted[index] = least;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        // NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2: upper critical values of Student's t.
        for (freedom, two_sided_95, two_sided_99) in [
            (1, 12.706, 63.657),
            (2, 4.303, 9.925),
            (3, 3.182, 5.841),
            (4, 2.776, 4.604),
            (5, 2.571, 4.032),
            (9, 2.262, 3.250),
            (10, 2.228, 3.169),
            (30, 2.042, 2.750),
            (100, 1.984, 2.626),
        ] {
            for (probability, wanted) in [(0.95, two_sided_95), (0.99, two_sided_99)] {
                let found = quantile(probability, freedom);
                assert!((found - wanted).abs() < 6e-4, "t of {probability} with {freedom}: {found}");
                assert!((within(found, freedom) - probability).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn students_own_example_comes_out_as_he_had_it() {
        // Additional hours of sleep gained by ten patients by the use of two drugs, Biometrika 6 (1908), p. 20; in every textbook since:
        // t = 4.0621 with 9 degrees of freedom, p = 0.002833, mean 1.58, interval 0.70 to 2.46.
        let one = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
        let other = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
        let differences: Vec<f64> = one.iter().zip(other).map(|(one, other)| other - one).collect();
        let paired = Paired::of(&differences).unwrap();
        assert_eq!(paired.pairs, 10);
        assert!((paired.mean - 1.58).abs() < 1e-9, "{paired:?}");
        assert!((paired.p_value - 0.002_833).abs() < 1e-6, "{paired:?}");
        assert!(
            (paired.low - 0.700_114).abs() < 1e-5 && (paired.high - 2.459_886).abs() < 1e-5,
            "{paired:?}"
        );
    }

    #[test]
    fn what_does_not_vary_is_certain_and_one_round_says_nothing() {
        assert_eq!(Paired::of(&[]), None);
        assert_eq!(Paired::of(&[3.0]), None);
        let same = Paired::of(&[0.0, 0.0, 0.0]).unwrap();
        assert_eq!((same.mean, same.low, same.high, same.p_value), (0.0, 0.0, 0.0, 1.0));
        let shifted = Paired::of(&[0.1, 0.1, 0.1]).unwrap();
        assert_eq!((shifted.low, shifted.high, shifted.p_value), (0.1, 0.1, 0.0));
    }

    #[test]
    fn many_comparisons_are_held_to_more() {
        // Holm's procedure on 0.01, 0.04, 0.03, 0.005, as R's p.adjust has it.
        let adjusted = holm(&[0.01, 0.04, 0.03, 0.005]);
        for (found, wanted) in adjusted.iter().zip([0.03, 0.06, 0.06, 0.02]) {
            assert!((found - wanted).abs() < 1e-12, "{adjusted:?}");
        }
        assert_eq!(holm(&[0.9, 0.8]), [1.0, 1.0]);
    }
}
