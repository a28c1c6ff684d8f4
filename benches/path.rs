//! What arrivals cost on their way: the whole path, where each one goes down to the database, and the funnel, where nine in ten
//! stop at the CDN. Each rate is a run on real servers, audited. Run it with `cargo bench --bench path`.
//!
//! `engine` is processor time of this program while requests arrive, generator, stages and database included; `servers` is that of the
//! Redis processes from their start to their end.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "prints what it measured")]

use std::sync::Arc;
use std::time::Duration;

use rustix::time::{ClockId, clock_gettime};
use seckill_lab::engine::{EngineCommand, EngineHandle, EventKind, RunId, RunOptions, RunPhase};
use seckill_lab::files::parse_topology;
use seckill_lab::report::Report;
use seckill_lab::topology::{RunPlan, Topology};
use seckill_lab::workload::Mix;

const PATH: &str = include_str!("../presets/whole-path.ron");

/// Processor time of this program.
fn cpu_secs() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap(), time.tv_nsec.try_into().unwrap()).as_secs_f64()
}

/// Every arrival is a claim that is granted.
fn whole_path(rate: f64) -> Topology {
    let mut topology = parse_topology(PATH).topology.unwrap();
    topology.workload.scale_to(rate);
    topology
}

/// Nine in ten are reads of pages that the CDN has.
fn funnel(rate: f64) -> Topology {
    let mut topology = whole_path(rate);
    for phase in &mut topology.workload.phases {
        phase.mix = Mix { read: 9.0, claim: 1.0 };
    }
    topology
}

/// Runs it; answers the report, and the processor time while requests arrived.
fn run(topology: Topology) -> (Box<Report>, f64) {
    let engine = EngineHandle::start(Arc::new(|| {})).unwrap();
    let plan = Box::new(RunPlan::new(topology).unwrap());
    engine.send(EngineCommand::Start { run_id: RunId(1), plan, options: RunOptions::default() }).unwrap();
    let (mut began, mut used) = (0.0, 0.0);
    loop {
        let event = engine.events().recv().unwrap();
        // Snapshots that nobody reads would wait.
        engine.snapshots().try_iter().for_each(drop);
        match event.kind {
            EventKind::Phase(RunPhase::OnSale) => began = cpu_secs(),
            EventKind::Phase(RunPhase::Draining) => used = cpu_secs() - began,
            EventKind::Finished(report) => return (report, used),
            EventKind::Failed(failure) => panic!("{}", failure.text),
            _ => {}
        }
    }
}

fn main() {
    println!(
        "{:<12} {:>9} {:>9} {:>9} {:>9} {:>9} {:>12} {:>12}  verdict",
        "", "offered", "achieved", "p50 ms", "p99 ms", "lag p99", "engine µs", "servers µs"
    );
    let whole: fn(f64) -> Topology = whole_path;
    for (name, design, rates) in [
        ("whole path", whole, &[10_000.0, 50_000.0, 75_000.0, 100_000.0][..]),
        ("funnel", funnel, &[100_000.0, 300_000.0, 600_000.0][..]),
    ] {
        for &rate in rates {
            let (report, used) = run(design(rate));
            let arrivals = report.totals.arrivals as f64;
            let servers: f64 = report.instances.iter().map(|one| one.cpu_secs).sum();
            let times = report.operations.all.response_us;
            println!(
                "{name:<12} {:>9.0} {:>9.0} {:>9.2} {:>9.2} {:>9.2} {:>12.2} {:>12.2}  {}",
                report.generator.offered_per_sec,
                report.generator.achieved_per_sec,
                times.p50 as f64 / 1e3,
                times.p99 as f64 / 1e3,
                report.generator.schedule_lag_us.p99 as f64 / 1e3,
                used / arrivals * 1e6,
                servers / arrivals * 1e6,
                report.verdict.label(),
            );
        }
    }
}
