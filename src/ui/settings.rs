//! What the program remembers of its user: language, looks, recent files. Not part of a design.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::text::Lang;
use super::theme::ThemeChoice;
use crate::topology::{Outside, Topology};

/// Smallest and largest scale.
pub const SCALES: std::ops::RangeInclusive<f32> = 0.6..=3.0;
/// How many recent files are remembered.
const RECENT: usize = 10;

/// The user's settings.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[allow(clippy::struct_excessive_bools, reason = "switches of a menu")]
pub struct Settings {
    /// The language of the window.
    pub lang: Lang,
    /// Dark, light or as the system.
    pub theme: ThemeChoice,
    /// How much larger everything is than usual; 1 is usual.
    pub scale: f32,
    /// Whether dots move along the wires while something flows.
    pub flow_dots: bool,
    /// Whether runs are started so that their links can be cut and slowed, which costs processor time.
    pub breakable_links: bool,
    /// Whether stages snap to the grid when they are moved.
    pub snap: bool,
    /// Whether the minimap may show.
    pub minimap: bool,
    /// Whether the palette of stages shows.
    pub palette: bool,
    /// Whether the inspector shows.
    pub inspector: bool,
    /// Whether the panel below the canvas shows.
    pub bottom: bool,
    /// Whether charts show the lag of replicas in seconds, and not in bytes.
    pub lag_in_secs: bool,
    /// Files opened or saved last, the latest first.
    pub recent: Vec<PathBuf>,
    /// Lessons that were taken to their end, by their files.
    pub lessons_done: BTreeSet<String>,
    /// Servers elsewhere, as `host:port`, and files that designs may use.
    pub allowed: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            lang: Lang::En,
            theme: ThemeChoice::System,
            scale: 1.0,
            flow_dots: true,
            breakable_links: false,
            snap: true,
            minimap: true,
            palette: true,
            inspector: true,
            bottom: true,
            lag_in_secs: false,
            recent: Vec::new(),
            lessons_done: BTreeSet::new(),
            allowed: Vec::new(),
        }
    }
}

impl Settings {
    /// The settings of somebody who never had any: the language is that of the system.
    pub fn first() -> Self {
        Self { lang: Lang::of_system(|name| std::env::var(name).ok()), ..Self::default() }
    }

    /// What the window's storage holds; those of a first start where it holds none, or nothing that makes sense.
    pub fn load(storage: Option<&dyn eframe::Storage>) -> Self {
        let found: Option<Self> = storage.and_then(|storage| eframe::get_value(storage, super::SETTINGS_KEY));
        found.unwrap_or_else(Self::first).sane()
    }

    /// The same with values that a window can be shown with: a storage can be edited.
    #[must_use]
    pub fn sane(mut self) -> Self {
        let usual = Self::default().scale;
        self.scale =
            if self.scale.is_finite() { self.scale.clamp(*SCALES.start(), *SCALES.end()) } else { usual };
        self.recent.retain(|path| path.is_absolute());
        self.recent.truncate(RECENT);
        self
    }

    /// What a design names that it may not use yet.
    pub fn not_allowed(&self, topology: &Topology) -> Vec<Outside> {
        let mut named = topology.outside();
        named.retain(|outside| !self.allowed.contains(&outside.what));
        named
    }

    /// Puts a file first among the recent ones. A name that is no text can't be kept in the storage, and would keep
    /// everything else out of it.
    pub fn remember(&mut self, path: &Path) {
        if path.to_str().is_none() {
            return;
        }
        self.recent.retain(|other| other != path);
        self.recent.insert(0, path.to_owned());
        self.recent.truncate(RECENT);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    use super::super::SETTINGS_KEY;
    use super::*;

    #[derive(Default)]
    struct Memory(HashMap<String, String>);

    impl eframe::Storage for Memory {
        fn get_string(&self, key: &str) -> Option<String> {
            self.0.get(key).cloned()
        }

        fn set_string(&mut self, key: &str, value: String) {
            self.0.insert(key.into(), value);
        }

        fn remove_string(&mut self, key: &str) {
            self.0.remove(key);
        }

        fn flush(&mut self) {}
    }

    #[test]
    fn settings_come_back_as_they_were() {
        let mut storage = Memory::default();
        let mut settings = Settings {
            lang: Lang::Zh,
            theme: ThemeChoice::Light,
            scale: 1.5,
            snap: false,
            ..Settings::default()
        };
        settings.remember(Path::new("/data/秒杀.ron"));
        settings.remember(Path::new("/data/b.ron"));
        settings.remember(Path::new("/data/秒杀.ron"));
        // A name that is no text would spoil all of it.
        settings.remember(Path::new(OsStr::from_bytes(b"/data/\xff.ron")));
        eframe::set_value(&mut storage, SETTINGS_KEY, &settings);
        assert_eq!(Settings::load(Some(&storage)), settings);
        assert_eq!(settings.recent, [Path::new("/data/秒杀.ron"), Path::new("/data/b.ron")]);
    }

    #[test]
    fn a_broken_storage_gives_the_usual_settings_and_an_edited_one_sane_values() {
        assert_eq!(Settings::load(None), Settings::default());
        let mut storage = Memory::default();
        for broken in ["", "(", "(scale: \"large\")", "[1, 2]"] {
            storage.0.insert(SETTINGS_KEY.into(), broken.into());
            assert_eq!(Settings::load(Some(&storage)), Settings::default(), "{broken}");
        }
        for (scale, sane) in [("0.0", 0.6), ("1e30", 3.0), ("NaN", 1.0), ("inf", 1.0)] {
            storage.0.insert(SETTINGS_KEY.into(), format!("(scale: {scale}, of_a_later_version: true)"));
            assert!((Settings::load(Some(&storage)).scale - sane).abs() < 1e-6, "{scale}");
        }
    }
}
