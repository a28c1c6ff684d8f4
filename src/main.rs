//! The binary: hands over to the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    seckill_lab::cli::main(|| seckill_lab::ui::open().map_err(|error| error.to_string()))
}
