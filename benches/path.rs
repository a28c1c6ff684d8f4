//! What arrivals cost on their way: the whole path, where each one goes down to the database, and the funnel, where nine in ten
//! stop at the CDN. Each rate is a run on real servers, audited. Run it with `cargo bench --bench path`.
//!
//! `engine` is processor time of this program while requests arrive, generator, stages and database included; `servers` is that of the
//! Redis processes from their start to their end.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "prints what it measured")]

use std::time::Duration;

use crossbeam_channel::never;
use seckill_lab::machine::Way;
use seckill_lab::machine::path::run;

const SPAN: Duration = Duration::from_secs(10);

fn main() {
    println!(
        "{:<12} {:>9} {:>9} {:>9} {:>9} {:>9} {:>12} {:>12}  verdict",
        "", "offered", "achieved", "p50 ms", "p99 ms", "lag p99", "engine µs", "servers µs"
    );
    for (way, rates) in [
        (Way::WholePath, &[10_000.0, 50_000.0, 75_000.0, 100_000.0][..]),
        (Way::Funnel, &[100_000.0, 300_000.0, 600_000.0][..]),
    ] {
        for &rate in rates {
            let run = run(way.design(rate, SPAN), None, &never()).unwrap();
            let (report, times) = (&run.report, run.report.operations.all.response_us);
            println!(
                "{:<12} {:>9.0} {:>9.0} {:>9.2} {:>9.2} {:>9.2} {:>12.2} {:>12.2}  {}",
                way.label(),
                report.generator.offered_per_sec,
                report.generator.achieved_per_sec,
                times.p50 as f64 / 1e3,
                times.p99 as f64 / 1e3,
                report.generator.schedule_lag_us.p99 as f64 / 1e3,
                run.engine_us(),
                run.servers_us(),
                report.verdict.label(),
            );
        }
    }
}
