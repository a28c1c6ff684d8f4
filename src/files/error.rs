//! Why a file could not be opened or saved at all.

use std::io;
use std::path::PathBuf;

use super::LARGEST_FILE_BYTES;
use super::share::Garbled;
use crate::report::read::ReadError;

/// Why a file could not be opened or saved; each message ends with what to do.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// There is nothing at the path.
    #[error("{}: there is no such file; check the name", path.display())]
    NotFound {
        /// The path asked for.
        path: PathBuf,
    },
    /// The path is a directory.
    #[error("{}: this is a directory; name a topology file in it", path.display())]
    Directory {
        /// The path asked for.
        path: PathBuf,
    },
    /// The path is a pipe, a socket or a device.
    #[error("{}: this is not a regular file; name a topology file", path.display())]
    NotAFile {
        /// The path asked for.
        path: PathBuf,
    },
    /// The file is larger than files of its kind are.
    #[error(
        "{}: the file has {bytes} bytes, and {} files have {largest} at most; name a {} file",
        path.display(), kind_of(*largest), kind_of(*largest)
    )]
    TooLarge {
        /// The path asked for.
        path: PathBuf,
        /// The size of the file.
        bytes: u64,
        /// The largest that is read.
        largest: u64,
    },
    /// The file holds no report.
    #[error("{}: {source}; name a file that --json wrote", path.display())]
    NoReport {
        /// The path asked for.
        path: PathBuf,
        /// Why not.
        source: ReadError,
    },
    /// The file is not UTF-8.
    #[error(
        "{}:{line}: the file is not UTF-8 text (byte {offset}); save it as UTF-8, or name a topology file",
        path.display()
    )]
    NotText {
        /// The path asked for.
        path: PathBuf,
        /// The place of the first byte that is not UTF-8, from 0.
        offset: usize,
        /// Its line, from 1.
        line: usize,
    },
    /// The file is a picture without a design.
    #[error("{}: the picture carries no design; name one that was saved by the canvas", path.display())]
    NoDesign {
        /// The path asked for.
        path: PathBuf,
    },
    /// The design that the file carries is damaged.
    #[error("{}: {source}", path.display())]
    Garbled {
        /// The path asked for.
        path: PathBuf,
        /// How.
        source: Garbled,
    },
    /// The system refuses to read the file.
    #[error("{}: the file can't be read: {source}; check its permissions", path.display())]
    Unreadable {
        /// The path asked for.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The file is write-protected.
    #[error("{}: the file is write-protected; save under another name", path.display())]
    Protected {
        /// The path asked for.
        path: PathBuf,
    },
    /// The system refuses to write the file; an older one is untouched.
    #[error("{}: the file can't be saved: {source}; save under another name", path.display())]
    Unwritable {
        /// The path asked for.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// What files of this greatest length are called.
fn kind_of(largest: u64) -> &'static str {
    if largest == LARGEST_FILE_BYTES { "topology" } else { "report" }
}
