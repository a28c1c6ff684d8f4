//! Redis master-replica: the inventory. With a strategy of one round trip, claims and reads ride in pipelines; a script that the
//! server doesn't know (NOSCRIPT) is loaded again. Strategies of several round trips are in [`super::stepped`].

use std::sync::Arc;

use super::super::cluster::names::Names;
use super::super::pending::{Batch, Page, Pending};
use super::super::wire::{Commands, Reply};
use super::command::Asking;
use super::core::{Core, Stage};
use super::decrement::{Decision, OneTrip};
use super::lanes::{Lane, Lanes};
use super::pipeline::{Replies, Safety, send};
use crate::metrics::{Outcome, Reason};
use crate::workload::Operation;

/// The inventory with a strategy of one round trip.
pub struct MasterReplicaStage {
    /// What the strategies share.
    pub inventory: Inventory,
    asking: Asking,
}

/// What the decrement strategies share: how a decision is told and passed on.
pub struct Inventory {
    /// The stage's core.
    pub core: Arc<Core>,
    /// Whether granted claims end here although there is a next stage: something else brings their orders there.
    pub is_swept: bool,
    /// Where granted claims become orders; without it they end here.
    pub next: Option<Arc<dyn Stage>>,
    /// Whether no deeper stage owns the product data.
    pub owns_reads: bool,
    /// The lanes to the master.
    pub master: Lanes,
    /// The most units of a product that a buyer may have.
    pub per_buyer_limit: Option<u32>,
    /// Whether the orders are kept here, because no stage behind does.
    pub keeps_orders: bool,
    /// Replicas that must have a granted claim before it is told or passed on.
    pub safety: Option<Safety>,
}

impl Inventory {
    /// Tells decisions to the buyers, and passes granted claims on.
    pub fn conclude(&self, decided: &[(Pending, Decision)]) {
        let of = |wanted| {
            let fits = decided.iter().filter(move |(_, decision)| *decision == wanted);
            fits.map(|(pending, _)| *pending).collect::<Batch>()
        };
        self.core.end(&of(Decision::SoldOut), Outcome::Rejected(Reason::SoldOut));
        self.core.end(&of(Decision::Duplicate), Outcome::Rejected(Reason::Duplicate));
        self.core.end(&of(Decision::Failed), Outcome::Failed);
        self.core.end(&of(Decision::Indefinite), Outcome::Indefinite);
        let granted = of(Decision::Granted);
        match self.next.as_ref().filter(|_| !self.is_swept) {
            Some(next) => self.core.pass(granted, &**next),
            None => self.core.end(&granted, Outcome::Sold),
        }
    }

    /// Answers reads: found pages here, missing ones deeper, if there is a deeper stage.
    pub fn conclude_reads(&self, found: &[Pending], missing: Batch) {
        self.core.answer_reads(found, self.owns_reads);
        self.core.pass_or_fail(missing, self.next.as_deref());
    }
}

impl MasterReplicaStage {
    /// The stage; its workers are started by [`Self::work`].
    pub fn new(inventory: Inventory, strategy: Box<dyn OneTrip>) -> Self {
        Self { inventory, asking: Asking::new(strategy, Names::Plain) }
    }

    /// Serves a lane until the stage is gone.
    pub async fn work(self: Arc<Self>, lane: Lane) {
        let mut commands = Commands::default();
        self.asking.prepare(&mut commands);
        if commands.len() > 0 {
            // Where it fails, the first claim finds out and does it again.
            drop(send(&lane, &commands).await);
        }
        while let Some(batch) = lane.next().await {
            let (count, reached) = (batch.len(), self.serve(&lane, &mut commands, batch).await);
            lane.done(count, reached);
        }
    }

    /// One pipeline, and a second one for what the server didn't know the script for.
    async fn serve(&self, lane: &Lane, commands: &mut Commands, batch: Batch) -> bool {
        commands.clear();
        self.ask(commands, &batch);
        let (replies, generation) = send(lane, commands).await;
        let reached = !matches!(replies, Replies::Unreachable);
        let unknown = self.settle(lane, generation, batch, &replies, 0);
        if !unknown.is_empty() {
            commands.clear();
            self.asking.prepare(commands);
            let first = commands.len();
            self.ask(commands, &unknown);
            let (replies, generation) = send(lane, commands).await;
            let still_unknown = self.settle(lane, generation, unknown, &replies, first);
            self.inventory.core.end(&still_unknown, Outcome::Failed);
        }
        reached
    }

    /// Adds the commands of a batch, and `WAIT` at their end where one has to wait.
    fn ask(&self, commands: &mut Commands, batch: &[Pending]) {
        self.asking.add_all(commands, batch, self.inventory.core.now_ns());
        if let Some(safety) = self.safety_of(batch) {
            safety.ask(commands);
        }
    }

    /// What a batch has to wait for: reads wait for nothing.
    fn safety_of(&self, batch: &[Pending]) -> Option<Safety> {
        self.inventory.safety.filter(|_| batch.iter().any(|pending| pending.operation == Operation::Claim))
    }

    /// Concludes what was answered after so many answers to something else; gives back the claims for which the server didn't
    /// know the script.
    fn settle(&self, lane: &Lane, generation: u64, batch: Batch, replies: &Replies, first: usize) -> Batch {
        let (mut decided, mut unknown) = (Vec::with_capacity(batch.len()), Batch::new());
        let (mut found, mut missing) = (Batch::new(), Batch::new());
        let safety = self.safety_of(&batch);
        let answers = match replies {
            Replies::Each(answers) => answers,
            Replies::Unreachable => {
                self.inventory.core.end(&batch, Outcome::Failed);
                return unknown;
            }
            Replies::Unknown => {
                let (reads, claims): (Batch, Batch) =
                    batch.into_iter().partition(|pending| pending.operation == Operation::Read);
                self.inventory.core.end(&reads, Outcome::Failed);
                self.inventory.core.end(&claims, Outcome::Indefinite);
                return unknown;
            }
        };
        let is_safe = safety.is_none_or(|safety| safety.is_met(answers));
        for (mut pending, reply) in batch.into_iter().zip(answers.iter().skip(first)) {
            match (pending.operation, reply) {
                (Operation::Read, Reply::Nil) => missing.push(pending),
                (Operation::Read, Reply::Text(page)) => {
                    pending.page = Page::of(page);
                    found.push(pending);
                }
                (Operation::Claim, error) if error.code() == Some(b"NOSCRIPT") => unknown.push(pending),
                (_, reply) => decided.push((pending, self.asking.decision(&pending, &reply))),
            }
        }
        let is_granted = |decision: Decision| decision == Decision::Granted;
        if is_safe && decided.iter().any(|(_, decision)| is_granted(*decision)) {
            lane.wrote(generation);
        } else if !is_safe {
            // They happened on the master, and may be lost with it: nobody is told that he has something.
            for (_, decision) in decided.iter_mut().filter(|(_, decision)| is_granted(*decision)) {
                *decision = Decision::Indefinite;
            }
        }
        self.inventory.conclude_reads(&found, missing);
        self.inventory.conclude(&decided);
        unknown
    }
}

impl Stage for MasterReplicaStage {
    fn take(&self, mut batch: Batch) {
        self.inventory.core.arrive(&mut batch);
        let refused = self.inventory.master.offer(batch);
        self.inventory.core.intercept(&refused, Reason::Shed);
    }
}
