//! How data control writes at the gate: many products by one command, each whole, with its version.

use std::ops::Range;
use std::sync::Arc;

use redis::RedisResult;

use super::super::keys;
use super::super::redis_link::Connection;
use super::super::wire::{Commands, Line, Reply};
use super::shelf::{Shelf, Shown, page};
use super::{Control, ControlError};

/// A connection to a server of the gate, on the fast path.
pub type GateConnection = Connection<Arc<Line>>;

/// Products sent at a time.
pub(super) const CHUNK: u32 = 1_000;
/// Products in one command: it keeps the server from its other clients for some tenths of a millisecond.
const AT_ONCE: usize = 200;

/// What the gate's master has of a product.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Seen {
    pub(super) access: Option<u64>,
    pub(super) version: Option<u64>,
    pub(super) count: Option<u64>,
}

/// What is to be written of a product; with it goes always whether its sale is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Write {
    pub(super) item: u32,
    pub(super) version: u64,
    /// Whether its sale is opened or closed by this.
    pub(super) is_opening: bool,
    /// Whether its stock is to be written.
    pub(super) is_anew: bool,
    /// The orders let in, where that changes.
    pub(super) access: Option<u64>,
    /// What the page is to show, where it is written.
    pub(super) shown: Option<Shown>,
}

/// What becomes of pages at the gate that have changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PageWay {
    /// They are written, for as long as pages stay.
    Written,
    /// They are dropped where they expire: who asks next brings the new one from the database. Otherwise they are written.
    Dropped,
}

impl Write {
    /// Nothing but the next version.
    pub(super) fn next(at_gate: &Shelf, item: u32) -> Self {
        let version = at_gate.next_version(item);
        Self { item, version, is_opening: false, is_anew: false, access: None, shown: None }
    }

    /// Keys that it writes besides the page.
    fn len(&self) -> usize {
        2 + usize::from(self.is_anew) + usize::from(self.access.is_some())
    }
}

impl Control {
    /// Writes something of every product at the gate, product after product: the most wanted come first. Between two chunks
    /// others have their turn at the server.
    pub(super) async fn write_all(
        &self,
        at_gate: &mut Shelf,
        pages: PageWay,
        what: impl Fn(&Shelf, u32) -> Write,
    ) -> Result<(), ControlError> {
        let Some(gate) = &self.gate else { return Ok(()) };
        for items in chunks(0..self.sale.items) {
            let writes: Vec<Write> = items.map(|item| what(at_gate, item)).collect();
            self.write(gate, at_gate, pages, &writes).await?;
        }
        Ok(())
    }

    /// Writes, and notes what is acknowledged. Where pages expire the database has them too, and has the new ones first.
    pub(super) async fn write(
        &self,
        gate: &GateConnection,
        at_gate: &mut Shelf,
        pages: PageWay,
        writes: &[Write],
    ) -> Result<(), ControlError> {
        if writes.is_empty() {
            return Ok(());
        }
        let database = self.page_writer.as_ref().or(self.writer.as_ref());
        if let (Some(database), Some(_)) = (database, self.page_life) {
            let new = |write: &Write| {
                Some((write.item, page(write.item, write.version, write.shown?, self.sale.page_bytes)))
            };
            database.change_pages(writes.iter().filter_map(new).collect()).await?;
        }
        self.send(gate, at_gate.is_open, pages, writes).await?;
        let of = |wanted: fn(&Write) -> bool| -> Vec<(u32, u64)> {
            writes.iter().filter(|write| wanted(write)).map(|write| (write.item, write.version)).collect()
        };
        let changes_gate = |write: &Write| write.is_opening || write.access.is_some();
        self.versions.acknowledge(&of(|write| write.shown.is_some()), &of(changes_gate));
        for write in writes {
            at_gate.keep(write.item, write.version, write.shown);
        }
        if at_gate.is_open {
            self.note_on_sale(writes.iter().filter(|write| write.access.is_some()).map(|write| write.item));
        }
        Ok(())
    }

    /// Sends writes to the gate, as one pipeline.
    pub(super) async fn send(
        &self,
        gate: &GateConnection,
        is_open: bool,
        pages: PageWay,
        writes: &[Write],
    ) -> RedisResult<()> {
        let mut commands = Commands::default();
        for writes in writes.chunks(AT_ONCE) {
            let shown = writes.iter().filter_map(|write| Some((write.item, write.version, write.shown?)));
            // A page that stays is written together with its version.
            let together = if self.page_life.is_none() { shown.clone().count() } else { 0 };
            let keys = together + writes.iter().map(Write::len).sum::<usize>();
            commands.command(1 + 2 * keys).word("MSET");
            for write in writes {
                let item = write.item;
                commands.key(keys::VERSION, item).number(write.version);
                commands.key(keys::START, item).number(u64::from(is_open));
                if write.is_anew {
                    commands.key(keys::COUNT, item).number(self.sale.stock_of(item));
                }
                if let Some(access) = write.access {
                    commands.key(keys::ACCESS, item).number(access);
                }
                if let Some(shown) = write.shown.filter(|_| together > 0) {
                    commands.key(keys::PAGE, item).word(page(
                        item,
                        write.version,
                        shown,
                        self.sale.page_bytes,
                    ));
                }
            }
            let Some(life) = self.page_life else { continue };
            if pages == PageWay::Dropped && shown.clone().count() > 0 {
                commands.command(1 + shown.clone().count()).word("UNLINK");
                for (item, ..) in shown {
                    commands.key(keys::PAGE, item);
                }
                continue;
            }
            for (item, version, shown) in shown {
                let ttl_ms = life.draw_ms(&mut *self.lot.lock().await);
                let set = commands.command(5).word("SET").key(keys::PAGE, item);
                set.word(page(item, version, shown, self.sale.page_bytes)).word("PX").number(ttl_ms);
            }
        }
        gate.ask(&commands).await.map(drop)
    }
}

/// What the gate's master has of some products.
pub(super) async fn look(gate: &GateConnection, items: Range<u32>) -> RedisResult<Vec<Seen>> {
    let mut commands = Commands::default();
    let all: Vec<u32> = items.collect();
    for items in all.chunks(AT_ONCE) {
        commands.command(1 + 3 * items.len()).word("MGET");
        for &item in items {
            commands.key(keys::ACCESS, item).key(keys::VERSION, item).key(keys::COUNT, item);
        }
    }
    let answers = gate.ask(&commands).await?;
    let mut seen = Vec::with_capacity(all.len());
    for answer in answers.iter() {
        let Reply::Array(values) = answer else { continue };
        let mut numbers = values.map(|value| value.natural());
        while let (Some(access), Some(version), Some(count)) =
            (numbers.next(), numbers.next(), numbers.next())
        {
            seen.push(Seen { access, version, count });
        }
    }
    Ok(seen)
}

/// Whether a server has the page of a product. One that can't be asked has none.
pub(super) async fn has_page(server: &GateConnection, item: u32) -> bool {
    let mut commands = Commands::default();
    commands.command(2).word("EXISTS").key(keys::PAGE, item);
    server.ask(&commands).await.is_ok_and(|answers| answers.get(0) == Some(Reply::Int(1)))
}

/// Products, so many at a time.
pub(super) fn chunks(items: Range<u32>) -> impl Iterator<Item = Range<u32>> {
    let end = items.end;
    items.step_by(CHUNK as usize).map(move |start| start..start.saturating_add(CHUNK).min(end))
}
