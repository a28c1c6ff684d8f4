//! The largest rate at which a design meets its targets: the knee of its curve of rate against p99. Each point of it is a run on real
//! servers, audited.
//!
//! - [`gauge`]: what was full, by what was measured. [`targets`]: what must hold, and what is added. [`table`]: all of it as text.

pub mod gauge;
pub mod table;
pub mod targets;

use std::time::{Duration, Instant, SystemTime};

use crossbeam_channel::Receiver;
use serde::Serialize;

use self::gauge::{Gauge, gauges};
use self::targets::Aim;
use super::capacity::IS_OPTIMISED;
use super::search::{Carried, search_around};
use super::store::cores;
use crate::engine::trial::rounds::Turn;
use crate::engine::trial::{self, Listener, OnStop, Trial, stopped};
use crate::engine::{FailureKind, RunFailure, RunOptions};
use crate::report::verdict::disturbances;
use crate::report::{ServerReport, Verdict};
use crate::topology::RunPlan;

/// The version of the JSON form.
pub const KNEE_VERSION: u32 = 1;

/// How it is searched.
#[derive(Debug, Clone)]
pub struct Bounds {
    /// The first rate, arrivals a second.
    pub first: f64,
    /// No run begins after so many.
    pub runs: u32,
    /// No run begins after so long.
    pub within: Duration,
}

/// What became of a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// All targets held.
    Met,
    /// One did not.
    Missed,
    /// The run was disturbed, and says nothing about the design: the generator fell behind, arrivals could not be sent.
    Unknown,
}

/// One run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Point {
    /// The mean rate that was asked for, arrivals a second.
    pub rate_per_sec: f64,
    /// Arrivals a second that the schedule called for.
    pub offered_per_sec: f64,
    /// Answers a second.
    pub achieved_per_sec: f64,
    /// Response time of half of the requests that the curve is about, in microseconds.
    pub p50_us: u64,
    /// Of 99 of 100.
    pub p99_us: u64,
    /// How late 99 of 100 requests were sent at most, in microseconds.
    pub lag_p99_us: u64,
    /// Units oversold; none where there was no audit.
    pub oversold: Option<u64>,
    /// What became of it.
    pub outcome: Outcome,
    /// Why it was not met.
    pub reasons: Vec<String>,
    /// What was measured of what may be full, the fullest first.
    pub gauges: Vec<Gauge>,
}

/// How the search ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EndedBy {
    /// It came as close as it does.
    Search,
    /// No further run was to begin.
    Bounds,
    /// Somebody stopped it.
    Stop,
    /// A run had no report.
    Failure,
}

/// What was found of a design.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Knee {
    /// The version of this form.
    pub knee_version: u32,
    /// The version of the program.
    pub program_version: String,
    /// Whether that was built with optimisation.
    pub is_optimised: bool,
    /// When, as RFC 3339 has it.
    pub measured_at: String,
    /// Processor cores that the program may use.
    pub cores: usize,
    /// The servers that ran.
    pub servers: Vec<ServerReport>,
    /// The design's title.
    pub title: String,
    /// What had to hold.
    pub targets: Vec<String>,
    /// Of these, what the design does not ask for itself.
    pub added_targets: Vec<String>,
    /// Which requests the curve is about.
    pub requests: &'static str,
    /// How long arrivals came in each run, in seconds.
    pub duration_secs: f64,
    /// Arrivals a second at which the targets were met.
    pub met: Carried,
    /// How the search ended.
    pub ended_by: EndedBy,
    /// Why a run had no report, if one had none.
    pub failure: Option<String>,
    /// What it comes to.
    pub sentence: String,
    /// What was full at the lowest rate that was not met.
    pub bottleneck: Option<Bottleneck>,
    /// Every run, in order.
    pub points: Vec<Point>,
}

/// What was full where the targets were not met any more.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Bottleneck {
    /// At which rate, arrivals a second.
    pub rate_per_sec: f64,
    /// What was full there, the fullest first; empty: not known.
    pub full: Vec<Gauge>,
    /// The same in words.
    pub sentence: String,
}

/// What is told on the way.
#[derive(Debug, Clone, PartialEq)]
pub enum Told {
    /// A rate is tried: arrivals a second.
    Trying(f64),
    /// It was.
    Point(Point),
}

/// Searches; `listener` hears of each run. A message on `stop`, or the end of whoever could send one, ends it with what was found so far; no server is left then.
///
/// # Errors
/// Not one run came to a report.
pub fn find(
    aim: &Aim,
    bounds: &Bounds,
    options: &RunOptions,
    stop: &Receiver<()>,
    tell: &mut dyn FnMut(Told),
    listener: &mut dyn Listener,
) -> Result<Knee, RunFailure> {
    let begun = Instant::now();
    let (mut points, mut servers): (Vec<Point>, Vec<ServerReport>) = (Vec::new(), Vec::new());
    let mut runs = 0;
    let is_over = std::cell::Cell::new(false);
    let is_met = |rate: f64| {
        if is_over.get() {
            return Ok(false);
        }
        tell(Told::Trying(rate));
        let turn = Turn { round: runs + 1, design: 0 };
        listener.begins(turn);
        let trial = run(aim, rate, options, stop, listener)?;
        listener.ended(turn, &trial);
        servers.clone_from(&trial.report.servers);
        let point = Point::new(aim, rate, &trial);
        let outcome = point.outcome;
        tell(Told::Point(point.clone()));
        points.push(point);
        runs += 1;
        is_over.set(runs >= bounds.runs || begun.elapsed() > bounds.within);
        Ok(outcome == Outcome::Met)
    };
    let found = search_around(bounds.first, is_met, || is_over.get());
    let failure = found.err();
    if points.is_empty() {
        return Err(failure.unwrap_or_else(stopped));
    }
    let ended_by = match &failure {
        Some(failure) if failure.kind == FailureKind::Stopped => EndedBy::Stop,
        Some(_) => EndedBy::Failure,
        None if is_over.get() => EndedBy::Bounds,
        None => EndedBy::Search,
    };
    let failure = failure.filter(|_| ended_by == EndedBy::Failure).map(|failure| failure.text);
    Ok(Knee::new(aim, servers, points, ended_by, failure))
}

/// Runs the design at a mean rate; shape and length of the sale stay.
fn run(
    aim: &Aim,
    rate: f64,
    options: &RunOptions,
    stop: &Receiver<()>,
    listener: &mut dyn Listener,
) -> Result<Trial, RunFailure> {
    let mut topology = aim.topology.clone();
    topology.workload.scale_to(rate);
    let plan = RunPlan::new(topology).map_err(|problems| {
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        RunFailure::new(FailureKind::Broken, &format!("at {rate:.0} a second: {}", problems.join("; ")))
    })?;
    trial::run(plan, options.clone(), stop, OnStop::GiveUp, listener).result
}

impl Point {
    fn new(aim: &Aim, rate: f64, trial: &Trial) -> Self {
        let report = &trial.report;
        let times = aim.times(&report.operations).response_us;
        let outcome = match report.verdict {
            Verdict::Pass => Outcome::Met,
            // A fact that does not hold is one in a disturbed run too.
            Verdict::Fail => Outcome::Missed,
            Verdict::Inconclusive if disturbances(report).is_empty() => Outcome::Missed,
            Verdict::Inconclusive => Outcome::Unknown,
        };
        Self {
            rate_per_sec: rate,
            offered_per_sec: report.generator.offered_per_sec,
            achieved_per_sec: report.generator.achieved_per_sec,
            p50_us: times.p50,
            p99_us: times.p99,
            lag_p99_us: report.generator.schedule_lag_us.p99,
            oversold: report.audit.audited.then_some(report.audit.oversold),
            outcome,
            reasons: report.reasons.clone(),
            gauges: gauges(trial, cores()),
        }
    }
}

impl Knee {
    fn new(
        aim: &Aim,
        servers: Vec<ServerReport>,
        points: Vec<Point>,
        ended_by: EndedBy,
        failure: Option<String>,
    ) -> Self {
        let met = met(&points);
        let bottleneck = lowest_unmet(&points, met).map(bottleneck);
        Self {
            knee_version: KNEE_VERSION,
            program_version: env!("CARGO_PKG_VERSION").to_owned(),
            is_optimised: IS_OPTIMISED,
            measured_at: humantime::format_rfc3339_seconds(SystemTime::now()).to_string(),
            cores: cores(),
            servers,
            title: aim.topology.title.clone(),
            targets: targets::words(&aim.topology.targets),
            added_targets: aim.added.clone(),
            requests: aim.label(),
            duration_secs: aim.topology.workload.duration().as_secs_f64(),
            sentence: table::sentence(met, &points),
            met,
            ended_by,
            failure,
            bottleneck,
            points,
        }
    }

    /// As JSON, with a newline at its end.
    pub fn to_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(self)
            .unwrap_or_else(|error| unreachable!("it has text keys and finite numbers: {error}"));
        json.push('\n');
        json
    }
}

/// The highest rate that was met, and the lowest one above it that was not, however often it was tried.
fn met(points: &[Point]) -> Carried {
    let rates = |is_met: bool| {
        let wanted = points.iter().filter(move |point| (point.outcome == Outcome::Met) == is_met);
        wanted.map(|point| point.rate_per_sec)
    };
    let per_sec = rates(true).reduce(f64::max);
    let above = rates(false).filter(|rate| per_sec.is_none_or(|met| *rate > met));
    Carried { per_sec, failed_at: above.reduce(f64::min) }
}

/// The last run at the lowest rate that was not met.
fn lowest_unmet(points: &[Point], met: Carried) -> Option<&Point> {
    let at = met.failed_at?;
    points.iter().rev().find(|point| point.rate_per_sec.to_bits() == at.to_bits())
}

fn bottleneck(point: &Point) -> Bottleneck {
    let full: Vec<Gauge> = point.gauges.iter().filter(|gauge| gauge.is_full).cloned().collect();
    let sentence = table::bottleneck(point, &full);
    Bottleneck { rate_per_sec: point.rate_per_sec, full, sentence }
}

#[cfg(test)]
mod tests;
