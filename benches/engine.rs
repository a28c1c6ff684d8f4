//! What the engine costs beside redis-benchmark: same server, connections and pipeline depth, interleaved, medians of five. Run
//! it with `cargo bench --bench engine`; redis-benchmark (or valkey-benchmark) is found on the PATH.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "prints what it measured")]

use std::process::Command;

use seckill_lab::engine::bench::{Exchange, Rig};
use seckill_lab::servers::find;
use seckill_lab::workload::Operation;

const ROUNDS: usize = 5;

/// Requests a second, as the other program measures it; none where it isn't there.
fn other(program: &str, rig: &Rig, exchange: Exchange) -> Option<f64> {
    let command = match exchange.operation {
        Operation::Read => Rig::read_command(),
        Operation::Claim => Rig::claim_command(),
    };
    let endpoint = rig.endpoint();
    let output = Command::new(program)
        .args(["-h", &endpoint.ip.to_string(), "-p", &endpoint.port.to_string(), "--csv"])
        .args(["-c", &exchange.connections.to_string(), "-P", &exchange.depth.to_string()])
        .args(["-n", &exchange.requests.to_string()])
        .args(command)
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    // The line of figures begins with the command; the rate stands second.
    text.lines().last()?.split("\",\"").nth(1)?.parse().ok()
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn main() {
    let binary = find(None, &|_| {}).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let rig = runtime.block_on(Rig::start(&binary)).unwrap();
    let program = ["redis-benchmark", "valkey-benchmark"]
        .into_iter()
        .find(|program| Command::new(program).arg("--version").output().is_ok());
    println!("requests a second, medians of {ROUNDS}, interleaved");
    println!("{:<24} {:>12} {:>12} {:>7}", "", "seckill-lab", program.unwrap_or("(none)"), "ratio");
    for (operation, name) in [(Operation::Read, "GET"), (Operation::Claim, "seckill EVALSHA")] {
        for (depth, requests) in [(16, 2_000_000), (1, 200_000)] {
            let requests = if operation == Operation::Claim { requests / 4 } else { requests };
            let exchange = Exchange { operation, connections: 50, depth, requests };
            let (mut ours, mut others) = (Vec::new(), Vec::new());
            for _ in 0..ROUNDS {
                ours.push(runtime.block_on(rig.measure(exchange)));
                others.extend(program.and_then(|program| other(program, &rig, exchange)));
            }
            let ours = median(&mut ours);
            let (theirs, ratio) = if others.is_empty() {
                ("–".to_owned(), "–".to_owned())
            } else {
                let theirs = median(&mut others);
                (format!("{theirs:.0}"), format!("{:.2}", ours / theirs))
            };
            println!("{:<24} {ours:>12.0} {theirs:>12} {ratio:>7}", format!("{name} -c 50 -P {depth}"));
        }
    }
}
