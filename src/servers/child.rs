//! One process that ends with its run.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process, kill_process_group};

use super::owner::Owner;
use super::process;
use super::run_folder::RunFolder;

/// Waits for a line and then becomes the program, with the same process id. Until the line comes the journal and the
/// watchdog are told the id; if this program dies before that, the gate reads the end of its input and just ends.
const GATE: &str = r#"IFS= read -r go && exec "$@" </dev/null"#;
/// A killed process is gone at once, unless it hangs in the kernel on a broken disk.
const REAP_WITHIN: Duration = Duration::from_secs(5);

/// A running (or ended) process. Dropped, it is killed and reaped.
#[derive(Debug)]
pub(crate) struct GuardedChild {
    child: Child,
    pid: Pid,
    folder: RunFolder,
    gate: Option<ChildStdin>,
    /// Whether it has children in process groups of their own, as PostgreSQL has one for each connection.
    pub(crate) has_family: bool,
    /// Known once reaped; from then on the id may belong to somebody else and is never signalled again.
    ended: Option<ExitStatus>,
}

impl GuardedChild {
    /// Starts a gate for `program`. It leads a process group of its own: a terminal's Ctrl-C doesn't reach it, and what
    /// it forks to save its data can be killed with it.
    ///
    /// # Errors
    /// When the shell can't be started. A program that can't be started shows as an early end, with 126 or 127.
    pub(crate) fn gated(
        folder: RunFolder,
        owner: Option<Owner>,
        program: &Path,
        arguments: &[OsString],
        output: File,
    ) -> io::Result<Self> {
        let mut command = Command::new("/bin/sh");
        if let Some(owner) = owner {
            owner.runs(&mut command);
        }
        let mut child = command
            .args(["-c", GATE, "gate"])
            .arg(program)
            .args(arguments)
            .current_dir(folder.path())
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(output.try_clone()?)
            .stderr(output)
            .spawn()?;
        let pid = Pid::from_child(&child);
        let gate = child.stdin.take();
        Ok(Self { child, pid, folder, gate, has_family: false, ended: None })
    }

    /// Lets the program start.
    ///
    /// # Errors
    /// When the gate is gone.
    pub(crate) fn open_gate(&mut self) -> io::Result<()> {
        self.gate.take().map_or(Ok(()), |mut gate| gate.write_all(b"go\n"))
    }

    /// The process id.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// How it ended, or `None` while it runs. Looks only, never waits.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        if self.ended.is_none()
            && let Ok(Some(status)) = self.child.try_wait()
        {
            self.ended = Some(status);
            self.folder.reaped(self.child.id());
        }
        self.ended
    }

    /// Sends `signal` to the process itself.
    ///
    /// # Errors
    /// When it has ended.
    pub(crate) fn signal(&mut self, signal: Signal) -> io::Result<()> {
        if self.ended().is_some() {
            return Err(io::ErrorKind::NotFound.into());
        }
        kill_process(self.pid, signal).map_err(io::Error::from)
    }

    /// Sends `signal` to the process and to its children, those in groups of their own as well. What stands still is guarded until it goes on:
    /// nobody else would end it.
    ///
    /// # Errors
    /// When it has ended.
    pub(crate) fn signal_family(&mut self, signal: Signal) -> io::Result<()> {
        self.signal(signal)?;
        // A process that stands still has no more children.
        for child in process::children(self.pid()) {
            let Some(pid) = i32::try_from(child).ok().and_then(Pid::from_raw) else { continue };
            if signal == Signal::STOP {
                self.folder.guard(child, Path::new("child")).ok();
            } else {
                self.folder.reaped(child);
            }
            // It may have ended meanwhile.
            kill_process(pid, signal).ok();
        }
        Ok(())
    }

    /// Kills it, whatever it forked and all of its children, and reaps it. Blocks for the few milliseconds this takes.
    pub(crate) fn kill(&mut self) {
        if self.ended().is_some() {
            return;
        }
        if self.has_family {
            self.signal(Signal::STOP).ok();
            self.signal_family(Signal::KILL).ok();
        }
        kill_process_group(self.pid, Signal::KILL).ok();
        let killed_at = Instant::now();
        while self.ended().is_none() && killed_at.elapsed() < REAP_WITHIN {
            thread::sleep(Duration::from_micros(500));
        }
    }
}

impl Drop for GuardedChild {
    fn drop(&mut self) {
        self.kill();
    }
}
