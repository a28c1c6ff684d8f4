//! The scripted faults, each unfolding in place.

use egui::{Button, Ui};
use lucide_icons::Icon;

use super::super::super::document::{Edit, phases};
use super::super::super::intent::Intent;
use super::super::super::selection::Selection;
use super::super::super::text::{Lang, Text, params, text};
use super::super::super::theme::fonts::icon;
use super::super::super::widgets::number;
use super::owner::Owner;
use super::{Page, fields, parts};
use crate::param::Params;
use crate::topology::fault::table::all_targets;
use crate::topology::fault::{FaultAction, Part};
use crate::topology::{Fault, Topology, chaos};

const ABOUT: Text = text("They come about in every run, at their moment", "每次运行都会在各自的时刻发生");
const NONE: Text = text(
    "Nothing breaks by itself: add a fault, or break something by hand during a run",
    "不会自行发生故障：请添加故障，或在运行中手动破坏",
);
const ADD: Text = text("Add fault", "添加故障");
const NOTHING: Text = text("no stage has anything that could break", "没有可出故障的部分");
const RANDOM: Text = text("Add random faults", "添加随机故障");
const RANDOM_TIP: Text = text(
    "Faults by lot, each with what mends it; they stand in the script, and undo takes them back at once",
    "随机抽取的故障，各自带有修复动作；它们写入脚本，可一步撤销",
);
const SORT: Text = text("Sort by time", "按时间排序");
const SORTED: Text = text("they are in order already", "已按时间排列");
const GO: Text = text("Fault {}: {}", "故障 {}：{}");
const DELETE: Text = text("Delete fault", "删除故障");
const DUPLICATE: Text = text("Duplicate fault", "复制故障");
const IN_WORDS: Text = text("{} {} of {}", "{}：{}（阶段 {}）");

/// Draws them; `open` is the one that is unfolded.
pub fn show(ui: &mut Ui, page: &mut Page<'_>, open: Option<usize>) {
    let lang = page.lang();
    let faults = &page.topology().faults;
    parts::note(ui, lang.t(if faults.is_empty() { NONE } else { ABOUT }));
    for (index, fault) in faults.iter().enumerate() {
        ui.push_id(index, |ui| {
            let words = in_words(lang, fault);
            let is_open = open == Some(index);
            let sign = if is_open { Icon::ChevronDown } else { Icon::ChevronRight };
            let name = lang.f(GO, &[&(index + 1), &words]);
            let at = number::span(fault.at);
            if parts::row(ui, sign, &words, &at, &name, is_open).clicked() {
                page.select(if is_open { Selection::Faults } else { Selection::Fault(index) });
            }
            if is_open {
                ui.indent("open", |ui| one(ui, page, index));
            }
        });
    }
    ui.add_space(4.0);
    ui.horizontal_wrapped(|ui| {
        add(ui, page);
        random(ui, page);
        sort(ui, page);
    });
}

fn add(ui: &mut Ui, page: &mut Page<'_>) {
    let lang = page.lang();
    let topology = page.topology();
    let first = first_fault(topology);
    let button = Button::new((icon(Icon::Plus), lang.t(ADD)));
    let response = ui.add_enabled(first.is_some(), button).accessible_name(lang.t(ADD));
    if let (true, Some(fault)) = (response.on_disabled_hover_text(lang.t(NOTHING)).clicked(), first) {
        let place = topology.faults.len();
        let edit = Edit::new(ADD, move |topology| topology.faults.push(fault));
        page.out.push(Intent::EditAndSelect(edit, Selection::Fault(place)));
    }
}

/// A fault to begin with: of the first process, or of the first other thing that can break.
fn first_fault(topology: &Topology) -> Option<Fault> {
    let is_process = |(_, target): &(usize, String)| Part::of(target).is_some_and(Part::is_process);
    let (stage, instance) =
        all_targets(topology).find(is_process).or_else(|| all_targets(topology).next())?;
    let stage = &topology.stages[stage];
    let action = FaultAction::possible(topology, stage, &instance).next()?;
    let at = phases::usual_moment(topology);
    Some(Fault { at, action, stage: stage.name.clone(), instance, ..Fault::default() })
}

/// Adds faults by lot. Each time they are others, and each time the same for the same design.
fn random(ui: &mut Ui, page: &mut Page<'_>) {
    let lang = page.lang();
    let topology = page.topology();
    let seed = topology.workload.seed.wrapping_add(topology.faults.len() as u64);
    let faults = chaos::faults(topology, seed);
    let button = Button::new((icon(Icon::Dices), lang.t(RANDOM)));
    let response = ui.add_enabled(!faults.is_empty(), button).accessible_name(lang.t(RANDOM));
    let response = response.on_hover_text(lang.t(RANDOM_TIP));
    if response.on_disabled_hover_text(lang.t(NOTHING)).clicked() {
        let edit = Edit::new(RANDOM, move |topology| topology.faults.extend(faults));
        page.out.push(Intent::EditAndSelect(edit, Selection::Faults));
    }
}

fn sort(ui: &mut Ui, page: &mut Page<'_>) {
    let lang = page.lang();
    let faults = &page.topology().faults;
    if faults.len() < 2 {
        return;
    }
    let is_sorted = faults.is_sorted_by_key(|fault| fault.at);
    let button = Button::new((icon(Icon::ArrowDownNarrowWide), lang.t(SORT)));
    let response = ui.add_enabled(!is_sorted, button).accessible_name(lang.t(SORT));
    if response.on_disabled_hover_text(lang.t(SORTED)).clicked() {
        let edit = Edit::new(SORT, |topology| topology.faults.sort_by_key(|fault| fault.at));
        page.out.push(Intent::EditAndSelect(edit, Selection::Faults));
    }
}

fn one(ui: &mut Ui, page: &mut Page<'_>, index: usize) {
    let lang = page.lang();
    let owner = Owner::Fault(index);
    let is_field = |key: &str| Fault::SPECS.iter().any(|spec| spec.key == key);
    parts::problems(ui, page, &owner.places(page.topology()), &is_field);
    fields::show(ui, page, &owner);
    ui.add_space(4.0);
    ui.horizontal_wrapped(|ui| {
        if parts::button(ui, Icon::Copy, lang.t(DUPLICATE)).clicked() {
            let edit = Edit::new(DUPLICATE, move |topology| {
                let copy = topology.faults.get(index).cloned();
                if let Some(copy) = copy {
                    topology.faults.insert(index + 1, copy);
                }
            });
            page.out.push(Intent::EditAndSelect(edit, Selection::Fault(index + 1)));
        }
        if parts::button(ui, Icon::Trash2, lang.t(DELETE)).clicked() {
            let edit = Edit::new(DELETE, move |topology| {
                if index < topology.faults.len() {
                    topology.faults.remove(index);
                }
            });
            page.out.push(Intent::EditAndSelect(edit, Selection::Faults));
        }
    });
}

/// A fault in a few words: "kill master of inventory".
fn in_words(lang: Lang, fault: &Fault) -> String {
    let action = Fault::SPECS.iter().find(|spec| spec.key == "action");
    let action = action.and_then(|spec| Some(params::value(lang, spec, &fault.get("action")?)));
    let stage = if fault.stage.is_empty() { "—" } else { &fault.stage };
    lang.f(IN_WORDS, &[&action.unwrap_or_default(), &lang.of(&fault.instance), &stage])
}
