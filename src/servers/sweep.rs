//! Clears up after programs that could not: finds folders whose owner is dead, ends what still runs in them.

use std::fs::{self, File};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use rustix::process::{Pid, Signal, getuid, kill_process, kill_process_group};

use super::Progress;
use super::process;
use super::run_folder::{FOLDER_PREFIX, JOURNAL_FILE, KEEP_FILE, LOCK_FILE, temporary_folder};

/// A start is not held up for longer than this; what is left is swept next time.
const SWEEP_WITHIN: Duration = Duration::from_secs(5);
/// How long killed processes are waited for before their folder is removed.
const GONE_WITHIN: Duration = Duration::from_secs(1);
/// A folder without a lock file is either being made right now or older than this.
const UNLOCKED_AGE: Duration = Duration::from_mins(1);

/// What a sweep found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SweepReport {
    /// Folders of dead owners that were removed.
    pub removed_count: usize,
    /// Processes of dead owners that were still running and were killed.
    pub killed_count: usize,
    /// Folders whose owner lives; not touched.
    pub living_count: usize,
}

/// Sweeps the system's temporary folder. Call it once at the start of the program, before the first run.
///
/// A folder counts as left behind when its lock can be taken. Its journal names the processes; one is killed only if it
/// has the start time noted there, so a number that now belongs to another process is left alone. Folders that were
/// to be kept stay. Two sweepers at once are safe: only one gets the lock. It never takes much longer than five seconds
/// and has no errors: what can't be swept is left for another day.
pub fn sweep(progress: Progress<'_>) -> SweepReport {
    sweep_in(&temporary_folder(), progress)
}

/// [`sweep`], in another folder.
pub fn sweep_in(parent: &Path, progress: Progress<'_>) -> SweepReport {
    let started_at = Instant::now();
    let mut report = SweepReport::default();
    let Ok(entries) = fs::read_dir(parent) else { return report };
    for entry in entries.filter_map(Result::ok) {
        if started_at.elapsed() > SWEEP_WITHIN {
            break;
        }
        let is_ours = entry.file_name().as_encoded_bytes().starts_with(FOLDER_PREFIX.as_bytes())
            && entry.metadata().is_ok_and(|meta| meta.is_dir() && meta.uid() == getuid().as_raw());
        if is_ours {
            sweep_folder(&entry.path(), &mut report, progress);
        }
    }
    report
}

fn sweep_folder(folder: &Path, report: &mut SweepReport, progress: Progress<'_>) {
    let lock = File::open(folder.join(LOCK_FILE));
    let is_dead = match &lock {
        Ok(lock) => lock.try_lock().is_ok(),
        Err(_) => age(folder).is_some_and(|age| age > UNLOCKED_AGE),
    };
    if !is_dead {
        report.living_count += 1;
        return;
    }
    let killed = kill_journalled(&folder.join(JOURNAL_FILE));
    report.killed_count += killed;
    if killed > 0 {
        progress(&format!("Killed {killed} leftover server processes of {}", folder.display()));
    }
    // The lock is held until the folder is gone.
    if !folder.join(KEEP_FILE).exists() && fs::remove_dir_all(folder).is_ok() {
        report.removed_count += 1;
        progress(&format!("Removed {}, left behind by a program that was killed", folder.display()));
    }
}

fn age(folder: &Path) -> Option<Duration> {
    SystemTime::now().duration_since(folder.metadata().ok()?.modified().ok()?).ok()
}

/// Kills each process of the journal that still is who it was; how many there were.
fn kill_journalled(journal: &Path) -> usize {
    let text = fs::read_to_string(journal).unwrap_or_default();
    let entries: Vec<(Pid, &str)> = text.lines().filter_map(parse_line).filter(is_running).collect();
    for (pid, _) in &entries {
        kill_process_group(*pid, Signal::KILL).ok();
        kill_process(*pid, Signal::KILL).ok();
    }
    let killed_at = Instant::now();
    while killed_at.elapsed() < GONE_WITHIN && entries.iter().any(is_running) {
        thread::sleep(Duration::from_millis(5));
    }
    entries.len()
}

/// A journal line's process id and identity. A line that was cut short, or without an identity, can't be trusted.
fn parse_line(line: &str) -> Option<(Pid, &str)> {
    let mut fields = line.split('\t');
    let pid = fields.next()?.parse().ok().and_then(Pid::from_raw)?;
    let identity = fields.next().filter(|identity| !identity.is_empty())?;
    fields.next()?;
    Some((pid, identity))
}

fn is_running((pid, identity): &(Pid, &str)) -> bool {
    u32::try_from(pid.as_raw_nonzero().get())
        .ok()
        .and_then(process::look)
        .is_some_and(|seen| !seen.zombie && seen.identity == *identity)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn journal_lines_that_can_not_be_trusted_are_skipped() {
        assert!(parse_line("12\tboot:345\t/usr/bin/valkey-server").is_some());
        for line in ["", "12", "12\tboot:34", "x\tboot:345\t/p", "12\t\t/p", "-1x\tb\t/p"] {
            assert!(parse_line(line).is_none(), "{line}");
        }
    }

    #[test]
    fn a_process_with_another_start_time_is_left_alone() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let journal = folder.path().join(JOURNAL_FILE);
        fs::write(&journal, format!("{}\tanother-boot:1\t/bin/this-test\n", std::process::id()))
            .expect("a file");
        assert_eq!(kill_journalled(&journal), 0);
    }
}
