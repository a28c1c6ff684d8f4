//! From a plan to stages that run: built from the last stage to the first, then told who listens.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use super::book::StageBook;
use super::clock::Clock;
use super::cluster::ClusterGroup;
use super::control::{Control, Settings};
use super::crew::{Crew, Equipment};
use super::environment::Environment;
use super::generator::BATCHES_WAITING;
use super::ledger::Ledger;
use super::pending::Batch;
use super::redis_link::{Connection, LinkSettings, Resolver};
use super::sqlite::StoreError;
use super::stages::balancer::BalancerStage;
use super::stages::cdn::CdnStage;
use super::stages::cluster::{ClusterStage, ClusterWiring};
use super::stages::core::{Core, Listener, Stage, Tunable};
use super::stages::database::DatabaseStage;
use super::stages::lanes::{Lane, LaneShape, Lanes};
use super::stages::master_replica::{Inventory, MasterReplicaStage};
use super::stages::naive::NaiveStage;
use super::stages::queue::QueueStage;
use super::stages::read_write_split::{ReadWriteSplitStage, SplitWiring};
use super::stages::service::ServiceStage;
use super::trouble::Troubles;
use crate::topology::RunPlan;
use crate::topology::stage::{self, Decrement, StageKind};

/// How long data control waits for a server.
const CONTROL_PATIENCE: Duration = Duration::from_secs(2);

/// The stages of a run, ready for traffic.
pub struct Wired {
    /// The way in.
    pub first: mpsc::Sender<Batch>,
    /// The books of the stages, by their place in the topology.
    pub books: BTreeMap<usize, Arc<StageBook>>,
    /// Everything that runs on the runtime for the stages: it ends when this is dropped.
    pub tasks: JoinSet<()>,
    /// The stages that can be tuned while they work, by their place in the topology.
    pub tunable: BTreeMap<usize, Arc<dyn Tunable>>,
    /// The consumers of the queue, which end when they are told to.
    pub crew: Option<Crew>,
    /// Connections of the lanes, to be opened before the first arrival.
    pub connections: Vec<Arc<Connection>>,
}

/// What building takes.
pub struct Builder<'a> {
    plan: &'a RunPlan,
    environment: &'a Environment,
    clock: &'a Clock,
    ledger: &'a Arc<Ledger>,
    built: BTreeMap<usize, Arc<dyn Stage>>,
    cores: BTreeMap<usize, Arc<Core>>,
    listeners: BTreeMap<usize, Arc<dyn Listener>>,
    tunable: BTreeMap<usize, Arc<dyn Tunable>>,
    troubles: &'a Troubles,
    tasks: JoinSet<()>,
    connections: Vec<Arc<Connection>>,
}

impl<'a> Builder<'a> {
    /// A builder for one run.
    pub fn new(
        plan: &'a RunPlan,
        environment: &'a Environment,
        clock: &'a Clock,
        ledger: &'a Arc<Ledger>,
        troubles: &'a Troubles,
    ) -> Self {
        Self {
            plan,
            environment,
            clock,
            ledger,
            built: BTreeMap::new(),
            cores: BTreeMap::new(),
            listeners: BTreeMap::new(),
            tunable: BTreeMap::new(),
            troubles,
            tasks: JoinSet::new(),
            connections: Vec::new(),
        }
    }

    /// Builds every stage that traffic reaches, and the consumers of the queue.
    ///
    /// # Errors
    /// The database can't be opened.
    pub fn build(mut self) -> Result<Wired, StoreError> {
        for &index in self.plan.order.iter().rev() {
            self.cores.insert(index, Arc::new(Core::new(self.clock.clone(), self.ledger.clone())));
            let core = self.cores[&index].clone();
            if let Some(stage) = self.stage(index, core)? {
                self.built.insert(index, stage);
            }
        }
        let crew = self.crew();
        self.tasks.extend(self.environment.masters().map(Resolver::keep_looking));
        for (&index, core) in &self.cores {
            let above = self.plan.above[index].iter();
            core.listen(above.filter_map(|above| self.listeners.get(above).map(Arc::downgrade)).collect());
        }
        let first = self.users();
        let books = self.cores.iter().map(|(&index, core)| (index, core.book().clone())).collect();
        Ok(Wired {
            first,
            books,
            tasks: self.tasks,
            tunable: self.tunable,
            crew,
            connections: self.connections,
        })
    }

    fn stage(&mut self, index: usize, core: Arc<Core>) -> Result<Option<Arc<dyn Stage>>, StoreError> {
        let plan = self.plan;
        Ok(match &plan.topology.stages[index].kind {
            StageKind::Users(_) | StageKind::DataControl(_) => None,
            StageKind::Cdn(params) => self.next(index).map(|next| {
                let stage = Arc::new(CdnStage::new(core, next, params));
                self.listeners.insert(index, stage.clone());
                self.tunable.insert(index, stage.clone());
                stage as Arc<dyn Stage>
            }),
            StageKind::LoadBalancer(params) => Some(self.balancer(index, core, params)),
            StageKind::Service(params) => self.next(index).map(|next| {
                let first = self.first_instance(index);
                let items = plan.topology.workload.sale.items;
                let stage = Arc::new(ServiceStage::new(core, next, params, items, first));
                self.listeners.insert(index, stage.clone());
                self.tunable.insert(index, stage.clone());
                stage as Arc<dyn Stage>
            }),
            StageKind::ReadWriteSplit(params) => Some(self.split(index, core, params)),
            StageKind::MasterReplica(params) => Some(self.inventory(index, core, params)),
            StageKind::RedisCluster(params) => Some(self.cluster(index, core, params)),
            StageKind::Queue(params) => self.next(index).map(|next| self.queue(index, core, next, params)),
            StageKind::Database(params) => self.database(index, core, params)?,
        })
    }

    fn balancer(&mut self, index: usize, core: Arc<Core>, params: &stage::LoadBalancer) -> Arc<dyn Stage> {
        let next = self.plan.next[index].iter().filter_map(|next| {
            let instances = match &self.plan.topology.stages[*next].kind {
                StageKind::Service(service) => service.instances,
                _ => 1,
            };
            Some((self.built.get(next)?.clone(), instances))
        });
        let stage = BalancerStage::new(core, next.collect(), params, self.plan.topology.workload.seed);
        let stage = Arc::new(stage);
        self.listeners.insert(index, stage.clone());
        self.tunable.insert(index, stage.clone());
        stage
    }

    /// The number that the balancer right in front of a service gives to its first instance; none without one.
    fn first_instance(&self, index: usize) -> Option<u16> {
        let is_balancer = |above: usize| {
            matches!(self.plan.topology.stages[above].kind, StageKind::LoadBalancer(_))
                && self.plan.next[above].contains(&index)
        };
        let balancer = self.plan.above[index].iter().find(|&&above| is_balancer(above))?;
        let siblings = &self.plan.next[*balancer];
        let before = siblings.iter().take_while(|&&sibling| sibling != index);
        let instances = before.map(|&sibling| match &self.plan.topology.stages[sibling].kind {
            StageKind::Service(service) => service.instances,
            _ => 1,
        });
        Some(u16::try_from(instances.sum::<u32>()).unwrap_or(u16::MAX))
    }

    fn split(&mut self, index: usize, core: Arc<Core>, params: &stage::ReadWriteSplit) -> Arc<dyn Stage> {
        let shape =
            LaneShape::pipelined(params.connections, params.window, params.max_waiting, params.timeout);
        let (master, mut lanes) = self.master_lanes(index, shape);
        let mut replicas = Vec::new();
        for endpoint in self.environment.replicas(index) {
            let (replica, more) = Lanes::new(&Resolver::Fixed(endpoint), shape);
            replicas.push(replica);
            self.tasks.extend(more.first().cloned().map(Lane::look_after));
            lanes.extend(more);
        }
        let workload = &self.plan.topology.workload;
        let wiring = SplitWiring {
            next: self.next(index),
            owns_reads: self.plan.read_owner == Some(index),
            master,
            replicas,
            items: workload.sale.items,
            seed: workload.seed,
        };
        let stage = Arc::new(ReadWriteSplitStage::new(core, params, wiring));
        self.tunable.insert(index, stage.clone());
        for lane in self.note(lanes) {
            self.tasks.spawn(stage.clone().work(lane));
        }
        stage
    }

    fn inventory(&mut self, index: usize, core: Arc<Core>, params: &stage::MasterReplica) -> Arc<dyn Stage> {
        let naive = params.decrement == Decrement::NaiveReadThenWrite;
        let shape = if naive {
            LaneShape::one_at_a_time(params.connections, params.max_waiting, params.timeout)
        } else {
            LaneShape::pipelined(params.connections, params.window, params.max_waiting, params.timeout)
        };
        let (master, lanes) = self.master_lanes(index, shape);
        let inventory = Inventory {
            core,
            next: self.next(index),
            owns_reads: self.plan.read_owner == Some(index),
            master,
            per_buyer_limit: self.plan.topology.workload.sale.per_buyer_limit,
        };
        let lanes = self.note(lanes);
        if naive {
            let stage = Arc::new(NaiveStage::new(inventory));
            for lane in lanes {
                self.tasks.spawn(stage.clone().work(lane));
            }
            return stage;
        }
        let stage = Arc::new(MasterReplicaStage::new(inventory));
        for lane in lanes {
            self.tasks.spawn(stage.clone().work(lane));
        }
        stage
    }

    fn cluster(&mut self, index: usize, core: Arc<Core>, params: &stage::RedisCluster) -> Arc<dyn Stage> {
        let cluster = self.environment.cluster(index);
        let cluster = cluster.unwrap_or_else(|| unreachable!("a cluster stage has its servers"));
        let shape =
            LaneShape::pipelined(params.connections, params.window, params.max_waiting, params.timeout);
        let (stage, lanes) = ClusterStage::new(ClusterWiring {
            core,
            next: self.next(index),
            owns_reads: self.plan.read_owner == Some(index),
            per_buyer_limit: self.plan.topology.workload.sale.per_buyer_limit,
            items: self.plan.topology.workload.sale.items,
            routes: cluster.routes(),
            counts: cluster.counts(),
            shape,
            timeout: params.timeout,
        });
        self.connections.extend(lanes.iter().map(|(_, lane)| lane.connection.clone()));
        for (node, lane) in lanes {
            self.tasks.spawn(stage.clone().work(node, lane));
        }
        self.tasks.spawn(cluster.routes().keep());
        self.tasks.spawn(stage.clone().keep());
        stage
    }

    fn queue(
        &mut self,
        index: usize,
        core: Arc<Core>,
        next: Arc<dyn Stage>,
        params: &stage::Queue,
    ) -> Arc<dyn Stage> {
        let shape =
            LaneShape::pipelined(params.connections, params.window, params.max_waiting, params.timeout);
        let (lanes, workers) = self.master_lanes(self.plan.queue_host(index), shape);
        let stage = Arc::new(QueueStage::new(core, next, lanes));
        for lane in self.note(workers) {
            self.tasks.spawn(stage.clone().work(lane));
        }
        stage
    }

    fn crew(&self) -> Option<Crew> {
        let (queue, database) = (self.plan.queue?, self.plan.database?);
        let StageKind::Queue(params) = &self.plan.topology.stages[queue].kind else { return None };
        let equipment = Equipment {
            list: self.environment.master(self.plan.queue_host(queue))?,
            writer: self.environment.database.as_ref()?.1.clone(),
            book: self.cores[&database].book().clone(),
            clock: self.clock.clone(),
            troubles: self.troubles.clone(),
        };
        Some(Crew::start(equipment, params))
    }

    fn database(
        &self,
        index: usize,
        core: Arc<Core>,
        params: &stage::Database,
    ) -> Result<Option<Arc<dyn Stage>>, StoreError> {
        let Some((store, _)) = &self.environment.database else { return Ok(None) };
        let decides = self.plan.decider == Some(index);
        let limit = self.plan.topology.workload.sale.per_buyer_limit;
        let (connections, max_waiting) = (params.connections, params.max_waiting);
        let stage = DatabaseStage::start(
            core,
            store,
            connections,
            max_waiting,
            decides,
            limit,
            self.troubles.clone(),
        )?;
        Ok(Some(Arc::new(stage)))
    }

    /// The users: a task that takes batches from the generator and gives them to the first stage.
    fn users(&mut self) -> mpsc::Sender<Batch> {
        let (sender, mut receiver) = mpsc::channel::<Batch>(BATCHES_WAITING);
        let users = self.plan.order[0];
        let core = self.cores[&users].clone();
        if let Some(next) = self.next(users) {
            self.tasks.spawn(async move {
                while let Some(mut batch) = receiver.recv().await {
                    core.arrive(&mut batch);
                    core.pass(batch, &*next);
                    tokio::task::yield_now().await;
                }
            });
        }
        sender
    }

    fn next(&self, index: usize) -> Option<Arc<dyn Stage>> {
        self.plan.next[index].first().and_then(|next| self.built.get(next)).cloned()
    }

    fn master_lanes(&self, index: usize, shape: LaneShape) -> (Lanes, Vec<Lane>) {
        let resolver = self.environment.master(index);
        Lanes::new(&resolver.unwrap_or_else(|| unreachable!("a stage before Redis has its servers")), shape)
    }

    fn note(&mut self, lanes: Vec<Lane>) -> Vec<Lane> {
        self.connections.extend(lanes.iter().map(|lane| lane.connection.clone()));
        lanes
    }
}

/// The data-control module of a plan, with connections of its own, and the way to turn its settings; none if the plan
/// has none.
pub fn control(
    plan: &RunPlan,
    environment: &Environment,
    clock: &Clock,
    ledger: &Arc<Ledger>,
    troubles: &Troubles,
) -> Option<(Control, watch::Sender<Settings>)> {
    let settings = Settings::of(plan, &plan.topology)?;
    let connection = |stage: usize| {
        let settings = LinkSettings::new(CONTROL_PATIENCE);
        Some(Connection::new(environment.master(stage)?, settings))
    };
    let expires = settings.params.unpaid_ratio > 0.0;
    let (sender, settings) = watch::channel(settings);
    let control = Control {
        settings,
        expires,
        sale: plan.topology.workload.sale.clone(),
        seed: plan.topology.workload.seed,
        gate: plan.gate.and_then(connection),
        gate_replicas: plan.gate.map_or(0, |gate| environment.replicas(gate).len()),
        inventory: plan.decider.and_then(|stage| environment.holder(stage, CONTROL_PATIENCE)),
        inventory_replicas: plan
            .decider
            .and_then(|stage| environment.cluster(stage))
            .map_or(0, ClusterGroup::replica_count),
        writer: environment.database.as_ref().map(|(_, writer)| writer.clone()),
        clock: clock.clone(),
        ledger: ledger.clone(),
        troubles: troubles.clone(),
    };
    Some((control, sender))
}
