//! Queue: orders, and the records that people leave, are put into it, and the answer is the acknowledgement that people get. On a
//! list one LPUSH carries all that wait; a stream takes one XADD an entry. Where the inventory's script has put the orders on the
//! list already, their buyers are told so at once.

use std::sync::Arc;

use super::super::entry;
use super::super::keys;
use super::super::pending::{Batch, Pending};
use super::super::wire::{Commands, Reply};
use super::core::{Core, Stage};
use super::lanes::{Lane, Lanes};
use super::pipeline::{Replies, Safety, send};
use crate::metrics::{Outcome, Reason};
use crate::topology::stage::{Carried, Queue, QueueForm};
use crate::workload::Operation;

/// The way into the queue. Its consumers are in [`super::consumer`].
pub struct QueueStage {
    core: Arc<Core>,
    /// The database behind it: reads that came this deep go there directly.
    next: Arc<dyn Stage>,
    lanes: Lanes,
    form: QueueForm,
    carries: Carried,
    /// Replicas that must have an order before its buyer is told: the promise is made here, so it waits here too.
    safety: Option<Safety>,
    /// Whether orders are on the list when they come here.
    is_enqueued: bool,
}

impl QueueStage {
    /// The stage; its workers are started by [`Self::work`].
    pub fn new(
        core: Arc<Core>,
        next: Arc<dyn Stage>,
        lanes: Lanes,
        params: &Queue,
        safety: Option<Safety>,
    ) -> Self {
        Self { core, next, lanes, form: params.form, carries: params.carries, safety, is_enqueued: false }
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
            self.encode(&batch, &mut commands);
            let (replies, generation) = send(&lane, &commands).await;
            lane.done(batch.len(), !matches!(replies, Replies::Unreachable));
            let (sold, others) = self.sort(batch, &replies);
            if !sold.is_empty() {
                lane.wrote(generation);
                acknowledge(&self.core, sold);
            }
            for (batch, outcome) in others {
                self.core.end(&batch, outcome);
            }
        }
    }

    fn encode(&self, batch: &Batch, commands: &mut Commands) {
        let now_ns = self.core.now_ns();
        let entries = batch.iter().map(|pending| entry::fields(&pending.request, now_ns, self.carries));
        commands.clear();
        match self.form {
            // One push for all of them: they are in the list together or not at all.
            QueueForm::List | QueueForm::ProcessingList => {
                commands.command(2 + batch.len()).word("LPUSH").word(keys::ORDER_LIST);
                for entry in entries {
                    commands.numbers(entry);
                }
            }
            QueueForm::Stream | QueueForm::JetStream | QueueForm::RabbitMq => entries.for_each(|entry| {
                commands.command(5).word("XADD").word(keys::ORDER_STREAM).word("*").word("order");
                commands.numbers(entry);
            }),
        }
        if let Some(safety) = self.safety {
            safety.ask(commands);
        }
    }

    /// Which orders were taken in, and what became of the others.
    fn sort(&self, batch: Batch, replies: &Replies) -> (Batch, Vec<(Batch, Outcome)>) {
        let answers = match replies {
            Replies::Each(answers) => answers,
            Replies::Unreachable => return (Vec::new(), vec![(batch, Outcome::Failed)]),
            Replies::Unknown => return (Vec::new(), vec![(batch, Outcome::Indefinite)]),
        };
        let is_taken = |reply: Option<Reply<'_>>| match self.form {
            QueueForm::List | QueueForm::ProcessingList => matches!(reply, Some(Reply::Int(_))),
            QueueForm::Stream | QueueForm::JetStream | QueueForm::RabbitMq => {
                matches!(reply, Some(Reply::Text(_)))
            }
        };
        let (taken, refused) = if self.form == QueueForm::Stream {
            let mut taken = (0..batch.len()).map(|index| is_taken(answers.get(index)));
            batch.into_iter().partition(|_| taken.next() == Some(true))
        } else if is_taken(answers.get(0)) {
            (batch, Vec::new())
        } else {
            (Vec::new(), batch)
        };
        let is_safe = self.safety.is_none_or(|safety| safety.is_met(answers));
        let (sold, unsure) = if is_safe { (taken, Vec::new()) } else { (Vec::new(), taken) };
        let others = [(refused, Outcome::Failed), (unsure, Outcome::Indefinite)];
        (sold, others.into_iter().filter(|(batch, _)| !batch.is_empty()).collect())
    }
}

/// Tells people what a queue has taken in: what was sold to them, and that a record is kept.
pub fn acknowledge(core: &Core, taken: Batch) {
    let (records, claims): (Batch, Batch) =
        taken.into_iter().partition(|pending| pending.operation.is_record());
    core.end(&claims, Outcome::Sold);
    core.end(&records, Outcome::Served);
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
