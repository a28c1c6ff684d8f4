//! Parts of the window go to a file as pictures.

use std::path::PathBuf;

use super::super::super::notice::Notice;
use super::super::super::session::chooser::{Ask, Purpose};
use super::super::super::session::picture::{Part, Taken};
use super::super::super::text::{Text, text};
use super::super::super::view::{BottomTab, WhyReplace};
use super::super::Applied;
use crate::files::share;

const SAVED: Text = text("The picture is in {}", "图片已保存到 {}");

impl Applied<'_> {
    /// Asks where a picture goes.
    pub fn export(&mut self, purpose: Purpose) {
        self.ask_for(purpose);
    }

    /// Takes a picture. `may_replace`: the user knows that an existing file is replaced.
    pub fn export_to(&mut self, ask: Ask, path: PathBuf, may_replace: bool) {
        let path = if path.extension().is_none() { path.with_extension("png") } else { path };
        if !may_replace && path.exists() && !path.is_dir() {
            self.ask_to_replace(ask.purpose, path, WhyReplace::Exists);
            return;
        }
        let part = if ask.purpose == Purpose::Charts { Part::Charts } else { Part::Canvas };
        if part == Part::Charts {
            self.show_tab(BottomTab::Charts);
        }
        // Read by whoever drops the picture on a window.
        let carried = (part == Part::Canvas).then(|| share::to_text(self.model.doc.topology()));
        self.session.pictures.want(part, path, carried);
        self.ctx.request_repaint();
    }

    /// A picture is on disk, or is not.
    pub fn picture_taken(&mut self, taken: Taken) {
        match taken {
            Ok(path) => self.notify(Notice::good(self.model.lang().f(SAVED, &[&path.display()]))),
            Err(error) => self.complain(&error),
        }
    }
}
