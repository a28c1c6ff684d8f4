//! A queue at a NATS server that is not ours: a stream with a name of its own for the run, which is removed afterwards.

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use super::super::queue::jetstream::{Broker, Way};
use crate::servers::ExternalError;
use crate::topology::address::Access;

/// How long the server may take to answer to what is asked before and after a run.
const PATIENCE: Duration = Duration::from_secs(5);

/// The queue. Dropped without [`ExternalQueue::close`], it removes the stream all the same, as long as the program lives.
#[derive(Debug)]
pub struct ExternalQueue {
    way: Way,
    address: String,
    version: String,
    is_clean: bool,
}

impl ExternalQueue {
    /// Makes the stream.
    ///
    /// # Errors
    /// The server can't be reached, or keeps no streams for this user.
    pub async fn open(
        access: &Access,
        run: &str,
        claim_after: Option<Duration>,
    ) -> Result<Self, ExternalError> {
        let address = access.address.to_string();
        let way = Way { broker: Arc::new(Broker::elsewhere(access, run)), patience: PATIENCE };
        let unreachable =
            |why: &dyn Display| ExternalError::Unreachable { address: address.clone(), why: why.to_string() };
        let context = way.connect().await.map_err(|error| unreachable(&error))?;
        let version = context.client().server_info().version;
        let queue = Self { way, address: address.clone(), version, is_clean: false };
        let refused = |why: &dyn Display| ExternalError::Refuses { address, said: why.to_string() };
        queue.way.prepare(claim_after).await.map_err(|error| refused(&error))?;
        Ok(queue)
    }

    /// The server, and what the queue is called there.
    pub fn broker(&self) -> Arc<Broker> {
        self.way.broker.clone()
    }

    /// The address, as it may be shown.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The server's version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What the stream is called.
    pub fn stream(&self) -> &str {
        self.way.broker.stream()
    }

    /// Removes the stream. Answers how many there were.
    ///
    /// # Errors
    /// The server can't be reached any more: the stream is still there.
    pub async fn close(&mut self) -> Result<u64, ExternalError> {
        self.is_clean = true;
        let removed = self.way.remove().await;
        let unreachable = |error: &dyn Display| ExternalError::Unreachable {
            address: self.address.clone(),
            why: error.to_string(),
        };
        removed.map(|()| 1).map_err(|error| unreachable(&error))
    }
}

impl Drop for ExternalQueue {
    fn drop(&mut self) {
        if self.is_clean {
            return;
        }
        // The runtime may be about to end: the stream is removed on one of its own. It takes bounded time, and who drops this waits for it.
        let way = self.way.clone();
        let removing = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            // Without a runtime, or a server, nobody is left to whom it could be told.
            runtime.map(|runtime| runtime.block_on(way.remove()).ok()).ok();
        });
        drop(removing.join());
    }
}
