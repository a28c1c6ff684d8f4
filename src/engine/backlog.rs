//! The backlog: what is acknowledged and not in its database yet, by the stage where it waits.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// The depth while the server doesn't answer. Not zero, so that nobody takes the queue for empty.
pub const UNKNOWN: u64 = u64::MAX;

/// What waits, stage by stage. Clones share the figures.
#[derive(Debug, Clone, Default)]
pub struct Backlog(Vec<(usize, Arc<AtomicU64>)>);

impl Backlog {
    /// The figure of one more stage, to be kept up to date.
    pub fn part(&mut self, stage: usize) -> Arc<AtomicU64> {
        let depth = Arc::<AtomicU64>::default();
        self.0.push((stage, depth.clone()));
        depth
    }

    /// All that waits now; [`UNKNOWN`] where a server doesn't answer.
    pub fn now(&self) -> u64 {
        self.0.iter().fold(0, |sum, (_, depth)| depth.load(Ordering::Relaxed).saturating_add(sum))
    }

    /// What waits at each stage now; none where its server doesn't answer.
    pub fn by_stage(&self) -> impl Iterator<Item = (usize, Option<u64>)> {
        let known = |depth: u64| (depth != UNKNOWN).then_some(depth);
        self.0.iter().map(move |(stage, depth)| (*stage, known(depth.load(Ordering::Relaxed))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_one_server_hides_is_in_no_sum_and_never_nothing() {
        let mut backlog = Backlog::default();
        let (orders, events) = (backlog.part(3), backlog.part(7));
        orders.store(5, Ordering::Relaxed);
        events.store(2, Ordering::Relaxed);
        assert_eq!(
            (backlog.now(), backlog.by_stage().collect::<Vec<_>>()),
            (7, vec![(3, Some(5)), (7, Some(2))])
        );
        events.store(UNKNOWN, Ordering::Relaxed);
        assert_eq!((backlog.now(), backlog.by_stage().last()), (UNKNOWN, Some((7, None))));
    }
}
