//! What a run says to the outside: events, of which none may be lost, and snapshots, which never block.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use crossbeam_channel::{Sender, TrySendError};

use super::clock::Clock;
use super::message::{EngineEvent, EventKind, RunId, RunPhase, Snapshot};
use crate::metrics::{Bucket, InstanceState};
use crate::report::HttpReport;

/// Buckets kept for a reader that has stopped reading: those of ten minutes.
const MOST_WAITING: usize = 6_000;

/// Wakes whoever draws. A plain function, so that the engine knows no window.
pub type Wake = Arc<dyn Fn() + Send + Sync>;

/// The way out of one run. Clones speak for the same run.
#[derive(Clone)]
pub struct Outbox(Arc<Inner>);

struct Inner {
    run_id: RunId,
    duration: Duration,
    clock: Clock,
    events: Sender<EngineEvent>,
    snapshots: Sender<Snapshot>,
    wake: Wake,
    waiting: Mutex<Waiting>,
}

struct Waiting {
    phase: RunPhase,
    /// Buckets that have not gone out because the reader was slow.
    buckets: Vec<Bucket>,
}

impl Outbox {
    /// The way out of a run whose arrivals last `duration`.
    pub fn new(
        run_id: RunId,
        duration: Duration,
        events: Sender<EngineEvent>,
        snapshots: Sender<Snapshot>,
        wake: Wake,
    ) -> Self {
        let waiting = Mutex::new(Waiting { phase: RunPhase::StartingServers, buckets: Vec::new() });
        Self(Arc::new(Inner { run_id, duration, clock: Clock::new(), events, snapshots, wake, waiting }))
    }

    /// The run's clock.
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// Sends an event. Waits if the reader is slow; a reader that is gone misses nothing.
    pub fn event(&self, kind: EventKind) {
        let event = EngineEvent { run_id: self.0.run_id, at: self.0.clock.since_first_arrival(), kind };
        if self.0.events.send(event).is_ok() {
            (self.0.wake)();
        }
    }

    /// Sends a line for the log.
    pub fn note(&self, text: &str) {
        self.event(EventKind::Note(text.to_owned()));
    }

    /// Tells of something that failed and is tried again.
    pub fn trouble(&self, text: &str) {
        self.event(EventKind::Trouble(text.to_owned()));
    }

    /// Says that the run entered a phase.
    pub fn phase(&self, phase: RunPhase) {
        self.waiting().phase = phase;
        self.event(EventKind::Phase(phase));
    }

    /// Where the run is.
    pub fn phase_now(&self) -> RunPhase {
        self.waiting().phase
    }

    /// Shows a bucket with the state of the processes and the factor on the offered rate, and those buckets that could not
    /// go out before.
    pub fn bucket(
        &self,
        bucket: Bucket,
        instances: Vec<InstanceState>,
        offered_factor: f64,
        http: Option<HttpReport>,
    ) {
        let mut waiting = self.waiting();
        waiting.buckets.push(bucket);
        let buckets = std::mem::take(&mut waiting.buckets);
        let (run_id, phase, duration) = (self.0.run_id, waiting.phase, self.0.duration);
        let snapshot = Snapshot { run_id, phase, duration, buckets, instances, offered_factor, http };
        match self.0.snapshots.try_send(snapshot) {
            Ok(()) => (self.0.wake)(),
            Err(TrySendError::Full(snapshot)) => {
                waiting.buckets = snapshot.buckets;
                let too_many = waiting.buckets.len().saturating_sub(MOST_WAITING);
                waiting.buckets.drain(..too_many);
            }
            Err(TrySendError::Disconnected(_)) => {}
        }
    }

    fn waiting(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
impl Outbox {
    /// A way out to nobody.
    pub fn deaf() -> Self {
        let (events, _) = crossbeam_channel::bounded(0);
        let (snapshots, _) = crossbeam_channel::bounded(0);
        Self::new(RunId(0), Duration::ZERO, events, snapshots, Arc::new(|| {}))
    }
}
