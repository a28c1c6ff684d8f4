//! Whether a file is still what it was when it was read or written.

use std::hash::{DefaultHasher, Hasher};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{FileError, Opened, parse_topology, read_source, read_text};

/// A short sum of a file's bytes. By content and not by date: a file that was only touched has not changed, and one that
/// was replaced within the same tick of the clock has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fingerprint(u64);

impl Fingerprint {
    /// That of a text.
    pub fn of(text: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        hasher.write(text.as_bytes());
        Self(hasher.finish())
    }

    /// Whether the file holds something else now. A file that is gone holds nothing that could be lost.
    pub fn differs_from(self, path: &Path) -> bool {
        match read_text(path) {
            Ok(text) => Self::of(&text) != self,
            Err(FileError::NotFound { .. }) => false,
            Err(_unknown) => true,
        }
    }
}

/// Reads a topology file, and takes its fingerprint; none where the file only carries the design, and is not to be saved over.
///
/// # Errors
/// As [`read_topology`](super::read_topology).
pub fn open_topology(path: &Path) -> Result<(Opened, Option<Fingerprint>), FileError> {
    let source = read_source(path)?;
    let fingerprint = (!source.is_carried).then(|| Fingerprint::of(&source.text));
    Ok((parse_topology(&source.text), fingerprint))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_differs_once_its_content_does() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.ron");
        std::fs::write(&path, "one").unwrap();
        let one = Fingerprint::of("one");
        assert!(!one.differs_from(&path));
        std::fs::write(&path, "two").unwrap();
        assert!(one.differs_from(&path));
        std::fs::remove_file(&path).unwrap();
        assert!(!one.differs_from(&path), "nothing is there that could be lost");
    }
}
