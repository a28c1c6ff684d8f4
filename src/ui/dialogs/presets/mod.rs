//! The preset chooser, where everybody begins: designs that are ready to run, an empty one, or a file.
//!
//! - `card`: one preset. `picture`: its design in miniature. `start`: other ways to begin.

mod card;
mod picture;
mod start;

use egui::{Align, Context, EventFilter, Grid, Id, Key, Layout, Modifiers, RichText, ScrollArea, Ui, vec2};

use super::super::intent::{Intent, Intents};
use super::super::model::Model;
use super::super::text::common::{CLOSE, PROGRAM};
use super::super::text::{Text, text};
use super::super::theme;
use super::super::theme::fonts::icon;
use super::frame;
use crate::files::presets::PRESETS;
use lucide_icons::Icon;

/// The widest that the chooser gets, and the narrowest that a card does, in points.
const WIDEST: f32 = 1_120.0;
const NARROWEST_CARD: f32 = 250.0;
/// The column of other ways to begin.
const START: f32 = 226.0;
/// Between cards, and between columns.
const GAP: f32 = 14.0;
/// The window's height without the room that the columns can have: what stands above them, and margins.
const AROUND: f32 = 190.0;
/// Cards beside each other at most.
const MOST_COLUMNS: usize = 3;

const CLAIM: Text = text(
    "Wire a flash sale, run it on real Redis, break it, and prove what was sold",
    "搭建秒杀架构，在真实 Redis 上运行，制造故障，并证明卖出了什么",
);
const PRESETS_HEADING: Text = text("Designs that are ready to run", "可直接运行的设计");

/// Draws it. Answers whether it should close.
pub fn show(ctx: &Context, model: &Model, out: &mut Intents) -> bool {
    let mut is_closed = false;
    let room = ctx.content_rect().size();
    let should_close = frame::show(ctx, "presets", WIDEST, |ui| {
        is_closed = heading(ui, model);
        ui.add_space(8.0);
        let most = (room.y - AROUND).max(120.0);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = GAP;
            let column = Layout::top_down(Align::Min);
            ui.allocate_ui_with_layout(vec2(START, most), column, |ui| {
                ui.set_width(START);
                start::show(ui, model, most, out);
            });
            ui.separator();
            ui.vertical(|ui| {
                column_heading(ui, model.lang().t(PRESETS_HEADING));
                cards(ui, model, most, out);
            });
        });
    });
    should_close || is_closed
}

/// The program's name and what it is for. Answers whether the chooser was closed.
fn heading(ui: &mut Ui, model: &Model) -> bool {
    let tokens = theme::tokens(ui.ctx());
    let lang = model.lang();
    ui.horizontal(|ui| {
        ui.label(icon(Icon::Zap).size(26.0).color(tokens.accent));
        ui.vertical(|ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            ui.label(RichText::new(lang.t(PROGRAM)).size(20.0).color(tokens.text));
            ui.label(RichText::new(lang.t(CLAIM)).color(tokens.weak));
        });
        ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
            let close = egui::Button::new(icon(Icon::X).size(16.0)).frame(false);
            ui.add(close).accessible_name(lang.t(CLOSE)).on_hover_text(lang.t(CLOSE)).clicked()
        })
        .inner
    })
    .inner
}

/// The heading of a column.
fn column_heading(ui: &mut Ui, text: &str) {
    let tokens = theme::tokens(ui.ctx());
    ui.label(RichText::new(text).size(12.5).color(tokens.weak));
    ui.add_space(2.0);
}

fn cards(ui: &mut Ui, model: &Model, most: f32, out: &mut Intents) {
    let columns = columns(ui.available_width(), PRESETS.len());
    let rows = PRESETS.len().div_ceil(columns);
    let needed = (card::HEIGHT + GAP) * rows as f32 - GAP;
    // Where not all fit, the bar of the scroll area lies beside the cards, not over them.
    let bar = if needed > most { 12.0 } else { 0.0 };
    let width = (ui.available_width() - bar - GAP * (columns - 1) as f32) / columns as f32;
    let height = needed.min(most);
    let area = ScrollArea::vertical()
        .id_salt("cards")
        .max_height(height)
        .min_scrolled_height(height)
        .auto_shrink([false, true]);
    area.show(ui, |ui| {
        let mut ids = Vec::new();
        Grid::new("presets").spacing(vec2(GAP, GAP)).show(ui, |ui| {
            for (index, preset) in PRESETS.iter().enumerate() {
                if let Some(topology) = preset.topology() {
                    ids.push((card::show(ui, model, index, preset, topology, width, out), index));
                }
                if (index + 1) % columns == 0 {
                    ui.end_row();
                }
            }
        });
        keys(ui, &ids, columns, out);
    });
}

/// As many as fit, but no row of one if that can be helped.
fn columns(width: f32, cards: usize) -> usize {
    let most = if cards <= 4 { 2 } else { MOST_COLUMNS };
    (1..=most).rev().find(|&columns| width >= columns as f32 * (NARROWEST_CARD + GAP) - GAP).unwrap_or(1)
}

/// Arrows move from card to card, Enter opens. The first card has the focus until something else gets it.
fn keys(ui: &Ui, ids: &[(Id, usize)], columns: usize, out: &mut Intents) {
    let focused = ui.memory(egui::Memory::focused);
    let Some(at) = ids.iter().position(|(id, _)| Some(*id) == focused) else {
        if let Some((first, _)) = ids.first().filter(|_| focused.is_none()) {
            ui.memory_mut(|memory| memory.request_focus(*first));
        }
        return;
    };
    // Otherwise the arrows would also move the focus to whatever is nearest.
    let arrows = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(ids[at].0, arrows));
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    let to = if pressed(Key::ArrowRight) {
        at + 1
    } else if pressed(Key::ArrowLeft) {
        at.wrapping_sub(1)
    } else if pressed(Key::ArrowDown) {
        at + columns
    } else if pressed(Key::ArrowUp) {
        at.wrapping_sub(columns)
    } else {
        if pressed(Key::Enter) {
            out.push(Intent::OpenPreset(ids[at].1));
        }
        return;
    };
    if let Some((id, _)) = ids.get(to) {
        ui.memory_mut(|memory| memory.request_focus(*id));
    }
}
