//! The engine's own ledger: what each buyer was told. It is the ground truth of the audit.
//!
//! - [`records`]: what people were told of events and increments.

pub mod records;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crossbeam_channel::{Receiver, Sender, bounded};

use super::order::Order;
use super::pending::Pending;
use crate::metrics::{Outcome, Reason};
use crate::workload::{Operation, Workload};
use records::RecordLedger;

/// Promises on a sheet: 128 KiB of orders.
const SHEET: usize = 4_096;
/// Sheets that are waiting to be written on; with more writers at the same moment than this, some are filed half empty.
const SHEETS: usize = 64;

/// What buyers were told, by order; in no order.
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
    acknowledged: Sheets<Order>,
    indefinite: Sheets<Order>,
    returned_units: AtomicU64,
    items: Vec<ItemLedger>,
    /// None where nobody leaves records: then batches are not searched for them.
    records: Option<RecordLedger>,
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
            acknowledged: Sheets::default(),
            indefinite: Sheets::default(),
            returned_units: AtomicU64::new(0),
            items: std::iter::repeat_with(ItemLedger::default).take(items as usize).collect(),
            records: None,
        }
    }

    /// An empty ledger of a run with this workload.
    pub fn of(workload: &Workload) -> Self {
        let records = workload.leaves_records().then(|| RecordLedger::new(workload.records.counters));
        Self { records, ..Self::new(workload.sale.items) }
    }

    /// Writes down how claims and records ended. Reads promise nothing.
    pub fn note(&self, batch: &[Pending], outcome: Outcome, now_ns: u64) {
        let orders = || claims(batch).map(|claim| Order::of(&claim.request, now_ns));
        match outcome {
            Outcome::Sold => self.acknowledged.write(orders()),
            Outcome::Served => {
                if let Some(records) = &self.records {
                    records.acknowledge(batch, now_ns);
                }
            }
            Outcome::Indefinite => {
                self.indefinite.write(orders());
                if let Some(records) = &self.records {
                    records.give_up(batch, now_ns);
                }
            }
            Outcome::Intercepted(Reason::SoldOut) | Outcome::Rejected(Reason::SoldOut) => {
                for of_item in batch.chunk_by(|one, next| one.item == next.item) {
                    let item = &self.items[of_item[0].item as usize];
                    let visible_ns = item.visible_ns.load(Ordering::Relaxed);
                    let refused = claims(of_item).filter(|claim| claim.intended_ns > visible_ns);
                    let units = refused.map(|claim| u64::from(claim.units)).sum();
                    if units > 0 {
                        item.refused_units.fetch_add(units, Ordering::Relaxed);
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

    /// What was told of events and increments, where anybody leaves some.
    pub fn records(&self) -> Option<&RecordLedger> {
        self.records.as_ref()
    }

    /// All promises to buyers, taken out. For the audit, after the drain: what a writer has in hand is not among them.
    pub fn take_promises(&self) -> Promises {
        Promises { acknowledged: self.acknowledged.take(), indefinite: self.indefinite.take() }
    }
}

fn claims(batch: &[Pending]) -> impl Iterator<Item = &Pending> {
    batch.iter().filter(|pending| pending.operation == Operation::Claim)
}

/// Promises written down by many threads at once.
///
/// Who writes takes a sheet that nobody else has and puts it back: no one waits for another's batch, and what is written is
/// not moved when more comes. A new sheet is fetched, and a full one filed under a lock, once in [`SHEET`] promises.
#[derive(Debug)]
struct Sheets<T> {
    /// The place of sheets with room left: a ring without a lock, as long as nobody waits for one, and nobody does.
    open: (Sender<Vec<T>>, Receiver<Vec<T>>),
    filed: Mutex<Vec<Vec<T>>>,
}

impl<T> Default for Sheets<T> {
    fn default() -> Self {
        Self { open: bounded(SHEETS), filed: Mutex::default() }
    }
}

impl<T> Sheets<T> {
    fn write(&self, promises: impl Iterator<Item = T>) {
        let mut promises = promises.peekable();
        while promises.peek().is_some() {
            let mut sheet = self.open.1.try_recv().unwrap_or_else(|_| Vec::with_capacity(SHEET));
            let room = SHEET - sheet.len();
            sheet.extend(promises.by_ref().take(room));
            if sheet.len() == SHEET {
                self.filed().push(sheet);
            } else if let Err(back) = self.open.0.try_send(sheet) {
                self.filed().push(back.into_inner());
            }
        }
    }

    fn take(&self) -> Vec<T> {
        let mut sheets = std::mem::take(&mut *self.filed());
        sheets.extend(self.open.1.try_iter());
        let mut all = Vec::with_capacity(sheets.iter().map(Vec::len).sum());
        for sheet in sheets {
            all.extend(sheet);
        }
        all
    }

    fn filed(&self) -> MutexGuard<'_, Vec<Vec<T>>> {
        self.filed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::stages::testing::request;

    const THREADS: u64 = 4;
    /// No divisor of a sheet.
    const BATCH: u64 = 700;
    const BATCHES: u64 = 20;

    /// Every seventh is a read.
    fn pending(id: u64) -> Pending {
        let operation = if id.is_multiple_of(7) { Operation::Read } else { Operation::Claim };
        let mut pending = request(operation, id, 1);
        pending.request.intended_ns = id;
        pending
    }

    #[test]
    fn what_many_threads_write_is_all_there_once() {
        let ledger = Ledger::new(2);
        std::thread::scope(|scope| {
            for thread in 0..THREADS {
                let ledger = &ledger;
                scope.spawn(move || {
                    for number in 0..BATCHES {
                        let first = (thread * BATCHES + number) * BATCH;
                        let batch: Vec<Pending> = (first..first + BATCH).map(pending).collect();
                        ledger.note(&batch, Outcome::Sold, 9);
                        ledger.note(&batch[..1], Outcome::Indefinite, 9);
                    }
                });
            }
        });
        let mut promises = ledger.take_promises();
        promises.acknowledged.sort_by_key(|order| order.id);
        let all = (0..THREADS * BATCHES * BATCH).filter(|id| !id.is_multiple_of(7));
        let expected: Vec<Order> = all.map(|id| Order::of(&pending(id).request, 9)).collect();
        assert!(promises.acknowledged == expected, "{} of {}", promises.acknowledged.len(), expected.len());
        // The first of each batch of 700 is a read: it promises nothing.
        assert!(promises.indefinite.is_empty());
        assert!(ledger.take_promises().acknowledged.is_empty());
    }

    #[test]
    fn units_are_refused_only_to_buyers_who_could_see_them() {
        let ledger = Ledger::new(2);
        ledger.put_on_sale(1, 10);
        let batch: Vec<Pending> = (9..14).map(pending).collect();
        ledger.note(&batch, Outcome::Intercepted(Reason::SoldOut), 20);
        ledger.note(&batch, Outcome::Rejected(Reason::Duplicate), 20);
        // 11, 12 and 13.
        assert_eq!((ledger.refused_units(0), ledger.refused_units(1)), (0, 3));
        ledger.hide_until(13);
        ledger.note(&batch, Outcome::Rejected(Reason::SoldOut), 21);
        assert_eq!(ledger.refused_units(1), 3);
    }
}
