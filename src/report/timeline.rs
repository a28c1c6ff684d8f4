//! The run over time: in buckets of one length, as columns.

use serde::{Deserialize, Serialize};

/// A run has about so many buckets at the most: a longer one has longer buckets, which are chosen before it begins.
pub const MOST_BUCKETS: usize = 600;

/// The run in buckets. All columns are as long as `at_secs`; counts are those of the bucket.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Timeline {
    /// The length of a bucket, in seconds. The last one may be shorter.
    pub bucket_secs: f64,
    /// The end of each bucket, in seconds from the first arrival.
    pub at_secs: Vec<f64>,
    /// Arrivals that the schedule called for.
    pub offered: Vec<u64>,
    /// Arrivals that could not be sent.
    pub dropped: Vec<u64>,
    /// Requests that got an answer; not those turned away.
    pub achieved: Vec<u64>,
    /// Claims granted.
    pub sold: Vec<u64>,
    /// Units still on sale at its end, by the engine's own books; see [`crate::metrics::Bucket::stock_left`].
    pub stock_left: Vec<i64>,
    /// Orders and records acknowledged by the queue and not yet in the database, at its end.
    pub backlog: Vec<u64>,
    /// Median of response time in it, in microseconds; 0 where nothing ended. From merged histograms, like the two below.
    pub p50_us: Vec<u64>,
    /// 95 of 100.
    pub p95_us: Vec<u64>,
    /// 99 of 100.
    pub p99_us: Vec<u64>,
    /// The stages that traffic reached, each before those it sends to.
    pub stages: Vec<StageTimeline>,
}

/// One stage in buckets.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct StageTimeline {
    /// Its name.
    pub name: String,
    /// Requests that came in.
    pub arrivals: Vec<u64>,
    /// Answered here before the stage that owns the data, for any reason.
    pub intercepted: Vec<u64>,
    /// Handed on, or answered as the owner.
    pub passed: Vec<u64>,
    /// Ended in an error.
    pub failed: Vec<u64>,
    /// Ended without an answer.
    pub indefinite: Vec<u64>,
    /// Waiting or under way at its end.
    pub in_flight: Vec<u64>,
    /// p99 of the time at the stage, in microseconds; 0 where nothing left.
    pub p99_us: Vec<u64>,
}

impl Timeline {
    /// How many buckets there are.
    pub fn len(&self) -> usize {
        self.at_secs.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.at_secs.is_empty()
    }

    /// How long each bucket is, in seconds.
    pub fn spans(&self) -> impl Iterator<Item = f64> + '_ {
        let starts = std::iter::once(0.0).chain(self.at_secs.iter().copied());
        self.at_secs.iter().zip(starts).map(|(end, start)| (end - start).max(f64::MIN_POSITIVE))
    }

    /// The same with columns of one length, whatever a file said: what is too long is cut, what is too short ends in zeros. More than
    /// a hundred times [`MOST_BUCKETS`] or stages are not kept.
    pub fn mend(&mut self) {
        self.at_secs.truncate(100 * MOST_BUCKETS);
        self.stages.truncate(100 * MOST_BUCKETS);
        let len = self.at_secs.len();
        let counts = [
            &mut self.offered,
            &mut self.dropped,
            &mut self.achieved,
            &mut self.sold,
            &mut self.backlog,
            &mut self.p50_us,
            &mut self.p95_us,
            &mut self.p99_us,
        ];
        for column in counts {
            column.resize(len, 0);
        }
        self.stock_left.resize(len, 0);
        for stage in &mut self.stages {
            for column in stage.columns() {
                column.resize(len, 0);
            }
        }
    }
}

impl StageTimeline {
    fn columns(&mut self) -> [&mut Vec<u64>; 7] {
        [
            &mut self.arrivals,
            &mut self.intercepted,
            &mut self.passed,
            &mut self.failed,
            &mut self.indefinite,
            &mut self.in_flight,
            &mut self.p99_us,
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_any_length_are_made_as_long_as_the_times() {
        let mut timeline = Timeline {
            at_secs: vec![0.5, 1.0],
            offered: vec![1, 2, 3],
            stages: vec![StageTimeline { arrivals: vec![9], ..StageTimeline::default() }],
            ..Timeline::default()
        };
        timeline.mend();
        assert_eq!((timeline.offered, timeline.stock_left), (vec![1, 2], vec![0, 0]));
        assert_eq!(timeline.stages[0].arrivals, [9, 0]);
    }
}
