//! A database server: where it listens, and connections to it.
//!
//! Each connection has a runtime of its own on the thread that uses it, so that no statement waits for another thread to wake up. A
//! connection on which something was not answered in time, or that was lost, is thrown away, and the next use makes a new one: what
//! the server has not been told to commit, it rolls back.

use std::fmt::Write;
use std::time::Duration;

use futures_util::TryStreamExt;
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlSslMode};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{AssertSqlSafe, ConnectOptions, Row};
use tokio::runtime::{Builder, Runtime};

use super::StoreError;
use super::link::{Link, Sql};
use super::writer::Goods;
use crate::servers::{DATABASE_USER, Endpoint, ServerKind, database_name};
use crate::topology::stage::DatabaseEngine;

/// Rows in one insert.
const ROWS_AT_ONCE: usize = 1_000;
/// A server ends a statement by itself after its time; the answer to that may take so much longer.
const ANSWER_WITHIN: Duration = Duration::from_millis(250);
/// How often a transaction sees what others have committed: at each statement.
pub const ISOLATION: &str = "READ COMMITTED";

/// A server, and how it is to be talked to.
#[derive(Debug, Clone)]
pub struct Server {
    engine: DatabaseEngine,
    endpoint: Endpoint,
    sync_each_commit: bool,
}

impl Server {
    /// A server of this run.
    pub fn new(engine: DatabaseEngine, endpoint: Endpoint, sync_each_commit: bool) -> Self {
        Self { engine, endpoint, sync_each_commit }
    }

    /// A server that copies from this one.
    #[must_use]
    pub fn replica(&self, endpoint: Endpoint) -> Self {
        Self { endpoint, ..self.clone() }
    }

    /// Which kind it is.
    pub fn engine(&self) -> DatabaseEngine {
        self.engine
    }

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

    fn failed(&self, why: &dyn std::fmt::Display) -> StoreError {
        StoreError::Server { engine: self.engine.label(), endpoint: self.endpoint, why: why.to_string() }
    }

    async fn open(&self, patience: Duration) -> Result<Line, sqlx::Error> {
        let host = self.endpoint.ip.to_string();
        let millis = patience.as_millis().to_string();
        if self.engine == DatabaseEngine::PostgreSql {
            let commit = if self.sync_each_commit { "on" } else { "off" };
            let options = PgConnectOptions::new_without_pgpass()
                .host(&host)
                .port(self.endpoint.port)
                .username(DATABASE_USER)
                .database(database_name(ServerKind::PostgreSql))
                .ssl_mode(PgSslMode::Disable)
                .options([
                    ("default_transaction_isolation", "read committed"),
                    ("statement_timeout", &millis),
                    ("synchronous_commit", commit),
                ]);
            return Ok(Line::Postgres(options.disable_statement_logging().connect().await?));
        }
        let options = MySqlConnectOptions::new()
            .host(&host)
            .port(self.endpoint.port)
            .username(DATABASE_USER)
            .database(database_name(ServerKind::MariaDb))
            .ssl_mode(MySqlSslMode::Disabled);
        let mut line = options.disable_statement_logging().connect().await?;
        let settings = format!(
            "SET SESSION TRANSACTION ISOLATION LEVEL {ISOLATION};
             SET SESSION max_statement_time = {}, innodb_lock_wait_timeout = {}",
            patience.as_secs_f64(),
            patience.as_secs().max(1)
        );
        sqlx::raw_sql(AssertSqlSafe(settings)).execute(&mut line).await?;
        Ok(Line::MariaDb(line))
    }
}

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

/// What the connection is.
enum Line {
    Postgres(PgConnection),
    MariaDb(MySqlConnection),
}

/// The same words for each kind of line: the library has types of its own for each.
macro_rules! on {
    ($line:expr, $it:ident => $work:expr) => {
        match $line {
            Line::Postgres($it) => $work,
            Line::MariaDb($it) => $work,
        }
    };
}

/// A statement with its values.
macro_rules! query {
    ($sql:expr, $values:expr) => {
        $values.iter().fold(sqlx::query(AssertSqlSafe($sql.clone())), |query, value| query.bind(*value))
    };
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
                let is_sound = answer.as_ref().err().is_none_or(|error| error.as_database_error().is_some());
                Ok::<_, sqlx::Error>((is_sound.then_some(line), answer))
            })
            .await
        });
        match answered {
            Err(_late) => Err(StoreError::Late { engine: server.engine.label(), within }),
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
        self.ask(async |line| on!(line, it => Ok(query!(sql, values).execute(it).await?.rows_affected())))
    }

    fn rows(&mut self, sql: &Sql, values: &[i64], each: &mut dyn FnMut(&[i64])) -> Result<(), StoreError> {
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
        self.ask(async |line| {
            on!(line, it => {
                let row = query!(sql, values).fetch_optional(it).await?;
                row.map(|row| row.try_get(0)).transpose()
            })
        })
    }

    /// Numbers only, so the values stand in the text: one way there and back, however many rows.
    fn insert_new(&mut self, table: &str, columns: usize, values: &[i64]) -> Result<u64, StoreError> {
        let (begin, end) = match self.server.engine {
            DatabaseEngine::MariaDb => ("INSERT IGNORE INTO", ""),
            _ => ("INSERT INTO", " ON CONFLICT DO NOTHING"),
        };
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
        if self.server.engine == DatabaseEngine::PostgreSql {
            let rows = copied(goods);
            return self.ask(async |line| {
                let Line::Postgres(line) = line else { return Ok(()) };
                let mut copy = line.copy_in_raw("COPY goods FROM STDIN").await?;
                copy.send(rows.as_bytes()).await?;
                copy.finish().await.map(drop)
            });
        }
        for goods in goods.chunks(ROWS_AT_ONCE) {
            let rows = vec!["(?, ?, 0, ?, 0)"; goods.len()].join(", ");
            let sql = Sql::from(format!("REPLACE INTO goods VALUES {rows}"));
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
        let sql = match self.server.engine {
            DatabaseEngine::MariaDb => "UPDATE goods SET page = ? WHERE item = ?",
            _ => "UPDATE goods SET page = $1 WHERE item = $2",
        };
        self.ask(async |line| {
            on!(line, it => sqlx::query(sql).bind(page).bind(i64::from(item)).execute(it).await.map(drop))
        })
    }

    fn run(&mut self, sql: &str) -> Result<(), StoreError> {
        self.raw(sql.to_owned()).map(drop)
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
