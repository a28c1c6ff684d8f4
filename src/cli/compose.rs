//! `compose`: a design for containers.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;

use super::args::ComposeArgs;
use super::{exit, out};
use crate::files::compose::{Composed, compose};
use crate::files::{read_topology, report_problems, to_ron};

/// Writes the folder and answers the exit code.
pub fn main(args: &ComposeArgs) -> u8 {
    let opened = match read_topology(&args.file) {
        Ok(opened) => opened,
        Err(error) => {
            out::note(error);
            return exit::USAGE;
        }
    };
    let label = args.file.display();
    if !opened.problems.is_empty() {
        out::note(report_problems(&label.to_string(), &opened.problems).trim_end());
    }
    let may_run = opened.may_run();
    let Some(topology) = opened.topology.filter(|_| may_run) else { return exit::USAGE };
    match compose(&topology) {
        Ok(composed) => write(&args.folder, &composed),
        Err(problems) => {
            out::note(format_args!("{label} can't run with its servers in containers:"));
            for problem in &problems {
                out::note(format_args!("  {problem}"));
            }
            exit::USAGE
        }
    }
}

fn write(folder: &Path, composed: &Composed) -> u8 {
    let written = fs::create_dir_all(folder)
        .and_then(|()| write_new(&folder.join("compose.yaml"), &composed.yaml))
        .and_then(|()| write_new(&folder.join("design.ron"), &to_ron(&composed.design)));
    if let Err(error) = written {
        out::note(format_args!("{} can't be written: {error}; name another folder", folder.display()));
        return exit::IO;
    }
    for what in &composed.left_out {
        out::note(format_args!("left out: {what}"));
    }
    out::line(format_args!(
        "{} has compose.yaml and design.ron; docs/compose.md says how they are started",
        folder.display()
    ));
    exit::PASS
}

fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text.as_bytes())
}
