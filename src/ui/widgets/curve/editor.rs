//! The shape of one phase as a curve that can be dragged.

use std::time::Duration;

use egui::{
    EventFilter, Id, Key, Modifiers, PointerButton, Pos2, Rect, Response, Role, Sense, Stroke, Ui, vec2,
};

use super::super::super::text::{Lang, Text, text};
use super::super::super::theme::{Tokens, tokens};
use super::super::number;
use super::axes::Axes;
use super::handles::{self, Handle};
use crate::workload::Shape;

const CURVE: Text = text("Arrival curve", "到达曲线");
const UNIT: Text = text("arrivals/s", "到达/秒");
const HERE: Text = text("{} · {}/s", "{} · {}/秒");
const POINT_TIP: Text = text("Drag, or press an arrow key; Delete removes it", "拖动或按方向键；Delete 删除");
const HANDLE_TIP: Text = text("Drag, or press an arrow key", "拖动或按方向键");

/// How far around a handle it can be taken hold of.
const REACH: f32 = 8.0;
/// How many steps an arrow key goes with Shift.
const FAR: f64 = 10.0;

/// What was done to a curve.
#[derive(Debug, Default)]
pub struct Done {
    /// The new shape, if it was changed.
    pub shape: Option<Shape>,
    /// Whether more may follow before the gesture ends.
    pub in_gesture: bool,
    /// Whether the gesture is over with this.
    pub ends: bool,
    /// Whether a handle has the keyboard: Delete and the arrow keys are its own.
    pub holds_keys: bool,
}

fn name(lang: Lang, handle: Handle) -> String {
    const POINT: Text = text("Point {}", "点 {}");
    let name = match handle {
        Handle::Rate => text("Rate handle", "速率手柄"),
        Handle::From => text("Handle of the rate at start", "起始速率手柄"),
        Handle::To => text("Handle of the rate at end", "结束速率手柄"),
        Handle::Peak => text("Peak handle", "峰值手柄"),
        Handle::Base => text("Base handle", "基线手柄"),
        Handle::Decay => text("Decay handle", "衰减手柄"),
        Handle::Point(index) => return lang.f(POINT, &[&(index + 1)]),
    };
    lang.t(name).to_owned()
}

/// Draws the curve of a phase of length `span` and its handles.
pub fn show(ui: &mut Ui, lang: Lang, shape: &Shape, span: Duration, height: f32) -> Done {
    let tokens = tokens(ui.ctx());
    let (rect, back) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click());
    let back = back.accessible_name(lang.t(CURVE));
    let held = Held::of(ui, back.id);
    let handles = handles::handles(shape, span);
    let axes = held.axes(rect, shape, &handles, span);
    let painter = ui.painter_at(rect);
    painter.rect_filled(rect, 4.0, tokens.canvas);
    axes.draw(&painter, tokens, lang.t(UNIT));
    let line = Stroke::new(1.5, tokens.offered);
    axes.draw_shape(&painter, shape, 0.0, span, (line, tokens.offered.gamma_multiply(0.16)));
    if let Shape::Spike(spike) = shape {
        let y = axes.at((0.0, spike.base)).y;
        let dashed = egui::Shape::dashed_line(
            &[Pos2::new(axes.plot.left(), y), Pos2::new(axes.plot.right(), y)],
            Stroke::new(1.0, tokens.weak),
            3.0,
            3.0,
        );
        painter.extend(dashed);
    }
    let mut done = Done::default();
    for (handle, at) in handles {
        let mut handle = Taken { handle, at, axes, held, lang, tokens };
        handle.show(ui, &back, shape, &mut done);
    }
    if let (Shape::Curve(points), true, Some(pointer)) =
        (shape, back.double_clicked(), back.interact_pointer_pos())
    {
        let mut points = points.clone();
        if handles::add_point(&mut points, axes.under(pointer)).is_some() {
            done = Done { shape: Some(Shape::Curve(points)), ..Done::default() };
        }
    }
    if let Some(pointer) = back.hover_pos().filter(|at| axes.plot.contains(*at)) {
        let (secs, rate) = axes.under(pointer);
        let words = lang.f(HERE, &[&number::span_of_secs(secs), &number::number(rate)]);
        let at = rect.right_top() + vec2(-8.0, 2.0);
        let font = egui::FontId::proportional(10.0);
        painter.text(at, egui::Align2::RIGHT_TOP, words, font, tokens.text);
    }
    done
}

/// The axes of a drag under way: they stand still until it ends, or the curve would run away from the hand.
#[derive(Debug, Clone, Copy)]
struct Held {
    id: Id,
    axes: Option<Axes>,
}

impl Held {
    fn of(ui: &Ui, curve: Id) -> Self {
        let id = curve.with("held");
        if !ui.input(|input| input.pointer.any_down() || input.pointer.any_released()) {
            ui.data_mut(|data| data.remove::<Axes>(id));
        }
        Self { id, axes: ui.data(|data| data.get_temp(id)) }
    }

    fn axes(&self, rect: Rect, shape: &Shape, handles: &[(Handle, (f64, f64))], span: Duration) -> Axes {
        let last = handles.iter().map(|(_, at)| at.0).fold(span.as_secs_f64(), f64::max);
        let top = handles.iter().map(|(_, at)| at.1).fold(shape.peak(span), f64::max);
        let axes = Axes::new(rect, last, top);
        self.axes.map_or(axes, |held| axes.scaled_as(held))
    }
}

/// A handle that may be taken hold of.
struct Taken<'a> {
    handle: Handle,
    at: (f64, f64),
    axes: Axes,
    held: Held,
    lang: Lang,
    tokens: &'a Tokens,
}

impl Taken<'_> {
    fn show(&mut self, ui: &mut Ui, back: &Response, shape: &Shape, done: &mut Done) {
        let plot = self.axes.plot;
        let at = self.axes.at(self.at).clamp(plot.min, plot.max);
        // The whole line of a constant rate can be taken hold of.
        let reach = match self.handle {
            Handle::Rate => vec2(plot.width(), REACH * 2.0),
            _ => vec2(REACH * 2.0, REACH * 2.0),
        };
        let id = back.id.with(self.handle);
        let response = ui.interact(Rect::from_center_size(at, reach), id, Sense::click_and_drag());
        let name = name(self.lang, self.handle);
        response.widget_info(|| egui::WidgetInfo::labeled(Role::Button, true, &name));
        let is_hot = response.hovered() || response.dragged() || response.has_focus();
        let radius = if is_hot { 5.5 } else { 4.0 };
        let fill = if is_hot { self.tokens.accent } else { self.tokens.card };
        ui.painter().circle(at, radius, fill, Stroke::new(1.5, self.tokens.accent));
        self.drag(ui, &response, shape, done);
        if response.clicked() {
            response.request_focus();
        }
        if response.has_focus() {
            self.keys(ui, &response, shape, done);
        }
        if response.clicked_by(PointerButton::Secondary) {
            self.remove(shape, done);
        }
        let cursor = match self.handle.moves() {
            (true, true) => egui::CursorIcon::Move,
            (true, false) => egui::CursorIcon::ResizeHorizontal,
            _ => egui::CursorIcon::ResizeVertical,
        };
        let tip = if matches!(self.handle, Handle::Point(_)) { POINT_TIP } else { HANDLE_TIP };
        response.on_hover_cursor(cursor).on_hover_ui(|ui| {
            let (secs, rate) = (number::span_of_secs(self.at.0), number::number(self.at.1));
            ui.label(name);
            ui.label(self.lang.f(HERE, &[&secs, &rate]));
            ui.weak(self.lang.t(tip));
        });
    }

    fn drag(&self, ui: &Ui, response: &Response, shape: &Shape, done: &mut Done) {
        if response.drag_started() {
            ui.data_mut(|data| data.insert_temp(self.held.id, self.axes));
        }
        if response.dragged()
            && response.drag_delta() != egui::Vec2::ZERO
            && let Some(pointer) = response.interact_pointer_pos()
        {
            let mut shape = shape.clone();
            handles::move_to(&mut shape, self.handle, self.axes.under(pointer));
            done.shape = Some(shape);
        }
        done.in_gesture |= response.dragged() || response.drag_stopped();
        done.ends |= response.drag_stopped();
    }

    fn keys(&self, ui: &Ui, response: &Response, shape: &Shape, done: &mut Done) {
        done.holds_keys = true;
        let arrows = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
        let pressed =
            |modifiers, key| ui.input_mut(|input| input.count_and_consume_key(modifiers, key)) as f64;
        let steps = |key| pressed(Modifiers::SHIFT, key) * FAR + pressed(Modifiers::NONE, key);
        let along = steps(Key::ArrowRight) - steps(Key::ArrowLeft);
        let up = steps(Key::ArrowUp) - steps(Key::ArrowDown);
        if along.abs() + up.abs() > 0.0 {
            let (secs_step, rate_step) = self.axes.steps();
            let (secs, rate) = self.at;
            let mut shape = shape.clone();
            let to = (round(secs + along * secs_step), round(rate + up * rate_step));
            handles::move_to(&mut shape, self.handle, to);
            done.shape = Some(shape);
        }
        if pressed(Modifiers::NONE, Key::Delete) + pressed(Modifiers::NONE, Key::Backspace) > 0.0 {
            self.remove(shape, done);
        }
    }

    fn remove(&self, shape: &Shape, done: &mut Done) {
        if let (Shape::Curve(points), Handle::Point(index)) = (shape, self.handle)
            && points.len() > 1
        {
            let mut points = points.clone();
            points.remove(index);
            done.shape = Some(Shape::Curve(points));
        }
    }
}

/// Without the dust that adding decimals leaves.
fn round(x: f64) -> f64 {
    (x * 1e6).round() / 1e6
}
