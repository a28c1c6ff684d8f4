//! The engine as the window sees it.

use crate::engine::{EngineCommand, EngineEvent, EngineGone, EngineHandle, Snapshot};

/// The three channels of an engine.
pub trait EnginePort {
    /// Sends a command.
    ///
    /// # Errors
    /// The engine has ended.
    fn send(&self, command: EngineCommand) -> Result<(), EngineGone>;
    /// The next event, if one waits.
    fn next_event(&self) -> Option<EngineEvent>;
    /// The next snapshot, if one waits.
    fn next_snapshot(&self) -> Option<Snapshot>;
    /// Whether it has ended, so that nothing will be told any more.
    fn is_gone(&self) -> bool {
        false
    }
}

impl EnginePort for EngineHandle {
    fn send(&self, command: EngineCommand) -> Result<(), EngineGone> {
        Self::send(self, command)
    }

    fn next_event(&self) -> Option<EngineEvent> {
        self.events().try_recv().ok()
    }

    fn next_snapshot(&self) -> Option<Snapshot> {
        self.snapshots().try_recv().ok()
    }

    fn is_gone(&self) -> bool {
        Self::is_gone(self)
    }
}
