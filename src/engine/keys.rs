//! The names of keys in Redis, and the scripts that work on them.
//!
//! The names follow the source text of the six phases: `goodsId_count`, `goodsId_start` and `goodsId_access` at the
//! gate, the hash `goodsId` with `Total` and `Booked` at the inventory, and the list `orderList`.

use super::wire::Key;

/// The list of orders on their way to the database.
pub const ORDER_LIST: &str = "orderList";
/// The stream of orders on their way to the database.
pub const ORDER_STREAM: &str = "orderStream";
/// The group of its consumers.
pub const GROUP: &str = "consumers";
/// Ids of the orders whose units were returned to the inventory, so that a repeated return changes nothing.
pub const RETURNED: &str = "returned";

/// How often data control has written a product at the gate.
pub const VERSION: Key = Key { before: "", behind: "_version" };
/// Stock of a product, at the gate.
pub const COUNT: Key = Key { before: "", behind: "_count" };
/// 1 once the sale of a product is open, at the gate.
pub const START: Key = Key { before: "", behind: "_start" };
/// Orders of a product let in, at the gate.
pub const ACCESS: Key = Key { before: "", behind: "_access" };
/// The hash `{Total, Booked}` of a product, at the inventory.
pub const GOODS: Key = Key { before: "goods:", behind: "" };
/// The counter of the units left of a product, at an inventory that counts down.
pub const LEFT: Key = Key { before: "left:", behind: "" };
/// The list of the units left of a product, at an inventory that hands out tokens.
pub const TOKENS: Key = Key { before: "tokens:", behind: "" };
/// An element of it; one is like the other.
pub const TOKEN: &str = "1";
/// The hash from buyer to units of a product, at the inventory.
pub const BUYERS: Key = Key { before: "buyers:", behind: "" };
/// The hash from id to text of the orders of a product, at an inventory behind which nobody keeps them.
pub const ORDERS: Key = Key { before: "orders:", behind: "" };
/// The list of the events of a stream, oldest first, at a Redis behind which nobody keeps them.
pub const STREAM: Key = Key { before: "stream:", behind: "" };
/// A counter: increments that are not flushed yet, where they are flushed.
pub const COUNTER: Key = Key { before: "counter:", behind: "" };
/// The flush of a counter that is not confirmed: its number and its amount.
pub const FLUSHING: Key = Key { before: "flushing:", behind: "" };
/// The page of a product; numbers beyond the products are those of readers.
pub const PAGE: Key = Key { before: "page:", behind: "" };

/// Before the session of somebody.
pub const SESSION: &str = "session:";

/// Where the lab writes its heartbeats: nanoseconds on the run's clock.
pub const HEARTBEAT: &str = "lab:heartbeat";
/// Where a probe writes, for each kind of clients.
pub const PROBE: &str = "lab:probe";

/// The list of the orders that a consumer has taken and not yet written.
pub fn processing(consumer: usize) -> String {
    format!("{ORDER_LIST}:processing:{consumer}")
}

/// The key that is there as long as a consumer says that it lives.
pub fn alive(consumer: usize) -> String {
    format!("{ORDER_LIST}:alive:{consumer}")
}

/// Takes what a counter has, to be added to the database, under the number of a flush. One that was not confirmed comes first,
/// with the number that it had: so what is asked twice is the same.
/// KEYS: counter, flushing. ARGV: number of the flush. Answers number and amount, or nothing where there is none.
pub const FLUSH_SCRIPT: &str = r"
local open = redis.call('GET', KEYS[2])
if open then return open end
local amount = redis.call('GET', KEYS[1])
if not amount then return false end
redis.call('DEL', KEYS[1])
local flush = ARGV[1] .. ' ' .. amount
redis.call('SET', KEYS[2], flush)
return flush";

/// Confirms a flush that the database has.
/// KEYS: flushing. ARGV: number and amount.
pub const FLUSHED_SCRIPT: &str = r"
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0";

/// Moves up to a number of orders, oldest first, from the list to the end of a processing list, atomically.
/// KEYS: list, processing list. ARGV: how many at the most. Answers the whole processing list, so that what an earlier
/// consumer or a late answer left there is found too.
///
/// One call does what as many LMOVE would do (<https://redis.io/docs/latest/commands/lmove/#pattern-reliable-queue>), and
/// replicates as two commands. Where all that waits is taken into empty hands, the list itself changes its name: that is one
/// command, however many orders it holds. Lua's `unpack` takes about 8,000 values; a batch is 5,000 at the most.
pub const TAKE_SCRIPT: &str = r"
local most = tonumber(ARGV[1])
local waiting = redis.call('LLEN', KEYS[1])
if waiting > 0 and waiting <= most and redis.call('EXISTS', KEYS[2]) == 0 then
  redis.call('RENAME', KEYS[1], KEYS[2])
elseif waiting > 0 then
  local taken = redis.call('LRANGE', KEYS[1], -most, -1)
  redis.call('LTRIM', KEYS[1], 0, -#taken - 1)
  redis.call('RPUSH', KEYS[2], unpack(taken))
end
return redis.call('LRANGE', KEYS[2], 0, -1)";

/// Takes orders that were written off a processing list, where they stand first: a command of a consumer that died since,
/// which arrives late, must not take those of its successor.
/// KEYS: processing list. ARGV: the first of the orders, how many. Answers whether they were there.
pub const DONE_SCRIPT: &str = r"
if redis.call('LINDEX', KEYS[1], 0) ~= ARGV[1] then return 0 end
redis.call('LTRIM', KEYS[1], ARGV[2], -1)
return 1";

/// Moves the processing list of a consumer that no longer says that it lives to the end of another's, in order.
/// KEYS: its sign of life, its processing list, the other's. Answers how many orders were moved.
pub const TAKE_OVER_SCRIPT: &str = r"
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
local moved = 0
while redis.call('LMOVE', KEYS[2], KEYS[3], 'LEFT', 'RIGHT') do moved = moved + 1 end
return moved";
