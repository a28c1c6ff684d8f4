//! The audit: after the drain, the ledger is compared with Redis, the queue and the database, order by order.
//!
//! All places are read in order of the orders' ids, like files of cards that are laid side by side: so no more is in memory than
//! the ledger itself, 32 bytes an order, and as much again where a buyer may have so many units only.
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
use super::sqlite::StoreError;
use super::sqlite::schema::Store;
use crate::report::AuditReport;

/// What all places say at the end of a run, but for the database: its orders are read while they are compared.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// What the buyers were told.
    pub promises: Promises,
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

/// Holds what was gathered against the orders of the database, if there is one. Blocks.
///
/// # Errors
/// The database can't be read.
pub fn examine(evidence: &mut Evidence, database: Option<&Store>) -> Result<AuditReport, AuditError> {
    Ok(match database {
        Some(store) => store.orders(|rows| compare(evidence, Some(rows)))??,
        None => compare::<StoreError>(evidence, None)?,
    })
}
