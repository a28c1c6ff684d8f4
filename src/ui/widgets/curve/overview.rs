//! The phases of a workload side by side, with the opening of the sale and the faults.

use std::time::Duration;

use egui::{Align2, FontId, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};
use lucide_icons::Icon;

use super::super::super::text::{Lang, Text, figures, text};
use super::super::super::theme::tokens;
use super::super::number;
use super::axes::Axes;
use crate::topology::Topology;
use crate::workload::{Phase, Workload};

const UNIT: Text = text("arrivals/s", "到达/秒");
const PHASE: Text = text("Phase {}: {}", "时段 {}：{}");
const IN_WORDS: Text = text("About {} arrivals in {}, peak {}/s", "约 {} 次到达，历时 {}，峰值 {}/秒");
const IN_SHORT: Text = text("{} arrivals in {}", "{} 次到达，{}");
const OPENING: Text = text("Opening of the sale", "开售时刻");
const OPENING_TIP: Text = text("The sale opens at {}; drag to move", "{} 开售；拖动可移动");
const NOTHING: Text = text("Nobody comes yet: add a phase", "还没有人来：请添加时段");

/// What was done to the overview.
#[derive(Debug, Default)]
pub struct Done {
    /// The phase that was clicked.
    pub clicked: Option<usize>,
    /// Where the opening was dragged to.
    pub opens_at: Option<Duration>,
    /// Whether the dragging is over.
    pub ends: bool,
}

/// Expected arrivals of a phase, its length and its peak.
pub fn phase_in_words(lang: Lang, phase: &Phase) -> String {
    in_words(lang, phase.shape.expected(phase.span, phase.span), phase.span, phase.shape.peak(phase.span))
}

/// The same of a whole workload.
pub fn workload_in_words(lang: Lang, workload: &Workload) -> String {
    in_words(lang, workload.expected_arrivals(), workload.duration(), peak(workload))
}

fn in_words(lang: Lang, arrivals: f64, span: Duration, peak: f64) -> String {
    let about = if arrivals.is_finite() { number::number(about(arrivals)) } else { "—".to_owned() };
    lang.f(IN_WORDS, &[&about, &number::span(span), &number::number(number::three_digits(peak))])
}

/// Rounded to three digits, and to whole arrivals.
fn about(arrivals: f64) -> f64 {
    number::three_digits(arrivals).round()
}

fn peak(workload: &Workload) -> f64 {
    let peaks = workload.phases.iter().map(|phase| phase.shape.peak(phase.span));
    peaks.filter(|peak| peak.is_finite()).fold(0.0, f64::max)
}

/// Draws the phases of a design.
pub fn show(ui: &mut Ui, lang: Lang, topology: &Topology, selected: Option<usize>, height: f32) -> Done {
    let tokens = tokens(ui.ctx());
    let workload = &topology.workload;
    let (rect, back) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 4.0, tokens.canvas);
    if workload.phases.is_empty() {
        let font = FontId::proportional(12.0);
        painter.text(rect.center(), Align2::CENTER_CENTER, lang.t(NOTHING), font, tokens.weak);
        return Done::default();
    }
    let axes = Axes::new(rect, workload.duration().as_secs_f64(), peak(workload));
    axes.draw(&painter, tokens, lang.t(UNIT));
    let mut done = Done::default();
    let mut start = 0.0;
    for (index, phase) in workload.phases.iter().enumerate() {
        let end = start + phase.span.as_secs_f64();
        let area = Rect::from_x_y_ranges(
            axes.at((start, 0.0)).x..=axes.at((end, 0.0)).x,
            axes.plot.top()..=axes.plot.bottom(),
        );
        let response = ui.interact(area, back.id.with(index), Sense::click());
        let name = lang.f(PHASE, &[&(index + 1), &phase.name]);
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected == Some(index), &name));
        let is_selected = selected == Some(index);
        if is_selected || response.hovered() || response.has_focus() {
            let weight = if is_selected { 0.22 } else { 0.10 };
            painter.rect_filled(area, 0.0, tokens.accent.gamma_multiply(weight));
        }
        if index > 0 {
            painter.vline(area.left(), area.y_range(), Stroke::new(1.0, tokens.line));
        }
        let color = if is_selected { tokens.accent } else { tokens.offered };
        let look = (Stroke::new(1.5, color), tokens.offered.gamma_multiply(0.16));
        axes.draw_shape(&painter, &phase.shape, start, phase.span, look);
        let words = phase_in_words(lang, phase);
        let response = response.on_hover_cursor(egui::CursorIcon::PointingHand);
        if response.on_hover_text(format!("{name}\n{words}")).clicked() {
            done.clicked = Some(index);
        }
        start = end;
    }
    for fault in &topology.faults {
        let x = axes.at((fault.at.as_secs_f64(), 0.0)).x;
        painter.vline(x, axes.plot.y_range(), Stroke::new(1.0, tokens.fault));
        let sign = char::from(Icon::Zap).to_string();
        let font = FontId::proportional(10.0);
        painter.text(pos2(x, axes.plot.top()), Align2::CENTER_BOTTOM, sign, font, tokens.fault);
    }
    opening(ui, lang, workload, axes, &mut done);
    done
}

/// The line at which the sale opens; it can be dragged.
fn opening(ui: &Ui, lang: Lang, workload: &Workload, axes: Axes, done: &mut Done) {
    let tokens = tokens(ui.ctx());
    let x = axes.at((workload.sale.opens_at.as_secs_f64(), 0.0)).x.min(axes.plot.right());
    let area = Rect::from_x_y_ranges(x - 5.0..=x + 5.0, axes.plot.top() - 12.0..=axes.plot.bottom());
    let response = ui.interact(area, ui.make_persistent_id("opening"), Sense::drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, lang.t(OPENING)));
    let width = if response.hovered() || response.dragged() { 2.5 } else { 1.5 };
    ui.painter().vline(x, axes.plot.y_range(), Stroke::new(width, tokens.good));
    let flag = char::from(Icon::Flag).to_string();
    let above = pos2(x, axes.plot.top() - 1.0);
    ui.painter().text(above, Align2::CENTER_BOTTOM, flag, FontId::proportional(11.0), tokens.good);
    if response.dragged()
        && response.drag_delta() != egui::Vec2::ZERO
        && let Some(pointer) = response.interact_pointer_pos()
    {
        let last = workload.duration().as_secs_f64();
        done.opens_at = Some(number::from_secs(axes.under(pointer).0.min(last)));
    }
    done.ends |= response.drag_stopped();
    let opens_at = number::span(workload.sale.opens_at);
    response
        .on_hover_cursor(egui::CursorIcon::ResizeHorizontal)
        .on_hover_text(lang.f(OPENING_TIP, &[&opens_at]));
}

/// Expected arrivals and the length of a workload in few words, for a row of a list.
pub fn workload_in_short(lang: Lang, workload: &Workload) -> String {
    let arrivals = figures::short(about(workload.expected_arrivals()));
    lang.f(IN_SHORT, &[&arrivals, &number::span(workload.duration())])
}
