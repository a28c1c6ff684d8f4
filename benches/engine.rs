//! What the engine costs beside redis-benchmark: same server, connections and pipeline depth, interleaved, medians of five. Run
//! it with `cargo bench --bench engine`; redis-benchmark (or valkey-benchmark) is found on the PATH.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "prints what it measured")]

use seckill_lab::engine::bench::{Exchange, Rig};
use seckill_lab::machine::beside::Beside;
use seckill_lab::machine::measure::median;
use seckill_lab::servers::find;
use seckill_lab::workload::Operation;

const ROUNDS: usize = 5;

fn main() {
    let binary = find(None, &|_| {}).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let rig = runtime.block_on(Rig::start(&binary)).unwrap();
    let beside = Beside::find();
    println!("requests a second, medians of {ROUNDS}, interleaved");
    println!(
        "{:<24} {:>12} {:>12} {:>7}",
        "",
        "seckill-lab",
        beside.as_ref().map_or("(none)", |beside| beside.name),
        "ratio"
    );
    for (operation, name) in [(Operation::Read, "GET"), (Operation::Claim, "seckill EVALSHA")] {
        for (depth, requests) in [(16, 2_000_000), (1, 200_000)] {
            let requests = if operation == Operation::Claim { requests / 4 } else { requests };
            let exchange = Exchange { operation, connections: 50, depth, requests };
            let (mut ours, mut others) = (Vec::new(), Vec::new());
            for _ in 0..ROUNDS {
                ours.push(runtime.block_on(rig.measure(exchange)));
                others.extend(beside.as_ref().and_then(|beside| beside.measure(&rig, exchange)));
            }
            let ours = median(&mut ours).unwrap();
            let (theirs, ratio) = match median(&mut others) {
                None => ("–".to_owned(), "–".to_owned()),
                Some(theirs) => (format!("{theirs:.0}"), format!("{:.2}", ours / theirs)),
            };
            println!("{:<24} {ours:>12.0} {theirs:>12} {ratio:>7}", format!("{name} -c 50 -P {depth}"));
        }
    }
}
