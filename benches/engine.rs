//! What the engine costs beside redis-benchmark: same server, connections and pipeline depth, interleaved, medians of five; and how
//! late the generator alone is. Run it with `cargo bench --bench engine`, or a part of it with `-- exchanges`, `-- path` or
//! `-- schedule`; redis-benchmark (or valkey-benchmark) is found on the PATH.
//!
//! `engine` is processor time of this program for each exchange, with its books and its ledger; in the last table, for each arrival
//! on the whole path. The same with `--features uncounted`, where the books count nothing, says what counting costs.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "prints what it measured")]

use std::time::Duration;

use seckill_lab::engine::bench::{Exchange, Rig, schedule};
use seckill_lab::engine::trial::cpu_secs;
use seckill_lab::machine::Way;
use seckill_lab::machine::beside::Beside;
use seckill_lab::machine::measure::{SCHEDULES, median};
use seckill_lab::machine::path::spend;
use seckill_lab::metrics::Quantiles;
use seckill_lab::servers::find;
use seckill_lab::workload::Operation;

const ROUNDS: usize = 5;
/// Rates at which the whole path is run, in arrivals a second, and for how long.
const PATHS: [f64; 2] = [20_000.0, 50_000.0];
const SPAN: Duration = Duration::from_secs(3);

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    for (name, part) in
        [("exchanges", exchanges as fn()), ("path", whole_path as fn()), ("schedule", late as fn())]
    {
        if wanted.is_empty() || wanted.iter().any(|word| word == name) {
            part();
        }
    }
}

fn exchanges() {
    let binary = find(None, &|_| {}).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let rig = runtime.block_on(Rig::start(&binary)).unwrap();
    let beside = Beside::find();
    println!("requests a second, medians of {ROUNDS}, interleaved");
    println!(
        "{:<28} {:>10} {:>12} {:>16} {:>7}",
        "",
        "engine ns",
        "seckill-lab",
        beside.as_ref().map_or("(none)", |beside| beside.name),
        "ratio"
    );
    for (operation, name) in [(Operation::Read, "GET"), (Operation::Claim, "seckill EVALSHA")] {
        for (depth, requests) in [(16, 2_000_000), (1, 200_000)] {
            let requests = if operation == Operation::Claim { requests / 4 } else { requests };
            let exchange = Exchange { operation, connections: 50, depth, requests };
            let (mut ours, mut others, mut engine) = (Vec::new(), Vec::new(), Vec::new());
            for _ in 0..ROUNDS {
                let before = cpu_secs();
                ours.push(runtime.block_on(rig.measure(exchange)).unwrap());
                engine.push((cpu_secs() - before) / requests as f64 * 1e9);
                others.extend(beside.as_ref().and_then(|beside| beside.measure(&rig, exchange)));
            }
            let ours = median(&mut ours).unwrap();
            let (theirs, ratio) = match median(&mut others) {
                None => ("–".to_owned(), "–".to_owned()),
                Some(theirs) => (format!("{theirs:.0}"), format!("{:.2}", ours / theirs)),
            };
            let (name, engine) = (format!("{name} -c 50 -P {depth}"), median(&mut engine).unwrap());
            println!("{name:<28} {engine:>10.0} {ours:>12.0} {theirs:>16} {ratio:>7}");
        }
    }
}

fn whole_path() {
    println!("\nthe whole path, from the first arrival to the last");
    println!("{:<28} {:>10}", "arrivals a second", "engine ns");
    for rate in PATHS {
        let mut spent: Vec<f64> =
            (0..ROUNDS).map(|_| spend(Way::WholePath.design(rate, SPAN), None).unwrap()).collect();
        println!("{rate:<28} {:>10.0}", median(&mut spent).unwrap() / (rate * SPAN.as_secs_f64()) * 1e9);
    }
}

fn late() {
    println!("\nthe generator behind its schedule, in µs");
    println!("{:<28} {:>10} {:>12} {:>16}", "arrivals a second", "p50", "p99", "p99.9");
    for rate in SCHEDULES {
        let lags = (0..ROUNDS).map(|_| schedule(rate, Duration::from_secs(2)).unwrap().lag_us);
        let lags: Vec<_> = lags.collect();
        let of = |quantile: fn(&Quantiles) -> u64| {
            median(&mut lags.iter().map(|lag| quantile(lag) as f64).collect::<Vec<_>>()).unwrap()
        };
        println!("{rate:<28} {:>10} {:>12} {:>16}", of(|lag| lag.p50), of(|lag| lag.p99), of(|lag| lag.p999));
    }
}
