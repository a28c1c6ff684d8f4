//! Designs that nobody saved yet, kept in case the program ends without asking.
//!
//! Each window keeps one file, beside a lock that it holds for as long as it lives. A file whose lock can be taken has a
//! dead owner: it is a [`Leftover`], offered to the user by the next window.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::fingerprint::Fingerprint;
use super::write::{replace, to_ron};
use super::{FileError, LARGEST_FILE_BYTES, parse_topology};
use crate::topology::Topology;

const PREFIX: &str = "window-";
const LOCK: &str = "lock";
const DESIGN: &str = "ron";
/// Begins the first line of a kept file; what follows is a [`Source`].
const SOURCE: &str = "// kept from ";

/// Where a kept design came from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The file that it was opened from or saved to last.
    pub path: Option<PathBuf>,
    /// What that file was then.
    pub fingerprint: Option<Fingerprint>,
}

/// Keeps the design of one window.
#[derive(Debug)]
pub struct Autosave {
    folder: PathBuf,
    /// Nothing is on disk before there is something to keep.
    place: Option<OwnPlace>,
}

#[derive(Debug)]
struct OwnPlace {
    design: PathBuf,
    lock: PathBuf,
    _held: File,
}

impl Autosave {
    /// Keeps designs in a folder, which is made when it is needed.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, place: None }
    }

    /// Keeps a design in place of the one kept before. It is not forced to the disk: it is there after the program
    /// crashed, which is what it is for, and the window does not wait.
    ///
    /// # Errors
    /// The folder can't be made or written, or the disk is full; what was kept before is still there then.
    pub fn keep(&mut self, topology: &Topology, source: &Source) -> Result<(), FileError> {
        if self.place.is_none() {
            self.place =
                Some(OwnPlace::take(&self.folder).map_err(|source| unwritable(&self.folder, source))?);
        }
        let Some(place) = &self.place else { return Ok(()) };
        let header = serde_json::to_string(source).unwrap_or_default();
        let text = format!("{SOURCE}{header}\n{}", to_ron(topology));
        replace(&place.design, text.as_bytes(), None, false)
            .map_err(|source| unwritable(&place.design, source))
    }

    /// Forgets what was kept: it was saved, or is not wanted.
    pub fn clear(&mut self) {
        self.place = None;
    }

    /// Whether something is kept.
    pub fn is_keeping(&self) -> bool {
        self.place.is_some()
    }
}

fn unwritable(path: &Path, source: io::Error) -> FileError {
    FileError::Unwritable { path: path.to_owned(), source }
}

impl OwnPlace {
    fn take(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        // Locked before it gets the name that others look for.
        let file = tempfile::Builder::new().prefix("new-").suffix(".lock").tempfile_in(folder)?;
        file.as_file().try_lock()?;
        let stem = file.path().file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let lock = folder.join(format!("{PREFIX}{}", stem.trim_start_matches("new-"))).with_extension(LOCK);
        let held = file.persist_noclobber(&lock).map_err(|error| error.error)?;
        Ok(Self { design: lock.with_extension(DESIGN), lock, _held: held })
    }
}

impl Drop for OwnPlace {
    fn drop(&mut self) {
        remove(&self.design, &self.lock);
    }
}

/// The design first: without it the lock means nothing.
fn remove(design: &Path, lock: &Path) {
    // What can't be removed is offered again by the next window, which is the lesser evil.
    fs::remove_file(design).ok();
    fs::remove_file(lock).ok();
}

/// A design whose window ended without asking. While this lives, no other window offers it; dropped, it stays for later.
#[derive(Debug)]
pub struct Leftover {
    /// What was drawn.
    pub topology: Topology,
    /// Where it came from.
    pub source: Source,
    /// When it was kept.
    pub kept_at: SystemTime,
    design: PathBuf,
    lock: PathBuf,
    _held: File,
}

impl Leftover {
    /// Takes it off the disk.
    pub fn remove(self) {
        remove(&self.design, &self.lock);
    }
}

/// What dead windows left in a folder, the latest first.
pub fn leftovers(folder: &Path) -> Vec<Leftover> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let is_lock = |path: &PathBuf| {
        path.extension().is_some_and(|extension| extension == LOCK)
            && path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(PREFIX))
    };
    let locks = entries.filter_map(|entry| Some(entry.ok()?.path())).filter(is_lock);
    let mut found: Vec<Leftover> = locks.filter_map(leftover).collect();
    found.sort_by_key(|leftover| std::cmp::Reverse(leftover.kept_at));
    found
}

fn leftover(lock: PathBuf) -> Option<Leftover> {
    let held = File::open(&lock).ok()?;
    held.try_lock().ok()?;
    let design = lock.with_extension(DESIGN);
    let Ok(metadata) = fs::metadata(&design) else {
        fs::remove_file(&lock).ok();
        return None;
    };
    if metadata.len() > LARGEST_FILE_BYTES {
        return None;
    }
    let text = fs::read_to_string(&design).ok()?;
    let source = text.lines().next().and_then(|line| line.strip_prefix(SOURCE));
    let source = source.and_then(|json| serde_json::from_str(json).ok()).unwrap_or_default();
    let topology = parse_topology(&text).topology?;
    let kept_at = metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH);
    Some(Leftover { topology, source, kept_at, design, lock, _held: held })
}

#[cfg(test)]
mod tests {
    use super::super::presets::PRESETS;
    use super::*;

    fn design() -> Topology {
        PRESETS[0].topology().unwrap().clone()
    }

    fn files(folder: &Path) -> usize {
        fs::read_dir(folder).map_or(0, Iterator::count)
    }

    #[test]
    fn what_a_living_window_keeps_is_its_own_and_goes_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("autosave");
        let mut autosave = Autosave::new(place.clone());
        assert_eq!(files(&place), 0, "nothing before there is something to keep");
        autosave.keep(&design(), &Source::default()).unwrap();
        autosave.keep(&design(), &Source::default()).unwrap();
        assert_eq!(files(&place), 2);
        assert!(leftovers(&place).is_empty(), "its window lives");
        drop(autosave);
        assert_eq!(files(&place), 0);
    }

    #[test]
    fn what_a_dead_window_kept_is_offered_once_and_removed_on_request() {
        let folder = tempfile::tempdir().unwrap();
        let mut autosave = Autosave::new(folder.path().into());
        let source =
            Source { path: Some("design.ron".into()), fingerprint: Some(Fingerprint::of("as it was")) };
        autosave.keep(&design(), &source).unwrap();
        let copies: Vec<(PathBuf, Vec<u8>)> = fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .map(|path| (path.clone(), fs::read(path).unwrap()))
            .collect();
        drop(autosave);
        // As after a crash: the files are there, and nobody holds the lock.
        for (path, bytes) in copies {
            fs::write(path, bytes).unwrap();
        }
        let found = leftovers(folder.path());
        assert_eq!((found.len(), &found[0].topology, &found[0].source), (1, &design(), &source));
        assert!(leftovers(folder.path()).is_empty(), "another window offers it");
        drop(found);
        leftovers(folder.path()).pop().unwrap().remove();
        assert_eq!(files(folder.path()), 0);
    }

    #[test]
    fn a_folder_that_can_not_be_made_is_an_error_and_no_leftover() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        let inside = file.join("autosave");
        assert!(leftovers(&inside).is_empty());
        let error = Autosave::new(inside).keep(&design(), &Source::default()).unwrap_err();
        assert!(matches!(error, FileError::Unwritable { .. }), "{error}");
    }
}
