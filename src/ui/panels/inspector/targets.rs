//! The targets, each unfolding in place.

use egui::{ComboBox, RichText, Ui};
use lucide_icons::Icon;

use super::super::super::document::Edit;
use super::super::super::intent::Intent;
use super::super::super::selection::Selection;
use super::super::super::text::{Lang, Text, params, text};
use super::super::super::theme::tokens;
use super::owner::Owner;
use super::{Page, fields, parts};
use crate::param::ParamValue;
use crate::topology::{Place, Target};

const ABOUT: Text = text("All of them must hold for a run to pass", "全部成立，运行才算通过");
const NONE: Text = text("There are none yet: add what must hold", "还没有目标：请添加须满足的条件");
const ADD: Text = text("Add target", "添加目标");
const GO: Text = text("Target {}: {}", "目标 {}：{}");
const KIND: Text = text("What must hold", "须满足的条件");
const DELETE: Text = text("Delete target", "删除目标");
const CHANGE: Text = text("Change a target", "更改目标");
const TIMES: Text = text("{} of {} at most {}", "{} {}至多 {}");
const AT_MOST: Text = text("{} at most {}", "{}至多 {}");
const AT_LEAST: Text = text("{} at least {}", "{}至少 {}");

/// Draws them; `open` is the one that is unfolded.
pub fn show(ui: &mut Ui, page: &mut Page<'_>, open: Option<usize>) {
    let lang = page.lang();
    let targets = &page.topology().targets;
    parts::note(ui, lang.t(if targets.is_empty() { NONE } else { ABOUT }));
    if targets.is_empty() {
        parts::problems(ui, page, &[Place::Design], &|key| key != "targets");
    }
    for (index, target) in targets.iter().enumerate() {
        ui.push_id(index, |ui| {
            let words = in_words(lang, target);
            let is_open = open == Some(index);
            let sign = if is_open { Icon::ChevronDown } else { Icon::ChevronRight };
            let name = lang.f(GO, &[&(index + 1), &words]);
            if parts::row(ui, sign, &words, "", &name, is_open).clicked() {
                page.select(if is_open { Selection::Targets } else { Selection::Target(index) });
            }
            if is_open {
                ui.indent("open", |ui| one(ui, page, index, target));
            }
        });
    }
    ui.add_space(4.0);
    if parts::button(ui, Icon::Plus, lang.t(ADD)).clicked() {
        let missing = Target::WORDS.iter().find(|word| !targets.iter().any(|target| target.word() == **word));
        let word = missing.or(Target::WORDS.first()).copied().unwrap_or_default();
        let place = targets.len();
        let edit = Edit::new(ADD, move |topology| topology.targets.extend(Target::from_word(word)));
        page.out.push(Intent::EditAndSelect(edit, Selection::Target(place)));
    }
}

fn one(ui: &mut Ui, page: &mut Page<'_>, index: usize, target: &Target) {
    let lang = page.lang();
    let owner = Owner::Target(index);
    parts::note(ui, params::target_help(lang, target.word()));
    let weak = tokens(ui.ctx()).weak;
    let label = ui.label(RichText::new(lang.t(KIND)).color(weak));
    let combo = ComboBox::from_id_salt("kind").selected_text(params::target(lang, target.word()));
    let combo = combo.width(ui.available_width() - 8.0).show_ui(ui, |ui| {
        for word in Target::WORDS.iter().copied() {
            let row = ui.selectable_label(word == target.word(), params::target(lang, word));
            if row.on_hover_text(params::target_help(lang, word)).clicked() && word != target.word() {
                let edit = Edit::new(CHANGE, move |topology| {
                    if let (Some(target), Some(new)) =
                        (topology.targets.get_mut(index), Target::from_word(word))
                    {
                        *target = new;
                    }
                });
                page.out.edit(edit);
            }
        }
    });
    let _named = combo.response.labelled_by(label.id);
    let is_field = |key: &str| target.params().specs().iter().any(|spec| spec.key == key);
    parts::problems(ui, page, &owner.places(page.topology()), &is_field);
    fields::show(ui, page, &owner);
    ui.add_space(4.0);
    if parts::button(ui, Icon::Trash2, lang.t(DELETE)).clicked() {
        let edit = Edit::new(DELETE, move |topology| {
            if index < topology.targets.len() {
                topology.targets.remove(index);
            }
        });
        page.out.push(Intent::EditAndSelect(edit, Selection::Targets));
    }
}

/// A target in a few words: "p99 of claims at most 50 ms".
fn in_words(lang: Lang, target: &Target) -> String {
    let params = target.params();
    let value = |key: &str| {
        let spec = params.specs().iter().find(|spec| spec.key == key)?;
        Some(params::value(lang, spec, &params.get(key)?))
    };
    if let (Some(of), Some(quantile), Some(most), Some(ParamValue::Choice(_))) =
        (value("of"), value("quantile"), value("at_most"), params.get("of"))
    {
        return lang.f(TIMES, &[&quantile, &of.to_lowercase(), &most]);
    }
    let name = params::target(lang, target.word());
    match (value("at_most"), value("at_least")) {
        (Some(most), _) => lang.f(AT_MOST, &[&name, &most]),
        (_, Some(least)) => lang.f(AT_LEAST, &[&name, &least]),
        _ => name.to_owned(),
    }
}
