//! The clients of readers: some keep the pages that they were answered, and ask with the version that they have. What is unchanged
//! is not sent again.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use lru::LruCache;

use super::super::http::reception::Reception;
use super::super::pending::Pending;
use super::core::{Core, Listener};
use crate::metrics::{Outcome, Reason};
use crate::topology::stage::Users;
use crate::workload::Operation;

/// Pages that all clients together keep: those that were read last.
const KEPT: NonZeroUsize = NonZeroUsize::new(1_000_000).unwrap();

/// All clients. They hear of the answers as the readers get them.
pub struct Clients {
    core: Arc<Core>,
    keeps_pages: f64,
    /// Versions, by reader and product.
    kept: Mutex<LruCache<(u64, u32), u32>>,
    /// Where requests come over HTTP: who tells those that asked.
    reception: Option<Arc<Reception>>,
}

impl Clients {
    /// Clients that keep nothing yet; they write into the book of `core`.
    pub fn new(core: Arc<Core>, params: &Users) -> Self {
        Self { core, keeps_pages: params.keeps_pages, kept: Mutex::new(LruCache::new(KEPT)), reception: None }
    }

    /// The same, with somebody who tells those that asked over HTTP.
    #[must_use]
    pub fn told(self, reception: Option<Arc<Reception>>) -> Self {
        Self { reception, ..self }
    }

    /// Whether a reader's client keeps pages: always the same ones of all readers.
    fn keeps(&self, claimant: u64) -> bool {
        // Fibonacci hashing: https://en.wikipedia.org/wiki/Hash_function#Fibonacci_hashing
        let place = claimant.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 11;
        (place as f64) < self.keeps_pages * (1_u64 << 53) as f64
    }
}

impl Listener for Clients {
    fn answered(&self, batch: &[Pending], outcome: Outcome, now_ns: u64) {
        if let Some(reception) = &self.reception {
            reception.answered(batch, outcome, now_ns);
        }
        if !matches!(outcome, Outcome::Served | Outcome::Intercepted(Reason::CacheHit)) {
            return;
        }
        let (mut sent, mut saved) = (0, 0);
        let mut kept =
            (self.keeps_pages > 0.0).then(|| self.kept.lock().unwrap_or_else(PoisonError::into_inner));
        for read in batch.iter().filter(|pending| pending.operation == Operation::Read) {
            let bytes = u64::from(read.page.bytes);
            let before = match &mut kept {
                Some(kept) if read.page.version > 0 && self.keeps(read.claimant) => {
                    kept.put((read.claimant, read.item), read.page.version)
                }
                _ => None,
            };
            if before == Some(read.page.version) {
                saved += bytes;
            } else {
                sent += bytes;
            }
        }
        if sent + saved > 0 {
            self.core.book().page_bytes(sent, saved);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::pending::Page;
    use super::super::testing::{core, reads};
    use super::*;

    #[test]
    fn what_a_client_has_in_this_version_is_not_sent_again() {
        for (keeps_pages, bytes) in [(0.0, (4_000, 0)), (1.0, (2_000, 2_000))] {
            let clients = Clients::new(core(), &Users { keeps_pages });
            let mut read = reads(2, 1);
            for version in [1, 1, 2, 2] {
                read[0].page = Page { version, bytes: 1_000 };
                clients.answered(&read, Outcome::Served, 0);
                clients.answered(&read, Outcome::Failed, 0);
            }
            let tally = clients.core.book().tally();
            assert_eq!((tally.page_bytes_sent, tally.page_bytes_saved), bytes);
        }
    }

    #[test]
    fn as_many_readers_keep_pages_as_are_said_to() {
        let clients = Clients::new(core(), &Users { keeps_pages: 0.3 });
        let keepers = (0..10_000).filter(|&reader| clients.keeps(reader)).count();
        assert!((2_900..3_100).contains(&keepers), "{keepers}");
    }
}
