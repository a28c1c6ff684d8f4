//! Which server program to run.
//!
//! In this order: the one named on the command line, `valkey-server` and then `redis-server` on the search path, the
//! copy provisioned earlier, a copy provisioned now. A named one that can't be used is an error: running another
//! server than the one asked for would put the wrong name on every number of the report.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use super::Progress;
use super::bounded::{BoundedError, Group, last_lines, run_bounded};
use super::package::{NATS, VALKEY};
use super::provision::{self, ProvisionError};
use super::surroundings::{Surroundings, is_executable_file};

/// The environment variable that stands in for `--redis-server`; read by the command line, not here.
pub const SERVER_VARIABLE: &str = "SECKILL_LAB_REDIS_SERVER";
/// Names looked for on the search path, best first.
pub const SERVER_NAMES: [&str; 2] = ["valkey-server", "redis-server"];
/// The oldest Redis: BLMOVE, by which consumers wait, came with 6.2.
pub const OLDEST_REDIS: (u32, u32) = (6, 2);
/// `--version` answers in a few milliseconds; this long means that it never will.
const VERSION_WITHIN: Duration = Duration::from_secs(5);

/// Which server a program is. The program itself says so; its name may lie (Fedora links one to the other).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum ServerKind {
    /// Valkey, the fork of Redis 7.2.
    Valkey,
    /// Redis.
    Redis,
    /// NATS, which keeps streams by its `JetStream`.
    Nats,
    /// RabbitMQ.
    RabbitMq,
    /// PostgreSQL.
    PostgreSql,
    /// MariaDB.
    MariaDb,
}

impl ServerKind {
    /// Whether it is a Redis or a Valkey.
    pub fn is_redis(self) -> bool {
        matches!(self, Self::Valkey | Self::Redis)
    }
}

impl fmt::Display for ServerKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Valkey => "Valkey",
            Self::Redis => "Redis",
            Self::Nats => "NATS",
            Self::PostgreSql => "PostgreSQL",
            Self::MariaDb => "MariaDB",
            Self::RabbitMq => "RabbitMQ",
        })
    }
}

/// How a server program was come by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub enum Origin {
    /// Named by the user.
    Explicit,
    /// Found on the search path.
    OnPath,
    /// Fetched by an earlier start of the lab.
    ProvisionedEarlier,
    /// Fetched just now.
    ProvisionedNow,
}

/// A server program that has told its version.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ServerBinary {
    /// The program; absolute.
    pub path: PathBuf,
    /// What it says it is.
    pub kind: ServerKind,
    /// Its version as it writes it, "9.1.2".
    pub version: String,
    /// How it was come by.
    pub origin: Origin,
}

impl fmt::Display for ServerBinary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({})", self.kind, self.version, self.path.display())
    }
}

/// Why a file can't serve as the server.
#[derive(Debug, thiserror::Error)]
pub enum Unusable {
    /// There is nothing at that path.
    #[error("there is no such file")]
    Missing,
    /// A folder was named.
    #[error("it is a folder")]
    Folder,
    /// The executable bit is missing.
    #[error("it is not executable; try `chmod +x`")]
    NotExecutable,
    /// The system refuses to run it: another processor, a file system mounted noexec.
    #[error("the system can't run it: {0}")]
    NotStarted(io::Error),
    /// It didn't answer.
    #[error("`--version` gave no answer within {} s", .0.as_secs())]
    Hung(Duration),
    /// It answered something else.
    #[error("it is no server that the lab knows; `--version` ended with {status} and said: {said}")]
    NotAServer {
        /// Exit status in words.
        status: String,
        /// The last lines it wrote.
        said: String,
    },
    /// It is another server than the one that is needed.
    #[error("it is {0}, which is another server")]
    Other(ServerKind),
    /// It is a Redis from before [`OLDEST_REDIS`].
    #[error("it is Redis {version}, and the lab needs {}.{} or later", OLDEST_REDIS.0, OLDEST_REDIS.1)]
    TooOld {
        /// The version it told.
        version: String,
    },
}

/// Why there is no server to run.
#[derive(Debug, thiserror::Error)]
pub enum BinaryError {
    /// The server the user named can't be used; no other was tried.
    #[error(
        "can't use the server named with --redis-server, {}: {reason}. Give the full path of a valkey-server or of a \
         redis-server {}.{} or later, or leave the option (and {SERVER_VARIABLE}) out to let the lab find one",
        path.display(), OLDEST_REDIS.0, OLDEST_REDIS.1
    )]
    Explicit {
        /// As given.
        path: PathBuf,
        /// What is wrong with it.
        reason: Unusable,
    },
    /// A database server is not installed; the lab doesn't fetch one.
    #[error("there is no {kind} server on this machine. Install it: {help}")]
    NoDatabase {
        /// Which server.
        kind: ServerKind,
        /// How to install it.
        help: &'static str,
    },
    /// None was found, and the lab can't fetch one: how to install it.
    #[error("{0}")]
    NotInstalled(&'static str),
    /// None was found, and none could be fetched.
    #[error(transparent)]
    Provision(#[from] ProvisionError),
}

/// Finds a server, and fetches one if there is none.
///
/// # Errors
/// When `explicit` can't be used, or when there is no server and none can be fetched.
pub fn find(explicit: Option<&Path>, progress: Progress<'_>) -> Result<ServerBinary, BinaryError> {
    find_in(&Surroundings::from_env(), explicit, progress)
}

/// [`find`], on another search path and with another data folder.
///
/// # Errors
/// As [`find`].
pub fn find_in(
    surroundings: &Surroundings,
    explicit: Option<&Path>,
    progress: Progress<'_>,
) -> Result<ServerBinary, BinaryError> {
    if let Some(path) = explicit {
        return probe_redis(path, Origin::Explicit)
            .map_err(|reason| BinaryError::Explicit { path: path.to_owned(), reason });
    }
    for path in SERVER_NAMES.iter().flat_map(|name| surroundings.on_path(name)) {
        match probe_redis(&path, Origin::OnPath) {
            Ok(binary) => return Ok(binary),
            Err(reason) => progress(&format!("Passing over {}: {reason}", path.display())),
        }
    }
    Ok(provision::find_or_fetch(&VALKEY, surroundings, progress)?)
}

/// Finds a NATS server on the search path, and fetches one if there is none.
///
/// # Errors
/// There is none and none can be fetched.
pub fn find_nats(progress: Progress<'_>) -> Result<ServerBinary, BinaryError> {
    let surroundings = Surroundings::from_env();
    match nats_on_path(&surroundings) {
        Some(binary) => Ok(binary),
        None => Ok(provision::find_or_fetch(&NATS, &surroundings, progress)?),
    }
}

/// The NATS server that [`find_nats`] would find without fetching one.
pub fn nats_at_hand(surroundings: &Surroundings) -> Option<ServerBinary> {
    nats_on_path(surroundings).or_else(|| {
        let provided = NATS.folder(surroundings)?.join(NATS.program);
        probe(&provided, Origin::ProvisionedEarlier).ok()
    })
}

fn nats_on_path(surroundings: &Surroundings) -> Option<ServerBinary> {
    let found = surroundings.on_path(NATS.program).into_iter();
    let mut found = found.filter_map(|path| probe(&path, Origin::OnPath).ok());
    found.find(|binary| binary.kind == ServerKind::Nats)
}

/// [`probe`], where only a Redis or a Valkey will do.
pub(crate) fn probe_redis(path: &Path, origin: Origin) -> Result<ServerBinary, Unusable> {
    let binary = probe(path, origin)?;
    if binary.kind.is_redis() { Ok(binary) } else { Err(Unusable::Other(binary.kind)) }
}

/// The server that [`find_in`] would find without fetching one.
pub fn at_hand(surroundings: &Surroundings, explicit: Option<&Path>) -> Option<ServerBinary> {
    if let Some(path) = explicit {
        return probe_redis(path, Origin::Explicit).ok();
    }
    let on_path = SERVER_NAMES.iter().flat_map(|name| surroundings.on_path(name));
    on_path.into_iter().find_map(|path| probe(&path, Origin::OnPath).ok()).or_else(|| {
        let provided = VALKEY.folder(surroundings)?.join(VALKEY.program);
        probe(&provided, Origin::ProvisionedEarlier).ok()
    })
}

/// Asks the program at `path` what it is, in bounded time.
///
/// # Errors
/// When the file is not a server the lab can use.
pub fn probe(path: &Path, origin: Origin) -> Result<ServerBinary, Unusable> {
    let meta = path.metadata().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => Unusable::Missing,
        _ => Unusable::NotStarted(error),
    })?;
    if meta.is_dir() {
        return Err(Unusable::Folder);
    }
    if !is_executable_file(path) {
        return Err(Unusable::NotExecutable);
    }
    let path = std::path::absolute(path).map_err(Unusable::NotStarted)?;
    let mut command = Command::new(&path);
    command.arg("--version");
    let finished = run_bounded(command, Group::Own, VERSION_WITHIN).map_err(|error| match error {
        BoundedError::NotStarted(error) => Unusable::NotStarted(error),
        BoundedError::TooSlow { within, .. } => Unusable::Hung(within),
    })?;
    let Some((kind, version)) = parse_version(&finished.output).filter(|_| finished.success) else {
        return Err(Unusable::NotAServer { status: finished.status, said: last_lines(&finished.output, 3) });
    };
    if kind == ServerKind::Redis && major_minor(&version) < OLDEST_REDIS {
        return Err(Unusable::TooOld { version });
    }
    Ok(ServerBinary { path, kind, version, origin })
}

/// Reads `Valkey server v=9.1.2 sha=…` or `Redis server v=7.0.15 sha=…`, as printed by `version()` in `server.c`;
/// `nats-server: v2.15.1`; `postgres (PostgreSQL) 15.18 (Debian …)`; or `mariadbd  Ver 10.11.19-MariaDB-… for …`.
fn parse_version(output: &str) -> Option<(ServerKind, String)> {
    output.lines().find_map(|line| {
        if let Some(version) = line.strip_prefix("nats-server: v") {
            return Some((ServerKind::Nats, version.trim().to_owned()));
        }
        if let Some((_, version)) = line.split_once("(PostgreSQL) ") {
            return Some((ServerKind::PostgreSql, version.split_whitespace().next()?.to_owned()));
        }
        if let Some((_, version)) = line.split_once(" Ver ")
            && let Some((version, _)) = version.split_once("-MariaDB")
        {
            return Some((ServerKind::MariaDb, version.trim().to_owned()));
        }
        let (kind, rest) = match line.split_once(" server v=")? {
            ("Valkey", rest) => (ServerKind::Valkey, rest),
            ("Redis", rest) => (ServerKind::Redis, rest),
            _ => return None,
        };
        let version = rest.split_whitespace().next()?;
        version.starts_with(|first: char| first.is_ascii_digit()).then(|| (kind, version.to_owned()))
    })
}

/// The first two numbers of a version; what can't be read counts as 0.
pub(crate) fn major_minor(version: &str) -> (u32, u32) {
    let mut numbers = version.split('.').map(|part| part.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_line_tells_kind_and_version() {
        let valkey = "Valkey server v=9.1.2 sha=00000000:1 malloc=libc bits=64 build=1536df31c0395150\n";
        assert_eq!(parse_version(valkey), Some((ServerKind::Valkey, "9.1.2".to_owned())));
        let redis = "a warning first\nRedis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64\n";
        assert_eq!(parse_version(redis), Some((ServerKind::Redis, "7.0.15".to_owned())));
        assert_eq!(parse_version("nats-server: v2.15.1\n"), Some((ServerKind::Nats, "2.15.1".to_owned())));
        let postgres = "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n";
        assert_eq!(parse_version(postgres), Some((ServerKind::PostgreSql, "15.18".to_owned())));
        let mariadb =
            "/usr/sbin/mariadbd  Ver 10.11.19-MariaDB-0+deb12u1 for debian-linux-gnu on x86_64 (Debian 12)";
        assert_eq!(parse_version(mariadb), Some((ServerKind::MariaDb, "10.11.19".to_owned())));
        for other in [
            "",
            "mysqld  Ver 8.0.36 for Linux on x86_64",
            "KeyDB server v=6.3.4 sha=0",
            "Redis server v=",
            "ls (GNU coreutils) 9.1",
        ] {
            assert_eq!(parse_version(other), None, "{other}");
        }
    }

    #[test]
    fn versions_compare_by_number_and_not_by_letter() {
        assert!(major_minor("6.0.16") < OLDEST_REDIS);
        assert!(major_minor("6.2.0") >= OLDEST_REDIS);
        assert!(major_minor("10.0.1") >= OLDEST_REDIS);
    }
}
