//! What is alive from the first arrival until nothing is under way any more: buckets are shown, faults injected, changes made.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use tokio::time::{Instant, MissedTickBehavior, interval, interval_at, sleep, sleep_until};

use super::super::audit::AuditError;
use super::super::backlog::Backlog;
use super::super::clock::Clock;
use super::super::cluster::{ClusterGroup, ShardWatch};
use super::super::crew::Crew;
use super::super::environment::Environment;
use super::super::failover::Supervisor;
use super::super::faults::{self, Hands, Scene, mend};
use super::super::generator::Schedule;
use super::super::handle::TOO_LATE;
use super::super::ledger::Ledger;
use super::super::message::{EventKind, RunFailure, RunPhase};
use super::super::observer::Observer;
use super::super::outbox::Outbox;
use super::super::queue::look;
use super::super::rules::{Fired, Rules};
use super::super::store::StoreError;
use super::super::summary::Ending;
use super::super::tuner::Tuner;
use super::super::watch::Watch;
use super::super::wiring::Wired;
use super::Requests;
use super::arrivals::Arrivals;
use crate::metrics::Bucket;
use crate::metrics::bucket::BUCKET;
use crate::report::{
    AbsenceReport, AlertReport, AuditReport, BackupReport, BreakerReport, ChangeReport, FaultReport,
};
use crate::topology::{Change, Fault, RunPlan};

/// How long requests and orders under way may take to end after the last arrival.
const DRAIN_WITHIN: Duration = Duration::from_mins(1);
/// How often the drain looks whether it is over.
const DRAIN_LOOK: Duration = Duration::from_millis(20);

/// Alerts that are kept for the report.
const MOST_ALERTS: usize = 10_000;

/// What is alive while requests arrive.
pub(super) struct Live {
    pub(super) arrivals: Arrivals,
    pub(super) observer: Observer,
    backlog: Backlog,
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
    pub(super) tuner: Tuner,
    changes: Vec<ChangeReport>,
    rules: Rules,
    alerts: Vec<AlertReport>,
    /// Restarts processes in place where a stage asks for it, and notes what is seen of failovers.
    supervisor: Supervisor,
    /// Ends with this: the stages, their workers and the watchers.
    wired: Wired,
}

/// What was said while it went on.
pub(super) struct Said {
    /// Spans in which instances were out of the rotation.
    pub absences: Vec<AbsenceReport>,
    /// Spans in which circuit breakers were not closed.
    pub breakers: Vec<BreakerReport>,
    /// Backups of the database.
    pub backup: Result<Option<BackupReport>, StoreError>,
    /// Errors that were waited out.
    pub troubles: Vec<String>,
}

impl Live {
    pub(super) fn start(
        plan: &Arc<RunPlan>,
        environment: &Environment,
        mut wired: Wired,
        mut arrivals: Arrivals,
        (ledger, supervisor): (&Arc<Ledger>, Supervisor),
        outbox: &Outbox,
    ) -> Result<Self, RunFailure> {
        let clock = outbox.clock();
        let schedule = arrivals.schedule.clone();
        let backlog = watch_backlog(plan, environment, &mut wired, &schedule);
        let (watch, looking) =
            Watch::start(plan, environment, &wired.pulses, outbox.clone(), supervisor.failovers.clone());
        wired.tasks.spawn(looking);
        let observer = Observer::new(
            clock.clone(),
            schedule.clone(),
            wired.books.clone(),
            (plan, arrivals.about()),
            ledger.clone(),
            backlog.clone(),
        );
        let started = Instant::now();
        let start_ns = clock.start_schedule(arrivals.lead());
        outbox.phase(RunPhase::OnSale);
        arrivals.begin(plan, (clock, start_ns), &wired.first, outbox)?;
        let tuner = tuner(plan, &schedule, &mut wired, ledger, clock);
        Ok(Self {
            arrivals_ended_at: arrivals.about(),
            arrivals,
            observer,
            backlog,
            achieved_on_sale: 0,
            broken: None,
            clock: clock.clone(),
            started,
            watch,
            shards: environment.clusters().iter().map(ClusterGroup::watch).collect(),
            tuner,
            changes: Vec::new(),
            rules: Rules::new(plan),
            alerts: Vec::new(),
            supervisor,
            wired,
        })
    }

    /// Until the last arrival: shows buckets, injects faults, makes changes. Answers the faults that were injected.
    pub(super) async fn on_sale(
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
        let to_first_bucket = BUCKET + self.arrivals.lead().saturating_sub(self.started.elapsed());
        let mut buckets = interval_at(Instant::now() + to_first_bucket, BUCKET);
        buckets.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut looks = Supervisor::looks();
        while !self.arrivals.schedule.has_ended() {
            let left =
                self.arrivals.ends_at().map(|end| end.saturating_sub(self.clock.since_first_arrival()));
            let next_fault =
                scripted.peek().map(|fault| fault.at.saturating_sub(self.clock.since_first_arrival()));
            let mut is_look = false;
            let mut fault = tokio::select! {
                _ = buckets.tick() => { self.observe(outbox); None }
                _ = looks.tick(), if self.supervisor.is_wanted => { is_look = true; None }
                _ = requests.stop.wait_for(|stop| *stop), if !self.arrivals.schedule.was_stopped() => {
                    self.stop();
                    None
                }
                () = sleep(left.unwrap_or_default()), if left.is_some() => { self.stop(); None }
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

    /// Ends the arrivals.
    fn stop(&mut self) {
        self.arrivals.stop();
        self.arrivals_ended_at = self.clock.since_first_arrival();
    }

    fn change(&mut self, change: Change, outbox: &Outbox) {
        let failed = self.arrivals.check(&change).and_then(|()| self.tuner.apply(&change)).err();
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

    /// A rule speaks up, and changes what it is to change.
    fn alert(&mut self, Fired { number, rule, measured }: &Fired, outbox: &Outbox) {
        let wanted = rule.change(&self.tuner.topology);
        let done = wanted.and_then(|change| {
            if let Some(change) = &change {
                self.tuner.apply(change)?;
            }
            Ok(change.map(|change| change.text()))
        });
        let alert = AlertReport {
            at_secs: self.clock.since_first_arrival().as_secs_f64(),
            rule: *number,
            what: rule.to_string(),
            stage: rule.stage.clone(),
            measured: *measured,
            measured_text: rule.measure.shown(*measured),
            error: done.as_ref().err().cloned(),
            change: done.ok().flatten(),
        };
        // That nothing is left to change is said once, until it can be changed again.
        let before = self.alerts.iter().rfind(|before| before.rule == *number);
        if alert.error.is_some() && before.is_some_and(|before| before.error.is_some()) {
            return;
        }
        if self.alerts.len() < MOST_ALERTS {
            self.alerts.push(alert.clone());
        }
        outbox.event(EventKind::Alert(alert));
    }

    /// All that faults can hit.
    pub(super) fn scene<'a>(
        &'a mut self,
        plan: &'a RunPlan,
        environment: &'a mut Environment,
        hands: &'a mut Hands,
    ) -> Scene<'a> {
        let Tuner { topology, crews, .. } = &mut self.tuner;
        Scene { plan, topology, environment, crews, hands }
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
            amount_mib: fault.growth_mib(),
            lasts_ms: fault.script_time().map(|time| time.as_secs_f64() * 1_000.0),
            error,
        }
    }

    /// Waits until every request has ended and the queues are empty. Answers whether that happened in time.
    pub(super) async fn drain(
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
        // A queue's depth is measured twenty times a second: only a depth seen after the last request counts.
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
            // What nobody waits for any more may still arrive over a link that was slow, and become an order.
            let is_over = self.observer.in_flight() == 0 && environment.links_are_quiet();
            if !is_over || self.backlog.now() > 0 {
                empty_since = None;
            } else if empty_since.get_or_insert_with(Instant::now).elapsed() > 2 * BUCKET {
                return true;
            }
        }
    }

    /// Waits for the consumers, so that no order moves while the audit looks.
    pub(super) async fn end_consumers(&mut self) {
        join_all(self.tuner.crews.values_mut().map(Crew::end)).await;
    }

    /// Under how many names there have ever been consumers of each queue.
    pub(super) fn identities(&self) -> BTreeMap<usize, usize> {
        let crews = self.tuner.crews.iter();
        crews.map(|(&queue, crew)| (queue, crew.view().identities.get())).collect()
    }

    /// How the run ended, with what was said on the way.
    pub(super) fn ending(
        &mut self,
        audit: Result<AuditReport, AuditError>,
        faults: Vec<FaultReport>,
        drained: bool,
        said: Said,
    ) -> Ending {
        Ending {
            audit,
            faults,
            absences: said.absences,
            breakers: said.breakers,
            backup: said.backup,
            drained,
            troubles: said.troubles,
            alerts: std::mem::take(&mut self.alerts),
            changes: std::mem::take(&mut self.changes),
            arrivals_ended_at: self.arrivals_ended_at,
            achieved_on_sale: self.achieved_on_sale,
            broken: self.broken.take(),
            stopped_early: self.arrivals.were_cut_short(),
            http: self.arrivals.http(),
            instances: self.watch.summaries(),
            failovers: self.supervisor.failovers.assemble(),
            hands: self.tuner.crews.iter().map(|(&queue, crew)| (queue, crew.totals())).collect(),
        }
    }

    /// Shows a bucket, and looks whether a stage failed inside: then nothing more is to be expected of the run.
    pub(super) fn observe(&mut self, outbox: &Outbox) {
        let shards = self.shards.iter_mut().flat_map(ShardWatch::look).collect();
        let bucket = Bucket { shards, ..self.observer.observe() };
        let processes = self.watch.states();
        let is_on_sale = !self.arrivals.schedule.has_ended();
        let fired = if is_on_sale { self.rules.look(&bucket, &processes) } else { Vec::new() };
        outbox.bucket(bucket, processes, self.arrivals.schedule.factor(), self.arrivals.http());
        for fired in fired {
            self.alert(&fired, outbox);
        }
        while let Some(ended) = self.wired.tasks.try_join_next() {
            if let Err(panic) = ended.map_err(|error| error.to_string()) {
                self.broken = Some(panic);
                self.arrivals.stop();
            }
        }
    }
}

/// Keeps the backlog up to date: what waits in each queue, or to be swept.
fn watch_backlog(
    plan: &RunPlan,
    environment: &Environment,
    wired: &mut Wired,
    schedule: &Arc<Schedule>,
) -> Backlog {
    let mut backlog = Backlog::default();
    for (&queue, crew) in &wired.crews {
        if let Some(watch) = look::watch(plan, environment, queue, crew.view(), backlog.part(queue)) {
            wired.tasks.spawn(watch);
        }
    }
    if let Some((sweeper, stage)) = wired.sweeper.take().zip(plan.swept) {
        wired.tasks.spawn(sweeper.work(backlog.part(stage), schedule.clone()));
    }
    backlog
}

/// What turns the stages of a run; data control is still missing.
fn tuner(
    plan: &Arc<RunPlan>,
    schedule: &Arc<Schedule>,
    wired: &mut Wired,
    ledger: &Arc<Ledger>,
    clock: &Clock,
) -> Tuner {
    Tuner {
        plan: plan.clone(),
        topology: plan.topology.clone(),
        schedule: schedule.clone(),
        stages: std::mem::take(&mut wired.tunable),
        crews: std::mem::take(&mut wired.crews),
        control: None,
        ledger: ledger.clone(),
        clock: clock.clone(),
    }
}
