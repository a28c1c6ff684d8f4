//! How far a prediction is from what was measured. Nobody is punished for being wrong: that is where a lesson begins.

use crate::report::compare::metric::Unit;

/// A prediction beside what was measured.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Judgement {
    /// What was predicted.
    pub predicted: f64,
    /// What was measured.
    pub measured: f64,
    /// How far apart they are.
    pub distance: Distance,
}

/// How far apart a prediction and a measurement are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Distance {
    /// They are told in the same figure.
    Same,
    /// A tenth of what was measured apart at the most; of shares two points.
    Close,
    /// So much was predicted too little; a positive figure in the unit of both.
    Below(f64),
    /// So much was predicted too much.
    Above(f64),
}

/// Part of what was measured within which a prediction is close.
const CLOSE: f64 = 0.1;
/// The same of shares, which are parts themselves.
const CLOSE_SHARE: f64 = 0.02;

impl Judgement {
    /// Holds a prediction against a figure in the same unit.
    pub fn new(predicted: f64, measured: f64, unit: Unit) -> Self {
        let apart = (predicted - measured).abs();
        let near = if unit == Unit::Share { CLOSE_SHARE } else { measured.abs() * CLOSE };
        let distance = if unit.told(predicted) == unit.told(measured) {
            Distance::Same
        } else if apart <= near {
            Distance::Close
        } else if predicted < measured {
            Distance::Below(apart)
        } else {
            Distance::Above(apart)
        };
        Self { predicted, measured, distance }
    }

    /// How many times the smaller one the larger one is, from two times on; none where one of them is 0, and for shares.
    pub fn times(&self, unit: Unit) -> Option<f64> {
        let (low, high) = (self.predicted.min(self.measured), self.predicted.max(self.measured));
        (unit != Unit::Share && low > 0.0 && high / low >= 2.0).then_some(high / low)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_told_in_the_unit_of_both() {
        let distance = |predicted, measured, unit| Judgement::new(predicted, measured, unit).distance;
        assert_eq!(distance(0.0, 0.0, Unit::Orders), Distance::Same);
        assert_eq!(distance(0.3121, 0.3119, Unit::Share), Distance::Same);
        assert_eq!(distance(0.33, 0.312, Unit::Share), Distance::Close);
        assert_eq!(distance(95.0, 100.0, Unit::Orders), Distance::Close);
        assert_eq!(distance(10.0, 250.0, Unit::Orders), Distance::Below(240.0));
        assert_eq!(distance(5.0, 1.5, Unit::Secs), Distance::Above(3.5));
    }

    #[test]
    fn times_are_told_where_they_say_something() {
        let times = |predicted, measured, unit| Judgement::new(predicted, measured, unit).times(unit);
        assert_eq!(times(10.0, 250.0, Unit::Orders), Some(25.0));
        assert_eq!(times(0.0, 250.0, Unit::Orders), None);
        assert_eq!(times(200.0, 250.0, Unit::Orders), None);
        assert_eq!(times(0.1, 0.9, Unit::Share), None);
    }
}
