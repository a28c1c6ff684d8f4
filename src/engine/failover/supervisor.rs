//! The supervisor of processes that are restarted in place: it looks often, so that the time after which it acts is the one
//! that the stage says.

use std::time::Duration;

use tokio::time::{Interval, MissedTickBehavior, interval};

use super::super::environment::Environment;
use super::super::trouble::Troubles;
use super::log::Failovers;

/// Time between two looks.
const LOOK: Duration = Duration::from_millis(5);

/// The supervisor of a run.
pub struct Supervisor {
    /// Whether any stage asks for one.
    pub is_wanted: bool,
    /// Where it notes what it starts.
    pub failovers: Failovers,
    troubles: Troubles,
}

impl Supervisor {
    /// A supervisor that notes what it starts.
    pub fn new(environment: &Environment, failovers: Failovers, troubles: &Troubles) -> Self {
        Self { is_wanted: environment.has_supervisor(), failovers, troubles: troubles.clone() }
    }

    /// When to look.
    pub fn looks() -> Interval {
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        looks
    }

    /// Starts what has been dead for long enough, and notes it.
    pub async fn look(&self, environment: &mut Environment) {
        for (stage, process, result) in environment.supervise().await {
            match (result, self.failovers.of(stage)) {
                (Ok(()), Some(log)) => log.restarted(process),
                (Ok(()), None) => {}
                (Err(error), _) => self.troubles.note("the supervisor could not start a process", &error),
            }
        }
    }
}
