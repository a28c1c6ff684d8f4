//! What a group of a master, replicas and Sentinels is to be, and why it may not come up.

use std::time::Duration;

use super::endpoint::Endpoint;
use super::node_error::NodeError;
use super::node_settings::{NodeSettings, PortChoice};
use super::port::PortError;
use super::sentinel::SentinelSettings;
pub use crate::topology::stage::Shape;
use crate::topology::stage::{Eviction, Persistence};

/// The most replicas, and the most Sentinels, one group may have.
pub const MOST: usize = 5;

/// Addresses of one node which are settled before it starts, because something of yours stands in front of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NodeAddress {
    /// Where it listens. With [`PortChoice::Fixed`] whatever stands in front of it can be told before.
    pub port: PortChoice,
    /// The address in front. Sentinels and replicas are told this one; otherwise they would go around it.
    pub announce: Option<Endpoint>,
}

/// What a group is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupSettings {
    /// The master's name for Sentinel, and the beginning of each server's name; unique in a run.
    pub name: String,
    /// How many replicas, 0 to 5.
    pub replica_count: usize,
    /// Whom they copy from. No chain with Sentinels: they re-point every replica to the master.
    pub shape: Shape,
    /// How many Sentinels: 0, 1, 3 or 5.
    pub sentinel_count: usize,
    /// Their settings.
    pub sentinel: SentinelSettings,
    /// What survives on disk, on each node.
    pub persistence: Persistence,
    /// `maxmemory` of each node in bytes; `None` for no limit.
    pub max_memory_bytes: Option<u64>,
    /// What a node throws away when that is full.
    pub eviction: Eviction,
    /// Addresses of the master and then of each replica; those not given are free ports without a proxy.
    pub addresses: Vec<NodeAddress>,
    /// Whether a [`Proxy`](super::Proxy) stands before the master and each replica, and its address is announced.
    pub is_proxied: bool,
    /// More directives for each node, as in `redis.conf`.
    pub extra: Vec<(String, String)>,
    /// After how long a supervisor starts a dead data server again; `None`: it stays dead.
    pub restart_in_place: Option<Duration>,
}

impl GroupSettings {
    /// One master, two replicas in a star, three Sentinels with a quorum of two, nothing on disk.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            replica_count: 2,
            shape: Shape::Star,
            sentinel_count: 3,
            sentinel: SentinelSettings::default(),
            persistence: Persistence::None,
            max_memory_bytes: None,
            eviction: Eviction::NoEviction,
            addresses: Vec::new(),
            is_proxied: false,
            extra: Vec::new(),
            restart_in_place: None,
        }
    }

    pub(crate) fn check(&self) -> Result<(), GroupError> {
        let wrong = |what: String| Err(GroupError::Settings { name: self.name.clone(), what });
        let (sentinels, quorum) = (self.sentinel_count, self.sentinel.quorum);
        if self.replica_count > MOST {
            return wrong(format!("{} replicas; the most is {MOST}", self.replica_count));
        }
        if ![0, 1, 3, 5].contains(&sentinels) {
            return wrong(format!(
                "{sentinels} Sentinels; use 1, 3 or 5: an even number needs more votes and survives no more"
            ));
        }
        if sentinels > 0 && !(1..=sentinels).contains(&quorum) {
            return wrong(format!(
                "a quorum of {quorum}, which {sentinels} Sentinels can't reach; use 1 to {sentinels}"
            ));
        }
        if sentinels > 0 && self.shape == Shape::Chain && self.replica_count > 1 {
            return wrong(
                "Sentinels in a chain: they would re-point every replica to the master; use a star"
                    .to_owned(),
            );
        }
        Ok(())
    }

    pub(crate) fn node(&self, index: usize, replica_of: Option<Endpoint>) -> NodeSettings {
        let NodeAddress { port, announce } = self.addresses.get(index).copied().unwrap_or_default();
        NodeSettings {
            name: if index == 0 {
                format!("{}-master", self.name)
            } else {
                format!("{}-replica-{index}", self.name)
            },
            port,
            replica_of,
            persistence: self.persistence,
            max_memory_bytes: self.max_memory_bytes,
            eviction: self.eviction,
            announce,
            extra: self.extra.clone(),
        }
    }
}

/// Why a group didn't come up.
#[derive(Debug, thiserror::Error)]
pub enum GroupError {
    /// There is no such group.
    #[error("group {name}: {what}")]
    Settings {
        /// The group.
        name: String,
        /// What is wrong.
        what: String,
    },
    /// There are no free ports.
    #[error("group {name}: {source}")]
    Ports {
        /// The group.
        name: String,
        /// How many were looked at.
        source: PortError,
    },
    /// One of its servers didn't start.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// A start was given up because the program is ending.
    #[error("group {name}: the start was interrupted")]
    Interrupted {
        /// The group.
        name: String,
    },
    /// A replica doesn't follow its master.
    #[error("{replica} didn't follow {master} within {} s: {problem}; its last words:\n{log}", .waited.as_secs())]
    NotSynced {
        /// The replica's name.
        replica: String,
        /// The address it copies from.
        master: Endpoint,
        /// How long it was waited for.
        waited: Duration,
        /// What it says about its link.
        problem: String,
        /// The last lines of its log.
        log: String,
    },
    /// The Sentinels don't see what there is.
    #[error("the Sentinels of group {name} didn't agree within {} s:\n{views}", .waited.as_secs())]
    NoAgreement {
        /// The group.
        name: String,
        /// How long they were waited for.
        waited: Duration,
        /// What each of them sees.
        views: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_that_can_not_work_are_refused_with_a_reason() {
        let group = GroupSettings::new("orders");
        assert!(group.check().is_ok());
        let quorum = SentinelSettings { quorum: 4, ..SentinelSettings::default() };
        for (wrong, reason) in [
            (GroupSettings { replica_count: 6, ..group.clone() }, "the most is 5"),
            (GroupSettings { sentinel_count: 2, ..group.clone() }, "1, 3 or 5"),
            (GroupSettings { sentinel: quorum, ..group.clone() }, "can't reach"),
            (GroupSettings { shape: Shape::Chain, ..group.clone() }, "use a star"),
        ] {
            let error = wrong.check().expect_err(reason).to_string();
            assert!(error.contains(reason), "{error}");
        }
        assert!(GroupSettings { shape: Shape::Chain, sentinel_count: 0, ..group }.check().is_ok());
    }
}
