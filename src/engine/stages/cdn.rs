//! CDN: a real cache of the product pages, in process.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lru::LruCache;

use super::super::clock::nanos;
use super::super::dial::Dial;
use super::super::pending::{Batch, Pending};
use super::core::{Cache, Core, Listener, Stage, Tunable};
use crate::metrics::{Outcome, Reason};
use crate::topology::stage::{Cdn, StageKind};
use crate::workload::Operation;

/// The cache holds, for each product, when its page was stored; the page itself would be the same bytes for all.
pub struct CdnStage {
    core: Arc<Core>,
    next: Arc<dyn Stage>,
    ttl: Dial<Duration>,
    pages: Mutex<LruCache<u32, u64>>,
    /// Pages stored until then are out of date; on the run's clock.
    expired_ns: AtomicU64,
}

impl CdnStage {
    /// An empty cache in front of `next`.
    pub fn new(core: Arc<Core>, next: Arc<dyn Stage>, params: &Cdn) -> Self {
        let capacity = NonZeroUsize::new(params.capacity as usize).unwrap_or(NonZeroUsize::MIN);
        Self {
            core,
            next,
            ttl: Dial::new(params.ttl),
            pages: Mutex::new(LruCache::new(capacity)),
            expired_ns: AtomicU64::new(0),
        }
    }

    fn pages(&self) -> std::sync::MutexGuard<'_, LruCache<u32, u64>> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stage for CdnStage {
    fn take(&self, mut batch: Batch) {
        let now_ns = self.core.arrive(&mut batch);
        let ttl_ns = nanos(self.ttl.get());
        let (hits, rest): (Batch, Batch) = {
            let mut pages = self.pages();
            let expired_ns = self.expired_ns.load(Ordering::Relaxed);
            let is_fresh = |&stored_ns: &u64| stored_ns > expired_ns && now_ns < stored_ns + ttl_ns;
            let mut fresh = |item| pages.get(&item).is_some_and(is_fresh);
            batch.into_iter().partition(|pending| pending.operation == Operation::Read && fresh(pending.item))
        };
        self.core.intercept(&hits, Reason::CacheHit);
        self.core.pass(rest, &*self.next);
    }
}

impl Listener for CdnStage {
    fn answered(&self, batch: &[Pending], outcome: Outcome, now_ns: u64) {
        if matches!(outcome, Outcome::Served | Outcome::Intercepted(Reason::CacheHit)) {
            let mut pages = self.pages();
            for pending in batch.iter().filter(|pending| pending.operation == Operation::Read) {
                pages.put(pending.item, now_ns);
            }
        }
    }
}

impl Tunable for CdnStage {
    fn tune(&self, kind: &StageKind) {
        if let StageKind::Cdn(params) = kind {
            self.ttl.set(params.ttl);
        }
    }
}

impl Cache for CdnStage {
    fn purge(&self) {
        self.pages().clear();
    }

    fn expire(&self) {
        self.expired_ns.store(self.core.now_ns(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{Sink, claims, core, reads};
    use super::*;

    fn cdn(ttl: Duration, capacity: u32) -> (CdnStage, Arc<Sink>) {
        let sink = Arc::new(Sink::default());
        (CdnStage::new(core(), sink.clone(), &Cdn { ttl, capacity }), sink)
    }

    #[test]
    fn a_page_is_a_hit_only_after_it_came_by_and_claims_never_are() {
        let (cdn, sink) = cdn(Duration::from_mins(1), 10);
        cdn.take(reads(0, 3));
        assert_eq!(sink.take_all().len(), 3, "nothing is cached yet");
        cdn.answered(&reads(0, 1), Outcome::Served, cdn.core.now_ns());
        cdn.take([reads(0, 2), reads(1, 1), claims(0, 4)].concat());
        let passed = sink.take_all();
        assert_eq!(passed.iter().filter(|pending| pending.operation == Operation::Claim).count(), 4);
        assert_eq!(passed.len(), 5, "the read of another page passes too");
        let tally = cdn.core.book().tally();
        assert_eq!((tally.intercepted.get(Reason::CacheHit), tally.in_flight()), (2, 0));
    }

    #[test]
    fn a_page_expires_and_a_failed_answer_is_not_cached() {
        let (cdn, sink) = cdn(Duration::from_nanos(1), 10);
        cdn.answered(&reads(0, 1), Outcome::Served, cdn.core.now_ns());
        cdn.answered(&reads(1, 1), Outcome::Failed, cdn.core.now_ns());
        cdn.take([reads(0, 1), reads(1, 1)].concat());
        assert_eq!(sink.take_all().len(), 2);
    }

    #[test]
    fn a_changed_ttl_holds_for_the_pages_that_are_there_too() {
        let (cdn, sink) = cdn(Duration::from_mins(1), 10);
        cdn.answered(&reads(0, 1), Outcome::Served, cdn.core.now_ns());
        for (ttl, passed) in [(Duration::from_nanos(1), 1), (Duration::from_mins(1), 0)] {
            cdn.tune(&StageKind::Cdn(Cdn { ttl, ..Cdn::default() }));
            cdn.take(reads(0, 1));
            assert_eq!(sink.take_all().len(), passed, "{ttl:?}");
        }
    }

    #[test]
    fn what_was_purged_or_has_expired_is_asked_for_again_and_then_a_hit() {
        let (cdn, sink) = cdn(Duration::from_mins(1), 10);
        for forget in [Cache::purge, Cache::expire] {
            cdn.answered(&reads(0, 1), Outcome::Served, cdn.core.now_ns());
            cdn.take(reads(0, 1));
            assert!(sink.take_all().is_empty());
            for _ in 0..2 {
                forget(&cdn);
                cdn.take(reads(0, 1));
                assert_eq!(sink.take_all().len(), 1);
            }
            cdn.answered(&reads(0, 1), Outcome::Served, cdn.core.now_ns());
            cdn.take(reads(0, 1));
            assert!(sink.take_all().is_empty());
        }
    }

    #[test]
    fn the_page_used_longest_ago_goes_first() {
        let (cdn, sink) = cdn(Duration::from_mins(1), 2);
        let now_ns = cdn.core.now_ns();
        cdn.answered(&[reads(0, 1), reads(1, 1)].concat(), Outcome::Served, now_ns);
        cdn.take(reads(0, 1));
        cdn.answered(&reads(2, 1), Outcome::Intercepted(Reason::CacheHit), now_ns);
        cdn.take([reads(0, 1), reads(1, 1), reads(2, 1)].concat());
        let missed: Vec<u32> = sink.take_all().iter().map(|pending| pending.item).collect();
        assert_eq!(missed, [1]);
    }
}
