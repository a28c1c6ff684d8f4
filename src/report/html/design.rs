//! The picture of the design: stages where they stand on the canvas, with their badges and what came to them.

use super::super::words;
use super::page::{Attr, Page, tenth};
use crate::lang::Lang;
use crate::report::text::grouped;
use crate::report::verdict::percent;
use crate::report::{Report, StageReport};
use crate::topology::validate::instances;
use crate::topology::{Stage, Topology};

/// The size of a box, in canvas units. On the canvas boxes are as wide and at least as high, so none covers another.
const WIDTH: f64 = 200.0;
const HEIGHT: f64 = 96.0;
/// Space around all boxes.
const MARGIN: f64 = 24.0;
/// How far below its upper edge a box's wires come and go.
const PORT: f64 = 48.0;
/// The largest place on the canvas that is drawn: beyond it, a file is not serious.
const FARTHEST: f64 = 1e6;

/// Draws it, with the same in words.
pub fn draw(page: &mut Page, lang: Lang, report: &Report) {
    let topology = &report.topology;
    if topology.stages.is_empty() {
        return;
    }
    let (left, top, right, bottom) = bounds(topology);
    let view = [left, top, right - left, bottom - top].map(tenth).join(" ");
    let said = lang.f(words::DESIGN_SAID, &[&topology.stages.len(), &topology.links.len()]);
    let attributes: [Attr<'_>; 4] =
        [("viewBox", &view), ("role", &"img"), ("aria-label", &said), ("class", &"design")];
    page.inside("figure", &[("class", &"wide")], |page| {
        page.inside("svg", &attributes, |page| {
            for link in &topology.links {
                wire(page, topology, &link.from, &link.to);
            }
            for stage in &topology.stages {
                let counted = report.stages.iter().find(|counted| counted.name == stage.name);
                boxed(page, lang, topology, stage, counted);
            }
        });
        page.inside("figcaption", &[], |page| legend(page, lang, topology));
    });
    in_words(page, lang, topology);
}

fn place(stage: &Stage) -> (f64, f64) {
    let held = |at: f32| if at.is_finite() { f64::from(at).clamp(-FARTHEST, FARTHEST) } else { 0.0 };
    (held(stage.at.0), held(stage.at.1))
}

fn bounds(topology: &Topology) -> (f64, f64, f64, f64) {
    let places = topology.stages.iter().map(place);
    let empty = (f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY);
    let (left, top, right, bottom) = places.fold(empty, |(left, top, right, bottom), (x, y)| {
        (left.min(x), top.min(y), right.max(x + WIDTH), bottom.max(y + HEIGHT))
    });
    (left - MARGIN, top - MARGIN, right + MARGIN, bottom + MARGIN)
}

fn boxed(page: &mut Page, lang: Lang, topology: &Topology, stage: &Stage, counted: Option<&StageReport>) {
    let (x, y) = place(stage);
    let realness = topology.realness(stage);
    let class = format!("stage k{}", stage.kind.word());
    page.inside("g", &[("class", &class)], |page| {
        page.element("title", &[], &stage.name);
        rect(page, "box", [x, y, WIDTH, HEIGHT], 6.0);
        rect(page, "strip", [x, y + 8.0, 4.0, HEIGHT - 16.0], 2.0);
        line(page, "name", x + 16.0, y + 24.0, &shortened(&stage.name, 168.0, 15.0));
        line(page, "kind", x + 16.0, y + 41.0, &lang.of(stage.kind.label()));
        let badge = format!("badge {}", words::badge_class(realness));
        page.element(
            "text",
            &[("class", &badge), ("x", &tenth(x + 16.0)), ("y", &tenth(y + 60.0))],
            real(lang, topology, stage),
        );
        if let Some(counted) = counted {
            line(page, "figure", x + 16.0, y + 81.0, &figures(lang, counted));
        }
    });
}

/// The badge, with the number of processes where there are several.
fn real(lang: Lang, topology: &Topology, stage: &Stage) -> String {
    let badge = words::badge(lang, topology.realness(stage));
    match instances(&stage.kind).len() {
        0 | 1 => badge,
        count => format!("{badge} × {count}"),
    }
}

fn figures(lang: Lang, counted: &StageReport) -> String {
    let arrivals = lang.f(words::IN, &[&grouped(counted.tally.arrivals)]);
    match counted.tally.intercepted.sum() {
        0 => arrivals,
        taken => {
            let share = percent(taken as f64 / counted.tally.arrivals.max(1) as f64);
            format!("{arrivals} · {}", lang.f(words::TOOK, &[&share]))
        }
    }
}

fn rect(page: &mut Page, class: &'static str, [x, y, width, height]: [f64; 4], radius: f64) {
    let [x, y, width, height, radius] = [x, y, width, height, radius].map(tenth);
    let attributes: [Attr<'_>; 6] =
        [("class", &class), ("x", &x), ("y", &y), ("width", &width), ("height", &height), ("rx", &radius)];
    page.open("rect", &attributes);
    page.close("rect");
}

fn line(page: &mut Page, class: &'static str, x: f64, y: f64, text: &str) {
    page.element("text", &[("class", &class), ("x", &tenth(x)), ("y", &tenth(y))], text);
}

/// A wire: from the right of a box to the left of the next where that stands further right, else from the side that faces it.
fn wire(page: &mut Page, topology: &Topology, from: &str, to: &str) {
    let (Some(from), Some(to)) = (topology.index_of(from), topology.index_of(to)) else { return };
    let is_control = !topology.stages[from].kind.carries_traffic();
    let ((fx, fy), (tx, ty)) = (place(&topology.stages[from]), place(&topology.stages[to]));
    let class = if is_control { "wire control" } else { "wire" };
    let (way, tip) = if tx >= fx + WIDTH {
        let (start, end) = ((fx + WIDTH, fy + PORT), (tx - 2.0, ty + PORT));
        let bend = ((end.0 - start.0) / 2.0).max(20.0);
        (curve(start, (bend, 0.0), end, (-bend, 0.0)), arrow(end, (1.0, 0.0)))
    } else if tx + WIDTH <= fx && (ty - fy).abs() < HEIGHT + 20.0 {
        let (start, end) = ((fx, fy + PORT), (tx + WIDTH + 2.0, ty + PORT));
        let bend = ((start.0 - end.0) / 2.0).max(20.0);
        (curve(start, (-bend, 0.0), end, (bend, 0.0)), arrow(end, (-1.0, 0.0)))
    } else if ty >= fy {
        let (start, end) = ((fx + WIDTH / 2.0, fy + HEIGHT), (tx + WIDTH / 2.0, ty - 2.0));
        let bend = ((end.1 - start.1) / 2.0).max(14.0);
        (curve(start, (0.0, bend), end, (0.0, -bend)), arrow(end, (0.0, 1.0)))
    } else {
        let (start, end) = ((fx + WIDTH / 2.0, fy), (tx + WIDTH / 2.0, ty + HEIGHT + 2.0));
        let bend = ((start.1 - end.1) / 2.0).max(14.0);
        (curve(start, (0.0, -bend), end, (0.0, bend)), arrow(end, (0.0, -1.0)))
    };
    page.open("path", &[("class", &class), ("d", &way)]);
    page.close("path");
    let head = if is_control { "head control" } else { "head" };
    page.open("path", &[("class", &head), ("d", &tip)]);
    page.close("path");
}

type Point = (f64, f64);

fn curve(start: Point, out: Point, end: Point, back: Point) -> String {
    let points =
        [start.0, start.1, start.0 + out.0, start.1 + out.1, end.0 + back.0, end.1 + back.1, end.0, end.1];
    let [sx, sy, ax, ay, bx, by, ex, ey] = points.map(tenth);
    format!("M{sx} {sy}C{ax} {ay} {bx} {by} {ex} {ey}")
}

/// The head of an arrow that ends there and points that way.
fn arrow(end: Point, (dx, dy): Point) -> String {
    let (long, wide) = (9.0, 4.5);
    let back = (end.0 - dx * long, end.1 - dy * long);
    let sides = [back.0 - dy * wide, back.1 - dx * wide, back.0 + dy * wide, back.1 + dx * wide];
    let ([ex, ey], [ax, ay, bx, by]) = ([end.0, end.1].map(tenth), sides.map(tenth));
    format!("M{ex} {ey}L{ax} {ay}L{bx} {by}Z")
}

/// A name as it fits into a width, by a guess at the widths of letters.
fn shortened(name: &str, room: f64, size: f64) -> String {
    let wide = |sign: char| if sign > '\u{2e7f}' { size } else { size * 0.58 };
    let mut used = 0.0;
    let mut kept = String::new();
    for sign in name.chars() {
        used += wide(sign);
        if used > room {
            kept.pop();
            kept.push('…');
            break;
        }
        kept.push(sign);
    }
    kept
}

fn legend(page: &mut Page, lang: Lang, topology: &Topology) {
    use crate::topology::Realness as R;
    for realness in [R::RealProcess, R::Embedded, R::InProcess, R::External] {
        if topology.stages.iter().any(|stage| topology.realness(stage) == realness) {
            let class = format!("badge {}", words::badge_class(realness));
            page.element("span", &[("class", &class)], words::badge(lang, realness));
            page.raw(" ");
        }
    }
}

/// For those who can't see the picture.
fn in_words(page: &mut Page, lang: Lang, topology: &Topology) {
    page.inside("details", &[], |page| {
        page.element("summary", &[], lang.t(words::WIRES));
        page.list(
            "plain",
            topology.stages.iter().map(|stage| {
                let of = |link: &&crate::topology::Link| link.from == stage.name;
                let next: Vec<&str> = topology.links.iter().filter(of).map(|link| link.to.as_str()).collect();
                let verb = if stage.kind.carries_traffic() { words::SENDS } else { words::CONTROLS };
                let badge = lang.of(topology.realness(stage).label()).into_owned();
                let own = format!("{}: {}, {badge}", stage.name, lang.of(stage.kind.label()));
                if next.is_empty() { own } else { format!("{own}; {} {}", lang.t(verb), next.join(", ")) }
            }),
        );
    });
}
