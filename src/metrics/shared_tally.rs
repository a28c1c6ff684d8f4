//! A [`StageTally`] that many threads add to and one reads, without a lock.

use std::array;
use std::sync::atomic::{AtomicU64, Ordering};

use super::COUNTS;
use super::outcome::{Outcome, Reason};
use super::stripe::{STRIPES, mine};
use super::tally::{ByReason, StageTally};

/// What a stage counts, while it counts.
///
/// A count is added with release and read with acquire. So who reads a count also sees, in whatever it reads *after* it, what
/// its writer wrote *before* it: a request's arrival comes before its end, its passing on before its arrival further
/// down, `passed` before the kind of `passed`. [`Self::read`] goes the other way round, from the latest to the earliest; then
/// nothing is ever seen to have ended that has not come in.
#[derive(Debug, Default)]
pub struct SharedTally([Counts; STRIPES]);

#[derive(Debug, Default)]
// No cache line together with a neighbour; processors fetch lines in pairs.
#[repr(align(128))]
struct Counts {
    arrivals: AtomicU64,
    intercepted: CountsByReason,
    passed: AtomicU64,
    served: AtomicU64,
    sold: AtomicU64,
    rejected: CountsByReason,
    failed: AtomicU64,
    indefinite: AtomicU64,
    given_back: AtomicU64,
    retries: AtomicU64,
    page_bytes_sent: AtomicU64,
    page_bytes_saved: AtomicU64,
    versioned_reads: AtomicU64,
    stale_reads: AtomicU64,
}

type CountsByReason = [AtomicU64; Reason::ALL.len()];

impl SharedTally {
    /// Counts requests that came in.
    pub fn arrive(&self, count: u64) {
        add(&self.mine().arrivals, count);
    }

    /// Counts requests that were handed on.
    pub fn pass(&self, count: u64) {
        add(&self.mine().passed, count);
    }

    /// Counts requests that end here.
    pub fn end(&self, outcome: Outcome, count: u64) {
        let counts = self.mine();
        if matches!(outcome, Outcome::Served | Outcome::Sold | Outcome::Rejected(_)) {
            add(&counts.passed, count);
        }
        let of = match outcome {
            Outcome::Intercepted(reason) => &counts.intercepted[reason as usize],
            Outcome::Served => &counts.served,
            Outcome::Sold => &counts.sold,
            Outcome::Rejected(reason) => &counts.rejected[reason as usize],
            Outcome::Failed => &counts.failed,
            Outcome::Indefinite => &counts.indefinite,
        };
        add(of, count);
    }

    /// Counts attempts that ended here and went back to a service.
    pub fn give_back(&self, count: u64) {
        add(&self.mine().given_back, count);
    }

    /// Counts attempts that came back.
    pub fn retry(&self, count: u64) {
        add(&self.mine().retries, count);
    }

    /// Counts bytes of pages that readers were sent, and those that they had already.
    pub fn page_bytes(&self, sent: u64, saved: u64) {
        add(&self.mine().page_bytes_sent, sent);
        add(&self.mine().page_bytes_saved, saved);
    }

    /// Counts answers that carried a version, and those of them that were stale.
    pub fn versioned(&self, answers: u64, stale: u64) {
        add(&self.mine().versioned_reads, answers);
        add(&self.mine().stale_reads, stale);
    }

    /// What was counted so far.
    pub fn read(&self) -> StageTally {
        // Fields of a struct expression are evaluated as they are written: the latest first. Each is read of all threads
        // before the next one is of any: they hand requests to each other.
        StageTally {
            stale_reads: self.sum(|counts| &counts.stale_reads),
            versioned_reads: self.sum(|counts| &counts.versioned_reads),
            page_bytes_sent: self.sum(|counts| &counts.page_bytes_sent),
            page_bytes_saved: self.sum(|counts| &counts.page_bytes_saved),
            given_back: self.sum(|counts| &counts.given_back),
            indefinite: self.sum(|counts| &counts.indefinite),
            failed: self.sum(|counts| &counts.failed),
            rejected: self.sum_by_reason(|counts| &counts.rejected),
            sold: self.sum(|counts| &counts.sold),
            served: self.sum(|counts| &counts.served),
            passed: self.sum(|counts| &counts.passed),
            intercepted: self.sum_by_reason(|counts| &counts.intercepted),
            retries: self.sum(|counts| &counts.retries),
            arrivals: self.sum(|counts| &counts.arrivals),
        }
    }

    fn mine(&self) -> &Counts {
        &self.0[mine()]
    }

    fn sum(&self, of: impl Fn(&Counts) -> &AtomicU64) -> u64 {
        self.0.iter().map(|counts| of(counts).load(Ordering::Acquire)).sum()
    }

    fn sum_by_reason(&self, of: impl Fn(&Counts) -> &CountsByReason) -> ByReason {
        ByReason(array::from_fn(|reason| self.sum(|counts| &of(counts)[reason])))
    }
}

fn add(counter: &AtomicU64, count: u64) {
    if COUNTS && count > 0 {
        counter.fetch_add(count, Ordering::Release);
    }
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
            shared.retry(2);
            shared.page_bytes(3, 4);
            shared.give_back(2);
            shared.end(outcome, count);
            shared.versioned(count, 1);
            tally.arrivals += count + 1;
            tally.passed += 1;
            tally.retries += 2;
            tally.page_bytes_sent += 3;
            tally.page_bytes_saved += 4;
            tally.given_back += 2;
            tally.end(outcome, count);
            tally.versioned_reads += count;
            tally.stale_reads += 1;
            assert_eq!(shared.read(), tally, "{outcome:?}");
        }
        assert_eq!(shared.read().in_flight(), 0);
    }
}
