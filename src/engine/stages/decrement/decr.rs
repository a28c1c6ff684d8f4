//! A counter of the units left: DECRBY takes them at once, and a claim that brought it below zero gives back by INCRBY.

use super::super::super::keys;
use super::super::super::pending::Pending;
use super::super::super::wire::{Commands, Reply};
use super::piecemeal::{Take, Took};

/// The counter.
pub struct Counter;

impl Take for Counter {
    fn take(&self, commands: &mut Commands, pending: &Pending) {
        commands.command(3).word("DECRBY").key(keys::LEFT, pending.item).number(u64::from(pending.units));
    }

    fn took(&self, pending: &Pending, reply: &Reply<'_>) -> Option<Took> {
        // What lies below zero was taken all the same.
        reply.int().map(|left| Took { is_enough: left >= 0, units: pending.units })
    }

    fn give_back(&self, commands: &mut Commands, pending: &Pending, units: u32) {
        commands.command(3).word("INCRBY").key(keys::LEFT, pending.item).number(u64::from(units));
    }
}
