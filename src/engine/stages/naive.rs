//! The naive decrement: read the stock, decide in the service, write the new figure back.
//!
//! Two dependent round trips, so each connection of the pool works on one request at a time, as a real service would:
//! the race between the read and the write of two connections is the real one, and nothing is slowed down for it.

use std::sync::Arc;

use redis::{Pipeline, RedisError, Value, from_redis_value};

use super::super::keys;
use super::super::order::Order;
use super::super::pending::{Batch, Pending};
use super::command::Decision;
use super::core::Stage;
use super::lanes::Lane;
use super::master_replica::Inventory;
use super::pipeline::{Replies, send, send_on};
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
        let mut pipeline = Pipeline::new();
        pipeline.cmd("GET").arg(keys::page(pending.item));
        match one(send::<Value>(lane, &mut pipeline).await) {
            Answer::Value(Value::Nil) => self.inventory.conclude_reads(&[], vec![pending]),
            Answer::Value(_) => self.inventory.conclude_reads(&[pending], Vec::new()),
            Answer::Refused | Answer::Unknown => self.inventory.core.end(&[pending], Outcome::Failed),
            Answer::Unreachable => {
                self.inventory.core.end(&[pending], Outcome::Failed);
                return false;
            }
        }
        true
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
        let mut pipeline = Pipeline::new();
        pipeline.cmd("HMGET").arg(keys::goods(pending.item)).arg("Total").arg("Booked");
        pipeline.cmd("HGET").arg(keys::buyers(pending.item)).arg(pending.claimant);
        let replies = match send::<Value>(lane, &mut pipeline).await {
            Replies::Each(replies) => replies,
            Replies::Unreachable => return Err((Decision::Failed, false)),
            // Only reads were sent.
            Replies::Unknown => return Err((Decision::Failed, true)),
        };
        let (total, booked, had) = stock(replies).map_err(|_unreadable| (Decision::Failed, true))?;
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
        let mut pipeline = Pipeline::new();
        pipeline.cmd("HSET").arg(keys::goods(pending.item)).arg("Booked").arg(booked);
        pipeline.cmd("HSET").arg(keys::buyers(pending.item)).arg(pending.claimant).arg(had);
        if self.inventory.keeps_orders {
            let order = Order::of(&pending.request, self.inventory.core.now_ns());
            pipeline.cmd("HSET").arg(keys::orders(order.item)).arg(order.id).arg(order.to_string());
        }
        if let Some(safety) = self.inventory.safety {
            safety.ask(&mut pipeline);
        }
        let (mut replies, generation) = send_on::<Value>(lane, &mut pipeline).await;
        let is_safe = match (self.inventory.safety, &mut replies) {
            (Some(safety), Replies::Each(each)) => {
                safety.is_met(each.pop(), |value| from_redis_value::<u64>(value).ok())
            }
            _ => true,
        };
        match one(replies) {
            Answer::Value(_) if is_safe => {
                lane.wrote(generation);
                Decision::Granted
            }
            Answer::Value(_) | Answer::Unknown => Decision::Indefinite,
            Answer::Refused | Answer::Unreachable => Decision::Failed,
        }
    }
}

/// What became of a pipeline.
enum Answer {
    Value(Value),
    Refused,
    Unreachable,
    Unknown,
}

/// The first answer of a pipeline. If one of its commands was refused, it all counts as refused: nobody is told that he has
/// what was written only in part.
fn one(replies: Replies<Value>) -> Answer {
    match replies {
        Replies::Each(replies) => {
            let answers: Result<Vec<Value>, RedisError> = replies.into_iter().collect();
            answers.ok().and_then(|answers| answers.into_iter().next()).map_or(Answer::Refused, Answer::Value)
        }
        Replies::Unreachable => Answer::Unreachable,
        Replies::Unknown => Answer::Unknown,
    }
}

/// Total, booked, and the units that the buyer has.
fn stock(replies: Vec<Result<Value, RedisError>>) -> Result<(i64, i64, i64), RedisError> {
    let mut replies = replies.into_iter();
    let mut next = || replies.next().unwrap_or(Ok(Value::Nil));
    let (total, booked) = from_redis_value::<(Option<i64>, Option<i64>)>(next()?)?;
    let had = from_redis_value::<Option<i64>>(next()?)?;
    Ok((total.unwrap_or(0), booked.unwrap_or(0), had.unwrap_or(0)))
}

impl Stage for NaiveStage {
    fn take(&self, mut batch: Batch) {
        self.inventory.core.arrive(&mut batch);
        let refused = self.inventory.master.offer_singly(batch);
        self.inventory.core.intercept(&refused, Reason::Shed);
    }
}
