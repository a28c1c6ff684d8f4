//! The servers of a run: what the stages need is started, told apart and stopped as a whole.
//!
//! - `database`: the databases, each embedded or with a server.
//! - `settings`: what its own processes are to be.
//! - [`broker`]: the server of a queue that Redis doesn't keep.
//! - [`external`]: those that are not ours; [`external_queue`]: one that keeps a queue, and is no Redis;
//!   [`external_database`]: one of a database.

pub mod broker;
mod database;
pub mod external;
pub mod external_database;
pub mod external_queue;
mod settings;

use std::path::Path;
use std::time::Duration;

use futures_util::future::join_all;

use self::broker::{Broker, OwnBroker};
use self::external::{Externals, Left};
use self::settings::{cluster_settings, group_settings};
use super::cluster::{ClusterGroup, Holder, Newcomers, Place, Voice};
use super::redis_link::{Connection, LinkSettings, Resolver};
use super::stock::StockForm;
use super::store::StoreError;
use crate::servers::{
    Cluster, ClusterError, Endpoint, External, ExternalError, GroupError, GroupSettings, LinkState,
    NodeError, RedisNode, ReplicaGroup, RunFolder, ServerBinary,
};
use crate::topology::stage::QueueForm;
use crate::topology::{ClientKind, RunPlan};
pub use database::{RunDatabase, needed_databases};

/// Everything real that a run stands on. Dropping it ends all of it.
pub struct Environment {
    groups: Vec<Group>,
    /// The Redis Clusters: a second kind of group, whose nodes may come and go during a run.
    clusters: Vec<ClusterGroup>,
    newcomers: Newcomers,
    /// The databases.
    pub databases: Vec<RunDatabase>,
    /// The servers of queues that Redis doesn't keep.
    brokers: Vec<OwnBroker>,
    /// Servers that are not ours. Dropped after what holds locks there: tables of the run are removed then.
    pub externals: Externals,
    /// The server programs.
    pub binaries: Binaries,
    /// Kept alive: the servers' files are in it.
    folder: RunFolder,
}

/// The server programs of a run: those that it needs.
#[derive(Debug, Clone, Default)]
pub struct Binaries {
    /// Redis or Valkey.
    pub redis: Option<ServerBinary>,
    /// NATS.
    pub nats: Option<ServerBinary>,
    /// The servers of databases.
    pub databases: Vec<ServerBinary>,
    /// RabbitMQ.
    pub rabbitmq: Option<ServerBinary>,
}

/// The Redis processes of one stage.
struct Group {
    /// The stage's place in the topology.
    stage: usize,
    processes: ReplicaGroup,
    /// How to reach their master; shared by all connections, so that all of them learn of a failover.
    master: Resolver,
}

/// One process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// The place of its stage in the topology.
    pub stage: usize,
    /// Its name within the stage, as faults call it.
    pub name: String,
    /// Where it listens itself, whatever stands in front of it. So the lab still sees a process whose link is cut, and
    /// how far it falls behind: what looks here looks at the process, and not over its link.
    pub endpoint: Endpoint,
    /// The shard that it belongs to, counted from 1; 0 where there are none.
    pub shard: usize,
}

/// Why the servers of a run could not be had.
#[derive(Debug, thiserror::Error)]
pub enum EnvironmentError {
    /// A group of servers did not come up.
    #[error("stage \"{stage}\": {source}")]
    Group {
        /// The stage.
        stage: String,
        /// Why.
        source: GroupError,
    },
    /// A cluster did not come up.
    #[error("stage \"{stage}\": {source}")]
    Cluster {
        /// The stage.
        stage: String,
        /// Why.
        source: ClusterError,
    },
    /// A server that is not ours can't be used.
    #[error("stage \"{stage}\": {source}")]
    External {
        /// The stage.
        stage: String,
        /// Why.
        source: ExternalError,
    },
    /// The server of a queue or of the database did not come up.
    #[error("stage \"{stage}\": {why}")]
    Broker {
        /// The stage.
        stage: String,
        /// Why.
        why: String,
    },
    /// The database could not be made.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Whether a plan needs a Redis server at all.
pub fn needs_redis(plan: &RunPlan) -> bool {
    let is_redis = |stage| group_settings(plan, stage).is_some() || cluster_settings(plan, stage).is_some();
    plan.order.iter().any(|&stage| is_redis(stage))
}

/// Whether a plan needs a NATS server.
pub fn needs_nats(plan: &RunPlan) -> bool {
    broker::wanted(plan, QueueForm::JetStream).next().is_some()
}

/// Whether a plan needs a RabbitMQ server.
pub fn needs_rabbitmq(plan: &RunPlan) -> bool {
    broker::wanted(plan, QueueForm::RabbitMq).next().is_some()
}

impl Environment {
    /// Starts every server of the plan, groups side by side. Proxies stand before the processes of each stage for which
    /// the plan scripts a link fault, and with `link_faults` before those of every stage.
    ///
    /// # Errors
    /// One of them does not come up; then none is left running.
    pub async fn start(
        plan: &RunPlan,
        link_faults: bool,
        binaries: Binaries,
        folder: RunFolder,
        progress: &(dyn Fn(&str) + Send + Sync),
    ) -> Result<Self, EnvironmentError> {
        let externals = Externals::open(plan, folder.path(), progress).await?;
        let (mut groups, mut clusters, newcomers) = (Vec::new(), Vec::new(), Newcomers::default());
        if let Some(binary) = &binaries.redis {
            let wanted = plan.order.iter().filter_map(|&stage| Some((stage, group_settings(plan, stage)?)));
            let folder = &folder;
            let starting = wanted.map(|(stage, settings)| async move {
                let is_proxied = link_faults || scripts_link_fault(plan, stage);
                let settings = GroupSettings { is_proxied, ..settings };
                (stage, ReplicaGroup::start(binary, folder, settings, progress).await)
            });
            let starting_clusters = start_clusters(plan, binary, folder, &newcomers, progress);
            let (started, started_clusters) = tokio::join!(join_all(starting), starting_clusters);
            clusters = started_clusters?;
            for (stage, started) in started {
                let source = |source| EnvironmentError::Group { stage: plan.name(stage).to_owned(), source };
                groups.push(Group::new(stage, started.map_err(source)?));
            }
        }
        clusters.extend(externals.clusters().map(|(stage, cluster)| {
            ClusterGroup::elsewhere(stage, plan.name(stage), cluster, newcomers.clone())
        }));
        let databases = database::start(plan, &binaries.databases, &externals, &folder).await?;
        let brokers = broker::start(plan, &binaries, &folder).await?;
        Ok(Self { groups, clusters, newcomers, databases, brokers, externals, binaries, folder })
    }

    /// Where the run's files are, if they stay there afterwards.
    pub fn kept_folder(&self) -> Option<&Path> {
        self.folder.is_kept().then(|| self.folder.path())
    }

    /// The server of a queue that Redis doesn't keep.
    pub fn broker(&self, stage: usize) -> Option<Broker> {
        let own = self.brokers.iter().find(|own| own.stage == stage);
        own.map(|own| own.broker.clone()).or_else(|| self.externals.broker(stage))
    }

    /// The one of our own, to break or mend it.
    pub fn broker_mut(&mut self, stage: usize) -> Option<&mut OwnBroker> {
        self.brokers.iter_mut().find(|own| own.stage == stage)
    }

    /// How to reach the master of a stage.
    pub fn master(&self, stage: usize) -> Option<Resolver> {
        let external = self.externals.of(stage).and_then(External::endpoint).map(Resolver::Fixed);
        external.or_else(|| Some(self.group(stage)?.master.clone()))
    }

    /// How clients of a kind reach the master of a stage: naive ones know the first master only, for ever.
    pub fn master_for(&self, stage: usize, clients: ClientKind) -> Option<Resolver> {
        match clients {
            ClientKind::Naive if self.externals.of(stage).is_none() => {
                Some(Resolver::Fixed(self.group(stage)?.processes.master()))
            }
            ClientKind::Naive | ClientKind::SentinelAware => self.master(stage),
        }
    }

    /// Where the Sentinels of a stage listen.
    pub fn sentinels(&self, stage: usize) -> Vec<Endpoint> {
        self.group(stage).map(|group| group.processes.sentinels()).unwrap_or_default()
    }

    /// The data processes of a stage: their names, and the ports that they announce.
    pub fn announced(&self, stage: usize) -> Vec<(String, u16)> {
        if let Some(door) = self.externals.of(stage).and_then(External::endpoint) {
            return vec![(data_name(0), door.port)];
        }
        let nodes = self.group(stage).into_iter().flat_map(|group| group.processes.nodes());
        nodes.enumerate().map(|(index, node)| (data_name(index), node.announced().port)).collect()
    }

    /// Whether a supervisor looks after the processes of a stage.
    pub fn has_supervisor(&self) -> bool {
        self.groups.iter().any(|group| group.processes.settings().restart_in_place.is_some())
    }

    /// The supervisors' look. Answers the stage and the place of each process that they started again, and how it went.
    pub async fn supervise(&mut self) -> Vec<(usize, usize, Result<(), NodeError>)> {
        let mut started = Vec::new();
        for group in &mut self.groups {
            let stage = group.stage;
            let of_group = group.processes.supervise().await.into_iter();
            started.extend(of_group.map(|(process, result)| (stage, process, result)));
        }
        started
    }

    /// How to reach the master of every stage that has one.
    pub fn masters(&self) -> impl Iterator<Item = Resolver> + '_ {
        self.groups.iter().map(|group| group.master.clone())
    }

    /// The cluster of a stage.
    pub fn cluster(&self, stage: usize) -> Option<&ClusterGroup> {
        self.clusters.iter().find(|cluster| cluster.stage == stage)
    }

    /// All clusters.
    pub fn clusters(&self) -> &[ClusterGroup] {
        &self.clusters
    }

    /// Lets the clusters tell what becomes of them.
    pub fn speak(&mut self, voice: &Voice) {
        self.clusters.iter_mut().for_each(|cluster| cluster.speak(voice.clone()));
    }

    /// Processes that come and leave while the run goes on.
    pub fn newcomers(&self) -> Newcomers {
        self.newcomers.clone()
    }

    /// Who holds the data of a stage that decides claims in Redis.
    pub fn holder(&self, plan: &RunPlan, stage: usize, patience: Duration) -> Option<Holder> {
        let form = StockForm::of(&plan.topology.stages[stage].kind);
        let place = match self.cluster(stage) {
            Some(cluster) => Place::Cluster(cluster.client(patience)),
            None => Place::Master(Connection::new(self.master(stage)?, LinkSettings::new(patience))),
        };
        Some(Holder { place, form })
    }

    /// Where the replicas of a stage listen.
    pub fn replicas(&self, stage: usize) -> Vec<Endpoint> {
        self.group(stage).map(|group| group.processes.replicas()).unwrap_or_default()
    }

    /// Every process, stage by stage: master, replicas, Sentinels.
    pub fn instances(&self) -> Vec<Instance> {
        let mut instances = Vec::new();
        for group in &self.groups {
            let nodes = group.processes.nodes().iter().enumerate();
            let data = nodes.map(|(index, node)| (data_name(index), node.endpoint()));
            let sentinels = group.processes.sentinels().into_iter().zip(1..);
            let sentinels = sentinels.map(|(endpoint, number)| (format!("sentinel {number}"), endpoint));
            let of_stage = data.chain(sentinels);
            instances.extend(of_stage.map(|(name, endpoint)| Instance {
                stage: group.stage,
                name,
                endpoint,
                shard: 0,
            }));
        }
        instances.extend(self.externals.all().filter_map(|(stage, external)| {
            Some(Instance { stage, name: data_name(0), endpoint: external.endpoint()?, shard: 0 })
        }));
        instances.extend(self.clusters.iter().flat_map(ClusterGroup::instances));
        instances
    }

    /// The data processes of a stage: the first master, then the replicas.
    pub fn data_instances(&self, stage: usize) -> Vec<Instance> {
        let is_data = |one: &Instance| one.stage == stage && !one.name.starts_with("sentinel");
        self.instances().into_iter().filter(is_data).collect()
    }

    /// Whether nothing is on its way to any process over a slow link any more.
    pub fn links_are_quiet(&self) -> bool {
        let mut proxies = self.groups.iter().flat_map(|group| group.processes.proxies());
        proxies.all(|proxy| proxy.link().is_quiet())
    }

    /// Whether proxies stand before the processes of a stage, so that its links can be cut and slowed.
    pub fn has_proxies(&self, stage: usize) -> bool {
        self.group(stage).is_some_and(|group| !group.processes.proxies().is_empty())
    }

    /// The processes of a stage, to break or mend them; none where it runs none.
    pub fn processes_mut(&mut self, stage: usize) -> Option<&mut ReplicaGroup> {
        self.groups.iter_mut().find(|group| group.stage == stage).map(|group| &mut group.processes)
    }

    /// The cluster of a stage, to break or mend it.
    pub fn cluster_mut(&mut self, stage: usize) -> Option<&mut ClusterGroup> {
        self.clusters.iter_mut().find(|cluster| cluster.stage == stage)
    }

    /// Mends every link that is not whole. Answers whose they were: the place of the stage, and the process.
    pub fn mend_links(&self) -> Vec<(usize, String)> {
        let mut mended = Vec::new();
        for group in &self.groups {
            for (index, proxy) in group.processes.proxies().iter().enumerate() {
                if proxy.link().state() != LinkState::WHOLE {
                    proxy.link().mend();
                    mended.push((group.stage, data_name(index)));
                }
            }
        }
        mended
    }

    /// Stops every server and waits until it is gone. Answers what became of the run's keys at servers that are not ours.
    pub async fn stop(mut self, name: impl Fn(usize) -> String) -> Vec<Left> {
        let groups = join_all(self.groups.iter_mut().map(|group| group.processes.stop()));
        let clusters = join_all(self.clusters.iter_mut().map(ClusterGroup::stop));
        let databases = self.databases.iter_mut().flat_map(RunDatabase::nodes_mut);
        let databases = join_all(databases.map(RedisNode::stop));
        tokio::join!(groups, clusters, databases, broker::stop(&mut self.brokers));
        // Whoever locks a table of the run elsewhere keeps it from being removed.
        self.databases.clear();
        self.externals.close(name).await
    }

    fn group(&self, stage: usize) -> Option<&Group> {
        self.groups.iter().find(|group| group.stage == stage)
    }
}

impl Group {
    fn new(stage: usize, processes: ReplicaGroup) -> Self {
        let sentinels = processes.sentinels();
        let master = if sentinels.is_empty() {
            Resolver::Fixed(processes.master())
        } else {
            Resolver::sentinels(sentinels, &processes.settings().name)
        };
        Self { stage, processes, master }
    }
}

/// The name of a data process, as faults call it.
fn data_name(index: usize) -> String {
    if index == 0 { "master".to_owned() } else { format!("replica {index}") }
}

/// Whether the plan does something to a link of a stage.
fn scripts_link_fault(plan: &RunPlan, stage: usize) -> bool {
    let mut faults = plan.topology.faults.iter();
    faults.any(|fault| fault.action.is_of_link() && fault.stage == plan.name(stage))
}

/// The name of a stage's servers in logs and to Sentinel: the stage's own, where it is made of safe characters.
fn server_name(plan: &RunPlan, stage: usize) -> String {
    let name = plan.name(stage);
    let is_safe = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') && !name.starts_with("stage-");
    if is_safe { name.to_owned() } else { format!("stage-{stage}") }
}

/// Starts the clusters of a plan, side by side.
async fn start_clusters(
    plan: &RunPlan,
    binary: &ServerBinary,
    folder: &RunFolder,
    newcomers: &Newcomers,
    progress: &(dyn Fn(&str) + Send + Sync),
) -> Result<Vec<ClusterGroup>, EnvironmentError> {
    let wanted = plan.order.iter().filter_map(|&stage| Some((stage, cluster_settings(plan, stage)?)));
    let starting = wanted.map(|(stage, settings)| async move {
        let started = Cluster::start(binary, folder, settings, progress).await;
        let source = |source| EnvironmentError::Cluster { stage: plan.name(stage).to_owned(), source };
        let cluster = started.map_err(source)?;
        Ok(ClusterGroup::new(stage, plan.name(stage), cluster, newcomers.clone()))
    });
    join_all(starting).await.into_iter().collect()
}
