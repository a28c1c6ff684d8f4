//! CDN: a real cache of the product pages, in process.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use lru::LruCache;

use super::super::clock::nanos;
use super::super::pending::{Batch, Pending};
use super::core::{Core, Listener, Stage};
use crate::metrics::{Outcome, Reason};
use crate::topology::stage::Cdn;
use crate::workload::Operation;

/// The cache holds, for each product, until when its page is fresh; the page itself would be the same bytes for all.
pub struct CdnStage {
    core: Arc<Core>,
    next: Arc<dyn Stage>,
    ttl_ns: u64,
    pages: Mutex<LruCache<u32, u64>>,
}

impl CdnStage {
    /// An empty cache in front of `next`.
    pub fn new(core: Arc<Core>, next: Arc<dyn Stage>, params: &Cdn) -> Self {
        let capacity = NonZeroUsize::new(params.capacity as usize).unwrap_or(NonZeroUsize::MIN);
        Self { core, next, ttl_ns: nanos(params.ttl), pages: Mutex::new(LruCache::new(capacity)) }
    }

    fn pages(&self) -> std::sync::MutexGuard<'_, LruCache<u32, u64>> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stage for CdnStage {
    fn take(&self, mut batch: Batch) {
        let now_ns = self.core.arrive(&mut batch);
        let (hits, rest): (Batch, Batch) = {
            let mut pages = self.pages();
            let mut fresh = |item| pages.get(&item).is_some_and(|&until_ns| now_ns < until_ns);
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
                pages.put(pending.item, now_ns + self.ttl_ns);
            }
        }
    }
}
