//! The audit: after the drain, the ledger is compared with Redis, the queue and the database, order by order.
//!
//! - [`gather`]: reads what each place says.
//! - [`compare`]: finds out what that means. Pure.
//! - [`losses`]: when the lost orders had been promised. Pure.
//! - [`papers`]: the ledger as a file, for those who want to count again.

pub mod compare;
pub mod gather;
pub mod losses;
pub mod papers;

pub use compare::compare;
pub use gather::{AuditError, gather};

use super::ledger::Promises;
use super::order::Order;

/// What all places say at the end of a run.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// What the buyers were told.
    pub promises: Promises,
    /// Orders in the database, each with whether it was cancelled; none where no database keeps orders.
    pub database: Option<Vec<(Order, bool)>>,
    /// Orders at the inventory; none where a stage behind it keeps them.
    pub inventory: Option<Vec<Order>>,
    /// Orders still in the queue or in a consumer's hands.
    pub queue: Vec<Order>,
    /// By product: stock at the start.
    pub stock: Vec<u64>,
    /// By product: units booked, as the stage that decides has them. Below 0 if more were given back than were taken.
    pub booked: Vec<i64>,
    /// By product: units asked for by buyers who were told "sold out" since units last went on sale.
    pub refused: Vec<u64>,
    /// Units that one claim asks for.
    pub units_per_claim: u32,
    /// The most units of a product that a buyer may have.
    pub per_buyer_limit: Option<u32>,
    /// The first arrival, in nanoseconds on the run's clock.
    pub start_ns: u64,
}
