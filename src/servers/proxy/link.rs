//! The state of a link, and its controls.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use tokio::sync::Notify;

/// What a link does with what is sent over it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LinkState {
    /// It carries everything at once.
    #[default]
    Whole,
    /// It carries everything, each way later by this time.
    Slow(Duration),
    /// It carries nothing: connections are dropped with what is under way on them, and new ones are closed at once.
    Cut,
}

/// The link of one process. Clones are the same link. Each control sets the whole state, so the last one counts and
/// the same one twice is the same as once.
#[derive(Clone, Debug, Default)]
pub struct Link(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    /// The delay once more, for those who need it for each piece that they carry.
    delay_ns: AtomicU64,
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
        self.set(LinkState::Cut);
    }

    /// Delays each way by a time. What is sent keeps its order and its rate. A cut link carries again, slowly.
    pub fn slow(&self, delay: Duration) {
        self.set(LinkState::Slow(delay));
    }

    /// Back to normal. What is under way on a slow link still arrives when it was due, and nothing overtakes it.
    pub fn mend(&self) {
        self.set(LinkState::Whole);
    }

    fn set(&self, state: LinkState) {
        let delay = if let LinkState::Slow(delay) = state { delay } else { Duration::ZERO };
        let delay_ns = u64::try_from(delay.as_nanos()).unwrap_or(u64::MAX);
        let mut inside = self.0.inside.lock().unwrap_or_else(PoisonError::into_inner);
        self.0.delay_ns.store(delay_ns, Ordering::Relaxed);
        inside.state = state;
        if state == LinkState::Cut {
            for fuse in inside.fuses.drain(..).filter_map(|fuse| fuse.upgrade()) {
                fuse.notify_one();
            }
        }
    }

    /// How much later each way is; zero while the link is whole.
    pub(super) fn delay(&self) -> Duration {
        Duration::from_nanos(self.0.delay_ns.load(Ordering::Relaxed))
    }

    /// Takes a connection in, to be dropped when the link is cut. Answers whether it carries anything now.
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
