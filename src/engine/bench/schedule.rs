//! The generator alone: how late it sends requests when nobody holds it up.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::mpsc;

use super::super::clock::Clock;
use super::super::generator::{self, BATCHES_WAITING, Schedule};
use crate::metrics::{Latency, Quantiles};
use crate::workload::arrival::Constant;
use crate::workload::{Audience, Mix, Phase, Records, Sale, Shape, Source, Spacing, Workload};

/// How long the schedule waits for the threads to be there.
const LEAD: Duration = Duration::from_millis(5);

/// How the generator kept a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// How late requests were sent, in microseconds.
    pub lag_us: Quantiles,
    /// Requests that the schedule called for.
    pub offered: u64,
    /// Those of them that could not be sent: they were later than a second, or nobody took them in.
    pub dropped: u64,
}

/// Lets requests arrive at a rate (a second) for a span, independently of each other; whoever takes them in throws them away.
///
/// # Errors
/// The system gives no thread.
pub fn schedule(rate: f64, span: Duration) -> std::io::Result<Kept> {
    let phase = Phase {
        name: "arrivals".into(),
        span,
        shape: Shape::Constant(Constant { rate }),
        spacing: Spacing::Poisson,
        mix: Mix { read: 9.0, claim: 1.0, ..Mix::NOTHING },
    };
    let workload = Workload {
        seed: 1,
        sale: Sale::default(),
        audience: Audience::default(),
        records: Records::default(),
        phases: vec![phase],
    };
    let (first, mut batches) = mpsc::channel(BATCHES_WAITING);
    let taker = std::thread::Builder::new()
        .name("taker".into())
        .spawn(move || while batches.blocking_recv().is_some() {})?;
    let (clock, counts) = (Clock::new(), Arc::new(Schedule::default()));
    let start_ns = clock.start_schedule(LEAD);
    let sender = generator::start(Source::new(&workload), clock, start_ns, counts.clone(), first)?;
    for thread in [sender, taker] {
        if let Err(panic) = thread.join() {
            std::panic::resume_unwind(panic);
        }
    }
    let mut lag = Latency::default();
    counts.take_lag(&mut lag);
    Ok(Kept {
        lag_us: lag.quantiles(),
        offered: counts.offered.load(Ordering::Acquire),
        dropped: counts.dropped.load(Ordering::Acquire),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_request_of_the_schedule_is_sent_or_counted_as_dropped() {
        let kept = schedule(20_000.0, Duration::from_millis(100)).unwrap();
        assert!((1_700..2_300).contains(&kept.offered), "{kept:?}");
        assert!(kept.dropped <= kept.offered && kept.lag_us.p50 <= kept.lag_us.max, "{kept:?}");
        assert!(kept.lag_us.max > 0, "{kept:?}");
    }
}
