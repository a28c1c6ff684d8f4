//! One connection, shared by the pipelines under way on it, and made anew after an error.

use redis::aio::MultiplexedConnection;
use redis::{FromRedisValue, Pipeline, RedisError, RedisResult};
use tokio::sync::Mutex;

use super::resolver::Resolver;
use super::settings::LinkSettings;

/// A connection to whatever server the resolver names.
#[derive(Debug)]
pub struct Connection {
    resolver: Resolver,
    settings: LinkSettings,
    line: Mutex<Line>,
}

#[derive(Debug, Default)]
struct Line {
    /// Counts the connections made so far, so that an error of an old one doesn't close a new one.
    generation: u64,
    /// [`Resolver::changes`] when the open one was made.
    changes: u64,
    open: Option<MultiplexedConnection>,
}

/// A line to send on.
#[derive(Debug, Clone)]
pub struct OpenLine {
    /// The library's handle; a clone sends on the same socket.
    pub handle: MultiplexedConnection,
    generation: u64,
}

impl Connection {
    /// A connection that is made at first use.
    pub fn new(resolver: Resolver, settings: LinkSettings) -> Self {
        Self { resolver, settings, line: Mutex::default() }
    }

    /// The line, made now if there is none.
    ///
    /// # Errors
    /// The server can't be found or doesn't answer. Nothing was sent then.
    pub async fn line(&self) -> RedisResult<OpenLine> {
        let mut line = self.line.lock().await;
        if line.changes != self.resolver.changes() {
            line.open = None;
        }
        if line.open.is_none() {
            let endpoint = self.resolver.resolve().await?;
            line.changes = self.resolver.changes();
            line.open = Some(self.settings.connect(endpoint).await?);
            line.generation += 1;
        }
        match &line.open {
            Some(handle) => Ok(OpenLine { handle: handle.clone(), generation: line.generation }),
            None => unreachable!("it was made above"),
        }
    }

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

    /// Gives up a line after an error on it; the next use makes a new one.
    pub async fn give_up(&self, broken: &OpenLine) {
        let mut line = self.line.lock().await;
        if line.generation == broken.generation {
            line.open = None;
        }
    }
}

/// Whether an error of a pipeline says that the connection is of no more use.
pub fn breaks_line(error: &RedisError) -> bool {
    error.is_io_error()
        || error.is_connection_dropped()
        || error.is_timeout()
        || error.is_unrecoverable_error()
}
