//! The history: every run that came to a report, with its full series, in the user's data folder.
//!
//! A record is one file, an ordinary zip archive: `summary.json`, `series.jsonl` (a line a tenth of a second) and `report.json`. It is written beside its
//! place while the run goes on and moved there at the end, so that a program that is killed leaves no broken record. Notes and pins stand beside it in a small file of
//! their own. Several programs share the folder: each record has a name of its own, and what is being written is locked.
//!
//! - `recorder`: writes a record, on a thread of its own.
//! - `record`: what is in one, and reading it.

mod record;
mod recorder;

use std::cmp::Reverse;
use std::env;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};

pub use self::record::{Label, Moment, Part, Purpose, Record, Summary};
pub use self::recorder::{Keeping, Recorder};
use super::write::replace;
use crate::servers::Surroundings;

/// Set, no run of this program is kept, by command line or window.
pub const OFF_VARIABLE: &str = "SECKILL_LAB_NO_HISTORY";
/// The folder, in the user's data folder.
pub const FOLDER: &str = "history";
/// The most records that are kept; pinned ones are kept besides.
pub const MOST_RECORDS: usize = 200;
/// The most that they may take together, in bytes; pinned ones count, and are kept nevertheless.
pub const MOST_BYTES: u64 = 1024 * 1024 * 1024;

const RECORD: &str = "zip";
const META: &str = "json";
/// Begins the name of a record that is being written.
const UNFINISHED: &str = ".recording-";
/// What is younger is not swept, whether it is locked or not: it may be about to be.
const SWEPT_AFTER: Duration = Duration::from_mins(1);
/// Notes are cut there, in characters.
const LONGEST_NOTE: usize = 2_000;

/// Why something about the history did not work. No run fails because of it.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// A file or the folder can't be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The path.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// There is no room for a record.
    #[error(
        "{}: {source}; there is no room for the record: free some, delete kept runs by `seckill-lab history delete`, or name another folder by SECKILL_LAB_DATA_DIR",
        path.display()
    )]
    Full {
        /// The path.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A record is not as this program writes them.
    #[error("{}: this is no record of a run: {why}", path.display())]
    Broken {
        /// The path.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// No record has this name.
    #[error("no run in the history begins with {0:?}; `seckill-lab history list` shows them")]
    Unknown(String),
    /// Several do.
    #[error("several runs begin with {0:?}; say more of the name")]
    Ambiguous(String),
    /// The thread that writes died.
    #[error("the recorder ended without a word")]
    Gone,
}

/// The history of this user; none where there is no place for it.
pub fn of_user() -> Option<History> {
    Surroundings::from_env().data_folder.map(|folder| History::new(folder.join(FOLDER)))
}

/// Whether [`OFF_VARIABLE`] says that no run is kept: it is set, and not to nothing, 0, "false", "no" or "off".
pub fn is_off() -> bool {
    let value = env::var(OFF_VARIABLE).unwrap_or_default().to_lowercase();
    !["", "0", "f", "false", "n", "no", "off"].contains(&value.as_str())
}

/// What a person adds to a record.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Meta {
    /// A note.
    pub note: String,
    /// Whether it is kept for good.
    pub is_pinned: bool,
}

/// A record as a list shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its name.
    pub id: String,
    /// What it is about.
    pub summary: Summary,
    /// Note and pin.
    pub meta: Meta,
    /// Its length.
    pub bytes: u64,
}

impl Entry {
    /// Whether every word of a search is in title, note, verdict, time or name, or in the name of what it is part of, in any case.
    pub fn fits(&self, search: &str) -> bool {
        let Summary { title, variant, sentence, started_at, verdict, part, .. } = &self.summary;
        let part = part.as_ref().map_or("", |part| &part.name);
        let all = [&self.id, title, variant, sentence, started_at, &self.meta.note, verdict.label(), part]
            .join(" ");
        let all = all.to_lowercase();
        search.to_lowercase().split_whitespace().all(|word| all.contains(word))
    }
}

/// Entries that belong together: the runs of one comparison or search, or one run alone.
pub fn groups(entries: &[Entry]) -> Vec<Vec<&Entry>> {
    let mut groups: Vec<Vec<&Entry>> = Vec::new();
    for entry in entries {
        let name = |entry: &Entry| entry.summary.part.as_ref().map(|part| part.name.clone());
        let of = name(entry);
        let is_same =
            |group: &&mut Vec<&Entry>| of.is_some() && group.first().is_some_and(|one| name(one) == of);
        match groups.iter_mut().find(is_same) {
            Some(group) => group.push(entry),
            None => groups.push(vec![entry]),
        }
    }
    groups
}

/// The history in a folder.
#[derive(Debug, Clone)]
pub struct History {
    folder: PathBuf,
    most_records: usize,
    most_bytes: u64,
}

impl History {
    /// The history in a folder, which is made when it is needed.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, most_records: MOST_RECORDS, most_bytes: MOST_BYTES }
    }

    /// The same with other bounds.
    #[must_use]
    pub fn bounded(self, most_records: usize, most_bytes: u64) -> Self {
        Self { most_records, most_bytes, ..self }
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    fn path(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}.{RECORD}"))
    }

    fn meta_path(&self, id: &str) -> PathBuf {
        self.folder.join(format!("{id}.{META}"))
    }

    /// All records, the latest first; and those that can't be read, with the reason. An absent folder has none.
    pub fn list(&self) -> (Vec<Entry>, Vec<HistoryError>) {
        let (mut entries, mut errors) = (Vec::new(), Vec::new());
        for (id, bytes) in self.files() {
            match record::summary(&self.path(&id)) {
                Ok(summary) => entries.push(Entry { meta: self.meta(&id), summary, bytes, id }),
                // Another program has just deleted it.
                Err(HistoryError::Io { source, .. }) if source.kind() == io::ErrorKind::NotFound => {}
                Err(error) => errors.push(error),
            }
        }
        // A name has the second of the beginning, and several runs may begin in one.
        let place = |entry: &Entry| {
            let round = entry.summary.part.as_ref().map_or(0, |part| part.round);
            (entry.summary.started_at.clone(), round, entry.id.clone())
        };
        entries.sort_by_cached_key(|entry| Reverse(place(entry)));
        (entries, errors)
    }

    /// Names and lengths of the records.
    fn files(&self) -> Vec<(String, u64)> {
        let Ok(entries) = fs::read_dir(&self.folder) else { return Vec::new() };
        let file = |entry: io::Result<fs::DirEntry>| {
            let entry = entry.ok()?;
            let name = entry.file_name().into_string().ok()?;
            let id = name.strip_suffix(&format!(".{RECORD}"))?.to_owned();
            let metadata = entry.metadata().ok().filter(fs::Metadata::is_file)?;
            (!id.starts_with('.')).then_some((id, metadata.len()))
        };
        entries.filter_map(file).collect()
    }

    /// The one record whose name begins like this; "last" is the latest.
    ///
    /// # Errors
    /// None does, or several do.
    pub fn find(&self, begun: &str) -> Result<String, HistoryError> {
        let mut ids: Vec<String> = self.files().into_iter().map(|(id, _)| id).collect();
        ids.sort_unstable_by_key(|id| Reverse(id.clone()));
        if begun == "last" {
            return ids.into_iter().next().ok_or_else(|| HistoryError::Unknown(begun.to_owned()));
        }
        let mut fitting = ids.into_iter().filter(|id| id.starts_with(begun));
        match (fitting.next(), fitting.next()) {
            (Some(id), None) => Ok(id),
            (Some(id), _) if id == begun => Ok(id),
            (Some(_), Some(_)) => Err(HistoryError::Ambiguous(begun.to_owned())),
            (None, _) => Err(HistoryError::Unknown(begun.to_owned())),
        }
    }

    /// Reads a record.
    ///
    /// # Errors
    /// It is not there, or broken.
    pub fn read(&self, id: &str) -> Result<Record, HistoryError> {
        record::read(&self.path(id))
    }

    /// Note and pin of a record; none of one that has none, or whose file can't be read.
    pub fn meta(&self, id: &str) -> Meta {
        let text = fs::read_to_string(self.meta_path(id)).ok();
        text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    /// Sets note and pin of a record. The file is replaced as a whole: of two programs that write at once, the later one stands.
    ///
    /// # Errors
    /// The folder can't be written.
    pub fn set_meta(&self, id: &str, meta: &Meta) -> Result<(), HistoryError> {
        let cut = Meta { note: meta.note.chars().take(LONGEST_NOTE).collect(), ..meta.clone() };
        let json = serde_json::to_string(&cut).unwrap_or_else(|error| unreachable!("text keys: {error}"));
        let path = self.meta_path(id);
        replace(&path, json.as_bytes(), None, true).map_err(|source| HistoryError::Io { path, source })
    }

    /// Deletes a record. One that is gone already is no error.
    ///
    /// # Errors
    /// It can't be deleted.
    pub fn delete(&self, id: &str) -> Result<(), HistoryError> {
        for path in [self.path(id), self.meta_path(id)] {
            match fs::remove_file(&path) {
                Err(source) if source.kind() != io::ErrorKind::NotFound => {
                    return Err(HistoryError::Io { path, source });
                }
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }

    /// Deletes the oldest records beyond the bounds, but none that is pinned and not the latest; and what killed programs left.
    pub(super) fn tidy(&self) {
        let mut files = self.files();
        files.sort();
        files.pop();
        let (mut count, mut bytes) = (files.len() + 1, files.iter().map(|(_, bytes)| bytes).sum::<u64>());
        for (id, length) in files {
            if count <= self.most_records && bytes <= self.most_bytes {
                break;
            }
            if !self.meta(&id).is_pinned && self.delete(&id).is_ok() {
                count -= 1;
                bytes -= length;
            }
        }
        self.sweep();
    }

    /// Removes what was being written by programs that are dead: its lock can be taken.
    fn sweep(&self) {
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
            let is_unfinished =
                path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(UNFINISHED));
            if is_unfinished && is_dead(&path) {
                // What can't be removed now is tried again by the next run.
                fs::remove_file(&path).ok();
            }
        }
    }
}

fn is_dead(path: &Path) -> bool {
    let Ok(file) = File::open(path) else { return false };
    let written = file.metadata().and_then(|metadata| metadata.modified());
    let age = written.ok().and_then(|written| SystemTime::now().duration_since(written).ok());
    age.is_some_and(|age| age > SWEPT_AFTER) && file.try_lock().is_ok()
}

#[cfg(test)]
mod tests;
