//! Which database it is, its tables, and all of its orders.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::super::order::Order;
use super::StoreError;
use super::dialect::{ORDERS_AT_ONCE, Statements};
use super::harm::Valve;
use super::link::{Link, fetch};
use super::server::Server;
use super::sqlite::File;
use crate::servers::Endpoint;
use crate::topology::stage::DatabaseEngine;

/// How long whoever is in no hurry waits: for the lock of another, or for an answer.
pub const PATIENCE: Duration = Duration::from_secs(10);
/// Between two looks at replicas that copy what was preloaded.
const LOOK: Duration = Duration::from_millis(5);
/// How much time the events of one table cover, unless somebody wants it otherwise.
const DAY: Duration = Duration::from_hours(24);

/// `booked` and `open` serve where the database itself decides claims; behind an inventory in Redis `booked` stays as
/// preloaded. Whether the sale is open is one row for all products, so that opening it takes the same time however many there
/// are. `version` counts the writes of a product's stock. `status` of an order: 0 unpaid, 1 paid, 2 cancelled.
/// `streams` has the events of each stream in all tables of events; `counted` the ids of the increments that came with one; `flush` is
/// the number of the last flush that was added to a counter.
pub(super) const TABLES: &str = "
CREATE TABLE sale (open BIGINT NOT NULL);
INSERT INTO sale VALUES (0);
CREATE TABLE goods (
    item BIGINT PRIMARY KEY, total BIGINT NOT NULL, booked BIGINT NOT NULL, page TEXT NOT NULL,
    version BIGINT NOT NULL
);
CREATE TABLE orders (
    id BIGINT PRIMARY KEY, item BIGINT NOT NULL, claimant BIGINT NOT NULL, units BIGINT NOT NULL,
    status BIGINT NOT NULL, accepted_ns BIGINT NOT NULL, inserted_ns BIGINT NOT NULL
);
CREATE TABLE streams (stream BIGINT PRIMARY KEY, events BIGINT NOT NULL);
CREATE TABLE counters (counter BIGINT PRIMARY KEY, value BIGINT NOT NULL, flush BIGINT NOT NULL);
CREATE TABLE counted (id BIGINT PRIMARY KEY);
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
    pub(super) fn indexes(self, engine: DatabaseEngine) -> impl Iterator<Item = &'static str> {
        // MariaDB has no index of some rows only.
        let unpaid = match engine {
            DatabaseEngine::MariaDb => "CREATE INDEX orders_unpaid ON orders (status, inserted_ns);",
            _ => "CREATE INDEX orders_unpaid ON orders (inserted_ns) WHERE status = 0;",
        };
        let by_buyer = "CREATE INDEX orders_of_buyer ON orders (claimant, item);";
        [(self.unpaid, unpaid), (self.by_buyer, by_buyer)]
            .into_iter()
            .filter_map(|(wanted, sql)| wanted.then_some(sql))
    }
}

/// A database. Clones are the same one.
#[derive(Debug, Clone)]
pub struct Store {
    place: Place,
    /// Servers that copy from it.
    replicas: Vec<Server>,
    statements: Arc<Statements>,
    /// How much time the events of one table cover.
    events_span: Duration,
    /// The tables of events by their number, each with whether it is sure to be there: a crash may take a new one away again.
    event_tables: Arc<Mutex<BTreeMap<u64, bool>>>,
    /// Whoever works on an embedded one passes this first.
    valve: Valve,
}

#[derive(Debug, Clone)]
enum Place {
    File(File),
    Server(Server),
}

/// Where the log of a PostgreSQL master ends, in bytes since its beginning, also what is not written yet; and its transactions so far.
const MASTER_LOOK: &str = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint,
    (SELECT SUM(xact_commit + xact_rollback)::bigint FROM pg_stat_database)";
/// How far a replica has replayed that log; and its transactions so far.
const REPLICA_LOOK: &str = "SELECT pg_wal_lsn_diff(COALESCE(pg_last_wal_replay_lsn(), '0/0'), '0/0')::bigint,
    (SELECT SUM(xact_commit + xact_rollback)::bigint FROM pg_stat_database)";

/// How far a server of PostgreSQL has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Position {
    /// In its log, in bytes.
    pub offset: u64,
    /// Transactions since it started.
    pub transactions: u64,
}

/// Asks a master or a replica how far it has come.
///
/// # Errors
/// It does not answer.
pub fn position(link: &mut dyn Link, is_master: bool) -> Result<Position, StoreError> {
    let sql = if is_master { MASTER_LOOK } else { REPLICA_LOOK };
    let rows = fetch::<2>(link, &sql.into(), &[])?;
    let [offset, transactions] = rows.first().copied().unwrap_or_default();
    Ok(Position { offset: offset.cast_unsigned(), transactions: transactions.cast_unsigned() })
}

impl Store {
    /// Makes a new SQLite file with empty tables.
    ///
    /// # Errors
    /// The file can't be made.
    pub fn create(path: &Path, sync_each_commit: bool, lookups: Lookups) -> Result<Self, StoreError> {
        let file = File::new(path, sync_each_commit);
        Self::at(Place::File(file), DatabaseEngine::Sqlite).with_tables(lookups)
    }

    /// Makes empty tables on a server that has none. Blocks.
    ///
    /// # Errors
    /// The server refuses.
    pub fn on_server(server: Server, lookups: Lookups) -> Result<Self, StoreError> {
        let engine = server.engine();
        Self::at(Place::Server(server), engine).with_tables(lookups)
    }

    fn at(place: Place, engine: DatabaseEngine) -> Self {
        Self {
            place,
            replicas: Vec::new(),
            statements: Arc::new(Statements::of(engine)),
            events_span: DAY,
            event_tables: Arc::default(),
            valve: Valve::default(),
        }
    }

    fn with_tables(self, lookups: Lookups) -> Result<Self, StoreError> {
        let mut link = self.connect(PATIENCE)?;
        let engine = self.statements.engine;
        let all = TABLES.split_inclusive(';').filter(|sql| !sql.trim().is_empty());
        for sql in all.chain(lookups.indexes(engine)) {
            link.run(&self.typed(sql))?;
        }
        Ok(self)
    }

    /// The same database, whose tables of events each cover so much time.
    #[must_use]
    pub fn with_events_span(self, events_span: Duration) -> Self {
        Self { events_span, ..self }
    }

    /// The same database, from whose server those at these addresses copy.
    #[must_use]
    pub fn with_replicas(self, endpoints: impl Iterator<Item = Endpoint>) -> Self {
        let Place::Server(master) = &self.place else { return self };
        let replicas = endpoints.map(|endpoint| master.replica(endpoint)).collect();
        Self { replicas, ..self }
    }

    /// A connection to each replica.
    ///
    /// # Errors
    /// As [`Self::connect`].
    pub fn connect_replicas(&self, patience: Duration) -> Result<Vec<Box<dyn Link>>, StoreError> {
        let connect = |server: &Server| Ok(Box::new(server.connect(patience)?) as Box<dyn Link>);
        self.replicas.iter().map(connect).collect()
    }

    /// Waits until each replica has what the master has now. Answers whether they do. Blocks.
    ///
    /// # Errors
    /// The master does not answer.
    pub fn await_replicas(&self, master: &mut dyn Link, within: Duration) -> Result<bool, StoreError> {
        if self.replicas.is_empty() {
            return Ok(true);
        }
        let (wanted, until) = (position(master, true)?.offset, Instant::now() + within);
        for mut replica in self.connect_replicas(PATIENCE)? {
            while position(&mut *replica, false).map_or(0, |position| position.offset) < wanted {
                if Instant::now() > until {
                    return Ok(false);
                }
                std::thread::sleep(LOOK);
            }
        }
        Ok(true)
    }

    /// How much time the events of one table cover.
    pub fn events_span(&self) -> Duration {
        self.events_span
    }

    /// Where its file is; none where it is a server's.
    pub fn path(&self) -> Option<&Path> {
        match &self.place {
            Place::File(file) => Some(file.path()),
            Place::Server(_) => None,
        }
    }

    /// A copy of an embedded one, in another file, to which no fault does anything.
    #[must_use]
    pub fn copy_at(&self, path: &Path) -> Self {
        Self { place: Place::File(File::new(path, false)), valve: Valve::default(), ..self.clone() }
    }

    /// What is asked of it, in its own words.
    pub fn statements(&self) -> &Statements {
        &self.statements
    }

    /// A text that makes a table, with the type of whole numbers that the database has: SQLite finds rows of an `INTEGER PRIMARY KEY`
    /// without an index.
    pub(super) fn typed(&self, sql: &str) -> String {
        if self.statements.engine == DatabaseEngine::Sqlite {
            sql.replace("BIGINT", "INTEGER")
        } else {
            sql.to_owned()
        }
    }

    /// Opens a connection, on which an answer or the lock of another is waited for so long.
    ///
    /// # Errors
    /// It can't be opened. One to a server is opened at its first use.
    pub fn connect(&self, patience: Duration) -> Result<Box<dyn Link>, StoreError> {
        Ok(match &self.place {
            Place::File(file) => Box::new(file.connect(patience)?),
            Place::Server(server) => Box::new(server.connect(patience)?),
        })
    }

    /// Reads every order, in order of the ids, each with whether it was cancelled, and hands them to `read` as they come: there
    /// may be more of them than memory. Blocks.
    ///
    /// # Errors
    /// It can't be opened. Errors on the way are among what `read` gets.
    pub fn orders<T>(
        &self,
        read: impl FnOnce(&mut dyn Iterator<Item = Result<(Order, bool), StoreError>>) -> T,
    ) -> Result<T, StoreError> {
        self.valve.pass();
        let mut link = self.connect(PATIENCE)?;
        let (mut page, mut last, mut has_more) = (Vec::new().into_iter(), i64::MIN, true);
        let mut next = || {
            if page.len() == 0 && has_more {
                match fetch::<6>(&mut *link, &self.statements.orders, &[last]) {
                    Ok(rows) => {
                        has_more = rows.len() == ORDERS_AT_ONCE;
                        last = rows.last().map_or(last, |[id, ..]| *id);
                        page = rows.into_iter();
                    }
                    Err(error) => {
                        has_more = false;
                        return Some(Err(error));
                    }
                }
            }
            let [id, item, claimant, units, accepted_ns, status] = page.next()?;
            Some(Ok((order([id, item, claimant, units, accepted_ns]), status == 2)))
        };
        Ok(read(&mut std::iter::from_fn(&mut next)))
    }

    /// What its threads pass before they work on it.
    pub fn valve(&self) -> &Valve {
        &self.valve
    }

    /// The tables of events that were made, by their number.
    pub(super) fn event_tables(&self) -> MutexGuard<'_, BTreeMap<u64, bool>> {
        self.event_tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The order that a row says: id, item, claimant, units, time.
pub(super) fn order([id, item, claimant, units, accepted_ns]: [i64; 5]) -> Order {
    Order {
        id: id.cast_unsigned(),
        // They were of 32 bits when they were written.
        item: u32::try_from(item).unwrap_or(u32::MAX),
        claimant: claimant.cast_unsigned(),
        units: u32::try_from(units).unwrap_or(u32::MAX),
        accepted_ns: accepted_ns.cast_unsigned(),
    }
}
