//! Shortcuts: what they do, and when they rest.

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use seckill_lab::ui::selection::Selection;
use seckill_lab::ui::view::{BottomTab, Dialog};

use super::fake::Lab;

fn press(lab: &mut Lab, modifiers: Modifiers, key: Key) {
    lab.harness.key_press_modifiers(modifiers, key);
    lab.harness.run();
}

/// A window without a dialog.
fn open() -> Lab {
    let mut lab = Lab::open();
    lab.harness.state_mut().view.dialog = None;
    lab.harness.run();
    lab
}

#[test]
fn keys_open_the_palette_the_sheet_and_the_presets() {
    let mut lab = open();
    press(&mut lab, Modifiers::COMMAND, Key::K);
    assert!(matches!(lab.harness.state().view.dialog, Some(Dialog::Palette(_))));
    press(&mut lab, Modifiers::NONE, Key::Escape);
    assert_eq!(lab.harness.state().view.dialog, None);
    press(&mut lab, Modifiers::NONE, Key::F1);
    assert_eq!(lab.harness.state().view.dialog, Some(Dialog::Shortcuts));
    press(&mut lab, Modifiers::NONE, Key::Escape);
    press(&mut lab, Modifiers::COMMAND, Key::P);
    assert!(matches!(lab.harness.state().view.dialog, Some(Dialog::Presets(_))));
}

#[test]
fn keys_rest_behind_a_dialog() {
    let mut lab = open();
    press(&mut lab, Modifiers::NONE, Key::F1);
    press(&mut lab, Modifiers::COMMAND, Key::B);
    press(&mut lab, Modifiers::NONE, Key::G);
    assert!(lab.model().settings.palette && lab.model().settings.snap);
    press(&mut lab, Modifiers::NONE, Key::Escape);
    press(&mut lab, Modifiers::COMMAND, Key::B);
    press(&mut lab, Modifiers::NONE, Key::G);
    assert!(!lab.model().settings.palette && !lab.model().settings.snap);
}

#[test]
fn everything_gets_larger_smaller_and_usual_again() {
    let mut lab = open();
    let scale = |lab: &Lab| (lab.model().settings.scale, lab.harness.ctx.zoom_factor());
    press(&mut lab, Modifiers::COMMAND | Modifiers::SHIFT, Key::Plus);
    press(&mut lab, Modifiers::COMMAND | Modifiers::SHIFT, Key::Plus);
    let larger = scale(&lab);
    assert!((larger.0 - 1.21).abs() < 1e-3 && (larger.1 - 1.21).abs() < 1e-3, "{larger:?}");
    press(&mut lab, Modifiers::COMMAND | Modifiers::SHIFT, Key::Minus);
    assert!((scale(&lab).1 - 1.1).abs() < 1e-3);
    press(&mut lab, Modifiers::COMMAND | Modifiers::SHIFT, Key::Num0);
    assert!((scale(&lab).1 - 1.0).abs() < 1e-6);
    // Without Shift these keys are the canvas' own: egui's own zoom is off.
    press(&mut lab, Modifiers::COMMAND, Key::Plus);
    press(&mut lab, Modifiers::COMMAND, Key::Minus);
    press(&mut lab, Modifiers::COMMAND, Key::Num0);
    assert!((scale(&lab).1 - 1.0).abs() < 1e-6);
}

#[test]
fn tabs_theme_and_language_are_commands() {
    let mut lab = open();
    press(&mut lab, Modifiers::ALT, Key::Num4);
    assert_eq!(lab.harness.state().view.tab, BottomTab::Events);
    press(&mut lab, Modifiers::ALT, Key::Num1);
    assert_eq!(lab.harness.state().view.tab, BottomTab::Charts);
}

#[test]
fn escape_selects_nothing_but_first_closes_what_is_open() {
    let mut lab = Lab::with_preset("seckill-six-phases.ron");
    press(&mut lab, Modifiers::COMMAND, Key::A);
    assert!(!lab.model().selection.stages().is_empty());
    press(&mut lab, Modifiers::COMMAND, Key::K);
    press(&mut lab, Modifiers::NONE, Key::Escape);
    assert!(!lab.model().selection.stages().is_empty(), "it only closed the palette");
    press(&mut lab, Modifiers::NONE, Key::Escape);
    assert_eq!(lab.model().selection, Selection::Nothing);
}

#[test]
fn letters_that_are_typed_are_no_shortcuts() {
    let mut lab = open();
    lab.harness.get_by_role_and_label(Role::TextInput, "Title").click();
    lab.harness.run();
    press(&mut lab, Modifiers::NONE, Key::G);
    press(&mut lab, Modifiers::COMMAND, Key::A);
    press(&mut lab, Modifiers::NONE, Key::Delete);
    assert!(lab.model().settings.snap, "`G` was typed");
    // What writes nothing works all the same.
    press(&mut lab, Modifiers::COMMAND, Key::B);
    assert!(!lab.model().settings.palette);
    press(&mut lab, Modifiers::NONE, Key::F1);
    assert_eq!(lab.harness.state().view.dialog, Some(Dialog::Shortcuts));
    press(&mut lab, Modifiers::NONE, Key::Escape);
    press(&mut lab, Modifiers::NONE, Key::Escape);
    press(&mut lab, Modifiers::NONE, Key::G);
    assert!(!lab.model().settings.snap);
}

#[test]
fn undo_and_redo_have_their_usual_keys() {
    let mut lab = Lab::with_preset("naive-decrement.ron");
    let before = lab.topology().clone();
    press(&mut lab, Modifiers::COMMAND, Key::A);
    press(&mut lab, Modifiers::NONE, Key::Backspace);
    assert!(lab.topology().stages.is_empty());
    press(&mut lab, Modifiers::COMMAND, Key::Z);
    assert_eq!(lab.topology(), &before);
    press(&mut lab, Modifiers::COMMAND, Key::Y);
    assert!(lab.topology().stages.is_empty());
    press(&mut lab, Modifiers::COMMAND, Key::Z);
    press(&mut lab, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert!(lab.topology().stages.is_empty());
}

#[test]
fn an_idle_window_asks_for_no_frame() {
    let mut lab = open();
    assert!(lab.harness.run() <= 2, "nothing is left to draw");
}
