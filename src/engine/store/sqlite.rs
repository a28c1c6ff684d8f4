//! SQLite, embedded, in WAL mode: a file, and connections to it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, params_from_iter};

use super::StoreError;
use super::link::{Link, Sql};
use super::writer::Goods;

/// A database file, and how safely it is written.
#[derive(Debug, Clone)]
pub struct File {
    path: PathBuf,
    sync_each_commit: bool,
}

impl File {
    /// The file at a path; it is made when somebody first connects.
    pub fn new(path: &Path, sync_each_commit: bool) -> Self {
        Self { path: path.to_owned(), sync_each_commit }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Opens a connection, which waits so long for the lock of another before it gives up.
    ///
    /// # Errors
    /// The file can't be opened.
    pub fn connect(&self, patience: Duration) -> Result<FileLink, StoreError> {
        let sync = if self.sync_each_commit { "FULL" } else { "NORMAL" };
        let opened = Connection::open(&self.path).and_then(|connection| {
            connection.busy_timeout(patience)?;
            connection.pragma_update(None, "journal_mode", "WAL")?;
            connection.pragma_update(None, "synchronous", sync)?;
            Ok(connection)
        });
        match opened {
            Ok(connection) => Ok(FileLink { connection, path: self.path.clone() }),
            Err(source) => Err(StoreError::Sqlite { path: self.path.clone(), source }),
        }
    }
}

/// A connection to a file.
pub struct FileLink {
    connection: Connection,
    path: PathBuf,
}

impl FileLink {
    fn done<T>(&self, result: rusqlite::Result<T>) -> Result<T, StoreError> {
        result.map_err(|source| StoreError::Sqlite { path: self.path.clone(), source })
    }

    fn insert_each(&self, sql: &str, columns: usize, values: &[i64]) -> rusqlite::Result<u64> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut new = 0;
        for row in values.chunks_exact(columns) {
            new += statement.execute(params_from_iter(row))? as u64;
        }
        Ok(new)
    }

    fn read_each(&self, sql: &str, values: &[i64], each: &mut dyn FnMut(&[i64])) -> rusqlite::Result<()> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let mut row_values = vec![0; statement.column_count()];
        let mut rows = statement.query(params_from_iter(values))?;
        while let Some(row) = rows.next()? {
            for (column, value) in row_values.iter_mut().enumerate() {
                *value = row.get(column)?;
            }
            each(&row_values);
        }
        Ok(())
    }

    fn load_each(&mut self, goods: &[Goods]) -> rusqlite::Result<()> {
        let transaction = self.connection.transaction()?;
        let mut statement =
            transaction.prepare_cached("INSERT OR REPLACE INTO goods VALUES (?1, ?2, 0, ?3, 0)")?;
        for Goods { item, total, page } in goods {
            statement.execute(rusqlite::params![item, total, page])?;
        }
        drop(statement);
        transaction.commit()
    }
}

impl Link for FileLink {
    fn execute(&mut self, sql: &Sql, values: &[i64]) -> Result<u64, StoreError> {
        let statement = self.connection.prepare_cached(sql);
        let done = statement.and_then(|mut statement| statement.execute(params_from_iter(values)));
        self.done(done).map(|rows| rows as u64)
    }

    fn rows(&mut self, sql: &Sql, values: &[i64], each: &mut dyn FnMut(&[i64])) -> Result<(), StoreError> {
        self.done(self.read_each(sql, values, each))
    }

    fn text(&mut self, sql: &Sql, values: &[i64]) -> Result<Option<String>, StoreError> {
        let found = self.connection.prepare_cached(sql).and_then(|mut statement| {
            let mut rows = statement.query(params_from_iter(values))?;
            rows.next()?.map(|row| row.get(0)).transpose()
        });
        self.done(found)
    }

    fn insert_new(&mut self, table: &str, columns: usize, values: &[i64]) -> Result<u64, StoreError> {
        let places = vec!["?"; columns].join(", ");
        let sql = format!("INSERT OR IGNORE INTO {table} VALUES ({places})");
        self.done(self.insert_each(&sql, columns, values))
    }

    fn load(&mut self, goods: &[Goods]) -> Result<(), StoreError> {
        let done = self.load_each(goods);
        self.done(done)
    }

    fn set_page(&mut self, item: u32, page: &str) -> Result<(), StoreError> {
        let statement = self.connection.prepare_cached("UPDATE goods SET page = ?2 WHERE item = ?1");
        self.done(
            statement.and_then(|mut statement| statement.execute(rusqlite::params![item, page])).map(drop),
        )
    }

    fn run(&mut self, sql: &str) -> Result<(), StoreError> {
        self.done(self.connection.execute_batch(sql))
    }

    /// Takes the write lock at once, so that nobody who has read has to give up when it comes to writing.
    fn begin(&mut self) -> Result<(), StoreError> {
        self.run("BEGIN IMMEDIATE")
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        let done = self.run("COMMIT");
        if done.is_err() {
            self.rollback();
        }
        done
    }

    fn rollback(&mut self) {
        // Many errors have rolled it back already; then there is nothing to do.
        if !self.connection.is_autocommit() {
            self.connection.execute_batch("ROLLBACK").ok();
        }
    }
}
