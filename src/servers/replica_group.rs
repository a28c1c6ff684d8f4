//! A master, its replicas and the Sentinels which watch over them.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::Progress;
use super::binary::ServerBinary;
use super::endpoint::Endpoint;
use super::group_settings::{GroupError, GroupSettings, NodeAddress, Shape};
use super::group_wait::{await_agreement, await_link, await_stream};
use super::node_error::NodeError;
use super::node_settings::{NodeSettings, Restart};
use super::port::free_ports;
use super::proxy::{self, Proxy};
use super::redis_node::RedisNode;
use super::run_folder::RunFolder;
use super::sentinel::{self, SentinelProgram};

/// A running group. Dropped, all its servers are killed.
#[derive(Debug)]
pub struct ReplicaGroup {
    settings: GroupSettings,
    /// The first master and then the replicas, in the order they were started; a failover changes roles, not places.
    nodes: Vec<RedisNode>,
    sentinels: Vec<RedisNode>,
    /// One before each data server, in the same order; none in a group without proxies.
    proxies: Vec<Proxy>,
    ready_time: Duration,
    /// For each data server, since when it has been seen dead.
    dead_since: Vec<Option<Instant>>,
}

impl ReplicaGroup {
    /// Starts a group and waits until its replicas are in sync and its Sentinels agree.
    ///
    /// The master goes first, then all replicas at once, then all Sentinels at once. All at once would be slower: a
    /// replica whose master isn't there yet tries again after a whole second, and a Sentinel that sees a replica before
    /// it is in sync looks again only after ten.
    ///
    /// # Errors
    /// When the settings make no group, a server doesn't start, or they don't find together. Nothing is left running.
    pub async fn start(
        binary: &ServerBinary,
        run: &RunFolder,
        mut settings: GroupSettings,
        progress: Progress<'_>,
    ) -> Result<Self, GroupError> {
        settings.check()?;
        let proxies = open_proxies(&mut settings)?;
        let started_at = Instant::now();
        let (name, replica_count) = (&settings.name, settings.replica_count);
        progress(&format!(
            "Starting {name}: 1 master, {replica_count} replicas, {} Sentinels",
            settings.sentinel_count
        ));
        let mut nodes = vec![RedisNode::start(binary, run, settings.node(0, None)).await?];
        lead(&proxies, &nodes);
        start_replicas(binary, run, &settings, &proxies, &mut nodes).await?;
        let sentinels = start_sentinels(binary, run, &settings, &nodes).await?;
        await_agreement(&settings, nodes[0].announced(), &sentinels).await?;
        let ready_time = started_at.elapsed();
        progress(&format!("{name} is ready after {} ms", ready_time.as_millis()));
        let dead_since = vec![None; nodes.len()];
        Ok(Self { settings, nodes, sentinels, proxies, ready_time, dead_since })
    }

    /// What it was started with.
    pub fn settings(&self) -> &GroupSettings {
        &self.settings
    }

    /// The address of the first master for clients (its proxy's, if it has one). After a failover ask the Sentinels.
    pub fn master(&self) -> Endpoint {
        self.nodes[0].announced()
    }

    /// The addresses of the first replicas for clients.
    pub fn replicas(&self) -> Vec<Endpoint> {
        self.nodes[1..].iter().map(RedisNode::announced).collect()
    }

    /// Where the Sentinels listen.
    pub fn sentinels(&self) -> Vec<Endpoint> {
        self.sentinels.iter().map(RedisNode::endpoint).collect()
    }

    /// The data servers: the first master, then the replicas. Failovers change roles, not places.
    pub fn nodes(&self) -> &[RedisNode] {
        &self.nodes
    }

    /// The same, to kill, pause or restart one.
    pub fn nodes_mut(&mut self) -> &mut [RedisNode] {
        &mut self.nodes
    }

    /// The Sentinel processes, in the order of [`Self::sentinels`].
    pub fn sentinel_nodes(&self) -> &[RedisNode] {
        &self.sentinels
    }

    /// The same, to kill, pause or restart one.
    pub fn sentinel_nodes_mut(&mut self) -> &mut [RedisNode] {
        &mut self.sentinels
    }

    /// The proxies before the data servers, in the order of [`Self::nodes`]; none in a group without proxies.
    pub fn proxies(&self) -> &[Proxy] {
        &self.proxies
    }

    /// From the start of the first process until all agreed.
    pub fn ready_time(&self) -> Duration {
        self.ready_time
    }

    /// The supervisor's look: starts each data server again that has been dead for as long as the settings say, with its
    /// port, its data and its configuration file as they are. Answers which ones, and how it went; one that did not come up
    /// is tried again after the same time.
    pub async fn supervise(&mut self) -> Vec<(usize, Result<(), NodeError>)> {
        let Some(patience) = self.settings.restart_in_place else { return Vec::new() };
        let mut started = Vec::new();
        for (index, node) in self.nodes.iter_mut().enumerate() {
            if node.is_running() {
                self.dead_since[index] = None;
            } else if self.dead_since[index].get_or_insert_with(Instant::now).elapsed() >= patience {
                started.push((index, node.restart(Restart::WithItsFile).await));
                self.dead_since[index] = None;
            }
        }
        started
    }

    /// Ends the Sentinels, then the replicas, then the master, so that nobody starts a failover or waits for a replica.
    pub async fn stop(&mut self) {
        for node in self.sentinels.iter_mut().chain(self.nodes.iter_mut().rev()) {
            node.stop().await;
        }
    }
}

/// Opens a proxy for each data server to come, if the group is to have them, and has its address announced.
fn open_proxies(settings: &mut GroupSettings) -> Result<Vec<Proxy>, GroupError> {
    if !settings.is_proxied {
        return Ok(Vec::new());
    }
    let count = settings.replica_count + 1;
    let proxies =
        proxy::open(count).map_err(|source| GroupError::Ports { name: settings.name.clone(), source })?;
    settings.addresses.resize_with(count, NodeAddress::default);
    for (address, proxy) in settings.addresses.iter_mut().zip(&proxies) {
        address.announce = Some(proxy.endpoint());
    }
    Ok(proxies)
}

/// Tells each proxy where its server listens, as far as the servers have started.
fn lead(proxies: &[Proxy], nodes: &[RedisNode]) {
    for (proxy, node) in proxies.iter().zip(nodes) {
        proxy.lead_to(node.endpoint());
    }
}

/// Starts the replicas and waits until each follows: a star all at once, a chain link by link.
async fn start_replicas(
    binary: &ServerBinary,
    run: &RunFolder,
    settings: &GroupSettings,
    proxies: &[Proxy],
    nodes: &mut Vec<RedisNode>,
) -> Result<(), GroupError> {
    let master = nodes[0].announced();
    match settings.shape {
        Shape::Star => {
            let all = (1..=settings.replica_count).map(|index| settings.node(index, Some(master)));
            nodes.extend(start_all(&settings.name, all.map(|node| start_one(binary, run, node))).await?);
            lead(proxies, nodes);
            for replica in &nodes[1..] {
                await_link(replica, &nodes[0]).await?;
            }
        }
        Shape::Chain => {
            for index in 1..=settings.replica_count {
                let before = nodes[index - 1].announced();
                let replica = RedisNode::start(binary, run, settings.node(index, Some(before))).await?;
                await_link(&replica, &nodes[index - 1]).await?;
                nodes.push(replica);
                lead(proxies, nodes);
            }
        }
    }
    await_stream(nodes).await
}

async fn start_sentinels(
    binary: &ServerBinary,
    run: &RunFolder,
    settings: &GroupSettings,
    nodes: &[RedisNode],
) -> Result<Vec<RedisNode>, GroupError> {
    let ports = free_ports(settings.sentinel_count)
        .map_err(|source| GroupError::Ports { name: settings.name.clone(), source })?;
    let all: Vec<(Endpoint, String)> =
        ports.into_iter().map(|port| (Endpoint::local(port), sentinel::new_id())).collect();
    let programs = all.iter().enumerate().map(|(index, (endpoint, id))| SentinelProgram {
        name: format!("{}-sentinel-{}", settings.name, index + 1),
        port: endpoint.port,
        id: id.clone(),
        master_name: settings.name.clone(),
        master: nodes[0].announced(),
        replicas: nodes[1..].iter().map(RedisNode::announced).collect(),
        others: all.iter().filter(|(_, other)| other != id).cloned().collect(),
        settings: settings.sentinel.clone(),
    });
    let starts = programs.map(|program| {
        let (binary, run) = (binary.clone(), run.clone());
        async move { RedisNode::start_sentinel(&binary, &run, program).await }
    });
    start_all(&settings.name, starts).await
}

/// A start that borrows nothing, so it can run as a task.
fn start_one(
    binary: &ServerBinary,
    run: &RunFolder,
    settings: NodeSettings,
) -> impl Future<Output = Result<RedisNode, NodeError>> + Send + 'static {
    let (binary, run) = (binary.clone(), run.clone());
    async move { RedisNode::start(&binary, &run, settings).await }
}

/// Runs all starts at once; the nodes come in the order of the starts. At the first error the others are stopped.
async fn start_all<F>(name: &str, starts: impl Iterator<Item = F>) -> Result<Vec<RedisNode>, GroupError>
where
    F: Future<Output = Result<RedisNode, NodeError>> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for (index, start) in starts.enumerate() {
        tasks.spawn(async move { (index, start.await) });
    }
    let mut nodes = Vec::new();
    while let Some(joined) = tasks.join_next().await {
        match joined {
            Ok((index, Ok(node))) => nodes.push((index, node)),
            Ok((_, Err(error))) => {
                tasks.shutdown().await;
                return Err(error.into());
            }
            Err(_interrupted) => return Err(GroupError::Interrupted { name: name.to_owned() }),
        }
    }
    nodes.sort_by_key(|(index, _)| *index);
    Ok(nodes.into_iter().map(|(_, node)| node).collect())
}
