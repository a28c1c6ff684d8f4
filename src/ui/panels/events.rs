//! Events: what happened, line by line.

use std::fmt::Write as _;

use egui::text::{LayoutJob, TextWrapping};
use egui::{Align2, Button, Color32, RichText, Role, ScrollArea, Sense, TextStyle, Ui, WidgetInfo};
use lucide_icons::Icon;

use super::super::command::UiCommand;
use super::super::intent::{Intent, Intents};
use super::super::model::Model;
use super::super::run::log::{Line, Mark};
use super::super::text::{Lang, Text, text};
use super::super::theme::fonts::icon;
use super::super::theme::{Tokens, signs, tokens};
use super::super::widgets::command_button::button;

const NOTHING: Text = text("Nothing has happened yet", "还没有发生任何事");
const NOTHING_TIP: Text = text(
    "Phases, faults, changes and troubles of a run stand here, line by line",
    "运行的阶段、故障、更改与问题会逐行列在这里",
);
const NONE_SHOWN: Text = text("No line is of the chosen kinds", "没有所选类型的行");
const COPY: Text = text("Copy all", "全部复制");
const COPY_TIP: Text = text("Copy the lines that show as text", "把显示的行复制为文本");
const GO: Text = text("Click to see this moment on the charts", "点击在图表上查看此刻");
const LINES: Text = text("{} of {} lines", "{} / {} 行");

/// Kinds of line, as their chips say them.
const MARKS: [(Mark, Text); 6] = [
    (Mark::Note, text("Notes", "记录")),
    (Mark::Sale, text("Sale", "开售")),
    (Mark::Fault, text("Faults", "故障")),
    (Mark::Change, text("Changes", "更改")),
    (Mark::Alert, text("Alerts", "告警")),
    (Mark::Trouble, text("Troubles", "问题")),
];

/// Room for the time of a line, in points.
const TIME_WIDTH: f32 = 58.0;
/// Height of a line, in points.
const ROW: f32 = 22.0;

/// How the events are looked at.
#[derive(Debug, Default)]
pub struct EventsView {
    /// Kinds of line that don't show.
    hidden: Vec<Mark>,
}

/// The sign and colour of a kind of line.
fn look(mark: Mark, tokens: &Tokens) -> (Icon, Color32) {
    (signs::mark(mark), tokens.mark(mark))
}

/// Draws them.
pub fn show(ui: &mut Ui, model: &Model, view: &mut EventsView, out: &mut Intents) {
    let lang = model.lang();
    let Some(run) = model.runs.current.as_ref().filter(|run| !run.log.lines.is_empty()) else {
        super::empty_state(ui, Icon::ScrollText, lang.t(NOTHING), lang.t(NOTHING_TIP), |ui| {
            button(ui, model, UiCommand::Run, out);
        });
        return;
    };
    let lines: Vec<&Line> = run.log.lines.iter().filter(|line| !view.hidden.contains(&line.mark)).collect();
    ui.horizontal(|ui| {
        chips(ui, lang, &run.log.lines, view);
        ui.separator();
        let copy = Button::new((icon(Icon::Copy), lang.t(COPY)));
        let copy = ui.add_enabled(!lines.is_empty(), copy).accessible_name(lang.t(COPY));
        if copy.on_hover_text(lang.t(COPY_TIP)).clicked() {
            out.push(Intent::CopyText(as_text(lang, &lines)));
        }
        let words = lang.f(LINES, &[&lines.len(), &run.log.lines.len()]);
        ui.label(RichText::new(words).color(tokens(ui).weak));
    });
    if lines.is_empty() {
        ui.label(RichText::new(lang.t(NONE_SHOWN)).color(tokens(ui).weak));
        return;
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    let area = ScrollArea::vertical().auto_shrink(false).stick_to_bottom(run.is_active());
    area.show_rows(ui, ROW, lines.len(), |ui, rows| {
        for line in &lines[rows] {
            let is_later = run.playhead.as_ref().is_some_and(|playhead| line.at.as_secs_f64() > playhead.at);
            row(ui, lang, (line, is_later), ROW, out);
        }
    });
}

/// Which kinds of line show, with how many there are of each.
fn chips(ui: &mut Ui, lang: Lang, lines: &[Line], view: &mut EventsView) {
    for (mark, name) in MARKS {
        let count = lines.iter().filter(|line| line.mark == mark).count();
        let (sign, colour) = look(mark, tokens(ui));
        let is_shown = !view.hidden.contains(&mark);
        let words = (icon(sign).color(colour), format!("{} {count}", lang.t(name)));
        let chip = ui.add(Button::selectable(is_shown, words)).accessible_name(lang.t(name));
        if chip.clicked() {
            if is_shown {
                view.hidden.push(mark);
            } else {
                view.hidden.retain(|hidden| *hidden != mark);
            }
        }
    }
}

/// A line: its time, its sign, its words, each in its place; whether it is later than the moment that is shown.
fn row(ui: &mut Ui, lang: Lang, (line, is_later): (&Line, bool), height: f32, out: &mut Intents) {
    let tokens = tokens(ui);
    // What had not happened yet at the moment that is shown stands back.
    let fade = |colour: Color32| if is_later { colour.gamma_multiply(0.45) } else { colour };
    let (sign, colour) = look(line.mark, tokens);
    let colour = fade(colour);
    let words = lang.of(&line.text);
    let (rect, response) = ui.allocate_exact_size(egui::vec2(ui.available_width(), height), Sense::click());
    let name = format!("{} {words}", moment(line));
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    let response = response.on_hover_text(format!("{words}\n{}", lang.t(GO)));
    let painter = ui.painter_at(rect);
    if response.hovered() || response.has_focus() {
        painter.rect_filled(rect, 4, tokens.card_head);
    }
    let font = TextStyle::Body.resolve(ui.style());
    let at = |x: f32| egui::pos2(rect.left() + x, rect.center().y);
    painter.text(at(TIME_WIDTH), Align2::RIGHT_CENTER, moment(line), font.clone(), tokens.weak);
    painter.text(at(TIME_WIDTH + 12.0), Align2::LEFT_CENTER, char::from(sign), font.clone(), colour);
    let left = TIME_WIDTH + 34.0;
    let words_colour = fade(if line.mark == Mark::Trouble { tokens.bad } else { tokens.text });
    let mut job = LayoutJob::simple_singleline(words.into_owned(), font, words_colour);
    job.wrap = TextWrapping::truncate_at_width(rect.width() - left - 4.0);
    let galley = painter.layout_job(job);
    painter.galley(at(left) - egui::vec2(0.0, galley.size().y / 2.0), galley, words_colour);
    if response.clicked() {
        out.push(Intent::ShowMoment(line.at.as_secs_f64()));
    }
}

fn moment(line: &Line) -> String {
    format!("{:.1} s", line.at.as_secs_f64())
}

fn as_text(lang: Lang, lines: &[&Line]) -> String {
    lines.iter().fold(String::new(), |mut text, line| {
        match writeln!(text, "{:>8}  {}", moment(line), lang.of(&line.text)) {
            Ok(()) => text,
            Err(_) => unreachable!("writing to a String can't fail"),
        }
    })
}
