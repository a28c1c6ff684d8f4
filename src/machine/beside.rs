//! Another load generator beside ours, on the same server, with the same connections and pipelines.

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use crate::engine::bench::{Exchange, Rig};
use crate::servers::{Group, Surroundings, run_bounded};
use crate::workload::Operation;

/// Its names on the search path, best first.
const NAMES: [&str; 2] = ["redis-benchmark", "valkey-benchmark"];
/// Nobody waits longer for it.
const WITHIN: Duration = Duration::from_mins(1);

/// redis-benchmark or valkey-benchmark.
#[derive(Debug, Clone)]
pub struct Beside {
    program: PathBuf,
    /// Which of them.
    pub name: &'static str,
}

impl Beside {
    /// The first one on the search path.
    pub fn find() -> Option<Self> {
        let surroundings = Surroundings::from_env();
        NAMES.into_iter().find_map(|name| {
            let program = surroundings.on_path(name).into_iter().next()?;
            Some(Self { program, name })
        })
    }

    /// Requests a second, as it measures them; none where it doesn't work.
    pub fn measure(&self, rig: &Rig, exchange: Exchange) -> Option<f64> {
        let endpoint = rig.endpoint();
        let mut command = Command::new(&self.program);
        command
            .args(["-h", &endpoint.ip.to_string(), "-p", &endpoint.port.to_string(), "--csv"])
            .args(["-c", &exchange.connections.to_string(), "-P", &exchange.depth.to_string()])
            .args(["-n", &exchange.requests.to_string()])
            .args(match exchange.operation {
                Operation::Read => Rig::read_command(),
                _ => Rig::claim_command(),
            });
        let finished = run_bounded(command, Group::Own, WITHIN).ok()?;
        finished.success.then(|| rate(&finished.output)).flatten()
    }
}

/// The line of figures begins with the command; the rate stands second.
fn rate(output: &str) -> Option<f64> {
    output.trim_end().lines().last()?.split("\",\"").nth(1)?.trim_end_matches('"').parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_read_from_lines_of_old_and_new_versions() {
        let new = "\"test\",\"rps\",\"avg_latency_ms\"\n\"GET page:0\",\"1532567.00\",\"0.3\"\n";
        assert_eq!(rate(new), Some(1_532_567.0));
        assert_eq!(rate("\"GET page:0\",\"106382.98\"\n"), Some(106_382.98));
        for other in ["", "Could not connect to Redis at 127.0.0.1:1: Connection refused"] {
            assert_eq!(rate(other), None, "{other}");
        }
    }
}
