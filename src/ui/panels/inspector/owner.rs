//! What has parameters: how they are read, set, and what is known about them besides their table. Pure.

use std::collections::BTreeSet;

use crate::param::{ParamValue, Params};
use crate::topology::fault::table::targets;
use crate::topology::fault::{FaultAction, Part};
use crate::topology::validate::is_settable;
use crate::topology::{Fault, Place, Rule, StageKind, Target, Topology};
use crate::ui::run::Run;
use crate::workload::{Audience, Mix, Records, Sale, Shape};

/// Something with parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owner {
    /// Stages of one kind, edited together.
    Stages(BTreeSet<usize>),
    /// What is sold.
    Sale,
    /// Who comes.
    Audience,
    /// What they leave behind.
    Records,
    /// What people do in a phase.
    Mix(usize),
    /// The shape of a phase's arrivals.
    Shape(usize),
    /// A fault.
    Fault(usize),
    /// A rule.
    Rule(usize),
    /// A target.
    Target(usize),
}

impl Owner {
    /// All that is edited together.
    pub fn each<'t>(&self, topology: &'t Topology) -> Vec<&'t dyn Params> {
        let workload = &topology.workload;
        let one = match self {
            Self::Stages(stages) => {
                let stages = stages.iter().filter_map(|&stage| topology.stages.get(stage));
                return stages.map(|stage| stage.kind.params()).collect();
            }
            Self::Sale => Some(&workload.sale as &dyn Params),
            Self::Audience => Some(&workload.audience as &dyn Params),
            Self::Records => Some(&workload.records as &dyn Params),
            Self::Mix(phase) => workload.phases.get(*phase).map(|phase| &phase.mix as &dyn Params),
            Self::Shape(phase) => workload.phases.get(*phase).and_then(|phase| phase.shape.params()),
            Self::Fault(fault) => topology.faults.get(*fault).map(|fault| fault as &dyn Params),
            Self::Rule(rule) => topology.rules.get(*rule).map(|rule| rule as &dyn Params),
            Self::Target(target) => topology.targets.get(*target).map(Target::params),
        };
        one.into_iter().collect()
    }

    /// The same in what runs; none for what does not run.
    pub fn each_running<'r>(&self, run: &'r Run, design: &Topology) -> Vec<Option<&'r dyn Params>> {
        let Self::Stages(stages) = self else {
            return vec![self.each(&run.topology).into_iter().next()];
        };
        let running = |&stage: &usize| Some(&run.topology.stages[run.stage_of(design, stage)?]);
        stages.iter().map(|stage| Some(running(stage)?.kind.params())).collect()
    }

    /// The default of a parameter, where it has one.
    pub fn usual(&self, topology: &Topology, key: &str) -> Option<ParamValue> {
        match self {
            Self::Stages(stages) => {
                let word = topology.stages.get(*stages.first()?)?.kind.word();
                StageKind::from_word(word)?.params().get(key)
            }
            Self::Sale => Sale::default().get(key),
            Self::Audience => Audience::default().get(key),
            Self::Records => Records::default().get(key),
            Self::Mix(_) => Mix::default().get(key),
            Self::Shape(phase) => {
                Shape::from_word(topology.workload.phases.get(*phase)?.shape.word())?.params()?.get(key)
            }
            // No stage is a default.
            Self::Fault(_) | Self::Rule(_) if key == "stage" => None,
            Self::Rule(_) => Rule::default().get(key),
            Self::Fault(_) => Fault::default().get(key),
            Self::Target(target) => {
                Target::from_word(topology.targets.get(*target)?.word())?.params().get(key)
            }
        }
    }

    /// Where problems of it are.
    pub fn places(&self, topology: &Topology) -> Vec<Place> {
        match self {
            Self::Stages(stages) => {
                let stages = stages.iter().filter_map(|&stage| topology.stages.get(stage));
                stages.map(|stage| Place::Stage(stage.name.clone())).collect()
            }
            Self::Sale | Self::Audience | Self::Records => vec![Place::Workload(None)],
            Self::Mix(phase) | Self::Shape(phase) => {
                let phase = topology.workload.phases.get(*phase);
                phase.map(|phase| Place::Workload(Some(phase.name.clone()))).into_iter().collect()
            }
            Self::Fault(fault) => vec![Place::Fault(fault + 1)],
            Self::Rule(rule) => vec![Place::Rule(rule + 1)],
            Self::Target(target) => vec![Place::Target(target + 1)],
        }
    }

    /// What may be chosen for a text that names something of the design.
    pub fn offers(&self, topology: &Topology, key: &str) -> Option<Vec<String>> {
        let named = |is_one: &dyn Fn(&StageKind) -> bool| {
            let stages = topology.stages.iter().filter(|stage| is_one(&stage.kind));
            stages.map(|stage| stage.name.clone()).collect()
        };
        match (self, key) {
            (Self::Stages(stages), "on") => {
                // Sessions are kept by any master of one stage, a queue by the inventory's.
                let own = stages.iter().filter_map(|&stage| topology.stages.get(stage));
                let takes_gate = own.clone().all(|stage| matches!(stage.kind, StageKind::Sessions(_)));
                Some(named(&|kind| match kind {
                    StageKind::MasterReplica(_) => true,
                    StageKind::ReadWriteSplit(_) => takes_gate,
                    _ => false,
                }))
            }
            (Self::Rule(_), "stage") => Some(named(&StageKind::carries_traffic)),
            (Self::Rule(_), "sets_of") => Some(named(&|kind| !settable(kind).is_empty())),
            (Self::Rule(rule), "sets") => {
                let changed = topology.index_of(topology.rules.get(*rule)?.changed_stage());
                Some(changed.map_or(Vec::new(), |stage| settable(&topology.stages[stage].kind)))
            }
            (Self::Fault(_), "stage") => Some(named(&|kind| !targets(kind).is_empty())),
            (Self::Fault(fault), "instance") => {
                let fault = topology.faults.get(*fault)?;
                let Some(stage) = topology.index_of(&fault.stage).map(|stage| &topology.stages[stage]) else {
                    return Some(Vec::new());
                };
                let mut all = targets(&stage.kind);
                let can_be_done = |target: &String| fault.action.refusal(topology, stage, target).is_none();
                if all.iter().any(can_be_done) {
                    all.retain(can_be_done);
                }
                Some(all)
            }
            _ => None,
        }
    }

    /// What of a choice can't be chosen beside what the others are: a word, and why; without a reason where it is about
    /// something else altogether.
    pub fn unfit(&self, topology: &Topology, key: &str) -> Vec<(&'static str, Option<&'static str>)> {
        let (Self::Fault(fault), "action") = (self, key) else { return Vec::new() };
        let Some(fault) = topology.faults.get(*fault) else { return Vec::new() };
        let Some(stage) = topology.index_of(&fault.stage).map(|stage| &topology.stages[stage]) else {
            return Vec::new();
        };
        let targets = targets(&stage.kind);
        let is_about = |action: FaultAction| {
            let mut parts = targets.iter().filter_map(|target| Part::of(target));
            parts.any(|part| action.rule().parts.contains(&part))
        };
        let unfit = FaultAction::ALL.iter().filter_map(|&action| {
            let whys: Option<Vec<&str>> =
                targets.iter().map(|target| Some(action.refusal(topology, stage, target)?.why)).collect();
            let why = whys?.first().copied().filter(|_| is_about(action));
            Some((action.word(), why))
        });
        unfit.collect()
    }

    /// Sets a parameter of all that is edited together.
    pub fn set(&self, topology: &mut Topology, key: &str, value: &ParamValue) {
        let workload = &mut topology.workload;
        let one = match self {
            Self::Stages(stages) => {
                for &stage in stages {
                    if let Some(stage) = topology.stages.get_mut(stage) {
                        stage.kind.params_mut().set(key, value.clone());
                    }
                }
                None
            }
            Self::Sale => Some(&mut workload.sale as &mut dyn Params),
            Self::Audience => Some(&mut workload.audience as &mut dyn Params),
            Self::Records => Some(&mut workload.records as &mut dyn Params),
            Self::Mix(phase) => {
                workload.phases.get_mut(*phase).map(|phase| &mut phase.mix as &mut dyn Params)
            }
            Self::Shape(phase) => workload.phases.get_mut(*phase).and_then(|phase| phase.shape.params_mut()),
            Self::Fault(fault) => topology.faults.get_mut(*fault).map(|fault| fault as &mut dyn Params),
            Self::Rule(rule) => topology.rules.get_mut(*rule).map(|rule| rule as &mut dyn Params),
            Self::Target(target) => topology.targets.get_mut(*target).map(Target::params_mut),
        };
        if let Some(params) = one {
            params.set(key, value.clone());
        }
        if let (Self::Fault(fault), "stage" | "action") = (self, key) {
            follow(topology, *fault);
        }
    }

    /// Whether a parameter says nothing beside what the others are, so that it isn't shown.
    pub fn is_idle(&self, topology: &Topology, key: &str) -> bool {
        match self {
            Self::Fault(fault) => topology.faults.get(*fault).is_some_and(|fault| !fault.has(key)),
            // What it changes says nothing where it changes nothing.
            Self::Rule(rule) => {
                matches!(key, "sets_of" | "by" | "limit")
                    && topology.rules.get(*rule).is_some_and(|rule| rule.sets.is_none())
            }
            _ => false,
        }
    }
}

/// The live parameters of a kind that are numbers.
fn settable(kind: &StageKind) -> Vec<String> {
    let specs = kind.params().specs().iter().filter(|spec| is_settable(kind, spec));
    specs.map(|spec| spec.key.to_owned()).collect()
}

/// A fault that was given another stage or action hits an instance for which it makes sense, and has parameters of its own
/// only where they mean something. A stage that knows nothing of the action brings one of its own.
fn follow(topology: &mut Topology, fault: usize) {
    let Some(Fault { stage, action, instance, .. }) = topology.faults.get(fault).cloned() else { return };
    let Some(stage) = topology.index_of(&stage).map(|stage| &topology.stages[stage]) else { return };
    let targets = targets(&stage.kind);
    let can_be_done = |target: &&String| action.refusal(topology, stage, target).is_none();
    let named = targets.iter().find(|target| **target == instance);
    let fits = named.filter(can_be_done).or_else(|| targets.iter().find(can_be_done));
    let (instance, action) = match (fits, named.or(targets.first())) {
        (Some(fits), _) => (fits.clone(), action),
        (None, Some(target)) => {
            let own = FaultAction::possible(topology, stage, target).next();
            (target.clone(), own.unwrap_or(action))
        }
        (None, None) => (instance, action),
    };
    if let Some(fault) = topology.faults.get_mut(fault) {
        (fault.instance, fault.action) = (instance, action);
        fault.forget_idle();
    }
}
