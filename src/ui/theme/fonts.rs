//! Fonts: egui's own for Latin, Lucide's for icons, and a Simplified Chinese one of the system.

use std::sync::Arc;

use egui::epaint::text::{FallbackRequest, FontInsert, FontPriority, FontProvider, InsertFontFamily};
use egui::{Context, FontData, FontDefinitions, FontFamily, RichText};
use lucide_icons::{Icon, LUCIDE_FONT_BYTES};

/// The family of icons.
const ICONS: &str = "icons";

/// egui's fonts of symbols. They hold full-width marks such as `？`, in the style of emoji.
const SYMBOLS: [&str; 2] = ["NotoEmoji-Regular", "emoji-icon-font"];

/// Installs the fonts that come with the program.
pub fn install(ctx: &Context) {
    let mut fonts = FontDefinitions::default();
    fonts.font_data.insert("lucide".into(), Arc::new(FontData::from_static(LUCIDE_FONT_BYTES)));
    for family in [FontFamily::Proportional, FontFamily::Monospace] {
        let fonts = fonts.families.entry(family).or_default();
        fonts.retain(|font| !SYMBOLS.contains(&font.as_str()));
        // Behind the letters, but before egui's own icons: both use the same private characters.
        fonts.insert(fonts.len().min(1), "lucide".into());
    }
    // Icons by themselves: the letters' fonts have private characters of their own, too.
    let icons = ["lucide", "Ubuntu-Light"].map(str::to_owned).to_vec();
    fonts.families.insert(FontFamily::Name(ICONS.into()), icons);
    ctx.set_fonts(fonts);
    ctx.set_font_providers(symbols());
}

/// Gives egui the fonts of symbols for what nothing before has, so that Chinese marks come from the Chinese font.
pub(super) fn symbols() -> Vec<Arc<dyn FontProvider>> {
    let fonts = FontDefinitions::default().font_data;
    let provider = |name: &str| {
        let (name, data) = (name.to_owned(), FontData::clone(fonts.get(name)?));
        // Whether it has the character is looked up by egui, which goes on otherwise.
        let provider = move |request: &FallbackRequest<'_>| {
            let family = InsertFontFamily { family: request.family.clone(), priority: FontPriority::Lowest };
            Some(FontInsert::new(&name, data.clone(), vec![family]))
        };
        Some(Arc::new(provider) as Arc<dyn FontProvider>)
    };
    SYMBOLS.into_iter().filter_map(provider).collect()
}

/// An icon as text.
pub fn icon(icon: Icon) -> RichText {
    RichText::new(char::from(icon).to_string()).family(FontFamily::Name(ICONS.into()))
}
