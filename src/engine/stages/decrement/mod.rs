//! How stock is taken from Redis: one file a strategy, all of one shape.
//!
//! A strategy of one round trip ([`OneTrip`]) makes a command of each claim and reads its answer; many claims ride in one
//! pipeline. A strategy of several dependent round trips ([`SeveralTrips`]) talks with the master about one claim at a time, on a
//! connection that nobody else uses meanwhile, as a real service would: what happens between two trips is the real race, and
//! nothing is slowed down for it. In which form the stock is kept is in [`super::super::stock`].
//!
//! - [`script`]: the claim script. [`lua_evalsha`], [`lua_eval`], [`one_script`]: how it is called, in one round trip.
//! - [`talk`]: the round trips of one claim. [`naive`], [`watch_multi`]: those who read before they write.
//! - [`piecemeal`]: those who write at once and give back what was too much. [`decr`], [`list_token`]: what they take units from.

pub mod decr;
pub mod list_token;
pub mod lua_eval;
pub mod lua_evalsha;
pub mod naive;
pub mod one_script;
pub mod piecemeal;
pub mod script;
pub mod talk;
pub mod watch_multi;

use super::super::pending::Pending;
use super::super::wire::{Commands, Reply};
use talk::Talk;

/// What the stock says to a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// The units are the buyer's.
    Granted,
    /// The stock does not suffice.
    SoldOut,
    /// The buyer would have more than one buyer may.
    Duplicate,
    /// Nothing was sold: an error before anything happened, or a strategy that gave up.
    Failed,
    /// No answer: it may have happened.
    Indefinite,
}

/// A strategy whose claim is one command, which calls the script.
pub trait OneTrip: Send + Sync {
    /// Adds what a server has to be sent before the first claim, and again when it says NOSCRIPT.
    fn prepare(&self, _: &mut Commands) {}

    /// Adds the command of a claim that is sent at `now_ns` on the run's clock.
    fn claim(&self, commands: &mut Commands, pending: &Pending, now_ns: u64);

    /// What the answer to that command means.
    fn decision(&self, pending: &Pending, reply: &Reply<'_>) -> Decision {
        script::decision(pending, reply)
    }
}

/// A strategy whose claim takes several round trips, each of which depends on the answers to the one before.
pub trait SeveralTrips: Send + Sync + 'static {
    /// Decides a claim.
    fn claim(&self, talk: &mut Talk<'_>, pending: &Pending) -> impl Future<Output = Decision> + Send;
}
