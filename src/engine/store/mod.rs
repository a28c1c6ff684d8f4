//! The database: SQLite, embedded, or a server of PostgreSQL or MariaDB. What is done with it is written once, on top of a [`link`].
//!
//! - [`link`]: what is asked of a connection to any database; `sqlite` and `server_link` are the two that there are.
//! - [`dialect`]: the same questions in the words of each database.
//! - [`schema`]: which database it is, its tables, and all of its orders.
//! - [`writer`]: the connections that write what the queue and data control bring.
//! - [`claim`]: a claim decided by the database itself, under the row lock or by the version of the row.
//! - [`elsewhere`]: a server that is not ours; `names`: what tables are called there.
//! - [`records`]: events in tables by time, and counters.
//! - [`harm`]: what faults do to it.

pub mod claim;
pub mod dialect;
pub mod elsewhere;
pub mod harm;
pub mod link;
mod names;
pub mod records;
pub mod schema;
pub mod server;
mod server_link;
pub mod sqlite;
pub mod writer;

use std::time::Duration;

pub use writer::Writer;

/// What can go wrong with the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// SQLite refused.
    #[error("the database at {path} refused: {source}; is the disk full or not writable?")]
    Sqlite {
        /// The database file.
        path: std::path::PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// A backup could not be copied.
    #[error("the backup could not be restored to {path}: {source}; is the disk full?")]
    Restore {
        /// The new file.
        path: std::path::PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A server refused, or can't be reached.
    #[error("{engine} at {place}: {why}")]
    Server {
        /// Which kind.
        engine: &'static str,
        /// Where it listens, or the address that it has.
        place: String,
        /// What it said.
        why: String,
    },
    /// A server did not answer in time; what it was asked for has not happened, for it was not told to commit.
    #[error("{engine} did not answer within {} ms", within.as_millis())]
    Late {
        /// Which kind.
        engine: &'static str,
        /// How long it was waited for.
        within: Duration,
    },
    /// A server was told to commit, and did not say whether it did.
    #[error("it is not known whether a commit happened: {why}")]
    Unsure {
        /// What came instead of an answer.
        why: String,
    },
    /// The writing thread is gone.
    #[error("the database's writer has ended")]
    Ended,
}
