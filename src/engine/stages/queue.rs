//! Queue: LPUSH on the list of orders, one for all that wait; the answer is the acknowledgement that people get, for their orders and
//! for the records that they leave. Where the inventory's script has put the orders on the list already, their buyers are told so at once.

use std::sync::Arc;

use super::super::entry;
use super::super::keys;
use super::super::pending::{Batch, Pending};
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
    /// Whether orders are on the list when they come here.
    is_enqueued: bool,
}

impl QueueStage {
    /// The stage; its workers are started by [`Self::work`].
    pub fn new(core: Arc<Core>, next: Arc<dyn Stage>, lanes: Lanes, safety: Option<Safety>) -> Self {
        Self { core, next, lanes, safety, is_enqueued: false }
    }

    /// The same stage behind an inventory whose script puts orders on the list.
    #[must_use]
    pub fn filled_before(self, is_enqueued: bool) -> Self {
        Self { is_enqueued, ..self }
    }

    /// Serves a lane until the stage is gone.
    pub async fn work(self: Arc<Self>, lane: Lane) {
        let mut commands = Commands::default();
        while let Some(batch) = lane.next().await {
            let now_ns = self.core.now_ns();
            commands.clear();
            // One push for all of them: they are in the list together or not at all.
            commands.command(2 + batch.len()).word("LPUSH").word(keys::ORDER_LIST);
            for pending in &batch {
                commands.numbers(entry::fields(&pending.request, now_ns));
            }
            if let Some(safety) = self.safety {
                safety.ask(&mut commands);
            }
            let (replies, generation) = send(&lane, &commands).await;
            lane.done(batch.len(), !matches!(replies, Replies::Unreachable));
            let outcome = self.outcome(&replies);
            if outcome == Outcome::Sold {
                lane.wrote(generation);
            }
            self.conclude(batch, outcome);
        }
    }

    /// Tells people what became of a push: what was sold to them, or that a record is kept.
    fn conclude(&self, batch: Batch, outcome: Outcome) {
        let (records, claims): (Batch, Batch) =
            batch.into_iter().partition(|pending| pending.operation.is_record());
        self.core.end(&claims, outcome);
        self.core.end(&records, if outcome == Outcome::Sold { Outcome::Served } else { outcome });
    }

    /// What became of the orders of a push.
    fn outcome(&self, replies: &Replies) -> Outcome {
        match replies {
            Replies::Each(answers) if matches!(answers.get(0), Some(Reply::Int(_))) => {
                let is_safe = self.safety.is_none_or(|safety| safety.is_met(answers));
                if is_safe { Outcome::Sold } else { Outcome::Indefinite }
            }
            Replies::Each(_) | Replies::Unreachable => Outcome::Failed,
            Replies::Unknown => Outcome::Indefinite,
        }
    }
}

impl Stage for QueueStage {
    fn take(&self, mut batch: Batch) {
        self.core.arrive(&mut batch);
        let (reads, mut entries): (Batch, Batch) =
            batch.into_iter().partition(|pending| pending.operation == Operation::Read);
        if self.is_enqueued {
            let is_order = |pending: &mut Pending| pending.operation == Operation::Claim;
            let orders: Batch = entries.extract_if(.., is_order).collect();
            self.core.end(&orders, Outcome::Sold);
        }
        self.core.intercept(&self.lanes.offer(entries), Reason::Shed);
        self.core.pass(reads, &*self.next);
    }
}
