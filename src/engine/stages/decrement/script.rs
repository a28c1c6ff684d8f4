//! The claim script: check and decrement in one step, because Redis runs a script alone
//! (<https://redis.io/docs/latest/develop/interact/programmability/eval-intro/>).

use redis::Script;

use super::super::super::cluster::names::Names;
use super::super::super::keys;
use super::super::super::order::Order;
use super::super::super::pending::Pending;
use super::super::super::wire::{Commands, Reply};
use super::Decision;
use crate::topology::stage::Mistake;

/// Where the script puts the order of a claim that it grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderGoes {
    /// Nowhere: the stages behind look after it.
    Nowhere,
    /// Into the hash of the product's orders: no stage behind keeps it.
    Kept,
    /// Onto the list of the queue, which is on the same server.
    Enqueued,
}

/// The script, and how one stage calls it.
///
/// KEYS: goods, buyers, and where the order goes. ARGV: units, buyer, the most units a buyer may have (0: no limit), and the
/// order's id and text, if it goes anywhere. It answers the units taken, 0 when the stock does not suffice, −1 when the buyer
/// would exceed the limit.
pub struct ClaimScript {
    script: Script,
    text: String,
    names: Names,
    per_buyer_limit: u64,
    order: OrderGoes,
}

const BEGIN: &str = r"
local units = tonumber(ARGV[1])
local limit = tonumber(ARGV[3])";
const READ_STOCK: &str = r"
local stock = redis.call('HMGET', KEYS[1], 'Total', 'Booked')
local total, booked = tonumber(stock[1] or '0'), tonumber(stock[2] or '0')";
const CHECK_BUYER: &str = r"
if limit > 0 and tonumber(redis.call('HGET', KEYS[2], ARGV[2]) or '0') + units > limit then return -1 end";
const CHECK_STOCK: &str = r"
if booked + units > total then return 0 end";
const CHECK_STOCK_OFF_BY_ONE: &str = r"
if booked > total then return 0 end";
const TAKE: &str = r"
redis.call('HINCRBY', KEYS[1], 'Booked', units)";
const NOTE_BUYER: &str = r"
if limit > 0 then redis.call('HINCRBY', KEYS[2], ARGV[2], units) end";
const KEEP_ORDER: &str = r"
redis.call('HSET', KEYS[3], ARGV[4], ARGV[5])";
const ENQUEUE_ORDER: &str = r"
redis.call('LPUSH', KEYS[3], ARGV[5])";
const END: &str = r"
return units";

impl ClaimScript {
    /// With keys named like this.
    pub fn new(names: Names, per_buyer_limit: Option<u32>, order: OrderGoes) -> Self {
        Self::with_mistake(names, per_buyer_limit, order, None)
    }

    /// The same with a mistake, if it is one of a script.
    pub fn with_mistake(
        names: Names,
        per_buyer_limit: Option<u32>,
        order: OrderGoes,
        mistake: Option<Mistake>,
    ) -> Self {
        let to_order = match order {
            OrderGoes::Nowhere => "",
            OrderGoes::Kept => KEEP_ORDER,
            OrderGoes::Enqueued => ENQUEUE_ORDER,
        };
        let check = if mistake == Some(Mistake::OffByOne) { CHECK_STOCK_OFF_BY_ONE } else { CHECK_STOCK };
        let steps = if mistake == Some(Mistake::DecrementBeforeDuplicateCheck) {
            [READ_STOCK, check, TAKE, CHECK_BUYER]
        } else {
            [CHECK_BUYER, READ_STOCK, check, TAKE]
        };
        let text = [&[BEGIN], &steps[..], &[NOTE_BUYER, to_order, END]].concat().concat();
        let per_buyer_limit = per_buyer_limit.map_or(0, u64::from);
        Self { script: Script::new(&text), text, names, per_buyer_limit, order }
    }

    /// The script.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What EVALSHA calls it by.
    pub fn hash(&self) -> &str {
        self.script.get_hash()
    }

    /// Adds SCRIPT LOAD.
    pub fn load(&self, commands: &mut Commands) {
        commands.command(3).word("SCRIPT").word("LOAD").word(&self.text);
    }

    /// Adds EVALSHA: the script by its hash.
    pub fn call_by_hash(&self, commands: &mut Commands, pending: &Pending, now_ns: u64) {
        self.call(commands, ["EVALSHA", self.hash()], pending, now_ns);
    }

    /// Adds EVAL: the script itself.
    pub fn call_by_text(&self, commands: &mut Commands, pending: &Pending, now_ns: u64) {
        self.call(commands, ["EVAL", &self.text], pending, now_ns);
    }

    fn call(&self, commands: &mut Commands, how: [&str; 2], pending: &Pending, now_ns: u64) {
        let (item, has_order) = (pending.item, self.order != OrderGoes::Nowhere);
        let (words, keys) = if has_order { (11, 3) } else { (8, 2) };
        commands.command(words).word(how[0]).word(how[1]).number(keys);
        commands.key(self.names.goods(), item).key(self.names.buyers(), item);
        match self.order {
            OrderGoes::Nowhere => {}
            OrderGoes::Kept => drop(commands.key(self.names.orders(), item)),
            OrderGoes::Enqueued => drop(commands.word(keys::ORDER_LIST)),
        }
        commands.number(u64::from(pending.units)).number(pending.claimant).number(self.per_buyer_limit);
        // An order that goes nowhere is not sent: its text would cost every claim something.
        if has_order {
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
    use super::super::super::testing::{request, words_of};
    use super::*;
    use crate::workload::Operation;

    #[test]
    fn a_claim_brings_its_order_only_where_it_goes_somewhere() {
        let claim = request(Operation::Claim, 7, 3);
        let called = |order: OrderGoes| {
            let script = ClaimScript::new(Names::Tagged, Some(2), order);
            let mut commands = Commands::default();
            script.call_by_hash(&mut commands, &claim, 99);
            let words = words_of(&commands);
            assert_eq!(words[..2], ["EVALSHA", script.hash()]);
            words[2..].to_vec()
        };
        let bare = ["goods:{3}", "buyers:{3}"];
        assert_eq!(called(OrderGoes::Nowhere), [&["2"], &bare[..], &["1", "7", "2"]].concat());
        let order = ["1", "7", "2", "7", "7 3 7 1 99"];
        assert_eq!(called(OrderGoes::Kept), [&["3"], &bare[..], &["orders:{3}"], &order].concat());
        assert_eq!(called(OrderGoes::Enqueued), [&["3"], &bare[..], &["orderList"], &order].concat());
        let script = ClaimScript::new(Names::Plain, None, OrderGoes::Nowhere);
        let mut commands = Commands::default();
        script.call_by_text(&mut commands, &claim, 99);
        assert_eq!(words_of(&commands)[..2], ["EVAL", script.text()]);
    }
}
