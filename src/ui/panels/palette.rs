//! The palette: every kind of stage, to drag onto the canvas or to click.

use egui::{Button, DragAndDrop, Response, RichText, ScrollArea, Sense, Ui, vec2};

use super::super::canvas::drop::NewStage;
use super::super::canvas::kind;
use super::super::document::rules;
use super::super::intent::{Intent, Intents};
use super::super::model::Model;
use super::super::text::{Text, terms, text};
use super::super::theme::{fonts, signs, tokens};
use crate::topology::StageKind;

const TITLE: Text = text("Stages", "阶段");
const HOW: Text = text(
    "Drag onto the canvas, or click to add behind the selected stage",
    "拖到画布上，或点击以添加到所选阶段之后",
);
const KEY: Text = text("Key {} adds one", "按 {} 键添加");

/// Draws it.
pub fn show(ui: &mut Ui, model: &Model, out: &mut Intents) {
    let lang = model.lang();
    ui.label(RichText::new(lang.t(TITLE)).strong()).on_hover_text(lang.t(HOW));
    ScrollArea::vertical().auto_shrink(false).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        for (kind, key) in kind::all().zip(kind::KEYS) {
            row(ui, model, &kind, key.symbol_or_name(), out);
        }
        ui.add_space(6.0);
        ui.label(RichText::new(lang.t(HOW)).small().color(tokens(ui.ctx()).weak));
    });
}

fn row(ui: &mut Ui, model: &Model, kind: &StageKind, key: &str, out: &mut Intents) {
    let lang = model.lang();
    let tokens = tokens(ui.ctx());
    let why_not = rules::why_not_add(lang, model.doc.topology(), kind);
    let realness = kind.realness();
    let name = lang.of(kind.label()).into_owned();
    let color = if why_not.is_none() { tokens.realness(realness) } else { tokens.weak };
    let button = Button::new((fonts::icon(signs::kind(kind)).size(15.0), name.as_str()))
        .frame_when_inactive(false)
        .truncate()
        .right_text((
            fonts::icon(signs::realness(realness)).size(11.0).color(color),
            RichText::new(key).monospace().small().color(tokens.weak),
        ))
        .min_size(vec2(ui.available_width(), 26.0))
        .sense(Sense::click_and_drag());
    let response = ui.add_enabled(why_not.is_none(), button).accessible_name(&name);
    if response.clicked() {
        out.push(Intent::AddStage(Box::new(kind.clone())));
    }
    if response.drag_started() {
        DragAndDrop::set_payload(ui.ctx(), NewStage(kind.clone()));
    }
    let tip = |ui: &mut Ui| tip(ui, model, kind, key, why_not.as_deref());
    hover(response, why_not.is_some(), tip);
}

fn hover(response: Response, is_disabled: bool, tip: impl FnOnce(&mut Ui)) {
    if is_disabled {
        response.on_disabled_hover_ui(tip);
    } else {
        response.on_hover_ui(tip);
    }
}

/// What the kind is, how real it is, and its key, or why it can't be added.
fn tip(ui: &mut Ui, model: &Model, kind: &StageKind, key: &str, why_not: Option<&str>) {
    let lang = model.lang();
    let tokens = tokens(ui.ctx());
    let realness = kind.realness();
    ui.set_max_width(280.0);
    ui.label(lang.t(kind::tip(kind)));
    ui.horizontal(|ui| {
        ui.label(fonts::icon(signs::realness(realness)).color(tokens.realness(realness)));
        ui.label(RichText::new(lang.t(terms::realness_tip(realness))).color(tokens.weak));
    });
    match why_not {
        None => ui.label(RichText::new(lang.f(KEY, &[&key])).color(tokens.weak)),
        Some(why) => ui.label(RichText::new(why).color(tokens.warn)),
    };
}
