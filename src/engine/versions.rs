//! Versions: what of a product was written when, so that each answer of a replica can be told to be fresh or stale.
//!
//! Data control is the only writer of pages and of the gate's flags, and counts its writes: each write of a product has the
//! next number, and the number is written along with it. An answer is **stale** when a write with a higher number had been
//! acknowledged before the read was sent. Its **age** is how long before: the time from the acknowledgement of the first
//! write that it lacks to the sending of the read.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{OnceLock, PoisonError, RwLock, RwLockReadGuard, Weak};

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
    /// Who is told of pages that have changed.
    told: OnceLock<Vec<Weak<dyn Updates>>>,
}

/// Somebody who has to know which pages have changed.
pub trait Updates: Send + Sync {
    /// These have: products with their new versions.
    fn changed(&self, pages: &[(u32, u64)]);
}

impl std::fmt::Debug for dyn Updates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Updates")
    }
}

/// The writes of one kind.
#[derive(Debug)]
pub struct Track {
    /// For each product the last write that is acknowledged, or is just being noted; 0: none since the preload.
    latest: Vec<AtomicU64>,
    log: RwLock<Log>,
}

/// When writes were acknowledged. What was written once takes eight bytes a product: all are when the sale opens.
#[derive(Debug)]
struct Log {
    /// The last write of each product; 0: none since the preload.
    last_ns: Vec<u64>,
    /// Those before it, by product and number.
    older: BTreeMap<(u32, u64), u64>,
}

impl Versions {
    /// No writes yet of products `0..items`.
    pub fn new(items: u32, clock: Clock) -> Self {
        Self { clock, pages: Track::new(items), gate: Track::new(items), told: OnceLock::new() }
    }

    /// Notes writes, product and number, that are acknowledged now.
    pub fn acknowledge(&self, pages: &[(u32, u64)], gate: &[(u32, u64)]) {
        self.pages.acknowledge(pages, &self.clock);
        self.gate.acknowledge(gate, &self.clock);
        if !pages.is_empty() {
            for whom in self.told.get().into_iter().flatten().filter_map(Weak::upgrade) {
                whom.changed(pages);
            }
        }
    }

    /// Names those who are told of pages that have changed; once, when all stages are built.
    pub fn tell(&self, whom: Vec<Weak<dyn Updates>>) {
        if self.told.set(whom).is_err() {
            unreachable!("they are named once");
        }
    }
}

impl Track {
    fn new(items: u32) -> Self {
        let log = Log { last_ns: vec![0; items as usize], older: BTreeMap::new() };
        Self { latest: (0..items).map(|_| AtomicU64::new(0)).collect(), log: RwLock::new(log) }
    }

    fn acknowledge(&self, writes: &[(u32, u64)], clock: &Clock) {
        if writes.is_empty() {
            return;
        }
        let mut log = self.log.write().unwrap_or_else(PoisonError::into_inner);
        // First the numbers, then the moment: a read that is sent after that moment finds the numbers, and one that was
        // sent before it but finds them waits for the log, and learns that they are later.
        let numbers =
            |&(item, number): &(u32, u64)| self.latest[item as usize].swap(number, Ordering::AcqRel);
        let before: Vec<u64> = writes.iter().map(numbers).collect();
        let now_ns = clock.now_ns();
        let oldest_ns = now_ns.saturating_sub(nanos(LONGEST));
        for (&(item, _), number) in writes.iter().zip(before) {
            let was_ns = std::mem::replace(&mut log.last_ns[item as usize], now_ns);
            if was_ns > 0 {
                log.older.insert((item, number), was_ns);
                log.forget(item, oldest_ns);
            }
        }
    }

    /// For a batch of answers: the log is locked once, and only if something may be stale.
    pub fn compare(&self) -> Compare<'_> {
        Compare { track: self, log: None }
    }
}

impl Log {
    /// Forgets writes of a product that nobody needs any more. Ages are told apart up to the longest time of a histogram: of
    /// writes before it one is enough.
    fn forget(&mut self, item: u32, oldest_ns: u64) {
        let mut of_item = self.older.range((item, 0)..=(item, u64::MAX));
        while let (Some((&first, _)), Some((_, &second_ns))) = (of_item.next(), of_item.next())
            && second_ns < oldest_ns
        {
            self.older.remove(&first);
            of_item = self.older.range((item, 0)..=(item, u64::MAX));
        }
    }

    /// When the first write of a product after a version was acknowledged.
    fn first_after(&self, item: u32, version: u64) -> u64 {
        let mut later = self.older.range((item, version.saturating_add(1))..=(item, u64::MAX));
        later.next().map_or(self.last_ns[item as usize], |(_, &at_ns)| at_ns)
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
        sent_ns.checked_sub(log.first_after(item, version))
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
            (log.older[&(0, 2)], log.last_ns[0])
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

    #[test]
    fn of_writes_too_old_to_be_told_apart_one_is_kept() {
        let older = [((3, 2), 10), ((3, 5), 20), ((3, 6), 30), ((4, 2), 10)].into_iter().collect();
        let mut log = Log { last_ns: vec![0, 0, 0, 40, 40], older };
        log.forget(3, 25);
        assert_eq!(log.older.keys().copied().collect::<Vec<_>>(), [(3, 5), (3, 6), (4, 2)]);
        log.forget(3, 99);
        assert_eq!(log.older.keys().copied().collect::<Vec<_>>(), [(3, 6), (4, 2)]);
        assert_eq!([1, 5, 6].map(|version| log.first_after(3, version)), [30, 30, 40]);
    }
}
