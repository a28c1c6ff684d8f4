//! Reads what each place says. Connections of its own, with patient timeouts: nothing is in a hurry any more.

use std::time::Duration;

use redis::RedisError;

use super::super::clock::Clock;
use super::super::environment::Environment;
use super::super::ledger::Ledger;
use super::super::order::Order;
use super::super::queue::{QueueError, look};
use super::super::sqlite::StoreError;
use super::Evidence;
use crate::topology::RunPlan;

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
    evidence.queue = queued(plan, environment, identities).await?;
    if let Some(holder) = plan.decider.and_then(|decider| environment.holder(plan, decider, PATIENCE)) {
        let all: Vec<u32> = (0..sale.items).collect();
        evidence.booked = holder.booked(sale, &all).await?;
        if plan.keeper.is_some() {
            evidence.inventory = Some(holder.orders(0..sale.items).await?);
        }
    } else if let Some((_, writer)) = environment.database.as_ref().filter(|_| plan.database.is_some()) {
        evidence.booked = writer.booked(0..sale.items).await?;
    }
    Ok(evidence)
}

/// The orders that are left in the queue; where it carries only their ids, as the inventory has them.
async fn queued(
    plan: &RunPlan,
    environment: &Environment,
    identities: usize,
) -> Result<Vec<Order>, AuditError> {
    let texts = look::contents(plan, environment, identities, PATIENCE).await?;
    let Some(holder) = plan.recorder.and_then(|stage| environment.holder(plan, stage, PATIENCE)) else {
        return Ok(texts.iter().filter_map(|text| Order::parse(text)).collect());
    };
    let ids: Vec<(u32, u64)> = texts.iter().filter_map(|text| Order::parse_id(text)).collect();
    Ok(holder.orders_of(&ids).await?.into_iter().flatten().collect())
}
