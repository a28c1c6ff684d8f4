//! What data control writes before people come: stock, flags and pages, the sale closed.

use std::time::Duration;

use redis::{Pipeline, RedisResult};

use super::super::keys;
use super::super::redis_link::Connection;
use super::super::sqlite::writer::Goods;
use super::{Control, ControlError};

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
            })
            .await?;
            self.write_pages(gate).await?;
            let mut wait = Pipeline::new();
            wait.cmd("WAIT").arg(self.gate_replicas).arg(REPLICATED_WITHIN.as_millis());
            let (copied,): (usize,) = gate.query(&wait).await?;
            if copied < self.gate_replicas {
                self.troubles.note("the gate", &format!("only {copied} replicas have what was preloaded"));
            }
        }
        if let Some(inventory) = &self.inventory {
            self.in_chunks(inventory, |pipeline, item| {
                let stock = self.sale.stock_of(item);
                pipeline.cmd("HSET").arg(keys::goods(item)).arg("Total").arg(stock).arg("Booked").arg(0);
            })
            .await?;
            if self.gate.is_none() {
                self.write_pages(inventory).await?;
            }
        }
        if let Some(writer) = &self.writer {
            let goods = |item| Goods { item, total: self.sale.stock_of(item), page: page(item) };
            writer.preload((0..self.sale.items).map(goods).collect()).await?;
        }
        Ok(())
    }

    /// Writes the pages at the gate again, where something has thrown them away.
    ///
    /// # Errors
    /// The gate refuses.
    pub async fn refill(&self) -> Result<(), ControlError> {
        if let Some(gate) = &self.gate {
            self.write_pages(gate).await?;
        }
        Ok(())
    }

    async fn write_pages(&self, connection: &Connection) -> RedisResult<()> {
        self.in_chunks(connection, |pipeline, item| {
            pipeline.cmd("SET").arg(keys::page(item)).arg(page(item));
        })
        .await
    }
}

fn page(item: u32) -> String {
    format!("{:<PAGE_BYTES$}", format!("<h1>Product {item}</h1><p>On sale soon, while stocks last.</p>"))
}
