//! The offered rate: of the design before a run, live by a factor while requests arrive.

use std::ops::RangeInclusive;

use egui::{DragValue, Response, Slider, SliderClamping, Ui};

use super::super::super::document::{Edit, ops};
use super::super::super::intent::{Intent, Intents};
use super::super::super::model::Model;
use super::super::super::run::Run;
use super::super::super::text::{Text, text};
use super::super::super::widgets::number;
use crate::engine::RunPhase;
use crate::report::text::grouped;
use crate::topology::Change;

const RATE: Text = text("Offered rate", "到达速率");
const RATE_FIGURE: Text = text("Offered rate in figures", "到达速率数值");
const RATE_TIP: Text = text(
    "Arrivals per second that the schedule calls for, on average over the run; the shape stays",
    "计划的每秒到达数（整个运行的平均值）；形状不变",
);
const FACTOR: Text = text("Factor on the offered rate", "到达速率倍数");
const FACTOR_FIGURE: Text = text("Factor in figures", "倍数数值");
const FACTOR_TIP: Text = text(
    "From now on requests arrive at the rate as drawn, times this factor; the change is marked on the charts",
    "从现在起按所画速率乘以此倍数到达；更改会标在图表上",
);
const NO_RATE: Text = text("The workload has no arrivals: add a phase", "负载没有到达：请添加时段");
const NOT_ON_SALE: Text = text("It can change while requests arrive", "请求到达期间可以更改");
const SERVED: Text =
    text("Requests come over HTTP: the load generator sets the rate", "请求来自 HTTP：速率由压测工具决定");
const CHANGE_RATE: Text = text("Change offered rate", "更改到达速率");

/// Rates that the slider reaches; more can be typed.
const RATES: RangeInclusive<f64> = 10.0..=200_000.0;
/// Rates that can be typed.
const TYPED_RATES: RangeInclusive<f64> = 0.1..=10_000_000.0;
/// Factors that the slider reaches, evenly to both sides of 1.
const FACTORS: RangeInclusive<f64> = 0.1..=10.0;
/// Factors that can be typed; the engine takes no others.
const TYPED_FACTORS: RangeInclusive<f64> = 0.01..=100.0;
/// While the slider is dragged, a new factor is sent as often as this, in seconds of the window's clock.
const SEND_EVERY: f64 = 0.25;
/// Width of the slider and of its figure; the same before a run and in it, so that nothing moves when it starts.
const SLIDER: f32 = 96.0;
const FIGURE: f32 = 118.0;

/// How the slider is looked at.
#[derive(Debug, Default)]
pub struct RateView {
    /// The factor under the pointer, while it is dragged and perhaps not sent yet.
    dragged: Option<f64>,
    /// When a factor was sent last.
    sent_at: f64,
}

/// Draws it.
pub fn show(ui: &mut Ui, model: &Model, view: &mut RateView, out: &mut Intents) {
    ui.spacing_mut().slider_width = SLIDER;
    if let Some(run) = model.runs.active() {
        live(ui, model, run, view, out);
    } else {
        *view = RateView::default();
        drawn(ui, model, out);
    }
}

/// The mean rate of the design.
fn drawn(ui: &mut Ui, model: &Model, out: &mut Intents) {
    let lang = model.lang();
    let mean = model.doc.workload().mean_rate();
    let is_possible = mean.is_finite() && mean > 0.0;
    let mut rate = if is_possible { mean } else { 0.0 };
    let response = ui
        .add_enabled_ui(is_possible, |ui| {
            let slider = ui.add(slider(&mut rate, RATES)).accessible_name(lang.t(RATE));
            let figure = DragValue::new(&mut rate)
                .range(TYPED_RATES)
                .clamp_existing_to_range(false)
                .speed((mean * 0.01).max(0.1))
                .custom_formatter(|rate, _| per_sec(rate))
                .custom_parser(read_rate);
            slider | ui.add_sized(figure_size(ui), figure).accessible_name(lang.t(RATE_FIGURE))
        })
        .inner;
    if response.changed() {
        let rate = number::three_digits(rate);
        let edit = Edit::new(CHANGE_RATE, move |topology| ops::scale_rate(topology, rate));
        out.edit(edit.in_gesture("offered rate"));
    }
    if response.drag_stopped() || response.lost_focus() {
        out.push(Intent::EndGesture);
    }
    let tip = format!("{}\n{}", lang.t(RATE), lang.t(RATE_TIP));
    response.on_hover_text(tip).on_disabled_hover_text(lang.t(NO_RATE));
}

/// The factor on the rate of what runs.
fn live(ui: &mut Ui, model: &Model, run: &Run, view: &mut RateView, out: &mut Intents) {
    let lang = model.lang();
    let in_force = run.asked_factor.unwrap_or(run.offered_factor);
    let mut factor = view.dragged.unwrap_or(in_force);
    let before = factor;
    let response = ui
        .add_enabled_ui(run.phase == RunPhase::OnSale && !run.is_stopping && run.served.is_none(), |ui| {
            let slider = ui.add(slider(&mut factor, FACTORS)).accessible_name(lang.t(FACTOR));
            let rate = per_sec(run.topology.workload.mean_rate() * factor);
            let figure = DragValue::new(&mut factor)
                .range(TYPED_FACTORS)
                .speed(0.01)
                .update_while_editing(false)
                .custom_formatter(move |factor, _| format!("×{} = {rate}", two_decimals(factor)))
                .custom_parser(read_factor);
            slider | ui.add_sized(figure_size(ui), figure).accessible_name(lang.t(FACTOR_FIGURE))
        })
        .inner;
    factor = (factor * 100.0).round().max(1.0) / 100.0;
    let is_new = (factor - before).abs() > 1e-9;
    send(ui, view, &response, is_new.then_some(factor), in_force, out);
    let tip = format!("{}\n{}", lang.t(FACTOR), lang.t(FACTOR_TIP));
    let why_not = if run.served.is_some() { SERVED } else { NOT_ON_SALE };
    response.on_hover_text(tip).on_disabled_hover_text(lang.t(why_not));
}

/// Sends a factor that was chosen: a few times a second while it is dragged, and the last one for certain.
fn send(
    ui: &Ui,
    view: &mut RateView,
    response: &Response,
    chosen: Option<f64>,
    in_force: f64,
    out: &mut Intents,
) {
    let now = ui.input(|input| input.time);
    if chosen.is_some() {
        view.dragged = chosen;
    }
    let Some(factor) = view.dragged else { return };
    let is_dragging = response.dragged();
    if !is_dragging || now - view.sent_at >= SEND_EVERY {
        if (factor - in_force).abs() > 1e-9 {
            out.push(Intent::Change(Change::OfferedRate { factor }));
            view.sent_at = now;
        }
    } else {
        ui.request_repaint_after_secs(0.1);
    }
    if !is_dragging {
        view.dragged = None;
    }
}

fn figure_size(ui: &Ui) -> [f32; 2] {
    [FIGURE, ui.spacing().interact_size.y]
}

fn slider(value: &mut f64, range: RangeInclusive<f64>) -> Slider<'_> {
    Slider::new(value, range)
        .logarithmic(true)
        .clamping(SliderClamping::Never)
        .show_value(false)
        .trailing_fill(true)
}

/// A rate with its unit.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "rounded, not negative")]
fn per_sec(rate: f64) -> String {
    if rate.is_finite() && rate > 0.0 && rate < 10.0 {
        return format!("{rate:.1}/s");
    }
    format!("{}/s", grouped(rate.max(0.0).round() as u64))
}

fn two_decimals(factor: f64) -> String {
    let text = format!("{factor:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A rate as it was typed: `12,000/s`, `12k`.
fn read_rate(typed: &str) -> Option<f64> {
    let typed = typed.trim().trim_end_matches("/s").trim();
    number::parse_number(typed)
}

/// A factor as it was typed: `×1.5`, `1.5`, or `1.5 = 12,000/s` as it stood there.
fn read_factor(typed: &str) -> Option<f64> {
    let typed = typed.split('=').next()?.trim().trim_start_matches(['×', 'x', '*']).trim();
    typed.parse::<f64>().ok().filter(|factor| factor.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_and_factors_are_read_as_they_are_written() {
        for (typed, rate) in [("12,000/s", 12_000.0), ("12k", 12_000.0), ("0.5", 0.5)] {
            assert_eq!(read_rate(typed), Some(rate), "{typed}");
        }
        assert_eq!(read_rate("fast"), None);
        for typed in ["×1.5 = 12,900/s", "1.5", " x1.5"] {
            assert_eq!(read_factor(typed), Some(1.5), "{typed}");
        }
        assert_eq!([two_decimals(1.0), two_decimals(1.5), two_decimals(0.25)], ["1", "1.5", "0.25"]);
    }
}
