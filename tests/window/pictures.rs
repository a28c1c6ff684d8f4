//! A handful of small pictures of the window, drawn without a display.

use egui_kittest::SnapshotOptions;

use seckill_lab::ui::settings::Settings;
use seckill_lab::ui::theme::ThemeChoice;

use super::fake::Lab;

/// Pictures are the same on every machine but for the last bit of a float.
fn options() -> SnapshotOptions {
    SnapshotOptions::new().output_path("tests/window/pictures")
}

#[test]
fn the_empty_window() {
    let mut lab = Lab::open_painted(Settings::default(), egui::vec2(800.0, 500.0));
    lab.click("Empty design");
    lab.harness.snapshot_options("empty", &options());
}

#[test]
fn the_preset_chooser() {
    let settings = Settings { theme: ThemeChoice::Light, ..Settings::default() };
    let mut lab = Lab::open_painted(settings, egui::vec2(800.0, 500.0));
    lab.harness.snapshot_options("presets", &options());
}
