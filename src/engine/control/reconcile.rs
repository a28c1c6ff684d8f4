//! What data control does at its interval: it computes from the database and writes back to the inventory, and then to
//! the gate, so that more traffic is let in.

use tokio::sync::watch;

use super::super::clock::nanos;
use super::super::order::Order;
use super::gate::{PageWay, Seen, Write, chunks, look};
use super::shelf::{Shelf, Shown};
use super::{Control, ControlError};
use crate::topology::stage::{DataControl, ReadWriteSplit};

/// Products looked at in one round; with more of them the rounds take turns.
const PRODUCTS_A_ROUND: u32 = 10_000;

/// A product, as the gate's master has it.
struct Look {
    item: u32,
    stock: u64,
    /// Orders let in.
    access: u64,
    /// Its version, if it has one.
    version: Option<u64>,
    /// Whether it doesn't have what was written last: the gate was restarted and has forgotten.
    has_forgotten: bool,
    /// Whether what is to be done depends on what is booked.
    asks_what_is_booked: bool,
    /// Whether the page shows what is left by what is booked: no order is let in here.
    shows_booked: bool,
}

impl Look {
    /// Of a product with its stock, and the orders that are let in per unit of it; none where no order is let in.
    fn of(at_gate: &Shelf, item: u32, seen: Seen, (stock, ratio): (u64, Option<f64>)) -> Self {
        let access = seen.access.unwrap_or(0);
        let has_forgotten = seen.version != Some(at_gate.version(item)) || seen.count.is_none();
        let is_full = |ratio| access > 0 && access >= ReadWriteSplit::admits(ratio, stock);
        let (is_closed, shows_booked) = (at_gate.is_open && ratio.is_some_and(is_full), ratio.is_none());
        let asks_what_is_booked = has_forgotten || is_closed || shows_booked;
        Self { item, stock, access, version: seen.version, has_forgotten, asks_what_is_booked, shows_booked }
    }

    /// What is to be written, if the stage that decides has `booked` units; none if nothing has changed.
    ///
    /// - The gate has forgotten: everything is written anew.
    /// - It is closed although there are units: more orders are let in, as `access` becomes what is booked.
    /// - Its page shows another stock than there is.
    fn find_out(&self, at_gate: &Shelf, booked: i64) -> Option<Write> {
        let Self { item, stock, access, has_forgotten, shows_booked, .. } = *self;
        let booked = u64::try_from(booked).unwrap_or(0);
        let lets_in = self.asks_what_is_booked && at_gate.is_open && booked < stock && access > booked;
        let access = if has_forgotten || lets_in || shows_booked { booked } else { access };
        // As the source of the six phases has it: the stock shown is count − access.
        let shown = if at_gate.is_open { Shown::Left(stock.saturating_sub(access)) } else { Shown::Soon };
        let shows_another = has_forgotten || at_gate.shown(item) != shown;
        let next = Write::next(at_gate, item);
        (has_forgotten || lets_in || shows_another).then(|| Write {
            version: next.version.max(self.version.unwrap_or(0) + 1),
            is_anew: has_forgotten,
            access: (has_forgotten || lets_in).then_some(access),
            shown: shows_another.then_some(shown),
            ..next
        })
    }
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
    pub async fn round(&mut self, control: &Control, stop: &watch::Receiver<bool>) {
        match self.try_round(control, stop).await {
            Ok(()) => {
                let next = self.from + PRODUCTS_A_ROUND;
                self.from = if next < control.sale.items { next } else { 0 };
            }
            Err(error) => control.troubles.note("a round of data control failed", &error),
        }
    }

    /// Brings home what the last round left.
    pub async fn finish(&mut self, control: &Control, stop: &watch::Receiver<bool>) {
        if !self.cancelled.is_empty() {
            self.round(control, stop).await;
        }
    }

    async fn try_round(
        &mut self,
        control: &Control,
        stop: &watch::Receiver<bool>,
    ) -> Result<(), ControlError> {
        control.expire(&mut self.cancelled).await?;
        control.reload(stop).await?;
        control.write_back(self.from, stop).await
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

    /// Writes back to the gate what has changed since the last round: see [`Look::find_out`]. Others may write between two
    /// chunks, and once the arrivals are over no further chunk is begun.
    async fn write_back(&self, from: u32, stop: &watch::Receiver<bool>) -> Result<(), ControlError> {
        let Some(gate) = &self.gate else { return Ok(()) };
        let until = from.saturating_add(PRODUCTS_A_ROUND).min(self.sale.items);
        for items in chunks(from..until) {
            if *stop.borrow() {
                break;
            }
            let mut at_gate = self.shelf.lock().await;
            let ratio = self.counts_at_gate.then(|| self.settings.borrow().admission_ratio);
            let of = |(item, seen)| Look::of(&at_gate, item, seen, (self.sale.stock_of(item), ratio));
            let looks: Vec<Look> = items.clone().zip(look(gate, items).await?).map(of).collect();
            let asked = looks.iter().filter(|look| look.asks_what_is_booked).map(|look| look.item);
            let mut booked = self.booked(asked.collect()).await?.into_iter();
            let find_out = |look: &Look| {
                let booked = if look.asks_what_is_booked { booked.next() } else { None };
                look.find_out(&at_gate, booked.unwrap_or(0))
            };
            let writes: Vec<Write> = looks.iter().filter_map(find_out).collect();
            if writes.iter().any(|write| write.is_anew) {
                self.troubles.note("the gate", &"it has forgotten products; data control writes them anew");
            }
            self.write(gate, &mut at_gate, PageWay::Dropped, &writes).await?;
        }
        Ok(())
    }

    /// Units booked of each of some products, in order of their numbers, as the stage that decides has them.
    async fn booked(&self, items: Vec<u32>) -> Result<Vec<i64>, ControlError> {
        let (Some(&first), Some(&last)) = (items.first(), items.last()) else { return Ok(Vec::new()) };
        if let Some(inventory) = &self.inventory {
            return Ok(inventory.booked(&self.sale, &items).await?);
        }
        let Some(writer) = &self.writer else { return Ok(vec![0; items.len()]) };
        let all = writer.booked(first..last + 1).await?;
        let of = |&item: &u32| all.get((item - first) as usize).copied().unwrap_or(0);
        Ok(items.iter().map(of).collect())
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
