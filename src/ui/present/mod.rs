//! The presenter view: large type, few panels, strong contrast, for a projector. With a lesson and without.
//!
//! - `figures`: what everybody in the room should see.

mod figures;

use egui::{CentralPanel, Context, Frame, Panel, RichText, Ui, Vec2, ViewportCommand};

use super::canvas;
use super::charts::kind::Chart;
use super::charts::{self, ChartsView};
use super::command::UiCommand;
use super::intent::Intents;
use super::lessons::panel::{self, Scale};
use super::model::Model;
use super::text::common::UNTITLED;
use super::text::{Text, text};
use super::theme::{self, tokens};
use super::view::View;
use super::widgets::command_button::{icon_button, primary_button};

const LEAVE: Text = text("Esc leaves", "按 Esc 退出");

/// What the view is laid out for, in points: whatever the screen has more of makes everything larger.
const ROOM: Vec2 = egui::vec2(880.0, 545.0);
/// How much larger than usual everything may get.
const SCALES: std::ops::RangeInclusive<f32> = 1.0..=4.0;
/// The part of the width that a lesson takes.
const LESSON: f32 = 0.4;
/// The part of the height that the charts take.
const CHARTS: f32 = 0.36;

/// How it is presented.
#[derive(Debug)]
pub struct PresentView {
    is_on: bool,
    /// Its charts: the main ones only.
    charts: ChartsView,
}

impl Default for PresentView {
    fn default() -> Self {
        Self { is_on: false, charts: ChartsView::only(&[Chart::Throughput, Chart::Response]) }
    }
}

impl PresentView {
    /// Whether it is presented.
    pub fn is_on(&self) -> bool {
        self.is_on
    }

    /// Begins to present, on the whole screen, or ends.
    pub fn toggle(&mut self, ctx: &Context) {
        self.is_on ^= true;
        ctx.send_viewport_cmd(ViewportCommand::Fullscreen(self.is_on));
    }
}

/// How much larger than usual everything is, so that what is laid out fills the window.
pub fn scale(ctx: &Context) -> f32 {
    let size = ctx.content_rect().size() * ctx.zoom_factor();
    (size.x / ROOM.x).min(size.y / ROOM.y).clamp(*SCALES.start(), *SCALES.end())
}

/// Draws it.
pub fn show(ui: &mut Ui, model: &Model, view: &mut View, out: &mut Intents) {
    let tokens = tokens(ui.ctx());
    let bar = Frame::new().fill(tokens.panel).inner_margin(6);
    Panel::top("presented head").frame(bar).show(ui, |ui| head(ui, model, out));
    let frame = Frame::new().fill(tokens.panel).inner_margin(10);
    if model.lessons.open.is_some() {
        let width = ui.available_width() * LESSON;
        Panel::left("presented lesson").frame(frame).resizable(false).exact_size(width).show(ui, |ui| {
            panel::show(ui, model, &mut view.lesson, Scale::Projector, out);
        });
    }
    Panel::top("presented figures").frame(bar).show(ui, |ui| figures::show(ui, model));
    if model.runs.current.is_some() {
        let height = ui.available_height() * CHARTS;
        Panel::bottom("presented charts").frame(bar).resizable(false).exact_size(height).show(ui, |ui| {
            charts::show_plain(ui, model, &mut view.present.charts, out);
        });
    }
    CentralPanel::default().frame(Frame::new().fill(tokens.canvas)).show(ui, |ui| {
        view.parts.canvas = Some(ui.max_rect());
        canvas::show(ui, model, &mut view.canvas, out);
    });
}

/// The title, and the two things that are done while presenting.
fn head(ui: &mut Ui, model: &Model, out: &mut Intents) {
    let lang = model.lang();
    ui.horizontal(|ui| {
        let title = match model.doc.topology().title.trim() {
            "" => lang.t(UNTITLED),
            title => title,
        };
        ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
            icon_button(ui, model, UiCommand::Present, out);
            ui.label(RichText::new(lang.t(LEAVE)).color(tokens(ui).weak));
            let command = if model.is_busy() { UiCommand::Stop } else { UiCommand::Run };
            primary_button(ui, model, command, out);
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                let title = RichText::new(title).size(theme::size::TITLE).strong();
                ui.add(egui::Label::new(title).truncate());
            });
        });
    });
}
