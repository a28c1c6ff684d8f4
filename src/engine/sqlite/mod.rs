//! The database: SQLite, embedded, in WAL mode.
//!
//! - [`schema`]: tables, and how a connection is set up.
//! - [`writer`]: the one connection that writes what the queue and data control bring.
//! - [`claim`]: a claim decided by the database itself, under the row lock or by the version of the row.
//! - [`records`]: events in tables by time, and counters.
//! - [`harm`]: what faults do to it.

pub mod claim;
pub mod harm;
pub mod records;
pub mod schema;
pub mod writer;

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
    /// The writing thread is gone.
    #[error("the database's writer has ended")]
    Ended,
}
