//! The stages before real Redis: their lanes, and what works for them beside the traffic.

use std::sync::Arc;

use super::super::cluster::names::Names;
use super::super::heartbeat::{Heart, Pulse};
use super::super::queue::{BrokerWay, Place};
use super::super::redis_link::Resolver;
use super::super::stages::broker::{BrokerStage, Shared};
use super::super::stages::cluster::{ClusterStage, ClusterWiring};
use super::super::stages::core::{Core, Stage};
use super::super::stages::decrement::decr::Counter;
use super::super::stages::decrement::list_token::Tokens;
use super::super::stages::decrement::lua_eval::LuaEval;
use super::super::stages::decrement::lua_evalsha::LuaEvalsha;
use super::super::stages::decrement::naive::Naive;
use super::super::stages::decrement::one_script::OneScript;
use super::super::stages::decrement::piecemeal::Piecemeal;
use super::super::stages::decrement::script::{ClaimScript, OrderGoes};
use super::super::stages::decrement::watch_multi::WatchMulti;
use super::super::stages::decrement::{OneTrip, SeveralTrips};
use super::super::stages::lanes::{Lane, LaneShape, Lanes};
use super::super::stages::master_replica::{Inventory, MasterReplicaStage};
use super::super::stages::pipeline::Safety;
use super::super::stages::queue::QueueStage;
use super::super::stages::read_write_split::roster::{Roster, Seat};
use super::super::stages::read_write_split::{ReadWriteSplitStage, SplitWiring};
use super::super::stages::sessions::SessionsStage;
use super::super::stages::stepped::SteppedStage;
use super::Builder;
use crate::servers::Endpoint;
use crate::topology::ClientKind;
use crate::topology::stage::{self, Carried, Decrement, Mistake, StageKind};

impl Builder<'_> {
    pub(super) fn split(
        &mut self,
        index: usize,
        core: Arc<Core>,
        params: &stage::ReadWriteSplit,
    ) -> Arc<dyn Stage> {
        let shape =
            LaneShape::pipelined(params.connections, params.window, params.max_waiting, params.timeout);
        let (master, mut lanes) = self.master_lanes(index, shape, ClientKind::SentinelAware);
        // Reads may go to the master as well: it too is looked after.
        self.tasks.extend(lanes.first().cloned().map(Lane::look_after));
        let heart = Arc::new(Heart::new(self.clock.clone()));
        let mut processes = self.environment.data_instances(index).into_iter();
        self.tasks.extend(processes.next().map(|master| heart.clone().beat(master.endpoint)));
        let mut seats = Vec::new();
        for (replica, way) in processes.zip(self.environment.replicas(index)) {
            let (replica_lanes, more) = Lanes::new(&Resolver::Fixed(way), shape);
            self.tasks.extend(more.first().cloned().map(Lane::look_after));
            let mut connections: Vec<_> = more.iter().map(|lane| lane.connection.clone()).collect();
            connections.dedup_by(|one, other| Arc::ptr_eq(one, other));
            lanes.extend(more);
            let pulse = Arc::<Pulse>::default();
            self.tasks.spawn(heart.clone().feel(replica.endpoint, pulse.clone()));
            self.pulses.insert((index, replica.name.clone()), pulse.clone());
            seats.push(Seat::new(replica.name, replica_lanes, connections, pulse));
        }
        let roster = Arc::new(Roster::new(seats, heart, params.lag_limit));
        for seat in 0..roster.seats.len() {
            let named = (index, self.plan.name(index).to_owned());
            self.tasks.spawn(roster.clone().keep(seat, named, self.notes.absences.clone()));
        }
        let workload = &self.plan.topology.workload;
        let wiring = SplitWiring {
            next: self.next(index),
            owns_reads: self.plan.read_owner == Some(index),
            master,
            roster,
            versions: self.notes.versions.clone(),
            items: workload.sale.items,
            seed: workload.seed,
        };
        let stage = Arc::new(ReadWriteSplitStage::new(core, params, wiring));
        self.tunable.insert(index, stage.clone());
        let lanes = self.note(lanes).into_iter();
        self.tasks.extend(lanes.map(|lane| stage.clone().work(lane)));
        stage
    }

    pub(super) fn inventory(
        &mut self,
        index: usize,
        core: Arc<Core>,
        params: &stage::MasterReplica,
        clients: ClientKind,
    ) -> Arc<dyn Stage> {
        let shape = if params.decrement.is_one_trip() {
            LaneShape::pipelined(params.connections, params.window, params.max_waiting, params.timeout)
        } else {
            LaneShape::one_at_a_time(params.connections, params.max_waiting, params.timeout)
        };
        let (master, lanes) = self.master_lanes(index, shape, clients);
        let keeps_orders = [self.plan.keeper, self.plan.recorder].contains(&Some(index));
        let per_buyer_limit = self.plan.topology.workload.sale.per_buyer_limit;
        let inventory = Inventory {
            core,
            is_swept: self.plan.swept == Some(index),
            next: self.next(index),
            owns_reads: self.plan.read_owner == Some(index),
            master,
            per_buyer_limit,
            keeps_orders,
            safety: Safety::new(params.wait_replicas, params.wait_timeout),
        };
        let lanes = self.note(lanes);
        let order = if keeps_orders { OrderGoes::Kept } else { OrderGoes::Nowhere };
        let script = |order| ClaimScript::with_mistake(Names::Plain, per_buyer_limit, order, params.mistake);
        let gives_back = params.mistake != Some(Mistake::CheckAfterDecrement);
        match params.decrement {
            Decrement::LuaEvalsha => self.pipelined(inventory, LuaEvalsha(script(order)), lanes),
            Decrement::LuaEval => self.pipelined(inventory, LuaEval(script(order)), lanes),
            Decrement::OneScript => self.pipelined(inventory, OneScript(script(OrderGoes::Enqueued)), lanes),
            Decrement::WatchMulti => self.stepped(inventory, WatchMulti { attempts: params.attempts }, lanes),
            Decrement::DecrCompensation => {
                self.stepped(inventory, Piecemeal { from: Counter, gives_back }, lanes)
            }
            Decrement::ListToken => self.stepped(inventory, Piecemeal { from: Tokens, gives_back }, lanes),
            Decrement::NaiveReadThenWrite => self.stepped(inventory, Naive, lanes),
        }
    }

    fn pipelined(
        &mut self,
        inventory: Inventory,
        strategy: impl OneTrip + 'static,
        lanes: Vec<Lane>,
    ) -> Arc<dyn Stage> {
        let stage = Arc::new(MasterReplicaStage::new(inventory, Box::new(strategy)));
        self.tasks.extend(lanes.into_iter().map(|lane| stage.clone().work(lane)));
        stage
    }

    fn stepped(
        &mut self,
        inventory: Inventory,
        strategy: impl SeveralTrips,
        lanes: Vec<Lane>,
    ) -> Arc<dyn Stage> {
        let stage = Arc::new(SteppedStage::new(inventory, strategy));
        self.tasks.extend(lanes.into_iter().map(|lane| stage.clone().work(lane)));
        stage
    }

    pub(super) fn cluster(
        &mut self,
        index: usize,
        core: Arc<Core>,
        params: &stage::RedisCluster,
    ) -> Arc<dyn Stage> {
        let cluster = self.environment.cluster(index);
        let cluster = cluster.unwrap_or_else(|| unreachable!("a cluster stage has its servers"));
        let shape =
            LaneShape::pipelined(params.connections, params.window, params.max_waiting, params.timeout);
        let (stage, lanes) = ClusterStage::new(ClusterWiring {
            core,
            next: self.next(index),
            owns_reads: self.plan.read_owner == Some(index),
            per_buyer_limit: self.plan.topology.workload.sale.per_buyer_limit,
            keeps_orders: [self.plan.keeper, self.plan.recorder].contains(&Some(index)),
            passes_events: self.plan.event_keeper != Some(index),
            items: self.plan.topology.workload.widest(),
            routes: cluster.routes(),
            counts: cluster.counts(),
            shape,
            timeout: params.timeout,
        });
        self.connections.extend(lanes.iter().map(|(_, lane)| lane.connection.clone()));
        self.tasks.extend(lanes.into_iter().map(|(node, lane)| stage.clone().work(node, lane)));
        self.tasks.spawn(cluster.routes().keep());
        self.tasks.spawn(stage.clone().keep());
        stage
    }

    pub(super) fn sessions(
        &mut self,
        index: usize,
        core: Arc<Core>,
        next: Arc<dyn Stage>,
        params: &stage::Sessions,
    ) -> Arc<dyn Stage> {
        let shape =
            LaneShape::pipelined(params.connections, params.window, params.max_waiting, params.timeout);
        let host = self.plan.host(index);
        let (lanes, workers) = self.master_lanes(host, shape, ClientKind::SentinelAware);
        let stage = Arc::new(SessionsStage::new(core, next, lanes, params));
        self.tunable.insert(index, stage.clone());
        let lanes = self.note(workers).into_iter();
        self.tasks.extend(lanes.map(|lane| stage.clone().work(lane)));
        stage
    }

    pub(super) fn queue(
        &mut self,
        (index, clients): (usize, ClientKind),
        core: Arc<Core>,
        next: Arc<dyn Stage>,
        params: &stage::Queue,
    ) -> Arc<dyn Stage> {
        let shape =
            LaneShape::pipelined(params.connections, params.window, params.max_waiting, params.timeout);
        match self.environment.broker(index).map(|broker| broker.place(params.timeout)) {
            Some(Place::JetStream(way)) => return self.broker((core, next), shape, way, params.carries),
            Some(Place::RabbitMq(way)) => return self.broker((core, next), shape, way, params.carries),
            Some(Place::Redis(_)) | None => {}
        }
        let host = self.plan.host(index);
        let (lanes, workers) = self.master_lanes(host, shape, clients);
        let (safety, is_enqueued) = match &self.plan.topology.stages[host].kind {
            StageKind::MasterReplica(host) => {
                (Safety::new(host.wait_replicas, host.wait_timeout), host.decrement == Decrement::OneScript)
            }
            _ => (None, false),
        };
        let stage = Arc::new(QueueStage::new(core, next, lanes, params, safety).filled_before(is_enqueued));
        let lanes = self.note(workers).into_iter();
        self.tasks.extend(lanes.map(|lane| stage.clone().work(lane)));
        stage
    }

    /// A queue that a broker keeps. Its lanes share connections of another kind than those to Redis, which are never opened.
    fn broker(
        &mut self,
        (core, next): (Arc<Core>, Arc<dyn Stage>),
        shape: LaneShape,
        way: impl BrokerWay,
        carries: Carried,
    ) -> Arc<dyn Stage> {
        let (lanes, workers) = Lanes::new(&Resolver::Fixed(Endpoint::local(0)), shape);
        let stage = Arc::new(BrokerStage::new(core, next, lanes, way, carries));
        for workers in workers.chunks(shape.window as usize) {
            let shared = Shared::default();
            for lane in workers {
                self.tasks.spawn(stage.clone().work(lane.clone(), shared.clone()));
            }
        }
        stage
    }

    pub(super) fn master_lanes(
        &self,
        index: usize,
        shape: LaneShape,
        clients: ClientKind,
    ) -> (Lanes, Vec<Lane>) {
        let resolver = self.environment.master_for(index, clients);
        let resolver = resolver.unwrap_or_else(|| unreachable!("a stage before Redis has its servers"));
        Lanes::watched(&resolver, shape, || Some(self.notes.failovers.of(index)?.witness(clients)))
    }

    pub(super) fn note(&mut self, lanes: Vec<Lane>) -> Vec<Lane> {
        self.connections.extend(lanes.iter().map(|lane| lane.connection.clone()));
        lanes
    }
}
