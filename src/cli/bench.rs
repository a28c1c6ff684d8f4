//! `bench`: measures what this machine carries, and keeps it.

use std::path::Path;

use super::args::BenchArgs;
use super::{exit, out, run};
use crate::engine::FailureKind;
use crate::files::{ResultFile, read_topology, report_problems};
use crate::machine::capacity::{IS_OPTIMISED, whole};
use crate::machine::{Capacity, ExchangeRow, LagRow, Part, RunRow, Told, Way, measure};
use crate::report::text::grouped;
use crate::report::verdict::micros;
use crate::servers;
use crate::topology::Topology;

/// Measures and answers the exit code.
pub fn main(args: &BenchArgs) -> u8 {
    let design = match args.file.as_deref().map(read).transpose() {
        Ok(design) => design,
        Err(code) => return code,
    };
    let json = match args.json.as_deref().map(ResultFile::reserve).transpose() {
        Ok(json) => json,
        Err(error) => {
            out::note(error);
            return exit::IO;
        }
    };
    let server = match servers::find(args.server.redis_server.as_deref(), &|text: &str| out::note(text)) {
        Ok(server) => server,
        Err(error) => {
            out::note(format_args!("error: {error}"));
            return exit::MISSING;
        }
    };
    if !IS_OPTIMISED {
        out::note("This program was built without optimisation: it is far slower than with --release");
    }
    out::line(format_args!("Measuring with {server}; this takes about a minute and a half"));
    let capacity = match measure(&server, &run::signals(), &mut |told| show(&told)) {
        Ok(capacity) => capacity,
        Err(failure) => {
            match failure.kind {
                FailureKind::Stopped => out::note("Stopped: nothing is kept"),
                _ => out::note(format_args!("error: {}", failure.text)),
            }
            return exit::of(failure.kind);
        }
    };
    conclude(&capacity, design.as_ref().zip(args.file.as_deref()));
    if let Err(error) = capacity.store() {
        out::note(format_args!("The figures could not be kept for later: {error}"));
    }
    match json.map(|json| json.write(&capacity.to_json())) {
        Some(Err(error)) => {
            out::note(error);
            exit::IO
        }
        _ => exit::PASS,
    }
}

/// The design in a file, if it can run.
fn read(path: &Path) -> Result<Topology, u8> {
    let opened = read_topology(path).map_err(|error| {
        out::note(error);
        exit::USAGE
    })?;
    if !opened.problems.is_empty() {
        out::note(report_problems(&path.display().to_string(), &opened.problems).trim_end());
    }
    let may_run = opened.may_run();
    opened.topology.filter(|_| may_run).ok_or(exit::USAGE)
}

/// Prints what is told while it measures.
fn show(told: &Told) {
    match told {
        Told::Part(part) => heading(*part),
        Told::Exchange(row) => exchange(row),
        Told::Lag(row) => lag(row),
        Told::Trying(..) => {}
        Told::Run(row) => travelled(row),
    }
}

fn heading(part: Part) {
    match part {
        Part::Exchanges(beside) => {
            out::line("\nExchanges a second with one server, as fast as it answers");
            out::line(format_args!(
                "  {:<28}{:>14}{:>18}{:>8}",
                "",
                "seckill-lab",
                beside.unwrap_or("no redis-benchmark"),
                "ratio"
            ));
        }
        Part::Schedule => {
            out::line("\nHow late the generator alone sends");
            out::line(format_args!("  {:>14}{:>12}{:>12}", "arrivals", "p50", "p99"));
        }
        Part::Way(way) => {
            out::line(match way {
                Way::WholePath => "\nThe whole path: every arrival buys, down to the database",
                Way::Funnel => "\nThe funnel: nine in ten arrivals stop at the CDN, the tenth buys",
            });
            out::line(format_args!(
                "  {:>12}{:>14}{:>11}{:>11}{:>12}{:>12}  carried",
                "offered", "achieved", "p50", "p99", "engine", "servers"
            ));
        }
    }
}

fn exchange(row: &ExchangeRow) {
    let name = format!("{} -c {} -P {}", row.command, row.connections, row.depth);
    let (beside, ratio) = match row.beside_per_sec {
        Some(beside) => (count(beside), format!("{:.2}", row.per_sec / beside)),
        None => ("–".to_owned(), "–".to_owned()),
    };
    out::line(format_args!("  {name:<28}{:>14}{beside:>18}{ratio:>8}", count(row.per_sec)));
}

fn lag(row: &LagRow) {
    let rate = format!("{}/s", count(row.per_sec));
    let dropped =
        if row.dropped > 0 { format!("  {} could not be sent", grouped(row.dropped)) } else { String::new() };
    out::line(format_args!("  {rate:>14}{:>12}{:>12}{dropped}", micros(row.p50_us), micros(row.p99_us)));
}

fn travelled(row: &RunRow) {
    let verdict = row.failed.as_ref().map_or("yes".to_owned(), |why| format!("no: {why}"));
    let each = |us: f64| format!("{us:.2} µs");
    out::line(format_args!(
        "  {:>12}{:>14}{:>11}{:>11}{:>12}{:>12}  {verdict}",
        format!("{}/s", count(row.offered_per_sec)),
        format!("{}/s", count(row.achieved_per_sec)),
        micros(row.p50_us),
        micros(row.p99_us),
        each(row.engine_us),
        each(row.servers_us),
    ));
}

fn count(rate: f64) -> String {
    grouped(whole(rate))
}

/// Says what it comes to, and what a design in a file asks of it.
fn conclude(capacity: &Capacity, design: Option<(&Topology, &Path)>) {
    out::line("\n  engine and servers: processor time for each arrival");
    out::line(format_args!("\n{}", capacity.sentence()));
    let Some((topology, path)) = design else { return };
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    match capacity.weigh(topology) {
        Some(load) => out::line(format_args!(
            "{name} asks for up to {}: about {:.0} % of what this machine carries, by a rough estimate{}",
            load.demand,
            load.share * 100.0,
            if load.is_too_much() { "; it may fall behind" } else { "" }
        )),
        None => out::line(format_args!("{name}: nothing was measured to compare it with")),
    }
}
