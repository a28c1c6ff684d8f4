//! The face of a stage: its box with name, badge, measurements and processes.
//!
//! From afar it is icon and name only; what would be too small to read is left out.

use egui::{Align2, CornerRadius, Rect, Sense, Stroke, StrokeKind, Ui, vec2};
use lucide_icons::Icon;

use super::super::document::layout::{HEAD, WIDTH};
use super::super::intent::{Intent, Intents};
use super::super::model::Model;
use super::super::run::Run;
use super::super::run::log::{Line, Mark};
use super::super::selection::Selection;
use super::super::text::{Text, terms, text};
use super::super::theme::signs;
use super::super::view::BottomTab;
use super::pen::Pen;
use super::{body, instances};
use crate::metrics::Role;
use crate::topology::{Place, Problem, Severity, Stage};

/// Below this zoom a face is icon and name only.
pub const FAR: f32 = 0.45;
/// Below this zoom it has its most important figures only.
pub const NEAR: f32 = 0.7;
/// Space at the left and right of a box.
pub const PAD: f32 = 10.0;

const NO_MASTER: Text = text("no process answers as master", "没有进程以主节点身份响应");
const DONE_TO_IT: Text = text("broken by then: {}", "此前的故障：{}");
const ONE_PROBLEM: Text = text("1 problem", "1 个问题");
const PROBLEMS: Text = text("{} problems", "{} 个问题");
const CLICK: Text = text("Click to see the list of problems", "点击查看问题列表");

/// How a stage is looked at.
#[derive(Debug, Clone, Copy, Default)]
pub struct FaceState {
    /// Whether it is selected.
    pub is_selected: bool,
    /// Whether the pointer is over it.
    pub is_hovered: bool,
    /// Whether its name is being typed just now, so that it isn't drawn.
    pub is_renaming: bool,
}

/// Draws a stage of the design into `rect` on the screen. Processes that are clicked are selected.
pub fn show(
    ui: &mut Ui,
    model: &Model,
    stage: usize,
    rect: Rect,
    zoom: f32,
    look: FaceState,
    out: &mut Intents,
) {
    let Some(drawn) = model.doc.topology().stages.get(stage) else { return };
    if !ui.is_rect_visible(rect.expand(4.0)) {
        return;
    }
    let pen = Pen::new(ui, model, stage, rect, zoom);
    frame(&pen, drawn, look);
    if zoom < FAR {
        from_afar(&pen, drawn, look);
        return;
    }
    head(&pen, stage, drawn, look, out);
    body::show(&pen, stage, drawn);
    instances::show(&pen, stage, drawn, out);
}

/// The run that is shown, with the stage's place in it.
pub(super) fn running(model: &Model, stage: usize) -> Option<(&Run, usize)> {
    let run = model.runs.current.as_ref()?;
    Some((run, run.stage_of(model.doc.topology(), stage)?))
}

/// The problems of a stage.
fn problems<'a>(model: &'a Model, name: &'a str) -> impl Iterator<Item = &'a Problem> {
    let is_here = move |problem: &&Problem| matches!(&problem.place, Place::Stage(stage) if stage == name);
    model.doc.problems().iter().filter(is_here)
}

fn problem_count(model: &Model, count: usize) -> String {
    if count == 1 { model.lang().t(ONE_PROBLEM).to_owned() } else { model.lang().f(PROBLEMS, &[&count]) }
}

fn radius(zoom: f32) -> CornerRadius {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few points")]
    CornerRadius::same((8.0 * zoom).round().clamp(2.0, 20.0) as u8)
}

/// The box: fill, head, a strip in the colour of the kind, and an edge that says whether it is selected.
fn frame(pen: &Pen<'_>, stage: &Stage, look: FaceState) {
    let (painter, tokens, rect) = (pen.ui.painter(), pen.tokens, pen.rect);
    let (color, round) = (tokens.kind(&stage.kind), radius(pen.zoom));
    if look.is_selected {
        let halo = Stroke::new(4.0, tokens.accent.gamma_multiply(0.35));
        painter.rect_stroke(rect, round, halo, StrokeKind::Outside);
    }
    painter.rect_filled(rect, round, tokens.card);
    let top = if pen.zoom < FAR { rect } else { pen.part(0.0, 0.0, WIDTH, HEAD) };
    let head_round = if pen.zoom < FAR { round } else { CornerRadius { sw: 0, se: 0, ..round } };
    painter.rect_filled(top, head_round, tokens.card_head.lerp_to_gamma(color, 0.14));
    let strip = Rect::from_min_size(rect.min, vec2(rect.width(), (3.0 * pen.zoom).max(2.0)));
    // Painted as the upper edge of a box as large as the whole, so that its corners are round like those of the box.
    painter.with_clip_rect(strip.intersect(pen.ui.clip_rect())).rect_filled(rect, round, color);
    let edge = if look.is_selected {
        Stroke::new(1.5, tokens.accent)
    } else if look.is_hovered {
        Stroke::new(1.0, tokens.weak)
    } else {
        Stroke::new(1.0, tokens.line)
    };
    painter.rect_stroke(rect, round, edge, StrokeKind::Inside);
}

/// Icon and name, as large as they can be read.
fn from_afar(pen: &Pen<'_>, stage: &Stage, look: FaceState) {
    let size = 11.0 / pen.zoom;
    let icon = pen.rect.center() - vec2(0.0, 8.0);
    pen.icon_at(icon, signs::kind(&stage.kind), size * 1.5, pen.tokens.kind(&stage.kind));
    if !look.is_renaming {
        let name =
            Rect::from_center_size(pen.rect.center() + vec2(0.0, 10.0), vec2(pen.rect.width() - 6.0, 14.0));
        let (at, is_cut) = pen.text(name, Align2::CENTER_CENTER, &stage.name, size, pen.tokens.text);
        if is_cut {
            pen.figure(at, "name", &stage.name, &stage.name);
        }
    }
    if let Some(worst) = problems(pen.model, &stage.name).map(|problem| problem.severity).max() {
        let at = pen.rect.right_top() + vec2(-8.0, 10.0);
        pen.icon_at(at, signs::severity(worst), size, pen.tokens.severity(worst));
    }
}

/// The head: icon and name at the left, marks at the right.
fn head(pen: &Pen<'_>, index: usize, stage: &Stage, look: FaceState, out: &mut Intents) {
    let color = pen.tokens.kind(&stage.kind);
    pen.icon(pen.part(PAD, 1.0, 16.0, HEAD), signs::kind(&stage.kind), 15.0, color);
    let mut right = pen.part(0.0, 1.0, WIDTH - PAD, HEAD).right();
    right = problem_mark(pen, index, stage, right, out);
    right = no_master_mark(pen, index, right);
    right = fault_mark(pen, index, right);
    if pen.zoom < NEAR {
        right = small_badge(pen, stage, right);
    }
    if look.is_renaming {
        return;
    }
    let mut room = pen.part(PAD + 22.0, 1.0, WIDTH, HEAD);
    room.max.x = right - 4.0;
    let (at, is_cut) = pen.text(room, Align2::LEFT_CENTER, &stage.name, 14.0, pen.tokens.text);
    if is_cut {
        pen.figure(at, "name", &stage.name, &stage.name);
    }
}

/// The badge without its words, where there is no room for them. Answers the new right edge.
fn small_badge(pen: &Pen<'_>, stage: &Stage, right: f32) -> f32 {
    let realness = pen.model.doc.topology().realness(stage);
    let mut room = pen.part(0.0, 1.0, WIDTH, HEAD);
    room.max.x = right;
    let at = pen.sign(room, true, (signs::realness(realness), ""), 12.0, pen.tokens.realness(realness));
    pen.figure(at, "badge", &pen.lang.of(realness.label()), pen.lang.t(terms::realness_tip(realness)));
    at.left() - 4.0 * pen.zoom
}

/// Count and icon of what the validator says about the stage. Answers the new right edge.
fn problem_mark(pen: &Pen<'_>, index: usize, stage: &Stage, right: f32, out: &mut Intents) -> f32 {
    let found: Vec<&Problem> = problems(pen.model, &stage.name).collect();
    let Some(worst) = found.iter().map(|problem| problem.severity).max() else { return right };
    let mut room = pen.part(0.0, 1.0, WIDTH, HEAD);
    room.max.x = right;
    let sign = (signs::severity(worst), found.len().to_string());
    let at = pen.sign(room, true, (sign.0, &sign.1), 12.0, pen.tokens.severity(worst));
    let said = found.iter().map(|problem| {
        let (what, remedy) = (pen.lang.of(&problem.text), pen.lang.of(&problem.remedy));
        format!("{what}\n→ {remedy}")
    });
    let tip = format!("{}\n\n{}", said.collect::<Vec<_>>().join("\n\n"), pen.lang.t(CLICK));
    let name = problem_count(pen.model, found.len());
    if pen.widget(at, "problems", Sense::click(), &name, &tip).clicked() {
        out.select(Selection::stage(index));
        out.push(Intent::ShowTab(BottomTab::Problems));
    }
    at.left() - 4.0 * pen.zoom
}

/// Says so when processes run and none of them answers as master. Answers the new right edge.
fn no_master_mark(pen: &Pen<'_>, index: usize, right: f32) -> f32 {
    // Before the first arrival, processes may still be starting.
    let started = |run: &Run| (run.is_active() || run.playhead.is_some()) && !run.series.is_empty();
    let Some((run, stage)) = running(pen.model, index).filter(|(run, _)| started(run)) else {
        return right;
    };
    let mut here = run.processes().iter().filter(|state| state.stage == stage).peekable();
    if here.peek().is_none() || here.any(|state| state.is_reachable && state.role == Role::Master) {
        return right;
    }
    let mut room = pen.part(0.0, 1.0, WIDTH, HEAD);
    room.max.x = right;
    let color = pen.tokens.severity(Severity::Error);
    let at = pen.sign(room, true, (Icon::HeartCrack, ""), 14.0, color);
    let words = pen.lang.t(NO_MASTER);
    pen.figure(at, "no master", words, words);
    at.left() - 4.0 * pen.zoom
}

/// At a moment of the run: what had been done to the stage by then, the last first. Answers the new right edge.
fn fault_mark(pen: &Pen<'_>, index: usize, right: f32) -> f32 {
    let Some((run, stage)) = running(pen.model, index) else { return right };
    let Some(playhead) = &run.playhead else { return right };
    let is_by_then = |line: &&Line| line.stage == Some(stage) && line.at.as_secs_f64() <= playhead.at;
    let done: Vec<&Line> = run.log.lines.iter().rev().filter(is_by_then).collect();
    if done.is_empty() {
        return right;
    }
    let mut room = pen.part(0.0, 1.0, WIDTH, HEAD);
    room.max.x = right;
    let at = pen.sign(room, true, (signs::mark(Mark::Fault), ""), 13.0, pen.tokens.mark(Mark::Fault));
    let said = done.iter().map(|line| format!("{:.1} s  {}", line.at.as_secs_f64(), pen.lang.of(&line.text)));
    let said: Vec<String> = said.collect();
    pen.figure(at, "faults", &pen.lang.f(DONE_TO_IT, &[&said[0]]), &said.join("\n"));
    at.left() - 4.0 * pen.zoom
}
