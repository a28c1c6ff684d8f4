//! What consumers have in their hands, and what became of it when they died.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};

/// Where in its work a consumer is to die.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum DeathPoint {
    /// It has taken orders and not yet begun to write them.
    Taken = 1,
    /// It has written orders and not yet said so to the queue.
    Written = 2,
}

/// What is counted of all consumers of a queue.
#[derive(Debug, Default)]
pub struct HandCounts {
    /// Orders taken and not yet written, now.
    in_hands: AtomicU64,
    deaths: AtomicU64,
    died_unwritten: AtomicU64,
    died_unacknowledged: AtomicU64,
    redelivered: AtomicU64,
    ignored: AtomicU64,
    missing: AtomicU64,
}

/// What was counted of all consumers of a queue. Orders, unless it says otherwise.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HandTotals {
    /// Consumers that died.
    pub deaths: u64,
    /// In the hands of consumers that died, taken and not written.
    pub died_unwritten: u64,
    /// In the hands of consumers that died, written and not acknowledged.
    pub died_unacknowledged: u64,
    /// Deliveries of orders that had been delivered before.
    pub redelivered: u64,
    /// Inserts that changed nothing, because the order was there already.
    pub ignored: u64,
    /// Messages whose order the inventory no longer had.
    pub missing: u64,
}

/// The hands of one consumer.
#[derive(Debug)]
pub struct Hands {
    counts: Arc<HandCounts>,
    taken: AtomicU64,
    written: AtomicU64,
    /// A [`DeathPoint`]; 0: it is to live.
    doom: AtomicU8,
    is_dead: AtomicBool,
}

/// With what in its hands a consumer died.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Death {
    /// Orders taken and not written.
    pub unwritten: u64,
    /// Orders written and not acknowledged.
    pub unacknowledged: u64,
}

impl HandCounts {
    /// Orders taken and not yet written, now.
    pub fn in_hands(&self) -> u64 {
        self.in_hands.load(Ordering::Relaxed)
    }

    /// What was counted so far.
    pub fn totals(&self) -> HandTotals {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        HandTotals {
            deaths: self.deaths.load(Ordering::Acquire),
            died_unwritten: read(&self.died_unwritten),
            died_unacknowledged: read(&self.died_unacknowledged),
            redelivered: read(&self.redelivered),
            ignored: read(&self.ignored),
            missing: read(&self.missing),
        }
    }
}

impl Hands {
    /// Empty hands.
    pub fn new(counts: Arc<HandCounts>) -> Self {
        Self {
            counts,
            taken: AtomicU64::new(0),
            written: AtomicU64::new(0),
            doom: AtomicU8::new(0),
            is_dead: AtomicBool::new(false),
        }
    }

    /// Whether who had them is dead.
    pub fn are_dead(&self) -> bool {
        self.is_dead.load(Ordering::Acquire)
    }

    /// Somebody has them again.
    pub fn revive(&self) {
        self.doom(None);
        self.is_dead.store(false, Ordering::Release);
    }

    /// It took so many orders, some of which had been delivered before.
    pub fn took(&self, orders: u64, again: u64) {
        self.taken.store(orders, Ordering::Relaxed);
        self.counts.in_hands.fetch_add(orders, Ordering::Relaxed);
        self.counts.redelivered.fetch_add(again, Ordering::Relaxed);
    }

    /// It wrote what it took; so many of them were there already, and so many could not be found.
    pub fn wrote(&self, ignored: u64, missing: u64) {
        let taken = self.taken.swap(0, Ordering::Relaxed);
        self.written.store(taken, Ordering::Relaxed);
        self.counts.in_hands.fetch_sub(taken, Ordering::Relaxed);
        self.counts.ignored.fetch_add(ignored, Ordering::Relaxed);
        self.counts.missing.fetch_add(missing, Ordering::Relaxed);
    }

    /// The queue knows that it wrote them, or will hand them out again.
    pub fn let_go(&self) {
        self.written.store(0, Ordering::Relaxed);
    }

    /// Lets it die when it next comes to a point; none: it is to live.
    pub fn doom(&self, point: Option<DeathPoint>) {
        self.doom.store(point.map_or(0, |point| point as u8), Ordering::Relaxed);
    }

    /// Whether it is to die at this point.
    pub fn is_doomed(&self, point: DeathPoint) -> bool {
        self.doom.load(Ordering::Relaxed) == point as u8
    }

    /// It is dead: counts what it had in its hands, and empties them. From the moment it is seen to be dead, another one may have them.
    pub fn bury(&self) -> Death {
        let unwritten = self.taken.swap(0, Ordering::Relaxed);
        let unacknowledged = self.written.swap(0, Ordering::Relaxed);
        self.doom(None);
        let counts = &self.counts;
        counts.in_hands.fetch_sub(unwritten, Ordering::Relaxed);
        counts.died_unwritten.fetch_add(unwritten, Ordering::Relaxed);
        counts.died_unacknowledged.fetch_add(unacknowledged, Ordering::Relaxed);
        self.is_dead.store(true, Ordering::Release);
        counts.deaths.fetch_add(1, Ordering::Release);
        Death { unwritten, unacknowledged }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_dead_had_in_their_hands_is_counted_by_how_far_it_was() {
        let counts = Arc::new(HandCounts::default());
        let (first, second) = (Hands::new(counts.clone()), Hands::new(counts.clone()));
        first.took(7, 2);
        second.took(5, 0);
        assert_eq!(counts.in_hands(), 12);
        second.doom(Some(DeathPoint::Written));
        assert!(second.is_doomed(DeathPoint::Written) && !second.is_doomed(DeathPoint::Taken));
        second.wrote(1, 0);
        assert_eq!(first.bury(), Death { unwritten: 7, unacknowledged: 0 });
        assert_eq!(second.bury(), Death { unwritten: 0, unacknowledged: 5 });
        assert!(!second.is_doomed(DeathPoint::Written), "it dies once");
        second.took(3, 3);
        second.wrote(3, 2);
        second.let_go();
        assert_eq!(second.bury(), Death { unwritten: 0, unacknowledged: 0 });
        let totals = HandTotals {
            deaths: 3,
            died_unwritten: 7,
            died_unacknowledged: 5,
            redelivered: 5,
            ignored: 4,
            missing: 2,
        };
        assert_eq!((counts.totals(), counts.in_hands()), (totals, 0));
    }
}
