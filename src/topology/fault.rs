//! Faults: what breaks when.

use std::time::Duration;

use crate::param::{choices, params};

choices! {
    /// What is done to an instance.
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
    }
}
