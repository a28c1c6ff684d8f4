//! Where the figures of a machine are kept: in the user's data folder. They count as long as machine, server and program are the same.

use std::fs;
use std::path::{Path, PathBuf};
use std::thread::available_parallelism;

use super::capacity::{CAPACITY_VERSION, Capacity, IS_OPTIMISED};
use crate::files::{FileError, LARGEST_FILE_BYTES, ResultFile};
use crate::servers::{ServerBinary, Surroundings, at_hand};

/// The file, in the data folder.
const FILE: &str = "capacity.json";

impl Capacity {
    /// What was measured on this machine, with the server that a run would take; none where nothing was, or with other cores, another
    /// server or another build of this program. Starts the server program to ask for its version, but only if there are figures.
    pub fn stored(explicit: Option<&Path>) -> Option<Self> {
        let surroundings = Surroundings::from_env();
        let found = Self::load(surroundings.data_folder.as_deref()?)?;
        let server = at_hand(&surroundings, explicit)?;
        found.is_of(cores(), &named(&server)).then_some(found)
    }

    /// Keeps it for later runs, in place of what was kept before.
    ///
    /// # Errors
    /// There is no data folder, or it can't be written; what was kept before is still there then.
    pub fn store(&self) -> Result<(), FileError> {
        let folder = Surroundings::from_env().data_folder.ok_or_else(|| FileError::Unwritable {
            path: FILE.into(),
            source: std::io::Error::from(std::io::ErrorKind::NotFound),
        })?;
        self.save(&folder)
    }

    /// As JSON, with a newline at its end.
    pub fn to_json(&self) -> String {
        let mut json = serde_json::to_string_pretty(self)
            .unwrap_or_else(|error| unreachable!("it has text keys and finite numbers: {error}"));
        json.push('\n');
        json
    }

    /// A file that can't be read, or makes no sense, is as good as none.
    fn load(folder: &Path) -> Option<Self> {
        let path = folder.join(FILE);
        if fs::metadata(&path).ok()?.len() > LARGEST_FILE_BYTES {
            return None;
        }
        let found: Self = serde_json::from_str(&fs::read_to_string(path).ok()?).ok()?;
        (found.capacity_version == CAPACITY_VERSION).then_some(found)
    }

    fn save(&self, folder: &Path) -> Result<(), FileError> {
        let path: PathBuf = folder.join(FILE);
        fs::create_dir_all(folder).map_err(|source| FileError::Unwritable { path: path.clone(), source })?;
        ResultFile::reserve(&path)?.write(&self.to_json())
    }

    fn is_of(&self, cores: usize, server: &str) -> bool {
        let is_same_program =
            self.program_version == env!("CARGO_PKG_VERSION") && self.is_optimised == IS_OPTIMISED;
        is_same_program && self.cores == cores && self.server == server
    }
}

/// Processor cores that this program may use.
pub(super) fn cores() -> usize {
    available_parallelism().map_or(1, usize::from)
}

/// A server's name in the figures, such as "Valkey 9.1.2".
pub(super) fn named(server: &ServerBinary) -> String {
    format!("{} {}", server.kind, server.version)
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::search::Carried;
    use super::*;

    /// Figures of a machine that carries so many orders and arrivals a second.
    pub fn capacity(orders: f64, arrivals: f64) -> Capacity {
        let carried = |rate: f64| Carried { per_sec: Some(rate), failed_at: Some(rate * 1.25) };
        Capacity {
            capacity_version: CAPACITY_VERSION,
            program_version: env!("CARGO_PKG_VERSION").to_owned(),
            is_optimised: IS_OPTIMISED,
            measured_at: "2026-11-20T12:00:00Z".to_owned(),
            cores: 2,
            server: "Valkey 9.1.2".to_owned(),
            whole_path: carried(orders),
            funnel: carried(arrivals),
            exchanges: Vec::new(),
            schedule: Vec::new(),
            runs: Vec::new(),
        }
    }

    #[test]
    fn figures_come_back_as_they_were_and_replace_older_ones() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("data");
        assert_eq!(Capacity::load(&folder), None);
        for orders in [90_000.0, 80_000.0] {
            let figures = capacity(orders, 500_000.0);
            figures.save(&folder).unwrap();
            assert_eq!(Capacity::load(&folder), Some(figures));
        }
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    }

    #[test]
    fn a_broken_file_or_one_of_another_version_is_as_good_as_none() {
        let folder = tempfile::tempdir().unwrap();
        let later = Capacity { capacity_version: CAPACITY_VERSION + 1, ..capacity(1.0, 2.0) }.to_json();
        for text in ["", "{}", "[1, 2]", "{\"cores\": \"many\"}", &later] {
            fs::write(folder.path().join(FILE), text).unwrap();
            assert_eq!(Capacity::load(folder.path()), None, "{text}");
        }
    }

    #[test]
    fn figures_of_other_cores_another_server_or_another_program_do_not_count() {
        let figures = capacity(90_000.0, 500_000.0);
        assert!(figures.is_of(2, "Valkey 9.1.2"));
        assert!(!figures.is_of(4, "Valkey 9.1.2") && !figures.is_of(2, "Valkey 9.1.3"));
        let older = Capacity { program_version: "0.0.1".to_owned(), ..figures.clone() };
        let other = Capacity { is_optimised: !IS_OPTIMISED, ..figures };
        assert!(!older.is_of(2, "Valkey 9.1.2") && !other.is_of(2, "Valkey 9.1.2"));
    }
}
