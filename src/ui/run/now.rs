//! What a stage or a wire does now: the last second of a run under way, or the whole of one that ended.

use std::ops::Range;

use super::column::{Column, Micros};
use super::series::{Series, StageSeries};
use super::{Ending, Run};
use crate::metrics::tally::ByReason;
use crate::metrics::{Reason, StageTally};
use crate::report::Report;
use crate::topology::StageKind;

/// What figures are about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The last second of a run under way.
    LastSecond,
    /// The second before a moment that was chosen on the timeline.
    Moment,
    /// A run that ended with a report.
    WholeRun,
    /// A run that ended without one.
    UntilFailure,
}

impl Scope {
    /// Whether it is about one second, so that rates say more than counts.
    pub fn is_second(self) -> bool {
        matches!(self, Self::LastSecond | Self::Moment)
    }
}

/// What a stage did in that time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Figures {
    /// What they are about.
    pub scope: Scope,
    /// How long that was, in seconds.
    pub secs: f64,
    /// Requests that came in; of the users: those that the schedule called for.
    pub arrivals: u64,
    /// Answered here before the stage that owns the data.
    pub intercepted: ByReason,
    /// Handed on, or answered here as the owner of the data.
    pub passed: u64,
    /// Of `passed`: handed on.
    pub handed_on: u64,
    /// Ended in an error or without an answer; of the users: not sent.
    pub failed: u64,
    /// Waiting or under way at the end; none for the users.
    pub in_flight: Option<u64>,
    /// p99 of the time at the stage, in microseconds; of the users: of response time. Of the whole run it is that of all
    /// requests; else it is the highest p99 of the buckets. None where nothing left.
    pub p99_us: Option<u64>,
}

/// What went over a wire in that time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flow {
    /// What it is about.
    pub scope: Scope,
    /// How long that was, in seconds.
    pub secs: f64,
    /// Requests that went over it.
    pub count: u64,
    /// What became of what the receiver was done with: shares passed, intercepted and failed. Where it was done with
    /// nothing yet, all counts as passed.
    pub mix: [f32; 3],
}

/// The rate in over time, by what became of it: passed, intercepted and failed each second, in bins of equal length.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Trail {
    /// The bins, oldest first.
    pub bins: Vec<[f32; 3]>,
    /// How many bins fill the width.
    pub room: usize,
    /// How long the width is, in seconds.
    pub secs: f64,
}

/// How far back a trail goes while the run goes on, in seconds.
const TRAIL_SECS: f64 = 30.0;
/// Buckets each second.
const BUCKETS_PER_SEC: f64 = 10.0;
/// The most bins of a trail.
const BINS: usize = 90;

impl Figures {
    /// Requests in, each second.
    pub fn rate(&self) -> f64 {
        self.arrivals as f64 / self.secs
    }

    /// The share of what came in that was intercepted; none where nothing came.
    pub fn intercepted_share(&self) -> Option<f64> {
        self.share_of(self.intercepted.sum())
    }

    /// The share of what came in that failed; none where nothing came.
    pub fn failed_share(&self) -> Option<f64> {
        self.share_of(self.failed)
    }

    fn share_of(&self, count: u64) -> Option<f64> {
        (self.arrivals > 0).then(|| (count as f64 / self.arrivals as f64).min(1.0))
    }

    /// The reason for which most was intercepted.
    pub fn main_reason(&self) -> Option<(Reason, u64)> {
        self.intercepted.iter().max_by_key(|(_, count)| *count)
    }

    /// The shares passed, intercepted and failed of what the stage was done with; all passed where that is nothing.
    pub fn mix(&self) -> [f32; 3] {
        let parts = [self.passed, self.intercepted.sum(), self.failed];
        let all: u64 = parts.iter().sum();
        if all == 0 {
            return [1.0, 0.0, 0.0];
        }
        parts.map(|part| part as f32 / all as f32)
    }
}

impl Flow {
    /// Requests each second.
    pub fn rate(&self) -> f64 {
        self.count as f64 / self.secs
    }
}

/// What a stage, by its place in the running topology, does now or did. None before the first bucket, and for stages
/// without traffic.
pub fn stage(run: &Run, stage: usize) -> Option<Figures> {
    let kind = &run.topology.stages.get(stage)?.kind;
    if !kind.carries_traffic() {
        return None;
    }
    let is_users = matches!(kind, StageKind::Users(_));
    if let Some(report) = run.report().filter(|_| run.playhead.is_none()) {
        return if is_users { Some(users_of_report(report)) } else { stage_of_report(run, report, stage) };
    }
    let (scope, buckets) = span(run)?;
    let secs = length(&run.series, &buckets);
    Some(if is_users {
        users_of_series(&run.series, buckets, scope, secs)
    } else {
        stage_of_series(run.series.stages.get(stage)?, buckets, scope, secs)
    })
}

/// What goes over the wire between two stages of the running topology, by their places.
///
/// It is what the receiver took in where this is its only way in, else what the sender handed on where this is its only way
/// out. Where neither is, the receiver's arrivals are divided in proportion to what its senders handed on.
pub fn flow(run: &Run, from: usize, to: usize) -> Option<Flow> {
    let (sender, receiver) = (stage(run, from)?, stage(run, to)?);
    let entries = run.graph.previous.get(to)?;
    let count = if entries.len() <= 1 {
        receiver.arrivals
    } else if run.graph.next.get(from)?.len() <= 1 {
        sender.handed_on
    } else {
        let all: u64 = entries.iter().filter_map(|&one| Some(stage(run, one)?.handed_on)).sum();
        receiver.arrivals * sender.handed_on / all.max(1)
    };
    Some(Flow { scope: receiver.scope, secs: receiver.secs, count, mix: receiver.mix() })
}

/// The rate in of a stage over the last half minute; after the run, over all of it.
pub fn trail(run: &Run, stage: usize) -> Trail {
    let series = &run.series;
    let is_users =
        run.topology.stages.get(stage).is_some_and(|stage| matches!(stage.kind, StageKind::Users(_)));
    let Some(column) = series.stages.get(stage) else { return Trail::default() };
    let room = trail_room(run);
    let per_bin = room.div_ceil(BINS).max(1);
    // Bins keep their buckets while the window moves on, so that their heights don't flicker.
    let len = run.shown_len();
    let first = len.saturating_sub(room).next_multiple_of(per_bin);
    let bin = |start: usize| {
        let buckets = start..(start + per_bin).min(len);
        let secs = length(series, &buckets);
        let parts = if is_users { users_in(series, buckets) } else { stage_in(column, &buckets) };
        #[allow(clippy::cast_possible_truncation, reason = "drawn on a screen")]
        parts.map(|part| (part as f64 / secs) as f32)
    };
    let bins = (first..len).step_by(per_bin).map(bin).collect();
    Trail { bins, room: room / per_bin, secs: room as f64 / BUCKETS_PER_SEC }
}

/// How many buckets the width of a trail is.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "some hundreds")]
fn trail_room(run: &Run) -> usize {
    if run.is_active() {
        // One without an end is as long as any.
        let whole = if run.duration.is_zero() { TRAIL_SECS } else { run.duration.as_secs_f64() };
        let secs = TRAIL_SECS.min(whole).max(1.0);
        (secs * BUCKETS_PER_SEC) as usize
    } else {
        run.series.len()
    }
}

fn users_in(series: &Series, buckets: Range<usize>) -> [u64; 3] {
    let (offered, dropped) = (series.offered.sum(buckets.clone()), series.dropped.sum(buckets));
    [offered.saturating_sub(dropped), 0, dropped]
}

fn stage_in(column: &StageSeries, buckets: &Range<usize>) -> [u64; 3] {
    let sum = |one: &Column<_>| one.sum(buckets.clone());
    [sum(&column.passed), column.intercepted.iter().map(sum).sum(), sum(&column.failed)]
}

/// How long buckets last together, in seconds.
fn length(series: &Series, buckets: &Range<usize>) -> f64 {
    let (from, to) = series.span_of(buckets);
    (to - from).max(0.001)
}

/// The buckets that figures are about.
fn span(run: &Run) -> Option<(Scope, Range<usize>)> {
    let series = &run.series;
    if series.is_empty() {
        return None;
    }
    if let Some(index) = run.moment() {
        return Some((Scope::Moment, series.recent_before(index, 1.0)));
    }
    if matches!(run.ending, Some(Ending::Failure(_))) {
        return Some((Scope::UntilFailure, 0..series.len()));
    }
    Some((Scope::LastSecond, series.recent(1.0)))
}

/// The highest of a column's values; none where nothing was measured.
fn worst(column: &Column<Micros>, buckets: Range<usize>) -> Option<u64> {
    Some(u64::from(column.fold(buckets)?.max))
}

fn stage_of_series(column: &StageSeries, buckets: Range<usize>, scope: Scope, secs: f64) -> Figures {
    let mut intercepted = ByReason::default();
    for (reason, column) in Reason::ALL.into_iter().zip(&column.intercepted) {
        intercepted.add(reason, column.sum(buckets.clone()));
    }
    Figures {
        scope,
        secs,
        arrivals: column.arrivals.sum(buckets.clone()),
        intercepted,
        passed: column.passed.sum(buckets.clone()),
        handed_on: column.handed_on.sum(buckets.clone()),
        failed: column.failed.sum(buckets.clone()),
        in_flight: column.in_flight.get(buckets.end.wrapping_sub(1)).map(u64::from),
        p99_us: worst(&column.p99_us, buckets),
    }
}

fn users_of_series(series: &Series, buckets: Range<usize>, scope: Scope, secs: f64) -> Figures {
    let arrivals = series.offered.sum(buckets.clone());
    let failed = series.dropped.sum(buckets.clone());
    let p99_us = worst(&series.response_us[2], buckets);
    users(scope, secs, arrivals, failed, p99_us)
}

fn users(scope: Scope, secs: f64, arrivals: u64, failed: u64, p99_us: Option<u64>) -> Figures {
    let passed = arrivals.saturating_sub(failed);
    Figures {
        scope,
        secs,
        arrivals,
        intercepted: ByReason::default(),
        passed,
        handed_on: passed,
        failed,
        in_flight: None,
        p99_us,
    }
}

fn users_of_report(report: &Report) -> Figures {
    let p99_us = Some(report.operations.all.response_us.p99).filter(|us| *us > 0);
    users(Scope::WholeRun, duration(report), report.totals.arrivals, report.totals.dropped, p99_us)
}

fn stage_of_report(run: &Run, report: &Report, stage: usize) -> Option<Figures> {
    let name = &run.topology.stages[stage].name;
    let found = report.stages.iter().find(|stage| stage.name == *name)?;
    let StageTally { arrivals, intercepted, passed, failed, indefinite, .. } = found.tally;
    Some(Figures {
        scope: Scope::WholeRun,
        secs: duration(report),
        arrivals,
        intercepted,
        passed,
        handed_on: found.tally.handed_on(),
        failed: failed + indefinite,
        in_flight: u64::try_from(found.in_flight).ok(),
        p99_us: Some(found.latency_us.p99).filter(|us| *us > 0),
    })
}

fn duration(report: &Report) -> f64 {
    report.generator.duration_secs.max(0.001)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::engine::RunId;
    use crate::files::{parse_topology, presets::PRESETS};
    use crate::metrics::{Bucket, Outcome, StageBucket};

    fn run() -> Run {
        Run::new(RunId(1), Arc::new(parse_topology(PRESETS[0].text).topology.unwrap()))
    }

    /// A bucket in which each stage takes in `arrivals` and intercepts a quarter.
    fn bucket(run: &Run, number: u64, arrivals: u64) -> Bucket {
        let mut tally = StageTally { arrivals, passed: arrivals * 3 / 4, ..StageTally::default() };
        tally.end(Outcome::Intercepted(Reason::SoldOut), arrivals / 4);
        let stage = StageBucket { tally, in_flight: number, ..StageBucket::default() };
        Bucket {
            at: Duration::from_millis(100 * number),
            offered: arrivals,
            stages: vec![stage; run.topology.stages.len()],
            ..Bucket::default()
        }
    }

    fn add(run: &mut Run, numbers: Range<u64>, arrivals: u64) {
        for number in numbers {
            let bucket = bucket(run, number, arrivals);
            run.series.add(&bucket, &[]);
        }
    }

    #[test]
    fn only_the_last_second_counts() {
        let mut run = run();
        assert_eq!(stage(&run, 1), None);
        add(&mut run, 1..21, 1_000);
        add(&mut run, 21..31, 100);
        let figures = stage(&run, 1).unwrap();
        assert_eq!((figures.arrivals, figures.passed, figures.in_flight), (1_000, 750, Some(30)));
        assert!((figures.rate() - 1_000.0).abs() < 1.0, "{figures:?}");
        assert_eq!(figures.main_reason(), Some((Reason::SoldOut, 250)));
        assert_eq!(figures.intercepted_share(), Some(0.25));
        assert_eq!(stage(&run, 0).unwrap().arrivals, 1_000, "the users");
        assert_eq!(stage(&run, 8), None, "data control has no traffic");
    }

    #[test]
    fn a_wire_carries_what_its_receiver_takes_in() {
        let mut run = run();
        add(&mut run, 1..11, 100);
        let flow = flow(&run, 1, 2).unwrap();
        assert_eq!(flow.count, 1_000);
        assert!((flow.mix[0] - 0.75).abs() < 1e-6 && (flow.mix[1] - 0.25).abs() < 1e-6);
    }

    #[test]
    fn a_trail_grows_until_its_room_is_full() {
        let mut run = run();
        add(&mut run, 1..5, 100);
        let short = trail(&run, 1);
        assert!(short.bins.len() < short.room, "{short:?}");
        add(&mut run, 5..400, 100);
        let full = trail(&run, 1);
        assert!(full.bins.len().abs_diff(full.room) <= 1, "{} {}", full.bins.len(), full.room);
        assert!((full.bins[3].iter().sum::<f32>() - 1_000.0).abs() < 20.0, "{:?}", full.bins[3]);
    }
}
