//! `validate`: lists what is wrong with files.

use std::path::Path;

use super::args::ValidateArgs;
use super::exit;
use super::out;
use crate::files::lessons::read_if_lesson;
use crate::files::{FileError, Located, read_topology, report_problems};

/// Reads each file and prints its problems; the exit code is 1 if one of them can't run.
pub fn main(args: &ValidateArgs) -> u8 {
    let mut code = exit::PASS;
    for path in &args.files {
        let label = path.display().to_string();
        match look(path) {
            Ok((problems, is_sound)) => {
                if !problems.is_empty() {
                    out::line(report_problems(&label, &problems).trim_end());
                }
                if is_sound {
                    out::line(format_args!("{label}: sound"));
                } else {
                    code = exit::FAIL;
                }
            }
            Err(error) => {
                out::line(format_args!("{label}: error: {error}"));
                code = exit::FAIL;
            }
        }
    }
    code
}

/// What is wrong with a topology or a lesson, and whether it can be used.
fn look(path: &Path) -> Result<(Vec<Located>, bool), FileError> {
    if let Some(lesson) = read_if_lesson(path)? {
        let problems = lesson.problems.clone();
        return Ok((problems, lesson.sound().is_some()));
    }
    let opened = read_topology(path)?;
    let may_run = opened.may_run();
    Ok((opened.problems, may_run))
}
