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

use super::environment::Environment;
use super::ledger::Promises;
use super::order::Order;
use super::store::StoreError;
use super::store::schema::Store;
use crate::report::AuditReport;
use crate::topology::RunPlan;
use crate::workload::Operation;

/// What all places say at the end of a run, but for the database: its orders are read while they are compared.
#[derive(Debug, Clone, Default)]
pub struct Evidence {
    /// What the buyers were told.
    pub promises: Promises,
    /// Orders at the inventory; none where a stage behind it keeps them.
    pub inventory: Option<Vec<Order>>,
    /// Orders still in the queue or in a consumer's hands.
    pub queue: Vec<Order>,
    /// Orders in places that no claim comes by: a queue, a Redis or a database of other operations.
    pub misplaced: Vec<Order>,
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

/// The databases of a run, by what belongs into them.
#[derive(Debug, Clone, Default)]
pub struct Stores {
    /// Each once.
    all: Vec<Store>,
    /// Which of them is the one of an operation, by its place in [`Operation::ALL`].
    of: [Option<usize>; Operation::COUNT],
}

impl Stores {
    /// One for everything.
    pub fn one(store: Store) -> Self {
        Self { all: vec![store], of: [Some(0); Operation::COUNT] }
    }

    /// Those of a plan.
    pub fn of(plan: &RunPlan, environment: &Environment) -> Self {
        let databases = &environment.databases;
        let place = |operation: Operation| {
            let stage = plan.way(operation).database?;
            databases.iter().position(|database| database.stage == stage)
        };
        let all = databases.iter().map(|database| database.store.clone()).collect();
        Self { all, of: Operation::ALL.map(place) }
    }

    /// The one of an operation.
    fn for_what(&self, operation: Operation) -> Option<&Store> {
        self.of[operation.index()].map(|place| &self.all[place])
    }

    /// Those into which nothing of an operation belongs.
    fn not_for(&self, operation: Operation) -> impl Iterator<Item = &Store> {
        let places = self.all.iter().enumerate();
        places.filter(move |(place, _)| self.of[operation.index()] != Some(*place)).map(|(_, store)| store)
    }
}

/// Holds what was gathered against what the databases have. Blocks.
///
/// # Errors
/// A database can't be read.
pub fn examine(evidence: &mut Evidence, stores: &Stores) -> Result<AuditReport, AuditError> {
    for store in stores.not_for(Operation::Claim) {
        let found: Result<Vec<Order>, StoreError> =
            store.orders(|rows| rows.map(|row| row.map(|(order, _)| order)).collect())?;
        evidence.misplaced.extend(found?);
    }
    let mut report = match stores.for_what(Operation::Claim) {
        Some(store) => store.orders(|rows| compare(evidence, Some(rows)))??,
        None => compare::<StoreError>(evidence, None)?,
    };
    if let Some(events) = &mut evidence.events {
        let database = stores.for_what(Operation::Append);
        for store in stores.not_for(Operation::Append) {
            events.misplaced.extend(store.events()?);
        }
        let kept = database.map(Store::events).transpose()?.unwrap_or_default();
        let tables = database.map(Store::event_table_count).unwrap_or_default();
        report.events = Some(records::events(events, &kept, tables));
    }
    if let Some(counts) = &mut evidence.counts {
        let all = 0..u32::try_from(counts.promises.len()).unwrap_or(u32::MAX);
        for store in stores.not_for(Operation::Count) {
            counts.misplace(store.counters(all.clone())?.iter().map(|counter| counter.value));
        }
        let database = stores.for_what(Operation::Count);
        let kept = database.map(|store| store.counters(all)).transpose()?.unwrap_or_default();
        report.counts = Some(records::counts(counts, &kept));
    }
    Ok(report)
}

#[cfg(test)]
mod tests {
    use super::super::entry::{Entries, Event, Increment};
    use super::super::ledger::records::{CountPromises, EventPromises};
    use super::super::store::Writer;
    use super::super::store::schema::Lookups;
    use super::*;

    /// A database of orders and one of everything else, each with what is given.
    async fn stores(folder: &tempfile::TempDir, contents: [Entries; 2]) -> Stores {
        let mut all = Vec::new();
        for (number, entries) in contents.into_iter().enumerate() {
            let lookups = Lookups { unpaid: false, by_buyer: false };
            let path = folder.path().join(format!("{number}.sqlite3"));
            let store = Store::create(&path, false, lookups).expect("a database");
            Writer::start(&store, 1).expect("a writer").write(entries, 0).await.expect("it is written");
            all.push(store);
        }
        let [read, append, count] = [None, Some(1), Some(1)];
        Stores { all, of: [read, Some(0), append, count] }
    }

    #[tokio::test]
    async fn what_is_in_the_database_of_another_operation_is_found_there_and_not_lost() {
        let order = |id| Order { id, item: 0, claimant: id, units: 1, accepted_ns: 0 };
        let event = |id| Event { id, stream: 0, claimant: id, accepted_ns: id };
        let increment = |id| Increment { id, counter: 0 };
        for is_misplaced in [false, true] {
            let folder = tempfile::tempdir().expect("a folder");
            let [mut sale, mut rest] = [Entries::default(), Entries::default()];
            sale.orders.push(order(1));
            if is_misplaced { &mut rest } else { &mut sale }.orders.push(order(2));
            rest.events.push(event(3));
            if is_misplaced { &mut sale } else { &mut rest }.events.push(event(4));
            rest.increments.push(increment(5));
            if is_misplaced { &mut sale } else { &mut rest }.increments.push(increment(6));
            let stores = stores(&folder, [sale, rest]).await;
            let promises = Promises { acknowledged: vec![order(1), order(2)], indefinite: Vec::new() };
            let events = EventPromises { acknowledged: vec![event(3), event(4)], indefinite: Vec::new() };
            let counts = vec![CountPromises { acknowledged: 2, indefinite: 0 }];
            let mut evidence = Evidence {
                promises,
                stock: vec![2],
                booked: vec![2],
                units_per_claim: 1,
                events: Some(EventEvidence { promises: events, ..EventEvidence::default() }),
                counts: Some(CountEvidence { promises: counts, ..CountEvidence::default() }),
                ..Evidence::default()
            };
            let report = examine(&mut evidence, &stores).expect("it can be read");
            let (events, counts) = (report.event_counts(), report.increments());
            let one = u64::from(is_misplaced);
            assert_eq!((report.misplaced, events.misplaced, counts.misplaced), (one, one, one));
            assert_eq!((report.lost_acknowledged, events.lost, counts.off()), (0, 0, 0), "{report:#?}");
            assert_eq!((report.sold, report.places.database_orders), (2, Some(2 - one)));
            assert_eq!(report.found_wrong(), is_misplaced, "{report:#?}");
        }
    }
}
