//! What data control writes before people come: stock, flags and pages; the sale closed, unless it opens with the first
//! arrival: then it is written open, and opening it takes no time.
//!
//! The places are filled side by side, chunk by chunk: the number of products costs time, and no memory.

use std::time::Duration;

use redis::{Cmd, RedisResult, Value};
use tokio::time::{Instant, interval};

use super::super::cluster::Holder;
use super::super::store::Writer;
use super::super::store::writer::Goods;
use super::gate::{CHUNK, GateConnection, PageWay, Write, chunks, has_page};
use super::shelf::{PRELOADED, Shelf, Shown, page};
use super::{Control, ControlError};

/// How long the replicas may take to copy what was preloaded.
const REPLICATED_WITHIN: Duration = Duration::from_millis(1_500);
/// How long the replicas of a database may take: they replay what may be a million products.
const COPIED_WITHIN: Duration = Duration::from_secs(30);
/// Between two looks at them.
const LOOK: Duration = Duration::from_millis(5);
/// Products after which the replicas are waited for. A master keeps at most 256 MB back for a replica that is behind, and then
/// lets it begin from the beginning; these are 20 MB.
const COPIED: u32 = 32 * CHUNK;

impl Control {
    /// Writes stock, flags and pages everywhere.
    ///
    /// # Errors
    /// A server or the database refuses.
    pub async fn preload(&self) -> Result<(), ControlError> {
        let is_open = self.sale.opens_at.is_zero();
        let at_gate = async {
            match &self.gate {
                Some(gate) => self.preload_gate(gate, is_open).await.map_err(ControlError::from),
                None => Ok(()),
            }
        };
        let at_inventory = async {
            match &self.inventory {
                Some(inventory) => self.preload_inventory(inventory).await.map_err(ControlError::from),
                None => Ok(()),
            }
        };
        let at_database = self.preload_database(self.writer.as_ref(), is_open);
        let at_other_database = self.preload_database(self.page_writer.as_ref(), is_open);
        tokio::try_join!(at_gate, at_inventory, self.preload_pages(), at_database, at_other_database)?;
        self.opening.note(is_open).await;
        if is_open {
            self.note_on_sale(0..self.sale.items);
        }
        Ok(())
    }

    async fn preload_database(&self, writer: Option<&Writer>, is_open: bool) -> Result<(), ControlError> {
        let Some(writer) = writer else { return Ok(()) };
        let (sale, is_cached) = (self.sale.clone(), self.page_life.is_some());
        let goods = move |item| {
            let total = sale.stock_of(item);
            // What a cache fetches here has to be what it was given first.
            let shown = if is_open && is_cached { Shown::Left(total) } else { Shown::Soon };
            Goods { item, total, page: page(item, PRELOADED, shown, sale.page_bytes) }
        };
        writer.preload(0..self.sale.items, goods).await?;
        writer.set_open(is_open).await?;
        if !writer.await_replicas(COPIED_WITHIN).await? {
            self.troubles.note("the database", &"its replicas don't have what was preloaded");
        }
        Ok(())
    }

    /// Writes pages where they have a Redis of their own, which is no gate.
    async fn preload_pages(&self) -> Result<(), ControlError> {
        let Some(holder) = &self.page_holder else { return Ok(()) };
        let page = |item| (item, preloaded_page(holder, item, self.sale.page_bytes));
        for items in chunks(0..self.sale.items) {
            holder.query::<Value>(&items.map(page).collect::<Vec<_>>()).await?;
        }
        Ok(())
    }

    /// Writes the pages at the gate again, where something has thrown them away.
    ///
    /// # Errors
    /// The gate refuses.
    pub async fn refill(&self) -> Result<(), ControlError> {
        let mut at_gate = self.shelf.lock().await;
        let pages =
            |shelf: &Shelf, item| Write { shown: Some(shelf.shown(item)), ..Write::next(shelf, item) };
        self.write_all(&mut at_gate, PageWay::Written, pages).await
    }

    async fn preload_gate(&self, gate: &GateConnection, is_open: bool) -> RedisResult<()> {
        let mut at_gate = self.shelf.lock().await;
        at_gate.is_open = is_open;
        let mut has_copies = true;
        for items in chunks(0..self.sale.items) {
            let whole = |item| {
                let shown = if is_open { Shown::Left(self.sale.stock_of(item)) } else { Shown::Soon };
                Write {
                    item,
                    version: PRELOADED,
                    is_opening: false,
                    is_anew: true,
                    access: Some(0),
                    shown: Some(shown),
                }
            };
            let writes: Vec<Write> = items.clone().map(whole).collect();
            self.send(gate, is_open, PageWay::Written, &writes).await?;
            for write in &writes {
                at_gate.keep(write.item, write.version, write.shown);
            }
            if has_copies && (items.end.is_multiple_of(COPIED) || items.end == self.sale.items) {
                has_copies = self.await_copies(items.end - 1).await;
            }
        }
        Ok(())
    }

    /// Waits until each replica has the page of a product, and so what was written before it. Answers whether they do. `WAIT`
    /// would speak of those only that copy from the master itself.
    async fn await_copies(&self, item: u32) -> bool {
        let mut looks = interval(LOOK);
        let until = Instant::now() + REPLICATED_WITHIN;
        let mut copied = 0;
        for replica in &self.gate_replicas {
            let mut has_copy = false;
            while !has_copy && Instant::now() < until {
                looks.tick().await;
                has_copy = has_page(replica, item).await;
            }
            copied += usize::from(has_copy);
        }
        let all = copied == self.gate_replicas.len();
        if !all {
            self.troubles.note("the gate", &format!("only {copied} replicas have what was preloaded"));
        }
        all
    }

    async fn preload_inventory(&self, inventory: &Holder) -> RedisResult<()> {
        let (names, holds_pages) = (inventory.names(), self.gate.is_none() && self.page_holder.is_none());
        let commands = |item| {
            let stock = self.sale.stock_of(item);
            let booked = if self.starts_sold_out { stock } else { 0 };
            let stock = inventory.form.write(names, item, stock, booked);
            let page = holds_pages.then(|| preloaded_page(inventory, item, self.sale.page_bytes));
            stock.into_iter().chain(page).map(move |command| (item, command))
        };
        for items in chunks(0..self.sale.items) {
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

/// Writes the page of a product as it is before the sale. The inventory's and the database's stay like this: the stock shown is
/// filled in at the gate.
fn preloaded_page(holder: &Holder, item: u32, bytes: u32) -> Cmd {
    let page = page(item, PRELOADED, Shown::Soon, bytes);
    redis::cmd("SET").arg(holder.names().page().of(item)).arg(page).to_owned()
}
