//! The tabs of the inspector, and where one is.

use egui::{Align, Button, Layout, RichText, Ui};
use lucide_icons::Icon;

use super::super::super::selection::Selection;
use super::super::super::text::{Lang, Text, text};
use super::super::super::theme::fonts::icon;
use super::super::super::theme::tokens;
use super::{Page, parts};
use crate::topology::{Place, Problem};

const DESIGN: Text = text("Design", "设计");
const WORKLOAD: Text = text("Workload", "负载");
const TARGETS: Text = text("Targets", "目标");
const FAULTS: Text = text("Faults", "故障");
const RULES: Text = text("Rules", "规则");
const RULES_TIP: Text = text("What is watched, and changed then", "监视什么，届时更改什么");
const INSPECT: Text = text("Inspect {}", "检查{}");
const DESIGN_TIP: Text = text("Title, question, and every stage", "标题、问题与所有阶段");
const WORKLOAD_TIP: Text = text("Who comes when, and what is sold", "谁在何时来，卖什么");
const TARGETS_TIP: Text = text("What must hold for a run to pass", "一次运行通过所须满足的条件");
const FAULTS_TIP: Text = text("What breaks when", "何时发生什么故障");
const PROBLEMS_HERE: Text = text("{}, with problems", "{}，有问题");
const UP: Text = text("Up to {}", "返回{}");
const PREVIOUS: Text = text("Previous", "上一个");
const NEXT: Text = text("Next", "下一个");

/// A part of a design.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Part {
    /// Title, question, stages and links.
    Design,
    /// Sale, audience and phases.
    Workload,
    /// What must hold.
    Targets,
    /// What breaks.
    Faults,
    /// What is watched.
    Rules,
}

impl Part {
    /// Those that have a tab; the way to the rules is on the page of the design, where there is room for it.
    const TABS: [Self; 4] = [Self::Design, Self::Workload, Self::Targets, Self::Faults];

    /// The part that a selection belongs to.
    pub fn of(selection: &Selection) -> Self {
        match selection {
            Selection::Nothing | Selection::Stages(_) | Selection::Link(_) | Selection::Instance { .. } => {
                Self::Design
            }
            Selection::Workload | Selection::Phase(_) => Self::Workload,
            Selection::Targets | Selection::Target(_) => Self::Targets,
            Selection::Faults | Selection::Fault(_) => Self::Faults,
            Selection::Rules | Selection::Rule(_) => Self::Rules,
        }
    }

    /// What is selected where the part as a whole is shown.
    pub fn whole(self) -> Selection {
        match self {
            Self::Design => Selection::Nothing,
            Self::Workload => Selection::Workload,
            Self::Targets => Selection::Targets,
            Self::Faults => Selection::Faults,
            Self::Rules => Selection::Rules,
        }
    }

    fn words(self) -> (Text, Text) {
        match self {
            Self::Design => (DESIGN, DESIGN_TIP),
            Self::Workload => (WORKLOAD, WORKLOAD_TIP),
            Self::Targets => (TARGETS, TARGETS_TIP),
            Self::Faults => (FAULTS, FAULTS_TIP),
            Self::Rules => (RULES, RULES_TIP),
        }
    }

    fn has(self, problem: &Problem) -> bool {
        match problem.place {
            Place::Design if problem.fields.contains(&"targets") => self == Self::Targets,
            Place::Design | Place::Stage(_) | Place::Link { .. } => self == Self::Design,
            Place::Workload(_) => self == Self::Workload,
            Place::Fault(_) => self == Self::Faults,
            Place::Rule(_) => matches!(self, Self::Rules | Self::Design),
            Place::Target(_) => self == Self::Targets,
            Place::Text { .. } => false,
        }
    }
}

/// Draws the tabs and the way to what is selected.
pub fn show(ui: &mut Ui, page: &mut Page<'_>) {
    let selection = &page.model.selection;
    let here = Part::of(selection);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        for part in Part::TABS {
            if tab(ui, page, part, part == here) {
                page.select(part.whole());
            }
        }
    });
    ui.separator();
    if *selection != here.whole() {
        crumbs(ui, page, here);
    }
}

fn tab(ui: &mut Ui, page: &Page<'_>, part: Part, is_here: bool) -> bool {
    let lang = page.lang();
    let tokens = tokens(ui.ctx());
    let (label, tip) = part.words();
    let label = lang.t(label);
    let worst = page.model.doc.problems().iter().filter(|problem| part.has(problem));
    let worst = worst.map(|problem| problem.severity).max();
    let words = RichText::new(label).size(13.0);
    let mut atoms = egui::Atoms::new(words.color(if is_here { tokens.text } else { tokens.weak }));
    if let Some(severity) = worst {
        atoms.push_right(icon(Icon::CircleAlert).size(10.0).color(tokens.severity(severity)));
    }
    let button = Button::selectable(is_here, atoms).gap(3.0);
    let name = lang.f(INSPECT, &[&lowercase(lang, label)]);
    let name = if worst.is_some() { lang.f(PROBLEMS_HERE, &[&name]) } else { name };
    ui.add(button).accessible_name(name).on_hover_text(lang.t(tip)).clicked()
}

fn lowercase(lang: Lang, label: &str) -> String {
    match lang {
        Lang::En => label.to_lowercase(),
        Lang::Zh => label.to_owned(),
    }
}

/// The way back, what it is, and its neighbours.
fn crumbs(ui: &mut Ui, page: &mut Page<'_>, here: Part) {
    let lang = page.lang();
    let weak = tokens(ui.ctx()).weak;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let parent = lang.t(here.words().0);
        let back = Button::new((icon(Icon::ChevronLeft).color(weak), RichText::new(parent).color(weak)));
        let name = lang.f(UP, &[&lowercase(lang, parent)]);
        if ui.add(back.frame(false).gap(2.0)).accessible_name(name).clicked() {
            page.select(here.whole());
        }
        let Some((index, count, at)) = place(page) else { return };
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let next = ui.add_enabled_ui(index + 1 < count, |ui| {
                parts::icon_button(ui, Icon::ChevronRight, lang.t(NEXT), lang.t(NEXT))
            });
            if next.inner.clicked() {
                page.select(at(index + 1));
            }
            ui.label(RichText::new(format!("{} / {count}", index + 1)).color(weak).size(11.0));
            let previous = ui.add_enabled_ui(index > 0, |ui| {
                parts::icon_button(ui, Icon::ChevronLeft, lang.t(PREVIOUS), lang.t(PREVIOUS))
            });
            if previous.inner.clicked() {
                page.select(at(index - 1));
            }
        });
    });
}

/// How the part at a place among its like is selected.
type At = fn(usize) -> Selection;

/// The place of what is selected among its like, how many there are, and how the others are selected.
fn place(page: &Page<'_>) -> Option<(usize, usize, At)> {
    let topology = page.topology();
    match &page.model.selection {
        Selection::Stages(stages) if stages.len() == 1 => {
            Some((*stages.first()?, topology.stages.len(), Selection::stage))
        }
        Selection::Link(link) => Some((*link, topology.links.len(), Selection::Link)),
        Selection::Phase(phase) => Some((*phase, topology.workload.phases.len(), Selection::Phase)),
        Selection::Fault(fault) => Some((*fault, topology.faults.len(), Selection::Fault)),
        Selection::Rule(rule) => Some((*rule, topology.rules.len(), Selection::Rule)),
        Selection::Target(target) => Some((*target, topology.targets.len(), Selection::Target)),
        _ => None,
    }
}
