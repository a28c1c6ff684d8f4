//! The history: runs that were kept, searched, noted, pinned, deleted and opened.

use egui::{CollapsingHeader, Context, Frame, Label, RichText, ScrollArea, TextEdit, Ui};
use lucide_icons::Icon;

use super::super::apply::history::HistoryAct;
use super::super::intent::{Intent, Intents};
use super::super::model::Model;
use super::super::panels::results::verdict;
use super::super::text::common::CLOSE;
use super::super::text::{Lang, Text, text};
use super::super::theme::fonts::icon;
use super::super::theme::tokens;
use super::frame;
use crate::files::history::{Entry, Purpose, groups};
use crate::report::text::grouped;

const HEADING: Text = text("History", "历史");
const SEARCH: Text = text("Search title, verdict, note, time", "搜索标题、结论、备注、时间");
const NONE: Text = text(
    "No run is kept yet: every run that ends with a report will be",
    "还没有保存的运行：凡有报告的运行都会保存",
);
const NO_FIT: Text = text("No run has all of these words", "没有运行包含所有这些词");
const OPEN: Text = text("Open", "打开");
const OPEN_TIP: Text = text(
    "Show charts, results and events of this run; nothing is started",
    "显示此次运行的图表、结果与事件；不会启动任何东西",
);
const OVERLAY: Text = text("Overlay", "叠加");
const OVERLAY_TIP: Text = text(
    "Draw the lines of this run over those of the run that is shown, and its figures beside the others",
    "把此次运行的曲线叠加到正在显示的运行上，并列出两者的指标",
);
const NO_RUN: Text = text("no run is shown that it could lie over", "没有正在显示的运行可供叠加");
const RUNNING: Text = text("a run is under way", "正在运行");
const PIN: Text = text("Pinned", "已固定");
const PIN_TIP: Text = text("A pinned run is kept for good", "固定的运行会一直保留");
const DELETE: Text = text("Delete", "删除");
const SURE: Text = text("Delete for good", "确认删除");
const NOTE: Text = text("Note", "备注");
const COMPARED: Text = text("Comparison", "比较");
const SEARCHED: Text = text("Search for the capacity", "容量搜索");
const GROUP: Text = text("{} · {} · {} runs, the last at {}", "{} · {} · {} 次运行，最后一次 {}");
const ROUND: Text = text("round {}", "第 {} 轮");
const TRY: Text = text("try {}", "第 {} 次尝试");
const FACTS: Text = text("{}, {} s, {} arrivals", "{}，{} 秒，{} 次到达");

/// The most runs that are drawn.
const MOST: usize = 200;

/// The dialog.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryView {
    /// The runs, the latest first.
    pub entries: Vec<Entry>,
    search: String,
    /// A note that is being typed, with the run that it is about.
    note: Option<(String, String)>,
    /// The run that is deleted with one more click.
    doomed: Option<String>,
}

impl HistoryView {
    /// With these runs.
    pub fn new(entries: Vec<Entry>) -> Self {
        Self { entries, search: String::new(), note: None, doomed: None }
    }
}

/// Draws it. Answers whether it should close.
pub fn show(ctx: &Context, model: &Model, view: &mut HistoryView, out: &mut Intents) -> bool {
    let lang = model.lang();
    let mut closes = false;
    let outside = frame::show(ctx, "history", 760.0, |ui| {
        frame::heading(ui, Icon::History, lang.t(HEADING));
        let search =
            TextEdit::singleline(&mut view.search).hint_text(lang.t(SEARCH)).desired_width(f32::INFINITY);
        ui.add(search);
        ui.add_space(6.0);
        let height = (ui.content_rect().height() - 220.0).max(160.0);
        ScrollArea::vertical().max_height(height).min_scrolled_height(height).show(ui, |ui| {
            ui.set_max_width(ui.available_width() - 10.0);
            rows(ui, model, view, out);
        });
        frame::buttons(ui, |ui| closes = ui.button(lang.t(CLOSE)).clicked());
    });
    if closes || outside {
        finish_note(view, out);
    }
    closes || outside
}

fn rows(ui: &mut Ui, model: &Model, view: &mut HistoryView, out: &mut Intents) {
    let lang = model.lang();
    let fitting: Vec<Entry> =
        view.entries.iter().filter(|entry| entry.fits(&view.search)).take(MOST).cloned().collect();
    if fitting.is_empty() {
        let why = if view.entries.is_empty() { NONE } else { NO_FIT };
        ui.label(RichText::new(lang.t(why)).color(tokens(ui).weak));
    }
    let is_searched = !view.search.trim().is_empty();
    for group in groups(&fitting) {
        let card = |ui: &mut Ui, view: &mut HistoryView, out: &mut Intents| {
            for entry in &group {
                let frame = Frame::new().fill(tokens(ui).card).corner_radius(6).inner_margin(8);
                frame.show(ui, |ui| {
                    ui.set_width(ui.available_width());
                    ui.push_id(&entry.id, |ui| row(ui, model, view, entry, out));
                });
            }
        };
        match (&group[..], &group[0].summary.part) {
            ([first, _, ..], Some(part)) => {
                let began = first.summary.started_at.replace('T', " ").replace('Z', " UTC");
                let (words, count) = (model.lang().t(purpose(part.purpose)), group.len());
                let heading = model.lang().f(GROUP, &[&words, &first.summary.title, &count, &began]);
                let folded =
                    CollapsingHeader::new(heading).id_salt(&part.name).open(is_searched.then_some(true));
                folded.show(ui, |ui| card(ui, view, out));
            }
            _ => card(ui, view, out),
        }
    }
}

fn purpose(purpose: Purpose) -> Text {
    match purpose {
        Purpose::Compare => COMPARED,
        Purpose::Capacity => SEARCHED,
    }
}

fn row(ui: &mut Ui, model: &Model, view: &mut HistoryView, entry: &Entry, out: &mut Intents) {
    let (lang, summary) = (model.lang(), &entry.summary);
    ui.horizontal_wrapped(|ui| {
        verdict::chip(ui, lang, summary.verdict);
        let title = match summary.variant.as_str() {
            "" => summary.title.clone(),
            variant => format!("{} · {variant}", summary.title),
        };
        ui.label(RichText::new(title).strong());
        if let Some(part) = &summary.part {
            let which = if part.purpose == Purpose::Compare { ROUND } else { TRY };
            ui.label(lang.f(which, &[&part.round]));
        }
        let began = summary.started_at.replace('T', " ").replace('Z', " UTC");
        let facts =
            lang.f(FACTS, &[&began, &format!("{:.1}", summary.duration_secs), &grouped(summary.arrivals)]);
        ui.label(RichText::new(facts).color(tokens(ui).weak));
    });
    if lang == Lang::En {
        ui.add(Label::new(&summary.sentence).wrap());
    }
    ui.horizontal(|ui| {
        let is_running = model.runs.active().is_some();
        let open = ui.add_enabled(!is_running, egui::Button::new((icon(Icon::FolderOpen), lang.t(OPEN))));
        let open = open.accessible_name(lang.t(OPEN));
        if open.on_hover_text(lang.t(OPEN_TIP)).on_disabled_hover_text(lang.t(RUNNING)).clicked() {
            finish_note(view, out);
            out.push(Intent::History(HistoryAct::Open(entry.id.clone())));
        }
        let has_run = model.runs.current.as_ref().is_some_and(|run| !run.series.is_empty());
        let over = ui.add_enabled(has_run, egui::Button::new((icon(Icon::Layers2), lang.t(OVERLAY))));
        let over = over.accessible_name(lang.t(OVERLAY));
        if over.on_hover_text(lang.t(OVERLAY_TIP)).on_disabled_hover_text(lang.t(NO_RUN)).clicked() {
            finish_note(view, out);
            out.push(Intent::History(HistoryAct::Overlay(entry.id.clone())));
        }
        let mut is_pinned = entry.meta.is_pinned;
        if ui.checkbox(&mut is_pinned, lang.t(PIN)).on_hover_text(lang.t(PIN_TIP)).changed() {
            out.push(Intent::History(HistoryAct::Pin(entry.id.clone(), is_pinned)));
        }
        delete(ui, lang, view, entry, out);
        note(ui, lang, view, entry, out);
    });
}

/// A click asks for another one.
fn delete(ui: &mut Ui, lang: Lang, view: &mut HistoryView, entry: &Entry, out: &mut Intents) {
    if view.doomed.as_ref() == Some(&entry.id) {
        if frame::dangerous(ui, lang.t(SURE)).clicked() {
            view.doomed = None;
            out.push(Intent::History(HistoryAct::Delete(entry.id.clone())));
        }
    } else if ui.button(lang.t(DELETE)).clicked() {
        view.doomed = Some(entry.id.clone());
    }
}

fn note(ui: &mut Ui, lang: Lang, view: &mut HistoryView, entry: &Entry, out: &mut Intents) {
    let is_typed = view.note.as_ref().is_some_and(|(id, _)| *id == entry.id);
    let mut text = match &view.note {
        Some((_, typed)) if is_typed => typed.clone(),
        _ => entry.meta.note.clone(),
    };
    let edit = TextEdit::singleline(&mut text).hint_text(lang.t(NOTE)).desired_width(ui.available_width());
    let response = ui.add(edit);
    if response.changed() {
        if !is_typed {
            finish_note(view, out);
        }
        view.note = Some((entry.id.clone(), text));
    }
    if response.lost_focus() {
        finish_note(view, out);
    }
}

fn finish_note(view: &mut HistoryView, out: &mut Intents) {
    if let Some((id, note)) = view.note.take() {
        // So that the old note is not seen again until the list is read anew.
        if let Some(entry) = view.entries.iter_mut().find(|entry| entry.id == id) {
            entry.meta.note.clone_from(&note);
        }
        out.push(Intent::History(HistoryAct::Note(id, note)));
    }
}
