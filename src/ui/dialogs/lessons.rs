//! The lessons: what each is about, which were taken, and a way into each, in any order.

use egui::{Button, Context, CornerRadius, Frame, Layout, RichText, ScrollArea, Stroke, Ui, vec2};
use lucide_icons::Icon;

use super::super::command::UiCommand;
use super::super::intent::{Intent, Intents};
use super::super::lessons::{LessonAct, words};
use super::super::model::Model;
use super::super::text::common::CLOSE;
use super::super::text::{Text, text};
use super::super::theme::fonts::icon;
use super::super::theme::tokens;
use super::frame;
use crate::files::lessons::LESSONS;
use crate::lesson::Lesson;
use crate::lesson::words::in_a_line;

const HOW: Text = text(
    "Read, predict a number, run, compare, explain. In any order; no network is needed",
    "阅读、预测一个数字、运行、比较、解释。顺序任意；无需网络",
);
const DONE: Text = text("{} of {} taken", "已完成 {} / {}");
const TAKE: Text = text("Take", "学习");
const AGAIN: Text = text("Take again", "再次学习");
const TAKE_NAME: Text = text("{}: {}", "{}：{}");
const RESET: Text = text("Reset", "重置");
const RESET_TIP: Text = text("It counts as not taken, and begins anew", "视为未学习，从头开始");
const RESET_ALL: Text = text("Reset all", "全部重置");
const OWN: Text = text("Open a lesson file…", "打开课程文件…");
const OWN_TIP: Text = text(
    "A lesson that you or somebody else wrote; it can also be dropped on the window",
    "您或别人编写的课程；也可以拖入窗口",
);

/// Room for the buttons of a lesson, in points.
const BUTTONS: f32 = 170.0;

/// Draws it. Answers whether it should close.
pub fn show(ctx: &Context, model: &Model, out: &mut Intents) -> bool {
    let lang = model.lang();
    let mut closes = false;
    let outside = frame::show(ctx, "lessons", 810.0, |ui| {
        frame::heading(ui, Icon::GraduationCap, lang.t(words::LESSONS));
        let done = LESSONS.iter().filter(|one| model.settings.lessons_done.contains(one.file)).count();
        ui.horizontal(|ui| {
            ui.label(RichText::new(lang.t(HOW)).color(tokens(ctx).weak));
            ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                ui.label(RichText::new(lang.f(DONE, &[&done, &LESSONS.len()])).strong());
            });
        });
        ui.add_space(6.0);
        let height = (ui.content_rect().height() - 220.0).max(160.0);
        ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
            ui.set_max_width(ui.available_width() - 10.0);
            for (place, shipped) in LESSONS.iter().enumerate() {
                if let Some(lesson) = shipped.lesson() {
                    row(ui, model, place, shipped.file, lesson, out);
                }
            }
        });
        frame::buttons(ui, |ui| {
            closes = ui.button(lang.t(CLOSE)).clicked();
            let own = Button::new((icon(Icon::FolderOpen), lang.t(OWN)));
            if ui.add(own).accessible_name(lang.t(OWN)).on_hover_text(lang.t(OWN_TIP)).clicked() {
                closes = true;
                out.command(UiCommand::Open);
            }
            ui.add_space(12.0);
            let is_started = done > 0 || model.lessons.is_any_begun();
            if ui.add_enabled(is_started, Button::new(lang.t(RESET_ALL))).clicked() {
                out.push(Intent::Lesson(LessonAct::ResetAll));
            }
        });
    });
    closes || outside
}

fn row(ui: &mut Ui, model: &Model, place: usize, file: &str, lesson: &Lesson, out: &mut Intents) {
    let (lang, tokens) = (model.lang(), tokens(ui));
    let is_done = model.settings.lessons_done.contains(file);
    let is_open = model.lessons.open.as_ref().is_some_and(|open| open.key == file);
    let edge = if is_open { Stroke::new(1.5, tokens.accent) } else { Stroke::new(1.0, tokens.line) };
    let frame = Frame::new().fill(tokens.card).stroke(edge).corner_radius(CornerRadius::same(8));
    frame.inner_margin(egui::Margin::symmetric(10, 6)).show(ui, |ui| {
        ui.horizontal(|ui| {
            let (sign, colour) =
                if is_done { (Icon::CircleCheckBig, tokens.good) } else { (Icon::Circle, tokens.edge) };
            let title = lesson.title.of(lang);
            let width = (ui.available_width() - BUTTONS).max(120.0);
            ui.allocate_ui_with_layout(vec2(width, 40.0), Layout::top_down(egui::Align::Min), |ui| {
                ui.spacing_mut().item_spacing.y = 2.0;
                ui.horizontal(|ui| {
                    ui.label(icon(sign).size(17.0).color(colour));
                    let words = format!("{}  {title}", lesson.number);
                    ui.label(RichText::new(words).size(15.5).strong().color(tokens.text));
                });
                let about = RichText::new(in_a_line(lesson.about.of(lang))).color(tokens.weak);
                ui.indent(place, |ui| ui.add(egui::Label::new(about).truncate()));
            });
            ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
                let label = lang.t(if is_done { AGAIN } else { TAKE });
                let words = RichText::new(label).color(tokens.on_accent);
                let button = Button::new(words).fill(tokens.accent).min_size(vec2(76.0, 28.0));
                let name = lang.f(TAKE_NAME, &[&label, &title]);
                if ui.add(button).accessible_name(name).clicked() {
                    out.push(Intent::Lesson(LessonAct::Open(place)));
                }
                if is_done || model.lessons.is_begun(file) {
                    let button = Button::new(RichText::new(lang.t(RESET)).color(tokens.weak)).frame(false);
                    let name = lang.f(TAKE_NAME, &[&lang.t(RESET), &title]);
                    if ui.add(button).accessible_name(name).on_hover_text(lang.t(RESET_TIP)).clicked() {
                        out.push(Intent::Lesson(LessonAct::Reset(file.to_owned())));
                    }
                }
            });
        });
    });
    ui.add_space(2.0);
}
