//! The opening of the sale: at its moment, unless a fault has put the sale's clock somewhere else.
//!
//! A sale that opens with the first arrival is preloaded open. One that opens later is opened at its moment, product by product,
//! two hundred by a command, the most wanted first. Nothing else of data control goes on
//! meanwhile, and in the database, where it decides, one row says it for all products.

use std::time::Duration;

use tokio::sync::{Mutex, watch};
use tokio::time::sleep;

use super::{Control, ControlError};

/// How long data control rests before it tries again to open the sale.
const REST: Duration = Duration::from_millis(50);

/// What is known of the opening.
#[derive(Debug)]
pub struct Opening {
    /// Whether the sale is open, as it was written last; none where that failed on the way. It is held while it is written,
    /// so that openings and closings come one after the other.
    is_open: Mutex<Option<bool>>,
    /// Whether a fault has put the clock past the opening or before it; none: it goes as the workload says.
    moved: watch::Sender<Option<bool>>,
}

impl Default for Opening {
    fn default() -> Self {
        Self { is_open: Mutex::new(Some(false)), moved: watch::channel(None).0 }
    }
}

impl Opening {
    /// Notes whether the sale was preloaded open.
    pub(super) async fn note(&self, is_open: bool) {
        *self.is_open.lock().await = Some(is_open);
    }
}

impl Control {
    /// Waits for the moment of the opening and opens the sale, again and again until it is done. Answers whether it did so:
    /// not where a fault moved the clock before, or `stop` became true. `trouble` is told of what went wrong.
    pub async fn open_in_time(
        &self,
        stop: &mut watch::Receiver<bool>,
        trouble: impl Fn(&ControlError),
    ) -> bool {
        let mut moved = self.opening.moved.subscribe();
        let opens_at = self.sale.opens_at;
        while self.clock.since_first_arrival() < opens_at {
            let wait = opens_at.saturating_sub(self.clock.since_first_arrival());
            tokio::select! {
                () = sleep(wait) => {}
                _ = moved.wait_for(Option::is_some) => return false,
                _ = stop.wait_for(|stop| *stop) => return false,
            }
        }
        loop {
            if moved.borrow().is_some() {
                return false;
            }
            match self.set_open(true).await {
                Ok(()) => return true,
                Err(error) => trouble(&error),
            }
            tokio::select! {
                () = sleep(REST) => {}
                _ = stop.wait_for(|stop| *stop) => return false,
            }
        }
    }

    /// Puts the clock of the sale past the opening or before it, where it stands from now on. Doing it twice changes nothing
    /// more. Services that believe in what was go on believing for as long as they do in anything.
    ///
    /// # Errors
    /// A server or the database refuses. What of it was done is done again the next time.
    pub async fn move_opening(&self, is_open: bool) -> Result<(), ControlError> {
        self.set_open(is_open).await?;
        self.opening.moved.send_replace(Some(is_open));
        Ok(())
    }

    /// Opens or closes the sale of all products where that is known: at the gate, and in the database.
    async fn set_open(&self, is_open: bool) -> Result<(), ControlError> {
        let mut known = self.opening.is_open.lock().await;
        if *known == Some(is_open) {
            return Ok(());
        }
        *known = None;
        self.write_gate(is_open).await?;
        if let Some(writer) = &self.writer {
            writer.set_open(is_open).await?;
        }
        if is_open {
            self.note_on_sale(0..self.sale.items);
        }
        *known = Some(is_open);
        Ok(())
    }
}
