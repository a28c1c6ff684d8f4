//! Connections to a Redis that runs elsewhere: TCP, TLS, login, and whom its Sentinels call master.

use std::fmt::Display;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{AsyncConnectionConfig, RedisConnectionInfo, RedisError, RedisResult, Value};
use rustls::ClientConfig;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::error::{ExternalError, OLDEST};
use super::tls;
use crate::topology::address::{Access, Host, Scheme, Secret};

/// How long making a connection may take: the name, TCP, TLS and the login together.
const CONNECT_WITHIN: Duration = Duration::from_secs(2);
/// How long an answer may take to what is asked before and after a run.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);
/// The longest answer to a login or a question about the role.
const LONGEST: u64 = 64 * 1024;

/// A connection, with TLS or without.
pub trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// A connection of either kind.
pub type Stream = Box<dyn Wire>;

/// The way to a server.
pub struct Server {
    access: Access,
    tls: Option<Arc<ClientConfig>>,
}

/// What a server says that it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Redis or Valkey.
    pub kind: &'static str,
    /// Its version.
    pub version: String,
}

impl std::fmt::Debug for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Server").field(&self.access.address).finish()
    }
}

impl Server {
    /// The way there; nothing is sent yet.
    ///
    /// # Errors
    /// There are no certificates to know it by.
    pub fn new(access: Access) -> Result<Self, ExternalError> {
        let tls = access.address.is_tls.then(|| tls::config(&access)).transpose()?;
        Ok(Self { access, tls })
    }

    /// Address and login.
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// A connection to the master, logged in. Behind Sentinels it says itself that it is one.
    ///
    /// # Errors
    /// It can't be had.
    pub async fn master(&self) -> Result<Stream, ExternalError> {
        let late = |_late| self.unreachable("no answer in time");
        timeout(CONNECT_WITHIN, self.find_master()).await.unwrap_or_else(|error| Err(late(error)))
    }

    async fn find_master(&self) -> Result<Stream, ExternalError> {
        if self.access.address.scheme != Scheme::RedisSentinel {
            return Ok(self.log_in_at(&self.access.address.hosts[0]).await?.into_inner());
        }
        // One of the Sentinels may not have heard of the last failover: the next one is asked then.
        let mut last = None;
        for sentinel in &self.access.address.hosts {
            match self.master_by(sentinel).await {
                Ok(line) => return Ok(line),
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(|| self.no_master("it has no hosts")))
    }

    /// The master that a Sentinel names, if it says so itself.
    async fn master_by(&self, sentinel: &Host) -> Result<Stream, ExternalError> {
        let named = self.ask_sentinel(sentinel).await.map_err(|error| self.no_master(error))?;
        let (name, port) = named.ok_or_else(|| self.no_master("it doesn't know that name"))?;
        let mut line = self.log_in_at(&Host { name, port }).await?;
        if says_master(&mut line).await.map_err(|error| self.unreachable(error))? {
            Ok(line.into_inner())
        } else {
            Err(self.unreachable("the server that a Sentinel names is no master yet"))
        }
    }

    async fn log_in_at(&self, host: &Host) -> Result<BufReader<Stream>, ExternalError> {
        let mut line = BufReader::new(self.connect(host).await?);
        self.log_in(&mut line).await?;
        Ok(line)
    }

    /// A connection for questions, to the master.
    ///
    /// # Errors
    /// It can't be had.
    pub async fn connection(&self) -> Result<MultiplexedConnection, ExternalError> {
        let stream = self.master().await?;
        self.talk(stream).await.map_err(|error| self.unreachable(error))
    }

    /// Questions on a connection that is logged in already, or needs no login.
    async fn talk(&self, stream: Stream) -> RedisResult<MultiplexedConnection> {
        let config = AsyncConnectionConfig::new().set_response_timeout(Some(ANSWER_WITHIN));
        let info = RedisConnectionInfo::default().set_skip_set_lib_name();
        let (line, driver) = MultiplexedConnection::new_with_config(&info, stream, config).await?;
        tokio::spawn(driver);
        Ok(line)
    }

    /// What the server is; and whether keys with the prefix can be written there, so that a run doesn't begin in vain.
    ///
    /// # Errors
    /// It can't be reached, is too old, or refuses.
    pub async fn about(&self, prefix: &str) -> Result<About, ExternalError> {
        let mut line = self.connection().await?;
        let info: String = redis::cmd("INFO")
            .arg("server")
            .query_async(&mut line)
            .await
            .map_err(|error| self.refuses(&error))?;
        let about = About::read(&info);
        if about.is_older_than(OLDEST) {
            return Err(ExternalError::TooOld { address: self.shown(), version: about.version });
        }
        let key = format!("{prefix}lab:rights");
        let mut tries = redis::pipe();
        tries.cmd("SET").arg(&key).arg(1).arg("PX").arg(60_000);
        tries.cmd("EVAL").arg("return redis.call('GET', KEYS[1])").arg(1).arg(&key);
        tries.cmd("ROLE").cmd("SCAN").arg(0).arg("MATCH").arg(format!("{prefix}*"));
        tries.cmd("UNLINK").arg(&key);
        let answers = tries.ignore_errors().query_async::<Vec<RedisResult<Value>>>(&mut line).await;
        // A node of a cluster that sends elsewhere has nothing against it.
        let refusal = |error: &RedisError| error.code() != Some("MOVED");
        let mut errors = answers.map_err(|error| self.refuses(&error))?.into_iter().filter_map(Result::err);
        if let Some(error) = errors.find(refusal) {
            return Err(self.refuses(&error));
        }
        Ok(about)
    }

    /// TCP, and TLS where the address has it.
    async fn connect(&self, host: &Host) -> Result<Stream, ExternalError> {
        let tcp = TcpStream::connect((host.name.as_str(), host.port))
            .await
            .map_err(|error| self.unreachable(error))?;
        tcp.set_nodelay(true).map_err(|error| self.unreachable(error))?;
        let Some(tls) = &self.tls else { return Ok(Box::new(tcp)) };
        let no_tls =
            |error: &dyn Display| ExternalError::Tls { address: self.shown(), why: error.to_string() };
        let stream = tls::connect(tls, host, tcp).await.map_err(|error| no_tls(&error))?;
        Ok(Box::new(stream))
    }

    /// `AUTH` and `SELECT`, where the address says so.
    async fn log_in(&self, line: &mut BufReader<Stream>) -> Result<(), ExternalError> {
        let mut commands: Vec<Vec<&str>> = Vec::new();
        if let Some(password) = &self.access.password {
            let user = self.access.user.as_ref().map(Secret::expose);
            commands.push(["AUTH"].into_iter().chain(user).chain([password.expose()]).collect());
        }
        let database =
            self.access.address.path.as_deref().filter(|_| self.access.address.scheme == Scheme::Redis);
        commands.extend(database.map(|number| vec!["SELECT", number]));
        for command in commands {
            let said = ask(line, &command).await.map_err(|error| self.unreachable(error))?;
            if let Some(said) = said.strip_prefix('-') {
                return Err(ExternalError::Login { address: self.shown(), said: said.to_owned() });
            }
        }
        Ok(())
    }

    /// A Sentinel may have a login of its own, or none: it is asked without, and then with the one of the address.
    async fn ask_sentinel(&self, sentinel: &Host) -> Result<Option<(String, u16)>, ExternalError> {
        let mut question = redis::cmd("SENTINEL");
        question.arg("GET-MASTER-ADDR-BY-NAME").arg(self.access.address.path.as_deref().unwrap_or_default());
        let mut line =
            self.talk(self.connect(sentinel).await?).await.map_err(|error| self.unreachable(error))?;
        let answer: RedisResult<Option<(String, u16)>> = question.query_async(&mut line).await;
        let answer = match answer {
            Err(error) if error.code() == Some("NOAUTH") => {
                let mut stream = BufReader::new(self.connect(sentinel).await?);
                self.log_in(&mut stream).await?;
                let line = self.talk(stream.into_inner()).await;
                question.query_async(&mut line.map_err(|error| self.unreachable(error))?).await
            }
            answer => answer,
        };
        answer.map_err(|error| self.refuses(&error))
    }

    fn no_master(&self, why: impl Display) -> ExternalError {
        ExternalError::NoMaster { address: self.shown(), why: why.to_string() }
    }

    pub(super) fn unreachable(&self, why: impl Display) -> ExternalError {
        ExternalError::Unreachable { address: self.shown(), why: why.to_string() }
    }

    pub(super) fn refuses(&self, error: &RedisError) -> ExternalError {
        ExternalError::Refuses { address: self.shown(), said: error.to_string() }
    }

    fn shown(&self) -> String {
        self.access.address.to_string()
    }
}

impl About {
    /// What `INFO server` says.
    fn read(info: &str) -> Self {
        let value = |key: &str| {
            info.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(':')).map(str::trim)
        };
        match value("valkey_version") {
            Some(version) => Self { kind: "Valkey", version: version.to_owned() },
            None => Self { kind: "Redis", version: value("redis_version").unwrap_or("0").to_owned() },
        }
    }

    fn is_older_than(&self, oldest: (u32, u32)) -> bool {
        let mut parts = self.version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
        (parts.next().unwrap_or(0), parts.next().unwrap_or(0)) < oldest
    }
}

/// Sends a command whose answer is one line, and reads it.
async fn ask(line: &mut BufReader<Stream>, words: &[&str]) -> io::Result<String> {
    send(line, words).await?;
    read_line(line).await
}

async fn send(line: &mut BufReader<Stream>, words: &[&str]) -> io::Result<()> {
    let parts = words.iter().map(|word| format!("${}\r\n{word}\r\n", word.len()));
    let command = format!("*{}\r\n{}", words.len(), parts.collect::<String>());
    line.write_all(command.as_bytes()).await?;
    line.flush().await
}

async fn read_line(line: &mut BufReader<Stream>) -> io::Result<String> {
    let mut text = String::new();
    (&mut *line).take(LONGEST).read_line(&mut text).await?;
    let text = text.strip_suffix("\r\n").ok_or(io::ErrorKind::UnexpectedEof)?;
    Ok(text.to_owned())
}

/// Whether the server says that it is master. `INFO` is one text, so nothing of the answer stays behind.
async fn says_master(line: &mut BufReader<Stream>) -> io::Result<bool> {
    let length = ask(line, &["INFO", "replication"]).await?;
    let length: u64 =
        length.strip_prefix('$').and_then(|text| text.parse().ok()).ok_or(io::ErrorKind::InvalidData)?;
    let mut text = vec![0; usize::try_from(length.min(LONGEST) + 2).unwrap_or(0)];
    line.read_exact(&mut text).await?;
    Ok(String::from_utf8_lossy(&text).lines().any(|line| line.trim() == "role:master"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_known_by_what_it_says() {
        let redis = About::read("# Server\r\nredis_version:6.0.16\r\nredis_mode:standalone\r\n");
        assert_eq!((redis.kind, redis.version.as_str()), ("Redis", "6.0.16"));
        assert!(redis.is_older_than(OLDEST));
        let valkey =
            About::read("# Server\r\nredis_version:7.2.4\r\nserver_name:valkey\r\nvalkey_version:9.1.2\r\n");
        assert_eq!((valkey.kind, valkey.version.as_str()), ("Valkey", "9.1.2"));
        assert!(!valkey.is_older_than(OLDEST) && About::read("").is_older_than(OLDEST));
    }
}
