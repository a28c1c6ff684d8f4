//! Adding a stage: where it goes, how it is wired, and the box in which its kind is typed.

use egui::{Align2, Area, Frame, Key, Modifiers, Order, Pos2, Response, RichText, TextEdit, Ui, pos2, vec2};

use super::super::document::{Edit, layout, ops, rules};
use super::super::intent::{Intent, Intents};
use super::super::selection::Selection;
use super::super::text::{Text, text};
use super::super::theme::{fonts, signs, tokens};
use super::scene::{Port, Scene};
use super::{CanvasView, kind, rename};
use crate::topology::{Stage, StageKind, Topology};

/// The name of the step in the undo menu.
pub const ADD: Text = text("Add stage", "添加阶段");
const HINT: Text = text("Type a kind of stage…", "输入阶段类型…");
const NAME: Text = text("Kind of stage", "阶段类型");
const ADD_ONE: Text = text("Add {}", "添加 {}");
const NONE_FITS: Text = text("No kind of stage fits here", "此处没有合适的阶段类型");
const NONE_FOUND: Text = text("No kind of stage is called that", "没有这个名称的阶段类型");
const WIDTH: f32 = 270.0;

/// The box in which the kind of a new stage is typed.
#[derive(Debug)]
pub struct Adder {
    /// Where the stage goes, on the canvas.
    at: Pos2,
    /// The stage and port that it is wired to.
    wired: Option<(usize, Port)>,
    typed: String,
    /// Which of the kinds that can be added is chosen.
    chosen: usize,
    is_new: bool,
}

impl Adder {
    /// A box at a point of the canvas.
    pub fn new(at: Pos2) -> Self {
        Self { at, wired: None, typed: String::new(), chosen: 0, is_new: true }
    }

    /// A box for a stage that is wired to a port.
    pub fn wired(at: Pos2, stage: usize, port: Port) -> Self {
        Self { wired: Some((stage, port)), ..Self::new(at) }
    }

    fn places(&self, kind: &StageKind) -> (Pos2, Wired) {
        let size = layout::size(&Stage { name: String::new(), kind: kind.clone(), at: (0.0, 0.0) });
        match self.wired {
            None => (self.at - vec2(size.x / 2.0, layout::PORT), Wired::Not),
            Some((stage, Port::Out)) => (self.at - vec2(0.0, layout::PORT), Wired::Behind(stage)),
            Some((stage, Port::ControlOut)) => (self.at - vec2(size.x / 2.0, size.y), Wired::Behind(stage)),
            Some((stage, Port::In)) => (self.at - vec2(size.x, layout::PORT), Wired::Before(stage)),
            Some((stage, Port::ControlIn)) => (self.at - vec2(size.x / 2.0, 0.0), Wired::Before(stage)),
        }
    }
}

/// How a new stage is wired.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wired {
    /// Not at all.
    Not,
    /// It gets what a stage sends.
    Behind(usize),
    /// It sends to a stage.
    Before(usize),
    /// It stands in a wire.
    Into(usize),
    /// It looks after every stage that it may: data control.
    OverAll,
}

/// Asks for a new stage, which is then selected.
pub fn add(topology: &Topology, kind: StageKind, at: Pos2, wired: Wired, out: &mut Intents) {
    let new = Selection::stage(topology.stages.len());
    let at = layout::snapped(at);
    let edit = Edit::new(ADD, move |topology| {
        let stage = ops::add_stage(topology, kind, (at.x, at.y));
        match wired {
            Wired::Not => {}
            Wired::Behind(other) => ops::connect(topology, other, stage),
            Wired::Before(other) => ops::connect(topology, stage, other),
            Wired::Into(link) => ops::insert_into(topology, link, stage),
            Wired::OverAll => ops::look_after_all(topology, stage),
        }
    });
    out.push(Intent::EditAndSelect(edit, new));
}

/// Where a stage goes that was asked for without a place, and how it is wired: to the selected stage if that makes sense,
/// otherwise not, and in the middle of what is seen. Data control is wired to all that it may look after.
pub fn beside(topology: &Topology, selected: Option<usize>, kind: &StageKind, middle: Pos2) -> (Pos2, Wired) {
    let size = layout::size(&Stage { name: String::new(), kind: kind.clone(), at: (0.0, 0.0) });
    let free = |at| layout::free_place(topology, at, size);
    let alone = (free(middle - size / 2.0), Wired::Not);
    let (Some(selected), Some(bounds)) = (selected, layout::bounds(topology)) else { return alone };
    let old = layout::rect(&topology.stages[selected]);
    let step = layout::WIDTH + layout::GAP;
    if !kind.carries_traffic() {
        let below = pos2(old.left(), bounds.bottom() + layout::GRID * 3.0);
        return (free(below), Wired::OverAll);
    }
    if rules::fits(topology, selected, kind, true) {
        // After four in a row the next row begins, as the automatic layout does it.
        let is_full = old.left() + step - bounds.left() > 3.5 * step;
        let beside = pos2(old.left() + step, old.top());
        let below = pos2(bounds.left(), bounds.bottom() + layout::GRID * 3.0);
        (free(if is_full { below } else { beside }), Wired::Behind(selected))
    } else if rules::fits(topology, selected, kind, false) {
        (free(pos2(old.left() - step, old.top())), Wired::Before(selected))
    } else {
        alone
    }
}

/// A kind in the list: what it is called, and why it can't be added, if it can't.
struct Choice {
    kind: StageKind,
    name: String,
    why_not: Option<String>,
}

/// Draws the box, if it is open.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, canvas: &mut CanvasView, out: &mut Intents) {
    let Some(adder) = &mut canvas.adder else { return };
    if adder.wired.is_some_and(|(stage, _)| stage >= scene.topology().stages.len()) {
        canvas.adder = None;
        return;
    }
    let choices = choices(scene, adder);
    let possible: Vec<&Choice> = choices.iter().filter(|choice| choice.why_not.is_none()).collect();
    let (entered, closed) = keys(ui, adder, possible.len());
    let mut picked = possible.get(adder.chosen).filter(|_| entered).map(|choice| choice.kind.clone());
    let area = Area::new(ui.scope_id().with("adder"))
        .order(Order::Foreground)
        .pivot(Align2::LEFT_TOP)
        .fixed_pos(scene.screen(adder.at))
        .constrain_to(scene.view.shrink(4.0));
    let response = area.show(ui.ctx(), |ui| {
        Frame::popup(ui.style()).show(ui, |ui| {
            ui.set_width(WIDTH);
            picked = picked.take().or(list(ui, scene, adder, &choices));
        });
    });
    let pressed_elsewhere = !adder.is_new
        && ui.input(|input| {
            let at = input.pointer.interact_pos();
            input.pointer.any_pressed() && at.is_some_and(|at| !response.response.rect.contains(at))
        });
    adder.is_new = false;
    if let Some(kind) = &picked {
        let (at, wired) = adder.places(kind);
        add(scene.topology(), kind.clone(), at, wired, out);
    }
    if picked.is_some() || closed || pressed_elsewhere {
        canvas.adder = None;
    }
}

/// Reads the keys that mean something other than text. Answers whether the choice was entered, and whether it is over.
fn keys(ui: &Ui, adder: &mut Adder, possible: usize) -> (bool, bool) {
    let last = possible.saturating_sub(1);
    adder.chosen = adder.chosen.min(last);
    ui.input_mut(|input| {
        let mut pressed = |key| input.consume_key(Modifiers::NONE, key);
        if pressed(Key::ArrowDown) {
            adder.chosen = if adder.chosen >= last { 0 } else { adder.chosen + 1 };
        }
        if pressed(Key::ArrowUp) {
            adder.chosen = adder.chosen.checked_sub(1).unwrap_or(last);
        }
        (pressed(Key::Enter), pressed(Key::Escape))
    })
}

/// Draws the field and the list below it. Answers what was clicked.
fn list(ui: &mut Ui, scene: &Scene<'_>, adder: &mut Adder, choices: &[Choice]) -> Option<StageKind> {
    let lang = scene.lang();
    let field = TextEdit::singleline(&mut adder.typed)
        .hint_text(lang.t(HINT))
        .event_filter(rename::keeps_escape())
        .desired_width(f32::INFINITY);
    let field = ui.add(field).accessible_name(lang.t(NAME));
    if adder.is_new {
        field.request_focus();
    }
    if field.changed() {
        adder.chosen = 0;
    }
    if choices.is_empty() {
        let why = if adder.typed.is_empty() { NONE_FITS } else { NONE_FOUND };
        ui.weak(lang.t(why));
    }
    let mut picked = None;
    let mut nth = 0;
    for choice in choices {
        let is_chosen = choice.why_not.is_none() && nth == adder.chosen;
        nth += usize::from(choice.why_not.is_none());
        let name = lang.f(ADD_ONE, &[&choice.name]);
        let response = row(ui, scene, choice, is_chosen).accessible_name(name);
        if response.clicked() {
            picked = Some(choice.kind.clone());
        }
    }
    picked
}

fn row(ui: &mut Ui, scene: &Scene<'_>, choice: &Choice, is_chosen: bool) -> Response {
    let lang = scene.lang();
    let badge = RichText::new(lang.of(choice.kind.realness().label()));
    let badge = badge.small().color(tokens(ui.ctx()).realness(choice.kind.realness()));
    let words = (fonts::icon(signs::kind(&choice.kind)), choice.name.as_str());
    let button = egui::Button::new(words)
        .selected(is_chosen)
        .frame_when_inactive(is_chosen)
        .right_text(badge)
        .min_size(vec2(ui.available_width(), 0.0));
    let response = ui.add_enabled(choice.why_not.is_none(), button);
    match &choice.why_not {
        None => response.on_hover_text(lang.t(kind::tip(&choice.kind))),
        Some(why) => response.on_disabled_hover_text(why),
    }
}

/// The kinds that fit and whose name has what was typed; those whose name begins with it first.
fn choices(scene: &Scene<'_>, adder: &Adder) -> Vec<Choice> {
    let typed = adder.typed.trim().to_lowercase();
    let topology = scene.topology();
    let mut found: Vec<(bool, Choice)> = Vec::new();
    for kind in kind::all() {
        let name = scene.kind_name(&kind);
        let names = [&name, kind.label(), kind.word(), ops::usual_name(&kind)].map(str::to_lowercase);
        let fits = match adder.wired {
            None => true,
            Some((_, Port::ControlIn)) if kind.carries_traffic() => false,
            Some((stage, port)) => rules::fits(topology, stage, &kind, port.is_out()),
        };
        if fits && names.iter().any(|name| name.contains(&typed)) {
            let begins = names.iter().any(|name| name.starts_with(&typed));
            let why_not = rules::why_not_add(scene.lang(), topology, &kind);
            found.push((begins, Choice { kind, name, why_not }));
        }
    }
    found.sort_by_key(|(begins, _)| !begins);
    found.into_iter().map(|(_, choice)| choice).collect()
}

impl CanvasView {
    /// Opens the box where the pointer is, or in the middle.
    pub fn open_adder(&mut self) {
        let at = self.pointer.unwrap_or(self.camera.center);
        self.adder = Some(Adder::new(at));
    }
}
