//! The cluster of one stage: its nodes, its routes, what was seen of it, and how it grows and shrinks while a run goes on.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::task::AbortHandle;

use super::super::environment::Instance;
use super::super::faults::process;
use super::super::message::EventKind;
use super::super::outbox::Outbox;
use super::super::trouble::Troubles;
use super::client::Client;
use super::counts::Counts;
use super::routes::Routes;
use super::shard_watch::ShardWatch;
use crate::report::{ReshapeReport, ShardReport};
use crate::servers::cluster::{Member, Reshaped};
use crate::servers::{Cluster, ClusterError, ExternalCluster};
use crate::topology::Fault;
use crate::topology::fault::FaultAction;
use crate::topology::stage::SlotMoving;

/// A node that came or left while a run went on.
#[derive(Debug, Clone)]
pub enum Newcomer {
    /// It is there from now on.
    Came(Instance),
    /// It is no longer there.
    Left(Instance),
}

/// Nodes that came or left, until somebody looks. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Newcomers(Arc<Mutex<Vec<Newcomer>>>);

impl Newcomers {
    /// Those since the last look.
    pub fn take(&self) -> Vec<Newcomer> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn add(&self, more: impl Iterator<Item = Newcomer>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend(more);
    }
}

/// Whom a cluster tells what becomes of it.
#[derive(Clone)]
pub struct Voice {
    /// Events.
    pub outbox: Outbox,
    /// What went wrong, for the report too.
    pub troubles: Troubles,
}

/// The cluster of one stage.
pub struct ClusterGroup {
    /// The stage's place in the topology.
    pub stage: usize,
    /// The stage's name.
    name: String,
    nodes: Nodes,
    routes: Arc<Routes>,
    counts: Counts,
    newcomers: Newcomers,
    voice: Option<Voice>,
    /// Nodes that left, for the report.
    gone: Arc<Mutex<Vec<Member>>>,
    reshapes: Arc<Mutex<Vec<ReshapeReport>>>,
    is_reshaping: Arc<AtomicBool>,
    task: Option<AbortHandle>,
}

/// Who runs the nodes.
#[derive(Debug, Clone)]
pub enum Nodes {
    /// This program.
    Own(Arc<Cluster>),
    /// Somebody else.
    Elsewhere(Arc<ExternalCluster>),
}

impl Nodes {
    /// The nodes now.
    pub fn members(&self) -> Vec<Member> {
        match self {
            Self::Own(cluster) => cluster.members(),
            Self::Elsewhere(cluster) => cluster.members(),
        }
    }
}

impl ClusterGroup {
    /// The group of a cluster that runs.
    pub fn new(stage: usize, name: &str, cluster: Cluster, newcomers: Newcomers) -> Self {
        let routes = Routes::new(cluster.views_at_start());
        Self::with((stage, name), Nodes::Own(Arc::new(cluster)), routes, newcomers)
    }

    /// The group of a cluster that is not ours.
    pub fn elsewhere(stage: usize, name: &str, cluster: Arc<ExternalCluster>, newcomers: Newcomers) -> Self {
        let routes = Routes::elsewhere(cluster.clone());
        Self::with((stage, name), Nodes::Elsewhere(cluster), routes, newcomers)
    }

    fn with((stage, name): (usize, &str), nodes: Nodes, routes: Routes, newcomers: Newcomers) -> Self {
        Self {
            stage,
            name: name.to_owned(),
            nodes,
            routes: Arc::new(routes),
            counts: Counts::default(),
            newcomers,
            voice: None,
            gone: Arc::default(),
            reshapes: Arc::default(),
            is_reshaping: Arc::default(),
            task: None,
        }
    }

    /// Lets it speak from now on.
    pub fn speak(&mut self, voice: Voice) {
        self.voice = Some(voice);
    }

    /// Where requests for its slots go.
    pub fn routes(&self) -> Arc<Routes> {
        self.routes.clone()
    }

    /// What its clients saw.
    pub fn counts(&self) -> Counts {
        self.counts.clone()
    }

    /// What its clients see of its shards from now on.
    pub fn watch(&self) -> ShardWatch {
        ShardWatch::new(self.stage, self.nodes.clone(), self.counts.clone())
    }

    /// A client for those who ask now and then.
    pub fn client(&self, patience: Duration) -> Client {
        Client::new(self.routes.clone(), patience)
    }

    /// Replicas of each of its masters, as it was started; of a cluster that is not ours, none that anybody waits for.
    pub fn replica_count(&self) -> usize {
        match &self.nodes {
            Nodes::Own(cluster) => cluster.settings().replica_count,
            Nodes::Elsewhere(_) => 0,
        }
    }

    /// Its nodes now.
    pub fn instances(&self) -> Vec<Instance> {
        self.nodes.members().iter().map(|member| instance(self.stage, member)).collect()
    }

    /// Does what a fault says to a node, or to the cluster. A change of shape only begins here.
    ///
    /// # Errors
    /// The reason why it can't be done, in words.
    pub async fn inject(&mut self, fault: &Fault) -> Result<(), String> {
        let Nodes::Own(cluster) = &self.nodes else { return Err("it is a server that is not ours".into()) };
        let cluster = cluster.clone();
        if fault.action.is_of_shards() {
            return self.reshape(cluster, fault.action);
        }
        let mut node = cluster.node(&fault.instance).await.ok_or("there is no such instance")?;
        // What else a fault may say is not for nodes: the table of actions was asked before.
        process::strike(&mut node, fault.action).await
    }

    /// Begins to add or remove a shard. It goes on beside the run.
    fn reshape(&mut self, cluster: Arc<Cluster>, action: FaultAction) -> Result<(), String> {
        let voice = self.voice.clone().ok_or("shards come and go only while requests arrive")?;
        if self.is_reshaping.swap(true, Ordering::AcqRel) {
            return Err("a shard is on its way already; wait until it has come or gone".into());
        }
        let reshaping = Reshaping {
            stage: self.stage,
            name: self.name.clone(),
            cluster,
            routes: self.routes.clone(),
            newcomers: self.newcomers.clone(),
            voice,
            gone: self.gone.clone(),
            reports: self.reshapes.clone(),
            is_under_way: self.is_reshaping.clone(),
        };
        self.task = Some(tokio::spawn(reshaping.run(action)).abort_handle());
        Ok(())
    }

    /// Waits until no shard is on its way any more, so that no key moves while the audit looks. Answers whether that
    /// happened in time.
    pub async fn settle(&self, within: Duration) -> bool {
        let settled = async {
            while self.is_reshaping.load(Ordering::Acquire) {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(within, settled).await.is_ok()
    }

    /// How shards came and went.
    pub fn reshapes(&self) -> Vec<ReshapeReport> {
        self.reshapes.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What clients saw of each shard.
    pub fn shards(&self) -> Vec<ShardReport> {
        let mut members = self.gone.lock().unwrap_or_else(PoisonError::into_inner).clone();
        members.extend(self.nodes.members());
        members.sort_by_key(|member| (member.shard, member.number));
        let mut shards: Vec<ShardReport> = Vec::new();
        for member in &members {
            let number = u64::try_from(member.shard).unwrap_or(0);
            if shards.last().is_none_or(|last| last.shard != number) {
                let stage = self.name.clone();
                shards.push(ShardReport { stage, shard: number, ..ShardReport::default() });
            }
            let counts = self.counts.of(member.endpoint);
            let Some(shard) = shards.last_mut() else { continue };
            shard.nodes.push(member.name());
            for (sum, count) in [
                (&mut shard.answered, &counts.answered),
                (&mut shard.failed, &counts.failed),
                (&mut shard.indefinite, &counts.indefinite),
                (&mut shard.moved, &counts.moved),
                (&mut shard.asked, &counts.asked),
                (&mut shard.put_off, &counts.put_off),
                (&mut shard.cluster_down, &counts.cluster_down),
            ] {
                *sum += count.load(Ordering::Relaxed);
            }
        }
        shards
    }

    /// Ends what is under way, and all nodes.
    pub async fn stop(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
        }
        if let Nodes::Own(cluster) = &self.nodes {
            cluster.stop().await;
        }
    }
}

impl Drop for ClusterGroup {
    fn drop(&mut self) {
        // It holds the cluster, whose nodes end when nobody does any more.
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

/// A shard on its way.
struct Reshaping {
    stage: usize,
    name: String,
    cluster: Arc<Cluster>,
    routes: Arc<Routes>,
    newcomers: Newcomers,
    voice: Voice,
    gone: Arc<Mutex<Vec<Member>>>,
    reports: Arc<Mutex<Vec<ReshapeReport>>>,
    is_under_way: Arc<AtomicBool>,
}

impl Reshaping {
    async fn run(self, action: FaultAction) {
        let clock = self.voice.outbox.clock();
        let started_at = clock.since_first_arrival();
        let progress = |text: &str| self.voice.outbox.note(&format!("{}: {text}", self.name));
        let trouble = |text: &str| self.voice.troubles.note(&self.name, &text);
        let place = |member: &Member| instance(self.stage, member);
        let result = if action == FaultAction::AddShard {
            let joined = |members: &[Member]| {
                self.newcomers.add(members.iter().map(|member| Newcomer::Came(place(member))));
                // Whoever sends here hears of the new nodes, and connects to them before slots move.
                self.routes.miss();
            };
            self.cluster.add_shard(joined, &progress, &trouble).await
        } else {
            let left = |members: &[Member]| {
                self.newcomers.add(members.iter().map(|member| Newcomer::Left(place(member))));
                self.gone.lock().unwrap_or_else(PoisonError::into_inner).extend(members.to_vec());
            };
            self.cluster.remove_shard(left, &progress, &trouble).await
        };
        self.routes.miss();
        let ended_at = clock.since_first_arrival();
        self.tell(action, &result);
        let report = report(&self.name, action, (started_at, ended_at), &result);
        self.reports.lock().unwrap_or_else(PoisonError::into_inner).push(report);
        self.is_under_way.store(false, Ordering::Release);
    }

    fn tell(&self, action: FaultAction, result: &Result<Reshaped, ClusterError>) {
        let (what, failed) = match result {
            Ok(done) => {
                let way = if done.way == SlotMoving::Atomic { "as a whole" } else { "key by key" };
                let ms = done.moving_time.as_millis();
                let has = if action == FaultAction::AddShard { "has come" } else { "has gone" };
                let text = format!(
                    "shard {} of {} {has}: {} slots moved {way} in {ms} ms",
                    done.shard, self.name, done.slots
                );
                (text, None)
            }
            Err(error) => (format!("{} of {}", action.word(), self.name), Some(error.to_string())),
        };
        if let Some(error) = &failed {
            self.voice.troubles.note(&what, error);
        }
        self.voice.outbox.event(EventKind::Reshaped { what, failed });
    }
}

fn report(
    stage: &str,
    action: FaultAction,
    (started_at, ended_at): (Duration, Duration),
    result: &Result<Reshaped, ClusterError>,
) -> ReshapeReport {
    let done = result.as_ref().ok();
    ReshapeReport {
        stage: stage.to_owned(),
        action: action.word().to_owned(),
        started_at_secs: started_at.as_secs_f64(),
        ended_at_secs: ended_at.as_secs_f64(),
        shard: done.map(|done| done.shard as u64),
        slots: done.map_or(0, |done| done.slots as u64),
        moving_ms: done.map_or(0.0, |done| done.moving_time.as_secs_f64() * 1_000.0),
        is_atomic: done.is_some_and(|done| done.way == SlotMoving::Atomic),
        error: result.as_ref().err().map(ToString::to_string),
    }
}

fn instance(stage: usize, member: &Member) -> Instance {
    Instance { stage, name: member.name(), endpoint: member.endpoint, shard: member.shard }
}
