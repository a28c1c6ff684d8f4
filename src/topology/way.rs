//! The way of one operation: which of its stages keep what it leaves behind.

use super::graph::Graph;
use super::{StageKind, Topology};
use crate::workload::{Operation, Operations};

/// The way of an operation from the users on. Stages are named by their place in `topology.stages`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Way {
    /// The stages that it reaches, each before those it sends to; the users come first. None where links run in a circle.
    pub order: Vec<usize>,
    /// The first queue.
    pub queue: Option<usize>,
    /// The first database.
    pub database: Option<usize>,
}

impl Way {
    /// The way of an operation; empty where there are no users.
    pub fn of(topology: &Topology, operation: Operation) -> Self {
        let users = topology.stages.iter().position(|stage| matches!(stage.kind, StageKind::Users(_)));
        let order = users.and_then(|users| Graph::of_operation(topology, operation).order_from(users).ok());
        let mut way = Self { order: order.unwrap_or_default(), queue: None, database: None };
        way.queue = way.first(topology, |kind| matches!(kind, StageKind::Queue(_)));
        way.database = way.first(topology, |kind| matches!(kind, StageKind::Database(_)));
        way
    }

    /// The first stage on it that fits.
    pub fn first(&self, topology: &Topology, fits: impl Fn(&StageKind) -> bool) -> Option<usize> {
        self.order.iter().copied().find(|&index| fits(&topology.stages[index].kind))
    }

    /// The ways of all operations, by their places in [`Operation::ALL`].
    pub fn all(topology: &Topology) -> [Self; Operation::COUNT] {
        Operation::ALL.map(|operation| Self::of(topology, operation))
    }
}

/// The operations whose ways reach a stage.
pub fn reaching(ways: &[Way; Operation::COUNT], stage: usize) -> Operations {
    Operation::ALL.into_iter().filter(|operation| ways[operation.index()].order.contains(&stage)).collect()
}
