//! Renaming a stage in its place.

use egui::{Area, EventFilter, FontId, Frame, Key, Modifiers, Order, Rect, TextEdit, Ui};

use super::super::document::{Edit, layout, ops, rules};
use super::super::intent::Intents;
use super::super::text::{Text, text};
use super::super::theme::{fonts, tokens};
use super::CanvasView;
use super::scene::Scene;
use crate::topology::Topology;
use lucide_icons::Icon;

const RENAME: Text = text("Rename stage", "重命名阶段");
const NAME: Text = text("New name of {}", "{} 的新名称");

/// A name is being typed.
#[derive(Debug)]
pub struct Rename {
    stage: usize,
    typed: String,
    is_new: bool,
}

/// Begins to rename a stage.
pub fn start(canvas: &mut CanvasView, topology: &Topology, stage: usize) {
    if let Some(named) = topology.stages.get(stage) {
        canvas.rename = Some(Rename { stage, typed: named.name.clone(), is_new: true });
    }
}

/// Whether the name of a stage is being typed.
pub fn is_of(canvas: &CanvasView, stage: usize) -> bool {
    canvas.rename.as_ref().is_some_and(|rename| rename.stage == stage)
}

/// Draws the field over the stage's name, and what is wrong with the name below it.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, canvas: &mut CanvasView, out: &mut Intents) {
    let Some(rename) = &mut canvas.rename else { return };
    let Some(stage) = scene.topology().stages.get(rename.stage) else {
        canvas.rename = None;
        return;
    };
    let why_not = rules::why_not_name(scene.lang(), scene.topology(), rename.stage, &rename.typed);
    let enters = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter));
    let leaves = ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
    let mut head = scene.rect(rename.stage);
    head.set_height((layout::HEAD * scene.camera.zoom).max(22.0));
    let name = scene.lang().f(NAME, &[&stage.name]);
    let has_left = field(ui, rename, head, &name, why_not.as_deref());
    if leaves || (has_left && why_not.is_some()) {
        canvas.rename = None;
    } else if (enters || has_left) && why_not.is_none() {
        let (stage, name) = (rename.stage, rename.typed.trim().to_owned());
        out.edit(Edit::new(RENAME, move |topology| ops::rename(topology, stage, &name)));
        canvas.rename = None;
    }
}

/// What a text field keeps for itself: also Escape, which would take its focus before its owner knew why.
pub fn keeps_escape() -> EventFilter {
    EventFilter { tab: false, horizontal_arrows: true, vertical_arrows: true, escape: true }
}

/// Draws the field. Answers whether something else was pressed, or the focus went elsewhere.
fn field(ui: &Ui, rename: &mut Rename, head: Rect, name: &str, why_not: Option<&str>) -> bool {
    let tokens = tokens(ui.ctx());
    let area = Area::new(ui.scope_id().with("rename")).order(Order::Foreground).fixed_pos(head.min);
    let mut has_left = false;
    area.show(ui.ctx(), |ui| {
        let size = (head.height() * 0.47).clamp(12.0, 22.0);
        let edit = TextEdit::singleline(&mut rename.typed)
            .id_salt("name")
            .event_filter(keeps_escape())
            .font(FontId::proportional(size))
            .desired_width(head.width().max(120.0) - 8.0)
            .text_color(if why_not.is_some() { tokens.bad } else { tokens.text });
        let mut output = edit.show(ui);
        let response = output.response.response.clone().accessible_name(name);
        if rename.is_new {
            response.request_focus();
            let all = egui::text::CCursorRange::select_all(&output.galley);
            output.state.cursor.set_char_range(Some(all));
            output.state.store(ui.ctx(), response.id);
        }
        has_left = response.lost_focus() && !rename.is_new;
        if let Some(why) = why_not {
            Frame::popup(ui.style()).show(ui, |ui| {
                ui.set_max_width(head.width().max(200.0));
                ui.horizontal(|ui| {
                    ui.label(fonts::icon(Icon::OctagonAlert).color(tokens.bad));
                    ui.label(why);
                });
            });
        }
        rename.is_new = false;
    });
    has_left
}
