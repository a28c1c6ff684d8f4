//! Gathers the report's buckets, which are longer than those of the observer where a run is long.

use std::time::Duration;

use crate::metrics::bucket::BUCKET;
use crate::metrics::{Bucket, Latency, StageBucket, StageTally};
use crate::report::timeline::{MOST_BUCKETS, StageTimeline, Timeline};
use crate::topology::RunPlan;

/// Buckets after which no more are kept: a drain has its end, so this is more than there are.
const LIMIT: usize = 4 * MOST_BUCKETS;

/// The report's buckets while a run goes on.
#[derive(Debug)]
pub struct TimelineMaker {
    timeline: Timeline,
    /// Buckets of the observer that make one of these.
    width: usize,
    /// Those of them that the open one has.
    gathered: usize,
    open: Open,
    /// Places of the stages in the topology, in the order of the timeline.
    order: Vec<usize>,
}

/// The bucket that is being filled.
#[derive(Debug, Default)]
struct Open {
    bucket: Bucket,
    response: Latency,
    /// Of the stages, by their places in the topology.
    stages: Vec<(StageTally, Latency)>,
}

impl TimelineMaker {
    /// For a run of this plan whose arrivals come for about so long.
    pub fn new(plan: &RunPlan, lasts: Duration) -> Self {
        let named = plan.order.iter().map(|&stage| (stage, plan.name(stage).to_owned()));
        Self::of(lasts, plan.topology.stages.len(), named)
    }

    /// For arrivals that come for `duration`, from which the length of a bucket follows; of `stages`, these by place and name.
    fn of(duration: Duration, stages: usize, named: impl Iterator<Item = (usize, String)>) -> Self {
        let tenths = duration.as_nanos().div_ceil(BUCKET.as_nanos());
        let width = usize::try_from(tenths.div_ceil(MOST_BUCKETS as u128)).unwrap_or(usize::MAX).max(1);
        let (order, rows): (Vec<usize>, Vec<String>) = named.unzip();
        let rows = rows.into_iter().map(|name| StageTimeline { name, ..StageTimeline::default() });
        let bucket_secs = BUCKET.as_secs_f64() * width as f64;
        let stages = (0..stages).map(|_| <(StageTally, Latency)>::default()).collect();
        Self {
            timeline: Timeline { bucket_secs, stages: rows.collect(), ..Timeline::default() },
            width,
            gathered: 0,
            open: Open { stages, ..Open::default() },
            order,
        }
    }

    /// Takes in the times at a stage, before the bucket that they belong to.
    pub fn add_times(&mut self, stage: usize, times: &Latency) {
        if let Some((_, latency)) = self.open.stages.get_mut(stage) {
            latency.merge(times);
        }
    }

    /// Takes in a bucket, with the response times of all that ended in it.
    pub fn add(&mut self, bucket: &Bucket, response: &Latency) {
        let open = &mut self.open;
        open.response.merge(response);
        for ((sum, _), stage) in open.stages.iter_mut().zip(&bucket.stages) {
            sum.merge(&stage.tally);
        }
        let so_far = std::mem::take(&mut open.bucket);
        open.bucket = Bucket {
            offered: so_far.offered + bucket.offered,
            dropped: so_far.dropped + bucket.dropped,
            achieved: so_far.achieved + bucket.achieved,
            sold: so_far.sold + bucket.sold,
            ..bucket.clone()
        };
        self.gathered += 1;
        if self.gathered >= self.width {
            self.close();
        }
    }

    /// The timeline so far, the last bucket even if it isn't full.
    pub fn timeline(&mut self) -> Timeline {
        if self.gathered > 0 {
            self.close();
        }
        self.timeline.clone()
    }

    fn close(&mut self) {
        self.gathered = 0;
        let Open { bucket, response, stages } = &mut self.open;
        let (bucket, times) = (std::mem::take(bucket), response.quantiles());
        response.clear();
        let stages = stages.iter_mut().map(|(sum, latency)| {
            let p99 = latency.quantile_us(0.99);
            latency.clear();
            (std::mem::take(sum), p99)
        });
        let stages: Vec<(StageTally, u64)> = stages.collect();
        let timeline = &mut self.timeline;
        if timeline.len() >= LIMIT {
            return;
        }
        timeline.at_secs.push(rounded(bucket.at));
        timeline.offered.push(bucket.offered);
        timeline.dropped.push(bucket.dropped);
        timeline.achieved.push(bucket.achieved);
        timeline.sold.push(bucket.sold);
        timeline.stock_left.push(bucket.stock_left);
        timeline.backlog.push(bucket.backlog);
        timeline.p50_us.push(times.p50);
        timeline.p95_us.push(times.p95);
        timeline.p99_us.push(times.p99);
        for (row, &stage) in timeline.stages.iter_mut().zip(&self.order) {
            let (sum, p99) = &stages[stage];
            let in_flight = bucket.stages.get(stage).map_or(0, |stage: &StageBucket| stage.in_flight);
            row.arrivals.push(sum.arrivals);
            row.intercepted.push(sum.intercepted.sum());
            row.passed.push(sum.passed);
            row.failed.push(sum.failed);
            row.indefinite.push(sum.indefinite);
            row.in_flight.push(in_flight);
            row.p99_us.push(*p99);
        }
    }
}

/// In seconds, to a tenth of a millisecond: more digits would only make files longer.
fn rounded(at: Duration) -> f64 {
    (at.as_secs_f64() * 10_000.0).round() / 10_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A bucket a tenth of a second for `secs`, with one request each that takes as many milliseconds as its number.
    fn made(secs: u64) -> Timeline {
        let mut maker =
            TimelineMaker::of(Duration::from_secs(secs), 2, std::iter::once((1, "gate".to_owned())));
        for number in 1..=secs * 10 {
            let mut times = Latency::default();
            times.record_ns(number * 1_000_000);
            let tally = StageTally { arrivals: 2, failed: 1, ..StageTally::default() };
            let stages = vec![StageBucket::default(), StageBucket { tally, ..StageBucket::default() }];
            let at = BUCKET * u32::try_from(number).unwrap();
            maker.add_times(1, &times);
            maker.add(&Bucket { at, offered: 3, backlog: number, stages, ..Bucket::default() }, &times);
        }
        maker.timeline()
    }

    #[test]
    fn a_short_run_keeps_every_tenth_and_a_long_one_as_many_buckets_as_a_chart_shows() {
        for (secs, buckets, bucket_secs) in [(3, 30, 0.1), (60, 600, 0.1), (61, 305, 0.2), (200, 500, 0.4)] {
            let timeline = made(secs);
            assert_eq!(timeline.len(), buckets, "{secs} s");
            assert!((timeline.bucket_secs - bucket_secs).abs() < 1e-9);
            let tenths = secs * 10;
            assert_eq!(timeline.offered.iter().sum::<u64>(), 3 * tenths, "nothing is lost");
            assert_eq!(timeline.stages[0].arrivals.iter().sum::<u64>(), 2 * tenths);
            assert_eq!(timeline.stages[0].failed.iter().sum::<u64>(), tenths);
            assert_eq!(timeline.backlog.last(), Some(&tenths), "as it is at the end of a bucket");
            let spans: f64 = timeline.spans().sum();
            assert!((spans - secs as f64).abs() < 1e-6);
        }
    }

    #[test]
    fn quantiles_of_a_longer_bucket_are_those_of_all_its_times_together() {
        let timeline = made(200);
        // The times 1 to 4 ms: the median is the second of them.
        assert!((2_000..2_010).contains(&timeline.p50_us[0]), "{}", timeline.p50_us[0]);
        assert!((4_000..4_010).contains(&timeline.stages[0].p99_us[0]));
    }
}
