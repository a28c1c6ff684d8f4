//! Why a server didn't start, or could not be told something.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use super::endpoint::Endpoint;
use super::port::PortError;
use super::run_folder::RunFolderError;

/// Why a server didn't start, or could not be told something. Each names the server.
#[derive(Debug, thiserror::Error)]
pub enum NodeError {
    /// A setting can't be written into a configuration file.
    #[error("server {name}: {what}")]
    Setting {
        /// Which server.
        name: String,
        /// What is wrong.
        what: String,
    },
    /// Its files can't be written.
    #[error("server {name}: can't write {}: {source}. Is the disk full? TMPDIR chooses another folder", path.display())]
    Files {
        /// Which server.
        name: String,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is no free port.
    #[error("server {name}: {source}")]
    Port {
        /// Which server.
        name: String,
        /// How many were looked at.
        source: PortError,
    },
    /// An empty database can't be made.
    #[error("server {name}: can't set up an empty database; {program}: {why}")]
    SetUp {
        /// Which server.
        name: String,
        /// The program that does it.
        program: &'static str,
        /// What it said.
        why: String,
    },
    /// The process can't be started.
    #[error("server {name}: {source}")]
    Spawn {
        /// Which server.
        name: String,
        /// What was tried.
        source: RunFolderError,
    },
    /// It ended while starting.
    #[error("server {name} ({binary}) ended {} ms after its start with {status}; its last words:\n{log}", .after.as_millis())]
    Ended {
        /// Which server.
        name: String,
        /// The program.
        binary: String,
        /// Exit status in words.
        status: String,
        /// How long it lived.
        after: Duration,
        /// The last lines it wrote.
        log: String,
    },
    /// Other programs were quicker to take the port, each time.
    #[error(
        "server {name}: port {port} on 127.0.0.1 is taken by another program (tried {tries} times). End it, or start again"
    )]
    PortTaken {
        /// Which server.
        name: String,
        /// The last one tried.
        port: u16,
        /// How often.
        tries: usize,
    },
    /// It runs and doesn't answer.
    #[error("server {name} on {endpoint} was not ready after {} s ({problem}); its last words:\n{log}", .waited.as_secs())]
    NotReady {
        /// Which server.
        name: String,
        /// Where it should listen.
        endpoint: Endpoint,
        /// How long it was waited for.
        waited: Duration,
        /// The last answer.
        problem: String,
        /// The last lines it wrote.
        log: String,
    },
    /// A Sentinel refuses the quick pace.
    #[error(
        "Sentinel {name} refuses SENTINEL DEBUG ({problem}), without which a short down-after makes it flap. Use \
         Valkey or Redis 7.0 and later, or switch the quick pace off with a down-after of 2 s"
    )]
    QuickPace {
        /// Which Sentinel.
        name: String,
        /// Its answer.
        problem: String,
    },
    /// A signal could not be delivered, since the process is gone.
    #[error("server {name}: can't {action} it: {source}")]
    Signal {
        /// Which server.
        name: String,
        /// What was asked for.
        action: &'static str,
        /// What the system said.
        source: io::Error,
    },
}
