//! What the command palette finds: commands, stages and their parameters, presets, recent files.

use std::path::PathBuf;
use std::sync::OnceLock;

use lucide_icons::Icon;

use super::super::command::UiCommand;
use super::super::intent::{Intent, Intents};
use super::super::model::Model;
use super::super::text::{Lang, Text, text};
use super::super::theme::signs;
use crate::files::parse_topology;
use crate::files::presets::PRESETS;
use crate::topology::Place;

const OPEN_PRESET: Text = text("Open preset: {}", "打开预设：{}");
const OPEN_FILE: Text = text("Open file: {}", "打开文件：{}");
const STAGE: Text = text("Select this stage: {}", "选择此阶段：{}");
const PARAMETER: Text = text("{}: {}", "{}：{}");

/// What a row of the palette does.
#[derive(Debug, Clone, PartialEq)]
pub enum Does {
    /// A command.
    Command(UiCommand),
    /// Selects a stage and brings it into view.
    Reveal(String),
    /// Opens a preset, by its place in the list.
    OpenPreset(usize),
    /// Opens a file.
    OpenFile(PathBuf),
}

/// A row of the palette.
#[derive(Debug, Clone)]
pub struct Row {
    /// Its icon.
    pub icon: Icon,
    /// Its words.
    pub label: String,
    /// What it does, in a sentence.
    pub note: String,
    /// Why it can't be used now.
    pub why_not: Option<Text>,
    /// What it does.
    pub does: Does,
}

impl Row {
    /// Does it, behind a palette that closes. Answers whether it could be done.
    pub fn act(&self, out: &mut Intents) -> bool {
        if self.why_not.is_some() {
            return false;
        }
        out.push(Intent::Dialog(None));
        out.push(match &self.does {
            Does::Command(command) => Intent::Command(*command),
            Does::Reveal(stage) => Intent::Reveal(Place::Stage(stage.clone())),
            Does::OpenPreset(preset) => Intent::OpenPreset(*preset),
            Does::OpenFile(path) => Intent::OpenFile(path.clone()),
        });
        true
    }
}

/// What fits what was typed, the best first. Without anything typed: all commands, those used last first.
pub fn find(model: &Model, typed: &str, recent: &[UiCommand]) -> Vec<Row> {
    let words: Vec<String> = typed.split_whitespace().map(str::to_lowercase).collect();
    let mut found: Vec<(i32, Row)> = Vec::new();
    let mut offer = |names: &[&str], note: &str, bonus: i32, row: &dyn Fn() -> Row| {
        if let Some(score) = score(&words, names, note) {
            found.push((score + bonus, row()));
        }
    };
    for command in UiCommand::all().filter(|command| *command != UiCommand::Palette) {
        let about = command.about();
        let used = recent.iter().position(|one| *one == command).and_then(|place| i32::try_from(place).ok());
        let bonus = used.map_or(0, |place| (12 - place).max(1));
        let names = [about.label.en, about.label.zh];
        offer(&names, model.lang().t(about.tip), bonus, &|| command_row(model, command));
    }
    if !words.is_empty() {
        offer_design(model, &mut offer);
        offer_files(model, &mut offer);
    }
    found.sort_by_key(|(score, _)| -score);
    found.into_iter().map(|(_, row)| row).collect()
}

type Offer<'a> = dyn FnMut(&[&str], &str, i32, &dyn Fn() -> Row) + 'a;

fn command_row(model: &Model, command: UiCommand) -> Row {
    let about = command.about();
    Row {
        icon: about.icon,
        label: model.lang().t(about.label).to_owned(),
        note: model.lang().t(about.tip).to_owned(),
        why_not: command.enabled(model).err(),
        does: Does::Command(command),
    }
}

fn offer_design(model: &Model, offer: &mut Offer<'_>) {
    let lang = model.lang();
    for stage in &model.doc.topology().stages {
        let kind = lang.of(stage.kind.label());
        let row = |icon, label: String, note: String| Row {
            icon,
            label,
            note,
            why_not: None,
            does: Does::Reveal(stage.name.clone()),
        };
        let note = lang.f(STAGE, &[&kind]);
        offer(&[&stage.name], &kind, 6, &|| row(signs::kind(&stage.kind), stage.name.clone(), note.clone()));
        for spec in stage.kind.params().specs() {
            let label = lang.f(PARAMETER, &[&stage.name, &spec.key]);
            offer(&[&label], "", -6, &|| {
                row(Icon::SlidersHorizontal, label.clone(), lang.of(spec.help).into_owned())
            });
        }
    }
}

fn offer_files(model: &Model, offer: &mut Offer<'_>) {
    let lang = model.lang();
    for (index, (title, question)) in presets().iter().enumerate() {
        let labels = [Lang::En, Lang::Zh].map(|lang| lang.f(OPEN_PRESET, &[&lang.of(title)]));
        offer(&[&labels[0], &labels[1]], "", 0, &|| Row {
            icon: Icon::LayoutGrid,
            label: lang.f(OPEN_PRESET, &[&lang.of(title)]),
            note: lang.of(question).into_owned(),
            why_not: None,
            does: Does::OpenPreset(index),
        });
    }
    for path in &model.settings.recent {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
        let label = lang.f(OPEN_FILE, &[&name]);
        offer(&[&label], "", 0, &|| Row {
            icon: Icon::FileText,
            label: label.clone(),
            note: path.display().to_string(),
            why_not: None,
            does: Does::OpenFile(path.clone()),
        });
    }
}

/// Title and question of each preset.
fn presets() -> &'static [(String, String)] {
    static READ: OnceLock<Vec<(String, String)>> = OnceLock::new();
    READ.get_or_init(|| {
        let read = |preset: &crate::files::presets::Preset| {
            parse_topology(preset.text).topology.map(|topology| (topology.title, topology.question))
        };
        PRESETS.iter().map(|preset| read(preset).unwrap_or_default()).collect()
    })
}

/// How well all words fit: each one of the names, or else the note. None where one fits nowhere.
fn score(words: &[String], names: &[&str], note: &str) -> Option<i32> {
    let note = note.to_lowercase();
    let mut sum = 0;
    for word in words {
        let best = names.iter().filter_map(|name| fit(word, &name.to_lowercase())).max();
        sum += best.or_else(|| note.contains(word).then_some(5))?;
    }
    Some(sum)
}

/// How well a word fits a name: as its beginning, as the beginning of a word in it, within it, or scattered over it.
fn fit(word: &str, name: &str) -> Option<i32> {
    let shorter = 20 - i32::try_from(name.chars().count().min(40)).unwrap_or(40) / 2;
    if let Some(at) = name.find(word) {
        let before = name[..at].chars().next_back();
        let place = match before {
            None => 100,
            Some(before) if !before.is_alphanumeric() => 80,
            Some(_) => 60,
        };
        return Some(place + shorter);
    }
    // Scattered letters, in order; each that begins a word counts.
    let (mut sum, mut wanted, mut before) = (0, word.chars().peekable(), ' ');
    for letter in name.chars() {
        if wanted.peek() == Some(&letter) {
            wanted.next();
            sum += if before.is_alphanumeric() { 1 } else { 8 };
        }
        before = letter;
    }
    let is_whole = wanted.peek().is_none() && word.chars().count() > 1;
    is_whole.then_some(sum + shorter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(typed: &str) -> Option<String> {
        find(&Model::default(), typed, &[]).first().map(|row| row.label.clone())
    }

    #[test]
    fn words_find_what_begins_with_them_before_what_holds_them() {
        assert_eq!(first("run").as_deref(), Some("Run"));
        assert_eq!(first("zoom fit").as_deref(), Some("Zoom to fit"));
        assert_eq!(first("auto").as_deref(), Some("Arrange automatically"));
        assert_eq!(first("撤销").as_deref(), Some("Undo"));
        assert_eq!(first("sav").as_deref(), Some("Save"));
    }

    #[test]
    fn scattered_letters_and_words_of_the_tip_find_too() {
        assert_eq!(first("ztf").as_deref(), Some("Zoom to fit"));
        assert_eq!(first("panels projector").as_deref(), Some("Presenter view"));
        assert_eq!(first("qqqq"), None);
    }

    #[test]
    fn presets_are_found_by_their_titles() {
        let rows = find(&Model::default(), "open preset", &[]);
        let presets = rows.iter().filter(|row| matches!(row.does, Does::OpenPreset(_))).count();
        assert_eq!(presets, PRESETS.len());
    }

    #[test]
    fn what_was_used_last_comes_first() {
        let rows = find(&Model::default(), "", &[UiCommand::About, UiCommand::Run]);
        assert_eq!(rows[0].does, Does::Command(UiCommand::About));
        assert_eq!(rows[1].does, Does::Command(UiCommand::Run));
        assert!(rows[1].why_not.is_some(), "an empty design can't run, and the row says so");
    }
}
