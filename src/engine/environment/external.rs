//! The servers of a run that are not ours: opened before anything else is started, and left as they were found.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use super::super::store::server::Server;
use super::broker::Broker;
use super::external_database::ExternalDatabase;
use super::external_queue::ExternalQueue;
use super::{EnvironmentError, server_name};
use crate::report::{ServerReport, SettingReport};
use crate::servers::{External, ExternalCluster, ExternalError};
use crate::topology::address::{Access, Address, Scheme};
use crate::topology::{RunPlan, StageKind};

/// Those of a run, each with its stage's place in the topology.
#[derive(Debug, Default)]
pub struct Externals {
    redis: Vec<(usize, External)>,
    clusters: Vec<(usize, Arc<ExternalCluster>)>,
    queues: Vec<(usize, ExternalQueue)>,
    databases: Vec<(usize, ExternalDatabase)>,
}

/// What became of what a stage kept at a server that is not ours.
#[derive(Debug)]
pub struct Left {
    /// The stage.
    pub stage: String,
    /// What it was called there.
    pub named: String,
    /// How much was removed; or why it is still there.
    pub removed: Result<u64, ExternalError>,
}

impl Externals {
    /// Looks whether each server of the plan that is not ours can be used, one after the other.
    ///
    /// # Errors
    /// One can't.
    pub(super) async fn open(
        plan: &RunPlan,
        folder: &Path,
        progress: &(dyn Fn(&str) + Send + Sync),
    ) -> Result<Self, EnvironmentError> {
        let (mut opened, run) = (Self::default(), run_name(folder));
        for &stage in &plan.order {
            let failed = |source| EnvironmentError::External { stage: plan.name(stage).to_owned(), source };
            let Some(access) = access(&plan.topology.stages[stage].kind).map_err(failed)? else { continue };
            opened.add(plan, stage, access, &run).await.map_err(failed)?;
            if let Some([server, version, named]) = opened.about(stage) {
                progress(&format!(
                    "{} uses {server}, which is not ours: {version}; what it keeps there is called {named}",
                    plan.name(stage)
                ));
            }
        }
        Ok(opened)
    }

    async fn add(
        &mut self,
        plan: &RunPlan,
        stage: usize,
        access: Access,
        run: &str,
    ) -> Result<(), ExternalError> {
        // Two queues or two databases at one server must not be one, nor may the name of one begin as another's.
        let is_one_of_many = plan.queues().count().max(plan.databases().count()) > 1;
        let of_stage = if is_one_of_many { format!("{run}-{stage}") } else { run.to_owned() };
        if let (Scheme::Nats | Scheme::Amqp, StageKind::Queue(params)) =
            (access.address.scheme, &plan.topology.stages[stage].kind)
        {
            self.queues.push((stage, ExternalQueue::open(&access, &of_stage, params).await?));
        } else if let StageKind::Database(params) = &plan.topology.stages[stage].kind {
            self.databases.push((stage, ExternalDatabase::open(access, &of_stage, params).await?));
        } else if access.address.scheme == Scheme::RedisCluster {
            let cluster = ExternalCluster::open(access, run, &server_name(plan, stage)).await?;
            self.clusters.push((stage, Arc::new(cluster)));
        } else {
            self.redis.push((stage, External::open(access, run, &server_name(plan, stage)).await?));
        }
        Ok(())
    }

    /// The Redis of a stage.
    pub fn of(&self, stage: usize) -> Option<&External> {
        self.redis.iter().find(|(of, _)| *of == stage).map(|(_, external)| external)
    }

    /// Every Redis Cluster.
    pub fn clusters(&self) -> impl Iterator<Item = (usize, Arc<ExternalCluster>)> {
        self.clusters.iter().map(|(stage, cluster)| (*stage, cluster.clone()))
    }

    /// Whether the server of a stage is one of these.
    pub fn has(&self, stage: usize) -> bool {
        self.about(stage).is_some()
    }

    /// Every Redis but clusters.
    pub fn all(&self) -> impl Iterator<Item = (usize, &External)> {
        self.redis.iter().map(|(stage, external)| (*stage, external))
    }

    /// The server of a queue that Redis doesn't keep.
    pub fn broker(&self, stage: usize) -> Option<Broker> {
        self.queues.iter().find(|(of, _)| *of == stage).map(|(_, queue)| queue.broker())
    }

    /// The server of a database.
    pub(super) fn database(&self, stage: usize) -> Option<Server> {
        self.databases.iter().find(|(of, _)| *of == stage).map(|(_, database)| database.server())
    }

    /// Removes what the run left there.
    pub(super) async fn close(&mut self, name: impl Fn(usize) -> String) -> Vec<Left> {
        let mut left = Vec::new();
        for (stage, external) in &mut self.redis {
            let (stage, named) = (name(*stage), format!("{}*", external.prefix()));
            left.push(Left { stage, named, removed: external.close().await });
        }
        for (stage, cluster) in &self.clusters {
            let (stage, named) = (name(*stage), format!("{}*", cluster.prefix()));
            left.push(Left { stage, named, removed: cluster.close().await });
        }
        for (stage, queue) in &mut self.queues {
            let (stage, named) = (name(*stage), queue.queue().to_owned());
            left.push(Left { stage, named, removed: queue.close().await });
        }
        for (stage, database) in &mut self.databases {
            let (stage, named) = (name(*stage), database.tables());
            left.push(Left { stage, named, removed: database.close().await });
        }
        left
    }

    /// Address and version of the server of a stage, and what is kept there is called.
    fn about(&self, stage: usize) -> Option<[String; 3]> {
        if let Some((_, queue)) = self.queues.iter().find(|(of, _)| *of == stage) {
            return Some([queue.address().to_owned(), queue.version().to_owned(), queue.queue().to_owned()]);
        }
        if let Some((_, database)) = self.databases.iter().find(|(of, _)| *of == stage) {
            return Some([database.address(), database.version(), database.tables()]);
        }
        if let Some((_, cluster)) = self.clusters.iter().find(|(of, _)| *of == stage) {
            let version = format!("{} {}", cluster.about().kind, cluster.about().version);
            return Some([cluster.address(), version, format!("{}*", cluster.prefix())]);
        }
        let external = self.of(stage)?;
        let about = external.about();
        Some([
            external.address(),
            format!("{} {}", about.kind, about.version),
            format!("{}*", external.prefix()),
        ])
    }

    /// What the report says of the one of a stage.
    pub fn settings(&self, stage: usize, name: &str) -> Vec<SettingReport> {
        let Some([server, version, named]) = self.about(stage) else { return Vec::new() };
        let rows = [("server elsewhere", server), ("its version", version), ("what is kept there", named)];
        rows.map(|(key, value)| SettingReport { stage: name.to_owned(), name: key.to_owned(), value }).into()
    }

    /// The servers, for the report.
    pub fn servers(&self) -> impl Iterator<Item = ServerReport> {
        let clusters = self.clusters.iter().map(|(stage, _)| *stage);
        let stages = self
            .redis
            .iter()
            .map(|(stage, _)| *stage)
            .chain(clusters)
            .chain(self.queues.iter().map(|(stage, _)| *stage))
            .chain(self.databases.iter().map(|(stage, _)| *stage));
        stages.filter_map(|stage| self.about(stage)).map(|[path, version, _]| {
            let (kind, version) = version.split_once(' ').unwrap_or((&version, ""));
            ServerReport { kind: kind.to_owned(), version: version.to_owned(), path }
        })
    }
}

/// The server of a kind of stage that is not ours, with the secrets of the environment.
fn access(kind: &StageKind) -> Result<Option<Access>, ExternalError> {
    let Some(url) = kind.url() else { return Ok(None) };
    let address = Address::parse(url, kind.schemes()).map_err(ExternalError::Address)?;
    Ok(Some(address.with_secrets(|name| std::env::var(name).ok())?))
}

impl Left {
    /// What the report says of it.
    pub fn setting(&self) -> SettingReport {
        let value = match &self.removed {
            Ok(count) => count.to_string(),
            Err(error) => format!("not all: {error}"),
        };
        SettingReport { stage: self.stage.clone(), name: "removed afterwards".to_owned(), value }
    }

    /// What is to be told of it, where something is still there.
    pub fn trouble(&self) -> Option<String> {
        let error = self.removed.as_ref().err()?;
        Some(format!("{}: {} is still at its server: {error}", self.stage, self.named))
    }
}

/// A name for the run that no other one has, on this machine or another.
fn run_name(folder: &Path) -> String {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or(Duration::ZERO);
    let folder = folder.file_name().unwrap_or_default().to_string_lossy();
    let lot: String =
        folder.rsplit('-').next().unwrap_or_default().chars().filter(char::is_ascii_alphanumeric).collect();
    format!("{:x}-{:x}-{lot}", since.as_secs(), std::process::id())
}
