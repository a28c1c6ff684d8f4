//! Where the master is.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{ErrorKind, RedisError, RedisResult};

use super::settings::LinkSettings;
use crate::servers::Endpoint;

/// How long a Sentinel may take to answer.
const SENTINEL_TIMEOUT: Duration = Duration::from_millis(300);
/// How often the Sentinels are asked even if no connection breaks: one that is idle would not notice a failover.
const LOOK: Duration = Duration::from_millis(200);

/// A fixed address, or what the Sentinels say. Clones share what they have learnt.
#[derive(Debug, Clone)]
pub enum Resolver {
    /// Always this server.
    Fixed(Endpoint),
    /// The master that the Sentinels name.
    Sentinels(Arc<SentinelLink>),
}

/// A group of Sentinels, and what they said last.
#[derive(Debug)]
pub struct SentinelLink {
    /// Where they listen; they are asked in this order.
    sentinels: Vec<Endpoint>,
    /// The name under which they know the master.
    master_name: String,
    /// What they said last.
    said: Mutex<Option<Endpoint>>,
    /// How often they named another master than before.
    changes: AtomicU64,
}

impl Resolver {
    /// The master that these Sentinels know by a name.
    pub fn sentinels(sentinels: Vec<Endpoint>, master_name: &str) -> Self {
        Self::Sentinels(Arc::new(SentinelLink {
            sentinels,
            master_name: master_name.to_owned(),
            said: Mutex::default(),
            changes: AtomicU64::new(0),
        }))
    }

    /// The server's address now.
    ///
    /// # Errors
    /// No Sentinel answers.
    pub async fn resolve(&self) -> RedisResult<Endpoint> {
        match self {
            Self::Fixed(endpoint) => Ok(*endpoint),
            Self::Sentinels(link) => Ok(link.ask_any().await?.0),
        }
    }

    /// How often the address has changed: a connection made before the last change leads to a former master.
    pub fn changes(&self) -> u64 {
        match self {
            Self::Fixed(_) => 0,
            Self::Sentinels(link) => link.changes.load(Ordering::Acquire),
        }
    }

    /// Keeps asking the Sentinels, so that idle connections too leave a former master.
    pub async fn keep_looking(self) {
        let Self::Sentinels(link) = self else { return };
        let mut looks = tokio::time::interval(LOOK);
        let mut connected: Option<MultiplexedConnection> = None;
        loop {
            looks.tick().await;
            let answered = match &mut connected {
                Some(open) => link.ask(open).await.is_ok(),
                None => false,
            };
            if !answered {
                connected = link.ask_any().await.ok().map(|(_, line)| line);
            }
        }
    }
}

impl SentinelLink {
    /// The first Sentinel that knows the master: what it says, and the line on which it was asked.
    async fn ask_any(&self) -> RedisResult<(Endpoint, MultiplexedConnection)> {
        let mut last = RedisError::from((ErrorKind::InvalidClientConfig, "there are no Sentinels to ask"));
        for &sentinel in &self.sentinels {
            let answer = match LinkSettings::new(SENTINEL_TIMEOUT).connect(sentinel).await {
                Ok(mut line) => self.ask(&mut line).await.map(|endpoint| (endpoint, line)),
                Err(error) => Err(error),
            };
            match answer {
                Ok(found) => return Ok(found),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    /// `SENTINEL GET-MASTER-ADDR-BY-NAME` answers `[host, port]`, or nil for an unknown name
    /// (<https://redis.io/docs/latest/develop/reference/sentinel-clients/>).
    async fn ask(&self, line: &mut MultiplexedConnection) -> RedisResult<Endpoint> {
        let mut command = redis::cmd("SENTINEL");
        command.arg("GET-MASTER-ADDR-BY-NAME").arg(&self.master_name);
        let (_host, port): (String, u16) = command.query_async(line).await?;
        let endpoint = Endpoint::local(port);
        let before = self.said.lock().unwrap_or_else(PoisonError::into_inner).replace(endpoint);
        if before.is_some_and(|before| before != endpoint) {
            self.changes.fetch_add(1, Ordering::Release);
        }
        Ok(endpoint)
    }
}
