//! Problems of the design, each with a way to its place.

use egui::text::{LayoutJob, TextFormat};
use egui::{Align, Button, FontId, Layout, RichText, ScrollArea, Ui};
use lucide_icons::Icon;

use super::super::document::Document;
use super::super::intent::{Intent, Intents};
use super::super::model::Model;
use super::super::selection::Selection;
use super::super::text::{Lang, Text, text};
use super::super::theme::fonts::icon;
use super::super::theme::{signs, tokens};
use super::super::widgets::problem;
use crate::topology::{Place, Problem, Severity};

const NONE: Text = text("No problems — press F5 to run", "没有问题 — 按 F5 运行");
const ERRORS: Text = text("{} errors", "{} 个错误");
const ERROR: Text = text("1 error", "1 个错误");
const WARNINGS: Text = text("{} warnings", "{} 个警告");
const WARNING: Text = text("1 warning", "1 个警告");
const IN_FILE: Text = text("in the file, {}:{}", "文件中 {}:{}");
const COPY_ALL: Text = text("Copy all problems", "复制所有问题");
const GO: Text = text("{}: {}", "{}：{}");
const GO_TIP: Text = text("Click to go to the place", "点击转到所在处");

/// A problem, and where in the file it was found if it was found there.
#[derive(Debug, Clone, Copy)]
struct Listed<'a> {
    problem: &'a Problem,
    at: Option<(usize, usize)>,
}

/// All problems: errors first; those of the file's text before those of the design.
fn all(doc: &Document) -> Vec<Listed<'_>> {
    let read = doc
        .read_problems()
        .iter()
        .map(|located| Listed { problem: &located.problem, at: Some((located.line, located.column)) });
    let drawn = doc.problems().iter().map(|problem| Listed { problem, at: None });
    let mut all: Vec<Listed<'_>> = read.chain(drawn).collect();
    all.sort_by_key(|listed| std::cmp::Reverse(listed.problem.severity));
    all
}

/// How many errors and warnings there are.
pub fn counts(doc: &Document) -> (usize, usize) {
    let all = all(doc);
    let errors = all.iter().filter(|listed| listed.problem.severity == Severity::Error).count();
    (errors, all.len() - errors)
}

/// The counts in words: "2 errors, 1 warning".
fn counts_in_words(lang: Lang, (errors, warnings): (usize, usize)) -> String {
    let words = |count: usize, one: Text, many: Text| match count {
        0 => None,
        1 => Some(lang.t(one).to_owned()),
        _ => Some(lang.f(many, &[&count])),
    };
    let both = [words(errors, ERROR, ERRORS), words(warnings, WARNING, WARNINGS)];
    both.into_iter().flatten().collect::<Vec<_>>().join(if lang == Lang::En { ", " } else { "，" })
}

/// The label of the tab: with the count, in the colour of the worst, where there are problems.
pub fn tab(ui: &mut Ui, model: &Model, label: &str, is_open: bool) -> bool {
    let (errors, warnings) = counts(&model.doc);
    let tokens = tokens(ui.ctx());
    if errors + warnings == 0 {
        return ui.selectable_label(is_open, label).clicked();
    }
    let worst = if errors > 0 { Severity::Error } else { Severity::Warning };
    let badge = RichText::new((errors + warnings).to_string()).color(tokens.severity(worst));
    let sign = icon(signs::severity(worst)).color(tokens.severity(worst));
    let words = counts_in_words(model.lang(), (errors, warnings));
    let button = Button::selectable(is_open, (label, sign, badge)).gap(4.0);
    ui.add(button).accessible_name(label).on_hover_text(words).clicked()
}

/// Draws it.
pub fn show(ui: &mut Ui, model: &Model, out: &mut Intents) {
    let lang = model.lang();
    let all = all(&model.doc);
    let tokens = tokens(ui.ctx());
    if all.is_empty() {
        ui.horizontal(|ui| {
            ui.label(icon(Icon::CircleCheck).color(tokens.good));
            ui.label(lang.t(NONE));
        });
        return;
    }
    ui.horizontal(|ui| {
        let counts = counts_in_words(lang, counts(&model.doc));
        ui.label(RichText::new(counts).color(tokens.weak));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let button = Button::new((icon(Icon::ClipboardCopy), lang.t(COPY_ALL)));
            if ui.add(button).accessible_name(lang.t(COPY_ALL)).clicked() {
                let lines = all.iter().map(|listed| line(lang, *listed) + "\n");
                out.push(Intent::CopyText(lines.collect()));
            }
        });
    });
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for (index, listed) in all.iter().enumerate() {
            ui.push_id(index, |ui| row(ui, lang, *listed, out));
        }
    });
}

fn row(ui: &mut Ui, lang: Lang, listed: Listed<'_>, out: &mut Intents) {
    let tokens = tokens(ui.ctx());
    let Problem { severity, text, remedy, .. } = listed.problem;
    let place = place(lang, listed);
    let plain =
        |size: f32, color| TextFormat { color, ..TextFormat::simple(FontId::proportional(size), color) };
    let mut job = LayoutJob::default();
    let sign = char::from(signs::severity(*severity)).to_string();
    job.append(&sign, 0.0, plain(14.0, tokens.severity(*severity)));
    // The font has no arrow; the icons have one.
    let shown = place.replace('→', char::from(Icon::ArrowRight).encode_utf8(&mut [0; 4]));
    job.append(&shown, 8.0, plain(13.0, tokens.weak));
    job.append(&problem::capital(&lang.of(text)), 10.0, plain(13.0, tokens.text));
    job.append(&problem::capital(&lang.of(remedy)), 14.0, plain(13.0, tokens.weak));
    if matches!(listed.problem.place, Place::Text { .. }) {
        // It is nowhere in the drawing.
        ui.add(egui::Label::new(job).wrap());
        return;
    }
    let width = ui.available_width();
    let button = Button::selectable(false, job).wrap().min_size(egui::vec2(width, 0.0));
    let response = ui.add(button).accessible_name(lang.f(GO, &[&place, &lang.of(text)]));
    if response.on_hover_text(lang.t(GO_TIP)).clicked() {
        let is_targets = listed.problem.fields.contains(&"targets");
        match &listed.problem.place {
            Place::Design if is_targets => out.select(Selection::Targets),
            place => out.push(Intent::Reveal(place.clone())),
        }
    }
}

fn place(lang: Lang, listed: Listed<'_>) -> String {
    let in_file = listed.at.map(|(line, column)| lang.f(IN_FILE, &[&line, &column]));
    let named = match &listed.problem.place {
        Place::Text { .. } => None,
        place => Some(problem::capital(&lang.of(&place.to_string()))),
    };
    let parts = [named, in_file].into_iter().flatten().collect::<Vec<_>>();
    problem::capital(&parts.join(if lang == Lang::En { ", " } else { "，" }))
}

fn line(lang: Lang, listed: Listed<'_>) -> String {
    let severity = lang.of(&listed.problem.severity.to_string()).into_owned();
    format!("{}: {severity}: {}", place(lang, listed), problem::in_words(lang, listed.problem))
}
