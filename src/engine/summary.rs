//! From what was observed to the report.

use std::collections::BTreeMap;
use std::time::Duration;

use super::audit::AuditError;
use super::cluster::ClusterGroup;
use super::environment::{Binaries, Environment};
use super::machine;
use super::observer::Observer;
use super::queue::hands::HandTotals;
use super::redis_link::LinkSettings;
use super::store::StoreError;
use super::store::server::ISOLATION;
use crate::metrics::failover::Failover;
use crate::metrics::{InstanceSummary, Totals};
use crate::report::claimed;
use crate::report::verdict::{Figures, judge, verdict};
use crate::report::{
    AbsenceReport, AlertReport, AuditReport, BackupReport, BreakerReport, ChangeReport, FaultReport,
    GeneratorReport, HttpReport, QueueReport, REPORT_VERSION, Report, ServerReport, SettingReport,
    StageReport,
};
use crate::topology::RunPlan;
use crate::topology::stage::{Database, DatabaseEngine, StageKind};

/// A run whose generator is later than this for one request in a hundred says nothing about the design.
pub const WORST_LAG: Duration = Duration::from_millis(25);
/// A run that could not send more than this share of its arrivals says nothing about the design.
pub const WORST_DROPPED: f64 = 0.001;

/// How a run ended.
pub struct Ending {
    /// The ledger's findings, or why there are none.
    pub audit: Result<AuditReport, AuditError>,
    /// The faults that were injected.
    pub faults: Vec<FaultReport>,
    /// Spans in which replicas got no reads.
    pub absences: Vec<AbsenceReport>,
    /// Spans in which circuit breakers were not closed.
    pub breakers: Vec<BreakerReport>,
    /// Backups of the database.
    pub backup: Result<Option<BackupReport>, StoreError>,
    /// Rules that spoke up.
    pub alerts: Vec<AlertReport>,
    /// The changes that were asked for.
    pub changes: Vec<ChangeReport>,
    /// Whether everything under way came to its end.
    pub drained: bool,
    /// When the last arrival came.
    pub arrivals_ended_at: Duration,
    /// Requests that got an answer until then.
    pub achieved_on_sale: u64,
    /// What failed inside, if something did.
    pub broken: Option<String>,
    /// Whether somebody stopped it.
    pub stopped_early: bool,
    /// What was told over HTTP, where requests came so.
    pub http: Option<HttpReport>,
    /// Errors that were waited out.
    pub troubles: Vec<String>,
    /// What each Redis process did.
    pub instances: Vec<InstanceSummary>,
    /// Outages, step by step.
    pub failovers: Vec<Failover>,
    /// What became of what was in the hands of each queue's consumers, by the queue's place in the topology.
    pub hands: BTreeMap<usize, HandTotals>,
}

/// The report of a run.
pub fn report(plan: &RunPlan, environment: &Environment, observer: &mut Observer, ending: Ending) -> Report {
    let totals = observer.totals();
    let operations = observer.operations();
    let generator = generator(observer, &totals, &ending);
    let disturbances = disturbances(&generator, &totals, &ending);
    let audit = ending.audit.unwrap_or_default();
    let versioned = observer.versioned();
    let figures = Figures {
        totals: &totals,
        operations: &operations,
        audit: &audit,
        versioned,
        is_http: ending.http.is_some(),
    };
    let targets = judge(&plan.topology.targets, figures);
    let (verdict, reasons) = verdict(&targets, &disturbances);
    let stages = stages(plan, observer);
    let others = plan.queues().filter(|&queue| Some(queue) != plan.queue);
    Report {
        report_version: REPORT_VERSION,
        verdict,
        reasons,
        totals,
        claimed: claimed::beside(&stages, &ending.instances, generator.duration_secs),
        stages,
        operations,
        audit,
        targets,
        generator,
        http: ending.http,
        servers: servers(environment),
        instances: ending.instances,
        shards: environment.clusters().iter().flat_map(ClusterGroup::shards).collect(),
        reshapes: environment.clusters().iter().flat_map(ClusterGroup::reshapes).collect(),
        settings: settings(plan, environment),
        queue: plan.queue.and_then(|stage| queue(plan, stage, &ending.hands)),
        other_queues: others.filter_map(|stage| queue(plan, stage, &ending.hands)).collect(),
        faults: ending.faults,
        failovers: ending.failovers,
        absences: ending.absences,
        breakers: ending.breakers,
        alerts: ending.alerts,
        backup: ending.backup.ok().flatten(),
        changes: ending.changes,
        troubles: ending.troubles,
        series: observer.series(),
        timeline: observer.timeline(),
        started_at: humantime::format_rfc3339_seconds(observer.started_at()).to_string(),
        machine: machine::look(),
        seed: plan.topology.workload.seed,
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        topology: plan.topology.clone(),
    }
}

fn generator(observer: &Observer, totals: &Totals, ending: &Ending) -> GeneratorReport {
    let secs = ending.arrivals_ended_at.as_secs_f64();
    let per_sec = |count: u64| if secs > 0.0 { count as f64 / secs } else { 0.0 };
    GeneratorReport {
        schedule_lag_us: observer.lag().quantiles(),
        duration_secs: secs,
        offered_per_sec: per_sec(totals.arrivals),
        achieved_per_sec: per_sec(ending.achieved_on_sale),
        stopped_early: ending.stopped_early,
    }
}

/// What keeps the run from saying anything about the design.
fn disturbances(generator: &GeneratorReport, totals: &Totals, ending: &Ending) -> Vec<String> {
    let mut found = Vec::new();
    if let Some(broken) = &ending.broken {
        found.push(format!("a stage failed inside: {broken}; please report this as a defect"));
    } else if ending.stopped_early {
        found.push(format!("the run was stopped after {:.1} s", generator.duration_secs));
    }
    let lag = Duration::from_micros(generator.schedule_lag_us.p99);
    if lag > WORST_LAG {
        found.push(format!(
            "the generator fell behind its schedule (p99 {lag:?}, {WORST_LAG:?} is allowed): this machine is too busy for the offered load"
        ));
    }
    if totals.arrivals > 0 && totals.dropped as f64 > WORST_DROPPED * totals.arrivals as f64 {
        found.push(format!(
            "{} of {} arrivals could not be sent: the first stage did not keep up",
            totals.dropped, totals.arrivals
        ));
    }
    if let Err(error) = &ending.audit {
        found.push(error.to_string());
    }
    match &ending.backup {
        Err(error) => found.push(format!("the last backup could not be restored: {error}")),
        Ok(Some(backup)) if !backup.is_verified() => {
            found.push("what the last backup restores is not what buyers were promised".to_owned());
        }
        Ok(_) => {}
    }
    if !ending.drained && ending.broken.is_none() {
        found.push("requests or orders were still under way a minute after the last arrival".to_owned());
    }
    if totals.in_flight() != 0 && ending.drained {
        found.push(format!("the count is off by {}: please report this as a defect", totals.in_flight()));
    }
    found
}

fn stages(plan: &RunPlan, observer: &Observer) -> Vec<StageReport> {
    let report = |&index: &usize| {
        let page = observer.page(index)?;
        let stage = &plan.topology.stages[index];
        let (kind, realness) = (stage.kind.word(), plan.topology.realness(stage));
        let report = StageReport::new(&stage.name, kind, realness, &page.tally(), page.latency.quantiles());
        Some(StageReport { stale_age_us: page.stale_age.quantiles(), ..report })
    };
    plan.order.iter().filter_map(report).collect()
}

fn servers(environment: &Environment) -> Vec<ServerReport> {
    let Binaries { redis, nats, databases, rabbitmq } = &environment.binaries;
    let servers = redis.iter().chain(nats).chain(rabbitmq).chain(databases).map(|binary| ServerReport {
        kind: binary.kind.to_string(),
        version: binary.version.clone(),
        path: binary.path.display().to_string(),
    });
    let embedded = environment.databases.iter().find(|database| database.store.path().is_some());
    let sqlite = embedded.into_iter().map(|_| ServerReport {
        kind: "SQLite".into(),
        version: rusqlite::version().to_owned(),
        path: "embedded".into(),
    });
    servers.chain(sqlite).chain(environment.externals.servers()).collect()
}

fn queue(plan: &RunPlan, stage: usize, hands: &BTreeMap<usize, HandTotals>) -> Option<QueueReport> {
    let (stage, hands) = (&plan.topology.stages[stage], hands.get(&stage)?);
    let StageKind::Queue(params) = &stage.kind else { return None };
    Some(QueueReport {
        stage: stage.name.clone(),
        form: params.form.word().into(),
        consumer_deaths: hands.deaths,
        died_unwritten_orders: hands.died_unwritten,
        died_unacknowledged_orders: hands.died_unacknowledged,
        redelivered_orders: hands.redelivered,
        ignored_inserts: hands.ignored,
        missing_orders: hands.missing,
    })
}

fn settings(plan: &RunPlan, environment: &Environment) -> Vec<SettingReport> {
    let mut settings = Vec::new();
    for &index in &plan.order {
        let timeout = match &plan.topology.stages[index].kind {
            StageKind::ReadWriteSplit(params) => params.timeout,
            StageKind::MasterReplica(params) => params.timeout,
            StageKind::RedisCluster(params) => params.timeout,
            StageKind::Queue(params) => params.timeout,
            StageKind::Sessions(params) => params.timeout,
            StageKind::Database(params) => {
                settings.extend(database_settings(plan.name(index), params));
                settings.extend(environment.externals.settings(index, plan.name(index)));
                continue;
            }
            _ => continue,
        };
        let link = LinkSettings::new(timeout);
        let host = plan.host(index);
        let way = match (environment.externals.has(host), environment.has_proxies(host)) {
            (true, _) => "through the door to a server elsewhere",
            (false, true) => "through proxies",
            (false, false) => "direct",
        };
        for (name, value) in [
            ("response timeout", format!("{} ms", link.response_timeout.as_millis())),
            ("connect timeout", format!("{} ms", link.connect_timeout.as_millis())),
            ("retries", "none".to_owned()),
            ("way to the servers", way.to_owned()),
        ] {
            settings.push(SettingReport { stage: plan.name(index).to_owned(), name: name.to_owned(), value });
        }
        settings.extend(environment.externals.settings(index, plan.name(index)));
    }
    settings
}

/// How the connections to the database are set, and what its transactions see of each other.
fn database_settings(stage: &str, params: &Database) -> impl Iterator<Item = SettingReport> {
    let (isolation, commit) = match (params.engine, params.sync_each_commit) {
        (DatabaseEngine::Sqlite, true) => ("SERIALIZABLE", "synchronous = FULL"),
        (DatabaseEngine::Sqlite, false) => ("SERIALIZABLE", "synchronous = NORMAL"),
        (DatabaseEngine::PostgreSql, true) => (ISOLATION, "synchronous_commit = on"),
        (DatabaseEngine::PostgreSql, false) => (ISOLATION, "synchronous_commit = off"),
        (DatabaseEngine::MariaDb, _) if params.url.is_some() => (ISOLATION, "as that server has it"),
        (DatabaseEngine::MariaDb, true) => (ISOLATION, "innodb_flush_log_at_trx_commit = 1"),
        (DatabaseEngine::MariaDb, false) => (ISOLATION, "innodb_flush_log_at_trx_commit = 2"),
    };
    let named = [
        ("isolation level", isolation.to_owned()),
        ("commit", commit.to_owned()),
        ("timeout", format!("{} ms", params.timeout.as_millis())),
        ("retries", "none".to_owned()),
    ];
    let stage = stage.to_owned();
    named.into_iter().map(move |(name, value)| SettingReport {
        stage: stage.clone(),
        name: name.to_owned(),
        value,
    })
}
