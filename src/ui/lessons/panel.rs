//! The open lesson beside the canvas: its title, its steps, the step that is open, and the way on.

use egui::{Button, Frame, Layout, Rect, RichText, ScrollArea, Sense, Ui, pos2, vec2};
use lucide_icons::Icon;

use super::super::command::UiCommand;
use super::super::intent::{Intent, Intents};
use super::super::model::Model;
use super::super::text::{Text, text};
use super::super::theme::fonts::icon;
use super::super::theme::{room, size, tokens};
use super::super::widgets::command_button::icon_button;
use super::{LessonAct, Open, place_of, steps, words};
use crate::files::lessons::LESSONS;

const OWN: Text = text("A lesson of your own", "自备课程");
const TAKE: Text = text("Change this design", "修改此设计");
const TAKE_TIP: Text = text(
    "The design becomes your own: it can be changed, run and saved, and the lesson goes on with its own one",
    "设计归您所有：可以修改、运行和保存；课程继续使用它自己的设计",
);

/// How the panel is looked at.
#[derive(Debug, Default)]
pub struct LessonView {
    /// The prediction that is being typed, and the place of its step.
    pub typed: Option<(usize, String)>,
    /// The place of the question whose field was offered already.
    pub reached: Option<usize>,
}

/// How large it is drawn: beside everything else, or on a projector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Beside the canvas.
    Panel,
    /// For people far away.
    Projector,
}

impl Scale {
    /// The size of what is read, in points.
    pub fn body(self) -> f32 {
        match self {
            Self::Panel => 14.5,
            Self::Projector => 15.0,
        }
    }
}

/// Draws it.
pub fn show(ui: &mut Ui, model: &Model, view: &mut LessonView, scale: Scale, out: &mut Intents) {
    let Some(open) = &model.lessons.open else { return };
    head(ui, model, open, scale, out);
    progress(ui, model, open);
    ui.add_space(room::ROW);
    // What leads on stands at the bottom, wherever the text ends.
    let foot = 40.0;
    let height = (ui.available_height() - foot).max(60.0);
    ScrollArea::vertical()
        .id_salt(("step", open.taken.at()))
        .max_height(height)
        .min_scrolled_height(height)
        .auto_shrink(false)
        .show(ui, |ui| {
            ui.set_max_width(ui.available_width() - 10.0);
            steps::show(ui, model, open, view, scale, out);
        });
    ui.separator();
    way_on(ui, model, open, out);
}

fn head(ui: &mut Ui, model: &Model, open: &Open, scale: Scale, out: &mut Intents) {
    let (lang, weak) = (model.lang(), tokens(ui).weak);
    ui.horizontal(|ui| {
        let which = match place_of(&open.key) {
            Some(_) => lang.f(words::LESSON, &[&open.lesson.number]),
            None => lang.t(OWN).to_owned(),
        };
        ui.label(icon(Icon::GraduationCap).color(tokens(ui).accent));
        ui.label(RichText::new(which).color(weak));
        ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
            icon_button(ui, model, UiCommand::LeaveLesson, out);
            icon_button(ui, model, UiCommand::Lessons, out);
            if scale == Scale::Panel {
                icon_button(ui, model, UiCommand::Present, out);
            }
        });
    });
    let title = RichText::new(open.lesson.title.of(lang)).size(size::TITLE - 3.0).strong();
    ui.label(title.color(tokens(ui).text));
}

/// The steps as a row of bars: what is done, what is open, what is to come.
fn progress(ui: &mut Ui, model: &Model, open: &Open) {
    let (tokens, lang) = (tokens(ui), model.lang());
    let count = open.lesson.steps.len().max(1);
    let at = open.taken.at();
    ui.horizontal(|ui| {
        if let Some(step) = open.step() {
            ui.label(icon(steps::sign(step)).color(tokens.accent));
            ui.label(RichText::new(lang.t(words::kind(step))).strong().color(tokens.accent));
        }
        let words = lang.f(words::STEP, &[&(at + 1), &count]);
        ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
            ui.label(RichText::new(words).color(tokens.weak));
        });
    });
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 5.0), Sense::hover());
    let gap = 3.0;
    let width = (rect.width() - gap * (count as f32 - 1.0)) / count as f32;
    for step in 0..count {
        let left = rect.left() + step as f32 * (width + gap);
        let bar = Rect::from_min_max(pos2(left, rect.top()), pos2(left + width, rect.bottom()));
        let colour = match step.cmp(&at) {
            std::cmp::Ordering::Less => tokens.accent.lerp_to_gamma(tokens.panel, 0.5),
            std::cmp::Ordering::Equal => tokens.accent,
            std::cmp::Ordering::Greater => tokens.line,
        };
        ui.painter().rect_filled(bar, 2.0, colour);
    }
}

/// Back and on; from the last step to the next lesson.
fn way_on(ui: &mut Ui, model: &Model, open: &Open, out: &mut Intents) {
    let (lang, tokens) = (model.lang(), tokens(ui));
    ui.horizontal(|ui| {
        let back = UiCommand::LessonBack.enabled(model).is_ok();
        let button = Button::new((icon(Icon::ChevronLeft), lang.t(words::BACK)));
        if ui.add_enabled(back, button).accessible_name(lang.t(words::BACK)).clicked() {
            out.command(UiCommand::LessonBack);
        }
        if model.doc.is_locked() {
            let take = Button::new(RichText::new(lang.t(TAKE)).color(tokens.weak)).frame(false);
            if ui.add(take).accessible_name(lang.t(TAKE)).on_hover_text(lang.t(TAKE_TIP)).clicked() {
                out.push(Intent::Lesson(LessonAct::TakeDesign));
            }
        }
        ui.with_layout(Layout::right_to_left(egui::Align::Center), |ui| {
            let next_lesson = place_of(&open.key).map(|place| place + 1).filter(|next| *next < LESSONS.len());
            let (label, intent) = match (open.taken.is_at_end(&open.lesson), next_lesson) {
                (false, _) => (words::NEXT, Intent::Command(UiCommand::LessonNext)),
                (true, Some(next)) => (words::NEXT_LESSON, Intent::Lesson(LessonAct::Open(next))),
                (true, None) => (words::FINISH, Intent::Command(UiCommand::LeaveLesson)),
            };
            // Where the step has something to do, that is the thing to do now.
            let is_done = steps::is_done(open);
            let words = RichText::new(lang.t(label));
            let words = if is_done { words.color(tokens.on_accent).strong() } else { words };
            let sign = if is_done {
                icon(Icon::ChevronRight).color(tokens.on_accent)
            } else {
                icon(Icon::ChevronRight)
            };
            let mut button = Button::new((words, sign)).min_size(vec2(86.0, 0.0));
            if is_done {
                button = button.fill(tokens.accent);
            }
            if ui.add(button).accessible_name(lang.t(label)).clicked() {
                out.push(intent);
            }
        });
    });
}

/// A frame around something that stands out in a step.
pub(super) fn card(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    let tokens = tokens(ui);
    let frame = Frame::new().fill(tokens.card).corner_radius(8).inner_margin(12);
    frame.show(ui, |ui| {
        ui.set_min_width(ui.available_width());
        content(ui);
    });
}
