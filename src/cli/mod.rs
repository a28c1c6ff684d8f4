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

/// Runs the program with the arguments of this process.
pub fn main() -> ExitCode {
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(error) => {
            // Help and version are no error; and if nothing can be printed, nobody can be told.
            drop(error.print());
            return exit::code(if error.use_stderr() { exit::USAGE } else { exit::PASS });
        }
    };
    exit::code(match &args.command {
        Command::Run(args) => run::main(args),
        Command::Validate(args) => validate::main(args),
        Command::Doctor(args) => doctor::main(args),
    })
}
