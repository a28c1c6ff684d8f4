//! Versions: what of a product was written when, so that each answer of a replica can be told to be fresh or stale.
//!
//! Data control is the only writer of pages and of the gate's flags, and counts its writes: each write of a product has the
//! next number, and the number is written along with it. An answer is **stale** when a write with a higher number had been
//! acknowledged before the read was sent. Its **age** is how long before: the time from the acknowledgement of the first
//! write that it lacks to the sending of the read.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use super::clock::{Clock, nanos};
use crate::metrics::histogram::LONGEST;

/// The versions of a run's products.
#[derive(Debug)]
pub struct Versions {
    clock: Clock,
    /// Writes of pages.
    pub pages: Track,
    /// Writes of the gate's flags.
    pub gate: Track,
}

/// The writes of products, by product: number and moment of acknowledgement.
type Log = HashMap<u32, VecDeque<(u64, u64)>>;

/// The writes of one kind.
#[derive(Debug)]
pub struct Track {
    /// For each product the last write that is acknowledged, or is just being noted; 0: none since the preload.
    latest: Vec<AtomicU64>,
    /// The products that were written since the preload.
    log: RwLock<Log>,
}

impl Versions {
    /// No writes yet of products `0..items`.
    pub fn new(items: u32, clock: Clock) -> Self {
        Self { clock, pages: Track::new(items), gate: Track::new(items) }
    }

    /// Notes writes, product and number, that are acknowledged now.
    pub fn acknowledge(&self, pages: &[(u32, u64)], gate: &[(u32, u64)]) {
        self.pages.acknowledge(pages, &self.clock);
        self.gate.acknowledge(gate, &self.clock);
    }
}

impl Track {
    fn new(items: u32) -> Self {
        Self { latest: (0..items).map(|_| AtomicU64::new(0)).collect(), log: RwLock::default() }
    }

    fn acknowledge(&self, writes: &[(u32, u64)], clock: &Clock) {
        if writes.is_empty() {
            return;
        }
        let mut log = self.log.write().unwrap_or_else(PoisonError::into_inner);
        // First the numbers, then the moment: a read that is sent after that moment finds the numbers, and one that was
        // sent before it but finds them waits for the log, and learns that they are later.
        for &(item, number) in writes {
            self.latest[item as usize].store(number, Ordering::Release);
        }
        let now_ns = clock.now_ns();
        let oldest = now_ns.saturating_sub(nanos(LONGEST));
        for &(item, number) in writes {
            let writes = log.entry(item).or_default();
            writes.push_back((number, now_ns));
            // Ages are told apart up to the longest time of a histogram: of older writes one is enough.
            while writes.get(1).is_some_and(|(_, at)| *at < oldest) {
                writes.pop_front();
            }
        }
    }

    /// For a batch of answers: the log is locked once, and only if something may be stale.
    pub fn compare(&self) -> Compare<'_> {
        Compare { track: self, log: None }
    }
}

/// Compares answers with what was written.
pub struct Compare<'a> {
    track: &'a Track,
    log: Option<RwLockReadGuard<'a, Log>>,
}

impl Compare<'_> {
    /// The age, in nanoseconds, of an answer with this version to a read that was sent at `sent_ns`; none if it was fresh.
    pub fn age_ns(&mut self, item: u32, version: u64, sent_ns: u64) -> Option<u64> {
        if version >= self.track.latest[item as usize].load(Ordering::Acquire) {
            return None;
        }
        let track = self.track;
        let log = self.log.get_or_insert_with(|| track.log.read().unwrap_or_else(PoisonError::into_inner));
        let writes = log.get(&item)?;
        let (_, missed_ns) = writes.get(writes.partition_point(|(number, _)| *number <= version))?;
        sent_ns.checked_sub(*missed_ns)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_stale_when_a_later_write_was_acknowledged_before_the_read_was_sent() {
        let clock = Clock::new();
        let versions = Versions::new(2, clock.clone());
        assert_eq!(versions.pages.compare().age_ns(0, 1, clock.now_ns()), None, "nothing was written since");
        versions.acknowledge(&[(0, 2)], &[]);
        let between = clock.now_ns();
        versions.acknowledge(&[(0, 4)], &[(0, 3)]);
        let (second, fourth) = {
            let log = versions.pages.log.read().unwrap();
            (log[&0][0].1, log[&0][1].1)
        };
        let sent = fourth + 1_000;
        let mut pages = versions.pages.compare();
        assert_eq!(pages.age_ns(0, 4, sent), None);
        assert_eq!(pages.age_ns(0, 3, sent), Some(1_000), "it lacks the fourth");
        assert_eq!(
            pages.age_ns(0, 1, sent),
            Some(sent - second),
            "its age counts from the first that it lacks"
        );
        assert_eq!(pages.age_ns(0, 2, between), None, "the fourth came after the read was sent");
        assert_eq!(pages.age_ns(1, 1, sent), None, "another product");
        assert!(versions.gate.compare().age_ns(0, 2, clock.now_ns()).is_some());
        assert_eq!(versions.gate.compare().age_ns(0, 3, clock.now_ns()), None);
    }
}
