//! One run: start servers → preload → warm up → on sale → drain → audit → report.
//!
//! - `arrivals`: where requests come from. `live`: what is alive on sale and in the drain.

mod arrivals;
mod live;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;

use self::arrivals::Arrivals;
use self::live::{Live, Said};
use super::absences::Absences;
use super::audit::{self, AuditError};
use super::backup::Backups;
use super::breakers::Breakers;
use super::cluster::Voice;
use super::control::{Control, ControlError};
use super::environment::external::Left;
use super::environment::{
    Binaries, Environment, EnvironmentError, needed_databases, needs_nats, needs_rabbitmq, needs_redis,
};
use super::failover::{Failovers, Supervisor};
use super::faults::{Hands, mend};
use super::http::Door;
use super::http::reception::Reception;
use super::ledger::Ledger;
use super::message::{EventKind, FailureKind, RunFailure, RunOptions, RunPhase};
use super::outbox::Outbox;
use super::store::StoreError;
use super::summary;
use super::trouble::Troubles;
use super::versions::Versions;
use super::wiring::{Builder, Notes, Wired, control};
use crate::report::{AuditReport, BackupReport, Report};
use crate::servers::{self, RunFolder};
use crate::topology::{Change, Fault, RunPlan};

/// How long a shard on its way may take after the drain.
const SETTLE_WITHIN: Duration = Duration::from_mins(1);
/// How long opening the connections may take.
const WARM_UP_WITHIN: Duration = Duration::from_secs(10);

/// What the outside can ask of a run.
pub struct Requests {
    /// True once the arrivals are to end.
    pub stop: watch::Receiver<bool>,
    /// Faults to be injected now.
    pub faults: mpsc::Receiver<Fault>,
    /// Changes to be made now.
    pub changes: mpsc::Receiver<Change>,
}

/// Runs a plan to its report.
///
/// # Errors
/// Servers can't be had, or nothing could be audited.
pub async fn run(
    plan: Arc<RunPlan>,
    options: RunOptions,
    mut requests: Requests,
    outbox: Outbox,
) -> Result<Report, RunFailure> {
    // Before the servers start: an address that can't be had is told at once.
    let door = options.http.as_ref().map(Door::hold).transpose()?;
    let mut environment = start_servers(&plan, &options, &outbox).await?;
    let result = run_in(&plan, &mut environment, &mut requests, door, &outbox).await;
    let left = environment.stop(|stage| plan.name(stage).to_owned()).await;
    left.iter().filter_map(Left::trouble).for_each(|text| outbox.trouble(&text));
    result.map(|mut report| {
        report.settings.extend(left.iter().map(Left::setting));
        report.troubles.extend(left.iter().filter_map(Left::trouble));
        report
    })
}

async fn run_in(
    plan: &Arc<RunPlan>,
    environment: &mut Environment,
    requests: &mut Requests,
    door: Option<Door>,
    outbox: &Outbox,
) -> Result<Report, RunFailure> {
    let clock = outbox.clock().clone();
    let ledger = Arc::new(Ledger::of(&plan.topology.workload));
    outbox.phase(RunPhase::Preloading);
    let troubles = Troubles::new(outbox.clone());
    environment.speak(&Voice { outbox: outbox.clone(), troubles: troubles.clone() });
    let notes = Notes {
        versions: Arc::new(Versions::new(plan.topology.workload.sale.items, clock.clone())),
        absences: Absences::new(outbox.clone()),
        breakers: Breakers::new(outbox.clone()),
        failovers: Failovers::new(plan, environment, outbox),
        reception: door.as_ref().map(|_| Arc::new(Reception::new(&plan.topology, clock.clone()))),
    };
    let control = control(plan, environment, &clock, &ledger, &troubles, &notes.versions);
    if let Some((control, _)) = &control {
        control.preload().await.map_err(|error| failure(&error))?;
    }
    outbox.phase(RunPhase::WarmingUp);
    let (sale_over, stop) = watch::channel(false);
    let mut wired = Builder::new(plan, environment, &clock, &ledger, (&troubles, outbox), &notes)
        .build()
        .map_err(|error| failure(&error))?;
    warm_up(&wired).await?;
    if *requests.stop.borrow() {
        return Err(RunFailure::new(FailureKind::Stopped, &"stopped before the first arrival"));
    }

    let (control, settings) = control.unzip();
    let mut hands = Hands::new(&mut wired, control.clone(), troubles.clone());
    let supervisor = Supervisor::new(environment, notes.failovers.clone(), &troubles);
    let arrivals = Arrivals::of(plan, door.zip(notes.reception.clone()));
    let mut live = Live::start(plan, environment, wired, arrivals, (&ledger, supervisor), outbox)?;
    live.tuner.control = settings;
    let backups = Backups::new(plan, environment, &clock, &troubles);
    let mut beside = beside_the_traffic(control, backups.as_ref(), &stop, outbox);
    let faults = live.on_sale(plan, environment, &mut hands, requests, outbox).await;
    // Data control may be waiting for the database.
    mend::within(live.scene(plan, environment, &mut hands), outbox).await;
    sale_over.send_replace(true);
    while beside.join_next().await.is_some() {}
    let drained = live.drain(plan, environment, &mut hands, outbox).await;
    live.arrivals.hang_up().await;
    settle_clusters(environment, &troubles).await;
    live.end_consumers().await;
    live.observe(outbox);
    mend::servers(live.scene(plan, environment, &mut hands), outbox).await;

    outbox.phase(RunPhase::Auditing);
    let (audit, backup) = examine(plan, environment, &ledger, &live.identities(), backups, outbox).await;
    let (absences, breakers) = (notes.absences.all(), notes.breakers.all());
    let said = Said { absences, breakers, backup, troubles: troubles.all() };
    let ending = live.ending(audit, faults, drained, said);
    Ok(summary::report(plan, environment, &mut live.observer, ending))
}

/// What goes on beside the traffic until the arrivals end: data control, and backups.
fn beside_the_traffic(
    control: Option<Arc<Control>>,
    backups: Option<&Arc<Backups>>,
    stop: &watch::Receiver<bool>,
    outbox: &Outbox,
) -> JoinSet<()> {
    let mut beside = JoinSet::new();
    if let Some(backups) = backups {
        beside.spawn(backups.clone().run(stop.clone()));
    }
    if let Some(control) = control {
        beside.spawn(control_sale(control, stop.clone(), outbox.clone()));
    }
    beside
}

/// What came of restoring the last backup.
type Restored = Result<Option<BackupReport>, StoreError>;

/// The audit, and what the last backup holds; where the run's folder is kept, the ledger is put into it.
async fn examine(
    plan: &RunPlan,
    environment: &Environment,
    ledger: &Ledger,
    identities: &BTreeMap<usize, usize>,
    backups: Option<Arc<Backups>>,
    outbox: &Outbox,
) -> (Result<AuditReport, AuditError>, Restored) {
    let mut evidence = match audit::gather(plan, environment, ledger, identities, outbox.clock()).await {
        Ok(evidence) => evidence,
        Err(error) => return (Err(error), Ok(None)),
    };
    let stores = audit::Stores::of(plan, environment);
    let compared = tokio::task::spawn_blocking(move || {
        let restored = backups.map_or(Ok(None), |backups| backups.verify(&evidence.promises));
        let report = audit::examine(&mut evidence, &stores);
        (report, restored, evidence)
    });
    let (report, restored, evidence) =
        compared.await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
    if let Some(folder) = environment.kept_folder()
        && let Err(error) = audit::papers::write(folder, &evidence)
    {
        outbox.note(&format!("The ledger could not be written into {}: {error}", folder.display()));
    }
    (report, restored)
}

async fn start_servers(
    plan: &RunPlan,
    options: &RunOptions,
    outbox: &Outbox,
) -> Result<Environment, RunFailure> {
    outbox.phase(RunPhase::StartingServers);
    let (notes, explicit) = (outbox.clone(), options.redis_server.clone());
    let (needs_redis, needs_nats) = (needs_redis(plan), needs_nats(plan));
    let (needs_rabbitmq, databases) = (needs_rabbitmq(plan), needed_databases(plan));
    let prepared = tokio::task::spawn_blocking(move || {
        let progress = |text: &str| notes.note(text);
        servers::sweep(&progress);
        let redis = needs_redis.then(|| servers::find(explicit.as_deref(), &progress)).transpose();
        let binaries = redis.and_then(|redis| {
            let nats = needs_nats.then(|| servers::find_nats(&progress)).transpose()?;
            let rabbitmq = needs_rabbitmq.then(servers::find_rabbitmq).transpose()?;
            let databases = databases.into_iter().map(servers::find_database).collect::<Result<_, _>>()?;
            Ok(Binaries { redis, nats, databases, rabbitmq })
        });
        (binaries, RunFolder::create())
    });
    let (binaries, folder) = prepared.await.map_err(|error| failure(&error))?;
    let binaries = binaries.map_err(|error| RunFailure::new(FailureKind::Missing, &error))?;
    let folder = folder.map_err(|error| failure(&error))?;
    if options.keep_data {
        folder.keep().map_err(|error| failure(&error))?;
        outbox.note(&format!("The run's files stay in {}", folder.path().display()));
    }
    let progress = |text: &str| outbox.note(text);
    Environment::start(plan, options.link_faults, binaries, folder, &progress).await.map_err(|error| {
        match error {
            EnvironmentError::External { .. } => RunFailure::new(FailureKind::Missing, &error),
            error => failure(&error),
        }
    })
}

/// Waits until no shard is on its way any more, so that the audit finds each key in one place.
async fn settle_clusters(environment: &Environment, troubles: &Troubles) {
    let settled = join_all(environment.clusters().iter().map(|cluster| cluster.settle(SETTLE_WITHIN))).await;
    if settled.contains(&false) {
        let error = format!("still on its way {} s after the drain", SETTLE_WITHIN.as_secs());
        troubles.note("a shard", &error);
    }
}

/// Opens every connection, so that the first arrivals don't pay for it.
async fn warm_up(wired: &Wired) -> Result<(), RunFailure> {
    let lines = join_all(wired.connections.iter().map(|connection| connection.line()));
    let opened = tokio::time::timeout(WARM_UP_WITHIN, lines).await.map_err(|error| failure(&error))?;
    opened.into_iter().try_for_each(|line| line.map(drop)).map_err(|error| failure(&error))
}

/// Opens the sale at its moment, then lets data control work until the arrivals end.
async fn control_sale(control: Arc<Control>, mut stop: watch::Receiver<bool>, outbox: Outbox) {
    let trouble = |error: &ControlError| {
        outbox.note(&format!("The sale could not be opened, trying again: {error}"));
    };
    if control.open_in_time(&mut stop, trouble).await {
        outbox.event(EventKind::SaleOpened);
    }
    tokio::join!(control.run(stop.clone()), control.flush_in_turn(stop));
}

fn failure(error: &dyn std::fmt::Display) -> RunFailure {
    RunFailure::new(FailureKind::Broken, error)
}
