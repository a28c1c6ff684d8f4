//! What happened in a run, in columns: one value a bucket.
//!
//! A dense column takes 6.4 bytes a bucket for counts and 5.2 bytes for the rest, levels included; one that says nothing
//! takes none. A stage usually fills six columns (arrivals, passed, two reasons, under way, p99): an hour (36,000 buckets)
//! of 50 stages takes about 65 MB, and 120 MB if every column of every stage is dense. The report is made from the
//! engine's own books, never from these.

use std::ops::Range;

use super::column::{Bytes, Column, Counted, Micros, Secs, Signed};
use crate::metrics::{Bucket, InstanceState, Quantiles, Reason, Role, ShardBucket, StageBucket};
use crate::topology::Topology;

/// One stage over the run. Counts are per bucket.
#[derive(Debug, Clone, Default)]
pub struct StageSeries {
    /// Requests that came in.
    pub arrivals: Column<Counted>,
    /// Answered here before the stage that owns the data, by reason.
    pub intercepted: [Column<Counted>; Reason::ALL.len()],
    /// Handed on, or answered as the owner.
    pub passed: Column<Counted>,
    /// Of those: handed on to the next stage.
    pub handed_on: Column<Counted>,
    /// Failed or indefinite.
    pub failed: Column<Counted>,
    /// Waiting or under way at the end of the bucket.
    pub in_flight: Column<Counted>,
    /// p99 of the time at the stage, in microseconds; 0 where nothing left.
    pub p99_us: Column<Micros>,
    /// Answers that were stale.
    pub stale: Column<Counted>,
    /// The age of the oldest of them, in microseconds; 0 where none was stale.
    pub stale_age_us: Column<Micros>,
    /// Acknowledged here and not yet in the database, where that is told by stage.
    pub backlog: Column<Counted>,
}

/// One process over the run.
#[derive(Debug, Clone, Default)]
pub struct InstanceSeries {
    /// The stage it belongs to.
    pub stage: usize,
    /// Its name within the stage.
    pub name: String,
    /// Bytes behind its master; NaN where it didn't answer.
    pub lag_bytes: Column<Bytes>,
    /// Seconds behind its master; NaN where nobody measures it, or it didn't answer.
    pub lag_secs: Column<Secs>,
    /// Bytes of memory; NaN where it didn't answer.
    pub memory_bytes: Column<Bytes>,
    /// The most that it may take; NaN where it has no limit, or didn't answer.
    pub memory_limit_bytes: Column<Bytes>,
    /// Keys that it threw away because its memory was full.
    pub evicted: Column<Counted>,
    /// Commands that it refused because its memory was full.
    pub refused: Column<Counted>,
    /// Commands a second, as it averages them itself.
    pub ops: Column<Counted>,
    /// What it said of itself from a bucket on, wherever that changed.
    looks: Vec<(usize, Look)>,
    /// How many both were at the last look that it answered.
    counted: (u64, u64),
}

/// What a process says of itself that is no number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Look {
    role: Role,
    is_reachable: bool,
    is_link_up: bool,
}

/// What clients saw of one shard of a cluster over the run. Counts are per bucket.
#[derive(Debug, Clone, Default)]
pub struct ShardSeries {
    /// The stage it belongs to.
    pub stage: usize,
    /// Its number, counted from 1.
    pub shard: usize,
    /// Requests that it answered.
    pub answered: Column<Counted>,
    /// Times that it sent a request elsewhere.
    pub redirected: Column<Counted>,
    /// Requests that failed at it, or got no answer.
    pub failed: Column<Counted>,
}

/// A run in columns. All columns are as long as `at_secs`.
#[derive(Debug, Clone, Default)]
pub struct Series {
    /// The end of each bucket, in seconds from the first arrival.
    pub at_secs: Vec<f64>,
    /// Arrivals that the schedule called for.
    pub offered: Column<Counted>,
    /// Answers.
    pub achieved: Column<Counted>,
    /// Arrivals that could not be sent.
    pub dropped: Column<Counted>,
    /// Requests intercepted by all stages together, by reason.
    pub intercepted: [Column<Counted>; Reason::ALL.len()],
    /// Units still on sale; negative when oversold.
    pub stock_left: Column<Signed>,
    /// Claims granted, summed up from the start.
    pub sold_in_all: Column<Counted>,
    /// Orders acknowledged and not yet in the database.
    pub backlog: Column<Counted>,
    /// Response time: p50, p95, p99, p99.9, in microseconds; 0 where nothing ended.
    pub response_us: [Column<Micros>; 4],
    /// Service time: p50, p95, p99, p99.9, in microseconds; 0 where nothing ended.
    pub service_us: [Column<Micros>; 4],
    /// How far the generator was behind, p99 in microseconds.
    pub lag_us: Column<Micros>,
    /// The stages, in the order of the topology.
    pub stages: Vec<StageSeries>,
    /// The processes, in the order in which they were first seen.
    pub instances: Vec<InstanceSeries>,
    /// The shards of clusters, in the order in which they were first seen.
    pub shards: Vec<ShardSeries>,
    /// The stages at which something waits for the database.
    pub waits_at: Vec<usize>,
}

fn small(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

fn small_signed(count: i64) -> i32 {
    i32::try_from(count).unwrap_or(if count < 0 { i32::MIN } else { i32::MAX })
}

fn push_quantiles(columns: &mut [Column<Micros>; 4], quantiles: &Quantiles) {
    let values = [quantiles.p50, quantiles.p95, quantiles.p99, quantiles.p999];
    for (column, value) in columns.iter_mut().zip(values) {
        column.push(small(value));
    }
}

impl StageSeries {
    fn add(&mut self, now: &StageBucket) {
        self.arrivals.push(small(now.tally.arrivals));
        for (column, reason) in self.intercepted.iter_mut().zip(Reason::ALL) {
            column.push(small(now.tally.intercepted.get(reason)));
        }
        self.passed.push(small(now.tally.passed));
        self.handed_on.push(small(now.tally.handed_on()));
        self.failed.push(small(now.tally.failed + now.tally.indefinite));
        self.in_flight.push(small(now.in_flight));
        self.p99_us.push(small(now.latency_us.p99));
        self.stale.push(small(now.tally.stale_reads));
        self.stale_age_us.push(small(now.stale_age_us.max));
    }
}

impl InstanceSeries {
    /// Notes what it said of itself in a bucket.
    fn look(&mut self, index: usize, now: Look) {
        if self.looks.last().is_none_or(|(_, last)| *last != now) {
            self.looks.push((index, now));
        }
    }

    /// The process at the end of a bucket: what the columns have of it. None before it was first seen.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bytes, never negative")]
    fn at(&self, index: usize) -> Option<InstanceState> {
        let place = self.looks.partition_point(|(from, _)| *from <= index);
        let (_, look) = self.looks.get(place.checked_sub(1)?)?;
        let bytes = |column: &Column<Bytes>| {
            column.get(index).filter(|bytes| !bytes.is_nan()).map_or(0, |bytes| bytes as u64)
        };
        Some(InstanceState {
            stage: self.stage,
            name: self.name.clone(),
            is_reachable: look.is_reachable,
            role: look.role,
            is_link_up: look.is_link_up,
            lag_bytes: bytes(&self.lag_bytes),
            lag_secs: self.lag_secs.get(index).filter(|secs| !secs.is_nan()).map(f64::from),
            ops_per_sec: self.ops.get(index).map_or(0, u64::from),
            memory_bytes: bytes(&self.memory_bytes),
            memory_limit_bytes: bytes(&self.memory_limit_bytes),
            ..InstanceState::default()
        })
    }

    /// Adds what it counted since the last look; one that was started again counts from zero.
    fn count(&mut self, now: &InstanceState) {
        let since = |before: u64, now: u64| small(now.checked_sub(before).unwrap_or(now));
        let counts = if now.is_reachable { (now.evicted_keys, now.refused_for_memory) } else { self.counted };
        self.evicted.push(since(self.counted.0, counts.0));
        self.refused.push(since(self.counted.1, counts.1));
        self.counted = counts;
    }
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

    /// When a bucket began, in seconds.
    pub fn start_of(&self, index: usize) -> f64 {
        index.checked_sub(1).and_then(|before| self.at_secs.get(before)).copied().unwrap_or(0.0)
    }

    /// When a range of buckets began and ended, in seconds.
    pub fn span_of(&self, range: &Range<usize>) -> (f64, f64) {
        let last = range.end.clamp(1, self.len().max(1)) - 1;
        (self.start_of(range.start), self.at_secs.get(last).copied().unwrap_or(0.0))
    }

    /// The bucket that a moment is in; the nearest one for moments outside the run. None before the first bucket ended.
    pub fn index_at(&self, secs: f64) -> Option<usize> {
        let last = self.len().checked_sub(1)?;
        Some(self.at_secs.partition_point(|at| *at < secs).min(last))
    }

    /// The buckets of the last `secs` seconds.
    pub fn recent(&self, secs: f64) -> Range<usize> {
        let from = self.end_secs() - secs;
        self.at_secs.partition_point(|at| *at <= from + 1e-6)..self.len()
    }

    /// The buckets of the last `secs` seconds before the end of one, and that one.
    pub fn recent_before(&self, index: usize, secs: f64) -> Range<usize> {
        let from = self.at_secs.get(index).copied().unwrap_or(0.0) - secs;
        self.at_secs.partition_point(|at| *at <= from + 1e-6)..(index + 1).min(self.len())
    }

    /// The processes at the end of a bucket: what the columns have of them.
    pub fn instances_at(&self, index: usize) -> Vec<InstanceState> {
        self.instances.iter().filter_map(|one| one.at(index)).collect()
    }

    /// How many a second a count came to, over a range of buckets; 0 over an empty one.
    pub fn rate(&self, column: &Column<Counted>, range: Range<usize>) -> f64 {
        let (from, to) = self.span_of(&range);
        if range.is_empty() || to <= from {
            return 0.0;
        }
        column.sum(range) as f64 / (to - from)
    }

    /// Adds a bucket, with the processes as they were at its end.
    pub fn add(&mut self, bucket: &Bucket, instances: &[InstanceState]) {
        self.at_secs.push(bucket.at.as_secs_f64());
        self.offered.push(small(bucket.offered));
        self.achieved.push(small(bucket.achieved));
        self.dropped.push(small(bucket.dropped));
        let sold_before = u64::from(self.sold_in_all.last().unwrap_or(0));
        self.sold_in_all.push(small(sold_before + bucket.sold));
        self.stock_left.push(small_signed(bucket.stock_left));
        self.backlog.push(small(bucket.backlog));
        push_quantiles(&mut self.response_us, &bucket.response_us);
        push_quantiles(&mut self.service_us, &bucket.service_us);
        self.lag_us.push(small(bucket.schedule_lag_us.p99));
        for (column, reason) in self.intercepted.iter_mut().zip(Reason::ALL) {
            let all = bucket.stages.iter().map(|stage| stage.tally.intercepted.get(reason));
            column.push(small(all.sum()));
        }
        for (place, (stage, now)) in self.stages.iter_mut().zip(&bucket.stages).enumerate() {
            stage.add(now);
            let told = bucket.backlogs.iter().find(|(of, _)| *of == place);
            stage.backlog.push(told.map_or(0, |(_, count)| small(*count)));
        }
        self.waits_at = bucket.backlogs.iter().map(|(stage, _)| *stage).collect();
        self.add_shards(&bucket.shards);
        self.add_instances(instances);
    }

    fn add_shards(&mut self, shards: &[ShardBucket]) {
        let before = self.len() - 1;
        let is_of = |one: &ShardSeries, now: &ShardBucket| one.stage == now.stage && one.shard == now.shard;
        for now in shards {
            if !self.shards.iter().any(|one| is_of(one, now)) {
                let [answered, redirected, failed] = [(); 3].map(|()| Column::empty(before));
                let (stage, shard) = (now.stage, now.shard);
                self.shards.push(ShardSeries { stage, shard, answered, redirected, failed });
            }
        }
        for one in &mut self.shards {
            let now = shards.iter().find(|now| is_of(one, now)).copied().unwrap_or_default();
            one.answered.push(small(now.answered));
            one.redirected.push(small(now.redirected));
            one.failed.push(small(now.failed));
        }
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
                    lag_bytes: Column::empty(before),
                    lag_secs: Column::empty(before),
                    memory_bytes: Column::empty(before),
                    memory_limit_bytes: Column::empty(before),
                    evicted: Column::empty(before),
                    refused: Column::empty(before),
                    ops: Column::empty(before),
                    looks: Vec::new(),
                    counted: (0, 0),
                });
                self.instances.len() - 1
            });
            let value = |bytes: u64| if state.is_reachable { bytes as f32 } else { f32::NAN };
            let one = &mut self.instances[index];
            one.lag_bytes.push(value(state.lag_bytes));
            one.lag_secs.push(state.lag_secs.map_or(f32::NAN, |secs| secs as f32));
            one.memory_bytes.push(value(state.memory_bytes));
            let limit = state.memory_limit_bytes;
            one.memory_limit_bytes.push(if limit > 0 { value(limit) } else { f32::NAN });
            one.ops.push(if state.is_reachable { small(state.ops_per_sec) } else { 0 });
            let InstanceState { role, is_reachable, is_link_up, .. } = *state;
            one.look(before, Look { role, is_reachable, is_link_up });
            one.count(state);
        }
        for one in self.instances.iter_mut().filter(|one| one.lag_bytes.len() == before) {
            one.lag_bytes.push(f32::NAN);
            one.lag_secs.push(f32::NAN);
            one.memory_bytes.push(f32::NAN);
            one.memory_limit_bytes.push(f32::NAN);
            one.evicted.push(0);
            one.refused.push(0);
            one.ops.push(0);
            one.look(before, Look { role: Role::Unknown, is_reachable: false, is_link_up: false });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn bucket(tenth: u64) -> Bucket {
        let quantiles = Quantiles { p50: tenth, p95: 2 * tenth, p99: 3 * tenth, p999: 4 * tenth, max: 0 };
        Bucket {
            at: Duration::from_millis(100 * (tenth + 1)),
            offered: 100 + tenth,
            sold: 2,
            response_us: quantiles,
            stages: vec![StageBucket::default(); 2],
            ..Bucket::default()
        }
    }

    fn series(buckets: u64) -> Series {
        let mut series = Series { stages: vec![StageSeries::default(); 2], ..Series::default() };
        (0..buckets).for_each(|tenth| series.add(&bucket(tenth), &[]));
        series
    }

    #[test]
    fn buckets_become_columns_and_moments_find_their_bucket() {
        let series = series(30);
        assert_eq!((series.offered.get(7), series.sold_in_all.last()), (Some(107), Some(60)));
        assert_eq!(series.response_us[2].get(4), Some(12));
        assert_eq!(series.index_at(0.55), Some(5));
        assert_eq!((series.index_at(-1.0), series.index_at(99.0)), (Some(0), Some(29)));
        assert_eq!(series.recent(1.0), 20..30);
        let rate = series.rate(&series.offered, 20..30);
        assert!((rate - (1_000.0 + 245.0)).abs() < 1e-6, "{rate}");
    }

    #[test]
    fn a_shard_that_comes_later_or_goes_counts_nothing_meanwhile() {
        let mut series = series(3);
        let shard = ShardBucket { stage: 1, shard: 4, answered: 70, redirected: 9, failed: 2 };
        series.add(&Bucket { shards: vec![shard], ..bucket(3) }, &[]);
        series.add(&bucket(4), &[]);
        let [one] = &series.shards[..] else { panic!("{:?}", series.shards) };
        assert_eq!((one.stage, one.shard), (1, 4));
        for (column, sum) in [(&one.answered, 70), (&one.redirected, 9), (&one.failed, 2)] {
            assert_eq!((column.len(), column.get(3), column.sum(0..5)), (5, Some(sum), u64::from(sum)));
        }
    }

    #[test]
    fn a_process_that_comes_later_or_goes_leaves_gaps() {
        let mut series = series(3);
        let state = InstanceState {
            name: "master".into(),
            is_reachable: true,
            lag_bytes: 9,
            ..InstanceState::default()
        };
        series.add(&bucket(3), std::slice::from_ref(&state));
        series.add(&bucket(4), &[]);
        let lag = &series.instances[0].lag_bytes;
        assert_eq!(lag.len(), 5);
        let known: Vec<bool> = lag.iter().map(|value| !value.is_nan()).collect();
        assert_eq!(known, [false, false, false, true, false]);
    }
}
