//! A master, its replicas and the Sentinels which watch over them.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::Progress;
use super::binary::ServerBinary;
use super::endpoint::Endpoint;
use super::port::{PortError, free_ports};
use super::probe::Probe;
use super::redis_node::{NodeError, NodeSettings, Persistence, PortChoice, RedisNode};
use super::run_folder::RunFolder;
use super::sentinel::{self, Expected, SentinelProgram, SentinelSettings};

/// The most replicas, and the most Sentinels, one group may have.
pub const MOST: usize = 5;
/// Replicas follow in milliseconds; one that came too early tries again after a second.
const SYNC_WITHIN: Duration = Duration::from_secs(10);
/// Agreement takes a few hundred milliseconds; at the slow pace a few seconds.
const AGREE_WITHIN: Duration = Duration::from_secs(15);
const POLL: Duration = Duration::from_millis(5);

/// Whom a replica copies from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Shape {
    /// Each from the master.
    #[default]
    Star,
    /// Each from the one before it. Not with Sentinels: they re-point every replica to the master.
    Chain,
}

/// Addresses of one node which are settled before it starts, because a proxy stands in front of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NodeAddress {
    /// Where it listens. With a proxy use [`PortChoice::Fixed`], for the proxy has been told.
    pub port: PortChoice,
    /// The proxy's address. Sentinels and replicas are told this one; otherwise they would go around the proxy.
    pub announce: Option<Endpoint>,
}

/// What a group is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupSettings {
    /// The master's name for Sentinel, and the beginning of each server's name; unique in a run.
    pub name: String,
    /// How many replicas, 0 to 5.
    pub replica_count: usize,
    /// Whom they copy from.
    pub shape: Shape,
    /// How many Sentinels: 0, 1, 3 or 5.
    pub sentinel_count: usize,
    /// Their settings.
    pub sentinel: SentinelSettings,
    /// What survives on disk, on each node.
    pub persistence: Persistence,
    /// `maxmemory` of each node in bytes; `None` for no limit.
    pub max_memory_bytes: Option<u64>,
    /// Addresses of the master and then of each replica; those not given are free ports without a proxy.
    pub addresses: Vec<NodeAddress>,
    /// More directives for each node, as in `redis.conf`.
    pub extra: Vec<(String, String)>,
}

impl GroupSettings {
    /// One master, two replicas in a star, three Sentinels with a quorum of two, nothing on disk.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            replica_count: 2,
            shape: Shape::Star,
            sentinel_count: 3,
            sentinel: SentinelSettings::default(),
            persistence: Persistence::None,
            max_memory_bytes: None,
            addresses: Vec::new(),
            extra: Vec::new(),
        }
    }

    fn check(&self) -> Result<(), GroupError> {
        let wrong = |what: String| Err(GroupError::Settings { name: self.name.clone(), what });
        let (sentinels, quorum) = (self.sentinel_count, self.sentinel.quorum);
        if self.replica_count > MOST {
            return wrong(format!("{} replicas; the most is {MOST}", self.replica_count));
        }
        if ![0, 1, 3, 5].contains(&sentinels) {
            return wrong(format!(
                "{sentinels} Sentinels; use 1, 3 or 5: an even number needs more votes and survives no more"
            ));
        }
        if sentinels > 0 && !(1..=sentinels).contains(&quorum) {
            return wrong(format!(
                "a quorum of {quorum}, which {sentinels} Sentinels can't reach; use 1 to {sentinels}"
            ));
        }
        if sentinels > 0 && self.shape == Shape::Chain && self.replica_count > 1 {
            return wrong(
                "Sentinels in a chain: they would re-point every replica to the master; use a star"
                    .to_owned(),
            );
        }
        Ok(())
    }

    fn node(&self, index: usize, replica_of: Option<Endpoint>) -> NodeSettings {
        let NodeAddress { port, announce } = self.addresses.get(index).copied().unwrap_or_default();
        NodeSettings {
            name: if index == 0 {
                format!("{}-master", self.name)
            } else {
                format!("{}-replica-{index}", self.name)
            },
            port,
            replica_of,
            persistence: self.persistence,
            max_memory_bytes: self.max_memory_bytes,
            announce,
            extra: self.extra.clone(),
        }
    }
}

/// Why a group didn't come up.
#[derive(Debug, thiserror::Error)]
pub enum GroupError {
    /// There is no such group.
    #[error("group {name}: {what}")]
    Settings {
        /// The group.
        name: String,
        /// What is wrong.
        what: String,
    },
    /// There are no free ports.
    #[error("group {name}: {source}")]
    Ports {
        /// The group.
        name: String,
        /// How many were looked at.
        source: PortError,
    },
    /// One of its servers didn't start.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// A start was given up because the program is ending.
    #[error("group {name}: the start was interrupted")]
    Interrupted {
        /// The group.
        name: String,
    },
    /// A replica doesn't follow its master.
    #[error("{replica} didn't follow {master} within {} s: {problem}; its last words:\n{log}", .waited.as_secs())]
    NotSynced {
        /// The replica's name.
        replica: String,
        /// The address it copies from.
        master: Endpoint,
        /// How long it was waited for.
        waited: Duration,
        /// What it says about its link.
        problem: String,
        /// The last lines of its log.
        log: String,
    },
    /// The Sentinels don't see what there is.
    #[error("the Sentinels of group {name} didn't agree within {} s:\n{views}", .waited.as_secs())]
    NoAgreement {
        /// The group.
        name: String,
        /// How long they were waited for.
        waited: Duration,
        /// What each of them sees.
        views: String,
    },
}

/// A running group. Dropped, all its servers are killed.
#[derive(Debug)]
pub struct ReplicaGroup {
    settings: GroupSettings,
    /// The first master and then the replicas, in the order they were started; a failover changes roles, not places.
    nodes: Vec<RedisNode>,
    sentinels: Vec<RedisNode>,
    ready_time: Duration,
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
        settings: GroupSettings,
        progress: Progress<'_>,
    ) -> Result<Self, GroupError> {
        settings.check()?;
        let started_at = Instant::now();
        let (name, replica_count) = (&settings.name, settings.replica_count);
        progress(&format!(
            "Starting {name}: 1 master, {replica_count} replicas, {} Sentinels",
            settings.sentinel_count
        ));
        let mut nodes = vec![RedisNode::start(binary, run, settings.node(0, None)).await?];
        start_replicas(binary, run, &settings, &mut nodes).await?;
        let sentinels = start_sentinels(binary, run, &settings, &nodes).await?;
        await_agreement(&settings, nodes[0].announced(), &sentinels).await?;
        let ready_time = started_at.elapsed();
        progress(&format!("{name} is ready after {} ms", ready_time.as_millis()));
        Ok(Self { settings, nodes, sentinels, ready_time })
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

    /// From the start of the first process until all agreed.
    pub fn ready_time(&self) -> Duration {
        self.ready_time
    }

    /// Ends the Sentinels, then the replicas, then the master, so that nobody starts a failover or waits for a replica.
    pub async fn stop(&mut self) {
        for node in self.sentinels.iter_mut().chain(self.nodes.iter_mut().rev()) {
            node.stop().await;
        }
    }
}

/// Starts the replicas and waits until each follows: a star all at once, a chain link by link.
async fn start_replicas(
    binary: &ServerBinary,
    run: &RunFolder,
    settings: &GroupSettings,
    nodes: &mut Vec<RedisNode>,
) -> Result<(), GroupError> {
    let master = nodes[0].announced();
    match settings.shape {
        Shape::Star => {
            let all = (1..=settings.replica_count).map(|index| settings.node(index, Some(master)));
            nodes.extend(start_all(&settings.name, all.map(|node| start_one(binary, run, node))).await?);
            for replica in &nodes[1..] {
                await_sync(replica, &nodes[0], settings.replica_count).await?;
            }
        }
        Shape::Chain => {
            for index in 1..=settings.replica_count {
                let before = nodes[index - 1].announced();
                let replica = RedisNode::start(binary, run, settings.node(index, Some(before))).await?;
                await_sync(&replica, &nodes[index - 1], 1).await?;
                nodes.push(replica);
            }
        }
    }
    Ok(())
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

/// Waits until `replica` says that its link to `upstream` is up, and `upstream` says that `replica_count` replicas are online.
async fn await_sync(
    replica: &RedisNode,
    upstream: &RedisNode,
    replica_count: usize,
) -> Result<(), GroupError> {
    let started_at = Instant::now();
    let (mut below, mut above) = (Probe::new(replica.endpoint()), Probe::new(upstream.endpoint()));
    loop {
        let (link, online) = (link_status(&mut below).await, online_count(&mut above).await);
        if link == "up" && online >= replica_count {
            return Ok(());
        }
        let waited = started_at.elapsed();
        if waited > SYNC_WITHIN {
            return Err(GroupError::NotSynced {
                replica: replica.name().to_owned(),
                master: upstream.announced(),
                waited,
                problem: format!("its link is {link}; {online} of {replica_count} replicas are online there"),
                log: replica.log_tail(),
            });
        }
        tokio::time::sleep(POLL).await;
    }
}

/// A replica's `master_link_status`, or why it doesn't tell.
async fn link_status(probe: &mut Probe) -> String {
    match probe.info("replication").await {
        Ok(info) => {
            info.get("master_link_status").cloned().unwrap_or_else(|| "absent (it is a master)".to_owned())
        }
        Err(error) => error.to_string(),
    }
}

/// How many replicas have got their first copy and acknowledge what follows: lines like `slave0:…,state=online,…`.
async fn online_count(probe: &mut Probe) -> usize {
    let info = probe.info("replication").await.unwrap_or_default();
    info.iter().filter(|(key, value)| key.starts_with("slave") && value.contains("state=online")).count()
}

async fn await_agreement(
    settings: &GroupSettings,
    master: Endpoint,
    nodes: &[RedisNode],
) -> Result<(), GroupError> {
    let started_at = Instant::now();
    let expected = Expected {
        master_name: &settings.name,
        master,
        replica_count: settings.replica_count,
        sentinel_count: settings.sentinel_count,
    };
    let mut probes: Vec<Probe> = nodes.iter().map(|node| Probe::new(node.endpoint())).collect();
    loop {
        let mut views = Vec::new();
        for (node, probe) in nodes.iter().zip(&mut probes) {
            if let Err(view) = sentinel::agrees(probe, &expected).await {
                views.push(format!("  {} {view}", node.name()));
            }
        }
        if views.is_empty() {
            return Ok(());
        }
        let waited = started_at.elapsed();
        if waited > AGREE_WITHIN {
            return Err(GroupError::NoAgreement {
                name: settings.name.clone(),
                waited,
                views: views.join("\n"),
            });
        }
        tokio::time::sleep(POLL).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_that_can_not_work_are_refused_with_a_reason() {
        let group = GroupSettings::new("orders");
        assert!(group.check().is_ok());
        let quorum = SentinelSettings { quorum: 4, ..SentinelSettings::default() };
        for (wrong, reason) in [
            (GroupSettings { replica_count: 6, ..group.clone() }, "the most is 5"),
            (GroupSettings { sentinel_count: 2, ..group.clone() }, "1, 3 or 5"),
            (GroupSettings { sentinel: quorum, ..group.clone() }, "can't reach"),
            (GroupSettings { shape: Shape::Chain, ..group.clone() }, "use a star"),
        ] {
            let error = wrong.check().expect_err(reason).to_string();
            assert!(error.contains(reason), "{error}");
        }
        assert!(GroupSettings { shape: Shape::Chain, sentinel_count: 0, ..group }.check().is_ok());
    }
}
