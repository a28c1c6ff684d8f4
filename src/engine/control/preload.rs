//! What data control writes before people come: stock, flags and pages, the sale closed.

use std::time::Duration;

use redis::{Pipeline, RedisResult, Value};

use super::super::cluster::Holder;
use super::super::keys;
use super::super::sqlite::writer::Goods;
use super::{CHUNK, Control, ControlError};

/// How long the replicas may take to copy what was preloaded.
const REPLICATED_WITHIN: Duration = Duration::from_millis(1_500);
/// Length of a product page, in bytes: a small page of text.
const PAGE_BYTES: usize = 512;

impl Control {
    /// Writes stock, flags and pages everywhere, the sale closed.
    ///
    /// # Errors
    /// A server or the database refuses.
    pub async fn preload(&self) -> Result<(), ControlError> {
        if let Some(gate) = &self.gate {
            self.in_chunks(gate, |pipeline, item| {
                pipeline.cmd("SET").arg(keys::count(item)).arg(self.sale.stock_of(item));
                pipeline.cmd("SET").arg(keys::start(item)).arg(0);
                pipeline.cmd("SET").arg(keys::access(item)).arg(0);
                pipeline.cmd("SET").arg(keys::page(item)).arg(page(item));
            })
            .await?;
            let mut wait = Pipeline::new();
            wait.cmd("WAIT").arg(self.gate_replicas).arg(REPLICATED_WITHIN.as_millis());
            let (copied,): (usize,) = gate.query(&wait).await?;
            if copied < self.gate_replicas {
                self.troubles.note("the gate", &format!("only {copied} replicas have what was preloaded"));
            }
        }
        if let Some(inventory) = &self.inventory {
            self.preload_inventory(inventory).await?;
        }
        if let Some(writer) = &self.writer {
            let goods = |item| Goods { item, total: self.sale.stock_of(item), page: page(item) };
            writer.preload((0..self.sale.items).map(goods).collect()).await?;
        }
        Ok(())
    }

    async fn preload_inventory(&self, inventory: &Holder) -> RedisResult<()> {
        let (names, holds_pages) = (inventory.names(), self.gate.is_none());
        let commands = |item| {
            let mut goods = redis::cmd("HSET");
            goods.arg(names.goods(item)).arg("Total").arg(self.sale.stock_of(item)).arg("Booked").arg(0);
            let page =
                holds_pages.then(|| redis::cmd("SET").arg(names.page(item)).arg(page(item)).to_owned());
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

fn page(item: u32) -> String {
    format!("{:<PAGE_BYTES$}", format!("<h1>Product {item}</h1><p>On sale soon, while stocks last.</p>"))
}
