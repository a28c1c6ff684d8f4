//! The temporary folder of one run, and the life of every process that works in it.

use std::env;
use std::ffi::OsString;
use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::child::GuardedChild;
use super::guard::Watchdog;
use super::owner::Owner;
use super::process;

/// Every run's folder is called this and six random letters.
pub const FOLDER_PREFIX: &str = "seckill-lab-";
/// Locked while the owner lives.
pub(crate) const LOCK_FILE: &str = "lock";
/// One line per process ever started here: id, identity, program; separated by tabs.
pub(crate) const JOURNAL_FILE: &str = "journal";
/// Its presence spares the folder.
pub(crate) const KEEP_FILE: &str = "keep";
/// Killing and removing takes milliseconds; a watchdog slower than this is left to finish alone.
const FINISH_WITHIN: Duration = Duration::from_secs(5);

/// Why there is no folder, or no process in it.
#[derive(Debug, thiserror::Error)]
pub enum RunFolderError {
    /// It could not be made, or not be written to.
    #[error(
        "can't {what} {}: {source}. The lab needs a folder it can write to, with about 200 MB free; the environment \
         variable TMPDIR chooses another",
        path.display()
    )]
    Folder {
        /// "create", "lock", …
        what: &'static str,
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The process that cleans up can't be started or is gone, so no server is started either.
    #[error(
        "can't {what} the watchdog (/bin/sh) that cleans up after a crash: {source}. Start the run again"
    )]
    Watchdog {
        /// "start", "tell", …
        what: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// A process could not be started.
    #[error("can't start {}: {source}", program.display())]
    Start {
        /// The program.
        program: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// The system's temporary folder. An empty TMPDIR counts as unset.
pub(super) fn temporary_folder() -> PathBuf {
    let folder = env::temp_dir();
    if folder.as_os_str().is_empty() { PathBuf::from("/tmp") } else { folder }
}

/// One run's own folder, mode 700, below the system's temporary folder. Clones share it.
///
/// It is removed when the last clone is dropped and each process started in it has ended. If the program ends in any
/// other way the watchdog kills the processes and removes the folder ([`guard`](super::guard)); if the watchdog was
/// killed as well, the next [`sweep`](super::sweep()) does it.
#[derive(Clone, Debug)]
pub struct RunFolder(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    path: PathBuf,
    keep: AtomicBool,
    watchdog: Mutex<Watchdog>,
    journal: Mutex<File>,
    /// Held until the folder is gone, so that a sweeper knows its owner lives.
    _lock: File,
}

impl RunFolder {
    /// Makes one in the system's temporary folder.
    ///
    /// # Errors
    /// When it can't be written there, or the watchdog can't be started.
    pub fn create() -> Result<Self, RunFolderError> {
        Self::create_in(&temporary_folder())
    }

    /// Makes one in `parent`.
    ///
    /// # Errors
    /// As [`Self::create`].
    pub fn create_in(parent: &Path) -> Result<Self, RunFolderError> {
        let parent = std::path::absolute(parent).map_err(folder_error("find", parent))?;
        let (path, lock) = create_locked(&parent)?;
        match guard(&path) {
            Ok((journal, watchdog)) => Ok(Self(Arc::new(Inner {
                path,
                keep: AtomicBool::new(false),
                watchdog: Mutex::new(watchdog),
                journal: Mutex::new(journal),
                _lock: lock,
            }))),
            Err(error) => {
                fs::remove_dir_all(&path).ok();
                Err(error)
            }
        }
    }

    /// Where it is; absolute.
    pub fn path(&self) -> &Path {
        &self.0.path
    }

    /// Whether it stays at the end.
    pub fn is_kept(&self) -> bool {
        self.0.keep.load(Ordering::Relaxed)
    }

    /// Spares the folder at the end, also after a crash; its processes die all the same.
    ///
    /// # Errors
    /// When the folder can't be written, or the watchdog is gone.
    pub fn keep(&self) -> Result<(), RunFolderError> {
        let marker = self.0.path.join(KEEP_FILE);
        let text = "Kept on request; delete this folder when you are done with it.\n";
        fs::write(&marker, text).map_err(folder_error("write", &marker))?;
        self.0.keep.store(true, Ordering::Relaxed);
        self.watchdog().keep_folder().map_err(watchdog_error("tell"))
    }

    /// Starts `program` with both output channels in `output`; it ends with this program, whatever happens.
    ///
    /// # Errors
    /// When it can't be started, journalled or guarded; then it is not running either.
    pub(crate) fn spawn(
        &self,
        program: &Path,
        arguments: &[OsString],
        output: File,
    ) -> Result<GuardedChild, RunFolderError> {
        self.spawn_as(None, program, arguments, output)
    }

    /// [`Self::spawn`], as another user. Such a server may have processes of its own, each in a group of its own: they are looked
    /// after as well.
    ///
    /// # Errors
    /// As [`Self::spawn`].
    pub(crate) fn spawn_as(
        &self,
        owner: Option<Owner>,
        program: &Path,
        arguments: &[OsString],
        output: File,
    ) -> Result<GuardedChild, RunFolderError> {
        let start_error = |source| RunFolderError::Start { program: program.to_owned(), source };
        let mut child =
            GuardedChild::gated(self.clone(), owner, program, arguments, output).map_err(start_error)?;
        self.guard(child.pid(), program)?;
        child.open_gate().map_err(start_error)?;
        Ok(child)
    }

    /// Has a process end with this program, whatever happens.
    ///
    /// # Errors
    /// It can't be journalled, or the watchdog is gone.
    pub(crate) fn guard(&self, pid: u32, program: &Path) -> Result<(), RunFolderError> {
        let identity = process::look(pid).map_or_else(String::new, |seen| seen.identity);
        let line = format!("{pid}\t{identity}\t{}\n", program.display());
        self.journal()
            .write_all(line.as_bytes())
            .map_err(folder_error("write the journal in", &self.0.path))?;
        self.watchdog().add(pid).map_err(watchdog_error("tell"))
    }

    /// Lets another user pass through the folder to what is given to that user in it. What is in the folder can still not be listed.
    ///
    /// # Errors
    /// The system refuses.
    pub(crate) fn let_through(&self) -> io::Result<()> {
        fs::set_permissions(&self.0.path, Permissions::from_mode(0o711))
    }

    /// Strikes a process off that has been reaped. Without a watchdog there is nobody to tell.
    pub(crate) fn reaped(&self, pid: u32) {
        self.watchdog().remove(pid).ok();
    }

    /// A panic elsewhere doesn't make a pipe or a file worse; and this has to work while panicking.
    fn watchdog(&self) -> MutexGuard<'_, Watchdog> {
        self.0.watchdog.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn journal(&self) -> MutexGuard<'_, File> {
        self.0.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Inner {
    /// Every process held a clone of the folder, so none is left. What the watchdog doesn't remove is removed here.
    fn drop(&mut self) {
        let watchdog = self.watchdog.get_mut().unwrap_or_else(PoisonError::into_inner);
        watchdog.finish(FINISH_WITHIN);
        if !*self.keep.get_mut() {
            fs::remove_dir_all(&self.path).ok();
        }
    }
}

/// Makes the folder and takes its lock. Between the two a sweeper may take it for a dead owner's; then a new one is made.
fn create_locked(parent: &Path) -> Result<(PathBuf, File), RunFolderError> {
    for _ in 0..10 {
        let path = tempfile::Builder::new()
            .prefix(FOLDER_PREFIX)
            .permissions(Permissions::from_mode(0o700))
            .tempdir_in(parent)
            .map_err(folder_error("create a folder in", parent))?
            .keep();
        let lock_path = path.join(LOCK_FILE);
        let Ok(lock) = File::create(&lock_path) else {
            if path.exists() {
                return Err(folder_error("write", &lock_path)(io::ErrorKind::PermissionDenied.into()));
            }
            continue;
        };
        let same_file = |meta: fs::Metadata| lock.metadata().is_ok_and(|own| own.ino() == meta.ino());
        if lock.try_lock().is_ok() && lock_path.metadata().is_ok_and(same_file) {
            return Ok((path, lock));
        }
    }
    Err(folder_error("lock a folder in", parent)(io::ErrorKind::WouldBlock.into()))
}

/// Opens the journal and starts the watchdog.
fn guard(path: &Path) -> Result<(File, Watchdog), RunFolderError> {
    let journal_path = path.join(JOURNAL_FILE);
    let journal = OpenOptions::new().create(true).append(true).open(&journal_path);
    let journal = journal.map_err(folder_error("write", &journal_path))?;
    let watchdog = Watchdog::start(path).map_err(watchdog_error("start"))?;
    Ok((journal, watchdog))
}

fn folder_error(what: &'static str, path: &Path) -> impl FnOnce(io::Error) -> RunFolderError {
    let path = path.to_owned();
    move |source| RunFolderError::Folder { what, path, source }
}

fn watchdog_error(what: &'static str) -> impl FnOnce(io::Error) -> RunFolderError {
    move |source| RunFolderError::Watchdog { what, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_private_and_gone_after_its_last_clone() {
        let parent = tempfile::tempdir().expect("a temporary folder");
        let folder = RunFolder::create_in(parent.path()).expect("a run folder");
        let path = folder.path().to_owned();
        assert_eq!(path.metadata().expect("it exists").permissions().mode() & 0o777, 0o700);
        let clone = folder.clone();
        drop(folder);
        assert!(path.exists());
        drop(clone);
        assert!(!path.exists());
    }

    #[test]
    fn a_kept_folder_stays() {
        let parent = tempfile::tempdir().expect("a temporary folder");
        let folder = RunFolder::create_in(parent.path()).expect("a run folder");
        folder.keep().expect("it can be kept");
        let path = folder.path().to_owned();
        drop(folder);
        assert!(path.join(KEEP_FILE).exists());
    }

    #[test]
    fn a_parent_that_can_not_be_written_gives_an_error_with_a_remedy() {
        let error = RunFolder::create_in(Path::new("/proc/nowhere")).expect_err("no such folder").to_string();
        assert!(error.contains("/proc/nowhere") && error.contains("TMPDIR"), "{error}");
    }
}
