//! What texts claim of managed products, beside what a run measured, for each core. The two are never blended: what
//! hardware a claim stands for is not known, and a run need not fill its servers.

use std::borrow::Cow;
use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::text::grouped;
use super::{Report, StageReport};
use crate::metrics::{InstanceSummary, Role};

/// Processes that use fewer cores than this together say nothing about what a core carries: what they do besides the requests (heartbeats,
/// replication, answering the lab's looks) weighs more.
const LEAST_CORES: f64 = 0.25;

/// A claim about a managed product, and the same figure of a stage of the same kind in this run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClaimedReport {
    /// The stage.
    pub stage: String,
    /// What is claimed, a second: "reads" or "operations".
    pub what: Cow<'static, str>,
    /// The claimed figure, a second; of how many cores is not told.
    pub claimed_per_sec: u64,
    /// Requests that came to the stage, a second of arrivals.
    pub requests_per_sec: f64,
    /// Processor cores that its processes used on average.
    pub cores_used: f64,
    /// Requests for each core-second that its processes used; none where they used less than a quarter of a core.
    pub requests_per_core_sec: Option<f64>,
}

/// What the source texts claim of a kind of stage (S1: a read-write split answers 600,000 reads a second, a master-replica
/// Redis carries out 100,000 operations a second).
fn claim(kind: &str) -> Option<(&'static str, u64)> {
    match kind {
        "ReadWriteSplit" => Some(("reads", 600_000)),
        "MasterReplica" => Some(("operations", 100_000)),
        _ => None,
    }
}

/// The claims about the stages of a run, with what was measured over `duration_secs` of arrivals.
pub fn beside(
    stages: &[StageReport],
    instances: &[InstanceSummary],
    duration_secs: f64,
) -> Vec<ClaimedReport> {
    let row = |stage: &StageReport| {
        let (what, claimed_per_sec) = claim(&stage.kind)?;
        let carries = |one: &&InstanceSummary| one.stage == stage.name && one.role != Role::Sentinel;
        let own: Vec<f64> = instances.iter().filter(carries).map(|one| one.cpu_secs).collect();
        let has_figures = !own.is_empty() && duration_secs > 0.0;
        has_figures.then(|| {
            let (cpu_secs, requests) = (own.iter().sum::<f64>(), stage.tally.arrivals as f64);
            let cores_used = cpu_secs / duration_secs;
            ClaimedReport {
                stage: stage.name.clone(),
                what: what.into(),
                claimed_per_sec,
                requests_per_sec: requests / duration_secs,
                cores_used,
                requests_per_core_sec: (cores_used >= LEAST_CORES).then(|| requests / cpu_secs),
            }
        })
    };
    stages.iter().filter_map(row).collect()
}

/// Writes them, a line each.
///
/// # Errors
/// The writer's own.
pub(super) fn write(out: &mut String, report: &Report) -> std::fmt::Result {
    for row in &report.claimed {
        let per_core =
            row.requests_per_core_sec.map_or("too few to tell what one carries".to_owned(), |rate| {
                format!("{}/s for each", whole(rate))
            });
        writeln!(
            out,
            "  {}: a managed product is claimed to do {} {}/s (cores not told); here {} requests/s on {:.2} cores, {per_core}",
            row.stage,
            grouped(row.claimed_per_sec),
            row.what,
            whole(row.requests_per_sec),
            row.cores_used,
        )?;
    }
    Ok(())
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rate, rounded")]
fn whole(rate: f64) -> String {
    grouped(rate.round().max(0.0) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::{Quantiles, StageTally};
    use crate::topology::Realness;

    #[test]
    fn claims_stand_beside_what_all_processes_of_the_stage_did_for_each_core() {
        let stage = |name: &str, kind| {
            let tally = StageTally { arrivals: 80_000, ..StageTally::default() };
            StageReport::new(name, kind, Realness::RealProcess, &tally, Quantiles::default())
        };
        let process = |stage: &str, cpu_secs| InstanceSummary {
            stage: stage.to_owned(),
            cpu_secs,
            ..InstanceSummary::default()
        };
        let stages =
            [stage("gate", "ReadWriteSplit"), stage("inventory", "MasterReplica"), stage("queue", "Queue")];
        let instances =
            [process("gate", 1.0), process("gate", 0.6), process("inventory", 0.9), process("queue", 1.0)];
        let rows = beside(&stages, &instances, 4.0);
        assert_eq!(rows.len(), 2, "nothing is claimed of a queue");
        assert_eq!((&*rows[0].what, rows[0].claimed_per_sec), ("reads", 600_000));
        assert!((rows[0].requests_per_sec - 20_000.0).abs() < 1e-6);
        assert!((rows[0].cores_used - 0.4).abs() < 1e-9);
        assert!(rows[0].requests_per_core_sec.is_some_and(|rate| (rate - 50_000.0).abs() < 1e-6));
        assert_eq!(rows[1].requests_per_core_sec, None, "less than a quarter of a core says nothing");
        assert!(beside(&stages, &instances, 0.0).is_empty());
    }
}
