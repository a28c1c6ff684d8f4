//! What a request becomes at the inventory, on one master and on shards alike: a page is read, a claim is what the strategy makes of
//! it.

use super::super::cluster::names::Names;
use super::super::pending::Pending;
use super::super::wire::{Commands, Reply};
use super::decrement::{Decision, OneTrip};
use super::record;
use crate::workload::Operation;

/// How one stage asks.
pub struct Asking {
    strategy: Box<dyn OneTrip>,
    names: Names,
}

impl Asking {
    /// By a strategy, and by keys named like this.
    pub fn new(strategy: Box<dyn OneTrip>, names: Names) -> Self {
        Self { strategy, names }
    }

    /// Adds what a server has to be sent before the first claim.
    pub fn prepare(&self, commands: &mut Commands) {
        self.strategy.prepare(commands);
    }

    /// Adds the commands of requests that are sent at `now_ns` on the run's clock.
    pub fn add_all(&self, commands: &mut Commands, batch: &[Pending], now_ns: u64) {
        for pending in batch {
            self.add(commands, pending, now_ns);
        }
    }

    /// Adds the command of a request that is sent at `now_ns` on the run's clock.
    pub fn add(&self, commands: &mut Commands, pending: &Pending, now_ns: u64) {
        match pending.operation {
            Operation::Read => drop(commands.command(2).word("GET").key(self.names.page(), pending.item)),
            Operation::Claim => self.strategy.claim(commands, pending, now_ns),
            Operation::Append | Operation::Count => record::ask(commands, self.names, pending, now_ns),
        }
    }

    /// What the answer to a claim means.
    pub fn decision(&self, pending: &Pending, reply: &Reply<'_>) -> Decision {
        self.strategy.decision(pending, reply)
    }
}
