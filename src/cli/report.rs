//! `report`: a report that was saved as JSON, shown or written in other forms.

use super::args::ReportArgs;
use super::outputs::{self, Outputs};
use super::{exit, out};
use crate::files::export::read_reports;
use crate::report::text;

/// Does it and answers the exit code.
pub(super) fn main(args: &ReportArgs) -> u8 {
    let runs = match read_reports(&args.file) {
        Ok(runs) => runs,
        Err(error) => {
            out::note(error);
            return exit::USAGE;
        }
    };
    if !outputs::any(&args.forms) {
        for run in &runs {
            if !run.name.is_empty() {
                out::line(format_args!("\n{}", run.name));
            }
            out::line(text::render(&run.report).trim_end());
        }
        return exit::PASS;
    }
    let written =
        Outputs::reserve(&args.forms, None, runs.len() > 1).and_then(|outputs| outputs.write(&runs));
    match written {
        Ok(()) => exit::PASS,
        Err(error) => {
            out::note(error);
            exit::IO
        }
    }
}
