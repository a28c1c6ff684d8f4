//! A database server: where it is, and how connections to it are opened.

use std::sync::Arc;
use std::time::Duration;

use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlSslMode};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{AssertSqlSafe, ConnectOptions, Row};

use super::StoreError;
use super::elsewhere::Elsewhere;
use super::link::Sql;
use super::names;
use crate::servers::{DATABASE_USER, Endpoint, ExternalError, ServerKind, database_name};
use crate::topology::stage::DatabaseEngine;

/// How often a transaction sees what others have committed: at each statement.
pub const ISOLATION: &str = "READ COMMITTED";

/// The same words for each kind of line: the library has types of its own for each.
macro_rules! on {
    ($line:expr, $it:ident => $work:expr) => {
        match $line {
            Line::Postgres($it) => $work,
            Line::MariaDb($it) => $work,
        }
    };
}
pub(super) use on;

/// A server, and how it is to be talked to.
#[derive(Debug, Clone)]
pub struct Server {
    engine: DatabaseEngine,
    place: Place,
    sync_each_commit: bool,
}

/// Where it is.
#[derive(Debug, Clone)]
enum Place {
    /// A server of this run.
    Own(Endpoint),
    /// A server that is not ours.
    Elsewhere(Arc<Elsewhere>),
}

impl Server {
    /// A server of this run.
    pub fn new(engine: DatabaseEngine, endpoint: Endpoint, sync_each_commit: bool) -> Self {
        Self { engine, place: Place::Own(endpoint), sync_each_commit }
    }

    /// A server that is not ours.
    pub fn elsewhere(engine: DatabaseEngine, elsewhere: Arc<Elsewhere>, sync_each_commit: bool) -> Self {
        Self { engine, place: Place::Elsewhere(elsewhere), sync_each_commit }
    }

    /// A server that copies from this one.
    #[must_use]
    pub fn replica(&self, endpoint: Endpoint) -> Self {
        Self { place: Place::Own(endpoint), ..self.clone() }
    }

    /// Which kind it is.
    pub fn engine(&self) -> DatabaseEngine {
        self.engine
    }

    /// The one that is not ours, where it is such a one.
    pub(super) fn other(&self) -> Option<&Arc<Elsewhere>> {
        match &self.place {
            Place::Own(_) => None,
            Place::Elsewhere(elsewhere) => Some(elsewhere),
        }
    }

    /// Looks whether one that is not ours can do what a run needs.
    ///
    /// # Errors
    /// It can't.
    pub async fn look(&self) -> Result<(), ExternalError> {
        match self.other() {
            Some(elsewhere) => self.try_elsewhere(elsewhere).await,
            None => Ok(()),
        }
    }

    /// Removes what the run made at one that is not ours, to which nothing is sent any more. Answers how many tables there were.
    ///
    /// # Errors
    /// It can't be reached any more.
    pub async fn clean(&self) -> Result<u64, ExternalError> {
        match self.other() {
            Some(elsewhere) => self.clean_elsewhere(elsewhere).await,
            None => Ok(0),
        }
    }

    pub(super) fn failed(&self, why: &dyn std::fmt::Display) -> StoreError {
        let why = why.to_string();
        let (place, why) = match &self.place {
            Place::Own(endpoint) => (endpoint.to_string(), why),
            Place::Elsewhere(elsewhere) => (elsewhere.address(), elsewhere.hide(&why)),
        };
        StoreError::Server { engine: self.engine.label(), place, why }
    }

    /// A statement as it is sent: at a server that is not ours, the tables have names of the run's own.
    pub(super) fn named(&self, sql: &Sql) -> Sql {
        match self.other() {
            Some(elsewhere) => names::named(sql, elsewhere.prefix()),
            None => sql.clone(),
        }
    }

    /// A connection on which a statement may take so long.
    ///
    /// # Errors
    /// It can't be had.
    pub(super) async fn open(&self, patience: Duration) -> Result<Line, sqlx::Error> {
        if self.engine == DatabaseEngine::PostgreSql {
            let options = self.postgres(patience).disable_statement_logging();
            return Ok(Line::Postgres(options.connect().await?));
        }
        let (options, is_mysql) = match &self.place {
            Place::Elsewhere(elsewhere) => (elsewhere.mysql(), elsewhere.is_mysql()),
            Place::Own(endpoint) => {
                let options = MySqlConnectOptions::new().host(&endpoint.ip.to_string()).port(endpoint.port);
                let options = options.username(DATABASE_USER).database(database_name(ServerKind::MariaDb));
                (options.ssl_mode(MySqlSslMode::Disabled), false)
            }
        };
        let mut line = options.disable_statement_logging().connect().await?;
        // MySQL has a time for reads only, in milliseconds; MariaDB one for everything, in seconds.
        let within = if is_mysql {
            format!("max_execution_time = {}", patience.as_millis())
        } else {
            format!("max_statement_time = {}", patience.as_secs_f64())
        };
        let secs = patience.as_secs().max(1);
        let settings = format!(
            "SET SESSION TRANSACTION ISOLATION LEVEL {ISOLATION};
             SET SESSION {within}, innodb_lock_wait_timeout = {secs}, lock_wait_timeout = {secs}"
        );
        sqlx::raw_sql(AssertSqlSafe(settings)).execute(&mut line).await?;
        Ok(Line::MariaDb(line))
    }

    fn postgres(&self, patience: Duration) -> PgConnectOptions {
        let options = match &self.place {
            Place::Elsewhere(elsewhere) => elsewhere.postgres(),
            Place::Own(endpoint) => PgConnectOptions::new_without_pgpass()
                .host(&endpoint.ip.to_string())
                .port(endpoint.port)
                .username(DATABASE_USER)
                .database(database_name(ServerKind::PostgreSql))
                .ssl_mode(PgSslMode::Disable),
        };
        let millis = patience.as_millis().to_string();
        options.options([
            ("default_transaction_isolation", "read committed"),
            ("statement_timeout", &millis),
            ("synchronous_commit", if self.sync_each_commit { "on" } else { "off" }),
        ])
    }
}

/// What the connection is.
pub(super) enum Line {
    Postgres(PgConnection),
    MariaDb(MySqlConnection),
}

impl Line {
    /// Carries out statements that have no values.
    ///
    /// # Errors
    /// They are refused.
    pub(super) async fn raw(&mut self, sql: &str) -> Result<(), sqlx::Error> {
        let sql = AssertSqlSafe(sql.to_owned());
        on!(self, it => sqlx::raw_sql(sql).execute(it).await.map(drop))
    }

    /// Reads the text that is the first column of the first row; none where there is no row.
    ///
    /// # Errors
    /// It is refused.
    pub(super) async fn first_text(&mut self, sql: &str) -> Result<Option<String>, sqlx::Error> {
        let sql = AssertSqlSafe(sql.to_owned());
        on!(self, it => {
            let row = sqlx::query(sql).fetch_optional(it).await?;
            row.map(|row| row.try_get(0)).transpose()
        })
    }
}
