//! Data control: preloads, opens the sale, expires unpaid orders, and reconciles database, inventory and gate.

use std::sync::Arc;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{Pipeline, RedisError, RedisResult, Script};
use tokio::sync::watch;

use super::clock::{Clock, nanos};
use super::keys;
use super::ledger::Ledger;
use super::order::Order;
use super::redis_link::Connection;
use super::sqlite::writer::Goods;
use super::sqlite::{StoreError, Writer};
use crate::topology::stage::DataControl;
use crate::workload::Sale;

/// Products handled in one pipeline.
const CHUNK: u32 = 1_000;
/// Products looked at in one round; with more of them the rounds take turns.
const PRODUCTS_A_ROUND: u32 = 10_000;
/// How long the replicas may take to copy what was preloaded.
const REPLICATED_WITHIN: Duration = Duration::from_millis(1_500);
/// Length of a product page, in bytes: a small page of text.
const PAGE_BYTES: usize = 512;

/// The module, with a connection to each stage that it looks after.
pub struct Control {
    /// Its parameters.
    pub params: DataControl,
    /// What is sold.
    pub sale: Sale,
    /// Seed of the lot that says which buyers never pay.
    pub seed: u64,
    /// The gate's master.
    pub gate: Option<Connection>,
    /// Replicas that must have what was preloaded before people come.
    pub gate_replicas: usize,
    /// How many orders the gate lets in per unit.
    pub admission_ratio: f64,
    /// The inventory's master.
    pub inventory: Option<Connection>,
    /// The database.
    pub writer: Option<Writer>,
    /// How long the services believe "sold out".
    pub flag_ttl: Duration,
    /// The run's clock.
    pub clock: Clock,
    /// Where it notes what went back on sale.
    pub ledger: Arc<Ledger>,
}

/// Why a step of data control failed.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// Redis.
    #[error("data control could not reach Redis: {0}")]
    Redis(#[from] RedisError),
    /// The database.
    #[error("data control could not use the database: {0}")]
    Store(#[from] StoreError),
}

impl Control {
    /// Writes stock, flags and pages everywhere, the sale closed.
    ///
    /// # Errors
    /// A server or the database refuses.
    pub async fn preload(&self) -> Result<(), ControlError> {
        if let Some(gate) = &self.gate {
            self.in_chunks(gate, |pipeline, item| {
                pipeline.cmd("SET").arg(keys::count(item)).arg(self.sale.stock_of(item));
                pipeline.cmd("SET").arg(keys::start(item)).arg(0);
                pipeline.cmd("SET").arg(keys::access(item)).arg(0);
                pipeline.cmd("SET").arg(keys::page(item)).arg(page(item));
            })
            .await?;
            let mut wait = Pipeline::new();
            wait.cmd("WAIT").arg(self.gate_replicas).arg(REPLICATED_WITHIN.as_millis());
            query::<redis::Value>(gate, &wait).await?;
        }
        if let Some(inventory) = &self.inventory {
            let holds_pages = self.gate.is_none();
            self.in_chunks(inventory, |pipeline, item| {
                let stock = self.sale.stock_of(item);
                pipeline.cmd("HSET").arg(keys::goods(item)).arg("Total").arg(stock).arg("Booked").arg(0);
                if holds_pages {
                    pipeline.cmd("SET").arg(keys::page(item)).arg(page(item));
                }
            })
            .await?;
        }
        if let Some(writer) = &self.writer {
            let goods = |item| Goods { item, total: self.sale.stock_of(item), page: page(item) };
            writer.preload((0..self.sale.items).map(goods).collect()).await?;
        }
        Ok(())
    }

    /// Opens the sale of all products.
    ///
    /// # Errors
    /// A server or the database refuses.
    pub async fn open_sale(&self) -> Result<(), ControlError> {
        if let Some(gate) = &self.gate {
            self.in_chunks(gate, |pipeline, item| {
                pipeline.cmd("SET").arg(keys::start(item)).arg(1);
            })
            .await?;
        }
        if let Some(writer) = &self.writer {
            writer.open_sale().await?;
        }
        let now_ns = self.clock.now_ns();
        (0..self.sale.items).for_each(|item| self.ledger.put_on_sale(item, now_ns + nanos(self.flag_ttl)));
        Ok(())
    }

    /// Works at its interval until told to stop. A round that fails is made up for by the next one.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut rounds = tokio::time::interval(self.params.interval);
        rounds.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut cancelled = Vec::new();
        let mut from = 0;
        loop {
            tokio::select! {
                _ = rounds.tick() => {}
                _ = stop.wait_for(|stop| *stop) => return,
            }
            if self.expire(&mut cancelled).await.is_ok() && self.reopen(from).await.is_ok() {
                from = (from + PRODUCTS_A_ROUND) % self.sale.items.max(1);
                from -= from % PRODUCTS_A_ROUND;
            }
        }
    }

    /// Cancels unpaid orders in the database and gives their units back to the inventory. An order stays in
    /// `cancelled` until the inventory has confirmed it; the script gives units back once however often it is asked.
    async fn expire(&self, cancelled: &mut Vec<Order>) -> Result<(), ControlError> {
        let Some(writer) = self.writer.as_ref().filter(|_| self.params.unpaid_ratio > 0.0) else {
            return Ok(());
        };
        let due_ns = self.clock.now_ns().saturating_sub(nanos(self.params.pay_within));
        let (seed, unpaid_ratio) = (self.seed, self.params.unpaid_ratio);
        let decided_here = self.inventory.is_none();
        let expired = writer.settle(due_ns, move |id| is_paid(id, seed, unpaid_ratio), decided_here).await?;
        if let Some(inventory) = &self.inventory {
            cancelled.extend(expired);
            self.give_back(inventory, cancelled).await?;
            // Buyers can see these units only once the gate lets them in again.
            if self.gate.is_none() {
                self.note_on_sale(cancelled);
            }
            cancelled.clear();
        } else {
            self.note_on_sale(&expired);
        }
        Ok(())
    }

    async fn give_back(&self, inventory: &Connection, cancelled: &[Order]) -> RedisResult<()> {
        let script = Script::new(keys::RETURN_SCRIPT);
        for orders in cancelled.chunks(CHUNK as usize) {
            let mut pipeline = Pipeline::with_capacity(orders.len() + 1);
            pipeline.cmd("SCRIPT").arg("LOAD").arg(keys::RETURN_SCRIPT).ignore();
            for order in orders {
                pipeline
                    .cmd("EVALSHA")
                    .arg(script.get_hash())
                    .arg(3)
                    .arg(keys::goods(order.item))
                    .arg(keys::buyers(order.item))
                    .arg(keys::RETURNED)
                    .arg(order.units)
                    .arg(order.claimant)
                    .arg(order.id)
                    .arg(self.sale.per_buyer_limit.unwrap_or(0));
            }
            query::<Vec<i64>>(inventory, &pipeline).await?;
        }
        Ok(())
    }

    /// Lets more orders in where the gate is closed although the inventory has units: `access` becomes what is booked.
    async fn reopen(&self, from: u32) -> RedisResult<()> {
        let (Some(gate), Some(inventory)) = (&self.gate, &self.inventory) else { return Ok(()) };
        let until = from.saturating_add(PRODUCTS_A_ROUND).min(self.sale.items);
        for start in (from..until).step_by(CHUNK as usize) {
            let items = start..(start + CHUNK).min(until);
            let mut pipeline = Pipeline::new();
            items.clone().for_each(|item| {
                pipeline.cmd("GET").arg(keys::access(item));
            });
            let access: Vec<Option<u64>> = query(gate, &pipeline).await?;
            pipeline.clear();
            items.clone().for_each(|item| {
                pipeline.cmd("HMGET").arg(keys::goods(item)).arg("Total").arg("Booked");
            });
            let stock: Vec<(Option<u64>, Option<u64>)> = query(inventory, &pipeline).await?;
            pipeline.clear();
            let mut reopened = Vec::new();
            for ((item, access), (total, booked)) in items.zip(access).zip(stock) {
                let (access, total, booked) = (access.unwrap_or(0), total.unwrap_or(0), booked.unwrap_or(0));
                if booked < total && access >= self.limit(item) && access > booked {
                    pipeline.cmd("SET").arg(keys::access(item)).arg(booked).ignore();
                    reopened.push(item);
                }
            }
            if !reopened.is_empty() {
                query::<()>(gate, &pipeline).await?;
                let now_ns = self.clock.now_ns();
                for item in reopened {
                    self.ledger.put_on_sale(item, now_ns + nanos(self.flag_ttl));
                }
            }
        }
        Ok(())
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of orders")]
    fn limit(&self, item: u32) -> u64 {
        (self.sale.stock_of(item) as f64 * self.admission_ratio).floor() as u64
    }

    fn note_on_sale(&self, orders: &[Order]) {
        let visible_ns = self.clock.now_ns() + nanos(self.flag_ttl);
        for order in orders {
            self.ledger.put_on_sale(order.item, visible_ns);
        }
    }

    async fn in_chunks(
        &self,
        connection: &Connection,
        mut write: impl FnMut(&mut Pipeline, u32),
    ) -> RedisResult<()> {
        for start in (0..self.sale.items).step_by(CHUNK as usize) {
            let mut pipeline = Pipeline::new();
            (start..(start + CHUNK).min(self.sale.items)).for_each(|item| write(&mut pipeline, item));
            query::<redis::Value>(connection, &pipeline).await?;
        }
        Ok(())
    }
}

async fn query<T: redis::FromRedisValue>(connection: &Connection, pipeline: &Pipeline) -> RedisResult<T> {
    let line = connection.line().await?;
    let mut handle: MultiplexedConnection = line.handle.clone();
    match pipeline.query_async(&mut handle).await {
        Ok(answer) => Ok(answer),
        Err(error) => {
            connection.give_up(&line).await;
            Err(error)
        }
    }
}

/// Whether the buyer of an order pays: a lot drawn from the order's id and the run's seed, the same in every run.
fn is_paid(id: u64, seed: u64, unpaid_ratio: f64) -> bool {
    // SplitMix64's finalizer spreads neighbouring ids over all 64 bits (Steele, Lea, Flood, OOPSLA 2014).
    let mut x = id.wrapping_add(seed).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((x ^ (x >> 31)) >> 11) as f64 / (1_u64 << 53) as f64 >= unpaid_ratio
}

fn page(item: u32) -> String {
    format!("{:<PAGE_BYTES$}", format!("<h1>Product {item}</h1><p>On sale soon, while stocks last.</p>"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_of_unpaid_orders_is_the_one_asked_for() {
        for ratio in [0.0, 0.1, 0.5, 1.0] {
            let unpaid = (0..100_000).filter(|&id| !is_paid(id, 20, ratio)).count();
            assert!((unpaid as f64 / 100_000.0 - ratio).abs() < 0.01, "{ratio}: {unpaid}");
        }
    }
}
