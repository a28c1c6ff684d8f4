//! Write at once, look at what came of it, and give back what was too much: first the buyer's share is noted, then units are
//! taken, then the order is kept. Each is one command and one round trip, and whoever gets stuck in the middle undoes what he did.
//!
//! While a claim gives back, what it took is nobody's: others may be told that all is sold. A service that dies between two
//! trips, or is never answered, gives nothing back.

use super::super::super::keys;
use super::super::super::pending::Pending;
use super::super::super::wire::{Answers, Commands, Reply};
use super::talk::{Talk, unless_refused};
use super::{Decision, SeveralTrips};

/// What units are taken from.
pub trait Take: Send + Sync + 'static {
    /// Adds the command that takes the units of a claim.
    fn take(&self, commands: &mut Commands, pending: &Pending);

    /// What its answer says; none if it says something else.
    fn took(&self, pending: &Pending, reply: &Reply<'_>) -> Option<Took>;

    /// Adds the command that gives so many units back.
    fn give_back(&self, commands: &mut Commands, pending: &Pending, units: u32);
}

/// What came of taking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Took {
    /// Whether these are the units of the claim.
    pub is_enough: bool,
    /// Units to be given back if the claim is not granted.
    pub units: u32,
}

/// Step by step, from what units are taken from.
pub struct Piecemeal<T> {
    /// From what.
    pub from: T,
    /// Whether units that were too many are given back. It is a mistake if they are not.
    pub gives_back: bool,
}

impl<T: Take> SeveralTrips for Piecemeal<T> {
    async fn claim(&self, talk: &mut Talk<'_>, pending: &Pending) -> Decision {
        if let Err(decision) = reserve(talk, pending).await {
            return decision;
        }
        let mut took = None;
        let decision = self.take(talk, pending, &mut took).await;
        if decision != Decision::Granted {
            self.undo(talk, pending, decision, took).await;
            return decision;
        }
        if !talk.keeps_orders() {
            return decision;
        }
        let mut commands = Commands::default();
        talk.keep_order(&mut commands, pending);
        let decision = talk.conclude(&mut commands, unless_refused(1)).await;
        self.undo(talk, pending, decision, took).await;
        decision
    }
}

impl<T: Take> Piecemeal<T> {
    /// Takes the units. Where no order is to be kept, this is the last write of the claim.
    async fn take(&self, talk: &mut Talk<'_>, pending: &Pending, took: &mut Option<Took>) -> Decision {
        let mut commands = Commands::default();
        self.from.take(&mut commands, pending);
        let mut judge = |answers: &Answers| {
            *took = answers.get(0).and_then(|reply| self.from.took(pending, &reply));
            match took {
                Some(Took { is_enough: true, .. }) => Decision::Granted,
                Some(_) => Decision::SoldOut,
                None => Decision::Failed,
            }
        };
        if !talk.keeps_orders() {
            return talk.conclude(&mut commands, judge).await;
        }
        match talk.write(&commands).await {
            Ok(answers) => judge(&answers),
            Err(decision) => decision,
        }
    }

    /// Gives back what a claim took that was not granted. What may have happened is left alone.
    async fn undo(&self, talk: &mut Talk<'_>, pending: &Pending, decision: Decision, took: Option<Took>) {
        if matches!(decision, Decision::Granted | Decision::Indefinite) {
            return;
        }
        let mut commands = Commands::default();
        if let Some(Took { units: units @ 1.., .. }) = took
            && self.gives_back
        {
            self.from.give_back(&mut commands, pending, units);
        }
        if talk.per_buyer_limit().is_some() {
            note_buyer(&mut commands, pending, -i64::from(pending.units));
        }
        if commands.len() > 0 {
            // Whoever is not answered here can do no more.
            drop(talk.write(&commands).await);
        }
    }
}

/// Notes the buyer's units, if a buyer may have so many only, and takes them back if he has too many.
async fn reserve(talk: &mut Talk<'_>, pending: &Pending) -> Result<(), Decision> {
    let Some(limit) = talk.per_buyer_limit() else { return Ok(()) };
    let mut commands = Commands::default();
    note_buyer(&mut commands, pending, i64::from(pending.units));
    let answers = talk.write(&commands).await?;
    let Some(Reply::Int(has)) = answers.get(0) else { return Err(Decision::Failed) };
    if has <= limit {
        return Ok(());
    }
    commands.clear();
    note_buyer(&mut commands, pending, -i64::from(pending.units));
    drop(talk.write(&commands).await);
    Err(Decision::Duplicate)
}

fn note_buyer(commands: &mut Commands, pending: &Pending, units: i64) {
    let buyers = commands.command(4).word("HINCRBY").key(keys::BUYERS, pending.item);
    buyers.number(pending.claimant).word(units.to_string());
}
