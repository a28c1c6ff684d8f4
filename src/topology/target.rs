//! Targets: what must hold for a run to pass.

use std::time::Duration;

use crate::param::{choices, kinds, params};

choices! {
    /// The requests that a response time is about.
    pub enum Requests {
        /// Pages.
        Reads,
        /// Purchases.
        Claims,
        /// Events left on streams.
        Appends,
        /// Increments of counters.
        Counts,
        /// All of them.
        All,
    }

    /// A quantile of response time.
    pub enum Quantile {
        /// Half of the requests are at least as fast.
        P50,
        /// 95 of 100.
        P95,
        /// 99 of 100.
        P99,
        /// 999 of 1,000.
        P999,
    }
}

impl Quantile {
    /// The quantile as a number from 0 to 1.
    pub fn value(self) -> f64 {
        match self {
            Self::P50 => 0.5,
            Self::P95 => 0.95,
            Self::P99 => 0.99,
            Self::P999 => 0.999,
        }
    }
}

params! {
    /// A quantile of response time, counted from the intended time of each request.
    pub struct ResponseTime {
        /// Of which requests.
        of: Requests = Requests::All;
        /// Which quantile.
        quantile: Quantile = Quantile::P99;
        /// The longest it may be.
        at_most: Duration = Duration::from_millis(50), in 0.000_001..3600.0;
    }

    /// Units sold beyond the stock.
    pub struct Oversold {
        /// The most that is allowed.
        at_most: u64 = 0, in 0..1_000_000_000, "units";
    }

    /// Units neither sold nor on sale at the end, or kept back while buyers were told "sold out".
    pub struct Undersold {
        /// The most that is allowed.
        at_most: u64 = 0, in 0..1_000_000_000, "units";
    }

    /// Units that a buyer got beyond the limit, and orders present twice.
    pub struct Duplicates {
        /// The most that is allowed.
        at_most: u64 = 0, in 0..1_000_000_000, "orders";
    }

    /// Orders that a buyer was told are accepted and that are nowhere afterwards.
    pub struct LostAcknowledged {
        /// The most that is allowed.
        at_most: u64 = 0, in 0..1_000_000_000, "orders";
    }

    /// Achieved throughput as a share of the offered load: arrivals that got an answer, whatever it said. Those turned away (`rate_limited`, `shed`), failed or dropped got none.
    pub struct Achieved {
        /// The least share that is allowed.
        at_least: f64 = 0.99, in 0.0..1.0;
    }

    /// Share of all arrivals that were intercepted, and so never reached the stage that owns the data.
    pub struct Intercepted {
        /// The least share that is allowed.
        at_least: f64 = 0.9, in 0.0..1.0;
    }

    /// Share of the answers with a version that were stale: older than what had been acknowledged before the read was sent.
    pub struct StaleReads {
        /// The most that is allowed.
        at_most: f64 = 0.01, in 0.0..1.0;
    }

    /// Events that were acknowledged and are nowhere afterwards.
    pub struct LostEvents {
        /// The most that is allowed.
        at_most: u64 = 0, in 0..1_000_000_000, "events";
    }

    /// Events that are present more than once.
    pub struct DuplicateEvents {
        /// The most that is allowed.
        at_most: u64 = 0, in 0..1_000_000_000, "events";
    }

    /// Increments by which counters, in Redis and the database together, differ from what was acknowledged, too few or too many.
    pub struct Miscounted {
        /// The most that is allowed.
        at_most: u64 = 0, in 0..1_000_000_000, "increments";
    }
}

kinds! {
    /// What must hold for a run to pass.
    pub enum Target {
        ResponseTime,
        Oversold,
        Undersold,
        Duplicates,
        LostAcknowledged,
        Achieved,
        Intercepted,
        StaleReads,
        LostEvents,
        DuplicateEvents,
        Miscounted,
    }
}
