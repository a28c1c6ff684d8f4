//! What data control does at its interval: it computes from the database and writes back to the inventory, and then to
//! the gate, so that more traffic is let in.

use std::ops::Range;

use redis::Pipeline;

use super::super::clock::nanos;
use super::super::keys;
use super::super::order::Order;
use super::{CHUNK, Control, ControlError};
use crate::topology::stage::{DataControl, ReadWriteSplit};

/// Products looked at in one round; with more of them the rounds take turns.
const PRODUCTS_A_ROUND: u32 = 10_000;

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
        control.reopen(self.from).await
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

    /// Lets more orders in where the gate is closed although the inventory has units: `access` becomes what is booked.
    async fn reopen(&self, from: u32) -> Result<(), ControlError> {
        let Some(gate) = &self.gate else { return Ok(()) };
        let admission_ratio = self.settings.borrow().admission_ratio;
        let until = from.saturating_add(PRODUCTS_A_ROUND).min(self.sale.items);
        for start in (from..until).step_by(CHUNK as usize) {
            let items = start..(start + CHUNK).min(until);
            let mut pipeline = Pipeline::new();
            items.clone().for_each(|item| {
                pipeline.cmd("GET").arg(keys::access(item));
            });
            let access: Vec<Option<u64>> = gate.query(&pipeline).await?;
            pipeline.clear();
            let booked = self.booked(items.clone()).await?;
            let mut reopened = Vec::new();
            for ((item, access), booked) in items.zip(access).zip(booked) {
                let (access, booked) = (access.unwrap_or(0), u64::try_from(booked).unwrap_or(0));
                let stock = self.sale.stock_of(item);
                let is_closed = access >= ReadWriteSplit::admits(admission_ratio, stock);
                if is_closed && booked < stock && access > booked {
                    pipeline.cmd("SET").arg(keys::access(item)).arg(booked).ignore();
                    reopened.push(item);
                }
            }
            if !reopened.is_empty() {
                gate.query::<()>(&pipeline).await?;
                self.note_on_sale(reopened);
            }
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
