//! The script, stored by SCRIPT LOAD and called by EVALSHA: forty characters stand for it on the wire.

use super::super::super::pending::Pending;
use super::super::super::wire::Commands;
use super::OneTrip;
use super::script::ClaimScript;

/// The script by its hash.
pub struct LuaEvalsha(pub ClaimScript);

impl OneTrip for LuaEvalsha {
    fn prepare(&self, commands: &mut Commands) {
        self.0.load(commands);
    }

    fn claim(&self, commands: &mut Commands, pending: &Pending, now_ns: u64) {
        self.0.call_by_hash(commands, pending, now_ns);
    }
}
