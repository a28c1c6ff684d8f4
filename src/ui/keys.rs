//! Shortcuts of the commands. They rest while a text is being typed.

use egui::Ui;

use super::command::UiCommand;
use super::intent::Intents;
use super::model::Model;
use super::view::View;

/// Reads the keys that were pressed.
pub fn read(ui: &Ui, _model: &Model, view: &View, out: &mut Intents) {
    if view.dialog.is_some() {
        return;
    }
    let typing = ui.ctx().text_edit_focused();
    // More modifiers first: Command+Shift+S must not be taken for Command+S.
    let mut commands: Vec<_> =
        UiCommand::ALL.iter().filter_map(|&command| Some((command, command.about().shortcut?))).collect();
    commands.sort_by_key(|(_, keys)| {
        std::cmp::Reverse(u8::from(keys.modifiers.shift) + u8::from(keys.modifiers.alt))
    });
    for (command, keys) in commands {
        if typing && (!keys.modifiers.command || is_for_text(keys.logical_key)) {
            continue;
        }
        // A point of a curve that has the keyboard is deleted by itself.
        if keys.logical_key == egui::Key::Delete && view.panels.inspector.holds_keys {
            continue;
        }
        if ui.input_mut(|input| input.consume_shortcut(&keys)) {
            out.command(command);
        }
    }
}

/// Whether a key with the command modifier means something to a text field.
fn is_for_text(key: egui::Key) -> bool {
    use egui::Key;
    matches!(key, Key::A | Key::Z | Key::C | Key::V | Key::X)
}
