//! The command line.
//!
//! - [`args`]: what can be said.
//! - `run`: runs a topology in the terminal.
//! - `validate`: lists what is wrong with files.
//! - `doctor`: says what was found on this machine and what is missing.
//! - [`exit`]: exit codes; `out`: standard output and error.

pub mod args;
mod doctor;
pub mod exit;
mod out;
mod run;
mod validate;

use std::process::ExitCode;

use clap::Parser;

use args::{Args, Command};

/// Runs the program with the arguments of this process. `open_window` opens the window and stays until it is closed, or
/// says why there can be none.
pub fn main(open_window: impl FnOnce() -> Result<(), String>) -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // Help and version are no error; and if nothing can be printed, nobody can be told.
            drop(error.print());
            return exit::code(if error.use_stderr() { exit::USAGE } else { exit::PASS });
        }
    };
    exit::code(match &args.command {
        None => match open_window() {
            Ok(()) => exit::PASS,
            Err(reason) => {
                out::note(reason);
                exit::MISSING
            }
        },
        Some(Command::Run(args)) => run::main(args),
        Some(Command::Validate(args)) => validate::main(args),
        Some(Command::Doctor(args)) => doctor::main(args),
    })
}
