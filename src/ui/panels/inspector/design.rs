//! The design as a whole: what it is called, what it asks, and its parts.

use std::collections::BTreeSet;

use egui::{RichText, TextEdit, Ui};
use lucide_icons::Icon;

use super::super::super::command::UiCommand;
use super::super::super::document::Edit;
use super::super::super::intent::Intent;
use super::super::super::selection::Selection;
use super::super::super::text::{Text, text};
use super::super::super::theme::{signs, tokens};
use super::super::super::view::BottomTab;
use super::super::super::widgets::curve::overview;
use super::fields::{self, Besides};
use super::{Page, parts, variants};
use crate::param::{ParamKind, ParamType, ParamValue};
use crate::topology::{Expected, Place, Severity};

const CHANGE: Text = text("Change the description", "更改说明");
const TITLE: Besides = Besides {
    key: "title",
    label: text("Title", "标题"),
    help: text("Its name in a few words", "设计的简短名称"),
    kind: ParamKind::Text,
    range: None,
    optional: false,
};
const SOURCE: Besides = Besides {
    key: "source",
    label: text("Source", "来源"),
    help: text("Where the design comes from", "设计的出处"),
    kind: ParamKind::Text,
    range: None,
    optional: false,
};
const EXPECTED: Besides = Besides {
    key: "expected",
    label: text("Expected verdict", "预期结论"),
    help: text(
        "The verdict that a run should come to, where the design promises one",
        "若设计作出承诺：一次运行应得的结论",
    ),
    kind: Expected::KIND,
    range: None,
    optional: true,
};
const QUESTION: Text = text("Question", "问题");
const QUESTION_HINT: Text = text("What shall a run of it answer?", "一次运行要回答什么？");
const PARTS: Text = text("Parts", "组成");
const STAGES: Text = text("Stages", "阶段");
const STAGE: Text = text("Go to stage {}", "转到阶段 {}");
const GO_WORKLOAD: Text = text("Go to the workload", "转到负载");
const GO_TARGETS: Text = text("Go to the targets", "转到目标");
const GO_FAULTS: Text = text("Go to the faults", "转到故障");
const GO_RULES: Text = text("Go to the rules", "转到规则");
const RULES: Text = text("Rules", "规则");
const WORKLOAD: Text = text("Workload", "负载");
const TARGETS: Text = text("Targets", "目标");
const FAULTS: Text = text("Faults", "故障");
const COUNTS: Text = text("{} stages, {} links", "{} 个阶段，{} 条连线");
const NONE: Text = text("none", "无");
const EMPTY: Text = text(
    "Nothing is drawn yet: drag a stage from the palette on the left, or open a preset",
    "还没有内容：从左侧面板拖入一个阶段，或打开一个预设",
);
const OPEN_PRESET: Text = text("Choose a preset…", "选择预设…");
const READY: Text = text("Ready: press F5 to run it", "就绪：按 F5 运行");
const NOT_READY: Text = text("Errors keep it from running", "有错误，无法运行");
const SHOW_PROBLEMS: Text = text("Show what is wrong", "查看问题");
const DIFFERS: Text = text("The design differs from what runs", "设计与正在运行的不同");

/// Draws it.
pub fn show(ui: &mut Ui, page: &mut Page<'_>) {
    let topology = page.topology();
    state(ui, page);
    parts::problems(ui, page, &[Place::Design], &|key| key == "targets");
    parts::heading(ui, page.lang().t(text("Description", "说明")));
    let done = TITLE.show(ui, page, ParamValue::Text(topology.title.clone()), &Place::Design, false);
    fields::apply(page, done, "title", |topology, value| {
        if let ParamValue::Text(title) = value {
            topology.title = title;
        }
    });
    question(ui, page);
    let done = SOURCE.show(ui, page, ParamValue::Text(topology.source.clone()), &Place::Design, false);
    fields::apply(page, done, "source", |topology, value| {
        if let ParamValue::Text(source) = value {
            topology.source = source;
        }
    });
    let done = EXPECTED.show(ui, page, topology.expected.to_value(), &Place::Design, false);
    fields::apply(page, done, "expected", |topology, value| {
        if let Some(expected) = ParamType::from_value(value) {
            topology.expected = expected;
        }
    });
    the_parts(ui, page);
    variants::show(ui, page);
    stages(ui, page);
}

/// Whether it may run, or what to do first.
fn state(ui: &mut Ui, page: &mut Page<'_>) {
    let lang = page.lang();
    let doc = &page.model.doc;
    if doc.topology().stages.is_empty() {
        ui.add(egui::Label::new(lang.t(EMPTY)).wrap());
        if parts::button(ui, Icon::LayoutGrid, lang.t(OPEN_PRESET)).clicked() {
            page.out.command(UiCommand::Presets);
        }
        return;
    }
    let tokens = tokens(ui.ctx());
    if let Some(run) = page.model.runs.active() {
        if *run.topology != *doc.topology() {
            ui.label(RichText::new(lang.t(DIFFERS)).color(tokens.warn));
        }
    } else if doc.may_run() {
        ui.label(RichText::new(lang.t(READY)).color(tokens.good));
    } else {
        ui.label(RichText::new(lang.t(NOT_READY)).color(tokens.bad));
        if parts::button(ui, Icon::TriangleAlert, lang.t(SHOW_PROBLEMS)).clicked() {
            page.out.push(Intent::ShowTab(BottomTab::Problems));
        }
    }
}

fn question(ui: &mut Ui, page: &mut Page<'_>) {
    let lang = page.lang();
    let weak = tokens(ui.ctx()).weak;
    let label = ui.label(RichText::new(lang.t(QUESTION)).color(weak));
    let mut typed = page.topology().question.clone();
    let edit = TextEdit::multiline(&mut typed).desired_rows(2).desired_width(f32::INFINITY);
    let response = ui.add(edit.hint_text(lang.t(QUESTION_HINT))).labelled_by(label.id);
    let edit = response
        .changed()
        .then(|| Edit::new(CHANGE, move |topology| topology.question = typed).in_gesture("question"));
    page.edit(edit, response.lost_focus());
}

fn the_parts(ui: &mut Ui, page: &mut Page<'_>) {
    let lang = page.lang();
    let topology = page.topology();
    parts::heading(ui, lang.t(PARTS));
    let count = |number: usize| if number == 0 { lang.t(NONE).to_owned() } else { number.to_string() };
    for (sign, words, right, name, to) in [
        (
            Icon::Activity,
            WORKLOAD,
            overview::workload_in_short(lang, &topology.workload),
            GO_WORKLOAD,
            Selection::Workload,
        ),
        (Icon::Target, TARGETS, count(topology.targets.len()), GO_TARGETS, Selection::Targets),
        (Icon::Zap, FAULTS, count(topology.faults.len()), GO_FAULTS, Selection::Faults),
        (Icon::BellRing, RULES, count(topology.rules.len()), GO_RULES, Selection::Rules),
    ] {
        if parts::row(ui, sign, lang.t(words), &right, lang.t(name), false).clicked() {
            page.select(to);
        }
    }
}

fn stages(ui: &mut Ui, page: &mut Page<'_>) {
    let lang = page.lang();
    let topology = page.topology();
    if topology.stages.is_empty() {
        return;
    }
    parts::heading(ui, lang.t(STAGES));
    parts::note(ui, lang.f(COUNTS, &[&topology.stages.len(), &topology.links.len()]));
    let wrong: BTreeSet<&str> = page
        .model
        .doc
        .problems()
        .iter()
        .filter(|problem| problem.severity == Severity::Error)
        .filter_map(|problem| match &problem.place {
            Place::Stage(name) => Some(name.as_str()),
            _ => None,
        })
        .collect();
    for (index, stage) in topology.stages.iter().enumerate() {
        ui.push_id(index, |ui| {
            let kind = lang.of(stage.kind.label());
            let sign =
                if wrong.contains(stage.name.as_str()) { Icon::CircleX } else { signs::kind(&stage.kind) };
            let name = lang.f(STAGE, &[&stage.name]);
            if parts::row(ui, sign, &stage.name, &kind, &name, false).clicked() {
                page.select(Selection::stage(index));
            }
        });
    }
}
