//! Queue: LPUSH on the list of orders; the answer is the acknowledgement that the buyer gets.

use std::sync::Arc;

use super::super::keys;
use super::super::order::Order;
use super::super::pending::Batch;
use super::super::wire::{Commands, Reply};
use super::core::{Core, Stage};
use super::lanes::{Lane, Lanes};
use super::pipeline::{Replies, Safety, send};
use crate::metrics::{Outcome, Reason};
use crate::workload::Operation;

/// The way into the queue. Its consumers are in [`super::consumer`].
pub struct QueueStage {
    core: Arc<Core>,
    /// The database behind it: reads that came this deep go there directly.
    next: Arc<dyn Stage>,
    lanes: Lanes,
    /// Replicas that must have an order before its buyer is told: the promise is made here, so it waits here too.
    safety: Option<Safety>,
}

impl QueueStage {
    /// The stage; its workers are started by [`Self::work`].
    pub fn new(core: Arc<Core>, next: Arc<dyn Stage>, lanes: Lanes, safety: Option<Safety>) -> Self {
        Self { core, next, lanes, safety }
    }

    /// Serves a lane until the stage is gone.
    pub async fn work(self: Arc<Self>, lane: Lane) {
        let mut commands = Commands::default();
        while let Some(batch) = lane.next().await {
            let now_ns = self.core.now_ns();
            commands.clear();
            for pending in &batch {
                let order = Order::of(&pending.request, now_ns);
                commands.command(3).word("LPUSH").word(keys::ORDER_LIST).word(order.to_string());
            }
            if let Some(safety) = self.safety {
                safety.ask(&mut commands);
            }
            let (replies, generation) = send(&lane, &commands).await;
            lane.done(batch.len(), !matches!(replies, Replies::Unreachable));
            match replies {
                Replies::Each(answers) => {
                    let is_safe = self.safety.is_none_or(|safety| safety.is_met(&answers));
                    let (mut pushed, mut failed) = (Batch::with_capacity(batch.len()), Batch::new());
                    for (pending, reply) in batch.into_iter().zip(answers.iter()) {
                        if matches!(reply, Reply::Int(_)) { &mut pushed } else { &mut failed }.push(pending);
                    }
                    if is_safe && !pushed.is_empty() {
                        lane.wrote(generation);
                    }
                    self.core.end(&pushed, if is_safe { Outcome::Sold } else { Outcome::Indefinite });
                    self.core.end(&failed, Outcome::Failed);
                }
                Replies::Unreachable => self.core.end(&batch, Outcome::Failed),
                Replies::Unknown => self.core.end(&batch, Outcome::Indefinite),
            }
        }
    }
}

impl Stage for QueueStage {
    fn take(&self, mut batch: Batch) {
        self.core.arrive(&mut batch);
        let (claims, reads): (Batch, Batch) =
            batch.into_iter().partition(|pending| pending.operation == Operation::Claim);
        self.core.intercept(&self.lanes.offer(claims), Reason::Shed);
        self.core.pass(reads, &*self.next);
    }
}
