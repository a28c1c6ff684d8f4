//! What a request becomes at the inventory, on one master and on shards alike: a page is read, a claim is the script.

use redis::Script;

use super::super::cluster::names::Names;
use super::super::keys;
use super::super::order::Order;
use super::super::pending::Pending;
use super::super::wire::{Commands, Reply};
use crate::workload::Operation;

/// What the stock says to a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The units are the buyer's.
    Granted,
    /// The stock does not suffice.
    SoldOut,
    /// The buyer would have more than one buyer may.
    Duplicate,
    /// An error before anything happened.
    Failed,
    /// No answer: it may have happened.
    Indefinite,
}

/// How one stage asks.
pub struct Asking {
    script: Script,
    names: Names,
    per_buyer_limit: u64,
    keeps_orders: bool,
}

impl Asking {
    /// By keys named like this. Where the stage keeps the orders, each claim brings its own.
    pub fn new(names: Names, per_buyer_limit: Option<u32>, keeps_orders: bool) -> Self {
        let script = Script::new(keys::CLAIM_SCRIPT);
        Self { script, names, per_buyer_limit: per_buyer_limit.map_or(0, u64::from), keeps_orders }
    }

    /// Adds SCRIPT LOAD.
    pub fn load(commands: &mut Commands) {
        commands.command(3).word("SCRIPT").word("LOAD").word(keys::CLAIM_SCRIPT);
    }

    /// Adds the commands of requests that are sent at `now_ns` on the run's clock.
    pub fn add_all(&self, commands: &mut Commands, batch: &[Pending], now_ns: u64) {
        for pending in batch {
            self.add(commands, pending, now_ns);
        }
    }

    /// Adds the command of a request that is sent at `now_ns` on the run's clock.
    pub fn add(&self, commands: &mut Commands, pending: &Pending, now_ns: u64) {
        let item = pending.item;
        if pending.operation == Operation::Read {
            commands.command(2).word("GET").key(self.names.page(), item);
            return;
        }
        let (words, keys) = if self.keeps_orders { (11, 3) } else { (8, 2) };
        commands.command(words).word("EVALSHA").word(self.script.get_hash()).number(keys);
        commands.key(self.names.goods(), item).key(self.names.buyers(), item);
        if self.keeps_orders {
            commands.key(self.names.orders(), item);
        }
        commands.number(u64::from(pending.units)).number(pending.claimant).number(self.per_buyer_limit);
        // A stage before a queue or a database sends no order: its text would cost every claim something.
        if self.keeps_orders {
            commands.number(pending.id).numbers(Order::of(&pending.request, now_ns).fields());
        }
    }
}

/// What the script's answer means.
pub fn decision(pending: &Pending, reply: &Reply<'_>) -> Decision {
    match reply {
        Reply::Int(taken) if *taken == i64::from(pending.units) => Decision::Granted,
        Reply::Int(0) => Decision::SoldOut,
        Reply::Int(-1) => Decision::Duplicate,
        _ => Decision::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::request;
    use super::*;

    fn words(keeps_orders: bool, operation: Operation) -> Vec<String> {
        let mut commands = Commands::default();
        let asking = Asking::new(Names::Tagged, Some(2), keeps_orders);
        asking.add(&mut commands, &request(operation, 7, 3), 99);
        let text = String::from_utf8_lossy(commands.bytes()).into_owned();
        let mut lines = text.lines();
        let count: usize = lines.next().unwrap()[1..].parse().unwrap();
        let words: Vec<String> = lines.skip(1).step_by(2).map(str::to_owned).collect();
        assert_eq!(words.len(), count, "{text}");
        words
    }

    #[test]
    fn a_claim_brings_its_order_only_where_the_stage_keeps_it() {
        let hash = Script::new(keys::CLAIM_SCRIPT).get_hash().to_owned();
        let bare = words(false, Operation::Claim);
        assert_eq!(bare, ["EVALSHA", &hash, "2", "goods:{3}", "buyers:{3}", "1", "7", "2"]);
        let kept = words(true, Operation::Claim);
        let keys = ["EVALSHA", &hash, "3", "goods:{3}", "buyers:{3}", "orders:{3}"];
        assert_eq!(kept[..6], keys);
        assert_eq!(kept[6..], ["1", "7", "2", "7", "7 3 7 1 99"]);
        assert_eq!(words(true, Operation::Read), ["GET", "page:{3}"]);
    }
}
