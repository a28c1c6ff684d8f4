//! What clients of a cluster saw, by the node that they asked.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::servers::Endpoint;

/// Counts of one node. Each request counts once where it ended, and once for each time it was sent on.
#[derive(Debug, Default)]
pub struct NodeCounts {
    /// Requests that it answered.
    pub answered: AtomicU64,
    /// Requests that failed there: it could not be reached, or refused.
    pub failed: AtomicU64,
    /// Claims sent to it that got no answer.
    pub indefinite: AtomicU64,
    /// Requests that it sent elsewhere, because the slot is there (MOVED).
    pub moved: AtomicU64,
    /// Requests that it sent elsewhere this once, because the slot is on its way (ASK).
    pub asked: AtomicU64,
    /// Requests that it put off, because some keys had gone over and others had not (TRYAGAIN).
    pub put_off: AtomicU64,
    /// Requests that it refused because the cluster doesn't work (CLUSTERDOWN); they count as failed too.
    pub cluster_down: AtomicU64,
}

/// The counts of all nodes. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Counts(Arc<Mutex<BTreeMap<Endpoint, Arc<NodeCounts>>>>);

impl Counts {
    /// Those of a node.
    pub fn of(&self, node: Endpoint) -> Arc<NodeCounts> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(node).or_default().clone()
    }
}

/// Adds to a count.
pub fn add(count: &AtomicU64, more: usize) {
    if more > 0 {
        count.fetch_add(more as u64, Ordering::Relaxed);
    }
}
