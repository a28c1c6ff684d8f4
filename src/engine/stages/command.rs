//! What a request becomes at the inventory, on one master and on shards alike: a page is read, a claim is the script.

use redis::{Pipeline, RedisError, Script, Value, from_redis_value};

use super::super::cluster::names::Names;
use super::super::keys;
use super::super::order::Order;
use super::super::pending::Pending;
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

/// The commands of one stage.
pub struct Commands {
    script: Script,
    names: Names,
    per_buyer_limit: u32,
    keeps_orders: bool,
}

impl Commands {
    /// Commands on keys named like this. Where the stage keeps the orders, each claim brings its own.
    pub fn new(names: Names, per_buyer_limit: Option<u32>, keeps_orders: bool) -> Self {
        let script = Script::new(keys::CLAIM_SCRIPT);
        Self { script, names, per_buyer_limit: per_buyer_limit.unwrap_or(0), keeps_orders }
    }

    /// Adds SCRIPT LOAD.
    pub fn load(pipeline: &mut Pipeline) {
        pipeline.cmd("SCRIPT").arg("LOAD").arg(keys::CLAIM_SCRIPT);
    }

    /// Adds the command of a request that is sent at `now_ns` on the run's clock.
    pub fn add(&self, pipeline: &mut Pipeline, pending: &Pending, now_ns: u64) {
        let item = pending.item;
        if pending.operation == Operation::Read {
            pipeline.cmd("GET").arg(self.names.page(item));
            return;
        }
        let claim = pipeline.cmd("EVALSHA").arg(self.script.get_hash()).arg(2 + u8::from(self.keeps_orders));
        claim.arg(self.names.goods(item)).arg(self.names.buyers(item));
        if self.keeps_orders {
            claim.arg(self.names.orders(item));
        }
        claim.arg(pending.units).arg(pending.claimant).arg(self.per_buyer_limit);
        // A stage before a queue or a database sends no order: its text would cost every claim something.
        if self.keeps_orders {
            claim.arg(pending.id).arg(Order::of(&pending.request, now_ns).to_string());
        }
    }
}

/// What the script's answer means.
pub fn decision(pending: &Pending, reply: Result<Value, RedisError>) -> Decision {
    match reply.and_then(|value| Ok(from_redis_value::<i64>(value)?)) {
        Ok(taken) if taken == i64::from(pending.units) => Decision::Granted,
        Ok(0) => Decision::SoldOut,
        Ok(-1) => Decision::Duplicate,
        _ => Decision::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::request;
    use super::*;

    fn words(keeps_orders: bool, operation: Operation) -> Vec<String> {
        let mut pipeline = Pipeline::new();
        let commands = Commands::new(Names::Tagged, Some(2), keeps_orders);
        commands.add(&mut pipeline, &request(operation, 7, 3), 99);
        let command = pipeline.cmd_iter().next().unwrap();
        let words = command.args_iter().map(|arg| match arg {
            redis::Arg::Simple(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            redis::Arg::Cursor => "cursor".to_owned(),
            _ => panic!("another kind of argument"),
        });
        words.collect()
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
