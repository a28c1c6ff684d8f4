//! The naive decrement: read the stock, decide in the service, write the new figure back. Between the two round trips others do
//! the same.

use super::super::super::keys;
use super::super::super::pending::Pending;
use super::super::super::wire::{Answers, Commands, Reply};
use super::talk::{Talk, count, unless_refused};
use super::{Decision, SeveralTrips};

/// Read, then write.
pub struct Naive;

/// What a product and a buyer will have, if the claim is granted.
pub struct Figures {
    booked: i64,
    had: i64,
}

impl SeveralTrips for Naive {
    async fn claim(&self, talk: &mut Talk<'_>, pending: &Pending) -> Decision {
        let mut commands = Commands::default();
        read_stock(&mut commands, pending);
        let answers = match talk.read(&commands).await {
            Ok(answers) => answers,
            Err(decision) => return decision,
        };
        let Figures { booked, had } = match decide(&answers, 0, pending, talk.per_buyer_limit()) {
            Ok(figures) => figures,
            Err(decision) => return decision,
        };
        // Computed from what may no longer be true.
        commands.clear();
        let goods = commands.command(4).word("HSET").key(keys::GOODS, pending.item);
        goods.word("Booked").word(booked.to_string());
        let buyers = commands.command(4).word("HSET").key(keys::BUYERS, pending.item);
        buyers.number(pending.claimant).word(had.to_string());
        talk.keep_order(&mut commands, pending);
        let writes = commands.len();
        talk.conclude(&mut commands, unless_refused(writes)).await
    }
}

/// Adds what reads total and booked, and what the buyer has.
pub fn read_stock(commands: &mut Commands, pending: &Pending) {
    commands.command(4).word("HMGET").key(keys::GOODS, pending.item).word("Total").word("Booked");
    commands.command(3).word("HGET").key(keys::BUYERS, pending.item).number(pending.claimant);
}

/// What [`read_stock`] says to a claim; its answers come after so many others.
///
/// # Errors
/// What to tell the buyer who gets nothing.
pub fn decide(
    answers: &Answers,
    first: usize,
    pending: &Pending,
    limit: Option<i64>,
) -> Result<Figures, Decision> {
    let (total, booked, had) = stock(answers, first).ok_or(Decision::Failed)?;
    let units = i64::from(pending.units);
    if limit.is_some_and(|limit| had + units > limit) {
        Err(Decision::Duplicate)
    } else if booked + units > total {
        Err(Decision::SoldOut)
    } else {
        Ok(Figures { booked: booked + units, had: had + units })
    }
}

/// Total, booked, and the units that the buyer has; none if the answers are something else.
fn stock(answers: &Answers, first: usize) -> Option<(i64, i64, i64)> {
    let Reply::Array(mut goods) = answers.get(first)? else { return None };
    Some((count(&goods.next()?)?, count(&goods.next()?)?, count(&answers.get(first + 1)?)?))
}
