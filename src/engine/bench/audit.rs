//! The audit by itself: a made-up ledger in no order is held against as many orders, made as they are asked for or read from a
//! real database.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use super::super::audit::compare::{Rows, compare};
use super::super::audit::{Evidence, Stores, examine};
use super::super::ledger::Promises;
use super::super::order::Order;
use super::super::store::schema::{Lookups, Store};
use super::super::store::{StoreError, Writer};
use crate::servers::{RunFolder, RunFolderError};

/// Products sold.
const ITEMS: u32 = 100;
/// Of so many orders of a product one is by a buyer who has one already.
const TWICE: u64 = 500;
/// Orders inserted in one transaction.
const AT_ONCE: u64 = 50_000;
/// A prime: its multiples go through a ledger from order to order far away from it, as the sheets of many writers do.
const STRIDE: u64 = 7_368_787;

/// A database with so many orders.
pub struct Kept {
    orders: u64,
    store: Store,
    _folder: RunFolder,
}

/// Why there is none.
#[derive(Debug, thiserror::Error)]
pub enum KeptError {
    /// The folder can't be made.
    #[error(transparent)]
    Folder(#[from] RunFolderError),
    /// The database refuses.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// It can't be read.
    #[error(transparent)]
    Audit(#[from] super::super::audit::AuditError),
}

/// A ledger that stands in memory, as at the end of a run.
pub struct Told(Evidence);

impl Told {
    /// A ledger of so many orders, some of them by buyers who have one already.
    pub fn new(orders: u64, per_buyer_limit: Option<u32>) -> Self {
        let acknowledged = (0..orders).map(|place| order(place * STRIDE % orders)).collect();
        let stock = orders.div_ceil(u64::from(ITEMS));
        Self(Evidence {
            promises: Promises { acknowledged, indefinite: Vec::new() },
            stock: vec![stock; ITEMS as usize],
            booked: vec![i64::try_from(stock).unwrap_or(i64::MAX); ITEMS as usize],
            refused: vec![0; ITEMS as usize],
            units_per_claim: 1,
            per_buyer_limit,
            ..Evidence::default()
        })
    }

    /// Holds it against orders that nobody has to read. Answers how long that took, and how many duplicates were found.
    pub fn compare(mut self) -> (Duration, u64) {
        let orders = self.0.promises.acknowledged.len() as u64;
        let mut rows = (0..orders).map(|id| Ok::<_, Infallible>((order(id), false)));
        let started = Instant::now();
        let rows: &mut Rows<'_, Infallible> = &mut rows;
        let report = compare(&mut self.0, Some(rows)).unwrap_or_else(|never| match never {});
        (started.elapsed(), report.duplicates)
    }

    /// Holds it against the orders of a database. Answers the same.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn examine(mut self, kept: &Kept) -> Result<(Duration, u64), KeptError> {
        let started = Instant::now();
        let report = examine(&mut self.0, &Stores::one(kept.store.clone()))?;
        Ok((started.elapsed(), report.duplicates))
    }
}

impl Kept {
    /// A database with so many orders, those of a ledger of as many.
    ///
    /// # Errors
    /// It can't be written.
    pub async fn new(orders: u64) -> Result<Self, KeptError> {
        let folder = RunFolder::create()?;
        let lookups = Lookups { unpaid: false, by_buyer: false };
        let store = Store::create(&folder.path().join("orders.sqlite3"), false, lookups)?;
        let writer = Writer::start(&store, 1)?;
        for first in (0..orders).step_by(usize::try_from(AT_ONCE).unwrap_or(usize::MAX)) {
            let ids = first..(first + AT_ONCE).min(orders);
            writer.insert(ids.map(order).collect(), 0).await?;
        }
        Ok(Self { orders, store, _folder: folder })
    }

    /// How many orders it has.
    pub fn orders(&self) -> u64 {
        self.orders
    }
}

/// An order; one in five hundred is a second one of the buyer of the order before it of the same product.
fn order(id: u64) -> Order {
    let items = u64::from(ITEMS);
    let first = if (id / items) % TWICE == TWICE - 1 { id - items } else { id };
    // Spread, so that neighbours in the ledger are no neighbours among the buyers; and within what SQLite can hold.
    let claimant = first.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 1;
    let item = u32::try_from(id % items).unwrap_or(0);
    Order { id, item, claimant, units: 1, accepted_ns: id * 1_000 }
}
