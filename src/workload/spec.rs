//! The workload as a file describes it.

use std::time::Duration;

use serde::Serialize;

use super::arrival::{Shape, Spacing};
use crate::param::params;

params! {
    /// What is sold, how much of it, and when.
    pub struct Sale {
        /// Different products in the sale.
        items: u32 = 10, in 1..1_000_000, "products";
        /// Units in all, spread evenly over the products (the first ones get the remainder).
        stock: u64 = 1_000, in 0..1_000_000_000, "units";
        /// Units that one claim asks for.
        units_per_claim: u32 = 1, in 1..1_000, "units";
        /// The most units of one product that one buyer may get; None: no limit.
        per_buyer_limit: Option<u32> = Some(1), in 1..1_000_000, "units";
        /// When the sale opens, counted from the first arrival.
        opens_at: Duration = Duration::ZERO, in 0.0..86400.0;
    }

    /// Who comes.
    pub struct Audience {
        /// People who may come, bots included.
        users: u64 = 100_000, in 1..1_000_000_000, "people";
        /// Exponent of Zipf's law over the products: 0 is even, 1 is a clear favourite.
        item_skew: f64 = 1.0, in 0.0..4.0;
        /// Share of claims that repeat an earlier claim of the same buyer for the same product: people click again.
        repeat_ratio: f64 = 0.1, in 0.0..1.0;
        /// How many of the people are bots.
        bots: u64 = 0, in 0..1_000_000_000, "bots";
        /// Share of claims that come from bots.
        bot_ratio: f64 = 0.0, in 0.0..1.0;
    }

    /// What people do, as weights: 3 reads to 1 claim is `(read: 3, claim: 1)`.
    pub struct Mix {
        /// Product page refreshed.
        read: f64 = 1.0, in 0.0..1_000_000.0;
        /// Purchase clicked.
        claim: f64 = 0.0, in 0.0..1_000_000.0;
    }
}

/// A part of the run with a shape of its own.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Phase {
    /// What happens in it, in a few words.
    pub name: String,
    /// How long it takes.
    #[serde(serialize_with = "duration_text")]
    pub span: Duration,
    /// How the arrival rate runs.
    pub shape: Shape,
    /// How arrivals are spaced at that rate.
    pub spacing: Spacing,
    /// What people do.
    pub mix: Mix,
}

/// Everything about the arrivals of a run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Workload {
    /// Seed of every lot that is drawn.
    pub seed: u64,
    /// What is sold.
    pub sale: Sale,
    /// Who comes.
    pub audience: Audience,
    /// One after the other, without gaps.
    pub phases: Vec<Phase>,
}

impl Workload {
    /// How long arrivals come; a sum beyond [`Duration::MAX`] stays there.
    pub fn duration(&self) -> Duration {
        self.phases.iter().fold(Duration::ZERO, |sum, phase| sum.saturating_add(phase.span))
    }

    /// Arrivals to be expected in all.
    pub fn expected_arrivals(&self) -> f64 {
        self.phases.iter().map(|phase| phase.shape.expected(phase.span, phase.span)).sum()
    }

    /// Mean arrival rate over the run, per second.
    pub fn mean_rate(&self) -> f64 {
        self.expected_arrivals() / self.duration().as_secs_f64()
    }

    /// Stretches all phases and the opening so that the run takes `duration`; the proportions stay.
    pub fn stretch_to(&mut self, duration: Duration) {
        let factor = duration.as_secs_f64() / self.duration().as_secs_f64();
        for phase in &mut self.phases {
            phase.span = phase.span.mul_f64(factor);
            phase.shape.stretch(factor);
        }
        self.sale.opens_at = self.sale.opens_at.mul_f64(factor);
    }

    /// Scales all rates so that the mean arrival rate is `per_sec`; the shapes stay.
    pub fn scale_to(&mut self, per_sec: f64) {
        let factor = per_sec / self.mean_rate();
        for phase in &mut self.phases {
            phase.shape.scale(factor);
        }
    }
}

impl Sale {
    /// Units of one product at the start, for products `0..items`.
    pub fn stock_of(&self, item: u32) -> u64 {
        let items = u64::from(self.items);
        self.stock / items + u64::from(u64::from(item) < self.stock % items)
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn duration_text<S: serde::Serializer>(span: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&humantime::format_duration(*span))
}

#[cfg(test)]
mod tests {
    use super::super::arrival::{Constant, Ramp};
    use super::*;

    #[test]
    fn stock_is_spread_without_losing_a_unit() {
        for (items, stock) in [(1, 7), (3, 10), (10, 1_000), (7, 3), (4, 0)] {
            let sale = Sale { items, stock, ..Sale::default() };
            assert_eq!((0..items).map(|item| sale.stock_of(item)).sum::<u64>(), stock);
        }
    }

    #[test]
    fn overrides_keep_the_proportions() {
        let phase = |secs, shape| Phase {
            name: String::new(),
            span: Duration::from_secs(secs),
            shape,
            spacing: Spacing::Even,
            mix: Mix::default(),
        };
        let mut workload = Workload {
            seed: 1,
            sale: Sale { opens_at: Duration::from_secs(3), ..Sale::default() },
            audience: Audience::default(),
            phases: vec![
                phase(3, Shape::Ramp(Ramp { from: 0.0, to: 1_000.0 })),
                phase(9, Shape::Constant(Constant { rate: 500.0 })),
            ],
        };
        workload.stretch_to(Duration::from_secs(4));
        workload.scale_to(10_000.0);
        assert_eq!(workload.duration(), Duration::from_secs(4));
        assert_eq!(workload.sale.opens_at, Duration::from_secs(1));
        assert_eq!(workload.phases[0].span, Duration::from_secs(1));
        assert!((workload.expected_arrivals() - 40_000.0).abs() < 1e-6);
    }
}
