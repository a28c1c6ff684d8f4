//! CDN: a real cache of the product pages, in process.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use lru::LruCache;

use super::super::clock::nanos;
use super::super::dial::Dial;
use super::super::pending::{Batch, Page, Pending};
use super::super::versions::{Updates, Versions};
use super::core::{Cache, Core, Listener, Stage, Tunable};
use crate::metrics::{Outcome, Reason};
use crate::topology::stage::{Cdn, StageKind};
use crate::workload::Operation;

/// The cache holds, for each product, when its page was stored, its version and its length.
pub struct CdnStage {
    core: Arc<Core>,
    next: Arc<dyn Stage>,
    ttl: Dial<Duration>,
    pages: Mutex<LruCache<u32, Stored>>,
    /// What was written when, to tell how old its answers are.
    versions: Arc<Versions>,
    /// Products that there are: pages beyond them are readers' own, and have no versions.
    items: u32,
    /// Pages stored until then are out of date; on the run's clock.
    expired_ns: AtomicU64,
}

/// A page in the cache.
#[derive(Clone, Copy)]
struct Stored {
    at_ns: u64,
    page: Page,
}

impl CdnStage {
    /// An empty cache in front of `next`, for products `0..items`.
    pub fn new(
        core: Arc<Core>,
        next: Arc<dyn Stage>,
        params: &Cdn,
        items: u32,
        versions: Arc<Versions>,
    ) -> Self {
        let capacity = NonZeroUsize::new(params.capacity as usize).unwrap_or(NonZeroUsize::MIN);
        Self {
            core,
            next,
            ttl: Dial::new(params.ttl),
            pages: Mutex::new(LruCache::new(capacity)),
            versions,
            items,
            expired_ns: AtomicU64::new(0),
        }
    }

    /// Answers reads from the cache, and notes which answers were stale.
    fn hit(&self, hits: &[Pending], now_ns: u64) {
        let mut compare = self.versions.pages.compare();
        let has_version = |pending: &&Pending| pending.item < self.items && pending.page.version > 0;
        let (mut answers, mut stale) = ([0; Operation::COUNT], Vec::new());
        for hit in hits.iter().filter(has_version) {
            answers[Operation::Read.index()] += 1;
            let age_ns = compare.age_ns(hit.item, u64::from(hit.page.version), now_ns);
            stale.extend(age_ns.map(|age_ns| (Operation::Read, age_ns)));
        }
        if answers != [0; Operation::COUNT] {
            self.core.book().versioned(answers, &stale);
        }
        self.core.intercept(hits, Reason::CacheHit);
    }

    fn pages(&self) -> std::sync::MutexGuard<'_, LruCache<u32, Stored>> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stage for CdnStage {
    fn take(&self, mut batch: Batch) {
        let now_ns = self.core.arrive(&mut batch);
        let ttl_ns = nanos(self.ttl.get());
        let (mut hits, mut rest) = (Batch::new(), Batch::new());
        {
            let mut pages = self.pages();
            let expired_ns = self.expired_ns.load(Ordering::Relaxed);
            let is_fresh = |stored: &&Stored| stored.at_ns > expired_ns && now_ns < stored.at_ns + ttl_ns;
            for mut pending in batch {
                let is_read = pending.operation == Operation::Read;
                match is_read.then(|| pages.get(&pending.item).filter(is_fresh)).flatten() {
                    Some(stored) => {
                        pending.page = stored.page;
                        hits.push(pending);
                    }
                    None => rest.push(pending),
                }
            }
        }
        self.hit(&hits, now_ns);
        self.core.pass(rest, &*self.next);
    }
}

impl Listener for CdnStage {
    fn answered(&self, batch: &[Pending], outcome: Outcome, now_ns: u64) {
        if matches!(outcome, Outcome::Served | Outcome::Intercepted(Reason::CacheHit)) {
            let mut pages = self.pages();
            for pending in batch.iter().filter(|pending| pending.operation == Operation::Read) {
                pages.put(pending.item, Stored { at_ns: now_ns, page: pending.page });
            }
        }
    }
}

impl Updates for CdnStage {
    fn changed(&self, changed: &[(u32, u64)]) {
        let mut pages = self.pages();
        for (item, _) in changed {
            pages.pop(item);
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
    use super::super::super::clock::Clock;
    use super::super::testing::{ITEMS, Sink, claims, core, reads};
    use super::*;

    fn cdn(ttl: Duration, capacity: u32) -> (CdnStage, Arc<Sink>) {
        let sink = Arc::new(Sink::default());
        let params = Cdn { ttl, capacity, ..Cdn::default() };
        let versions = Arc::new(Versions::new(ITEMS, Clock::new()));
        (CdnStage::new(core(), sink.clone(), &params, ITEMS, versions), sink)
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
    fn a_page_that_was_written_anew_is_stale_until_it_is_purged() {
        let (cdn, sink) = cdn(Duration::from_mins(1), 10);
        let mut page = reads(1, 1);
        page[0].page = Page { version: 1, bytes: 700 };
        cdn.answered(&page, Outcome::Served, cdn.core.now_ns());
        cdn.take(reads(1, 2));
        let seen = || {
            let tally = cdn.core.book().tally();
            (tally.versioned_reads, tally.stale_reads)
        };
        assert_eq!(seen(), (2, 0));
        cdn.versions.acknowledge(&[(1, 2)], &[]);
        // A clock of the versions' own: a moment later there, it is later here too.
        cdn.hit(&page, u64::MAX);
        assert_eq!(seen(), (3, 1));
        cdn.changed(&[(1, 2), (3, 2)]);
        cdn.take(reads(1, 1));
        assert_eq!(sink.take_all().len(), 1, "it is asked for again");
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
