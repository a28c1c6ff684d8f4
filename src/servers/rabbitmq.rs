//! A RabbitMQ server of our own: the node, and the port mapper of Erlang beside it.
//!
//! A node registers with a port mapper (`epmd`) and starts one that outlives it where there is none. So this one is started first, on a
//! port of its own, and ends with the run. Both listen on this machine only.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::binary::{BinaryError, Origin, ServerBinary, ServerKind};
use super::endpoint::Endpoint;
use super::launch::LOG_FILE;
use super::node_error::NodeError;
use super::redis_node::RedisNode;
use super::run_folder::RunFolder;
use super::surroundings::{Surroundings, is_executable_file};

/// The names of the two programs.
const SERVER: &str = "rabbitmq-server";
const PORT_MAPPER: &str = "epmd";
/// Where packages put the server itself. What Debian has on the search path is a wrapper that only its own user may call.
const PLACES: [&str; 4] =
    ["/usr/lib/rabbitmq/bin", "/usr/local/lib/rabbitmq/bin", "/opt/homebrew/sbin", "/usr/local/sbin"];
/// The folder of a release has its version in its name.
const RELEASE: &str = "rabbitmq_server-";
/// How to get one.
pub(crate) const INSTALL_HELP: &str = "\
there is no RabbitMQ server; install one and start again, or give the queue a url:
  Debian, Ubuntu   sudo apt install rabbitmq-server
  Fedora           sudo dnf install rabbitmq-server
  macOS            brew install rabbitmq
  anything else    put rabbitmq-server of https://www.rabbitmq.com/docs/download and epmd of Erlang on the search path";
/// What a client says first (AMQP 0-9-1, section 4.2.2).
const HEADER: &[u8] = b"AMQP\x00\x00\x09\x01";
/// The type of the frame by which the server answers.
const METHOD: u8 = 1;
/// A server that runs answers at once.
const ANSWER_WITHIN: Duration = Duration::from_secs(1);
/// The answer has a few hundred bytes.
const ANSWER: usize = 4_096;

/// A server that runs. Dropped, both of its processes are killed.
#[derive(Debug)]
pub struct RabbitMqServer {
    /// Ends first.
    node: RedisNode,
    mapper: RedisNode,
}

impl RabbitMqServer {
    /// Starts both processes and waits until the server answers, which takes some seconds.
    ///
    /// # Errors
    /// As [`RedisNode::start`]; and there may be no port mapper.
    pub async fn start(program: &ServerBinary, run: &RunFolder, name: &str) -> Result<Self, NodeError> {
        let what = "there is no epmd, the port mapper of Erlang, on the search path".to_owned();
        let found = Surroundings::from_env().on_path(PORT_MAPPER).into_iter().next();
        let path = found.ok_or(NodeError::Setting { name: name.to_owned(), what })?;
        let epmd = ServerBinary { path, ..program.clone() };
        let mapper = RedisNode::start_port_mapper(&epmd, run, &format!("{name}-{PORT_MAPPER}")).await?;
        let node = RedisNode::start_rabbitmq(program, run, name, mapper.endpoint().port).await?;
        Ok(Self { node, mapper })
    }

    /// Where it listens.
    pub fn endpoint(&self) -> Endpoint {
        self.node.endpoint()
    }

    /// The node, to break or mend it.
    pub fn node_mut(&mut self) -> &mut RedisNode {
        &mut self.node
    }

    /// Ends both. A node that is asked to end takes seconds for it, and nobody needs what it would still write.
    pub fn kill(&mut self) {
        self.node.kill();
        self.mapper.kill();
    }
}

/// Finds a RabbitMQ server.
///
/// # Errors
/// There is none, with how to install one.
pub fn find_rabbitmq() -> Result<ServerBinary, BinaryError> {
    rabbitmq_at_hand(&Surroundings::from_env()).ok_or(BinaryError::NotInstalled(INSTALL_HELP))
}

/// The RabbitMQ server that a run would use.
pub fn rabbitmq_at_hand(surroundings: &Surroundings) -> Option<ServerBinary> {
    let usual = PLACES.iter().map(|place| Path::new(place).join(SERVER));
    let mut found = usual.filter(|path| is_executable_file(path)).chain(surroundings.on_path(SERVER));
    found.find_map(|path| {
        let version = version(&path)?;
        Some(ServerBinary { path, kind: ServerKind::RabbitMq, version, origin: Origin::OnPath })
    })
}

/// The version of a release, by the folder that it is in: the program itself would need seconds to say it.
fn version(path: &Path) -> Option<String> {
    let real: PathBuf = path.canonicalize().ok()?;
    let named = |part: &std::ffi::OsStr| part.to_str()?.strip_prefix(RELEASE).map(str::to_owned);
    real.iter().find_map(named).or_else(|| {
        // Homebrew: Cellar/rabbitmq/4.1.0/sbin/rabbitmq-server.
        let parts: Vec<&str> = real.iter().filter_map(|part| part.to_str()).collect();
        let after = parts.iter().position(|part| *part == "rabbitmq")?;
        parts
            .get(after + 1)
            .filter(|part| part.starts_with(|first: char| first.is_ascii_digit()))
            .map(|part| (*part).to_owned())
    })
}

/// Its configuration: on this machine only; no alarm for a disk or a memory that others fill
/// (<https://www.rabbitmq.com/docs/configure>).
pub(crate) fn conf(port: u16, folder: &Path) -> String {
    format!(
        "listeners.tcp.1 = 127.0.0.1:{port}\nlog.file = {}\nlog.file.level = warning\nlog.console = false\n\
         disk_free_limit.absolute = 50MB\n",
        folder.join(LOG_FILE).display()
    )
}

/// How it is called: with an environment of its own, in which every file is in its folder
/// (<https://www.rabbitmq.com/docs/configure#supported-environment-variables>), and without waiting busily, which costs whole cores
/// (<https://www.rabbitmq.com/docs/runtime#busy-waiting>).
pub(crate) fn command(
    program: &Path,
    folder: &Path,
    (port, mapper, distribution): (u16, u16, u16),
    conf: &Path,
) -> Vec<OsString> {
    let path = |variable: &str, path: PathBuf| {
        let mut text = OsString::from(format!("{variable}="));
        text.push(path);
        text
    };
    let mut words = vec![
        path("HOME", folder.to_owned()),
        path("RABBITMQ_CONFIG_FILE", conf.to_owned()),
        path("RABBITMQ_MNESIA_BASE", folder.join("data")),
        path("RABBITMQ_MNESIA_DIR", folder.join("data").join("node")),
        path("RABBITMQ_LOG_BASE", folder.to_owned()),
        path("RABBITMQ_LOGS", folder.join(LOG_FILE)),
        path("RABBITMQ_PID_FILE", folder.join("pid")),
        path("RABBITMQ_GENERATED_CONFIG_DIR", folder.join("generated")),
        path("RABBITMQ_FEATURE_FLAGS_FILE", folder.join("feature_flags")),
        path("RABBITMQ_SCHEMA_DIR", folder.join("schema")),
        path("RABBITMQ_ENABLED_PLUGINS_FILE", folder.join("plugins")),
        path("RABBITMQ_CONF_ENV_FILE", PathBuf::from("/dev/null")),
        path("ERL_CRASH_DUMP", PathBuf::from("/dev/null")),
    ];
    words.extend(
        [
            // The script becomes the server only where something looks after it.
            "RUNNING_UNDER_SYSTEMD=1".to_owned(),
            format!("RABBITMQ_NODENAME={}@localhost", short_name(port)),
            format!("RABBITMQ_DIST_PORT={distribution}"),
            format!("ERL_EPMD_PORT={mapper}"),
            "ERL_EPMD_ADDRESS=127.0.0.1".to_owned(),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-kernel inet_dist_use_interface {127,0,0,1} \
             +sbwt none +sbwtdcpu none +sbwtdio none"
                .to_owned(),
        ]
        .map(OsString::from),
    );
    words.push(program.into());
    words
}

/// How the port mapper is called.
pub(crate) fn mapper_command(port: u16) -> Vec<OsString> {
    ["-port".to_owned(), port.to_string(), "-address".to_owned(), "127.0.0.1".to_owned()]
        .map(OsString::from)
        .into()
}

/// What the node is called on its machine.
fn short_name(port: u16) -> String {
    format!("seckill-lab-{port}")
}

/// Whether somebody listens.
///
/// # Errors
/// Nobody does, in words.
pub(crate) async fn listens(endpoint: Endpoint) -> Result<(), String> {
    let connecting = timeout(ANSWER_WITHIN, TcpStream::connect(endpoint.socket_addr())).await;
    let connected = connecting.map_err(|_late| "no answer".to_owned())?;
    connected.map(drop).map_err(|error| error.to_string())
}

/// Whether it is this server that answers: it names its cluster, which is called like its only node, with the name of the machine behind it
/// (<https://www.rabbitmq.com/amqp-0-9-1-reference#connection.start>).
///
/// # Errors
/// Nobody answers, in words.
pub(crate) async fn answers(endpoint: Endpoint) -> Result<bool, String> {
    let answer = timeout(ANSWER_WITHIN, answer(endpoint)).await.map_err(|_late| "no answer".to_owned())?;
    let answer = answer.map_err(|error| error.to_string())?;
    if answer.first() != Some(&METHOD) {
        return Err("it does not speak AMQP yet".to_owned());
    }
    let name = format!("{}@", short_name(endpoint.port));
    Ok(answer.windows(name.len()).any(|window| window == name.as_bytes()))
}

async fn answer(endpoint: Endpoint) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(endpoint.socket_addr()).await?;
    stream.write_all(HEADER).await?;
    let mut answer = vec![0; ANSWER];
    let length = stream.read(&mut answer).await?;
    answer.truncate(length);
    Ok(answer)
}
