//! Asks pip, the installer of Python packages, for one file.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::bounded::{Group, last_lines, run_bounded};
use super::surroundings::Surroundings;

/// `pip --version` loads a good part of Python; on a cold disk that takes seconds.
const VERSION_WITHIN: Duration = Duration::from_secs(20);
/// How long a download may take.
pub(crate) const DOWNLOAD_WITHIN: Duration = Duration::from_mins(3);
/// The ways to call it, in the order they are tried.
pub(crate) const WAYS: [&[&str]; 3] = [&["python3", "-m", "pip"], &["pip3"], &["pip"]];

/// A pip that has told its version.
#[derive(Clone, Debug)]
pub(crate) struct Pip {
    program: PathBuf,
    arguments: Vec<OsString>,
    search_path: OsString,
    /// "python3 -m pip (pip 23.2.1 from …)".
    pub shown: String,
}

impl Pip {
    /// The first that answers, of [`WAYS`] after the first `skip`, and how many ways were used up by it.
    pub(crate) fn find(surroundings: &Surroundings, skip: usize) -> Option<(Self, usize)> {
        WAYS.iter().enumerate().skip(skip).find_map(|(index, way)| {
            let program = surroundings.on_path(way[0]).into_iter().next()?;
            let mut pip = Self {
                program,
                arguments: way[1..].iter().map(OsString::from).collect(),
                search_path: surroundings.search_path.clone(),
                shown: way.join(" "),
            };
            let mut command = pip.command();
            command.arg("--version");
            let finished = run_bounded(command, Group::Shared, VERSION_WITHIN).ok()?;
            let version = finished.output.lines().find(|line| line.starts_with("pip "))?.to_owned();
            pip.shown = format!("{} ({version})", pip.shown);
            finished.success.then_some((pip, index + 1))
        })
    }

    /// Downloads the one wheel that `requirements` allows on this machine into `into`, an empty folder.
    ///
    /// # Errors
    /// What was tried, with the last lines pip wrote.
    pub(crate) fn download(&self, requirements: &Path, into: &Path) -> Result<PathBuf, String> {
        let mut command = self.command();
        command.args(["download", "--no-deps", "--only-binary=:all:", "--require-hashes", "-r"]);
        command.arg(requirements).arg("-d").arg(into);
        let finished = run_bounded(command, Group::Shared, DOWNLOAD_WITHIN)
            .map_err(|error| format!("{}: {error}", self.shown))?;
        if !finished.success {
            let said = last_lines(&finished.output, 4);
            return Err(format!("{} ended with {}:\n{said}", self.shown, finished.status));
        }
        let wheel = fs::read_dir(into)
            .map_err(|error| format!("{}: can't read {}: {error}", self.shown, into.display()))?
            .filter_map(Result::ok)
            .map(|entry| entry.path())
            .find(|path| path.extension().is_some_and(|extension| extension == "whl"));
        wheel.ok_or_else(|| format!("{} said it succeeded, but there is no wheel", self.shown))
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command
            .args(&self.arguments)
            .env("PATH", &self.search_path)
            .env("PIP_DISABLE_PIP_VERSION_CHECK", "1")
            .env("PIP_NO_INPUT", "1")
            // Some people forbid installing outside a virtual environment; nothing is installed here.
            .env("PIP_REQUIRE_VIRTUALENV", "0");
        command
    }
}
