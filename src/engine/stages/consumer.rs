//! Consumers: they take orders from the queue in batches and have each batch written in one transaction.
//!
//! An order moves from the list to the consumer's processing list in one step and leaves that list only after the database
//! has it. A consumer that dies in between loses nothing: its successor finds the processing list and writes it again,
//! and an order id is inserted once. For the same reason a consumer that is no longer wanted goes on looking after its
//! processing list, which it leaves empty: after a failover the new master may still have orders there.

use std::sync::Arc;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{RedisError, Script};
use tokio::sync::watch;
use tokio::time::timeout;

use super::super::book::StageBook;
use super::super::clock::Clock;
use super::super::dial::Dial;
use super::super::entry::Entries;
use super::super::keys;
use super::super::redis_link::Connection;
use super::super::redis_link::connection::OpenLine;
use super::super::sqlite::{StoreError, Writer};
use super::super::trouble::Troubles;

/// How long a consumer waits for an order before it looks whether the run is over.
const PATIENCE: Duration = Duration::from_millis(100);
/// How long it rests after an error before it tries again.
const REST: Duration = Duration::from_millis(50);

/// Where fewer orders waited than a batch holds, the next ones may come together for so long: a transaction a batch is what the
/// database and the queue pay for, however few orders are in it.
const GATHER: Duration = Duration::from_millis(5);

/// How often a consumer that is not wanted looks after its processing list.
const LOOK: Duration = Duration::from_millis(100);

/// One consumer.
pub struct Consumer {
    /// Its number, which names its processing list.
    pub number: usize,
    /// A connection of its own, because it blocks on it.
    pub connection: Connection,
    /// The most orders it takes at a time.
    pub batch: Arc<Dial<usize>>,
    /// Where orders are written.
    pub writer: Writer,
    /// The database's book.
    pub book: Arc<StageBook>,
    /// The run's clock.
    pub clock: Clock,
    /// What it asks the queue to do.
    pub scripts: ConsumerScripts,
    /// Where it says what went wrong.
    pub troubles: Troubles,
}

/// What consumers ask the queue to do.
pub struct ConsumerScripts {
    take: Script,
    done: Script,
}

impl Default for ConsumerScripts {
    fn default() -> Self {
        Self { take: Script::new(keys::TAKE_SCRIPT), done: Script::new(keys::DONE_SCRIPT) }
    }
}

/// Why a round of a consumer failed.
#[derive(Debug, thiserror::Error)]
enum ConsumerError {
    #[error(transparent)]
    Redis(#[from] RedisError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Consumer {
    /// Takes orders while its number is below the number of consumers wanted, and ends when none is. Errors are waited
    /// out: the orders are safe where they are.
    pub async fn run(self, mut wanted: watch::Receiver<usize>) {
        while *wanted.borrow_and_update() > 0 {
            let line = match self.connection.line().await {
                Ok(line) => line,
                Err(error) => {
                    self.troubles.note("a consumer can't reach the queue", &error);
                    tokio::time::sleep(REST).await;
                    continue;
                }
            };
            if let Err(error) = self.work(&line, &mut wanted).await {
                self.troubles.note("a consumer can't write orders", &error);
                self.connection.give_up(&line).await;
                tokio::time::sleep(REST).await;
            }
        }
    }

    /// Batch after batch, until no consumer is wanted, another server is master, or something fails.
    async fn work(&self, line: &OpenLine, wanted: &mut watch::Receiver<usize>) -> Result<(), ConsumerError> {
        let processing = keys::processing(self.number);
        let redis = &mut line.handle.clone();
        loop {
            let consumers = *wanted.borrow_and_update();
            // A former master may go on answering for seconds; what is in its list then is brought by nobody.
            if consumers == 0 || !self.connection.is_current(line) {
                return Ok(());
            }
            if self.number < consumers {
                if !self.consume(redis, &processing).await? {
                    drop(timeout(GATHER, wanted.changed()).await);
                }
            } else if !self.clear(redis, &processing).await? {
                // Whether the time is up or another number is wanted: look again.
                drop(timeout(LOOK, wanted.changed()).await);
            }
        }
    }

    /// Takes a batch and writes it, or waits a little for an order. Answers whether the batch was full.
    async fn consume(
        &self,
        redis: &mut MultiplexedConnection,
        processing: &str,
    ) -> Result<bool, ConsumerError> {
        let (list, batch) = (keys::ORDER_LIST, self.batch.get());
        let taken: Vec<String> =
            self.scripts.take.key(list).key(processing).arg(batch).invoke_async(redis).await?;
        if taken.is_empty() {
            // What it brings is found by the script, or by `clear`.
            let mut next = redis::cmd("BLMOVE");
            next.arg(list).arg(processing).arg("RIGHT").arg("RIGHT").arg(PATIENCE.as_secs_f64());
            next.query_async::<Option<String>>(redis).await?;
            return Ok(false);
        }
        self.write(redis, processing, &taken).await?;
        Ok(taken.len() >= batch)
    }

    /// Writes what is on the processing list, and takes nothing more. Answers whether there was anything.
    async fn clear(
        &self,
        redis: &mut MultiplexedConnection,
        processing: &str,
    ) -> Result<bool, ConsumerError> {
        let mut look = redis::cmd("LRANGE");
        look.arg(processing).arg(0).arg(-1);
        let left: Vec<String> = look.query_async(redis).await?;
        if !left.is_empty() {
            self.write(redis, processing, &left).await?;
        }
        Ok(!left.is_empty())
    }

    /// Writes orders, of which there are some, in one transaction, then takes them off the processing list: they are its
    /// first ones, because whatever came in the meantime stands behind them. If they are not, a successor has done it already, and this
    /// consumer is dead to others.
    async fn write(
        &self,
        redis: &mut MultiplexedConnection,
        processing: &str,
        taken: &[String],
    ) -> Result<(), ConsumerError> {
        let started_ns = self.clock.now_ns();
        let entries = Entries::read(taken.iter().map(String::as_str));
        let written = entries.counts();
        self.writer.write(entries, started_ns).await?;
        let latency_ns = self.clock.now_ns() - started_ns;
        for (operation, written, unreadable) in written {
            self.book.written(operation, written, unreadable, latency_ns);
        }
        let mut done = self.scripts.done.key(processing);
        done.arg(&taken[0]).arg(taken.len()).invoke_async::<()>(redis).await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::super::order::Order;
    use super::super::super::outbox::Outbox;
    use super::super::super::redis_link::{LinkSettings, Resolver};
    use super::super::super::sqlite::schema::{Lookups, Store};
    use super::*;
    use crate::servers::{NodeSettings, RedisNode, RunFolder, find};

    const ORDERS: u64 = 4_000;

    #[tokio::test(flavor = "multi_thread")]
    async fn consumers_that_die_in_the_middle_lose_no_order_and_write_none_twice() {
        let binary = find(None, &|_| {}).expect("a server program");
        let folder = RunFolder::create().expect("a folder");
        let node = RedisNode::start(&binary, &folder, NodeSettings::new("queue")).await.expect("a server");
        let lookups = Lookups { unpaid: false, by_buyer: false };
        let store = Store::create(&folder.path().join("orders.sqlite3"), false, lookups).expect("a database");
        let writer = Writer::start(store).expect("a writer");
        let resolver = Resolver::Fixed(node.endpoint());
        let settings = LinkSettings::new(Duration::from_secs(5));
        let mut redis = settings.connect(node.endpoint()).await.expect("a connection");
        for id in 0..ORDERS {
            let order = Order { id, item: 0, claimant: id, units: 1, accepted_ns: 0 };
            let push = redis::cmd("LPUSH").arg(keys::ORDER_LIST).arg(order.to_string()).to_owned();
            push.query_async::<()>(&mut redis).await.expect("it is pushed");
        }
        let troubles = Troubles::new(Outbox::deaf());
        let consumer = || Consumer {
            number: 0,
            connection: Connection::new(resolver.clone(), settings),
            batch: Arc::new(Dial::new(7)),
            writer: writer.clone(),
            book: Arc::default(),
            clock: Clock::new(),
            scripts: ConsumerScripts::default(),
            troubles: troubles.clone(),
        };
        let (_stop, wanted) = watch::channel(1);
        let written = async || writer.contents().await.expect("contents").orders.len() as u64;
        // Each consumer dies once it has written a few batches, wherever it happens to be.
        let mut deaths = 0;
        while written().await < ORDERS {
            let before = written().await;
            let task = tokio::spawn(consumer().run(wanted.clone()));
            while written().await < (before + 500).min(ORDERS) {
                tokio::task::yield_now().await;
            }
            task.abort();
            deaths += 1;
        }
        assert!(deaths > 4, "{deaths}");
        let contents = writer.contents().await.expect("contents");
        let ids: BTreeSet<u64> = contents.orders.iter().map(|(order, _)| order.id).collect();
        assert_eq!((ids.len() as u64, contents.orders.len() as u64), (ORDERS, ORDERS));
    }

    #[tokio::test]
    async fn what_a_dead_consumer_says_late_takes_nothing_of_its_successor() {
        let binary = find(None, &|_| {}).expect("a server program");
        let folder = RunFolder::create().expect("a folder");
        let node = RedisNode::start(&binary, &folder, NodeSettings::new("late")).await.expect("a server");
        let settings = LinkSettings::new(Duration::from_secs(5));
        let mut redis = settings.connect(node.endpoint()).await.expect("a connection");
        let push = redis::cmd("RPUSH").arg("list").arg(&["a", "b", "c", "d"]).to_owned();
        push.query_async::<()>(&mut redis).await.expect("it is pushed");
        let done = ConsumerScripts::default().done;
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
