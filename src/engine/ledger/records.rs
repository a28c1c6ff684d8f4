//! What people were told of the records that they left: events on streams, and increments of counters.

use std::sync::atomic::{AtomicU64, Ordering};

use super::super::entry::Event;
use super::super::pending::Pending;
use super::Sheets;
use crate::workload::Operation;

/// What was told of events, in no order.
#[derive(Debug, Clone, Default)]
pub struct EventPromises {
    /// Events that were acknowledged.
    pub acknowledged: Vec<Event>,
    /// Events without an answer: they may or may not be kept.
    pub indefinite: Vec<Event>,
}

/// What was told of the increments of one counter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CountPromises {
    /// Increments that were acknowledged.
    pub acknowledged: u64,
    /// Increments without an answer.
    pub indefinite: u64,
}

/// The part of the ledger for records.
#[derive(Debug, Default)]
pub struct RecordLedger {
    acknowledged: Sheets<Event>,
    indefinite: Sheets<Event>,
    counters: Vec<CounterLedger>,
}

#[derive(Debug, Default)]
struct CounterLedger {
    acknowledged: AtomicU64,
    indefinite: AtomicU64,
}

impl RecordLedger {
    /// Of counters `0..counters`.
    pub fn new(counters: u32) -> Self {
        let counters = std::iter::repeat_with(CounterLedger::default).take(counters as usize).collect();
        Self { counters, ..Self::default() }
    }

    /// Writes down that the records of a batch were acknowledged.
    pub fn acknowledge(&self, batch: &[Pending], now_ns: u64) {
        self.acknowledged.write(events(batch, now_ns));
        self.count(batch, |counter| &counter.acknowledged);
    }

    /// Writes down that nobody knows what became of the records of a batch.
    pub fn give_up(&self, batch: &[Pending], now_ns: u64) {
        self.indefinite.write(events(batch, now_ns));
        self.count(batch, |counter| &counter.indefinite);
    }

    /// What was told of events, taken out.
    pub fn take_events(&self) -> EventPromises {
        EventPromises { acknowledged: self.acknowledged.take(), indefinite: self.indefinite.take() }
    }

    /// What was told of increments, by counter.
    pub fn counts(&self) -> Vec<CountPromises> {
        let read = |counter: &CounterLedger| CountPromises {
            acknowledged: counter.acknowledged.load(Ordering::Relaxed),
            indefinite: counter.indefinite.load(Ordering::Relaxed),
        };
        self.counters.iter().map(read).collect()
    }

    fn count(&self, batch: &[Pending], which: fn(&CounterLedger) -> &AtomicU64) {
        for pending in batch.iter().filter(|pending| pending.operation == Operation::Count) {
            if let Some(counter) = self.counters.get(pending.item as usize) {
                which(counter).fetch_add(1, Ordering::Relaxed);
            }
        }
    }
}

fn events(batch: &[Pending], now_ns: u64) -> impl Iterator<Item = Event> {
    let appends = batch.iter().filter(|pending| pending.operation == Operation::Append);
    appends.map(move |pending| Event::of(&pending.request, now_ns))
}
