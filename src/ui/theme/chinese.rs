//! A Simplified Chinese font of the system, by name.
//!
//! The system's own choice for a Chinese character depends on its locale: on an English desktop it is often a Japanese
//! font, whose 门, 骨 and 直 have other shapes. So Chinese fonts are looked up by their names first; the system's choice
//! is the net for all other scripts. The search goes on in a thread, and the file is mapped, not read.

use std::sync::{Arc, OnceLock};
use std::thread;

use egui::epaint::text::{
    FallbackRequest, FontData, FontInsert, FontPriority, FontProvider, FontTweak, InsertFontFamily,
    VariationCoords,
};
use egui::{Context, FontId};
use egui_system_font_provider::SystemFontProvider;
use fontique::{
    CharmapIndex, Collection, CollectionOptions, FamilyInfo, FontStyle, FontWeight, FontWidth, SourceCache,
};

use super::super::notice::Notice;
use super::super::text::{Lang, Text, text};
use super::fonts::symbols;

/// Families with the Simplified Chinese shapes, the better ones first: those of Linux, macOS, Windows, then whatever
/// else people install.
const FAMILIES: [&str; 19] = [
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "PingFang SC",
    "Hiragino Sans GB",
    "Heiti SC",
    "STHeiti",
    "Microsoft YaHei UI",
    "Microsoft YaHei",
    "MiSans",
    "HarmonyOS Sans SC",
    "Sarasa UI SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Droid Sans Fallback",
    "SimHei",
    "SimSun",
    "FandolHei",
];

/// Characters of the window's own words; a font without them is of no use.
const PROBE: &str = "秒杀门骨直：";

/// What is found, once in the life of the program.
static FOUND: OnceLock<Found> = OnceLock::new();

const NONE: Text = text(
    "No font here has Chinese characters, so they show as boxes. Install one (Debian and Ubuntu: fonts-noto-cjk) and \
     start again",
    "系统没有中文字体，中文会显示为方框。请安装一种（Debian 和 Ubuntu：fonts-noto-cjk），然后重新启动",
);
const REMEDY: Text = text(
    "Debian, Ubuntu: sudo apt install fonts-noto-cjk\nFedora: sudo dnf install google-noto-sans-cjk-fonts\n\
     Arch: sudo pacman -S noto-fonts-cjk\nElsewhere: any font with Simplified Chinese, such as Noto Sans SC",
    "Debian、Ubuntu：sudo apt install fonts-noto-cjk\nFedora：sudo dnf install google-noto-sans-cjk-fonts\n\
     Arch：sudo pacman -S noto-fonts-cjk\n其他系统：任何简体中文字体，例如 Noto Sans SC",
);

/// What a look at the system's fonts gave.
#[derive(Default)]
struct Found {
    /// Whether there is anything to look at.
    has_fonts: bool,
    /// A Chinese one.
    face: Option<Face>,
}

/// One face of a font file: a file often holds the shapes of several countries.
struct Face {
    family: String,
    data: FontData,
    characters: CharmapIndex,
}

impl Face {
    fn has(&self, character: char) -> bool {
        self.characters
            .charmap(self.data.bytes())
            .is_some_and(|map| map.map(character).is_some_and(|id| id != 0))
    }
}

/// Gives egui the face when a character is missed for the first time.
struct ByName;

impl FontProvider for ByName {
    fn font_for(&self, request: &FallbackRequest<'_>) -> Option<FontInsert> {
        let missed = request.cluster.chars().next()?;
        let face = found().face.as_ref().filter(|face| face.has(missed))?;
        let family = InsertFontFamily { family: request.family.clone(), priority: FontPriority::Lowest };
        Some(FontInsert::new(&face.family, face.data.clone(), vec![family]))
    }
}

/// Gives egui what the system chooses. It is asked only where there are fonts: without any, it would panic.
#[derive(Default)]
struct ByChoice(OnceLock<SystemFontProvider>);

impl FontProvider for ByChoice {
    fn font_for(&self, request: &FallbackRequest<'_>) -> Option<FontInsert> {
        if !found().has_fonts {
            return None;
        }
        self.0.get_or_init(SystemFontProvider::new).font_for(request)
    }
}

/// Lets the window use the fonts of the system, after `theme::install`: the Chinese one by name, then its own choice. The
/// search begins now, in the background; whoever needs a character earlier waits for it.
pub fn install(ctx: &Context) {
    let search = || {
        found();
    };
    // Without the thread the first character that is missed searches by itself.
    drop(thread::Builder::new().name("fonts".into()).spawn(search));
    let mut providers = by_name();
    providers.push(Arc::new(ByChoice::default()));
    ctx.set_font_providers(providers);
}

/// Only the Chinese font, looked up when the first character needs it: what other scripts look like is not left to
/// chance. For tests.
pub fn install_by_name(ctx: &Context) {
    ctx.set_font_providers(by_name());
}

fn by_name() -> Vec<Arc<dyn FontProvider>> {
    let mut providers = symbols();
    providers.insert(0, Arc::new(ByName));
    providers
}

fn found() -> &'static Found {
    // fontique panics where there is no font at all: its thread ends, and the window goes on without.
    FOUND.get_or_init(|| {
        let searching = thread::Builder::new().name("font search".into()).spawn(search);
        searching.ok().and_then(|thread| thread.join().ok()).unwrap_or_default()
    })
}

fn search() -> Found {
    let mut fonts = Collection::new(CollectionOptions { shared: false, system_fonts: true });
    let mut files = SourceCache::default();
    let mut faces = FAMILIES.iter().filter_map(|name| load(&fonts.family_by_name(name)?, &mut files));
    let face = faces.find(|face| PROBE.chars().all(|character| face.has(character)));
    Found { has_fonts: true, face }
}

/// The regular face of a family.
fn load(family: &FamilyInfo, files: &mut SourceCache) -> Option<Face> {
    let look = (FontWidth::NORMAL, FontStyle::Normal, FontWeight::NORMAL);
    let font = family.match_font(look.0, look.1, look.2, false)?;
    let (bytes, _) = font.load(Some(files))?.into_raw_parts();
    // A variable font is thin by default.
    let regular = font.synthesis(look.0, look.1, look.2);
    let axes = regular.variation_settings().iter().map(|(tag, value)| (tag.to_be_bytes(), *value));
    let tweak = FontTweak { coords: VariationCoords::new(axes.collect::<Vec<_>>()), ..FontTweak::default() };
    Some(Face {
        family: family.name().to_owned(),
        data: FontData::from_blob(bytes, font.index()).tweak(tweak),
        characters: font.charmap_index(),
    })
}

/// Sees to it that Chinese is not shown as boxes without a word.
#[derive(Debug, Default)]
pub struct Watch {
    is_chinese: bool,
}

impl Watch {
    /// Looks, each time the window becomes Chinese, whether it can be drawn. What there is to say otherwise is in both
    /// languages, the one that can be read first.
    pub fn look(&mut self, ctx: &Context, lang: Lang) -> Option<Notice> {
        let became = lang == Lang::Zh && !self.is_chinese;
        self.is_chinese = lang == Lang::Zh;
        if !became || ctx.fonts_mut(|fonts| fonts.has_glyphs(&FontId::default(), PROBE)) {
            return None;
        }
        let details = format!("{}\n\n{}\n{}", REMEDY.en, NONE.zh, REMEDY.zh);
        Some(Notice { details: Some(details), ..Notice::warning(NONE.en) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_systems_font_has_the_shapes_of_simplified_chinese() {
        let face =
            found().face.as_ref().expect("no Chinese font here: install fonts-noto-cjk, as check.sh does");
        assert!(FAMILIES.contains(&face.family.as_str()), "{}", face.family);
        assert!(PROBE.chars().all(|character| face.has(character)));
        assert!(!face.has('\u{10ffff}'));
    }

    #[test]
    fn the_files_face_is_the_one_of_the_family() {
        let mut fonts = Collection::new(CollectionOptions { shared: false, system_fonts: true });
        let mut files = SourceCache::default();
        let mut index = |name: &str| Some(load(&fonts.family_by_name(name)?, &mut files)?.data.index);
        let (simplified, japanese) = (index("Noto Sans CJK SC"), index("Noto Sans CJK JP"));
        // One file holds both; the first face of it is the Japanese one.
        assert!(simplified.is_none() || japanese.is_none() || simplified != japanese);
    }
}
