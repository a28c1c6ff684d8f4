//! The workload, faults and targets.

use std::time::Duration;

use super::super::stage::StageKind;
use super::super::{Fault, Place, Problem, Topology};
use crate::workload::{Phase, Shape};

/// The longest run.
const LONGEST_RUN: Duration = Duration::from_hours(24);
/// The most arrivals in a run: what a day at 500,000 a second would bring.
const MOST_ARRIVALS: f64 = 4.5e10;

pub(super) fn check(topology: &Topology, problems: &mut Vec<Problem>) {
    check_workload(topology, problems);
    for phase in &topology.workload.phases {
        check_phase(phase, problems);
    }
    for (index, fault) in topology.faults.iter().enumerate() {
        check_fault(topology, fault, &Place::Fault(index + 1), problems);
    }
    if topology.targets.is_empty() {
        problems.push(Problem::warning(
            Place::Design,
            "there are no targets: every run that keeps its schedule passes",
            "add targets, such as Oversold(at_most: 0)",
        ));
    }
}

fn check_workload(topology: &Topology, problems: &mut Vec<Problem>) {
    let workload = &topology.workload;
    let mut error = |text: String, remedy: &str| {
        problems.push(Problem::error(Place::Workload(None), text, remedy));
    };
    if workload.phases.is_empty() {
        return error("nobody comes: there are no phases".into(), "add a phase with a shape and a mix");
    }
    let duration = workload.duration();
    if duration > LONGEST_RUN {
        error(
            format!("the phases take {}", humantime::format_duration(duration)),
            "a run takes 24 hours at most",
        );
    }
    let arrivals = workload.expected_arrivals();
    if arrivals > MOST_ARRIVALS {
        error(format!("{arrivals:.0} arrivals would come"), "lower the rates or shorten the phases");
    }
    if workload.audience.bots >= workload.audience.users {
        error(
            format!(
                "{} bots leave no people among {} users",
                workload.audience.bots, workload.audience.users
            ),
            "raise users or lower bots",
        );
    }
    let claims = workload.phases.iter().any(|phase| phase.mix.claim > 0.0);
    if claims && workload.sale.opens_at >= duration {
        error(
            format!("the sale opens at {:?}, after the last arrival", workload.sale.opens_at),
            "let opens_at lie within the phases",
        );
    }
    if let Some(limit) = workload.sale.per_buyer_limit
        && limit < workload.sale.units_per_claim
    {
        error(
            format!(
                "each claim asks for {} units, but a buyer may have {limit}",
                workload.sale.units_per_claim
            ),
            "raise per_buyer_limit or lower units_per_claim",
        );
    }
    if u64::from(workload.sale.items) > workload.sale.stock {
        problems.push(Problem::warning(
            Place::Workload(None),
            format!("{} units can't stock {} products", workload.sale.stock, workload.sale.items),
            "raise stock or lower items",
        ));
    }
}

fn check_phase(phase: &Phase, problems: &mut Vec<Problem>) {
    let mut error = |text: &str, remedy: &str| {
        problems.push(Problem::error(Place::Workload(Some(phase.name.clone())), text, remedy));
    };
    if phase.span.is_zero() {
        return error("it takes no time", "give it a span, such as \"5s\"");
    }
    if phase.mix.read + phase.mix.claim <= 0.0 {
        error("people want nothing in it", "give read or claim a weight above 0");
    }
    if let Shape::Curve(points) = &phase.shape {
        if points.is_empty() {
            return error("its curve has no points", "write points: [(seconds, arrivals per second), …]");
        }
        if !points.iter().all(|(t, rate)| t.is_finite() && *t >= 0.0 && rate.is_finite() && *rate >= 0.0) {
            return error("its curve has a point that is not a number, or below 0", "use numbers from 0");
        }
        if !points.windows(2).all(|pair| pair[0].0 < pair[1].0) {
            return error("the times of its curve don't rise", "order the points by time");
        }
    }
    if phase.shape.expected(phase.span, phase.span) <= 0.0 {
        error("its arrival rate is zero", "give its shape a rate above 0");
    }
}

fn check_fault(topology: &Topology, fault: &Fault, place: &Place, problems: &mut Vec<Problem>) {
    let mut error = |text: String, remedy: String| problems.push(Problem::error(place.clone(), text, remedy));
    if fault.at >= topology.workload.duration() {
        error(format!("at {:?} the run is over", fault.at), "let it happen within the phases".into());
    }
    let Some(index) = topology.index_of(&fault.stage) else {
        return error(format!("there is no stage \"{}\"", fault.stage), "correct the name".into());
    };
    let instances = instances(&topology.stages[index].kind);
    if instances.is_empty() {
        error(
            format!("\"{}\" has no process that could break", fault.stage),
            "name a stage that runs real processes".into(),
        );
    } else if !instances.contains(&fault.instance) {
        error(
            format!("\"{}\" has no instance \"{}\"", fault.stage, fault.instance),
            format!("name one of {}", instances.join(", ")),
        );
    }
}

/// The names of a stage's instances that faults can hit.
pub fn instances(kind: &StageKind) -> Vec<String> {
    let numbered = |what: &str, count: u32| (1..=count).map(|n| format!("{what} {n}")).collect::<Vec<_>>();
    let master = || vec!["master".to_owned()];
    match kind {
        StageKind::ReadWriteSplit(params) => [master(), numbered("replica", params.replicas)].concat(),
        StageKind::MasterReplica(params) => {
            [master(), numbered("replica", params.replicas), numbered("sentinel", params.sentinels)].concat()
        }
        StageKind::Queue(params) if params.on.is_none() => master(),
        _ => Vec::new(),
    }
}
