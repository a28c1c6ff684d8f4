//! A list with an element for each unit: LPOP takes as many as a claim asks for, and nobody can take what is not there. A claim that
//! got too few pushes them back.

use super::super::super::keys;
use super::super::super::pending::Pending;
use super::super::super::wire::{Commands, Reply};
use super::piecemeal::{Take, Took};

/// The list.
pub struct Tokens;

impl Take for Tokens {
    fn take(&self, commands: &mut Commands, pending: &Pending) {
        if pending.units == 1 {
            commands.command(2).word("LPOP").key(keys::TOKENS, pending.item);
        } else {
            commands.command(3).word("LPOP").key(keys::TOKENS, pending.item).number(u64::from(pending.units));
        }
    }

    fn took(&self, pending: &Pending, reply: &Reply<'_>) -> Option<Took> {
        let units = match reply {
            Reply::Nil => 0,
            Reply::Text(_) => 1,
            Reply::Array(tokens) => u32::try_from(tokens.clone().count()).ok()?,
            Reply::Int(_) | Reply::Error(_) => return None,
        };
        Some(Took { is_enough: units == pending.units, units })
    }

    fn give_back(&self, commands: &mut Commands, pending: &Pending, units: u32) {
        commands.command(2 + units as usize).word("RPUSH").key(keys::TOKENS, pending.item);
        for _ in 0..units {
            commands.word(keys::TOKEN);
        }
    }
}
