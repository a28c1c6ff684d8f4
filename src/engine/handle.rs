//! The engine as the rest of the program sees it: a handle with three channels, and a thread that owns the runtime.

use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvError, RecvTimeoutError, SendError, Sender, bounded};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, watch};

use super::message::{
    EngineCommand, EngineEvent, EventKind, FailureKind, RunFailure, RunId, RunOptions, RunPhase, Snapshot,
};
use super::outbox::{Outbox, Wake};
use super::run::{Requests, run};
use crate::report::Report;
use crate::topology::{Change, Fault, RunPlan};

/// Commands, events and snapshots that may wait.
const COMMANDS: usize = 64;
const EVENTS: usize = 4_096;
const SNAPSHOTS: usize = 16;
/// Why a change comes too late.
pub const TOO_LATE: &str = "no more requests arrive: change it in the next run";
/// How often the engine's thread looks whether a run has ended.
const LOOK: Duration = Duration::from_millis(10);
/// How long blocking work, such as a download, may hold up the end of the engine.
const SHUTDOWN_WITHIN: Duration = Duration::from_secs(5);

/// A running engine. Dropping it stops what runs, joins the thread and leaves no server behind.
#[derive(Debug)]
pub struct EngineHandle {
    commands: Sender<EngineCommand>,
    events: Receiver<EngineEvent>,
    snapshots: Receiver<Snapshot>,
    thread: Option<JoinHandle<()>>,
}

/// The engine's thread is gone; it never ends by itself while its handle lives.
#[derive(Debug, thiserror::Error)]
#[error("the engine has ended")]
pub struct EngineGone;

impl EngineHandle {
    /// Starts the engine's thread. `wake` is called after each event and snapshot.
    ///
    /// # Errors
    /// The system gives no thread or no runtime.
    pub fn start(wake: Wake) -> std::io::Result<Self> {
        let (commands, command_receiver) = bounded(COMMANDS);
        let (event_sender, events) = bounded(EVENTS);
        let (snapshot_sender, snapshots) = bounded(SNAPSHOTS);
        let runtime = Builder::new_multi_thread().thread_name("engine-worker").enable_all().build()?;
        let engine = Engine {
            runtime,
            commands: command_receiver,
            events: event_sender,
            snapshots: snapshot_sender,
            wake,
        };
        let thread = std::thread::Builder::new().name("engine".into()).spawn(move || engine.serve())?;
        Ok(Self { commands, events, snapshots, thread: Some(thread) })
    }

    /// Sends a command.
    ///
    /// # Errors
    /// The engine has ended.
    pub fn send(&self, command: EngineCommand) -> Result<(), EngineGone> {
        self.commands.send(command).map_err(|SendError(_)| EngineGone)
    }

    /// Events, in order; none is lost as long as they are read.
    pub fn events(&self) -> &Receiver<EngineEvent> {
        &self.events
    }

    /// Whether the engine's thread has ended, which it never does by itself unless something is wrong inside.
    pub fn is_gone(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Snapshots, in order; buckets that find the channel full ride with the next one.
    pub fn snapshots(&self) -> &Receiver<Snapshot> {
        &self.snapshots
    }
}

impl Drop for EngineHandle {
    fn drop(&mut self) {
        // A reader that no longer reads must not hold up a run that still speaks.
        let (_, events) = bounded(0);
        drop(std::mem::replace(&mut self.events, events));
        // Gone already is what is wanted.
        drop(self.commands.send(EngineCommand::Shutdown));
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// The state of the engine's thread.
struct Engine {
    runtime: Runtime,
    commands: Receiver<EngineCommand>,
    events: Sender<EngineEvent>,
    snapshots: Sender<Snapshot>,
    wake: Wake,
}

/// A run under way.
struct Running {
    task: tokio::task::JoinHandle<Result<Report, RunFailure>>,
    outbox: Outbox,
    stop: watch::Sender<bool>,
    faults: mpsc::Sender<Fault>,
    changes: mpsc::Sender<Change>,
}

impl Running {
    /// Hands a change to the run, or answers at once why it can't be made.
    fn change(&self, change: Change) {
        let refused = match self.outbox.phase_now() {
            RunPhase::OnSale => match self.changes.try_send(change) {
                Ok(()) => return,
                Err(TrySendError::Full(change)) => (change, "too many changes wait: send fewer at a time"),
                Err(TrySendError::Closed(change)) => (change, TOO_LATE),
            },
            RunPhase::Draining | RunPhase::Auditing => (change, TOO_LATE),
            _ => (change, "requests don't arrive yet: change it when the run is on sale"),
        };
        refuse(&self.outbox, refused);
    }
}

/// Answers that a change can't be made, with the reason.
fn refuse(outbox: &Outbox, (change, reason): (Change, &str)) {
    outbox.event(EventKind::Changed { change, failed: Some(reason.to_owned()) });
}

impl Engine {
    fn serve(self) {
        let mut running: Option<Running> = None;
        // Answers what is asked for when no run is under way.
        let mut last = self.outbox(RunId(0), Duration::ZERO);
        loop {
            if let Some(ended) = running.take_if(|running| running.task.is_finished()) {
                self.conclude(ended);
            }
            // An engine without a run sleeps until it is told something.
            let command = match running {
                Some(_) => self.commands.recv_timeout(LOOK),
                None => self.commands.recv().map_err(|RecvError| RecvTimeoutError::Disconnected),
            };
            match command {
                Ok(EngineCommand::Start { run_id, plan, options }) => {
                    let duration = match &options.http {
                        Some(http) => http.lasts.unwrap_or_default(),
                        None => plan.topology.workload.duration(),
                    };
                    let outbox = self.outbox(run_id, duration);
                    if running.is_some() {
                        let text = "another run is under way; stop it first";
                        outbox.event(EventKind::Failed(RunFailure::new(FailureKind::Broken, &text)));
                    } else {
                        last = outbox.clone();
                        running = Some(self.begin(plan, options, outbox));
                    }
                }
                Ok(EngineCommand::Stop) => {
                    if let Some(running) = &running {
                        running.stop.send_replace(true);
                    }
                }
                Ok(EngineCommand::Inject(fault)) => {
                    if let Some(running) = &running {
                        // A run that is over, or is flooded with faults, takes no more.
                        drop(running.faults.try_send(fault));
                    }
                }
                Ok(EngineCommand::Change(change)) => match &running {
                    Some(running) => running.change(change),
                    None => refuse(&last, (change, "no run is under way: start one")),
                },
                Ok(EngineCommand::Shutdown) | Err(RecvTimeoutError::Disconnected) => break,
                Err(RecvTimeoutError::Timeout) => {}
            }
        }
        if let Some(running) = running {
            running.task.abort();
            drop(self.runtime.block_on(running.task));
        }
        self.runtime.shutdown_timeout(SHUTDOWN_WITHIN);
    }

    /// Says how a run ended.
    fn conclude(&self, ended: Running) {
        let kind = match self.runtime.block_on(ended.task) {
            Ok(Ok(report)) => EventKind::Finished(Box::new(report)),
            Ok(Err(failure)) => EventKind::Failed(failure),
            Err(panic) => {
                let text = format!("the engine failed inside: {panic}; please report this as a defect");
                EventKind::Failed(RunFailure::new(FailureKind::Broken, &text))
            }
        };
        ended.outbox.event(kind);
    }

    fn outbox(&self, run_id: RunId, duration: Duration) -> Outbox {
        Outbox::new(run_id, duration, self.events.clone(), self.snapshots.clone(), self.wake.clone())
    }

    fn begin(&self, plan: Box<RunPlan>, options: RunOptions, outbox: Outbox) -> Running {
        let (stop, stop_receiver) = watch::channel(false);
        let (faults, fault_receiver) = mpsc::channel(COMMANDS);
        let (changes, change_receiver) = mpsc::channel(COMMANDS);
        let requests = Requests { stop: stop_receiver, faults: fault_receiver, changes: change_receiver };
        let task = self.runtime.spawn(run(Arc::from(plan), options, requests, outbox.clone()));
        Running { task, outbox, stop, faults, changes }
    }
}
