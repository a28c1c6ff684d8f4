//! `validate`: lists what is wrong with files.

use super::args::ValidateArgs;
use super::exit;
use super::out;
use crate::files::{read_topology, report_problems};

/// Reads each file and prints its problems; the exit code is 1 if one of them can't run.
pub fn main(args: &ValidateArgs) -> u8 {
    let mut code = exit::PASS;
    for path in &args.files {
        let label = path.display().to_string();
        match read_topology(path) {
            Ok(opened) => {
                if !opened.problems.is_empty() {
                    out::line(report_problems(&label, &opened.problems).trim_end());
                }
                if opened.may_run() {
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
