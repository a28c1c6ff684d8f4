//! The audit: after the drain, the ledger is compared with Redis, the queue and the database, order by order.
//!
//! All places are read in order of the orders' ids, like files of cards that are laid side by side: so no more is in memory than
//! the ledger itself, 32 bytes an order, and as much again where a buyer may have so many units only.
//!
//! - [`gather`]: reads what each place says.
//! - [`compare`]: finds out what that means. Pure.
//! - [`losses`]: when the lost orders had been promised. Pure.
//! - [`records`]: what became of events and increments. Pure.
//! - [`papers`]: the ledger as a file, for those who want to count again.

pub mod compare;
pub mod gather;
pub mod losses;
pub mod papers;
pub mod records;

pub use compare::compare;
pub use gather::{AuditError, gather};
use records::{CountEvidence, EventEvidence};

use super::ledger::Promises;
use super::order::Order;
use super::store::StoreError;
use super::store::schema::Store;
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
    /// Events, where people leave some.
    pub events: Option<EventEvidence>,
    /// Increments, where people leave some.
    pub counts: Option<CountEvidence>,
}

/// Holds what was gathered against the orders of the database, if there is one. Blocks.
///
/// # Errors
/// The database can't be read.
pub fn examine(evidence: &mut Evidence, database: Option<&Store>) -> Result<AuditReport, AuditError> {
    let mut report = match database {
        Some(store) => store.orders(|rows| compare(evidence, Some(rows)))??,
        None => compare::<StoreError>(evidence, None)?,
    };
    if let Some(events) = &mut evidence.events {
        let kept = database.map(Store::events).transpose()?.unwrap_or_default();
        let tables = database.map(Store::event_table_count).unwrap_or_default();
        report.events = Some(records::events(events, &kept, tables));
    }
    if let Some(counts) = &evidence.counts {
        let all = 0..u32::try_from(counts.promises.len()).unwrap_or(u32::MAX);
        let kept = database.map(|store| store.counters(all)).transpose()?.unwrap_or_default();
        report.counts = Some(records::counts(counts, &kept));
    }
    Ok(report)
}
