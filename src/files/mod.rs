//! Topology files: the only place where files of the user are read and written.
//!
//! A file that a person wrote by hand is read to its end, and all its problems are listed at once, each with its place
//! and its remedy. A broken file is a normal state: it opens as far as it makes sense.
//!
//! - [`autosave`]: designs that nobody saved yet, kept in case of a crash.
//! - [`compose`]: the design for containers.
//! - [`error`]: why a file could not be opened or saved at all.
//! - [`export`]: reports in other forms, and read back.
//! - [`fingerprint`]: whether a file is still what it was.
//! - [`folder`]: what is in a folder.
//! - [`history`]: runs that were kept.
//! - [`lessons`]: lessons, those of the program and others.
//! - [`located`]: problems with their line and column, and how they are printed.
//! - [`picture`]: pictures as PNG files.
//! - [`presets`]: the designs that come with the program.
//! - [`result`]: results, reserved before a run and written after it.
//! - `raw`: pieces of the text that know where they stand.
//! - `read`: from text to topology and problems.
//! - [`share`]: a design as a short text.
//! - [`write`](mod@write): from topology to text, and safely to disk.

pub mod autosave;
pub mod compose;
pub mod error;
pub mod export;
pub mod fingerprint;
pub mod folder;
pub mod history;
pub mod lessons;
pub mod located;
pub mod picture;
pub mod presets;
mod raw;
mod read;
pub mod result;
pub mod share;
pub mod write;

use std::fs::{self, File};
use std::io::{ErrorKind, Read};
use std::path::Path;

pub use error::FileError;
pub use export::{Export, Form, file_stem};
pub use fingerprint::{Fingerprint, open_topology};
pub use located::{Located, report_problems};
pub use read::{is_lesson, parse_lesson, parse_topology};
pub use result::ResultFile;
pub use write::{save_topology, stages_to_ron, to_ron};

use crate::topology::{Severity, Topology};

/// Files larger than this are not read: a topology takes a few kilobytes.
pub const LARGEST_FILE_BYTES: u64 = 1024 * 1024;

/// A file after reading.
#[derive(Debug, Clone, PartialEq)]
pub struct Opened {
    /// What could be read, with defaults for what could not; none where the text has no topology's outer shape.
    pub topology: Option<Topology>,
    /// Everything that is wrong, in the order of the text.
    pub problems: Vec<Located>,
}

impl Opened {
    /// Whether the topology may run: nothing is wrong with it, or only warnings.
    pub fn may_run(&self) -> bool {
        let is_error = |located: &Located| located.problem.severity == Severity::Error;
        self.topology.is_some() && !self.problems.iter().any(is_error)
    }
}

/// Reads a topology file, or a file that carries a design: a picture of the canvas, a [shared](share) text. The file is never changed.
///
/// # Errors
/// Where there is no text to look at: the file is missing, not a file, unreadable, larger than
/// [`LARGEST_FILE_BYTES`], not UTF-8, a picture without a design, or a damaged one. What is wrong within the text is listed in
/// [`Opened::problems`].
pub fn read_topology(path: &Path) -> Result<Opened, FileError> {
    Ok(parse_topology(&read_source(path)?.text))
}

/// The text of a topology.
struct Source {
    text: String,
    /// Whether something else carried it: then it can't be saved over that.
    is_carried: bool,
}

fn read_source(path: &Path) -> Result<Source, FileError> {
    let (text, is_picture) = match picture::carried_by(path) {
        Some(carried) => (carried?, true),
        None => (read_text(path)?, false),
    };
    match share::find(&text) {
        Some(Ok(text)) => Ok(Source { text, is_carried: true }),
        Some(Err(source)) => Err(FileError::Garbled { path: path.into(), source }),
        None if is_picture => Err(FileError::NoDesign { path: path.into() }),
        None => Ok(Source { text, is_carried: false }),
    }
}

/// Reads a text, such as one in standard input, that is a topology or carries one.
///
/// # Errors
/// A shared design in it is damaged.
pub fn read_any(text: &str) -> Result<Opened, share::Garbled> {
    Ok(match share::find(text) {
        Some(found) => parse_topology(&found?),
        None => parse_topology(text),
    })
}

fn read_text(path: &Path) -> Result<String, FileError> {
    read_text_of(path, LARGEST_FILE_BYTES)
}

/// Reads a text of so many bytes at the most.
fn read_text_of(path: &Path, largest: u64) -> Result<String, FileError> {
    let unreadable = |error: std::io::Error| match error.kind() {
        ErrorKind::NotFound => FileError::NotFound { path: path.into() },
        _ => FileError::Unreadable { path: path.into(), source: error },
    };
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if metadata.is_dir() {
        return Err(FileError::Directory { path: path.into() });
    }
    // Opening a pipe would wait for somebody to write into it.
    if !metadata.is_file() {
        return Err(FileError::NotAFile { path: path.into() });
    }
    let too_large = |bytes| FileError::TooLarge { path: path.into(), bytes, largest };
    if metadata.len() > largest {
        return Err(too_large(metadata.len()));
    }
    let mut bytes = Vec::new();
    // The file may have grown since its size was asked for.
    let file = File::open(path).map_err(unreadable)?;
    file.take(largest + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > largest {
        return Err(too_large(bytes.len() as u64));
    }
    String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        let line = 1 + error.as_bytes()[..offset].split(|&byte| byte == b'\n').skip(1).count();
        FileError::NotText { path: path.into(), offset, line }
    })
}
