//! What widgets ask for. Drawing only reads the model and pushes these; they are applied at the end of the frame.

use std::path::PathBuf;

use super::apply::history::HistoryAct;
use super::command::UiCommand;
use super::dialogs::compare::CompareEntry;
use super::document::Edit;
use super::lessons::LessonAct;
use super::run::News;
use super::run::playhead::Seek;
use super::run::turns::Turn;
use super::selection::Selection;
use super::session::chooser::Ask;
use super::settings::Settings;
use super::view::{After, BottomTab, Dialog};
use crate::topology::{Change, Fault, Place, StageKind};

/// What a widget asks for.
#[derive(Debug)]
pub enum Intent {
    /// A command of the list.
    Command(UiCommand),
    /// A change of the design.
    Edit(Edit),
    /// A change of the design, after which this is selected.
    EditAndSelect(Edit, Selection),
    /// The gesture under way (a drag, typing) is over: the next edit is a step of its own.
    EndGesture,
    /// Something is selected.
    Select(Selection),
    /// A place is selected and brought into view.
    Reveal(Place),
    /// A fault, now.
    Inject(Fault),
    /// A parameter or the offered rate of what runs changes now.
    Change(Change),
    /// Something is said at once about the run.
    News(News),
    /// The run ends with drain and audit; then this follows.
    StopThen(Box<After>),
    /// A file is opened.
    OpenFile(PathBuf),
    /// A preset is opened, by its place in the list.
    OpenPreset(usize),
    /// The design as drawn or variants of it are run, one after the other.
    RunTurns(Vec<Turn>),
    /// The design is driven over HTTP at this port.
    Serve(u16),
    /// Something is done with a run of the history.
    History(HistoryAct),
    /// Designs may use these servers elsewhere and files from now on.
    Allow(Vec<String>),
    /// Designs are compared with the one that is open.
    Compare(Box<CompareEntry>),
    /// A file is looked for, to be compared among those that were chosen already.
    ChooseToCompare(Box<CompareEntry>),
    /// A preset is opened and run.
    RunPreset(usize),
    /// A topology in text form is opened as a new design.
    OpenText(String),
    /// A path was typed for what was asked.
    Typed(Box<Ask>, PathBuf),
    /// A path was chosen for what was asked; what is there may be replaced.
    Replace(Box<Ask>, PathBuf),
    /// The design is saved; then this follows.
    SaveThen(After),
    /// The run may end; what is not saved is asked about, then this follows.
    LeaveRun(After),
    /// Everything was asked: this follows.
    Proceed(After),
    /// The design that a crash left is shown.
    Restore,
    /// The design that a crash left is not wanted.
    DiscardLeftover,
    /// The designs that crashes left wait for the next window.
    KeepLeftovers,
    /// Stages in text form are added to the design.
    PasteStages(String),
    /// A stage of this kind is added beside the selected one.
    AddStage(Box<StageKind>),
    /// Something is done about lessons.
    Lesson(LessonAct),
    /// A text goes to the clipboard.
    CopyText(String),
    /// The settings become these.
    Settings(Box<Settings>),
    /// A dialog opens, or the open one closes.
    Dialog(Option<Dialog>),
    /// A tab of the panel below the canvas shows.
    ShowTab(BottomTab),
    /// The charts show a moment of the run, in seconds from the first arrival.
    ShowMoment(f64),
    /// The canvas shows another moment of the run.
    Seek(Seek),
    /// A message shows for a while.
    Notice(super::notice::Notice),
    /// The window closes, whatever runs.
    Close,
}

/// What widgets asked for in this frame.
#[derive(Debug, Default)]
pub struct Intents(Vec<Intent>);

impl Intents {
    /// Asks for something.
    pub fn push(&mut self, intent: Intent) {
        self.0.push(intent);
    }

    /// Asks for a command.
    pub fn command(&mut self, command: UiCommand) {
        self.push(Intent::Command(command));
    }

    /// Asks for a change of the design.
    pub fn edit(&mut self, edit: Edit) {
        self.push(Intent::Edit(edit));
    }

    /// Asks for a selection.
    pub fn select(&mut self, selection: Selection) {
        self.push(Intent::Select(selection));
    }

    /// Asks for several things.
    pub fn extend(&mut self, intents: impl IntoIterator<Item = Intent>) {
        self.0.extend(intents);
    }

    /// Takes all of them, in order.
    pub fn take(&mut self) -> Vec<Intent> {
        std::mem::take(&mut self.0)
    }
}
