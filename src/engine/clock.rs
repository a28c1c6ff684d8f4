//! One monotonic clock for a run.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Nanoseconds since the clock was made, and the moment on it at which the schedule starts.
#[derive(Debug, Clone)]
pub struct Clock {
    epoch: Instant,
    schedule_ns: Arc<AtomicU64>,
}

impl Clock {
    /// A clock at zero. The schedule's start is unknown until [`Self::start_schedule`].
    pub fn new() -> Self {
        Self { epoch: Instant::now(), schedule_ns: Arc::new(AtomicU64::new(u64::MAX)) }
    }

    /// Nanoseconds since the clock was made.
    pub fn now_ns(&self) -> u64 {
        nanos(self.epoch.elapsed())
    }

    /// Lets the schedule start a little from now; returns the moment in nanoseconds.
    pub fn start_schedule(&self, from_now: Duration) -> u64 {
        let at = self.now_ns() + nanos(from_now);
        self.schedule_ns.store(at, Ordering::Release);
        at
    }

    /// When the schedule starts, in nanoseconds; now, as long as that is unknown.
    pub fn first_arrival_ns(&self) -> u64 {
        self.schedule_ns.load(Ordering::Acquire).min(self.now_ns())
    }

    /// Time since the first tick of the schedule; zero before it.
    pub fn since_first_arrival(&self) -> Duration {
        Duration::from_nanos(self.now_ns().saturating_sub(self.first_arrival_ns()))
    }
}

/// A span in whole nanoseconds; 584 years at most.
pub fn nanos(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}
