//! How the cost of an arrival grows: with the rate, the stages, the products, the buyers and the consumers. Each point is the
//! median of runs of the whole path on real servers, audited. Run it with `cargo bench --bench growth`; it writes the table to
//! `target/growth.md` and the plot to `target/growth.svg`, as `docs/performance.md` shows them.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "prints what it measured")]

mod plot;

use std::fmt::Write;
use std::fs;
use std::time::Duration;

use crossbeam_channel::never;
use seckill_lab::engine::trial::Trial;
use seckill_lab::machine::measure::median;
use seckill_lab::machine::path::{self, Way};
use seckill_lab::topology::stage::{Service, StageKind};
use seckill_lab::topology::{Link, Stage, Topology};

use plot::{Panel, plot};

/// Runs of each point; the figures are their medians.
const ROUNDS: usize = 5;
const SPAN: Duration = Duration::from_secs(3);
/// The rate at which something else grows, a second.
const RATE: f64 = 20_000.0;

/// Something that grows.
struct Growth {
    name: &'static str,
    sizes: &'static [u32],
    design: fn(u32) -> Topology,
}

const GROWTHS: [Growth; 5] = [
    Growth { name: "arrivals a second", sizes: &[5_000, 10_000, 20_000, 40_000, 80_000], design: by_rate },
    Growth { name: "stages", sizes: &[8, 16, 32, 50], design: by_stages },
    Growth { name: "products", sizes: &[1, 100, 10_000, 1_000_000], design: by_items },
    Growth { name: "people", sizes: &[10_000, 100_000, 1_000_000, 10_000_000], design: by_people },
    Growth { name: "consumers", sizes: &[1, 2, 4, 8, 16], design: by_consumers },
];

fn usual() -> Topology {
    Way::WholePath.design(RATE, SPAN)
}

fn by_rate(rate: u32) -> Topology {
    Way::WholePath.design(rate.into(), SPAN)
}

/// More services behind the balancer, each with the links of the first.
fn by_stages(stages: u32) -> Topology {
    let mut topology = usual();
    let of_service = |link: &&Link| link.from == "service" || link.to == "service";
    let links: Vec<Link> = topology.links.iter().filter(of_service).cloned().collect();
    for number in topology.stages.len()..stages as usize {
        let name = format!("service {number}");
        let named = |end: &str| if end == "service" { name.clone() } else { end.to_owned() };
        let like = |link: &Link| Link { from: named(&link.from), to: named(&link.to), ..link.clone() };
        topology.links.extend(links.iter().map(like));
        let kind = StageKind::Service(Service::default());
        topology.stages.push(Stage { name, kind, at: (0.0, 0.0) });
    }
    topology
}

fn by_items(items: u32) -> Topology {
    let mut topology = usual();
    topology.workload.sale.items = items;
    topology
}

/// A limit that nobody reaches, so that what each has is kept and looked up.
fn by_people(users: u32) -> Topology {
    let mut topology = usual();
    topology.workload.sale.per_buyer_limit = Some(1_000);
    topology.workload.audience.users = users.into();
    topology
}

fn by_consumers(wanted: u32) -> Topology {
    let mut topology = usual();
    for stage in &mut topology.stages {
        if let StageKind::Queue(queue) = &mut stage.kind {
            queue.consumers = wanted;
        }
    }
    topology
}

/// Medians of the runs of one size.
struct Figures {
    engine_us: f64,
    servers_us: f64,
    p50_ms: f64,
    p99_ms: f64,
    /// Who used most of a core in one of the runs, and how much of it.
    busiest: (String, f64),
    /// Runs that had a sound audit and lost nothing on the way, of all.
    sound: usize,
}

fn figures(runs: &[Trial]) -> Figures {
    let of = |figure: fn(&Trial) -> f64| median(&mut runs.iter().map(figure).collect::<Vec<_>>()).unwrap();
    let is_sound = |run: &&Trial| {
        let (totals, audit) = (&run.report.totals, &run.report.audit);
        totals.in_flight() == 0 && audit.audited && audit.lost_acknowledged + audit.oversold == 0
    };
    Figures {
        engine_us: of(Trial::engine_us),
        servers_us: of(Trial::servers_us),
        p50_ms: of(|run| run.report.operations.all.response_us.p50 as f64 / 1e3),
        p99_ms: of(|run| run.report.operations.all.response_us.p99 as f64 / 1e3),
        busiest: runs[runs.len() / 2].busiest(),
        sound: runs.iter().filter(is_sound).count(),
    }
}

fn main() {
    let mut runs: Vec<Vec<Vec<Trial>>> =
        GROWTHS.iter().map(|growth| growth.sizes.iter().map(|_| Vec::new()).collect()).collect();
    // Interleaved, so that a bad spell of the machine touches all points alike.
    for round in 1..=ROUNDS {
        for (growth, runs) in GROWTHS.iter().zip(&mut runs) {
            for (&size, runs) in growth.sizes.iter().zip(runs) {
                println!("round {round} of {ROUNDS}: {size} {}", growth.name);
                runs.push(path::run((growth.design)(size), None, &never()).unwrap());
            }
        }
    }
    let mut table = "| | | engine µs | servers µs | p50 ms | p99 ms | busiest | sound |\n|---|--:|--:|--:|--:|--:|---|--:|\n".to_owned();
    let mut panels = Vec::new();
    for (growth, runs) in GROWTHS.iter().zip(&runs) {
        let mut panel = Panel { title: growth.name, engine: Vec::new(), servers: Vec::new() };
        for (&size, runs) in growth.sizes.iter().zip(runs) {
            let Figures { engine_us, servers_us, p50_ms, p99_ms, busiest: (who, share), sound } =
                figures(runs);
            writeln!(
                table,
                "| {} | {size} | {engine_us:.1} | {servers_us:.1} | {p50_ms:.1} | {p99_ms:.1} | {who}: {:.0} % of a core | {sound} of {} |",
                growth.name,
                share * 100.0,
                runs.len()
            )
            .unwrap();
            panel.engine.push((f64::from(size), engine_us));
            panel.servers.push((f64::from(size), servers_us));
        }
        panels.push(panel);
    }
    println!("{table}");
    fs::write("target/growth.md", table).unwrap();
    fs::write("target/growth.svg", plot(&panels)).unwrap();
}
