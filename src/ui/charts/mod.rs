//! The charts: one time axis, one cursor.
//!
//! - [`kind`]: the charts there are; [`trace`]: what each of them draws; `words`: the names of that.
//! - [`window`]: the stretch of time that all show; `gesture`: how the reader moves it.
//! - `sample`: from columns to points; `plot`: one chart; [`format`]: numbers and axes.
//! - `over`: a second run over the one that is shown.
//! - `marks`: what happened, as lines and bands; `legend`, `readout`, `toolbar`, `empty`: around the charts.
//! - `grid`: all charts beside each other; [`timeline`]: the moment that the canvas shows.

mod empty;
mod format;
mod gesture;
mod grid;
pub mod kind;
mod legend;
mod marks;
mod over;
pub mod plot;
mod readout;
mod sample;
pub mod timeline;
mod toolbar;
pub mod trace;
pub mod window;
mod words;

use std::collections::BTreeSet;

use egui::{Rect, Ui};

use super::intent::Intents;
use super::model::Model;
use super::run::Run;
use crate::engine::RunId;
pub use format::moment;
use kind::Chart;
use legend::Shown;
use trace::Key;
use window::{Extent, Window};

/// Which stages the charts are about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Scope {
    /// Those selected on the canvas; all where none is.
    #[default]
    Selection,
    /// All.
    All,
    /// One, by its place in the running topology.
    Stage(usize),
}

/// Where the charts stand still.
#[derive(Debug, Clone, Copy)]
struct Frozen {
    /// So many buckets show.
    len: usize,
    /// The end of the last of them, in seconds.
    at: f64,
}

/// How the charts are looked at.
#[derive(Debug, Default)]
pub struct ChartsView {
    /// The stretch of time that shows.
    pub window: Window,
    /// Which stages they are about.
    pub scope: Scope,
    /// Where the charts were drawn last, for a picture of them.
    pub last_rect: Option<Rect>,
    /// Where each chart was drawn last, without its axes.
    pub plots: Vec<(Chart, Rect)>,
    /// The moment under the cursor, in seconds.
    pub cursor: Option<f64>,
    /// Whether the cursor stays without the pointer: it was set by keys or by an event's line.
    is_pinned: bool,
    hidden: BTreeSet<Chart>,
    solo: Option<Chart>,
    shown: Shown,
    highlight: Option<Key>,
    chosen: Option<(f64, f64)>,
    frozen: Option<Frozen>,
    /// The end of the run over the one that is shown, in seconds; 0 without one.
    over_end: f64,
    run: Option<RunId>,
}

impl ChartsView {
    /// A view of these charts alone.
    pub fn only(charts: &[Chart]) -> Self {
        let hidden = Chart::ALL.into_iter().filter(|chart| !charts.contains(chart)).collect();
        Self { hidden, ..Self::default() }
    }

    /// Follows the newest; charts that stand still go on.
    pub fn follow(&mut self) {
        self.window.follow();
        self.frozen = None;
    }

    /// Holds the charts still, or lets them go on.
    pub fn toggle_freeze(&mut self, run: &Run) {
        let now = Frozen { len: run.series.len(), at: run.series.end_secs() };
        self.frozen = if self.frozen.is_some() { None } else { Some(now) };
    }

    /// Where the charts stand still, in seconds; none while they go on.
    pub fn frozen_at(&self) -> Option<f64> {
        self.frozen.map(|frozen| frozen.at)
    }

    /// Sets the cursor to a moment and brings it into view.
    pub fn show_moment(&mut self, secs: f64, run: &Run) {
        self.window.reveal(secs, self.extent(run));
        self.cursor = Some(secs);
        self.is_pinned = true;
    }

    /// Brings a moment into view.
    pub fn bring_into_view(&mut self, secs: f64, run: &Run) {
        self.window.reveal(secs, self.extent(run));
    }

    /// Whether a chart shows.
    pub fn shows(&self, chart: Chart) -> bool {
        self.solo.map_or(!self.hidden.contains(&chart), |solo| solo == chart)
    }

    /// The charts of a run that show, in order.
    pub fn charts(&self, run: &Run) -> Vec<Chart> {
        Chart::of(&run.topology).filter(|chart| self.shows(*chart)).collect()
    }

    /// Hides a chart that shows, shows one that is hidden.
    pub fn toggle(&mut self, chart: Chart) {
        if self.solo.take() == Some(chart) || !self.hidden.remove(&chart) {
            self.hidden.insert(chart);
        }
    }

    /// Shows one chart alone; all again if it was alone already.
    pub fn solo(&mut self, chart: Chart) {
        self.solo = if self.solo == Some(chart) { None } else { Some(chart) };
        self.hidden.remove(&chart);
    }

    /// The stages that the charts are about, by their places in the running topology; none: all.
    pub fn stages(&self, model: &Model, run: &Run) -> Option<Vec<usize>> {
        match self.scope {
            Scope::All => None,
            Scope::Stage(stage) => Some(vec![stage]).filter(|_| stage < run.topology.stages.len()),
            Scope::Selection => {
                let design = model.doc.topology();
                let selected = model.selection.stages().into_iter();
                let stages: Vec<usize> = selected.filter_map(|stage| run.stage_of(design, stage)).collect();
                Some(stages).filter(|stages| !stages.is_empty())
            }
        }
    }

    /// So many buckets show.
    fn len(&self, run: &Run) -> usize {
        self.frozen.map_or(run.series.len(), |frozen| frozen.len.min(run.series.len()))
    }

    fn extent(&self, run: &Run) -> Extent {
        let end = self.frozen_at().unwrap_or_else(|| run.series.end_secs());
        Extent { end, duration: run.duration.as_secs_f64().max(self.over_end) }
    }

    /// What was about another run is forgotten.
    fn meet(&mut self, run: &Run) {
        if self.run != Some(run.id) {
            self.run = Some(run.id);
            self.window.follow();
            (self.frozen, self.cursor, self.chosen) = (None, None, None);
            self.solo = self.solo.filter(|solo| Chart::of(&run.topology).any(|chart| chart == *solo));
            if let Scope::Stage(_) = self.scope {
                self.scope = Scope::Selection;
            }
        }
    }
}

/// Draws the charts without what they are set by.
pub fn show_plain(ui: &mut Ui, model: &Model, view: &mut ChartsView, out: &mut Intents) {
    view.plots.clear();
    view.last_rect = None;
    ui.set_min_height(ui.available_height());
    let Some(run) = &model.runs.current else { return };
    view.meet(run);
    view.scope = Scope::All;
    if run.series.is_empty() {
        return empty::no_measurements(ui, model, run);
    }
    grid::show(ui, model, run, view, out);
}

/// Draws the charts.
pub fn show(ui: &mut Ui, model: &Model, view: &mut ChartsView, out: &mut Intents) {
    view.plots.clear();
    view.last_rect = None;
    // The panel keeps its height, however little there is to show.
    ui.set_min_height(ui.available_height());
    let Some(run) = &model.runs.current else { return empty::no_run(ui, model, out) };
    view.meet(run);
    view.over_end = model.runs.overlay.as_ref().map_or(0.0, |over| over.run.series.end_secs());
    if run.series.is_empty() {
        return empty::no_measurements(ui, model, run);
    }
    view.last_rect = Some(ui.available_rect_before_wrap());
    toolbar::show(ui, model, run, view, out);
    if view.charts(run).is_empty() {
        if empty::all_hidden(ui, model) {
            view.hidden.clear();
        }
        return;
    }
    if let Some(over) = &model.runs.overlay {
        over::legend(ui, model, run, over, out);
    }
    grid::show(ui, model, run, view, out);
}
