//! What is selected: stages, or one of the other parts of a design.

use std::collections::BTreeSet;

use crate::topology::{Place, Topology};

/// What is selected. Stages, links, phases, faults, rules and targets are named by their places in the topology, from 0.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Selection {
    /// Nothing: the inspector shows the design as a whole.
    #[default]
    Nothing,
    /// One or more stages.
    Stages(BTreeSet<usize>),
    /// A wire.
    Link(usize),
    /// A process of a stage, by its name as faults call it.
    Instance {
        /// The stage.
        stage: usize,
        /// "master", "replica 1", "sentinel 2".
        name: String,
    },
    /// The workload: the sale and its audience.
    Workload,
    /// A phase of the workload.
    Phase(usize),
    /// All scripted faults.
    Faults,
    /// A scripted fault.
    Fault(usize),
    /// All rules.
    Rules,
    /// A rule.
    Rule(usize),
    /// All targets.
    Targets,
    /// A target.
    Target(usize),
}

impl Selection {
    /// One stage.
    pub fn stage(stage: usize) -> Self {
        Self::Stages(BTreeSet::from([stage]))
    }

    /// The stages among what is selected; that of a selected process too.
    pub fn stages(&self) -> BTreeSet<usize> {
        match self {
            Self::Stages(stages) => stages.clone(),
            Self::Instance { stage, .. } => BTreeSet::from([*stage]),
            _ => BTreeSet::new(),
        }
    }

    /// The stage, where it is one.
    pub fn single_stage(&self) -> Option<usize> {
        let stages = self.stages();
        stages.first().copied().filter(|_| stages.len() == 1)
    }

    /// Whether a stage is selected.
    pub fn has_stage(&self, stage: usize) -> bool {
        match self {
            Self::Stages(stages) => stages.contains(&stage),
            Self::Instance { stage: of, .. } => *of == stage,
            _ => false,
        }
    }

    /// The part of a design that a problem's place names.
    pub fn at(place: &Place, topology: &Topology) -> Self {
        match place {
            Place::Stage(name) => topology.index_of(name).map_or(Self::Nothing, Self::stage),
            Place::Link { from, to } => {
                let link = topology.links.iter().position(|link| link.from == *from && link.to == *to);
                link.map_or(Self::Nothing, Self::Link)
            }
            Place::Workload(None) => Self::Workload,
            Place::Workload(Some(name)) => {
                let phase = topology.workload.phases.iter().position(|phase| phase.name == *name);
                phase.map_or(Self::Workload, Self::Phase)
            }
            Place::Fault(number) => Self::Fault(number - 1),
            Place::Rule(number) => Self::Rule(number - 1),
            Place::Target(number) => Self::Target(number - 1),
            Place::Text { .. } | Place::Design => Self::Nothing,
        }
    }

    /// What of the selection is still there.
    #[must_use]
    pub fn within(self, topology: &Topology) -> Self {
        let stages = topology.stages.len();
        match self {
            Self::Stages(mut selected) => {
                selected.retain(|stage| *stage < stages);
                if selected.is_empty() { Self::Nothing } else { Self::Stages(selected) }
            }
            Self::Link(link) if link >= topology.links.len() => Self::Nothing,
            Self::Instance { stage, .. } if stage >= stages => Self::Nothing,
            Self::Phase(phase) if phase >= topology.workload.phases.len() => Self::Workload,
            Self::Fault(fault) if fault >= topology.faults.len() => Self::Faults,
            Self::Rule(rule) if rule >= topology.rules.len() => Self::Rules,
            Self::Target(target) if target >= topology.targets.len() => Self::Targets,
            other => other,
        }
    }
}
