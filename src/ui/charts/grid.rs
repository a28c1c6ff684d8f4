//! All charts beside each other: as many in a row as fit, as high as there is room.

use egui::{
    Align, Button, Id, Label, Layout, PopupAnchor, Rect, RichText, ScrollArea, Sense, Tooltip, Ui, pos2, vec2,
};
use lucide_icons::Icon;

use super::super::intent::{Intent, Intents};
use super::super::model::Model;
use super::super::run::Run;
use super::super::run::playhead::Seek;
use super::super::settings::Settings;
use super::super::text::{Text, text};
use super::super::theme::fonts::icon;
use super::super::theme::tokens;
use super::gesture::{self, Gesture};
use super::kind::Chart;
use super::legend::{self, Legend};
use super::marks::Marks;
use super::plot::{self, AXIS_HEIGHT, Cell, Drawn, Scene, Second};
use super::trace::{Trace, Traces};
use super::{ChartsView, over, readout};

/// The least width and height of a chart, its heading included.
const LEAST: egui::Vec2 = vec2(232.0, 96.0);
/// The most charts in a row.
const MOST: usize = 3;
/// Between charts.
const GAP: egui::Vec2 = vec2(14.0, 6.0);
/// Height of a chart's heading.
const HEADING: f32 = 18.0;
/// From this width on, the legend stands beside the name.
const BESIDE: f32 = 420.0;

const ENLARGE: Text = text("Enlarge {}", "放大 {}");
const ENLARGE_TIP: Text = text("Show this chart alone", "单独显示此图表");
const ALL_CHARTS: Text = text("Show all charts", "显示全部图表");
const IN_BYTES: Text = text("bytes", "字节");
const IN_SECS: Text = text("secs", "秒");
const TO_BYTES: Text = text("Show the lag in bytes", "以字节显示延迟");
const TO_SECS: Text = text("Show the lag in seconds", "以秒显示延迟");
const NO_COUNTERPART: Text = text("the second run has none of these", "第二次运行没有这些数据");
const CHART: Text = text("{} chart", "{} 图表");

/// A frame's drawing of all charts.
struct Frame<'a> {
    model: &'a Model,
    scene: Scene<'a>,
    traces: Traces<'a>,
    view: &'a mut ChartsView,
    out: &'a mut Intents,
    /// The moment under the pointer, if it is in a chart.
    under_pointer: Option<f64>,
    gesture: Option<Gesture>,
    highlight: Option<super::trace::Key>,
}

/// Draws all charts.
pub fn show(ui: &mut Ui, model: &Model, run: &Run, view: &mut ChartsView, out: &mut Intents) {
    let tokens = tokens(ui.ctx());
    let (extent, len) = (view.extent(run), view.len(run));
    let marks = Marks::of(model, run, extent.end);
    let scope = view.stages(model, run);
    let cursor = view.cursor.filter(|secs| (0.0..=extent.end + 0.2).contains(secs));
    let scene = Scene {
        run,
        len,
        range: view.window.range(extent),
        cursor: cursor
            .and_then(|secs| run.series.index_at(secs))
            .or(run.moment())
            .map(|index| index.min(len.max(1) - 1)),
        playhead: run.playhead.as_ref().map(|playhead| playhead.at),
        highlight: view.highlight,
        chosen: view.chosen,
        tokens,
        marks: &marks,
    };
    let traces = Traces { run, scope: scope.as_deref(), lang: model.lang(), tokens };
    let mut frame =
        Frame { model, scene, traces, view, out, under_pointer: None, gesture: None, highlight: None };
    let in_secs = model.settings.lag_in_secs;
    let charts: Vec<Chart> = frame.view.charts(run).into_iter().map(|chart| chart.shown(in_secs)).collect();
    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| frame.all(ui, &charts));
    let (under_pointer, gesture, highlight) = (frame.under_pointer, frame.gesture, frame.highlight);
    let moved = settle(view, run, under_pointer, gesture) || view.highlight != highlight;
    view.highlight = highlight;
    if moved {
        // Charts drawn before the one that was touched still show the state before.
        ui.request_repaint();
    }
}

/// What was done in a chart takes effect on all. Answers whether they look different now.
fn settle(view: &mut ChartsView, run: &Run, under_pointer: Option<f64>, gesture: Option<Gesture>) -> bool {
    let extent = view.extent(run);
    let before = (view.window, view.cursor, view.chosen);
    if under_pointer.is_some() {
        (view.cursor, view.is_pinned) = (under_pointer, false);
    } else if !view.is_pinned {
        view.cursor = None;
    }
    view.chosen = None;
    match gesture {
        None => {}
        Some(Gesture::Pan(secs)) => view.window.pan(secs, extent),
        Some(Gesture::Zoom { factor, at }) => view.window.zoom(factor, at, extent),
        Some(Gesture::Choosing(from, to)) => view.chosen = Some((from, to)),
        Some(Gesture::Chosen(from, to)) => view.window.look_at(from, to, extent),
        Some(Gesture::Reset) => view.window.follow(),
        Some(Gesture::Step(buckets)) => step(view, run, buckets),
    }
    before != (view.window, view.cursor, view.chosen)
}

/// Moves the cursor on by so many buckets.
fn step(view: &mut ChartsView, run: &Run, buckets: i64) {
    let Some(last) = view.len(run).checked_sub(1) else { return };
    let now = view.cursor.and_then(|secs| run.series.index_at(secs)).unwrap_or(last);
    let next = usize::try_from(i64::try_from(now).unwrap_or(0) + buckets).unwrap_or(0).min(last);
    view.show_moment(plot::middle(run, next), run);
}

impl Frame<'_> {
    fn all(&mut self, ui: &mut Ui, charts: &[Chart]) {
        let room = ui.available_size();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few")]
        let fitting = ((room.x + GAP.x) / (LEAST.x + GAP.x)) as usize;
        let columns = fitting.clamp(1, MOST).min(charts.len());
        let rows = charts.len().div_ceil(columns);
        let share = |all: f32, parts: usize, gap: f32| (all - gap * (parts - 1) as f32) / parts as f32;
        let size = vec2(share(room.x, columns, GAP.x), share(room.y, rows, GAP.y).max(LEAST.y).floor());
        let height = size.y * rows as f32 + GAP.y * (rows - 1) as f32;
        let (whole, _) = ui.allocate_exact_size(vec2(room.x, height), Sense::hover());
        for (place, chart) in charts.iter().enumerate() {
            let (column, row) = (place % columns, place / columns);
            let corner = whole.min + (size + GAP) * vec2(column as f32, row as f32);
            // Charts without another below have the labels of the time axis.
            let has_time = place + columns >= charts.len();
            let rect = Rect::from_min_size(corner, size);
            ui.scope_builder(egui::UiBuilder::new().id_salt(chart).max_rect(rect), |ui| {
                self.chart(ui, *chart, has_time, place == 0);
            });
        }
    }

    fn chart(&mut self, ui: &mut Ui, chart: Chart, has_time: bool, has_words: bool) {
        let bottom = ui.max_rect().bottom();
        ui.spacing_mut().item_spacing = vec2(6.0, 1.0);
        let all = self.traces.of(chart);
        self.heading(ui, chart, &all);
        let shown: Vec<&Trace<'_>> = all.iter().filter(|trace| self.view.shown.is_on(trace)).collect();
        // Plots of a row are equally high: the space of the time axis stays free where its labels are missing.
        let below = if has_time { 0.0 } else { 2.0 };
        let height = (bottom - ui.cursor().top() - below).max(AXIS_HEIGHT * 2.0);
        let size = vec2(ui.available_width(), height);
        let over = self.model.runs.overlay.as_ref();
        let scope = over.and_then(|over| over::scope(over, self.traces));
        let theirs = over.map(|over| {
            let traces = Traces { run: &over.run, scope: scope.as_deref(), ..self.traces };
            over::counterparts((self.scene.run, traces), chart, &shown)
        });
        let second = over.zip(theirs.as_deref()).map(|(over, traces)| Second { run: &over.run, traces });
        let drawn = plot::show(ui, &self.scene, chart, (&shown, second), Cell { size, has_time });
        if theirs.is_some_and(|theirs| theirs.is_empty()) {
            self.no_counterpart(ui, plot::inside(&drawn));
        }
        self.view.plots.push((chart.place(), plot::inside(&drawn)));
        self.scene.marks.signs(ui, &drawn.transform, self.scene.tokens, has_words);
        if has_words {
            self.scene.marks.buttons(ui, &drawn.transform, self.model, self.out);
        }
        self.touch(ui, chart, &shown, drawn);
    }

    /// Says that the second run has nothing to draw here.
    fn no_counterpart(&self, ui: &Ui, plot: Rect) {
        let (tokens, font) = (self.scene.tokens, egui::FontId::proportional(10.5));
        let words = self.model.lang().t(NO_COUNTERPART).to_owned();
        let galley = ui.painter().layout_no_wrap(words, font, tokens.text);
        let at = plot.center_bottom() - vec2(galley.size().x / 2.0, galley.size().y + 4.0);
        let chip = Rect::from_min_size(at, galley.size()).expand2(vec2(5.0, 1.0));
        ui.painter().rect_filled(chip, 4, tokens.card.gamma_multiply(0.9));
        ui.painter().galley(at, galley, tokens.text);
    }

    /// Name, unit, legend, and the button that enlarges.
    fn heading(&mut self, ui: &mut Ui, chart: Chart, traces: &[Trace<'_>]) {
        let (lang, tokens) = (self.model.lang(), self.scene.tokens);
        let is_beside = ui.available_width() >= BESIDE;
        let size = vec2(ui.available_width(), HEADING);
        ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
            ui.set_min_height(HEADING);
            ui.label(icon(chart.icon()).size(12.0).color(tokens.weak));
            let title = RichText::new(lang.t(chart.title())).size(13.0);
            let title = ui.add(Label::new(title).sense(Sense::click()));
            if title.on_hover_text(lang.t(chart.definition())).double_clicked() {
                self.view.solo(chart.place());
            }
            let unit = RichText::new(lang.t(chart.measure())).size(10.5).color(tokens.weak);
            // What stands at the right end keeps its room.
            let kept = if chart.place() == Chart::Lag { 60.0 } else { 30.0 };
            let room = vec2((ui.available_width() - kept).max(0.0), HEADING);
            ui.allocate_ui_with_layout(room, Layout::left_to_right(Align::Center), |ui| {
                ui.add(Label::new(unit).truncate());
            });
            if is_beside {
                ui.add_space(6.0);
                let width = ui.available_width() - kept;
                self.legend(ui, chart, traces, width);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                self.enlarge(ui, chart);
                if chart.place() == Chart::Lag {
                    self.lag_unit(ui);
                }
            });
        });
        if !is_beside {
            let size = vec2(ui.available_width(), legend::HEIGHT);
            ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
                self.legend(ui, chart, traces, size.x);
            });
        }
    }

    fn enlarge(&mut self, ui: &mut Ui, chart: Chart) {
        let lang = self.model.lang();
        let is_alone = self.view.solo == Some(chart.place());
        let (picture, name, tip) = if is_alone {
            (Icon::Minimize2, lang.t(ALL_CHARTS).to_owned(), ALL_CHARTS)
        } else {
            (Icon::Maximize2, lang.f(ENLARGE, &[&lang.t(chart.title())]), ENLARGE_TIP)
        };
        let button = Button::new(icon(picture).size(11.0).color(self.scene.tokens.weak)).frame(false).small();
        if ui.add(button).accessible_name(name).on_hover_text(lang.t(tip)).clicked() {
            self.view.solo(chart.place());
        }
    }

    /// The button that changes between bytes and seconds; the choice is kept.
    fn lag_unit(&mut self, ui: &mut Ui) {
        let (lang, in_secs) = (self.model.lang(), self.model.settings.lag_in_secs);
        let words = RichText::new(lang.t(if in_secs { IN_SECS } else { IN_BYTES })).size(10.5);
        let button = Button::new(words.color(self.scene.tokens.weak)).frame(false).small();
        let tip = lang.t(if in_secs { TO_BYTES } else { TO_SECS });
        if ui.add(button).accessible_name(tip).on_hover_text(tip).clicked() {
            let settings = Settings { lag_in_secs: !in_secs, ..self.model.settings.clone() };
            self.out.push(Intent::Settings(Box::new(settings)));
        }
    }

    fn legend(&mut self, ui: &mut Ui, chart: Chart, traces: &[Trace<'_>], width: f32) {
        let series = &self.scene.run.series;
        let values = self.scene.cursor.map(|index| {
            traces.iter().map(|trace| readout::value(trace, chart.unit(), series, index)).collect()
        });
        let lang = self.model.lang();
        let (shown, tokens) = (&self.view.shown, self.scene.tokens);
        let legend = Legend { chart: lang.t(chart.title()), traces, values, shown, lang, tokens };
        let touched = legend.show(ui, width);
        self.highlight = self.highlight.or(touched.over);
        if let Some(key) = touched.alone {
            self.view.shown.solo(key, traces);
        }
        if let Some(trace) = traces.iter().find(|trace| touched.toggled == Some(trace.key)) {
            self.view.shown.toggle(trace);
        }
    }

    /// Reads what was done in a chart, and shows the values under the pointer.
    fn touch(&mut self, ui: &Ui, chart: Chart, shown: &[&Trace<'_>], drawn: Drawn) {
        let lang = self.model.lang();
        let name = lang.f(CHART, &[&lang.t(chart.title())]);
        let drawn = Drawn { response: drawn.response.accessible_name(name), ..drawn };
        self.gesture = self.gesture.or_else(|| gesture::read(ui, &drawn, self.view.chosen));
        let Some(pointer) = drawn.response.hover_pos() else { return };
        let secs = drawn.transform.value_from_position(pointer).x;
        self.under_pointer = Some(secs);
        if drawn.response.clicked() && self.scene.playhead.is_some() {
            self.out.push(Intent::Seek(Seek::To(secs)));
        }
        let Some(index) = self.scene.cursor.filter(|_| !drawn.response.dragged()) else { return };
        let near = self.scene.marks.near(secs, &drawn.transform);
        let anchor = PopupAnchor::Position(pos2(pointer.x + 12.0, pointer.y + 12.0));
        let id = Id::unique("charts' readout");
        let tip = Tooltip::always_open(ui.ctx().clone(), ui.layer_id(), id, anchor);
        tip.gap(6.0).show(|ui| readout::show(ui, (&self.scene, lang), (chart.unit(), shown), index, &near));
    }
}
