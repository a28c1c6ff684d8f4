//! The ledger's findings.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::records::{CountsReport, EventCounts, EventsReport, Increments};

/// What became of the stock and of each promise. Units unless it says orders.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct AuditReport {
    /// Whether the audit could be done; if not, all figures here are 0 and say nothing.
    pub audited: bool,
    /// Units at the start.
    pub stock: u64,
    /// Units held at the end by orders that were not cancelled, promised or present.
    pub sold: u64,
    /// Units of `sold` beyond the stock of their product.
    pub oversold: u64,
    /// Units that should have been sold and were not: neither sold nor on sale at the end, or on sale while buyers
    /// were told "sold out".
    pub undersold: u64,
    /// Units on sale at the end.
    pub left: u64,
    /// Units that went back on sale because their buyers never paid; they were sold again, or are `left`.
    pub returned: u64,
    /// Orders beyond what one buyer may have.
    pub duplicates: u64,
    /// Orders whose buyers were told that they have them, and that are nowhere.
    pub lost_acknowledged: u64,
    /// When those had been promised.
    pub lost_spans: Vec<LostSpan>,
    /// Units that orders hold, promised or present, and that the stage that decides has not booked (any more): bookings
    /// lost by a failover or a crash, or overwritten in a race. Those units were on sale again.
    pub forgotten_units: u64,
    /// Of `oversold`, units that were sold again because their booking was forgotten.
    pub sold_twice: u64,
    /// Orders that are there although no buyer was told so.
    pub unacknowledged_present: u64,
    /// Orders without an answer that turned out to exist.
    pub indefinite_happened: u64,
    /// Orders without an answer that turned out not to exist.
    pub indefinite_not_happened: u64,
    /// Orders in a place that no claim comes by: a queue, a Redis or a database of other operations.
    pub misplaced: u64,
    /// What each place says by itself.
    pub places: Places,
    /// Events; none where nobody leaves any.
    pub events: Option<EventsReport>,
    /// Increments of counters; none where nobody leaves any.
    pub counts: Option<CountsReport>,
    /// The first offending orders of each kind.
    pub offending: Vec<Offence>,
}

impl AuditReport {
    /// Whether something was sold that should not have been, not sold that should have been, or lost.
    pub fn found_wrong(&self) -> bool {
        self.oversold
            + self.undersold
            + self.duplicates
            + self.lost_acknowledged
            + self.unacknowledged_present
            + self.misplaced
            > 0
            || self.events.as_ref().is_some_and(|events| events.all.found_wrong())
            || self.counts.as_ref().is_some_and(|counts| counts.all.off() + counts.all.misplaced > 0)
    }

    /// What became of events; all zero where nobody left any.
    pub fn event_counts(&self) -> EventCounts {
        self.events.as_ref().map(|events| events.all).unwrap_or_default()
    }

    /// What became of increments; all zero where nobody left any.
    pub fn increments(&self) -> Increments {
        self.counts.as_ref().map(|counts| counts.all).unwrap_or_default()
    }
}

/// A span of time in which orders were promised that are lost.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct LostSpan {
    /// When the first of them was promised, in seconds from the first arrival.
    pub from_secs: f64,
    /// When the last of them was.
    pub to_secs: f64,
    /// The lost orders.
    pub orders: u64,
    /// Their units.
    pub units: u64,
    /// All orders that were promised in the span, the lost ones included.
    pub acknowledged: u64,
}

/// What each place says by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Places {
    /// Orders acknowledged, by the engine's ledger.
    pub ledger_orders: u64,
    /// Units booked, by the stage that decides.
    pub booked_units: i64,
    /// Orders that the inventory keeps; none where a stage behind it does, or there is none.
    pub inventory_orders: Option<u64>,
    /// Orders still in the queue.
    pub queue_orders: u64,
    /// Orders in the database, cancelled ones included; none where no database keeps orders.
    pub database_orders: Option<u64>,
    /// Of them cancelled.
    pub cancelled_orders: u64,
}

/// An order that should not be as it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Offence {
    /// "`lost_acknowledged`", "`unacknowledged_present`", "duplicate", "oversold" or "misplaced".
    pub kind: Cow<'static, str>,
    /// The order.
    pub order_id: u64,
    /// Its product.
    pub item: u32,
    /// Its buyer.
    pub claimant: u64,
    /// Its units.
    pub units: u32,
    /// When its buyer was told that it is sold, or it was granted, in seconds from the first arrival.
    pub accepted_secs: f64,
}
