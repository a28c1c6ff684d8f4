//! A list with a processing list for each consumer: an order moves there in one step, and leaves only after the database has it.
//!
//! A consumer that dies in between loses nothing: who comes back with its name finds the list and writes it again, and an order
//! id is inserted once. Each consumer says that it lives, under a key that Redis forgets after `claim_after`; the list of one
//! whose key is gone is moved to the end of another's.

use std::sync::Arc;
use std::time::{Duration, Instant};

use redis::Script;
use redis::aio::MultiplexedConnection;

use super::super::dial::Dial;
use super::super::keys;
use super::super::redis_link::Connection;
use super::redis_line::RedisLine;
use super::{Delivery, Desk, PATIENCE, QueueError, millis};

/// A consumer's place at a list with processing lists.
#[derive(Debug)]
pub struct ProcessingListDesk {
    line: RedisLine,
    identity: usize,
    /// How many identities there have ever been, which others may have died with.
    identities: Arc<Dial<usize>>,
    /// How long its sign of life holds; none: nobody looks at it.
    claim_after: Arc<Dial<Option<u64>>>,
    said_at: Option<Instant>,
    scripts: Scripts,
}

/// What consumers ask the queue to do.
#[derive(Debug)]
struct Scripts {
    take: Script,
    done: Script,
    take_over: Script,
}

impl Default for Scripts {
    fn default() -> Self {
        Self {
            take: Script::new(keys::TAKE_SCRIPT),
            done: Script::new(keys::DONE_SCRIPT),
            take_over: Script::new(keys::TAKE_OVER_SCRIPT),
        }
    }
}

impl ProcessingListDesk {
    /// At the list that a connection leads to. `claim_after` is in nanoseconds.
    pub fn new(
        connection: Connection,
        identity: usize,
        identities: Arc<Dial<usize>>,
        claim_after: Arc<Dial<Option<u64>>>,
    ) -> Self {
        let (line, scripts) = (RedisLine::new(connection), Scripts::default());
        Self { line, identity, identities, claim_after, said_at: None, scripts }
    }

    /// Says that it lives, three times as often as it must.
    async fn live(&mut self, redis: &mut MultiplexedConnection) -> Result<(), QueueError> {
        let Some(holds) = self.claim_after.get().map(Duration::from_nanos) else { return Ok(()) };
        if self.said_at.is_none_or(|said_at| said_at.elapsed() > holds / 3) {
            let mut say = redis::cmd("SET");
            say.arg(keys::alive(self.identity)).arg(1).arg("PX").arg(millis(holds).max(1));
            say.query_async::<()>(redis).await?;
            self.said_at = Some(Instant::now());
        }
        Ok(())
    }

    async fn own_list(&self, redis: &mut MultiplexedConnection) -> Result<Delivery, QueueError> {
        let mut look = redis::cmd("LRANGE");
        look.arg(keys::processing(self.identity)).arg(0).arg(-1);
        Ok(Delivery::new(look.query_async(redis).await?).once_more())
    }
}

impl Desk for ProcessingListDesk {
    async fn open(&mut self) -> Result<(), QueueError> {
        let (_, is_new) = self.line.open().await?;
        if is_new {
            self.said_at = None;
        }
        Ok(())
    }

    fn is_current(&self) -> bool {
        self.line.is_current()
    }

    async fn take(&mut self, most: usize) -> Result<Delivery, QueueError> {
        let (mut redis, _) = self.line.open().await?;
        self.live(&mut redis).await?;
        let processing = keys::processing(self.identity);
        let mut take = self.scripts.take.key(keys::ORDER_LIST);
        let texts: Vec<String> = take.key(&processing).arg(most).invoke_async(&mut redis).await?;
        if texts.is_empty() {
            // What it brings is found by the script, or by `left`.
            let mut next = redis::cmd("BLMOVE");
            next.arg(keys::ORDER_LIST).arg(&processing).arg("RIGHT").arg("RIGHT").arg(PATIENCE.as_secs_f64());
            next.query_async::<Option<String>>(&mut redis).await?;
        }
        Ok(Delivery::new(texts))
    }

    async fn left(&mut self, _most: usize) -> Result<Delivery, QueueError> {
        let (mut redis, _) = self.line.open().await?;
        self.live(&mut redis).await?;
        self.own_list(&mut redis).await
    }

    async fn take_over(&mut self, _most: usize, _claim_after: Duration) -> Result<Delivery, QueueError> {
        let (mut redis, _) = self.line.open().await?;
        let mut moved = 0;
        for other in (0..self.identities.get()).filter(|&other| other != self.identity) {
            let mut take_over = self.scripts.take_over.key(keys::alive(other));
            take_over.key(keys::processing(other)).key(keys::processing(self.identity));
            moved += take_over.invoke_async::<u64>(&mut redis).await?;
        }
        if moved == 0 {
            return Ok(Delivery::default());
        }
        Ok(Delivery { again: moved, ..self.own_list(&mut redis).await? })
    }

    /// They are the first ones of the list, because whatever came in the meantime stands behind them. If they are not, a
    /// successor has done it already, and this consumer is dead to others.
    async fn done(&mut self, delivery: &Delivery) -> Result<(), QueueError> {
        let (mut redis, _) = self.line.open().await?;
        let mut done = self.scripts.done.key(keys::processing(self.identity));
        let Some(first) = delivery.texts.first() else { return Ok(()) };
        done.arg(first).arg(delivery.texts.len()).invoke_async::<()>(&mut redis).await?;
        Ok(())
    }

    async fn give_up(&mut self) {
        self.line.give_up().await;
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::redis_link::LinkSettings;
    use super::*;
    use crate::servers::{NodeSettings, RedisNode, RunFolder, find};

    #[tokio::test]
    async fn what_a_dead_consumer_says_late_takes_nothing_of_its_successor() {
        let binary = find(None, &|_| {}).expect("a server program");
        let folder = RunFolder::create().expect("a folder");
        let node = RedisNode::start(&binary, &folder, NodeSettings::new("late")).await.expect("a server");
        let settings = LinkSettings::new(Duration::from_secs(5));
        let mut redis = settings.connect(node.endpoint()).await.expect("a connection");
        let push = redis::cmd("RPUSH").arg("list").arg(&["a", "b", "c", "d"]).to_owned();
        push.query_async::<()>(&mut redis).await.expect("it is pushed");
        let done = Scripts::default().done;
        // The successor has found the orders of the dead one, and more.
        for (first, count, was_there, left) in [
            ("a", 2, 1, vec!["c", "d"]),
            ("a", 2, 0, vec!["c", "d"]),
            ("c", 2, 1, vec![]),
            ("c", 2, 0, vec![]),
        ] {
            let mut done = done.key("list");
            let found: u64 = done.arg(first).arg(count).invoke_async(&mut redis).await.expect("it answers");
            let rest = redis::cmd("LRANGE").arg("list").arg(0).arg(-1).to_owned();
            let rest: Vec<String> = rest.query_async(&mut redis).await.expect("a list");
            assert_eq!((found, rest), (was_there, left.into_iter().map(str::to_owned).collect()));
        }
    }
}
