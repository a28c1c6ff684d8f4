//! One script that does all of it: it takes the units, notes the buyer and puts the order on the queue's list, which has to be on the
//! same server. A booking without its order can't be: whatever is lost is lost together.

use super::super::super::pending::Pending;
use super::super::super::wire::Commands;
use super::OneTrip;
use super::script::ClaimScript;

/// The script that enqueues, by its hash.
pub struct OneScript(pub ClaimScript);

impl OneTrip for OneScript {
    fn prepare(&self, commands: &mut Commands) {
        self.0.load(commands);
    }

    fn claim(&self, commands: &mut Commands, pending: &Pending, now_ns: u64) {
        self.0.call_by_hash(commands, pending, now_ns);
    }
}
