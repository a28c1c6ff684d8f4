//! What was measured on a machine.

use serde::{Deserialize, Serialize};

use super::path::Way;
use super::search::Carried;
use crate::engine::WORST_LAG;
use crate::engine::trial::Trial;
use crate::report::text::grouped;

/// The version of the form that this program writes and reads.
pub const CAPACITY_VERSION: u32 = 1;
/// Whether this program was built with optimisation.
pub const IS_OPTIMISED: bool = !cfg!(debug_assertions);
/// Requests that must have got an answer, as a share of those offered.
const LEAST_ACHIEVED: f64 = 0.99;
/// Response times must stay below: p99, in microseconds.
const WORST_P99_US: u64 = 50_000;

/// What a machine carries, with the figures that say so. The JSON form is described in `docs/reference/bench.md`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Capacity {
    /// The version of this form.
    pub capacity_version: u32,
    /// The version of the program that measured it.
    pub program_version: String,
    /// Whether that was built with optimisation; without, it is far slower.
    pub is_optimised: bool,
    /// When, as RFC 3339 has it.
    pub measured_at: String,
    /// Processor cores that the program may use.
    pub cores: usize,
    /// The server that took part, such as "Valkey 9.1.2".
    pub server: String,
    /// Orders a second through the whole path.
    pub whole_path: Carried,
    /// Arrivals a second, of which nine in ten stop at the CDN.
    pub funnel: Carried,
    /// Exchanges with one server.
    pub exchanges: Vec<ExchangeRow>,
    /// How late the generator alone sends.
    pub schedule: Vec<LagRow>,
    /// The runs by which the rates were found.
    pub runs: Vec<RunRow>,
}

/// Exchanges of one kind with one server, as fast as it answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExchangeRow {
    /// "GET" or "claim script".
    pub command: String,
    /// Connections.
    pub connections: u32,
    /// Requests in a pipeline.
    pub depth: u32,
    /// Exchanges a second: the median of a few rounds.
    pub per_sec: f64,
    /// The same by the other load generator; none where there is none.
    pub beside_per_sec: Option<f64>,
}

/// How late the generator alone sends at a rate.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct LagRow {
    /// Arrivals a second.
    pub per_sec: f64,
    /// Half are at most so late, in microseconds.
    pub p50_us: u64,
    /// 99 of 100.
    pub p99_us: u64,
    /// Requests that could not be sent.
    pub dropped: u64,
}

/// One run of a way.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunRow {
    /// Which way.
    pub way: Way,
    /// Arrivals a second that the schedule called for.
    pub offered_per_sec: f64,
    /// Answers a second.
    pub achieved_per_sec: f64,
    /// Response time of half of them, in microseconds.
    pub p50_us: u64,
    /// Of 99 of 100.
    pub p99_us: u64,
    /// How late 99 of 100 requests were sent at most, in microseconds.
    pub lag_p99_us: u64,
    /// Processor time of this program for each arrival, in microseconds.
    pub engine_us: f64,
    /// Processor time of the Redis processes for each arrival, in microseconds.
    pub servers_us: f64,
    /// Why the rate was not carried; none: it was.
    pub failed: Option<String>,
}

impl RunRow {
    /// Of a run that came to its end.
    pub fn new(way: Way, run: &Trial) -> Self {
        let (generator, times) = (run.report.generator, run.report.operations.all.response_us);
        let mut row = Self {
            way,
            offered_per_sec: generator.offered_per_sec,
            achieved_per_sec: generator.achieved_per_sec,
            p50_us: times.p50,
            p99_us: times.p99,
            lag_p99_us: generator.schedule_lag_us.p99,
            engine_us: run.engine_us(),
            servers_us: run.servers_us(),
            failed: None,
        };
        let is_wrong = run.report.targets.iter().any(|target| target.is_fact && target.holds == Some(false));
        row.failed =
            if is_wrong { Some("the audit found something wrong".to_owned()) } else { row.why_not() };
        row
    }

    /// Why its rate was not carried, by its figures. The generator comes first: where it falls behind, the others say nothing.
    fn why_not(&self) -> Option<String> {
        let share = self.achieved_per_sec / self.offered_per_sec;
        if u128::from(self.lag_p99_us) > WORST_LAG.as_micros() {
            Some("the generator fell behind".to_owned())
        } else if share < LEAST_ACHIEVED {
            // Rounded down, so that it never looks like enough.
            Some(format!("{:.1} % got an answer", (share * 1e3).floor() / 10.0))
        } else if self.p99_us >= WORST_P99_US {
            Some(format!("p99 is over {} ms", WORST_P99_US / 1_000))
        } else if share.is_nan() {
            Some("nobody came".to_owned())
        } else {
            None
        }
    }
}

impl Capacity {
    /// What it comes to, in a sentence without a full stop.
    pub fn sentence(&self) -> String {
        format!(
            "This machine: {} orders a second through the whole path, {} arrivals a second where nine in ten stop at the CDN",
            words(self.whole_path),
            words(self.funnel)
        )
    }
}

/// A rate that was found, in words.
pub fn words(carried: Carried) -> String {
    match carried {
        Carried { per_sec: Some(rate), failed_at: Some(_) } => format!("up to about {}", rounded(rate)),
        Carried { per_sec: Some(rate), failed_at: None } => format!("at least about {}", rounded(rate)),
        Carried { per_sec: None, failed_at: Some(rate) } => format!("not even {}", rounded(rate)),
        Carried { per_sec: None, failed_at: None } => "an unknown number of".to_owned(),
    }
}

/// A rate with two significant digits: what a short bench can tell.
pub fn about(rate: f64) -> f64 {
    if !rate.is_finite() || rate <= 0.0 {
        return 0.0;
    }
    let unit = 10_f64.powf((rate.log10().floor() - 1.0).max(0.0));
    (rate / unit).round() * unit
}

/// The same as text, its thousands set apart.
pub fn rounded(rate: f64) -> String {
    grouped(whole(about(rate)))
}

/// A rate without its fraction.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rate, rounded")]
pub fn whole(rate: f64) -> u64 {
    rate.round().max(0.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row() -> RunRow {
        RunRow {
            way: Way::Funnel,
            offered_per_sec: 100_000.0,
            achieved_per_sec: 99_500.0,
            p50_us: 900,
            p99_us: 12_000,
            lag_p99_us: 700,
            engine_us: 2.5,
            servers_us: 3.5,
            failed: None,
        }
    }

    #[test]
    fn a_rate_is_carried_if_answers_come_in_time_from_a_generator_that_keeps_up() {
        let why = |row: RunRow| row.why_not().unwrap_or_default();
        assert_eq!(why(row()), "");
        assert_eq!(why(RunRow { achieved_per_sec: 93_000.0, ..row() }), "93.0 % got an answer");
        assert_eq!(why(RunRow { p99_us: 50_000, ..row() }), "p99 is over 50 ms");
        let late = RunRow { lag_p99_us: 26_000, p99_us: 90_000, ..row() };
        assert_eq!(why(late), "the generator fell behind");
        assert_eq!(why(RunRow { offered_per_sec: 0.0, achieved_per_sec: 0.0, ..row() }), "nobody came");
    }

    #[test]
    fn rates_are_told_with_two_digits() {
        let told = [0.4, 7.2, 94.4, 947.0, 89_600.0, 144_999.0, 1_049_000.0].map(rounded);
        assert_eq!(told, ["0", "7", "94", "950", "90,000", "140,000", "1,000,000"]);
        assert_eq!([f64::NAN, f64::INFINITY, -5.0].map(rounded), ["0", "0", "0"]);
    }

    #[test]
    fn words_say_what_is_known() {
        let (low, high) = (Some(89_600.0), Some(107_000.0));
        assert_eq!(words(Carried { per_sec: low, failed_at: high }), "up to about 90,000");
        assert_eq!(words(Carried { per_sec: low, failed_at: None }), "at least about 90,000");
        assert_eq!(words(Carried { per_sec: None, failed_at: Some(10_000.0) }), "not even 10,000");
    }
}
