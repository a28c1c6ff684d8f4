//! Where the master is.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use redis::aio::MultiplexedConnection;
use redis::{ErrorKind, RedisError, RedisResult};
use tokio::sync::watch;

use super::settings::LinkSettings;
use crate::servers::Endpoint;

/// How long a Sentinel may take to answer.
const SENTINEL_TIMEOUT: Duration = Duration::from_millis(300);
/// How often the Sentinels are asked even if no connection breaks and none of them is heard: a net below the subscriptions.
const LOOK: Duration = Duration::from_millis(200);

/// A fixed address, or what the Sentinels say. Clones share what they have learnt.
#[derive(Debug, Clone)]
pub enum Resolver {
    /// Always this server.
    Fixed(Endpoint),
    /// The master that the Sentinels name.
    Sentinels(Arc<SentinelLink>),
}

/// A group of Sentinels, and the newest that one of them said.
#[derive(Debug)]
pub struct SentinelLink {
    sentinels: Vec<SentinelLine>,
    /// The name under which they know the master.
    master_name: String,
    said: Mutex<Option<Said>>,
    /// How often they named another master than before.
    changes: watch::Sender<u64>,
}

/// A Sentinel, and the line to it, made when it is first needed and again after an error.
#[derive(Debug)]
struct SentinelLine {
    endpoint: Endpoint,
    line: tokio::sync::Mutex<Option<MultiplexedConnection>>,
}

/// What a Sentinel says: who is master, since which configuration. Each failover has a higher epoch, so a Sentinel that has
/// not heard of the last one is told from those that have
/// (<https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/#configuration-epochs>).
#[derive(Debug, Clone, Copy)]
struct Said {
    master: Endpoint,
    epoch: u64,
}

impl Resolver {
    /// The master that these Sentinels know by a name.
    pub fn sentinels(sentinels: Vec<Endpoint>, master_name: &str) -> Self {
        let line = |endpoint| SentinelLine { endpoint, line: tokio::sync::Mutex::default() };
        Self::Sentinels(Arc::new(SentinelLink {
            sentinels: sentinels.into_iter().map(line).collect(),
            master_name: master_name.to_owned(),
            said: Mutex::default(),
            changes: watch::channel(0).0,
        }))
    }

    /// The server's address now. The Sentinels are asked all at once, and the first answer counts that is not older than
    /// what was known; where none comes, what was known.
    ///
    /// # Errors
    /// No Sentinel has ever answered.
    pub async fn resolve(&self) -> RedisResult<Endpoint> {
        match self {
            Self::Fixed(endpoint) => Ok(*endpoint),
            Self::Sentinels(link) => link.resolve().await,
        }
    }

    /// How often the address has changed: a connection made before the last change leads to a former master.
    pub fn changes(&self) -> u64 {
        match self {
            Self::Fixed(_) => 0,
            Self::Sentinels(link) => *link.changes.borrow(),
        }
    }

    /// Waits until the address has changed since it had changed so often.
    pub async fn changed_since(&self, changes: u64) {
        match self {
            Self::Fixed(_) => std::future::pending().await,
            Self::Sentinels(link) => {
                // The sender lives as long as this.
                drop(link.changes.subscribe().wait_for(|now| *now != changes).await);
            }
        }
    }

    /// Whether a server has to say that it is master before it is believed to be the one.
    pub fn wants_master(&self) -> bool {
        matches!(self, Self::Sentinels(_))
    }

    /// Asks one Sentinel, which has just told of a switch, by its place among them.
    pub async fn ask_again(&self, sentinel: usize) {
        if let Self::Sentinels(link) = self
            && let Some(line) = link.sentinels.get(sentinel)
            && let Ok(said) = link.ask(line).await
        {
            link.note(said);
        }
    }

    /// Keeps asking the Sentinels, so that idle connections too leave a former master.
    pub async fn keep_looking(self) {
        let Self::Sentinels(link) = self else { return };
        let mut looks = tokio::time::interval(LOOK);
        loop {
            looks.tick().await;
            // Where none answers now, one may at the next look.
            drop(link.resolve().await);
        }
    }
}

impl SentinelLink {
    async fn resolve(&self) -> RedisResult<Endpoint> {
        let mut last = RedisError::from((ErrorKind::InvalidClientConfig, "there are no Sentinels to ask"));
        let mut asked: FuturesUnordered<_> = self.sentinels.iter().map(|line| self.ask(line)).collect();
        while let Some(answer) = asked.next().await {
            match answer {
                Ok(said) if self.note(said) => return Ok(said.master),
                Ok(_older) => {}
                Err(error) => last = error,
            }
        }
        let said = *self.said.lock().unwrap_or_else(PoisonError::into_inner);
        said.map(|said| said.master).ok_or(last)
    }

    /// Notes an answer. Answers whether it is not older than what was known.
    fn note(&self, said: Said) -> bool {
        let mut known = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if known.is_some_and(|known| known.epoch > said.epoch) {
            return false;
        }
        let before = known.replace(said);
        drop(known);
        if before.is_some_and(|before| before.master != said.master) {
            self.changes.send_modify(|changes| *changes += 1);
        }
        true
    }

    async fn ask(&self, sentinel: &SentinelLine) -> RedisResult<Said> {
        let mut open = sentinel.line.lock().await;
        let mut line = match &*open {
            Some(line) => line.clone(),
            None => LinkSettings::new(SENTINEL_TIMEOUT).connect(sentinel.endpoint).await?,
        };
        *open = Some(line.clone());
        drop(open);
        let answer = self.question(&mut line).await;
        if answer.is_err() {
            *sentinel.line.lock().await = None;
        }
        answer
    }

    /// `SENTINEL GET-MASTER-ADDR-BY-NAME` answers `[host, port]`, or nil for an unknown name
    /// (<https://redis.io/docs/latest/develop/reference/sentinel-clients/>); `SENTINEL MASTER` names the epoch.
    async fn question(&self, line: &mut MultiplexedConnection) -> RedisResult<Said> {
        let mut pipeline = redis::pipe();
        pipeline.cmd("SENTINEL").arg("GET-MASTER-ADDR-BY-NAME").arg(&self.master_name);
        pipeline.cmd("SENTINEL").arg("MASTER").arg(&self.master_name);
        let ((_host, port), fields): ((String, u16), BTreeMap<String, String>) =
            pipeline.query_async(line).await?;
        let epoch = fields.get("config-epoch").and_then(|epoch| epoch.parse().ok()).unwrap_or(0);
        Ok(Said { master: Endpoint::local(port), epoch })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentinel_that_has_not_heard_of_the_last_failover_is_not_believed() {
        let resolver = Resolver::sentinels(Vec::new(), "inventory");
        let Resolver::Sentinels(link) = &resolver else { unreachable!("it was made so") };
        let said = |port, epoch| Said { master: Endpoint::local(port), epoch };
        assert!(link.note(said(7001, 3)) && link.note(said(7001, 3)));
        assert_eq!(resolver.changes(), 0);
        assert!(link.note(said(7002, 4)));
        assert!(!link.note(said(7001, 3)));
        assert_eq!(resolver.changes(), 1);
        assert!(link.note(said(7001, 5)));
        assert_eq!(resolver.changes(), 2);
    }
}
