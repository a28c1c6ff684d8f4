//! Counts and the laws they obey.
//!
//! At a stage: `arrivals + retries = Σ intercepted + passed + failed + indefinite + given back + in flight`, where `passed` counts what
//! the stage handed on or, as the owner of the data, answered itself. End to end:
//! `arrivals = dropped + Σ intercepted + served + sold + rejected + failed + indefinite + in flight`.
//!
//! A request that a service tries again is one arrival of the run and ends once. At the stage where an attempt ended it is `given_back`, at
//! the service that takes it back it counts among `retries`: of both there are the same number in a run.

use std::collections::BTreeMap;

use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize};

use super::outcome::{Outcome, Reason};

/// Counts by reason. Written as a map that leaves out zeros.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ByReason(pub(super) [u64; Reason::ALL.len()]);

impl ByReason {
    /// Adds to a reason.
    pub fn add(&mut self, reason: Reason, count: u64) {
        self.0[reason as usize] += count;
    }
    /// The count of a reason.
    pub fn get(&self, reason: Reason) -> u64 {
        self.0[reason as usize]
    }
    /// All reasons together.
    pub fn sum(&self) -> u64 {
        self.0.iter().sum()
    }
    /// Reasons with their counts, zeros left out.
    pub fn iter(&self) -> impl Iterator<Item = (Reason, u64)> + '_ {
        Reason::ALL.iter().map(|&reason| (reason, self.get(reason))).filter(|(_, count)| *count > 0)
    }
    fn combine(&mut self, other: &Self, with: fn(u64, u64) -> u64) {
        for (mine, theirs) in self.0.iter_mut().zip(other.0) {
            *mine = with(*mine, theirs);
        }
    }
}

/// Reasons that this program doesn't know are left out: a newer one wrote them.
impl<'de> Deserialize<'de> for ByReason {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let known = BTreeMap::<String, u64>::deserialize(deserializer)?;
        Ok(Self(Reason::ALL.map(|reason| known.get(reason.label()).copied().unwrap_or(0))))
    }
}

impl Serialize for ByReason {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (reason, count) in self.iter() {
            map.serialize_entry(reason.label(), &count)?;
        }
        map.end()
    }
}

/// What a stage counted: of all operations, or of one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StageTally {
    /// Requests that came in.
    pub arrivals: u64,
    /// Answered here, before the stage that owns the data.
    pub intercepted: ByReason,
    /// Handed on, or answered here as the owner of the data.
    pub passed: u64,
    /// Of `passed`: reads answered here as the owner, events and increments acknowledged here.
    pub served: u64,
    /// Of `passed`: claims granted here to the end.
    pub sold: u64,
    /// Of `passed`: claims refused here by the stage that decides.
    pub rejected: ByReason,
    /// Ended in an error; nothing happened.
    pub failed: u64,
    /// Ended without an answer; may have happened.
    pub indefinite: u64,
    /// Attempts that ended here and went back to a service above, which tries again. The requests go on.
    pub given_back: u64,
    /// Attempts that this service took back, to try again.
    pub retries: u64,
    /// Bytes of the pages that readers were sent; of the users only.
    pub page_bytes_sent: u64,
    /// Bytes of the pages that readers were not sent, because their clients had them; of the users only.
    pub page_bytes_saved: u64,
    /// Answers of Redis here that carried a version: pages, and checks of claims at the gate; and pages of a CDN. An attribute of
    /// answers; the laws don't know it.
    pub versioned_reads: u64,
    /// Of `versioned_reads`: older than what had been acknowledged to its writer before the read was sent.
    pub stale_reads: u64,
}

impl StageTally {
    /// Counts requests that end here.
    pub fn end(&mut self, outcome: Outcome, count: u64) {
        match outcome {
            Outcome::Intercepted(reason) => self.intercepted.add(reason, count),
            Outcome::Served => self.served += count,
            Outcome::Sold => self.sold += count,
            Outcome::Rejected(reason) => self.rejected.add(reason, count),
            Outcome::Failed => self.failed += count,
            Outcome::Indefinite => self.indefinite += count,
        }
        if matches!(outcome, Outcome::Served | Outcome::Sold | Outcome::Rejected(_)) {
            self.passed += count;
        }
    }

    /// Requests that came in and are neither answered nor handed on.
    /// Negative only if something was counted twice.
    pub fn in_flight(&self) -> i64 {
        let done = self.intercepted.sum() + self.passed + self.failed + self.indefinite + self.given_back;
        (self.arrivals + self.retries).cast_signed() - done.cast_signed()
    }

    /// Requests handed on to the next stage.
    pub fn handed_on(&self) -> u64 {
        self.passed - self.served - self.sold - self.rejected.sum()
    }

    /// Requests that ended here, whatever the outcome.
    pub fn ended(&self) -> u64 {
        self.intercepted.sum() + self.served + self.sold + self.rejected.sum() + self.failed + self.indefinite
    }

    /// Requests turned away here: `rate_limited` or `shed`.
    pub fn turned_away(&self) -> u64 {
        self.intercepted.get(Reason::RateLimited) + self.intercepted.get(Reason::Shed)
    }

    /// Requests that ended here with an answer to what they asked, whatever it said.
    pub fn achieved(&self) -> u64 {
        self.ended() - self.failed - self.indefinite - self.turned_away()
    }

    /// Adds another tally.
    pub fn merge(&mut self, other: &Self) {
        self.combine(other, |a, b| a + b);
    }

    /// What came since an earlier state of this tally.
    #[must_use]
    pub fn since(mut self, earlier: &Self) -> Self {
        self.combine(earlier, |a, b| a - b);
        self
    }

    fn combine(&mut self, other: &Self, with: fn(u64, u64) -> u64) {
        self.arrivals = with(self.arrivals, other.arrivals);
        self.intercepted.combine(&other.intercepted, with);
        self.passed = with(self.passed, other.passed);
        self.served = with(self.served, other.served);
        self.sold = with(self.sold, other.sold);
        self.rejected.combine(&other.rejected, with);
        self.failed = with(self.failed, other.failed);
        self.indefinite = with(self.indefinite, other.indefinite);
        self.given_back = with(self.given_back, other.given_back);
        self.retries = with(self.retries, other.retries);
        self.page_bytes_sent = with(self.page_bytes_sent, other.page_bytes_sent);
        self.page_bytes_saved = with(self.page_bytes_saved, other.page_bytes_saved);
        self.versioned_reads = with(self.versioned_reads, other.versioned_reads);
        self.stale_reads = with(self.stale_reads, other.stale_reads);
    }
}

/// How all arrivals of a run ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Totals {
    /// Requests that the schedule called for.
    pub arrivals: u64,
    /// Requests that could not even be sent.
    pub dropped: u64,
    /// Answered before the stage that owns the data.
    pub intercepted: u64,
    /// Of `intercepted`: turned away as `rate_limited` or `shed`, so that nothing was achieved for them.
    pub turned_away: u64,
    /// Reads answered by the stage that owns the data; events and increments acknowledged by the stage that keeps them.
    pub served: u64,
    /// Claims granted.
    pub sold: u64,
    /// Claims refused by the stage that decides.
    pub rejected: u64,
    /// Errors; nothing happened.
    pub failed: u64,
    /// No answer in time; may have happened.
    pub indefinite: u64,
}

impl Totals {
    /// The sum over the stages at which requests ended.
    pub fn of<'a>(dropped: u64, arrivals: u64, stages: impl IntoIterator<Item = &'a StageTally>) -> Self {
        let mut totals = Self { arrivals, dropped, ..Self::default() };
        for stage in stages {
            totals.intercepted += stage.intercepted.sum();
            totals.turned_away += stage.turned_away();
            totals.served += stage.served;
            totals.sold += stage.sold;
            totals.rejected += stage.rejected.sum();
            totals.failed += stage.failed;
            totals.indefinite += stage.indefinite;
        }
        totals
    }

    /// Requests that got an answer to what they asked, whatever it said; those turned away got none.
    pub fn achieved(&self) -> u64 {
        self.intercepted - self.turned_away + self.served + self.sold + self.rejected
    }

    /// Requests sent and not ended. Negative only if something was counted twice.
    pub fn in_flight(&self) -> i64 {
        let answered = self.intercepted + self.served + self.sold + self.rejected;
        let ended = self.dropped + answered + self.failed + self.indefinite;
        self.arrivals.cast_signed() - ended.cast_signed()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_keeps_both_laws() {
        let outcomes = [
            Outcome::Intercepted(Reason::CacheHit),
            Outcome::Intercepted(Reason::Shed),
            Outcome::Served,
            Outcome::Sold,
            Outcome::Rejected(Reason::SoldOut),
            Outcome::Failed,
            Outcome::Indefinite,
        ];
        let mut tally = StageTally::default();
        for (count, outcome) in (1..).zip(outcomes) {
            tally.arrivals += count;
            assert_eq!(tally.in_flight(), count.cast_signed());
            tally.end(outcome, count);
            assert_eq!(tally.in_flight(), 0, "{outcome:?}");
        }
        tally.arrivals += 5;
        tally.passed += 5;
        assert_eq!((tally.in_flight(), tally.handed_on()), (0, 5));
        let totals = Totals::of(3, tally.ended() + 3, [&tally]);
        assert_eq!(totals.in_flight(), 0);
    }

    #[test]
    fn since_undoes_merge() {
        let mut one = StageTally { arrivals: 9, passed: 4, ..StageTally::default() };
        one.end(Outcome::Intercepted(Reason::SoldOut), 5);
        let mut both = one;
        both.merge(&StageTally { arrivals: 2, failed: 2, ..StageTally::default() });
        assert_eq!(both.since(&one), StageTally { arrivals: 2, failed: 2, ..StageTally::default() });
    }
}
