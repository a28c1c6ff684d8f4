//! Looks: theme, language and size as the settings say, in both languages without a box for a character.

use egui::{Theme, vec2};
use seckill_lab::ui::command::UiCommand;
use seckill_lab::ui::dialogs::palette::PaletteView;
use seckill_lab::ui::settings::Settings;
use seckill_lab::ui::text::Lang;
use seckill_lab::ui::theme::{self, ThemeChoice};
use seckill_lab::ui::view::Dialog;

use super::fake::Lab;

fn open(settings: Settings) -> Lab {
    Lab::open_with(settings, vec2(1280.0, 800.0))
}

#[test]
fn the_theme_is_the_chosen_one() {
    for (choice, is_dark) in [(ThemeChoice::Dark, true), (ThemeChoice::Light, false)] {
        let lab = open(Settings { theme: choice, ..Settings::default() });
        assert_eq!(theme::tokens(&lab.harness.ctx).is_dark, is_dark);
        assert_eq!(lab.harness.ctx.global_style().visuals.dark_mode, is_dark);
    }
}

#[test]
fn as_the_system_follows_the_system() {
    let mut lab = open(Settings::default());
    for theme in [Theme::Light, Theme::Dark, Theme::Light] {
        lab.harness.input_mut().system_theme = Some(theme);
        lab.harness.run();
        assert_eq!(theme::tokens(&lab.harness.ctx).is_dark, theme == Theme::Dark);
    }
}

/// kittest panics when a character has no glyph.
#[test]
fn every_dialog_can_be_drawn_in_both_languages_and_sizes() {
    for lang in Lang::ALL {
        for scale in [1.0, 2.0] {
            let mut lab = open(Settings { lang, scale, ..Settings::default() });
            for dialog in [Dialog::Shortcuts, Dialog::About, Dialog::Palette(PaletteView::default())] {
                lab.harness.state_mut().view.dialog = Some(dialog);
                lab.harness.run();
            }
        }
    }
}

#[test]
fn an_applied_theme_is_free() {
    let mut lab = open(Settings { theme: ThemeChoice::Dark, ..Settings::default() });
    let before = lab.harness.ctx.style_of(Theme::Dark);
    lab.harness.run();
    assert!(std::sync::Arc::ptr_eq(&before, &lab.harness.ctx.style_of(Theme::Dark)), "it is set once");
}

#[test]
fn without_a_chinese_font_the_window_says_so_and_goes_on() {
    let mut lab = Lab::without_fonts(Settings { lang: Lang::Zh, ..Settings::default() });
    let notices = |lab: &Lab| lab.harness.state().view.notices.clone();
    let told = notices(&lab);
    assert_eq!(told.len(), 1);
    assert!(told[0].notice.text.contains("fonts-noto-cjk"));
    let details = told[0].notice.details.clone().unwrap();
    assert!(details.contains("sudo apt install fonts-noto-cjk") && details.contains("安装"));
    // It is said when the window becomes Chinese, not in every frame.
    lab.harness.state_mut().view.notices.clear();
    lab.harness.run();
    assert!(notices(&lab).is_empty());
    lab.harness.state_mut().model.settings.lang = Lang::En;
    lab.harness.run();
    lab.harness.state_mut().model.settings.lang = Lang::Zh;
    lab.harness.step();
    assert_eq!(notices(&lab).len(), 1, "Chinese can be chosen all the same");
}

#[test]
fn with_a_chinese_font_there_is_nothing_to_say() {
    let lab = open(Settings { lang: Lang::Zh, ..Settings::default() });
    assert!(lab.harness.state().view.notices.is_empty());
}

/// Lucide's icons have private characters, which other fonts use for signs of their own.
#[test]
fn every_icon_is_drawn_by_the_font_of_icons() {
    let lab = open(Settings::default());
    let mut taken = Vec::new();
    for command in UiCommand::all() {
        let icon = char::from(command.about().icon);
        let fonts = lab.harness.ctx.fonts_mut(|fonts| {
            let all = fonts.characters(&egui::FontFamily::Proportional);
            all.get(&icon).cloned().unwrap_or_default()
        });
        if fonts.first().is_none_or(|first| first != "lucide") {
            taken.push(format!("{command:?}: {fonts:?}"));
        }
    }
    assert!(taken.is_empty(), "drawn by another font:\n{}", taken.join("\n"));
}
