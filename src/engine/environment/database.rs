//! The database of a run: embedded, or with a server.

use futures_util::future::join_all;

use super::super::store::schema::{Lookups, Store};
use super::super::store::server::Server;
use super::super::store::{StoreError, Writer};
use super::external::Externals;
use super::{Environment, EnvironmentError, server_name};
use crate::servers::{DatabaseSettings, Endpoint, NodeError, RedisNode, RunFolder, ServerBinary, ServerKind};
use crate::topology::RunPlan;
use crate::topology::stage::{Database, DatabaseEngine, StageKind};

impl Environment {
    /// The processes of the database that copy from each other: the master, then its replicas; with where each listens, and its process
    /// id. None where there are no replicas.
    pub fn database_group(&self) -> Vec<(Endpoint, u32)> {
        let nodes = self.database_node.iter().chain(&self.database_replicas);
        let has_replicas = !self.database_replicas.is_empty();
        nodes.filter(|_| has_replicas).map(|node| (node.endpoint(), node.pid())).collect()
    }

    /// The servers of the database, to break or mend them: the master, then its replicas.
    pub fn database_nodes_mut(&mut self) -> impl Iterator<Item = &mut RedisNode> {
        self.database_node.iter_mut().chain(&mut self.database_replicas)
    }
}

/// Which database server a plan needs, if it needs one.
pub fn needed_database(plan: &RunPlan) -> Option<ServerKind> {
    let (_, params) = database(plan)?;
    match params.engine {
        _ if params.url.is_some() => None,
        DatabaseEngine::Sqlite => None,
        DatabaseEngine::PostgreSql => Some(ServerKind::PostgreSql),
        DatabaseEngine::MariaDb => Some(ServerKind::MariaDb),
    }
}

/// The place and the parameters of the database of a plan.
fn database(plan: &RunPlan) -> Option<(usize, &Database)> {
    let stage = plan.database?;
    match &plan.topology.stages[stage].kind {
        StageKind::Database(params) => Some((stage, params)),
        _ => None,
    }
}

/// A server, and its replicas.
type Nodes = (RedisNode, Vec<RedisNode>);

/// Makes the database, with a server where it is one.
pub(super) async fn start(
    plan: &RunPlan,
    binary: Option<&ServerBinary>,
    externals: &Externals,
    folder: &RunFolder,
) -> Result<(Option<(Store, Writer)>, Option<Nodes>), EnvironmentError> {
    let Some((stage, params)) = database(plan) else { return Ok((None, None)) };
    let (lookups, sync_each_commit) = (lookups(plan), params.sync_each_commit);
    let failed = |why: String| EnvironmentError::Broker { stage: plan.name(stage).to_owned(), why };
    if let Some(server) = externals.database() {
        let store = on_server(server, lookups).await.map_err(|error| failed(error.to_string()))?;
        return Ok((Some(with_writer(store, params, writers(plan))?), None));
    }
    let (Some(binary), true) = (binary, params.engine.is_server()) else {
        let store = Store::create(&folder.path().join("seckill.sqlite3"), sync_each_commit, lookups)?;
        return Ok((Some(with_writer(store, params, 1)?), None));
    };
    let writers = writers(plan);
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
    Ok((Some(with_writer(store, params, writers)?), Some((node, replicas))))
}

/// Makes the tables. A connection blocks its thread.
async fn on_server(server: Server, lookups: Lookups) -> Result<Store, StoreError> {
    let made = tokio::task::spawn_blocking(move || Store::on_server(server, lookups)).await;
    made.map_err(|_ended| StoreError::Ended)?
}

fn with_writer(store: Store, params: &Database, threads: usize) -> Result<(Store, Writer), StoreError> {
    let store = store.with_events_span(params.events_span);
    let writer = Writer::start(&store, threads)?;
    Ok((store, writer))
}

/// How many connections to a server write what the queue brings: one for each consumer, and one for data control.
fn writers(plan: &RunPlan) -> usize {
    let consumers = match plan.queue.map(|queue| &plan.topology.stages[queue].kind) {
        Some(StageKind::Queue(params)) => params.consumers as usize,
        _ => 0,
    };
    1 + consumers
}

/// What the database of a plan will be asked for.
fn lookups(plan: &RunPlan) -> Lookups {
    let control = plan.control.map(|stage| &plan.topology.stages[stage].kind);
    let workload = &plan.topology.workload;
    Lookups {
        unpaid: matches!(control, Some(StageKind::DataControl(params)) if params.unpaid_ratio > 0.0),
        by_buyer: workload.reads_own_pages()
            || plan.decider == plan.database && workload.sale.per_buyer_limit.is_some(),
    }
}
