//! The state of a link, and its controls.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::bucket::Bucket;

/// What a link does with what is sent over it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkState {
    /// It carries everything, each way later by the delay and no faster than the rate.
    Carries {
        /// How much later; zero: at once.
        delay: Duration,
        /// Bytes per second, each way; none: as fast as the machine.
        rate: Option<u64>,
    },
    /// It carries nothing: connections are dropped with what is under way on them, and new ones are closed at once.
    Cut,
}

impl LinkState {
    /// A link that carries everything at once.
    pub const WHOLE: Self = Self::Carries { delay: Duration::ZERO, rate: None };

    fn delay(self) -> Duration {
        if let Self::Carries { delay, .. } = self { delay } else { Duration::ZERO }
    }

    fn rate(self) -> Option<u64> {
        if let Self::Carries { rate, .. } = self { rate } else { None }
    }
}

impl Default for LinkState {
    fn default() -> Self {
        Self::WHOLE
    }
}

/// A way of a link, as the process sees it that the link belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// To the process.
    In,
    /// From the process.
    Out,
}

impl Direction {
    /// The other way.
    pub fn turned(self) -> Self {
        match self {
            Self::In => Self::Out,
            Self::Out => Self::In,
        }
    }
}

/// The link of one process. Clones are the same link. A delay and a rate hold together; a cut ends both, and a delay or a
/// rate ends a cut. The same control twice is the same as once.
#[derive(Clone, Debug, Default)]
pub struct Link(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    /// The delay once more, for those who need it for each piece that they carry.
    delay_ns: AtomicU64,
    /// The rate once more, in bytes per second; 0 is none.
    rate: AtomicU64,
    /// What may still be carried just now: by all connections together, each way for itself.
    inward: Mutex<Bucket>,
    outward: Mutex<Bucket>,
    /// Bytes on their way to the process.
    under_way: AtomicI64,
    inside: Mutex<Inside>,
}

#[derive(Debug, Default)]
struct Inside {
    state: LinkState,
    /// The connections over it, as long as they last: a fuse each, to be blown when it is cut.
    fuses: Vec<Weak<Notify>>,
}

impl Link {
    /// What it does now.
    pub fn state(&self) -> LinkState {
        self.0.inside.lock().unwrap_or_else(PoisonError::into_inner).state
    }

    /// Drops every connection with what is under way on it, and lets no new one come about.
    pub fn cut(&self) {
        self.change(|_| LinkState::Cut, true);
    }

    /// Delays each way by a time. What is sent keeps its order and its rate. A cut link carries again, slowly.
    pub fn slow(&self, delay: Duration) {
        self.change(|state| LinkState::Carries { delay, rate: state.rate() }, false);
    }

    /// Carries no more than so many bytes per second, each way, all connections together. Senders are held up: what is
    /// read from them is no more than what goes on. A cut link carries again, at that rate.
    pub fn throttle(&self, bytes_per_sec: u64) {
        let rate = Some(bytes_per_sec.max(1));
        self.change(|state| LinkState::Carries { delay: state.delay(), rate }, false);
    }

    /// Drops every connection with what is under way on it, once; new ones come about as before.
    pub fn reset(&self) {
        self.change(|state| state, true);
    }

    /// Whether nothing is on its way to the process any more.
    pub fn is_quiet(&self) -> bool {
        self.0.under_way.load(Ordering::Acquire) == 0
    }

    /// So many bytes more are on their way to the process, or less.
    pub(super) fn note(&self, change: i64) {
        self.0.under_way.fetch_add(change, Ordering::AcqRel);
    }

    /// Back to normal. What is under way on a slow link still arrives when it was due, and nothing overtakes it.
    pub fn mend(&self) {
        self.change(|_| LinkState::WHOLE, false);
    }

    fn change(&self, change: impl FnOnce(LinkState) -> LinkState, drops_connections: bool) {
        let mut inside = self.0.inside.lock().unwrap_or_else(PoisonError::into_inner);
        let state = change(inside.state);
        let delay_ns = u64::try_from(state.delay().as_nanos()).unwrap_or(u64::MAX);
        self.0.delay_ns.store(delay_ns, Ordering::Relaxed);
        self.0.rate.store(state.rate().unwrap_or(0), Ordering::Relaxed);
        inside.state = state;
        if drops_connections {
            for fuse in inside.fuses.drain(..).filter_map(|fuse| fuse.upgrade()) {
                fuse.notify_one();
            }
        }
    }

    /// How much later each way is; zero while nothing delays it.
    pub(super) fn delay(&self) -> Duration {
        Duration::from_nanos(self.0.delay_ns.load(Ordering::Relaxed))
    }

    /// Whether it carries only so much per second now.
    pub(super) fn is_throttled(&self) -> bool {
        self.0.rate.load(Ordering::Relaxed) > 0
    }

    /// How many of `wanted` bytes may go one way now; they count as carried.
    pub(super) fn allow(&self, direction: Direction, wanted: usize) -> usize {
        match self.0.rate.load(Ordering::Relaxed) {
            0 => wanted,
            rate => {
                let mut bucket = self.bucket(direction).lock().unwrap_or_else(PoisonError::into_inner);
                bucket.take(wanted, rate, Instant::now())
            }
        }
    }

    /// Says that bytes which were allowed did not go: another link on their way had no room for them.
    pub(super) fn give_back(&self, direction: Direction, bytes: usize) {
        self.bucket(direction).lock().unwrap_or_else(PoisonError::into_inner).give_back(bytes);
    }

    fn bucket(&self, direction: Direction) -> &Mutex<Bucket> {
        match direction {
            Direction::In => &self.0.inward,
            Direction::Out => &self.0.outward,
        }
    }

    /// Takes a connection in, to be dropped when the link is cut or reset. Answers whether it carries anything now.
    pub(super) fn carry(&self, fuse: &Arc<Notify>) -> bool {
        let mut inside = self.0.inside.lock().unwrap_or_else(PoisonError::into_inner);
        if inside.state == LinkState::Cut {
            return false;
        }
        inside.fuses.retain(|fuse| fuse.strong_count() > 0);
        inside.fuses.push(Arc::downgrade(fuse));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delay_and_a_rate_hold_together_and_a_cut_ends_both() {
        let link = Link::default();
        let (delay, rate) = (Duration::from_millis(50), Some(9_000));
        link.slow(delay);
        link.throttle(9_000);
        assert_eq!(link.state(), LinkState::Carries { delay, rate });
        link.reset();
        assert_eq!(link.state(), LinkState::Carries { delay, rate }, "a reset changes nothing for the next");
        link.slow(Duration::from_millis(1));
        assert_eq!(link.state(), LinkState::Carries { delay: Duration::from_millis(1), rate });
        link.cut();
        assert_eq!(
            (link.state(), link.is_throttled(), link.delay()),
            (LinkState::Cut, false, Duration::ZERO)
        );
        link.throttle(9_000);
        assert_eq!(link.state(), LinkState::Carries { delay: Duration::ZERO, rate });
        link.mend();
        assert_eq!(link.state(), LinkState::WHOLE);
        assert_eq!(link.allow(Direction::In, 1 << 30), 1 << 30);
    }
}
