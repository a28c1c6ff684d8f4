//! How heavily a run loaded what it ran on: processor time and requests that stood at stages, in the two heaviest seconds while requests
//! arrived. Shares are of what was used in that span, so a burst is not thinned by the calm around it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::super::message::{RunPhase, Snapshot};
use super::cpu_secs;
use crate::topology::RunPlan;

/// The span that the heaviest moments are looked for in; a shorter run is one span.
const SPAN: Duration = Duration::from_secs(2);
/// Of less, nothing is said.
const SHORTEST: Duration = Duration::from_millis(300);

/// What was used in the heaviest two seconds, each thing in its own.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Load {
    /// Processor cores that this program used; none of a run that was too short.
    pub engine_cores: Option<f64>,
    /// Processor cores that were busy on the machine, whoever kept them so; none where the system doesn't say.
    pub machine_cores: Option<f64>,
    /// Server processes that are looked at.
    pub processes: Vec<ProcessLoad>,
    /// Stages.
    pub stages: Vec<StageLoad>,
}

/// A server process.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ProcessLoad {
    /// Its stage.
    pub stage: String,
    /// Its name within the stage.
    pub name: String,
    /// Processor cores that it used.
    pub cores: f64,
}

/// A stage.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct StageLoad {
    /// The stage.
    pub stage: String,
    /// Requests that stood at it on average, waiting or under way.
    pub requests: f64,
}

/// Looks at a growing count.
type Track = Vec<(Duration, f64)>;

/// Adds up what snapshots show.
#[derive(Debug)]
pub(super) struct Gatherer {
    names: Vec<String>,
    since: Instant,
    engine: Track,
    machine: Track,
    processes: BTreeMap<(usize, String), Track>,
    /// By stage: request-seconds that passed.
    stages: Vec<Track>,
}

impl Gatherer {
    /// For a run of this plan.
    pub(super) fn new(plan: &RunPlan) -> Self {
        let names: Vec<String> = plan.topology.stages.iter().map(|stage| stage.name.clone()).collect();
        Self {
            since: Instant::now(),
            engine: Track::new(),
            machine: Track::new(),
            processes: BTreeMap::new(),
            stages: vec![Track::new(); names.len()],
            names,
        }
    }

    /// Takes in a snapshot, as long as requests arrive.
    pub(super) fn add(&mut self, snapshot: &Snapshot) {
        if snapshot.phase != RunPhase::OnSale || snapshot.buckets.is_empty() {
            return;
        }
        let now = self.since.elapsed();
        self.engine.push((now, cpu_secs()));
        self.machine.extend(busy_secs().map(|secs| (now, secs)));
        for process in snapshot.instances.iter().filter(|process| process.is_reachable) {
            let key = (process.stage, process.name.clone());
            self.processes.entry(key).or_default().push((now, process.cpu_secs));
        }
        for bucket in &snapshot.buckets {
            for (track, stage) in self.stages.iter_mut().zip(&bucket.stages) {
                let (before_at, before) = track.last().copied().unwrap_or_default();
                let secs = bucket.at.saturating_sub(before_at).as_secs_f64();
                track.push((bucket.at, before + stage.in_flight as f64 * secs));
            }
        }
    }

    /// What it came to.
    pub(super) fn load(self) -> Load {
        let processes = self.processes.into_iter().filter_map(|((stage, name), track)| {
            Some(ProcessLoad { stage: self.names.get(stage)?.clone(), name, cores: heaviest(&track)? })
        });
        let stages = self.names.iter().zip(&self.stages).filter_map(|(stage, track)| {
            Some(StageLoad { stage: stage.clone(), requests: heaviest(track)? })
        });
        Load {
            engine_cores: heaviest(&self.engine),
            machine_cores: heaviest(&self.machine),
            processes: processes.collect(),
            stages: stages.collect(),
        }
    }
}

/// The most by which a count grew in a span, a second. A count that fell began anew, and what was before says nothing.
fn heaviest(track: &[(Duration, f64)]) -> Option<f64> {
    let rate = |from: &(Duration, f64), to: &(Duration, f64)| {
        let secs = to.0.saturating_sub(from.0).as_secs_f64();
        (to.1 >= from.1 && secs > 0.0).then(|| (to.1 - from.1) / secs)
    };
    let (first, last) = (track.first()?, track.last()?);
    let whole = last.0.saturating_sub(first.0);
    if whole < SHORTEST {
        return None;
    }
    let span = SPAN.min(whole);
    let ends = track.iter().enumerate().filter_map(|(index, to)| {
        let from = track[..index].iter().rev().find(|from| to.0.saturating_sub(from.0) >= span)?;
        rate(from, to)
    });
    ends.reduce(f64::max)
}

/// Processor time that this machine has been busy since it started, all cores together, in seconds. Linux only
/// (<https://man7.org/linux/man-pages/man5/proc_stat.5.html>). Time that a host took away counts as busy.
fn busy_secs() -> Option<f64> {
    read_stat(&std::fs::read_to_string("/proc/stat").ok()?)
}

/// The first line of that file: user, nice, system, idle, iowait, irq, softirq, steal; ticks of a hundredth of a second.
fn read_stat(text: &str) -> Option<f64> {
    let fields = text.lines().next()?.strip_prefix("cpu ")?.split_whitespace();
    let ticks: Vec<u64> = fields.map_while(|field| field.parse().ok()).collect();
    let busy: u64 =
        ticks.iter().take(8).enumerate().filter(|(place, _)| !matches!(place, 3 | 4)).map(|(_, n)| n).sum();
    (ticks.len() >= 4).then(|| busy as f64 / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(rows: &[(u64, f64)]) -> Track {
        rows.iter().map(|(ms, count)| (Duration::from_millis(*ms), *count)).collect()
    }

    #[test]
    fn the_heaviest_two_seconds_count_and_not_the_calm_around_them() {
        let mut rows: Vec<(u64, f64)> = (0..=40).map(|tenth| (tenth * 100, 0.0)).collect();
        for row in &mut rows {
            let secs = row.0 as f64 / 1_000.0;
            row.1 = (secs.clamp(1.0, 3.0) - 1.0) * 0.8;
        }
        let found = heaviest(&track(&rows)).unwrap();
        assert!((found - 0.8).abs() < 1e-9, "{found}");
        assert_eq!(heaviest(&track(&[(0, 0.0), (100, 0.1)])), None, "too short to say");
        assert_eq!(heaviest(&track(&[(0, 0.0), (500, 0.25)])), Some(0.5), "a short run is one span");
        assert_eq!(heaviest(&track(&[(0, 5.0), (2_000, 0.1)])), None, "it was started anew");
    }

    #[test]
    fn the_processor_time_of_a_machine_is_what_was_neither_idle_nor_waiting() {
        let text = "cpu  100 20 30 4000 500 6 7 8 0 0\ncpu0 1 2 3 4\n";
        assert_eq!(read_stat(text), Some(1.71));
        assert_eq!(read_stat("intr 5"), None);
    }
}
