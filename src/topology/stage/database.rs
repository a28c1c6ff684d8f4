//! The database, where orders end up.

use std::time::Duration;

use crate::param::{choices, params};

choices! {
    /// Which database it is.
    pub enum DatabaseEngine {
        /// SQLite, embedded: one write lock for everything.
        Sqlite,
        /// PostgreSQL: a process started for the run, or the server at `url`.
        PostgreSql,
        /// MariaDB: a process started for the run, or the server at `url`, which may also be MySQL.
        MariaDb,
    }

    /// How stock is taken from the database.
    pub enum RowStrategy {
        /// One transaction locks the stock, checks, decrements and inserts the order.
        RowLock,
        /// Read the stock and its version without a lock, decide, and write only if the version is still the same; then again.
        OptimisticVersion,
    }

    /// What the database does for the page of a product.
    pub enum PageQuery {
        /// It looks the product up by its number.
        ByKey,
        /// It also counts the products of which more is sold, as a page with a place in the ranking does: every product is read.
        Ranked,
    }
}

params! {
    /// Where orders end up: SQLite embedded in this program, or a server.
    pub struct Database {
        /// Which database it is.
        engine: DatabaseEngine = DatabaseEngine::Sqlite;
        /// The address of a server of that engine which runs elsewhere, used instead of one of its own: `postgres://`, or `mysql://` for MariaDB and MySQL; `?tls=require` for TLS; user and password only as `${NAME}`, a variable of the environment. None: embedded, or a process of its own.
        url: Option<String> = None;
        /// How stock is taken where claims reach the database directly.
        strategy: RowStrategy = RowStrategy::RowLock;
        /// How often `OptimisticVersion` tries a claim when others come between; then it fails, and nothing was sold.
        attempts: u32 = 10, in 1..1_000, "attempts";
        /// What it does for the page of a product.
        page_query: PageQuery = PageQuery::ByKey;
        /// Connections for reads and for claims; each works on one request at a time.
        connections: u32 = 8, in 1..64, "connections";
        /// Requests waiting for a connection before more are answered `shed`.
        max_waiting: u32 = 2_000, in 1..1_000_000, "requests";
        /// Servers that copy from it and answer reads, one after the other; PostgreSQL only.
        replicas: u32 = 0, in 0..4, "replicas";
        /// How long a request waits for a connection, and a statement for its answer or for the lock of another. A commit that is not answered in time may have happened.
        timeout: Duration = Duration::from_secs(10), in 0.05..60.0;
        /// Whether each commit waits for the disk. Where it doesn't, a crash may take the last commits away: SQLite's and MariaDB's when the machine crashes, PostgreSQL's when its process does.
        sync_each_commit: bool = false;
        /// How often it is backed up while requests arrive; the last backup is restored and looked through at the end. None: never.
        backup_every: Option<Duration> = None, in 0.1..86400.0;
        /// How much time the events of one table cover, on the run's clock; the table of the next span is made when it is needed.
        events_span: Duration = Duration::from_hours(24), in 1.0..86400.0;
        /// How long a reader's page that it answered stays in the Redis in front of it; None: it is not written there.
        reader_page_ttl: Option<Duration> = Some(Duration::from_mins(1)), in 0.001..86400.0;
    }
}

impl DatabaseEngine {
    /// Its name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::PostgreSql => "PostgreSQL",
            Self::MariaDb => "MariaDB",
        }
    }

    /// Whether it is a server: processes of its own, to which connections lead.
    pub fn is_server(self) -> bool {
        self != Self::Sqlite
    }
}
