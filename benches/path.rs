//! What arrivals cost on their way: the whole path, where each one goes down to the database, and the funnel, where nine in ten
//! stop at the CDN. Each rate is a run on real servers, audited; the figures are medians. Run it with `cargo bench --bench path`.
//!
//! `engine` and `servers` are the cores that were kept busy while requests arrived: this program with generator, stages and database;
//! all Redis processes, from their start to their end. `busiest` is the one process that used most of a core.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "prints what it measured")]

use std::time::Duration;

use crossbeam_channel::never;
use seckill_lab::engine::trial::Trial;
use seckill_lab::machine::Way;
use seckill_lab::machine::measure::median;
use seckill_lab::machine::path::run;
use seckill_lab::report::Verdict;

const ROUNDS: usize = 5;
const SPAN: Duration = Duration::from_secs(5);
const RATES: [(Way, &[f64]); 2] = [
    (Way::WholePath, &[10_000.0, 50_000.0, 100_000.0, 125_000.0, 150_000.0]),
    (Way::Funnel, &[100_000.0, 300_000.0, 600_000.0, 800_000.0]),
];

fn middle(runs: &[Trial], figure: impl Fn(&Trial) -> f64) -> f64 {
    median(&mut runs.iter().map(figure).collect::<Vec<_>>()).unwrap()
}

fn print(way: Way, runs: &[Trial]) {
    let of = |figure: fn(&Trial) -> f64| middle(runs, figure);
    let cores =
        |us: fn(&Trial) -> f64| middle(runs, |run| us(run) * run.report.generator.offered_per_sec / 1e6);
    let (busiest, share) = runs[runs.len() / 2].busiest();
    let balanced = runs.iter().filter(|run| run.report.totals.in_flight() == 0).count();
    let passed = runs.iter().filter(|run| run.report.verdict == Verdict::Pass).count();
    println!(
        "{:<11} {:>8.0} {:>9.0} {:>8.2} {:>8.2} {:>8.2} {:>7.2} {:>8.2} {:>5.2} {:<19} {balanced:>8} {passed:>6}",
        way.label(),
        of(|run| run.report.generator.offered_per_sec),
        of(|run| run.report.generator.achieved_per_sec),
        of(|run| run.report.operations.all.response_us.p50 as f64 / 1e3),
        of(|run| run.report.operations.all.response_us.p99 as f64 / 1e3),
        of(|run| run.report.generator.schedule_lag_us.p99 as f64 / 1e3),
        cores(Trial::engine_us),
        cores(Trial::servers_us),
        share,
        busiest,
    );
}

fn main() {
    println!("medians of {ROUNDS} runs of {} s", SPAN.as_secs());
    println!(
        "{:<11} {:>8} {:>9} {:>8} {:>8} {:>8} {:>7} {:>8} {:<25} {:>8} {:>6}",
        "",
        "offered",
        "achieved",
        "p50 ms",
        "p99 ms",
        "lag p99",
        "engine",
        "servers",
        "busiest",
        "balanced",
        "passed"
    );
    for (way, rates) in RATES {
        let mut runs: Vec<Vec<Trial>> = rates.iter().map(|_| Vec::new()).collect();
        // Interleaved, so that a bad spell of the machine touches all rates alike.
        for _ in 0..ROUNDS {
            for (&rate, runs) in rates.iter().zip(&mut runs) {
                runs.push(run(way.design(rate, SPAN), None, &never()).unwrap());
            }
        }
        for runs in &runs {
            print(way, runs);
        }
    }
}
