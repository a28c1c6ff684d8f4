//! The program itself, run as a person runs it, with a temporary folder of its own.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// Longer than anything waited for here takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// Waits for a condition, for a while.
pub fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let started_at = Instant::now();
    while !condition() {
        assert!(started_at.elapsed() < PATIENCE, "waited {PATIENCE:?} in vain: {what}");
        thread::sleep(Duration::from_millis(10));
    }
}

/// A folder for a test's files, and in it the folder that the program takes for the system's temporary folder.
pub struct Place(tempfile::TempDir);

impl Place {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("tmp")).unwrap();
        Self(folder)
    }

    /// A path in the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file.
    pub fn write(&self, name: &str, text: &str) -> PathBuf {
        fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    /// The program, in this place.
    pub fn program(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_seckill-lab"));
        command
            .args(arguments)
            .env("TMPDIR", self.path("tmp"))
            .env("SECKILL_LAB_NO_HISTORY", "true")
            .current_dir(self.0.path())
            .stdin(Stdio::null());
        command
    }

    /// Runs the program to its end.
    pub fn output(&self, arguments: &[&str]) -> Output {
        self.program(arguments).output().unwrap()
    }

    /// Runs a file with a report, and reads the report.
    pub fn report(&self, file: &Path, arguments: &[&str]) -> (Option<i32>, Value) {
        let json = self.path("report.json");
        fs::remove_file(&json).ok();
        let (file, path) = (file.to_str().unwrap(), json.to_str().unwrap());
        let output = self.output(&[&["run", file, "--json", path], arguments].concat());
        let text = fs::read_to_string(&json).unwrap_or_else(|error| panic!("{error}: {output:?}"));
        (output.status.code(), serde_json::from_str(&text).unwrap())
    }

    /// Run folders that are still there.
    pub fn run_folders(&self) -> Vec<PathBuf> {
        fs::read_dir(self.path("tmp")).unwrap().map(|entry| entry.unwrap().path()).collect()
    }
}

/// Text of an output channel.
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The program while it runs.
pub struct Running {
    child: Child,
    readers: Vec<thread::JoinHandle<()>>,
    said: Arc<Mutex<String>>,
}

impl Running {
    pub fn start(mut command: Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let said = Arc::new(Mutex::new(String::new()));
        let channels: [Box<dyn Read + Send>; 2] =
            [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        let readers = channels.into_iter().map(|channel| {
            let said = said.clone();
            thread::spawn(move || {
                for line in BufReader::new(channel).lines().map_while(Result::ok) {
                    *said.lock().unwrap() += &(line + "\n");
                }
            })
        });
        Self { child, readers: readers.collect(), said }
    }

    /// Everything it has said so far, on both channels.
    pub fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    /// Waits until it says something.
    pub fn wait_for(&self, part: &str) {
        wait_until(&format!("it says {part:?}"), || {
            let ended = self.readers.iter().all(thread::JoinHandle::is_finished);
            let said = self.said();
            assert!(!ended || said.contains(part), "it ended without a word of {part:?}:\n{said}");
            said.contains(part)
        });
    }

    pub fn signal(&self, signal: &str) {
        let status = Command::new("kill").args(["-s", signal, &self.child.id().to_string()]).status();
        assert!(status.unwrap().success());
    }

    /// Every process that it started and that those started.
    pub fn descendants(&self) -> BTreeSet<u32> {
        let listing = Command::new("ps").args(["-A", "-o", "pid=,ppid="]).output().unwrap();
        let listing = text(&listing.stdout);
        let pairs: Vec<(u32, u32)> = listing.lines().filter_map(two_numbers).collect();
        let mut found = BTreeSet::from([self.child.id()]);
        loop {
            let more: Vec<u32> = pairs
                .iter()
                .filter(|(pid, parent)| found.contains(parent) && !found.contains(pid))
                .map(|pair| pair.0)
                .collect();
            if more.is_empty() {
                break;
            }
            found.extend(more);
        }
        found.remove(&self.child.id());
        found
    }

    /// Waits for its end.
    pub fn end(&mut self) -> ExitStatus {
        let mut status = None;
        wait_until("it ends", || {
            status = self.child.try_wait().unwrap();
            status.is_some() && self.readers.iter().all(thread::JoinHandle::is_finished)
        });
        status.unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // After a failed assertion.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

fn two_numbers(line: &str) -> Option<(u32, u32)> {
    let mut numbers = line.split_whitespace().map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

/// Whether a process runs; one that has ended and waits for its parent does not.
pub fn runs(pid: u32) -> bool {
    let output = Command::new("ps").args(["-o", "stat=", "-p", &pid.to_string()]).output().unwrap();
    let state = text(&output.stdout).trim().to_owned();
    !state.is_empty() && !state.starts_with('Z')
}

/// Asserts that of these processes and of every run's folder nothing is left, soon.
pub fn assert_nothing_is_left(place: &Place, pids: &BTreeSet<u32>) {
    wait_until("the processes of the run are gone", || !pids.iter().any(|&pid| runs(pid)));
    wait_until("the folder of the run is gone", || place.run_folders().is_empty());
}
