//! What faults do to the database: they let an embedded one stand still, and hold the write lock of any.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use super::StoreError;
use super::link::Link;
use super::schema::Store;
use crate::topology::stage::DatabaseEngine;

/// How long whoever locks the database waits for those who write just now.
const LOCK_WITHIN: Duration = Duration::from_secs(2);

/// Stands before everything that works on the database: while it is closed, whoever comes waits. Clones are the same one.
#[derive(Debug, Clone, Default)]
pub struct Valve(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    /// The state once more, so that passing an open valve costs one load.
    is_closed: AtomicBool,
    closed: Mutex<bool>,
    opened: Condvar,
}

impl Valve {
    /// Waits while it is closed.
    pub fn pass(&self) {
        if !self.is_closed() {
            return;
        }
        let mut closed = self.0.closed.lock().unwrap_or_else(PoisonError::into_inner);
        while *closed {
            closed = self.0.opened.wait(closed).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn is_closed(&self) -> bool {
        self.0.is_closed.load(Ordering::Acquire)
    }

    fn set(&self, is_closed: bool) {
        *self.0.closed.lock().unwrap_or_else(PoisonError::into_inner) = is_closed;
        self.0.is_closed.store(is_closed, Ordering::Release);
        self.0.opened.notify_all();
    }
}

/// What harms the database now. Dropped, it ends all of it, so that no thread waits for ever.
pub struct Harm {
    store: Store,
    /// A connection in the middle of a transaction.
    holder: Mutex<Option<Box<dyn Link>>>,
}

impl Harm {
    /// No harm yet.
    pub fn new(store: Store) -> Self {
        Self { store, holder: Mutex::default() }
    }

    /// From now on nothing of it answers: what comes waits, and what is under way is the last.
    pub fn stall(&self) {
        self.store.valve().set(true);
    }

    /// It goes on with what waited. Answers whether it stood still.
    pub fn go_on(&self) -> bool {
        let stood_still = self.store.valve().is_closed();
        self.store.valve().set(false);
        stood_still
    }

    /// Takes the write lock, as a connection of somebody else in a transaction would: writers wait for it until their
    /// own busy timeout, readers read on.
    ///
    /// # Errors
    /// Others hold it for too long.
    pub async fn lock(&self) -> Result<(), StoreError> {
        if self.holder().is_some() {
            return Ok(());
        }
        let store = self.store.clone();
        let locking = tokio::task::spawn_blocking(move || {
            let mut link = store.connect(LOCK_WITHIN)?;
            link.begin()?;
            let mut locked = Ok(());
            for lock in locks(store.statements().engine) {
                locked = link.run(lock);
                // Only a refusal is worth another try.
                if !matches!(locked, Err(StoreError::Server { .. })) {
                    break;
                }
            }
            locked?;
            Ok::<_, StoreError>(link)
        });
        let link = locking.await.map_err(|_ended| StoreError::Ended)??;
        *self.holder() = Some(link);
        Ok(())
    }

    /// Gives the write lock back. Answers whether it was held.
    pub fn unlock(&self) -> bool {
        // Closing a connection rolls its transaction back.
        self.holder().take().is_some()
    }

    fn holder(&self) -> std::sync::MutexGuard<'_, Option<Box<dyn Link>>> {
        self.holder.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Harm {
    fn drop(&mut self) {
        self.go_on();
        self.unlock();
    }
}

/// What keeps everybody else from writing and lets them read, in the order in which it is tried; SQLite's transactions do so by
/// themselves.
///
/// Writers of MariaDB go before whoever waits for `LOCK TABLES … READ`, which may never have its turn in a sale; flushing the
/// tables stops those who come later, but needs the right to reload, which the user of a server elsewhere may lack
/// (<https://mariadb.com/kb/en/flush/>).
pub(super) fn locks(engine: DatabaseEngine) -> &'static [&'static str] {
    match engine {
        DatabaseEngine::Sqlite => &[],
        DatabaseEngine::PostgreSql => {
            &["LOCK TABLE sale, goods, orders, streams, counters, counted IN EXCLUSIVE MODE"]
        }
        DatabaseEngine::MariaDb => &[
            "FLUSH TABLES sale, goods, orders, streams, counters, counted WITH READ LOCK",
            "LOCK TABLES sale READ, goods READ, orders READ, streams READ, counters READ, counted READ",
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::order::Order;
    use super::super::Writer;
    use super::super::link::fetch;
    use super::super::schema::Lookups;
    use super::*;

    fn order(id: u64) -> Order {
        Order { id, item: 0, claimant: id, units: 1, accepted_ns: 0 }
    }

    fn database() -> (tempfile::TempDir, Store, Writer) {
        let folder = tempfile::tempdir().expect("a folder");
        let lookups = Lookups { unpaid: false, by_buyer: false };
        let store = Store::create(&folder.path().join("orders.sqlite3"), false, lookups).expect("a database");
        let writer = Writer::start(&store, 1).expect("a writer");
        (folder, store, writer)
    }

    #[tokio::test]
    async fn a_stalled_database_answers_nobody_and_then_everybody() {
        let (_folder, store, writer) = database();
        let harm = Harm::new(store);
        for _ in 0..2 {
            harm.stall();
        }
        let waiting = tokio::spawn({
            let writer = writer.clone();
            async move {
                writer.insert(vec![order(1)], 0).await.expect("it is inserted");
                writer.contents().await.expect("contents").orders.len()
            }
        });
        for _ in 0..1_000 {
            tokio::task::yield_now().await;
            assert!(!waiting.is_finished());
        }
        assert!(harm.go_on() && !harm.go_on());
        assert_eq!(waiting.await.expect("it ends"), 1);
    }

    #[tokio::test]
    async fn a_locked_database_is_read_and_not_written_until_the_lock_is_given_back() {
        let (_folder, store, writer) = database();
        let mut reader = store.connect(Duration::ZERO).expect("a connection");
        let sql = "SELECT COUNT(*) FROM orders".into();
        let mut count = || fetch::<1>(&mut *reader, &sql, &[]).expect("it is read");
        let harm = Harm::new(store.clone());
        for _ in 0..2 {
            harm.lock().await.expect("the lock");
        }
        let mut impatient = store.connect(Duration::ZERO).expect("a connection");
        assert!(impatient.begin().is_err(), "it is locked");
        let writing = tokio::spawn({
            let writer = writer.clone();
            async move { writer.insert(vec![order(1)], 0).await }
        });
        assert_eq!(count(), [[0]]);
        assert!(harm.unlock() && !harm.unlock());
        writing.await.expect("it ends").expect("it is written");
        assert_eq!(count(), [[1]]);
    }

    #[test]
    fn harm_ends_with_its_run() {
        let (_folder, store, _writer) = database();
        let harm = Harm::new(store.clone());
        harm.stall();
        let waiting = std::thread::spawn(move || store.valve().pass());
        drop(harm);
        waiting.join().expect("nobody waits for ever");
    }
}
