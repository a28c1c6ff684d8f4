//! A consumer's own connection to Redis: it blocks on it, so it shares it with nobody.

use redis::aio::MultiplexedConnection;

use super::super::redis_link::Connection;
use super::super::redis_link::connection::OpenLine;
use super::QueueError;

/// The connection, and the line that is open on it.
#[derive(Debug)]
pub(super) struct RedisLine {
    connection: Connection,
    line: Option<OpenLine>,
}

impl RedisLine {
    pub(super) fn new(connection: Connection) -> Self {
        Self { connection, line: None }
    }

    /// The line, made now if there is none; and whether it was.
    pub(super) async fn open(&mut self) -> Result<(MultiplexedConnection, bool), QueueError> {
        if let Some(line) = &self.line {
            return Ok((line.handle.clone(), false));
        }
        let line = self.connection.line().await?;
        let handle = line.handle.clone();
        self.line = Some(line);
        Ok((handle, true))
    }

    /// Whether it leads to the master of now.
    pub(super) fn is_current(&self) -> bool {
        self.line.as_ref().is_some_and(|line| self.connection.is_current(line))
    }

    pub(super) async fn give_up(&mut self) {
        if let Some(line) = self.line.take() {
            self.connection.give_up(&line).await;
        }
    }
}
