//! Another design is shown: a new one, a preset, a file, a text.

use std::path::{Path, PathBuf};

use super::super::super::document::{Document, Origin};
use super::super::super::notice::Notice;
use super::super::super::selection::Selection;
use super::super::super::text::{Text, text};
use super::super::super::view::{After, BottomTab, Dialog};
use super::super::Applied;
use super::{name_of, words};
use crate::files::lessons::read_if_lesson;
use crate::files::presets::PRESETS;
use crate::files::{
    FileError, LARGEST_FILE_BYTES, Located, Opened, open_topology, parse_topology, report_problems, share,
};
use crate::topology::Severity;

const NO_TOPOLOGY: Text = text("{} holds no topology", "{} 中没有拓扑");
const OPENED_BROKEN: Text = text(
    "{} was opened as far as it makes sense; it has errors and will not be saved over",
    "已尽可能打开 {}；文件有错误，不会被覆盖",
);
const OPENED_WITH_WARNINGS: Text =
    text("{} was opened; parts of it could not be read", "已打开 {}；其中部分内容无法读取");
const CLIPBOARD: Text = text("The clipboard", "剪贴板");
const NO_TEXT: Text = text(
    "The clipboard holds no text; copy a topology as text first",
    "剪贴板中没有文本；请先把拓扑复制为文本",
);
const TOO_LONG: Text =
    text("The text is too long for a topology: at most {} KiB", "文本过长，不是拓扑：最多 {} KiB");

impl Applied<'_> {
    /// Shows another design.
    pub fn show_document(&mut self, document: Document) {
        self.model.doc = document;
        self.model.selection = Selection::Nothing;
        self.session.fingerprint = None;
        self.session.forget();
        if matches!(self.view.dialog, Some(Dialog::Presets(_))) {
            self.view.dialog = None;
        }
    }

    /// Opens a preset.
    pub fn open_preset(&mut self, preset: usize) {
        let Some(preset) = PRESETS.get(preset) else { return };
        let origin = Origin::Preset(preset.file.to_owned());
        if let Some(document) = Document::opened(parse_topology(preset.text), origin) {
            self.show_document(document);
        }
    }

    /// Opens a file, as far as it makes sense.
    pub fn open_file(&mut self, path: &Path) {
        // A relative path would mean another file later.
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        if let Ok(Some(lesson)) = read_if_lesson(&path) {
            self.open_lesson_file(&path, lesson);
            return;
        }
        match open_topology(&path) {
            Ok((opened, Some(fingerprint))) => {
                let origin = Origin::File(path.clone());
                if self.show_opened(opened, origin, &name_of(&path)) {
                    self.session.fingerprint = Some(fingerprint);
                    self.model.settings.remember(&path);
                }
            }
            // A picture or a letter that carries a design is nothing to save it to.
            Ok((opened, None)) => {
                self.show_opened(opened, Origin::New, &name_of(&path));
            }
            Err(error) => {
                if let FileError::NotFound { path } = &error {
                    self.model.settings.recent.retain(|recent| recent != path);
                }
                self.complain(&error);
            }
        }
    }

    /// Opens a topology in text form, which nobody vouches for, as a new design.
    pub fn open_text(&mut self, text: &str) {
        if text.len() as u64 > LARGEST_FILE_BYTES {
            let kib = LARGEST_FILE_BYTES / 1024;
            self.notify(Notice::error(self.model.lang().f(TOO_LONG, &[&kib]), String::new()));
            return;
        }
        let name = self.model.lang().t(CLIPBOARD);
        self.show_opened(parse_topology(text), Origin::New, name);
    }

    /// The clipboard was asked for a design.
    pub fn pasted(&mut self, text: Option<String>) {
        match text {
            Some(text) => self.offer_text(&text),
            None => self.notify(Notice::warning(self.model.lang().t(NO_TEXT))),
        }
    }

    /// A topology in text form, or a text that carries one, is to be opened. One that is damaged is told before anything is asked.
    pub fn offer_text(&mut self, text: &str) {
        match share::find(text) {
            None => self.guarded(After::OpenText(text.to_owned())),
            Some(Ok(topology)) => self.guarded(After::OpenText(topology)),
            Some(Err(garbled)) => {
                let headline = self.model.lang().t(words::garbled(garbled));
                self.notify(Notice::error(headline, garbled.to_string()));
            }
        }
    }

    /// Shows what was read, and says what is wrong with it. Answers whether there was anything.
    fn show_opened(&mut self, opened: Opened, origin: Origin, name: &str) -> bool {
        let lang = self.model.lang();
        let problems = opened.problems.clone();
        let is_new = origin == Origin::New;
        let Some(document) = Document::opened(opened, origin) else {
            let details = report_problems(name, &problems);
            self.notify(Notice::error(lang.f(NO_TOPOLOGY, &[&name]), details.trim_end()));
            return false;
        };
        let read: Vec<Located> = document.read_problems().to_vec();
        let is_broken = matches!(document.origin(), Origin::BrokenFile(_));
        self.show_document(if is_new { document.as_unsaved() } else { document });
        if !read.is_empty() {
            let headline = if is_broken { OPENED_BROKEN } else { OPENED_WITH_WARNINGS };
            let details = report_problems(name, &read);
            let is_error = read.iter().any(|located| located.problem.severity == Severity::Error);
            let severity = if is_error { Severity::Error } else { Severity::Warning };
            self.notify(Notice {
                severity: Some(severity),
                text: lang.f(headline, &[&name]),
                details: Some(details.trim_end().to_owned()),
            });
        }
        if !self.model.doc.problems().is_empty() || !read.is_empty() {
            self.show_tab(BottomTab::Problems);
        }
        true
    }

    /// Begins with what the command line named.
    pub fn open_first(&mut self, file: Option<PathBuf>) {
        if let Some(file) = file {
            self.view.dialog = None;
            self.open_file(&file);
        }
        self.offer_leftover();
    }
}
