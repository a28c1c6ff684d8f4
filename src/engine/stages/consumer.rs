//! Consumers: they take orders and records from the queue in batches and have each batch written in one transaction.
//!
//! How orders are taken, acknowledged and taken over is the queue's ([`super::super::queue`]). Whatever its form, what was taken is written until
//! the database has it, and an order id is inserted once. A consumer that is no longer wanted goes on looking after what the
//! queue believes to be in its hands: after a failover the new master may still have orders there.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, timeout};

use super::super::book::StageBook;
use super::super::clock::Clock;
use super::super::cluster::Holder;
use super::super::dial::Dial;
use super::super::entry::Entries;
use super::super::outbox::Outbox;
use super::super::queue::hands::{DeathPoint, Hands};
use super::super::queue::{Delivery, Desk, QueueError};
use super::super::store::Writer;
use super::super::trouble::Troubles;
use crate::workload::Operation;

/// How long it rests after an error before it tries again.
const REST: Duration = Duration::from_millis(50);

/// Where fewer orders waited than a batch holds, the next ones may come together for so long: a transaction a batch is what the
/// database and the queue pay for, however few orders are in it.
const GATHER: Duration = Duration::from_millis(5);

/// How often a consumer that is not wanted looks after what it is believed to have.
const LOOK: Duration = Duration::from_millis(100);

/// What every consumer of a queue works with.
pub struct Equipment {
    /// Where orders are written.
    pub writer: Writer,
    /// Who has the orders, where messages carry only their ids.
    pub records: Option<Arc<Holder>>,
    /// The database's book.
    pub book: Arc<StageBook>,
    /// The run's clock.
    pub clock: Clock,
    /// Where they say what went wrong.
    pub troubles: Troubles,
    /// Where their deaths are told.
    pub outbox: Outbox,
    /// The queue's name.
    pub queue: String,
}

/// One consumer.
pub struct Consumer<D> {
    /// Its place in the crew, from 0: those with the lowest take orders.
    pub number: usize,
    /// Where it is served. It closes its connection when it ends.
    pub desk: D,
    /// The most orders it takes at a time.
    pub batch: Arc<Dial<usize>>,
    /// How long nothing may be heard of another one, in nanoseconds.
    pub claim_after: Arc<Dial<Option<u64>>>,
    /// What it has taken.
    pub hands: Arc<Hands>,
    /// What it works with.
    pub equipment: Arc<Equipment>,
}

/// How a consumer goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Lives,
    Died,
}

impl<D: Desk> Consumer<D> {
    /// Takes orders while its number is below the number of consumers wanted, and ends when none is, or where it is to die. Errors are
    /// waited out.
    pub async fn run(mut self, mut wanted: watch::Receiver<usize>) {
        while *wanted.borrow_and_update() > 0 {
            if let Err(error) = self.desk.open().await {
                self.equipment.troubles.note("a consumer can't reach the queue", &error);
                self.desk.give_up().await;
                tokio::time::sleep(REST).await;
                continue;
            }
            match self.work(&mut wanted).await {
                Ok(Fate::Lives) => self.desk.give_up().await,
                Ok(Fate::Died) => return,
                Err(error) => {
                    self.equipment.troubles.note("a consumer can't go on with the queue", &error);
                    self.desk.give_up().await;
                    tokio::time::sleep(REST).await;
                }
            }
        }
    }

    /// Batch after batch, until no consumer is wanted, another server is master, something fails, or it is to die.
    async fn work(&mut self, wanted: &mut watch::Receiver<usize>) -> Result<Fate, QueueError> {
        let mut looked_at = Instant::now();
        let mut has_left = true;
        loop {
            let (consumers, batch) = (*wanted.borrow_and_update(), self.batch.get());
            if consumers == 0 || !self.desk.is_current() {
                return Ok(Fate::Lives);
            }
            let is_wanted = self.number < consumers;
            let claim_after = self.claim_after.get().map(Duration::from_nanos);
            let claim_after = claim_after.filter(|after| is_wanted && looked_at.elapsed() >= *after / 2);
            // On a new connection first what an earlier one may have left.
            let looks_back = has_left || !is_wanted;
            let delivery = match claim_after {
                _ if looks_back => self.desk.left(batch).await?,
                Some(after) => self.desk.take_over(batch, after).await?,
                None => self.desk.take(batch).await?,
            };
            let count = delivery.texts.len();
            has_left = has_left && !delivery.is_empty();
            if self.deal(delivery).await? == Fate::Died {
                return Ok(Fate::Died);
            }
            if claim_after.is_some() && !looks_back {
                // Where there was something of the dead, there may be more.
                looked_at = if count == 0 { Instant::now() } else { looked_at };
            } else if !is_wanted && count == 0 {
                // Whether the time is up or another number is wanted: look again.
                drop(timeout(LOOK, wanted.changed()).await);
            } else if is_wanted && !looks_back && count < batch {
                drop(timeout(GATHER, wanted.changed()).await);
            }
        }
    }

    /// Writes a delivery, in one transaction, and says so to the queue; or dies on the way.
    async fn deal(&mut self, delivery: Delivery) -> Result<Fate, QueueError> {
        if delivery.texts.is_empty() {
            // Entries may have been deleted since: the queue may forget them.
            if !delivery.is_empty() {
                self.desk.done(&delivery).await?;
            }
            return Ok(Fate::Lives);
        }
        self.hands.took(delivery.texts.len() as u64, delivery.again);
        if self.dies(DeathPoint::Taken) {
            return Ok(Fate::Died);
        }
        let (ignored, missing) = self.write(&delivery.texts).await;
        self.hands.wrote(ignored, missing);
        if self.dies(DeathPoint::Written) {
            return Ok(Fate::Died);
        }
        let done = self.desk.done(&delivery).await;
        self.hands.let_go();
        done.map(|()| Fate::Lives)
    }

    /// Writes what was taken until the database has it. Answers how much of it was there already, and how much could not be found.
    async fn write(&mut self, texts: &[String]) -> (u64, u64) {
        let started_ns = self.equipment.clock.now_ns();
        let (entries, missing) = self.read(texts).await;
        let all = entries.orders.len() + entries.events.len() + entries.increments.len();
        let fresh = loop {
            match self.equipment.writer.write(entries.clone(), started_ns).await {
                Ok(fresh) => break fresh,
                Err(error) => self.equipment.troubles.note("a consumer can't write", &error),
            }
            tokio::time::sleep(REST).await;
        };
        // What was there already is nothing more.
        let latency_ns = self.equipment.clock.now_ns() - started_ns;
        let written = [
            (Operation::Claim, fresh.orders),
            (Operation::Append, fresh.events),
            (Operation::Count, fresh.increments),
        ];
        for (operation, count) in written.into_iter().filter(|(_, count)| *count > 0) {
            self.equipment.book.written(operation, count, latency_ns);
        }
        (all as u64 - fresh.orders - fresh.events - fresh.increments, missing)
    }

    /// What messages say: the orders that they carry, or those that the inventory has under the ids that they carry, and records; and
    /// how many orders are nowhere.
    async fn read(&mut self, texts: &[String]) -> (Entries, u64) {
        let mut entries = Entries::read(texts.iter().map(String::as_str));
        let ids = std::mem::take(&mut entries.order_ids);
        let (known, asked) = (entries.orders.len(), ids.len());
        if let Some(records) = self.equipment.records.as_ref().filter(|_| asked > 0) {
            loop {
                match records.orders_of(&ids).await {
                    Ok(orders) => break entries.orders.extend(orders.into_iter().flatten()),
                    Err(error) => {
                        self.equipment.troubles.note("a consumer can't read orders at the inventory", &error);
                    }
                }
                tokio::time::sleep(REST).await;
            }
        }
        let missing = asked - (entries.orders.len() - known);
        let missing = missing as u64 + entries.unreadable;
        (entries, missing)
    }

    /// Whether it dies here, as a fault wants it.
    fn dies(&self, point: DeathPoint) -> bool {
        let dies = self.hands.is_doomed(point);
        if dies {
            tell_death(&self.equipment, self.number, &self.hands);
        }
        dies
    }
}

/// Buries a consumer and says with what in its hands it died.
pub fn tell_death(equipment: &Equipment, number: usize, hands: &Hands) {
    let death = hands.bury();
    equipment.outbox.note(&format!(
        "Consumer {} of {} died with {} orders not written and {} written and not acknowledged",
        number + 1,
        equipment.queue,
        death.unwritten,
        death.unacknowledged
    ));
}
