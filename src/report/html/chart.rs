//! Charts of lines over time, as drawings that need no script. A script adds a cursor and its figures where it may run.

use std::fmt::Write;

use super::page::{Page, tenth};

/// The size of a chart, in the units of its drawing.
const WIDTH: f64 = 880.0;
const HEIGHT: f64 = 250.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 12.0;
const TOP: f64 = 14.0;
const BOTTOM: f64 = 30.0;
/// The most lines that are told apart.
pub const MOST_LINES: usize = 12;

/// What the values of a chart are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A rate, a second.
    PerSecond,
    /// Microseconds.
    Micros,
    /// A count.
    Count,
}

/// How values are laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Even, from 0.
    Linear,
    /// By powers of ten; what is 0 leaves a gap.
    Log,
}

/// A line.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// What it is, in the language of the page.
    pub name: String,
    /// Its look: `l0` to `l11`, colour and dashes.
    pub look: usize,
    /// One value a moment; none leaves a gap.
    pub values: Vec<Option<f64>>,
}

/// A moment or a span that is marked.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// What happened.
    pub name: String,
    /// When, in seconds.
    pub from_secs: f64,
    /// Until when; none for a moment.
    pub to_secs: Option<f64>,
}

/// A chart.
#[derive(Debug)]
pub struct Chart<'a> {
    /// A name for the page's own use.
    pub id: &'static str,
    /// The title.
    pub title: &'a str,
    /// What the values are, in a few words.
    pub measure: &'a str,
    /// What stands in for the drawing where it can't be seen.
    pub said: String,
    /// The moments, in seconds from the first arrival, rising.
    pub at_secs: &'a [f64],
    /// The lines.
    pub lines: Vec<Line>,
    /// What happened meanwhile.
    pub marks: &'a [Mark],
    /// How values are laid out.
    pub scale: Scale,
    /// What they are.
    pub unit: Unit,
}

/// From values and moments to places in the drawing.
struct Frame {
    until: f64,
    low: f64,
    high: f64,
    scale: Scale,
}

impl Frame {
    fn of(chart: &Chart<'_>) -> Self {
        let until = chart.at_secs.last().copied().unwrap_or(1.0).max(1e-3);
        let values = || chart.lines.iter().flat_map(|line| line.values.iter().flatten().copied());
        match chart.scale {
            Scale::Linear => {
                let low = values().fold(0.0, f64::min);
                let high = round_up(values().fold(0.0, f64::max)).max(1.0);
                Self { until, low: -round_up(-low), high, scale: Scale::Linear }
            }
            Scale::Log => {
                let low = values().filter(|value| *value > 0.0).fold(f64::INFINITY, f64::min);
                let high = values().fold(0.0, f64::max);
                let (low, high) = if low.is_finite() { (low, high) } else { (1.0, 10.0) };
                let low = 10f64.powf(low.log10().floor());
                let high = 10f64.powf(high.log10().ceil()).max(low * 10.0);
                Self { until, low, high, scale: Scale::Log }
            }
        }
    }

    fn x(&self, secs: f64) -> f64 {
        LEFT + (secs / self.until).clamp(0.0, 1.0) * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, value: f64) -> f64 {
        let share = match self.scale {
            Scale::Linear => (value - self.low) / (self.high - self.low),
            Scale::Log => (value.max(self.low) / self.low).log10() / (self.high / self.low).log10(),
        };
        HEIGHT - BOTTOM - share.clamp(0.0, 1.0) * (HEIGHT - TOP - BOTTOM)
    }

    /// Where lines stand across the drawing.
    fn ticks(&self) -> Vec<f64> {
        match self.scale {
            Scale::Linear => {
                let step = step(self.high - self.low, 4.0);
                let first = (self.low / step).ceil();
                (0..8)
                    .map(|n| (first + f64::from(n)) * step)
                    .filter(|at| *at <= self.high * 1.000_001)
                    .collect()
            }
            Scale::Log => {
                let tens = (self.high / self.low).log10().round();
                let every = (tens / 6.0).ceil().max(1.0);
                (0..12)
                    .map(|n| self.low * 10f64.powf(f64::from(n) * every))
                    .filter(|at| *at <= self.high * 1.000_001)
                    .collect()
            }
        }
    }
}

/// The next round number: 1, 2 or 5 times a power of ten. At least 1.
fn round_up(value: f64) -> f64 {
    if value <= 0.0 {
        return 0.0;
    }
    let value = value.max(1.0);
    let ten = 10f64.powf(value.log10().floor());
    [1.0, 2.0, 2.5, 4.0, 5.0, 6.0, 8.0, 10.0]
        .map(|times| times * ten)
        .into_iter()
        .find(|round| *round >= value)
        .unwrap_or(value)
}

/// A round step that divides a span into about so many.
fn step(span: f64, count: f64) -> f64 {
    let raw = (span / count).max(1e-9);
    let ten = 10f64.powf(raw.log10().floor());
    [1.0, 2.0, 2.5, 5.0, 10.0]
        .map(|times| times * ten)
        .into_iter()
        .find(|round| *round >= raw * 0.999)
        .unwrap_or(raw)
}

/// A value as an axis shows it.
fn tick(value: f64, unit: Unit) -> String {
    let plain = |value: f64| {
        let digits = usize::from(value.abs() < 10.0 && (value - value.round()).abs() > 1e-9);
        format!("{value:.digits$}")
    };
    match (unit, value) {
        (Unit::Micros, _) if value >= 1e6 => format!("{} s", plain(value / 1e6)),
        (Unit::Micros, _) if value >= 1e3 => format!("{} ms", plain(value / 1e3)),
        (Unit::Micros, _) => format!("{} µs", plain(value)),
        _ if value.abs() >= 1e6 => format!("{}M", plain(value / 1e6)),
        _ if value.abs() >= 1e3 => format!("{}k", plain(value / 1e3)),
        _ => plain(value),
    }
}

/// Draws it.
pub fn draw(page: &mut Page, chart: &Chart<'_>) {
    let frame = Frame::of(chart);
    page.inside("figure", &[("class", &"chart"), ("id", &chart.id)], |page| {
        page.inside("figcaption", &[], |page| {
            page.element("b", &[], chart.title);
            page.raw(" ");
            page.element("span", &[("class", &"measure")], chart.measure);
            legend(page, &chart.lines);
        });
        let view = format!("0 0 {WIDTH} {HEIGHT}");
        let data = Data { chart, frame: &frame }.to_string();
        let attributes: [super::page::Attr<'_>; 7] = [
            ("viewBox", &view),
            ("role", &"img"),
            ("tabindex", &"0"),
            ("aria-label", &chart.said),
            ("data-chart", &data),
            ("preserveAspectRatio", &"xMidYMid meet"),
            ("class", &"plot"),
        ];
        page.inside("svg", &attributes, |page| {
            grid(page, &frame, chart.unit);
            marks(page, &frame, chart.marks);
            for line in chart.lines.iter().take(MOST_LINES) {
                let look = format!("line l{}", line.look % MOST_LINES);
                let way = way(&frame, chart.at_secs, &line.values);
                page.open("path", &[("class", &look), ("d", &way)]);
                page.close("path");
            }
        });
        page.raw("<p class=\"readout\" aria-live=\"polite\"></p>");
    });
    page.raw("\n");
}

fn legend(page: &mut Page, lines: &[Line]) {
    page.inside("span", &[("class", &"legend")], |page| {
        for line in lines.iter().take(MOST_LINES) {
            page.inside("span", &[("class", &"key")], |page| {
                let look = format!("line l{}", line.look % MOST_LINES);
                page.raw("<svg viewBox=\"0 0 26 8\" aria-hidden=\"true\">");
                page.open("path", &[("class", &look), ("d", &"M1 4H25")]);
                page.raw("</path></svg>");
                page.text(&line.name);
            });
        }
    });
}

fn grid(page: &mut Page, frame: &Frame, unit: Unit) {
    let (left, right, base) = (tenth(LEFT), tenth(WIDTH - RIGHT), HEIGHT - BOTTOM);
    for value in frame.ticks() {
        let (y, below) = (tenth(frame.y(value)), tenth(frame.y(value) + 4.0));
        page.open("path", &[("class", &"grid"), ("d", &format!("M{left} {y}H{right}"))]);
        page.close("path");
        page.element(
            "text",
            &[("class", &"tick y"), ("x", &tenth(LEFT - 8.0)), ("y", &below)],
            tick(value, unit),
        );
    }
    let every = step(frame.until, 8.0);
    let digits = usize::from(every < 1.0);
    for number in 0..20 {
        let at = f64::from(number) * every;
        if at > frame.until * 1.000_001 {
            break;
        }
        let x = tenth(frame.x(at));
        let foot = format!("M{x} {}v4", tenth(base));
        page.open("path", &[("class", &"axis"), ("d", &foot)]);
        page.close("path");
        let said = format!("{at:.digits$} s");
        page.element("text", &[("class", &"tick x"), ("x", &x), ("y", &tenth(base + 18.0))], said);
    }
    page.open("path", &[("class", &"axis"), ("d", &format!("M{left} {}H{right}", tenth(base)))]);
    page.close("path");
}

fn marks(page: &mut Page, frame: &Frame, marks: &[Mark]) {
    let height = HEIGHT - TOP - BOTTOM;
    for (number, mark) in (1..).zip(marks) {
        let from = frame.x(mark.from_secs);
        page.inside("g", &[("class", &"mark")], |page| {
            page.element("title", &[], &mark.name);
            if let Some(to) = mark.to_secs {
                let width = tenth((frame.x(to) - from).max(1.0));
                let (x, y, high) = (tenth(from), tenth(TOP), tenth(height));
                page.open(
                    "rect",
                    &[("class", &"band"), ("x", &x), ("y", &y), ("width", &width), ("height", &high)],
                );
                page.close("rect");
            } else {
                let stroke = format!("M{} {}v{}", tenth(from), tenth(TOP), tenth(height));
                page.open("path", &[("class", &"moment"), ("d", &stroke)]);
                page.close("path");
                page.element(
                    "text",
                    &[("class", &"number"), ("x", &tenth(from)), ("y", &tenth(TOP - 3.0))],
                    number,
                );
            }
        });
    }
}

/// The way of a line. Where there is no value, it begins anew.
fn way(frame: &Frame, at_secs: &[f64], values: &[Option<f64>]) -> String {
    let mut way = String::new();
    let mut is_on = false;
    for (at, value) in at_secs.iter().zip(values) {
        let seen = value.filter(|value| frame.scale == Scale::Linear || *value > 0.0);
        let Some(value) = seen else {
            is_on = false;
            continue;
        };
        let sign = if is_on { 'L' } else { 'M' };
        let (x, y) = (tenth(frame.x(*at)), tenth(frame.y(value)));
        // A point between two gaps is a dot: a line of no length, with round ends.
        let dot = if is_on { "" } else { "h0" };
        if write!(way, "{sign}{x} {y}{dot}").is_err() {
            unreachable!("writing to a String can't fail");
        }
        is_on = true;
    }
    way
}

/// What the script needs to know of a chart, as JSON in an attribute.
struct Data<'a> {
    chart: &'a Chart<'a>,
    frame: &'a Frame,
}

impl std::fmt::Display for Data<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { chart, frame } = self;
        let unit = match chart.unit {
            Unit::PerSecond => "/s",
            Unit::Micros => "us",
            Unit::Count => "",
        };
        let round = |value: &Option<f64>| value.map(|value| (value * 10.0).round() / 10.0);
        let lines: Vec<_> = chart
            .lines
            .iter()
            .take(MOST_LINES)
            .map(|line| {
                (&line.name, line.look % MOST_LINES, line.values.iter().map(round).collect::<Vec<_>>())
            })
            .collect();
        let at: Vec<f64> = chart.at_secs.iter().map(|at| (at * 1e3).round() / 1e3).collect();
        let plot = (LEFT, WIDTH - RIGHT, TOP, HEIGHT - BOTTOM, frame.until);
        let json = serde_json::to_string(&(unit, plot, at, lines));
        f.write_str(&json.unwrap_or_else(|error| unreachable!("numbers and texts: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(at_secs: &[f64], values: Vec<Option<f64>>, scale: Scale) -> Chart<'_> {
        let line = Line { name: "<b>".into(), look: 0, values };
        Chart {
            id: "c",
            title: "t",
            measure: "m",
            said: "said".into(),
            at_secs,
            lines: vec![line],
            marks: &[],
            scale,
            unit: Unit::Micros,
        }
    }

    #[test]
    fn lines_stay_within_their_frame_and_break_at_gaps() {
        let at = [0.1, 0.2, 0.3, 0.4];
        let chart = chart(&at, vec![Some(10.0), Some(0.0), None, Some(99_999.0)], Scale::Log);
        let frame = Frame::of(&chart);
        assert!((frame.low - 10.0).abs() < 1e-9 && (frame.high - 100_000.0).abs() < 1e-3);
        let way = way(&frame, &at, &chart.lines[0].values);
        assert_eq!(way.matches('M').count(), 2, "{way}");
        for value in [0.0, 1.0, 1e9] {
            assert!((TOP..=HEIGHT - BOTTOM).contains(&frame.y(value)));
        }
    }

    #[test]
    fn axes_have_round_numbers() {
        for (value, round) in [(0.0, 0.0), (3.0, 4.0), (19_700.0, 20_000.0), (20_001.0, 25_000.0), (0.2, 1.0)]
        {
            assert!((round_up(value) - round).abs() < 1e-6, "{value} {}", round_up(value));
        }
        assert_eq!(tick(20_000.0, Unit::PerSecond), "20k");
        assert_eq!(tick(2_500.0, Unit::PerSecond), "2.5k");
        assert_eq!(tick(10_000.0, Unit::Micros), "10 ms");
        let at = [1.0, 2.0];
        let empty = chart(&at, vec![None, None], Scale::Linear);
        let frame = Frame::of(&empty);
        assert!(frame.ticks().iter().all(|tick| tick.is_finite()) && frame.y(0.0).is_finite());
    }

    #[test]
    fn a_chart_is_said_and_its_names_are_text() {
        let at = [0.5, 1.0];
        let mut page = Page::default();
        draw(&mut page, &chart(&at, vec![Some(3.0), Some(4.0)], Scale::Linear));
        let made = page.finish();
        assert!(made.contains("aria-label=\"said\"") && !made.contains("<b>\""), "{made}");
        assert!(made.contains("&lt;b&gt;"), "{made}");
    }
}
