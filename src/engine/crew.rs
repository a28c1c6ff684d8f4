//! The crew: the consumers of a queue, more or fewer of them while a run goes on.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinHandle};

use super::book::StageBook;
use super::clock::Clock;
use super::dial::Dial;
use super::redis_link::{Connection, LinkSettings, Resolver};
use super::sqlite::Writer;
use super::stages::consumer::{Consumer, ConsumerScripts};
use super::trouble::Troubles;
use crate::topology::stage::Queue;

/// How long consumers may take to finish the batch in their hands.
const END_WITHIN: Duration = Duration::from_secs(5);

/// What every consumer of a queue needs.
pub struct Equipment {
    /// How to reach the list.
    pub list: Resolver,
    /// Where orders are written.
    pub writer: Writer,
    /// The database's book.
    pub book: Arc<StageBook>,
    /// The run's clock.
    pub clock: Clock,
    /// Where they say what went wrong.
    pub troubles: Troubles,
}

/// The consumers of a queue. Dropping it ends them where they are.
pub struct Crew {
    equipment: Equipment,
    settings: LinkSettings,
    batch: Arc<Dial<usize>>,
    /// How many are to take orders: those with the lowest numbers do, and at 0 all end.
    wanted: watch::Sender<usize>,
    /// How many have ever been: each has a processing list.
    hired: Arc<Dial<usize>>,
    hands: Vec<Hand>,
}

/// A consumer as its crew sees it.
struct Hand {
    /// None while it is dead.
    task: Option<JoinHandle<()>>,
    /// Whether it stands still.
    paused: watch::Sender<bool>,
}

impl Crew {
    /// Starts as many consumers as the queue's parameters say. Needs a runtime.
    pub fn start(equipment: Equipment, params: &Queue) -> Self {
        let mut crew = Self {
            equipment,
            settings: LinkSettings::new(params.timeout),
            batch: Arc::new(Dial::new(params.batch as usize)),
            wanted: watch::channel(params.consumers as usize).0,
            hired: Arc::new(Dial::new(0)),
            hands: Vec::new(),
        };
        crew.tune(params);
        crew
    }

    /// Takes over the live ones of the queue's parameters. Who is no longer wanted brings home what is in its hands.
    pub fn tune(&mut self, params: &Queue) {
        self.batch.set(params.batch as usize);
        let (hired, wanted) = (self.hired.get(), params.consumers as usize);
        // First known, then hired: no processing list is ever overlooked.
        self.hired.set(hired.max(wanted));
        self.wanted.send_replace(wanted);
        for number in hired..wanted {
            self.hands.push(Hand { task: None, paused: watch::channel(false).0 });
            self.restart(number);
        }
    }

    /// How many consumers there have ever been, kept up to date.
    pub fn hired(&self) -> Arc<Dial<usize>> {
        self.hired.clone()
    }

    /// Ends a consumer wherever it is, and waits until it has ended; its processing list stays as it is. Answers whether
    /// there is one with this number, from 0.
    pub async fn kill(&mut self, number: usize) -> bool {
        let Some(hand) = self.hands.get_mut(number) else { return false };
        if let Some(task) = hand.task.take() {
            task.abort();
            // That it was aborted is no news.
            drop(task.await);
        }
        true
    }

    /// Lets a consumer stand still wherever it is, or go on. One that is dead is not concerned. Answers as [`Self::kill`].
    pub fn pause(&mut self, number: usize, is_paused: bool) -> bool {
        let Some(hand) = self.hands.get(number) else { return false };
        hand.paused.send_replace(is_paused && hand.task.is_some());
        true
    }

    /// Starts a dead consumer again: it finds its processing list. Answers as [`Self::kill`].
    pub fn restart(&mut self, number: usize) -> bool {
        let is_dead = self.hands.get(number).map(|hand| hand.task.is_none());
        if is_dead == Some(true) {
            let work = self.consumer(number).run(self.wanted.subscribe());
            let hand = &mut self.hands[number];
            hand.paused.send_replace(false);
            hand.task = Some(tokio::spawn(standing_still(work, hand.paused.subscribe())));
        }
        is_dead.is_some()
    }

    /// Brings every consumer back that is dead or stands still. Answers their numbers.
    pub fn mend(&mut self) -> Vec<usize> {
        let is_idle = |hand: &Hand| hand.task.is_none() || *hand.paused.borrow();
        let idle: Vec<usize> = (0..self.hands.len()).filter(|&number| is_idle(&self.hands[number])).collect();
        for &number in &idle {
            self.pause(number, false);
            self.restart(number);
        }
        idle
    }

    /// Waits for the consumers to end, so that no order moves any more.
    pub async fn end(&mut self) {
        self.wanted.send_replace(0);
        for hand in &self.hands {
            hand.paused.send_replace(false);
        }
        let tasks: Vec<JoinHandle<()>> = self.hands.iter_mut().filter_map(|hand| hand.task.take()).collect();
        let aborts: Vec<AbortHandle> = tasks.iter().map(JoinHandle::abort_handle).collect();
        let mut ended = pin!(join_all(tasks));
        if tokio::time::timeout(END_WITHIN, &mut ended).await.is_err() {
            aborts.iter().for_each(AbortHandle::abort);
            ended.await;
        }
    }

    fn consumer(&self, number: usize) -> Consumer {
        let Equipment { list, writer, book, clock, troubles } = &self.equipment;
        Consumer {
            number,
            connection: Connection::new(list.clone(), self.settings),
            batch: self.batch.clone(),
            writer: writer.clone(),
            book: book.clone(),
            clock: clock.clone(),
            scripts: ConsumerScripts::default(),
            troubles: troubles.clone(),
        }
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        self.hands.iter().filter_map(|hand| hand.task.as_ref()).for_each(JoinHandle::abort);
    }
}

/// Does the work, but stands still wherever it is while it is paused, as a process does after SIGSTOP: what was sent to it
/// waits, and its own timeouts are over when it goes on.
async fn standing_still(work: impl Future<Output = ()>, mut paused: watch::Receiver<bool>) {
    let mut work = pin!(work);
    loop {
        // The sender lives as long as the crew, which aborts this task.
        if paused.wait_for(|paused| !paused).await.is_err() {
            return;
        }
        tokio::select! {
            biased;
            _ = paused.wait_for(|paused| *paused) => {}
            () = &mut work => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use redis::aio::MultiplexedConnection;

    use super::super::keys;
    use super::super::order::Order;
    use super::super::outbox::Outbox;
    use super::super::sqlite::schema::{Lookups, Store};
    use super::*;
    use crate::servers::{NodeSettings, RedisNode, RunFolder, find};

    const LOT: u64 = 3_000;

    async fn push(redis: &mut MultiplexedConnection, ids: std::ops::Range<u64>) {
        let mut pushes = redis::pipe();
        for id in ids {
            let order = Order { id, item: 0, claimant: id, units: 1, accepted_ns: 0 };
            pushes.cmd("LPUSH").arg(keys::ORDER_LIST).arg(order.to_string()).ignore();
        }
        pushes.query_async::<()>(redis).await.expect("they are pushed");
    }

    async fn waiting(redis: &mut MultiplexedConnection, list: &str) -> u64 {
        redis::cmd("LLEN").arg(list).query_async(redis).await.expect("a length")
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn more_and_fewer_consumers_lose_no_order_and_leave_none_in_their_hands() {
        let binary = find(None, &|_| {}).expect("a server program");
        let folder = RunFolder::create().expect("a folder");
        let node = RedisNode::start(&binary, &folder, NodeSettings::new("crew")).await.expect("a server");
        let lookups = Lookups { unpaid: false, by_buyer: false };
        let store = Store::create(&folder.path().join("orders.sqlite3"), false, lookups).expect("a database");
        let equipment = Equipment {
            list: Resolver::Fixed(node.endpoint()),
            writer: Writer::start(store).expect("a writer"),
            book: Arc::default(),
            clock: Clock::new(),
            troubles: Troubles::new(Outbox::deaf()),
        };
        let writer = equipment.writer.clone();
        let mut redis =
            LinkSettings::new(Duration::from_secs(5)).connect(node.endpoint()).await.expect("a line");
        let params = |consumers, batch| Queue { consumers, batch, ..Queue::default() };
        let mut crew = Crew::start(equipment, &params(2, 7));
        let mut pushed = 0;
        for (consumers, batch) in [(6, 5), (1, 50), (3, 2), (2, 100), (6, 9), (1, 11)] {
            push(&mut redis, pushed..pushed + LOT).await;
            pushed += LOT;
            // In the midst of it, whatever they have in their hands.
            crew.tune(&params(consumers, batch));
        }
        while waiting(&mut redis, keys::ORDER_LIST).await > 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(crew.hired().get(), 6);
        for consumer in 0..6 {
            let list = keys::processing(consumer);
            while waiting(&mut redis, &list).await > 0 {
                tokio::task::yield_now().await;
            }
        }
        // What a failover brings back to the list of one who is no longer wanted is found too.
        let late = Order { id: pushed, item: 0, claimant: 0, units: 1, accepted_ns: 0 };
        let back = redis::cmd("RPUSH").arg(keys::processing(5)).arg(late.to_string()).to_owned();
        back.query_async::<()>(&mut redis).await.expect("it is pushed");
        while waiting(&mut redis, &keys::processing(5)).await > 0 {
            tokio::task::yield_now().await;
        }
        crew.end().await;
        let contents = writer.contents().await.expect("contents");
        let ids: BTreeSet<u64> = contents.orders.iter().map(|(order, _)| order.id).collect();
        assert_eq!(ids, (0..=pushed).collect(), "each is there");
        assert_eq!(contents.orders.len(), ids.len(), "and once");
    }
}
