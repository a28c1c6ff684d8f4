//! Opens the window, or runs in the terminal where there can be none.

use std::path::PathBuf;

use super::args::{HowArgs, RunArgs};
use super::exit;
use super::out;
use super::run;
use crate::files::presets::PRESETS;
use crate::files::read_topology;

/// Why there is no window (any more).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoWindow {
    /// There can be none here: why, and what to do about it, in one sentence without a full stop.
    Unavailable(String),
    /// It was open, and broke.
    Broken(String),
}

/// Opens the window and answers the exit code. Without a display, the file or the first preset runs in the terminal.
pub fn main(file: Option<PathBuf>, open: impl FnOnce(Option<PathBuf>) -> Result<(), NoWindow>) -> u8 {
    // A slip of the pen ("seckill-lab rnu") is told where it was made, not in a window.
    if let Some(Err(error)) = file.as_deref().map(read_topology) {
        out::note(format_args!("{error}. Commands are run, validate, doctor and bench; see --help"));
        return exit::USAGE;
    }
    match open(file.clone()) {
        Ok(()) => exit::PASS,
        Err(NoWindow::Broken(reason)) => {
            out::note(format_args!("The window ended: {reason}"));
            exit::SOFTWARE
        }
        Err(NoWindow::Unavailable(reason)) => in_terminal(&reason, file),
    }
}

fn in_terminal(reason: &str, file: Option<PathBuf>) -> u8 {
    if let Some(file) = file {
        out::note(format_args!("{reason}. Running {} here instead.", file.display()));
        return run::main(RunArgs { file, how: HowArgs::default() });
    }
    let [preset, ..] = PRESETS else { return exit::SOFTWARE };
    let title = preset.topology().map_or(preset.file, |topology| topology.title.as_str());
    out::note(format_args!("{reason}. Running the preset {title:?} here instead."));
    run::preset(preset)
}
