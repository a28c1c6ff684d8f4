//! Small parts of the pages: headings, buttons, problems.

use egui::{AtomExt, Button, Response, RichText, Ui};
use lucide_icons::Icon;

use super::super::super::theme::fonts::icon;
use super::super::super::theme::{signs, tokens};
use super::super::super::widgets::problem;
use super::Page;
use crate::topology::Place;

/// The width of a small button.
pub const ICON: f32 = 20.0;

/// The heading of a section.
pub fn heading(ui: &mut Ui, words: &str) -> Response {
    ui.add_space(8.0);
    let response = title(ui, words, 13.0);
    ui.add_space(1.0);
    response
}

/// Words that stand out, of a size.
pub fn title(ui: &mut Ui, words: impl Into<String>, size: f32) -> Response {
    let text = tokens(ui.ctx()).text;
    ui.label(RichText::new(words).color(text).size(size))
}

/// A line of less weight that may wrap.
pub fn note(ui: &mut Ui, words: impl Into<String>) -> Response {
    let weak = tokens(ui.ctx()).weak;
    ui.label(RichText::new(words).color(weak).size(11.0))
}

/// A small button with an icon only.
pub fn icon_button(ui: &mut Ui, sign: Icon, name: &str, tip: &str) -> Response {
    let weak = tokens(ui.ctx()).weak;
    let size = [ICON, ui.spacing().interact_size.y];
    ui.add_sized(size, Button::new(icon(sign).color(weak)).frame(false))
        .accessible_name(name)
        .on_hover_text(tip)
}

/// A button with icon and words.
pub fn button(ui: &mut Ui, sign: Icon, words: &str) -> Response {
    ui.add(Button::new((icon(sign), words))).accessible_name(words)
}

/// A row that leads to another part: icon, words, and something on the right.
pub fn row(ui: &mut Ui, sign: Icon, words: &str, right: &str, name: &str, is_selected: bool) -> Response {
    row_of(ui, ui.available_width(), sign, words, right, name, is_selected)
}

/// The same of a width.
pub fn row_of(
    ui: &mut Ui,
    width: f32,
    sign: Icon,
    words: &str,
    right: &str,
    name: &str,
    is_selected: bool,
) -> Response {
    let weak = tokens(ui.ctx()).weak;
    let size = egui::vec2(width, ui.spacing().interact_size.y);
    let (rect, _) = ui.allocate_exact_size(size, egui::Sense::hover());
    let button =
        Button::selectable(is_selected, (icon(sign).color(weak), RichText::new(words).atom_shrink(true)))
            .right_text(RichText::new(right).color(weak).size(11.0))
            .min_size(size)
            .truncate();
    let mut cell = ui.new_child(egui::UiBuilder::new().id_salt(name).max_rect(rect));
    cell.add(button).accessible_name(name)
}

/// The problems of places that no field tells. `is_field` says which fields tell their own.
pub fn problems(ui: &mut Ui, page: &Page<'_>, places: &[Place], is_field: &dyn Fn(&str) -> bool) {
    let lang = page.lang();
    let tokens = tokens(ui.ctx());
    for found in page.model.doc.problems() {
        let is_told = found.fields.first().is_some_and(|field| is_field(field));
        if is_told || !places.contains(&found.place) {
            continue;
        }
        let color = tokens.severity(found.severity);
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            ui.label(icon(signs::severity(found.severity)).color(color));
            ui.add(egui::Label::new(RichText::new(problem::in_words(lang, found)).color(color)).wrap());
        });
    }
}
