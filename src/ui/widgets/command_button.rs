//! A command as a button or a menu row: icon, words, keys; and why it can't be used, where it can't.

use egui::{Button, Response, RichText, Ui};

use super::super::command::UiCommand;
use super::super::intent::Intents;
use super::super::model::Model;
use super::super::theme::fonts::icon;

/// A button with icon and words.
pub fn button(ui: &mut Ui, model: &Model, command: UiCommand, out: &mut Intents) -> Response {
    let about = command.about();
    let label = model.lang().t(about.label);
    add(ui, model, command, Button::new((icon(about.icon), label)), out)
}

/// A button with the icon only; its words are its tooltip and its accessible name.
pub fn icon_button(ui: &mut Ui, model: &Model, command: UiCommand, out: &mut Intents) -> Response {
    add(ui, model, command, Button::new(icon(command.about().icon).size(16.0)), out)
}

/// A row of a menu.
pub fn menu_row(ui: &mut Ui, model: &Model, command: UiCommand, out: &mut Intents) -> Response {
    let about = command.about();
    let mut row = Button::new((icon(about.icon), model.lang().t(about.label)));
    if let Some(shortcut) = about.shortcut {
        row = row.shortcut_text(RichText::new(ui.format_shortcut(&shortcut)).weak());
    }
    add(ui, model, command, row, out)
}

fn add(ui: &mut Ui, model: &Model, command: UiCommand, widget: Button<'_>, out: &mut Intents) -> Response {
    let about = command.about();
    let (label, tip) = (model.lang().t(about.label), model.lang().t(about.tip));
    let enabled = command.enabled(model);
    let response = ui.add_enabled(enabled.is_ok(), widget).accessible_name(label);
    let keys = about.shortcut.map(|shortcut| format!(" ({})", ui.format_shortcut(&shortcut)));
    let hover = format!("{tip}{}", keys.unwrap_or_default());
    if response.clicked() {
        out.command(command);
    }
    match enabled {
        Ok(()) => response.on_hover_text(hover),
        Err(why) => response.on_disabled_hover_text(format!("{hover}\n{}", model.lang().t(why))),
    }
}
