//! A topology that can run.

use super::graph::Graph;
use super::stage::{Carried, StageKind};
use super::validate::validate;
use super::way::{Way, reaching};
use super::{ClientKind, Link, Problem, Severity, Topology};
use crate::workload::{Operation, Operations};

/// A sound topology with every route resolved. Stages are named by their place in `topology.stages`.
#[derive(Debug, Clone)]
pub struct RunPlan {
    /// The topology, every default explicit.
    pub topology: Topology,
    /// The stages that traffic reaches, each before those it sends to; the users come first.
    pub order: Vec<usize>,
    /// For each stage, where it sends requests that it doesn't answer.
    pub next: Vec<Vec<usize>>,
    /// For each stage, all stages above it, nearest first: those that hear of its answers.
    pub above: Vec<Vec<usize>>,
    /// The stage that holds the stock and decides claims.
    pub decider: Option<usize>,
    /// The Redis that decides claims, where it keeps the orders too: no stage behind it does.
    pub keeper: Option<usize>,
    /// The Redis that decides claims, where it keeps the orders because the queue behind it carries only their ids.
    pub recorder: Option<usize>,
    /// The Redis that decides claims, where it keeps the orders because data control sweeps them into the database behind it.
    pub swept: Option<usize>,
    /// The stage that owns the product data: the database, or without one the first Redis that has the pages.
    pub read_owner: Option<usize>,
    /// The read-write split: the gate of the sale, or where no claim comes by the cache of the pages.
    pub gate: Option<usize>,
    /// The Redis without a gate that has the pages, where it is another one than decides claims.
    pub page_keeper: Option<usize>,
    /// The queue of orders: the one behind the decider.
    pub queue: Option<usize>,
    /// The stage that keeps events, or sees to it that the one behind it does: the queue, else the database, else the Redis that
    /// decides claims.
    pub event_keeper: Option<usize>,
    /// The stage that counts: the first one on the way that can.
    pub count_keeper: Option<usize>,
    /// The database of orders.
    pub database: Option<usize>,
    /// The data-control module.
    pub control: Option<usize>,
    /// The way of each operation, by its place in [`Operation::ALL`].
    pub ways: [Way; Operation::COUNT],
}

impl RunPlan {
    /// Resolves a topology.
    ///
    /// # Errors
    /// All problems, if one of them is an error.
    pub fn new(topology: Topology) -> Result<Self, Vec<Problem>> {
        let problems = validate(&topology);
        if problems.iter().any(|problem| problem.severity == Severity::Error) {
            return Err(problems);
        }
        let graph = Graph::of_traffic(&topology);
        let place = |fits: fn(&StageKind) -> bool| topology.stages.iter().position(|stage| fits(&stage.kind));
        let users = place(|kind| matches!(kind, StageKind::Users(_))).unwrap_or(0);
        let is_parted = topology.is_parted();
        let order = if is_parted { graph.order_way_by_way(users) } else { graph.order_from(users) };
        let order = order.map_err(|_circle| problems)?;
        let kind = |index: usize| &topology.stages[index].kind;
        let ways = Way::all(&topology);
        let [reads, claims, events, counts] = &ways;
        let Way { queue, database, .. } = *claims;
        let decider = claims.first(&topology, StageKind::decides_claims);
        let carries_ids = queue.is_some_and(
            |queue| matches!(kind(queue), StageKind::Queue(params) if params.carries == Carried::OrderId),
        );
        let keeps = |index: &usize| graph.next[*index].is_empty() && Some(*index) != database;
        let control = place(|kind| matches!(kind, StageKind::DataControl(_)));
        let sweeps = control.is_some_and(
            |control| matches!(kind(control), StageKind::DataControl(params) if params.sweep_orders.is_some()),
        );
        let swept = decider.filter(|_| sweeps);
        let is_split = |kind: &StageKind| matches!(kind, StageKind::ReadWriteSplit(_));
        let gate = claims.first(&topology, is_split).or_else(|| reads.first(&topology, is_split));
        let first_cache = reads.first(&topology, StageKind::answers_reads);
        Ok(Self {
            keeper: decider.filter(|decider| keeps(decider) || swept.is_some()),
            swept,
            recorder: decider.filter(|_| carries_ids),
            decider,
            // Data control preloads pages into the database and into the first Redis on the way.
            read_owner: reads.database.or(first_cache),
            page_keeper: first_cache.filter(|&cache| keeps_in_redis(kind(cache)) && Some(cache) != decider),
            gate,
            event_keeper: events
                .queue
                .or(events.database)
                .or_else(|| events.first(&topology, StageKind::decides_claims)),
            count_keeper: counts.first(&topology, StageKind::keeps_records),
            queue,
            database,
            control,
            ways,
            above: (0..topology.stages.len()).map(|index| graph.above(index)).collect(),
            next: graph.next,
            order,
            topology,
        })
    }

    /// The way of an operation.
    pub fn way(&self, operation: Operation) -> &Way {
        &self.ways[operation.index()]
    }

    /// Every queue that traffic reaches.
    pub fn queues(&self) -> impl Iterator<Item = usize> {
        let is_queue = |&index: &usize| matches!(self.topology.stages[index].kind, StageKind::Queue(_));
        self.order.iter().copied().filter(is_queue)
    }

    /// Every database that traffic reaches.
    pub fn databases(&self) -> impl Iterator<Item = usize> {
        let is_database = |&index: &usize| matches!(self.topology.stages[index].kind, StageKind::Database(_));
        self.order.iter().copied().filter(is_database)
    }

    /// The operations that reach a stage.
    pub fn reaching(&self, stage: usize) -> Operations {
        reaching(&self.ways, stage)
    }

    /// What goes from a stage to one of those that it sends to.
    pub fn carried(&self, from: usize, to: usize) -> Operations {
        self.link(from, to).map_or(Operations::ALL, |link| self.topology.carried(link))
    }

    fn link(&self, from: usize, to: usize) -> Option<&Link> {
        let (from, to) = (self.name(from), self.name(to));
        self.topology.links.iter().find(|link| link.from == from && link.to == to)
    }

    /// Whether a stage keeps records in Redis for good: it is no queue and no database.
    pub fn keeps_in_redis(&self, stage: usize) -> bool {
        keeps_in_redis(&self.topology.stages[stage].kind)
    }

    /// The stage whose Redis keeps what a stage holds: the one that a queue or sessions name, or the stage itself.
    pub fn host(&self, stage: usize) -> usize {
        let named = self.topology.stages[stage].kind.host();
        named.and_then(|on| self.topology.index_of(on)).unwrap_or(stage)
    }

    /// What the clients on the link between two stages do about a failover.
    pub fn clients(&self, from: usize, to: usize) -> ClientKind {
        self.link(from, to).map_or(ClientKind::SentinelAware, |link| link.clients)
    }

    /// The name of a stage.
    pub fn name(&self, stage: usize) -> &str {
        &self.topology.stages[stage].name
    }
}

fn keeps_in_redis(kind: &StageKind) -> bool {
    matches!(kind, StageKind::MasterReplica(_) | StageKind::RedisCluster(_))
}
