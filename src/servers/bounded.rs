//! Runs a short helper program with a bound on its time and on what it may say.

use std::io::{self, PipeReader, Read};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{OFlags, fcntl_setfl};
use rustix::process::{Pid, Signal, kill_process_group};

/// Output beyond this is read and thrown away; nobody wants more of it in an error.
const OUTPUT_BYTES: usize = 64 * 1024;
/// How often the helper is looked at.
const POLL: Duration = Duration::from_millis(5);
/// How often a start is tried again while the file is still open for writing somewhere.
const BUSY_TRIES: usize = 40;

/// A helper program that ended by itself.
#[derive(Debug)]
pub(crate) struct Finished {
    /// Whether its exit status was 0.
    pub success: bool,
    /// The exit status in words, "exit status: 1".
    pub status: String,
    /// What it wrote to its output and error channels, in order, at most 64 KiB.
    pub output: String,
}

/// Why there is no [`Finished`].
#[derive(Debug, thiserror::Error)]
pub(crate) enum BoundedError {
    #[error("it could not be started: {0}")]
    NotStarted(#[from] io::Error),
    #[error("it had not ended after {} s and was stopped; it said: {}", .within.as_secs(), last_lines(.output, 5))]
    TooSlow { within: Duration, output: String },
}

/// Whether a helper leads a process group of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// Its own: when it is too slow, everything it started is stopped too.
    Own,
    /// The program's: Ctrl-C in a terminal stops it as well.
    Shared,
}

/// Runs `command` without input and waits at most `within`.
///
/// # Errors
/// When it can't be started, or has to be stopped because the time is over.
pub(crate) fn run_bounded(
    mut command: Command,
    group: Group,
    within: Duration,
) -> Result<Finished, BoundedError> {
    let (mut reader, writer) = io::pipe()?;
    fcntl_setfl(&reader, OFlags::NONBLOCK).map_err(io::Error::from)?;
    command.stdin(Stdio::null()).stdout(writer.try_clone()?).stderr(writer);
    if group == Group::Own {
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
    }
    let mut child = spawn(&mut command)?;
    // The command holds the writing ends of the pipe.
    drop(command);

    let started_at = Instant::now();
    let mut output = Vec::new();
    loop {
        let ended = child.try_wait()?;
        drain(&mut reader, &mut output);
        let text = || String::from_utf8_lossy(&output).into_owned();
        if let Some(status) = ended {
            return Ok(Finished { success: status.success(), status: status.to_string(), output: text() });
        }
        if started_at.elapsed() >= within {
            stop(&mut child, group);
            return Err(BoundedError::TooSlow { within, output: text() });
        }
        thread::sleep(POLL);
    }
}

/// Starts it, and again while a file that was just written still counts as open for writing: another thread may be
/// between its fork and its exec, and holds a copy of the descriptor for that moment.
fn spawn(command: &mut Command) -> io::Result<Child> {
    for _ in 1..BUSY_TRIES {
        match command.spawn() {
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy => thread::sleep(POLL),
            other => return other,
        }
    }
    command.spawn()
}

/// Reads what is there now. A helper that writes for ever may not keep the loop from its clock.
fn drain(reader: &mut PipeReader, output: &mut Vec<u8>) {
    let mut buffer = [0; 8192];
    for _ in 0..64 {
        match reader.read(&mut buffer) {
            Ok(0) | Err(_) => return,
            Ok(count) => {
                let room = OUTPUT_BYTES.saturating_sub(output.len());
                output.extend_from_slice(&buffer[..count.min(room)]);
            }
        }
    }
}

fn stop(child: &mut Child, group: Group) {
    if group == Group::Own {
        kill_process_group(Pid::from_child(child), Signal::KILL).ok();
    }
    child.kill().ok();
    child.wait().ok();
}

/// The last `count` lines of `text` that say something.
pub(crate) fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect();
    if lines.is_empty() {
        return "(nothing)".to_owned();
    }
    lines[lines.len().saturating_sub(count)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn both_channels_and_the_status_are_kept() {
        let finished =
            run_bounded(shell("echo out; echo err >&2; exit 3"), Group::Shared, Duration::from_secs(5))
                .expect("the shell runs");
        assert!(!finished.success);
        assert_eq!(finished.output, "out\nerr\n");
        assert_eq!(finished.status, "exit status: 3");
    }

    #[test]
    fn a_helper_that_hangs_or_talks_for_ever_is_stopped() {
        for script in ["echo waiting; sleep 600", "while :; do echo noise; done"] {
            let error =
                run_bounded(shell(script), Group::Own, Duration::from_millis(200)).expect_err("never ends");
            assert!(matches!(error, BoundedError::TooSlow { .. }), "{error}");
        }
    }

    #[test]
    fn the_last_lines_skip_empty_ones() {
        assert_eq!(last_lines("a\n\nb \nc\n", 2), "b\nc");
        assert_eq!(last_lines("\n", 2), "(nothing)");
    }
}
