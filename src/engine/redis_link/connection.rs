//! One connection, shared by the pipelines under way on it, and made anew after an error.

use std::sync::Arc;

use redis::aio::MultiplexedConnection;
use redis::{ErrorKind, FromRedisValue, Pipeline, RedisError, RedisResult, Value};
use tokio::sync::Mutex;

use super::super::failover::Witness;
use super::super::wire::{self, Answers, Commands, LineError, Reply};
use super::resolver::Resolver;
use super::settings::LinkSettings;
use crate::servers::Endpoint;

/// What a connection is made of: the library's handle, or a line of the fast path.
pub trait Handle: Clone + Send + Sync {
    /// Connects to a server.
    fn connect(endpoint: Endpoint, settings: LinkSettings) -> impl Future<Output = RedisResult<Self>> + Send;

    /// Whether the server says that it is master (`ROLE`).
    fn is_master(&self) -> impl Future<Output = RedisResult<bool>> + Send;
}

/// A connection to whatever server the resolver names.
#[derive(Debug)]
pub struct Connection<H = MultiplexedConnection> {
    resolver: Resolver,
    settings: LinkSettings,
    line: Mutex<Line<H>>,
    /// What is noted for the anatomy of failovers, where its stage has one.
    witness: Option<Witness>,
}

#[derive(Debug)]
struct Line<H> {
    /// Counts the connections made so far, so that an error of an old one doesn't close a new one.
    generation: u64,
    /// [`Resolver::changes`] when the open one was made.
    changes: u64,
    open: Option<H>,
}

/// A line to send on.
#[derive(Debug, Clone)]
pub struct OpenLine<H = MultiplexedConnection> {
    /// What it is sent with; a clone sends on the same socket.
    pub handle: H,
    generation: u64,
    /// [`Resolver::changes`] when it was made.
    changes: u64,
}

impl Handle for MultiplexedConnection {
    async fn connect(endpoint: Endpoint, settings: LinkSettings) -> RedisResult<Self> {
        settings.connect(endpoint).await
    }

    async fn is_master(&self) -> RedisResult<bool> {
        let role: Vec<Value> = redis::cmd("ROLE").query_async(&mut self.clone()).await?;
        Ok(matches!(role.first(), Some(Value::BulkString(word)) if word == b"master"))
    }
}

impl Handle for Arc<wire::Line> {
    async fn connect(endpoint: Endpoint, settings: LinkSettings) -> RedisResult<Self> {
        let LinkSettings { connect_timeout, response_timeout } = settings;
        Ok(Self::new(wire::Line::connect(endpoint, connect_timeout, response_timeout).await?))
    }

    async fn is_master(&self) -> RedisResult<bool> {
        let mut role = Commands::default();
        role.command(1).word("ROLE");
        let answers = self.ask(&role).await?;
        let first = match answers.get(0) {
            Some(Reply::Array(mut words)) => words.next(),
            _ => None,
        };
        Ok(first == Some(Reply::Text(b"master")))
    }
}

impl<H: Handle> Connection<H> {
    /// A connection that is made at first use.
    pub fn new(resolver: Resolver, settings: LinkSettings) -> Self {
        let line = Line { generation: 0, changes: 0, open: None };
        Self { resolver, settings, line: Mutex::new(line), witness: None }
    }

    /// The same connection, whose errors and acknowledged writes are noted.
    #[must_use]
    pub fn with_witness(self, witness: Option<Witness>) -> Self {
        Self { witness, ..self }
    }

    /// The line, made now if there is none.
    ///
    /// # Errors
    /// The server can't be found, doesn't answer, or is no master although the Sentinels name it. Nothing was sent then.
    pub async fn line(&self) -> RedisResult<OpenLine<H>> {
        let mut line = self.line.lock().await;
        if line.changes != self.resolver.changes() {
            line.open = None;
        }
        if let Some(handle) = &line.open {
            let (handle, changes) = (handle.clone(), line.changes);
            return Ok(OpenLine { handle, generation: line.generation, changes });
        }
        let (handle, changes) = self.open().await?;
        line.open = Some(handle.clone());
        line.changes = changes;
        line.generation += 1;
        Ok(OpenLine { handle, generation: line.generation, changes })
    }

    /// Whether no other server has become master since a line was made. For those who keep one for long.
    pub fn is_current(&self, line: &OpenLine<H>) -> bool {
        line.changes == self.resolver.changes()
    }

    /// Connects to the server of the moment. If another one becomes master meanwhile, to that one: the first may be paused
    /// and never answer.
    async fn open(&self) -> RedisResult<(H, u64)> {
        loop {
            let changes = self.resolver.changes();
            tokio::select! {
                biased;
                opened = self.connect() => return Ok((opened?, changes)),
                () = self.resolver.changed_since(changes) => {}
            }
        }
    }

    async fn connect(&self) -> RedisResult<H> {
        let endpoint = self.resolver.resolve().await?;
        let handle = H::connect(endpoint, self.settings).await?;
        // The step that clients of Sentinel must not leave out
        // (https://redis.io/docs/latest/develop/reference/sentinel-clients/).
        if self.resolver.wants_master() && !handle.is_master().await? {
            return Err((ErrorKind::Client, "the server that the Sentinels name is no master yet").into());
        }
        Ok(handle)
    }

    /// Notes an error of a write: no line, no answer, or a server that refuses writes.
    pub fn note_error(&self) {
        if let Some(witness) = &self.witness {
            witness.error();
        }
    }

    /// Notes that writes were acknowledged on the line of a generation.
    pub fn note_write(&self, generation: u64) {
        if let Some(witness) = &self.witness {
            witness.wrote(generation);
        }
    }

    /// Gives up a line after an error on it; the next use makes a new one.
    pub async fn give_up(&self, broken: &OpenLine<H>) {
        let mut line = self.line.lock().await;
        if line.generation == broken.generation {
            line.open = None;
        }
    }
}

impl Connection {
    /// Sends a pipeline and reads its answers. For those who ask now and then: an error gives the line up.
    ///
    /// # Errors
    /// The server can't be reached, doesn't answer, or refuses a command.
    pub async fn query<T: FromRedisValue>(&self, pipeline: &Pipeline) -> RedisResult<T> {
        let mut line = self.line().await?;
        let answer = pipeline.query_async(&mut line.handle).await;
        if answer.is_err() {
            self.give_up(&line).await;
        }
        answer
    }
}

impl Connection<Arc<wire::Line>> {
    /// Sends commands on the fast path and reads their answers. For those who ask now and then: an error gives the line up.
    ///
    /// # Errors
    /// The server can't be reached, doesn't answer, or refuses a command.
    pub async fn ask(&self, commands: &Commands) -> RedisResult<Answers> {
        let mut line = self.line().await?;
        let mut answers = line.handle.ask(commands).await;
        if matches!(answers, Err(LineError::NotSent)) {
            // The server had hung up on an idle line: a new one is as good.
            self.give_up(&line).await;
            line = self.line().await?;
            answers = line.handle.ask(commands).await;
        }
        let answers = answers.map_err(RedisError::from).and_then(accepted);
        if answers.is_err() {
            self.give_up(&line).await;
        }
        answers
    }
}

impl<H> OpenLine<H> {
    /// Tells the lines of one connection apart; later ones have higher numbers.
    pub fn generation(&self) -> u64 {
        self.generation
    }
}

/// Answers none of which is a refusal; an error if one is.
fn accepted(answers: Answers) -> RedisResult<Answers> {
    let refusal = match answers.errors().next() {
        Some(Reply::Error(text)) => Some(String::from_utf8_lossy(text).into_owned()),
        _ => None,
    };
    match refusal {
        Some(text) => Err((ErrorKind::Client, "the server refused", text).into()),
        None => Ok(answers),
    }
}

/// Whether an error of a pipeline says that the connection is of no more use.
pub fn breaks_line(error: &RedisError) -> bool {
    error.is_io_error()
        || error.is_connection_dropped()
        || error.is_timeout()
        || error.is_unrecoverable_error()
}
