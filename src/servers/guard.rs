//! The watchdog: a small shell process which ends a run's servers when the program is gone.
//!
//! A program that is killed can't clean up, so somebody else has to. The watchdog reads a pipe whose other end only this
//! program holds. When the program ends, in whatever way, the system closes that end, the watchdog reads the end of
//! its input, kills the servers it was told about and removes the run's folder.
//!
//! - It leads its own process group and ignores what a terminal sends, so Ctrl-C doesn't reach it.
//! - What it guards is told over the pipe and not on its command line, so ending "everything called redis" or
//!   "everything called seckill" spares it, and it finishes the job.
//! - A server doesn't start before the watchdog knows its process id ([`RunFolder`](super::RunFolder) sees to it),
//!   and is struck off when it has been reaped, so a number that the system gives to somebody else is never shot at.
//! - If the watchdog itself is killed too, the next start clears up ([`sweep`](super::sweep())).

use std::env;
use std::ffi::OsString;
use std::io::{self, Write};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// Lines it reads: `folder PATH`; `keep` (spare the folder); `+PID` and `-PID` (leaders of process groups). Each server
/// leads a group because it forks to save its data, and such a fork has to go as well.
const SCRIPT: &str = r#"
trap '' INT TERM HUP QUIT PIPE TSTP
folder= keep= pids=' '
while IFS= read -r line; do
  case $line in
    'folder /'*) folder=${line#folder } ;;
    keep) keep=yes ;;
    +*) pids="$pids${line#+} " ;;
    -*) gone=${line#-}
      case $pids in *" $gone "*) pids="${pids%% $gone *} ${pids#* $gone }" ;; esac ;;
  esac
done
for pid in $pids; do
  kill -s KILL -- "-$pid"
  kill -s KILL "$pid"
done
[ -z "$keep" ] && [ -n "$folder" ] || exit 0
tries=0
while [ -e "$folder" ] && [ $tries -lt 50 ]; do
  rm -rf -- "$folder"
  [ -e "$folder" ] && sleep 0.1
  tries=$((tries + 1))
done
"#;

/// The shell process of one run. Dropping it without [`Self::finish`] closes the pipe, so it does its work.
#[derive(Debug)]
pub(crate) struct Watchdog {
    child: Child,
    /// The only writing end; Rust opens pipes close-on-exec, so no server holds a copy.
    pipe: Option<ChildStdin>,
}

impl Watchdog {
    /// Starts the shell and tells it the folder to remove at the end.
    ///
    /// # Errors
    /// When `/bin/sh` can't be started, or the folder's name holds a line break.
    pub(crate) fn start(folder: &Path) -> io::Result<Self> {
        use std::os::unix::ffi::OsStrExt;
        let name = folder.as_os_str().as_bytes();
        if !folder.is_absolute() || name.contains(&b'\n') {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                "its path is relative or holds a line break",
            ));
        }
        let mut child = Command::new("/bin/sh")
            .args(["-c", SCRIPT])
            .env("PATH", search_path())
            .current_dir("/")
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let pipe = child.stdin.take();
        let mut watchdog = Self { child, pipe };
        watchdog.tell_bytes(&[b"folder ", name, b"\n"].concat())?;
        Ok(watchdog)
    }

    /// Has it kill process group `pid` at the end.
    ///
    /// # Errors
    /// When the watchdog is gone.
    pub(crate) fn add(&mut self, pid: u32) -> io::Result<()> {
        self.tell_bytes(format!("+{pid}\n").as_bytes())
    }

    /// Strikes off a process that has been reaped.
    ///
    /// # Errors
    /// When the watchdog is gone.
    pub(crate) fn remove(&mut self, pid: u32) -> io::Result<()> {
        self.tell_bytes(format!("-{pid}\n").as_bytes())
    }

    /// Has it spare the folder.
    ///
    /// # Errors
    /// When the watchdog is gone.
    pub(crate) fn keep_folder(&mut self) -> io::Result<()> {
        self.tell_bytes(b"keep\n")
    }

    /// Lets it do its work and waits for it, at most `within`; whether it ended in that time.
    pub(crate) fn finish(&mut self, within: Duration) -> bool {
        drop(self.pipe.take());
        let started_at = Instant::now();
        while started_at.elapsed() < within {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return true;
            }
            thread::sleep(Duration::from_millis(1));
        }
        false
    }

    /// One line is far below the pipe's atomic size, and the shell reads at once: this never blocks for long.
    fn tell_bytes(&mut self, line: &[u8]) -> io::Result<()> {
        match &mut self.pipe {
            Some(pipe) => pipe.write_all(line),
            None => Err(io::ErrorKind::BrokenPipe.into()),
        }
    }
}

/// `rm` and `sleep` are in the first two folders almost everywhere, and on the user's path everywhere else.
fn search_path() -> OsString {
    let mut path = OsString::from("/usr/bin:/bin");
    if let Some(own) = env::var_os("PATH").filter(|own| !own.is_empty()) {
        path.push(":");
        path.push(own);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sleeper() -> Child {
        Command::new("/bin/sleep").arg("600").process_group(0).spawn().expect("sleep starts")
    }

    #[test]
    fn at_the_end_of_its_input_it_kills_what_it_was_told_and_removes_the_folder() {
        let parent = tempfile::tempdir().expect("a temporary folder");
        let folder = parent.path().join("a folder with 'quotes' and * in it");
        std::fs::create_dir_all(folder.join("inner")).expect("a folder");
        let (mut told, mut struck_off, mut last) = (sleeper(), sleeper(), sleeper());
        let mut watchdog = Watchdog::start(&folder).expect("it starts");
        for child in [&told, &struck_off, &last] {
            watchdog.add(child.id()).expect("it listens");
        }
        watchdog.remove(struck_off.id()).expect("it listens");
        assert!(watchdog.finish(Duration::from_secs(10)));
        assert!(!folder.exists());
        for child in [&mut told, &mut last] {
            assert!(!child.wait().expect("it has ended").success());
        }
        assert!(matches!(struck_off.try_wait(), Ok(None)), "a process that was struck off was killed");
        struck_off.kill().expect("it still runs");
        struck_off.wait().expect("it has ended");
    }

    #[test]
    fn a_kept_folder_stays() {
        let parent = tempfile::tempdir().expect("a temporary folder");
        let mut watchdog = Watchdog::start(parent.path()).expect("it starts");
        watchdog.keep_folder().expect("it listens");
        assert!(watchdog.finish(Duration::from_secs(10)));
        assert!(parent.path().exists());
    }

    #[test]
    fn its_command_line_names_nothing_that_people_kill_by_name() {
        for name in ["redis", "valkey", "seckill"] {
            assert!(!SCRIPT.contains(name));
        }
    }
}
