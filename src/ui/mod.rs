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
//! - [`run`]: the run, as the engine told it.
//! - [`canvas`], [`charts`], [`panels`], [`dialogs`], [`widgets`], [`notice`]: what is drawn.
//! - [`theme`]: colours, sizes and fonts by their roles; [`text`]: words in two languages; [`settings`]: what is
//!   remembered of the user.

pub mod app;
pub mod apply;
pub mod canvas;
pub mod charts;
pub mod command;
pub mod dialogs;
pub mod document;
pub mod intent;
pub mod keys;
pub mod model;
pub mod notice;
pub mod panels;
pub mod run;
pub mod selection;
pub mod settings;
pub mod text;
pub mod theme;
pub mod view;
pub mod widgets;

use std::sync::Arc;

pub use app::LabApp;

use crate::engine::EngineHandle;
use settings::Settings;

/// Where the settings are kept in the window's storage.
pub const SETTINGS_KEY: &str = "settings";
/// The program's name to the desktop.
const APP_ID: &str = "seckill-lab";

/// Opens the window and stays until it is closed.
///
/// # Errors
/// There is no display, or nothing can be drawn on it.
pub fn open() -> eframe::Result {
    let options = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title(text::common::PROGRAM.en)
            .with_app_id(APP_ID)
            .with_inner_size([1280.0, 800.0])
            .with_min_inner_size([800.0, 500.0]),
        // `theme::chinese` brings the fonts of the system.
        system_font_fallback: false,
        ..eframe::NativeOptions::default()
    };
    eframe::run_native(
        APP_ID,
        options,
        Box::new(|cc| {
            let settings = cc
                .storage
                .and_then(|storage| eframe::get_value(storage, SETTINGS_KEY))
                .unwrap_or_else(Settings::first);
            theme::chinese::install(&cc.egui_ctx);
            let ctx = cc.egui_ctx.clone();
            let engine = EngineHandle::start(Arc::new(move || ctx.request_repaint()))?;
            Ok(Box::new(LabApp::new(&cc.egui_ctx, Box::new(engine), settings)))
        }),
    )
}
