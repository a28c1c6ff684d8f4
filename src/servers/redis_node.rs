//! One server process: a master, a replica or a Sentinel.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::binary::ServerBinary;
use super::bounded::last_lines;
use super::child::GuardedChild;
use super::conf;
use super::endpoint::Endpoint;
use super::port::{PortError, free_ports};
use super::probe::Probe;
use super::run_folder::{RunFolder, RunFolderError};
use super::sentinel::{self, SentinelProgram};

/// The server's own log inside its folder.
pub(crate) const LOG_FILE: &str = "server.log";
/// What it prints before it has opened its log: complaints about its configuration.
const OUTPUT_FILE: &str = "output.txt";
const CONF_FILE: &str = "server.conf";
/// A start takes 10–20 ms; a big append-only file is loaded in a few seconds.
const READY_WITHIN: Duration = Duration::from_secs(15);
/// How often a starting server is asked.
const READY_POLL: Duration = Duration::from_millis(5);
/// How long TERM may take before KILL. A master may wait for replicas that lag.
const STOP_WITHIN: Duration = Duration::from_secs(2);
/// How often a start is tried when each port turns out to be taken.
const PORT_TRIES: usize = 4;
const LOG_LINES: usize = 8;

/// What survives on disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Persistence {
    /// Nothing: a restarted server is empty.
    #[default]
    None,
    /// A snapshot each second if anything was written (`save 1 1`).
    Rdb,
    /// A log of all writes, pushed to the disk once a second.
    AofEverySec,
    /// A log of all writes, pushed to the disk before each answer.
    AofAlways,
}

/// Where a server listens on 127.0.0.1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PortChoice {
    /// A free one.
    #[default]
    Free,
    /// This one, or a free one if it is taken.
    Prefer(u16),
    /// This one or none: others were already told.
    Fixed(u16),
}

/// What a data server is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeSettings {
    /// Its name in messages and its folder's name; unique in a run. Letters, digits, `-`, `_`, `.`.
    pub name: String,
    /// Where it listens.
    pub port: PortChoice,
    /// Its master, as the server itself is to reach it; `None` for a master.
    pub replica_of: Option<Endpoint>,
    /// What survives on disk.
    pub persistence: Persistence,
    /// `maxmemory` in bytes; `None` for no limit.
    pub max_memory_bytes: Option<u64>,
    /// The address it tells its master (and so Sentinel): that of the proxy in front of it, if there is one.
    pub announce: Option<Endpoint>,
    /// More directives, name and value as in `redis.conf`; they come last.
    pub extra: Vec<(String, String)>,
}

impl NodeSettings {
    /// A master without persistence on a free port.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            port: PortChoice::Free,
            replica_of: None,
            persistence: Persistence::None,
            max_memory_bytes: None,
            announce: None,
            extra: Vec::new(),
        }
    }
}

/// As what a server comes back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restart {
    /// As it was first started: the old master believes that it still is the master.
    AsBefore,
    /// As a master, whatever it was.
    AsMaster,
    /// As a replica of this one.
    AsReplicaOf(Endpoint),
}

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

/// What a node runs.
#[derive(Clone, Debug)]
enum Program {
    Data(NodeSettings),
    Sentinel(SentinelProgram),
}

/// A server process. Dropped, it is killed and reaped.
#[derive(Debug)]
pub struct RedisNode {
    name: String,
    binary: ServerBinary,
    program: Program,
    /// Its own folder inside the run's.
    folder: PathBuf,
    run_folder: RunFolder,
    endpoint: Endpoint,
    child: GuardedChild,
    ready_time: Duration,
}

impl RedisNode {
    /// Writes a fresh configuration, starts a server and waits until it answers. A port that was taken meanwhile is
    /// replaced, up to three times, unless it is [`PortChoice::Fixed`].
    ///
    /// # Errors
    /// When a setting is impossible, a file can't be written, or the server ends or stays silent.
    pub async fn start(
        binary: &ServerBinary,
        run: &RunFolder,
        settings: NodeSettings,
    ) -> Result<Self, NodeError> {
        check(&settings)?;
        let (name, choice) = (settings.name.clone(), settings.port);
        Self::start_program(binary, run, name, choice, Program::Data(settings)).await
    }

    /// Starts a Sentinel: the same program with `--sentinel`.
    pub(crate) async fn start_sentinel(
        binary: &ServerBinary,
        run: &RunFolder,
        program: SentinelProgram,
    ) -> Result<Self, NodeError> {
        let (name, choice) = (program.name.clone(), PortChoice::Prefer(program.port));
        Self::start_program(binary, run, name, choice, Program::Sentinel(program)).await
    }

    async fn start_program(
        binary: &ServerBinary,
        run: &RunFolder,
        name: String,
        choice: PortChoice,
        program: Program,
    ) -> Result<Self, NodeError> {
        let folder = run.path().join(&name);
        fs::create_dir(&folder).map_err(|source| match source.kind() {
            io::ErrorKind::AlreadyExists => NodeError::Setting {
                name: name.clone(),
                what: "another server of this run has that name".to_owned(),
            },
            _ => NodeError::Files { name: name.clone(), path: folder.clone(), source },
        })?;
        let mut port = match choice {
            PortChoice::Free => None,
            PortChoice::Prefer(port) | PortChoice::Fixed(port) => Some(port),
        };
        let tries = if matches!(choice, PortChoice::Fixed(_)) { 1 } else { PORT_TRIES };
        let mut attempt = 1;
        loop {
            let this_port = match port.take() {
                Some(port) => port,
                None => free_port(&name)?,
            };
            let launch =
                Launch { name: &name, binary, program: &program, folder: &folder, run, port: this_port };
            match launch.until_ready(true).await {
                Ok((child, ready_time)) => {
                    let (binary, run_folder) = (binary.clone(), run.clone());
                    let endpoint = Endpoint::local(this_port);
                    return Ok(Self {
                        name,
                        binary,
                        program,
                        folder,
                        run_folder,
                        endpoint,
                        child,
                        ready_time,
                    });
                }
                Err(NodeError::PortTaken { .. }) if attempt < tries => attempt += 1,
                Err(NodeError::PortTaken { name, port, .. }) => {
                    return Err(NodeError::PortTaken { name, port, tries: attempt });
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Starts it again on its port with its data folder; a server that still runs is killed first.
    ///
    /// A data server gets a fresh configuration; what Sentinel or `CONFIG REWRITE` had written there is gone. A Sentinel
    /// keeps its own, for there it remembers who the master is.
    ///
    /// # Errors
    /// As [`Self::start`]; the server is then down.
    pub async fn restart(&mut self, how: Restart) -> Result<(), NodeError> {
        self.child.kill();
        let mut program = self.program.clone();
        if let Program::Data(settings) = &mut program {
            match how {
                Restart::AsBefore => {}
                Restart::AsMaster => settings.replica_of = None,
                Restart::AsReplicaOf(master) => settings.replica_of = Some(master),
            }
        }
        let fresh_conf = matches!(program, Program::Data(_));
        let launch = Launch {
            name: &self.name,
            binary: &self.binary,
            program: &program,
            folder: &self.folder,
            run: &self.run_folder,
            port: self.endpoint.port,
        };
        let (child, ready_time) = launch.until_ready(fresh_conf).await?;
        self.child = child;
        self.ready_time = ready_time;
        Ok(())
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it listens; stays the same over restarts.
    pub fn endpoint(&self) -> Endpoint {
        self.endpoint
    }

    /// The address others are told: that of its proxy, or its own.
    pub fn announced(&self) -> Endpoint {
        match &self.program {
            Program::Data(settings) => settings.announce.unwrap_or(self.endpoint),
            Program::Sentinel(_) => self.endpoint,
        }
    }

    /// The process id, of the last start.
    pub fn pid(&self) -> u32 {
        self.child.pid()
    }

    /// Its own folder: configuration, log, data.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// From its last start until it answered.
    pub fn ready_time(&self) -> Duration {
        self.ready_time
    }

    /// Whether the process lives; a paused one does.
    pub fn is_running(&mut self) -> bool {
        self.child.ended().is_none()
    }

    /// The last lines of its log.
    pub fn log_tail(&self) -> String {
        log_tail(&self.folder)
    }

    /// kill -9, and waits the moment until the process is gone. A fork that was saving its data goes too.
    pub fn kill(&mut self) {
        self.child.kill();
    }

    /// Asks it to end (TERM) and doesn't wait.
    ///
    /// # Errors
    /// When it is not running.
    pub fn terminate(&mut self) -> Result<(), NodeError> {
        self.signal(Signal::TERM, "terminate")
    }

    /// Freezes it (STOP): it keeps its connections and answers nothing.
    ///
    /// # Errors
    /// When it is not running.
    pub fn pause(&mut self) -> Result<(), NodeError> {
        self.signal(Signal::STOP, "pause")
    }

    /// Lets a frozen one go on (CONT), unaware that time has passed.
    ///
    /// # Errors
    /// When it is not running.
    pub fn resume(&mut self) -> Result<(), NodeError> {
        self.signal(Signal::CONT, "resume")
    }

    /// Ends it: TERM, CONT in case it is paused, and after two seconds KILL. Already ended is fine.
    pub async fn stop(&mut self) {
        self.child.signal(Signal::TERM).ok();
        self.child.signal(Signal::CONT).ok();
        let asked_at = Instant::now();
        while self.is_running() && asked_at.elapsed() < STOP_WITHIN {
            tokio::time::sleep(READY_POLL).await;
        }
        self.child.kill();
    }

    fn signal(&mut self, signal: Signal, action: &'static str) -> Result<(), NodeError> {
        self.child.signal(signal).map_err(|source| NodeError::Signal {
            name: self.name.clone(),
            action,
            source,
        })
    }
}

/// One start of one process.
struct Launch<'run> {
    name: &'run str,
    binary: &'run ServerBinary,
    program: &'run Program,
    folder: &'run Path,
    run: &'run RunFolder,
    port: u16,
}

impl Launch<'_> {
    async fn until_ready(&self, fresh_conf: bool) -> Result<(GuardedChild, Duration), NodeError> {
        let started_at = Instant::now();
        // The old log would answer for the new process.
        let log = self.folder.join(LOG_FILE);
        let log_start = log.metadata().map_or(0, |meta| meta.len());
        let mut child = self.spawn(fresh_conf)?;
        let mut probe = Probe::new(Endpoint::local(self.port));
        loop {
            if let Some(status) = child.ended() {
                return Err(self.ended(status.to_string(), started_at.elapsed(), log_start));
            }
            let problem = match probe.info("everything").await {
                // Another program may answer on the port while ours is about to fail.
                Ok(info) if info.get("process_id") != Some(&child.pid().to_string()) => {
                    "another program answers on its port".to_owned()
                }
                Ok(info) if info.get("loading").is_some_and(|loading| loading != "0") => {
                    "loading its data".to_owned()
                }
                Ok(_) => break,
                Err(error) => error.to_string(),
            };
            let waited = started_at.elapsed();
            if waited > READY_WITHIN {
                let (name, endpoint, log) =
                    (self.name.to_owned(), Endpoint::local(self.port), log_tail(self.folder));
                return Err(NodeError::NotReady { name, endpoint, waited, problem, log });
            }
            tokio::time::sleep(READY_POLL).await;
        }
        if let Program::Sentinel(program) = self.program
            && program.settings.quick_pace
        {
            let set = sentinel::set_quick_pace(&mut probe).await;
            set.map_err(|problem| NodeError::QuickPace {
                name: self.name.to_owned(),
                problem: problem.to_string(),
            })?;
        }
        Ok((child, started_at.elapsed()))
    }

    fn spawn(&self, fresh_conf: bool) -> Result<GuardedChild, NodeError> {
        let on_file = |path: &Path, source| NodeError::Files {
            name: self.name.to_owned(),
            path: path.to_owned(),
            source,
        };
        let conf = self.folder.join(CONF_FILE);
        let mut arguments = vec![OsString::from(&conf)];
        let text = match self.program {
            Program::Data(settings) => conf::data(settings, self.port, self.folder),
            Program::Sentinel(program) => {
                arguments.push("--sentinel".into());
                conf::sentinel(program, self.port, self.folder)
            }
        };
        if fresh_conf {
            fs::write(&conf, text).map_err(|source| on_file(&conf, source))?;
        }
        let output_path = self.folder.join(OUTPUT_FILE);
        let output = OpenOptions::new().create(true).append(true).open(&output_path);
        let output = output.map_err(|source| on_file(&output_path, source))?;
        let spawned = self.run.spawn(&self.binary.path, &arguments, output);
        spawned.map_err(|source| NodeError::Spawn { name: self.name.to_owned(), source })
    }

    fn ended(&self, status: String, after: Duration, log_start: u64) -> NodeError {
        let name = self.name.to_owned();
        let text = fs::read(self.folder.join(LOG_FILE)).unwrap_or_default();
        let new = text.get(usize::try_from(log_start).unwrap_or(0)..).unwrap_or_default();
        if String::from_utf8_lossy(new).contains("Address already in use") {
            return NodeError::PortTaken { name, port: self.port, tries: 1 };
        }
        NodeError::Ended { name, binary: self.binary.to_string(), status, after, log: log_tail(self.folder) }
    }
}

fn free_port(name: &str) -> Result<u16, NodeError> {
    let ports = free_ports(1).map_err(|source| NodeError::Port { name: name.to_owned(), source })?;
    Ok(ports[0])
}

/// The last lines of a server's output and log, however long the log is.
fn log_tail(folder: &Path) -> String {
    let read =
        |file: &str| String::from_utf8_lossy(&fs::read(folder.join(file)).unwrap_or_default()).into_owned();
    last_lines(&(read(LOG_FILE) + &read(OUTPUT_FILE)), LOG_LINES)
}

/// A name becomes a folder and each setting one line of a file.
fn check(settings: &NodeSettings) -> Result<(), NodeError> {
    let wrong = |what: String| Err(NodeError::Setting { name: settings.name.clone(), what });
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    if settings.name.is_empty() || settings.name.starts_with('.') || !settings.name.chars().all(is_plain) {
        return wrong(
            "a name is made of letters, digits, `-`, `_` and `.`, and doesn't begin with a dot".to_owned(),
        );
    }
    match settings
        .extra
        .iter()
        .find(|(key, value)| key.is_empty() || (key.clone() + value).contains(['\n', '\r']))
    {
        Some((key, _)) => {
            wrong(format!("the setting `{}` is empty or holds a line break", key.escape_debug()))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_leave_the_folder_and_settings_that_leave_their_line_are_refused() {
        assert!(check(&NodeSettings::new("orders-master.1")).is_ok());
        for name in ["", "../up", "a/b", ".hidden", "a b"] {
            assert!(check(&NodeSettings::new(name)).is_err(), "{name}");
        }
        let smuggled = ("hz".to_owned(), "10\nreplicaof 127.0.0.1 1".to_owned());
        assert!(check(&NodeSettings { extra: vec![smuggled], ..NodeSettings::new("a") }).is_err());
    }
}
