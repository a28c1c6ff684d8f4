//! The script, sent with each claim by EVAL: some seven hundred bytes a claim that EVALSHA saves. The server knows a text that it was
//! sent before by its hash, so it compiles it once; nothing has to be loaded, and no restart makes it unknown.

use super::super::super::pending::Pending;
use super::super::super::wire::Commands;
use super::OneTrip;
use super::script::ClaimScript;

/// The script by its text.
pub struct LuaEval(pub ClaimScript);

impl OneTrip for LuaEval {
    fn claim(&self, commands: &mut Commands, pending: &Pending, now_ns: u64) {
        self.0.call_by_text(commands, pending, now_ns);
    }
}
