//! Changes of the phases of a workload, as functions. Pure.

use std::time::Duration;

use super::ops::usual_phase;
use crate::topology::Topology;
use crate::workload::{Mix, Phase};

/// Adds a phase like the last one at its end, or a usual one.
pub fn add(topology: &mut Topology) {
    const SPAN: Duration = Duration::from_secs(5);
    let phases = &mut topology.workload.phases;
    let rate = phases.last().map_or(1_000.0, |last| last.shape.rate(last.span, last.span).max(1.0).round());
    let mix = phases.last().map_or(Mix { read: 1.0, claim: 1.0, ..Mix::NOTHING }, |last| last.mix.clone());
    let name = free_name(phases, "phase");
    phases.push(Phase { mix, ..usual_phase(&name, SPAN, rate) });
}

/// A copy of a phase, right behind it, with a name of its own.
pub fn duplicate(topology: &mut Topology, phase: usize) {
    let phases = &mut topology.workload.phases;
    let Some(copy) = phases.get(phase).cloned() else { return };
    let name = free_name(phases, &copy.name);
    phases.insert(phase + 1, Phase { name, ..copy });
}

/// Takes a phase away.
pub fn remove(topology: &mut Topology, phase: usize) {
    if phase < topology.workload.phases.len() {
        topology.workload.phases.remove(phase);
    }
}

/// Moves a phase to another place in the order.
pub fn move_to(topology: &mut Topology, from: usize, to: usize) {
    let phases = &mut topology.workload.phases;
    if from < phases.len() && to < phases.len() {
        let phase = phases.remove(from);
        phases.insert(to, phase);
    }
}

fn free_name(phases: &[Phase], base: &str) -> String {
    let is_free = |name: &String| phases.iter().all(|phase| phase.name != *name);
    let numbered = (2..=phases.len() + 2).map(|number| format!("{base} {number}"));
    std::iter::once(base.to_owned()).chain(numbered).find(is_free).unwrap_or_default()
}

/// A moment for a new fault: while units are on sale, if the phases leave any time for it.
pub fn usual_moment(topology: &Topology) -> Duration {
    let (opens_at, end) = (topology.workload.sale.opens_at, topology.workload.duration());
    let moment = opens_at + end.saturating_sub(opens_at) / 2;
    Duration::from_millis(u64::try_from(moment.as_millis() / 100 * 100).unwrap_or(0))
}
