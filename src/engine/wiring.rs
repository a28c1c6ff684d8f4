//! From a plan to stages that run: built from the last stage to the first, then told who listens.
//!
//! - `before_redis`: the stages before real Redis, with their lanes. `control`: data control.
//! - `records`: what keeps events, counters and readers' pages.

mod before_redis;
mod control;
mod records;

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;

use super::absences::Absences;
use super::book::StageBook;
use super::breakers::Breakers;
use super::clock::Clock;
use super::crew::Crew;
use super::environment::Environment;
use super::failover::Failovers;
use super::generator::BATCHES_WAITING;
use super::heartbeat::Pulse;
use super::http::reception::Reception;
use super::ledger::Ledger;
use super::outbox::Outbox;
use super::pending::Batch;
use super::queue::Place;
use super::redis_link::Resolver;
use super::stages::balancer::{BalancerStage, Upstream};
use super::stages::cdn::CdnStage;
use super::stages::clients::Clients;
use super::stages::consumer::Equipment;
use super::stages::core::{Cache, Core, Instances, Listener, Stage, Tunable};
use super::stages::database::{DatabaseStage, Pages};
use super::stages::lanes::LaneConnection;
use super::stages::parting::Parting;
use super::stages::service::ServiceStage;
use super::store::StoreError;
use super::sweep::Sweeper;
use super::trouble::Troubles;
use super::versions::{Updates, Versions};
use crate::topology::stage::{self, StageKind};
use crate::topology::{ClientKind, RunPlan};
pub use control::control;

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
    /// The stages that remember answers, by their place in the topology.
    pub caches: BTreeMap<usize, Arc<dyn Cache>>,
    /// The stages of instances, by their place in the topology.
    pub instances: BTreeMap<usize, Arc<dyn Instances>>,
    /// The consumers of each queue, by its place in the topology; they end when they are told to.
    pub crews: BTreeMap<usize, Crew>,
    /// What sweeps orders from the inventory into the database, if something does.
    pub sweeper: Option<Sweeper>,
    /// Connections of the lanes, to be opened before the first arrival.
    pub connections: Vec<Arc<LaneConnection>>,
    /// The clients of the readers: nobody asks them anything, and they hear of answers as long as this lives.
    pub _clients: Option<Arc<dyn Listener>>,
    /// What heartbeats tell of replicas, by the place of their stage and their name.
    pub pulses: BTreeMap<(usize, String), Arc<Pulse>>,
}

/// What building takes.
pub struct Builder<'a> {
    plan: &'a RunPlan,
    environment: &'a Environment,
    clock: &'a Clock,
    ledger: &'a Arc<Ledger>,
    /// By stage, and by whether the clients are naive: a stage before Redis has lanes of its own for each kind.
    built: BTreeMap<(usize, bool), Arc<dyn Stage>>,
    cores: BTreeMap<usize, Arc<Core>>,
    listeners: BTreeMap<usize, Arc<dyn Listener>>,
    tunable: BTreeMap<usize, Arc<dyn Tunable>>,
    caches: BTreeMap<usize, Arc<dyn Cache>>,
    instances: BTreeMap<usize, Arc<dyn Instances>>,
    troubles: &'a Troubles,
    outbox: &'a Outbox,
    notes: &'a Notes,
    tasks: JoinSet<()>,
    connections: Vec<Arc<LaneConnection>>,
    pulses: BTreeMap<(usize, String), Arc<Pulse>>,
    /// Who is told of pages that have changed.
    updates: Vec<Weak<dyn Updates>>,
}

/// What a run notes beside the books of its stages.
pub struct Notes {
    /// What was written when.
    pub versions: Arc<Versions>,
    /// When replicas got no reads.
    pub absences: Absences,
    /// What circuit breakers did.
    pub breakers: Breakers,
    /// What is seen of failovers.
    pub failovers: Failovers,
    /// Who waits for answers over HTTP, where requests come so.
    pub reception: Option<Arc<Reception>>,
}

impl<'a> Builder<'a> {
    /// A builder for one run.
    pub fn new(
        plan: &'a RunPlan,
        environment: &'a Environment,
        clock: &'a Clock,
        ledger: &'a Arc<Ledger>,
        (troubles, outbox): (&'a Troubles, &'a Outbox),
        notes: &'a Notes,
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
            caches: BTreeMap::new(),
            instances: BTreeMap::new(),
            troubles,
            outbox,
            notes,
            tasks: JoinSet::new(),
            connections: Vec::new(),
            pulses: BTreeMap::new(),
            updates: Vec::new(),
        }
    }

    /// Builds every stage that traffic reaches, and the consumers of the queue.
    ///
    /// # Errors
    /// The database can't be opened.
    pub fn build(mut self) -> Result<Wired, StoreError> {
        for &index in self.plan.order.iter().rev() {
            self.cores.insert(index, Arc::new(Core::new(self.clock.clone(), self.ledger.clone())));
            for clients in self.kinds_of_clients(index) {
                let core = self.cores[&index].clone();
                if let Some(stage) = self.stage(index, core, clients)? {
                    self.built.insert((index, clients == ClientKind::Naive), stage);
                }
            }
        }
        let crews = self.plan.queues().filter_map(|queue| Some((queue, self.crew(queue)?))).collect();
        let sweeper = records::sweeper(&self);
        self.tasks.extend(self.environment.masters().map(Resolver::keep_looking));
        self.tasks.extend(self.notes.failovers.tasks(self.plan, self.environment));
        self.notes.versions.tell(std::mem::take(&mut self.updates));
        self.clients();
        for (&index, core) in &self.cores {
            let above = self.plan.above[index].iter();
            let listening = |above: &usize| {
                Some((self.plan.reaching(*above), Arc::downgrade(self.listeners.get(above)?)))
            };
            core.listen(above.filter_map(listening).collect());
        }
        let first = self.users();
        let books = self.cores.iter().map(|(&index, core)| (index, core.book().clone())).collect();
        Ok(Wired {
            first,
            books,
            tasks: self.tasks,
            tunable: self.tunable,
            caches: self.caches,
            instances: self.instances,
            crews,
            sweeper,
            connections: self.connections,
            _clients: self.listeners.remove(&self.plan.order[0]),
            pulses: self.pulses,
        })
    }

    /// The kinds of clients that send to a stage. Only before Redis do they make two of one stage.
    fn kinds_of_clients(&self, index: usize) -> Vec<ClientKind> {
        let has_two = matches!(
            self.plan.topology.stages[index].kind,
            StageKind::MasterReplica(_) | StageKind::Queue(_)
        );
        let sends = |from: &usize, clients: ClientKind| {
            self.plan.next[*from].contains(&index) && self.plan.clients(*from, index) == clients
        };
        let is_sent = |clients: &ClientKind| self.plan.order.iter().any(|from| sends(from, *clients));
        let kinds: Vec<ClientKind> = ClientKind::ALL.iter().copied().filter(is_sent).collect();
        if has_two && !kinds.is_empty() { kinds } else { vec![ClientKind::SentinelAware] }
    }

    fn stage(
        &mut self,
        index: usize,
        core: Arc<Core>,
        clients: ClientKind,
    ) -> Result<Option<Arc<dyn Stage>>, StoreError> {
        let plan = self.plan;
        Ok(match &plan.topology.stages[index].kind {
            StageKind::Users(_) | StageKind::DataControl(_) => None,
            StageKind::Cdn(params) => self.next(index).map(|next| {
                let (items, versions) = (plan.topology.workload.sale.items, self.notes.versions.clone());
                let stage = Arc::new(CdnStage::new(core, next, params, items, versions));
                if params.purge_on_update {
                    self.updates.push(Arc::downgrade(&stage) as Weak<dyn Updates>);
                }
                self.listeners.insert(index, stage.clone());
                self.tunable.insert(index, stage.clone());
                self.caches.insert(index, stage.clone());
                stage as Arc<dyn Stage>
            }),
            StageKind::LoadBalancer(params) => Some(self.balancer(index, core, params)),
            StageKind::Service(params) => self.next(index).map(|next| {
                let first = self.first_instance(index);
                let items = plan.topology.workload.sale.items;
                let breakers = self.notes.breakers.of(index, plan.name(index));
                let stage = ServiceStage::new(core, next, params, items, first).telling(breakers);
                let stage = Arc::new(stage);
                self.tasks.spawn(stage.clone().try_again());
                self.listeners.insert(index, stage.clone());
                self.tunable.insert(index, stage.clone());
                self.caches.insert(index, stage.clone());
                self.instances.insert(index, stage.clone());
                stage as Arc<dyn Stage>
            }),
            StageKind::Sessions(params) => {
                self.next(index).map(|next| self.sessions(index, core, next, params))
            }
            StageKind::ReadWriteSplit(params) => Some(self.split(index, core, params)),
            StageKind::MasterReplica(params) => {
                let inventory = self.inventory(index, core.clone(), params, clients);
                Some(self.before_inventory((index, clients), core, params, inventory))
            }
            StageKind::RedisCluster(params) => Some(self.cluster(index, core, params)),
            StageKind::Queue(params) => {
                self.next(index).map(|next| self.queue((index, clients), core, next, params))
            }
            StageKind::Database(params) => self.database(index, core, params)?,
        })
    }

    fn balancer(&mut self, index: usize, core: Arc<Core>, params: &stage::LoadBalancer) -> Arc<dyn Stage> {
        let next = self.plan.next[index].iter().filter_map(|next| {
            let count = self.instance_count(*next);
            let (stage, instances) = (self.sent_to(index, *next)?, self.instances.get(next).cloned());
            Some(Upstream { stage, count, instances, named: (*next, self.plan.name(*next).to_owned()) })
        });
        let stage = BalancerStage::new(core, next.collect(), params, self.plan.topology.workload.seed);
        let stage = Arc::new(stage);
        self.listeners.insert(index, stage.clone());
        self.tunable.insert(index, stage.clone());
        self.tasks.spawn(stage.clone().check(self.notes.absences.clone()));
        stage
    }

    /// How many instances a stage behind a balancer has.
    fn instance_count(&self, index: usize) -> u32 {
        match &self.plan.topology.stages[index].kind {
            StageKind::Service(service) => service.instances,
            _ => 1,
        }
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
        let instances = before.map(|&sibling| self.instance_count(sibling));
        Some(u16::try_from(instances.sum::<u32>()).unwrap_or(u16::MAX))
    }

    /// The consumers of a queue: they write to the database behind it.
    fn crew(&self, queue: usize) -> Option<Crew> {
        let database = *self.plan.next[queue].first()?;
        let StageKind::Queue(params) = &self.plan.topology.stages[queue].kind else { return None };
        let place = match self.environment.broker(queue) {
            Some(broker) => broker.place(params.timeout),
            None => Place::Redis(
                self.environment.master_for(self.plan.host(queue), self.plan.clients(queue, database))?,
            ),
        };
        let equipment = Equipment {
            records: self
                .plan
                .recorder
                .filter(|_| self.plan.queue == Some(queue))
                .and_then(|stage| self.environment.holder(self.plan, stage, params.timeout))
                .map(Arc::new),
            writer: self.environment.database(database)?.writer.clone(),
            book: self.cores[&database].book().clone(),
            clock: self.clock.clone(),
            troubles: self.troubles.clone(),
            outbox: self.outbox.clone(),
            queue: self.plan.name(queue).to_owned(),
        };
        Some(Crew::start(place, equipment, params))
    }

    fn database(
        &mut self,
        index: usize,
        core: Arc<Core>,
        params: &stage::Database,
    ) -> Result<Option<Arc<dyn Stage>>, StoreError> {
        let Some(database) = self.environment.database(index) else { return Ok(None) };
        let store = &database.store;
        let workload = &self.plan.topology.workload;
        let (of, items) = (workload.audience.page_of, workload.sale.items);
        let pages = Pages { of, items, filler: self.filler(index, params) };
        let decides = self.plan.decider == Some(index);
        let limit = self.plan.topology.workload.sale.per_buyer_limit;
        let stage = DatabaseStage::start(core, store, params, decides, limit, pages, self.troubles.clone())?;
        Ok(Some(Arc::new(stage)))
    }

    /// The clients of the readers hear of what they are answered.
    fn clients(&mut self) {
        let users = self.plan.order[0];
        if let StageKind::Users(params) = &self.plan.topology.stages[users].kind {
            let clients = Clients::new(self.cores[&users].clone(), params).told(self.notes.reception.clone());
            self.listeners.insert(users, Arc::new(clients));
        }
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

    /// What a stage sends to; where its links name operations, each goes its way.
    fn next(&self, index: usize) -> Option<Arc<dyn Stage>> {
        let way = |&next: &usize| Some((self.plan.carried(index, next), self.sent_to(index, next)?));
        let mut ways: Vec<_> = self.plan.next[index].iter().filter_map(way).collect();
        if ways.len() > 1 {
            return Some(Arc::new(Parting::new(ways)));
        }
        ways.pop().map(|(_, next)| next)
    }

    /// The stage that a link leads to, with the clients that the link has.
    fn sent_to(&self, from: usize, to: usize) -> Option<Arc<dyn Stage>> {
        let is_naive = self.plan.clients(from, to) == ClientKind::Naive;
        self.built.get(&(to, is_naive)).or_else(|| self.built.get(&(to, false))).cloned()
    }
}
