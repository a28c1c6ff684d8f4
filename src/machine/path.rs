//! One run of a way that arrivals can take, on real servers, audited.

use std::path::Path;
use std::time::Duration;

use crossbeam_channel::Receiver;
use serde::{Deserialize, Serialize};

use crate::engine::trial::{self, OnStop, Trial};
use crate::engine::{FailureKind, RunFailure, RunOptions};
use crate::files::presets::{PRESETS, Preset};
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

/// Runs a design with an engine of its own. A message on `stop`, or the end of whoever could send one, gives it up; no server is
/// left then.
///
/// # Errors
/// The run has no report.
pub fn run(topology: Topology, server: Option<&Path>, stop: &Receiver<()>) -> Result<Trial, RunFailure> {
    trial::run(plan(topology)?, options(server), stop, OnStop::GiveUp, &mut ()).result
}

/// Runs a design until its last arrival has been sent; see [`trial::spend`].
///
/// # Errors
/// The run failed before.
pub fn spend(topology: Topology, server: Option<&Path>) -> Result<f64, RunFailure> {
    trial::spend(plan(topology)?, options(server))
}

fn options(server: Option<&Path>) -> RunOptions {
    RunOptions { redis_server: server.map(Into::into), ..RunOptions::default() }
}

fn plan(topology: Topology) -> Result<RunPlan, RunFailure> {
    RunPlan::new(topology).map_err(|problems| {
        let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
        RunFailure::new(FailureKind::Broken, &problems.join("; "))
    })
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
