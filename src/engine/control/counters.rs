//! Counters: what Redis has counted is added to the database at an interval, and taken from Redis.
//!
//! Two places can't be written as one. So a flush has three steps, each of which may be done again: Redis puts what a counter has
//! aside under a number (one script); the database adds it, unless it knows the number (one transaction); Redis forgets what was put
//! aside (one script). Whatever ends between two steps, the next round finds what was put aside and goes on from there: nothing is
//! added twice and nothing is left out. What is not guaranteed is what Redis itself doesn't: after a crash or a failover it may
//! have lost increments, or have a counter back that it had put aside; then the audit finds too few, or too many.

use tokio::sync::watch;
use tokio::time::sleep;

use super::super::cluster::Holder;
use super::super::store::Writer;
use super::{Control, ControlError};

/// Counters that are flushed by one command.
const CHUNK: usize = 1_000;

/// Who holds the counters, where they are brought, and how many there are.
pub struct Counters {
    /// The Redis that counts.
    pub holder: Holder,
    /// Its database.
    pub writer: Writer,
    /// Counters `0..count`.
    pub count: u32,
}

impl Control {
    /// Flushes at the interval of the settings until told to stop. What fails is made up for by the next round.
    pub async fn flush_in_turn(&self, mut stop: watch::Receiver<bool>) {
        let Some(counters) = &self.counters else { return };
        let mut settings = self.settings.clone();
        let mut round = 0;
        while !*stop.borrow() {
            let interval = settings.borrow_and_update().params.flush_counters;
            tokio::select! {
                () = sleep(interval.unwrap_or_default()), if interval.is_some() => {}
                // The next round is counted from the change.
                Ok(()) = settings.changed() => continue,
                _ = stop.changed() => break,
            }
            round += 1;
            if let Err(error) = flush(counters, round, &stop).await {
                self.troubles.note("counters could not be flushed", &error);
            }
        }
    }
}

async fn flush(counters: &Counters, round: u64, stop: &watch::Receiver<bool>) -> Result<(), ControlError> {
    let all: Vec<u32> = (0..counters.count).collect();
    for chunk in all.chunks(CHUNK) {
        if *stop.borrow() {
            break;
        }
        let flushes = counters.holder.take_flushes(chunk, round).await?;
        if !flushes.is_empty() {
            counters.writer.add_flushes(flushes.clone()).await?;
            counters.holder.confirm(&flushes).await?;
        }
    }
    Ok(())
}
