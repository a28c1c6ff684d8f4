//! What a cluster is to be, and why it may not come up or change.

use std::ops::RangeInclusive;
use std::time::Duration;

use redis::RedisError;

use super::super::node_error::NodeError;
use super::super::node_settings::{NodeSettings, PortChoice};
use super::super::port::PortError;
use crate::topology::stage::{Eviction, Persistence, SlotMoving};

/// How many shards a cluster may have. Fewer than three masters have no majority that could replace one.
pub const SHARDS: RangeInclusive<usize> = 3..=16;
/// The most replicas of a master.
pub const MOST_REPLICAS: usize = 2;

/// What a cluster is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterSettings {
    /// The beginning of each server's name; unique in a run.
    pub name: String,
    /// Shards at the start.
    pub shard_count: usize,
    /// Replicas of each master.
    pub replica_count: usize,
    /// `cluster-node-timeout`.
    pub node_timeout: Duration,
    /// `cluster-require-full-coverage`.
    pub full_coverage: bool,
    /// What survives on disk, on each node.
    pub persistence: Persistence,
    /// `maxmemory` of each node in bytes; `None` for no limit.
    pub max_memory_bytes: Option<u64>,
    /// What a node throws away when that is full.
    pub eviction: Eviction,
    /// How slots move when a shard comes or goes.
    pub slots_move: SlotMoving,
}

impl ClusterSettings {
    /// Three masters with a replica each, nothing on disk.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            shard_count: 3,
            replica_count: 1,
            node_timeout: Duration::from_millis(500),
            full_coverage: true,
            persistence: Persistence::None,
            max_memory_bytes: None,
            eviction: Eviction::NoEviction,
            slots_move: SlotMoving::Atomic,
        }
    }

    pub(super) fn check(&self) -> Result<(), ClusterError> {
        let wrong = |what: String| Err(ClusterError::Settings { name: self.name.clone(), what });
        if !SHARDS.contains(&self.shard_count) {
            let (low, high) = (SHARDS.start(), SHARDS.end());
            return wrong(format!("{} shards; use {low} to {high}", self.shard_count));
        }
        if self.replica_count > MOST_REPLICAS {
            return wrong(format!(
                "{} replicas of each master; the most is {MOST_REPLICAS}",
                self.replica_count
            ));
        }
        Ok(())
    }

    /// Node `number`, counted from 1. What it learns of the others it keeps in its folder, and comes back with it.
    pub(super) fn node(&self, number: usize, port: u16) -> NodeSettings {
        let yes_no = |yes: bool| (if yes { "yes" } else { "no" }).to_owned();
        let extra = [
            ("cluster-enabled", "yes".to_owned()),
            ("cluster-config-file", "nodes.conf".to_owned()),
            ("cluster-node-timeout", self.node_timeout.as_millis().to_string()),
            ("cluster-require-full-coverage", yes_no(self.full_coverage)),
            // Replicas stay with their shard, and a master without slots stays a master: what a node is, is decided here.
            ("cluster-allow-replica-migration", yes_no(false)),
        ];
        NodeSettings {
            port: PortChoice::Prefer(port),
            persistence: self.persistence,
            max_memory_bytes: self.max_memory_bytes,
            eviction: self.eviction,
            extra: extra.map(|(key, value)| (key.to_owned(), value)).to_vec(),
            ..NodeSettings::new(format!("{}-node-{number}", self.name))
        }
    }
}

/// Why a cluster didn't come up, or could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// There is no such cluster.
    #[error("cluster {name}: {what}")]
    Settings {
        /// The cluster.
        name: String,
        /// What is wrong.
        what: String,
    },
    /// There are no free ports.
    #[error("cluster {name}: {source}")]
    Ports {
        /// The cluster.
        name: String,
        /// How many were looked at.
        source: PortError,
    },
    /// One of its servers didn't start.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// A node refused a command, or didn't answer it.
    #[error("{node} refused {command}: {source}")]
    Refused {
        /// The node.
        node: String,
        /// The command.
        command: String,
        /// Its answer.
        source: RedisError,
    },
    /// The nodes don't see the same.
    #[error("the nodes of cluster {name} didn't agree within {} s:\n{views}", .waited.as_secs())]
    NoAgreement {
        /// The cluster.
        name: String,
        /// How long they were waited for.
        waited: Duration,
        /// What is wrong with each of them.
        views: String,
    },
    /// Slots didn't move.
    #[error("slots of {from} didn't move to {to}: {problem}")]
    NotMoved {
        /// The node that had them.
        from: String,
        /// The node that should get them.
        to: String,
        /// What was said last.
        problem: String,
    },
    /// The cluster is being changed already, or can't be changed that way.
    #[error("{0}")]
    NotNow(&'static str),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clusters_that_can_not_work_are_refused_with_a_reason() {
        let cluster = ClusterSettings::new("store");
        assert!(cluster.check().is_ok());
        for (wrong, reason) in [
            (ClusterSettings { shard_count: 2, ..cluster.clone() }, "use 3 to 16"),
            (ClusterSettings { replica_count: 3, ..cluster.clone() }, "the most is 2"),
        ] {
            let error = wrong.check().expect_err(reason).to_string();
            assert!(error.contains(reason), "{error}");
        }
        let node = ClusterSettings { full_coverage: false, ..cluster }.node(4, 7_001);
        assert_eq!(node.name, "store-node-4");
        let has = |key: &str, value: &str| node.extra.iter().any(|(k, v)| k == key && v == value);
        assert!(has("cluster-require-full-coverage", "no") && has("cluster-node-timeout", "500"));
    }
}
