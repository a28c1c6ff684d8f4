//! Intents about files: opening, saving, sharing.

use std::path::Path;

use super::super::command::UiCommand;
use super::super::document::{Document, Origin};
use super::super::selection::Selection;
use super::super::view::Dialog;
use super::Applied;
use crate::files::presets::PRESETS;
use crate::files::{parse_topology, to_ron};

impl Applied<'_> {
    /// Does a command about files. Answers whether it was one.
    pub fn file_command(&mut self, command: UiCommand) -> bool {
        match command {
            UiCommand::New => self.show_document(Document::default()),
            UiCommand::CopyTopology => self.ctx.copy_text(to_ron(self.model.doc.topology())),
            _ => return false,
        }
        true
    }

    /// Shows another design.
    pub fn show_document(&mut self, document: Document) {
        self.model.doc = document;
        self.model.selection = Selection::Nothing;
        self.view.dialog = self.view.dialog.take().filter(|dialog| *dialog != Dialog::Presets);
    }

    /// Opens a preset.
    pub fn open_preset(&mut self, preset: usize) {
        let Some(preset) = PRESETS.get(preset) else { return };
        let origin = Origin::Preset(preset.file.to_owned());
        if let Some(document) = Document::opened(parse_topology(preset.text), origin) {
            self.show_document(document);
        }
    }

    /// Opens a file.
    pub fn open_file(&mut self, _path: &Path) {}

    /// Opens a topology in text form.
    pub fn open_text(&mut self, _text: &str) {}

    /// Saves the design.
    pub fn save_to(&mut self, _path: &Path) {}
}
