//! A database server that is not ours: how it is reached, what may be said of it, and how nothing of a run stays there.
//!
//! A run's tables have a prefix of its own ([`Elsewhere::prefix`]) in the database that the address names, because a user who may make
//! tables there needs no more: neither a schema nor a database has to be made. Every statement that goes there gets the prefix
//! ([`super::names`]), so tables of others are never named.

use std::io;
use std::sync::{OnceLock, PoisonError, RwLock, RwLockReadGuard};
use std::time::Duration;

use sqlx::mysql::{MySqlConnectOptions, MySqlDatabaseError, MySqlSslMode};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use tokio::time::timeout;

use super::server::Server;
use crate::servers::ExternalError;
use crate::topology::address::{Access, Scheme, Secret};

/// What all tables of the program begin with, on servers that are not its own.
pub const TABLES_OF_ALL_RUNS: &str = "seckill_lab_";
/// How long it may take to be let in and to try what a run needs.
const LOOK_WITHIN: Duration = Duration::from_secs(10);
/// How long one statement may wait for the locks of others, before and after a run.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long it may take as a whole to remove the tables: what is under way there may hold them for a while.
const CLEAN_WITHIN: Duration = Duration::from_mins(1);

/// A server that is not ours, in the use of one run.
#[derive(Debug)]
pub struct Elsewhere {
    access: Access,
    prefix: String,
    /// Kind and version, once it has said them.
    about: OnceLock<About>,
    /// Whether nothing more is sent there but what removes the tables. Whoever sends something has it to read.
    is_shut: RwLock<bool>,
}

/// What a server says that it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// PostgreSQL, MariaDB or MySQL.
    pub kind: &'static str,
    /// Its version.
    pub version: String,
}

impl Elsewhere {
    /// A server by its address; nothing is sent yet. `run` names the tables, in letters, digits and dashes.
    pub fn new(access: Access, run: &str) -> Self {
        let prefix = format!("{TABLES_OF_ALL_RUNS}{}_", run.replace('-', "_").to_ascii_lowercase());
        Self { access, prefix, about: OnceLock::new(), is_shut: RwLock::new(false) }
    }

    /// What the tables of the run begin with.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The address, as it may be shown.
    pub fn address(&self) -> String {
        self.access.address.to_string()
    }

    /// What it said that it is.
    pub fn about(&self) -> Option<&About> {
        self.about.get()
    }

    /// Whether it is a MySQL, whose time for a statement has another name.
    pub(super) fn is_mysql(&self) -> bool {
        self.about.get().is_some_and(|about| about.kind == "MySQL")
    }

    /// Leave to send something; none once the server is shut. Held until the answer is there.
    pub(super) fn enter(&self) -> Option<RwLockReadGuard<'_, bool>> {
        Some(self.is_shut.read().unwrap_or_else(PoisonError::into_inner)).filter(|is_shut| !**is_shut)
    }

    /// From now on nothing of the run is sent there. Blocks until what is under way has its answer.
    fn shut(&self) {
        *self.is_shut.write().unwrap_or_else(PoisonError::into_inner) = true;
    }

    /// What somebody said, without user and password: servers name the user whom they refuse.
    pub(super) fn hide(&self, said: &str) -> String {
        let mut said = said.to_owned();
        if let Some(password) = &self.access.password {
            said = said.replace(password.expose(), "***");
        }
        match &self.access.user {
            Some(user) => without_word(&said, user.expose()),
            None => said,
        }
    }

    /// How PostgreSQL is reached.
    pub(super) fn postgres(&self) -> PgConnectOptions {
        let (host, exposed) = (&self.access.address.hosts[0], Secret::expose);
        let mut options = PgConnectOptions::new_without_pgpass().host(&host.name).port(host.port);
        options = options.database(self.access.address.path.as_deref().unwrap_or_default());
        options = options.username(self.access.user.as_ref().map_or("", exposed));
        options = options.password(self.access.password.as_ref().map_or("", exposed));
        if !self.access.address.is_tls {
            return options.ssl_mode(PgSslMode::Disable);
        }
        options = options.ssl_mode(PgSslMode::VerifyFull);
        self.access.address.ca.iter().fold(options, PgConnectOptions::ssl_root_cert)
    }

    /// How MariaDB or MySQL is reached.
    pub(super) fn mysql(&self) -> MySqlConnectOptions {
        let (host, exposed) = (&self.access.address.hosts[0], Secret::expose);
        let mut options = MySqlConnectOptions::new().host(&host.name).port(host.port);
        options = options.database(self.access.address.path.as_deref().unwrap_or_default());
        options = options.username(self.access.user.as_ref().map_or("", exposed));
        options = options.password(self.access.password.as_ref().map_or("", exposed));
        if !self.access.address.is_tls {
            return options.ssl_mode(MySqlSslMode::Disabled);
        }
        options = options.ssl_mode(MySqlSslMode::VerifyIdentity);
        self.access.address.ca.iter().fold(options, MySqlConnectOptions::ssl_ca)
    }

    /// Whether it has to be asked in the words of PostgreSQL.
    fn is_postgres(&self) -> bool {
        self.access.address.scheme == Scheme::Postgres
    }

    fn unreachable(&self, why: &str) -> ExternalError {
        ExternalError::Unreachable { address: self.address(), why: why.to_owned() }
    }

    /// Why it can't be used, by what came instead of an answer.
    fn told(&self, error: &sqlx::Error) -> ExternalError {
        let address = self.address();
        match error {
            sqlx::Error::Database(refusal) => {
                let said = self.hide(refusal.message());
                let number = refusal.try_downcast_ref::<MySqlDatabaseError>().map(MySqlDatabaseError::number);
                // <https://www.postgresql.org/docs/current/errcodes-appendix.html>, <https://mariadb.com/kb/en/mariadb-error-code-reference/>
                match (refusal.code().as_deref(), number) {
                    (Some("28P01" | "28000"), _) | (_, Some(1045)) => ExternalError::Login { address, said },
                    (Some("3D000"), _) | (_, Some(1049)) => self.unreachable(&said),
                    _ => ExternalError::Refuses { address, said },
                }
            }
            sqlx::Error::Tls(why) => ExternalError::Tls { address, why: self.hide(&why.to_string()) },
            // A certificate that is not believed, or a file that is not there.
            sqlx::Error::Io(why) if self.access.address.is_tls && is_of_tls(why) => {
                ExternalError::Tls { address, why: self.hide(&why.to_string()) }
            }
            sqlx::Error::Io(why) => self.unreachable(&self.hide(&why.to_string())),
            error => self.unreachable(&self.hide(&error.to_string())),
        }
    }
}

impl Server {
    /// Looks whether it lets the lab in and can do what a run needs there, by a table with a name of the run's own; so that a run
    /// doesn't begin in vain, and nothing is made that could not be removed.
    ///
    /// # Errors
    /// It can't.
    pub(super) async fn try_elsewhere(&self, elsewhere: &Elsewhere) -> Result<(), ExternalError> {
        let table = format!("{}rights", elsewhere.prefix());
        let tried = [
            format!("DROP TABLE IF EXISTS {table}"),
            format!("CREATE TABLE {table} (id BIGINT PRIMARY KEY, page TEXT NOT NULL)"),
            format!("CREATE INDEX {table}_index ON {table} (id)"),
            format!("INSERT INTO {table} VALUES (1, 'page')"),
            format!("UPDATE {table} SET page = 'other' WHERE id = 1"),
            format!("DELETE FROM {table} WHERE id = 1"),
            format!("DROP TABLE {table}"),
        ];
        let looking = async {
            let mut line = self.open(PATIENCE).await?;
            let version = if elsewhere.is_postgres() { "SHOW server_version" } else { "SELECT VERSION()" };
            let said = line.first_text(version).await?.unwrap_or_default();
            // Whoever looked first has said the same.
            elsewhere.about.set(About::read(&said, elsewhere.is_postgres())).ok();
            for sql in tried {
                line.raw(&sql).await?;
            }
            Ok(())
        };
        let late = |_late| elsewhere.unreachable("no answer in time");
        timeout(LOOK_WITHIN, looking).await.map_err(late)?.map_err(|error| elsewhere.told(&error))
    }

    /// Sends nothing more there and removes every table of the run. Answers how many there were.
    ///
    /// # Errors
    /// It can't be reached any more, or it takes too long: the tables that are left begin with the prefix.
    pub(super) async fn clean_elsewhere(
        &self,
        elsewhere: &std::sync::Arc<Elsewhere>,
    ) -> Result<u64, ExternalError> {
        let shutting = elsewhere.clone();
        let shut = tokio::task::spawn_blocking(move || shutting.shut()).await;
        shut.map_err(|_ended| elsewhere.unreachable("the program is ending"))?;
        let cleaning = async {
            let mut line = self.open(PATIENCE).await?;
            let (schema, text) = if elsewhere.is_postgres() {
                ("current_schema()", "TEXT")
            } else {
                ("DATABASE()", "CHAR(64)")
            };
            let prefix = elsewhere.prefix();
            let find = format!(
                "SELECT CAST(table_name AS {text}) FROM information_schema.tables
                 WHERE table_schema = {schema} AND LEFT(table_name, {}) = '{prefix}' ORDER BY table_name LIMIT 1",
                prefix.len()
            );
            let mut removed = 0;
            while let Some(table) = line.first_text(&find).await? {
                match line.raw(&format!("DROP TABLE {table}")).await {
                    Ok(()) => removed += 1,
                    // A connection of the run that was lost may still hold it: the server has yet to see that.
                    Err(error) if is_late(&error) => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(removed)
        };
        let late = |_late| elsewhere.unreachable("removing the tables took too long");
        timeout(CLEAN_WITHIN, cleaning).await.map_err(late)?.map_err(|error| elsewhere.told(&error))
    }
}

impl About {
    /// What a server says of its version: `15.14 (Debian 15.14-0+deb12u1)`, `10.11.14-MariaDB-0+deb12u2`, `8.4.6`.
    fn read(said: &str, is_postgres: bool) -> Self {
        let kind = match (is_postgres, said.contains("MariaDB")) {
            (true, _) => "PostgreSQL",
            (_, true) => "MariaDB",
            (_, false) => "MySQL",
        };
        let version = said.split([' ', '-']).next().unwrap_or_default();
        Self { kind, version: version.to_owned() }
    }
}

/// Whether a statement gave up waiting for a lock: by the time that it may take, or by the lock's own
/// (PostgreSQL 57014 and 55P03; MariaDB 1205 and 1969, MySQL 3024).
fn is_late(error: &sqlx::Error) -> bool {
    let Some(refusal) = error.as_database_error() else { return false };
    let number = refusal.try_downcast_ref::<MySqlDatabaseError>().map(MySqlDatabaseError::number);
    matches!(refusal.code().as_deref(), Some("57014" | "55P03")) || matches!(number, Some(1205 | 1969 | 3024))
}

fn is_of_tls(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::NotFound)
}

/// A text with stars for a word, where that stands alone.
fn without_word(text: &str, word: &str) -> String {
    if word.is_empty() {
        return text.to_owned();
    }
    let (mut hidden, mut rest) = (String::new(), text);
    let is_of_word = |c: char| c.is_alphanumeric() || c == '_';
    while let Some(at) = rest.find(word) {
        let (before, after) = (&rest[..at], &rest[at + word.len()..]);
        let is_alone = !before.chars().next_back().or(hidden.chars().next_back()).is_some_and(is_of_word)
            && !after.chars().next().is_some_and(is_of_word);
        hidden.push_str(before);
        hidden.push_str(if is_alone { "***" } else { word });
        rest = after;
    }
    hidden + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::address::Address;

    #[test]
    fn a_server_is_known_by_what_it_says() {
        for (said, is_postgres, kind, version) in [
            ("15.14 (Debian 15.14-0+deb12u1)", true, "PostgreSQL", "15.14"),
            ("10.11.14-MariaDB-0+deb12u2", false, "MariaDB", "10.11.14"),
            ("8.4.6", false, "MySQL", "8.4.6"),
        ] {
            assert_eq!(About::read(said, is_postgres), About { kind, version: version.to_owned() });
        }
    }

    #[test]
    fn nothing_that_is_said_of_it_holds_the_user_or_the_password() {
        let address =
            Address::parse("postgres://${WHO}:${WORD}@db/shop", &[Scheme::Postgres]).expect("an address");
        let secrets = |name: &str| Some(if name == "WHO" { "lab" } else { "hush-hush" }.to_owned());
        let elsewhere = Elsewhere::new(address.with_secrets(secrets).expect("both"), "6b01-46-WvU");
        assert_eq!(elsewhere.prefix(), "seckill_lab_6b01_46_wvu_");
        for (said, hidden) in [
            (
                "password authentication failed for user \"lab\"",
                "password authentication failed for user \"***\"",
            ),
            ("denied for seckill_lab_6b_orders, label, lab", "denied for seckill_lab_6b_orders, label, ***"),
            ("lab hush-hushlab", "*** ******"),
            ("lab", "***"),
        ] {
            assert_eq!(elsewhere.hide(said), hidden);
        }
        assert!(!format!("{elsewhere:?}").contains("hush"));
    }

    #[test]
    fn what_is_shut_lets_nobody_in() {
        let address = Address::parse("mysql://${WHO}@db/shop", &[Scheme::Mysql]).expect("an address");
        let elsewhere = Elsewhere::new(address.with_secrets(|_| Some("lab".to_owned())).expect("it"), "1");
        assert!(elsewhere.enter().is_some());
        elsewhere.shut();
        assert!(elsewhere.enter().is_none());
    }
}
