//! What all dialogs have in common: a frame in the middle of the window, a heading, and buttons.

use egui::{Button, Context, CornerRadius, Frame, Id, Layout, Margin, Modal, Response, RichText, Stroke, Ui};
use lucide_icons::Icon;

use super::super::theme;
use super::super::theme::fonts::icon;

/// Room that is left around a dialog in a small window, in points.
const AROUND: f32 = 48.0;

/// Draws a dialog. Answers whether it should close: Escape was pressed, or something outside was clicked.
pub fn show(ctx: &Context, id: &str, width: f32, content: impl FnOnce(&mut Ui)) -> bool {
    let tokens = theme::tokens(ctx);
    let frame = Frame::new()
        .fill(tokens.panel)
        .stroke(Stroke::new(1.0, tokens.line))
        .corner_radius(CornerRadius::same(10))
        .inner_margin(Margin::same(20))
        .shadow(ctx.global_style().visuals.window_shadow);
    let room = ctx.content_rect().width() - AROUND;
    let modal = Modal::new(Id::unique(("dialog", id))).frame(frame);
    let response = modal.show(ctx, |ui| {
        ui.set_width(width.min(room - 2.0 * 20.0));
        content(ui);
    });
    response.should_close()
}

/// A heading with an icon.
pub fn heading(ui: &mut Ui, sign: Icon, text: &str) {
    let tokens = theme::tokens(ui.ctx());
    ui.horizontal(|ui| {
        ui.label(icon(sign).size(18.0).color(tokens.accent));
        ui.label(RichText::new(text).size(17.0).color(tokens.text));
    });
    ui.add_space(6.0);
}

/// A row of buttons at the right end; the first one drawn is the rightmost.
pub fn buttons(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    ui.add_space(10.0);
    ui.with_layout(Layout::right_to_left(egui::Align::Center), content);
}

/// The button that does what the dialog is for.
pub fn primary(ui: &mut Ui, label: &str) -> Response {
    let tokens = theme::tokens(ui.ctx());
    ui.add(Button::new(RichText::new(label).color(tokens.on_accent)).fill(tokens.accent))
}

/// A button behind which something is lost.
pub fn dangerous(ui: &mut Ui, label: &str) -> Response {
    let tokens = theme::tokens(ui.ctx());
    ui.add(Button::new(RichText::new(label).color(tokens.bad)))
}
