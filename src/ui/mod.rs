//! The window: wire it, run it, watch it live.
//!
//! One frame: gather what the engine told → draw from the model, pushing intents → apply them. The window knows the engine
//! only by its three channels.
//!
//! - [`app`]: the assembly.
//! - [`model`]: everything that is shown; [`view`]: how it is looked at; [`intent`]: what widgets ask for; [`apply`]:
//!   where that takes effect.
//! - [`command`]: every action of the user, in one list; [`keys`]: their shortcuts.
//! - [`document`]: the design with undo and problems; [`selection`]: what of it is selected.
//! - [`session`]: file dialogs, autosave, what a crash left, pictures.
//! - [`run`]: the run, as the engine told it.
//! - [`canvas`], [`charts`], [`panels`], [`dialogs`], [`widgets`], [`notice`]: what is drawn.
//! - [`lessons`]: lessons. [`present`]: all of it for a projector.
//! - [`theme`]: colours, sizes and fonts by their roles; [`text`]: words in two languages; [`settings`]: what is
//!   remembered of the user; [`renderer`]: who draws.

pub mod app;
pub mod apply;
pub mod canvas;
pub mod charts;
pub mod command;
pub mod dialogs;
pub mod document;
pub mod intent;
pub mod keys;
pub mod lessons;
pub mod model;
pub mod notice;
pub mod panels;
pub mod present;
pub mod renderer;
pub mod run;
pub mod selection;
pub mod session;
pub mod settings;
pub mod text;
pub mod theme;
pub mod view;
pub mod widgets;

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

pub use app::LabApp;

use crate::engine::EngineHandle;
use crate::servers::Surroundings;
use session::Session;
use settings::Settings;

/// News of the engine are drawn after so long. Without any delay egui would draw each of them twice.
const WAKE_WITHIN: Duration = Duration::from_millis(1);
/// Where the settings are kept in the window's storage.
pub const SETTINGS_KEY: &str = "settings";
/// The window's storage, in the data folder.
const STORAGE_FILE: &str = "window.ron";
/// The program's name to the desktop.
const APP_ID: &str = "seckill-lab";

/// Why there is no window (any more). Both in one sentence without a full stop.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OpenError {
    /// There can be none here.
    #[error("{0}")]
    Unavailable(String),
    /// It was open, and broke.
    #[error("{0}")]
    Broken(String),
}

/// Opens the window, with a file or with the preset chooser, and stays until it is closed.
///
/// # Errors
/// There is no display, nothing can be drawn on it, or the window broke.
pub fn open(file: Option<PathBuf>) -> Result<(), OpenError> {
    if !has_display() {
        return Err(OpenError::Unavailable(
            "There is no display (neither WAYLAND_DISPLAY nor DISPLAY is set), so no window; start the program in a \
             desktop session, or under xvfb-run"
                .into(),
        ));
    }
    let is_open = Rc::new(Cell::new(false));
    // What the libraries below panic about while the window is being made is said by us, in words.
    let usual = Rc::new(Cell::new(Some(panic::take_hook())));
    panic::set_hook(Box::new(|_| {}));
    let run = {
        let (is_open, usual) = (is_open.clone(), usual.clone());
        AssertUnwindSafe(move || {
            eframe::run_native(
                APP_ID,
                options(),
                Box::new(move |cc| {
                    if let Some(usual) = usual.take() {
                        panic::set_hook(usual);
                    }
                    is_open.set(true);
                    make(cc, file)
                }),
            )
        })
    };
    let ended = panic::catch_unwind(run);
    if let Some(usual) = usual.take() {
        panic::set_hook(usual);
    }
    match ended {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) if is_open.get() => Err(OpenError::Broken(error.to_string())),
        Ok(Err(error)) => Err(unavailable(&error.to_string())),
        Err(panicked) if is_open.get() => panic::resume_unwind(panicked),
        Err(_) => Err(unavailable("the graphics driver gave no usable configuration")),
    }
}

fn unavailable(reason: &str) -> OpenError {
    let reason = reason.trim_end_matches('.');
    OpenError::Unavailable(format!(
        "The window can't be opened ({reason}); see that the display answers and that OpenGL is installed \
         (libgl1 and libgl1-mesa-dri on Debian and Ubuntu)"
    ))
}

/// Elsewhere than on Linux and its like there is no telling before trying.
fn has_display() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(any(target_os = "macos", windows))
        || ["WAYLAND_DISPLAY", "WAYLAND_SOCKET", "DISPLAY"].into_iter().any(is_set)
}

fn options() -> eframe::NativeOptions {
    eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title(text::common::PROGRAM.en)
            .with_app_id(APP_ID)
            .with_icon(theme::icon::window_icon())
            .with_inner_size([1280.0, 800.0])
            .with_min_inner_size([800.0, 500.0])
            .with_drag_and_drop(true),
        persistence_path: Surroundings::from_env().data_folder.map(|folder| folder.join(STORAGE_FILE)),
        // `theme::chinese` brings the fonts of the system.
        system_font_fallback: false,
        ..eframe::NativeOptions::default()
    }
}

fn make(
    cc: &eframe::CreationContext<'_>,
    file: Option<PathBuf>,
) -> Result<Box<dyn eframe::App>, Box<dyn std::error::Error + Send + Sync>> {
    let settings = Settings::load(cc.storage);
    let ctx = cc.egui_ctx.clone();
    let engine = EngineHandle::start(Arc::new(move || ctx.request_repaint_after(WAKE_WITHIN)))?;
    let app = LabApp::new(&cc.egui_ctx, Box::new(engine), settings);
    theme::chinese::install(&cc.egui_ctx);
    Ok(Box::new(app.begin(&cc.egui_ctx, Session::of_user().ended_by_signals(&cc.egui_ctx), file)))
}
