//! The round trips of one claim: what a strategy says to the master, and what it hears.

use super::super::super::order::Order;
use super::super::super::pending::Pending;
use super::super::super::wire::{Answers, Commands, Reply};
use super::super::lanes::Lane;
use super::super::master_replica::Inventory;
use super::super::pipeline::{Replies, send, send_on};
use super::Decision;

/// A claim's talk with the master, on a connection that nobody else uses meanwhile.
pub struct Talk<'a> {
    inventory: &'a Inventory,
    lane: &'a Lane,
    /// The line of the last trip.
    generation: u64,
    /// Whether the server could be reached so far.
    reached: bool,
}

impl<'a> Talk<'a> {
    /// Before its first trip.
    pub fn new(inventory: &'a Inventory, lane: &'a Lane) -> Self {
        Self { inventory, lane, generation: 0, reached: true }
    }

    /// The most units of a product that a buyer may have.
    pub fn per_buyer_limit(&self) -> Option<i64> {
        self.inventory.per_buyer_limit.map(i64::from)
    }

    /// Whether the order is to be kept here.
    pub fn keeps_orders(&self) -> bool {
        self.inventory.keeps_orders
    }

    /// Adds the command that keeps the order of a claim, where it is kept here.
    pub fn keep_order(&self, commands: &mut Commands, pending: &Pending) {
        if self.inventory.keeps_orders {
            let order = Order::of(&pending.request, self.inventory.core.now_ns());
            let orders = commands.command(4).word("HSET").key(super::super::super::keys::ORDERS, order.item);
            orders.number(order.id).numbers(order.fields());
        }
    }

    /// Sends what only reads.
    ///
    /// # Errors
    /// What to tell the buyer where there are no answers: nothing has happened.
    pub async fn read(&mut self, commands: &Commands) -> Result<Answers, Decision> {
        self.send(commands, false).await.map_err(|_nothing_happened| Decision::Failed)
    }

    /// Sends what writes, but doesn't grant yet.
    ///
    /// # Errors
    /// What to tell the buyer where there are no answers: it was not sent, or it may have happened.
    pub async fn write(&mut self, commands: &Commands) -> Result<Answers, Decision> {
        self.send(commands, false).await
    }

    /// Sends the last writes of a claim, with `WAIT` at their end where replicas have to be waited for. `judge` says what the
    /// answers mean.
    pub async fn conclude(
        &mut self,
        commands: &mut Commands,
        judge: impl FnOnce(&Answers) -> Decision,
    ) -> Decision {
        self.conclude_on(commands, false, judge).await
    }

    /// The same, on the line of the trip before or not at all: what the server remembers of that line counts.
    pub async fn conclude_here(
        &mut self,
        commands: &mut Commands,
        judge: impl FnOnce(&Answers) -> Decision,
    ) -> Decision {
        self.conclude_on(commands, true, judge).await
    }

    /// Whether the server could be reached each time.
    pub fn reached(&self) -> bool {
        self.reached
    }

    async fn conclude_on(
        &mut self,
        commands: &mut Commands,
        same_line: bool,
        judge: impl FnOnce(&Answers) -> Decision,
    ) -> Decision {
        let safety = self.inventory.safety;
        if let Some(safety) = safety {
            safety.ask(commands);
        }
        let answers = match self.send(commands, same_line).await {
            Ok(answers) => answers,
            Err(decision) => return decision,
        };
        match judge(&answers) {
            // It happened on the master, and may be lost with it: nobody is told that he has something.
            Decision::Granted if !safety.is_none_or(|safety| safety.is_met(&answers)) => Decision::Indefinite,
            Decision::Granted => {
                self.lane.wrote(self.generation);
                Decision::Granted
            }
            other => other,
        }
    }

    async fn send(&mut self, commands: &Commands, same_line: bool) -> Result<Answers, Decision> {
        let (replies, generation) = if same_line {
            (send_on(self.lane, commands, self.generation).await, self.generation)
        } else {
            send(self.lane, commands).await
        };
        self.generation = generation;
        match replies {
            Replies::Each(answers) => Ok(answers),
            Replies::Unreachable => {
                self.reached = false;
                Err(Decision::Failed)
            }
            Replies::Unknown => Err(Decision::Indefinite),
        }
    }
}

/// Granted, unless one of the first so many commands was refused: nobody is told that he has what was written only in part.
pub fn unless_refused(writes: usize) -> impl FnOnce(&Answers) -> Decision {
    move |answers| {
        let is_refused = answers.iter().take(writes).any(|reply| matches!(reply, Reply::Error(_)));
        if is_refused { Decision::Failed } else { Decision::Granted }
    }
}

/// A number that may not be there yet, and then is 0; none if the answer is something else.
pub fn count(reply: &Reply<'_>) -> Option<i64> {
    match reply {
        Reply::Nil => Some(0),
        other => other.int(),
    }
}
