//! The databases of a run: each embedded, or with a server.

use futures_util::future::join_all;

use super::super::store::harm::Harm;
use super::super::store::schema::{Lookups, Store};
use super::super::store::server::Server;
use super::super::store::{StoreError, Writer};
use super::external::Externals;
use super::{Environment, EnvironmentError, server_name};
use crate::servers::{DatabaseSettings, Endpoint, NodeError, RedisNode, RunFolder, ServerBinary, ServerKind};
use crate::topology::RunPlan;
use crate::topology::stage::{Database, DatabaseEngine, StageKind};

/// A database of a run, with its server where it is one.
pub struct RunDatabase {
    /// Its place in the topology.
    pub stage: usize,
    /// Where its data is.
    pub store: Store,
    /// What writes what queues and data control bring.
    pub writer: Writer,
    /// What faults do to it.
    pub harm: Harm,
    /// The server.
    pub node: Option<RedisNode>,
    /// Its replicas.
    replicas: Vec<RedisNode>,
}

impl RunDatabase {
    fn new(stage: usize, params: &Database, store: Store, threads: usize) -> Result<Self, StoreError> {
        let store = store.with_events_span(params.events_span);
        let (writer, harm) = (Writer::start(&store, threads)?, Harm::new(store.clone()));
        Ok(Self { stage, store, writer, harm, node: None, replicas: Vec::new() })
    }

    /// The processes that copy from each other: the master, then its replicas; with where each listens, and its process
    /// id. None where there are no replicas.
    pub fn group(&self) -> Vec<(Endpoint, u32)> {
        let nodes = self.node.iter().chain(&self.replicas);
        nodes.filter(|_| !self.replicas.is_empty()).map(|node| (node.endpoint(), node.pid())).collect()
    }

    /// The servers, to break or mend them: the master, then its replicas.
    pub fn nodes_mut(&mut self) -> impl Iterator<Item = &mut RedisNode> {
        self.node.iter_mut().chain(&mut self.replicas)
    }
}

impl Environment {
    /// The database of a stage.
    pub fn database(&self, stage: usize) -> Option<&RunDatabase> {
        self.databases.iter().find(|database| database.stage == stage)
    }

    /// The same, to break or mend it.
    pub fn database_mut(&mut self, stage: usize) -> Option<&mut RunDatabase> {
        self.databases.iter_mut().find(|database| database.stage == stage)
    }
}

/// Which database servers a plan needs, each once.
pub fn needed_databases(plan: &RunPlan) -> Vec<ServerKind> {
    let mut kinds: Vec<ServerKind> = own(plan).collect();
    kinds.sort_by_key(|kind| *kind == ServerKind::MariaDb);
    kinds.dedup();
    kinds
}

/// The servers of our own, one for each database that is one.
fn own(plan: &RunPlan) -> impl Iterator<Item = ServerKind> {
    all(plan).filter(|(_, params)| params.url.is_none()).filter_map(|(_, params)| server_kind(params.engine))
}

fn server_kind(engine: DatabaseEngine) -> Option<ServerKind> {
    match engine {
        DatabaseEngine::Sqlite => None,
        DatabaseEngine::PostgreSql => Some(ServerKind::PostgreSql),
        DatabaseEngine::MariaDb => Some(ServerKind::MariaDb),
    }
}

/// The places and the parameters of the databases of a plan.
fn all(plan: &RunPlan) -> impl Iterator<Item = (usize, &Database)> {
    plan.databases().filter_map(|stage| match &plan.topology.stages[stage].kind {
        StageKind::Database(params) => Some((stage, params)),
        _ => None,
    })
}

/// Makes the databases, with a server where one is, side by side.
pub(super) async fn start(
    plan: &RunPlan,
    binaries: &[ServerBinary],
    externals: &Externals,
    folder: &RunFolder,
) -> Result<Vec<RunDatabase>, EnvironmentError> {
    let starting =
        all(plan).map(|(stage, params)| start_one(plan, (stage, params), binaries, externals, folder));
    join_all(starting).await.into_iter().collect()
}

async fn start_one(
    plan: &RunPlan,
    (stage, params): (usize, &Database),
    binaries: &[ServerBinary],
    externals: &Externals,
    folder: &RunFolder,
) -> Result<RunDatabase, EnvironmentError> {
    let (lookups, sync_each_commit) = (lookups(plan, stage), params.sync_each_commit);
    let failed = |why: String| EnvironmentError::Broker { stage: plan.name(stage).to_owned(), why };
    if let Some(server) = externals.database(stage) {
        let store = on_server(server, lookups).await.map_err(|error| failed(error.to_string()))?;
        return Ok(RunDatabase::new(stage, params, store, writers(plan, stage))?);
    }
    let binary = binaries.iter().find(|binary| Some(binary.kind) == server_kind(params.engine));
    let Some(binary) = binary else {
        let store = Store::create(&folder.path().join(file_name(plan, stage)), sync_each_commit, lookups)?;
        return Ok(RunDatabase::new(stage, params, store, 1)?);
    };
    let writers = writers(plan, stage);
    let settings = DatabaseSettings {
        sync_each_commit,
        connections: params.connections as usize + writers,
        replica_count: params.replicas as usize,
        replica_of: None,
        extra: Vec::new(),
    };
    let failed = |error: NodeError| failed(error.to_string());
    let name = server_name(plan, stage);
    let node = RedisNode::start_database(binary, folder, &name, settings.clone()).await.map_err(failed)?;
    let server = Server::new(params.engine, node.endpoint(), sync_each_commit);
    let store = on_server(server, lookups).await?;
    let starting = (1..=params.replicas).map(|number| {
        let settings = DatabaseSettings { replica_of: Some(node.endpoint()), ..settings.clone() };
        let name = format!("{name}-replica-{number}");
        async move { RedisNode::start_database(binary, folder, &name, settings).await }
    });
    let replicas: Result<Vec<RedisNode>, NodeError> = join_all(starting).await.into_iter().collect();
    let replicas = replicas.map_err(failed)?;
    let store = store.with_replicas(replicas.iter().map(RedisNode::endpoint));
    let database = RunDatabase::new(stage, params, store, writers)?;
    Ok(RunDatabase { node: Some(node), replicas, ..database })
}

/// Makes the tables. A connection blocks its thread.
async fn on_server(server: Server, lookups: Lookups) -> Result<Store, StoreError> {
    let made = tokio::task::spawn_blocking(move || Store::on_server(server, lookups)).await;
    made.map_err(|_ended| StoreError::Ended)?
}

/// The file of a database in the run's folder.
fn file_name(plan: &RunPlan, stage: usize) -> String {
    if plan.databases().next() == Some(stage) && plan.databases().count() == 1 {
        "seckill.sqlite3".to_owned()
    } else {
        format!("{}.sqlite3", server_name(plan, stage))
    }
}

/// How many connections to a server write what the queue brings: one for each consumer, and one for data control.
fn writers(plan: &RunPlan, stage: usize) -> usize {
    let queues = plan.queues().filter(|&queue| plan.next[queue].contains(&stage));
    let consumers = queues.map(|queue| match &plan.topology.stages[queue].kind {
        StageKind::Queue(params) => params.consumers as usize,
        _ => 0,
    });
    1 + consumers.sum::<usize>()
}

/// What a database of a plan will be asked for.
fn lookups(plan: &RunPlan, stage: usize) -> Lookups {
    if plan.database != Some(stage) {
        return Lookups { unpaid: false, by_buyer: false };
    }
    let control = plan.control.map(|stage| &plan.topology.stages[stage].kind);
    let workload = &plan.topology.workload;
    Lookups {
        unpaid: matches!(control, Some(StageKind::DataControl(params)) if params.unpaid_ratio > 0.0),
        by_buyer: workload.reads_own_pages()
            || plan.decider == Some(stage) && workload.sale.per_buyer_limit.is_some(),
    }
}
