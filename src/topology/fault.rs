//! Faults: what breaks when.

use std::fmt;
use std::time::Duration;

use crate::param::{choices, params};

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
        /// The link of a process to everybody else is cut: connections are dropped with what is under way on them, and
        /// new ones are closed at once. The process itself goes on.
        CutLink,
        /// The link of a process carries everything later by a delay, each way.
        SlowLink,
        /// The link of a process is as it was.
        MendLink,
        /// A Redis Cluster gets one more shard, a master and its replicas, and the slots move to it under load.
        AddShard,
        /// The last shard of a Redis Cluster gives its slots to the others under load, and ends.
        RemoveShard,
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
        /// Which of the stage's instances: "master", "replica 1", "sentinel 2"; of a Redis Cluster "node 1".
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

impl FaultAction {
    /// Whether it is done to a Redis Cluster as a whole: then the instance says nothing.
    pub fn is_of_shards(self) -> bool {
        matches!(self, Self::AddShard | Self::RemoveShard)
    }
}

impl Fault {
    /// The delay, of a fault that has one.
    pub fn link_delay(&self) -> Option<Duration> {
        (self.action == FaultAction::SlowLink).then_some(self.delay)
    }
}

/// For people: "Kill master of inventory", "`SlowLink` replica 1 of gate by 50ms".
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.action.is_of_shards() {
            return write!(f, "{} of {}", self.action.word(), self.stage);
        }
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
        let add = Fault { action: FaultAction::AddShard, ..kill.clone() };
        assert_eq!(add.to_string(), "AddShard of gate");
        let slow = Fault { action: FaultAction::SlowLink, instance: "replica 1".into(), ..kill };
        assert_eq!(slow.to_string(), "SlowLink replica 1 of gate by 50ms");
    }
}
