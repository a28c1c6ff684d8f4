//! The scripted faults.

use super::super::fault::table::{OWN_PARAMS, targets};
use super::super::fault::{Fault, FaultAction};
use super::super::stage::StageKind;
use super::super::{Place, Problem, Topology};
use super::Unread;
use super::load::text_of;
use super::ranges::all_in_range;
use crate::param::Params;

pub(super) fn check(topology: &Topology, unread: &Unread, problems: &mut Vec<Problem>) {
    for (index, fault) in topology.faults.iter().enumerate() {
        let place = Place::Fault(index + 1);
        if !unread.phases && !topology.workload.phases.is_empty() && fault.at >= topology.workload.duration()
        {
            let text = format!("at {} the run is over", text_of(fault.at));
            let problem = Problem::error(place.clone(), text, "let it happen within the phases");
            problems.push(problem.about(&["at"]));
        }
        if unread.knows(topology, &fault.stage) && topology.index_of(&fault.stage).is_none() {
            continue;
        }
        if let Err(wrong) = check_target(topology, fault) {
            problems.push(Problem::error(place.clone(), wrong.text, wrong.remedy).about(wrong.fields));
        }
        problems.extend(idle_param(fault).map(|key| {
            let text = format!("{key} says nothing to {}", fault.action.word());
            let owner = FaultAction::ALL.iter().find(|action| action.rule().param == Some(key));
            let owner = owner.map_or("another", |owner| owner.word());
            let remedy = format!("leave {key} out, or let the action be {owner}");
            Problem::warning(place.clone(), text, remedy).about(about(key))
        }));
    }
}

/// What is wrong with whom a fault hits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WrongTarget {
    /// What is wrong.
    pub text: String,
    /// What to do about it.
    pub remedy: String,
    fields: &'static [&'static str],
}

/// Whether what a fault wants to do can be done to the instance that it names. Stages with parameters out of range are
/// not looked into: how many instances there are is already in question.
///
/// # Errors
/// Why not.
pub fn check_target(topology: &Topology, fault: &Fault) -> Result<(), WrongTarget> {
    let wrong = |text: String, remedy: String, fields| Err(WrongTarget { text, remedy, fields });
    let Some(index) = topology.index_of(&fault.stage) else {
        let text = format!("there is no stage {:?}", fault.stage);
        return wrong(text, "correct the name".into(), &["stage"]);
    };
    let stage = &topology.stages[index];
    if !all_in_range(stage.kind.params()) {
        return Ok(());
    }
    let targets = targets(&stage.kind);
    if targets.is_empty() {
        let text = format!("{:?} has nothing that could break: {}", fault.stage, why_nothing(&stage.kind));
        return wrong(text, "name another stage".into(), &["stage"]);
    }
    if !targets.contains(&fault.instance) {
        let text = format!("{:?} has no instance {:?}", fault.stage, fault.instance);
        return wrong(text, format!("name one of {}", targets.join(", ")), &["instance", "stage"]);
    }
    match fault.action.refusal(topology, stage, &fault.instance) {
        None => Ok(()),
        Some(refusal) => {
            let action = fault.action.word();
            let text = format!("{action} can't be done to {:?}: {}", fault.instance, refusal.why);
            wrong(text, refusal.remedy, &["action", "instance"])
        }
    }
}

/// Why faults find nothing in a stage that has no instances for them.
pub fn why_nothing(kind: &StageKind) -> &'static str {
    match kind {
        StageKind::Users(_) => "users only send",
        StageKind::LoadBalancer(_) => "it is a part of this program that keeps nothing",
        StageKind::Sessions(_) => "another stage's Redis keeps its sessions",
        _ => "it runs no process and keeps nothing",
    }
}

/// A parameter that was set although it says nothing to the action.
fn idle_param(fault: &Fault) -> Option<&'static str> {
    let usual = Fault::default();
    let mut own = OWN_PARAMS.iter().map(|(key, _)| *key);
    own.find(|key| !fault.has(key) && fault.get(key) != usual.get(key))
}

/// The field of a problem that is about one parameter.
fn about(key: &str) -> &'static [&'static str] {
    match key {
        "delay" => &["delay"],
        "rate" => &["rate"],
        "amount" => &["amount"],
        "lasts" => &["lasts"],
        _ => &[],
    }
}
