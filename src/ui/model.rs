//! Everything the window shows. Drawing reads it; only intents change it.

use super::document::Document;
use super::lessons::Lessons;
use super::run::Runs;
use super::run::trials::Trials;
use super::selection::Selection;
use super::settings::Settings;
use super::text::Lang;
use crate::machine::Capacity;

/// Everything the window shows.
#[derive(Debug, Default)]
pub struct Model {
    /// The design.
    pub doc: Document,
    /// What of it is selected.
    pub selection: Selection,
    /// What runs or ran.
    pub runs: Runs,
    /// What is compared and searched for.
    pub trials: Trials,
    /// The lesson that is open.
    pub lessons: Lessons,
    /// What carries it.
    pub machine: Machine,
    /// Language, looks, recent files.
    pub settings: Settings,
}

/// The machine that the window runs on.
#[derive(Debug, Default)]
pub struct Machine {
    /// What it carries; none where that was not measured.
    pub capacity: Option<Capacity>,
    /// What of it is measured just now, in words; none: nothing is.
    pub measuring: Option<String>,
}

impl Model {
    /// The language of the window.
    pub fn lang(&self) -> Lang {
        self.settings.lang
    }

    /// Whether servers run for something: one run, several, or a measurement.
    pub fn is_busy(&self) -> bool {
        self.runs.active().is_some() || self.machine.measuring.is_some() || self.trials.under_way.is_some()
    }

    /// The stage and name of the selected process.
    pub fn selected_process(&self) -> Option<(&str, &str)> {
        let Selection::Instance { stage, name } = &self.selection else { return None };
        Some((&self.doc.topology().stages.get(*stage)?.name, name))
    }
}
