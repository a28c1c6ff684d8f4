//! A stream with a consumer group: Redis remembers who was handed which order until it is acknowledged
//! (<https://redis.io/docs/latest/develop/data-types/streams/#consumer-groups>).
//!
//! What is acknowledged is deleted in the same step, so the stream is as long as what is not yet written, and no longer. What a dead
//! consumer had is handed to another one by `XAUTOCLAIM`.

use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{FromRedisValue, RedisError, Value};

use super::super::keys;
use super::super::redis_link::Connection;
use super::redis_line::RedisLine;
use super::{Delivery, Desk, PATIENCE, QueueError, millis};

/// Where a walk over all that is not acknowledged begins.
const START: &str = "0-0";

/// An entry: its id and its field and value; none where it was deleted.
type Entry = (String, Option<Vec<String>>);

/// A consumer's place in the group.
#[derive(Debug)]
pub struct StreamDesk {
    line: RedisLine,
    name: String,
    /// Where the next look for orders of the dead begins.
    cursor: String,
}

impl StreamDesk {
    /// At the stream that a connection leads to.
    pub fn new(connection: Connection, identity: usize) -> Self {
        let name = format!("consumer:{identity}");
        Self { line: RedisLine::new(connection), name, cursor: START.to_owned() }
    }

    /// Entries for this consumer: new ones, for which it waits a little, or those it was handed before.
    async fn read(
        &self,
        redis: &mut MultiplexedConnection,
        most: usize,
        is_new: bool,
    ) -> Result<Delivery, QueueError> {
        let mut read = redis::cmd("XREADGROUP");
        read.arg("GROUP").arg(keys::GROUP).arg(&self.name).arg("COUNT").arg(most);
        if is_new {
            read.arg("BLOCK").arg(millis(PATIENCE));
        }
        read.arg("STREAMS").arg(keys::ORDER_STREAM).arg(if is_new { ">" } else { "0" });
        let read: Option<Vec<(String, Vec<Entry>)>> = read.query_async(redis).await?;
        Ok(delivery(read.into_iter().flatten().flat_map(|(_stream, entries)| entries)))
    }
}

/// The orders of entries.
fn delivery(entries: impl IntoIterator<Item = Entry>) -> Delivery {
    let mut delivery = Delivery::default();
    for (id, fields) in entries {
        // One that is deleted is acknowledged with the others, and forgotten then.
        delivery.texts.extend(fields.into_iter().filter_map(|fields| fields.into_iter().nth(1)));
        delivery.receipts.push(id);
    }
    delivery
}

impl Desk for StreamDesk {
    /// The group begins with the first entry of the stream, so nothing that came before it is overlooked; one that is there
    /// already stays (BUSYGROUP).
    async fn open(&mut self) -> Result<(), QueueError> {
        let (mut redis, is_new) = self.line.open().await?;
        if is_new {
            let mut create = redis::cmd("XGROUP");
            create.arg("CREATE").arg(keys::ORDER_STREAM).arg(keys::GROUP).arg(0).arg("MKSTREAM");
            match create.query_async::<()>(&mut redis).await {
                Err(error) if error.code() != Some("BUSYGROUP") => return Err(error.into()),
                _ => START.clone_into(&mut self.cursor),
            }
        }
        Ok(())
    }

    fn is_current(&self) -> bool {
        self.line.is_current()
    }

    async fn take(&mut self, most: usize) -> Result<Delivery, QueueError> {
        let (mut redis, _) = self.line.open().await?;
        self.read(&mut redis, most, true).await
    }

    async fn left(&mut self, most: usize) -> Result<Delivery, QueueError> {
        let (mut redis, _) = self.line.open().await?;
        Ok(self.read(&mut redis, most, false).await?.once_more())
    }

    /// `XAUTOCLAIM` looks on from where it stopped the last time. Servers from 7.0 on also name the entries that were deleted,
    /// which it forgets by itself.
    async fn take_over(&mut self, most: usize, claim_after: Duration) -> Result<Delivery, QueueError> {
        let (mut redis, _) = self.line.open().await?;
        let mut claim = redis::cmd("XAUTOCLAIM");
        claim
            .arg(keys::ORDER_STREAM)
            .arg(keys::GROUP)
            .arg(&self.name)
            .arg(millis(claim_after))
            .arg(&self.cursor);
        let answer: Vec<Value> = claim.arg("COUNT").arg(most).query_async(&mut redis).await?;
        let mut parts = answer.into_iter();
        let (cursor, entries) = (parts.next(), parts.next());
        self.cursor = read_value(cursor)?;
        let entries: Vec<Option<Entry>> = read_value(entries)?;
        Ok(delivery(entries.into_iter().flatten()).once_more())
    }

    async fn done(&mut self, delivery: &Delivery) -> Result<(), QueueError> {
        let (mut redis, _) = self.line.open().await?;
        let mut done = redis::pipe();
        done.atomic();
        done.cmd("XACK").arg(keys::ORDER_STREAM).arg(keys::GROUP).arg(&delivery.receipts);
        done.cmd("XDEL").arg(keys::ORDER_STREAM).arg(&delivery.receipts);
        done.query_async::<()>(&mut redis).await?;
        Ok(())
    }

    async fn give_up(&mut self) {
        self.line.give_up().await;
    }
}

fn read_value<T: FromRedisValue>(value: Option<Value>) -> Result<T, QueueError> {
    T::from_redis_value(value.unwrap_or(Value::Nil)).map_err(|error| RedisError::from(error).into())
}
