//! The queue, form by form: how a consumer takes orders from it, says that it has written them, and takes over what dead ones
//! left.
//!
//! - [`list`], [`processing_list`], [`stream`]: the forms that Redis keeps; [`redis_line`]: what they have in common.
//! - [`jetstream`]: the form that a NATS server keeps; [`rabbitmq`]: the one of RabbitMQ.
//! - [`look`]: how much is in a queue, for the backlog, and what, for the audit.
//! - [`hands`]: what consumers have in their hands, and what became of it when they died.

pub mod hands;
pub mod jetstream;
pub mod list;
pub mod look;
pub mod processing_list;
pub mod rabbitmq;
mod redis_line;
pub mod stream;
#[cfg(test)]
mod tests;

use std::time::Duration;

use redis::RedisError;

use super::redis_link::Resolver;

/// How long a consumer waits for an order before it looks whether the run is over.
const PATIENCE: Duration = Duration::from_millis(100);

/// Where a queue is.
#[derive(Debug, Clone)]
pub enum Place {
    /// On the master of a group of Redis processes.
    Redis(Resolver),
    /// On a NATS server.
    JetStream(jetstream::Way),
    /// On a RabbitMQ server.
    RabbitMq(rabbitmq::Way),
}

/// The way to a server, not Redis, that keeps a queue, and what is asked of it while a run goes on.
pub trait BrokerWay: Send + Sync + 'static {
    /// An open connection.
    type Line: Clone + Send + Sync + 'static;

    /// Connects; none if the server can't be reached now.
    fn line(&self) -> impl Future<Output = Option<Self::Line>> + Send;

    /// Whether a connection carries something.
    fn is_connected(line: &Self::Line) -> bool;

    /// Puts messages into the queue, all of them before it waits for what the server says to each.
    fn publish(&self, line: &Self::Line, texts: Vec<String>) -> impl Future<Output = Vec<Told>> + Send;

    /// Messages in the queue and in the hands of consumers that have not acknowledged them.
    ///
    /// # Errors
    /// The server doesn't answer.
    fn depth(&self, line: &Self::Line) -> impl Future<Output = Result<u64, QueueError>> + Send;
}

/// What a queue hands a consumer.
#[derive(Debug, Default)]
pub struct Delivery {
    /// The orders, as texts, oldest first.
    pub texts: Vec<String>,
    /// How many of them had been delivered before, to this consumer or to another one.
    pub again: u64,
    /// What the queue calls them, where it doesn't go by the texts.
    pub receipts: Vec<String>,
}

/// What a server says to a message that is put into its queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// It keeps it.
    Kept,
    /// It said no, or nobody heard the message.
    Refused,
    /// It may have it.
    Unknown,
}

/// In whole milliseconds, as servers want it.
fn millis(span: Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

impl Delivery {
    /// Whether the queue has to hear nothing of it.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty() && self.receipts.is_empty()
    }

    /// Orders that come for the first time.
    fn new(texts: Vec<String>) -> Self {
        Self { texts, ..Self::default() }
    }

    /// The same, delivered before.
    fn once_more(self) -> Self {
        Self { again: self.texts.len() as u64, ..self }
    }
}

/// Why a consumer could not do something at the queue.
#[derive(Debug, thiserror::Error)]
pub enum QueueError {
    /// Redis said so, or didn't answer.
    #[error(transparent)]
    Redis(#[from] RedisError),
    /// Another server did, in words.
    #[error("{0}")]
    Broker(String),
    /// A server that is not ours and this program don't agree on TLS.
    #[error("no TLS: {0}")]
    Tls(String),
}

/// Where one consumer is served: its connection, and the way in which orders go over it. Dropped, the connection closes.
pub trait Desk: Send {
    /// Connects, unless it is connected.
    ///
    /// # Errors
    /// The queue can't be reached.
    fn open(&mut self) -> impl Future<Output = Result<(), QueueError>> + Send;

    /// Whether it still leads to the queue. A former master may go on answering for seconds; what is in its queue then is brought
    /// by nobody.
    fn is_current(&self) -> bool;

    /// Takes up to `most` orders; where there is none, waits a little for one. Nothing may have come.
    ///
    /// # Errors
    /// The queue doesn't answer.
    fn take(&mut self, most: usize) -> impl Future<Output = Result<Delivery, QueueError>> + Send;

    /// What the queue believes to be in the hands of this consumer.
    ///
    /// # Errors
    /// The queue doesn't answer.
    fn left(&mut self, most: usize) -> impl Future<Output = Result<Delivery, QueueError>> + Send;

    /// Takes over what others took, of whom nothing was heard for so long.
    ///
    /// # Errors
    /// The queue doesn't answer.
    fn take_over(
        &mut self,
        most: usize,
        claim_after: Duration,
    ) -> impl Future<Output = Result<Delivery, QueueError>> + Send;

    /// Says that a delivery is written, so that the queue may forget it.
    ///
    /// # Errors
    /// The queue doesn't answer: it may deliver it again.
    fn done(&mut self, delivery: &Delivery) -> impl Future<Output = Result<(), QueueError>> + Send;

    /// Closes the connection; the next one is made anew.
    fn give_up(&mut self) -> impl Future<Output = ()> + Send;
}
