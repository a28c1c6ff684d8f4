//! The one connection that writes what the queue and data control bring.

use std::ops::Range;

use crossbeam_channel::{Sender, bounded};
use rusqlite::{Connection, TransactionBehavior, params};
use tokio::sync::oneshot;

use super::super::entry::Entries;
use super::super::order::Order;
use super::StoreError;
use super::records::Fresh;
use super::schema::{Store, order};

/// Jobs under way at a time. Each caller waits for its own, so there are never more than callers.
const JOBS: usize = 256;

/// Products preloaded in one transaction: some megabytes of the log, which is emptied between two of them.
const PRELOADED_AT_ONCE: usize = 10_000;

type Job = Box<dyn FnOnce(&mut Connection) + Send>;

/// A handle to the writing thread. The thread ends with the last handle.
#[derive(Debug, Clone)]
pub struct Writer {
    jobs: Sender<Job>,
    store: Store,
}

/// What a product has in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Goods {
    /// The product.
    pub item: u32,
    /// Its stock at the start.
    pub total: u64,
    /// Its page.
    pub page: String,
}

/// What is in the database.
#[cfg(test)]
#[derive(Debug)]
pub struct Contents {
    /// Every order, and whether it was cancelled.
    pub orders: Vec<(Order, bool)>,
}

impl Writer {
    /// Starts the thread.
    ///
    /// # Errors
    /// The database can't be opened.
    pub fn start(store: Store) -> Result<Self, StoreError> {
        let mut connection = store.connect()?;
        let (jobs, receiver) = bounded::<Job>(JOBS);
        let valve = store.valve().clone();
        let work = move |job: Job| {
            valve.pass();
            job(&mut connection);
        };
        std::thread::Builder::new()
            .name("database-writer".into())
            .spawn(move || receiver.into_iter().for_each(work))
            .map_err(|_no_thread| StoreError::Ended)?;
        Ok(Self { jobs, store })
    }

    /// Preloads products, with nothing booked. `goods` makes each when its turn comes, so that they are never all there at once.
    ///
    /// # Errors
    /// SQLite's own; then some of them may be there.
    pub async fn preload(
        &self,
        items: Range<u32>,
        goods: impl Fn(u32) -> Goods + Send + 'static,
    ) -> Result<(), StoreError> {
        self.run(move |connection| {
            let mut goods = items.map(goods).peekable();
            while goods.peek().is_some() {
                let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
                for Goods { item, total, page } in goods.by_ref().take(PRELOADED_AT_ONCE) {
                    transaction
                        .prepare_cached("INSERT OR REPLACE INTO goods VALUES (?1, ?2, 0, ?3, 0)")?
                        .execute(params![item, total, page])?;
                }
                transaction.commit()?;
            }
            Ok(())
        })
        .await
    }

    /// Writes pages of products anew, in one transaction.
    ///
    /// # Errors
    /// SQLite's own; then none is changed.
    pub async fn change_pages(&self, pages: Vec<(u32, String)>) -> Result<(), StoreError> {
        if pages.is_empty() {
            return Ok(());
        }
        self.run(move |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            {
                let mut statement =
                    transaction.prepare_cached("UPDATE goods SET page = ?2 WHERE item = ?1")?;
                for (item, page) in pages {
                    statement.execute(params![item, page])?;
                }
            }
            transaction.commit()
        })
        .await
    }

    /// Opens or closes the sale of all products.
    ///
    /// # Errors
    /// SQLite's own.
    pub async fn set_open(&self, is_open: bool) -> Result<(), StoreError> {
        self.run(move |connection| connection.execute("UPDATE sale SET open = ?1", [is_open]).map(drop)).await
    }

    /// Inserts orders in one transaction; ids that are there already are left alone. `inserted_ns` is on the run's clock. Answers how
    /// many were inserted.
    ///
    /// # Errors
    /// SQLite's own; then none of them is inserted.
    pub async fn insert(&self, orders: Vec<Order>, inserted_ns: u64) -> Result<u64, StoreError> {
        Ok(self.write(Entries { orders, ..Entries::default() }, inserted_ns).await?.orders)
    }

    /// Writes what came out of a queue in one transaction; what is there already is left alone. Answers how many of each kind were
    /// not there before.
    ///
    /// # Errors
    /// SQLite's own; then nothing is written.
    pub async fn write(&self, entries: Entries, inserted_ns: u64) -> Result<Fresh, StoreError> {
        let store = self.store.clone();
        self.run(move |connection| store.write(connection, &entries, inserted_ns)).await
    }

    /// Settles the unpaid orders inserted until `due_ns`: those for which `is_paid` says so are paid, the others
    /// cancelled, and where the database decides claims (`gives_back`) their units go back on sale at once.
    /// Answers the cancelled ones.
    ///
    /// # Errors
    /// SQLite's own; then nothing is settled.
    pub async fn settle(
        &self,
        due_ns: u64,
        is_paid: impl Fn(u64) -> bool + Send + 'static,
        gives_back: bool,
    ) -> Result<Vec<Order>, StoreError> {
        self.run(move |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let due = {
                let mut statement = transaction.prepare_cached(
                    "SELECT id, item, claimant, units, accepted_ns FROM orders WHERE status = 0 AND inserted_ns <= ?1",
                )?;
                let rows = statement.query_map([due_ns], order)?;
                rows.collect::<rusqlite::Result<Vec<_>>>()?
            };
            let (paid, cancelled): (Vec<Order>, Vec<Order>) = due.into_iter().partition(|order| is_paid(order.id));
            for (orders, status) in [(&paid, 1), (&cancelled, 2)] {
                let mut statement = transaction.prepare_cached("UPDATE orders SET status = ?2 WHERE id = ?1")?;
                for order in orders {
                    statement.execute(params![order.id, status])?;
                }
            }
            if gives_back {
                let mut statement = transaction.prepare_cached(
                    "UPDATE goods SET booked = booked - ?2, version = version + 1 WHERE item = ?1",
                )?;
                for order in &cancelled {
                    statement.execute(params![order.item, order.units])?;
                }
            }
            transaction.commit()?;
            Ok(cancelled)
        })
        .await
    }

    /// Units booked of products `items`, where the database decides claims.
    ///
    /// # Errors
    /// SQLite's own.
    pub async fn booked(&self, items: Range<u32>) -> Result<Vec<i64>, StoreError> {
        self.run(move |connection| {
            let sql = "SELECT booked FROM goods WHERE item >= ?1 AND item < ?2 ORDER BY item";
            let mut statement = connection.prepare_cached(sql)?;
            let rows = statement.query_map([items.start, items.end], |row| row.get(0))?;
            rows.collect()
        })
        .await
    }

    /// Units of products `0..items` that orders hold which were not cancelled.
    ///
    /// # Errors
    /// SQLite's own.
    pub async fn held(&self, items: u32) -> Result<Vec<u64>, StoreError> {
        self.run(move |connection| {
            let sql = "SELECT item, SUM(units) FROM orders WHERE status < 2 GROUP BY item";
            let mut statement = connection.prepare_cached(sql)?;
            let mut held = vec![0; items as usize];
            for row in statement.query_map([], |row| Ok((row.get::<_, usize>(0)?, row.get(1)?)))? {
                let (item, units) = row?;
                held[item] = units;
            }
            Ok(held)
        })
        .await
    }

    /// Every order, after whatever was asked before.
    ///
    /// # Errors
    /// SQLite's own.
    #[cfg(test)]
    pub async fn contents(&self) -> Result<Contents, StoreError> {
        self.run(|_| Ok(())).await?;
        let orders = self.store.orders(|rows| rows.collect::<Result<Vec<_>, StoreError>>())??;
        Ok(Contents { orders })
    }

    /// Runs a job on the writing thread.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&mut Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |connection| {
            // The caller may have gone away in the meantime; then nobody wants the answer.
            drop(answer.send(job(connection)));
        });
        self.jobs.try_send(job).map_err(|_full_or_gone| StoreError::Ended)?;
        answered.await.map_err(|_gone| StoreError::Ended)?.map_err(|source| self.store.error(source))
    }
}
