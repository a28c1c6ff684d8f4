//! The command palette, the sheet of shortcuts and the words about the program.

use egui::{Key, Modifiers, OutputCommand};
use egui_kittest::kittest::Queryable;
use seckill_lab::topology::StageKind;
use seckill_lab::ui::command::UiCommand;
use seckill_lab::ui::keys;
use seckill_lab::ui::settings::Settings;
use seckill_lab::ui::text::Lang;
use seckill_lab::ui::theme::ThemeChoice;
use seckill_lab::ui::view::Dialog;

use super::fake::Lab;

fn press(lab: &mut Lab, key: Key) {
    lab.harness.key_press(key);
    lab.harness.run();
}

fn open_palette(lab: &mut Lab) {
    lab.harness.state_mut().view.dialog = None;
    lab.harness.run();
    lab.harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    lab.harness.run();
}

fn type_command(lab: &mut Lab, text: &str) {
    open_palette(lab);
    lab.harness.get_by_label("Command").type_text(text);
    lab.harness.run();
}

#[test]
fn a_command_is_found_by_its_letters_and_done_by_enter() {
    let mut lab = Lab::open();
    type_command(&mut lab, "light");
    press(&mut lab, Key::Enter);
    assert_eq!(lab.model().settings.theme, ThemeChoice::Light);
    assert_eq!(lab.harness.state().view.dialog, None);
    assert_eq!(lab.harness.state().view.recent, [UiCommand::ThemeLight]);
}

#[test]
fn arrows_choose_and_a_click_does() {
    let mut lab = Lab::open();
    type_command(&mut lab, "everything");
    press(&mut lab, Key::ArrowDown);
    press(&mut lab, Key::Enter);
    assert!(lab.model().settings.scale < 1.0, "the second row is the one that makes things smaller");
    type_command(&mut lab, "usual size");
    lab.click("Everything in usual size: Back to 100 %");
    assert!((lab.model().settings.scale - 1.0).abs() < 1e-6);
}

#[test]
fn the_language_can_be_chosen_and_found_in_both_languages() {
    let mut lab = Lab::open();
    type_command(&mut lab, "中文");
    press(&mut lab, Key::Enter);
    assert_eq!(lab.model().settings.lang, Lang::Zh);
    open_palette(&mut lab);
    lab.harness.get_by_label("命令").type_text("english");
    lab.harness.run();
    press(&mut lab, Key::Enter);
    assert_eq!(lab.model().settings.lang, Lang::En);
}

#[test]
fn stages_parameters_and_presets_are_found() {
    let mut lab = Lab::with_preset("seckill-six-phases.ron");
    type_command(&mut lab, "inventory");
    press(&mut lab, Key::Enter);
    let stage = lab.model().selection.single_stage().unwrap();
    assert_eq!(lab.topology().stages[stage].name, "inventory");
    let (gate, spec) = lab
        .topology()
        .stages
        .iter()
        .find(|stage| matches!(stage.kind, StageKind::ReadWriteSplit(_)))
        .map(|stage| (stage.name.clone(), stage.kind.params().specs()[0]))
        .unwrap();
    type_command(&mut lab, &format!("{gate} {}", spec.key));
    press(&mut lab, Key::Enter);
    let stage = lab.model().selection.single_stage().unwrap();
    assert_eq!(lab.topology().stages[stage].name, gate);
    type_command(&mut lab, "preset naive");
    press(&mut lab, Key::Enter);
    assert_ne!(lab.topology().stages.len(), 0);
    assert_eq!(lab.harness.state().view.dialog, None);
}

#[test]
fn what_cannot_be_done_says_why_and_does_nothing() {
    let mut lab = Lab::open();
    type_command(&mut lab, "undo");
    lab.harness.get_by_label("Undo: nothing to take back");
    press(&mut lab, Key::Enter);
    assert!(matches!(lab.harness.state().view.dialog, Some(Dialog::Palette(_))), "it stays open");
    type_command(&mut lab, "qqqqq");
    lab.harness.get_by_label("Nothing is called “qqqqq”");
}

#[test]
fn every_key_stands_on_the_sheet() {
    for lang in Lang::ALL {
        let settings = Settings { lang, ..Settings::default() };
        let mut lab = Lab::open_with(settings, egui::vec2(1280.0, 1400.0));
        lab.harness.state_mut().view.dialog = Some(Dialog::Shortcuts);
        lab.harness.run();
        for (command, keys) in keys::bindings() {
            let label = lang.t(command.about().label);
            assert!(lab.harness.query_all_by_label(label).next().is_some(), "{label}");
            let shown = lab.harness.ctx.format_shortcut(&keys);
            assert!(lab.harness.query_all_by_label(&shown).next().is_some(), "{shown}");
        }
        lab.click(lang.t(seckill_lab::ui::text::common::CLOSE));
        assert_eq!(lab.harness.state().view.dialog, None);
    }
}

#[test]
fn the_program_says_what_it_is() {
    let mut lab = Lab::open();
    type_command(&mut lab, "about");
    press(&mut lab, Key::Enter);
    assert_eq!(lab.harness.state().view.dialog, Some(Dialog::About));
    lab.harness.get_by_label(env!("CARGO_PKG_VERSION"));
    lab.harness.get_by_label("Copy for a report").click();
    lab.harness.step();
    let copied = lab.harness.output().platform_output.commands.iter().find_map(|command| match command {
        OutputCommand::CopyText(text) => Some(text.clone()),
        _ => None,
    });
    assert!(copied.unwrap().starts_with("seckill-lab "));
    lab.click("Close");
    assert_eq!(lab.harness.state().view.dialog, None);
}
