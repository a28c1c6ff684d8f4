//! Messages at the corner of the window, above the state line. They go by themselves after a while, but for errors and
//! for those whose details are unfolded or which the pointer is on.

use std::time::Duration;

use egui::accesskit::Live;
use egui::{
    Align, Align2, Area, Button, Context, Frame, Id, Label, Layout, Margin, Order, RichText, ScrollArea,
    Stroke, Ui,
};
use lucide_icons::Icon;

use super::super::intent::{Intent, Intents};
use super::super::notice::Shown;
use super::super::text::common::CLOSE;
use super::super::text::{Lang, Text, text};
use super::super::theme::fonts::icon;
use super::super::theme::{Tokens, room, signs, size, tokens};
use crate::topology::Severity;

const DETAILS: Text = text("Details", "详情");
const COPY: Text = text("Copy", "复制");
const COPY_TIP: Text = text("Copy the message with its details", "复制消息及详情");
const CLOSE_TIP: Text = text("Close this message", "关闭此消息");

/// How long a message stays that needs no answer, in seconds.
const STAYS_SECS: f64 = 6.0;
const WIDTH: f32 = 380.0;
/// From the edges.
const APART: f32 = 12.0;

/// What was asked of a message.
#[derive(Clone, Copy, PartialEq)]
enum Asked {
    Nothing,
    Close,
}

/// Draws the messages, the latest below. `bottom` is where the state line begins.
pub fn show(ctx: &Context, lang: Lang, notices: &mut Vec<Shown>, bottom: f32, out: &mut Intents) {
    if notices.is_empty() {
        return;
    }
    let window = ctx.content_rect();
    let corner = egui::vec2(-APART, bottom - window.bottom() - APART);
    let area = Area::new(Id::unique("notices")).order(Order::Tooltip).anchor(Align2::RIGHT_BOTTOM, corner);
    let response = area.show(ctx, |ui| {
        ui.set_width(WIDTH.min(window.width() - 2.0 * APART));
        let room = (window.height() * 0.6).max(120.0);
        ScrollArea::vertical().max_height(room).stick_to_bottom(true).show(ui, |ui| {
            let mut index = 0;
            notices.retain_mut(|shown| {
                index += 1;
                let asked = ui.push_id(index, |ui| one(ui, lang, shown, out)).inner;
                asked != Asked::Close
            });
        });
    });
    let is_held = response.response.contains_pointer();
    age(ctx, notices, is_held);
}

/// Lets messages go when their time is over, and wakes the window for that, once.
fn age(ctx: &Context, notices: &mut Vec<Shown>, is_held: bool) {
    let now = ctx.input(|input| input.time);
    let goes = |shown: &Shown| shown.notice.severity != Some(Severity::Error) && !shown.is_open;
    if is_held {
        for shown in notices.iter_mut() {
            shown.since = now;
        }
    }
    notices.retain(|shown| !goes(shown) || now - shown.since < STAYS_SECS);
    let next = notices.iter().filter(|shown| goes(shown)).map(|shown| shown.since).reduce(f64::min);
    if let Some(since) = next {
        // A little later than the moment itself, so that it is over then.
        ctx.request_repaint_after(Duration::from_secs_f64((since + STAYS_SECS - now).max(0.0) + 0.02));
    }
}

fn looks(tokens: &Tokens, severity: Option<Severity>) -> (Icon, egui::Color32) {
    match severity {
        None => (Icon::CircleCheck, tokens.good),
        Some(severity) => (signs::severity(severity), tokens.severity(severity)),
    }
}

fn one(ui: &mut Ui, lang: Lang, shown: &mut Shown, out: &mut Intents) -> Asked {
    let tokens = tokens(ui);
    let (sign, color) = looks(tokens, shown.notice.severity);
    let frame = Frame::new()
        .fill(tokens.card)
        .stroke(Stroke::new(1.0, tokens.line))
        .corner_radius(6)
        .inner_margin(Margin { left: 14, right: 8, top: 8, bottom: 8 })
        .shadow(ui.visuals().popup_shadow);
    let drawn = frame.show(ui, |ui| {
        ui.set_width(ui.available_width());
        let asked = head(ui, lang, shown, (sign, color));
        if shown.notice.details.is_some() {
            details(ui, lang, shown, out);
        }
        asked
    });
    // A bar at its edge says the severity from afar.
    let mut bar = drawn.response.rect;
    bar.set_width(4.0);
    ui.painter().rect_filled(bar, egui::CornerRadius { nw: 6, sw: 6, ne: 0, se: 0 }, color);
    drawn.inner
}

fn head(ui: &mut Ui, lang: Lang, shown: &Shown, (sign, color): (Icon, egui::Color32)) -> Asked {
    ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
        let close = Button::new(icon(Icon::X).size(size::BODY)).frame_when_inactive(false);
        let close = ui.add(close).accessible_name(lang.t(CLOSE)).on_hover_text(lang.t(CLOSE_TIP));
        ui.with_layout(Layout::left_to_right(Align::Min), |ui| {
            ui.label(icon(sign).size(size::ICON).color(color));
            let text = ui.add(Label::new(&shown.notice.text).wrap());
            let is_error = shown.notice.severity == Some(Severity::Error);
            ui.accesskit_node_builder(text.id, |node| {
                node.set_live(if is_error { Live::Assertive } else { Live::Polite });
            });
        });
        if close.clicked() { Asked::Close } else { Asked::Nothing }
    })
    .inner
}

fn details(ui: &mut Ui, lang: Lang, shown: &mut Shown, out: &mut Intents) {
    let tokens = tokens(ui);
    let told = shown.notice.details.clone().unwrap_or_default();
    ui.horizontal(|ui| {
        ui.add_space(size::ICON + room::BESIDE);
        let fold = if shown.is_open { Icon::ChevronDown } else { Icon::ChevronRight };
        let unfold = Button::new((icon(fold), lang.t(DETAILS))).frame_when_inactive(false).small();
        if ui.add(unfold).accessible_name(lang.t(DETAILS)).clicked() {
            shown.is_open ^= true;
        }
        let copy = Button::new((icon(Icon::Copy), lang.t(COPY))).frame_when_inactive(false).small();
        let copy = ui.add(copy).accessible_name(lang.t(COPY)).on_hover_text(lang.t(COPY_TIP));
        if copy.clicked() {
            out.push(Intent::CopyText(format!("{}\n{told}", shown.notice.text)));
        }
    });
    if !shown.is_open {
        return;
    }
    Frame::new().fill(tokens.well).corner_radius(4).inner_margin(Margin::same(6)).show(ui, |ui| {
        ScrollArea::vertical().id_salt("details").max_height(160.0).show(ui, |ui| {
            ui.set_width(ui.available_width());
            let told = RichText::new(told).monospace().size(size::SMALL);
            ui.add(Label::new(told).wrap().selectable(true));
        });
    });
}
