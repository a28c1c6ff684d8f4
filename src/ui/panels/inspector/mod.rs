//! The inspector: every parameter of what is selected, and the way to all other parts of a design.
//!
//! - `head`: the tabs, and where one is.
//! - `owner`: what has parameters, and how they are read and set; `fields`: all parameters of an owner.
//! - `design`, `stages`, `link`, `process`, `workload`, `phase`, `targets`, `faults`, `rules`: one page each; `variants`: a part of the first.
//! - [`live`]: parameters that follow the design while a run goes on.
//! - `parts`: headings, small buttons, problems.

mod design;
mod faults;
mod fields;
mod head;
mod link;
pub mod live;
mod owner;
mod parts;
mod phase;
mod process;
mod rules;
mod stages;
mod targets;
mod variants;
mod workload;

use egui::{ScrollArea, Ui};

use super::super::document::Edit;
use super::super::intent::{Intent, Intents};
use super::super::model::Model;
use super::super::selection::Selection;
use super::super::text::Lang;
use crate::topology::Topology;

/// How it is looked at.
#[derive(Debug, Default)]
pub struct InspectorView {
    /// The name of a stage while it is being typed: the stage's place, and what was typed. It need not be a name that
    /// the stage can have.
    typed_name: Option<(usize, String)>,
    /// The seed while it is being typed.
    typed_seed: Option<String>,
    /// Whether something has the keyboard to which Delete and the arrow keys belong.
    pub holds_keys: bool,
    /// What runs, as far as it follows the design.
    pub live: live::Live,
}

/// What the pages draw from and ask to.
struct Page<'a> {
    model: &'a Model,
    view: &'a mut InspectorView,
    out: &'a mut Intents,
}

impl<'a> Page<'a> {
    fn lang(&self) -> Lang {
        self.model.lang()
    }

    fn topology(&self) -> &'a Topology {
        self.model.doc.topology()
    }

    fn select(&mut self, selection: Selection) {
        self.out.select(selection);
    }

    /// A change that may be part of a gesture, which may end with it.
    fn edit(&mut self, edit: Option<Edit>, ends: bool) {
        if let Some(edit) = edit {
            self.out.edit(edit);
        }
        if ends {
            self.out.push(Intent::EndGesture);
        }
    }
}

/// Draws it.
pub fn show(ui: &mut Ui, model: &Model, view: &mut InspectorView, out: &mut Intents) {
    view.holds_keys = false;
    let mut page = Page { model, view, out };
    head::show(ui, &mut page);
    // Each page scrolls by itself, and begins at its top.
    let id = head::Part::of(&model.selection);
    ScrollArea::vertical().id_salt(("page", id, detail(&model.selection))).auto_shrink([false, false]).show(
        ui,
        |ui| {
            // The bar floats over the content; room for it is kept.
            ui.set_width(ui.available_width() - 4.0);
            ui.spacing_mut().item_spacing.y = 4.0;
            ui.push_id(detail(&model.selection), |ui| body(ui, &mut page));
            ui.add_space(16.0);
        },
    );
}

fn body(ui: &mut Ui, page: &mut Page<'_>) {
    match &page.model.selection {
        Selection::Nothing => design::show(ui, page),
        Selection::Stages(stages) => stages::show(ui, page, stages),
        Selection::Link(link) => link::show(ui, page, *link),
        Selection::Instance { stage, name } => process::show(ui, page, *stage, name),
        Selection::Workload => workload::show(ui, page),
        Selection::Phase(phase) => phase::show(ui, page, *phase),
        Selection::Faults => faults::show(ui, page, None),
        Selection::Fault(fault) => faults::show(ui, page, Some(*fault)),
        Selection::Rules => rules::show(ui, page, None),
        Selection::Rule(rule) => rules::show(ui, page, Some(*rule)),
        Selection::Targets => targets::show(ui, page, None),
        Selection::Target(target) => targets::show(ui, page, Some(*target)),
    }
}

/// What tells the pages of one part from each other. Lists unfold in place: they are one page.
fn detail(selection: &Selection) -> String {
    match selection {
        Selection::Fault(_) | Selection::Faults => "faults".into(),
        Selection::Rule(_) | Selection::Rules => "rules".into(),
        Selection::Target(_) | Selection::Targets => "targets".into(),
        other => format!("{other:?}"),
    }
}
