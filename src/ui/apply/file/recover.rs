//! What a window that ended without asking had kept is offered to the next one.

use super::super::super::dialogs::presets::ChooserView;
use super::super::super::document::{Document, Origin};
use super::super::super::notice::Notice;
use super::super::super::text::{Text, text};
use super::super::super::view::{Dialog, Found};
use super::super::Applied;
use crate::files::FileError;
use crate::topology::Severity;

const RESTORED: Text =
    text("“{}” is back, with changes that were not saved yet", "已恢复“{}”，其中的更改尚未保存");

const NOT_KEPT: Text = text(
    "Unsaved changes can't be kept in case of a crash; save them soon",
    "无法自动保留未保存的更改以防崩溃；请尽快保存",
);

impl Applied<'_> {
    /// Asks about the latest leftover, if there is one.
    pub fn offer_leftover(&mut self) {
        let Some(leftover) = self.session.leftovers.front() else { return };
        self.view.dialog = Some(Dialog::Recover(Box::new(Found {
            title: leftover.topology.title.clone(),
            stages: leftover.topology.stages.len(),
            path: leftover.source.path.clone(),
            kept_at: leftover.kept_at,
            more: self.session.leftovers.len() - 1,
        })));
    }

    /// Shows the leftover as an unsaved design. Others wait for the next window.
    pub fn restore(&mut self) {
        let Some(leftover) = self.session.leftovers.pop_front() else { return };
        let origin = leftover.source.path.clone().map_or(Origin::New, Origin::File);
        self.show_document(Document::unsaved(leftover.topology.clone(), origin));
        self.session.fingerprint = leftover.source.fingerprint;
        self.session.leftovers.clear();
        self.view.dialog = None;
        let title = &leftover.topology.title;
        self.notify(Notice::good(self.model.lang().f(RESTORED, &[title])));
        // It is kept as this window's own before it goes.
        self.session.keep_now(&self.model.doc);
        leftover.remove();
    }

    /// Takes the leftover off the disk, and asks about the next one.
    pub fn discard_leftover(&mut self) {
        if let Some(leftover) = self.session.leftovers.pop_front() {
            leftover.remove();
        }
        self.view.dialog = None;
        self.after_leftovers();
    }

    /// Leaves all leftovers for the next window.
    pub fn keep_leftovers(&mut self) {
        self.session.leftovers.clear();
        self.view.dialog = None;
        self.after_leftovers();
    }

    /// The design can't be kept. Said once, because it would be said every few seconds.
    pub fn not_kept(&mut self, error: &FileError) {
        self.notify(Notice {
            severity: Some(Severity::Warning),
            text: self.model.lang().t(NOT_KEPT).to_owned(),
            details: Some(error.to_string()),
        });
    }

    fn after_leftovers(&mut self) {
        self.offer_leftover();
        if self.view.dialog.is_none() && self.model.doc.topology().stages.is_empty() {
            self.view.dialog = Some(Dialog::Presets(ChooserView::default()));
        }
    }
}
