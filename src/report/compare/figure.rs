//! A figure of a run by its key: something measured, or something counted.

use super::super::Report;
use super::metric::{FACTS, Fact, METRICS, Metric, Seen, Unit};

/// One of what is compared.
#[derive(Debug, Clone, Copy)]
pub enum Figure {
    /// It is measured.
    Measured(&'static Metric),
    /// The audit counts it.
    Counted(&'static Fact),
}

impl PartialEq for Figure {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl Figure {
    /// All figures of a single run: measured ones first. The processor time of this program is not among them: it is taken only where
    /// runs are compared.
    pub fn all() -> impl Iterator<Item = Self> {
        let (metrics, facts): (&'static [Metric], &'static [Fact]) = (&METRICS, &FACTS);
        let measured = metrics.iter().filter(|metric| metric.key != "engine_us");
        measured.map(Self::Measured).chain(facts.iter().map(Self::Counted))
    }

    /// The figure with a key.
    pub fn find(key: &str) -> Option<Self> {
        Self::all().find(|figure| figure.key() == key)
    }

    /// Its key.
    pub fn key(self) -> &'static str {
        match self {
            Self::Measured(metric) => metric.key,
            Self::Counted(fact) => fact.key,
        }
    }

    /// Its name.
    pub fn label(self) -> &'static str {
        match self {
            Self::Measured(metric) => metric.label,
            Self::Counted(fact) => fact.label,
        }
    }

    /// What it is in.
    pub fn unit(self) -> Unit {
        match self {
            Self::Measured(metric) => metric.unit,
            Self::Counted(_) => Unit::Orders,
        }
    }

    /// What it is in a run; none where the run has no such figure.
    pub fn of(self, report: &Report) -> Option<f64> {
        match self {
            Self::Measured(metric) => (metric.figure)(&Seen { report, engine_secs: None }),
            Self::Counted(fact) => (fact.count)(report).map(|count| count as f64),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::report;
    use super::*;

    #[test]
    fn figures_are_found_by_their_keys_and_taken_from_a_report() {
        let report = report(1_000, 310, 2_500);
        let taken = |key: &str| Figure::find(key).and_then(|figure| figure.of(&report));
        assert_eq!((taken("intercepted"), taken("claims_p99_us")), (Some(0.31), Some(2_500.0)));
        assert_eq!(taken("oversold"), Some(report.audit.oversold as f64));
        assert_eq!((taken("engine_us"), taken("no such thing")), (None, None));
        assert_eq!(Figure::find("sold").map(Figure::unit), Some(Unit::Orders));
    }
}
