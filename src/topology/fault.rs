//! Faults: what breaks when.
//!
//! - [`table`]: for each action, what it can be done to, which parameter it has, and what mends it.

pub mod table;

use std::fmt;
use std::time::Duration;

use crate::param::{Params, choices, params};
pub use table::{Part, Refusal, Rule};

choices! {
    /// What is done to an instance, or to its link.
    pub enum FaultAction {
        /// `kill -9`: the process is gone at once.
        Kill,
        /// A consumer dies when it next has taken orders, before it writes them.
        KillAfterTaking,
        /// A consumer dies when it next has written orders, before it acknowledges them to the queue.
        KillAfterWriting,
        /// SIGTERM: the process is asked to end.
        Terminate,
        /// SIGSTOP: the process stands still and keeps its connections.
        Pause,
        /// SIGCONT: a paused process goes on.
        Resume,
        /// A dead process is started again, on its port and with its files.
        Restart,
        /// Another consumer comes in the place of a dead one, under a name of its own.
        Replace,
        /// `SENTINEL FAILOVER`: a Sentinel hands the role of a healthy master over to a replica, without asking the others.
        Failover,
        /// The link of a process to everybody else is cut: connections are dropped with what is under way on them, and
        /// new ones are closed at once. The process itself goes on.
        CutLink,
        /// The link of a process carries everything later by a delay, each way.
        SlowLink,
        /// The link of a process carries no more than a rate, each way.
        ThrottleLink,
        /// The connections over the link of a process are reset once, with what is under way on them; new ones are carried.
        ResetLink,
        /// The link of a process is as it was.
        MendLink,
        /// Somebody holds the write lock of the database: writes wait, reads go on.
        Lock,
        /// The write lock is given back.
        Unlock,
        /// `maxmemory` is set below what is used, without eviction: what needs memory is answered OOM.
        FillMemory,
        /// The memory has no limit again.
        FreeMemory,
        /// The data of a Redis process grows: so much more is loaded into its master, a megabyte at a time, while it serves. It stays.
        GrowData,
        /// A Lua script keeps a Redis process busy; it answers nobody meanwhile.
        SlowScript,
        /// `SCRIPT KILL`: a script that runs for more than 5 s is ended; where none runs, nothing happens.
        KillScript,
        /// A cache drops everything.
        Purge,
        /// The time to live of everything in a cache ends now.
        Expire,
        /// Data control writes the pages of the products again.
        Refill,
        /// The clock of the sale is put past the opening: the sale is open from now on.
        OpenSale,
        /// The clock of the sale is put before the opening and stands there: nobody can buy.
        CloseSale,
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
        /// Which of the stage's instances: "master", "replica 1", "sentinel 2", "consumer 1", "broker", "instance 1", "database", "cache", "sale"; of a Redis Cluster "node 1", "shards".
        instance: String = "master".into();
        /// How much later a slow link carries what is sent, each way; other actions have none.
        delay: Duration = Duration::from_millis(50), in 0.001..10.0;
        /// What a throttled link carries, each way; other actions have none.
        rate: u64 = 100_000, in 1_000..1_000_000_000, "bytes/s";
        /// By how much data grows; other actions have none.
        amount: u64 = 100, in 1..100_000, "MiB";
        /// How long a slow script computes, in processor time of the server; other actions have none.
        lasts: Duration = Duration::from_millis(500), in 0.001..60.0;
    }
}

impl FaultAction {
    /// Whether it is done to the link of an instance and not to its process.
    pub fn is_of_link(self) -> bool {
        matches!(self, Self::CutLink | Self::SlowLink | Self::ThrottleLink | Self::ResetLink | Self::MendLink)
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
        self.has("delay").then_some(self.delay)
    }

    /// The rate in bytes per second, of a fault that has one.
    pub fn link_rate(&self) -> Option<u64> {
        self.has("rate").then_some(self.rate)
    }

    /// By how many MiB data grows, of a fault that lets it.
    pub fn growth_mib(&self) -> Option<u64> {
        self.has("amount").then_some(self.amount)
    }

    /// How long it lasts, of a fault that says so.
    pub fn script_time(&self) -> Option<Duration> {
        self.has("lasts").then_some(self.lasts)
    }

    /// Whether a parameter says anything to its action: all do but those that other actions have for themselves.
    pub fn has(&self, key: &str) -> bool {
        table::OWN_PARAMS.iter().all(|(own, _)| *own != key) || self.action.rule().param == Some(key)
    }

    /// Gives parameters that say nothing to its action their defaults.
    pub fn forget_idle(&mut self) {
        let usual = Self::default();
        for (key, _) in table::OWN_PARAMS {
            if let Some(value) = usual.get(key).filter(|_| !self.has(key)) {
                self.set(key, value);
            }
        }
    }
}

/// For people: "Kill master of inventory", "`SlowLink` replica 1 of gate by 50ms".
impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.action.word())?;
        if !self.action.is_of_shards() {
            write!(f, " {}", self.instance)?;
        }
        write!(f, " of {}", self.stage)?;
        for (key, word) in table::OWN_PARAMS.iter().filter(|(key, _)| self.has(key)) {
            let spec = Self::SPECS.iter().find(|spec| spec.key == *key);
            if let (Some(value), Some(spec)) = (self.get(key), spec) {
                let gap = if spec.unit.is_empty() { "" } else { " " };
                write!(f, " {word} {value}{gap}{}", spec.unit)?;
            }
        }
        Ok(())
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
        let narrow = Fault { action: FaultAction::ThrottleLink, rate: 5_000, ..slow };
        assert_eq!(narrow.to_string(), "ThrottleLink replica 1 of gate to 5000 bytes/s");
        let busy = Fault { action: FaultAction::SlowScript, ..narrow };
        assert_eq!(busy.to_string(), "SlowScript replica 1 of gate for 500ms");
    }

    #[test]
    fn a_fault_forgets_what_says_nothing_to_its_action() {
        let delay = Duration::from_millis(7);
        let mut fault = Fault { action: FaultAction::SlowLink, delay, rate: 5_000, ..Fault::default() };
        fault.forget_idle();
        assert_eq!((fault.delay, fault.rate), (delay, Fault::default().rate));
        fault.action = FaultAction::Pause;
        fault.forget_idle();
        assert_eq!(fault, Fault { action: FaultAction::Pause, ..Fault::default() });
    }
}
