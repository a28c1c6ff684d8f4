//! A durable queue of RabbitMQ: a message is kept on disk before the server confirms it, leaves the queue when it is acknowledged, and is
//! handed out again when the connection over which it went is gone (<https://www.rabbitmq.com/docs/confirms>).
//!
//! Nothing is handed out again by time: what a consumer has that stands still and keeps its connection, nobody takes over. The server pushes up
//! to a batch ahead of what is acknowledged (the prefetch count). AMQP tells how many messages wait, but not how many are pushed and not
//! acknowledged, so the consumers count these themselves, as they come in.
//!
//! Here is the way to a server; `desk` is a consumer's place at the queue.

mod desk;

use std::fmt::Display;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use lapin::options::{
    BasicGetOptions, BasicPublishOptions, ConfirmSelectOptions, QueueDeclareOptions, QueueDeleteOptions,
};
use lapin::types::FieldTable;
use lapin::uri::{AMQPAuthority, AMQPQueryString, AMQPScheme, AMQPUri, AMQPUserInfo};
use lapin::{BasicProperties, Channel, Confirmation, Connection, ConnectionProperties};
use rustls::ClientConfig;
use tokio::time::timeout;

use desk::Own;
pub use desk::RabbitMqDesk;

use super::{BrokerWay, QueueError, Told};
use crate::servers::Endpoint;
use crate::servers::external::tls::{self, TunnelError};
use crate::topology::address::{Access, Host, Secret};

/// The queue at a server of our own, and who logs in there.
const QUEUE: &str = "orders";
/// The user that a new server has, and its password (<https://www.rabbitmq.com/docs/access-control#default-state>).
const GUEST: &str = "guest";
/// The virtual host that a new server has.
const VIRTUAL_HOST: &str = "/";
/// Kept on disk (<https://www.rabbitmq.com/docs/publishers#message-properties>).
const PERSISTENT: u8 = 2;
/// Each side says so often that it lives, in seconds.
const HEARTBEAT: u16 = 10;
/// Nothing is wrong (AMQP 0-9-1, section 1.2).
const CLOSED: u16 = 200;
/// A server that does not answer to that has nothing to take back.
const CLOSE_WITHIN: Duration = Duration::from_secs(5);
/// How often it is looked whether consumers are gone.
const LOOK: Duration = Duration::from_millis(10);
/// How long a message may be on its way from the server to a consumer of this program.
const SECOND_LOOK: Duration = Duration::from_millis(100);

/// A server, and what the queue is called there.
#[derive(Debug)]
pub struct Broker {
    /// Where it listens; any of them will do.
    hosts: Vec<Host>,
    /// By which certificates it is known, where the connection is TLS.
    tls: Option<Arc<ClientConfig>>,
    user: Option<Secret>,
    password: Option<Secret>,
    virtual_host: String,
    queue: String,
    /// Messages pushed to consumers of this program and not acknowledged.
    pushed: Arc<AtomicU64>,
}

/// The way to a server, and how long an answer may take.
#[derive(Debug, Clone)]
pub struct Way {
    /// The server.
    pub broker: Arc<Broker>,
    /// How long an answer may take.
    pub patience: Duration,
}

/// A connection, and the channel of what is done on it.
#[derive(Debug, Clone)]
pub struct Line {
    channel: Channel,
    /// Closed with the last line that has it.
    closes: Arc<Closes>,
}

/// Closes a connection when it is dropped: the client library leaves one open that has consumers.
#[derive(Debug)]
struct Closes {
    connection: Arc<Connection>,
    /// What came over it counts as pushed until the server has taken it back, which it has done when it answers.
    own: OnceLock<Arc<Own>>,
}

impl Drop for Closes {
    fn drop(&mut self) {
        let (connection, own) = (self.connection.clone(), self.own.take());
        // Without a runtime the program is about to end, and with it the connection.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                timeout(CLOSE_WITHIN, connection.close(CLOSED, "done".into())).await.ok();
                drop(own);
            });
        }
    }
}

/// What the server says when something goes wrong, in words.
fn refused(error: impl Display) -> QueueError {
    QueueError::Broker(error.to_string())
}

impl Broker {
    /// A server of our own.
    pub fn own(endpoint: Endpoint) -> Arc<Self> {
        let address = endpoint.socket_addr();
        Arc::new(Self {
            hosts: vec![Host { name: address.ip().to_string(), port: address.port() }],
            tls: None,
            user: None,
            password: None,
            virtual_host: VIRTUAL_HOST.to_owned(),
            queue: QUEUE.to_owned(),
            pushed: Arc::default(),
        })
    }

    /// A server that is not ours. What a run keeps there has the run's name.
    pub fn elsewhere(access: &Access, tls: Option<Arc<ClientConfig>>, run: &str) -> Arc<Self> {
        let address = &access.address;
        Arc::new(Self {
            hosts: address.hosts.clone(),
            tls,
            user: access.user.clone(),
            password: access.password.clone(),
            virtual_host: address.path.clone().unwrap_or_else(|| VIRTUAL_HOST.to_owned()),
            queue: format!("seckill-lab.{run}.orders"),
            pushed: Arc::default(),
        })
    }

    /// The way to it for those who wait so long for an answer.
    pub fn way(self: &Arc<Self>, patience: Duration) -> Way {
        Way { broker: self.clone(), patience }
    }

    /// What the queue is called.
    pub fn queue(&self) -> &str {
        &self.queue
    }

    fn uri(&self, host: &str, port: u16, patience: Duration) -> AMQPUri {
        let exposed = |secret: &Option<Secret>| {
            secret.as_ref().map_or_else(|| GUEST.to_owned(), |secret| secret.expose().to_owned())
        };
        AMQPUri {
            scheme: AMQPScheme::AMQP,
            authority: AMQPAuthority {
                userinfo: AMQPUserInfo { username: exposed(&self.user), password: exposed(&self.password) },
                host: host.to_owned(),
                port,
            },
            vhost: self.virtual_host.clone(),
            query: AMQPQueryString {
                heartbeat: Some(HEARTBEAT),
                connection_timeout: u64::try_from(patience.as_millis()).ok(),
                ..AMQPQueryString::default()
            },
        }
    }
}

impl Way {
    /// Connects to the first host that answers. The connection is not made anew by itself: whoever has it looks at what goes wrong.
    ///
    /// # Errors
    /// No server answers, or it lets nobody in.
    pub async fn connect(&self) -> Result<Line, QueueError> {
        let mut last = refused("its address names no host");
        for host in &self.broker.hosts {
            match timeout(self.patience, self.connect_to(host)).await {
                Ok(Ok(line)) => return Ok(line),
                Ok(Err(error)) => last = error,
                Err(late) => last = refused(late),
            }
        }
        Err(last)
    }

    async fn connect_to(&self, host: &Host) -> Result<Line, QueueError> {
        let runtime = lapin::runtime::default_runtime().map_err(refused)?;
        let uri = match &self.broker.tls {
            None => self.broker.uri(&host.name, host.port, self.patience),
            // The client library would bring a TLS of its own.
            Some(config) => {
                let end = tls::tunnel(config, host).await.map_err(|error| match error {
                    TunnelError::Tls(why) => QueueError::Tls(why.to_string()),
                    TunnelError::Io(why) => refused(why),
                })?;
                self.broker.uri(&end.ip.to_string(), end.port, self.patience)
            }
        };
        let properties = ConnectionProperties::default();
        let connection = Connection::connect_uri_with_runtime(uri, properties, runtime).await;
        let connection = connection.map_err(refused)?;
        let channel = connection.create_channel().await.map_err(refused)?;
        let closes = Closes { connection: Arc::new(connection), own: OnceLock::new() };
        Ok(Line { channel, closes: Arc::new(closes) })
    }

    /// Makes the queue, which outlives the server's process.
    ///
    /// # Errors
    /// The server refuses.
    pub async fn prepare(&self) -> Result<(), QueueError> {
        let line = self.connect().await?;
        let options = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
        let made = line.channel.queue_declare(self.name(), options, FieldTable::default());
        self.in_time(made).await.map(drop)
    }

    /// Removes the queue.
    ///
    /// # Errors
    /// The server doesn't answer.
    pub async fn remove(&self) -> Result<(), QueueError> {
        let line = self.connect().await?;
        self.in_time(line.channel.queue_delete(self.name(), QueueDeleteOptions::default())).await.map(drop)
    }

    async fn look(&self, line: &Line) -> Result<u64, QueueError> {
        let options = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
        let looked = line.channel.queue_declare(self.name(), options, FieldTable::default());
        let waiting = u64::from(self.in_time(looked).await?.message_count());
        // Looked at last: one that was pushed meanwhile may count twice.
        Ok(waiting + self.broker.pushed.load(Ordering::Acquire))
    }

    /// The messages that are left in the queue, where they stay; consumers have ended.
    ///
    /// # Errors
    /// The server doesn't answer.
    pub async fn contents(&self) -> Result<Vec<String>, QueueError> {
        let line = self.connect().await?;
        timeout(self.patience, self.without_consumers(&line)).await.map_err(refused)??;
        let mut texts = Vec::new();
        // What is not acknowledged goes back when the connection closes.
        while let Some(message) =
            self.in_time(line.channel.basic_get(self.name(), BasicGetOptions::default())).await?
        {
            texts.push(String::from_utf8_lossy(&message.delivery.data).into_owned());
        }
        Ok(texts)
    }

    /// Waits until the server has seen that all consumers are gone: until then it keeps for them what they had not acknowledged.
    async fn without_consumers(&self, line: &Line) -> Result<(), QueueError> {
        let options = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
        loop {
            let looked = line.channel.queue_declare(self.name(), options, FieldTable::default());
            if self.in_time(looked).await?.consumer_count() == 0 {
                return Ok(());
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    fn name(&self) -> lapin::types::ShortString {
        self.broker.queue.as_str().into()
    }

    async fn in_time<T>(&self, asked: impl Future<Output = lapin::Result<T>>) -> Result<T, QueueError> {
        timeout(self.patience, asked).await.map_err(refused)?.map_err(refused)
    }
}

impl BrokerWay for Way {
    type Line = Line;

    async fn line(&self) -> Option<Line> {
        let line = self.connect().await.ok()?;
        self.in_time(line.channel.confirm_select(ConfirmSelectOptions::default())).await.ok()?;
        Some(line)
    }

    fn is_connected(line: &Line) -> bool {
        line.is_connected()
    }

    async fn publish(&self, line: &Line, texts: Vec<String>) -> Vec<Told> {
        let mut sent = Vec::with_capacity(texts.len());
        for text in texts {
            let properties = BasicProperties::default().with_delivery_mode(PERSISTENT);
            let options = BasicPublishOptions::default();
            sent.push(
                line.channel
                    .basic_publish("".into(), self.name(), options, text.as_bytes(), properties)
                    .await,
            );
        }
        let until = tokio::time::Instant::now() + self.patience;
        let mut told = Vec::with_capacity(sent.len());
        for confirm in sent {
            let Ok(confirm) = confirm else {
                told.push(Told::Unknown);
                continue;
            };
            told.push(match tokio::time::timeout_at(until, confirm).await {
                Ok(Ok(Confirmation::Ack(None))) => Told::Kept,
                // It was returned because there is no such queue, or the server could not keep it.
                Ok(Ok(Confirmation::Ack(Some(_)) | Confirmation::Nack(_))) => Told::Refused,
                Ok(Ok(Confirmation::NotRequested) | Err(_)) | Err(_) => Told::Unknown,
            });
        }
        told
    }

    /// What is on its way to a consumer is seen nowhere for a
    /// moment, so an empty queue is believed at a second look.
    async fn depth(&self, line: &Line) -> Result<u64, QueueError> {
        let depth = self.look(line).await?;
        if depth > 0 {
            return Ok(depth);
        }
        tokio::time::sleep(SECOND_LOOK).await;
        self.look(line).await
    }
}

impl Line {
    /// Whether the connection carries something.
    pub fn is_connected(&self) -> bool {
        self.channel.status().connected()
    }
}
