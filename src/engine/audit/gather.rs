//! Reads what each place says. Connections of its own, with patient timeouts: nothing is in a hurry any more.

use std::collections::BTreeMap;
use std::time::Duration;

use redis::RedisError;

use super::super::clock::Clock;
use super::super::entry::{Entries, Increment};
use super::super::environment::Environment;
use super::super::ledger::Ledger;
use super::super::order::Order;
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

/// Gathers the evidence, but for what the databases have. After the drain; takes the promises out of the ledger. There were consumers of
/// each queue under so many names as `identities` says.
///
/// # Errors
/// A place doesn't answer.
pub async fn gather(
    plan: &RunPlan,
    environment: &Environment,
    ledger: &Ledger,
    identities: &BTreeMap<usize, usize>,
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
    // The queues before the databases, which come last: an order on its way between them is then seen in one of them at least.
    let mut found = Found::default();
    for queue in plan.queues() {
        let identities = identities.get(&queue).copied().unwrap_or(0);
        found.sort(plan, queue, queued(plan, environment, (queue, identities)).await?);
    }
    if let Some(holder) = plan.decider.and_then(|decider| environment.holder(plan, decider, PATIENCE)) {
        let all: Vec<u32> = (0..sale.items).collect();
        evidence.booked = holder.booked(sale, &all).await?;
        if plan.keeper.is_some() {
            evidence.inventory = Some(holder.orders(0..sale.items).await?);
        }
    } else if let Some(database) = plan.database.and_then(|stage| environment.database(stage)) {
        evidence.booked = database.writer.booked(0..sale.items).await?;
    }
    if plan.topology.is_parted() {
        look_elsewhere(plan, environment, &mut found).await?;
    }
    (evidence.queue, evidence.misplaced) = (std::mem::take(&mut found.queued.orders), found.orders);
    let records = (found.events, found.counts);
    gather_records(plan, environment, ledger, (found.queued, records), &mut evidence).await?;
    Ok(evidence)
}

/// What queues and Redis have, but for what stands where it belongs in Redis.
#[derive(Default)]
struct Found {
    /// In the queue of its operation.
    queued: Entries,
    /// Elsewhere: orders.
    orders: Vec<Order>,
    /// Elsewhere: events, as id and stream.
    events: Vec<(u64, u32)>,
    /// Elsewhere: what counters have, each list by counter.
    counts: Vec<Vec<u64>>,
}

impl Found {
    /// Sorts what was in a queue by whether it belongs there.
    fn sort(&mut self, plan: &RunPlan, queue: usize, entries: Entries) {
        let belongs = |operation| plan.way(operation).queue == Some(queue);
        let Entries { orders, events, increments, .. } = entries;
        if belongs(Operation::Claim) { &mut self.queued.orders } else { &mut self.orders }.extend(orders);
        if belongs(Operation::Append) {
            self.queued.events.extend(events);
        } else {
            self.events.extend(events.iter().map(|event| (event.id, event.stream)));
        }
        if belongs(Operation::Count) {
            self.queued.increments.extend(increments);
        } else {
            for Increment { counter, .. } in increments {
                let mut one = vec![0; counter as usize + 1];
                one[counter as usize] = 1;
                self.counts.push(one);
            }
        }
    }
}

/// Looks in every Redis for what doesn't belong there.
async fn look_elsewhere(
    plan: &RunPlan,
    environment: &Environment,
    found: &mut Found,
) -> Result<(), AuditError> {
    let workload = &plan.topology.workload;
    for stage in plan.order.iter().copied().filter(|&stage| plan.keeps_in_redis(stage)) {
        let Some(holder) = environment.holder(plan, stage, PATIENCE) else { continue };
        if plan.decider != Some(stage) {
            found.orders.extend(holder.orders(0..workload.sale.items).await?);
        }
        if plan.event_keeper != Some(stage) && workload.wants(Operation::Append) {
            found.events.extend(holder.events(workload.records.streams).await?);
        }
        if plan.count_keeper != Some(stage) && workload.wants(Operation::Count) {
            let counters = holder.counters(workload.records.counters).await?;
            found.counts.push(counters.iter().map(|counter| counter.value).collect());
        }
    }
    Ok(())
}

/// What is left in a queue; orders of which it carries only the ids as the inventory has them.
async fn queued(
    plan: &RunPlan,
    environment: &Environment,
    (queue, identities): (usize, usize),
) -> Result<Entries, AuditError> {
    let texts = look::contents(plan, environment, (queue, identities), PATIENCE).await?;
    let mut entries = Entries::read(texts.iter().map(String::as_str));
    let ids = std::mem::take(&mut entries.order_ids);
    if let Some(holder) = plan.recorder.and_then(|stage| environment.holder(plan, stage, PATIENCE)) {
        entries.orders.extend(holder.orders_of(&ids).await?.into_iter().flatten());
    }
    Ok(entries)
}

/// Events and counters in places where they don't belong.
type Misplaced = (Vec<(u64, u32)>, Vec<Vec<u64>>);

/// What people left behind besides orders; of that, what the queues still have is known already, and what is elsewhere.
async fn gather_records(
    plan: &RunPlan,
    environment: &Environment,
    ledger: &Ledger,
    (queued, (events, counts)): (Entries, Misplaced),
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
        let (promises, queue) = (records.take_events(), queued.events);
        evidence.events = Some(EventEvidence { promises, redis, queue, misplaced: events });
    }
    if workload.wants(Operation::Count) {
        let redis = match holder(plan.count_keeper) {
            Some(holder) => holder.counters(workload.records.counters).await?,
            None => Vec::new(),
        };
        let (promises, queue) = (records.counts(), queued.increments);
        let mut found = CountEvidence { promises, redis, queue, misplaced: Vec::new() };
        for place in counts {
            found.misplace(place);
        }
        evidence.counts = Some(found);
    }
    Ok(())
}
