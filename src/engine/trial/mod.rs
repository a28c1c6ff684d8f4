//! One run from its start to its report, for those who wait for it: an engine of its own, what it tells on the way, and what it cost.
//!
//! - [`rounds`]: several designs in turn, several times over.
//! - [`load`]: how heavily a run loaded what it ran on.

pub mod load;
pub mod rounds;

use std::sync::Arc;

use crossbeam_channel::{Receiver, select};
use rustix::time::{ClockId, clock_gettime};

use self::load::{Gatherer, Load};
use super::handle::EngineHandle;
use super::message::{
    EngineCommand, EngineEvent, EventKind, FailureKind, RunFailure, RunId, RunOptions, RunPhase, Snapshot,
};
use crate::report::Report;
use crate::topology::RunPlan;

/// A run that came to its report.
#[derive(Debug)]
pub struct Trial {
    /// Its report.
    pub report: Box<Report>,
    /// Processor time of this program while requests arrived, in seconds: generator, stages and what is embedded.
    pub engine_secs: f64,
    /// What it took of the machine in its heaviest moments.
    pub load: Load,
}

impl Trial {
    /// Processor time of this program for each arrival, in microseconds.
    pub fn engine_us(&self) -> f64 {
        self.each(self.engine_secs)
    }

    /// Processor time of the servers that are looked at for each arrival, from their start to their end, in microseconds.
    pub fn servers_us(&self) -> f64 {
        self.each(self.report.instances.iter().map(|one| one.cpu_secs).sum())
    }

    /// The process that used most of a core while requests arrived, and how much of it; "engine" is this program.
    pub fn busiest(&self) -> (String, f64) {
        let instances = self.report.instances.iter();
        let processes = instances.map(|one| (format!("{}, {}", one.stage, one.name), one.cpu_secs));
        let all = processes.chain([("engine".to_owned(), self.engine_secs)]);
        let busiest = all.max_by(|one, other| one.1.total_cmp(&other.1));
        let (name, secs) = busiest.unwrap_or_default();
        (name, secs / self.report.generator.duration_secs)
    }

    fn each(&self, secs: f64) -> f64 {
        secs / self.report.totals.arrivals.max(1) as f64 * 1e6
    }
}

/// What a message on the channel of stops does to a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnStop {
    /// The first ends the arrivals, so that there still is a report; the second gives the run up.
    DrainFirst,
    /// The first gives the run up.
    GiveUp,
}

/// Who hears of runs while they go on.
pub trait Listener {
    /// A run begins: which one of several.
    fn begins(&mut self, _turn: rounds::Turn) {}
    /// The engine told something.
    fn event(&mut self, _event: &EngineEvent) {}
    /// The state of the run, ten times a second.
    fn snapshot(&mut self, _snapshot: &Snapshot) {}
    /// Somebody wants it to stop: the arrivals end, or the run is given up.
    fn stopping(&mut self, _is_given_up: bool) {}
    /// A run came to its report.
    fn ended(&mut self, _turn: rounds::Turn, _trial: &Trial) {}
}

/// Nobody in particular.
impl Listener for () {}

/// Both of them, one after the other.
impl<A: Listener + ?Sized, B: Listener + ?Sized> Listener for (&mut A, &mut B) {
    fn begins(&mut self, turn: rounds::Turn) {
        self.0.begins(turn);
        self.1.begins(turn);
    }

    fn event(&mut self, event: &EngineEvent) {
        self.0.event(event);
        self.1.event(event);
    }

    fn snapshot(&mut self, snapshot: &Snapshot) {
        self.0.snapshot(snapshot);
        self.1.snapshot(snapshot);
    }

    fn stopping(&mut self, is_given_up: bool) {
        self.0.stopping(is_given_up);
        self.1.stopping(is_given_up);
    }

    fn ended(&mut self, turn: rounds::Turn, trial: &Trial) {
        self.0.ended(turn, trial);
        self.1.ended(turn, trial);
    }
}

/// How a run ended.
#[derive(Debug)]
pub struct Ended {
    /// What came of it, or why nothing did.
    pub result: Result<Trial, RunFailure>,
    /// Whether somebody asked to stop.
    pub is_stopped: bool,
}

/// That somebody stopped it.
pub fn stopped() -> RunFailure {
    RunFailure::new(FailureKind::Stopped, &"stopped")
}

/// Runs a plan with an engine of its own. A message on `stop`, or the end of whoever could send one, does what `on_stop` says; no server
/// is left in any case.
pub fn run(
    plan: RunPlan,
    options: RunOptions,
    stop: &Receiver<()>,
    on_stop: OnStop,
    listener: &mut dyn Listener,
) -> Ended {
    let mut is_stopped = false;
    let result = follow(plan, options, stop, on_stop, &mut is_stopped, listener);
    Ended { result, is_stopped }
}

fn follow(
    plan: RunPlan,
    options: RunOptions,
    stop: &Receiver<()>,
    on_stop: OnStop,
    is_stopped: &mut bool,
    listener: &mut dyn Listener,
) -> Result<Trial, RunFailure> {
    let mut gatherer = Gatherer::new(&plan);
    let engine = start(plan, options)?;
    let (mut began_secs, mut engine_secs) = (cpu_secs(), 0.0);
    loop {
        select! {
            recv(engine.events()) -> event => {
                let event = event.map_err(|error| broken(&format!("the engine ended without a word: {error}")))?;
                listener.event(&event);
                match event.kind {
                    EventKind::Phase(RunPhase::OnSale) => began_secs = cpu_secs(),
                    EventKind::Phase(RunPhase::Draining) => engine_secs = cpu_secs() - began_secs,
                    EventKind::Failed(failure) => return Err(failure),
                    EventKind::Finished(report) => {
                        engine.snapshots().try_iter().for_each(|snapshot| gatherer.add(&snapshot));
                        return Ok(Trial { report, engine_secs, load: gatherer.load() });
                    }
                    _ => {}
                }
            },
            // Snapshots that nobody reads would wait.
            recv(engine.snapshots()) -> snapshot => if let Ok(snapshot) = snapshot {
                gatherer.add(&snapshot);
                listener.snapshot(&snapshot);
            },
            recv(stop) -> _ => {
                let is_given_up = *is_stopped || on_stop == OnStop::GiveUp;
                *is_stopped = true;
                listener.stopping(is_given_up);
                if is_given_up {
                    return Err(stopped());
                }
                engine.send(EngineCommand::Stop).map_err(|error| broken(&error))?;
            },
        }
    }
}

/// Runs a plan until its last arrival has been sent, and gives it up then: processor time of this program meanwhile, in seconds.
/// So a build that counts nothing, and never knows that it has drained, can be held against one that does.
///
/// # Errors
/// The run failed before.
pub fn spend(plan: RunPlan, options: RunOptions) -> Result<f64, RunFailure> {
    let engine = start(plan, options)?;
    let mut began_secs = cpu_secs();
    loop {
        select! {
            recv(engine.events()) -> event => match event.map_err(|error| broken(&error))?.kind {
                EventKind::Failed(failure) => return Err(failure),
                EventKind::Phase(RunPhase::OnSale) => began_secs = cpu_secs(),
                EventKind::Phase(RunPhase::Draining) => return Ok(cpu_secs() - began_secs),
                _ => {}
            },
            recv(engine.snapshots()) -> _ => {}
        }
    }
}

fn start(plan: RunPlan, options: RunOptions) -> Result<EngineHandle, RunFailure> {
    let engine = EngineHandle::start(Arc::new(|| {}))
        .map_err(|error| broken(&format!("the engine could not start: {error}")))?;
    let start = EngineCommand::Start { run_id: RunId(1), plan: Box::new(plan), options };
    engine.send(start).map_err(|error| broken(&error))?;
    Ok(engine)
}

fn broken(error: &dyn std::fmt::Display) -> RunFailure {
    RunFailure::new(FailureKind::Broken, error)
}

/// Processor time of this program, in seconds.
pub fn cpu_secs() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}
