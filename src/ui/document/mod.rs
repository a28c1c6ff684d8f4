//! The design that is being drawn: its topology, what is wrong with it, and how it came to be.
//!
//! - [`edit`]: one change with its name; edits of one gesture become one step of undo.
//! - [`ops`]: the changes themselves, as functions of a topology (pure).
//! - [`rules`]: what may be added, wired and named, and if not, why (pure).
//! - [`phases`]: those of the phases.
//! - [`layout`]: where stages stand: sizes, alignment (pure). [`arrange`]: the automatic layout, `ways`: that of operations that part (pure).

pub mod arrange;
pub mod edit;
pub mod layout;
pub mod ops;
pub mod phases;
pub mod rules;
mod ways;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

pub use edit::Edit;

use super::selection::Selection;
use super::text::Text;
use crate::files::{Located, Opened};
use crate::topology::validate::validate;
use crate::topology::{Problem, Severity, Topology};
use crate::workload::Workload;

/// Steps of undo that are kept.
const STEPS: usize = 200;

/// Where a design came from; says what "save" does.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Origin {
    /// Drawn from nothing, pasted, or recovered.
    #[default]
    New,
    /// A preset, by its file name; never saved over.
    Preset(String),
    /// A file that was read without problems in its text, or was saved by us.
    File(PathBuf),
    /// A file whose text has problems: opened as far as it makes sense, and never saved over.
    BrokenFile(PathBuf),
}

/// A step that can be undone.
#[derive(Debug, Clone)]
struct Step {
    name: Text,
    gesture: Option<String>,
    topology: Topology,
    selection: Selection,
}

/// The design that is being drawn.
#[derive(Debug, Clone)]
pub struct Document {
    topology: Topology,
    origin: Origin,
    /// What was saved or opened last; where the topology differs from it, there is something to lose.
    saved: Topology,
    is_dirty: bool,
    /// Whether it is there to be looked at and run, such as that of a lesson.
    is_locked: bool,
    problems: Vec<Problem>,
    /// What was wrong with the text of the file, as it was opened.
    read_problems: Vec<Located>,
    undo: Vec<Step>,
    redo: Vec<Step>,
    revision: u64,
    serial: u64,
}

/// How many designs were begun or opened since the program started.
static BEGUN: AtomicU64 = AtomicU64::new(0);

impl Default for Document {
    fn default() -> Self {
        Self::new(empty(), Origin::New, Vec::new())
    }
}

/// A design with nothing drawn and a small workload.
pub fn empty() -> Topology {
    Topology {
        title: "Untitled".into(),
        question: String::new(),
        source: String::new(),
        expected: None,
        stages: Vec::new(),
        links: Vec::new(),
        workload: ops::usual_workload(),
        faults: Vec::new(),
        rules: Vec::new(),
        targets: ops::usual_targets(),
        variants: Vec::new(),
    }
}

impl Document {
    fn new(topology: Topology, origin: Origin, read_problems: Vec<Located>) -> Self {
        let mut document = Self {
            saved: topology.clone(),
            topology,
            origin,
            is_dirty: false,
            is_locked: false,
            problems: Vec::new(),
            read_problems,
            undo: Vec::new(),
            redo: Vec::new(),
            revision: 0,
            serial: BEGUN.fetch_add(1, Ordering::Relaxed),
        };
        document.look();
        document
    }

    /// A design as it was read. `origin` says from where; a file with errors in its text becomes
    /// [`Origin::BrokenFile`]. None where the text has no topology at all.
    pub fn opened(opened: Opened, origin: Origin) -> Option<Self> {
        let topology = opened.topology?;
        // What the validator says is said again for as long as it is true; only what is lost in reading is kept here.
        let said = validate(&topology);
        let read: Vec<Located> =
            opened.problems.into_iter().filter(|located| !said.contains(&located.problem)).collect();
        let is_broken = read.iter().any(|located| located.problem.severity == Severity::Error);
        let origin = match origin {
            Origin::File(path) if is_broken => Origin::BrokenFile(path),
            other => other,
        };
        Some(Self::new(topology, origin, read))
    }

    /// A design that exists nowhere else yet, such as a pasted or a recovered one: there is something to lose.
    pub fn unsaved(topology: Topology, origin: Origin) -> Self {
        let mut document = Self::new(topology, origin, Vec::new());
        document.saved = empty();
        document.look();
        document
    }

    /// A design that is there to be looked at and run, and not to be changed.
    pub fn locked(topology: Topology) -> Self {
        Self { is_locked: true, ..Self::new(topology, Origin::New, Vec::new()) }
    }

    /// A design that could not be changed becomes its user's own: it exists nowhere else yet.
    pub fn unlock(&mut self) {
        if std::mem::take(&mut self.is_locked) {
            self.saved = empty();
            self.look();
        }
    }

    /// The same design, with something to lose: it exists nowhere else yet, such as one that was pasted.
    #[must_use]
    pub fn as_unsaved(mut self) -> Self {
        self.saved = empty();
        self.look();
        self
    }

    /// What is drawn.
    pub fn topology(&self) -> &Topology {
        &self.topology
    }

    /// What arrives.
    pub fn workload(&self) -> &Workload {
        &self.topology.workload
    }

    /// Where it came from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The file that "save" writes to, if there is one.
    pub fn path(&self) -> Option<&Path> {
        match &self.origin {
            Origin::File(path) => Some(path),
            _ => None,
        }
    }

    /// Whether it differs from what was saved or opened last.
    pub fn is_dirty(&self) -> bool {
        self.is_dirty
    }

    /// Whether it can't be changed.
    pub fn is_locked(&self) -> bool {
        self.is_locked
    }

    /// Everything that is wrong with it now.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// What could not be read from its file.
    pub fn read_problems(&self) -> &[Located] {
        &self.read_problems
    }

    /// Whether nothing keeps it from running.
    pub fn may_run(&self) -> bool {
        !self.problems.iter().any(|problem| problem.severity == Severity::Error)
    }

    /// Rises with every change, so that what is computed from the topology can be kept.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Which design it is: no two that are opened or begun in this program have the same.
    pub fn serial(&self) -> u64 {
        self.serial
    }

    /// Applies an edit. `selection` is what was selected before it, for undo. Answers whether anything changed; of a locked one, nothing does.
    pub fn apply(&mut self, edit: Edit, selection: &Selection) -> bool {
        if self.is_locked {
            return false;
        }
        let before = self.topology.clone();
        (edit.change)(&mut self.topology);
        if self.topology == before {
            return false;
        }
        let same_gesture = edit.gesture.is_some()
            && self.redo.is_empty()
            && self.undo.last().is_some_and(|step| step.gesture == edit.gesture);
        if !same_gesture {
            self.undo.push(Step {
                name: edit.name,
                gesture: edit.gesture,
                topology: before,
                selection: selection.clone(),
            });
            if self.undo.len() > STEPS {
                self.undo.remove(0);
            }
        }
        self.redo.clear();
        self.look();
        true
    }

    /// Ends the gesture under way: the next edit is a step of its own.
    pub fn end_gesture(&mut self) {
        if let Some(step) = self.undo.last_mut() {
            step.gesture = None;
        }
    }

    /// What undo would take back.
    pub fn undo_name(&self) -> Option<Text> {
        self.undo.last().map(|step| step.name)
    }

    /// What redo would do again.
    pub fn redo_name(&self) -> Option<Text> {
        self.redo.last().map(|step| step.name)
    }

    /// Takes the last step back. Answers what was selected before it.
    pub fn undo(&mut self, selection: &Selection) -> Option<Selection> {
        let step = self.undo.pop()?;
        Some(self.swap(step, selection, false))
    }

    /// Does the last undone step again. Answers what was selected after it.
    pub fn redo(&mut self, selection: &Selection) -> Option<Selection> {
        let step = self.redo.pop()?;
        Some(self.swap(step, selection, true))
    }

    fn swap(&mut self, step: Step, selection: &Selection, is_redo: bool) -> Selection {
        let topology = std::mem::replace(&mut self.topology, step.topology);
        let back = Step { name: step.name, gesture: None, topology, selection: selection.clone() };
        if is_redo {
            self.undo.push(back);
        } else {
            self.redo.push(back);
        }
        self.look();
        step.selection
    }

    /// It was saved to a file.
    pub fn saved_to(&mut self, path: &Path) {
        self.origin = Origin::File(path.to_owned());
        self.is_locked = false;
        self.saved = self.topology.clone();
        self.read_problems.clear();
        self.look();
    }

    fn look(&mut self) {
        self.revision += 1;
        self.is_dirty = self.topology != self.saved;
        self.problems = validate(&self.topology);
    }
}
