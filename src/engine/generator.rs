//! The generator: a thread of its own that sends each request at its intended time, whatever the stages do (open loop).
//!
//! It wakes up twice a millisecond at the most and sends what is due. A request keeps its own intended time, so that being late is
//! measured, never hidden; what the first stage can't take in is dropped and counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::mpsc;

use super::clock::{Clock, nanos};
use super::dial::Dial;
use super::pending::{Batch, Pending};
use crate::metrics::{Latency, Recorder};
use crate::workload::Source;

/// The least time between two looks at the schedule: requests that are due within it go out together.
const TICK: Duration = Duration::from_micros(500);
/// The most: so soon a stop or another rate is noticed, even if the next request is far away.
const LONGEST_SLEEP: Duration = Duration::from_millis(5);
/// The most requests in one batch: after a delay the backlog goes out in several.
const LARGEST_BATCH: usize = 1_024;
/// A request later than this is dropped: nobody clicks a second after they clicked, and a machine that is this far
/// behind would otherwise never catch up.
const LATEST: Duration = Duration::from_secs(1);
/// Batches that may wait for the first stage before requests are dropped: a quarter of a second at one batch a tick.
pub const BATCHES_WAITING: usize = 512;

/// What the generator counts.
#[derive(Debug)]
pub struct Schedule {
    /// Requests that the schedule has called for so far.
    pub offered: AtomicU64,
    /// Requests that could not be sent.
    pub dropped: AtomicU64,
    /// How late requests were sent, since the last look.
    lag: Recorder,
    /// What the rate as drawn is multiplied by.
    factor: Dial<f64>,
    stop: AtomicBool,
    ended: AtomicBool,
}

impl Default for Schedule {
    fn default() -> Self {
        Self {
            offered: AtomicU64::new(0),
            dropped: AtomicU64::new(0),
            lag: Recorder::default(),
            factor: Dial::new(1.0),
            stop: AtomicBool::new(false),
            ended: AtomicBool::new(false),
        }
    }
}

impl Schedule {
    /// Lets arrivals come at the rate as drawn times `factor`, from the next tick on.
    pub fn scale(&self, factor: f64) {
        self.factor.set(factor);
    }

    /// What the rate as drawn is multiplied by.
    pub fn factor(&self) -> f64 {
        self.factor.get()
    }

    /// Ends the arrivals at the next tick.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }

    /// Notes that no more arrivals come.
    pub fn finish(&self) {
        self.ended.store(true, Ordering::Release);
    }

    /// Whether all arrivals were sent, or the generator was stopped.
    pub fn has_ended(&self) -> bool {
        self.ended.load(Ordering::Acquire)
    }

    /// Whether it was stopped before its end.
    pub fn was_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Takes out the lags recorded since the last time.
    pub fn take_lag(&self, into: &mut Latency) {
        into.clear();
        self.lag.take_into(into);
    }
}

/// Sends a whole workload. Runs on a thread of its own; `start_ns` is when the schedule starts on the clock.
pub fn generate(
    mut source: Source,
    clock: &Clock,
    start_ns: u64,
    schedule: &Schedule,
    first: &mpsc::Sender<Batch>,
) {
    let end_ns = start_ns + nanos(source.duration());
    let mut factor = schedule.factor();
    let mut batch = Batch::new();
    while !schedule.was_stopped() {
        let now_ns = clock.now_ns();
        let wanted = schedule.factor();
        if wanted.to_bits() != factor.to_bits() {
            factor = wanted;
            source.scale_from(now_ns.saturating_sub(start_ns), factor);
        }
        let next_ns = source.peek_ns().map(|next_ns| start_ns + next_ns);
        let Some(intended_ns) = next_ns.filter(|&next_ns| next_ns <= now_ns) else {
            // The last phase lasts as long as it says, even if nobody comes at its end.
            if next_ns.is_none() && now_ns >= end_ns {
                break;
            }
            send(&mut batch, now_ns, schedule, first);
            let wait = Duration::from_nanos(next_ns.unwrap_or(end_ns).saturating_sub(now_ns));
            std::thread::sleep(wait.clamp(TICK, LONGEST_SLEEP));
            continue;
        };
        let Some(mut request) = source.next_request() else { unreachable!("its time was just seen") };
        if now_ns - intended_ns > nanos(LATEST) {
            schedule.offered.fetch_add(1, Ordering::Release);
            schedule.dropped.fetch_add(1, Ordering::Release);
            continue;
        }
        request.intended_ns = intended_ns;
        batch.push(Pending::new(request, 0));
        if batch.len() >= LARGEST_BATCH {
            send(&mut batch, now_ns, schedule, first);
        }
    }
    send(&mut batch, clock.now_ns(), schedule, first);
    schedule.finish();
}

fn send(batch: &mut Batch, now_ns: u64, schedule: &Schedule, first: &mpsc::Sender<Batch>) {
    if batch.is_empty() {
        return;
    }
    let mut due = std::mem::replace(batch, Batch::with_capacity(batch.len()));
    for pending in &mut due {
        pending.sent_ns = now_ns;
    }
    schedule.lag.record_all_ns(due.iter().map(|pending| now_ns.saturating_sub(pending.intended_ns)));
    let count = due.len() as u64;
    schedule.offered.fetch_add(count, Ordering::Release);
    if first.try_send(due).is_err() {
        schedule.dropped.fetch_add(count, Ordering::Release);
    }
}

/// Starts the generator's thread.
///
/// # Errors
/// The system gives no thread.
pub fn start(
    source: Source,
    clock: Clock,
    start_ns: u64,
    schedule: Arc<Schedule>,
    first: mpsc::Sender<Batch>,
) -> std::io::Result<std::thread::JoinHandle<()>> {
    std::thread::Builder::new()
        .name("generator".into())
        .spawn(move || generate(source, &clock, start_ns, &schedule, &first))
}
