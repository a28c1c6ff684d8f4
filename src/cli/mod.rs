//! The command line.
//!
//! - [`args`]: what can be said. `design`: what every command that runs designs can be told. `allow`: what they may use that is elsewhere.
//! - [`window`]: opens the window, or runs in the terminal where there can be none.
//! - `run`: runs a topology in the terminal, also one that is driven over HTTP.
//! - `repeat`: the same several times, and what the runs have in common.
//! - `metrics`: what a run has counted so far, over HTTP.
//! - `folder`: every file of a folder.
//! - `capacity`: the largest rate at which a design meets its targets.
//! - `compare`: several designs in turn, and what differs between them.
//! - `terminal`: what is printed while runs go on.
//! - `outputs`: where reports go; `report`: one that was saved, in other forms.
//! - `variants`: a design and its variants, one after the other.
//! - `compose`: a design for containers.
//! - `keep`: runs go into the history; `history`: what is in it.
//! - `share`: a design as a short text.
//! - `lesson`: lessons, and what they will measure here.
//! - `validate`: lists what is wrong with files.
//! - `doctor`: says what was found on this machine and what is missing.
//! - `bench`: measures what this machine carries.
//! - [`exit`]: exit codes; `out`: standard output and error.

mod allow;
pub mod args;
mod bench;
mod capacity;
mod compare;
mod compose;
mod design;
mod doctor;
pub mod exit;
mod folder;
mod history;
mod keep;
mod lesson;
mod metrics;
mod out;
mod outputs;
mod repeat;
mod report;
mod run;
mod share;
mod terminal;
mod validate;
mod variants;
pub mod window;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};
use window::NoWindow;

/// Runs the program with the arguments of this process. `open_window` opens the window, with a file or without, and
/// stays until it is closed.
pub fn main(open_window: impl FnOnce(Option<PathBuf>) -> Result<(), NoWindow>) -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // Help and version are no error; and if nothing can be printed, nobody can be told.
            drop(error.print());
            return exit::code(if error.use_stderr() { exit::USAGE } else { exit::PASS });
        }
    };
    exit::code(match args.command {
        None => window::main(args.file, open_window),
        Some(Command::Run(args)) => run::main(args),
        Some(Command::Serve(args)) => run::serve(args),
        Some(Command::Validate(args)) => validate::main(&args),
        Some(Command::Compose(args)) => compose::main(&args),
        Some(Command::Share(args)) => share::main(&args),
        Some(Command::Lesson(args)) => lesson::main(&args),
        Some(Command::History(args)) => history::main(&args),
        Some(Command::Report(args)) => report::main(&args),
        Some(Command::Doctor(args)) => doctor::main(&args),
        Some(Command::Bench(args)) => bench::main(&args),
        Some(Command::Capacity(args)) => capacity::main(&args),
        Some(Command::Compare(args)) => compare::main(&args),
    })
}
