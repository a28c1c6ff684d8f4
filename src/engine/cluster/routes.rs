//! The slot map of one cluster, shared by all who send to it, and kept up to date.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use futures_util::future::join_all;
use redis::RedisError;
use redis::aio::MultiplexedConnection;
use tokio::sync::{Mutex, Notify, watch};
use tokio::time::{sleep, timeout};

use super::super::redis_link::LinkSettings;
use super::slot_map::SlotMap;
use crate::servers::cluster::view::parse_by;
use crate::servers::cluster::{NodeView, SLOTS};
use crate::servers::{Endpoint, ExternalCluster};

/// How often the nodes are asked even if nobody misses anything.
const LOOK: Duration = Duration::from_millis(200);
/// The least time between two rounds of asking, however much is missed.
const PAUSE: Duration = Duration::from_millis(20);
/// How long a node may take to answer; others are not waited for longer.
const PATIENCE: Duration = Duration::from_millis(100);

/// Where requests for a slot go.
#[derive(Debug)]
pub struct Routes {
    map: RwLock<Arc<SlotMap>>,
    missed: Notify,
    /// Counts changes, for those who wait for one.
    changes: watch::Sender<u64>,
    lines: Mutex<BTreeMap<Endpoint, MultiplexedConnection>>,
    /// The doors to a cluster that is not ours, whose nodes are not reached where they say.
    elsewhere: Option<Arc<ExternalCluster>>,
}

/// What a server says of a request that it doesn't serve here and now. Nothing happened to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Redirection {
    /// The slot is at another node from now on.
    Moved(u16, Endpoint),
    /// The key is at another node, while its slot is on the way there.
    Ask(Endpoint),
    /// Some of the keys have gone over and others have not.
    TryAgain,
}

impl Redirection {
    /// What an error of the library says, if it is one of these.
    fn of(error: &RedisError, place: &dyn Fn(&str, u16) -> Option<Endpoint>) -> Option<Self> {
        Self::said(error.code()?, error.detail().unwrap_or_default(), place)
    }

    /// What an error says, if it is one of these: its first word, and the rest. `place` answers where a node is reached.
    fn said(code: &str, rest: &str, place: &dyn Fn(&str, u16) -> Option<Endpoint>) -> Option<Self> {
        let to = || {
            let (slot, address) = rest.split_once(' ')?;
            let (host, port) = address.rsplit_once(':')?;
            let (slot, to) = (slot.parse().ok()?, place(host, port.parse().ok()?)?);
            (slot < SLOTS).then_some((slot, to))
        };
        match code {
            "MOVED" => to().map(|(slot, to)| Self::Moved(slot, to)),
            "ASK" => to().map(|(_, to)| Self::Ask(to)),
            "TRYAGAIN" => Some(Self::TryAgain),
            _ => None,
        }
    }
}

impl Routes {
    /// Routes of a cluster with these nodes, as far as they are known.
    pub fn new(views: &[NodeView]) -> Self {
        let mut map = SlotMap::default();
        map.learn(views);
        Self {
            map: RwLock::new(Arc::new(map)),
            missed: Notify::new(),
            changes: watch::channel(0).0,
            lines: Mutex::default(),
            elsewhere: None,
        }
    }

    /// Routes of a cluster that is not ours.
    pub fn elsewhere(cluster: Arc<ExternalCluster>) -> Self {
        let routes = Self::new(cluster.views());
        Self { elsewhere: Some(cluster), ..routes }
    }

    /// Where a node is reached, by what nodes say of it.
    fn place(&self, host: &str, port: u16) -> Option<Endpoint> {
        self.elsewhere.as_ref().map_or(Some(Endpoint::local(port)), |doors| doors.door(host, port))
    }

    /// What an error of the library says of where a request belongs, if it does.
    pub fn redirection(&self, error: &RedisError) -> Option<Redirection> {
        Redirection::of(error, &|host, port| self.place(host, port))
    }

    /// What an error says of where a request belongs, if it does: its first word, and the rest.
    pub fn said(&self, code: &str, rest: &str) -> Option<Redirection> {
        Redirection::said(code, rest, &|host, port| self.place(host, port))
    }

    /// The map now.
    pub fn map(&self) -> Arc<SlotMap> {
        self.map.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Hears of changes.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }

    /// Notes where a MOVED sends those who ask for a slot; the nodes are asked for the rest soon.
    pub fn moved(&self, slot: u16, to: Endpoint) {
        self.change(|map| map.moved(slot, to));
        self.miss();
    }

    /// Says that something is not where the map has it: the nodes are asked soon.
    pub fn miss(&self) {
        self.missed.notify_one();
    }

    /// Keeps the map up to date until it is dropped.
    pub async fn keep(self: Arc<Self>) {
        loop {
            drop(timeout(LOOK, self.missed.notified()).await);
            self.look().await;
            sleep(PAUSE).await;
        }
    }

    /// Asks every node, and takes over what each says as soon as it says it.
    pub async fn look(&self) {
        let nodes = self.map().nodes().to_vec();
        let mut lines = self.lines.lock().await;
        let asked = nodes.into_iter().map(|node| {
            let line = lines.remove(&node);
            async move {
                let answer = timeout(PATIENCE, ask(node, line)).await.ok()??;
                self.change(|map| map.learn(&parse_by(&answer.0, &|host, port| self.place(host, port))));
                Some((node, answer.1))
            }
        });
        let answered = join_all(asked).await;
        lines.extend(answered.into_iter().flatten());
    }

    fn change(&self, change: impl FnOnce(&mut SlotMap) -> bool) {
        let mut shared = self.map.write().unwrap_or_else(PoisonError::into_inner);
        if change(Arc::make_mut(&mut shared)) {
            self.changes.send_modify(|changes| *changes += 1);
        }
    }
}

/// `CLUSTER NODES` of one node, and the line on which it was asked; none if it doesn't answer.
async fn ask(node: Endpoint, line: Option<MultiplexedConnection>) -> Option<(String, MultiplexedConnection)> {
    let mut line = match line {
        Some(line) => line,
        None => LinkSettings::new(PATIENCE).connect(node).await.ok()?,
    };
    let answer = redis::cmd("CLUSTER").arg("NODES").query_async(&mut line).await.ok()?;
    Some((answer, line))
}

#[cfg(test)]
mod tests {
    use redis::ServerErrorKind;

    use super::*;

    #[test]
    fn redirections_are_told_from_other_errors() {
        let error = |kind: ServerErrorKind, detail: &str| {
            let kind = redis::ErrorKind::Server(kind);
            let error = RedisError::from((kind, "said by a server", detail.to_owned()));
            Redirection::of(&error, &|_, port| Some(Endpoint::local(port)))
        };
        let there = Endpoint::local(6_381);
        assert_eq!(
            error(ServerErrorKind::Moved, "3999 127.0.0.1:6381"),
            Some(Redirection::Moved(3_999, there))
        );
        assert_eq!(error(ServerErrorKind::Ask, "3999 127.0.0.1:6381"), Some(Redirection::Ask(there)));
        assert_eq!(error(ServerErrorKind::TryAgain, "Multiple keys"), Some(Redirection::TryAgain));
        for (kind, detail) in [
            (ServerErrorKind::ClusterDown, "The cluster is down"),
            (ServerErrorKind::Moved, "99999 127.0.0.1:6381"),
            (ServerErrorKind::Moved, "nonsense"),
        ] {
            assert_eq!(error(kind, detail), None, "{detail}");
        }
    }
}
