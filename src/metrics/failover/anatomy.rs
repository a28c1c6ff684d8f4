//! One outage of a master-replica stage, step by step.

use serde::{Deserialize, Serialize};

/// How an outage ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The Sentinels made another process master, and writes were acknowledged again.
    Failover,
    /// The process was started or went on again where it was; no other became master.
    InPlace,
    /// Writes were acknowledged again, without a failover and without anything that was brought back.
    Recovered,
    /// Writes were not acknowledged again by the end of the run.
    #[default]
    NotOver,
}

impl Outcome {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Failover, Self::InPlace, Self::Recovered, Self::NotOver];

    /// For people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Failover => "failover",
            Self::InPlace => "back in place, no failover",
            Self::Recovered => "recovered by itself, no failover",
            Self::NotOver => "not over by the end of the run",
        }
    }
}

/// A failover that the Sentinels gave up.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Abort {
    /// When, in seconds from the first arrival.
    pub at_secs: f64,
    /// The Sentinel's reason: "no good slave", "not elected", "slave timeout".
    pub reason: String,
}

/// What clients that keep their first address met with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct NaiveClients {
    /// Their first error, in seconds from the first arrival.
    pub first_error_secs: Option<f64>,
    /// The last write that the former master acknowledged to them after the switch, in seconds from the first arrival.
    pub last_write_to_former_secs: Option<f64>,
    /// The longest time between two acknowledged writes of their probe, in seconds; none if it did not end.
    pub unavailable_secs: Option<f64>,
}

/// One outage. Moments are seconds from the first arrival, none where a step did not happen or was not seen.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Failover {
    /// The stage.
    pub stage: String,
    /// How it ended.
    pub outcome: Outcome,
    /// The fault that began it: action and instance.
    pub cause: Option<String>,
    /// Who was master before.
    pub master_before: String,
    /// Who was master afterwards.
    pub master_after: String,
    /// When the fault was injected.
    pub fault_secs: Option<f64>,
    /// The probe's last acknowledged write before.
    pub last_write_secs: Option<f64>,
    /// The first error of a client that follows failovers.
    pub first_error_secs: Option<f64>,
    /// The first Sentinel believes the master down.
    pub sdown_secs: Option<f64>,
    /// The quorum does.
    pub odown_secs: Option<f64>,
    /// A Sentinel is elected.
    pub elected_secs: Option<f64>,
    /// The chosen replica says that it is master.
    pub promoted_secs: Option<f64>,
    /// The first Sentinel tells of the switch.
    pub switched_secs: Option<f64>,
    /// The first acknowledged write of a client that follows failovers.
    pub first_write_secs: Option<f64>,
    /// The last of those clients has moved: each that had an error, or moved, wrote again.
    pub last_moved_secs: Option<f64>,
    /// The former master is made a replica.
    pub demoted_secs: Option<f64>,
    /// A process that was taken away is back: restarted, resumed, its link mended.
    pub brought_back_secs: Option<f64>,
    /// From the fault to `+odown` (`+sdown` where the quorum never agreed), in seconds.
    pub detection_secs: Option<f64>,
    /// From `+odown` to the first `+switch-master`, in seconds.
    pub promotion_secs: Option<f64>,
    /// The longest time between two acknowledged writes of the probe, in seconds; none if it did not end.
    pub unavailable_secs: Option<f64>,
    /// How long two processes both said that they are master, at looks ten times a second, in seconds.
    pub two_masters_secs: f64,
    /// Failovers that were given up.
    pub aborted: Vec<Abort>,
    /// What naive clients met with; none if the design has none.
    pub naive: Option<NaiveClients>,
}

impl Failover {
    /// The steps that happened, in the order of time, each with its name.
    pub fn steps(&self) -> Vec<(&'static str, f64)> {
        let mut steps: Vec<(&'static str, f64)> = [
            ("fault", self.fault_secs),
            ("first client error", self.first_error_secs),
            ("believed down", self.sdown_secs),
            ("quorum agrees", self.odown_secs),
            ("leader elected", self.elected_secs),
            ("replica promoted", self.promoted_secs),
            ("switch told", self.switched_secs),
            ("first acknowledged write", self.first_write_secs),
            ("last client moved", self.last_moved_secs),
            ("brought back", self.brought_back_secs),
            ("former master demoted", self.demoted_secs),
        ]
        .into_iter()
        .filter_map(|(name, at)| Some((name, at?)))
        .collect();
        steps.sort_by(|a, b| a.1.total_cmp(&b.1));
        steps
    }
}
