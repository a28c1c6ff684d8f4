//! How the window looks at the model: what is scrolled, open, being dragged or typed. Nothing here is part of a design.

use super::canvas::CanvasView;
use super::charts::ChartsView;
use super::notice::{Notice, Shown};
use super::panels::PanelsView;

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
}

/// A dialog in front of everything.
#[derive(Debug, Clone, PartialEq)]
pub enum Dialog {
    /// The preset chooser.
    Presets,
    /// The command palette, with what was typed.
    Palette(String),
    /// The sheet of shortcuts.
    Shortcuts,
    /// What the program is.
    About,
    /// Unsaved changes would be lost by what follows.
    Unsaved(Box<After>),
    /// A run is under way; what follows would end it.
    StillRunning(Box<After>),
    /// A design of a session that ended without saving: its text.
    Recover(String),
    /// A path is typed, where the system has no dialog for it.
    Path {
        /// Whether a file is to be written.
        is_save: bool,
        /// What was typed.
        typed: String,
    },
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
    OpenFile(std::path::PathBuf),
    /// Open a preset.
    OpenPreset(usize),
    /// Open a topology in text form.
    OpenText(String),
}

/// How the window looks at the model.
#[derive(Debug, Default)]
pub struct View {
    /// The canvas.
    pub canvas: CanvasView,
    /// The charts.
    pub charts: ChartsView,
    /// The side panels.
    pub panels: PanelsView,
    /// The tab below the canvas.
    pub tab: BottomTab,
    /// The dialog in front, if any.
    pub dialog: Option<Dialog>,
    /// What follows when the run under way has ended.
    pub after_run: Option<After>,
    /// Messages on the screen, the oldest first.
    pub notices: Vec<Shown>,
}

impl View {
    /// Shows a message. `now` is the window's clock, in seconds.
    pub fn notify(&mut self, notice: Notice, now: f64) {
        self.notices.retain(|shown| shown.notice != notice);
        self.notices.push(Shown { notice, since: now, is_open: false });
    }
}
