//! Tables, and how a connection is set up.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;

use super::super::order::Order;
use super::harm::Valve;
use super::{StoreError, records};

/// How long a connection waits for the lock of another before it gives up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// How much time the events of one table cover, unless somebody wants it otherwise.
const DAY: Duration = Duration::from_hours(24);

/// `booked` and `open` serve where the database itself decides claims; behind an inventory in Redis `booked` stays as
/// preloaded. Whether the sale is open is one row for all products, so that opening it takes the same time however many there
/// are. `version` counts the writes of a product's stock. `status` of an order: 0 unpaid, 1 paid, 2 cancelled.
const TABLES: &str = "
CREATE TABLE sale (open INTEGER NOT NULL);
INSERT INTO sale VALUES (0);
CREATE TABLE goods (
    item INTEGER PRIMARY KEY, total INTEGER NOT NULL, booked INTEGER NOT NULL, page TEXT NOT NULL,
    version INTEGER NOT NULL
);
CREATE TABLE orders (
    id INTEGER PRIMARY KEY, item INTEGER NOT NULL, claimant INTEGER NOT NULL, units INTEGER NOT NULL,
    status INTEGER NOT NULL, accepted_ns INTEGER NOT NULL, inserted_ns INTEGER NOT NULL
);
";

/// What the tables will be asked for besides inserts; each wish costs an index, and each index slows down inserts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lookups {
    /// Unpaid orders by their age.
    pub unpaid: bool,
    /// What a buyer has.
    pub by_buyer: bool,
}

impl Lookups {
    fn indexes(self) -> impl Iterator<Item = &'static str> {
        let unpaid = "CREATE INDEX orders_unpaid ON orders (inserted_ns) WHERE status = 0;";
        let by_buyer = "CREATE INDEX orders_of_buyer ON orders (claimant, item);";
        [(self.unpaid, unpaid), (self.by_buyer, by_buyer)]
            .into_iter()
            .filter_map(|(wanted, sql)| wanted.then_some(sql))
    }
}

/// Where the database is and how safely it writes.
#[derive(Debug, Clone)]
pub struct Store {
    path: PathBuf,
    sync_each_commit: bool,
    /// How much time the events of one table cover.
    events_span: Duration,
    /// Whoever works on it passes this first.
    valve: Valve,
}

impl Store {
    /// Makes a new database file with empty tables.
    ///
    /// # Errors
    /// The file can't be made.
    pub fn create(path: &Path, sync_each_commit: bool, lookups: Lookups) -> Result<Self, StoreError> {
        let store =
            Self { path: path.to_owned(), sync_each_commit, events_span: DAY, valve: Valve::default() };
        let connection = store.connect()?;
        for sql in [TABLES, records::TABLES].into_iter().chain(lookups.indexes()) {
            connection.execute_batch(sql).map_err(|source| store.error(source))?;
        }
        Ok(store)
    }

    /// The same database, whose tables of events each cover so much time.
    #[must_use]
    pub fn with_events_span(self, events_span: Duration) -> Self {
        Self { events_span, ..self }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A copy of it, in another file, to which no fault does anything.
    #[must_use]
    pub fn at(&self, path: &Path) -> Self {
        Self { path: path.to_owned(), valve: Valve::default(), ..self.clone() }
    }

    /// How much time the events of one table cover.
    pub fn events_span(&self) -> Duration {
        self.events_span
    }

    /// Opens a connection.
    ///
    /// # Errors
    /// The file can't be opened.
    pub fn connect(&self) -> Result<Connection, StoreError> {
        let sync = if self.sync_each_commit { "FULL" } else { "NORMAL" };
        Connection::open(&self.path)
            .and_then(|connection| {
                connection.busy_timeout(BUSY_TIMEOUT)?;
                connection.pragma_update(None, "journal_mode", "WAL")?;
                connection.pragma_update(None, "synchronous", sync)?;
                Ok(connection)
            })
            .map_err(|source| self.error(source))
    }

    /// Reads every order, in order of the ids, each with whether it was cancelled, and hands them to `read` as they come: there
    /// may be more of them than memory. Blocks.
    ///
    /// # Errors
    /// The file can't be opened. Errors on the way are among what `read` gets.
    pub fn orders<T>(
        &self,
        read: impl FnOnce(&mut dyn Iterator<Item = Result<(Order, bool), StoreError>>) -> T,
    ) -> Result<T, StoreError> {
        self.valve.pass();
        let connection = self.connect()?;
        let sql = "SELECT id, item, claimant, units, accepted_ns, status FROM orders ORDER BY id";
        let mut statement = connection.prepare(sql).map_err(|source| self.error(source))?;
        let rows = statement
            .query_map([], |row| Ok((order(row)?, row.get::<_, u8>(5)? == 2)))
            .map_err(|source| self.error(source))?;
        Ok(read(&mut rows.map(|row| row.map_err(|source| self.error(source)))))
    }

    /// What its threads pass before they work on it.
    pub fn valve(&self) -> &Valve {
        &self.valve
    }

    /// An error of this database.
    pub fn error(&self, source: rusqlite::Error) -> StoreError {
        StoreError::Sqlite { path: self.path.clone(), source }
    }
}

/// The order that a row begins with: id, item, claimant, units, time.
pub(super) fn order(row: &rusqlite::Row<'_>) -> rusqlite::Result<Order> {
    Ok(Order {
        id: row.get(0)?,
        item: row.get(1)?,
        claimant: row.get(2)?,
        units: row.get(3)?,
        accepted_ns: row.get(4)?,
    })
}
