//! The presets by their subjects, or those that have the words that were typed.

use egui::{EventFilter, Grid, Id, Key, Modifiers, Rect, Response, RichText, ScrollArea, TextEdit, Ui, vec2};

use super::super::super::intent::{Intent, Intents};
use super::super::super::model::Model;
use super::super::super::text::presets::subjects::SUBJECTS;
use super::super::super::text::presets::words;
use super::super::super::text::{Lang, Text, text};
use super::super::super::theme;
use super::super::super::theme::fonts::icon;
use super::card;
use crate::files::presets::{PRESETS, Preset};
use crate::topology::Topology;
use lucide_icons::Icon;

/// The narrowest that a card gets, and the room between cards, in points.
const NARROWEST_CARD: f32 = 250.0;
const GAP: f32 = 14.0;
/// Cards beside each other at most.
const MOST_COLUMNS: usize = 3;
/// The bar of the scroll area, which lies beside the cards.
const BAR: f32 = 12.0;

const SEARCH: Text = text("Search designs", "搜索设计");
const NOTHING: Text = text("No design is about “{}”", "没有关于“{}”的设计");

/// A preset that is shown, with its place in the list of all.
type Shown = (usize, &'static Preset, &'static Topology);

/// A card that was drawn: its id, the place of its preset, and where it is.
type Drawn = (Id, usize, Rect);

/// The field for what is searched, with its sign to the left, in a layout from the right.
pub fn field(ui: &mut Ui, lang: Lang, typed: &mut String) -> Response {
    let field = TextEdit::singleline(typed).hint_text(lang.t(SEARCH)).desired_width(180.0);
    let response = ui.add(field).accessible_name(lang.t(SEARCH));
    ui.label(icon(Icon::Search).color(theme::tokens(ui.ctx()).weak));
    response
}

/// Draws the shelves, no higher than `most`. `field` is where one searches.
pub fn show(ui: &mut Ui, model: &Model, typed: &str, field: &Response, most: f32, out: &mut Intents) {
    let lang = model.lang();
    let columns = columns(ui.available_width() - BAR);
    let width = (ui.available_width() - BAR - GAP * (columns - 1) as f32) / columns as f32;
    let area = ScrollArea::vertical()
        .id_salt("cards")
        .max_height(most)
        .min_scrolled_height(most)
        .auto_shrink([false, false]);
    area.show(ui, |ui| {
        let mut drawn = Vec::new();
        for (subject, files) in SUBJECTS {
            let shown: Vec<Shown> = files
                .iter()
                .filter_map(|file| find(file))
                .filter(|one| fits(*subject, *one, typed))
                .collect();
            if !shown.is_empty() {
                shelf(ui, model, *subject, &shown, (columns, width), &mut drawn, out);
            }
        }
        if drawn.is_empty() {
            ui.label(RichText::new(lang.f(NOTHING, &[&typed])).color(theme::tokens(ui.ctx()).weak));
        }
        keys(ui, &drawn, field, out);
    });
}

/// A subject and its cards.
fn shelf(
    ui: &mut Ui,
    model: &Model,
    subject: Text,
    shown: &[Shown],
    (columns, width): (usize, f32),
    drawn: &mut Vec<Drawn>,
    out: &mut Intents,
) {
    let tokens = theme::tokens(ui.ctx());
    ui.label(RichText::new(model.lang().t(subject)).strong().color(tokens.text));
    ui.add_space(4.0);
    Grid::new(subject.en).spacing(vec2(GAP, GAP)).show(ui, |ui| {
        for (place, (index, preset, topology)) in shown.iter().enumerate() {
            let response = card::show(ui, model, *index, preset, topology, width, out);
            drawn.push((response.id, *index, response.rect));
            if (place + 1) % columns == 0 {
                ui.end_row();
            }
        }
    });
    ui.add_space(GAP);
}

fn find(file: &str) -> Option<Shown> {
    let index = PRESETS.iter().position(|preset| preset.file == file)?;
    Some((index, &PRESETS[index], PRESETS[index].topology()?))
}

/// Whether a preset has all words that were typed, in either language.
fn fits(subject: Text, (_, preset, topology): Shown, typed: &str) -> bool {
    let own = [Lang::En, Lang::Zh].map(|lang| {
        let words = words(lang, preset, topology);
        format!("{} {} {}", words.title, words.question, words.source)
    });
    let all = format!("{} {} {} {}", own.join(" "), preset.file, subject.en, subject.zh).to_lowercase();
    typed.split_whitespace().all(|word| all.contains(&word.to_lowercase()))
}

/// As many as fit beside each other.
fn columns(width: f32) -> usize {
    let fit = |columns: &usize| width >= *columns as f32 * (NARROWEST_CARD + GAP) - GAP;
    (1..=MOST_COLUMNS).rev().find(fit).unwrap_or(1)
}

/// Arrows move from card to card, Enter opens. The first card has the focus until something else gets it; from the field,
/// Enter opens the first card and the arrow down goes there.
fn keys(ui: &Ui, drawn: &[Drawn], field: &Response, out: &mut Intents) {
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let focus = |id| ui.memory_mut(|memory| memory.request_focus(id));
    let Some((first, index, _)) = drawn.first() else { return };
    let focused = ui.memory(egui::Memory::focused);
    if field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter)) {
        out.push(Intent::OpenPreset(*index));
    } else if field.has_focus() {
        if pressed(Key::ArrowDown) {
            focus(*first);
        }
    } else if focused.is_none() {
        focus(*first);
    }
    let Some((id, index, from)) = drawn.iter().find(|(id, ..)| Some(*id) == focused) else { return };
    // Otherwise the arrows would also move the focus to whatever is nearest.
    let arrows = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(*id, arrows));
    if pressed(Key::Enter) {
        out.push(Intent::OpenPreset(*index));
    }
    let steps =
        [(Key::ArrowRight, 1, 0), (Key::ArrowLeft, -1, 0), (Key::ArrowDown, 0, 1), (Key::ArrowUp, 0, -1)];
    for (_, right, down) in steps.into_iter().filter(|(key, ..)| pressed(*key)) {
        if let Some(to) = beside(drawn, *from, right, down) {
            focus(to);
        }
    }
}

/// The nearest card in a direction; to the right of the last one in a row comes the first one of the next, and so back.
fn beside(drawn: &[Drawn], from: Rect, right: i32, down: i32) -> Option<Id> {
    let at = drawn.iter().position(|(.., rect)| *rect == from)?;
    match (right, down) {
        (1, _) => drawn.get(at + 1).map(|card| card.0),
        (-1, _) => at.checked_sub(1).map(|before| drawn[before].0),
        _ => {
            let is_ahead = |rect: &Rect| {
                if down > 0 { rect.top() > from.bottom() } else { rect.bottom() < from.top() }
            };
            let distance = |rect: &Rect| (rect.center() - from.center()).length_sq();
            drawn
                .iter()
                .filter(|(.., rect)| is_ahead(rect))
                .min_by(|a, b| distance(&a.2).total_cmp(&distance(&b.2)))
                .map(|card| card.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn presets_are_found_by_words_in_both_languages() {
        let found = |typed: &str| -> Vec<&str> {
            let all =
                SUBJECTS.iter().flat_map(|(subject, files)| files.iter().map(move |file| (*subject, file)));
            all.filter_map(|(subject, file)| find(file).filter(|one| fits(subject, *one, typed)))
                .map(|(_, preset, _)| preset.file)
                .collect()
        };
        assert_eq!(found("").len(), PRESETS.len());
        assert_eq!(found("NATS queue"), ["queue-nats.ron"]);
        assert!(found("红包").contains(&"red-packets.ron"));
        assert!(found("no such thing").is_empty());
    }
}
