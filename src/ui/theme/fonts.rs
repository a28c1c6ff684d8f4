//! Fonts: egui's own for Latin, Lucide's for icons, and a Simplified Chinese one of the system.

use std::sync::Arc;

use egui::{Context, FontData, FontDefinitions, FontFamily, RichText};
use lucide_icons::{Icon, LUCIDE_FONT_BYTES};

/// The family of icons.
const ICONS: &str = "icons";

/// Installs the fonts that come with the program.
pub fn install(ctx: &Context) {
    let mut fonts = FontDefinitions::default();
    fonts.font_data.insert("lucide".into(), Arc::new(FontData::from_static(LUCIDE_FONT_BYTES)));
    for family in [FontFamily::Proportional, FontFamily::Monospace] {
        let fonts = fonts.families.entry(family).or_default();
        // Behind the letters, but before egui's symbols: both use the same private characters.
        fonts.insert(fonts.len().min(1), "lucide".into());
    }
    // Icons by themselves: the letters' fonts have private characters of their own, too.
    let icons = ["lucide", "Ubuntu-Light"].map(str::to_owned).to_vec();
    fonts.families.insert(FontFamily::Name(ICONS.into()), icons);
    ctx.set_fonts(fonts);
}

/// An icon as text.
pub fn icon(icon: Icon) -> RichText {
    RichText::new(char::from(icon).to_string()).family(FontFamily::Name(ICONS.into()))
}
