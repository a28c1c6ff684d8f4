//! Records at Redis master-replica: an event becomes RPUSH on the list of its stream, an increment becomes INCR of its counter. They
//! have connections of their own beside those of the inventory, whatever strategy that one has; everything else goes on to it.

use std::sync::Arc;

use super::super::cluster::names::Names;
use super::super::entry::Event;
use super::super::pending::{Batch, Pending};
use super::super::wire::{Commands, Reply};
use super::core::{Core, Stage};
use super::lanes::{Lane, Lanes};
use super::pipeline::{Replies, Safety, send};
use crate::metrics::{Outcome, Reason};
use crate::workload::Operation;

/// The part of a stage that keeps records, before the part that holds the stock.
pub struct RecordStage {
    /// The stage's core; both parts write one book.
    pub core: Arc<Core>,
    /// The part that holds the stock.
    pub inventory: Arc<dyn Stage>,
    /// What keeps the events behind this stage; none: it keeps them itself.
    pub events_go_to: Option<Arc<dyn Stage>>,
    /// The lanes to the master.
    pub lanes: Lanes,
    /// Replicas that must have a record before it is acknowledged.
    pub safety: Option<Safety>,
}

impl RecordStage {
    /// Serves a lane until the stage is gone.
    pub async fn work(self: Arc<Self>, lane: Lane) {
        let mut commands = Commands::default();
        while let Some(batch) = lane.next().await {
            let now_ns = self.core.now_ns();
            commands.clear();
            for pending in &batch {
                ask(&mut commands, Names::Plain, pending, now_ns);
            }
            if let Some(safety) = self.safety {
                safety.ask(&mut commands);
            }
            let (replies, generation) = send(&lane, &commands).await;
            lane.done(batch.len(), !matches!(replies, Replies::Unreachable));
            if self.conclude(batch, &replies) {
                lane.wrote(generation);
            }
        }
    }

    /// Tells people what became of their records. Answers whether any was kept.
    fn conclude(&self, batch: Batch, replies: &Replies) -> bool {
        let answers = match replies {
            Replies::Each(answers) => answers,
            Replies::Unreachable => {
                self.core.end(&batch, Outcome::Failed);
                return false;
            }
            Replies::Unknown => {
                self.core.end(&batch, Outcome::Indefinite);
                return false;
            }
        };
        let (mut kept, mut refused) = (Batch::with_capacity(batch.len()), Batch::new());
        for (pending, reply) in batch.into_iter().zip(answers.iter()) {
            if is_kept(&reply) { kept.push(pending) } else { refused.push(pending) }
        }
        // What happened on the master may be lost with it: without its replicas nobody is told.
        let is_safe = self.safety.is_none_or(|safety| safety.is_met(answers));
        self.core.end(&refused, Outcome::Failed);
        self.core.end(&kept, if is_safe { Outcome::Served } else { Outcome::Indefinite });
        is_safe && !kept.is_empty()
    }
}

impl Stage for RecordStage {
    fn take(&self, mut batch: Batch) {
        let mut records: Batch = batch.extract_if(.., |pending| pending.operation.is_record()).collect();
        self.inventory.take(batch);
        if records.is_empty() {
            return;
        }
        self.core.arrive(&mut records);
        if let Some(next) = &self.events_go_to {
            let events = records.extract_if(.., |pending| pending.operation == Operation::Append).collect();
            self.core.pass(events, &**next);
        }
        self.core.intercept(&self.lanes.offer(records), Reason::Shed);
    }
}

/// Adds the command of a record that is sent at `now_ns` on the run's clock.
pub fn ask(commands: &mut Commands, names: Names, record: &Pending, now_ns: u64) {
    let number = record.item;
    if record.operation == Operation::Append {
        let event = Event::of(&record.request, now_ns);
        commands.command(3).word("RPUSH").key(names.stream(), number).numbers(event.fields());
    } else {
        commands.command(2).word("INCR").key(names.counter(), number);
    }
}

/// Whether the answer says that a record is kept.
pub fn is_kept(reply: &Reply<'_>) -> bool {
    matches!(reply, Reply::Int(_))
}

#[cfg(test)]
mod tests {
    use super::super::testing::request;
    use super::*;

    #[test]
    fn records_become_the_commands_of_lists_and_counters() {
        let mut commands = Commands::default();
        ask(&mut commands, Names::Plain, &request(Operation::Append, 7, 3), 99);
        ask(&mut commands, Names::Tagged, &request(Operation::Count, 8, 4), 99);
        let text = String::from_utf8_lossy(commands.bytes()).into_owned();
        let words: Vec<&str> = text.lines().filter(|line| !line.starts_with(['*', '$'])).collect();
        assert_eq!(words, ["RPUSH", "stream:3", "7 3 7 99", "INCR", "counter:{4}"]);
    }
}
