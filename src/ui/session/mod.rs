//! What the window has to do with the world outside: file dialogs, autosave, what was left by a crash, pictures.
//!
//! - [`keep`]: runs go into the history.
//! - [`mod@bench`]: finds out what this machine carries.
//! - [`chooser`]: asks for a path.
//! - [`picture`]: takes a picture of a part of the window.
//! - [`trials`]: compares designs, and searches for what one carries.

pub mod bench;
pub mod chooser;
pub mod keep;
pub mod picture;
pub mod trials;

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context as TaskContext, Poll, Wake, Waker};
use std::time::Duration;

use egui::Context;

use self::bench::Bench;
use self::chooser::{Answer, Answering, Ask, FileChooser, NativeChooser, NoChooser};
use self::keep::Keeper;
use self::picture::Pictures;
use self::trials::Trials;
use super::document::{Document, Origin};
use super::text::Lang;
use crate::files::autosave::{Autosave, Leftover, Source, leftovers};
use crate::files::{FileError, Fingerprint};
use crate::servers::Surroundings;

/// A design is kept once nothing changed for this long, in seconds …
const CALM: f64 = 2.0;
/// … or when its last keeping is this long ago, however busy its user is.
const BUSY: f64 = 8.0;
/// A paste that was asked for comes with one of the next frames, or there is nothing to paste.
const PASTE_FRAMES: u8 = 3;
/// Where unsaved designs are kept, in the data folder.
const AUTOSAVE_FOLDER: &str = "autosave";

/// The window's dealings with files, apart from what is shown.
pub struct Session {
    chooser: Box<dyn FileChooser>,
    /// Waits for the end of the frame: dialogs need the window for a parent.
    to_ask: Option<Ask>,
    asking: Option<(Ask, Answering)>,
    autosave: Option<Autosave>,
    keeping: Keeping,
    /// Designs of windows that ended without asking, the latest first.
    pub leftovers: VecDeque<Leftover>,
    /// What the design's file was when it was read or written last.
    pub fingerprint: Option<Fingerprint>,
    /// What this machine carries, as it is found out.
    pub bench: Bench,
    /// Keeps runs.
    pub keeper: Keeper,
    /// Comparisons and searches.
    pub trials: Trials,
    /// Pictures that are taken.
    pub pictures: Pictures,
    /// Whether everything was asked: the window may close.
    pub may_close: bool,
    /// Whether the program is told from outside to end: by Ctrl-C in its terminal, or by the system.
    ends: Arc<AtomicBool>,
    /// Frames in which a paste still counts as the whole design that was asked for.
    paste_frames: u8,
    title: String,
}

/// When the design was changed and kept.
#[derive(Debug, Default)]
struct Keeping {
    /// The design's file, title and revision that the times below are about.
    of: Option<(Origin, u64)>,
    changed_at: f64,
    /// The first change that is not kept yet.
    since: Option<f64>,
    has_complained: bool,
}

/// What became of an attempt to keep the design.
#[derive(Debug)]
pub enum Kept {
    /// Nothing to do, or done.
    Well,
    /// It failed, for the first time.
    Failed(FileError),
}

impl Session {
    /// A window that keeps nothing and has no dialogs of the system.
    pub fn alone() -> Self {
        Self::new(Box::new(NoChooser), None)
    }

    /// The real thing: dialogs of the system, and the user's data folder.
    pub fn of_user() -> Self {
        let session = Self::new(Box::new(NativeChooser), Surroundings::from_env().data_folder);
        Self { bench: Bench::of_user(), keeper: Keeper::of_user(), ..session }
    }

    /// A window with a chooser, that keeps unsaved designs in `data_folder`.
    pub fn new(chooser: Box<dyn FileChooser>, data_folder: Option<PathBuf>) -> Self {
        let folder = data_folder.map(|folder| folder.join(AUTOSAVE_FOLDER));
        let found = folder.as_deref().map(leftovers).unwrap_or_default();
        Self {
            chooser,
            to_ask: None,
            asking: None,
            autosave: folder.map(Autosave::new),
            keeping: Keeping::default(),
            leftovers: found.into(),
            fingerprint: None,
            bench: Bench::default(),
            keeper: Keeper::default(),
            trials: Trials::default(),
            pictures: Pictures::default(),
            may_close: false,
            ends: Arc::default(),
            paste_frames: 0,
            title: String::new(),
        }
    }

    /// Ends the window when the program is told to: the run is stopped in order, so that nothing of it stays at servers that are not
    /// ours. Nobody is asked, and a design that is not saved is kept as after a crash.
    #[must_use]
    pub fn ended_by_signals(self, ctx: &Context) -> Self {
        let (ends, ctx) = (self.ends.clone(), ctx.clone());
        let handler = move || {
            ends.store(true, Ordering::Release);
            ctx.request_repaint();
        };
        // Where signals can't be caught they end the program as ever.
        ctrlc::set_handler(handler).ok();
        self
    }

    /// Whether the program is told to end.
    pub fn ends(&self) -> bool {
        self.ends.load(Ordering::Acquire)
    }

    /// Asks for a path at the end of the frame.
    pub fn ask(&mut self, ask: Ask) {
        self.to_ask = Some(ask);
    }

    /// Shows the dialog that was asked for. Answers what to ask in a dialog of our own, where the system has none, or
    /// where its dialog is open already and perhaps lost behind the window.
    pub fn begin_asking(&mut self, ctx: &Context, lang: Lang, window: &eframe::Frame) -> Option<Ask> {
        let ask = self.to_ask.take()?;
        // The answer may be there already; and a dialog of our own wants to be drawn.
        ctx.request_repaint();
        if self.asking.take().is_some() {
            return Some(ask);
        }
        match self.chooser.ask(&ask, lang, window) {
            Some(answering) => self.asking = Some((ask, answering)),
            None => return Some(ask),
        }
        None
    }

    /// The answer to what was asked, once there is one.
    pub fn answer(&mut self, ctx: &Context) -> Option<(Ask, Answer)> {
        let (_, answering) = self.asking.as_mut()?;
        let waker = Waker::from(Arc::new(WakeWindow(ctx.clone())));
        let Poll::Ready(answer) = answering.as_mut().poll(&mut TaskContext::from_waker(&waker)) else {
            return None;
        };
        let (ask, _) = self.asking.take()?;
        Some((ask, answer))
    }

    /// Keeps the design if it is time to. `now` is the window's clock, in seconds.
    pub fn keep(&mut self, doc: &Document, ctx: &Context, now: f64) -> Kept {
        let Some(autosave) = &mut self.autosave else { return Kept::Well };
        let keeping = &mut self.keeping;
        if !doc.is_dirty() {
            if autosave.is_keeping() {
                autosave.clear();
            }
            keeping.of = None;
            keeping.since = None;
            return Kept::Well;
        }
        let of = (doc.origin().clone(), doc.revision());
        if keeping.of.as_ref() != Some(&of) {
            keeping.of = Some(of);
            keeping.changed_at = now;
            keeping.since.get_or_insert(now);
        }
        let Some(since) = keeping.since else { return Kept::Well };
        let due_at = (keeping.changed_at + CALM).min(since + BUSY);
        if now < due_at {
            ctx.request_repaint_after(Duration::from_secs_f64(due_at - now));
            return Kept::Well;
        }
        self.keep_now(doc)
    }

    /// Keeps the design.
    pub fn keep_now(&mut self, doc: &Document) -> Kept {
        let Some(autosave) = &mut self.autosave else { return Kept::Well };
        let keeping = &mut self.keeping;
        keeping.since = None;
        let path = doc.path().filter(|path| path.to_str().is_some());
        let source = Source { path: path.map(PathBuf::from), fingerprint: self.fingerprint };
        match autosave.keep(doc.topology(), &source) {
            Ok(()) => {
                keeping.has_complained = false;
                Kept::Well
            }
            Err(_) if keeping.has_complained => Kept::Well,
            Err(error) => {
                keeping.has_complained = true;
                Kept::Failed(error)
            }
        }
    }

    /// Forgets what was kept: its user doesn't want it.
    pub fn forget(&mut self) {
        if let Some(autosave) = &mut self.autosave {
            autosave.clear();
        }
        self.keeping = Keeping::default();
    }

    /// The next text that is pasted is a whole design.
    pub fn await_paste(&mut self) {
        self.paste_frames = PASTE_FRAMES;
    }

    /// Takes the paste that was asked for out of the input. `Some(None)`: the clipboard holds no text.
    pub fn paste(&mut self, ctx: &Context) -> Option<Option<String>> {
        if self.paste_frames == 0 {
            return None;
        }
        let mut pasted = None;
        ctx.input_mut(|input| {
            input.events.retain_mut(|event| match event {
                egui::Event::Paste(text) => {
                    pasted = Some(std::mem::take(text));
                    false
                }
                _ => true,
            });
        });
        self.paste_frames = if pasted.is_some() { 0 } else { self.paste_frames - 1 };
        if pasted.is_none() && self.paste_frames > 0 {
            ctx.request_repaint();
            return None;
        }
        Some(pasted)
    }

    /// Names the window, if its name is another than before.
    pub fn name_window(&mut self, ctx: &Context, title: String) {
        if self.title != title {
            self.title.clone_from(&title);
            ctx.send_viewport_cmd(egui::ViewportCommand::Title(title));
        }
    }
}

/// Wakes the window when a dialog of the system is answered.
struct WakeWindow(Context);

impl Wake for WakeWindow {
    fn wake(self: Arc<Self>) {
        self.0.request_repaint();
    }
}
