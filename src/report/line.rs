//! One state line a second, in columns that don't move.

use std::time::Duration;

use super::text::grouped;
use super::verdict::micros;
use crate::metrics::{Bucket, StageTally};
use crate::topology::RunPlan;

/// Gathers the buckets of a second into a line.
#[derive(Debug)]
pub struct StateLine {
    /// Places and names of the stages with a column of their own.
    columns: Vec<(usize, String)>,
    offered: u64,
    achieved: u64,
    sold_in_all: u64,
    worst_p99_us: u64,
    worst_lag_us: u64,
    stages: Vec<StageTally>,
    since: Duration,
}

/// Width of a stage's column.
const WIDTH: usize = 9;

impl StateLine {
    /// Columns for every stage of the plan but the users.
    pub fn new(plan: &RunPlan) -> Self {
        let columns = plan.order[1..].iter().map(|&stage| (stage, plan.name(stage).to_owned()));
        Self {
            columns: columns.collect(),
            offered: 0,
            achieved: 0,
            sold_in_all: 0,
            worst_p99_us: 0,
            worst_lag_us: 0,
            stages: vec![StageTally::default(); plan.topology.stages.len()],
            since: Duration::ZERO,
        }
    }

    /// The line that names the columns.
    pub fn heading(&self) -> String {
        let names = self.columns.iter().map(|(_, name)| {
            let is_shared = |(_, other): &(usize, String)| other != name && clipped(other) == clipped(name);
            let is_told_apart = !self.columns.iter().any(is_shared);
            let short = if is_told_apart { clipped(name) } else { by_words(name) };
            format!(" {short:>WIDTH$}")
        });
        format!(
            "{:>14} {:>8} {:>8} |{} | {:>7} {:>7} {:>9} {:>8}",
            "progress",
            "offered",
            "achieved",
            names.collect::<String>(),
            "sold",
            "backlog",
            "p99",
            "lag"
        )
    }

    /// Adds a bucket. Answers a line when a second is full.
    pub fn add(&mut self, bucket: &Bucket, duration: Duration) -> Option<String> {
        self.offered += bucket.offered;
        self.achieved += bucket.achieved;
        self.sold_in_all += bucket.sold;
        self.worst_p99_us = self.worst_p99_us.max(bucket.response_us.p99);
        self.worst_lag_us = self.worst_lag_us.max(bucket.schedule_lag_us.p99);
        for (sum, stage) in self.stages.iter_mut().zip(&bucket.stages) {
            sum.merge(&stage.tally);
        }
        let span = bucket.at.saturating_sub(self.since);
        (span >= Duration::from_millis(990)).then(|| self.flush(bucket, duration, span))
    }

    fn flush(&mut self, bucket: &Bucket, duration: Duration, span: Duration) -> String {
        let secs = span.as_secs_f64();
        let cells = self.columns.iter().map(|(stage, _)| format!(" {:>WIDTH$}", share(&self.stages[*stage])));
        let at = bucket.at.as_secs_f64();
        let progress = if duration.is_zero() {
            format!("{at:.1}s")
        } else {
            format!("{at:>6.1} / {:>4.1}s", duration.as_secs_f64())
        };
        let line = format!(
            "{:>14} {:>6.0}/s {:>6.0}/s |{} | {:>7} {:>7} {:>9} {:>8}",
            progress,
            self.offered as f64 / secs,
            self.achieved as f64 / secs,
            cells.collect::<String>(),
            grouped(self.sold_in_all),
            grouped(bucket.backlog),
            micros(self.worst_p99_us),
            micros(self.worst_lag_us),
        );
        (self.offered, self.achieved, self.worst_p99_us, self.worst_lag_us) = (0, 0, 0, 0);
        self.stages.fill(StageTally::default());
        self.since = bucket.at;
        line
    }
}

/// How much of what came in a stage intercepted in the last second; a dash where nothing came.
fn share(tally: &StageTally) -> String {
    if tally.arrivals == 0 {
        return "–".into();
    }
    let share = tally.intercepted.sum() as f64 / tally.arrivals as f64;
    format!("{:.0}%", (share * 100.0).min(100.0))
}

/// What of a name fits a column.
fn clipped(name: &str) -> String {
    name.chars().take(WIDTH).collect()
}

/// The same with something of the second word, where the first alone tells nothing.
fn by_words(name: &str) -> String {
    match name.split_once(' ') {
        Some((first, rest)) => {
            let first: String = first.chars().take(WIDTH / 2).collect();
            clipped(&format!("{first} {rest}"))
        }
        None => clipped(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_begin_alike_are_told_apart_by_their_second_word() {
        assert_eq!(clipped("tracking balancer"), clipped("tracking services"));
        let names = ["tracking balancer", "tracking services", "database", "a-very-long-name"].map(by_words);
        assert_eq!(names, ["trac bala", "trac serv", "database", "a-very-lo"]);
    }
}
