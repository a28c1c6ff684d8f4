//! Intents about files: opening, saving, sharing.
//!
//! - `open`: another design is shown. `save`: the design goes to a file. `recover`: what a crash left.
//! - `picture`: parts of the window go to a file. `words`: why a file could not be read or written.

mod open;
mod picture;
mod recover;
mod save;
mod words;

use std::path::{Path, PathBuf};

use egui::ViewportCommand;

use super::super::command::UiCommand;
use super::super::dialogs::path::PathEntry;
use super::super::document::Origin;
use super::super::notice::Notice;
use super::super::session::chooser::{Answer, Ask, Purpose};
use super::super::text::{Text, text};
use super::super::view::{After, Dialog};
use super::Applied;
use crate::files::{FileError, Form, file_stem, share, to_ron};

const COPIED: Text = text("The topology is in the clipboard as text", "拓扑文本已复制到剪贴板");

const COPIED_SHORT: Text =
    text("The design is in the clipboard as one line", "设计已作为一行文本复制到剪贴板");

impl Applied<'_> {
    /// Does a command about files. Answers whether it was one.
    pub fn file_command(&mut self, command: UiCommand) -> bool {
        match command {
            UiCommand::New => self.guarded(After::New),
            UiCommand::Open => self.guarded(After::ChooseFile),
            UiCommand::Save => self.save(None),
            UiCommand::SaveAs => self.save_as(None),
            UiCommand::CopyTopology => {
                self.ctx.copy_text(to_ron(self.model.doc.topology()));
                self.notify(Notice::good(self.model.lang().t(COPIED)));
            }
            UiCommand::CopyShort => {
                self.ctx.copy_text(share::to_text(self.model.doc.topology()));
                self.notify(Notice::good(self.model.lang().t(COPIED_SHORT)));
            }
            UiCommand::PasteTopology => {
                self.session.await_paste();
                self.ctx.send_viewport_cmd(ViewportCommand::RequestPaste);
            }
            UiCommand::ExportCanvas => self.export(Purpose::Canvas),
            UiCommand::ExportCharts => self.export(Purpose::Charts),
            UiCommand::SavePage => self.export(Purpose::Report(Form::Html)),
            UiCommand::SaveReport => self.export(Purpose::Report(Form::Json)),
            UiCommand::SaveSheets => self.export(Purpose::Report(Form::Csv)),
            UiCommand::SaveMarkdown => self.export(Purpose::Report(Form::Markdown)),
            UiCommand::SaveJunit => self.export(Purpose::Report(Form::Junit)),
            UiCommand::SaveComparison => self.export(Purpose::Comparison),
            UiCommand::SaveCapacity => self.export(Purpose::Capacity),
            UiCommand::Quit => self.close_requested(),
            _ => return false,
        }
        true
    }

    /// Asks for a path, by a dialog of the system where it has one.
    pub(super) fn ask_for(&mut self, purpose: Purpose) {
        let mut ask = Ask { purpose, folder: self.usual_folder(), name: String::new() };
        if ask.is_save() {
            ask.name = self.usual_name(ask.extension());
        }
        self.session.ask(ask);
    }

    /// Asks for a file to open.
    pub fn choose_file(&mut self) {
        self.ask_for(Purpose::Open);
    }

    /// Asks for a path in a dialog of the window.
    pub fn ask_here(&mut self, ask: Ask) {
        self.view.dialog = Some(Dialog::Path(Box::new(PathEntry::new(ask))));
    }

    /// A dialog of the system was answered.
    pub fn answered(&mut self, ask: Ask, answer: Answer) {
        match answer {
            Answer::Path(path) => self.chosen(ask, path, true),
            Answer::Cancelled => {}
            Answer::NoDialog => self.ask_here(ask),
        }
    }

    /// A path was chosen. `may_replace`: the user knows that an existing file is replaced.
    pub fn chosen(&mut self, ask: Ask, path: PathBuf, may_replace: bool) {
        if matches!(self.view.dialog, Some(Dialog::Path(_) | Dialog::Replace { .. } | Dialog::Presets(_))) {
            self.view.dialog = None;
        }
        match ask.purpose {
            Purpose::Open => self.open_file(&path),
            Purpose::Save(then) => self.save_to(path, then, may_replace),
            Purpose::Canvas | Purpose::Charts => self.export_to(ask, path, may_replace),
            Purpose::Report(form) => self.save_report(form, path, may_replace),
            Purpose::Comparison | Purpose::Capacity => self.save_trials(ask.purpose, path, may_replace),
            Purpose::Compare(entry) => self.chose_to_compare(*entry, path),
        }
    }

    /// Where dialogs begin: beside the design's file, or beside the one that was used last.
    fn usual_folder(&self) -> Option<PathBuf> {
        let own = match self.model.doc.origin() {
            Origin::File(path) | Origin::BrokenFile(path) => Some(path.as_path()),
            Origin::New | Origin::Preset(_) => None,
        };
        let recent = self.model.settings.recent.first().map(PathBuf::as_path);
        let folder = own.or(recent).and_then(Path::parent).filter(|folder| folder.is_dir());
        folder.map(Path::to_owned).or_else(|| std::env::current_dir().ok())
    }

    /// A file name for the design: that of its file, or one made of its title.
    fn usual_name(&self, extension: &str) -> String {
        let stem = self.model.doc.path().and_then(|path| path.file_stem()?.to_str());
        let stem = stem.map_or_else(|| file_stem(&self.model.doc.topology().title), str::to_owned);
        format!("{stem}.{extension}")
    }

    /// Says why a file could not be read or written.
    fn complain(&mut self, error: &FileError) {
        let headline = words::headline(self.model.lang(), error);
        self.notify(Notice::error(headline, error.to_string()));
    }
}

/// The end of a path, for messages.
fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned())
}
