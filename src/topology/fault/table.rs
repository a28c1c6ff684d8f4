//! The table of actions: what each can be done to, which parameter it has of its own, and what mends it. The validator, the
//! engine, the window and the reference page are views of it.

use super::super::stage::{Stage, StageKind};
use super::super::validate::instances;
use super::FaultAction;

/// The parameters of a fault that say something to one action only.
pub const OWN_PARAMS: &[&str] = &["delay"];

/// What an instance is, as far as faults go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A Redis process that holds data.
    Data,
    /// A Sentinel.
    Sentinel,
}

/// A row of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// What it can be done to.
    pub parts: &'static [Part],
    /// The parameter of a fault that says how much or for how long.
    pub param: Option<&'static str>,
    /// What it does to the run, in the long view.
    pub nature: Nature,
}

/// What an action does to the run, in the long view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// It lasts until another action mends it.
    Lasting(FaultAction),
    /// It is over by itself.
    Passing,
    /// It mends.
    Mending,
}

/// Why an action can't be done to an instance, and what to do about it; in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub why: String,
    /// What to do about it.
    pub remedy: String,
}

impl Part {
    /// What an instance is, by its name.
    pub fn of(instance: &str) -> Option<Self> {
        match instance.split(' ').next() {
            Some("master" | "replica") => Some(Self::Data),
            Some("sentinel") => Some(Self::Sentinel),
            _ => None,
        }
    }

    /// What it is, for those who wanted something else of it.
    fn nature(self) -> &'static str {
        match self {
            Self::Data => "it is a Redis process with data",
            Self::Sentinel => "it is a Sentinel, which holds no data",
        }
    }
}

impl FaultAction {
    /// Its row of the table.
    pub const fn rule(self) -> Rule {
        use Part::{Data, Sentinel};
        const PROCESSES: &[Part] = &[Data, Sentinel];
        const DATA: &[Part] = &[Data];
        match self {
            Self::Kill | Self::Terminate => lasting(PROCESSES, Self::Restart),
            Self::Pause => lasting(PROCESSES, Self::Resume),
            Self::Resume | Self::Restart => mending(PROCESSES),
            Self::Failover => passing(DATA),
            Self::CutLink => lasting(DATA, Self::MendLink),
            Self::SlowLink => lasting(DATA, Self::MendLink).with("delay"),
            Self::MendLink => mending(DATA),
        }
    }

    /// Every action that can be done to an instance of a stage.
    pub fn possible<'a>(stage: &'a Stage, instance: &'a str) -> impl Iterator<Item = Self> + 'a {
        Self::ALL.iter().copied().filter(move |action| action.obstacle(stage, instance).is_none())
    }

    /// Why it can't be done to an instance, which the stage has; none where it can.
    pub fn refusal(self, stage: &Stage, instance: &str) -> Option<Refusal> {
        let Obstacle { why, remedy } = self.obstacle(stage, instance)?;
        let remedy = remedy.map_or_else(
            || {
                let possible: Vec<&str> = Self::possible(stage, instance).map(Self::word).collect();
                format!("choose from {}", possible.join(", "))
            },
            str::to_owned,
        );
        Some(Refusal { why: why.to_owned(), remedy })
    }

    fn obstacle(self, stage: &Stage, instance: &str) -> Option<Obstacle> {
        let part = Part::of(instance)?;
        if !self.rule().parts.contains(&part) {
            let has_no_link = self.is_of_link() && part == Part::Sentinel;
            let why = if has_no_link { "Sentinels have no link of their own" } else { part.nature() };
            return Some(Obstacle { why, remedy: None });
        }
        match (self, &stage.kind) {
            (Self::Failover, StageKind::MasterReplica(params)) if params.sentinels > 0 => {
                let (why, remedy) = ("Sentinels are asked about the master", Some("name the master"));
                (instance != "master").then_some(Obstacle { why, remedy })
            }
            (Self::Failover, _) => Some(Obstacle {
                why: "no Sentinel watches it",
                remedy: Some("name the master of a MasterReplica that has Sentinels, or kill it"),
            }),
            _ => None,
        }
    }
}

/// Why something can't be done; and what to do about it, where that is more than to choose something else.
struct Obstacle {
    why: &'static str,
    remedy: Option<&'static str>,
}

impl Rule {
    const fn with(self, param: &'static str) -> Self {
        Self { param: Some(param), ..self }
    }
}

const fn lasting(parts: &'static [Part], mended_by: FaultAction) -> Rule {
    Rule { parts, param: None, nature: Nature::Lasting(mended_by) }
}

const fn passing(parts: &'static [Part]) -> Rule {
    Rule { parts, param: None, nature: Nature::Passing }
}

const fn mending(parts: &'static [Part]) -> Rule {
    Rule { parts, param: None, nature: Nature::Mending }
}

/// The names of everything in a stage that faults can hit: its processes first.
pub fn targets(kind: &StageKind) -> Vec<String> {
    instances(kind)
}

#[cfg(test)]
mod tests {
    use super::super::super::stage::{MasterReplica, ReadWriteSplit};
    use super::*;

    fn stage(kind: StageKind) -> Stage {
        Stage { name: "stage".into(), kind, at: (0.0, 0.0) }
    }

    #[test]
    fn what_is_lasting_is_mended_by_something_that_mends_the_same_parts() {
        for &action in FaultAction::ALL {
            if let Nature::Lasting(by) = action.rule().nature {
                assert_eq!(by.rule().nature, Nature::Mending, "{action:?}");
                assert!(action.rule().parts.iter().all(|part| by.rule().parts.contains(part)), "{action:?}");
            }
            assert!(action.rule().param.is_none_or(|param| OWN_PARAMS.contains(&param)), "{action:?}");
        }
    }

    #[test]
    fn every_target_of_every_kind_is_a_part_to_which_something_can_be_done() {
        for word in StageKind::WORDS {
            let stage = stage(StageKind::from_word(word).expect("a word"));
            for target in targets(&stage.kind) {
                assert!(Part::of(&target).is_some(), "{word} {target}");
                assert!(FaultAction::possible(&stage, &target).count() > 1, "{word} {target}");
            }
        }
    }

    #[test]
    fn a_failover_is_asked_of_the_sentinels_of_a_master() {
        let inventory = |sentinels| {
            stage(StageKind::MasterReplica(MasterReplica { sentinels, ..MasterReplica::default() }))
        };
        let gate = stage(StageKind::ReadWriteSplit(ReadWriteSplit::default()));
        let why = |stage: &Stage, instance| {
            FaultAction::Failover.refusal(stage, instance).map(|refusal| refusal.why).unwrap_or_default()
        };
        assert_eq!(why(&inventory(3), "master"), "");
        assert!(why(&inventory(3), "replica 1").contains("about the master"));
        assert!(why(&inventory(3), "sentinel 1").contains("holds no data"));
        assert!(why(&inventory(0), "master").contains("no Sentinel"));
        assert!(why(&gate, "master").contains("no Sentinel"));
    }
}
