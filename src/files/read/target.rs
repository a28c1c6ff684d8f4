//! Faults, rules and targets.

use super::super::raw::Raw;
use super::Reader;
use super::group::{Group, keys, read_kind};
use crate::topology::{Fault, Place, Rule, Target};

pub(super) fn read_faults(root: &Group, reader: &mut Reader) -> Vec<Fault> {
    let items = root.items("faults", reader).unwrap_or_default();
    items.into_iter().enumerate().map(|(index, raw)| read_fault(index + 1, raw, reader)).collect()
}

/// A fault keeps its number also where it can't be read, and has defaults then.
fn read_fault(number: usize, raw: Raw, reader: &mut Reader) -> Fault {
    let mut fault = Fault::default();
    let place = Place::Fault(number);
    if let Some(group) = Group::open(raw, "a fault", place.clone(), &keys(&fault), reader) {
        group.require("stage", "stage: \"…\", the stage that it hits", reader);
        group.fill(&mut fault, reader);
    } else {
        for key in keys(&fault) {
            reader.broken.insert((place.clone(), key));
        }
    }
    fault
}

pub(super) fn read_rules(root: &Group, reader: &mut Reader) -> Vec<Rule> {
    let items = root.items("rules", reader).unwrap_or_default();
    items.into_iter().enumerate().map(|(index, raw)| read_rule(index + 1, raw, reader)).collect()
}

/// As a fault, it keeps its number also where it can't be read.
fn read_rule(number: usize, raw: Raw, reader: &mut Reader) -> Rule {
    let mut rule = Rule::default();
    let place = Place::Rule(number);
    if let Some(group) = Group::open(raw, "a rule", place.clone(), &keys(&rule), reader) {
        group.require("stage", "stage: \"…\", the stage that it watches", reader);
        group.fill(&mut rule, reader);
    } else {
        for key in keys(&rule) {
            reader.broken.insert((place.clone(), key));
        }
    }
    rule
}

pub(super) fn read_targets(root: &Group, reader: &mut Reader) -> Vec<Target> {
    let Some(items) = root.items("targets", reader) else {
        reader.unread.targets = root.is_broken("targets", reader);
        return Vec::new();
    };
    let mut targets = Vec::new();
    for (index, raw) in items.into_iter().enumerate() {
        let place = Place::Target(index + 1);
        match read_target(raw, &place, reader) {
            Some(target) => {
                targets.push(target);
                reader.target_numbers.push(index + 1);
            }
            None => reader.unread.targets = true,
        }
    }
    targets
}

fn read_target(raw: Raw, place: &Place, reader: &mut Reader) -> Option<Target> {
    let what = ("target", "target");
    let mut target = read_kind(raw, what, Target::WORDS, Target::from_word, place, reader)?;
    let what = format!("the target {}", target.word());
    let group = Group::open(raw, &what, place.clone(), &keys(target.params()), reader)?;
    group.fill(target.params_mut(), reader);
    Some(target)
}
