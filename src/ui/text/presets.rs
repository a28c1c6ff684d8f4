//! Chinese for the presets, whose files are in English.
//!
//! - `chinese`, `databases`: titles, questions and sources. `looks`: what to look at in a run of each. [`subjects`]: what they are about.

mod chinese;
mod databases;
mod looks;
pub mod subjects;

use self::looks::LOOKS;
use super::Lang;
use crate::files::presets::Preset;
use crate::topology::Topology;

/// A preset's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PresetWords<'a> {
    /// Its title.
    pub title: &'a str,
    /// The question that it answers.
    pub question: &'a str,
    /// Where it comes from.
    pub source: &'a str,
}

/// What to look at in a run of a preset.
pub fn look(lang: Lang, preset: &Preset) -> &'static str {
    LOOKS.iter().find(|(file, _)| *file == preset.file).map_or("", |(_, look)| lang.t(*look))
}

/// Titles, questions and sources, by the preset's file.
fn chinese() -> impl Iterator<Item = &'static (&'static str, PresetWords<'static>)> {
    chinese::CHINESE.iter().chain(databases::CHINESE)
}

/// The words of a preset; English where there is no Chinese.
pub fn words(lang: Lang, preset: &Preset, topology: &'static Topology) -> PresetWords<'static> {
    let found = chinese().find(|(file, _)| lang == Lang::Zh && *file == preset.file);
    found.map_or(
        PresetWords { title: &topology.title, question: &topology.question, source: &topology.source },
        |(_, words)| *words,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::presets::PRESETS;

    #[test]
    fn every_preset_has_chinese_and_no_other_does() {
        let files: Vec<&str> = PRESETS.iter().map(|preset| preset.file).collect();
        let missing: Vec<&&str> = files.iter().filter(|file| !chinese().any(|row| row.0 == **file)).collect();
        assert!(missing.is_empty(), "add rows for {missing:?}");
        assert!(PRESETS.iter().all(|preset| !look(Lang::En, preset).is_empty()));
        assert!(LOOKS.iter().all(|(file, _)| files.contains(file)));
        assert!(chinese().all(|(file, _)| files.contains(file)));
        for (_, words) in chinese() {
            assert!(![words.title, words.question, words.source].iter().any(|text| text.is_empty()));
        }
    }
}
