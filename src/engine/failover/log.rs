//! What was seen of each master-replica stage.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::super::clock::{Clock, nanos};
use super::super::environment::Environment;
use super::super::message::EventKind;
use super::super::outbox::Outbox;
use super::super::redis_link::LinkSettings;
use super::listen::listen;
use super::probe::{Probe, ProbeState};
use super::witness::Witness;
use crate::metrics::failover::sight::PROBE;
use crate::metrics::failover::{Facts, Failover, SentinelEvent, Sight, Step, What, assemble};
use crate::topology::fault::FaultAction;
use crate::topology::fault::table::Nature;
use crate::topology::stage::StageKind;
use crate::topology::{ClientKind, Fault, RunPlan};

/// The most that is kept of one stage. Clients that fail for ever note little; this is for a server that comes and goes.
const KEPT: usize = 50_000;
/// Sentinels repeat what another one told: within this time it is one step.
const REPEATED: Duration = Duration::from_secs(5);

/// What takes a process away from its clients, or keeps it from answering or writing.
const TAKES_AWAY: &[FaultAction] = &[
    FaultAction::Kill,
    FaultAction::Terminate,
    FaultAction::Pause,
    FaultAction::CutLink,
    FaultAction::ResetLink,
    FaultAction::SlowScript,
    FaultAction::FillMemory,
];

/// A task of the log.
pub type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The logs of all master-replica stages of a run, by their places in the topology. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Failovers(Arc<BTreeMap<usize, Arc<StageLog>>>);

/// What was seen of one stage.
pub struct StageLog {
    stage: usize,
    name: String,
    /// Data processes: their names, and the ports that they announce.
    processes: Vec<(String, u16)>,
    has_naive: bool,
    clock: Clock,
    outbox: Outbox,
    seen: Mutex<Vec<Sight>>,
    /// Steps told, and when.
    told: Mutex<Vec<(Step, u64)>>,
    clients: AtomicU32,
    probes: Mutex<Vec<(ClientKind, Arc<ProbeState>)>>,
}

impl Failovers {
    /// Logs for the stages of a plan that have a master to lose.
    pub fn new(plan: &RunPlan, environment: &Environment, outbox: &Outbox) -> Self {
        let of = |&stage: &usize| {
            let StageKind::MasterReplica(_) = &plan.topology.stages[stage].kind else { return None };
            let log = StageLog {
                stage,
                name: plan.name(stage).to_owned(),
                processes: environment.announced(stage),
                has_naive: has_naive(plan, stage),
                clock: outbox.clock().clone(),
                outbox: outbox.clone(),
                seen: Mutex::default(),
                told: Mutex::default(),
                clients: AtomicU32::new(PROBE + 1),
                probes: Mutex::default(),
            };
            Some((stage, Arc::new(log)))
        };
        Self(Arc::new(plan.order.iter().filter_map(of).collect()))
    }

    /// The log of a stage, if it has one.
    pub fn of(&self, stage: usize) -> Option<&Arc<StageLog>> {
        self.0.get(&stage)
    }

    /// What listens and probes, to be run until the audit.
    pub fn tasks(&self, plan: &RunPlan, environment: &Environment) -> Vec<Task> {
        let mut tasks: Vec<Task> = Vec::new();
        for (&stage, log) in &*self.0 {
            let StageKind::MasterReplica(params) = &plan.topology.stages[stage].kind else { continue };
            if let Some(resolver) = environment.master(stage) {
                for (index, sentinel) in environment.sentinels(stage).into_iter().enumerate() {
                    tasks.push(Box::pin(listen(log.clone(), sentinel, index, resolver.clone())));
                }
            }
            let kinds: &[ClientKind] =
                if log.has_naive { ClientKind::ALL } else { &[ClientKind::SentinelAware] };
            for &clients in kinds {
                let Some(resolver) = environment.master_for(stage, clients) else { continue };
                let witness = Witness::new(log.clone(), clients, PROBE);
                let settings = LinkSettings::new(params.timeout);
                let probe = Probe::new(log.clone(), clients, witness, resolver, settings, params);
                log.probes().push((clients, probe.state()));
                tasks.push(Box::pin(probe.run()));
            }
        }
        tasks
    }

    /// Notes a fault that was done to a stage, and when it began.
    pub fn fault(&self, plan: &RunPlan, fault: &Fault, at_ns: u64) {
        if let Some(log) = plan.topology.index_of(&fault.stage).and_then(|stage| self.of(stage)) {
            log.fault(fault, at_ns);
        }
    }

    /// Notes how many processes of each stage say that they are master: the stage of each that does.
    pub fn masters(&self, masters: &(impl Iterator<Item = usize> + Clone)) {
        for (&stage, log) in &*self.0 {
            log.masters(masters.clone().filter(|of| *of == stage).count());
        }
    }

    /// All outages, put together.
    pub fn assemble(&self) -> Vec<Failover> {
        self.0.values().flat_map(|log| log.assemble()).collect()
    }
}

/// Whether some clients of a stage are naive: on links to it, and on links to and from a queue that is kept on it.
fn has_naive(plan: &RunPlan, stage: usize) -> bool {
    let host = |name: &str| plan.topology.index_of(name).map(|index| plan.host(index));
    let reaches = |name: &str| host(name) == Some(stage);
    let is_queue = |name: &str| {
        let kind = plan.topology.index_of(name).map(|index| &plan.topology.stages[index].kind);
        matches!(kind, Some(StageKind::Queue(_)))
    };
    plan.topology.links.iter().any(|link| {
        link.clients == ClientKind::Naive
            && (reaches(&link.to) || (is_queue(&link.from) && reaches(&link.from)))
    })
}

impl StageLog {
    /// The run's clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// A witness for one more connection of the stage's clients.
    pub fn witness(self: &Arc<Self>, clients: ClientKind) -> Witness {
        Witness::new(self.clone(), clients, self.clients.fetch_add(1, Ordering::Relaxed))
    }

    /// Notes what is seen just now.
    pub fn note(&self, what: What) {
        self.note_at(self.clock.now_ns(), what);
    }

    /// Notes what was seen at a moment of the run's clock.
    pub fn note_at(&self, at_ns: u64, what: What) {
        let mut seen = self.seen();
        if seen.len() < KEPT || !matches!(what, What::Error { .. } | What::Write { .. }) {
            seen.push(Sight { at_ns, what });
        }
    }

    /// Notes what a Sentinel tells, and passes it on if it is a step that no other Sentinel told just before.
    pub fn heard(&self, event: SentinelEvent) {
        let step = Step::of(&event, |port| self.process(port));
        self.note(What::Sentinel(event));
        if let Some(step) = step {
            self.tell(step);
        }
    }

    /// Tells a step, unless it was told just before.
    pub fn tell(&self, step: Step) {
        let now_ns = self.clock.now_ns();
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.iter().any(|(same, at)| *same == step && at + nanos(REPEATED) > now_ns) {
            return;
        }
        told.push((step.clone(), now_ns));
        drop(told);
        self.outbox.event(EventKind::Failover { stage: self.stage, step });
    }

    /// Notes that the supervisor started a process again.
    pub fn restarted(&self, process: usize) {
        if let Some((name, port)) = self.processes.get(process) {
            self.note(What::Restarted { port: *port });
            self.tell(Step::Restarted(name.clone()));
        }
    }

    fn fault(&self, fault: &Fault, at_ns: u64) {
        let port = self.processes.iter().find(|(name, _)| *name == fault.instance).map(|(_, port)| *port);
        let action = fault.action;
        let asks_for_failover = action == FaultAction::Failover;
        let takes_away = asks_for_failover || port.is_some() && TAKES_AWAY.contains(&action);
        let brings_back = action.rule().nature == Nature::Mending;
        let port = port.filter(|_| !asks_for_failover);
        self.note_at(at_ns, What::Fault { what: fault.to_string(), port, takes_away, brings_back });
    }

    fn masters(&self, count: usize) {
        let mut seen = self.seen();
        let last = seen.iter().rev().find_map(|sight| match sight.what {
            What::Masters(count) => Some(count),
            _ => None,
        });
        if last != Some(count) {
            seen.push(Sight { at_ns: self.clock.now_ns(), what: What::Masters(count) });
        }
    }

    fn process(&self, port: u16) -> Option<String> {
        self.processes.iter().find(|(_, of)| *of == port).map(|(name, _)| name.clone())
    }

    fn assemble(&self) -> Vec<Failover> {
        for (clients, state) in &*self.probes() {
            self.note(state.last_write(*clients, self.clock.now_ns()));
        }
        let facts = Facts {
            stage: &self.name,
            processes: &self.processes,
            has_naive: self.has_naive,
            start_ns: self.clock.first_arrival_ns(),
        };
        assemble(&facts, &self.seen())
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Vec<Sight>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn probes(&self) -> std::sync::MutexGuard<'_, Vec<(ClientKind, Arc<ProbeState>)>> {
        self.probes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for StageLog {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StageLog").field("name", &self.name).finish_non_exhaustive()
    }
}
