//! One server process: a master, a replica, a Sentinel, a NATS server, one of the two of RabbitMQ, or a database.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::binary::ServerBinary;
use super::child::GuardedChild;
use super::database::{DatabaseProgram, DatabaseSettings};
use super::endpoint::Endpoint;
use super::launch::{Launch, Program, log_tail};
use super::node_error::NodeError;
use super::node_settings::{NodeSettings, PortChoice, Restart, check};
use super::port::free_ports;
use super::run_folder::RunFolder;
use super::sentinel::SentinelProgram;
use crate::topology::stage::Eviction;

/// How long TERM may take before KILL. A master may wait for replicas that lag.
const STOP_WITHIN: Duration = Duration::from_secs(2);
/// How often an ending server is looked at.
const STOP_POLL: Duration = Duration::from_millis(5);
/// How often a start is tried when each port turns out to be taken.
const PORT_TRIES: usize = 4;

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

    /// The limit on its memory that it was started with, in bytes, and what it throws away then; no limit: 0.
    pub fn memory_limit(&self) -> (u64, Eviction) {
        match &self.program {
            Program::Data(settings) => (settings.max_memory_bytes.unwrap_or(0), settings.eviction),
            _ => (0, Eviction::NoEviction),
        }
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

    /// Starts a NATS server that keeps streams; its files are in its own folder.
    ///
    /// # Errors
    /// As [`Self::start`].
    pub async fn start_nats(binary: &ServerBinary, run: &RunFolder, name: &str) -> Result<Self, NodeError> {
        Self::start_program(binary, run, name.to_owned(), PortChoice::Free, Program::Nats).await
    }

    /// Sets up an empty database in a folder of its own and starts its server.
    ///
    /// # Errors
    /// As [`Self::start`]; or the database can't be set up.
    pub async fn start_database(
        binary: &ServerBinary,
        run: &RunFolder,
        name: &str,
        settings: DatabaseSettings,
    ) -> Result<Self, NodeError> {
        let program = DatabaseProgram::new(binary.kind, settings);
        let folder = create_folder(run, name)?;
        let setting_up = tokio::task::spawn_blocking({
            let (program, name, binary, run) =
                (program.clone(), name.to_owned(), binary.clone(), run.clone());
            let folder = folder.clone();
            move || program.set_up(&name, &binary, &folder, &run)
        });
        let ended = |error: tokio::task::JoinError| NodeError::Setting {
            name: name.to_owned(),
            what: error.to_string(),
        };
        setting_up.await.map_err(ended)??;
        let program = Program::Database(program);
        Self::start_in(folder, binary, run, name.to_owned(), PortChoice::Free, program).await
    }

    /// Starts the port mapper of Erlang.
    pub(crate) async fn start_port_mapper(
        binary: &ServerBinary,
        run: &RunFolder,
        name: &str,
    ) -> Result<Self, NodeError> {
        Self::start_program(binary, run, name.to_owned(), PortChoice::Free, Program::PortMapper).await
    }

    /// Starts a RabbitMQ node that registers with the port mapper on this port.
    pub(crate) async fn start_rabbitmq(
        binary: &ServerBinary,
        run: &RunFolder,
        name: &str,
        mapper: u16,
    ) -> Result<Self, NodeError> {
        let program = Program::RabbitMq { mapper, distribution: free_port(name)? };
        Self::start_program(binary, run, name.to_owned(), PortChoice::Free, program).await
    }

    async fn start_program(
        binary: &ServerBinary,
        run: &RunFolder,
        name: String,
        choice: PortChoice,
        program: Program,
    ) -> Result<Self, NodeError> {
        let folder = create_folder(run, &name)?;
        Self::start_in(folder, binary, run, name, choice, program).await
    }

    async fn start_in(
        folder: PathBuf,
        binary: &ServerBinary,
        run: &RunFolder,
        name: String,
        choice: PortChoice,
        program: Program,
    ) -> Result<Self, NodeError> {
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
                Ok((mut child, ready_time)) => {
                    child.has_family = program.has_family();
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
    /// A data server gets a fresh configuration, unless it is started [`Restart::WithItsFile`]; what Sentinel or
    /// `CONFIG REWRITE` had written there is gone. A Sentinel keeps its own, for there it remembers who the master is.
    ///
    /// # Errors
    /// As [`Self::start`]; the server is then down.
    pub async fn restart(&mut self, how: Restart) -> Result<(), NodeError> {
        self.child.kill();
        let mut program = self.program.clone();
        if let Program::Data(settings) = &mut program {
            match how {
                Restart::AsBefore | Restart::WithItsFile => {}
                Restart::AsMaster => settings.replica_of = None,
                Restart::AsReplicaOf(master) => settings.replica_of = Some(master),
            }
        }
        let fresh_conf = !matches!(program, Program::Sentinel(_)) && how != Restart::WithItsFile;
        let launch = Launch {
            name: &self.name,
            binary: &self.binary,
            program: &program,
            folder: &self.folder,
            run: &self.run_folder,
            port: self.endpoint.port,
        };
        let (mut child, ready_time) = launch.until_ready(fresh_conf).await?;
        child.has_family = program.has_family();
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
            _ => self.endpoint,
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
        self.signal(self.program.end_signal(), "terminate")
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
        self.child.signal(self.program.end_signal()).ok();
        self.signal(Signal::CONT, "resume").ok();
        let asked_at = Instant::now();
        while self.is_running() && asked_at.elapsed() < STOP_WITHIN {
            tokio::time::sleep(STOP_POLL).await;
        }
        self.child.kill();
    }

    fn signal(&mut self, signal: Signal, action: &'static str) -> Result<(), NodeError> {
        let is_standing = matches!(signal, Signal::STOP | Signal::CONT) && self.child.has_family;
        let sent = if is_standing { self.child.signal_family(signal) } else { self.child.signal(signal) };
        sent.map_err(|source| NodeError::Signal { name: self.name.clone(), action, source })
    }
}

/// A server's own folder in the run's; its name is taken if the folder exists.
fn create_folder(run: &RunFolder, name: &str) -> Result<PathBuf, NodeError> {
    let folder = run.path().join(name);
    match fs::create_dir(&folder) {
        Ok(()) => Ok(folder),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let what = "another server of this run has that name".to_owned();
            Err(NodeError::Setting { name: name.to_owned(), what })
        }
        Err(source) => Err(NodeError::Files { name: name.to_owned(), path: folder, source }),
    }
}

fn free_port(name: &str) -> Result<u16, NodeError> {
    let ports = free_ports(1).map_err(|source| NodeError::Port { name: name.to_owned(), source })?;
    Ok(ports[0])
}
