//! Exit codes. The first three are the verdict; the others follow BSD's sysexits.h.

use std::process::ExitCode;

use crate::engine::FailureKind;

/// The run passed, or the files are sound.
pub const PASS: u8 = 0;
/// A target does not hold, or a file has errors.
pub const FAIL: u8 = 1;
/// The run can't say.
pub const INCONCLUSIVE: u8 = 2;
/// Usage error, or a topology that can't be run (`EX_USAGE`).
pub const USAGE: u8 = 64;
/// Something is missing on this machine (`EX_UNAVAILABLE`).
pub const MISSING: u8 = 69;
/// Something failed that is neither (`EX_SOFTWARE`).
pub const SOFTWARE: u8 = 70;
/// A file could not be written (`EX_IOERR`).
pub const IO: u8 = 74;

/// Of something that failed.
pub fn of(kind: FailureKind) -> u8 {
    match kind {
        FailureKind::Missing => MISSING,
        FailureKind::Stopped => INCONCLUSIVE,
        FailureKind::Broken => SOFTWARE,
    }
}

/// For [`main`](super::main).
pub fn code(code: u8) -> ExitCode {
    ExitCode::from(code)
}
