//! A witness: notes of one connection its first error after an acknowledged write, and its first acknowledged write after an
//! error or on a new line.
//!
//! While nothing changes, a pipeline costs one load. The rest happens a few times in an outage.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::log::StageLog;
use crate::metrics::failover::What;
use crate::topology::ClientKind;

/// Set in the state after an error.
const BROKEN: u64 = 1;

/// The witness of one connection.
#[derive(Debug)]
pub struct Witness {
    log: Arc<StageLog>,
    clients: ClientKind,
    client: u32,
    /// Twice the generation of the line on which the last write was acknowledged, and [`BROKEN`].
    state: AtomicU64,
}

impl Witness {
    /// The witness of a stage's client with a number.
    pub fn new(log: Arc<StageLog>, clients: ClientKind, client: u32) -> Self {
        Self { log, clients, client, state: AtomicU64::new(0) }
    }

    /// An error: nobody answered, no answer came, or the server refuses writes.
    pub fn error(&self) {
        if self.state.load(Ordering::Relaxed) & BROKEN == 0
            && self.state.fetch_or(BROKEN, Ordering::Relaxed) & BROKEN == 0
        {
            self.log.note(What::Error { clients: self.clients, client: self.client });
        }
    }

    /// A write was acknowledged on the line of a generation. Answers whether it was the first one after an error, or on
    /// that line.
    pub fn wrote(&self, generation: u64) -> bool {
        let good = generation << 1;
        let is_news =
            self.state.load(Ordering::Relaxed) != good && self.state.swap(good, Ordering::Relaxed) != good;
        if is_news {
            self.log.note(What::Write { clients: self.clients, client: self.client });
        }
        is_news
    }
}
