//! What the engine is told and what it tells.

use std::net::SocketAddr;
use std::time::Duration;

use crate::metrics::failover::Step;
use crate::metrics::{Bucket, InstanceState};
use crate::report::{AlertReport, BreakerState, HttpReport, Report};
use crate::topology::{Change, Fault, RunPlan};

/// Names a run among all that one engine has run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RunId(pub u64);

/// Where server programs come from and what remains of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunOptions {
    /// The server program to use; none: find or provide one.
    pub redis_server: Option<std::path::PathBuf>,
    /// Whether the run's folder (logs, the database) is kept afterwards.
    pub keep_data: bool,
    /// Whether links may be cut and slowed while it runs, other than by the plan's own faults: then proxies stand before
    /// all Redis processes, which costs processor time. Where the plan scripts a link fault, they stand in any case.
    pub link_faults: bool,
    /// Requests come over HTTP, and not from the generator.
    pub http: Option<HttpOptions>,
}

/// Where requests come in over HTTP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpOptions {
    /// The address, of this machine's loopback; port 0: any free one.
    pub at: SocketAddr,
    /// How long they may come; none: until the run is stopped.
    pub lasts: Option<Duration>,
}

/// Told to the engine.
#[derive(Debug)]
pub enum EngineCommand {
    /// Run a plan. Refused, by an event, while another run is under way.
    Start {
        /// The run's name in all that is told about it.
        run_id: RunId,
        /// What to run.
        plan: Box<RunPlan>,
        /// How.
        options: RunOptions,
    },
    /// End the arrivals now; drain, audit and report what happened so far.
    Stop,
    /// Break or mend something now, whatever its `at` says.
    Inject(Fault),
    /// Change something now. Done only while requests arrive; answered by [`EventKind::Changed`] in any case.
    Change(Change),
    /// Give up what runs, without a report, and end the engine.
    Shutdown,
}

/// Where a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum RunPhase {
    /// Server processes start.
    StartingServers,
    /// Data control writes stock, gate and pages.
    Preloading,
    /// Connections are opened.
    WarmingUp,
    /// Requests arrive.
    OnSale,
    /// No more arrivals; what is under way ends, the queue runs empty.
    Draining,
    /// The ledger is compared with Redis, the queue and the database.
    Auditing,
}

impl RunPhase {
    /// Its name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::StartingServers => "starting servers",
            Self::Preloading => "preloading",
            Self::WarmingUp => "warming up",
            Self::OnSale => "on sale",
            Self::Draining => "draining",
            Self::Auditing => "auditing",
        }
    }
}

/// Told by the engine, rarely; none is ever lost.
#[derive(Debug)]
pub struct EngineEvent {
    /// The run it is about.
    pub run_id: RunId,
    /// When, from the first arrival; zero before it.
    pub at: Duration,
    /// What happened.
    pub kind: EventKind,
}

/// What happened.
#[derive(Debug)]
pub enum EventKind {
    /// The run entered a phase.
    Phase(RunPhase),
    /// Something worth a line in the log.
    Note(String),
    /// Something failed and is tried again; each kind is told once.
    Trouble(String),
    /// Requests are taken in over HTTP from now on.
    Serving {
        /// Where.
        at: SocketAddr,
    },
    /// The sale opened.
    SaleOpened,
    /// A fault was injected; or could not be, with the reason.
    Fault {
        /// What was to be done.
        fault: Fault,
        /// Why it was not done.
        failed: Option<String>,
    },
    /// A change was made; or could not be, with the reason.
    Changed {
        /// What was to be changed.
        change: Change,
        /// Why it was not.
        failed: Option<String>,
    },
    /// No process of a stage that answers says any more that it is the master.
    MasterLost {
        /// The place of the stage in the topology.
        stage: usize,
    },
    /// After [`Self::MasterLost`]: a process of the stage says that it is the master, the same as before or another.
    MasterFound {
        /// The place of the stage in the topology.
        stage: usize,
        /// Its name within the stage, as faults call it.
        instance: String,
    },
    /// A failover took a step, seen by a Sentinel or by the lab; told once, however many Sentinels tell it.
    Failover {
        /// The place of the stage in the topology.
        stage: usize,
        /// The step.
        step: Step,
    },
    /// An instance left the rotation in which it gets requests, or is back in it: a replica gets no reads, a service instance nothing.
    Rotation {
        /// The place of the stage in the topology.
        stage: usize,
        /// Its name within the stage, as faults call it.
        instance: String,
        /// Why it left; none: it is back.
        left: Option<String>,
    },
    /// The circuit breaker of a service's instance changed its state.
    Breaker {
        /// The place of the stage in the topology.
        stage: usize,
        /// Its name within the stage, as faults call it.
        instance: String,
        /// Where it stands now.
        state: BreakerState,
    },
    /// A rule spoke up, and changed what it was to change, or could not.
    Alert(AlertReport),
    /// Nobody who answers says any more that it is the master of this shard of a cluster.
    ShardLost {
        /// The place of the stage in the topology.
        stage: usize,
        /// The shard, counted from 1.
        shard: usize,
    },
    /// After [`Self::ShardLost`]: a node says that it is the master, the same as before or another.
    ShardFound {
        /// The place of the stage in the topology.
        stage: usize,
        /// The shard, counted from 1.
        shard: usize,
        /// Its name within the stage, as faults call it.
        instance: String,
    },
    /// A shard of a cluster has come or gone; or could not, with the reason.
    Reshaped {
        /// What became of it, in words.
        what: String,
        /// Why it did not.
        failed: Option<String>,
    },
    /// The run ended with a report.
    Finished(Box<Report>),
    /// The run ended without one.
    Failed(RunFailure),
}

/// Why a run ended without a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunFailure {
    /// What went wrong and what to do about it.
    pub text: String,
    /// Whose business it is.
    pub kind: FailureKind,
}

/// Whose business a failure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// Something is missing on this machine; the same design would run elsewhere.
    Missing,
    /// Somebody stopped the run before the first arrival.
    Stopped,
    /// Something did not work as it should.
    Broken,
}

impl RunFailure {
    /// A failure in words.
    pub fn new(kind: FailureKind, error: &dyn std::fmt::Display) -> Self {
        Self { text: error.to_string(), kind }
    }
}

/// The state of a run, ten times a second. When the reader is slow, its buckets ride with the next one.
#[derive(Debug, Clone, PartialEq)]
pub struct Snapshot {
    /// The run it is about.
    pub run_id: RunId,
    /// Where the run is.
    pub phase: RunPhase,
    /// Arrivals last this long; zero: until somebody stops them.
    pub duration: Duration,
    /// What happened since the last snapshot, in order, without a gap.
    pub buckets: Vec<Bucket>,
    /// Every Redis process as it was at the last look, a tenth of a second ago unless it is slow to answer.
    pub instances: Vec<InstanceState>,
    /// What the offered rate as drawn is multiplied by now.
    pub offered_factor: f64,
    /// What was told over HTTP so far, where requests come so.
    pub http: Option<HttpReport>,
}
