//! Redis master-replica: the inventory. It decides claims by the script, called by EVALSHA and reloaded on NOSCRIPT.

use std::sync::Arc;

use redis::{Pipeline, Value, from_redis_value};

use super::super::cluster::names::Names;
use super::super::pending::{Batch, Pending};
use super::command::{Commands, Decision, decision};
use super::core::{Core, Stage};
use super::lanes::{Lane, Lanes};
use super::pipeline::{Replies, Safety, send, send_on};
use crate::metrics::{Outcome, Reason};
use crate::workload::Operation;

/// The inventory with the script strategy.
pub struct MasterReplicaStage {
    /// What the strategies share.
    pub inventory: Inventory,
    commands: Commands,
}

/// What the decrement strategies share: how a decision is told and passed on.
pub struct Inventory {
    /// The stage's core.
    pub core: Arc<Core>,
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
        match &self.next {
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
    pub fn new(inventory: Inventory) -> Self {
        let commands = Commands::new(Names::Plain, inventory.per_buyer_limit, inventory.keeps_orders);
        Self { inventory, commands }
    }

    /// Serves a lane until the stage is gone. The script is loaded first.
    pub async fn work(self: Arc<Self>, lane: Lane) {
        self.load(&lane).await;
        while let Some(batch) = lane.next().await {
            let (count, reached) = (batch.len(), self.serve(&lane, batch).await);
            lane.done(count, reached);
        }
    }

    /// SCRIPT LOAD. Where it fails, the first claim finds out and loads it.
    async fn load(&self, lane: &Lane) {
        let mut pipeline = Pipeline::new();
        Commands::load(&mut pipeline);
        drop(send::<Value>(lane, &mut pipeline).await);
    }

    /// One pipeline, and a second one for what the server didn't know the script for.
    async fn serve(&self, lane: &Lane, batch: Batch) -> bool {
        let (replies, generation) = self.ask(lane, &batch, false).await;
        let reached = !matches!(replies, Replies::Unreachable);
        let unknown = self.settle(lane, generation, batch, replies);
        if !unknown.is_empty() {
            let (replies, generation) = self.ask(lane, &unknown, true).await;
            let still_unknown = self.settle(lane, generation, unknown, replies);
            self.inventory.core.end(&still_unknown, Outcome::Failed);
        }
        reached
    }

    /// Answers the replies, that to `WAIT` last where there is one, and the generation of the line.
    async fn ask(&self, lane: &Lane, batch: &[Pending], load: bool) -> (Replies<Value>, u64) {
        let mut pipeline = Pipeline::with_capacity(batch.len() + 2);
        if load {
            Commands::load(&mut pipeline);
        }
        let now_ns = self.inventory.core.now_ns();
        for pending in batch {
            self.commands.add(&mut pipeline, pending, now_ns);
        }
        if let Some(safety) = self.safety_of(batch) {
            safety.ask(&mut pipeline);
        }
        let (mut replies, generation) = send_on(lane, &mut pipeline).await;
        if let (true, Replies::Each(each)) = (load, &mut replies) {
            drop(each.remove(0));
        }
        (replies, generation)
    }

    /// What a batch has to wait for: reads wait for nothing.
    fn safety_of(&self, batch: &[Pending]) -> Option<Safety> {
        self.inventory.safety.filter(|_| batch.iter().any(|pending| pending.operation == Operation::Claim))
    }

    /// Concludes what was answered; gives back the claims for which the server didn't know the script.
    fn settle(&self, lane: &Lane, generation: u64, batch: Batch, replies: Replies<Value>) -> Batch {
        let (mut decided, mut unknown) = (Vec::with_capacity(batch.len()), Batch::new());
        let (mut found, mut missing) = (Batch::new(), Batch::new());
        let safety = self.safety_of(&batch);
        let mut replies = match replies {
            Replies::Each(replies) => replies,
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
        let is_safe = safety
            .is_none_or(|safety| safety.is_met(replies.pop(), |value| from_redis_value::<u64>(value).ok()));
        for (pending, reply) in batch.into_iter().zip(replies) {
            match (pending.operation, reply) {
                (Operation::Read, Ok(Value::Nil)) => missing.push(pending),
                (Operation::Read, Ok(_)) => found.push(pending),
                (Operation::Claim, Err(error)) if error.code() == Some("NOSCRIPT") => unknown.push(pending),
                (_, reply) => decided.push((pending, decision(&pending, reply))),
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
