//! The connections that write what the queue and data control bring: one to SQLite, where there is only one at a time anyway, and
//! several to a server.

use std::ops::Range;
use std::time::Duration;

use crossbeam_channel::{Sender, bounded};
use tokio::sync::oneshot;

use super::super::entry::Entries;
use super::super::order::Order;
use super::StoreError;
use super::link::{Link, fetch, kept, transaction};
use super::records::Fresh;
use super::schema::{PATIENCE, Store, order};

/// Jobs under way at a time. Each caller waits for its own, so there are never more than callers.
const JOBS: usize = 256;

/// Products preloaded in one transaction: some megabytes of the log, which is emptied between two of them.
const PRELOADED_AT_ONCE: usize = 10_000;

type Job = Box<dyn FnOnce(&Store, &mut dyn Link) + Send>;

/// A handle to the writing threads. They end with the last handle.
#[derive(Debug, Clone)]
pub struct Writer {
    jobs: Sender<Job>,
    #[cfg(test)]
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
    /// Starts so many threads, each with a connection of its own.
    ///
    /// # Errors
    /// The database can't be opened.
    pub fn start(store: &Store, threads: usize) -> Result<Self, StoreError> {
        let (jobs, receiver) = bounded::<Job>(JOBS);
        for number in 1..=threads {
            let (store, receiver, mut link) = (store.clone(), receiver.clone(), store.connect(PATIENCE)?);
            let work = move |job: Job| {
                store.valve().pass();
                job(&store, &mut *link);
            };
            std::thread::Builder::new()
                .name(format!("database-writer-{number}"))
                .spawn(move || receiver.into_iter().for_each(work))
                .map_err(|_no_thread| StoreError::Ended)?;
        }
        Ok(Self {
            jobs,
            #[cfg(test)]
            store: store.clone(),
        })
    }

    /// Preloads products, with nothing booked. `goods` makes each when its turn comes, so that they are never all there at once.
    ///
    /// # Errors
    /// The database's own; then some of them may be there.
    pub async fn preload(
        &self,
        items: Range<u32>,
        goods: impl Fn(u32) -> Goods + Send + 'static,
    ) -> Result<(), StoreError> {
        self.run(move |_, link| {
            let mut goods = items.map(goods);
            loop {
                let some: Vec<Goods> = goods.by_ref().take(PRELOADED_AT_ONCE).collect();
                if some.is_empty() {
                    return Ok(());
                }
                link.load(&some)?;
            }
        })
        .await
    }

    /// Writes pages of products anew, in one transaction.
    ///
    /// # Errors
    /// The database's own; then none is changed.
    pub async fn change_pages(&self, pages: Vec<(u32, String)>) -> Result<(), StoreError> {
        if pages.is_empty() {
            return Ok(());
        }
        self.run(move |_, link| {
            transaction(link, |link| pages.iter().try_for_each(|(item, page)| link.set_page(*item, page)))
        })
        .await
    }

    /// Opens or closes the sale of all products.
    ///
    /// # Errors
    /// The database's own.
    pub async fn set_open(&self, is_open: bool) -> Result<(), StoreError> {
        self.run(move |store, link| link.execute(&store.statements().set_open, &[is_open.into()]).map(drop))
            .await
    }

    /// Waits until the replicas of the database have all that is in it now. Answers whether they do.
    ///
    /// # Errors
    /// The master does not answer.
    pub async fn await_replicas(&self, within: Duration) -> Result<bool, StoreError> {
        self.run(move |store, link| store.await_replicas(link, within)).await
    }

    /// Inserts orders in one transaction; ids that are there already are left alone. `inserted_ns` is on the run's clock. Answers how
    /// many were inserted.
    ///
    /// # Errors
    /// The database's own; then none of them is inserted.
    pub async fn insert(&self, orders: Vec<Order>, inserted_ns: u64) -> Result<u64, StoreError> {
        Ok(self.write(Entries { orders, ..Entries::default() }, inserted_ns).await?.orders)
    }

    /// Writes what came out of a queue in one transaction; what is there already is left alone. Answers how many of each kind were
    /// not there before.
    ///
    /// # Errors
    /// The database's own; then nothing is written.
    pub async fn write(&self, entries: Entries, inserted_ns: u64) -> Result<Fresh, StoreError> {
        self.run(move |store, link| store.write(link, &entries, inserted_ns)).await
    }

    /// Settles the unpaid orders inserted until `due_ns`: those for which `is_paid` says so are paid, the others
    /// cancelled, and where the database decides claims (`gives_back`) their units go back on sale at once.
    /// Answers the cancelled ones.
    ///
    /// # Errors
    /// The database's own; then nothing is settled.
    pub async fn settle(
        &self,
        due_ns: u64,
        is_paid: impl Fn(u64) -> bool + Send + 'static,
        gives_back: bool,
    ) -> Result<Vec<Order>, StoreError> {
        self.run(move |store, link| {
            let statements = store.statements();
            transaction(link, |link| {
                let due = fetch::<5>(link, &statements.due, &[kept(due_ns)])?.into_iter().map(order);
                let (paid, cancelled): (Vec<Order>, Vec<Order>) = due.partition(|order| is_paid(order.id));
                for (orders, status) in [(&paid, 1), (&cancelled, 2)] {
                    for order in orders {
                        link.execute(&statements.settle, &[status, kept(order.id)])?;
                    }
                }
                for order in cancelled.iter().filter(|_| gives_back) {
                    link.execute(&statements.give_back, &[order.units.into(), order.item.into()])?;
                }
                Ok(cancelled)
            })
        })
        .await
    }

    /// Units booked of products `items`, where the database decides claims.
    ///
    /// # Errors
    /// The database's own.
    pub async fn booked(&self, items: Range<u32>) -> Result<Vec<i64>, StoreError> {
        self.run(move |store, link| {
            let range = [items.start.into(), items.end.into()];
            let rows = fetch::<1>(link, &store.statements().booked, &range)?;
            Ok(rows.into_iter().map(|[booked]| booked).collect())
        })
        .await
    }

    /// Units of products `0..items` that orders hold which were not cancelled.
    ///
    /// # Errors
    /// The database's own.
    pub async fn held(&self, items: u32) -> Result<Vec<u64>, StoreError> {
        self.run(move |store, link| {
            let mut held = vec![0; items as usize];
            for [item, units] in fetch::<2>(link, &store.statements().held, &[])? {
                if let Some(of_item) = usize::try_from(item).ok().and_then(|item| held.get_mut(item)) {
                    *of_item = units.cast_unsigned();
                }
            }
            Ok(held)
        })
        .await
    }

    /// Every order, after whatever was asked before.
    ///
    /// # Errors
    /// The database's own.
    #[cfg(test)]
    pub async fn contents(&self) -> Result<Contents, StoreError> {
        self.run(|_, _| Ok(())).await?;
        let orders = self.store.orders(|rows| rows.collect::<Result<Vec<_>, StoreError>>())??;
        Ok(Contents { orders })
    }

    /// Runs a job on a writing thread.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce(&Store, &mut dyn Link) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |store, link| {
            // The caller may have gone away in the meantime; then nobody wants the answer.
            drop(answer.send(job(store, link)));
        });
        self.jobs.try_send(job).map_err(|_full_or_gone| StoreError::Ended)?;
        answered.await.map_err(|_gone| StoreError::Ended)?
    }
}
