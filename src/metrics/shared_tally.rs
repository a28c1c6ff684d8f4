//! A [`StageTally`] that many threads add to and one reads, without a lock.

use std::array;
use std::sync::atomic::{AtomicU64, Ordering};

use super::COUNTS;
use super::outcome::{Outcome, Reason};
use super::tally::{ByReason, StageTally};

/// What a stage counts, while it counts.
///
/// A count is added with release and read with acquire. So who reads a count also sees, in whatever it reads *after* it, what
/// its writer wrote *before* it: a request's arrival comes before its end, its passing on before its arrival further
/// down, `passed` before the kind of `passed`. [`Self::read`] goes the other way round, from the latest to the earliest; then
/// nothing is ever seen to have ended that has not come in.
#[derive(Debug, Default)]
// No cache line together with a neighbour; processors fetch lines in pairs.
#[repr(align(128))]
pub struct SharedTally {
    arrivals: AtomicU64,
    intercepted: SharedByReason,
    passed: AtomicU64,
    served: AtomicU64,
    sold: AtomicU64,
    rejected: SharedByReason,
    failed: AtomicU64,
    indefinite: AtomicU64,
    versioned_reads: AtomicU64,
    stale_reads: AtomicU64,
}

#[derive(Debug, Default)]
struct SharedByReason([AtomicU64; Reason::ALL.len()]);

impl SharedTally {
    /// Counts requests that came in.
    pub fn arrive(&self, count: u64) {
        add(&self.arrivals, count);
    }

    /// Counts requests that were handed on.
    pub fn pass(&self, count: u64) {
        add(&self.passed, count);
    }

    /// Counts requests that end here.
    pub fn end(&self, outcome: Outcome, count: u64) {
        if matches!(outcome, Outcome::Served | Outcome::Sold | Outcome::Rejected(_)) {
            self.pass(count);
        }
        match outcome {
            Outcome::Intercepted(reason) => add(&self.intercepted.0[reason as usize], count),
            Outcome::Served => add(&self.served, count),
            Outcome::Sold => add(&self.sold, count),
            Outcome::Rejected(reason) => add(&self.rejected.0[reason as usize], count),
            Outcome::Failed => add(&self.failed, count),
            Outcome::Indefinite => add(&self.indefinite, count),
        }
    }

    /// Counts answers that carried a version, and those of them that were stale.
    pub fn versioned(&self, answers: u64, stale: u64) {
        add(&self.versioned_reads, answers);
        add(&self.stale_reads, stale);
    }

    /// What was counted so far.
    pub fn read(&self) -> StageTally {
        // Fields of a struct expression are evaluated as they are written: the latest first.
        StageTally {
            stale_reads: read(&self.stale_reads),
            versioned_reads: read(&self.versioned_reads),
            indefinite: read(&self.indefinite),
            failed: read(&self.failed),
            rejected: self.rejected.read(),
            sold: read(&self.sold),
            served: read(&self.served),
            passed: read(&self.passed),
            intercepted: self.intercepted.read(),
            arrivals: read(&self.arrivals),
        }
    }
}

impl SharedByReason {
    fn read(&self) -> ByReason {
        ByReason(array::from_fn(|reason| read(&self.0[reason])))
    }
}

fn add(counter: &AtomicU64, count: u64) {
    if COUNTS && count > 0 {
        counter.fetch_add(count, Ordering::Release);
    }
}

fn read(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Acquire)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_is_counted_as_a_tally_counts_it() {
        let reasons = Reason::ALL
            .into_iter()
            .flat_map(|reason| [Outcome::Intercepted(reason), Outcome::Rejected(reason)]);
        let plain = [Outcome::Served, Outcome::Sold, Outcome::Failed, Outcome::Indefinite];
        let (shared, mut tally) = (SharedTally::default(), StageTally::default());
        for (count, outcome) in (1..).zip(reasons.chain(plain)) {
            shared.arrive(count + 1);
            shared.pass(1);
            shared.end(outcome, count);
            shared.versioned(count, 1);
            tally.arrivals += count + 1;
            tally.passed += 1;
            tally.end(outcome, count);
            tally.versioned_reads += count;
            tally.stale_reads += 1;
            assert_eq!(shared.read(), tally, "{outcome:?}");
        }
        assert_eq!(shared.read().in_flight(), 0);
    }
}
