//! Pulling a wire: from a port, or an end of one that is there, to a stage or to empty canvas.

use egui::{Key, PopupAnchor, Pos2, RichText, Stroke, Tooltip, Ui, epaint};

use super::super::document::{Edit, ops, rules};
use super::super::intent::{Intent, Intents};
use super::super::notice::Notice;
use super::super::selection::Selection;
use super::super::text::{Text, text};
use super::super::theme::{fonts, tokens};
use super::CanvasView;
use super::adder::Adder;
use super::gesture::{Gesture, Pull};
use super::scene::{Port, Scene};
use super::{ports, wire};
use crate::topology::StageKind;
use lucide_icons::Icon;

const WIRE: Text = text("Wire stages", "连接阶段");
const REWIRE: Text = text("Move wire", "改接连线");
const UNWIRE: Text = text("Delete wire", "删除连线");
const ONLY_CONTROL: Text = text("Only data control comes in from below", "下方只接受数据控制的连线");
const LET_GO_ADD: Text = text("Let go to add a stage here", "松开以在此处添加阶段");
const LET_GO_DELETE: Text = text("Let go to delete the wire", "松开以删除连线");
/// How far beside a box a wire may be let go and still means that box, in points on the screen.
const NEAR: f32 = 10.0;

/// Draws the wire that is being pulled, says what would happen, and ends it when the button is let go.
pub fn show(ui: &Ui, scene: &Scene<'_>, canvas: &mut CanvasView, out: &mut Intents) {
    let Some(pull) = canvas.pulled() else { return };
    let Some(pointer) = ui.input(|input| input.pointer.interact_pos()) else { return };
    if scene.topology().stages.get(pull.stage).is_none() {
        canvas.gesture = Gesture::None;
        return;
    }
    let target = target(scene, pull, pointer);
    let why_not = target.and_then(|target| refusal(scene, pull, target));
    draw(ui, scene, pull, pointer, (target, why_not.is_some()));
    tell(ui, scene, pull, (target, why_not.as_deref()), pointer);
    let (is_down, is_clicked) =
        ui.input(|input| (input.pointer.primary_down(), input.pointer.primary_clicked()));
    // A click on a port is the port's business.
    let ends = if pull.is_loose { is_clicked && !ports::is_at(scene, pointer) } else { !is_down };
    if ends {
        finish(scene, canvas, target, pointer, out);
    } else if ui.input(|input| input.key_pressed(Key::Escape)) {
        canvas.gesture = Gesture::None;
    }
}

/// Ends the wire at a stage, or on empty canvas.
pub fn finish(
    scene: &Scene<'_>,
    canvas: &mut CanvasView,
    target: Option<usize>,
    at: Pos2,
    out: &mut Intents,
) {
    let Some(pull) = canvas.pulled() else { return };
    canvas.gesture = Gesture::None;
    let is_back = target == Some(pull.stage) && pull.link.is_none();
    match (target, pull.link) {
        _ if is_back => {}
        (Some(target), link) => {
            let (from, to) = ends(pull, target);
            match (refusal(scene, pull, target), link) {
                (Some(why), _) => out.push(Intent::Notice(Notice::warning(why))),
                (None, Some(link)) => {
                    out.edit(Edit::new(REWIRE, move |all| ops::reconnect(all, link, from, to)));
                }
                (None, None) => out.edit(Edit::new(WIRE, move |all| ops::connect(all, from, to))),
            }
        }
        (None, Some(link)) => {
            let edit = Edit::new(UNWIRE, move |all| ops::disconnect(all, link));
            let was_link = matches!(scene.model.selection, Selection::Link(_));
            let then = if was_link { Selection::Nothing } else { scene.model.selection.clone() };
            out.push(Intent::EditAndSelect(edit, then));
        }
        (None, None) => canvas.adder = Some(Adder::wired(scene.canvas(at), pull.stage, pull.port)),
    }
}

/// Why the wire can't end at a stage; none: it can.
pub fn refusal(scene: &Scene<'_>, pull: Pull, target: usize) -> Option<String> {
    let stages = &scene.topology().stages;
    let is_control = matches!(stages.get(target)?.kind, StageKind::DataControl(_));
    if pull.port == Port::ControlIn && !is_control && target != pull.stage {
        return Some(scene.lang().t(ONLY_CONTROL).to_owned());
    }
    if is_same_end(scene, pull, target) {
        return None;
    }
    let (from, to) = ends(pull, target);
    rules::why_not_wire(scene.lang(), scene.topology(), from, to, pull.link)
}

/// Whether a wire's end would be put back where it was.
fn is_same_end(scene: &Scene<'_>, pull: Pull, target: usize) -> bool {
    pull.link.and_then(|link| scene.ends(link)) == Some(ends(pull, target))
}

fn ends(pull: Pull, target: usize) -> (usize, usize) {
    if pull.port.is_out() { (pull.stage, target) } else { (target, pull.stage) }
}

/// The stage that the pointer means. Its own stage only well inside, so that a wire can leave it in peace.
fn target(scene: &Scene<'_>, pull: Pull, pointer: Pos2) -> Option<usize> {
    let found = scene.stage_at(pointer, NEAR)?;
    (found != pull.stage || scene.rect(found).shrink(NEAR).contains(pointer)).then_some(found)
}

fn draw(ui: &Ui, scene: &Scene<'_>, pull: Pull, pointer: Pos2, (target, is_refused): (Option<usize>, bool)) {
    let tokens = tokens(ui.ctx());
    let fixed = scene.port(pull.stage, pull.port);
    let is_control = matches!(pull.port, Port::ControlIn | Port::ControlOut);
    let free = match target.filter(|_| !is_refused) {
        Some(target) => {
            let from = ends(pull, target).0;
            let (out, into) = Port::pair(&scene.topology().stages[from].kind);
            scene.port(target, if pull.port.is_out() { into } else { out })
        }
        None => pointer,
    };
    let (from, to) = if pull.port.is_out() { (fixed, free) } else { (free, fixed) };
    let way = wire::way(from, to, is_control, scene.camera.zoom);
    let color = if is_refused { tokens.bad } else { tokens.accent };
    let stroke = Stroke::new((2.5 * scene.camera.zoom).max(1.5), color);
    let none = egui::Color32::TRANSPARENT;
    ui.painter().add(epaint::CubicBezierShape::from_points_stroke(way, false, none, stroke));
    ui.painter().circle_filled(free, 4.0, color);
}

/// Says at the pointer what would happen if the wire were let go.
fn tell(
    ui: &Ui,
    scene: &Scene<'_>,
    pull: Pull,
    (target, why_not): (Option<usize>, Option<&str>),
    pointer: Pos2,
) {
    let tokens = tokens(ui.ctx());
    let lang = scene.lang();
    let away = (pointer - scene.port(pull.stage, pull.port)).length() > 40.0;
    let (icon, color, words) = match (target, why_not) {
        (_, Some(why)) => (Icon::Ban, tokens.bad, why),
        (None, None) if !away || pull.is_loose => return,
        (None, None) if pull.link.is_some() => (Icon::Trash2, tokens.warn, lang.t(LET_GO_DELETE)),
        (None, None) => (Icon::Plus, tokens.accent, lang.t(LET_GO_ADD)),
        (Some(_), None) => return,
    };
    let id = ui.scope_id().with("pull tip");
    let tip = Tooltip::always_open(ui.ctx().clone(), ui.layer_id(), id, PopupAnchor::Pointer);
    tip.gap(16.0).show(|ui| {
        ui.set_max_width(300.0);
        ui.horizontal_wrapped(|ui| {
            ui.label(fonts::icon(icon).color(color));
            ui.label(RichText::new(words));
        });
    });
}

impl CanvasView {
    /// The wire that is being pulled.
    pub(super) fn pulled(&self) -> Option<Pull> {
        match self.gesture {
            Gesture::Pull(pull) => Some(pull),
            _ => None,
        }
    }
}
