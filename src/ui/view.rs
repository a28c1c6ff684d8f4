//! How the window looks at the model: what is scrolled, open, being dragged or typed. Nothing here is part of a design.

use std::path::PathBuf;
use std::time::SystemTime;

use super::canvas::CanvasView;
use super::charts::ChartsView;
use super::command::UiCommand;
use super::dialogs::compare::CompareEntry;
use super::dialogs::history::HistoryView;
use super::dialogs::palette::PaletteView;
use super::dialogs::path::PathEntry;
use super::dialogs::presets::ChooserView;
use super::dialogs::serve::ServeEntry;
use super::lessons::panel::LessonView;
use super::notice::{Notice, Shown};
use super::panels::PanelsView;
use super::present::PresentView;
use super::run::turns::Turn;
use super::session::chooser::Ask;
use super::session::picture::Parts;
use super::theme::chinese::Watch;
use crate::topology::{Outside, Severity};

/// A tab of the panel below the canvas.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum BottomTab {
    /// The charts.
    #[default]
    Charts,
    /// Funnel, targets and audit.
    Results,
    /// What is wrong with the design.
    Problems,
    /// What happened, line by line.
    Events,
    /// Comparisons and the curve of capacity.
    Trials,
}

/// A dialog in front of everything.
#[derive(Debug, Clone, PartialEq)]
pub enum Dialog {
    /// The preset chooser.
    Presets(ChooserView),
    /// The command palette.
    Palette(PaletteView),
    /// The runs that were kept.
    History(Box<HistoryView>),
    /// The lessons.
    Lessons,
    /// The sheet of shortcuts.
    Shortcuts,
    /// What the program is.
    About,
    /// Designs are chosen to be compared.
    Compare(Box<CompareEntry>),
    /// The design is driven over HTTP.
    Serve(ServeEntry),
    /// Unsaved changes would be lost by what follows.
    Unsaved(Box<After>),
    /// A run is under way; what follows would end it.
    StillRunning(Box<After>),
    /// A design of a window that ended without saving.
    Recover(Box<Found>),
    /// What is to run names servers elsewhere or files, to which nobody has said yes.
    Outside {
        /// These.
        named: Vec<Outside>,
        /// The runs, if there is more than the design as drawn.
        turns: Option<Vec<Turn>>,
    },
    /// A path is typed, where the system has no dialog for it.
    Path(Box<PathEntry>),
    /// A file would be replaced.
    Replace {
        /// What the path was asked for.
        ask: Box<Ask>,
        /// The file.
        path: PathBuf,
        /// Why that is asked.
        why: WhyReplace,
    },
}

/// A design that a window which ended without saving had kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// Its title.
    pub title: String,
    /// How many stages it has.
    pub stages: usize,
    /// The file that it came from.
    pub path: Option<PathBuf>,
    /// When it was kept.
    pub kept_at: SystemTime,
    /// How many more there are.
    pub more: usize,
}

/// Why it is asked whether a file is replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyReplace {
    /// It is another file than the design's own.
    Exists,
    /// It is the design's own, and somebody else has changed it.
    Changed,
}

/// What the user was about to do when a dialog asked.
#[derive(Debug, Clone, PartialEq)]
pub enum After {
    /// Close the window.
    Quit,
    /// Start an empty design.
    New,
    /// Choose and open a file.
    ChooseFile,
    /// Open a file.
    OpenFile(PathBuf),
    /// Open a preset.
    OpenPreset(usize),
    /// Open a preset and run it.
    RunPreset(usize),
    /// Open a topology in text form.
    OpenText(String),
    /// Open a lesson of the program, by its place in the course.
    Lesson(usize),
    /// Show the design of the lesson's step.
    LessonDesign,
}

/// How the window looks at the model.
#[derive(Debug, Default)]
pub struct View {
    /// The canvas.
    pub canvas: CanvasView,
    /// The charts.
    pub charts: ChartsView,
    /// The lesson's panel.
    pub lesson: LessonView,
    /// How it is shown on a projector.
    pub present: PresentView,
    /// The side panels.
    pub panels: PanelsView,
    /// The tab below the canvas.
    pub tab: BottomTab,
    /// Where canvas and charts were drawn last.
    pub parts: Parts,
    /// The dialog in front, if any.
    pub dialog: Option<Dialog>,
    /// What follows when the run under way has ended.
    pub after_run: Option<After>,
    /// Messages on the screen, the oldest first.
    pub notices: Vec<Shown>,
    /// The commands used last, the latest first.
    pub recent: Vec<UiCommand>,
    /// Whether Chinese can be drawn.
    pub chinese: Watch,
}

/// How many messages fit.
const NOTICES: usize = 5;
/// How many commands are remembered.
const RECENT: usize = 8;

impl View {
    /// Puts a command first among those used last.
    pub fn remember(&mut self, command: UiCommand) {
        self.recent.retain(|one| *one != command && *one != UiCommand::Palette);
        self.recent.insert(0, command);
        self.recent.truncate(RECENT);
    }

    /// Shows a message. `now` is the window's clock, in seconds. The oldest give way, errors last.
    pub fn notify(&mut self, notice: Notice, now: f64) {
        self.notices.retain(|shown| shown.notice != notice);
        while self.notices.len() >= NOTICES {
            let is_error = |shown: &Shown| shown.notice.severity == Some(Severity::Error);
            let gives_way = self.notices.iter().position(|shown| !is_error(shown)).unwrap_or(0);
            self.notices.remove(gives_way);
        }
        self.notices.push(Shown { notice, since: now, is_open: false });
    }
}
