//! How things look: colours and sizes by their roles. Raw colours stand here and nowhere else.
//!
//! The colours of outcomes are those of Okabe and Ito (<https://jfly.uni-koeln.de/color/>), which colour-blind people can
//! tell apart; each has a sign of its own besides.

pub mod fonts;
pub mod icon;
pub mod signs;
mod tokens;

use egui::Context;
use serde::{Deserialize, Serialize};

pub use tokens::Tokens;

/// Which of the two looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum ThemeChoice {
    /// As the system says.
    #[default]
    System,
    /// Light on dark.
    Dark,
    /// Dark on light.
    Light,
}

/// The tokens in force.
pub fn tokens(ctx: &Context) -> &'static Tokens {
    if ctx.theme() == egui::Theme::Dark { &tokens::DARK } else { &tokens::LIGHT }
}

/// Sets theme, fonts' sizes and widgets' looks.
pub fn apply(ctx: &Context, choice: ThemeChoice) {
    ctx.set_theme(match choice {
        ThemeChoice::System => egui::ThemePreference::System,
        ThemeChoice::Dark => egui::ThemePreference::Dark,
        ThemeChoice::Light => egui::ThemePreference::Light,
    });
    for (theme, tokens) in [(egui::Theme::Dark, &tokens::DARK), (egui::Theme::Light, &tokens::LIGHT)] {
        ctx.style_mut_of(theme, |style| tokens.style(style));
    }
}
