//! Redis Cluster: the inventory on shards. Each request goes to the node that has the slot of its product, in a pipeline with
//! others for that node; claims are decided by the same script as on one master.
//!
//! What a server doesn't serve here and now has not happened, so it is sent on, as long as the request has time: MOVED changes
//! the slot map and the request takes the new way; ASK is followed this once; what is to TRYAGAIN waits a moment. What a server
//! refuses (CLUSTERDOWN), or what can't be sent at all, fails at once: to try again would turn an outage into slowness. A
//! claim that was sent and got no answer is indefinite.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::sleep;

use super::super::clock::nanos;
use super::super::cluster::counts::{NodeCounts, add};
use super::super::cluster::names::{Names, slot_of_item};
use super::super::cluster::{Counts, Redirection, Routes};
use super::super::pending::{Batch, Page, Pending};
use super::super::redis_link::Resolver;
use super::super::wire::{Commands, Reply};
use super::command::Asking;
use super::core::{Core, Stage};
use super::decrement::Decision;
use super::decrement::lua_evalsha::LuaEvalsha;
use super::decrement::script::{ClaimScript, OrderGoes};
use super::lanes::{Lane, LaneShape, Lanes};
use super::pipeline::{Replies, send};
use super::record::is_kept;
use crate::metrics::{Outcome, Reason};
use crate::servers::Endpoint;
use crate::workload::Operation;

/// How long a request waits that has nowhere to go for the moment.
const MOMENT: Duration = Duration::from_millis(2);

/// Where the stage stands between the stages and its servers.
pub struct ClusterWiring {
    /// The stage's core.
    pub core: Arc<Core>,
    /// Where granted claims become orders; without it they end here.
    pub next: Option<Arc<dyn Stage>>,
    /// Whether no deeper stage owns the product data.
    pub owns_reads: bool,
    /// The most units of a product that a buyer may have.
    pub per_buyer_limit: Option<u32>,
    /// Whether the orders are kept here, because no stage behind does.
    pub keeps_orders: bool,
    /// Whether a stage behind it keeps the events.
    pub passes_events: bool,
    /// How many things requests may be about.
    pub items: u32,
    /// Who has which slot.
    pub routes: Arc<Routes>,
    /// Where it counts what clients see.
    pub counts: Counts,
    /// The lanes to each node.
    pub shape: LaneShape,
    /// How long a request may follow its slot from node to node.
    pub timeout: Duration,
}

/// The cluster stage.
pub struct ClusterStage {
    wiring: ClusterWiring,
    asking: Asking,
    /// The slot of each product, stream and counter.
    slots: Vec<u16>,
    nodes: RwLock<BTreeMap<Endpoint, Arc<Node>>>,
    /// Requests that have nowhere to go for the moment.
    waiting: Mutex<Batch>,
    is_waiting: Notify,
}

/// The way to one node.
struct Node {
    lanes: Lanes,
    /// For what is sent there this once.
    lane: Lane,
    counts: Arc<NodeCounts>,
}

/// What became of a batch, sorted.
#[derive(Default)]
struct Sorted {
    decided: Vec<(Pending, Decision)>,
    pages: Batch,
    missing: Batch,
    /// Records that are kept.
    kept: Batch,
    failed: Batch,
    /// The server didn't know the script.
    unknown: Batch,
    /// To be sent by the map, which has changed.
    moved: Batch,
    /// To be sent to a node this once.
    asked: BTreeMap<Endpoint, Batch>,
    /// To be sent in a moment.
    put_off: Batch,
    cluster_down: usize,
}

impl ClusterStage {
    /// The stage, and a worker's share of the lanes to each node there is; nodes that come later get theirs from
    /// [`Self::keep`].
    pub fn new(wiring: ClusterWiring) -> (Arc<Self>, Vec<(Endpoint, Lane)>) {
        let slots = (0..wiring.items).map(slot_of_item).collect();
        let order = if wiring.keeps_orders { OrderGoes::Kept } else { OrderGoes::Nowhere };
        let script = ClaimScript::new(Names::Tagged, wiring.per_buyer_limit, order);
        let asking = Asking::new(Box::new(LuaEvalsha(script)), Names::Tagged);
        let stage = Self {
            wiring,
            asking,
            slots,
            nodes: RwLock::default(),
            waiting: Mutex::default(),
            is_waiting: Notify::new(),
        };
        let lanes = stage.connect_newcomers();
        (Arc::new(stage), lanes)
    }

    /// Serves a lane to a node until the stage is gone. The script is loaded first.
    pub async fn work(self: Arc<Self>, node: Endpoint, lane: Lane) {
        let mut commands = Commands::default();
        self.asking.prepare(&mut commands);
        drop(send(&lane, &commands).await);
        let counts = self.wiring.counts.of(node);
        while let Some(batch) = lane.next().await {
            let count = batch.len();
            let reached = self.serve(&lane, &mut commands, &counts, batch).await;
            lane.done(count, reached);
        }
    }

    /// Looks after what waits, and makes lanes to nodes that come. Until it is dropped; its workers end with it.
    pub async fn keep(self: Arc<Self>) {
        let mut changes = self.wiring.routes.changes();
        let mut workers: JoinSet<()> = JoinSet::new();
        loop {
            tokio::select! {
                Ok(()) = changes.changed() => {
                    for (node, lane) in self.connect_newcomers() {
                        workers.spawn(self.clone().work(node, lane));
                    }
                }
                () = self.is_waiting.notified() => {
                    sleep(MOMENT).await;
                    let batch = std::mem::take(&mut *self.lock_waiting());
                    self.route(batch);
                }
                Some(Err(ended)) = workers.join_next(), if !workers.is_empty() => {
                    if ended.is_panic() {
                        std::panic::resume_unwind(ended.into_panic());
                    }
                }
            }
        }
    }

    /// Lanes to the nodes of the map that have none.
    fn connect_newcomers(&self) -> Vec<(Endpoint, Lane)> {
        let map = self.wiring.routes.map();
        let mut nodes = self.nodes.write().unwrap_or_else(PoisonError::into_inner);
        let mut new = Vec::new();
        for &endpoint in map.nodes() {
            if nodes.contains_key(&endpoint) {
                continue;
            }
            let (lanes, workers) = Lanes::new(&Resolver::Fixed(endpoint), self.wiring.shape);
            let Some(lane) = workers.first().cloned() else { continue };
            nodes.insert(endpoint, Arc::new(Node { lanes, lane, counts: self.wiring.counts.of(endpoint) }));
            new.extend(workers.into_iter().map(|lane| (endpoint, lane)));
        }
        new
    }

    /// Gives each request to the node that has its slot.
    fn route(&self, batch: Batch) {
        let too_old_ns = self.wiring.core.now_ns().saturating_sub(nanos(self.wiring.timeout));
        let map = self.wiring.routes.map();
        let (mut by_node, mut homeless, mut late) =
            (BTreeMap::<Endpoint, Batch>::new(), Batch::new(), Batch::new());
        for pending in batch {
            if pending.arrived_ns < too_old_ns {
                // Wherever it was sent, it was sent on.
                late.push(pending);
                continue;
            }
            let slot = self.slots.get(pending.item as usize).copied();
            match map.owner(slot.unwrap_or_else(|| slot_of_item(pending.item))) {
                Some(node) => by_node.entry(node).or_default().push(pending),
                None => homeless.push(pending),
            }
        }
        self.wiring.core.end(&late, Outcome::Failed);
        let mut refused = Batch::new();
        {
            let nodes = self.nodes.read().unwrap_or_else(PoisonError::into_inner);
            for (endpoint, mut part) in by_node {
                match nodes.get(&endpoint) {
                    Some(node) => refused.append(&mut node.lanes.offer(part)),
                    None => homeless.append(&mut part),
                }
            }
        }
        self.wiring.core.intercept(&refused, Reason::Shed);
        self.put_off(homeless);
    }

    /// Lets requests wait a moment.
    fn put_off(&self, mut batch: Batch) {
        if !batch.is_empty() {
            self.lock_waiting().append(&mut batch);
            self.is_waiting.notify_one();
        }
    }

    /// Sends a batch and does what the answers say. Answers whether the server could be reached.
    async fn serve(&self, lane: &Lane, commands: &mut Commands, counts: &NodeCounts, batch: Batch) -> bool {
        commands.clear();
        self.asking.add_all(commands, &batch, self.wiring.core.now_ns());
        let (replies, _) = send(lane, commands).await;
        let reached = !matches!(replies, Replies::Unreachable);
        let mut sorted = self.sort(counts, batch, &replies, (0, 1));
        let unknown = std::mem::take(&mut sorted.unknown);
        let asked = std::mem::take(&mut sorted.asked);
        self.conclude(counts, sorted);
        if !unknown.is_empty() {
            self.retry(lane, counts, unknown, false).await;
        }
        for (endpoint, batch) in asked {
            let node = self.nodes.read().unwrap_or_else(PoisonError::into_inner).get(&endpoint).cloned();
            match node {
                Some(node) => self.retry(&node.lane, &node.counts, batch, true).await,
                None => self.put_off(batch),
            }
        }
        reached
    }

    /// Sends requests once more: with the script for a server that didn't know it, or after an ASK.
    async fn retry(&self, lane: &Lane, counts: &NodeCounts, batch: Batch, is_asking: bool) {
        let mut commands = Commands::default();
        self.asking.prepare(&mut commands);
        let now_ns = self.wiring.core.now_ns();
        for pending in &batch {
            if is_asking {
                commands.command(1).word("ASKING");
            }
            self.asking.add(&mut commands, pending, now_ns);
        }
        let (replies, _) = send(lane, &commands).await;
        let places = if is_asking { (2, 2) } else { (1, 1) };
        let mut sorted = self.sort(counts, batch, &replies, places);
        // What is sent to yet another node takes the way by the map.
        let rest: Vec<Batch> = std::mem::take(&mut sorted.asked).into_values().collect();
        sorted.put_off.extend(rest.into_iter().flatten());
        sorted.failed.append(&mut sorted.unknown);
        self.conclude(counts, sorted);
    }

    /// Sorts the answers of a node: which is the first one that answers a request, and after how many comes the next one.
    fn sort(
        &self,
        counts: &NodeCounts,
        batch: Batch,
        replies: &Replies,
        (first, step): (usize, usize),
    ) -> Sorted {
        let mut sorted = Sorted::default();
        let answers = match replies {
            Replies::Each(answers) => answers,
            Replies::Unreachable => {
                self.wiring.routes.miss();
                sorted.failed = batch;
                return sorted;
            }
            Replies::Unknown => {
                self.wiring.routes.miss();
                let (reads, claims): (Batch, Batch) =
                    batch.into_iter().partition(|pending| pending.operation == Operation::Read);
                add(&counts.indefinite, claims.len());
                sorted.failed = reads;
                sorted.decided = claims.into_iter().map(|pending| (pending, Decision::Indefinite)).collect();
                return sorted;
            }
        };
        for (mut pending, reply) in batch.into_iter().zip(answers.iter().skip(first).step_by(step)) {
            match (pending.operation, reply) {
                (_, Reply::Error(said)) => self.sort_error(counts, pending, said, &mut sorted),
                (Operation::Read, Reply::Nil) => sorted.missing.push(pending),
                (Operation::Read, Reply::Text(page)) => {
                    pending.page = Page::of(page);
                    sorted.pages.push(pending);
                }
                (Operation::Read, _) => sorted.pages.push(pending),
                (Operation::Append | Operation::Count, reply) if is_kept(&reply) => sorted.kept.push(pending),
                (Operation::Append | Operation::Count, _) => sorted.failed.push(pending),
                (Operation::Claim, reply) => {
                    sorted.decided.push((pending, self.asking.decision(&pending, &reply)));
                }
            }
        }
        sorted
    }

    /// An error of a single command is the server's refusal: nothing happened.
    fn sort_error(&self, counts: &NodeCounts, pending: Pending, said: &[u8], sorted: &mut Sorted) {
        let said = String::from_utf8_lossy(said);
        let (code, rest) = said.split_once(' ').unwrap_or((&*said, ""));
        match self.wiring.routes.said(code, rest) {
            Some(Redirection::Moved(slot, to)) => {
                self.wiring.routes.moved(slot, to);
                add(&counts.moved, 1);
                sorted.moved.push(pending);
            }
            Some(Redirection::Ask(to)) => {
                add(&counts.asked, 1);
                sorted.asked.entry(to).or_default().push(pending);
            }
            Some(Redirection::TryAgain) => {
                add(&counts.put_off, 1);
                sorted.put_off.push(pending);
            }
            None if code == "NOSCRIPT" => sorted.unknown.push(pending),
            None => {
                if code == "CLUSTERDOWN" {
                    sorted.cluster_down += 1;
                }
                sorted.failed.push(pending);
            }
        }
    }

    /// Tells the buyers, passes on what is granted or missing here, and sends on what was redirected.
    fn conclude(&self, counts: &NodeCounts, sorted: Sorted) {
        let ClusterWiring { core, next, owns_reads, .. } = &self.wiring;
        let of = |wanted| {
            let fits = sorted.decided.iter().filter(move |(_, decision)| *decision == wanted);
            fits.map(|(pending, _)| *pending).collect::<Batch>()
        };
        let mut failed = sorted.failed;
        failed.extend(of(Decision::Failed));
        let (granted, indefinite) = (of(Decision::Granted), of(Decision::Indefinite));
        let (sold_out, duplicate) = (of(Decision::SoldOut), of(Decision::Duplicate));
        let answered = [&granted, &sold_out, &duplicate, &sorted.pages, &sorted.missing, &sorted.kept];
        add(&counts.answered, answered.iter().map(|batch| batch.len()).sum());
        add(&counts.failed, failed.len());
        add(&counts.cluster_down, sorted.cluster_down);
        if sorted.cluster_down > 0 {
            self.wiring.routes.miss();
        }
        core.end(&sold_out, Outcome::Rejected(Reason::SoldOut));
        core.end(&duplicate, Outcome::Rejected(Reason::Duplicate));
        core.end(&failed, Outcome::Failed);
        core.end(&indefinite, Outcome::Indefinite);
        match next {
            Some(next) => core.pass(granted, &**next),
            None => core.end(&granted, Outcome::Sold),
        }
        core.end(&sorted.kept, Outcome::Served);
        core.answer_reads(&sorted.pages, *owns_reads);
        core.pass_or_fail(sorted.missing, next.as_deref());
        self.put_off(sorted.put_off);
        self.route(sorted.moved);
    }

    fn lock_waiting(&self) -> std::sync::MutexGuard<'_, Batch> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stage for ClusterStage {
    fn take(&self, mut batch: Batch) {
        self.wiring.core.arrive(&mut batch);
        if self.wiring.passes_events {
            let events = batch.extract_if(.., |pending| pending.operation == Operation::Append).collect();
            self.wiring.core.pass_or_fail(events, self.wiring.next.as_deref());
        }
        self.route(batch);
    }
}

#[cfg(test)]
mod tests;
