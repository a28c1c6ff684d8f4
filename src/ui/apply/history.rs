//! The history: listed, noted, pinned, deleted; and runs of it shown again, without a server.

use super::super::dialogs::history::HistoryView;
use super::super::notice::Notice;
use super::super::run::Run;
use super::super::run::overlay::{Overlay, name_of};
use super::super::text::{Text, text};
use super::super::view::{BottomTab, Dialog};
use super::Applied;
use crate::files::history::{History, HistoryError};

const NOT_KEPT: Text = text("The run is not in the history", "此次运行未能存入历史");
const FAILED: Text = text("The history could not be read or written", "无法读写历史");
const NO_FOLDER: Text = text("There is no folder to keep runs in", "没有可存放运行的文件夹");
const SHOWN: Text = text("This is the run of {}; nothing runs", "这是 {} 的运行；现在没有在运行");

/// What can be done with a run of the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HistoryAct {
    /// It is shown.
    Open(String),
    /// It lies over the run that is shown.
    Overlay(String),
    /// Its note becomes this.
    Note(String, String),
    /// It is kept for good, or not.
    Pin(String, bool),
    /// It goes.
    Delete(String),
}

impl Applied<'_> {
    /// Opens the list.
    pub fn show_history(&mut self) {
        let Some(history) = self.session.keeper.history() else {
            self.notify(Notice::warning(self.model.lang().t(NO_FOLDER)));
            return;
        };
        let (entries, _broken) = history.list();
        self.view.dialog = Some(Dialog::History(Box::new(HistoryView::new(entries))));
    }

    /// Does something with a run of it.
    pub fn history(&mut self, act: HistoryAct) {
        let Some(history) = self.session.keeper.history().cloned() else { return };
        let done = match act {
            HistoryAct::Open(id) => self.show_kept(&history, &id),
            HistoryAct::Overlay(id) => self.overlay(&history, &id),
            HistoryAct::Note(id, note) => {
                let meta = history.meta(&id);
                history.set_meta(&id, &crate::files::history::Meta { note, ..meta })
            }
            HistoryAct::Pin(id, is_pinned) => {
                let meta = history.meta(&id);
                history.set_meta(&id, &crate::files::history::Meta { is_pinned, ..meta })
            }
            HistoryAct::Delete(id) => history.delete(&id),
        };
        if let Err(error) = done {
            self.history_trouble(FAILED, &error);
        }
        if let Some(Dialog::History(view)) = &mut self.view.dialog {
            view.entries = history.list().0;
        }
    }

    fn show_kept(&mut self, history: &History, id: &str) -> Result<(), HistoryError> {
        if self.model.runs.active().is_some() {
            return Ok(());
        }
        let record = history.read(id)?;
        let run = Run::kept(self.model.runs.next_id(), record);
        let began = run.report().map_or_else(String::new, |report| report.started_at.clone());
        self.model.runs.turns = super::super::run::turns::Turns::default();
        self.model.runs.current = Some(run);
        self.view.dialog = None;
        self.show_tab(BottomTab::Results);
        self.notify(Notice::good(self.model.lang().f(SHOWN, &[&began])));
        Ok(())
    }

    fn overlay(&mut self, history: &History, id: &str) -> Result<(), HistoryError> {
        let record = history.read(id)?;
        let variant = record.summary.variant.clone();
        let run = Run::kept(self.model.runs.next_id(), record);
        self.model.runs.overlay = Some(Overlay { name: name_of(&run, &variant), run });
        self.view.dialog = None;
        self.show_tab(BottomTab::Charts);
        Ok(())
    }

    /// Says why a run is not kept.
    pub fn not_in_history(&mut self, error: &HistoryError) {
        self.history_trouble(NOT_KEPT, error);
    }

    fn history_trouble(&mut self, headline: Text, error: &HistoryError) {
        let lang = self.model.lang();
        let why = lang.of(&error.to_string()).into_owned();
        self.notify(Notice { details: Some(why), ..Notice::warning(lang.t(headline)) });
    }
}
