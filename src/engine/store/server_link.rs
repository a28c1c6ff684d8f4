//! A connection to a database server.
//!
//! Each has a runtime of its own on the thread that uses it, so that no statement waits for another thread to wake up. A connection on
//! which something was not answered in time, or that was lost, is thrown away, and the next use makes a new one: what the server has
//! not been told to commit, it rolls back.

use std::fmt::Write;
use std::time::Duration;

use futures_util::TryStreamExt;
use sqlx::mysql::MySqlDatabaseError;
use sqlx::postgres::{PgDatabaseError, PgSeverity};
use sqlx::{AssertSqlSafe, Row};
use tokio::runtime::{Builder, Runtime};

use super::StoreError;
use super::link::{Link, Sql};
use super::server::{Line, Server, on};
use super::writer::Goods;
use crate::topology::stage::DatabaseEngine;

/// Rows in one insert.
const ROWS_AT_ONCE: usize = 1_000;
/// A server ends a statement by itself after its time; the answer to that may take so much longer.
const ANSWER_WITHIN: Duration = Duration::from_millis(250);

/// A statement with its values.
macro_rules! query {
    ($sql:expr, $values:expr) => {
        $values.iter().fold(sqlx::query(AssertSqlSafe($sql.clone())), |query, value| query.bind(*value))
    };
}

/// Its numbers for a server that goes down and for a connection that was ended by somebody
/// (<https://mariadb.com/kb/en/mariadb-error-code-reference/>).
const MARIADB_FAREWELLS: [u16; 2] = [1053, 1927];

/// A connection to a server.
pub struct ServerLink {
    server: Server,
    /// Taken when it ends.
    runtime: Option<Runtime>,
    line: Option<Line>,
    /// Whether a transaction has begun and not ended on the line.
    is_in_transaction: bool,
    patience: Duration,
}

impl Server {
    /// A connection on which a statement may take so long. It is made at its first use.
    ///
    /// # Errors
    /// The system has no more to give.
    pub fn connect(&self, patience: Duration) -> Result<ServerLink, StoreError> {
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| self.failed(&error))?;
        Ok(ServerLink {
            server: self.clone(),
            runtime: Some(runtime),
            line: None,
            is_in_transaction: false,
            patience,
        })
    }
}

impl ServerLink {
    /// Does something on the line, in bounded time. Where the line turns out to have been lost since it was last used, and no transaction
    /// is under way on it, it is done on a new one.
    fn ask<T>(
        &mut self,
        mut work: impl AsyncFnMut(&mut Line) -> Result<T, sqlx::Error>,
    ) -> Result<T, StoreError> {
        let was_there = self.line.is_some();
        let answer = self.ask_once(&mut work);
        let is_lost = was_there && self.line.is_none() && !self.is_in_transaction;
        if is_lost && matches!(answer, Err(StoreError::Server { .. })) {
            self.ask_once(&mut work)
        } else {
            answer
        }
    }

    /// Does something on the line, which is made if there is none.
    fn ask_once<T>(
        &mut self,
        work: &mut impl AsyncFnMut(&mut Line) -> Result<T, sqlx::Error>,
    ) -> Result<T, StoreError> {
        let Self { server, runtime: Some(runtime), line: kept, patience, .. } = self else {
            return Err(StoreError::Ended);
        };
        let leave = server.other().map(|elsewhere| elsewhere.enter());
        if matches!(leave, Some(None)) {
            return Err(StoreError::Ended);
        }
        let within = *patience + ANSWER_WITHIN;
        let (taken, patience) = (kept.take(), *patience);
        let answered = runtime.block_on(async {
            tokio::time::timeout(within, async {
                let mut line = match taken {
                    Some(line) => line,
                    None => server.open(patience).await?,
                };
                let answer = work(&mut line).await;
                // What the server has answered, if only by a refusal, leaves the line in order.
                let is_sound = answer.as_ref().err().is_none_or(is_refusal);
                Ok::<_, sqlx::Error>((is_sound.then_some(line), answer))
            })
            .await
        });
        match answered {
            Err(_late) => Err(StoreError::Late { engine: server.engine().label(), within }),
            Ok(Err(error)) => Err(server.failed(&error)),
            Ok(Ok((line, answer))) => {
                *kept = line;
                answer.map_err(|error| server.failed(&error))
            }
        }
    }

    fn raw(&mut self, sql: String) -> Result<u64, StoreError> {
        let sql = Sql::from(sql);
        self.ask(async |line| {
            let sql = AssertSqlSafe(sql.clone());
            on!(line, it => Ok(sqlx::raw_sql(sql).execute(it).await?.rows_affected()))
        })
    }
}

impl Link for ServerLink {
    fn execute(&mut self, sql: &Sql, values: &[i64]) -> Result<u64, StoreError> {
        let sql = self.server.named(sql);
        self.ask(async |line| on!(line, it => Ok(query!(sql, values).execute(it).await?.rows_affected())))
    }

    fn rows(&mut self, sql: &Sql, values: &[i64], each: &mut dyn FnMut(&[i64])) -> Result<(), StoreError> {
        let sql = self.server.named(sql);
        self.ask(async |line| {
            on!(line, it => {
                let mut rows = query!(sql, values).fetch(it);
                let mut numbers = Vec::new();
                while let Some(row) = rows.try_next().await? {
                    numbers.clear();
                    for column in 0..row.len() {
                        numbers.push(row.try_get::<i64, _>(column)?);
                    }
                    each(&numbers);
                }
                Ok(())
            })
        })
    }

    fn text(&mut self, sql: &Sql, values: &[i64]) -> Result<Option<String>, StoreError> {
        let sql = self.server.named(sql);
        self.ask(async |line| {
            on!(line, it => {
                let row = query!(sql, values).fetch_optional(it).await?;
                row.map(|row| row.try_get(0)).transpose()
            })
        })
    }

    /// Numbers only, so the values stand in the text: one way there and back, however many rows.
    fn insert_new(&mut self, table: &str, columns: usize, values: &[i64]) -> Result<u64, StoreError> {
        let (begin, end) = match self.server.engine() {
            DatabaseEngine::MariaDb => ("INSERT IGNORE INTO", ""),
            _ => ("INSERT INTO", " ON CONFLICT DO NOTHING"),
        };
        let table = self.server.named(&Sql::from(table));
        let mut new = 0;
        for rows in values.chunks(ROWS_AT_ONCE * columns) {
            let text = |row: &[i64]| row.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
            let rows: Vec<String> = rows.chunks_exact(columns).map(text).collect();
            new += self.raw(format!("{begin} {table} VALUES ({}){end}", rows.join("),(")))?;
        }
        Ok(new)
    }

    /// PostgreSQL copies them in; MariaDB inserts many at a time.
    fn load(&mut self, goods: &[Goods]) -> Result<(), StoreError> {
        if self.server.engine() == DatabaseEngine::PostgreSql {
            let (rows, sql) = (copied(goods), self.server.named(&"COPY goods FROM STDIN".into()));
            return self.ask(async |line| {
                let Line::Postgres(line) = line else { return Ok(()) };
                let mut copy = line.copy_in_raw(&sql).await?;
                copy.send(rows.as_bytes()).await?;
                copy.finish().await.map(drop)
            });
        }
        for goods in goods.chunks(ROWS_AT_ONCE) {
            let rows = vec!["(?, ?, 0, ?, 0)"; goods.len()].join(", ");
            let sql = self.server.named(&format!("REPLACE INTO goods VALUES {rows}").into());
            self.ask(async |line| {
                let Line::MariaDb(line) = line else { return Ok(()) };
                let query = goods.iter().fold(sqlx::query(AssertSqlSafe(sql.clone())), |query, goods| {
                    query.bind(i64::from(goods.item)).bind(goods.total.cast_signed()).bind(&goods.page)
                });
                query.execute(line).await.map(drop)
            })?;
        }
        Ok(())
    }

    fn set_page(&mut self, item: u32, page: &str) -> Result<(), StoreError> {
        let sql = match self.server.engine() {
            DatabaseEngine::MariaDb => "UPDATE goods SET page = ? WHERE item = ?",
            _ => "UPDATE goods SET page = $1 WHERE item = $2",
        };
        let sql = self.server.named(&sql.into());
        self.ask(async |line| {
            on!(line, it => sqlx::query(AssertSqlSafe(sql.clone())).bind(page).bind(i64::from(item)).execute(it).await.map(drop))
        })
    }

    fn run(&mut self, sql: &str) -> Result<(), StoreError> {
        let sql = self.server.named(&sql.into());
        self.raw(sql.to_string()).map(drop)
    }

    fn begin(&mut self) -> Result<(), StoreError> {
        self.is_in_transaction = false;
        self.run("BEGIN")?;
        self.is_in_transaction = true;
        Ok(())
    }

    fn commit(&mut self) -> Result<(), StoreError> {
        let was_there = self.line.is_some();
        let committed = self.run("COMMIT");
        self.is_in_transaction = false;
        committed.map_err(|error| match error {
            // A refusal is an answer; and on a line that is new there is nothing to commit.
            error if self.line.is_some() || !was_there => error,
            error => StoreError::Unsure { why: error.to_string() },
        })?;
        // A transaction whose line was lost before is rolled back, and the new line knows nothing of it.
        if was_there { Ok(()) } else { Err(self.server.failed(&"the connection was lost before the commit")) }
    }

    fn rollback(&mut self) {
        if self.line.is_some() && self.run("ROLLBACK").is_err() {
            self.line = None;
        }
        self.is_in_transaction = false;
    }
}

/// Whether it is the server's answer to a statement; not where it said, perhaps long before, why it closes the connection.
fn is_refusal(error: &sqlx::Error) -> bool {
    let Some(said) = error.as_database_error() else { return false };
    if let Some(said) = said.try_downcast_ref::<PgDatabaseError>() {
        // <https://www.postgresql.org/docs/current/runtime-config-logging.html#RUNTIME-CONFIG-SEVERITY-LEVELS>: it ends the session
        return !matches!(said.severity(), PgSeverity::Fatal | PgSeverity::Panic);
    }
    let number = said.try_downcast_ref::<MySqlDatabaseError>().map(MySqlDatabaseError::number);
    number.is_none_or(|number| !MARIADB_FAREWELLS.contains(&number))
}

impl Drop for ServerLink {
    fn drop(&mut self) {
        // It may be dropped where nothing may block; the server sees the closed socket.
        let line = self.line.take();
        if let Some(runtime) = self.runtime.take() {
            {
                let _inside = runtime.enter();
                drop(line);
            }
            runtime.shutdown_background();
        }
    }
}

/// Products in the text form of `COPY` (<https://www.postgresql.org/docs/current/sql-copy.html>).
fn copied(goods: &[Goods]) -> String {
    let mut rows = String::new();
    for Goods { item, total, page } in goods {
        let page = page.replace('\\', "\\\\").replace('\t', "\\t").replace('\n', "\\n").replace('\r', "\\r");
        // Writing to a string can't fail.
        writeln!(rows, "{item}\t{total}\t0\t{page}\t0").ok();
    }
    rows
}
