//! Redis master-replica with a strategy of several round trips. Each connection of the pool works on one request at a time.

use std::sync::Arc;

use super::super::keys;
use super::super::pending::{Batch, Page, Pending};
use super::super::wire::{Commands, Reply};
use super::core::Stage;
use super::decrement::SeveralTrips;
use super::decrement::talk::Talk;
use super::lanes::Lane;
use super::master_replica::Inventory;
use super::pipeline::{Replies, send};
use crate::metrics::{Outcome, Reason};
use crate::workload::Operation;

/// The inventory with such a strategy.
pub struct SteppedStage<S> {
    inventory: Inventory,
    strategy: S,
}

impl<S: SeveralTrips> SteppedStage<S> {
    /// The stage; its workers are started by [`Self::work`].
    pub fn new(inventory: Inventory, strategy: S) -> Self {
        Self { inventory, strategy }
    }

    /// Serves a lane until the stage is gone.
    pub async fn work(self: Arc<Self>, lane: Lane) {
        while let Some(batch) = lane.next().await {
            let count = batch.len();
            let mut reached = true;
            for pending in batch {
                reached = match pending.operation {
                    Operation::Read => self.read(&lane, pending).await,
                    _ => self.claim(&lane, pending).await,
                };
            }
            lane.done(count, reached);
        }
    }

    async fn read(&self, lane: &Lane, mut pending: Pending) -> bool {
        let mut commands = Commands::default();
        commands.command(2).word("GET").key(keys::PAGE, pending.item);
        let (replies, _) = send(lane, &commands).await;
        match replies.first() {
            Some(Reply::Nil) => self.inventory.conclude_reads(&[], vec![pending]),
            Some(Reply::Text(page)) => {
                pending.page = Page::of(page);
                self.inventory.conclude_reads(&[pending], Vec::new());
            }
            _ => self.inventory.core.end(&[pending], Outcome::Failed),
        }
        !matches!(replies, Replies::Unreachable)
    }

    async fn claim(&self, lane: &Lane, pending: Pending) -> bool {
        let mut talk = Talk::new(&self.inventory, lane);
        let decision = self.strategy.claim(&mut talk, &pending).await;
        self.inventory.conclude(&[(pending, decision)]);
        talk.reached()
    }
}

impl<S: SeveralTrips> Stage for SteppedStage<S> {
    fn take(&self, mut batch: Batch) {
        self.inventory.core.arrive(&mut batch);
        let refused = self.inventory.master.offer_singly(batch);
        self.inventory.core.intercept(&refused, Reason::Shed);
    }
}
