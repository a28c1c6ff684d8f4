//! A mistake: the inventory's stock is written anew as the database counts it. Orders that were promised and still wait in the
//! queue are not in the database yet, so their units go back on sale.

use redis::Value;
use tokio::sync::watch;

use super::gate::chunks;
use super::{Control, ControlError};

impl Control {
    /// Writes the stock of every product anew, if it is to. Once the arrivals are over no further chunk is begun.
    pub(super) async fn reload(&self, stop: &watch::Receiver<bool>) -> Result<(), ControlError> {
        let (Some(inventory), Some(writer)) = (&self.inventory, &self.writer) else { return Ok(()) };
        if !self.settings.borrow().params.reload_stock {
            return Ok(());
        }
        let held = writer.held(self.sale.items).await?;
        for items in chunks(0..self.sale.items) {
            if *stop.borrow() {
                break;
            }
            let write = |item: u32| {
                let stock = self.sale.stock_of(item);
                let commands = inventory.form.write(inventory.names(), item, stock, held[item as usize]);
                commands.into_iter().map(move |command| (item, command))
            };
            inventory.query::<Value>(&items.flat_map(write).collect::<Vec<_>>()).await?;
        }
        Ok(())
    }
}
