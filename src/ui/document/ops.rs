//! Changes of a topology, as functions. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::param::{ParamValue, Params};
use crate::topology::target::{Achieved, Duplicates, LostAcknowledged, Oversold, Requests, ResponseTime};
use crate::topology::validate::refusal;
use crate::topology::{ClientKind, Link, Stage, StageKind, Target, Topology};
use crate::workload::{Audience, Constant, Mix, Operations, Phase, Records, Sale, Shape, Spacing, Workload};

/// The workload of a new design: five seconds of people who look and buy.
pub fn usual_workload() -> Workload {
    Workload {
        seed: 1,
        sale: Sale { opens_at: Duration::from_secs(1), ..Sale::default() },
        audience: Audience::default(),
        records: Records::default(),
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
        mix: Mix { read: 1.0, claim: 1.0, ..Mix::NOTHING },
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
        StageKind::Sessions(_) => "sessions",
        StageKind::ReadWriteSplit(_) => "gate",
        StageKind::MasterReplica(_) => "inventory",
        StageKind::RedisCluster(_) => "store",
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
    let link = Link::new(&from.name, &to.name);
    if !topology.links.iter().any(|other| other.is_beside(&link)) {
        topology.links.push(link);
    }
}

/// Wires two stages in place of a wire that is there.
pub fn reconnect(topology: &mut Topology, link: usize, from: usize, to: usize) {
    let (Some(from), Some(to)) = (topology.stages.get(from), topology.stages.get(to)) else { return };
    let (from, to) = (from.name.clone(), to.name.clone());
    if let Some(link) = topology.links.get_mut(link) {
        *link = Link { from, to, ..link.clone() };
    }
}

/// Puts a stage into a wire: what went through the wire goes through the stage.
pub fn insert_into(topology: &mut Topology, link: usize, stage: usize) {
    let Some(name) = topology.stages.get(stage).map(|stage| stage.name.clone()) else { return };
    let Some(wire) = topology.links.get_mut(link) else { return };
    let to = std::mem::replace(&mut wire.to, name.clone());
    topology.links.insert(link + 1, Link::new(name, to));
}

/// Wires data control to every stage that it may look after.
pub fn look_after_all(topology: &mut Topology, control: usize) {
    let Some(kind) = topology.stages.get(control).map(|stage| stage.kind.clone()) else { return };
    for target in 0..topology.stages.len() {
        if refusal(&kind, &topology.stages[target].kind).is_none() {
            connect(topology, control, target);
        }
    }
}

/// Takes a wire away.
pub fn disconnect(topology: &mut Topology, link: usize) {
    if link < topology.links.len() {
        topology.links.remove(link);
    }
}

/// Takes stages away, with their wires, the faults that hit them and the rules that are about them.
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
    let Topology { stages: left, links, faults, rules, variants, .. } = topology;
    links.retain(|link| !gone(&link.from, left) && !gone(&link.to, left));
    faults.retain(|fault| !gone(&fault.stage, left));
    rules.retain(|rule| !gone(&rule.stage, left) && !rule.sets_of.as_ref().is_some_and(|of| gone(of, left)));
    variants.retain(|variant| !gone(&variant.stage, left));
    for stage in left.iter().map(|stage| stage.name.clone()).collect::<Vec<_>>() {
        let Some(index) = topology.index_of(&stage) else { continue };
        let host = topology.stages[index].kind.host().map(str::to_owned);
        if host.is_some_and(|on| gone(&on, &topology.stages))
            && let Some(on) = topology.stages[index].kind.host_mut()
        {
            *on = None;
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
    for rule in &mut topology.rules {
        follow(&mut rule.stage);
        rule.sets_of.iter_mut().for_each(follow);
    }
    topology.variants.iter_mut().for_each(|variant| follow(&mut variant.stage));
    for stage in &mut topology.stages {
        if let Some(Some(on)) = stage.kind.host_mut() {
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

/// Puts stages where they are told.
pub fn place(topology: &mut Topology, places: &[(usize, (f32, f32))]) {
    for &(stage, at) in places {
        if let Some(stage) = topology.stages.get_mut(stage) {
            stage.at = at;
        }
    }
}

/// Adds stages and the wires between them, under free names, moved by a way. Answers their places.
pub fn add_stages(topology: &mut Topology, added: &Topology, by: (f32, f32)) -> BTreeSet<usize> {
    let first = topology.stages.len();
    let mut names: BTreeMap<&str, String> = BTreeMap::new();
    for stage in &added.stages {
        let base =
            if topology.index_of(&stage.name).is_none() { &stage.name } else { base_name(&stage.name) };
        let name = free_name(topology, base);
        names.entry(&stage.name).or_insert_with(|| name.clone());
        let at = (stage.at.0 + by.0, stage.at.1 + by.1);
        topology.stages.push(Stage { name, kind: stage.kind.clone(), at });
    }
    for index in first..topology.stages.len() {
        let host = topology.stages[index].kind.host().and_then(|on| match names.get(on) {
            Some(renamed) => Some(renamed.clone()),
            None => topology.index_of(on).map(|_| on.to_owned()),
        });
        if let Some(on) = topology.stages[index].kind.host_mut() {
            *on = host;
        }
    }
    for link in &added.links {
        if let (Some(from), Some(to)) = (names.get(link.from.as_str()), names.get(link.to.as_str())) {
            topology.links.push(Link { from: from.clone(), to: to.clone(), ..link.clone() });
        }
    }
    (first..topology.stages.len()).collect()
}

/// Some stages and the wires between them, as a topology of their own.
pub fn part(topology: &Topology, stages: &BTreeSet<usize>) -> Topology {
    let chosen: Vec<Stage> = stages.iter().filter_map(|&stage| topology.stages.get(stage).cloned()).collect();
    let is_chosen = |name: &str| chosen.iter().any(|stage| stage.name == name);
    let within = |link: &&Link| is_chosen(&link.from) && is_chosen(&link.to);
    let links = topology.links.iter().filter(within).cloned().collect();
    Topology { stages: chosen, links, ..super::empty() }
}

/// A name without the number that made it free: "service" of "service 3".
fn base_name(name: &str) -> &str {
    match name.rsplit_once(' ') {
        Some((base, number)) if number.parse::<usize>().is_ok() => base,
        _ => name,
    }
}

/// Sets a parameter of a stage.
pub fn set_param(topology: &mut Topology, stage: usize, key: &str, value: ParamValue) {
    if let Some(stage) = topology.stages.get_mut(stage) {
        let params: &mut dyn Params = stage.kind.params_mut();
        params.set(key, value);
    }
}

/// Sets what the clients on a wire do about a failover.
pub fn set_clients(topology: &mut Topology, link: usize, clients: ClientKind) {
    if let Some(link) = topology.links.get_mut(link) {
        link.clients = clients;
    }
}

/// Sets what goes over a wire and no other from its stage.
pub fn set_operations(topology: &mut Topology, link: usize, operations: Operations) {
    if let Some(link) = topology.links.get_mut(link) {
        link.operations = operations;
    }
}

/// Sets what decides about a failover of some stages as it is in production, or on a laptop.
pub fn set_availability(topology: &mut Topology, stages: &BTreeSet<usize>, is_production: bool) {
    for &stage in stages {
        if let Some(StageKind::MasterReplica(params)) =
            topology.stages.get_mut(stage).map(|stage| &mut stage.kind)
        {
            *params = if is_production { params.production() } else { params.laptop() };
        }
    }
}

/// Turns a wire round, unless there is one the other way already.
pub fn turn_link(topology: &mut Topology, link: usize) {
    let Some(old) = topology.links.get(link) else { return };
    let turned = Link { clients: old.clients, ..Link::new(&old.to, &old.from) };
    if !topology.links.iter().any(|other| other.is_beside(&turned)) {
        topology.links[link] = turned;
    }
}

/// Stretches the whole story so that arrivals come for `duration`, in times that people can read.
pub fn stretch(topology: &mut Topology, duration: Duration) {
    if topology.workload.duration().is_zero() || duration.is_zero() {
        return;
    }
    topology.stretch_to(duration);
    let workload = &mut topology.workload;
    workload.sale.opens_at = tidy(workload.sale.opens_at);
    let mut left = duration;
    let last = workload.phases.len() - 1;
    for (index, phase) in workload.phases.iter_mut().enumerate() {
        phase.span = if index == last { left } else { tidy(phase.span).min(left) };
        left -= phase.span;
        if let Shape::Spike(spike) = &mut phase.shape {
            spike.decay = tidy(spike.decay);
        }
    }
    for fault in &mut topology.faults {
        fault.at = tidy(fault.at);
    }
}

/// A time without the dust of a division: whole milliseconds, or microseconds where it is short.
fn tidy(time: Duration) -> Duration {
    let step = if time < Duration::from_millis(10) { 1_000 } else { 1_000_000 };
    let steps = (time.as_nanos() + step / 2) / step;
    u64::try_from(steps * step).map_or(time, Duration::from_nanos)
}

/// Scales all rates so that the mean arrival rate is `per_sec`, to a thousandth of an arrival.
pub fn scale_rate(topology: &mut Topology, per_sec: f64) {
    let workload = &mut topology.workload;
    let mean = workload.mean_rate();
    if !(mean.is_finite() && mean > 0.0 && per_sec.is_finite() && per_sec > 0.0) {
        return;
    }
    workload.scale_to(per_sec);
    let round = |rate: &mut f64| *rate = ((*rate * 1e3).round() / 1e3).max(0.001);
    for phase in &mut workload.phases {
        match &mut phase.shape {
            Shape::Constant(shape) => round(&mut shape.rate),
            Shape::Ramp(shape) => [&mut shape.from, &mut shape.to].into_iter().for_each(round),
            Shape::Spike(shape) => [&mut shape.base, &mut shape.peak].into_iter().for_each(round),
            Shape::Curve(points) => points.iter_mut().for_each(|point| round(&mut point.1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::{Ramp, Spike};

    fn story() -> Topology {
        let mut topology = super::super::empty();
        let phase = |secs, shape| Phase { shape, ..usual_phase("", Duration::from_secs(secs), 1.0) };
        topology.workload.phases = vec![
            phase(4, Shape::Ramp(Ramp { from: 4_000.0, to: 12_000.0 })),
            phase(
                3,
                Shape::Spike(Spike { base: 8_000.0, peak: 30_000.0, decay: Duration::from_millis(800) }),
            ),
            phase(5, Shape::Constant(Constant { rate: 6_000.0 })),
        ];
        topology
    }

    #[test]
    fn a_stretched_story_takes_the_time_asked_for_and_has_no_dust() {
        let mut topology = story();
        stretch(&mut topology, Duration::from_secs(10));
        assert_eq!(topology.workload.duration(), Duration::from_secs(10));
        let spans: Vec<_> = topology.workload.phases.iter().map(|phase| phase.span.as_micros()).collect();
        assert_eq!(spans, [3_333_000, 2_500_000, 4_167_000]);
        stretch(&mut topology, Duration::ZERO);
        assert_eq!(topology.workload.duration(), Duration::from_secs(10));
        topology.workload.phases.clear();
        stretch(&mut topology, Duration::from_secs(3));
    }

    #[test]
    fn a_scaled_story_has_the_rate_asked_for_and_no_dust() {
        let mut topology = story();
        for rate in [7_000.0, 123.0, 50_000.0, 9_000.0] {
            scale_rate(&mut topology, rate);
            let mean = topology.workload.mean_rate();
            assert!((mean / rate - 1.0).abs() < 1e-4, "{mean}");
        }
        let Shape::Constant(shape) = &topology.workload.phases[2].shape else { panic!() };
        assert!((shape.rate * 1e3).fract() == 0.0, "{}", shape.rate);
        topology.workload.phases.clear();
        scale_rate(&mut topology, 5.0);
    }
}
