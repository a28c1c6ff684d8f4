//! The design goes to a file. What is not ours to replace stays as it is.

use std::path::{Path, PathBuf};

use super::super::super::document::{Document, Origin};
use super::super::super::notice::Notice;
use super::super::super::session::chooser::{Ask, Purpose};
use super::super::super::text::{Text, text};
use super::super::super::view::{After, Dialog, WhyReplace};
use super::super::Applied;
use super::name_of;
use crate::files::presets::Preset;
use crate::files::{Fingerprint, open_topology, save_topology, to_ron};

const SAVED: Text = text("Saved to {}", "已保存到 {}");
const NOT_SAVED: Text = text("Not saved: {} is left as it is", "未保存：{} 保持原样");
const IS_BROKEN: Text = text(
    "The file's text has errors, and what could not be read of it would be lost. Save under another name.",
    "该文件的文本有错误，无法读取的内容会丢失。请另存为其他名称。",
);
const IS_PRESET: Text = text(
    "The file is one of the program's presets. Save under another name.",
    "该文件是程序自带的预设。请另存为其他名称。",
);
const IS_SOMETHING_ELSE: Text =
    text("The file is no topology. Save under another name.", "该文件不是拓扑。请另存为其他名称。");

impl Applied<'_> {
    /// Saves to the design's file; a design that has none asks for one. Then `then` follows.
    pub fn save(&mut self, then: Option<After>) {
        match self.model.doc.path().map(Path::to_owned) {
            Some(path) => self.save_to(path, then, false),
            None => self.save_as(then),
        }
    }

    /// Saves because a dialog asked, then goes on.
    pub fn save_then(&mut self, after: After) {
        self.view.dialog = None;
        self.save(Some(after));
    }

    /// Asks for a file to save to.
    pub fn save_as(&mut self, then: Option<After>) {
        self.ask_for(Purpose::Save(then));
    }

    /// Saves to a file. `may_replace`: the user knows that what is there now is replaced.
    pub fn save_to(&mut self, path: PathBuf, then: Option<After>, may_replace: bool) {
        let path = if path.extension().is_none() { path.with_extension("ron") } else { path };
        let path = std::path::absolute(&path).unwrap_or(path);
        let is_as_known = self.is_own(&path)
            && self.session.fingerprint.is_some_and(|fingerprint| !fingerprint.differs_from(&path));
        if !is_as_known && path.exists() {
            if let Some(why) = self.refusal(&path) {
                let lang = self.model.lang();
                self.notify(Notice::error(lang.f(NOT_SAVED, &[&name_of(&path)]), lang.t(why)));
                return;
            }
            if !may_replace {
                let why = if self.is_own(&path) { WhyReplace::Changed } else { WhyReplace::Exists };
                self.ask_to_replace(Purpose::Save(then), path, why);
                return;
            }
        }
        let text = to_ron(self.model.doc.topology());
        if let Err(error) = save_topology(&path, self.model.doc.topology()) {
            self.complain(&error);
            return;
        }
        self.model.doc.saved_to(&path);
        self.session.fingerprint = Some(Fingerprint::of(&text));
        self.model.settings.remember(&path);
        self.notify(Notice::good(self.model.lang().f(SAVED, &[&name_of(&path)])));
        if let Some(after) = then {
            // About what runs it was asked before.
            self.proceed(after);
        }
    }

    /// Asks whether an existing file is replaced.
    pub fn ask_to_replace(&mut self, purpose: Purpose, path: PathBuf, why: WhyReplace) {
        let ask = Ask { purpose, folder: None, name: String::new() };
        self.view.dialog = Some(Dialog::Replace { ask: Box::new(ask), path, why });
    }

    fn is_own(&self, path: &Path) -> bool {
        self.model.doc.path().is_some_and(|own| is_same(own, path))
    }

    /// Why an existing file is never replaced by a design, if it is not.
    fn refusal(&self, path: &Path) -> Option<Text> {
        if path.is_dir() {
            return None; // Saving says so better.
        }
        if let Origin::BrokenFile(broken) = self.model.doc.origin()
            && is_same(broken, path)
        {
            return Some(IS_BROKEN);
        }
        if path.metadata().is_ok_and(|metadata| metadata.len() == 0) {
            return None;
        }
        let Ok((opened, fingerprint)) = open_topology(path) else { return Some(IS_SOMETHING_ELSE) };
        let Some(fingerprint) = fingerprint else { return Some(IS_SOMETHING_ELSE) };
        if Preset::has_text(|text| Fingerprint::of(text) == fingerprint) {
            return Some(IS_PRESET);
        }
        match Document::opened(opened, Origin::File(path.to_owned())) {
            None => Some(IS_SOMETHING_ELSE),
            Some(document) if matches!(document.origin(), Origin::BrokenFile(_)) => Some(IS_BROKEN),
            Some(_) => None,
        }
    }
}

/// Whether two paths lead to the same file, also through links.
fn is_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    one == other || real(one) == real(other)
}
