//! Fonts: egui's own for Latin, Lucide's for icons, and a Simplified Chinese one of the system.

use std::sync::Arc;

use egui::{Context, FontData, FontDefinitions, FontFamily, RichText};
use lucide_icons::{Icon, LUCIDE_FONT_BYTES};

/// Installs the fonts that come with the program.
pub fn install(ctx: &Context) {
    let mut fonts = FontDefinitions::default();
    fonts.font_data.insert("lucide".into(), Arc::new(FontData::from_static(LUCIDE_FONT_BYTES)));
    for family in [FontFamily::Proportional, FontFamily::Monospace] {
        fonts.families.entry(family).or_default().push("lucide".into());
    }
    ctx.set_fonts(fonts);
}

/// An icon as text.
pub fn icon(icon: Icon) -> RichText {
    RichText::new(char::from(icon).to_string())
}
