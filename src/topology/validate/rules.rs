//! The rules: whether what they watch is there, and whether what they change can be changed while a run goes on.

use super::super::rule::{Measure, Rule};
use super::super::stage::{Stage, StageKind};
use super::super::{Place, Problem, Topology};
use super::Unread;
use crate::param::{ParamKind, ParamSpec, ParamValue};

/// More rules than this are not looked through ten times a second.
const MOST_RULES: usize = 50;

pub(super) fn check(topology: &Topology, unread: &Unread, problems: &mut Vec<Problem>) {
    if topology.rules.len() > MOST_RULES {
        let text = format!("there are {} rules", topology.rules.len());
        return problems.push(Problem::error(
            Place::Design,
            text,
            format!("at most {MOST_RULES} are possible"),
        ));
    }
    for (index, rule) in topology.rules.iter().enumerate() {
        let place = Place::Rule(index + 1);
        for (name, field) in
            [(Some(&rule.stage), &["stage"] as &'static [_]), (rule.sets_of.as_ref(), &["sets_of"])]
        {
            if let Some(name) = name.filter(|name| !unread.knows(topology, name)) {
                let text = format!("there is no stage {name:?}");
                problems.push(Problem::error(place.clone(), text, "correct the name").about(field));
            }
        }
        let stage = |name: &str| topology.stages.iter().find(|stage| stage.name == name);
        if let Some(watched) = stage(&rule.stage) {
            problems.extend(check_measure(rule, watched, &place));
        }
        if let (Some(key), Some(changed)) = (&rule.sets, stage(rule.changed_stage())) {
            problems.extend(check_change(rule, key, changed, &place));
        }
    }
}

fn check_measure(rule: &Rule, watched: &Stage, place: &Place) -> Option<Problem> {
    let Rule { measure, .. } = rule;
    if measure.fits(&watched.kind) {
        return None;
    }
    let text = format!("a {} has no {}", watched.kind.label(), measure.label());
    let remedy = match measure {
        Measure::Backlog => "name a queue, or measure something else",
        Measure::Cpu => "name a stage of real processes, or measure something else",
        _ => "name a stage that requests pass through",
    };
    Some(Problem::error(place.clone(), text, remedy).about(&["measure", "stage"]))
}

/// Whether a parameter is a number that may change while a run goes on.
pub fn is_settable(kind: &StageKind, spec: &ParamSpec) -> bool {
    kind.is_live(spec.key) && matches!(spec.kind, ParamKind::Int | ParamKind::Float)
}

fn check_change(rule: &Rule, key: &str, changed: &Stage, place: &Place) -> Option<Problem> {
    let error = |text: String, remedy: String, fields| {
        Some(Problem::error(place.clone(), text, remedy).about(fields))
    };
    let kind = &changed.kind;
    let specs = kind.params().specs();
    if !specs.iter().any(|spec| spec.key == key && is_settable(kind, spec)) {
        let text = format!("{:?} has no live parameter {key:?} that is a number", changed.name);
        let known: Vec<&str> =
            specs.iter().filter(|spec| is_settable(kind, spec)).map(|spec| spec.key).collect();
        let remedy = if known.is_empty() {
            "name another stage".to_owned()
        } else {
            format!("choose from {}", known.join(", "))
        };
        return error(text, remedy, &["sets", "sets_of"]);
    }
    if kind.params().get(key) == Some(ParamValue::Off) {
        let text = format!("{key} of {:?} is None, to which nothing can be added", changed.name);
        return error(text, "give it a number to begin with".into(), &["sets"]);
    }
    if rule.by == 0.0 {
        let text = "it adds 0".to_owned();
        return error(text, "let by be above or below 0".into(), &["by"]);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::super::stage::{Database, LoadBalancer, Queue};
    use super::super::super::testing::design;
    use super::*;

    fn found(rule: Rule) -> Vec<String> {
        let kinds = vec![
            StageKind::LoadBalancer(LoadBalancer::default()),
            StageKind::Queue(Queue::default()),
            StageKind::Database(Database::default()),
        ];
        let topology = Topology { rules: vec![rule], ..design(kinds) };
        let mut problems = Vec::new();
        check(&topology, &Unread::default(), &mut problems);
        problems.iter().map(|problem| format!("{}; {}", problem.text, problem.remedy)).collect()
    }

    #[test]
    fn a_rule_watches_what_is_there_and_changes_what_can_change() {
        let good = || Rule {
            stage: "1".into(),
            measure: Measure::Backlog,
            sets: Some("consumers".into()),
            ..Rule::default()
        };
        assert!(found(good()).is_empty());
        assert!(found(Rule { sets: None, by: 0.0, ..good() }).is_empty(), "it changes nothing");
        for (rule, said) in [
            (Rule { stage: "x".into(), sets: None, ..good() }, "there is no stage \"x\"; correct"),
            (Rule { sets_of: Some("y".into()), ..good() }, "there is no stage \"y\"; correct"),
            (Rule { stage: "2".into(), sets: None, ..good() }, "a database has no backlog; name a queue"),
            (
                Rule { measure: Measure::Cpu, stage: "0".into(), sets: None, ..good() },
                "has no CPU; name a stage of",
            ),
            (Rule { sets: Some("form".into()), ..good() }, "no live parameter \"form\""),
            (Rule { sets: Some("on".into()), ..good() }, "choose from consumers, batch"),
            (Rule { sets_of: Some("2".into()), ..good() }, "name another stage"),
            (
                Rule { sets_of: Some("0".into()), sets: Some("rate_limit".into()), ..good() },
                "is None, to which nothing can be added; give it a number",
            ),
            (Rule { by: 0.0, ..good() }, "it adds 0; let by"),
        ] {
            let said_all = found(rule);
            assert!(said_all.len() == 1 && said_all[0].contains(said), "{said}: {said_all:?}");
        }
    }
}
