//! How many requests stood at each stage while others arrived, from the buckets that a run shows.

use serde::Serialize;

use super::super::message::{RunPhase, Snapshot};
use crate::topology::RunPlan;

/// How many requests stood at a stage, waiting or under way, at the ends of the tenths of a second while requests arrived.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct StageQueue {
    /// The stage.
    pub stage: String,
    /// On average.
    pub mean: f64,
    /// At most.
    pub most: u64,
}

/// Adds up what snapshots show.
#[derive(Debug)]
pub(super) struct Gatherer {
    names: Vec<String>,
    sums: Vec<(u64, u64)>,
    buckets: u64,
}

impl Gatherer {
    /// For a run of this plan.
    pub(super) fn new(plan: &RunPlan) -> Self {
        let names: Vec<String> = plan.topology.stages.iter().map(|stage| stage.name.clone()).collect();
        Self { sums: vec![(0, 0); names.len()], names, buckets: 0 }
    }

    /// Takes in the buckets of a snapshot, as long as requests arrive.
    pub(super) fn add(&mut self, snapshot: &Snapshot) {
        if snapshot.phase != RunPhase::OnSale {
            return;
        }
        for bucket in &snapshot.buckets {
            self.buckets += 1;
            for ((sum, most), stage) in self.sums.iter_mut().zip(&bucket.stages) {
                *sum += stage.in_flight;
                *most = (*most).max(stage.in_flight);
            }
        }
    }

    /// What it came to, stage by stage.
    pub(super) fn queues(self) -> Vec<StageQueue> {
        let mean = |sum: u64| sum as f64 / self.buckets.max(1) as f64;
        let rows = self.names.into_iter().zip(&self.sums);
        rows.map(|(stage, (sum, most))| StageQueue { stage, mean: mean(*sum), most: *most }).collect()
    }
}
