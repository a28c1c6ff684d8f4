//! Faults: what breaks when.
//!
//! - [`table`]: for each action, what it can be done to, which parameter it has, and what mends it.

pub mod table;

use std::fmt;
use std::time::Duration;

use crate::param::{choices, params};
pub use table::{Part, Refusal, Rule};

choices! {
    /// What is done to an instance, or to its link.
    pub enum FaultAction {
        /// `kill -9`: the process is gone at once.
        Kill,
        /// SIGTERM: the process is asked to end.
        Terminate,
        /// SIGSTOP: the process stands still and keeps its connections.
        Pause,
        /// SIGCONT: a paused process goes on.
        Resume,
        /// A dead process is started again, on its port and with its files.
        Restart,
        /// `SENTINEL FAILOVER`: a Sentinel hands the role of a healthy master over to a replica, without asking the others.
        Failover,
        /// The link of a process to everybody else is cut: connections are dropped with what is under way on them, and
        /// new ones are closed at once. The process itself goes on.
        CutLink,
        /// The link of a process carries everything later by a delay, each way.
        SlowLink,
        /// The link of a process is as it was.
        MendLink,
    }
}

params! {
    /// Something that breaks, or is mended, at a moment of the run.
    pub struct Fault {
        /// When, counted from the first arrival.
        at: Duration = Duration::ZERO, in 0.0..86400.0;
        /// What is done.
        action: FaultAction = FaultAction::Kill;
        /// The stage it is done to.
        stage: String = String::new();
        /// Which of the stage's instances: "master", "replica 1", "sentinel 2".
        instance: String = "master".into();
        /// How much later a slow link carries what is sent, each way; other actions have none.
        delay: Duration = Duration::from_millis(50), in 0.001..10.0;
    }
}

impl FaultAction {
    /// Whether it is done to the link of an instance and not to its process.
    pub fn is_of_link(self) -> bool {
        matches!(self, Self::CutLink | Self::SlowLink | Self::MendLink)
    }
}

impl Fault {
    /// The delay, of a fault that has one.
    pub fn link_delay(&self) -> Option<Duration> {
        self.has("delay").then_some(self.delay)
    }

    /// Whether a parameter says anything to its action: all do but those that other actions have for themselves.
    pub fn has(&self, key: &str) -> bool {
        !table::OWN_PARAMS.contains(&key) || self.action.rule().param == Some(key)
    }

    /// Gives parameters that say nothing to its action their defaults.
    pub fn forget_idle(&mut self) {
        let usual = Self::default();
        if !self.has("delay") {
            self.delay = usual.delay;
        }
    }
}

/// For people: "Kill master of inventory", "`SlowLink` replica 1 of gate by 50ms".
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} of {}", self.action.word(), self.instance, self.stage)?;
        match self.link_delay() {
            Some(delay) => write!(f, " by {}", humantime::format_duration(delay)),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_says_what_is_done_to_whom() {
        let kill = Fault { stage: "gate".into(), ..Fault::default() };
        assert_eq!(kill.to_string(), "Kill master of gate");
        let slow = Fault { action: FaultAction::SlowLink, instance: "replica 1".into(), ..kill };
        assert_eq!(slow.to_string(), "SlowLink replica 1 of gate by 50ms");
    }
}
