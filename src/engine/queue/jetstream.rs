//! A stream of NATS `JetStream` that is a work queue: a message leaves it when it is acknowledged, and is handed out again when it was not
//! acknowledged in time (<https://docs.nats.io/nats-concepts/jetstream/streams#retentionpolicy>).
//!
//! All consumers pull from one durable consumer of the server, so what a dead one had is not bound to its name: it comes to whoever
//! asks next. The stream is kept in memory or in files; the server syncs them every two minutes, which a killed process survives, and a
//! machine without power doesn't.

use std::fmt::Display;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use async_nats::connection::State;
use async_nats::jetstream::Context;
use async_nats::jetstream::consumer::{AckPolicy, PullConsumer, pull};
use async_nats::jetstream::context::{ContextBuilder, PublishErrorKind as Kind};
use async_nats::jetstream::stream::{Config, RetentionPolicy, StorageType};
use async_nats::{Client, ConnectError, ConnectErrorKind, ConnectOptions, Subject};
use futures_util::StreamExt;
use rustls::ClientConfig;
use tokio::time::timeout;

use super::{BrokerWay, Delivery, Desk, PATIENCE, QueueError, Told};
use crate::servers::Endpoint;
use crate::topology::address::{Access, Secret};
use crate::topology::stage::StreamStorage;

/// The stream of orders at a server of our own.
const STREAM: &str = "ORDERS";
/// The subject under which they are sent there.
const SUBJECT: &str = "orders";
/// The durable consumer.
const CONSUMERS: &str = "consumers";
/// Said of a message that is done with (<https://docs.nats.io/using-nats/developer/develop_jetstream/consumers>).
const DONE: &str = "+ACK";
/// Nobody takes over: longer than any run.
const NEVER: Duration = Duration::from_hours(48);

/// A server, and what the queue is called there.
#[derive(Debug, Clone)]
pub struct Broker {
    /// Where it listens; any of them will do.
    hosts: Vec<String>,
    user: Option<Secret>,
    password: Option<Secret>,
    /// By which certificates it is known, where the connection is TLS.
    tls: Option<Arc<ClientConfig>>,
    stream: String,
    subject: String,
    storage: StreamStorage,
}

/// The way to a server, and how long an answer may take.
#[derive(Debug, Clone)]
pub struct Way {
    /// The server.
    pub broker: Arc<Broker>,
    /// How long an answer may take.
    pub patience: Duration,
}

/// What the server says when something goes wrong, in words.
fn refused(error: impl Display) -> QueueError {
    QueueError::Broker(error.to_string())
}

/// Whether a connection failed for want of trust.
fn is_of_tls(error: &ConnectError) -> bool {
    let io = std::error::Error::source(error).and_then(|source| source.downcast_ref::<io::Error>());
    io.is_some_and(|error| error.kind() == io::ErrorKind::InvalidData)
}

impl Broker {
    /// A server of our own.
    pub fn own(endpoint: Endpoint, storage: StreamStorage) -> Arc<Self> {
        let hosts = vec![endpoint.to_string()];
        let (stream, subject) = (STREAM.into(), SUBJECT.into());
        Arc::new(Self { hosts, user: None, password: None, tls: None, stream, subject, storage })
    }

    /// A server that is not ours. What a run keeps there has the run's name.
    pub fn elsewhere(
        access: &Access,
        tls: Option<Arc<ClientConfig>>,
        run: &str,
        storage: StreamStorage,
    ) -> Self {
        Self {
            tls,
            storage,
            hosts: access.address.hosts.iter().map(ToString::to_string).collect(),
            user: access.user.clone(),
            password: access.password.clone(),
            stream: format!("seckill-lab-{run}"),
            subject: format!("seckill-lab.{run}.orders"),
        }
    }

    /// The way to it for those who wait so long for an answer.
    pub fn way(self: &Arc<Self>, patience: Duration) -> Way {
        Way { broker: self.clone(), patience }
    }

    /// Whether a server that ends forgets the stream.
    pub fn is_in_memory(&self) -> bool {
        self.storage == StreamStorage::Memory
    }

    /// What the stream is called.
    pub fn stream(&self) -> &str {
        &self.stream
    }

    /// User and password; a password alone is a token.
    fn log_in(&self, options: ConnectOptions) -> ConnectOptions {
        let exposed = |secret: &Option<Secret>| secret.as_ref().map(|secret| secret.expose().to_owned());
        match (exposed(&self.user), exposed(&self.password)) {
            (Some(user), password) => options.user_and_password(user, password.unwrap_or_default()),
            (None, Some(token)) => options.token(token),
            (None, None) => options,
        }
    }
}

impl Way {
    /// Connects. The connection is not made anew by itself: whoever has it looks at what goes wrong.
    ///
    /// # Errors
    /// The server doesn't answer.
    pub async fn connect(&self) -> Result<Context, QueueError> {
        let options = self
            .broker
            .log_in(ConnectOptions::new())
            .connection_timeout(self.patience)
            .request_timeout(Some(self.patience))
            .max_reconnects(1);
        let options = match &self.broker.tls {
            Some(config) => options.require_tls(true).tls_client_config(ClientConfig::clone(config)),
            None => options,
        };
        let connecting = options.connect(&self.broker.hosts);
        let client = timeout(self.patience, connecting).await.map_err(refused)?;
        let client = client.map_err(|error| match error.kind() {
            ConnectErrorKind::Tls => QueueError::Tls(error.to_string()),
            // What is not believed comes as an error of the connection.
            ConnectErrorKind::Io if self.broker.tls.is_some() && is_of_tls(&error) => {
                QueueError::Tls(error.to_string())
            }
            _ => refused(error),
        })?;
        Ok(ContextBuilder::new().timeout(self.patience).ack_timeout(self.patience).build(client))
    }

    /// Makes the stream, and the consumer behind which all consumers stand.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn prepare(&self, claim_after: Option<Duration>) -> Result<(), QueueError> {
        let context = self.connect().await?;
        let config = Config {
            name: self.broker.stream.clone(),
            subjects: vec![self.broker.subject.clone()],
            retention: RetentionPolicy::WorkQueue,
            storage: match self.broker.storage {
                StreamStorage::Files => StorageType::File,
                StreamStorage::Memory => StorageType::Memory,
            },
            ..Config::default()
        };
        context.create_stream(config).await.map_err(refused)?;
        self.hand_out_again(&context, claim_after).await
    }

    /// Lets messages be handed out again after so long, from now on.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn claim_after(&self, claim_after: Duration) -> Result<(), QueueError> {
        self.hand_out_again(&self.connect().await?, Some(claim_after)).await
    }

    /// Removes the stream, and with it the durable consumer.
    ///
    /// # Errors
    /// The server doesn't answer.
    pub async fn remove(&self) -> Result<(), QueueError> {
        let context = self.connect().await?;
        context.delete_stream(&self.broker.stream).await.map(drop).map_err(refused)
    }

    /// The messages that are left in the stream.
    ///
    /// # Errors
    /// The server doesn't answer.
    pub async fn contents(&self) -> Result<Vec<String>, QueueError> {
        let context = self.connect().await?;
        let stream = context.get_stream(self.broker.stream.clone()).await.map_err(refused)?;
        let state = stream.get_info().await.map_err(refused)?.state;
        let mut texts = Vec::new();
        if state.messages == 0 {
            return Ok(texts);
        }
        for sequence in state.first_sequence..=state.last_sequence {
            // One in the midst that was acknowledged is not there any more.
            if let Ok(message) = stream.get_raw_message(sequence).await {
                texts.push(String::from_utf8_lossy(&message.payload).into_owned());
            }
        }
        if (texts.len() as u64) < state.messages {
            return Err(QueueError::Broker(format!(
                "{} of {} messages can be read",
                texts.len(),
                state.messages
            )));
        }
        Ok(texts)
    }

    async fn hand_out_again(
        &self,
        context: &Context,
        claim_after: Option<Duration>,
    ) -> Result<(), QueueError> {
        let config = pull::Config {
            durable_name: Some(CONSUMERS.to_owned()),
            ack_policy: AckPolicy::Explicit,
            ack_wait: claim_after.unwrap_or(NEVER),
            // However many consumers there are, each may have a batch in its hands.
            max_ack_pending: -1,
            ..pull::Config::default()
        };
        context.create_consumer_on_stream(config, self.broker.stream.clone()).await.map(drop).map_err(refused)
    }
}

impl BrokerWay for Way {
    type Line = Context;

    async fn line(&self) -> Option<Context> {
        self.connect().await.ok()
    }

    fn is_connected(context: &Context) -> bool {
        context.client().connection_state() == State::Connected
    }

    async fn publish(&self, context: &Context, texts: Vec<String>) -> Vec<Told> {
        let mut sent = Vec::with_capacity(texts.len());
        for text in texts {
            sent.push(context.publish(self.broker.subject.clone(), text.into()).await);
        }
        let mut told = Vec::with_capacity(sent.len());
        for sent in sent {
            let answer = match sent {
                Ok(answer) => answer.await.map(drop),
                Err(error) => Err(error),
            };
            told.push(match answer.map_err(|error| error.kind()) {
                Ok(()) => Told::Kept,
                Err(Kind::StreamNotFound | Kind::MaxPayloadExceeded | Kind::MaxAckPending) => Told::Refused,
                Err(_) => Told::Unknown,
            });
        }
        told
    }

    async fn depth(&self, context: &Context) -> Result<u64, QueueError> {
        let stream = context.get_stream_no_info(self.broker.stream.clone()).await.map_err(refused)?;
        Ok(stream.get_info().await.map_err(refused)?.state.messages)
    }
}

/// A consumer's place at the stream.
#[derive(Debug)]
pub struct JetStreamDesk {
    way: Way,
    open: Option<Open>,
}

/// An open connection.
#[derive(Debug)]
struct Open {
    client: Client,
    consumer: PullConsumer,
}

impl JetStreamDesk {
    /// At the stream of a server.
    pub fn new(way: Way) -> Self {
        Self { way, open: None }
    }

    fn line(&self) -> Result<&Open, QueueError> {
        self.open.as_ref().ok_or_else(|| refused("not connected"))
    }

    /// What is there now, up to `most`.
    async fn fetch(&self, most: usize) -> Result<Delivery, QueueError> {
        let waiting = self.line()?.consumer.fetch().max_messages(most).messages();
        delivery(waiting.await.map_err(refused)?).await
    }

    /// The next one, for which it waits a little.
    async fn next(&self) -> Result<Delivery, QueueError> {
        let waiting = self.line()?.consumer.batch().max_messages(1).expires(PATIENCE).messages();
        delivery(waiting.await.map_err(refused)?).await
    }
}

/// All messages of a batch.
async fn delivery(mut messages: pull::Batch) -> Result<Delivery, QueueError> {
    let mut delivery = Delivery::default();
    while let Some(message) = messages.next().await {
        let message = message.map_err(refused)?;
        let receipt = message.reply.as_ref().ok_or_else(|| refused("a message without a way back"))?;
        delivery.again += u64::from(message.info().map_err(refused)?.delivered > 1);
        delivery.texts.push(String::from_utf8_lossy(&message.payload).into_owned());
        delivery.receipts.push(receipt.to_string());
    }
    Ok(delivery)
}

impl Desk for JetStreamDesk {
    async fn open(&mut self) -> Result<(), QueueError> {
        if self.open.is_none() {
            let context = self.way.connect().await?;
            let consumer = context
                .get_consumer_from_stream(CONSUMERS, self.way.broker.stream.clone())
                .await
                .map_err(refused)?;
            self.open = Some(Open { client: context.client(), consumer });
        }
        Ok(())
    }

    fn is_current(&self) -> bool {
        self.open.is_some()
    }

    async fn take(&mut self, most: usize) -> Result<Delivery, QueueError> {
        let patience = self.way.patience + PATIENCE;
        let delivery = timeout(patience, self.fetch(most)).await.map_err(refused)??;
        if delivery.is_empty() {
            timeout(patience, self.next()).await.map_err(refused)?
        } else {
            Ok(delivery)
        }
    }

    /// The server doesn't know what one of them has.
    async fn left(&mut self, _most: usize) -> Result<Delivery, QueueError> {
        Ok(Delivery::default())
    }

    /// The server hands it out again by itself.
    async fn take_over(&mut self, _most: usize, _claim_after: Duration) -> Result<Delivery, QueueError> {
        Ok(Delivery::default())
    }

    /// The server answers to the last one: then it has heard the others too, on the same connection.
    async fn done(&mut self, delivery: &Delivery) -> Result<(), QueueError> {
        let client = &self.line()?.client;
        let Some((last, others)) = delivery.receipts.split_last() else { return Ok(()) };
        for receipt in others {
            client.publish(Subject::from(receipt.as_str()), DONE.into()).await.map_err(refused)?;
        }
        client.request(Subject::from(last.as_str()), DONE.into()).await.map_err(refused)?;
        Ok(())
    }

    async fn give_up(&mut self) {
        self.open = None;
    }
}
