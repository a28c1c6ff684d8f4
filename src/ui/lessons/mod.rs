//! Lessons in the window: the one that is open, and how far its user is with it.
//!
//! - [`panel`]: the step that is open, beside the canvas. `steps`: what each kind of step shows.
//! - `bars`: predicted beside measured.
//! - [`words`]: what all of them say.

mod bars;
pub mod panel;
mod steps;
pub mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::engine::RunId;
use crate::files::lessons::LESSONS;
use crate::lesson::{Exercise, Lesson, Step, Taken};

/// What is asked for about lessons.
#[derive(Debug, Clone, PartialEq)]
pub enum LessonAct {
    /// A lesson of the program is opened, by its place in the course.
    Open(usize),
    /// The step before, or the next one, is opened.
    Turn {
        /// The next one.
        is_forward: bool,
    },
    /// A figure is predicted, or no longer.
    Predict {
        /// The place of the question: by the time that this takes effect, the next step may be open.
        step: usize,
        /// The prediction, in the figure's own unit.
        figure: Option<f64>,
    },
    /// The design of the step is shown again.
    ShowDesign,
    /// The design of the step becomes the user's own, to be changed.
    TakeDesign,
    /// The design of the step is run.
    Run,
    /// A lesson counts as not taken, by its key.
    Reset(String),
    /// All of them do.
    ResetAll,
}

/// A lesson that is open.
#[derive(Debug)]
pub struct Open {
    /// Its name among lessons: its file.
    pub key: String,
    /// The lesson.
    pub lesson: Arc<Lesson>,
    /// How far its user is.
    pub taken: Taken,
    /// The design of a step that is shown: the step's place, and which document it is.
    pub shown: Option<(usize, u64)>,
    /// The run of a step that is under way, or was the last.
    pub running: Option<(usize, RunId)>,
}

/// Lessons in this window.
#[derive(Debug, Default)]
pub struct Lessons {
    /// The one that is open.
    pub open: Option<Open>,
    /// Those that were open before.
    kept: BTreeMap<String, Taken>,
}

impl Open {
    /// The step that is open.
    pub fn step(&self) -> Option<&Step> {
        self.lesson.steps.get(self.taken.at())
    }

    /// The run that the open step is about, with the place of its step: its own, the next one, or the last.
    pub fn run(&self) -> Option<(usize, &Exercise)> {
        let at = self.taken.at();
        let is_after = matches!(self.step(), Some(Step::Compare(_) | Step::Explain(_)));
        let (before, after) = (self.lesson.run_before(at), self.lesson.run_after(at));
        let own = self.step().and_then(Step::exercise).map(|_| at);
        let place = own.or(if is_after { before.or(after) } else { after.or(before) })?;
        Some((place, self.lesson.steps[place].exercise()?))
    }
}

impl Lessons {
    /// Opens a lesson where its user left it in this window.
    pub fn begin(&mut self, key: String, lesson: Arc<Lesson>) {
        self.leave();
        let taken = self.kept.remove(&key).unwrap_or_default();
        // A file may have got shorter.
        let taken = if taken.at() < lesson.steps.len() { taken } else { Taken::default() };
        self.open = Some(Open { key, lesson, taken, shown: None, running: None });
    }

    /// Closes the one that is open, and remembers how far its user was.
    pub fn leave(&mut self) {
        if let Some(open) = self.open.take() {
            self.kept.insert(open.key, open.taken);
        }
    }

    /// Whether a lesson was begun in this window.
    pub fn is_begun(&self, key: &str) -> bool {
        let is_open = |open: &Open| open.key == key && open.taken != Taken::default();
        self.open.as_ref().is_some_and(is_open)
            || self.kept.get(key).is_some_and(|kept| *kept != Taken::default())
    }

    /// Whether any was.
    pub fn is_any_begun(&self) -> bool {
        self.open.is_some() || !self.kept.is_empty()
    }

    /// Forgets how far the user is with a lesson; with all of them where none is named.
    pub fn reset(&mut self, key: Option<&str>) {
        let is_it = |own: &str| key.is_none_or(|key| key == own);
        self.kept.retain(|own, _| !is_it(own));
        if let Some(open) = self.open.as_mut().filter(|open| is_it(&open.key)) {
            (open.taken, open.running) = (Taken::default(), None);
        }
    }
}

/// The place in the course of a lesson of the program.
pub fn place_of(key: &str) -> Option<usize> {
    LESSONS.iter().position(|shipped| shipped.file == key)
}
