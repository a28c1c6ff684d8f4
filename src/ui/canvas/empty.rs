//! What an empty canvas says: how to begin.

use egui::{Align, DragAndDrop, Layout, Rect, RichText, Ui, UiBuilder, vec2};

use super::super::command::UiCommand;
use super::super::intent::Intents;
use super::super::text::{Text, text};
use super::super::theme::{fonts, tokens};
use super::super::widgets::command_button;
use super::scene::Scene;
use lucide_icons::Icon;

const TITLE: Text = text("Wire your flash sale", "搭建你的秒杀架构");
const HOW: Text = text(
    "Drag a stage here from the left, or click one; begin with users and end with a database",
    "从左侧拖入或点击一个阶段；从用户开始，以数据库结束",
);
const SIZE: egui::Vec2 = vec2(420.0, 160.0);

/// Says how to begin, if there are no stages.
pub fn show(ui: &mut Ui, scene: &Scene<'_>, out: &mut Intents) {
    if !scene.topology().stages.is_empty() || DragAndDrop::has_any_payload(ui.ctx()) {
        return;
    }
    let weak = tokens(ui.ctx()).weak;
    let place = Rect::from_center_size(scene.view.center(), SIZE);
    let builder = UiBuilder::new().max_rect(place).layout(Layout::top_down(Align::Center));
    ui.scope_builder(builder, |ui| {
        ui.label(fonts::icon(Icon::Workflow).size(30.0).color(weak));
        ui.label(RichText::new(scene.lang().t(TITLE)).heading());
        ui.label(RichText::new(scene.lang().t(HOW)).color(weak));
        ui.add_space(4.0);
        // Two buttons in the middle: their widths are known only after they were drawn.
        let id = ui.scope_id().with("width");
        let width = ui.data(|data| data.get_temp::<f32>(id)).unwrap_or(0.0);
        ui.horizontal(|ui| {
            ui.add_space(((SIZE.x - width) / 2.0).max(0.0));
            let left = ui.cursor().left();
            command_button::button(ui, scene.model, UiCommand::AddStage, out);
            let last = command_button::button(ui, scene.model, UiCommand::Presets, out);
            ui.data_mut(|data| data.insert_temp(id, last.rect.right() - left));
        });
    });
}
