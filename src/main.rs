//! The binary: hands over to the library.

use std::process::ExitCode;

use mimalloc::MiMalloc;
use seckill_lab::cli::window::NoWindow;
use seckill_lab::{cli, ui};

/// Every frame builds its meshes anew. The C library's allocator gives such large blocks back to the system each time,
/// and a third of a frame goes to fresh pages (`cargo bench --bench window`).
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    cli::main(|file| {
        ui::open(file).map_err(|error| match error {
            ui::OpenError::Unavailable(reason) => NoWindow::Unavailable(reason),
            ui::OpenError::Broken(reason) => NoWindow::Broken(reason),
        })
    })
}
