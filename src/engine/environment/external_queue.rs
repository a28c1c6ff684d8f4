//! A queue at a NATS or RabbitMQ server that is not ours: one with a name of its own for the run, which is removed afterwards.

use std::fmt::Display;
use std::sync::Arc;
use std::time::Duration;

use super::super::queue::{QueueError, jetstream, rabbitmq};
use super::broker::Broker;
use crate::servers::ExternalError;
use crate::servers::external::tls;
use crate::topology::address::{Access, Scheme};
use crate::topology::stage::Queue;

/// How long the server may take to answer to what is asked before and after a run.
const PATIENCE: Duration = Duration::from_secs(5);

/// The queue. Dropped without [`ExternalQueue::close`], it removes the queue all the same, as long as the program lives.
#[derive(Debug)]
pub struct ExternalQueue {
    broker: Broker,
    address: String,
    version: String,
    is_clean: bool,
}

impl ExternalQueue {
    /// Makes the queue.
    ///
    /// # Errors
    /// The server can't be reached, or keeps no queues for this user.
    pub async fn open(access: &Access, run: &str, params: &Queue) -> Result<Self, ExternalError> {
        let address = access.address.to_string();
        let tls = access.address.is_tls.then(|| tls::config(access)).transpose()?;
        let broker = match access.address.scheme {
            Scheme::Amqp => Broker::RabbitMq(rabbitmq::Broker::elsewhere(access, tls, run)),
            _ => Broker::JetStream(Arc::new(jetstream::Broker::elsewhere(access, tls, run, params.storage))),
        };
        let version = broker.look(PATIENCE).await.map_err(|error| told(&address, error))?;
        let queue = Self { broker, address: address.clone(), version, is_clean: false };
        let refused = |why: &dyn Display| ExternalError::Refuses { address, said: why.to_string() };
        queue.broker.prepare(PATIENCE, params.claim_after).await.map_err(|error| refused(&error))?;
        Ok(queue)
    }

    /// The server, and what the queue is called there.
    pub fn broker(&self) -> Broker {
        self.broker.clone()
    }

    /// The address, as it may be shown.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// What the server is, with its version.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// What the queue is called.
    pub fn queue(&self) -> &str {
        self.broker.queue()
    }

    /// Removes the queue. Answers how many there were.
    ///
    /// # Errors
    /// The server can't be reached any more: the queue is still there.
    pub async fn close(&mut self) -> Result<u64, ExternalError> {
        self.is_clean = true;
        let removed = self.broker.remove(PATIENCE).await;
        removed.map(|()| 1).map_err(|error| told(&self.address, error))
    }
}

/// Why a server can't be used.
fn told(address: &str, error: QueueError) -> ExternalError {
    let address = address.to_owned();
    match error {
        QueueError::Tls(why) => ExternalError::Tls { address, why },
        error => ExternalError::Unreachable { address, why: error.to_string() },
    }
}

impl Drop for ExternalQueue {
    fn drop(&mut self) {
        if self.is_clean {
            return;
        }
        // The runtime may be about to end: the queue is removed on one of its own. It takes bounded time, and who drops this waits for it.
        let broker = self.broker.clone();
        let removing = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            // Without a runtime, or a server, nobody is left to whom it could be told.
            runtime.map(|runtime| runtime.block_on(broker.remove(PATIENCE)).ok()).ok();
        });
        drop(removing.join());
    }
}
