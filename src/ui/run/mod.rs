//! The run that the window shows: what the engine told about it.
//!
//! - [`port`]: the engine as the window sees it, real or a test's.
//! - [`series`]: what happened, in columns, for the charts; [`column`](mod@column): one of them.
//! - [`log`]: events in words, and the marks they leave on the charts.
//! - [`overlay`]: a second run over the one that is shown.
//! - [`playhead`]: the moment that is shown instead of now.
//! - [`trials`]: designs compared, and the capacity of one.
//! - [`turns`]: a design and its variants, one after the other.
//! - [`pace`]: how it goes just now, for the state line; [`now`]: the same of a stage or a wire, for the canvas.

pub mod column;
pub mod log;
pub mod now;
pub mod overlay;
pub mod pace;
pub mod playhead;
pub mod port;
pub mod series;
pub mod trials;
pub mod turns;

use std::borrow::Cow;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::engine::{EngineEvent, EventKind, RunFailure, RunId, RunPhase, Snapshot};
use crate::files::history::Record;
use crate::metrics::InstanceState;
use crate::report::{HttpReport, Report};
use crate::topology::graph::Graph;
use crate::topology::{Change, Fault, Topology, Variant};

use log::Log;
use overlay::Overlay;
use playhead::{Playhead, Rotation};
use series::Series;
use turns::Turns;

/// How a run ended.
#[derive(Debug)]
pub enum Ending {
    /// With a report.
    Report(Box<Report>),
    /// Without one.
    Failure(RunFailure),
}

/// What a person should hear of at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum News {
    /// The run ended; how stands in [`Run::ending`].
    Ended,
    /// A fault or a change could not be done.
    Refused {
        /// What, in English; the window translates it.
        what: String,
        /// Why, in English.
        why: String,
    },
    /// The engine itself is gone.
    EngineGone,
}

/// One run.
#[derive(Debug)]
pub struct Run {
    /// Its name to the engine.
    pub id: RunId,
    /// What runs; the design may have been changed since.
    pub topology: Arc<Topology>,
    /// The variant of the design that it is; none: the design as drawn.
    pub variant: Option<Variant>,
    /// The way of the traffic through it.
    pub graph: Graph,
    /// Whether it was started so that all its links can be cut and slowed.
    pub link_faults: bool,
    /// Where it is.
    pub phase: RunPhase,
    /// Whether it was asked to stop.
    pub is_stopping: bool,
    /// Arrivals last this long; zero: until it is stopped.
    pub duration: Duration,
    /// The factor on the offered rate that is in force; 1 is as drawn.
    pub offered_factor: f64,
    /// The factor that was asked for and not answered yet.
    pub asked_factor: Option<f64>,
    /// What the phase is busy with, if it said so; in English.
    pub note: Option<String>,
    /// What happened.
    pub series: Series,
    /// Every Redis process as it was at the last look.
    pub instances: Vec<InstanceState>,
    /// Replicas that get no reads now: the place of the stage, the name, and why, in English.
    pub out_of_reads: Vec<(usize, String, String)>,
    /// When replicas left the rotation of reads and came back, in order.
    pub rotations: Vec<Rotation>,
    /// The moment that is shown; none: now, or the whole run.
    pub playhead: Option<Playhead>,
    /// What was told in words.
    pub log: Log,
    /// What is known of it where requests come over HTTP.
    pub served: Option<ServedRun>,
    /// How it ended, once it has.
    pub ending: Option<Ending>,
}

/// What is known of a run whose requests come over HTTP.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServedRun {
    /// Where they are taken in, once they are.
    pub at: Option<SocketAddr>,
    /// What was told so far.
    pub told: Option<HttpReport>,
}

impl Run {
    /// A run that was just started.
    pub fn new(id: RunId, topology: Arc<Topology>) -> Self {
        Self {
            id,
            variant: None,
            link_faults: false,
            phase: RunPhase::StartingServers,
            is_stopping: false,
            duration: topology.workload.duration(),
            offered_factor: 1.0,
            asked_factor: None,
            note: None,
            series: Series::new(&topology),
            instances: Vec::new(),
            out_of_reads: Vec::new(),
            rotations: Vec::new(),
            playhead: None,
            log: Log::default(),
            served: None,
            ending: None,
            graph: Graph::of_traffic(&topology),
            topology,
        }
    }

    /// Its requests come over HTTP, until it is stopped.
    pub fn is_served(&mut self) {
        self.served = Some(ServedRun::default());
        self.duration = Duration::ZERO;
    }

    /// A run that was kept, as it looked at its end.
    pub fn kept(id: RunId, record: Record) -> Self {
        let Record { report, moments, .. } = record;
        let mut run = Self::new(id, Arc::new(report.topology.clone()));
        for moment in moments {
            run.series.add(&moment.bucket, &moment.instances);
            run.instances = moment.instances;
        }
        run.phase = RunPhase::Auditing;
        run.log = Log::of_report(&report);
        run.rotations = Rotation::of_report(&report);
        run.ending = Some(Ending::Report(Box::new(report)));
        run
    }

    /// Whether it is still under way.
    pub fn is_active(&self) -> bool {
        self.ending.is_none()
    }

    /// The report, once there is one.
    pub fn report(&self) -> Option<&Report> {
        match &self.ending {
            Some(Ending::Report(report)) => Some(report),
            _ => None,
        }
    }

    /// The place, in the running topology, of a stage of the design: the one with the same name and kind.
    pub fn stage_of(&self, design: &Topology, stage: usize) -> Option<usize> {
        let stage = design.stages.get(stage)?;
        let index = self.topology.index_of(&stage.name)?;
        (self.topology.stages[index].kind.word() == stage.kind.word()).then_some(index)
    }

    /// Why a replica gets no reads now; none where it gets them.
    pub fn why_out_of_reads(&self, stage: usize, instance: &str) -> Option<&str> {
        let found = self.out_of_reads.iter().find(|(of, name, _)| *of == stage && name == instance)?;
        Some(&found.2)
    }

    /// Whether the links of a stage's processes can be cut and slowed.
    pub fn breaks_links_of(&self, stage: &str) -> bool {
        let is_scripted = |fault: &Fault| fault.action.is_of_link() && fault.stage == stage;
        self.link_faults || self.topology.faults.iter().any(is_scripted)
    }

    /// A design as this run has it: with what its variant sets.
    pub fn seen<'d>(&self, design: &'d Topology) -> Cow<'d, Topology> {
        match &self.variant {
            Some(variant) => Cow::Owned(design.varied(variant)),
            None => Cow::Borrowed(design),
        }
    }

    /// Whether the design was changed since this run started; stages that were only moved don't count.
    pub fn is_edited(&self, design: &Topology) -> bool {
        let (ran, design) = (&*self.topology, &*self.seen(design));
        let same_stages = ran.stages.len() == design.stages.len()
            && ran.stages.iter().zip(&design.stages).all(|(a, b)| a.name == b.name && a.kind == b.kind);
        !same_stages
            || ran.links != design.links
            || ran.workload != design.workload
            || ran.faults != design.faults
            || ran.rules != design.rules
            || ran.targets != design.targets
    }

    /// Ends it as a failure that the engine could not tell any more.
    pub fn fail(&mut self, failure: RunFailure) {
        self.ending = Some(Ending::Failure(failure));
    }

    /// Takes in what happened. Answers what should be said at once.
    pub fn event(&mut self, event: EngineEvent) -> Option<News> {
        self.log.add(&event, &self.topology);
        match event.kind {
            EventKind::Phase(phase) => {
                self.phase = phase;
                self.note = None;
            }
            EventKind::Note(text) => self.note = Some(text),
            EventKind::Serving { at } => {
                if let Some(served) = &mut self.served {
                    served.at = Some(at);
                }
            }
            EventKind::Fault { fault, failed: Some(why) } => {
                return Some(News::Refused { what: fault.to_string(), why });
            }
            EventKind::Rotation { stage, instance, left } => {
                let at_secs = event.at.as_secs_f64();
                let turn = Rotation { at_secs, stage, instance: instance.clone(), left: left.clone() };
                self.rotations.push(turn);
                self.out_of_reads.retain(|(of, name, _)| (*of, name) != (stage, &instance));
                self.out_of_reads.extend(left.map(|why| (stage, instance, why)));
            }
            EventKind::Changed { change, failed } => {
                if matches!(change, Change::OfferedRate { .. }) {
                    self.asked_factor = None;
                }
                return failed.map(|why| News::Refused { what: change.text(), why });
            }
            EventKind::Finished(report) => {
                self.ending = Some(Ending::Report(report));
                return Some(News::Ended);
            }
            EventKind::Failed(failure) => {
                self.ending = Some(Ending::Failure(failure));
                return Some(News::Ended);
            }
            _ => {}
        }
        None
    }

    /// Takes in a state of the run.
    pub fn snapshot(&mut self, snapshot: Snapshot) {
        self.phase = snapshot.phase;
        self.duration = snapshot.duration;
        self.offered_factor = snapshot.offered_factor;
        if let Some(served) = &mut self.served {
            served.told = snapshot.http;
        }
        for bucket in &snapshot.buckets {
            self.series.add(bucket, &snapshot.instances);
        }
        self.instances = snapshot.instances;
    }
}

/// The runs of this window.
#[derive(Debug, Default)]
pub struct Runs {
    /// The run that is shown: under way, or the last one.
    pub current: Option<Run>,
    /// A run that was kept, over it.
    pub overlay: Option<Overlay>,
    /// Runs that come in turns.
    pub turns: Turns,
    last_id: u64,
}

impl Runs {
    /// A name for the next run.
    pub fn next_id(&mut self) -> RunId {
        self.last_id += 1;
        RunId(self.last_id)
    }

    /// The run under way.
    pub fn active(&self) -> Option<&Run> {
        self.current.as_ref().filter(|run| run.is_active())
    }

    /// The run with a name, if it is the one that is shown.
    pub fn named(&mut self, id: RunId) -> Option<&mut Run> {
        self.current.as_mut().filter(|run| run.id == id)
    }
}
