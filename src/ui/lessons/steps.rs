//! What each kind of step shows.

use egui::{Button, Key, RichText, TextEdit, Ui, vec2};
use lucide_icons::Icon;

use super::super::command::UiCommand;
use super::super::intent::{Intent, Intents};
use super::super::model::Model;
use super::super::panels::results::verdict;
use super::super::run::{Ending, Run};
use super::super::text::{Lang, Text, text};
use super::super::theme::fonts::icon;
use super::super::theme::{room, tokens};
use super::super::widgets::command_button::primary_button;
use super::super::widgets::number;
use super::panel::{LessonView, Scale, card};
use super::{LessonAct, Open, bars, words};
use crate::lesson::words::paragraphs;
use crate::lesson::{Predict, Step};
use crate::report::sentence::sentence;

const YOURS: Text = text("Your prediction", "您的预测");
const CHOOSE: Text = text("Choose one, or type a number", "选一个，或输入数字");
const NO_NUMBER: Text = text("a number from 0 is wanted", "请输入不小于 0 的数字");
const RUN_IT: Text = text("Run it", "运行这个设计");
const AGAIN: Text = text("Run it again", "再次运行");
const NOT_YET: Text = text("Nothing was measured yet: go back and run it", "还没有测量结果：请返回并运行");
const FAILED: Text = text("The run ended without a report: {}", "运行结束但没有报告：{}");

/// The sign of a kind of step.
pub fn sign(step: &Step) -> Icon {
    match step {
        Step::Read(_) => Icon::BookOpen,
        Step::Predict(_) => Icon::CircleHelp,
        Step::Run(_) => Icon::Play,
        Step::Compare(_) => Icon::Scale,
        Step::Explain(_) => Icon::Lightbulb,
    }
}

/// Whether the open step leaves nothing to do but to go on.
pub fn is_done(open: &Open) -> bool {
    let at = open.taken.at();
    match open.step() {
        Some(Step::Predict(_)) => open.taken.prediction(at).is_some(),
        Some(Step::Run(_)) => open.taken.has_run(at),
        _ => true,
    }
}

/// Draws the open step.
pub fn show(ui: &mut Ui, model: &Model, open: &Open, view: &mut LessonView, scale: Scale, out: &mut Intents) {
    let lang = model.lang();
    let at = open.taken.at();
    view.reached = view.reached.filter(|reached| *reached == at);
    ui.add_space(room::ROW);
    if let Some(text) = open.taken.text(&open.lesson, lang) {
        body(ui, &text, scale);
    }
    match open.step() {
        Some(Step::Predict(predict)) => entry(ui, lang, open, predict, view, out),
        Some(Step::Run(_)) => run(ui, model, open, scale, out),
        Some(Step::Compare(figures)) => {
            if open.lesson.run_before(open.taken.at()).is_some_and(|run| open.taken.has_run(run)) {
                bars::show(ui, lang, open, figures, scale);
            } else {
                ui.label(RichText::new(lang.t(NOT_YET)).size(scale.body()).color(tokens(ui).warn));
            }
        }
        _ => {}
    }
}

/// A text, paragraph by paragraph.
fn body(ui: &mut Ui, text: &str, scale: Scale) {
    let colour = tokens(ui).text;
    for paragraph in paragraphs(text) {
        let words = RichText::new(paragraph).size(scale.body()).line_height(Some(scale.body() * 1.4));
        ui.add(egui::Label::new(words.color(colour)).wrap());
        ui.add_space(room::ROW);
    }
}

/// Where a figure is predicted: by a choice, or by a number.
fn entry(ui: &mut Ui, lang: Lang, open: &Open, predict: &Predict, view: &mut LessonView, out: &mut Intents) {
    let at = open.taken.at();
    let unit = predict.figure.unit();
    let given = open.taken.prediction(at).map(|figure| predict.entry.of_figure(figure, unit));
    let set = |number: Option<f64>| {
        let figure = number.map(|number| predict.entry.to_figure(number, unit));
        Intent::Lesson(LessonAct::Predict { step: at, figure })
    };
    card(ui, |ui| {
        ui.label(RichText::new(words::figure(lang, predict.figure)).strong());
        if !predict.choices.is_empty() {
            ui.label(RichText::new(lang.t(CHOOSE)).color(tokens(ui).weak));
            ui.horizontal_wrapped(|ui| {
                for &choice in &predict.choices {
                    let is_it = given.is_some_and(|given| (given - choice).abs() < 1e-9);
                    let label = with_sign(&number::number(choice), predict.entry.sign());
                    let button = Button::selectable(is_it, RichText::new(&label).size(16.0));
                    let button = button.frame_when_inactive(true).min_size(vec2(58.0, 32.0));
                    if ui.add(button).accessible_name(&label).clicked() {
                        view.typed = None;
                        out.push(set(Some(choice)));
                    }
                }
            });
        }
        ui.horizontal(|ui| {
            let shown = given.map(number::number).unwrap_or_default();
            let typed = view.typed.as_ref().filter(|(of, _)| *of == at);
            let mut text = typed.map_or(shown, |(_, text)| text.clone());
            let is_wrong = !text.trim().is_empty() && read(&text).is_none();
            let colour = if is_wrong { tokens(ui).bad } else { tokens(ui).text };
            let field = TextEdit::singleline(&mut text)
                .font(egui::FontId::proportional(20.0))
                .desired_width(120.0)
                .text_color(colour);
            let response = ui.add(field).accessible_name(lang.t(YOURS));
            ui.label(RichText::new(predict.entry.sign()).size(18.0))
                .on_hover_text(lang.t(words::unit(predict.entry)));
            // Who comes here can type at once; where there are choices, nobody has to.
            if view.reached.replace(at) != Some(at) && predict.choices.is_empty() {
                response.request_focus();
            }
            if response.changed() {
                out.push(set(read(&text)));
                view.typed = Some((at, text.clone()));
            }
            if is_wrong {
                ui.label(RichText::new(lang.t(NO_NUMBER)).color(tokens(ui).bad));
            }
            let is_entered = response.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
            if is_entered && read(&text).is_some() {
                out.command(UiCommand::LessonNext);
            }
        });
    });
}

/// A number from 0 as people write it, also with its sign behind it.
fn read(text: &str) -> Option<f64> {
    let plain: String =
        text.chars().filter(|c| !matches!(c, ',' | '_' | ' ' | '\u{a0}' | '%' | '，')).collect();
    let plain = plain.trim_end_matches(|c: char| c.is_alphabetic());
    plain.parse().ok().filter(|number: &f64| number.is_finite() && *number >= 0.0)
}

fn with_sign(number: &str, sign: &str) -> String {
    format!("{number} {sign}").trim().to_owned()
}

/// The button that runs the design, how it goes, and how it ended.
fn run(ui: &mut Ui, model: &Model, open: &Open, scale: Scale, out: &mut Intents) {
    let (lang, at) = (model.lang(), open.taken.at());
    ui.add_space(room::ROW);
    let current = model.runs.current.as_ref();
    let own = current.filter(|run| open.running == Some((at, run.id)));
    if model.is_busy() {
        primary_button(ui, model, UiCommand::Stop, out);
        if let Some(run) = own.filter(|run| run.is_active()) {
            under_way(ui, lang, run, scale);
        }
        return;
    }
    let has_run = open.taken.has_run(at);
    let label = lang.t(if has_run { AGAIN } else { RUN_IT });
    let tokens = tokens(ui);
    let words = [icon(Icon::Play), RichText::new(label).size(16.0).strong()];
    let [sign, words] = if has_run { words } else { words.map(|text| text.color(tokens.on_accent)) };
    let mut button = Button::new((sign, words)).min_size(vec2(120.0, 34.0));
    if !has_run {
        button = button.fill(tokens.accent);
    }
    if ui.add(button).accessible_name(label).clicked() {
        out.push(Intent::Lesson(LessonAct::Run));
    }
    match own.and_then(|run| run.ending.as_ref()) {
        Some(Ending::Report(report)) => {
            ui.add_space(room::ROW);
            ui.horizontal(|ui| verdict::chip(ui, lang, report.verdict));
            ui.label(RichText::new(sentence(lang, report)).size(scale.body()));
            for reason in &report.reasons {
                ui.label(RichText::new(&*lang.of(reason)).color(tokens.weak));
            }
        }
        Some(Ending::Failure(failure)) => {
            ui.label(RichText::new(lang.f(FAILED, &[&lang.of(&failure.text)])).color(tokens.bad));
        }
        None => {}
    }
}

fn under_way(ui: &mut Ui, lang: Lang, run: &Run, scale: Scale) {
    let share = (run.series.end_secs() / run.duration.as_secs_f64().max(0.1)).clamp(0.0, 1.0);
    ui.label(RichText::new(&*lang.of(run.phase.label())).size(scale.body()));
    #[allow(clippy::cast_possible_truncation, reason = "a share")]
    ui.add(egui::ProgressBar::new(share as f32).desired_height(8.0));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn predictions_are_read_as_people_write_them() {
        for (text, number) in [
            ("1,200", Some(1_200.0)),
            ("95 %", Some(95.0)),
            ("1.5s", Some(1.5)),
            ("0", Some(0.0)),
            ("-3", None),
            ("many", None),
            ("", None),
            ("1e999", None),
        ] {
            assert_eq!(read(text), number, "{text}");
        }
    }
}
