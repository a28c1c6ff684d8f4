//! The workload as a file describes it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::arrival::{Shape, Spacing};
use super::operation::Operation;
use crate::param::{choices, params};

choices! {
    /// What the page is about that a read asks for.
    pub enum PageOf {
        /// A product. All readers of a product share its page.
        Product,
        /// The reader: the first page of the reader's own orders, newest first, 40 at the most.
        Reader,
    }
}

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
        /// Length of the page of a product.
        page_bytes: u32 = 512, in 128..1_000_000, "bytes";
        /// When the sale opens, counted from the first arrival.
        opens_at: Duration = Duration::ZERO, in 0.0..86400.0;
    }

    /// Who comes.
    pub struct Audience {
        /// People who may come, bots included.
        users: u64 = 100_000, in 1..1_000_000_000, "people";
        /// Exponent of Zipf's law over the products, and over streams and counters: 0 is even, 1 is a clear favourite.
        item_skew: f64 = 1.0, in 0.0..4.0;
        /// Share of claims that repeat an earlier claim of the same buyer for the same product: people click again.
        repeat_ratio: f64 = 0.1, in 0.0..1.0;
        /// How many of the people are bots.
        bots: u64 = 0, in 0..1_000_000_000, "bots";
        /// Share of claims that come from bots.
        bot_ratio: f64 = 0.0, in 0.0..1.0;
        /// What the page is about that a read asks for.
        page_of: PageOf = PageOf::Product;
        /// Share of the reads of product pages that ask for a product that doesn't exist.
        unknown_ratio: f64 = 0.0, in 0.0..1.0;
        /// Different products that don't exist and are asked for.
        unknown_items: u32 = 1_000, in 1..1_000_000, "products";
    }

    /// What people leave behind besides orders.
    pub struct Records {
        /// Different streams of events: chat rooms, kinds of behaviour.
        streams: u32 = 8, in 1..100_000, "streams";
        /// Different counters.
        counters: u32 = 100, in 1..100_000, "counters";
    }

    /// What people do, as weights: 3 reads to 1 claim is `(read: 3, claim: 1)`.
    pub struct Mix {
        /// Page refreshed.
        read: f64 = 1.0, in 0.0..1_000_000.0;
        /// Purchase clicked.
        claim: f64 = 0.0, in 0.0..1_000_000.0;
        /// Event left on a stream.
        append: f64 = 0.0, in 0.0..1_000_000.0;
        /// Counter incremented.
        count: f64 = 0.0, in 0.0..1_000_000.0;
    }
}

impl Mix {
    /// Nobody does anything.
    pub const NOTHING: Self = Self { read: 0.0, claim: 0.0, append: 0.0, count: 0.0 };

    /// The weight of an operation.
    pub fn weight(&self, operation: Operation) -> f64 {
        match operation {
            Operation::Read => self.read,
            Operation::Claim => self.claim,
            Operation::Append => self.append,
            Operation::Count => self.count,
        }
    }

    /// The weights of all operations together.
    pub fn sum(&self) -> f64 {
        self.read + self.claim + self.append + self.count
    }
}

/// A part of the run with a shape of its own.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Phase {
    /// What happens in it, in a few words.
    pub name: String,
    /// How long it takes.
    #[serde(serialize_with = "duration_text", deserialize_with = "text_duration")]
    pub span: Duration,
    /// How the arrival rate runs.
    pub shape: Shape,
    /// How arrivals are spaced at that rate.
    pub spacing: Spacing,
    /// What people do.
    pub mix: Mix,
}

/// Everything about the arrivals of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Workload {
    /// Seed of every lot that is drawn.
    pub seed: u64,
    /// What is sold.
    pub sale: Sale,
    /// Who comes.
    pub audience: Audience,
    /// What they leave behind.
    pub records: Records,
    /// One after the other, without gaps.
    pub phases: Vec<Phase>,
}

impl Workload {
    /// Whether an operation is in the mix of any phase.
    pub fn wants(&self, operation: Operation) -> bool {
        self.phases.iter().any(|phase| phase.mix.weight(operation) > 0.0)
    }

    /// Whether anybody leaves events or increments.
    pub fn leaves_records(&self) -> bool {
        Operation::ALL.into_iter().any(|operation| operation.is_record() && self.wants(operation))
    }

    /// Whether people ask for pages of their own.
    pub fn reads_own_pages(&self) -> bool {
        self.audience.page_of == PageOf::Reader && self.wants(Operation::Read)
    }

    /// How many different things requests can be about: products, streams and counters, as far as anybody wants them.
    pub fn widest(&self) -> u32 {
        let wide = |operation, count: u32| if self.wants(operation) { count } else { 0 };
        let records =
            wide(Operation::Append, self.records.streams).max(wide(Operation::Count, self.records.counters));
        self.sale.items.max(records)
    }

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

    /// Takes on everything of another workload that says who comes when, wanting what: seed, phases, audience, records, products and units
    /// of a claim. Stock, limits and the opening stay.
    pub fn take_arrivals_of(&mut self, other: &Self) {
        let sale = Sale {
            items: other.sale.items,
            units_per_claim: other.sale.units_per_claim,
            ..self.sale.clone()
        };
        *self = Self { sale, ..other.clone() };
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

fn text_duration<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let text = String::deserialize(deserializer)?;
    humantime::parse_duration(&text).map_err(serde::de::Error::custom)
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
            records: Records::default(),
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
