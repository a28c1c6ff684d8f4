//! The preset chooser, where everybody begins: designs that are ready to run, an empty one, or a file.
//!
//! - `shelves`: the presets by their subjects. `card`: one preset. `picture`: its design in miniature.
//! - `start`: other ways to begin.

mod card;
pub mod picture;
mod shelves;
mod start;

use egui::{Align, Context, Layout, RichText, Ui, vec2};

use super::super::intent::Intents;
use super::super::model::Model;
use super::super::text::common::{CLOSE, PROGRAM};
use super::super::text::{Text, text};
use super::super::theme;
use super::super::theme::fonts::icon;
use super::frame;
use lucide_icons::Icon;

/// The widest that the chooser gets, in points.
const WIDEST: f32 = 1_120.0;
/// The column of other ways to begin.
const START: f32 = 226.0;
/// Between columns.
const GAP: f32 = 14.0;
/// The window's height without the room that the columns can have: what stands above them, and margins.
const AROUND: f32 = 190.0;

const CLAIM: Text = text(
    "Wire a flash sale, run it on real Redis, break it, and prove what was sold",
    "搭建秒杀架构，在真实 Redis 上运行，制造故障，并证明卖出了什么",
);
const PRESETS_HEADING: Text = text("Designs that are ready to run", "可直接运行的设计");

/// How the chooser is looked at.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ChooserView {
    /// What is searched.
    pub typed: String,
}

/// Draws it. Answers whether it should close.
pub fn show(ctx: &Context, model: &Model, view: &mut ChooserView, out: &mut Intents) -> bool {
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
                let lang = model.lang();
                let field = ui.horizontal(|ui| {
                    column_heading(ui, lang.t(PRESETS_HEADING));
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                        shelves::field(ui, lang, &mut view.typed)
                    })
                    .inner
                });
                shelves::show(ui, model, &view.typed, &field.inner, most, out);
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
