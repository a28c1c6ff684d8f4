//! A consumer's place at a queue of RabbitMQ.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::FutureExt;
use lapin::message::{Delivery as Pushed, DeliveryResult};
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions};
use lapin::types::FieldTable;
use lapin::{Consumer, ConsumerDelegate};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::super::{Delivery, Desk, PATIENCE, QueueError};
use super::{Line, Way, refused};

/// The most that is pushed ahead: the prefetch count has 16 bits.
const MOST_AHEAD: usize = u16::MAX as usize;

/// A consumer's place at the queue.
#[derive(Debug)]
pub struct RabbitMqDesk {
    way: Way,
    open: Option<Open>,
}

/// An open connection over which the server pushes.
#[derive(Debug)]
struct Open {
    line: Line,
    /// Cancelled with this.
    _consumer: Consumer,
    pushed: mpsc::Receiver<Result<Pushed, lapin::Error>>,
    /// What came in and is not acknowledged.
    own: Arc<Own>,
    /// How much may be pushed ahead.
    ahead: usize,
}

/// The part of one connection in what is pushed and not acknowledged.
#[derive(Debug)]
pub(super) struct Own {
    all: Arc<AtomicU64>,
    own: AtomicU64,
}

/// Takes what the server pushes as it comes in, on the thread that reads the connection.
struct Intake {
    to: mpsc::Sender<Result<Pushed, lapin::Error>>,
    own: Arc<Own>,
}

impl Own {
    fn add(&self, count: u64) {
        self.own.fetch_add(count, Ordering::AcqRel);
        self.all.fetch_add(count, Ordering::AcqRel);
    }

    fn take_off(&self, count: u64) {
        let off = self.own.load(Ordering::Acquire).min(count);
        self.own.fetch_sub(off, Ordering::AcqRel);
        self.all.fetch_sub(off, Ordering::AcqRel);
    }
}

impl Drop for Own {
    /// The connection is gone, and what came over it waits again.
    fn drop(&mut self) {
        self.all.fetch_sub(self.own.load(Ordering::Acquire), Ordering::AcqRel);
    }
}

impl ConsumerDelegate for Intake {
    fn on_new_delivery(
        &self,
        delivery: DeliveryResult,
    ) -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> {
        // The server pushes no more than has room; an end of the consumer that finds none shows at the next acknowledgement.
        match delivery {
            Ok(Some(pushed)) => {
                self.own.add(1);
                self.to.try_send(Ok(pushed)).ok();
            }
            Ok(None) => {}
            Err(error) => {
                self.to.try_send(Err(error)).ok();
            }
        }
        Box::pin(std::future::ready(()))
    }
}

impl RabbitMqDesk {
    /// At the queue of a server.
    pub fn new(way: Way) -> Self {
        Self { way, open: None }
    }

    /// Has the server push up to `ahead`; a new connection where it pushed otherwise so far, because what is pushed already goes back then.
    async fn pushing(&mut self, ahead: usize) -> Result<&mut Open, QueueError> {
        if self.open.as_ref().is_none_or(|open| open.ahead != ahead) {
            self.open = None;
            let line = self.way.connect().await?;
            let prefetch = u16::try_from(ahead).unwrap_or(u16::MAX);
            self.way.in_time(line.channel.basic_qos(prefetch, BasicQosOptions::default())).await?;
            let (to, pushed) = mpsc::channel(ahead + 1);
            let own = Arc::new(Own { all: self.way.broker.pushed.clone(), own: AtomicU64::new(0) });
            let consume = line.channel.basic_consume(
                self.way.name(),
                "".into(),
                BasicConsumeOptions::default(),
                FieldTable::default(),
            );
            let consumer = self.way.in_time(consume).await?;
            consumer.set_delegate(Intake { to, own: own.clone() });
            // The connection is new, so nothing was counted over it before.
            line.closes.own.set(own.clone()).ok();
            self.open = Some(Open { line, _consumer: consumer, pushed, own, ahead });
        }
        self.open.as_mut().ok_or_else(|| refused("not connected"))
    }
}

impl Open {
    /// What has come in, up to `most`; where nothing has, the next one, for which it waits a little.
    async fn next(&mut self, most: usize) -> Result<Delivery, QueueError> {
        let mut delivery = Delivery::default();
        let Ok(first) = timeout(PATIENCE, self.pushed.recv()).await else {
            return if self.line.is_connected() {
                Ok(delivery)
            } else {
                Err(refused("the connection is gone"))
            };
        };
        let mut next = Some(first);
        while let Some(pushed) = next {
            let pushed = pushed.ok_or_else(|| refused("the server pushes no more"))?.map_err(refused)?;
            delivery.again += u64::from(pushed.redelivered);
            delivery.receipts.push(pushed.delivery_tag.to_string());
            delivery.texts.push(String::from_utf8_lossy(&pushed.data).into_owned());
            next = if delivery.texts.len() < most { self.pushed.recv().now_or_never() } else { None };
        }
        Ok(delivery)
    }
}

impl Desk for RabbitMqDesk {
    async fn open(&mut self) -> Result<(), QueueError> {
        match &self.open {
            Some(open) if !open.line.is_connected() => Err(refused("the connection is gone")),
            _ => Ok(()),
        }
    }

    /// It connects when it takes, for only then it knows how much may be pushed ahead.
    fn is_current(&self) -> bool {
        true
    }

    async fn take(&mut self, most: usize) -> Result<Delivery, QueueError> {
        self.pushing(most.min(MOST_AHEAD)).await?.next(most).await
    }

    /// Who looks back takes nothing for now: the connection closes, and what was pushed ahead waits for others again.
    async fn left(&mut self, _most: usize) -> Result<Delivery, QueueError> {
        self.open = None;
        Ok(Delivery::default())
    }

    /// The server hands it out again by itself.
    async fn take_over(&mut self, _most: usize, _claim_after: Duration) -> Result<Delivery, QueueError> {
        Ok(Delivery::default())
    }

    /// One acknowledgement for all that came until then: they are written in the order in which they came.
    async fn done(&mut self, delivery: &Delivery) -> Result<(), QueueError> {
        let Some(last) = delivery.receipts.last() else { return Ok(()) };
        let tag = last.parse().map_err(refused)?;
        let open = self.open.as_ref().ok_or_else(|| refused("not connected"))?;
        let acknowledged = open.line.channel.basic_ack(tag, BasicAckOptions { multiple: true });
        self.way.in_time(acknowledged).await?;
        open.own.take_off(delivery.receipts.len() as u64);
        Ok(())
    }

    async fn give_up(&mut self) {
        self.open = None;
    }
}
