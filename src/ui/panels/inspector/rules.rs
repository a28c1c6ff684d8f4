//! The rules, each unfolding in place.

use egui::Ui;
use lucide_icons::Icon;

use super::super::super::document::Edit;
use super::super::super::intent::Intent;
use super::super::super::selection::Selection;
use super::super::super::text::{Text, text};
use super::owner::Owner;
use super::{Page, fields, parts};
use crate::topology::rule::Measure;
use crate::topology::{Rule, StageKind, Topology};

const ABOUT: Text = text(
    "Each is looked at ten times a second while requests arrive; an alert is an event, a mark on the charts and a row of the results",
    "请求到达期间每秒检查十次；每次告警都是一个事件、图表上的一个标记和结果中的一行",
);
const NONE: Text = text(
    "Nobody is alerted yet: add a rule, which may also change something, such as the number of consumers",
    "还没有告警：请添加规则；规则还可以更改参数，例如消费者数",
);
const ADD: Text = text("Add rule", "添加规则");
const GO: Text = text("Rule {}: {}", "规则 {}：{}");
const DELETE: Text = text("Delete rule", "删除规则");
const SETS: Text = text("{}, then {} {}", "{}，则 {} {}");

/// Draws them; `open` is the one that is unfolded.
pub fn show(ui: &mut Ui, page: &mut Page<'_>, open: Option<usize>) {
    let lang = page.lang();
    let rules = &page.topology().rules;
    parts::note(ui, lang.t(if rules.is_empty() { NONE } else { ABOUT }));
    for (index, rule) in rules.iter().enumerate() {
        ui.push_id(index, |ui| {
            let watched = lang.of(&rule.to_string()).into_owned();
            let words = match &rule.sets {
                Some(key) => lang.f(SETS, &[&watched, key, &format!("{:+}", rule.by)]),
                None => watched,
            };
            let is_open = open == Some(index);
            let sign = if is_open { Icon::ChevronDown } else { Icon::ChevronRight };
            let name = lang.f(GO, &[&(index + 1), &words]);
            if parts::row(ui, sign, &words, "", &name, is_open).clicked() {
                page.select(if is_open { Selection::Rules } else { Selection::Rule(index) });
            }
            if is_open {
                ui.indent("open", |ui| one(ui, page, index));
            }
        });
    }
    ui.add_space(4.0);
    if parts::button(ui, Icon::Plus, lang.t(ADD)).clicked() {
        let (rule, place) = (first_rule(page.topology()), rules.len());
        let edit = Edit::new(ADD, move |topology| topology.rules.push(rule));
        page.out.push(Intent::EditAndSelect(edit, Selection::Rule(place)));
    }
}

/// A rule to begin with: more consumers for a queue; else an alert about the last stage.
fn first_rule(topology: &Topology) -> Rule {
    let queue = topology.stages.iter().find(|stage| matches!(stage.kind, StageKind::Queue(_)));
    let other = topology.stages.iter().rfind(|stage| stage.kind.carries_traffic());
    match (queue, other) {
        (Some(queue), _) => Rule {
            stage: queue.name.clone(),
            measure: Measure::Backlog,
            sets: Some("consumers".into()),
            ..Rule::default()
        },
        (None, Some(other)) => Rule { stage: other.name.clone(), ..Rule::default() },
        (None, None) => Rule::default(),
    }
}

fn one(ui: &mut Ui, page: &mut Page<'_>, index: usize) {
    let lang = page.lang();
    let owner = Owner::Rule(index);
    let is_field = |key: &str| Rule::SPECS.iter().any(|spec| spec.key == key);
    parts::problems(ui, page, &owner.places(page.topology()), &is_field);
    fields::show(ui, page, &owner);
    ui.add_space(4.0);
    if parts::button(ui, Icon::Trash2, lang.t(DELETE)).clicked() {
        let edit = Edit::new(DELETE, move |topology| {
            if index < topology.rules.len() {
                topology.rules.remove(index);
            }
        });
        page.out.push(Intent::EditAndSelect(edit, Selection::Rules));
    }
}
