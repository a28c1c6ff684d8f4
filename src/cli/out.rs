//! Standard output and error. A reader that went away (`| head`) is no error: there is nobody left to tell.

use std::fmt::Display;
use std::io::Write;

/// A line on standard output: what was asked for.
pub fn line(text: impl Display) {
    drop(writeln!(std::io::stdout().lock(), "{text}"));
}

/// A line on standard error: what went wrong, or is under way.
pub fn note(text: impl Display) {
    drop(writeln!(std::io::stderr().lock(), "{text}"));
}
