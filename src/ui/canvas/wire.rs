//! Wires: their way, and what flows through them.

use egui::{
    Align2, Color32, FontId, Id, LayerId, Order, Pos2, Rect, Role, Sense, Shape, Stroke, StrokeKind, Ui,
    WidgetInfo, vec2,
};

use lucide_icons::Icon;

use super::super::model::Model;
use super::super::run::now::{self, Flow, Scope};
use super::super::text::{Text, figures, terms, text};
use super::super::theme::{self, Tokens};
use super::flow::{self, Dots, Track};
use crate::report::text::grouped;
use crate::report::verdict::percent;
use crate::topology::{ClientKind, Link};

/// Below this zoom nothing is written on wires.
const READABLE: f32 = 0.3;

/// Ports less far apart in height, in units, belong to boxes of one row.
const SAME_ROW: f32 = 80.0;
/// How far below them a wire that turns back within a row is pulled.
const UNDER: f32 = 160.0;

/// How far from the middle of a port its edge is, in units.
const PORT: f32 = 6.0;

const CARRIES: Text = text("{} to {}: {}", "{} 到 {}：{}");
const REQUESTS: Text = text("{} requests", "{} 个请求");
const LIVE_TIP: Text = text(
    "Requests that went over this wire each second, over the last second",
    "最近一秒内每秒经过该连线的请求数",
);
const WHOLE_TIP: Text =
    text("Requests that went over this wire in the whole run", "整个运行期间经过该连线的请求数");
const BECAME: Text = text(
    "At {}: {} passed (disc), {} intercepted (ring), {} failed (cross)",
    "在 {}：通过 {}（圆点），拦截 {}（圆环），失败 {}（叉）",
);

const PARTED: Text =
    text("What goes over this wire; other operations go other ways", "走这条连线的操作；其他操作走别的路");
const NAIVE: Text = text(
    "Naive clients: they keep the address of the first master",
    "固守首个地址的客户端：始终连接第一个主节点",
);

/// How a wire is looked at.
#[derive(Debug, Clone, Copy, Default)]
pub struct WireState {
    /// Whether it is selected.
    pub is_selected: bool,
    /// Whether the pointer is over it.
    pub is_hovered: bool,
}

/// The way of a wire between two ports on the screen, as the four points of a cubic Bézier curve. Traffic leaves to the
/// right and comes in from the left; control leaves upwards and comes in from below. Traffic that turns back goes round
/// its own boxes and flat through the space between their rows.
pub fn way(from: Pos2, to: Pos2, is_control: bool, zoom: f32) -> [Pos2; 4] {
    let reach = if is_control { (from.y - to.y).abs() * 0.5 } else { (to.x - from.x).abs() * 0.5 };
    let reach = reach.clamp(24.0 * zoom, 160.0 * zoom);
    if is_control {
        let bend = vec2(0.0, -reach);
        return [from, from + bend, to - bend, to];
    }
    if to.x >= from.x {
        let bend = vec2(reach, 0.0);
        return [from, from + bend, to - bend, to];
    }
    let down = to.y - from.y;
    let out = vec2(180.0 * zoom, 0.0);
    if down.abs() < SAME_ROW * zoom {
        let under = vec2(0.0, UNDER * zoom);
        [from, from + out + under, to - out + under, to]
    } else {
        [from, from + out + vec2(0.0, down), to - out - vec2(0.0, down), to]
    }
}

/// Draws a link of the design along its way.
pub fn show(ui: &Ui, model: &Model, link: usize, way: [Pos2; 4], zoom: f32, state: WireState) {
    if !ui.is_rect_visible(Rect::from_points(&way).expand(12.0)) {
        return;
    }
    let tokens = theme::tokens(ui.ctx());
    let track = Track::new(way);
    let carried = carried(model, link).filter(|flow| flow.count > 0);
    let wide = carried.map_or(2.0, |flow| flow::width(flow.rate())) * zoom;
    let tip = (7.0 * zoom).max(4.0) + wide * 0.5;
    // The port that it leads to is drawn over it, and its head must be seen.
    let end = (track.length() - (PORT * zoom).clamp(3.5, 8.0)).max(0.0);
    let until = (end - tip * 0.8).max(0.0);
    let edge = edge(tokens, state);
    if let Some(color) = edge {
        let halo = Stroke::new(wide + 5.0, color.gamma_multiply(0.35));
        ui.painter().add(Shape::line(track.beside(0.0, until), halo));
    }
    sign_of_clients(ui, model, link, &track, zoom);
    sign_of_operations(ui, model, link, &track, zoom);
    let Some(flow) = carried else {
        let color = edge.unwrap_or_else(|| tokens.weak.gamma_multiply(0.7));
        let stroke = Stroke::new((1.6 * zoom).max(1.0), color);
        if is_control(model, link) {
            let points = track.beside(0.0, until);
            ui.painter().extend(Shape::dashed_line(&points, stroke, 6.0 * zoom, 4.0 * zoom));
        } else {
            ui.painter().add(Shape::line(track.beside(0.0, until), stroke));
        }
        head(ui, &track, (until, end), tip, color);
        return;
    };
    let shades = flow::colors(tokens).map(|color| tokens.canvas.lerp_to_gamma(color, 0.55));
    let mix = flow.mix;
    for ((aside, strand), color) in flow::strands(mix, wide, 1.0).into_iter().zip(shades) {
        if strand > 0.0 {
            // A hair wider than its share, so that no gap shows between two strands.
            ui.painter().add(Shape::line(track.beside(aside, until), Stroke::new(strand + 0.3, color)));
        }
    }
    let main = if mix[1] > mix[0] && mix[1] > mix[2] { 1 } else { 2 * usize::from(mix[2] > mix[0]) };
    head(ui, &track, (until, end), tip, edge.unwrap_or(shades[main]));
    let id = ui.scope_id().with(("wire", link));
    if model.settings.flow_dots && moves(model, &flow) {
        let dots = Dots { track: &track, until, zoom, rate: flow.rate(), mix };
        flow::dots(ui, id.with("dots"), &dots, tokens);
    }
    if (state.is_hovered || state.is_selected) && zoom >= READABLE {
        label(ui, model, link, &flow, track.point(track.length() * 0.5).0, zoom, id);
    }
}

/// A small sign near the end of a wire whose clients don't follow failovers.
fn sign_of_clients(ui: &Ui, model: &Model, link: usize, track: &Track, zoom: f32) {
    let drawn = model.doc.topology().links.get(link);
    if zoom < READABLE || drawn.is_none_or(|drawn| drawn.clients != ClientKind::Naive) {
        return;
    }
    let (tokens, lang) = (theme::tokens(ui.ctx()), model.lang());
    let (at, aside) = track.point(track.length() * 0.8);
    let center = at + aside * 14.0 * zoom.max(0.7);
    let rect = Rect::from_center_size(center, vec2(18.0, 18.0));
    let id = ui.scope_id().with(("clients", link));
    let above = ui.painter().clone().with_layer_id(LayerId::new(Order::Middle, id));
    above.rect(rect, 5, tokens.card, Stroke::new(1.0, tokens.line), StrokeKind::Inside);
    let sign = char::from(Icon::Pin).to_string();
    above.text(center, Align2::CENTER_CENTER, sign, FontId::proportional(12.0), tokens.warn);
    let response = ui.interact(rect, id, Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, lang.t(NAIVE)));
    response.on_hover_text(lang.t(NAIVE));
}

/// What goes over a wire, where other wires of its stage carry something else.
fn sign_of_operations(ui: &Ui, model: &Model, link: usize, track: &Track, zoom: f32) {
    let topology = model.doc.topology();
    let Some(drawn) = topology.links.get(link).filter(|_| zoom >= READABLE) else { return };
    let parts = |other: &Link| other.from == drawn.from && !other.operations.is_empty();
    if !topology.links.iter().any(parts) {
        return;
    }
    let (tokens, lang) = (theme::tokens(ui.ctx()), model.lang());
    let (words, id) =
        (terms::operations(lang, topology.carried(drawn)), ui.scope_id().with(("carries", link)));
    let above = ui.painter().clone().with_layer_id(LayerId::new(Order::Middle, id));
    let size = (12.0 * zoom).clamp(8.0, 12.0);
    let galley = above.layout_no_wrap(words.clone(), FontId::proportional(size), tokens.text);
    // Beyond the middle the wires of one stage are apart.
    let (at, _) = track.point(track.length() * 0.6);
    let chip = Rect::from_center_size(at, galley.size() + vec2(10.0, 4.0) * zoom.clamp(0.5, 1.0));
    above.rect(chip, 5, tokens.card, Stroke::new(1.0, tokens.line), StrokeKind::Inside);
    above.galley(chip.center() - galley.size() * 0.5, galley, tokens.text);
    let response = ui.interact(chip, id, Sense::hover());
    let name = lang.f(CARRIES, &[&drawn.from, &drawn.to, &words]);
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
    response.on_hover_text(lang.t(PARTED));
}

/// A wire in a sentence: its ends, and what goes over it.
fn description(model: &Model, link: usize) -> String {
    let Some(drawn) = model.doc.topology().links.get(link) else { return String::new() };
    match carried(model, link) {
        Some(flow) => model.lang().f(CARRIES, &[&drawn.from, &drawn.to, &amount(model, &flow)]),
        None => format!("{} → {}", drawn.from, drawn.to),
    }
}

fn edge(tokens: &Tokens, state: WireState) -> Option<Color32> {
    if state.is_selected { Some(tokens.accent) } else { state.is_hovered.then_some(tokens.text) }
}

/// Whether it leads from data control, which works beside the traffic.
fn is_control(model: &Model, link: usize) -> bool {
    let topology = model.doc.topology();
    let from = topology.links.get(link).and_then(|link| topology.index_of(&link.from));
    from.is_some_and(|from| !topology.stages[from].kind.carries_traffic())
}

/// What goes over a wire of the design in the run that is shown, if it has that wire too.
fn carried(model: &Model, link: usize) -> Option<Flow> {
    let (run, topology) = (model.runs.current.as_ref()?, model.doc.topology());
    let drawn = topology.links.get(link)?;
    let from = run.stage_of(topology, topology.index_of(&drawn.from)?)?;
    let to = run.stage_of(topology, topology.index_of(&drawn.to)?)?;
    run.graph.next.get(from)?.contains(&to).then(|| now::flow(run, from, to))?
}

/// Whether what is shown goes on by itself.
fn moves(model: &Model, flow: &Flow) -> bool {
    let playhead = model.runs.current.as_ref().and_then(|run| run.playhead.as_ref());
    match flow.scope {
        Scope::LastSecond => true,
        Scope::Moment => playhead.is_some_and(|playhead| playhead.is_playing),
        Scope::WholeRun | Scope::UntilFailure => false,
    }
}

fn amount(model: &Model, flow: &Flow) -> String {
    if flow.scope.is_second() {
        figures::per_sec(flow.rate())
    } else {
        model.lang().f(REQUESTS, &[&grouped(flow.count)])
    }
}

/// The arrow's head, from where the line ends to its tip.
fn head(ui: &Ui, track: &Track, (until, end): (f32, f32), size: f32, color: Color32) {
    let (tip, _) = track.point(end);
    let (back, right) = track.point(until);
    let aside = right * size * 0.5;
    let points = vec![tip, back + aside, back - aside];
    ui.painter().add(Shape::convex_polygon(points, color, Stroke::NONE));
}

/// The rate on a wire, and what became of it.
fn label(ui: &Ui, model: &Model, link: usize, flow: &Flow, at: Pos2, zoom: f32, id: Id) {
    let (tokens, lang) = (theme::tokens(ui.ctx()), model.lang());
    let text = amount(model, flow);
    // Boxes are drawn after wires; what is written on a wire stands above them.
    let above = ui.painter().clone().with_layer_id(LayerId::new(Order::Middle, id));
    let galley = above.layout_no_wrap(text, FontId::proportional(12.0), tokens.text);
    let size = galley.size() + vec2(12.0, 6.0);
    let lifted = at - vec2(0.0, (size.y + flow::width(flow.rate()) * zoom) * 0.5 + 5.0);
    let chip = Rect::from_center_size(lifted, size);
    above.rect(chip, 5, tokens.card, Stroke::new(1.0, tokens.line), StrokeKind::Inside);
    above.galley(chip.center() - galley.size() * 0.5, galley, tokens.text);
    let name = description(model, link);
    let response = ui.interact(chip, id.with("label"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &name));
    let receiver = model.doc.topology().links.get(link).map_or("", |link| &link.to);
    let [passed, intercepted, failed] = flow.mix.map(|share| percent(share.into()));
    let tip = if flow.scope.is_second() { LIVE_TIP } else { WHOLE_TIP };
    let became = lang.f(BECAME, &[&receiver, &passed, &intercepted, &failed]);
    response.on_hover_text(format!("{}\n{became}", lang.t(tip)));
}
