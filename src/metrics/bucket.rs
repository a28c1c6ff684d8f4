//! What happened in a tenth of a second.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::histogram::Quantiles;
use super::tally::StageTally;

/// The length of a bucket.
pub const BUCKET: Duration = Duration::from_millis(100);

/// One stage in one bucket.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StageBucket {
    /// What was counted in the bucket.
    pub tally: StageTally,
    /// Requests waiting or under way at the end of the bucket.
    pub in_flight: u64,
    /// Time spent at the stage by the requests that left it in the bucket, in microseconds.
    pub latency_us: Quantiles,
    /// Age of the stale answers in the bucket, in microseconds: how long before the read was sent the first write that the
    /// answer lacks had been acknowledged.
    pub stale_age_us: Quantiles,
}

/// What clients saw of one shard of a cluster in one bucket, all its nodes together.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ShardBucket {
    /// The place of its stage in the topology.
    pub stage: usize,
    /// Its number, counted from 1.
    pub shard: usize,
    /// Requests that it answered.
    pub answered: u64,
    /// Times that it sent a request elsewhere (MOVED, ASK); the request went on.
    pub redirected: u64,
    /// Requests that failed at it, or got no answer.
    pub failed: u64,
}

/// The whole run in one bucket.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Bucket {
    /// When the bucket ends, from the first arrival.
    pub at: Duration,
    /// Arrivals that the schedule called for in the bucket.
    pub offered: u64,
    /// Arrivals that could not be sent.
    pub dropped: u64,
    /// Requests that got an answer in the bucket, whatever it said; not those turned away (`rate_limited`, `shed`).
    pub achieved: u64,
    /// Claims whose buyers were told in the bucket that they have what they asked for, whether they pay or not; each is
    /// for as many units as every claim of the run.
    pub sold: u64,
    /// Units of cancelled orders that went back on sale in the bucket.
    pub returned: u64,
    /// Units still on sale at the end of the bucket, by the engine's own books: stock − units granted + units returned.
    /// Negative when oversold. Claims that ended indefinite count as not granted, although some may have been; the audit
    /// tells afterwards.
    pub stock_left: i64,
    /// Orders and records acknowledged by the queue and not yet in the database, at the end of the bucket.
    pub backlog: u64,
    /// The same by the place of the stage where they wait, in the order of the topology: the queues, or what is swept.
    pub backlogs: Vec<(usize, u64)>,
    /// Response time of all requests that ended in the bucket, from their intended times, in microseconds.
    pub response_us: Quantiles,
    /// The same from the moments they were sent: what the system took, however late the generator was.
    pub service_us: Quantiles,
    /// How far the generator was behind its schedule, in microseconds.
    pub schedule_lag_us: Quantiles,
    /// The stages, in the order of the topology.
    pub stages: Vec<StageBucket>,
    /// The shards of clusters, those of one stage together and in order. Shards come and go while a run goes on.
    pub shards: Vec<ShardBucket>,
}

impl Bucket {
    /// What waits at a stage at the end of the bucket: all that does, where it isn't told by stage.
    pub fn backlog_of(&self, stage: usize) -> u64 {
        let found = self.backlogs.iter().find(|(of, _)| *of == stage);
        found.map_or(self.backlog, |(_, depth)| *depth)
    }
}
