//! What data control does at its interval: it computes from the database and writes back to the inventory, and then to
//! the gate, so that more traffic is let in.

use std::ops::Range;

use redis::{Pipeline, RedisResult};

use super::super::clock::nanos;
use super::super::keys;
use super::super::order::Order;
use super::super::redis_link::Connection;
use super::shelf::{Shelf, Shown, page};
use super::{CHUNK, Control, ControlError};
use crate::topology::stage::{DataControl, ReadWriteSplit};

/// Products looked at in one round; with more of them the rounds take turns.
const PRODUCTS_A_ROUND: u32 = 10_000;

/// What the gate's master has of a product: `access`, `version` and `count`.
type Seen = (Option<u64>, Option<u64>, Option<u64>);

/// What is to be written of a product at the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Write {
    item: u32,
    version: u64,
    /// Whether everything is to be written anew.
    has_forgotten: bool,
    /// The orders let in, where that changes.
    access: Option<u64>,
    /// What the page is to show, where that changes.
    shown: Option<Shown>,
}

/// What the rounds hand on to each other.
#[derive(Debug, Default)]
pub struct Reconciler {
    /// Cancelled orders whose units the inventory has not confirmed to be back. The script gives units back once,
    /// however often it is asked.
    cancelled: Vec<Order>,
    /// The first product to look at in the next round.
    from: u32,
}

impl Reconciler {
    /// One round. What fails is made up for by the next one.
    pub async fn round(&mut self, control: &Control) {
        match self.try_round(control).await {
            Ok(()) => {
                let next = self.from + PRODUCTS_A_ROUND;
                self.from = if next < control.sale.items { next } else { 0 };
            }
            Err(error) => control.troubles.note("a round of data control failed", &error),
        }
    }

    /// Brings home what the last round left.
    pub async fn finish(&mut self, control: &Control) {
        if !self.cancelled.is_empty() {
            self.round(control).await;
        }
    }

    async fn try_round(&mut self, control: &Control) -> Result<(), ControlError> {
        control.expire(&mut self.cancelled).await?;
        control.write_back(self.from).await
    }
}

impl Control {
    /// Cancels unpaid orders in the database and gives their units back to the inventory. An order stays in
    /// `cancelled` until the inventory has confirmed it; the script gives units back once however often it is asked.
    async fn expire(&self, cancelled: &mut Vec<Order>) -> Result<(), ControlError> {
        let Some(writer) = self.writer.as_ref().filter(|_| self.expires) else {
            return Ok(());
        };
        let DataControl { pay_within, unpaid_ratio, .. } = self.settings.borrow().params;
        let due_ns = self.clock.now_ns().saturating_sub(nanos(pay_within));
        let seed = self.seed;
        let decided_here = self.inventory.is_none();
        let expired = writer.settle(due_ns, move |id| is_paid(id, seed, unpaid_ratio), decided_here).await?;
        cancelled.extend(expired);
        if let Some(inventory) = &self.inventory {
            inventory.give_back(cancelled, self.sale.per_buyer_limit.unwrap_or(0)).await?;
        }
        self.note_on_sale(cancelled.iter().map(|order| order.item));
        self.ledger.note_returned(cancelled.iter().map(|order| u64::from(order.units)).sum());
        cancelled.clear();
        Ok(())
    }

    /// Writes back to the gate what has changed since the last round: see [`Self::find_out`].
    async fn write_back(&self, from: u32) -> Result<(), ControlError> {
        let until = from.saturating_add(PRODUCTS_A_ROUND).min(self.sale.items);
        for start in (from..until).step_by(CHUNK as usize) {
            let Some(gate) = &self.gate else { return Ok(()) };
            let mut at_gate = self.shelf.lock().await;
            let items = start..(start + CHUNK).min(until);
            let mut pipeline = Pipeline::new();
            items.clone().for_each(|item| {
                let mget = pipeline.cmd("MGET").arg(keys::ACCESS.of(item)).arg(keys::VERSION.of(item));
                mget.arg(keys::COUNT.of(item));
            });
            let seen: Vec<Seen> = gate.query(&pipeline).await?;
            let booked = self.booked(items.clone()).await?;
            let writes: Vec<Write> = items
                .zip(seen.into_iter().zip(booked))
                .filter_map(|(item, (seen, booked))| self.find_out(&at_gate, item, seen, booked))
                .collect();
            self.write(gate, &mut at_gate, &writes).await?;
        }
        Ok(())
    }

    /// What is to be written of a product, of which the gate's master has `seen` and the stage that decides has `booked`
    /// units; none if nothing has changed.
    ///
    /// - The gate doesn't have what was written last: it was restarted and has forgotten. Everything is written anew.
    /// - It is closed although there are units: more orders are let in, as `access` becomes what is booked.
    /// - Its page shows another stock than there is.
    fn find_out(
        &self,
        at_gate: &Shelf,
        item: u32,
        (access, version, count): Seen,
        booked: i64,
    ) -> Option<Write> {
        let stock = self.sale.stock_of(item);
        let (access, booked) = (access.unwrap_or(0), u64::try_from(booked).unwrap_or(0));
        let has_forgotten = version != Some(at_gate.version(item)) || count.is_none();
        let is_closed = access >= ReadWriteSplit::admits(self.settings.borrow().admission_ratio, stock);
        let lets_in = at_gate.is_open && is_closed && booked < stock && access > booked;
        let access = if has_forgotten || lets_in { booked } else { access };
        // As the source of the six phases has it: the stock shown is count − access.
        let shown = if at_gate.is_open { Shown::Left(stock.saturating_sub(access)) } else { Shown::Soon };
        let shows_another = has_forgotten || at_gate.shown(item) != shown;
        (has_forgotten || lets_in || shows_another).then(|| Write {
            item,
            version: at_gate.next_version(item).max(version.unwrap_or(0) + 1),
            has_forgotten,
            access: (has_forgotten || lets_in).then_some(access),
            shown: shows_another.then_some(shown),
        })
    }

    /// Writes, each product by one command, and notes what is acknowledged.
    async fn write(&self, gate: &Connection, at_gate: &mut Shelf, writes: &[Write]) -> RedisResult<()> {
        if writes.is_empty() {
            return Ok(());
        }
        if writes.iter().any(|write| write.has_forgotten) {
            self.troubles.note("the gate", &"it has forgotten products; data control writes them anew");
        }
        let mut pipeline = Pipeline::new();
        for write in writes {
            let Write { item, version, .. } = *write;
            let mset = pipeline.cmd("MSET").arg(keys::VERSION.of(item)).arg(version);
            mset.arg(keys::START.of(item)).arg(u8::from(at_gate.is_open));
            if write.has_forgotten {
                mset.arg(keys::COUNT.of(item)).arg(self.sale.stock_of(item));
            }
            if let Some(access) = write.access {
                mset.arg(keys::ACCESS.of(item)).arg(access);
            }
            if let Some(shown) = write.shown {
                mset.arg(keys::PAGE.of(item)).arg(page(item, version, shown));
            }
            mset.ignore();
        }
        gate.query::<()>(&pipeline).await?;
        let of = |wanted: fn(&Write) -> bool| -> Vec<(u32, u64)> {
            writes.iter().filter(|write| wanted(write)).map(|write| (write.item, write.version)).collect()
        };
        self.versions.acknowledge(&of(|write| write.shown.is_some()), &of(|write| write.access.is_some()));
        at_gate.keep(&of(|_| true));
        for write in writes {
            if let Some(shown) = write.shown {
                at_gate.keep_page(write.item, shown);
            }
        }
        if at_gate.is_open {
            self.note_on_sale(writes.iter().filter(|write| write.access.is_some()).map(|write| write.item));
        }
        Ok(())
    }

    /// Units booked of each of some products, as the stage that decides has them.
    async fn booked(&self, items: Range<u32>) -> Result<Vec<i64>, ControlError> {
        if let Some(inventory) = &self.inventory {
            return Ok(inventory.booked(items).await?);
        }
        match &self.writer {
            Some(writer) => Ok(writer.booked(items).await?),
            None => Ok(vec![0; items.len()]),
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
