//! The engine's own ledger: what each buyer was told. It is the ground truth of the audit.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::order::Order;
use super::pending::Pending;
use crate::metrics::{Outcome, Reason};
use crate::workload::Operation;

/// What buyers were told, by order.
#[derive(Debug, Clone, Default)]
pub struct Promises {
    /// Orders whose buyers were told that they have them.
    pub acknowledged: Vec<Order>,
    /// Orders whose buyers got no answer: they may or may not exist.
    pub indefinite: Vec<Order>,
}

/// The ledger of a run.
#[derive(Debug)]
pub struct Ledger {
    promises: Mutex<Promises>,
    returned_units: AtomicU64,
    items: Vec<ItemLedger>,
}

/// What is needed to say whether units were kept back from buyers who asked for them.
#[derive(Debug, Default)]
struct ItemLedger {
    /// From when on buyers can be expected to see the units that are on sale; on the run's clock.
    visible_ns: AtomicU64,
    /// Units asked for since then by buyers who were told "sold out".
    refused_units: AtomicU64,
}

impl Ledger {
    /// An empty ledger for products `0..items`.
    pub fn new(items: u32) -> Self {
        Self {
            promises: Mutex::default(),
            returned_units: AtomicU64::new(0),
            items: std::iter::repeat_with(ItemLedger::default).take(items as usize).collect(),
        }
    }

    /// Writes down how claims ended. Reads promise nothing.
    pub fn note(&self, batch: &[Pending], outcome: Outcome, now_ns: u64) {
        let claims = batch.iter().filter(|pending| pending.operation == Operation::Claim);
        let order = |pending: &Pending| Order::of(&pending.request, now_ns);
        match outcome {
            Outcome::Sold => self.promises().acknowledged.extend(claims.map(order)),
            Outcome::Indefinite => self.promises().indefinite.extend(claims.map(order)),
            Outcome::Intercepted(Reason::SoldOut) | Outcome::Rejected(Reason::SoldOut) => {
                for claim in claims {
                    let item = &self.items[claim.item as usize];
                    if claim.intended_ns > item.visible_ns.load(Ordering::Relaxed) {
                        item.refused_units.fetch_add(u64::from(claim.units), Ordering::Relaxed);
                    }
                }
            }
            _ => {}
        }
    }

    /// Notes that units of a product were put (back) on sale and that buyers can see it from `visible_ns` on.
    pub fn put_on_sale(&self, item: u32, visible_ns: u64) {
        let item = &self.items[item as usize];
        item.visible_ns.store(visible_ns, Ordering::Relaxed);
        item.refused_units.store(0, Ordering::Relaxed);
    }

    /// Notes that buyers may go on believing until `visible_ns` what they believe of any product: until then nobody who is
    /// told "sold out" is kept back from units.
    pub fn hide_until(&self, visible_ns: u64) {
        for item in &self.items {
            item.visible_ns.fetch_max(visible_ns, Ordering::Relaxed);
        }
    }

    /// Notes that units of cancelled orders are on sale again.
    pub fn note_returned(&self, units: u64) {
        self.returned_units.fetch_add(units, Ordering::Relaxed);
    }

    /// Units of cancelled orders that went back on sale so far.
    pub fn returned_units(&self) -> u64 {
        self.returned_units.load(Ordering::Relaxed)
    }

    /// Units of a product that buyers asked for and were told "sold out" since the last units were put on sale.
    pub fn refused_units(&self, item: u32) -> u64 {
        self.items[item as usize].refused_units.load(Ordering::Relaxed)
    }

    /// All promises, taken out. For the audit, after the drain.
    pub fn take_promises(&self) -> Promises {
        std::mem::take(&mut *self.promises())
    }

    fn promises(&self) -> std::sync::MutexGuard<'_, Promises> {
        self.promises.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
