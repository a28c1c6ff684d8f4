//! The workload: what is sold, who comes, and the phases.

use std::hash::{BuildHasher, RandomState};

use egui::{Response, RichText, TextEdit, Ui};
use lucide_icons::Icon;

use super::super::super::document::{Edit, phases};
use super::super::super::intent::Intent;
use super::super::super::selection::Selection;
use super::super::super::text::{Text, text};
use super::super::super::theme::tokens;
use super::super::super::widgets::curve::overview;
use super::super::super::widgets::number;
use super::owner::Owner;
use super::{Page, fields, parts};
use crate::param::{ParamValue, Params};
use crate::topology::Place;
use crate::workload::{Audience, Records, Sale};

const ARRIVALS: Text = text("Arrivals", "到达");
const PHASES: Text = text("Phases", "时段");
const SALE: Text = text("Sale", "销售");
const AUDIENCE: Text = text("Audience", "人群");
const RECORDS: Text = text("Events and counters", "事件与计数");
const SEED: Text = text("Random seed", "随机种子");
const SEED_TIP: Text = text(
    "Seed of every lot that is drawn: the same seed gives the same requests at the same times",
    "一切随机抽取的种子：同一种子给出同样时刻的同样请求",
);
const SEED_WRONG: Text = text("A seed is a whole number from 0 on", "种子是不小于 0 的整数");
const NEW_SEED: Text = text("New seed", "新种子");
const CHANGE_SEED: Text = text("Change the seed", "更改种子");
const ADD: Text = text("Add phase", "添加时段");
const GO: Text = text("Go to phase {}", "转到时段 {}");
const UP: Text = text("Move phase {} up", "上移时段 {}");
const DOWN: Text = text("Move phase {} down", "下移时段 {}");
const DUPLICATE: Text = text("Duplicate phase {}", "复制时段 {}");
const DELETE: Text = text("Delete phase {}", "删除时段 {}");
const MOVE_PHASE: Text = text("Move a phase", "移动时段");
const DUPLICATE_PHASE: Text = text("Duplicate a phase", "复制时段");
const DELETE_PHASE: Text = text("Delete a phase", "删除时段");
const MOVE_OPENING: Text = text("Move the opening of the sale", "移动开售时刻");
const FIRST: Text = text("it is the first", "已是第一个");
const LAST: Text = text("it is the last", "已是最后一个");

/// The height of the overview.
const HEIGHT: f32 = 130.0;

/// Draws it.
pub fn show(ui: &mut Ui, page: &mut Page<'_>) {
    let lang = page.lang();
    overview_ui(ui, page, None);
    let is_field = |key: &str| {
        let all = Sale::SPECS.iter().chain(Audience::SPECS).chain(Records::SPECS);
        all.into_iter().any(|spec| spec.key == key)
    };
    parts::problems(ui, page, &[Place::Workload(None)], &is_field);
    parts::heading(ui, lang.t(PHASES));
    list(ui, page);
    parts::heading(ui, lang.t(SALE));
    fields::show(ui, page, &Owner::Sale);
    parts::heading(ui, lang.t(AUDIENCE));
    fields::show(ui, page, &Owner::Audience);
    if page.topology().workload.leaves_records() {
        parts::heading(ui, lang.t(RECORDS));
        fields::show(ui, page, &Owner::Records);
    }
    let heading = parts::heading(ui, lang.t(SEED));
    seed(ui, page, &heading);
}

/// The curve over all phases and what it amounts to.
pub fn overview_ui(ui: &mut Ui, page: &mut Page<'_>, selected: Option<usize>) {
    let lang = page.lang();
    let topology = page.topology();
    parts::title(ui, lang.t(ARRIVALS), 13.0);
    let done = overview::show(ui, lang, topology, selected, HEIGHT);
    if let Some(phase) = done.clicked {
        page.select(Selection::Phase(phase));
    }
    let edit = done.opens_at.map(|at| {
        let set = move |topology: &mut crate::topology::Topology| {
            topology.workload.sale.set("opens_at", ParamValue::Duration(at));
        };
        Edit::new(MOVE_OPENING, set).in_gesture("opening")
    });
    page.edit(edit, done.ends);
    parts::note(ui, overview::workload_in_words(lang, &topology.workload));
}

fn list(ui: &mut Ui, page: &mut Page<'_>) {
    let lang = page.lang();
    let all = &page.topology().workload.phases;
    for (index, phase) in all.iter().enumerate() {
        ui.push_id(index, |ui| {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 0.0;
                let name = lang.f(GO, &[&(index + 1)]);
                let span = number::span(phase.span);
                let width = ui.available_width() - 4.0 * parts::ICON;
                if parts::row_of(ui, width, Icon::Activity, &phase.name, &span, &name, false).clicked() {
                    page.select(Selection::Phase(index));
                }
                phase_actions(ui, page, index, all.len());
            });
        });
    }
    ui.add_space(4.0);
    if parts::button(ui, Icon::Plus, lang.t(ADD)).clicked() {
        let place = all.len();
        let edit = Edit::new(ADD, phases::add);
        page.out.push(Intent::EditAndSelect(edit, Selection::Phase(place)));
    }
}

/// Buttons before a phase. Also on the phase's own page.
pub fn phase_actions(ui: &mut Ui, page: &mut Page<'_>, phase: usize, count: usize) {
    let lang = page.lang();
    let number = phase + 1;
    let moved = |by: isize| {
        let to = phase.saturating_add_signed(by);
        (Edit::new(MOVE_PHASE, move |topology| phases::move_to(topology, phase, to)), Selection::Phase(to))
    };
    let stays = page.model.selection == Selection::Workload;
    let mut act = None;
    for (sign, words, may, why, by) in
        [(Icon::ArrowUp, UP, phase > 0, FIRST, -1), (Icon::ArrowDown, DOWN, number < count, LAST, 1)]
    {
        let name = lang.f(words, &[&number]);
        let button = ui.add_enabled_ui(may, |ui| parts::icon_button(ui, sign, &name, &name)).inner;
        if button.on_disabled_hover_text(lang.t(why)).clicked() {
            act = Some(moved(by));
        }
    }
    let name = lang.f(DUPLICATE, &[&number]);
    if parts::icon_button(ui, Icon::Copy, &name, &name).clicked() {
        let edit = Edit::new(DUPLICATE_PHASE, move |topology| phases::duplicate(topology, phase));
        act = Some((edit, Selection::Phase(number)));
    }
    let name = lang.f(DELETE, &[&number]);
    if parts::icon_button(ui, Icon::Trash2, &name, &name).clicked() {
        let edit = Edit::new(DELETE_PHASE, move |topology| phases::remove(topology, phase));
        act = Some((edit, Selection::Workload));
    }
    if let Some((edit, selection)) = act {
        let selection = if stays { Selection::Workload } else { selection };
        page.out.push(Intent::EditAndSelect(edit, selection));
    }
}

/// The seed is typed as text: it may have more digits than a dragged number keeps.
fn seed(ui: &mut Ui, page: &mut Page<'_>, heading: &Response) {
    let lang = page.lang();
    let now = page.topology().workload.seed;
    let mut typed = page.view.typed_seed.clone().unwrap_or_else(|| now.to_string());
    let mut drawn = None;
    let response = ui
        .horizontal(|ui| {
            let edit = TextEdit::singleline(&mut typed).desired_width(140.0);
            let response = ui.add(edit).labelled_by(heading.id).on_hover_text(lang.t(SEED_TIP));
            if parts::button(ui, Icon::Dices, lang.t(NEW_SEED)).clicked() {
                drawn = Some(RandomState::new().hash_one(now) % 1_000_000);
            }
            response
        })
        .inner;
    let read = typed.trim().parse::<u64>().ok();
    if response.changed() {
        page.view.typed_seed = Some(typed.clone());
        if let Some(seed) = read {
            let edit = Edit::new(CHANGE_SEED, move |topology| topology.workload.seed = seed);
            page.edit(Some(edit.in_gesture("seed")), false);
        }
    }
    if response.lost_focus() {
        page.view.typed_seed = None;
        page.out.push(Intent::EndGesture);
    } else if read.is_none() {
        ui.label(RichText::new(lang.t(SEED_WRONG)).color(tokens(ui.ctx()).bad).size(11.0));
    }
    if let Some(seed) = drawn {
        page.out.edit(Edit::new(CHANGE_SEED, move |topology| topology.workload.seed = seed));
    }
}
