//! What is in a folder, for a dialog in which a path is typed.

use std::path::Path;
use std::{fs, io};

/// More entries than this are not listed; nobody would read them.
const MOST: usize = 2_000;

/// Something in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: String,
    /// Whether it is a folder itself.
    pub is_folder: bool,
}

/// Folders, and files with the extension (in any case); folders first, both by name. What is hidden, and names that are
/// no text, are left out.
///
/// # Errors
/// The folder is missing or can't be read.
pub fn list(folder: &Path, extension: &str) -> io::Result<Vec<Entry>> {
    let mut found: Vec<Entry> = fs::read_dir(folder)?
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let name = entry.file_name().into_string().ok()?;
            // Through links: a link to a folder is a folder here.
            let is_folder = entry.path().is_dir();
            let has_extension =
                Path::new(&name).extension().is_some_and(|found| found.eq_ignore_ascii_case(extension));
            (!name.starts_with('.') && (is_folder || has_extension)).then_some(Entry { name, is_folder })
        })
        .take(MOST)
        .collect();
    found.sort_by_cached_key(|entry| (!entry.is_folder, entry.name.to_lowercase()));
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_come_first_and_other_files_are_left_out() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.ron", "A.RON", "notes.txt", ".hidden.ron"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        fs::create_dir(folder.path().join("zoo")).unwrap();
        let found = list(folder.path(), "ron").unwrap();
        let names: Vec<&str> = found.iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["zoo", "A.RON", "b.ron"]);
        assert!(list(&folder.path().join("missing"), "ron").is_err());
    }
}
