//! A plain list: an order is popped, and then it is nowhere but in the consumer's hands. Nobody can take it over from a dead one.

use std::time::Duration;

use super::super::keys;
use super::super::redis_link::Connection;
use super::redis_line::RedisLine;
use super::{Delivery, Desk, PATIENCE, QueueError};

/// A consumer's place at a plain list.
#[derive(Debug)]
pub struct ListDesk(RedisLine);

impl ListDesk {
    /// At the list that a connection leads to.
    pub fn new(connection: Connection) -> Self {
        Self(RedisLine::new(connection))
    }
}

impl Desk for ListDesk {
    async fn open(&mut self) -> Result<(), QueueError> {
        self.0.open().await.map(drop)
    }

    fn is_current(&self) -> bool {
        self.0.is_current()
    }

    /// `RPOP` answers nil where nothing waits; then `BRPOP` waits, and brings one
    /// (<https://redis.io/docs/latest/commands/brpop/>).
    async fn take(&mut self, most: usize) -> Result<Delivery, QueueError> {
        let (mut redis, _) = self.0.open().await?;
        let mut pop = redis::cmd("RPOP");
        let popped: Option<Vec<String>> = pop.arg(keys::ORDER_LIST).arg(most).query_async(&mut redis).await?;
        if let Some(texts) = popped {
            return Ok(Delivery::new(texts));
        }
        let mut wait = redis::cmd("BRPOP");
        wait.arg(keys::ORDER_LIST).arg(PATIENCE.as_secs_f64());
        let brought: Option<(String, String)> = wait.query_async(&mut redis).await?;
        Ok(Delivery::new(brought.map(|(_list, text)| text).into_iter().collect()))
    }

    async fn left(&mut self, _most: usize) -> Result<Delivery, QueueError> {
        Ok(Delivery::default())
    }

    async fn take_over(&mut self, _most: usize, _claim_after: Duration) -> Result<Delivery, QueueError> {
        Ok(Delivery::default())
    }

    async fn done(&mut self, _delivery: &Delivery) -> Result<(), QueueError> {
        Ok(())
    }

    async fn give_up(&mut self) {
        self.0.give_up().await;
    }
}
