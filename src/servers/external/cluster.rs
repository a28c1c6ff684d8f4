//! A Redis Cluster that runs elsewhere: a door before each of its nodes, opened when somebody first speaks of the node.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use super::super::cluster::view::parse_by;
use super::super::cluster::{Member, NodeView};
use super::super::endpoint::Endpoint;
use super::KEYS_OF_ALL_RUNS;
use super::clean::clean_master;
use super::door::Door;
use super::error::ExternalError;
use super::server::{About, Server};
use crate::topology::address::{Access, Host};

/// The doors, by the name and the port of their nodes.
type Doors = BTreeMap<(String, u16), (Arc<Server>, Door)>;

/// A cluster that a run uses, with a prefix of its own for one stage. Dropped without [`ExternalCluster::close`], it removes the run's keys all the
/// same, as long as the program lives.
#[derive(Debug)]
pub struct ExternalCluster {
    access: Access,
    prefix: String,
    about: About,
    doors: Mutex<Doors>,
    views: Vec<NodeView>,
    is_clean: AtomicBool,
}

impl ExternalCluster {
    /// Asks the first node of the address that answers for all nodes, and opens the doors to them. `run` and `stage` name the prefix, in
    /// letters, digits and dashes.
    ///
    /// # Errors
    /// No node can be reached, or it refuses, or it is too old, or it is no node of a cluster.
    pub async fn open(access: Access, run: &str, stage: &str) -> Result<Self, ExternalError> {
        let prefix = format!("{KEYS_OF_ALL_RUNS}{run}:{stage}:");
        let (about, text) = ask_any(&access, &prefix).await?;
        let (doors, is_clean) = (Mutex::default(), AtomicBool::new(false));
        let mut cluster = Self { access, prefix, about, doors, views: Vec::new(), is_clean };
        cluster.views = parse_by(&text, &|name, port| cluster.door(name, port));
        if cluster.views.is_empty() {
            let address = cluster.access.address.to_string();
            return Err(ExternalError::Refuses {
                address,
                said: "it names no nodes of its cluster".to_owned(),
            });
        }
        Ok(cluster)
    }

    /// The door to a node; none where it can't be opened, or the node has no address. Call it on a tokio runtime.
    pub fn door(&self, name: &str, port: u16) -> Option<Endpoint> {
        if name.is_empty() || port == 0 {
            return None;
        }
        let mut doors = self.lock();
        let key = (name.to_owned(), port);
        if let Some((_, door)) = doors.get(&key) {
            return Some(door.endpoint());
        }
        let server = Server::new(self.access.at(vec![Host { name: name.to_owned(), port }])).ok()?;
        let server = Arc::new(server);
        let door = Door::open(&server, &self.prefix).ok()?;
        let endpoint = door.endpoint();
        doors.insert(key, (server, door));
        Some(endpoint)
    }

    /// Its nodes as they were when it was opened: each master a shard, in the order of their slots, and the replicas behind them.
    pub fn members(&self) -> Vec<Member> {
        let mut masters: Vec<&NodeView> = self.views.iter().filter(|view| view.slot_count() > 0).collect();
        masters.sort_by_key(|view| view.slots.iter().map(|range| *range.start()).min());
        let shard_of = |id: Option<&str>| masters.iter().position(|master| Some(master.id.as_str()) == id);
        let replicas = self.views.iter().filter_map(|view| Some((shard_of(view.master.as_deref())?, view)));
        let all = masters.iter().copied().enumerate().chain(replicas);
        let member = |(number, (shard, view)): (usize, (usize, &NodeView))| Member {
            number: number + 1,
            shard: shard + 1,
            endpoint: view.endpoint,
            id: view.id.clone(),
        };
        all.enumerate().map(member).collect()
    }

    /// What its first node said of all.
    pub fn views(&self) -> &[NodeView] {
        &self.views
    }

    /// What the nodes say that they are.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// The address, as it may be shown.
    pub fn address(&self) -> String {
        self.access.address.to_string()
    }

    /// What the keys of the stage begin with there.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Shuts the doors and removes the keys. Answers how many there were.
    ///
    /// # Errors
    /// A node can't be reached any more: what is left there begins with the prefix.
    pub async fn close(&self) -> Result<u64, ExternalError> {
        // What could not be done now is not tried once more when this is dropped.
        self.is_clean.store(true, Ordering::Release);
        let servers = self.shut();
        remove(&servers, &self.prefix).await
    }

    /// Shuts the doors. Answers the servers behind them.
    fn shut(&self) -> Vec<Arc<Server>> {
        std::mem::take(&mut *self.lock()).into_values().map(|(server, _door)| server).collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Doors> {
        self.doors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for ExternalCluster {
    fn drop(&mut self) {
        let servers = self.shut();
        if self.is_clean.load(Ordering::Acquire) || servers.is_empty() {
            return;
        }
        // As with one server: on a runtime of its own, because the engine's may be about to end.
        let prefix = self.prefix.clone();
        let cleaning = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.map(|runtime| runtime.block_on(remove(&servers, &prefix)).ok()).ok();
        });
        drop(cleaning.join());
    }
}

/// Removes the keys at every master among some servers. One that can't be reached keeps none of the others from it.
async fn remove(servers: &[Arc<Server>], prefix: &str) -> Result<u64, ExternalError> {
    let cleaned =
        futures_util::future::join_all(servers.iter().map(|server| clean_master(server, prefix))).await;
    cleaned.into_iter().try_fold(0, |sum, removed| Ok(sum + removed?))
}

/// What the first node that answers says of itself and of all nodes.
async fn ask_any(access: &Access, prefix: &str) -> Result<(About, String), ExternalError> {
    let mut last = None;
    for host in &access.address.hosts {
        let server = Server::new(access.at(vec![host.clone()]))?;
        match ask(&server, prefix).await {
            Ok(answer) => return Ok(answer),
            Err(error) => last = Some(error),
        }
    }
    let nobody = || ExternalError::Unreachable {
        address: access.address.to_string(),
        why: "it has no hosts".to_owned(),
    };
    Err(last.unwrap_or_else(nobody))
}

async fn ask(server: &Server, prefix: &str) -> Result<(About, String), ExternalError> {
    let about = server.about(prefix).await?;
    let mut line = server.connection().await?;
    let nodes = redis::cmd("CLUSTER").arg("NODES").query_async(&mut line).await;
    Ok((about, nodes.map_err(|error| server.refuses(&error))?))
}
