//! What of a run was full, by figures that were measured in it. Pure: a trial in, gauges out. What is not measured has no gauge, and is
//! never named.

use std::time::Duration;

use serde::Serialize;

use crate::engine::WORST_LAG;
use crate::engine::trial::Trial;
use crate::metrics::{Reason, Role};
use crate::report::Report;
use crate::report::text::grouped;
use crate::topology::StageKind;

use super::super::capacity::whole;

/// A processor is full from this share on.
const FULL_CPU: f64 = 0.9;
/// Consumers this far behind are.
const FULL_LAG: Duration = Duration::from_secs(1);
/// A stage that turned away more than this share of all arrivals was.
const FULL_ROOM: f64 = 0.001;

/// What may be full.
///
/// Causes stand before what comes of them: a full processor lets connections be full, and these let requests wait and be turned away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Resource {
    /// A server process, which works on one core.
    ServerCpu,
    /// The cores of this machine, by everybody.
    MachineCpu,
    /// The cores of this machine, by this program alone.
    EngineCpu,
    /// A pool of connections, each of which works on one request at a time.
    Connections,
    /// The consumers of the queue.
    Consumers,
    /// A rate limit.
    RateLimit,
    /// The room of a stage for requests that wait.
    Room,
    /// The generator, which sends too late.
    Generator,
}

/// How full something was.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Gauge {
    /// What.
    pub resource: Resource,
    /// The stage, of what belongs to one.
    pub stage: Option<String>,
    /// The process, of a server's processor.
    pub process: Option<String>,
    /// What was used: cores, requests, a share of the arrivals or seconds.
    pub used: f64,
    /// From where on it is full, in the same.
    pub full_from: f64,
    /// Whether it was.
    pub is_full: bool,
    /// Its name.
    pub name: String,
    /// What was measured, in words.
    pub measured: String,
}

impl Gauge {
    fn new(resource: Resource, stage: Option<&str>, used: f64, full_from: f64, measured: String) -> Self {
        let name = match stage {
            Some(stage) => format!("{} of {stage}", resource.label()),
            None => resource.label().to_owned(),
        };
        let is_full = used >= full_from;
        Self {
            resource,
            stage: stage.map(str::to_owned),
            process: None,
            used,
            full_from,
            is_full,
            name,
            measured,
        }
    }

    /// What it is and what was measured of it.
    pub fn text(&self) -> String {
        format!("{}: {}", self.name, self.measured)
    }

    /// How full it was; 1 is full.
    pub fn share(&self) -> f64 {
        self.used / self.full_from
    }
}

impl Resource {
    /// Its name.
    pub fn label(self) -> &'static str {
        match self {
            Self::ServerCpu => "processor",
            Self::MachineCpu => "processor of this machine",
            Self::EngineCpu => "processor of this program",
            Self::Connections => "connections",
            Self::Consumers => "consumers",
            Self::RateLimit => "rate limit",
            Self::Room => "room for requests that wait",
            Self::Generator => "generator",
        }
    }
}

/// Everything that was measured of a run: what was full, causes first, then the fullest of the rest.
pub fn gauges(trial: &Trial, cores: usize) -> Vec<Gauge> {
    let mut found = processors(trial, cores);
    found.push(generator(&trial.report));
    found.extend(pools(trial));
    found.extend(turned_away(&trial.report));
    found.extend(consumers(&trial.report));
    let (mut full, mut rest): (Vec<Gauge>, Vec<Gauge>) = found.into_iter().partition(|gauge| gauge.is_full);
    full.sort_by_key(|gauge| gauge.resource);
    rest.sort_by(|one, other| other.share().total_cmp(&one.share()));
    full.append(&mut rest);
    full
}

fn processors(trial: &Trial, cores: usize) -> Vec<Gauge> {
    let (load, all) = (&trial.load, cores as f64);
    let (own, servers) = (load.engine_cores.unwrap_or(0.0), load.processes.iter());
    let servers = servers.fold(0.0, |sum, process| sum + process.cores);
    let machine = load.machine_cores.map(|used| {
        let measured = format!(
            "{used:.2} of {cores} cores busy: {own:.2} with this program, {servers:.2} with the servers that are looked at, {:.2} with others",
            (used - own - servers).max(0.0)
        );
        Gauge::new(Resource::MachineCpu, None, used, all * FULL_CPU, measured)
    });
    let engine = load.engine_cores.map(|used| {
        Gauge::new(Resource::EngineCpu, None, used, all * FULL_CPU, format!("{used:.2} of {cores} cores"))
    });
    let of_process = |process: &crate::engine::trial::load::ProcessLoad| {
        let (stage, name, used) = (&process.stage, &process.name, process.cores);
        let gauge =
            Gauge::new(Resource::ServerCpu, Some(stage), used, FULL_CPU, format!("{used:.2} of 1 core"));
        // A database is many processes, and a Sentinel carries no requests.
        let works_alone =
            kind(&trial.report, stage).is_some_and(|kind| !matches!(kind, StageKind::Database(_)));
        (works_alone && !is_sentinel(&trial.report, stage, name)).then(|| Gauge {
            process: Some(name.clone()),
            name: format!("processor of {name} of {stage}"),
            ..gauge
        })
    };
    load.processes.iter().filter_map(of_process).chain(machine).chain(engine).collect()
}

fn kind<'a>(report: &'a Report, stage: &str) -> Option<&'a StageKind> {
    let topology = &report.topology;
    topology.index_of(stage).map(|index| &topology.stages[index].kind)
}

fn is_sentinel(report: &Report, stage: &str, name: &str) -> bool {
    report.instances.iter().any(|one| one.stage == stage && one.name == name && one.role == Role::Sentinel)
}

fn generator(report: &Report) -> Gauge {
    let late = Duration::from_micros(report.generator.schedule_lag_us.p99);
    let measured = format!("p99 {late:?} behind its schedule, {WORST_LAG:?} is allowed");
    // What is allowed is not yet too much.
    let most = WORST_LAG.as_secs_f64() + f64::EPSILON;
    Gauge::new(Resource::Generator, None, late.as_secs_f64(), most, measured)
}

/// Pools whose connections work on one request at a time each. Where consumers write to the database too, their orders stand at it
/// beside the requests, and how full its pool is can't be told.
fn pools(trial: &Trial) -> Vec<Gauge> {
    let topology = &trial.report.topology;
    let has_consumers = trial.report.queue.is_some()
        || topology.stages.iter().any(
            |stage| matches!(&stage.kind, StageKind::DataControl(control) if control.sweep_orders.is_some()),
        );
    let pool = |stage: &str| match kind(&trial.report, stage)? {
        StageKind::Database(database) if !has_consumers => Some(database.connections),
        StageKind::MasterReplica(inventory) if !inventory.decrement.is_one_trip() => {
            Some(inventory.connections)
        }
        _ => None,
    };
    let gauge = |load: &crate::engine::trial::load::StageLoad| {
        let connections = pool(&load.stage)?;
        let measured = format!("{:.0} requests for {connections} of them, one at a time each", load.requests);
        let most = f64::from(connections);
        Some(Gauge::new(Resource::Connections, Some(&load.stage), load.requests, most, measured))
    };
    trial.load.stages.iter().filter_map(gauge).collect()
}

/// Stages that turned requests away.
fn turned_away(report: &Report) -> Vec<Gauge> {
    let arrivals = report.totals.arrivals.max(1) as f64;
    let row = |stage: &crate::report::StageReport, reason: Reason| {
        let count = stage.tally.intercepted.get(reason);
        let resource = if reason == Reason::RateLimited { Resource::RateLimit } else { Resource::Room };
        let measured = format!("{} requests were turned away", grouped(count));
        (count > 0)
            .then(|| Gauge::new(resource, Some(&stage.name), count as f64 / arrivals, FULL_ROOM, measured))
    };
    let reasons = |stage| [Reason::Shed, Reason::RateLimited].map(|reason| row(stage, reason));
    report.stages.iter().flat_map(reasons).flatten().collect()
}

/// How far the consumers were behind when the last request had come: what waited, by what they had written a second until then.
fn consumers(report: &Report) -> Option<Gauge> {
    let queue = report.queue.as_ref()?;
    let until = report.generator.duration_secs;
    let on_sale: Vec<_> = report.series.iter().filter(|second| second.at_secs <= until + 0.05).collect();
    let (last, before) = (on_sale.last()?, on_sale.len().checked_sub(2).map_or(0, |at| on_sale[at].backlog));
    let acknowledged: u64 = on_sale.iter().map(|second| second.sold).sum();
    let written = acknowledged.checked_sub(last.backlog).filter(|written| *written > 0)?;
    let per_sec = written as f64 / last.at_secs;
    let behind = last.backlog as f64 / per_sec;
    let measured = format!(
        "{} orders behind at the last arrival, {behind:.2} s at the {} a second that they wrote",
        grouped(last.backlog),
        grouped(whole(per_sec))
    );
    let gauge = Gauge::new(Resource::Consumers, Some(&queue.stage), behind, FULL_LAG.as_secs_f64(), measured);
    // Who is catching up is not too slow.
    Some(Gauge { is_full: gauge.is_full && last.backlog >= before, ..gauge })
}
