//! One run of a way that arrivals can take, on real servers, audited.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, never, select};
use rustix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};

use crate::engine::{
    EngineCommand, EngineHandle, EventKind, FailureKind, RunFailure, RunId, RunOptions, RunPhase,
};
use crate::files::presets::{PRESETS, Preset};
use crate::report::Report;
use crate::topology::{RunPlan, Topology};
use crate::workload::Mix;

/// The preset that both ways are made of.
const PRESET: &str = "whole-path.ron";

/// A way that arrivals take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Every arrival is a claim that is granted and goes through all stages, down to the database.
    WholePath,
    /// Nine in ten arrivals are reads of pages that the CDN has; the tenth is such a claim.
    Funnel,
}

impl Way {
    /// Both.
    pub const ALL: [Self; 2] = [Self::WholePath, Self::Funnel];

    /// Its name.
    pub fn label(self) -> &'static str {
        match self {
            Self::WholePath => "whole path",
            Self::Funnel => "funnel",
        }
    }

    /// A design whose arrivals take it, at a rate (a second), for a span.
    pub fn design(self, rate: f64, span: Duration) -> Topology {
        let preset = PRESETS.iter().find(|preset| preset.file == PRESET);
        let Some(mut topology) = preset.and_then(Preset::topology).cloned() else {
            unreachable!("{PRESET} comes with the program, and is sound")
        };
        topology.stretch_to(span);
        topology.workload.scale_to(rate);
        if self == Self::Funnel {
            for phase in &mut topology.workload.phases {
                phase.mix = Mix { read: 9.0, claim: 1.0, ..Mix::NOTHING };
            }
        }
        topology
    }
}

/// A run that came to its end.
#[derive(Debug)]
pub struct Travelled {
    /// Its report.
    pub report: Box<Report>,
    /// Processor time of this program while requests arrived, in seconds: generator, stages and database.
    pub engine_secs: f64,
}

impl Travelled {
    /// Processor time of this program for each arrival, in microseconds.
    pub fn engine_us(&self) -> f64 {
        self.each(self.engine_secs)
    }

    /// Processor time of the Redis processes for each arrival, from their start to their end, in microseconds.
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

/// That somebody stopped it.
pub(super) fn stopped() -> RunFailure {
    RunFailure::new(FailureKind::Stopped, &"stopped")
}

/// Runs a design with an engine of its own. A message on `stop`, or the end of whoever could send one, gives it up; no server is
/// left then.
///
/// # Errors
/// The run has no report.
pub fn run(topology: Topology, server: Option<&Path>, stop: &Receiver<()>) -> Result<Travelled, RunFailure> {
    let mut engine_secs = 0.0;
    follow(topology, server, stop, |kind, secs| match kind {
        EventKind::Phase(RunPhase::Draining) => {
            engine_secs = secs;
            None
        }
        EventKind::Finished(report) => Some(Travelled { report, engine_secs }),
        _ => None,
    })
}

/// Runs a design until its last arrival has been sent, and gives it up then: processor time of this program meanwhile, in seconds.
/// So a build that counts nothing, and never knows that it has drained, can be held against one that does.
///
/// # Errors
/// The run failed before.
pub fn spend(topology: Topology, server: Option<&Path>) -> Result<f64, RunFailure> {
    follow(topology, server, &never(), |kind, secs| {
        matches!(kind, EventKind::Phase(RunPhase::Draining)).then_some(secs)
    })
}

/// Starts a run and hears what it tells, with the processor time of this program since the sale opened, until there is an answer.
fn follow<T>(
    topology: Topology,
    server: Option<&Path>,
    stop: &Receiver<()>,
    mut hear: impl FnMut(EventKind, f64) -> Option<T>,
) -> Result<T, RunFailure> {
    let broken = |error: &dyn std::fmt::Display| RunFailure::new(FailureKind::Broken, error);
    let plan = RunPlan::new(topology).map_err(|problems| {
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        broken(&problems.join("; "))
    })?;
    let engine = EngineHandle::start(Arc::new(|| {})).map_err(|error| broken(&error))?;
    let options = RunOptions { redis_server: server.map(Into::into), ..RunOptions::default() };
    engine
        .send(EngineCommand::Start { run_id: RunId(1), plan: Box::new(plan), options })
        .map_err(|error| broken(&error))?;
    let mut began = 0.0;
    loop {
        select! {
            recv(engine.events()) -> event => {
                let kind = event.map_err(|error| broken(&error))?.kind;
                match kind {
                    EventKind::Failed(failure) => return Err(failure),
                    EventKind::Phase(RunPhase::OnSale) => began = cpu_secs(),
                    _ => {}
                }
                if let Some(answer) = hear(kind, cpu_secs() - began) {
                    return Ok(answer);
                }
            }
            // Snapshots that nobody reads would wait.
            recv(engine.snapshots()) -> _ => {}
            recv(stop) -> _ => return Err(stopped()),
        }
    }
}

/// Processor time of this program, in seconds.
pub fn cpu_secs() -> f64 {
    let time = clock_gettime(ClockId::ProcessCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_are_sound_and_have_the_rate_and_the_mix_that_they_promise() {
        for (way, reads) in [(Way::WholePath, 0.0), (Way::Funnel, 9.0)] {
            let topology = way.design(120_000.0, Duration::from_secs(2));
            assert_eq!(topology.workload.duration(), Duration::from_secs(2));
            assert!((topology.workload.mean_rate() - 120_000.0).abs() < 1.0);
            assert!(
                topology
                    .workload
                    .phases
                    .iter()
                    .all(|phase| { (phase.mix.read / phase.mix.claim - reads).abs() < 1e-9 })
            );
            RunPlan::new(topology).unwrap();
        }
    }
}
