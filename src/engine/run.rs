//! One run: start servers → preload → warm up → on sale → drain → audit → report.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use tokio::sync::{mpsc, watch};
use tokio::time::{Instant, MissedTickBehavior, interval, interval_at, sleep, sleep_until};

use super::audit::{self, AuditError};
use super::clock::Clock;
use super::cluster::{ClusterGroup, ShardWatch, Voice};
use super::control::{Control, ControlError};
use super::crew::Crew;
use super::environment::{Environment, needs_redis};
use super::failover::{Failovers, Supervisor};
use super::faults::{self, Hands, Scene, mend};
use super::generator::{self, Schedule};
use super::handle::TOO_LATE;
use super::ledger::Ledger;
use super::message::{EventKind, FailureKind, RunFailure, RunOptions, RunPhase};
use super::observer::Observer;
use super::outbox::Outbox;
use super::queue_watch;
use super::stages::read_write_split::roster::Absences;
use super::summary::{self, Ending};
use super::trouble::Troubles;
use super::tuner::Tuner;
use super::versions::Versions;
use super::watch::Watch;
use super::wiring::{Builder, Notes, Wired, control};
use crate::metrics::Bucket;
use crate::metrics::bucket::BUCKET;
use crate::report::{AbsenceReport, AuditReport, ChangeReport, FaultReport, Report};
use crate::servers::{self, RunFolder};
use crate::topology::{Change, Fault, RunPlan};
use crate::workload::Source;

/// Between the start of the clock and the first arrival, so that nothing else starts up beside it.
const LEAD: Duration = Duration::from_millis(50);
/// How long requests and orders under way may take to end after the last arrival.
const DRAIN_WITHIN: Duration = Duration::from_mins(1);
/// How long a shard on its way may take after that.
const SETTLE_WITHIN: Duration = Duration::from_mins(1);
/// How often the drain looks whether it is over.
const DRAIN_LOOK: Duration = Duration::from_millis(20);
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
    let mut environment = start_servers(&plan, &options, &outbox).await?;
    let result = run_in(&plan, &mut environment, &mut requests, &outbox).await;
    environment.stop().await;
    result
}

async fn run_in(
    plan: &Arc<RunPlan>,
    environment: &mut Environment,
    requests: &mut Requests,
    outbox: &Outbox,
) -> Result<Report, RunFailure> {
    let clock = outbox.clock().clone();
    let ledger = Arc::new(Ledger::new(plan.topology.workload.sale.items));
    outbox.phase(RunPhase::Preloading);
    let troubles = Troubles::new(outbox.clone());
    environment.speak(&Voice { outbox: outbox.clone(), troubles: troubles.clone() });
    let notes = Notes {
        versions: Arc::new(Versions::new(plan.topology.workload.sale.items, clock.clone())),
        absences: Absences::new(outbox.clone()),
        failovers: Failovers::new(plan, environment, outbox),
    };
    let control = control(plan, environment, &clock, &ledger, &troubles, &notes.versions);
    if let Some((control, _)) = &control {
        control.preload().await.map_err(|error| failure(&error))?;
    }
    outbox.phase(RunPhase::WarmingUp);
    let (sale_over, stop) = watch::channel(false);
    let mut wired = Builder::new(plan, environment, &clock, &ledger, &troubles, &notes)
        .build()
        .map_err(|error| failure(&error))?;
    warm_up(&wired).await?;
    if *requests.stop.borrow() {
        return Err(RunFailure::new(FailureKind::Stopped, &"stopped before the first arrival"));
    }

    let (control, settings) = control.unzip();
    let mut hands = Hands::new(std::mem::take(&mut wired.caches), control.clone(), troubles.clone());
    let supervisor = Supervisor::new(environment, notes.failovers.clone(), &troubles);
    let mut live = Live::start(plan, environment, wired, &ledger, supervisor, outbox)?;
    live.tuner.control = settings;
    let control_task = control.map(|control| tokio::spawn(control_sale(control, stop, outbox.clone())));
    let faults = live.on_sale(plan, environment, &mut hands, requests, outbox).await;
    // Data control may be waiting for the database.
    mend::within(live.scene(plan, environment, &mut hands), outbox);
    sale_over.send_replace(true);
    if let Some(task) = control_task {
        drop(task.await);
    }
    let drained = live.drain(plan, environment, &mut hands, outbox).await;
    settle_clusters(environment, &troubles).await;
    live.end_consumers().await;
    live.observe(outbox);
    mend::servers(live.scene(plan, environment, &mut hands), outbox).await;

    outbox.phase(RunPhase::Auditing);
    let audit = examine(plan, environment, &ledger, live.hired(), outbox).await;
    let said = (notes.absences.all(), troubles.all());
    let ending = live.ending(audit, faults, drained, said);
    Ok(summary::report(plan, environment, &live.observer, ending))
}

/// The audit; where the run's folder is kept, the ledger is put into it.
async fn examine(
    plan: &RunPlan,
    environment: &Environment,
    ledger: &Ledger,
    hired: usize,
    outbox: &Outbox,
) -> Result<AuditReport, AuditError> {
    let evidence = audit::gather(plan, environment, ledger, hired, outbox.clock()).await;
    if let (Some(folder), Ok(evidence)) = (environment.kept_folder(), &evidence)
        && let Err(error) = audit::papers::write(folder, evidence)
    {
        outbox.note(&format!("The ledger could not be written into {}: {error}", folder.display()));
    }
    evidence.map(|evidence| audit::compare(&evidence))
}

/// What is alive while requests arrive.
struct Live {
    schedule: Arc<Schedule>,
    observer: Observer,
    backlog: Arc<AtomicU64>,
    arrivals_ended_at: Duration,
    /// Requests that got an answer while others still arrived.
    achieved_on_sale: u64,
    /// What failed inside, if something did.
    broken: Option<String>,
    clock: Clock,
    started: Instant,
    watch: Watch,
    /// One for each cluster.
    shards: Vec<ShardWatch>,
    tuner: Tuner,
    changes: Vec<ChangeReport>,
    /// Restarts processes in place where a stage asks for it, and notes what is seen of failovers.
    supervisor: Supervisor,
    /// Ends with this: the stages, their workers and the watchers.
    wired: Wired,
}

impl Live {
    fn start(
        plan: &Arc<RunPlan>,
        environment: &Environment,
        mut wired: Wired,
        ledger: &Arc<Ledger>,
        supervisor: Supervisor,
        outbox: &Outbox,
    ) -> Result<Self, RunFailure> {
        let clock = outbox.clock();
        let backlog = Arc::new(AtomicU64::new(0));
        if let Some(hired) = wired.crew.as_ref().map(Crew::hired)
            && let Some(watch) = queue_watch::of(plan, environment, hired, backlog.clone())
        {
            wired.tasks.spawn(watch);
        }
        let (watch, looking) =
            Watch::start(plan, environment, &wired.pulses, outbox.clone(), supervisor.failovers.clone());
        wired.tasks.spawn(looking);
        let schedule = Arc::new(Schedule::default());
        let observer = Observer::new(
            clock.clone(),
            schedule.clone(),
            wired.books.clone(),
            plan,
            ledger.clone(),
            backlog.clone(),
        );
        let started = Instant::now();
        let start_ns = clock.start_schedule(LEAD);
        outbox.phase(RunPhase::OnSale);
        let source = Source::new(&plan.topology.workload);
        generator::start(source, clock.clone(), start_ns, schedule.clone(), wired.first.clone())
            .map_err(|error| failure(&error))?;
        let tuner = Tuner {
            plan: plan.clone(),
            topology: plan.topology.clone(),
            schedule: schedule.clone(),
            stages: std::mem::take(&mut wired.tunable),
            crew: wired.crew.take(),
            control: None,
            ledger: ledger.clone(),
            clock: clock.clone(),
        };
        Ok(Self {
            schedule,
            observer,
            backlog,
            arrivals_ended_at: plan.topology.workload.duration(),
            achieved_on_sale: 0,
            broken: None,
            clock: clock.clone(),
            started,
            watch,
            shards: environment.clusters().iter().map(ClusterGroup::watch).collect(),
            tuner,
            changes: Vec::new(),
            supervisor,
            wired,
        })
    }

    /// Until the last arrival: shows buckets, injects faults, makes changes. Answers the faults that were injected.
    async fn on_sale(
        &mut self,
        plan: &RunPlan,
        environment: &mut Environment,
        hands: &mut Hands,
        requests: &mut Requests,
        outbox: &Outbox,
    ) -> Vec<FaultReport> {
        let mut scripted = plan.topology.faults.clone();
        scripted.sort_by_key(|fault| fault.at);
        let mut scripted = scripted.into_iter().peekable();
        let mut reports = Vec::new();
        let to_first_bucket = BUCKET + LEAD.saturating_sub(self.started.elapsed());
        let mut buckets = interval_at(Instant::now() + to_first_bucket, BUCKET);
        buckets.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut looks = Supervisor::looks();
        while !self.schedule.has_ended() {
            let next_fault =
                scripted.peek().map(|fault| fault.at.saturating_sub(self.clock.since_first_arrival()));
            let mut is_look = false;
            let mut fault = tokio::select! {
                _ = buckets.tick() => { self.observe(outbox); None }
                _ = looks.tick(), if self.supervisor.is_wanted => { is_look = true; None }
                _ = requests.stop.wait_for(|stop| *stop), if !self.schedule.was_stopped() => {
                    self.schedule.stop();
                    self.arrivals_ended_at = self.clock.since_first_arrival();
                    None
                }
                fault = requests.faults.recv() => fault,
                Some(change) = requests.changes.recv() => { self.change(change, outbox); None }
                () = sleep(next_fault.unwrap_or_default()), if next_fault.is_some() => scripted.next(),
            };
            if is_look {
                self.supervisor.look(environment).await;
            }
            while let Some(now) = fault {
                let begun_ns = self.clock.now_ns();
                let error = faults::inject(self.scene(plan, environment, hands), &now).await.err();
                if error.is_none() {
                    self.supervisor.failovers.fault(plan, &now, begun_ns);
                }
                reports.push(self.fault_report(&now, error.clone()));
                // What is due at the same moment is done at once, before anything else.
                let since = self.clock.since_first_arrival();
                fault = scripted.next_if(|next| next.at <= since);
                outbox.event(EventKind::Fault { fault: now, failed: error });
            }
        }
        self.observe(outbox);
        self.achieved_on_sale = self.observer.totals().achieved();
        requests.changes.close();
        while let Ok(change) = requests.changes.try_recv() {
            self.answer(change, Some(TOO_LATE.to_owned()), outbox);
        }
        reports
    }

    fn change(&mut self, change: Change, outbox: &Outbox) {
        let failed = self.tuner.apply(&change).err();
        self.answer(change, failed, outbox);
    }

    fn answer(&mut self, change: Change, failed: Option<String>, outbox: &Outbox) {
        self.changes.push(ChangeReport {
            at_secs: self.clock.since_first_arrival().as_secs_f64(),
            what: change.text(),
            error: failed.clone(),
        });
        outbox.event(EventKind::Changed { change, failed });
    }

    /// All that faults can hit.
    fn scene<'a>(
        &'a mut self,
        plan: &'a RunPlan,
        environment: &'a mut Environment,
        hands: &'a mut Hands,
    ) -> Scene<'a> {
        let Tuner { topology, crew, .. } = &mut self.tuner;
        Scene { plan, topology, environment, crew: crew.as_mut(), hands }
    }

    fn fault_report(&self, fault: &Fault, error: Option<String>) -> FaultReport {
        FaultReport {
            at_secs: self.clock.since_first_arrival().as_secs_f64(),
            what: fault.to_string(),
            action: fault.action.word().to_owned(),
            stage: fault.stage.clone(),
            instance: fault.instance.clone(),
            delay_ms: fault.link_delay().map(|delay| delay.as_secs_f64() * 1_000.0),
            rate_bytes_per_sec: fault.link_rate(),
            lasts_ms: fault.script_time().map(|time| time.as_secs_f64() * 1_000.0),
            error,
        }
    }

    /// Waits until every request has ended and the queue is empty. Answers whether that happened in time.
    async fn drain(
        &mut self,
        plan: &RunPlan,
        environment: &mut Environment,
        hands: &mut Hands,
        outbox: &Outbox,
    ) -> bool {
        outbox.phase(RunPhase::Draining);
        let until = Instant::now() + DRAIN_WITHIN;
        let mut buckets = interval(BUCKET);
        let mut looks = interval(DRAIN_LOOK);
        let mut supervision = Supervisor::looks();
        // The queue's depth is measured twenty times a second: only a depth seen after the last request counts.
        let mut empty_since: Option<Instant> = None;
        loop {
            tokio::select! {
                _ = buckets.tick() => self.observe(outbox),
                _ = looks.tick() => {}
                _ = supervision.tick(), if self.supervisor.is_wanted => self.supervisor.look(environment).await,
                () = sleep_until(until) => return false,
            }
            if self.broken.is_some() {
                return false;
            }
            // Each request ends as the faults let it end; after that, orders can't reach the database over a cut link.
            if self.observer.in_flight() == 0 {
                mend::servers(self.scene(plan, environment, hands), outbox).await;
            }
            if self.observer.in_flight() > 0 || self.backlog.load(Ordering::Relaxed) > 0 {
                empty_since = None;
            } else if empty_since.get_or_insert_with(Instant::now).elapsed() > 2 * BUCKET {
                return true;
            }
        }
    }

    /// Waits for the consumers, so that no order moves while the audit looks.
    async fn end_consumers(&mut self) {
        if let Some(crew) = &mut self.tuner.crew {
            crew.end().await;
        }
    }

    /// How many consumers there have ever been.
    fn hired(&self) -> usize {
        self.tuner.crew.as_ref().map_or(0, |crew| crew.hired().get())
    }

    /// How the run ended, with what was said of absent replicas and of errors.
    fn ending(
        &mut self,
        audit: Result<AuditReport, AuditError>,
        faults: Vec<FaultReport>,
        drained: bool,
        (absences, troubles): (Vec<AbsenceReport>, Vec<String>),
    ) -> Ending {
        Ending {
            audit,
            faults,
            absences,
            drained,
            troubles,
            changes: std::mem::take(&mut self.changes),
            arrivals_ended_at: self.arrivals_ended_at,
            achieved_on_sale: self.achieved_on_sale,
            broken: self.broken.take(),
            stopped_early: self.schedule.was_stopped(),
            instances: self.watch.summaries(),
            failovers: self.supervisor.failovers.assemble(),
        }
    }

    /// Shows a bucket, and looks whether a stage failed inside: then nothing more is to be expected of the run.
    fn observe(&mut self, outbox: &Outbox) {
        let shards = self.shards.iter_mut().flat_map(ShardWatch::look).collect();
        let bucket = Bucket { shards, ..self.observer.observe() };
        outbox.bucket(bucket, self.watch.states(), self.schedule.factor());
        while let Some(ended) = self.wired.tasks.try_join_next() {
            if let Err(panic) = ended.map_err(|error| error.to_string()) {
                self.broken = Some(panic);
                self.schedule.stop();
            }
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        // A run that is given up must not leave its generator behind.
        self.schedule.stop();
    }
}

async fn start_servers(
    plan: &RunPlan,
    options: &RunOptions,
    outbox: &Outbox,
) -> Result<Environment, RunFailure> {
    outbox.phase(RunPhase::StartingServers);
    let (notes, explicit, needed) = (outbox.clone(), options.redis_server.clone(), needs_redis(plan));
    let prepared = tokio::task::spawn_blocking(move || {
        let progress = |text: &str| notes.note(text);
        servers::sweep(&progress);
        let binary = needed.then(|| servers::find(explicit.as_deref(), &progress)).transpose();
        (binary, RunFolder::create())
    });
    let (binary, folder) = prepared.await.map_err(|error| failure(&error))?;
    let binary = binary.map_err(|error| RunFailure::new(FailureKind::Missing, &error))?;
    let folder = folder.map_err(|error| failure(&error))?;
    if options.keep_data {
        folder.keep().map_err(|error| failure(&error))?;
        outbox.note(&format!("The run's files stay in {}", folder.path().display()));
    }
    let progress = |text: &str| outbox.note(text);
    Environment::start(plan, options.link_faults, binary, folder, &progress)
        .await
        .map_err(|error| failure(&error))
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
    control.run(stop).await;
}

fn failure(error: &dyn std::fmt::Display) -> RunFailure {
    RunFailure::new(FailureKind::Broken, error)
}
