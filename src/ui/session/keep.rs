//! Keeps the runs of the window in the history.

use super::super::run::turns::Turn;
use crate::engine::{RunId, Snapshot};
use crate::files::history::{History, HistoryError, Keeping, Label, Recorder, is_off, of_user};
use crate::report::Report;

/// Keeps runs, if there is a history.
#[derive(Debug, Default)]
pub struct Keeper {
    history: Option<History>,
    /// Whether it is for reading only.
    is_off: bool,
    /// The run that is being kept.
    recording: Option<(RunId, String, Recorder)>,
    /// Records that are being finished.
    finishing: Vec<Keeping>,
}

impl Keeper {
    /// Keeps them in the user's data folder.
    pub fn of_user() -> Self {
        let mut keeper = Self::new(of_user());
        keeper.is_off = is_off();
        keeper
    }

    /// Keeps them there.
    pub fn new(history: Option<History>) -> Self {
        Self { history, is_off: false, recording: None, finishing: Vec::new() }
    }

    /// The history, where there is one.
    pub fn history(&self) -> Option<&History> {
        self.history.as_ref()
    }

    /// Where runs are kept; none: they are not.
    pub fn for_runs(&self) -> Option<&History> {
        self.history.as_ref().filter(|_| !self.is_off)
    }

    /// A run begins. Answers why it can't be kept, if it can't.
    pub fn begin(&mut self, run: RunId, turn: &Turn) -> Option<HistoryError> {
        let history = self.for_runs()?;
        let name = turn.variant.as_ref().map_or_else(String::new, |variant| variant.name.clone());
        match Recorder::begin(history) {
            Ok(recorder) => {
                self.recording = Some((run, name, recorder));
                None
            }
            Err(source) => Some(HistoryError::Io { path: history.folder().into(), source }),
        }
    }

    /// What happened in it.
    pub fn add(&mut self, snapshot: &Snapshot) {
        if let Some((run, _, recorder)) = &mut self.recording
            && *run == snapshot.run_id
        {
            recorder.add(&snapshot.buckets, &snapshot.instances);
        }
    }

    /// It has ended; without a report nothing is kept.
    pub fn end(&mut self, report: Option<&Report>) {
        if let (Some((_, name, recorder)), Some(report)) = (self.recording.take(), report) {
            let label = Label { variant: name, part: None };
            self.finishing.push(recorder.finish(report, label));
        }
    }

    /// Why a record that was being finished could not be written, once that is known.
    pub fn trouble(&mut self) -> Option<HistoryError> {
        let done = self.finishing.iter().position(Keeping::is_done)?;
        self.finishing.remove(done).wait().err()
    }

    /// Whether something is still being written.
    pub fn is_busy(&self) -> bool {
        !self.finishing.is_empty()
    }
}

impl Drop for Keeper {
    /// The window closes: what was run last is still kept.
    fn drop(&mut self) {
        for keeping in self.finishing.drain(..) {
            // Nobody is left to tell.
            drop(keeping.wait());
        }
    }
}
