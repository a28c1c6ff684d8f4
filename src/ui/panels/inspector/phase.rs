//! A phase: its name, its length, and the curve of its arrivals.

use egui::{Align, Layout, Ui};
use lucide_icons::Icon;

use super::super::super::document::Edit;
use super::super::super::text::{Text, text};
use super::super::super::theme::tokens;
use super::super::super::widgets::curve::{editor, handles, overview, points};
use super::super::super::widgets::number;
use super::fields::{self, Besides};
use super::owner::Owner;
use super::workload::{overview_ui, phase_actions};
use super::{Page, parts};
use crate::param::{ParamKind, ParamType, ParamValue};
use crate::topology::{Place, Topology};
use crate::workload::{Mix, Operation, Phase, Shape, Spacing};

const NAME: Besides = Besides {
    key: "name",
    label: text("Name", "名称"),
    help: text("What happens in it, in a few words", "这一段发生什么，简短说明"),
    kind: ParamKind::Text,
    range: None,
    optional: false,
};
const SPAN: Besides = Besides {
    key: "span",
    label: text("Length", "时长"),
    help: text("How long it takes", "持续多久"),
    kind: ParamKind::Duration,
    range: Some((0.001, 86_400.0)),
    optional: false,
};
const SHAPE: Besides = Besides {
    key: "shape",
    label: text("Shape", "形状"),
    help: text("How the arrival rate runs", "到达速率如何变化"),
    kind: ParamKind::Choice(Shape::WORDS),
    range: None,
    optional: false,
};
const SPACING: Besides = Besides {
    key: "spacing",
    label: text("Spacing", "间隔"),
    help: text("How arrivals are spaced at that rate", "在该速率下到达如何间隔"),
    kind: Spacing::KIND,
    range: None,
    optional: false,
};
const CURVE: Text = text("Arrival rate", "到达速率");
const MIX: Text = text("What people do", "人们做什么");
/// Shares of the operations, in their order.
const SHARES: [Text; Operation::COUNT] = [
    text("{} reads", "{} 读取"),
    text("{} claims", "{} 购买"),
    text("{} events", "{} 事件"),
    text("{} increments", "{} 计数"),
];
const CONVERT: Text = text("Convert to curve", "转为曲线");
const CONVERT_TIP: Text =
    text("Points of your own, which run as this shape does now", "换成自定的点，走势与现在相同");
const CHANGE_CURVE: Text = text("Change arrivals", "更改到达");
const CURVE_HELP: Text = text(
    "Double-click adds a point, right-click removes one; the rate is flat before the first and after the last",
    "双击添加点，右键移除点；首点之前、末点之后速率不变",
);

/// The height of the curve.
const HEIGHT: f32 = 170.0;

/// Draws it.
pub fn show(ui: &mut Ui, page: &mut Page<'_>, index: usize) {
    let lang = page.lang();
    let Some(phase) = page.topology().workload.phases.get(index) else { return };
    overview_ui(ui, page, Some(index));
    ui.horizontal(|ui| {
        parts::title(ui, lang.f(PHASE, &[&(index + 1)]), 14.0);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 0.0;
            let count = page.topology().workload.phases.len();
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                ui.add_space((ui.available_width() - 4.0 * parts::ICON).max(0.0));
                phase_actions(ui, page, index, count);
            });
        });
    });
    let place = Place::Workload(Some(phase.name.clone()));
    let own = ["name", "span", "shape", "spacing"];
    let is_field = |key: &str| {
        own.contains(&key)
            || Mix::SPECS.iter().any(|spec| spec.key == key)
            || phase.shape.params().is_some_and(|params| params.specs().iter().any(|spec| spec.key == key))
    };
    parts::problems(ui, page, std::slice::from_ref(&place), &is_field);
    besides(ui, page, index, phase, &place);
    curve(ui, page, index, phase);
    mix(ui, page, index, phase);
}

const PHASE: Text = text("Phase {}", "时段 {}");

/// Sets something of a phase, where it is still there.
fn within(topology: &mut Topology, phase: usize, set: impl FnOnce(&mut Phase)) {
    if let Some(phase) = topology.workload.phases.get_mut(phase) {
        set(phase);
    }
}

fn besides(ui: &mut Ui, page: &mut Page<'_>, index: usize, phase: &Phase, place: &Place) {
    let running = page.model.runs.active().map(|run| &run.topology.workload.phases);
    let running = running.and_then(|phases| phases.get(index));
    let differs = |same: fn(&Phase, &Phase) -> bool| running.is_some_and(|running| !same(running, phase));
    let done = NAME.show(ui, page, phase.name.to_value(), place, differs(|a, b| a.name == b.name));
    fields::apply(page, done, &format!("name of phase {index}"), move |topology, value| {
        if let ParamValue::Text(name) = value {
            within(topology, index, |phase| phase.name = name);
        }
    });
    let done = SPAN.show(ui, page, phase.span.to_value(), place, differs(|a, b| a.span == b.span));
    fields::apply(page, done, &format!("span of phase {index}"), move |topology, value| {
        if let ParamValue::Duration(span) = value {
            within(topology, index, |phase| phase.span = span);
        }
    });
    let word = ParamValue::Choice(phase.shape.word());
    let done = SHAPE.show(ui, page, word, place, differs(|a, b| a.shape == b.shape));
    fields::apply(page, done, "", move |topology, value| {
        if let ParamValue::Choice(word) = value {
            within(topology, index, |phase| {
                if let Some(shape) = handles::converted(&phase.shape, word, phase.span) {
                    phase.shape = shape;
                }
            });
        }
    });
    let done =
        SPACING.show(ui, page, phase.spacing.to_value(), place, differs(|a, b| a.spacing == b.spacing));
    fields::apply(page, done, "", move |topology, value| {
        if let Some(spacing) = Spacing::from_value(value) {
            within(topology, index, |phase| phase.spacing = spacing);
        }
    });
}

fn curve(ui: &mut Ui, page: &mut Page<'_>, index: usize, phase: &Phase) {
    let lang = page.lang();
    parts::heading(ui, lang.t(CURVE));
    let done = editor::show(ui, lang, &phase.shape, phase.span, HEIGHT);
    page.view.holds_keys |= done.holds_keys;
    set_shape(page, index, done.shape, done.in_gesture, done.ends);
    parts::note(ui, overview::phase_in_words(lang, phase));
    if let Shape::Curve(curve) = &phase.shape {
        parts::note(ui, lang.t(CURVE_HELP));
        let done = points::show(ui, lang, curve, phase.span);
        set_shape(page, index, done.points.map(Shape::Curve), done.in_gesture, done.ends);
    } else {
        fields::show(ui, page, &Owner::Shape(index));
        let convert = parts::button(ui, Icon::Spline, lang.t(CONVERT)).on_hover_text(lang.t(CONVERT_TIP));
        if convert.clicked() {
            let curve = Shape::Curve(handles::as_points(&phase.shape, phase.span));
            set_shape(page, index, Some(curve), false, false);
        }
    }
}

fn set_shape(page: &mut Page<'_>, index: usize, shape: Option<Shape>, in_gesture: bool, ends: bool) {
    let edit = shape.map(|shape| {
        let set = move |topology: &mut Topology| within(topology, index, |phase| phase.shape = shape);
        let edit = Edit::new(CHANGE_CURVE, set);
        if in_gesture { edit.in_gesture(format!("curve of phase {index}")) } else { edit }
    });
    page.edit(edit, ends);
}

fn mix(ui: &mut Ui, page: &mut Page<'_>, index: usize, phase: &Phase) {
    let lang = page.lang();
    parts::heading(ui, lang.t(MIX));
    fields::show(ui, page, &Owner::Mix(index));
    let all = phase.mix.sum();
    if !(all.is_finite() && all > 0.0) {
        return;
    }
    let tokens = tokens(ui.ctx());
    let (rect, _) = ui.allocate_exact_size(egui::vec2(ui.available_width(), 6.0), egui::Sense::hover());
    let (mut left_over, mut words) = (rect, Vec::new());
    for operation in Operation::ALL {
        let share = phase.mix.weight(operation) / all;
        // Reads and claims are what most designs are about; of the others only those that come are spoken of.
        if share == 0.0 && operation.is_record() {
            continue;
        }
        #[allow(clippy::cast_possible_truncation, reason = "a share of a width")]
        let (own, right) = left_over.split_left_right_at_x(left_over.left() + rect.width() * share as f32);
        ui.painter().rect_filled(own, 2.0, tokens.nth(operation.index()));
        left_over = right;
        let share = number::percent((share * 1_000.0).round() / 1_000.0);
        words.push(lang.f(SHARES[operation.index()], &[&share]));
    }
    parts::note(ui, words.join(lang.t(COMMA)));
}

const COMMA: Text = text(", ", "，");
