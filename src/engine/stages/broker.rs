//! A queue that a broker keeps, NATS `JetStream` or RabbitMQ: each order, and each record that people leave, is published, and the server's answer is the
//! acknowledgement that the buyer gets.

use std::sync::Arc;

use tokio::sync::Mutex;

use super::super::entry;
use super::super::pending::Batch;
use super::super::queue::{BrokerWay, Told};
use super::core::{Core, Stage};
use super::lanes::{Lane, Lanes};
use super::queue::acknowledge;
use crate::metrics::{Outcome, Reason};
use crate::topology::stage::Carried;
use crate::workload::Operation;

/// The way into the queue. Its consumers are in [`super::consumer`].
pub struct BrokerStage<W> {
    core: Arc<Core>,
    /// The database behind it: reads that came this deep go there directly.
    next: Arc<dyn Stage>,
    lanes: Lanes,
    way: W,
    carries: Carried,
}

/// A connection that workers share, made at first use and again after an error.
pub type Shared<L> = Arc<Mutex<Option<L>>>;

impl<W: BrokerWay> BrokerStage<W> {
    /// The stage; its workers are started by [`Self::work`].
    pub fn new(core: Arc<Core>, next: Arc<dyn Stage>, lanes: Lanes, way: W, carries: Carried) -> Self {
        Self { core, next, lanes, way, carries }
    }

    /// Serves a lane until the stage is gone.
    pub async fn work(self: Arc<Self>, lane: Lane, shared: Shared<W::Line>) {
        while let Some(batch) = lane.next().await {
            let open = self.line(&shared).await;
            let count = batch.len();
            let ended = match &open {
                Some(open) => self.put(batch, open).await,
                None => vec![(batch, Outcome::Failed)],
            };
            lane.done(count, open.is_some());
            for (batch, outcome) in ended {
                match outcome {
                    Outcome::Sold => acknowledge(&self.core, batch),
                    _ => self.core.end(&batch, outcome),
                }
            }
        }
    }

    /// The connection, if the server can be reached now.
    async fn line(&self, shared: &Shared<W::Line>) -> Option<W::Line> {
        let mut open = shared.lock().await;
        if !open.as_ref().is_some_and(W::is_connected) {
            *open = self.way.line().await;
        }
        open.clone()
    }

    async fn put(&self, batch: Batch, line: &W::Line) -> Vec<(Batch, Outcome)> {
        let now_ns = self.core.now_ns();
        let text = |pending: &super::super::pending::Pending| {
            let fields = entry::fields(&pending.request, now_ns, self.carries);
            fields.map(|number| number.to_string()).collect::<Vec<_>>().join(" ")
        };
        let told = self.way.publish(line, batch.iter().map(text).collect()).await;
        let (mut sold, mut failed, mut indefinite) = (Vec::new(), Vec::new(), Vec::new());
        for (pending, told) in batch.into_iter().zip(told) {
            match told {
                Told::Kept => sold.push(pending),
                Told::Refused => failed.push(pending),
                Told::Unknown => indefinite.push(pending),
            }
        }
        let ended = [(sold, Outcome::Sold), (failed, Outcome::Failed), (indefinite, Outcome::Indefinite)];
        ended.into_iter().filter(|(batch, _)| !batch.is_empty()).collect()
    }
}

impl<W: BrokerWay> Stage for BrokerStage<W> {
    fn take(&self, mut batch: Batch) {
        self.core.arrive(&mut batch);
        let (reads, entries): (Batch, Batch) =
            batch.into_iter().partition(|pending| pending.operation == Operation::Read);
        self.core.intercept(&self.lanes.offer(entries), Reason::Shed);
        self.core.pass(reads, &*self.next);
    }
}
