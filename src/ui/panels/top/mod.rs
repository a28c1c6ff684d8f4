//! The bar at the top: menus, the design's title, what runs and how.
//!
//! - [`menus`]: every command by its menu.
//! - [`workload`]: duration and seed. [`rate`]: the offered rate, before a run and while it goes on.
//! - [`faults`]: what can be broken while a run goes on.

pub mod faults;
pub mod field;
pub mod menus;
pub mod rate;
pub mod workload;

use egui::{Button, RichText, Ui};

use super::super::command::UiCommand;
use super::super::intent::{Intent, Intents};
use super::super::model::Model;
use super::super::text::{Text, common, text};
use super::super::theme::tokens;
use super::super::widgets::command_button::{icon_button, primary_button};
use crate::topology::Place;

const DESIGN: Text = text("Design: {}", "设计：{}");
const UNSAVED: Text = text("{} (unsaved changes)", "{}（有未保存的更改）");
const TITLE_TIP: Text =
    text("Title of the design; click to change title and question", "设计的标题；点击修改标题和问题");
const UNSAVED_TIP: Text = text("There are unsaved changes", "有未保存的更改");

/// The least that the title gets, in points.
const LEAST_TITLE: f32 = 48.0;

/// How the bar is looked at.
#[derive(Debug, Default)]
pub struct TopView {
    /// What is being typed as duration and as seed.
    duration: field::Typed,
    seed: field::Typed,
    /// The slider of the offered rate.
    rate: rate::RateView,
    /// How the links are slowed.
    pub faults: faults::FaultsView,
    /// How wide the menus were in the last frame: a menu bar takes all the room it is given.
    menus_width: f32,
    /// How wide the controls were in the last frame; the title takes what they leave.
    controls_width: f32,
}

/// Draws it.
pub fn show(ui: &mut Ui, model: &Model, view: &mut TopView, out: &mut Intents) {
    ui.horizontal(|ui| {
        view.menus_width = menus_ui(ui, model, view.menus_width, out);
        ui.separator();
        title(ui, model, view.controls_width, out);
        let controls = ui.horizontal(|ui| controls(ui, model, view, out)).response.rect.width();
        if (controls - view.controls_width).abs() > 0.5 {
            view.controls_width = controls;
            ui.request_repaint();
        }
    });
    if model.runs.active().is_some() {
        ui.add_space(2.0);
        faults::show(ui, model, &mut view.faults, out);
    }
}

/// The menus, in the room that they took in the last frame. Answers how much they take.
fn menus_ui(ui: &mut Ui, model: &Model, width: f32, out: &mut Intents) -> f32 {
    let size = egui::vec2(width, ui.spacing().interact_size.y);
    let layout = egui::Layout::left_to_right(egui::Align::Center);
    let left = ui.cursor().left();
    let right = ui.allocate_ui_with_layout(size, layout, |ui| menus::show(ui, model, out)).inner;
    if (right - left - width).abs() > 0.5 {
        ui.request_repaint();
    }
    right - left
}

/// The design's title, which takes the room that the controls leave.
fn title(ui: &mut Ui, model: &Model, controls_width: f32, out: &mut Intents) {
    let lang = model.lang();
    let room = ui.available_width() - controls_width - ui.spacing().item_spacing.x * 2.0;
    let size = egui::vec2(room.max(LEAST_TITLE), ui.spacing().interact_size.y);
    let layout = egui::Layout::left_to_right(egui::Align::Center);
    ui.allocate_ui_with_layout(size, layout, |ui| {
        ui.set_min_size(size);
        let title = model.doc.topology().title.as_str();
        let title = if title.is_empty() { lang.t(common::UNTITLED) } else { title };
        let is_dirty = model.doc.is_dirty();
        ui.spacing_mut().item_spacing.x = 4.0;
        if is_dirty {
            let (rect, dot) = ui.allocate_exact_size(egui::vec2(8.0, 8.0), egui::Sense::hover());
            ui.painter().circle_filled(rect.center(), 3.5, tokens(ui).warn);
            dot.on_hover_text(lang.t(UNSAVED_TIP));
        }
        let name = lang.f(DESIGN, &[&title]);
        let name = if is_dirty { lang.f(UNSAVED, &[&name]) } else { name };
        let button = Button::new(RichText::new(title).strong()).frame(false).truncate();
        let response = ui.add(button).accessible_name(name);
        if response.on_hover_text(format!("{title}\n{}", lang.t(TITLE_TIP))).clicked() {
            out.push(Intent::Reveal(Place::Design));
        }
    });
}

fn controls(ui: &mut Ui, model: &Model, view: &mut TopView, out: &mut Intents) {
    ui.spacing_mut().item_spacing.x = 6.0;
    let command = if model.is_busy() { UiCommand::Stop } else { UiCommand::Run };
    primary_button(ui, model, command, out);
    workload::duration(ui, model, &mut view.duration, out);
    workload::seed(ui, model, &mut view.seed, out);
    rate::show(ui, model, &mut view.rate, out);
    ui.separator();
    icon_button(ui, model, UiCommand::Palette, out);
    icon_button(ui, model, UiCommand::Shortcuts, out);
}
