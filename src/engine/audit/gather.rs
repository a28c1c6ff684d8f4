//! Reads what each place says. Connections of its own, with patient timeouts: nothing is in a hurry any more.

use std::time::Duration;

use redis::RedisError;

use super::super::clock::Clock;
use super::super::entry::{Entries, Event, Increment};
use super::super::environment::Environment;
use super::super::ledger::Ledger;
use super::super::queue::{QueueError, look};
use super::super::store::StoreError;
use super::Evidence;
use super::records::{CountEvidence, EventEvidence};
use crate::topology::RunPlan;
use crate::workload::Operation;

/// How long a place may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why the audit could not be done.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// Redis doesn't answer.
    #[error("the audit could not read from Redis: {0}")]
    Redis(#[from] RedisError),
    /// The queue doesn't answer.
    #[error("the audit could not read the queue: {0}")]
    Queue(#[from] QueueError),
    /// The database doesn't answer.
    #[error("the audit could not read the database: {0}")]
    Store(#[from] StoreError),
}

/// Gathers the evidence, but for the database's orders. After the drain; takes the promises out of the ledger. There were consumers of the queue under `identities` names.
///
/// # Errors
/// A place doesn't answer.
pub async fn gather(
    plan: &RunPlan,
    environment: &Environment,
    ledger: &Ledger,
    identities: usize,
    clock: &Clock,
) -> Result<Evidence, AuditError> {
    let sale = &plan.topology.workload.sale;
    let items = 0..sale.items;
    let mut evidence = Evidence {
        promises: ledger.take_promises(),
        stock: items.clone().map(|item| sale.stock_of(item)).collect(),
        refused: items.map(|item| ledger.refused_units(item)).collect(),
        units_per_claim: sale.units_per_claim,
        per_buyer_limit: sale.per_buyer_limit,
        start_ns: clock.first_arrival_ns(),
        ..Evidence::default()
    };
    // The queue before the database, which comes last: an order on its way between them is then seen in one of them at least.
    let entries = queued(plan, environment, identities).await?;
    evidence.queue = entries.orders;
    let records = (entries.events, entries.increments);
    if let Some(holder) = plan.decider.and_then(|decider| environment.holder(plan, decider, PATIENCE)) {
        let all: Vec<u32> = (0..sale.items).collect();
        evidence.booked = holder.booked(sale, &all).await?;
        if plan.keeper.is_some() {
            evidence.inventory = Some(holder.orders(0..sale.items).await?);
        }
    } else if let Some((_, writer)) = environment.database.as_ref().filter(|_| plan.database.is_some()) {
        evidence.booked = writer.booked(0..sale.items).await?;
    }
    gather_records(plan, environment, ledger, records, &mut evidence).await?;
    Ok(evidence)
}

/// What is left in the queue; orders of which it carries only the ids as the inventory has them.
async fn queued(plan: &RunPlan, environment: &Environment, identities: usize) -> Result<Entries, AuditError> {
    let texts = look::contents(plan, environment, identities, PATIENCE).await?;
    let mut entries = Entries::read(texts.iter().map(String::as_str));
    let ids = std::mem::take(&mut entries.order_ids);
    if let Some(holder) = plan.recorder.and_then(|stage| environment.holder(plan, stage, PATIENCE)) {
        entries.orders.extend(holder.orders_of(&ids).await?.into_iter().flatten());
    }
    Ok(entries)
}

/// What people left behind besides orders; of that, what the queue still has is known already.
async fn gather_records(
    plan: &RunPlan,
    environment: &Environment,
    ledger: &Ledger,
    (events, increments): (Vec<Event>, Vec<Increment>),
    evidence: &mut Evidence,
) -> Result<(), AuditError> {
    let (workload, Some(records)) = (&plan.topology.workload, ledger.records()) else { return Ok(()) };
    let holder = |keeper: Option<usize>| {
        environment.holder(plan, keeper.filter(|&keeper| plan.keeps_in_redis(keeper))?, PATIENCE)
    };
    if workload.wants(Operation::Append) {
        let redis = match holder(plan.event_keeper) {
            Some(holder) => holder.events(workload.records.streams).await?,
            None => Vec::new(),
        };
        evidence.events = Some(EventEvidence { promises: records.take_events(), redis, queue: events });
    }
    if workload.wants(Operation::Count) {
        let redis = match holder(plan.count_keeper) {
            Some(holder) => holder.counters(workload.records.counters).await?,
            None => Vec::new(),
        };
        evidence.counts = Some(CountEvidence { promises: records.counts(), redis, queue: increments });
    }
    Ok(())
}
