//! `share`: a design as a short text, and back.

use std::io::{Read, stdin};
use std::path::Path;

use super::args::ShareArgs;
use super::{exit, out};
use crate::files::{LARGEST_FILE_BYTES, Opened, read_any, read_topology, report_problems, share, to_ron};

/// Prints it and answers the exit code.
pub fn main(args: &ShareArgs) -> u8 {
    let (label, opened) = match read(&args.file) {
        Ok(read) => read,
        Err(why) => {
            out::note(why);
            return exit::USAGE;
        }
    };
    // What could not be read would be missing from what is shared.
    if let (Some(topology), true) = (&opened.topology, opened.may_run()) {
        let text = if args.ron { to_ron(topology) } else { share::to_text(topology) };
        out::line(text.trim_end());
        return exit::PASS;
    }
    out::note(report_problems(&label, &opened.problems).trim_end());
    exit::USAGE
}

/// What stands there, and what problems call it.
fn read(file: &Path) -> Result<(String, Opened), String> {
    if file != Path::new("-") {
        let opened = read_topology(file).map_err(|error| error.to_string())?;
        return Ok((file.display().to_string(), opened));
    }
    let label = "standard input";
    let mut text = String::new();
    let read = stdin().take(LARGEST_FILE_BYTES + 1).read_to_string(&mut text);
    read.map_err(|error| format!("{label} can't be read: {error}; give it a text"))?;
    if text.len() as u64 > LARGEST_FILE_BYTES {
        return Err(format!("{label} has more than {LARGEST_FILE_BYTES} bytes; give it one topology"));
    }
    let opened = read_any(&text).map_err(|garbled| format!("{label}: {garbled}"))?;
    Ok((label.to_owned(), opened))
}
