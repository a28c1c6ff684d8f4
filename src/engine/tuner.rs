//! The tuner: carries out changes while requests arrive.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::watch;

use super::clock::{Clock, nanos};
use super::control::Settings;
use super::crew::Crew;
use super::generator::Schedule;
use super::ledger::Ledger;
use super::stages::core::Tunable;
use crate::topology::stage::StageKind;
use crate::topology::{Change, RunPlan, Topology};
use crate::workload::Operation;

/// Everything that can be turned during a run.
pub struct Tuner {
    /// The plan as it was drawn.
    pub plan: Arc<RunPlan>,
    /// The topology as it is now.
    pub topology: Topology,
    /// The generator's schedule.
    pub schedule: Arc<Schedule>,
    /// The stages that can be tuned, by their place in the topology.
    pub stages: BTreeMap<usize, Arc<dyn Tunable>>,
    /// The consumers of each queue, by its place in the topology.
    pub crews: BTreeMap<usize, Crew>,
    /// What data control goes by.
    pub control: Option<watch::Sender<Settings>>,
    /// What buyers were told.
    pub ledger: Arc<Ledger>,
    /// The run's clock.
    pub clock: Clock,
}

impl Tuner {
    /// Carries out a change.
    ///
    /// # Errors
    /// Why it was not done, in words; then nothing has changed.
    pub fn apply(&mut self, change: &Change) -> Result<(), String> {
        change.check(&self.plan.topology)?;
        match change {
            Change::OfferedRate { factor } => self.schedule.scale(*factor),
            Change::Param { stage, key, value } => {
                let index = self.topology.index_of(stage).ok_or("there is no such stage")?;
                if !self.plan.order.contains(&index) && self.plan.control != Some(index) {
                    return Err(format!("no request comes to {stage:?}: link it, and start again"));
                }
                self.topology.stages[index].kind.params_mut().set(key, value.clone());
                self.tune(index);
            }
        }
        Ok(())
    }

    /// Lets everybody whom a stage's parameters concern take them over.
    fn tune(&mut self, index: usize) {
        let kind = &self.topology.stages[index].kind;
        if let Some(stage) = self.stages.get(&index) {
            stage.tune(kind);
        }
        match (kind, self.crews.get_mut(&index)) {
            (StageKind::Queue(params), Some(crew)) => crew.tune(params),
            (StageKind::Service(params), _) if self.plan.reaching(index).contains(Operation::Claim) => {
                // Its instances may now believe for so long what they learnt a moment ago.
                let ttl_ns = params.flag_ttl.map_or(0, nanos);
                self.ledger.hide_until(self.clock.now_ns() + ttl_ns);
            }
            _ => {}
        }
        if let (Some(control), Some(settings)) = (&self.control, Settings::of(&self.plan, &self.topology)) {
            control.send_replace(settings);
        }
    }
}
