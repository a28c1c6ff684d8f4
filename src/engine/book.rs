//! The books of a run: one a stage, written a batch at a time under one short lock.
//!
//! A bucket's histograms are taken out every tenth of a second and merged into the run's; nothing is ever averaged.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::pending::Pending;
use crate::metrics::{Latency, Outcome, StageTally};
use crate::workload::Operation;

/// What one stage wrote down.
#[derive(Debug, Clone, Default)]
pub struct StagePage {
    /// Counts, by operation.
    pub tallies: [StageTally; Operation::COUNT],
    /// Time spent at the stage, from coming in to being answered or handed on.
    pub latency: Latency,
    /// Response time of the requests that ended at the stage, from their intended times, by operation.
    pub response: [Latency; Operation::COUNT],
    /// The same from the moment they were sent.
    pub service: [Latency; Operation::COUNT],
    /// Age of the stale answers.
    pub stale_age: Latency,
}

impl StagePage {
    /// The counts of all operations together.
    pub fn tally(&self) -> StageTally {
        let mut all = StageTally::default();
        self.tallies.iter().for_each(|tally| all.merge(tally));
        all
    }

    /// Adds the histograms of another page; counts are running totals and are taken over.
    pub fn absorb(&mut self, bucket: &Self) {
        self.tallies = bucket.tallies;
        self.latency.merge(&bucket.latency);
        self.stale_age.merge(&bucket.stale_age);
        for operation in Operation::ALL {
            self.response[operation.index()].merge(&bucket.response[operation.index()]);
            self.service[operation.index()].merge(&bucket.service[operation.index()]);
        }
    }
}

/// The book of one stage.
#[derive(Debug, Default)]
pub struct StageBook(Mutex<StagePage>);

impl StageBook {
    /// Counts arrivals.
    pub fn arrive(&self, batch: &[Pending]) {
        let mut page = self.open();
        for pending in batch {
            page.tallies[pending.operation.index()].arrivals += 1;
        }
    }

    /// Counts requests that were handed on at `now_ns`.
    pub fn pass(&self, batch: &[Pending], now_ns: u64) {
        let mut page = self.open();
        for pending in batch {
            page.tallies[pending.operation.index()].passed += 1;
            page.latency.record_ns(now_ns.saturating_sub(pending.arrived_ns));
        }
    }

    /// Counts requests that ended at `now_ns`.
    pub fn end(&self, batch: &[Pending], outcome: Outcome, now_ns: u64) {
        let mut page = self.open();
        for pending in batch {
            let operation = pending.operation.index();
            page.tallies[operation].end(outcome, 1);
            page.latency.record_ns(now_ns.saturating_sub(pending.arrived_ns));
            page.response[operation].record_ns(now_ns.saturating_sub(pending.intended_ns));
            page.service[operation].record_ns(now_ns.saturating_sub(pending.sent_ns));
        }
    }

    /// Counts answers that carried a version, by operation, and those of them that were stale, with their ages in
    /// nanoseconds.
    pub fn versioned(&self, answers: [u64; Operation::COUNT], stale: &[(Operation, u64)]) {
        let mut page = self.open();
        for (tally, count) in page.tallies.iter_mut().zip(answers) {
            tally.versioned_reads += count;
        }
        for (operation, age_ns) in stale {
            page.tallies[operation.index()].stale_reads += 1;
            page.stale_age.record_ns(*age_ns);
        }
    }

    /// Counts orders that came out of the queue and were written, or could not be, after `latency_ns`.
    pub fn orders(&self, written: u64, failed: u64, latency_ns: u64) {
        let mut page = self.open();
        let tally = &mut page.tallies[Operation::Claim.index()];
        tally.arrivals += written + failed;
        tally.passed += written;
        tally.failed += failed;
        page.latency.record_many_ns(latency_ns, written + failed);
    }

    /// Takes out what was recorded since the last time: running counts, and the histograms of the bucket.
    pub fn take_bucket(&self, into: &mut StagePage) {
        let mut page = self.open();
        into.tallies = page.tallies;
        into.latency.clear();
        into.stale_age.clear();
        into.response.iter_mut().chain(&mut into.service).for_each(Latency::clear);
        std::mem::swap(&mut into.latency, &mut page.latency);
        std::mem::swap(&mut into.stale_age, &mut page.stale_age);
        std::mem::swap(&mut into.response, &mut page.response);
        std::mem::swap(&mut into.service, &mut page.service);
    }

    /// The running counts of all operations together.
    pub fn tally(&self) -> StageTally {
        self.open().tally()
    }

    fn open(&self) -> MutexGuard<'_, StagePage> {
        // A panic while counting ends the run; what was counted until then still stands.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
