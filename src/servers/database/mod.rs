//! Servers of databases: PostgreSQL and MariaDB, as they are installed on this machine. The lab doesn't fetch them.
//!
//! - [`postgres`] and [`mariadb`]: how each is set up, configured, started and seen to be ready.

mod mariadb;
mod postgres;

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::binary::{BinaryError, Origin, ServerBinary, ServerKind, major_minor, probe};
use super::bounded::{Group, last_lines, run_bounded};
use super::endpoint::Endpoint;
use super::node_error::NodeError;
use super::owner::Owner;
use super::run_folder::RunFolder;
use super::surroundings::{Surroundings, is_executable_file};

/// The user as whom the lab talks to a database server. It has no password: the server listens on 127.0.0.1 only.
pub const DATABASE_USER: &str = "lab";
/// Setting up an empty database takes half a second; on a busy machine several.
const SET_UP_WITHIN: Duration = Duration::from_mins(1);
/// Where the files of the database are in its folder.
const DATA: &str = "data";
/// Connections beyond those that are asked for: of the audit, of faults, of people who look on.
const SPARE_CONNECTIONS: usize = 20;

/// How a database server is to work.
#[derive(Clone, Debug)]
pub struct DatabaseSettings {
    /// Whether each commit waits for the disk.
    pub sync_each_commit: bool,
    /// How many connections the run opens.
    pub connections: usize,
    /// How many replicas copy from it. PostgreSQL only.
    pub replica_count: usize,
    /// The master that it copies from; none for a master. PostgreSQL only.
    pub replica_of: Option<Endpoint>,
    /// More options on its command line; they come last.
    pub extra: Vec<String>,
}

/// A database server to be started.
#[derive(Clone, Debug)]
pub(crate) struct DatabaseProgram {
    pub kind: ServerKind,
    pub settings: DatabaseSettings,
    /// As whom it runs; none: as this program.
    pub owner: Option<Owner>,
}

/// What is known of a kind of database server.
struct Known {
    program: &'static str,
    /// Sets up an empty database.
    set_up: &'static str,
    /// Folders in which systems put the program besides those of the search path; a last `*` stands for any version.
    folders: &'static [&'static str],
    help: &'static str,
}

fn known(kind: ServerKind) -> &'static Known {
    match kind {
        ServerKind::MariaDb => &mariadb::KNOWN,
        _ => &postgres::KNOWN,
    }
}

/// Finds a database server on this machine.
///
/// # Errors
/// There is none, or the program that sets up an empty database is missing; with how to install it.
pub fn find_database(kind: ServerKind) -> Result<ServerBinary, BinaryError> {
    find_database_in(&Surroundings::from_env(), Path::new("/"), kind)
}

/// [`find_database`], on another search path and below another root.
///
/// # Errors
/// As [`find_database`].
pub fn find_database_in(
    surroundings: &Surroundings,
    root: &Path,
    kind: ServerKind,
) -> Result<ServerBinary, BinaryError> {
    let known = known(kind);
    let on_path = surroundings.on_path(known.program).into_iter();
    let elsewhere = known.folders.iter().flat_map(|pattern| folders(root, pattern));
    let elsewhere =
        elsewhere.map(|folder| folder.join(known.program)).filter(|path| is_executable_file(path));
    let usable = |path: PathBuf| {
        let binary = probe(&path, Origin::OnPath).ok().filter(|binary| binary.kind == kind)?;
        helper(&binary.path, known.set_up).is_some().then_some(binary)
    };
    on_path.chain(elsewhere).find_map(usable).ok_or(BinaryError::NoDatabase { kind, help: known.help })
}

/// The folders that a pattern stands for; of several versions the latest first.
fn folders(root: &Path, pattern: &str) -> Vec<PathBuf> {
    let Some((before, after)) = pattern.split_once('*') else { return vec![root.join(pattern)] };
    let entries = fs::read_dir(root.join(before)).into_iter().flatten().filter_map(Result::ok);
    let mut versions: Vec<String> =
        entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    versions.sort_by_key(|version| std::cmp::Reverse(major_minor(version)));
    let folder = |version: String| root.join(before).join(version).join(after.trim_start_matches('/'));
    versions.into_iter().map(folder).collect()
}

/// A program that comes with a server: beside it, beside the file that a link leads to, or in the folder of programs next to it.
fn helper(server: &Path, name: &str) -> Option<PathBuf> {
    let beside = |path: &Path| Some(path.parent()?.join(name));
    let next_to = |path: &Path| Some(path.parent()?.parent()?.join("bin").join(name));
    let target = server.canonicalize().ok();
    let places = [beside(server), target.as_deref().and_then(beside), next_to(server)];
    places.into_iter().flatten().find(|path| is_executable_file(path))
}

impl DatabaseProgram {
    /// How a kind of server is to be run here.
    pub(crate) fn new(kind: ServerKind, settings: DatabaseSettings) -> Self {
        let names: &[&str] = if kind == ServerKind::MariaDb { &["mysql"] } else { &["postgres"] };
        Self { kind, settings, owner: Owner::instead_of_root(names) }
    }

    /// Sets up an empty database in the server's own folder, or a copy of its master's. Blocks.
    ///
    /// # Errors
    /// The files can't be written, or the program that does it fails.
    pub(crate) fn set_up(
        &self,
        name: &str,
        binary: &ServerBinary,
        folder: &Path,
        run: &RunFolder,
    ) -> Result<(), NodeError> {
        let on_file = |source| NodeError::Files { name: name.to_owned(), path: folder.to_owned(), source };
        if let Some(owner) = self.owner {
            run.let_through().map_err(on_file)?;
            owner.takes(folder).map_err(on_file)?;
        }
        let set_up = match self.settings.replica_of {
            Some(_) => postgres::COPY,
            None => known(self.kind).set_up,
        };
        let failed = |why: String| NodeError::SetUp { name: name.to_owned(), program: set_up, why };
        let program = helper(&binary.path, set_up).ok_or_else(|| failed("it is missing".to_owned()))?;
        let mut command = Command::new(program);
        match self.kind {
            ServerKind::MariaDb => mariadb::set_up(&mut command, folder),
            _ => match self.settings.replica_of {
                Some(master) => postgres::copy(&mut command, master, folder),
                None => postgres::set_up(&mut command, folder),
            },
        }
        command.current_dir(folder);
        if let Some(owner) = self.owner {
            owner.runs(&mut command);
        }
        let finished = run_bounded(command, Group::Own, SET_UP_WITHIN);
        let finished = finished.map_err(|error| failed(error.to_string()))?;
        if finished.success {
            Ok(())
        } else {
            // What went wrong stands before much good advice.
            let is_error = |line: &&str| line.to_ascii_lowercase().contains("error");
            let errors: Vec<&str> = finished.output.lines().filter(is_error).take(5).collect();
            let said = if errors.is_empty() { last_lines(&finished.output, 5) } else { errors.join("\n") };
            Err(failed(format!("{}:\n{said}", finished.status)))
        }
    }

    /// Writes what it is configured by and answers its arguments.
    ///
    /// # Errors
    /// A file can't be written.
    pub(crate) fn configure(&self, port: u16, folder: &Path) -> io::Result<Vec<OsString>> {
        let mut arguments = match self.kind {
            ServerKind::MariaDb => mariadb::configure(&self.settings, port, folder)?,
            _ => postgres::configure(&self.settings, port, folder)?,
        };
        arguments.extend(self.settings.extra.iter().map(OsString::from));
        Ok(arguments)
    }

    /// Whether the process answers; if not, why not.
    pub(crate) async fn is_ready(&self, port: u16, folder: &Path, pid: u32) -> Result<(), String> {
        match self.kind {
            ServerKind::MariaDb => mariadb::is_ready(port, folder, pid).await,
            _ => postgres::is_ready(folder, pid),
        }
    }
}

/// The name of the database in which the tables are.
pub fn database_name(kind: ServerKind) -> &'static str {
    if kind == ServerKind::MariaDb { mariadb::DATABASE } else { postgres::DATABASE }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_server_is_said_with_how_to_install_it() {
        let nowhere = tempfile::tempdir().expect("a folder");
        let surroundings = Surroundings { search_path: OsString::new(), data_folder: None };
        for (kind, package) in
            [(ServerKind::PostgreSql, "postgresql"), (ServerKind::MariaDb, "mariadb-server")]
        {
            let error = find_database_in(&surroundings, nowhere.path(), kind).expect_err("nothing is there");
            let (said, remedy) = (error.to_string(), format!("apt-get install {package}"));
            assert!(said.contains(&kind.to_string()) && said.contains(&remedy), "{said}");
        }
    }

    #[test]
    fn the_latest_version_that_is_installed_comes_first() {
        let root = tempfile::tempdir().expect("a folder");
        for version in ["9.6", "15", "8.4"] {
            fs::create_dir_all(root.path().join("usr/lib/postgresql").join(version)).expect("a folder");
        }
        let found = folders(root.path(), "usr/lib/postgresql/*/bin");
        let expected = ["15", "9.6", "8.4"]
            .map(|version| root.path().join("usr/lib/postgresql").join(version).join("bin"));
        assert_eq!(found, expected);
    }
}
