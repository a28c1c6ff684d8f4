//! The naive decrement: read the stock, decide in the service, write the new figure back.
//!
//! Two dependent round trips, so each connection of the pool works on one request at a time, as a real service would:
//! the race between the read and the write of two connections is the real one, and nothing is slowed down for it.

use std::sync::Arc;

use super::super::keys;
use super::super::order::Order;
use super::super::pending::{Batch, Pending};
use super::super::wire::{Answers, Commands, Reply};
use super::command::Decision;
use super::core::Stage;
use super::lanes::Lane;
use super::master_replica::Inventory;
use super::pipeline::{Replies, send};
use crate::metrics::{Outcome, Reason};
use crate::workload::Operation;

/// The inventory with the naive strategy.
pub struct NaiveStage {
    inventory: Inventory,
}

impl NaiveStage {
    /// The stage; its workers are started by [`Self::work`].
    pub fn new(inventory: Inventory) -> Self {
        Self { inventory }
    }

    /// Serves a lane until the stage is gone.
    pub async fn work(self: Arc<Self>, lane: Lane) {
        while let Some(batch) = lane.next().await {
            let count = batch.len();
            let mut reached = true;
            for pending in batch {
                reached = match pending.operation {
                    Operation::Read => self.read(&lane, pending).await,
                    Operation::Claim => self.claim(&lane, pending).await,
                };
            }
            lane.done(count, reached);
        }
    }

    async fn read(&self, lane: &Lane, pending: Pending) -> bool {
        let mut commands = Commands::default();
        commands.command(2).word("GET").key(keys::PAGE, pending.item);
        let (replies, _) = send(lane, &commands).await;
        match replies.first() {
            Some(Reply::Nil) => self.inventory.conclude_reads(&[], vec![pending]),
            Some(Reply::Text(_)) => self.inventory.conclude_reads(&[pending], Vec::new()),
            _ => self.inventory.core.end(&[pending], Outcome::Failed),
        }
        !matches!(replies, Replies::Unreachable)
    }

    async fn claim(&self, lane: &Lane, pending: Pending) -> bool {
        let read = self.read_stock(lane, &pending).await;
        let (decision, reached) = match read {
            Ok(stock) => (self.write_stock(lane, &pending, stock).await, true),
            Err((decision, reached)) => (decision, reached),
        };
        self.inventory.conclude(&[(pending, decision)]);
        reached
    }

    /// First round trip: total and booked, and what the buyer has.
    async fn read_stock(&self, lane: &Lane, pending: &Pending) -> Result<(i64, i64), (Decision, bool)> {
        let mut commands = Commands::default();
        commands.command(4).word("HMGET").key(keys::GOODS, pending.item).word("Total").word("Booked");
        commands.command(3).word("HGET").key(keys::BUYERS, pending.item).number(pending.claimant);
        let answers = match send(lane, &commands).await.0 {
            Replies::Each(answers) => answers,
            Replies::Unreachable => return Err((Decision::Failed, false)),
            // Only reads were sent.
            Replies::Unknown => return Err((Decision::Failed, true)),
        };
        let (total, booked, had) = stock(&answers).ok_or((Decision::Failed, true))?;
        let units = i64::from(pending.units);
        if self.inventory.per_buyer_limit.is_some_and(|limit| had + units > i64::from(limit)) {
            Err((Decision::Duplicate, true))
        } else if booked + units > total {
            Err((Decision::SoldOut, true))
        } else {
            Ok((booked + units, had + units))
        }
    }

    /// Second round trip: the new figures, computed from what may no longer be true.
    async fn write_stock(&self, lane: &Lane, pending: &Pending, (booked, had): (i64, i64)) -> Decision {
        let mut commands = Commands::default();
        commands
            .command(4)
            .word("HSET")
            .key(keys::GOODS, pending.item)
            .word("Booked")
            .word(booked.to_string());
        let buyers = commands.command(4).word("HSET").key(keys::BUYERS, pending.item);
        buyers.number(pending.claimant).word(had.to_string());
        if self.inventory.keeps_orders {
            let order = Order::of(&pending.request, self.inventory.core.now_ns());
            let orders = commands.command(4).word("HSET").key(keys::ORDERS, order.item);
            orders.number(order.id).numbers(order.fields());
        }
        let writes = commands.len();
        if let Some(safety) = self.inventory.safety {
            safety.ask(&mut commands);
        }
        let (replies, generation) = send(lane, &commands).await;
        let answers = match replies {
            Replies::Each(answers) => answers,
            Replies::Unreachable => return Decision::Failed,
            Replies::Unknown => return Decision::Indefinite,
        };
        // If one of them was refused, nobody is told that he has what was written only in part.
        if answers.iter().take(writes).any(|reply| matches!(reply, Reply::Error(_))) {
            Decision::Failed
        } else if self.inventory.safety.is_none_or(|safety| safety.is_met(&answers)) {
            lane.wrote(generation);
            Decision::Granted
        } else {
            Decision::Indefinite
        }
    }
}

/// Total, booked, and the units that the buyer has; none if the answers are something else.
fn stock(answers: &Answers) -> Option<(i64, i64, i64)> {
    let number = |reply: &Reply<'_>| match reply {
        Reply::Nil => Some(0),
        other => other.int(),
    };
    let Reply::Array(mut goods) = answers.get(0)? else { return None };
    Some((number(&goods.next()?)?, number(&goods.next()?)?, number(&answers.get(1)?)?))
}

impl Stage for NaiveStage {
    fn take(&self, mut batch: Batch) {
        self.inventory.core.arrive(&mut batch);
        let refused = self.inventory.master.offer_singly(batch);
        self.inventory.core.intercept(&refused, Reason::Shed);
    }
}
