//! One start of one server process, until it answers or has failed.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::binary::{ServerBinary, ServerKind};
use super::bounded::last_lines;
use super::child::GuardedChild;
use super::conf;
use super::database::DatabaseProgram;
use super::endpoint::Endpoint;
use super::nats;
use super::node_error::NodeError;
use super::node_settings::NodeSettings;
use super::probe::Probe;
use super::rabbitmq;
use super::run_folder::RunFolder;
use super::sentinel::{self, SentinelProgram};

/// The server's own log inside its folder.
pub(crate) const LOG_FILE: &str = "server.log";
/// What it prints before it has opened its log: complaints about its configuration.
const OUTPUT_FILE: &str = "output.txt";
const CONF_FILE: &str = "server.conf";
/// Sets variables and becomes the program.
const ENV: &str = "/usr/bin/env";
/// A start takes 10–20 ms; a big append-only file is loaded in a few seconds.
const READY_WITHIN: Duration = Duration::from_secs(15);
/// RabbitMQ takes five to ten seconds on a quiet machine; a database that was killed syncs all its files first, and repeats its log.
const SLOW_READY_WITHIN: Duration = Duration::from_secs(90);
/// How often a starting server is asked.
const READY_POLL: Duration = Duration::from_millis(5);
const LOG_LINES: usize = 8;
/// Another program may answer on the port while ours is about to fail.
const OTHER: &str = "another program answers on its port";

/// What a node runs.
#[derive(Clone, Debug)]
pub(crate) enum Program {
    Data(NodeSettings),
    Sentinel(SentinelProgram),
    Nats,
    /// The port mapper of Erlang.
    PortMapper,
    /// With the ports of its port mapper and for what it is asked by its own tools.
    RabbitMq {
        mapper: u16,
        distribution: u16,
    },
    Database(DatabaseProgram),
}

impl Program {
    /// Whether its process has children in process groups of their own.
    pub(crate) fn has_family(&self) -> bool {
        matches!(self, Self::Database(program) if program.kind == ServerKind::PostgreSql)
    }

    /// What asks it to end. PostgreSQL would wait for its clients to leave after TERM; by INT it tells them to
    /// (<https://www.postgresql.org/docs/current/server-shutdown.html>).
    pub(crate) fn end_signal(&self) -> Signal {
        if self.has_family() { Signal::INT } else { Signal::TERM }
    }
}

/// One start of one process.
pub(crate) struct Launch<'run> {
    pub name: &'run str,
    pub binary: &'run ServerBinary,
    pub program: &'run Program,
    pub folder: &'run Path,
    pub run: &'run RunFolder,
    pub port: u16,
}

impl Launch<'_> {
    /// Starts the process and waits until it answers; with it, how long that took.
    ///
    /// # Errors
    /// When it ends, stays silent, or its files can't be written; it is then not running.
    pub(crate) async fn until_ready(&self, fresh_conf: bool) -> Result<(GuardedChild, Duration), NodeError> {
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
            let Err(problem) = self.is_ready(&mut probe, child.pid()).await else { break };
            let waited = started_at.elapsed();
            if waited > self.ready_within() {
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

    fn ready_within(&self) -> Duration {
        let is_slow = matches!(self.program, Program::RabbitMq { .. } | Program::Database(_));
        if is_slow { SLOW_READY_WITHIN } else { READY_WITHIN }
    }

    /// Whether the process answers; if not, why not.
    async fn is_ready(&self, probe: &mut Probe, pid: u32) -> Result<(), String> {
        let endpoint = Endpoint::local(self.port);
        let is_ours = match self.program {
            Program::Nats => nats::greets(endpoint, self.folder).await?,
            Program::RabbitMq { .. } => rabbitmq::answers(endpoint).await?,
            // One that finds its port taken ends at once.
            Program::PortMapper => return rabbitmq::listens(endpoint).await,
            Program::Database(program) => return program.is_ready(self.port, self.folder, pid).await,
            Program::Data(_) | Program::Sentinel(_) => return Self::has_loaded(probe, pid).await,
        };
        if is_ours { Ok(()) } else { Err(OTHER.to_owned()) }
    }

    /// Whether it is this Redis that answers, with its data.
    async fn has_loaded(probe: &mut Probe, pid: u32) -> Result<(), String> {
        let info = probe.info("everything").await.map_err(|error| error.to_string())?;
        if info.get("process_id") != Some(&pid.to_string()) {
            return Err(OTHER.to_owned());
        }
        let is_loading = info.get("loading").is_some_and(|loading| loading != "0");
        if is_loading { Err("loading its data".to_owned()) } else { Ok(()) }
    }

    fn spawn(&self, fresh_conf: bool) -> Result<GuardedChild, NodeError> {
        let on_file = |path: &Path, source| NodeError::Files {
            name: self.name.to_owned(),
            path: path.to_owned(),
            source,
        };
        if let Program::Database(program) = self.program {
            let arguments = program.configure(self.port, self.folder);
            let arguments = arguments.map_err(|source| on_file(self.folder, source))?;
            // It has no log but what it prints.
            let log = self.folder.join(LOG_FILE);
            let output = OpenOptions::new().create(true).append(true).open(&log);
            let output = output.map_err(|source| on_file(&log, source))?;
            let spawned = self.run.spawn_as(program.owner, &self.binary.path, &arguments, output);
            return spawned.map_err(|source| NodeError::Spawn { name: self.name.to_owned(), source });
        }
        let conf = self.folder.join(CONF_FILE);
        let mut arguments = vec![OsString::from(&conf)];
        let mut program = self.binary.path.as_path();
        let text = match self.program {
            Program::Data(settings) => conf::data(settings, self.port, self.folder),
            Program::Sentinel(program) => {
                arguments.push("--sentinel".into());
                conf::sentinel(program, self.port, self.folder)
            }
            Program::Nats => {
                arguments.insert(0, "--config".into());
                nats::conf(self.port, self.folder)
            }
            Program::Database(_) => String::new(),
            Program::PortMapper => {
                arguments = rabbitmq::mapper_command(self.port);
                String::new()
            }
            Program::RabbitMq { mapper, distribution } => {
                let ports = (self.port, *mapper, *distribution);
                arguments = rabbitmq::command(program, self.folder, ports, &conf);
                program = Path::new(ENV);
                rabbitmq::conf(self.port, self.folder)
            }
        };
        if fresh_conf {
            fs::write(&conf, text).map_err(|source| on_file(&conf, source))?;
        }
        let output_path = self.folder.join(OUTPUT_FILE);
        let output = OpenOptions::new().create(true).append(true).open(&output_path);
        let output = output.map_err(|source| on_file(&output_path, source))?;
        let spawned = self.run.spawn(program, &arguments, output);
        spawned.map_err(|source| NodeError::Spawn { name: self.name.to_owned(), source })
    }

    fn ended(&self, status: String, after: Duration, log_start: u64) -> NodeError {
        let name = self.name.to_owned();
        let text = fs::read(self.folder.join(LOG_FILE)).unwrap_or_default();
        let new = text.get(usize::try_from(log_start).unwrap_or(0)..).unwrap_or_default();
        let said = (String::from_utf8_lossy(new).into_owned() + &log_tail(self.folder)).to_lowercase();
        if ["address already in use", "eaddrinuse"].iter().any(|words| said.contains(words)) {
            return NodeError::PortTaken { name, port: self.port, tries: 1 };
        }
        NodeError::Ended { name, binary: self.binary.to_string(), status, after, log: log_tail(self.folder) }
    }
}

/// The last lines of a server's output and log, however long the log is.
pub(crate) fn log_tail(folder: &Path) -> String {
    let read =
        |file: &str| String::from_utf8_lossy(&fs::read(folder.join(file)).unwrap_or_default()).into_owned();
    last_lines(&(read(LOG_FILE) + &read(OUTPUT_FILE)), LOG_LINES)
}
