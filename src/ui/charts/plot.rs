//! One chart: axes, traces, cursor.

use std::ops::RangeInclusive;

use egui::{Color32, FontId, Rangef, Rect, Response, Stroke, Ui, Vec2};
use egui_plot::{
    AxisHints, FilledArea, GridMark, HLine, Line, LineStyle, Plot, PlotBounds, PlotPoint, PlotPoints,
    PlotTransform, PlotUi, Points, VLine,
};

use super::super::run::Run;
use super::super::theme::Tokens;
use super::format::{Unit, moment, nice_secs, steps};
use super::kind::Chart;
use super::marks::Marks;
use super::sample::{Cells, line};
use super::trace::{Key, Look, Trace};

/// Width of the vertical axis: the same everywhere, so that moments stand below each other.
pub const AXIS_WIDTH: f32 = 46.0;
/// Height of the horizontal axis.
pub const AXIS_HEIGHT: f32 = 14.0;
/// Screen points between two marks of the horizontal axis, and of the vertical one.
const APART: [f64; 2] = [58.0, 22.0];
/// Height of the strip above the traces in which marks have their signs.
const STRIP: f32 = 15.0;
/// Charts lower than this have no such strip.
const LOW: f32 = 96.0;
/// Size of the axes' labels.
const LABEL: f32 = 10.5;

/// What all charts of a frame share.
#[derive(Debug, Clone, Copy)]
pub struct Scene<'a> {
    /// The run.
    pub run: &'a Run,
    /// Buckets from this one on are not drawn.
    pub len: usize,
    /// From when to when, in seconds.
    pub range: (f64, f64),
    /// The bucket under the cursor.
    pub cursor: Option<usize>,
    /// The moment that the canvas shows, in seconds.
    pub playhead: Option<f64>,
    /// The trace that stands out.
    pub highlight: Option<Key>,
    /// A stretch that is being chosen, in seconds.
    pub chosen: Option<(f64, f64)>,
    /// Colours.
    pub tokens: &'a Tokens,
    /// What happened, on all charts.
    pub marks: &'a Marks,
}

/// A chart's place among the others.
#[derive(Debug, Clone, Copy)]
pub struct Cell {
    /// How large it is, axes included.
    pub size: Vec2,
    /// Whether the time axis has its labels here.
    pub has_time: bool,
}

/// A run over the one that is shown.
#[derive(Debug, Clone, Copy)]
pub struct Second<'a> {
    /// The run.
    pub run: &'a Run,
    /// Those of its traces that are drawn.
    pub traces: &'a [Trace<'a>],
}

/// A chart that was drawn.
pub struct Drawn {
    /// What the pointer did in it.
    pub response: Response,
    /// From values to places on the screen.
    pub transform: PlotTransform,
}

/// What goes into a plot, as its items want it.
#[derive(Default)]
struct Items {
    areas: Vec<FilledArea>,
    lines: Vec<Line<'static>>,
    dots: Vec<(PlotPoint, Color32)>,
    low: f64,
    high: f64,
}

/// Draws a chart.
pub fn show(
    ui: &mut Ui,
    scene: &Scene<'_>,
    chart: Chart,
    (traces, second): (&[&Trace<'_>], Option<Second<'_>>),
    cell: Cell,
) -> Drawn {
    let unit = chart.unit();
    let inner = cell.size - Vec2::new(AXIS_WIDTH, if cell.has_time { AXIS_HEIGHT } else { 0.0 });
    let cells = Cells::new(&scene.run.series, scene.len, scene.range, inner.x);
    let mut items = items(scene, unit, traces, &cells);
    if let Some(second) = second {
        let series = &second.run.series;
        items.second(second.traces, unit, &Cells::new(series, series.len(), scene.range, inner.x));
    }
    let (low, high) = unit.bounds(items.low, items.high);
    let strip = if inner.y < LOW { 6.0 } else { STRIP };
    let top = low + (high - low) * f64::from(inner.y / (inner.y - strip).max(1.0));
    let bounds = PlotBounds::from_min_max([scene.range.0, low], [scene.range.1, top]);
    let cursor = scene.cursor.map(|index| middle(scene.run, index));
    let (tokens, chosen, marks, playhead) = (scene.tokens, scene.chosen, scene.marks, scene.playhead);
    let answer = frame(chart, unit, tokens, cell).show(ui, move |plot| {
        plot.set_plot_bounds(bounds);
        marks.bands(plot, tokens);
        if let Some((from, to)) = chosen {
            let fill = tokens.accent.gamma_multiply(0.18);
            plot.span(egui_plot::Span::new("", from..=to).fill(fill).border_color(tokens.accent));
        }
        add(plot, items, tokens, low);
        marks.lines(plot, tokens);
        if let Some(at) = playhead {
            plot.vline(VLine::new("moment", at).stroke(Stroke::new(1.5, tokens.accent)).allow_hover(false));
        }
        if let Some(at) = cursor {
            plot.vline(VLine::new("cursor", at).stroke(Stroke::new(1.0, tokens.weak)).allow_hover(false));
        }
    });
    Drawn { response: answer.response, transform: answer.transform }
}

/// The middle of a bucket, in seconds.
pub fn middle(run: &Run, index: usize) -> f64 {
    f64::midpoint(run.series.start_of(index), run.series.at_secs.get(index).copied().unwrap_or(0.0))
}

/// An empty plot with axes and a quiet grid; what the pointer does in it is up to us.
fn frame(chart: Chart, unit: Unit, tokens: &Tokens, cell: Cell) -> Plot<'static> {
    let axis = |hints: AxisHints<'static>| {
        hints
            .label_spacing(Rangef::new(8.0, 9.0))
            .tick_label_color(tokens.weak)
            .tick_label_font(FontId::proportional(LABEL))
    };
    let time = axis(AxisHints::new_x().min_thickness(AXIS_HEIGHT).formatter(time_label));
    let values =
        axis(AxisHints::new_y().min_thickness(AXIS_WIDTH).formatter(move |mark, _| unit.tick(mark.value)));
    Plot::new(chart)
        .width(cell.size.x)
        .height(cell.size.y)
        .custom_x_axes(vec![time])
        .custom_y_axes(vec![values])
        .show_axes([cell.has_time, true])
        .grid_spacing(Rangef::new(1.0, 2.0))
        .x_grid_spacer(|input| steps(input.bounds, nice_secs(input.base_step_size * APART[0])))
        .y_grid_spacer(move |input| unit.marks(&input, input.base_step_size * APART[1]))
        .grid_color(tokens.grid)
        .show_x(false)
        .show_y(false)
        .allow_zoom(false)
        .allow_drag(false)
        .allow_scroll(false)
        .allow_boxed_zoom(false)
        .allow_axis_zoom_drag(false)
        .allow_double_click_reset(false)
}

/// A label of the time axis; none at its very ends, where it would meet the other axis or be cut.
fn time_label(mark: GridMark, range: &RangeInclusive<f64>) -> String {
    let share = (mark.value - range.start()) / (range.end() - range.start());
    if (0.02..=0.985).contains(&share) { moment(mark.value, mark.step_size) } else { String::new() }
}

/// Turns traces into items, and finds how high they reach.
fn items(scene: &Scene<'_>, unit: Unit, traces: &[&Trace<'_>], cells: &Cells) -> Items {
    let mut items = Items { low: f64::INFINITY, high: f64::NEG_INFINITY, ..Items::default() };
    let mut floor = vec![0.0; cells.at.len()];
    for trace in traces {
        let fade = if scene.highlight.is_some_and(|key| key != trace.key) { 0.25 } else { 1.0 };
        if trace.look == Look::Stacked {
            items.stack(trace, cells, &mut floor, fade);
        } else {
            items.line(trace, unit, cells, fade);
            items.dot(scene, unit, trace);
        }
    }
    items
}

impl Items {
    fn reach(&mut self, place: f64) {
        self.low = self.low.min(place);
        self.high = self.high.max(place);
    }

    fn stack(&mut self, trace: &Trace<'_>, cells: &Cells, floor: &mut [f64], fade: f32) {
        let lower = floor.to_vec();
        for (floor, rate) in floor.iter_mut().zip(trace.data.tops(cells)) {
            *floor += rate;
        }
        for top in floor.iter() {
            self.reach(*top);
        }
        let area = FilledArea::new(trace.name.as_str(), &cells.at, &lower, floor);
        self.areas.push(area.fill_color(trace.color.gamma_multiply(0.55 * fade)));
        let top: Vec<PlotPoint> =
            cells.at.iter().zip(floor).map(|(at, top)| PlotPoint::new(*at, *top)).collect();
        self.push_line(trace, top, 1.0, fade, LineStyle::Solid);
    }

    fn line(&mut self, trace: &Trace<'_>, unit: Unit, cells: &Cells, fade: f32) {
        let mut extremes = trace.data.extremes(cells);
        for (low, high) in extremes.iter_mut().flatten() {
            (*low, *high) = (unit.place(*low), unit.place(*high));
            if trace.look == Look::Dashed {
                // Up and down within each cell, it would be nothing but dashes: the highest stands for the cell.
                *low = *high;
            }
            self.reach(*low);
            self.reach(*high);
        }
        if trace.look == Look::Area {
            let tops: Vec<f64> = trace.data.tops(cells).iter().map(|top| unit.place(*top)).collect();
            let zeros = vec![0.0; tops.len()];
            let area = FilledArea::new(trace.name.as_str(), &cells.at, &zeros, &tops);
            self.areas.push(area.fill_color(trace.color.gamma_multiply(0.16 * fade)));
        }
        let (width, style) = match trace.look {
            Look::Area | Look::Stacked => (1.2, LineStyle::Solid),
            Look::Line => (1.5, LineStyle::Solid),
            Look::Thin => (1.0, LineStyle::Solid),
            Look::Dashed => (1.0, LineStyle::Dashed { length: 5.0 }),
        };
        for piece in line(cells, &extremes) {
            self.push_line(trace, piece, width, fade, style);
        }
    }

    fn push_line(
        &mut self,
        trace: &Trace<'_>,
        points: Vec<PlotPoint>,
        width: f32,
        fade: f32,
        style: LineStyle,
    ) {
        let line = Line::new(trace.name.as_str(), PlotPoints::Owned(points)).style(style).allow_hover(false);
        self.lines.push(line.color(trace.color.gamma_multiply(fade)).width(width));
    }

    /// The lines of a second run: broken, and lighter than those of the first. What is stacked there is stacked here.
    fn second(&mut self, traces: &[Trace<'_>], unit: Unit, cells: &Cells) {
        let mut floor = vec![0.0; cells.at.len()];
        for trace in traces {
            let stacked = trace.look == Look::Stacked;
            let mut ends = trace.data.extremes(cells);
            if stacked {
                for (floor, rate) in floor.iter_mut().zip(trace.data.tops(cells)) {
                    *floor += rate;
                }
                ends = floor.iter().map(|top| Some((*top, *top))).collect();
            }
            for (low, high) in ends.iter_mut().flatten() {
                *high = if stacked { *high } else { unit.place(*high) };
                *low = *high;
                self.reach(*high);
            }
            for piece in line(cells, &ends) {
                self.push_line(trace, piece, 1.2, 0.75, LineStyle::Dashed { length: 4.0 });
            }
        }
    }

    fn dot(&mut self, scene: &Scene<'_>, unit: Unit, trace: &Trace<'_>) {
        let Some(index) = scene.cursor else { return };
        if let Some(value) = trace.data.value(&scene.run.series, index) {
            self.dots.push((PlotPoint::new(middle(scene.run, index), unit.place(value)), trace.color));
        }
    }
}

fn add(plot: &mut PlotUi<'_>, items: Items, tokens: &Tokens, low: f64) {
    for area in items.areas {
        plot.add(area.allow_hover(false));
    }
    if low < 0.0 {
        plot.hline(HLine::new("zero", 0.0).stroke(Stroke::new(1.0, tokens.bad)).allow_hover(false));
    }
    for line in items.lines {
        plot.line(line);
    }
    for (at, color) in items.dots {
        let dot = Points::new("", PlotPoints::Owned(vec![at])).radius(2.5);
        plot.points(dot.color(color).allow_hover(false));
    }
}

/// The place on the screen of what is inside a chart's axes.
pub fn inside(drawn: &Drawn) -> Rect {
    *drawn.transform.frame()
}
