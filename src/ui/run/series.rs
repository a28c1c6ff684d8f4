//! What happened in a run, in columns: one value a bucket.

use crate::metrics::{Bucket, InstanceState, Reason};
use crate::topology::Topology;

/// One stage over the run. Counts are per bucket.
#[derive(Debug, Clone, Default)]
pub struct StageSeries {
    /// Requests that came in.
    pub arrivals: Vec<u32>,
    /// Answered here before the stage that owns the data, by reason.
    pub intercepted: [Vec<u32>; Reason::ALL.len()],
    /// Handed on, or answered as the owner.
    pub passed: Vec<u32>,
    /// Of those: handed on to the next stage.
    pub handed_on: Vec<u32>,
    /// Failed or indefinite.
    pub failed: Vec<u32>,
    /// Waiting or under way at the end of the bucket.
    pub in_flight: Vec<u32>,
    /// p99 of the time at the stage, in microseconds; 0 where nothing left.
    pub p99_us: Vec<u32>,
}

/// One process over the run.
#[derive(Debug, Clone, Default)]
pub struct InstanceSeries {
    /// The stage it belongs to.
    pub stage: usize,
    /// Its name within the stage.
    pub name: String,
    /// Bytes behind its master; NaN where it didn't answer.
    pub lag_bytes: Vec<f32>,
    /// Bytes of memory; NaN where it didn't answer.
    pub memory_bytes: Vec<f32>,
}

/// A run in columns. All columns are as long as `at_secs`.
#[derive(Debug, Clone, Default)]
pub struct Series {
    /// The end of each bucket, in seconds from the first arrival.
    pub at_secs: Vec<f64>,
    /// Length of each bucket, in seconds.
    pub span_secs: Vec<f32>,
    /// Arrivals that the schedule called for.
    pub offered: Vec<u32>,
    /// Answers.
    pub achieved: Vec<u32>,
    /// Arrivals that could not be sent.
    pub dropped: Vec<u32>,
    /// Claims granted, summed up from the start.
    pub sold_in_all: Vec<u64>,
    /// Orders acknowledged and not yet in the database.
    pub backlog: Vec<u32>,
    /// Response time: p50, p95, p99, p99.9, in microseconds.
    pub response_us: [Vec<u32>; 4],
    /// How far the generator was behind, p99 in microseconds.
    pub lag_us: Vec<u32>,
    /// The stages, in the order of the topology.
    pub stages: Vec<StageSeries>,
    /// The processes, in the order of the snapshots.
    pub instances: Vec<InstanceSeries>,
}

fn small(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

impl Series {
    /// Empty columns for a topology.
    pub fn new(topology: &Topology) -> Self {
        Self { stages: vec![StageSeries::default(); topology.stages.len()], ..Self::default() }
    }

    /// How many buckets there are.
    pub fn len(&self) -> usize {
        self.at_secs.len()
    }

    /// Whether nothing was measured yet.
    pub fn is_empty(&self) -> bool {
        self.at_secs.is_empty()
    }

    /// The end of the last bucket, in seconds.
    pub fn end_secs(&self) -> f64 {
        self.at_secs.last().copied().unwrap_or(0.0)
    }

    /// Adds a bucket, with the processes as they were at its end.
    pub fn add(&mut self, bucket: &Bucket, instances: &[InstanceState]) {
        let at = bucket.at.as_secs_f64();
        #[allow(clippy::cast_possible_truncation, reason = "a tenth of a second")]
        self.span_secs.push((at - self.end_secs()).max(0.001) as f32);
        self.at_secs.push(at);
        self.offered.push(small(bucket.offered));
        self.achieved.push(small(bucket.achieved));
        self.dropped.push(small(bucket.dropped));
        self.sold_in_all.push(self.sold_in_all.last().copied().unwrap_or(0) + bucket.sold);
        self.backlog.push(small(bucket.backlog));
        let response = &bucket.response_us;
        for (column, value) in
            self.response_us.iter_mut().zip([response.p50, response.p95, response.p99, response.p999])
        {
            column.push(small(value));
        }
        self.lag_us.push(small(bucket.schedule_lag_us.p99));
        for (stage, now) in self.stages.iter_mut().zip(&bucket.stages) {
            stage.arrivals.push(small(now.tally.arrivals));
            for (column, reason) in stage.intercepted.iter_mut().zip(Reason::ALL) {
                column.push(small(now.tally.intercepted.get(reason)));
            }
            stage.passed.push(small(now.tally.passed));
            stage.handed_on.push(small(now.tally.handed_on()));
            stage.failed.push(small(now.tally.failed + now.tally.indefinite));
            stage.in_flight.push(small(now.in_flight));
            stage.p99_us.push(small(now.latency_us.p99));
        }
        self.add_instances(instances);
    }

    #[allow(clippy::cast_possible_truncation, reason = "drawn on a screen")]
    fn add_instances(&mut self, instances: &[InstanceState]) {
        let before = self.len() - 1;
        for state in instances {
            let known =
                self.instances.iter().position(|one| one.stage == state.stage && one.name == state.name);
            let index = known.unwrap_or_else(|| {
                self.instances.push(InstanceSeries {
                    stage: state.stage,
                    name: state.name.clone(),
                    lag_bytes: vec![f32::NAN; before],
                    memory_bytes: vec![f32::NAN; before],
                });
                self.instances.len() - 1
            });
            let value = |bytes: u64| if state.is_reachable { bytes as f32 } else { f32::NAN };
            self.instances[index].lag_bytes.push(value(state.lag_bytes));
            self.instances[index].memory_bytes.push(value(state.memory_bytes));
        }
        for one in &mut self.instances {
            one.lag_bytes.resize(before + 1, f32::NAN);
            one.memory_bytes.resize(before + 1, f32::NAN);
        }
    }
}
