//! A Redis Cluster: shards, each a master with replicas, which share the slots and replace a dead master among
//! themselves.
//!
//! - [`settings`]: what it is to be, and why it may not come up.
//! - `form`: how nodes become a cluster, by the protocol alone.
//! - [`view`]: what a node knows of all nodes.
//! - [`shares`]: which slots belong to whom, and which ones move.
//! - `moving`: how slots move while requests come; `key_by_key`: one way, and what becomes of a move that is interrupted.
//!   `reshape`: a shard comes, or goes.

mod form;
mod key_by_key;
mod moving;
mod peer;
mod reshape;
pub mod settings;
pub mod shares;
pub mod view;

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures_util::future::{join_all, try_join_all};
use tokio::sync::{MappedMutexGuard, Mutex as AsyncMutex, MutexGuard};

use super::Progress;
use super::binary::ServerBinary;
use super::node_error::NodeError;
use super::port::free_cluster_ports;
use super::redis_node::RedisNode;
use super::run_folder::RunFolder;
pub use peer::Member;
pub use reshape::Reshaped;
pub use settings::{ClusterError, ClusterSettings};
pub use view::{NodeView, SLOTS};

/// A running cluster. Dropped, all its servers are killed.
///
/// It can be used from several places at once: while slots move, nodes can still be killed and restarted.
#[derive(Debug)]
pub struct Cluster {
    settings: ClusterSettings,
    binary: ServerBinary,
    run: RunFolder,
    /// The servers, in the order in which they were started; those that left are gone.
    servers: AsyncMutex<Vec<Started>>,
    /// The same, for those who only look.
    members: Mutex<Vec<Member>>,
    /// Held while a shard comes or goes.
    reshaping: AsyncMutex<()>,
    /// What the first node knew of all when they agreed.
    views: Vec<NodeView>,
    ready_time: Duration,
}

/// A server with its number and shard.
#[derive(Debug)]
struct Started {
    number: usize,
    shard: usize,
    node: RedisNode,
}

impl Cluster {
    /// Starts the nodes and makes them a cluster: the first ones are its masters, then come the first replica of each, and
    /// the second of each.
    ///
    /// # Errors
    /// When the settings make no cluster, a server doesn't start, or they don't find together. Nothing is left running.
    pub async fn start(
        binary: &ServerBinary,
        run: &RunFolder,
        settings: ClusterSettings,
        progress: Progress<'_>,
    ) -> Result<Self, ClusterError> {
        settings.check()?;
        let started_at = Instant::now();
        let (name, shards) = (settings.name.clone(), settings.shard_count);
        let nodes = shards * (settings.replica_count + 1);
        progress(&format!("Starting {name}: a cluster of {shards} shards, {nodes} nodes"));
        let places = (0..nodes).map(|index| (index + 1, index % shards + 1)).collect();
        let servers = start_all(binary, run, &settings, places).await?;
        let mut peers = form::introduce(&servers).await?;
        form::form(&name, &mut peers, shards).await?;
        let views = peers[0].nodes().await?;
        let ready_time = started_at.elapsed();
        progress(&format!("{name} is ready after {} ms", ready_time.as_millis()));
        Ok(Self {
            settings,
            binary: binary.clone(),
            run: run.clone(),
            servers: AsyncMutex::new(servers),
            members: Mutex::new(peers.into_iter().map(|peer| peer.member).collect()),
            reshaping: AsyncMutex::new(()),
            views,
            ready_time,
        })
    }

    /// What it was started with.
    pub fn settings(&self) -> &ClusterSettings {
        &self.settings
    }

    /// Its nodes now, in the order in which they were started.
    pub fn members(&self) -> Vec<Member> {
        self.lock_members().clone()
    }

    /// What its nodes agreed on at the start.
    pub fn views_at_start(&self) -> &[NodeView] {
        &self.views
    }

    /// From the start of the first process until all agreed.
    pub fn ready_time(&self) -> Duration {
        self.ready_time
    }

    /// The server of a node, held until it is let go; none if there is no such node.
    pub async fn node(&self, name: &str) -> Option<MappedMutexGuard<'_, RedisNode>> {
        let number = name.strip_prefix("node ")?.parse::<usize>().ok()?;
        let servers = self.servers.lock().await;
        let place = servers.iter().position(|server| server.number == number)?;
        Some(MutexGuard::map(servers, |servers| &mut servers[place].node))
    }

    /// Ends all nodes.
    pub async fn stop(&self) {
        // All at once: a master whose replica is gone would wait for it.
        let mut servers = self.servers.lock().await;
        join_all(servers.iter_mut().map(|server| server.node.stop())).await;
    }

    fn lock_members(&self) -> std::sync::MutexGuard<'_, Vec<Member>> {
        self.members.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Starts servers side by side, each with its number and shard. At the first error the others are stopped.
async fn start_all(
    binary: &ServerBinary,
    run: &RunFolder,
    settings: &ClusterSettings,
    places: Vec<(usize, usize)>,
) -> Result<Vec<Started>, ClusterError> {
    let ports = free_cluster_ports(places.len())
        .map_err(|source| ClusterError::Ports { name: settings.name.clone(), source })?;
    let starts = places.into_iter().zip(ports).map(|((number, shard), port)| async move {
        let node = RedisNode::start(binary, run, settings.node(number, port)).await?;
        Ok::<Started, NodeError>(Started { number, shard, node })
    });
    Ok(try_join_all(starts).await?)
}
