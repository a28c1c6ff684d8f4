//! Runs of the command line go into the history. What goes wrong about that is said, and fails no run.

use super::out;
use crate::files::history::{History, HistoryError, is_off, of_user};

/// Where runs are kept; none: they are not. `is_unwanted`: by `--no-history`.
pub(super) fn history(is_unwanted: bool) -> Option<History> {
    if is_unwanted || is_off() { None } else { of_user() }
}

/// Says why runs are not in the history: the first reason, and how many more there are.
pub(super) fn tell(troubles: &[HistoryError]) {
    let Some(first) = troubles.first() else { return };
    let others = match troubles.len() - 1 {
        0 => String::new(),
        count => format!(" (and {count} more)"),
    };
    out::note(format_args!("warning: the run is not in the history{others}: {first}"));
}
