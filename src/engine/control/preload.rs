//! What data control writes before people come: stock, flags and pages, the sale closed.

use std::time::Duration;

use redis::{Pipeline, RedisResult, Value};
use tokio::time::{Instant, interval};

use super::super::cluster::Holder;
use super::super::keys;
use super::super::sqlite::writer::Goods;
use super::shelf::{PRELOADED, Shelf, Shown, page};
use super::{CHUNK, Control, ControlError};

/// How long the replicas may take to copy what was preloaded.
const REPLICATED_WITHIN: Duration = Duration::from_millis(1_500);
/// Between two looks at them.
const LOOK: Duration = Duration::from_millis(5);

impl Control {
    /// Writes stock, flags and pages everywhere, the sale closed.
    ///
    /// # Errors
    /// A server or the database refuses.
    pub async fn preload(&self) -> Result<(), ControlError> {
        if let Some(gate) = &self.gate {
            self.in_chunks(gate, |pipeline, item| {
                let mset = pipeline.cmd("MSET").arg(keys::COUNT.of(item)).arg(self.sale.stock_of(item));
                mset.arg(keys::START.of(item)).arg(0).arg(keys::ACCESS.of(item)).arg(0);
                mset.arg(keys::VERSION.of(item)).arg(PRELOADED).arg(keys::PAGE.of(item)).arg(preloaded(item));
            })
            .await?;
            self.await_copies().await;
        }
        if let Some(inventory) = &self.inventory {
            self.preload_inventory(inventory).await?;
        }
        if let Some(writer) = &self.writer {
            let goods = |item| Goods { item, total: self.sale.stock_of(item), page: preloaded(item) };
            writer.preload((0..self.sale.items).map(goods).collect()).await?;
        }
        Ok(())
    }

    /// Writes the pages at the gate again, where something has thrown them away.
    ///
    /// # Errors
    /// The gate refuses.
    pub async fn refill(&self) -> Result<(), ControlError> {
        let mut at_gate = self.shelf.lock().await;
        let pages = |shelf: &Shelf, mset: &mut Pipeline, item, version| {
            mset.arg(keys::PAGE.of(item)).arg(page(item, version, shelf.shown(item)));
        };
        self.write_anew(&mut at_gate, pages, |versions, written| versions.acknowledge(written, &[])).await?;
        Ok(())
    }

    /// Waits until each replica has what was preloaded. `WAIT` would speak of those only that copy from the master itself.
    async fn await_copies(&self) {
        let mut last = Pipeline::new();
        last.cmd("EXISTS").arg(keys::PAGE.of(self.sale.items - 1));
        let mut looks = interval(LOOK);
        let until = Instant::now() + REPLICATED_WITHIN;
        let mut copied = 0;
        for replica in &self.gate_replicas {
            // What is written last comes last. A replica that can't be asked has no copy either.
            let mut has_copy = false;
            while !has_copy && Instant::now() < until {
                looks.tick().await;
                has_copy = replica.query::<(bool,)>(&last).await.is_ok_and(|(found,)| found);
            }
            copied += usize::from(has_copy);
        }
        if copied < self.gate_replicas.len() {
            self.troubles.note("the gate", &format!("only {copied} replicas have what was preloaded"));
        }
    }

    async fn preload_inventory(&self, inventory: &Holder) -> RedisResult<()> {
        let (names, holds_pages) = (inventory.names(), self.gate.is_none());
        let commands = |item| {
            let mut goods = redis::cmd("HSET");
            goods.arg(names.goods().of(item)).arg("Total").arg(self.sale.stock_of(item)).arg("Booked").arg(0);
            let page = holds_pages
                .then(|| redis::cmd("SET").arg(names.page().of(item)).arg(preloaded(item)).to_owned());
            [Some(goods), page].into_iter().flatten().map(move |command| (item, command))
        };
        for start in (0..self.sale.items).step_by(CHUNK as usize) {
            let items = start..(start + CHUNK).min(self.sale.items);
            inventory.query::<Value>(&items.flat_map(commands).collect::<Vec<_>>()).await?;
        }
        if self.inventory_replicas > 0 {
            let copied = inventory.wait(self.inventory_replicas, REPLICATED_WITHIN).await?;
            if copied < self.inventory_replicas {
                self.troubles
                    .note("the inventory", &format!("only {copied} replicas have what was preloaded"));
            }
        }
        Ok(())
    }
}

/// The page of a product before the sale. The database's stays like this: the stock shown is filled in at the gate.
fn preloaded(item: u32) -> String {
    page(item, PRELOADED, Shown::Soon)
}
