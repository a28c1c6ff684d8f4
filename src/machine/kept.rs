//! Keeps runs in the history while they go on, one or several in turn. What goes wrong about that fails no run; it is there to be told.

use std::process;

use crate::engine::Snapshot;
use crate::engine::trial::rounds::Turn;
use crate::engine::trial::{Listener, Trial};
use crate::files::history::{History, HistoryError, Label, Part, Purpose, Recorder};
use crate::report::Report;

/// Keeps runs.
pub struct Kept {
    history: Option<History>,
    recorder: Option<Recorder>,
    /// What the designs are called among several.
    names: Vec<String>,
    purpose: Option<Purpose>,
    /// What the runs have in common, from the first report on.
    common: Option<String>,
    troubles: Vec<HistoryError>,
}

impl Kept {
    /// Keeps runs of designs with these names there; no names: of a single one.
    pub fn new(history: Option<History>, names: Vec<String>) -> Self {
        Self { history, recorder: None, names, purpose: None, common: None, troubles: Vec::new() }
    }

    /// The runs have this in common.
    #[must_use]
    pub fn for_purpose(self, purpose: Purpose) -> Self {
        Self { purpose: Some(purpose), ..self }
    }

    /// Why runs are not in the history, in order.
    pub fn into_troubles(self) -> Vec<HistoryError> {
        self.troubles
    }

    fn label(&mut self, turn: Turn, report: &Report) -> Label {
        let variant = self.names.get(turn.design).cloned().unwrap_or_default();
        let part = self.purpose.map(|purpose| {
            let common = self.common.get_or_insert_with(|| common_name(purpose, report));
            Part { purpose, name: common.clone(), round: turn.round }
        });
        Label { variant, part }
    }
}

/// "compare-20261121-092032-4711": the purpose, when the first run began, and this process.
fn common_name(purpose: Purpose, report: &Report) -> String {
    let digits: String = report.started_at.chars().filter(char::is_ascii_digit).take(14).collect();
    let (day, time) = digits.split_at(digits.len().min(8));
    format!("{}-{day}-{time}-{}", purpose.label(), process::id())
}

impl Listener for Kept {
    fn begins(&mut self, _turn: Turn) {
        // Of a run that was given up, nothing is kept.
        self.recorder = self.history.as_ref().and_then(|history| match Recorder::begin(history) {
            Ok(recorder) => Some(recorder),
            Err(source) => {
                self.troubles.push(HistoryError::Io { path: history.folder().into(), source });
                None
            }
        });
    }

    fn snapshot(&mut self, snapshot: &Snapshot) {
        if let Some(recorder) = &mut self.recorder {
            recorder.add(&snapshot.buckets, &snapshot.instances);
        }
    }

    fn ended(&mut self, turn: Turn, trial: &Trial) {
        if let Some(recorder) = self.recorder.take() {
            let label = self.label(turn, &trial.report);
            self.troubles.extend(recorder.finish(&trial.report, label).wait().err());
        }
    }
}
