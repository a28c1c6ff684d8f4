//! WATCH and MULTI: read, decide in the service, and write only if nobody wrote in between
//! (<https://redis.io/docs/latest/develop/using-commands/transactions/#optimistic-locking-using-check-and-set>).
//!
//! Two round trips an attempt, and on a product that everybody wants most attempts are in vain: the first EXEC to arrive wins, and
//! all others begin again. After so many attempts the claim fails: the buyer is told so, and nothing was sold.

use super::super::super::keys;
use super::super::super::pending::Pending;
use super::super::super::wire::{Answers, Commands, Reply};
use super::naive::{decide, read_stock};
use super::talk::Talk;
use super::{Decision, SeveralTrips};

/// Read under WATCH, write in MULTI and EXEC.
pub struct WatchMulti {
    /// How often a claim is tried.
    pub attempts: u32,
}

impl SeveralTrips for WatchMulti {
    async fn claim(&self, talk: &mut Talk<'_>, pending: &Pending) -> Decision {
        for _ in 0..self.attempts {
            if let Some(decision) = attempt(talk, pending).await {
                return decision;
            }
        }
        Decision::Failed
    }
}

/// One attempt; none if another claim came between.
async fn attempt(talk: &mut Talk<'_>, pending: &Pending) -> Option<Decision> {
    let mut commands = Commands::default();
    // A claim before this one may have been refused, and left its keys watched.
    commands.command(1).word("UNWATCH");
    let watch = commands.command(3).word("WATCH");
    watch.key(keys::GOODS, pending.item).key(keys::BUYERS, pending.item);
    let before = commands.len();
    read_stock(&mut commands, pending);
    let answers = match talk.read(&commands).await {
        Ok(answers) => answers,
        Err(decision) => return Some(decision),
    };
    if let Err(decision) = decide(&answers, before, pending, talk.per_buyer_limit()) {
        return Some(decision);
    }
    commands.clear();
    commands.command(1).word("MULTI");
    let goods = commands.command(4).word("HINCRBY").key(keys::GOODS, pending.item);
    goods.word("Booked").number(u64::from(pending.units));
    let buyers = commands.command(4).word("HINCRBY").key(keys::BUYERS, pending.item);
    buyers.number(pending.claimant).number(u64::from(pending.units));
    talk.keep_order(&mut commands, pending);
    let exec = commands.len();
    commands.command(1).word("EXEC");
    let mut is_outrun = false;
    let judge = |answers: &Answers| match answers.get(exec) {
        Some(Reply::Array(_)) => Decision::Granted,
        Some(Reply::Nil) => {
            is_outrun = true;
            Decision::Failed
        }
        _ => Decision::Failed,
    };
    // On the line that watches: another one would let any EXEC pass.
    let decision = talk.conclude_here(&mut commands, judge).await;
    (!is_outrun).then_some(decision)
}
