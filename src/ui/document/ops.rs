//! Changes of a topology, as functions. Pure.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::param::{ParamValue, Params};
use crate::topology::target::{Achieved, Duplicates, LostAcknowledged, Oversold, Requests, ResponseTime};
use crate::topology::{Link, Stage, StageKind, Target, Topology};
use crate::workload::{Audience, Constant, Mix, Phase, Sale, Shape, Spacing, Workload};

/// The workload of a new design: five seconds of people who look and buy.
pub fn usual_workload() -> Workload {
    Workload {
        seed: 1,
        sale: Sale { opens_at: Duration::from_secs(1), ..Sale::default() },
        audience: Audience::default(),
        phases: vec![usual_phase("sale", Duration::from_secs(10), 5_000.0)],
    }
}

/// A phase of constant rate.
pub fn usual_phase(name: &str, span: Duration, rate: f64) -> Phase {
    Phase {
        name: name.to_owned(),
        span,
        shape: Shape::Constant(Constant { rate }),
        spacing: Spacing::Poisson,
        mix: Mix { read: 1.0, claim: 1.0 },
    }
}

/// The targets of a new design.
pub fn usual_targets() -> Vec<Target> {
    vec![
        Target::ResponseTime(ResponseTime { of: Requests::Claims, ..ResponseTime::default() }),
        Target::Oversold(Oversold::default()),
        Target::Duplicates(Duplicates::default()),
        Target::LostAcknowledged(LostAcknowledged::default()),
        Target::Achieved(Achieved::default()),
    ]
}

/// A name that no stage has: `base`, or `base 2`, `base 3`, …
pub fn free_name(topology: &Topology, base: &str) -> String {
    let is_free = |name: &String| topology.index_of(name).is_none();
    let numbered = (2..=topology.stages.len() + 1).map(|number| format!("{base} {number}"));
    std::iter::once(base.to_owned()).chain(numbered).find(is_free).unwrap_or_default()
}

/// The name that a stage of a kind gets first.
pub fn usual_name(kind: &StageKind) -> &'static str {
    match kind {
        StageKind::Users(_) => "users",
        StageKind::Cdn(_) => "cdn",
        StageKind::LoadBalancer(_) => "balancer",
        StageKind::Service(_) => "service",
        StageKind::ReadWriteSplit(_) => "gate",
        StageKind::MasterReplica(_) => "inventory",
        StageKind::Queue(_) => "orders",
        StageKind::Database(_) => "database",
        StageKind::DataControl(_) => "control",
    }
}

/// Adds a stage with a free name. Answers its place.
pub fn add_stage(topology: &mut Topology, kind: StageKind, at: (f32, f32)) -> usize {
    let name = free_name(topology, usual_name(&kind));
    topology.stages.push(Stage { name, kind, at });
    topology.stages.len() - 1
}

/// Wires two stages, unless they are already.
pub fn connect(topology: &mut Topology, from: usize, to: usize) {
    let (Some(from), Some(to)) = (topology.stages.get(from), topology.stages.get(to)) else { return };
    let link = Link { from: from.name.clone(), to: to.name.clone() };
    if !topology.links.contains(&link) {
        topology.links.push(link);
    }
}

/// Takes a wire away.
pub fn disconnect(topology: &mut Topology, link: usize) {
    if link < topology.links.len() {
        topology.links.remove(link);
    }
}

/// Takes stages away, with their wires and the faults that hit them.
pub fn delete_stages(topology: &mut Topology, stages: &BTreeSet<usize>) {
    let names: Vec<String> =
        stages.iter().filter_map(|&stage| Some(topology.stages.get(stage)?.name.clone())).collect();
    let mut index = 0;
    topology.stages.retain(|_| {
        index += 1;
        !stages.contains(&(index - 1))
    });
    // A name that another stage has too keeps its wires.
    let gone = |name: &String, topology: &[Stage]| {
        names.contains(name) && !topology.iter().any(|stage| stage.name == *name)
    };
    let Topology { stages: left, links, faults, .. } = topology;
    links.retain(|link| !gone(&link.from, left) && !gone(&link.to, left));
    faults.retain(|fault| !gone(&fault.stage, left));
    for stage in left.iter().map(|stage| stage.name.clone()).collect::<Vec<_>>() {
        let Some(index) = topology.index_of(&stage) else { continue };
        if let StageKind::Queue(queue) = &topology.stages[index].kind
            && queue.on.as_ref().is_some_and(|on| gone(on, &topology.stages))
            && let StageKind::Queue(queue) = &mut topology.stages[index].kind
        {
            queue.on = None;
        }
    }
}

/// Renames a stage everywhere it is named.
pub fn rename(topology: &mut Topology, stage: usize, name: &str) {
    let Some(old) = topology.stages.get(stage).map(|stage| stage.name.clone()) else { return };
    name.clone_into(&mut topology.stages[stage].name);
    if topology.index_of(&old).is_some() {
        // Another stage has the old name: what names it may mean that one.
        return;
    }
    let follow = |named: &mut String| {
        if *named == old {
            name.clone_into(named);
        }
    };
    for link in &mut topology.links {
        follow(&mut link.from);
        follow(&mut link.to);
    }
    topology.faults.iter_mut().for_each(|fault| follow(&mut fault.stage));
    for stage in &mut topology.stages {
        if let StageKind::Queue(queue) = &mut stage.kind
            && let Some(on) = &mut queue.on
        {
            follow(on);
        }
    }
}

/// Moves stages by the same way.
pub fn shift(topology: &mut Topology, stages: &BTreeSet<usize>, by: (f32, f32)) {
    for &stage in stages {
        if let Some(stage) = topology.stages.get_mut(stage) {
            stage.at = (stage.at.0 + by.0, stage.at.1 + by.1);
        }
    }
}

/// Sets a parameter of a stage.
pub fn set_param(topology: &mut Topology, stage: usize, key: &str, value: ParamValue) {
    if let Some(stage) = topology.stages.get_mut(stage) {
        let params: &mut dyn Params = stage.kind.params_mut();
        params.set(key, value);
    }
}

/// Turns a wire round, unless there is one the other way already.
pub fn turn_link(topology: &mut Topology, link: usize) {
    let Some(old) = topology.links.get(link) else { return };
    let turned = Link { from: old.to.clone(), to: old.from.clone() };
    if !topology.links.contains(&turned) {
        topology.links[link] = turned;
    }
}

/// Adds a phase like the last one at its end, or a usual one.
pub fn add_phase(topology: &mut Topology) {
    const SPAN: Duration = Duration::from_secs(5);
    let phases = &mut topology.workload.phases;
    let rate = phases.last().map_or(1_000.0, |last| last.shape.rate(last.span, last.span).max(1.0).round());
    let mix = phases.last().map_or(Mix { read: 1.0, claim: 1.0 }, |last| last.mix.clone());
    let name = free_phase_name(phases, "phase");
    phases.push(Phase { mix, ..usual_phase(&name, SPAN, rate) });
}

/// A copy of a phase, right behind it, with a name of its own.
pub fn duplicate_phase(topology: &mut Topology, phase: usize) {
    let phases = &mut topology.workload.phases;
    let Some(copy) = phases.get(phase).cloned() else { return };
    let name = free_phase_name(phases, &copy.name);
    phases.insert(phase + 1, Phase { name, ..copy });
}

/// Takes a phase away.
pub fn remove_phase(topology: &mut Topology, phase: usize) {
    if phase < topology.workload.phases.len() {
        topology.workload.phases.remove(phase);
    }
}

/// Moves a phase to another place in the order.
pub fn move_phase(topology: &mut Topology, from: usize, to: usize) {
    let phases = &mut topology.workload.phases;
    if from < phases.len() && to < phases.len() {
        let phase = phases.remove(from);
        phases.insert(to, phase);
    }
}

fn free_phase_name(phases: &[Phase], base: &str) -> String {
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
