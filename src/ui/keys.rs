//! Shortcuts of the commands. They rest while a text is being typed.
//!
//! A shortcut is met where its key and exactly its modifiers are pressed. Where a layout needs Shift for a sign
//! (`Ctrl` `+`), the sign counts; where it gives a digit another sign with Shift, the place on the keyboard counts.

use egui::{Context, Event, Key, KeyboardShortcut, Modifiers, Popup, Ui};

use super::command::UiCommand;
use super::intent::Intents;
use super::model::Model;
use super::view::View;

/// Further keys of commands: what people are used to from elsewhere.
pub const ALSO: [(UiCommand, KeyboardShortcut); 5] = [
    (UiCommand::Redo, KeyboardShortcut::new(Modifiers::COMMAND, Key::Y)),
    (UiCommand::Delete, KeyboardShortcut::new(Modifiers::NONE, Key::Backspace)),
    (UiCommand::ZoomIn, KeyboardShortcut::new(Modifiers::COMMAND, Key::Plus)),
    (UiCommand::Larger, KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::Plus)),
    (UiCommand::Shortcuts, KeyboardShortcut::new(Modifiers::NONE, Key::Questionmark)),
];

/// Every command with keys, with each of them.
pub fn bindings() -> impl Iterator<Item = (UiCommand, KeyboardShortcut)> {
    let own = UiCommand::all().filter_map(|command| Some((command, command.about().shortcut?)));
    own.chain(ALSO)
}

/// Keys as people write them: "Ctrl+=" and "Esc".
pub fn written(ctx: &Context, keys: &KeyboardShortcut) -> String {
    let sign = match keys.logical_key {
        Key::Plus => "+",
        Key::Equals => "=",
        Key::Minus => "-",
        Key::Questionmark => "?",
        Key::Escape => "Esc",
        Key::Delete => "Del",
        _ => return ctx.format_shortcut(keys),
    };
    let text = ctx.format_shortcut(keys);
    let modifiers = text.strip_suffix(keys.logical_key.name()).unwrap_or_default();
    format!("{modifiers}{sign}")
}

/// Reads the keys that were pressed.
pub fn read(ui: &Ui, _model: &Model, view: &View, out: &mut Intents) {
    if view.dialog.is_some() || !ui.input(|input| input.events.iter().any(is_press)) {
        return;
    }
    let (typing, in_menu) = (ui.text_edit_focused(), Popup::is_any_open(ui));
    let may = |command: UiCommand, keys: &KeyboardShortcut| {
        let is_for_menu = in_menu && !keys.modifiers.command;
        // A point of a curve that has the keyboard is deleted by itself.
        if command == UiCommand::Delete && view.panels.inspector.holds_keys {
            return false;
        }
        !(is_for_menu || typing && is_for_text(*keys) || comes_as_event(command))
    };
    ui.input_mut(|input| {
        input.events.retain(|event| {
            let Event::Key { key, physical_key, pressed: true, repeat, modifiers } = event else {
                return true;
            };
            if view.present.is_on() && *key == Key::Escape && modifiers.is_none() {
                out.command(UiCommand::Present);
                return false;
            }
            let Some((command, keys)) = meant(*key, *physical_key, *modifiers) else { return true };
            if !may(command, &keys) {
                return true;
            }
            if !repeat || may_repeat(command) {
                out.command(command);
            }
            // Escape also ends what is under way on the canvas.
            command == UiCommand::SelectNothing
        });
    });
}

fn is_press(event: &Event) -> bool {
    matches!(event, Event::Key { pressed: true, .. })
}

/// The command that keys stand for, and its binding.
fn meant(key: Key, place: Option<Key>, modifiers: Modifiers) -> Option<(UiCommand, KeyboardShortcut)> {
    let exact = |wanted: Key| {
        bindings().find(|(_, keys)| keys.logical_key == wanted && modifiers.matches_exact(keys.modifiers))
    };
    let shifted = || {
        let is_sign = |key| matches!(key, Key::Plus | Key::Equals | Key::Minus | Key::Questionmark);
        let unshifted = Modifiers { shift: false, ..modifiers };
        bindings().find(|(_, keys)| {
            is_sign(key) && keys.logical_key == key && unshifted.matches_exact(keys.modifiers)
        })
    };
    let by_place = || exact(place.filter(|_| modifiers.shift || modifiers.alt)?);
    exact(key).or_else(shifted).or_else(by_place)
}

/// Whether keys mean something to a text field: all that write, and those that copy, undo or select.
fn is_for_text(keys: KeyboardShortcut) -> bool {
    let key = keys.logical_key;
    match (keys.modifiers.command, key) {
        (true, _) => matches!(key, Key::A | Key::Z | Key::Y | Key::C | Key::V | Key::X | Key::Backspace),
        (false, _) => !matches!(key, Key::F1 | Key::F5 | Key::F11 | Key::PageUp | Key::PageDown),
    }
}

/// Whether a command goes on while its keys are held.
fn may_repeat(command: UiCommand) -> bool {
    use UiCommand as C;
    matches!(command, C::Undo | C::Redo | C::ZoomIn | C::ZoomOut | C::Larger | C::Smaller)
}

/// Whether the system tells of these keys by an event of its own, with the clipboard's text.
fn comes_as_event(command: UiCommand) -> bool {
    matches!(command, UiCommand::Cut | UiCommand::Copy | UiCommand::Paste)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::fault::FaultAction;

    const SHIFT_COMMAND: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

    fn command(key: Key, place: Key, modifiers: Modifiers) -> Option<UiCommand> {
        // A real keyboard says Ctrl and the command modifier at once.
        let modifiers = if modifiers.command { modifiers.plus(Modifiers::CTRL) } else { modifiers };
        meant(key, Some(place), modifiers).map(|(command, _)| command)
    }

    #[test]
    fn no_two_commands_have_the_same_keys() {
        let all: Vec<_> = bindings().collect();
        for (index, (one, keys)) in all.iter().enumerate() {
            for (other, others) in &all[..index] {
                assert!(keys != others, "{one:?} and {other:?} have the same keys: {keys:?}");
            }
        }
    }

    #[test]
    fn more_modifiers_are_another_command() {
        assert_eq!(command(Key::S, Key::S, Modifiers::COMMAND), Some(UiCommand::Save));
        assert_eq!(command(Key::S, Key::S, SHIFT_COMMAND), Some(UiCommand::SaveAs));
        assert_eq!(command(Key::F5, Key::F5, Modifiers::SHIFT), Some(UiCommand::Stop));
        assert_eq!(command(Key::K, Key::K, Modifiers::NONE), Some(UiCommand::Fault(FaultAction::Kill)));
        assert_eq!(command(Key::K, Key::K, Modifiers::COMMAND), Some(UiCommand::Palette));
        assert_eq!(command(Key::K, Key::K, Modifiers::ALT), None);
    }

    #[test]
    fn signs_are_found_on_any_layout() {
        // American: plus is Shift and the key of the equals sign.
        assert_eq!(command(Key::Plus, Key::Equals, SHIFT_COMMAND), Some(UiCommand::Larger));
        assert_eq!(command(Key::Equals, Key::Equals, Modifiers::COMMAND), Some(UiCommand::ZoomIn));
        // Swedish: plus has a key of its own.
        assert_eq!(command(Key::Plus, Key::Minus, Modifiers::COMMAND), Some(UiCommand::ZoomIn));
        // German: equals is Shift and nought; the question mark needs Shift too.
        assert_eq!(command(Key::Questionmark, Key::Minus, Modifiers::SHIFT), Some(UiCommand::Shortcuts));
        // A digit that Shift turns into something else.
        assert_eq!(command(Key::Exclamationmark, Key::Num1, Modifiers::ALT), Some(UiCommand::ShowCharts));
    }
}
