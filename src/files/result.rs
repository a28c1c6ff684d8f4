//! Results on disk: reserved before the run, written after it, whole or not at all.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::error::FileError;

/// A result file to be: its folder was found writable before the run began.
#[derive(Debug)]
pub struct ResultFile {
    path: PathBuf,
    file: NamedTempFile,
}

impl ResultFile {
    /// Makes sure that a file can be written there later. Nothing is changed at the path itself.
    ///
    /// # Errors
    /// The folder is missing or not writable, or the path is a directory.
    pub fn reserve(path: &Path) -> Result<Self, FileError> {
        if path.is_dir() {
            return Err(FileError::Unwritable {
                path: path.into(),
                source: io::Error::from(io::ErrorKind::IsADirectory),
            });
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        // A report is an ordinary file, so it gets the permissions that the user's umask leaves to one.
        let permissions = std::os::unix::fs::PermissionsExt::from_mode(0o666);
        match tempfile::Builder::new().permissions(permissions).tempfile_in(folder.unwrap_or(Path::new(".")))
        {
            Ok(file) => Ok(Self { path: path.into(), file }),
            Err(source) => Err(FileError::Unwritable { path: path.into(), source }),
        }
    }

    /// Writes the text and puts the file in its place. An older file there is replaced only by a whole new one.
    ///
    /// # Errors
    /// The disk is full, or the file can't be put there; then an older file is as it was.
    pub fn write(mut self, text: &str) -> Result<(), FileError> {
        let path = self.path;
        let written = self.file.write_all(text.as_bytes()).and_then(|()| self.file.as_file().sync_all());
        written
            .and_then(|()| self.file.persist(&path).map(drop).map_err(|error| error.error))
            .map_err(|source| FileError::Unwritable { path, source })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_replaces_an_older_one_as_a_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report.json");
        std::fs::write(&path, "old").unwrap();
        let result = ResultFile::reserve(&path).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
        result.write("new").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "new");
        assert_eq!(
            std::fs::read_dir(folder.path()).unwrap().count(),
            1,
            "nothing else is left in the folder"
        );
    }

    #[test]
    fn a_place_that_cannot_be_written_is_found_before_the_run() {
        let folder = tempfile::tempdir().unwrap();
        for path in [folder.path().to_path_buf(), folder.path().join("missing").join("report.json")] {
            assert!(matches!(ResultFile::reserve(&path), Err(FileError::Unwritable { .. })), "{path:?}");
        }
    }
}
