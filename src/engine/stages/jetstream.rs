//! A queue of NATS `JetStream`: each order, and each record that people leave, is published, and the server's answer is the acknowledgement that the buyer gets.

use std::sync::Arc;

use async_nats::jetstream::Context;
use async_nats::jetstream::context::PublishErrorKind as Kind;
use tokio::sync::Mutex;

use super::super::entry;
use super::super::pending::Batch;
use super::super::queue::jetstream::{Way, is_connected, publish};
use super::core::{Core, Stage};
use super::lanes::{Lane, Lanes};
use super::queue::acknowledge;
use crate::metrics::{Outcome, Reason};
use crate::topology::stage::Carried;
use crate::workload::Operation;

/// The way into the queue. Its consumers are in [`super::consumer`].
pub struct JetStreamStage {
    core: Arc<Core>,
    /// The database behind it: reads that came this deep go there directly.
    next: Arc<dyn Stage>,
    lanes: Lanes,
    way: Way,
    carries: Carried,
}

/// A connection that workers share, made at first use and again after an error.
pub type Shared = Arc<Mutex<Option<Context>>>;

impl JetStreamStage {
    /// The stage; its workers are started by [`Self::work`].
    pub fn new(core: Arc<Core>, next: Arc<dyn Stage>, lanes: Lanes, way: Way, carries: Carried) -> Self {
        Self { core, next, lanes, way, carries }
    }

    /// Serves a lane until the stage is gone.
    pub async fn work(self: Arc<Self>, lane: Lane, shared: Shared) {
        while let Some(batch) = lane.next().await {
            let context = self.context(&shared).await;
            let count = batch.len();
            let ended = match &context {
                Some(context) => self.put(batch, context).await,
                None => vec![(batch, Outcome::Failed)],
            };
            lane.done(count, context.is_some());
            for (batch, outcome) in ended {
                match outcome {
                    Outcome::Sold => acknowledge(&self.core, batch),
                    _ => self.core.end(&batch, outcome),
                }
            }
        }
    }

    /// The connection, if the server can be reached now.
    async fn context(&self, shared: &Shared) -> Option<Context> {
        let mut open = shared.lock().await;
        if !open.as_ref().is_some_and(is_connected) {
            *open = self.way.connect().await.ok();
        }
        open.clone()
    }

    /// Sends all orders of a batch, then waits for what the server says to each.
    async fn put(&self, batch: Batch, context: &Context) -> Vec<(Batch, Outcome)> {
        let now_ns = self.core.now_ns();
        let mut sent = Vec::with_capacity(batch.len());
        for pending in &batch {
            let entry = entry::fields(&pending.request, now_ns, self.carries);
            let text: Vec<String> = entry.map(|number| number.to_string()).collect();
            sent.push(publish(&self.way, context, text.join(" ")).await);
        }
        let (mut sold, mut failed, mut indefinite) = (Vec::new(), Vec::new(), Vec::new());
        for (pending, sent) in batch.into_iter().zip(sent) {
            let answer = match sent {
                Ok(answer) => answer.await.map(drop),
                Err(error) => Err(error),
            };
            match answer.map_err(|error| error.kind()) {
                Ok(()) => sold.push(pending),
                // Nobody heard it, or the server said no.
                Err(Kind::StreamNotFound | Kind::MaxPayloadExceeded | Kind::MaxAckPending) => {
                    failed.push(pending);
                }
                Err(_) => indefinite.push(pending),
            }
        }
        let ended = [(sold, Outcome::Sold), (failed, Outcome::Failed), (indefinite, Outcome::Indefinite)];
        ended.into_iter().filter(|(batch, _)| !batch.is_empty()).collect()
    }
}

impl Stage for JetStreamStage {
    fn take(&self, mut batch: Batch) {
        self.core.arrive(&mut batch);
        let (reads, entries): (Batch, Batch) =
            batch.into_iter().partition(|pending| pending.operation == Operation::Read);
        self.core.intercept(&self.lanes.offer(entries), Reason::Shed);
        self.core.pass(reads, &*self.next);
    }
}
