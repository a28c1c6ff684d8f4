//! The selected stages: name, parameters, wires and processes of one; what several have in common.

use std::collections::{BTreeMap, BTreeSet};

use egui::{Align, Layout, RichText, TextEdit, Ui};
use lucide_icons::Icon;

use super::super::super::command::UiCommand;
use super::super::super::document::{Edit, ops};
use super::super::super::intent::Intent;
use super::super::super::selection::Selection;
use super::super::super::text::{Text, text};
use super::super::super::theme::fonts::icon;
use super::super::super::theme::{signs, tokens};
use super::super::super::widgets::columns::Columns;
use super::super::super::widgets::problem;
use super::owner::Owner;
use super::{Page, fields, parts};
use crate::topology::fault::table::{Part, targets};
use crate::topology::{Stage, StageKind, Topology};

const RENAME: Text = text("Rename a stage", "重命名阶段");
const NAME: Text = text("Name", "名称");
const TAKEN: Text = text("Another stage is called so: choose another name", "已有同名阶段：请换一个名称");
const NAMELESS: Text = text("A stage has a name: type one", "阶段必须有名称：请输入");
const PARAMETERS: Text = text("Parameters", "参数");
const NO_PARAMETERS: Text =
    text("It has no parameters: the workload says who comes when", "没有参数：由负载决定谁在何时到来");
const WIRES: Text = text("Links", "连线");
const NO_WIRES: Text = text("Nothing is linked to it yet", "尚无连线");
const TO: Text = text("to {}", "通向 {}");
const FROM: Text = text("from {}", "来自 {}");
const GO_LINK: Text = text("Go to the link {}", "转到连线 {}");
const PROCESSES: Text = text("Processes", "进程");
const OTHERS: Text = text("What else can break", "其他可出故障的部分");
const GO_PROCESS: Text = text("Go to process {}", "转到进程 {}");
const DUPLICATE: Text = text("Duplicate stage", "复制阶段");
const DELETE: Text = text("Delete stage", "删除阶段");
const SEVERAL: Text = text("{} stages", "{} 个阶段");
const DUPLICATE_ALL: Text = text("Duplicate {} stages", "复制 {} 个阶段");
const DELETE_ALL: Text = text("Delete {} stages", "删除 {} 个阶段");
const MIXED: Text = text(
    "Stages of one kind can be edited together; these are of several",
    "同类阶段可一起编辑；所选的类型不同",
);
const LAPTOP: Text = text("Laptop defaults", "笔记本默认值");
const LAPTOP_TIP: Text = text(
    "Sentinels, persistence and waiting as on a laptop: a failover is over within 2 s",
    "哨兵、持久化与等待采用适合笔记本的取值：故障转移在 2 秒内完成",
);
const PRODUCTION: Text = text("Production defaults", "生产默认值");
const PRODUCTION_TIP: Text = text(
    "As the servers' own documentation has it: down after 30 s, failover timeout 3 min, one replica to write",
    "按服务器文档的取值：30 秒判定下线，故障转移超时 3 分钟，写入需要一个从节点",
);
const TOGETHER: Text = text("A change applies to all of them", "更改会应用于全部");

/// Draws them.
pub fn show(ui: &mut Ui, page: &mut Page<'_>, selected: &BTreeSet<usize>) {
    let topology = page.topology();
    let Some(first) = selected.first().and_then(|&stage| topology.stages.get(stage)) else { return };
    if let Some(stage) = page.model.selection.single_stage() {
        one(ui, page, stage);
        return;
    }
    several(ui, page, selected);
    let same_kind = |stage: &usize| {
        topology.stages.get(*stage).is_some_and(|stage| stage.kind.word() == first.kind.word())
    };
    if selected.iter().all(same_kind) {
        parts::note(ui, page.lang().t(TOGETHER));
        parameters(ui, page, &Owner::Stages(selected.clone()));
    } else {
        parts::note(ui, page.lang().t(MIXED));
    }
}

/// One stage, whole.
pub fn one(ui: &mut Ui, page: &mut Page<'_>, stage: usize) {
    let topology = page.topology();
    let drawn = &topology.stages[stage];
    let owner = Owner::Stages([stage].into());
    head(ui, page, drawn);
    name(ui, page, stage);
    let specs = drawn.kind.params().specs();
    parts::problems(ui, page, &owner.places(topology), &|key| specs.iter().any(|spec| spec.key == key));
    parameters(ui, page, &owner);
    processes(ui, page, stage, drawn);
    links(ui, page, drawn);
}

fn head(ui: &mut Ui, page: &mut Page<'_>, stage: &Stage) {
    let lang = page.lang();
    let tokens = tokens(ui.ctx());
    ui.horizontal(|ui| {
        ui.label(icon(signs::kind(&stage.kind)).size(18.0).color(tokens.accent));
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            parts::title(ui, problem::capital(&lang.of(stage.kind.label())), 14.0);
            let realness = stage.kind.realness();
            let badge = RichText::new(lang.of(realness.label())).color(tokens.realness(realness)).size(11.0);
            ui.label(badge);
        });
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            for (sign, words, command) in
                [(Icon::Trash2, DELETE, UiCommand::Delete), (Icon::Copy, DUPLICATE, UiCommand::Duplicate)]
            {
                if parts::icon_button(ui, sign, lang.t(words), lang.t(words)).clicked() {
                    page.out.command(command);
                }
            }
        });
    });
}

/// The name takes effect with each letter, unless what stands there just now can't be a name: another stage's, or none.
fn name(ui: &mut Ui, page: &mut Page<'_>, stage: usize) {
    let lang = page.lang();
    let topology = page.topology();
    let now = &topology.stages[stage].name;
    let being_typed = page.view.typed_name.as_ref().filter(|(of, _)| *of == stage);
    let mut typed = being_typed.map_or_else(|| now.clone(), |(_, typed)| typed.clone());
    let tokens = tokens(ui.ctx());
    let columns = Columns::allocate(ui).without_buttons();
    let label = columns.name(ui, lang.t(NAME));
    let edit = TextEdit::singleline(&mut typed).desired_width(f32::INFINITY);
    let response = columns.editor_ui(ui).add(edit).labelled_by(label.id);
    let wrong = wrong_with(topology, stage, &typed);
    if response.changed() {
        page.view.typed_name = Some((stage, typed.clone()));
        if wrong.is_none() {
            let name = typed.clone();
            let edit = Edit::new(RENAME, move |topology| ops::rename(topology, stage, name.trim()));
            page.edit(Some(edit.in_gesture(format!("name {stage}"))), false);
        }
    }
    if response.lost_focus() {
        page.view.typed_name = None;
        page.out.push(Intent::EndGesture);
    } else if let (Some(wrong), true) = (wrong, typed != *now) {
        ui.label(RichText::new(lang.t(wrong)).color(tokens.bad).size(11.0));
    }
}

fn wrong_with(topology: &Topology, stage: usize, name: &str) -> Option<Text> {
    let name = name.trim();
    let is_taken =
        topology.stages.iter().enumerate().any(|(index, other)| index != stage && other.name == name);
    if name.is_empty() { Some(NAMELESS) } else { is_taken.then_some(TAKEN) }
}

fn parameters(ui: &mut Ui, page: &mut Page<'_>, owner: &Owner) {
    let lang = page.lang();
    parts::heading(ui, lang.t(PARAMETERS));
    if owner.each(page.topology()).iter().all(|params| params.specs().is_empty()) {
        parts::note(ui, lang.t(NO_PARAMETERS));
    }
    fields::show(ui, page, owner);
    availability(ui, page, owner);
}

/// One click for all that decides about a failover.
fn availability(ui: &mut Ui, page: &mut Page<'_>, owner: &Owner) {
    let Owner::Stages(stages) = owner else { return };
    let topology = page.topology();
    let can_fail_over = |stage: &usize| {
        topology.stages.get(*stage).is_some_and(|stage| matches!(stage.kind, StageKind::MasterReplica(_)))
    };
    if !stages.iter().all(can_fail_over) {
        return;
    }
    let lang = page.lang();
    ui.horizontal_wrapped(|ui| {
        for (sign, words, tip, is_production) in
            [(Icon::Laptop, LAPTOP, LAPTOP_TIP, false), (Icon::Factory, PRODUCTION, PRODUCTION_TIP, true)]
        {
            if parts::button(ui, sign, lang.t(words)).on_hover_text(lang.t(tip)).clicked() {
                let stages = stages.clone();
                page.out.edit(Edit::new(words, move |topology| {
                    ops::set_availability(topology, &stages, is_production);
                }));
            }
        }
    });
}

fn processes(ui: &mut Ui, page: &mut Page<'_>, stage: usize, drawn: &Stage) {
    let lang = page.lang();
    let is_process = |name: &String| Part::of(name).is_none_or(Part::is_process);
    let (processes, others): (Vec<String>, Vec<String>) =
        targets(&drawn.kind).into_iter().partition(is_process);
    for (heading, sign, names) in [(PROCESSES, Icon::Server, processes), (OTHERS, Icon::Component, others)] {
        if names.is_empty() {
            continue;
        }
        parts::heading(ui, lang.t(heading));
        for name in names {
            let to = lang.f(GO_PROCESS, &[&name]);
            let is_here = page.model.selection == Selection::Instance { stage, name: name.clone() };
            if parts::row(ui, sign, &lang.of(&name), "", &to, is_here).clicked() {
                page.select(Selection::Instance { stage, name });
            }
        }
    }
}

fn links(ui: &mut Ui, page: &mut Page<'_>, drawn: &Stage) {
    let lang = page.lang();
    parts::heading(ui, lang.t(WIRES));
    let mut any = false;
    for (index, link) in page.topology().links.iter().enumerate() {
        let (sign, words) = if link.from == drawn.name {
            (Icon::ArrowRight, lang.f(TO, &[&link.to]))
        } else if link.to == drawn.name {
            (Icon::ArrowLeft, lang.f(FROM, &[&link.from]))
        } else {
            continue;
        };
        any = true;
        let name = lang.f(GO_LINK, &[&words]);
        let row = ui.push_id(index, |ui| parts::row(ui, sign, &words, "", &name, false)).inner;
        if row.clicked() {
            page.select(Selection::Link(index));
        }
    }
    if !any {
        parts::note(ui, lang.t(NO_WIRES));
    }
}

/// How many of which kind, and what can be done with all of them.
fn several(ui: &mut Ui, page: &mut Page<'_>, selected: &BTreeSet<usize>) {
    let lang = page.lang();
    let topology = page.topology();
    let count = selected.len();
    parts::title(ui, lang.f(SEVERAL, &[&count]), 14.0);
    let mut kinds: BTreeMap<&str, (Icon, usize)> = BTreeMap::new();
    for stage in selected.iter().filter_map(|&stage| topology.stages.get(stage)) {
        kinds.entry(stage.kind.label()).or_insert((signs::kind(&stage.kind), 0)).1 += 1;
    }
    let weak = tokens(ui.ctx()).weak;
    for (kind, (sign, number)) in kinds {
        ui.horizontal(|ui| {
            ui.label(icon(sign).color(weak));
            ui.label(format!("{number} × {}", lang.of(kind)));
        });
    }
    ui.horizontal_wrapped(|ui| {
        for (sign, words, command) in
            [(Icon::Copy, DUPLICATE_ALL, UiCommand::Duplicate), (Icon::Trash2, DELETE_ALL, UiCommand::Delete)]
        {
            if parts::button(ui, sign, &lang.f(words, &[&count])).clicked() {
                page.out.command(command);
            }
        }
    });
}
