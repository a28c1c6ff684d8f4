//! Databases that are not ours: PostgreSQL and MariaDB with a user who may use one database, among tables of others, by password and by
//! TLS. A run uses them by their address and leaves them as it found them.

use crate::common;

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Output};

use common::program::{Place, Running, text, wait_until};
use common::servers::{block_on, until};
use common::{chain, chain_text};
use seckill_lab::servers::{DatabaseSettings, RedisNode, RunFolder, ServerKind, find_database};
use seckill_lab::topology::fault::FaultAction;
use seckill_lab::topology::stage::DatabaseEngine;
use serde_json::Value;
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlSslMode};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{AssertSqlSafe, ConnectOptions, Row};

const SERVERS: [DatabaseEngine; 2] = [DatabaseEngine::PostgreSql, DatabaseEngine::MariaDb];
const USER: &str = "shopper";
const PASSWORD: &str = "hush-hush";
const FACTS: &str =
    "Oversold(at_most: 0), Undersold(at_most: 0), Duplicates(at_most: 0), LostAcknowledged(at_most: 0)";
const CLICKS: &str = r#"(name: "clicks", span: "1s", shape: Constant(rate: 1_500), spacing: Poisson, mix: (read: 1, claim: 3, append: 1, count: 1))"#;
/// What a run of the lab calls its tables on a server of its own.
const THEIRS: [&str; 7] = ["counted", "counters", "events_0", "goods", "orders", "sale", "streams"];
/// The tables that a run's name begins, as the guide finds them.
const OF_RUNS: &str = "SELECT CAST(table_name AS CHAR(64)) FROM information_schema.tables
    WHERE table_name LIKE 'seckill\\_lab\\_%' ORDER BY table_name";

/// A server of somebody else: with tables of theirs, and a user for the lab.
struct Theirs {
    engine: DatabaseEngine,
    node: RedisNode,
    _run: RunFolder,
    _certificates: tempfile::TempDir,
}

/// A connection of the one to whom the server belongs.
enum Owner {
    Postgres(PgConnection),
    MariaDb(MySqlConnection),
}

fn certificate(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tls").join(name)
}

impl Theirs {
    async fn start(engine: DatabaseEngine) -> Self {
        let run = RunFolder::create().expect("a folder");
        let kind = match engine {
            DatabaseEngine::PostgreSql => ServerKind::PostgreSql,
            _ => ServerKind::MariaDb,
        };
        // The server may run as another user.
        let certificates = tempfile::tempdir().expect("a folder");
        fs::set_permissions(certificates.path(), fs::Permissions::from_mode(0o755)).expect("it is ours");
        let mut extra = Vec::new();
        for (name, option) in [("server.pem", "ssl-cert"), ("server.key", "ssl-key")] {
            let file = certificates.path().join(name);
            fs::copy(certificate(name), &file).expect("a copy");
            fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("it is ours");
            extra.push(format!("--{option}={}", file.display()));
        }
        // Who may give rights to others.
        let init = certificates.path().join("init.sql");
        let owner = "lab@'127.0.0.1'";
        let sql = format!("CREATE USER {owner};\nGRANT ALL ON *.* TO {owner} WITH GRANT OPTION;\n");
        fs::write(&init, sql).expect("a file");
        extra.push(format!("--init-file={}", init.display()));
        extra.retain(|_| kind == ServerKind::MariaDb);
        let settings = DatabaseSettings {
            sync_each_commit: false,
            connections: 100,
            replica_count: 0,
            replica_of: None,
            extra,
        };
        let binary = find_database(kind).expect("a server");
        let node = RedisNode::start_database(&binary, &run, "theirs", settings).await.expect("it starts");
        let theirs = Self { engine, node, _run: run, _certificates: certificates };
        theirs.furnish().await;
        theirs
    }

    async fn owner(&self, database: &str) -> Owner {
        let (host, port) = ("127.0.0.1", self.node.endpoint().port);
        if self.engine == DatabaseEngine::PostgreSql {
            let options = PgConnectOptions::new_without_pgpass().host(host).port(port).username("lab");
            let options = options.database(database).ssl_mode(PgSslMode::Disable).disable_statement_logging();
            return Owner::Postgres(options.connect().await.expect("a connection"));
        }
        let options =
            MySqlConnectOptions::new().host(host).port(port).username("lab").ssl_mode(MySqlSslMode::Disabled);
        let options = options.database(database).disable_statement_logging();
        Owner::MariaDb(options.connect().await.expect("a connection"))
    }

    /// A database for the shop, whose user may make tables there and nothing else.
    async fn furnish(&self) {
        let mut owner =
            self.owner(if self.engine == DatabaseEngine::PostgreSql { "postgres" } else { "mysql" }).await;
        owner.does("CREATE DATABASE shop").await;
        if self.engine == DatabaseEngine::PostgreSql {
            let file = |from: &str, to: &str| {
                let text = fs::read_to_string(certificate(from)).expect("a file");
                format!(
                    "COPY (SELECT unnest(string_to_array('{}', E'\\n'))) TO PROGRAM 'umask 077; cat > {to}'",
                    text.trim()
                )
            };
            for sql in [
                &format!("CREATE ROLE {USER} LOGIN PASSWORD '{PASSWORD}'"),
                "REVOKE ALL ON DATABASE shop FROM PUBLIC",
                &format!("GRANT CONNECT ON DATABASE shop TO {USER}"),
                &file("server.pem", "server.crt"),
                &file("server.key", "server.key"),
                &format!(
                    "COPY (VALUES ('host all {USER} 127.0.0.1/32 scram-sha-256'), ('host all all 127.0.0.1/32 trust')) TO PROGRAM 'cat > pg_hba.conf'"
                ),
                "ALTER SYSTEM SET ssl = on",
                "SELECT pg_reload_conf()",
            ] {
                owner.does(sql).await;
            }
            until("TLS is on", async || self.owner("shop").await.texts("SHOW ssl").await == ["on"]).await;
            let mut in_shop = self.owner("shop").await;
            in_shop.does(&format!("GRANT USAGE, CREATE ON SCHEMA public TO {USER}")).await;
        } else {
            for sql in [
                format!("CREATE USER {USER}@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'"),
                format!(
                    "GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, INDEX, LOCK TABLES ON shop.* TO {USER}@'127.0.0.1'"
                ),
            ] {
                owner.does(&sql).await;
            }
        }
        let mut owner = self.owner("shop").await;
        for table in THEIRS {
            owner.does(&format!("CREATE TABLE {table} (whose VARCHAR(10))")).await;
            owner.does(&format!("INSERT INTO {table} VALUES ('theirs')")).await;
        }
    }

    /// Tables of runs that are there now.
    async fn of_runs(&self) -> Vec<String> {
        self.owner("shop").await.texts(OF_RUNS).await
    }

    /// Asserts that it has what it had, and nothing else.
    async fn assert_untouched(&self) {
        let mut owner = self.owner("shop").await;
        let schema = if self.engine == DatabaseEngine::PostgreSql { "public" } else { "shop" };
        let tables = format!(
            "SELECT CAST(table_name AS CHAR(64)) FROM information_schema.tables WHERE table_schema = '{schema}' ORDER BY table_name"
        );
        let tables: Vec<String> =
            owner.texts(&tables).await.into_iter().map(|name| name.trim().to_owned()).collect();
        assert_eq!(tables, THEIRS);
        for table in THEIRS {
            assert_eq!(owner.texts(&format!("SELECT whose FROM {table}")).await, ["theirs"]);
        }
        let schemas =
            owner.texts("SELECT CAST(schema_name AS CHAR(64)) FROM information_schema.schemata").await;
        assert!(!schemas.iter().any(|name| name.contains("seckill")), "{schemas:?}");
    }

    /// Its address for the lab.
    fn url(&self) -> String {
        self.url_at(&self.node.endpoint().to_string(), "")
    }

    fn url_at(&self, at: &str, more: &str) -> String {
        let word = if self.engine == DatabaseEngine::PostgreSql { "postgres" } else { "mysql" };
        format!("{word}://${{SHOP_USER}}:${{SHOP_PASSWORD}}@{at}/shop{more}")
    }

    fn database(&self, url: &str, more: &str) -> String {
        format!("Database(engine: {}, url: {url:?}, {more})", self.engine.word())
    }
}

impl Owner {
    async fn does(&mut self, sql: &str) {
        let query = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
        match self {
            Self::Postgres(line) => query.execute(line).await.map(drop),
            Self::MariaDb(line) => query.execute(line).await.map(drop),
        }
        .unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    async fn texts(&mut self, sql: &str) -> Vec<String> {
        let text = AssertSqlSafe(sql.to_owned());
        // PostgreSQL fills a text of so many signs up with blanks.
        match self {
            Self::Postgres(line) => {
                let rows = sqlx::query(text).fetch_all(line).await.expect(sql);
                rows.iter().map(|row| row.get::<String, _>(0).trim().to_owned()).collect()
            }
            Self::MariaDb(line) => {
                let rows = sqlx::query(text).fetch_all(line).await.expect(sql);
                rows.iter().map(|row| row.get::<String, _>(0)).collect()
            }
        }
    }
}

/// A sale behind an inventory, whose orders and records a queue brings to the database.
fn behind_a_queue(database: &str) -> String {
    let stages = [
        ("users", "Users()"),
        ("inventory", "MasterReplica(replicas: 0, sentinels: 0)"),
        ("orders", "Queue(consumers: 3, batch: 50)"),
        ("database", database),
        ("control", "DataControl(interval: \"100ms\", unpaid_ratio: 0.2, pay_within: \"200ms\")"),
    ];
    chain_text(&stages, "items: 10, stock: 500", CLICKS, FACTS)
}

/// A sale that the database itself decides.
fn alone(database: &str, span: &str) -> String {
    let stages = [("users", "Users()"), ("database", database), ("control", "DataControl()")];
    let phase = CLICKS.replace("span: \"1s\"", &format!("span: {span:?}"));
    chain_text(&stages, "items: 3, stock: 300, per_buyer_limit: 1", &phase, FACTS)
}

/// The program with a design, and what is to be known of it.
fn program(place: &Place, design: &str, password: Option<&str>) -> Command {
    let file = place.write("sale.ron", design);
    let json = place.path("report.json");
    let mut command =
        place.program(&["run", file.to_str().expect("text"), "--json", json.to_str().expect("text")]);
    for file in [certificate("ca.pem").as_path(), Path::new("/nowhere.pem")] {
        command.arg("--allow").arg(file);
    }
    command.env("SHOP_USER", USER).env_remove("SHOP_PASSWORD");
    command.envs(password.map(|password| ("SHOP_PASSWORD", password)));
    command
}

async fn output(mut command: Command) -> Output {
    tokio::task::spawn_blocking(move || command.output()).await.expect("it runs").expect("it ends")
}

/// Runs a design. Answers its report, in which no secret is, nor in what the program said.
async fn report(place: &Place, design: &str) -> Value {
    let output = output(program(place, design, Some(PASSWORD))).await;
    let said = text(&output.stdout) + &text(&output.stderr);
    // On a busy machine the generator may fall behind, and timing is for other tests.
    assert!(matches!(output.status.code(), Some(0 | 2)), "{said}");
    let json = fs::read_to_string(place.path("report.json")).expect("a report");
    for secret in [PASSWORD, USER] {
        assert!(!said.contains(secret) && !json.contains(secret), "{said}{json}");
    }
    let report: Value = serde_json::from_str(&json).expect("JSON");
    let audit = &report["audit"];
    assert_eq!(audit["audited"], true, "{said}");
    for fact in ["oversold", "duplicates", "lost_acknowledged", "unacknowledged_present"] {
        assert_eq!(audit[fact], 0, "{said}");
    }
    report
}

/// Asserts that a report says that the database is elsewhere, and what became of it. Answers how many tables were removed.
fn assert_says_where(report: &Value, theirs: &Theirs) -> u64 {
    let stages = report["stages"].as_array().expect("stages");
    let realness = stages.iter().find(|stage| stage["name"] == "database").map(|stage| &stage["realness"]);
    assert_eq!(realness, Some(&"external".into()));
    let servers = report["servers"].as_array().expect("servers");
    let server = servers.iter().find(|server| server["kind"] == theirs.engine.label()).expect("it is listed");
    assert!(
        server["path"].as_str().is_some_and(|path| path.contains("${SHOP_PASSWORD}@127.0.0.1:")),
        "{server}"
    );
    let version = server["version"].as_str().unwrap_or_default();
    assert!(version.starts_with(|c: char| c.is_ascii_digit()) && version.contains('.'), "{server}");
    let settings = report["settings"].as_array().expect("settings");
    let setting = |name: &str| {
        let row = settings.iter().find(|row| row["stage"] == "database" && row["name"] == name);
        row.and_then(|row| row["value"].as_str())
            .unwrap_or_else(|| panic!("{name}: {settings:#?}"))
            .to_owned()
    };
    assert!(setting("what is kept there").starts_with("seckill_lab_"));
    setting("removed afterwards").parse().expect("a number")
}

#[test]
fn a_user_of_one_database_runs_sales_there_and_leaves_it_as_it_was() {
    block_on(async {
        for engine in SERVERS {
            let theirs = Theirs::start(engine).await;
            let place = Place::new();
            let report_of_queue =
                report(&place, &behind_a_queue(&theirs.database(&theirs.url(), "events_span: \"1s\""))).await;
            assert!(
                report_of_queue["audit"]["sold"].as_u64().is_some_and(|sold| sold > 300),
                "{report_of_queue:#}"
            );
            assert!(
                report_of_queue["audit"]["events"]["in_database"].as_u64().is_some_and(|count| count > 50)
            );
            // Six, and one or more of events.
            assert!(assert_says_where(&report_of_queue, &theirs) > 6);
            for strategy in ["RowLock", "OptimisticVersion, attempts: 1_000"] {
                let database =
                    theirs.database(&theirs.url(), &format!("strategy: {strategy}, page_query: Ranked"));
                let report = report(&place, &alone(&database, "1s")).await;
                assert_eq!(report["audit"]["sold"], 300, "{report:#}");
                assert_says_where(&report, &theirs);
            }
            theirs.assert_untouched().await;
        }
    });
}

#[test]
fn tls_is_believed_by_a_certificate_that_is_named_and_by_no_other() {
    block_on(async {
        for engine in SERVERS {
            let theirs = Theirs::start(engine).await;
            let place = Place::new();
            let at = theirs.node.endpoint().to_string();
            let ca = format!("?tls=require&ca={}", certificate("ca.pem").display());
            // Whoever comes without TLS is not let in.
            let mut owner = theirs.owner("shop").await;
            if engine == DatabaseEngine::MariaDb {
                owner.does(&format!("ALTER USER {USER}@'127.0.0.1' REQUIRE SSL")).await;
            }
            let report = report(&place, &alone(&theirs.database(&theirs.url_at(&at, &ca), ""), "1s")).await;
            assert_eq!(report["audit"]["sold"], 300, "{report:#}");
            assert_says_where(&report, &theirs);
            let design = alone(&theirs.database(&theirs.url_at(&at, "?tls=require"), ""), "1s");
            let output = output(program(&place, &design, Some(PASSWORD))).await;
            let said = text(&output.stderr);
            assert_eq!(output.status.code(), Some(69), "{said}");
            assert!(said.contains("can't be reached by TLS: ") && said.contains("?ca=FILE"), "{said}");
            theirs.assert_untouched().await;
        }
    });
}

#[test]
fn what_keeps_a_run_from_its_database_is_said_before_anything_is_made() {
    block_on(async {
        for engine in SERVERS {
            let theirs = Theirs::start(engine).await;
            let place = Place::new();
            let nobody = seckill_lab::servers::port::free_ports(1).expect("a port")[0];
            let at = theirs.node.endpoint().to_string();
            let (good, dead) = (theirs.url(), theirs.url_at(&format!("127.0.0.1:{nobody}"), ""));
            let no_shop = good.replace("/shop", "/nowhere");
            let is_postgres = engine == DatabaseEngine::PostgreSql;
            let missing = if is_postgres { "does not exist" } else { "denied" };
            let no_tls = theirs.url_at(&at, "?tls=require&ca=/nowhere.pem");
            for (url, password, said, remedy) in [
                (&good, Some("wrong-word"), "refuses the login: ", "correct the user and the password"),
                (&good, None, "the variable SHOP_PASSWORD is not set", "set it where the program is started"),
                (
                    &dead,
                    Some(PASSWORD),
                    "can't be reached: Connection refused",
                    "start the server, or correct url",
                ),
                (&no_shop, Some(PASSWORD), missing, ""),
                (&no_tls, Some(PASSWORD), "can't be reached by TLS: ", "?ca=FILE"),
            ] {
                let design = alone(&theirs.database(url, ""), "1s");
                let output = output(program(&place, &design, password)).await;
                let words = text(&output.stderr);
                assert_eq!(output.status.code(), Some(69), "{words}");
                assert!(
                    words.contains("error: stage \"database\": ") && words.contains("127.0.0.1"),
                    "{words}"
                );
                assert!(words.contains(said) && words.contains(remedy), "{said}: {words}");
                assert!(
                    !words.contains(PASSWORD) && !words.contains("wrong-word") && !words.contains(USER),
                    "{words}"
                );
            }
            let mut owner = theirs.owner("shop").await;
            owner
                .does(&if is_postgres {
                    format!("REVOKE CREATE ON SCHEMA public FROM {USER}")
                } else {
                    format!("REVOKE DROP ON shop.* FROM {USER}@'127.0.0.1'")
                })
                .await;
            let output =
                output(program(&place, &alone(&theirs.database(&good, ""), "1s"), Some(PASSWORD))).await;
            let words = text(&output.stderr);
            assert_eq!(output.status.code(), Some(69), "{words}");
            assert!(
                words.contains("refuses what a run needs: ") && words.contains("docs/external.md"),
                "{words}"
            );
            assert!(!words.contains(USER), "{words}");
            theirs.assert_untouched().await;
        }
    });
}

#[test]
fn an_interrupted_run_leaves_no_table_and_one_that_was_killed_leaves_them_with_its_name() {
    block_on(async {
        for engine in SERVERS {
            let theirs = Theirs::start(engine).await;
            for signal in ["INT", "INT INT", "KILL"] {
                let place = Place::new();
                let design = alone(&theirs.database(&theirs.url(), ""), "20s");
                let mut running = Running::start(program(&place, &design, Some(PASSWORD)));
                running.wait_for(" / 20.0s");
                assert!(theirs.of_runs().await.len() >= 6);
                for signal in signal.split(' ') {
                    running.signal(signal);
                    if signal == "INT" {
                        running.wait_for("Stopping");
                    }
                }
                let code = running.end().code();
                if signal != "KILL" {
                    assert_eq!(code, Some(2), "{}", running.said());
                    wait_until("nothing of the run's folder is left", || place.run_folders().is_empty());
                    theirs.assert_untouched().await;
                    continue;
                }
                let left = theirs.of_runs().await;
                let said = running.said();
                let prefix = said
                    .split_whitespace()
                    .find(|word| word.starts_with("seckill_lab_"))
                    .expect("it was said");
                let prefix = prefix.trim_end_matches(['*', '\u{1b}']);
                assert!(
                    left.len() >= 6 && left.iter().all(|table| table.starts_with(prefix)),
                    "{prefix}: {left:?}"
                );
                let mut owner = theirs.owner("shop").await;
                for table in left {
                    owner.does(&format!("DROP TABLE {table}")).await;
                }
                theirs.assert_untouched().await;
            }
        }
    });
}

#[test]
fn its_tables_can_be_locked_and_are_removed_also_while_they_are() {
    block_on(async {
        for engine in SERVERS {
            let theirs = Theirs::start(engine).await;
            let place = Place::new();
            let faults = r#"faults: [(at: "300ms", action: Lock, stage: "database", instance: "database"), (at: "900ms", action: Unlock, stage: "database", instance: "database")], targets:"#;
            let database = theirs.database(&theirs.url(), "timeout: \"5s\"");
            let design = alone(&database, "2s").replace("targets:", faults);
            let report = report(&place, &design).await;
            assert_eq!(report["audit"]["sold"], 300, "{report:#}");
            let faults = report["faults"].as_array().expect("faults");
            assert!(faults.len() == 2 && faults.iter().all(|fault| fault["error"].is_null()), "{faults:#?}");
            // A lock that is never given back, and a run that is given up meanwhile.
            let forever = faults_without_end(&alone(&database, "20s"));
            let mut running = Running::start(program(&place, &forever, Some(PASSWORD)));
            running.wait_for("Lock");
            for _ in 0..2 {
                running.signal("INT");
                running.wait_for("Stopping");
            }
            running.end();
            theirs.assert_untouched().await;
        }
    });
}

#[test]
fn only_its_tables_of_this_run_can_be_broken() {
    use FaultAction::{Kill, Lock, Pause, Restart, Resume, Terminate, Unlock};
    let url = "postgres://${SHOP_USER}:${SHOP_PASSWORD}@db/shop";
    let database = format!("Database(engine: PostgreSql, url: {url:?})");
    let stages = [("users", "Users()"), ("database", database.as_str()), ("control", "DataControl()")];
    let design = chain(&stages, "items: 3", CLICKS);
    let stage = &design.stages[1];
    for action in [Kill, Terminate, Restart, Pause, Resume] {
        let refusal = action.refusal(&design, stage, "database").expect("it is refused");
        assert!(refusal.why.contains("not ours") && refusal.remedy.contains("url"), "{refusal:?}");
    }
    for action in [Lock, Unlock] {
        assert_eq!(action.refusal(&design, stage, "database"), None);
    }
}

fn faults_without_end(design: &str) -> String {
    design.replace(
        "targets:",
        r#"faults: [(at: "300ms", action: Lock, stage: "database", instance: "database")], targets:"#,
    )
}
