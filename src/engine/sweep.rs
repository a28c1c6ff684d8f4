//! The sweep of orders: at an interval all orders that the inventory keeps are read, and those that are new are written to the
//! database. Which they are is not written anywhere, so each sweep reads all of them; and how it reads decides for how long Redis
//! answers nobody else.
//!
//! Nothing is taken from the inventory. An order's id is inserted once, so a sweep may be done again.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use redis::RedisError;
use tokio::time::{Instant, MissedTickBehavior, interval};

use super::book::StageBook;
use super::clock::Clock;
use super::cluster::Holder;
use super::entry::Entries;
use super::generator::Schedule;
use super::order::Order;
use super::store::{StoreError, Writer};
use super::trouble::Troubles;
use crate::topology::stage::SweepForm;
use crate::workload::Operation;

/// Between two looks whether it is time, and how much is not swept yet.
const LOOK: Duration = Duration::from_millis(20);
/// Orders read at a time in pieces: well below a millisecond of the server's time.
const PIECE: u32 = 300;
/// Orders written in one transaction.
const AT_ONCE: usize = 5_000;

/// Reads every order in one step, as a job does that was written for a small table.
const ALL_SCRIPT: &str = r"
local all = {}
for _, key in ipairs(redis.call('KEYS', ARGV[1])) do
  for _, order in ipairs(redis.call('HVALS', key)) do all[#all + 1] = order end
end
return all";

/// Why a sweep failed. What it has written is written; the next one goes on.
#[derive(Debug, thiserror::Error)]
enum SweepError {
    /// The inventory.
    #[error("they could not be read: {0}")]
    Redis(#[from] RedisError),
    /// The database.
    #[error("they could not be written: {0}")]
    Store(#[from] StoreError),
}

/// What sweeps.
pub struct Sweeper {
    /// Where the orders are kept.
    pub holder: Holder,
    /// Where they are written.
    pub writer: Writer,
    /// Products in the sale.
    pub items: u32,
    /// Between two sweeps.
    pub interval: Duration,
    /// How it reads.
    pub form: SweepForm,
    /// The book of the stage that keeps the orders.
    pub kept: Arc<StageBook>,
    /// The book of the database.
    pub written: Arc<StageBook>,
    /// The run's clock.
    pub clock: Clock,
    /// Where it says what went wrong.
    pub troubles: Troubles,
}

impl Sweeper {
    /// Sweeps until it is dropped, and keeps `backlog` up to date: orders that were promised and not swept yet. Once all arrivals
    /// have come it sweeps again and again, so that the run can end.
    pub async fn work(self, backlog: Arc<AtomicU64>, schedule: Arc<Schedule>) {
        let mut swept = HashSet::new();
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (mut last, mut is_done) = (Instant::now(), false);
        loop {
            looks.tick().await;
            let (has_ended, tally) = (schedule.has_ended(), self.kept.tally());
            // What was never answered may have become an order too: so one more sweep after the last claim has ended.
            let is_over = has_ended && tally.in_flight() == 0;
            let waiting = tally.sold.saturating_sub(swept.len() as u64);
            let is_due = !is_done && (is_over || last.elapsed() >= self.interval);
            // While it sweeps nobody counts: something may be promised meanwhile.
            let floor = u64::from(!is_done && (has_ended || is_due));
            backlog.store(if is_done { 0 } else { waiting.max(floor) }, Ordering::Relaxed);
            if is_due {
                last = Instant::now();
                match self.sweep(&mut swept).await {
                    Ok(()) => is_done = is_over,
                    Err(error) => self.troubles.note("orders could not be swept", &error),
                }
            }
        }
    }

    async fn sweep(&self, swept: &mut HashSet<u64>) -> Result<(), SweepError> {
        if self.form == SweepForm::AtOnce {
            let read = self.holder.all_orders(ALL_SCRIPT).await?;
            return self.write(swept, read).await;
        }
        for item in 0..self.items {
            let mut cursor = 0;
            loop {
                let (next, read) = self.holder.piece_of_orders(item, cursor, PIECE).await?;
                self.write(swept, read).await?;
                cursor = next;
                if cursor == 0 {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Writes what is new of these orders.
    async fn write(&self, swept: &mut HashSet<u64>, read: Vec<Order>) -> Result<(), SweepError> {
        let new: Vec<Order> = read.into_iter().filter(|order| !swept.contains(&order.id)).collect();
        for orders in new.chunks(AT_ONCE) {
            let started_ns = self.clock.now_ns();
            let entries = Entries { orders: orders.to_vec(), ..Entries::default() };
            let fresh = self.writer.write(entries, started_ns).await?;
            swept.extend(orders.iter().map(|order| order.id));
            if fresh.orders > 0 {
                let latency_ns = self.clock.now_ns() - started_ns;
                self.written.written(Operation::Claim, fresh.orders, latency_ns);
            }
        }
        Ok(())
    }
}
