//! How things look: colours and sizes by their roles. Raw colours stand here and nowhere else.
//!
//! - `tokens`: the colours, by roles, in both themes. Text on them can be read, and colours that stand beside each other
//!   can be told apart by colour-blind people too; `vision` holds the tests of that.
//! - `style`: what egui's own widgets look like, the sizes of type and room.
//! - [`signs`]: the second sign beside each colour.
//! - [`fonts`]: Latin and icons; [`chinese`]: a font of the system.

pub mod chinese;
pub mod fonts;
pub mod icon;
pub mod signs;
mod style;
mod tokens;
#[cfg(test)]
mod vision;

use egui::{Context, Id, Theme, ThemePreference};
use serde::{Deserialize, Serialize};

pub use style::{room, size};
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

/// Where it is kept whether the contrast is strong.
fn strength() -> Id {
    Id::unique("strong contrast")
}

/// The tokens in force.
pub fn tokens(ctx: &Context) -> &'static Tokens {
    let is_strong = ctx.data(|data| data.get_temp(strength()).unwrap_or(false));
    of(ctx.theme(), is_strong)
}

fn of(theme: Theme, is_strong: bool) -> &'static Tokens {
    match (theme, is_strong) {
        (Theme::Dark, false) => &tokens::DARK,
        (Theme::Light, false) => &tokens::LIGHT,
        (Theme::Dark, true) => &tokens::STRONG_DARK,
        (Theme::Light, true) => &tokens::STRONG_LIGHT,
    }
}

/// Makes the contrast strong, for a projector, or usual. Free where it is as before.
pub fn strengthen(ctx: &Context, is_strong: bool) {
    if ctx.data(|data| data.get_temp(strength()).unwrap_or(false)) == is_strong {
        return;
    }
    ctx.data_mut(|data| data.insert_temp(strength(), is_strong));
    set_styles(ctx, is_strong);
    ctx.request_repaint();
}

fn set_styles(ctx: &Context, is_strong: bool) {
    for theme in [Theme::Dark, Theme::Light] {
        ctx.style_mut_of(theme, |style| style::set(style, of(theme, is_strong)));
    }
}

/// Sets fonts and widgets' looks for both themes, once. Keys belong to the commands, so egui's own are off.
pub fn install(ctx: &Context) {
    fonts::install(ctx);
    set_styles(ctx, false);
    ctx.options_mut(|options| {
        options.zoom_with_keyboard = false;
        options.quit_shortcuts.clear();
    });
}

/// Sets theme and scale. Free where they are as before.
pub fn apply(ctx: &Context, choice: ThemeChoice, scale: f32) {
    let wanted = match choice {
        ThemeChoice::System => ThemePreference::System,
        ThemeChoice::Dark => ThemePreference::Dark,
        ThemeChoice::Light => ThemePreference::Light,
    };
    if ctx.options(|options| options.theme_preference) != wanted {
        ctx.set_theme(wanted);
        ctx.request_repaint();
    }
    ctx.set_zoom_factor(scale);
}
