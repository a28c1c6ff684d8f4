//! Changes: what can be turned while a run goes on.

use std::fmt;

use serde::Serialize;

use super::Topology;
use super::stage::{Stage, StageKind};
use crate::param::{ParamKind, ParamSpec, ParamValue};

/// The least and the greatest factor on the offered rate.
pub const FACTORS: (f64, f64) = (0.01, 100.0);

/// Something that is changed while requests arrive.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub enum Change {
    /// From now on arrivals come at the rate as drawn, times this factor; 1 is as drawn.
    OfferedRate {
        /// From 0.01 to 100.
        factor: f64,
    },
    /// From now on a parameter of a stage has another value.
    Param {
        /// The stage, by name.
        stage: String,
        /// The parameter's name in files.
        key: String,
        /// What it becomes.
        value: ParamValue,
    },
}

impl Change {
    /// Whether a run of this topology, as it was drawn, can take the change.
    ///
    /// # Errors
    /// Why not, with a remedy, in words.
    pub fn check(&self, topology: &Topology) -> Result<(), String> {
        match self {
            Self::OfferedRate { factor } => {
                let (low, high) = FACTORS;
                if (low..=high).contains(factor) {
                    return Ok(());
                }
                Err(format!("a factor of {factor} is out of range: choose from {low} to {high}"))
            }
            Self::Param { stage, key, value } => {
                let found = topology.stages.iter().find(|one| one.name == *stage);
                let found = found.ok_or_else(|| {
                    let names: Vec<String> =
                        topology.stages.iter().map(|one| format!("{:?}", one.name)).collect();
                    format!("there is no stage {stage:?}: choose from {}", names.join(", "))
                })?;
                check_param(found, key, value)
            }
        }
    }

    /// The change in plain words, such as `cdn: ttl 500ms`.
    pub fn text(&self) -> String {
        self.to_string()
    }
}

fn check_param(stage: &Stage, key: &str, value: &ParamValue) -> Result<(), String> {
    let (name, kind) = (&stage.name, &stage.kind);
    let specs = kind.params().specs();
    let Some(spec) = specs.iter().find(|spec| spec.key == key) else {
        let what = format!("{name:?} has no parameter {key:?}");
        return Err(if specs.is_empty() {
            what
        } else {
            format!("{what}: choose from {}", keys(specs.iter()))
        });
    };
    if !kind.is_live(key) {
        let mut live = specs.iter().filter(|spec| kind.is_live(spec.key)).peekable();
        let what = format!("{key} of {name:?} can't change during a run: stop, change it and start again");
        return Err(match live.peek() {
            None => what,
            Some(_) => format!("{what}; live are {}", keys(live)),
        });
    }
    if !kind.clone().params_mut().set(key, value.clone()) {
        return Err(format!("{value} is no value of {key}: give it {}", wanted(spec)));
    }
    if !spec.allows(value) {
        return Err(format!("{key} of {value} is out of range: choose from {}", spec.range_text()));
    }
    match (kind, value) {
        (StageKind::DataControl(drawn), ParamValue::Float(ratio))
            if key == "unpaid_ratio" && drawn.unpaid_ratio == 0.0 && *ratio > 0.0 =>
        {
            // The index that finds unpaid orders would have to be made under load.
            Err(format!(
                "{name:?} was started with unpaid_ratio 0, and so looks at no orders: start with a little more, such as 0.001"
            ))
        }
        _ => Ok(()),
    }
}

fn keys<'a>(specs: impl Iterator<Item = &'a ParamSpec>) -> String {
    specs.map(|spec| spec.key).collect::<Vec<_>>().join(", ")
}

fn wanted(spec: &ParamSpec) -> String {
    let kind = match spec.kind {
        ParamKind::Int => "a whole number".to_owned(),
        ParamKind::Float => "a number".to_owned(),
        ParamKind::Duration => "a duration, such as 250ms".to_owned(),
        ParamKind::Bool => "true or false".to_owned(),
        ParamKind::Choice(words) => format!("one of {}", words.join(", ")),
        ParamKind::Text => "a text".to_owned(),
    };
    if spec.optional { format!("{kind}, or None") } else { kind }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OfferedRate { factor } => write!(f, "offered rate × {factor}"),
            Self::Param { stage, key, value: ParamValue::Off } => write!(f, "{stage}: {key} off"),
            Self::Param { stage, key, value } => write!(f, "{stage}: {key} {value}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::stage::{Cdn, DataControl, LoadBalancer, Queue, Users};
    use super::super::testing::design;
    use super::*;

    fn topology(unpaid_ratio: f64) -> Topology {
        let stage = |name: &str, kind| Stage { name: name.into(), kind, at: (0.0, 0.0) };
        let control = DataControl { unpaid_ratio, ..DataControl::default() };
        Topology {
            stages: vec![
                stage("users", StageKind::Users(Users::default())),
                stage("cdn", StageKind::Cdn(Cdn::default())),
                stage("balancer", StageKind::LoadBalancer(LoadBalancer::default())),
                stage("orders", StageKind::Queue(Queue::default())),
                stage("control", StageKind::DataControl(control)),
            ],
            ..design(Vec::new())
        }
    }

    fn param(stage: &str, key: &str, value: ParamValue) -> Change {
        Change::Param { stage: stage.into(), key: key.into(), value }
    }

    #[test]
    fn what_is_live_and_in_range_can_change_and_says_so_in_plain_words() {
        let half = ParamValue::Duration(Duration::from_millis(500));
        for (change, text) in [
            (Change::OfferedRate { factor: 1.5 }, "offered rate × 1.5"),
            (param("cdn", "ttl", half), "cdn: ttl 500ms"),
            (param("balancer", "rate_limit", ParamValue::Off), "balancer: rate_limit off"),
            (param("balancer", "rate_limit", ParamValue::Int(900)), "balancer: rate_limit 900"),
            (param("balancer", "policy", ParamValue::Choice("Random")), "balancer: policy Random"),
            (param("orders", "consumers", ParamValue::Int(64)), "orders: consumers 64"),
            (param("control", "unpaid_ratio", ParamValue::Float(0.5)), "control: unpaid_ratio 0.5"),
        ] {
            assert_eq!(change.check(&topology(0.1)), Ok(()), "{text}");
            assert_eq!(change.text(), text);
        }
    }

    #[test]
    fn what_can_not_change_is_refused_with_a_reason_and_a_remedy() {
        let int = ParamValue::Int;
        for (change, reason, remedy) in [
            (Change::OfferedRate { factor: 0.0 }, "out of range", "choose from 0.01 to 100"),
            (Change::OfferedRate { factor: f64::NAN }, "out of range", "choose from"),
            (param("nobody", "ttl", int(1)), "no stage \"nobody\"", "\"users\", \"cdn\", \"balancer\""),
            (param("cdn", "tll", int(1)), "no parameter \"tll\"", "choose from ttl, capacity"),
            (param("users", "ttl", int(1)), "no parameter", "\"users\""),
            (param("cdn", "capacity", int(5)), "can't change during a run", "live are ttl"),
            (
                param("orders", "on", ParamValue::Off),
                "can't change during a run",
                "live are consumers, batch",
            ),
            (param("cdn", "ttl", int(5)), "no value of ttl", "a duration"),
            (param("balancer", "policy", ParamValue::Choice("Best")), "no value", "one of RoundRobin"),
            (param("orders", "consumers", ParamValue::Off), "None is no value", "a whole number"),
            (param("orders", "consumers", int(65)), "out of range", "1 to 64 consumers"),
            (param("orders", "consumers", int(u64::MAX)), "no value", "a whole number"),
            (param("control", "unpaid_ratio", ParamValue::Float(f64::NAN)), "out of range", "0 to 1"),
            (param("control", "unpaid_ratio", ParamValue::Float(0.1)), "started with", "0.001"),
        ] {
            let said = change.check(&topology(0.0)).expect_err(reason);
            assert!(said.contains(reason) && said.contains(remedy), "{said}");
        }
    }

    #[test]
    fn each_live_parameter_is_one_and_can_be_checked_with_its_own_value() {
        for word in StageKind::WORDS {
            let kind = StageKind::from_word(word).expect("a word");
            assert!(!kind.is_live("nothing"));
            for spec in kind.params().specs().iter().filter(|spec| kind.is_live(spec.key)) {
                let value = kind.params().get(spec.key).expect("a value");
                let mut topology = topology(0.1);
                topology.stages[1].kind = kind.clone();
                assert_eq!(param("cdn", spec.key, value).check(&topology), Ok(()), "{word}.{}", spec.key);
            }
        }
    }
}
