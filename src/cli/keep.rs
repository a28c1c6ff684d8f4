//! Runs are kept in the history while they go on. What goes wrong about that is said, and fails no run.

use super::out;
use crate::engine::trial::rounds::Turn;
use crate::engine::trial::{Listener, Trial};
use crate::engine::{EngineEvent, Snapshot};
use crate::files::history::{FOLDER, History, Recorder};
use crate::servers::Surroundings;

/// The history of this user; none where there is no place for it.
pub(super) fn history() -> Option<History> {
    Surroundings::from_env().data_folder.map(|folder| History::new(folder.join(FOLDER)))
}

/// Keeps runs, and passes on what is told about them.
pub(super) struct Keeper<'a> {
    /// Who hears of it besides.
    inner: &'a mut dyn Listener,
    history: Option<History>,
    recorder: Option<Recorder>,
    /// What the designs are called among several.
    names: Vec<String>,
}

impl<'a> Keeper<'a> {
    /// Keeps runs of designs with these names; none: of a single one. `is_off`: it keeps nothing.
    pub fn new(inner: &'a mut dyn Listener, names: Vec<String>, is_off: bool) -> Self {
        let history = if is_off { None } else { history() };
        Self { inner, history, recorder: None, names }
    }
}

impl Listener for Keeper<'_> {
    fn begins(&mut self, turn: Turn) {
        // Of a run that was given up, nothing is kept.
        self.recorder = self.history.as_ref().and_then(|history| match Recorder::begin(history) {
            Ok(recorder) => Some(recorder),
            Err(error) => {
                out::note(format_args!("warning: the run will not be in the history: {error}"));
                None
            }
        });
        self.inner.begins(turn);
    }

    fn event(&mut self, event: &EngineEvent) {
        self.inner.event(event);
    }

    fn snapshot(&mut self, snapshot: &Snapshot) {
        if let Some(recorder) = &mut self.recorder {
            recorder.add(&snapshot.buckets, &snapshot.instances);
        }
        self.inner.snapshot(snapshot);
    }

    fn stopping(&mut self, is_given_up: bool) {
        self.inner.stopping(is_given_up);
    }

    fn ended(&mut self, turn: Turn, trial: &Trial) {
        if let Some(recorder) = self.recorder.take() {
            let name = self.names.get(turn.design).map_or("", String::as_str);
            if let Err(error) = recorder.finish(&trial.report, name).wait() {
                out::note(format_args!("warning: the run is not in the history: {error}"));
            }
        }
        self.inner.ended(turn, trial);
    }
}
