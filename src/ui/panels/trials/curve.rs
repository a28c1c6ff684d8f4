//! The curve of capacity: rate against p99, the points as a table, and what was full.

use egui::{Color32, RichText, Ui};
use egui_plot::{AxisHints, GridInput, GridMark, Line, Plot, PlotPoints, Points};

use super::super::super::charts::plot::{AXIS_HEIGHT, AXIS_WIDTH};
use super::super::super::text::{Lang, Text, text, trials as words};
use super::super::super::theme::{Tokens, tokens};
use super::super::results::tables::table;
use crate::machine::capacity::whole;
use crate::machine::knee::{Knee, Outcome, Point};
use crate::report::text::grouped;
use crate::report::verdict::micros;

const RATE: Text = text("arrivals/s", "到达/s");
const ACHIEVED: Text = text("achieved/s", "达成/s");
const P50: Text = text("p50", "p50");
const P99: Text = text("p99", "p99");
const TARGETS: Text = text("targets", "目标");
const FULLEST: Text = text("full, or closest to it", "已满或最接近已满");
const HEIGHT: f32 = 150.0;

/// Draws it.
pub fn show(ui: &mut Ui, lang: Lang, points: &[Point], knee: Option<&Knee>) {
    let mut sorted: Vec<&Point> = points.iter().collect();
    sorted.sort_by(|one, other| one.rate_per_sec.total_cmp(&other.rate_per_sec));
    if let Some(knee) = knee {
        ui.label(RichText::new(words::found(lang, knee)).strong());
        let unmet = sorted.iter().find(|point| Some(point.rate_per_sec) == knee.met.failed_at);
        if let Some(point) = unmet {
            ui.label(words::missed(lang, point));
            ui.label(words::full(lang, point));
        }
    }
    plot(ui, &sorted);
    rows(ui, lang, &sorted);
}

fn colour(tokens: &Tokens, outcome: Outcome) -> Color32 {
    match outcome {
        Outcome::Met => tokens.good,
        Outcome::Missed => tokens.bad,
        Outcome::Unknown => tokens.warn,
    }
}

/// Both axes are logarithmic: rates double, and times grow a hundredfold.
fn place(point: &Point) -> [f64; 2] {
    [point.offered_per_sec.max(1.0).log10(), (point.p99_us.max(1) as f64).log10()]
}

fn plot(ui: &mut Ui, points: &[&Point]) {
    let tokens = tokens(ui.ctx());
    let rate = AxisHints::new_x()
        .min_thickness(AXIS_HEIGHT)
        .formatter(|mark, _| grouped(whole(10_f64.powf(mark.value))));
    let time = AxisHints::new_y()
        .min_thickness(AXIS_WIDTH)
        .formatter(|mark, _| micros(whole(10_f64.powf(mark.value))));
    let plot = Plot::new("capacity")
        .height(HEIGHT)
        .custom_x_axes(vec![rate])
        .custom_y_axes(vec![time])
        .x_grid_spacer(|input| marks(&input))
        .y_grid_spacer(|input| marks(&input))
        .grid_color(tokens.grid)
        .set_margin_fraction(egui::vec2(0.06, 0.12))
        .show_x(false)
        .show_y(false)
        .allow_zoom(false)
        .allow_drag(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false);
    plot.show(ui, |plot| {
        let way: PlotPoints<'_> = points.iter().map(|point| place(point)).collect();
        plot.line(Line::new("way", way).color(tokens.weak).width(1.0));
        for outcome in [Outcome::Met, Outcome::Missed, Outcome::Unknown] {
            let own = points.iter().filter(|point| point.outcome == outcome);
            let own: PlotPoints<'_> = own.map(|point| place(point)).collect();
            plot.points(Points::new("points", own).color(colour(tokens, outcome)).radius(4.5));
        }
    });
}

/// 1, 2 and 5 of every decade.
fn marks(input: &GridInput) -> Vec<GridMark> {
    let (low, high) = input.bounds;
    #[allow(clippy::cast_possible_truncation, reason = "decades of rates and times are few")]
    let decades = (low.floor().max(-1.0) as i32)..=(high.ceil().min(9.0) as i32);
    let of = |decade: i32| [1.0_f64, 2.0, 5.0].map(|digit| f64::from(decade) + digit.log10());
    let within = decades.flat_map(of).filter(|value| (low..=high).contains(value));
    within.map(|value| GridMark { value, step_size: 0.4 }).collect()
}

fn rows(ui: &mut Ui, lang: Lang, points: &[&Point]) {
    let heads = [(RATE, None), (ACHIEVED, None), (P50, None), (P99, None), (TARGETS, None), (FULLEST, None)];
    table(ui, "points", lang, &heads, |ui| {
        for point in points {
            let tokens = tokens(ui.ctx());
            ui.label(grouped(whole(point.offered_per_sec)));
            ui.label(grouped(whole(point.achieved_per_sec)));
            ui.label(micros(point.p50_us));
            ui.label(micros(point.p99_us));
            let outcome = RichText::new(words::outcome(lang, point.outcome));
            let reasons: Vec<_> = point.reasons.iter().map(|reason| lang.of(reason)).collect();
            let label = ui.label(outcome.color(colour(tokens, point.outcome)));
            if !reasons.is_empty() {
                label.on_hover_text(reasons.join("\n"));
            }
            ui.label(fullest(lang, point));
            ui.end_row();
        }
    });
}

/// What was full, or the one thing that came closest to it.
fn fullest(lang: Lang, point: &Point) -> String {
    let full: Vec<String> =
        point.gauges.iter().filter(|gauge| gauge.is_full).map(|gauge| words::gauge(lang, gauge)).collect();
    match point.gauges.first() {
        Some(first) if full.is_empty() => {
            format!("{:.0} % {}", first.share() * 100.0, words::gauge(lang, first))
        }
        _ => full.join(", "),
    }
}
