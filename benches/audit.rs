//! What the audit costs: time an order, and memory beyond the ledger's own. Run it with `cargo bench --bench audit`.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "prints what it measured")]

use std::fs;
use std::time::Duration;

use seckill_lab::engine::bench::audit::{Kept, Told};

const ORDERS: [u64; 3] = [100_000, 1_000_000, 5_000_000];
/// Odd, for a median.
const ROUNDS: usize = 5;

/// A line of `/proc/self/status`, in bytes; none on systems that have no such file.
fn status(name: &str) -> Option<u64> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    let kib = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(kib.trim_start_matches(':').split_whitespace().next()?.parse::<u64>().ok()? * 1_024)
}

/// Median time and most memory of several rounds, and the duplicates found. `make` makes what `audit` uses up.
fn measure(make: impl Fn() -> Told, audit: impl Fn(Told) -> (Duration, u64)) -> (Duration, Option<u64>, u64) {
    let mut found = 0;
    let mut rounds: Vec<(Duration, Option<u64>)> = (0..ROUNDS)
        .map(|_| {
            let told = make();
            // Peak memory is counted from here (proc_pid_clear_refs(5)).
            fs::write("/proc/self/clear_refs", "5").ok();
            let before = status("VmRSS");
            let (time, duplicates) = audit(told);
            found = duplicates;
            (time, status("VmHWM").zip(before).map(|(peak, before)| peak.saturating_sub(before)))
        })
        .collect();
    rounds.sort_by_key(|(time, _)| *time);
    (rounds[ROUNDS / 2].0, rounds.iter().filter_map(|(_, bytes)| *bytes).max(), found)
}

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    println!("medians of {ROUNDS}; memory at its peak beyond the ledger, which has 32 bytes an order");
    println!(
        "{:>10}  {:<12} {:<16} {:>9} {:>12} {:>15} {:>11}",
        "orders", "orders from", "limit per buyer", "ms", "ns an order", "bytes an order", "duplicates"
    );
    for orders in ORDERS {
        let kept = runtime.block_on(Kept::new(orders)).unwrap();
        for limit in [None, Some(1)] {
            let ledger = || Told::new(orders, limit);
            let made = measure(ledger, Told::compare);
            let read = measure(ledger, |told| told.examine(&kept).unwrap());
            for (from, (time, bytes, duplicates)) in [("nowhere", made), ("the database", read)] {
                let nanos = time.as_nanos() as f64 / orders as f64;
                let bytes =
                    bytes.map_or("–".to_owned(), |bytes| format!("{:.1}", bytes as f64 / orders as f64));
                let limit = limit.map_or("none".to_owned(), |limit| limit.to_string());
                println!(
                    "{orders:>10}  {from:<12} {limit:<16} {:>9.1} {nanos:>12.0} {bytes:>15} {duplicates:>11}",
                    time.as_secs_f64() * 1_000.0
                );
            }
        }
    }
}
