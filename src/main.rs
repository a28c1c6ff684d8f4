//! The binary: hands over to the library.

use std::process::ExitCode;

use seckill_lab::cli::window::NoWindow;
use seckill_lab::{cli, ui};

fn main() -> ExitCode {
    cli::main(|file| {
        ui::open(file).map_err(|error| match error {
            ui::OpenError::Unavailable(reason) => NoWindow::Unavailable(reason),
            ui::OpenError::Broken(reason) => NoWindow::Broken(reason),
        })
    })
}
