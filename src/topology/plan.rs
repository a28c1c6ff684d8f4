//! A topology that can run.

use super::graph::Graph;
use super::stage::{Carried, StageKind};
use super::validate::validate;
use super::{ClientKind, Problem, Severity, Topology};

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
    /// The read-write split that is the gate of the sale.
    pub gate: Option<usize>,
    /// The queue behind the decider.
    pub queue: Option<usize>,
    /// The stage that keeps events, or sees to it that the one behind it does: the queue, else the database, else the Redis that
    /// decides claims.
    pub event_keeper: Option<usize>,
    /// The stage that counts: the first one on the way that can.
    pub count_keeper: Option<usize>,
    /// The database.
    pub database: Option<usize>,
    /// The data-control module.
    pub control: Option<usize>,
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
        let order = graph.order_from(users).map_err(|_circle| problems)?;
        let kind = |index: usize| &topology.stages[index].kind;
        let on_the_way =
            |fits: fn(&StageKind) -> bool| order.iter().copied().find(|&index| fits(kind(index)));
        let database = on_the_way(|kind| matches!(kind, StageKind::Database(_)));
        let decider = on_the_way(StageKind::decides_claims);
        let queue = on_the_way(|kind| matches!(kind, StageKind::Queue(_)));
        let carries_ids = queue.is_some_and(
            |queue| matches!(kind(queue), StageKind::Queue(params) if params.carries == Carried::OrderId),
        );
        let keeps = |index: &usize| graph.next[*index].is_empty() && Some(*index) != database;
        let control = place(|kind| matches!(kind, StageKind::DataControl(_)));
        let sweeps = control.is_some_and(
            |control| matches!(kind(control), StageKind::DataControl(params) if params.sweep_orders.is_some()),
        );
        let swept = decider.filter(|_| sweeps);
        Ok(Self {
            keeper: decider.filter(|decider| keeps(decider) || swept.is_some()),
            swept,
            recorder: decider.filter(|_| carries_ids),
            decider,
            // Data control preloads pages into the database and into the first Redis on the way.
            read_owner: database.or_else(|| on_the_way(StageKind::answers_reads)),
            gate: on_the_way(|kind| matches!(kind, StageKind::ReadWriteSplit(_))),
            event_keeper: queue.or(database).or(decider),
            count_keeper: on_the_way(StageKind::keeps_records),
            queue,
            database,
            control,
            above: (0..topology.stages.len()).map(|index| graph.above(index)).collect(),
            next: graph.next,
            order,
            topology,
        })
    }

    /// Whether a stage keeps records in Redis for good: it is no queue and no database.
    pub fn keeps_in_redis(&self, stage: usize) -> bool {
        matches!(self.topology.stages[stage].kind, StageKind::MasterReplica(_) | StageKind::RedisCluster(_))
    }

    /// The stage whose Redis keeps what a stage holds: the one that a queue or sessions name, or the stage itself.
    pub fn host(&self, stage: usize) -> usize {
        let named = self.topology.stages[stage].kind.host();
        named.and_then(|on| self.topology.index_of(on)).unwrap_or(stage)
    }

    /// What the clients on the link between two stages do about a failover.
    pub fn clients(&self, from: usize, to: usize) -> ClientKind {
        let (from, to) = (self.name(from), self.name(to));
        let link = self.topology.links.iter().find(|link| link.from == from && link.to == to);
        link.map_or(ClientKind::SentinelAware, |link| link.clients)
    }

    /// The name of a stage.
    pub fn name(&self, stage: usize) -> &str {
        &self.topology.stages[stage].name
    }
}
