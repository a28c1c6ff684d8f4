//! What the machine offers: the search path, and a folder to keep things in.

use std::env;
use std::ffi::OsString;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use directories::ProjectDirs;

/// Replaces the folder for data that outlives a run (a provisioned server).
pub const DATA_FOLDER_VARIABLE: &str = "SECKILL_LAB_DATA_DIR";

/// Where programs are looked for and where a provisioned server is kept.
///
/// A value and not the environment itself, so that tests can try another machine without changing their own.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// Folders separated as in `PATH`; servers, `python3` and `pip` are looked for here.
    pub search_path: OsString,
    /// The user's data folder; `None` when there is no home folder and [`DATA_FOLDER_VARIABLE`] is not set.
    pub data_folder: Option<PathBuf>,
}

impl Surroundings {
    /// `PATH` and the user's data folder: [`DATA_FOLDER_VARIABLE`] when set, else what the system prescribes
    /// (`~/.local/share/seckill-lab` on Linux, `~/Library/Application Support/seckill-lab` on macOS).
    pub fn from_env() -> Self {
        let chosen = env::var_os(DATA_FOLDER_VARIABLE).filter(|value| !value.is_empty()).map(PathBuf::from);
        let prescribed =
            || ProjectDirs::from("", "", "seckill-lab").map(|dirs| dirs.data_local_dir().to_owned());
        Self { search_path: env::var_os("PATH").unwrap_or_default(), data_folder: chosen.or_else(prescribed) }
    }

    /// Every executable file called `name` on the search path, first come first.
    pub(crate) fn on_path(&self, name: &str) -> Vec<PathBuf> {
        let mut found: Vec<PathBuf> = Vec::new();
        for folder in env::split_paths(&self.search_path).filter(|folder| folder.is_absolute()) {
            let path = folder.join(name);
            if is_executable_file(&path) && !found.contains(&path) {
                found.push(path);
            }
        }
        found
    }
}

/// A file (or a link to one) with an executable bit.
pub(crate) fn is_executable_file(path: &Path) -> bool {
    path.metadata().is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_executable_files_in_absolute_folders_are_found() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("plain"), "").expect("a file");
        std::fs::create_dir(folder.path().join("sh")).expect("a folder");
        let search_path =
            env::join_paths([folder.path(), Path::new("."), Path::new("/bin")]).expect("a search path");
        let surroundings = Surroundings { search_path, data_folder: None };
        assert_eq!(surroundings.on_path("plain"), Vec::<PathBuf>::new());
        assert_eq!(surroundings.on_path("sh"), vec![PathBuf::from("/bin/sh")]);
    }
}
