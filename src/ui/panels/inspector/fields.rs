//! All parameters of an owner as fields.

use std::borrow::Cow;

use egui::Ui;

use super::super::super::document::Edit;
use super::super::super::text::{Text, params, text};
use super::super::super::widgets::param_field::{self, Done, Effect, Field};
use super::super::super::widgets::problem;
use super::owner::Owner;
use super::{Page, live};
use crate::param::{ParamKind, ParamSpec, ParamValue, Params};
use crate::topology::{Place, Topology};

/// What a change of a parameter is called.
const CHANGE: Text = text("Change a parameter", "更改参数");

/// Draws them in the order of their table.
pub fn show(ui: &mut Ui, page: &mut Page<'_>, owner: &Owner) {
    let topology = page.topology();
    let all = owner.each(topology);
    let Some(first) = all.first() else { return };
    for spec in first.specs().iter().filter(|spec| !owner.is_idle(topology, spec.key)) {
        let field = field_of(page, owner, spec, &all);
        let done = param_field::show(ui, page.lang(), &field);
        let (owner, key) = (owner.clone(), spec.key);
        apply(page, done, &format!("{owner:?} {key}"), move |topology, value| {
            owner.set(topology, key, &value);
        });
    }
}

fn field_of<'a>(page: &Page<'a>, owner: &Owner, spec: &'a ParamSpec, all: &[&dyn Params]) -> Field<'a> {
    let lang = page.lang();
    let topology = page.topology();
    let mut values = all.iter().map(|params| params.get(spec.key));
    let value = values.next().flatten().filter(|first| values.all(|other| other.as_ref() == Some(first)));
    let (problems, is_marked) = problems_of(page, &owner.places(topology), spec.key);
    Field {
        spec,
        label: params::key(lang, spec.key),
        help: lang.of(spec.help),
        usual: owner.usual(topology, spec.key),
        offers: owner.offers(topology, spec.key),
        unfit: owner.unfit(topology, spec.key),
        effect: effect(page, owner, spec, all),
        value,
        problems,
        is_marked,
    }
}

/// What is wrong with a field, and whether something else is that has to do with it.
fn problems_of(page: &Page<'_>, places: &[Place], key: &str) -> (Vec<String>, bool) {
    let lang = page.lang();
    let here = || page.model.doc.problems().iter().filter(|problem| places.contains(&problem.place));
    let own = here().filter(|problem| problem.fields.first() == Some(&key));
    (
        own.map(|problem| problem::in_words(lang, problem)).collect(),
        here().any(|problem| problem.fields.contains(&key)),
    )
}

fn effect(page: &Page<'_>, owner: &Owner, spec: &ParamSpec, all: &[&dyn Params]) -> Option<Effect> {
    let run = page.model.runs.active()?;
    if let Owner::Stages(stages) = owner {
        let mut stages = stages.iter();
        if stages.all(|&stage| live::follows(page.topology(), run, stage, spec.key)) {
            return Some(Effect::Live);
        }
    }
    let running = owner.each_running(run, page.topology());
    let is_same = |(params, running): (&&dyn Params, Option<&dyn Params>)| {
        running.is_some_and(|running| running.get(spec.key) == params.get(spec.key))
    };
    Some(Effect::NextRun { differs: !all.iter().zip(running).all(is_same) })
}

/// Asks for what was done to a field.
pub fn apply(
    page: &mut Page<'_>,
    done: Done,
    gesture: &str,
    set: impl FnOnce(&mut Topology, ParamValue) + 'static,
) {
    let edit = done.value.map(|value| {
        let edit = Edit::new(CHANGE, move |topology| set(topology, value));
        if done.in_gesture { edit.in_gesture(gesture) } else { edit }
    });
    page.edit(edit, done.ends);
}

/// Something of a design that is no parameter of a table, but is edited as one.
#[derive(Debug, Clone, Copy)]
pub struct Besides {
    /// Its name in files, and in problems.
    pub key: &'static str,
    /// Its name.
    pub label: Text,
    /// What it means.
    pub help: Text,
    /// What values it takes.
    pub kind: ParamKind,
    /// Least and greatest number.
    pub range: Option<(f64, f64)>,
    /// Whether it may be off.
    pub optional: bool,
}

impl Besides {
    /// Draws it as a field. Answers what was done to it.
    pub fn show(self, ui: &mut Ui, page: &Page<'_>, value: ParamValue, place: &Place, differs: bool) -> Done {
        let lang = page.lang();
        let Self { key, kind, range, optional, .. } = self;
        let spec = ParamSpec { key, help: "", unit: "", kind, optional, range };
        let (problems, is_marked) = problems_of(page, std::slice::from_ref(place), key);
        let field = Field {
            spec: &spec,
            label: lang.t(self.label),
            help: Cow::Borrowed(lang.t(self.help)),
            value: Some(value),
            usual: None,
            offers: None,
            unfit: Vec::new(),
            problems,
            is_marked,
            effect: page.model.runs.active().map(|_| Effect::NextRun { differs }),
        };
        param_field::show(ui, lang, &field)
    }
}
