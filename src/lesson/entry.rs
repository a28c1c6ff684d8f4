//! The units in which people predict.

use crate::param::choices;
use crate::report::compare::metric::Unit;

choices! {
    /// The unit of a prediction.
    pub enum Entry {
        /// A share, in hundredths.
        Percent,
        /// Units, orders, records.
        Count,
        /// Microseconds.
        Micros,
        /// Milliseconds.
        Millis,
        /// Seconds.
        Secs,
    }
}

impl Entry {
    /// The usual one for a figure in this unit.
    pub fn usual(unit: Unit) -> Self {
        match unit {
            Unit::Share => Self::Percent,
            Unit::Micros => Self::Millis,
            Unit::Secs => Self::Secs,
            Unit::Orders => Self::Count,
        }
    }

    /// Whether a figure in this unit can be predicted so.
    pub fn fits(self, unit: Unit) -> bool {
        match unit {
            Unit::Share => self == Self::Percent,
            Unit::Micros | Unit::Secs => matches!(self, Self::Micros | Self::Millis | Self::Secs),
            Unit::Orders => self == Self::Count,
        }
    }

    /// Those that fit a figure in this unit.
    pub fn of(unit: Unit) -> Vec<&'static str> {
        Self::ALL.iter().filter(|entry| entry.fits(unit)).map(|entry| entry.word()).collect()
    }

    /// A number in this unit as a figure in another one.
    pub fn to_figure(self, number: f64, unit: Unit) -> f64 {
        number / self.in_one(unit)
    }

    /// A figure as a number in this unit.
    pub fn of_figure(self, figure: f64, unit: Unit) -> f64 {
        figure * self.in_one(unit)
    }

    /// How many of this unit make one of a figure's.
    fn in_one(self, unit: Unit) -> f64 {
        match (unit, self) {
            (Unit::Share, _) => 100.0,
            (Unit::Micros, Self::Millis) => 1e-3,
            (Unit::Micros, Self::Secs) => 1e-6,
            (Unit::Secs, Self::Micros) => 1e6,
            (Unit::Secs, Self::Millis) => 1e3,
            _ => 1.0,
        }
    }

    /// Its sign behind a number; the same in all languages.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Percent => "%",
            Self::Count => "",
            Self::Micros => "µs",
            Self::Millis => "ms",
            Self::Secs => "s",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn predictions_become_figures_and_back() {
        for (entry, number, unit, figure) in [
            (Entry::Percent, 31.0, Unit::Share, 0.31),
            (Entry::Millis, 2.5, Unit::Micros, 2_500.0),
            (Entry::Secs, 2.0, Unit::Micros, 2e6),
            (Entry::Millis, 1_800.0, Unit::Secs, 1.8),
            (Entry::Count, 40.0, Unit::Orders, 40.0),
        ] {
            assert!((entry.to_figure(number, unit) - figure).abs() < 1e-9, "{entry:?}");
            assert!((entry.of_figure(figure, unit) - number).abs() < 1e-9, "{entry:?}");
            assert!(entry.fits(unit) && Entry::of(unit).contains(&entry.word()));
        }
        assert!(!Entry::Percent.fits(Unit::Orders) && Entry::usual(Unit::Micros) == Entry::Millis);
    }
}
