//! A command as a button or a menu row: icon, words, keys; and why it can't be used, where it can't.

use egui::{Button, KeyboardShortcut, Response, RichText, Ui};
use lucide_icons::Icon;

use super::super::command::UiCommand;
use super::super::intent::Intents;
use super::super::model::Model;
use super::super::theme::fonts::icon;
use super::super::theme::tokens;

/// A button with icon and words.
pub fn button(ui: &mut Ui, model: &Model, command: UiCommand, out: &mut Intents) -> Response {
    let about = command.about();
    let label = model.lang().t(about.label);
    add(ui, model, command, Button::new((icon(about.icon), label)), out)
}

/// A button for something that is on or off.
pub fn toggle(ui: &mut Ui, model: &Model, command: UiCommand, is_on: bool, out: &mut Intents) -> Response {
    let about = command.about();
    let words = (icon(about.icon), model.lang().t(about.label));
    add(ui, model, command, Button::selectable(is_on, words).frame_when_inactive(true), out)
}

/// A button with the icon only; its words are its tooltip and its accessible name.
pub fn icon_button(ui: &mut Ui, model: &Model, command: UiCommand, out: &mut Intents) -> Response {
    add(ui, model, command, Button::new(icon(command.about().icon).size(16.0)), out)
}

/// The button of the thing to do now.
pub fn primary_button(ui: &mut Ui, model: &Model, command: UiCommand, out: &mut Intents) -> Response {
    let (about, tokens) = (command.about(), tokens(ui));
    let words = [icon(about.icon), RichText::new(model.lang().t(about.label)).strong()];
    let is_enabled = command.enabled(model).is_ok();
    let [sign, label] = words.map(|text| if is_enabled { text.color(tokens.on_accent) } else { text });
    let mut widget = Button::new((sign, label)).min_size(egui::vec2(76.0, 0.0));
    if is_enabled {
        widget = widget.fill(tokens.accent);
    }
    add(ui, model, command, widget, out)
}

/// A row of a menu.
pub fn menu_row(ui: &mut Ui, model: &Model, command: UiCommand, out: &mut Intents) -> Response {
    menu_row_as(ui, model, command, None, out)
}

/// A row of a menu, in other words than usual.
pub fn menu_row_as(
    ui: &mut Ui,
    model: &Model,
    command: UiCommand,
    label: Option<&str>,
    out: &mut Intents,
) -> Response {
    let about = command.about();
    let mut row = Button::new((icon(about.icon), label.unwrap_or(model.lang().t(about.label))));
    if let Some(shortcut) = about.shortcut {
        row = row.shortcut_text(RichText::new(keys_text(ui, &shortcut)).weak());
    }
    add(ui, model, command, row, out)
}

/// A row of a menu for something that is on or off.
pub fn checked_row(
    ui: &mut Ui,
    model: &Model,
    command: UiCommand,
    is_on: bool,
    out: &mut Intents,
) -> Response {
    let about = command.about();
    let keys = about.shortcut.map(|shortcut| keys_text(ui, &shortcut)).unwrap_or_default();
    // The mark keeps its room when it is off, so that rows don't move.
    let mark = icon(if is_on { Icon::Check } else { Icon::Minus });
    let mark = if is_on { mark.color(tokens(ui).accent) } else { mark.color(egui::Color32::TRANSPARENT) };
    let words = RichText::new(model.lang().t(about.label));
    let row = Button::new((mark, words)).shortcut_text(RichText::new(keys).weak());
    let response = add(ui, model, command, row, out);
    ui.accesskit_node_builder(response.id, |node| {
        node.set_toggled(if is_on {
            egui::accesskit::Toggled::True
        } else {
            egui::accesskit::Toggled::False
        });
    });
    response
}

/// A shortcut as people read it: "Ctrl+=", not "Ctrl+Equals".
pub fn keys_text(ui: &Ui, shortcut: &KeyboardShortcut) -> String {
    let text = ui.format_shortcut(shortcut);
    for (name, sign) in [("Equals", "="), ("Minus", "-"), ("Plus", "+")] {
        if let Some(modifiers) = text.strip_suffix(name) {
            return format!("{modifiers}{sign}");
        }
    }
    text
}

fn add(ui: &mut Ui, model: &Model, command: UiCommand, widget: Button<'_>, out: &mut Intents) -> Response {
    let about = command.about();
    let (label, tip) = (model.lang().t(about.label), model.lang().t(about.tip));
    let enabled = command.enabled(model);
    let response = ui.add_enabled(enabled.is_ok(), widget).accessible_name(label);
    let keys = about.shortcut.map(|shortcut| format!(" ({})", keys_text(ui, &shortcut)));
    let hover = format!("{tip}{}", keys.unwrap_or_default());
    if response.clicked() {
        out.command(command);
    }
    match enabled {
        Ok(()) => response.on_hover_text(hover),
        Err(why) => response.on_disabled_hover_text(format!("{hover}\n{}", model.lang().t(why))),
    }
}
