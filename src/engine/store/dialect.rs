//! The same questions in the words of each database.

use std::fmt::Write;
use std::sync::Arc;

use super::link::Sql;
use crate::topology::stage::{DatabaseEngine, PageQuery};
use crate::workload::PageOf;

/// The statements of one kind of database. Values stand in the order in which they are given.
#[derive(Debug, Clone)]
pub struct Statements {
    /// Whose they are.
    pub engine: DatabaseEngine,
    /// Product → total, booked, open, version.
    pub decide: Sql,
    /// The same, and the row is locked until the transaction ends.
    pub decide_locked: Sql,
    /// Buyer, product → units of orders that were not cancelled.
    pub had: Sql,
    /// Units, product, version: books, if the product still has this version and its sale is open.
    pub book: Sql,
    /// Units, product: gives back.
    pub give_back: Sql,
    /// Whether it is open.
    pub set_open: Sql,
    /// Latest time → unpaid orders until then.
    pub due: Sql,
    /// Status, order.
    pub settle: Sql,
    /// First product, end → units booked.
    pub booked: Sql,
    /// → product, units of orders that were not cancelled.
    pub held: Sql,
    /// Counter, increments: adds them.
    pub add_count: Sql,
    /// Counter, increments, number of the flush: adds them, unless this flush or a later one was.
    pub add_flush: Sql,
    /// Stream, events: adds them.
    pub add_events: Sql,
    /// First counter, end → counter, value, flush.
    pub counters: Sql,
    /// Last id seen → orders after it, at most [`ORDERS_AT_ONCE`], in order of their ids.
    pub orders: Sql,
}

/// Orders that are read at a time.
pub const ORDERS_AT_ONCE: usize = 5_000;

impl Statements {
    /// Those of a kind of database.
    pub fn of(engine: DatabaseEngine) -> Self {
        let sql = |text: &str| statement(engine, text);
        // The row of the sale is read and not locked: it is everybody's.
        let decide = "SELECT total, booked, (SELECT open FROM sale), version FROM goods WHERE item = ?";
        let lock = if engine == DatabaseEngine::Sqlite { "" } else { " FOR UPDATE" };
        let order = "id, item, claimant, units, accepted_ns";
        let add = |table: &str, key: &str, column: &str, more: &str| {
            let value = format!("INSERT INTO {table} VALUES (?, ?{more})");
            sql(&match engine {
                DatabaseEngine::MariaDb => {
                    format!("{value} ON DUPLICATE KEY UPDATE {column} = {column} + VALUES({column})")
                }
                _ => format!(
                    "{value} ON CONFLICT ({key}) DO UPDATE SET {column} = {table}.{column} + excluded.{column}"
                ),
            })
        };
        Self {
            engine,
            decide: sql(decide),
            decide_locked: sql(&format!("{decide}{lock}")),
            had: sql(
                "SELECT CAST(COALESCE(SUM(units), 0) AS {int}) FROM orders WHERE claimant = ? AND item = ? AND status < 2",
            ),
            book: sql("UPDATE goods SET booked = booked + ?, version = version + 1
                 WHERE item = ? AND version = ? AND (SELECT open FROM sale) = 1"),
            give_back: sql("UPDATE goods SET booked = booked - ?, version = version + 1 WHERE item = ?"),
            set_open: sql("UPDATE sale SET open = ?"),
            due: sql(&format!("SELECT {order} FROM orders WHERE status = 0 AND inserted_ns <= ?")),
            settle: sql("UPDATE orders SET status = ? WHERE id = ?"),
            booked: sql("SELECT booked FROM goods WHERE item >= ? AND item < ? ORDER BY item"),
            held: sql("SELECT item, CAST(SUM(units) AS {int}) FROM orders WHERE status < 2 GROUP BY item"),
            add_count: add("counters", "counter", "value", ", 0"),
            add_flush: sql(add_flush(engine)),
            add_events: add("streams", "stream", "events", ""),
            counters: sql("SELECT counter, value, flush FROM counters WHERE counter >= ? AND counter < ?"),
            orders: sql(&format!(
                "SELECT {order}, status FROM orders WHERE id > ? ORDER BY id LIMIT {ORDERS_AT_ONCE}"
            )),
        }
    }

    /// What is asked for the page of a product, or for the first page of a reader's orders; who has none gets an empty one.
    pub fn page(&self, query: PageQuery, of: PageOf) -> Sql {
        let line = "id || ' ' || item || ' ' || units || ' ' || status";
        let lines = match self.engine {
            DatabaseEngine::Sqlite => format!("group_concat({line}, char(10))"),
            DatabaseEngine::PostgreSql => format!("string_agg({line}, chr(10))"),
            DatabaseEngine::MariaDb => format!("GROUP_CONCAT({line} SEPARATOR '\\n')"),
        };
        let orders =
            "SELECT id, item, units, status FROM orders WHERE claimant = ? ORDER BY id DESC LIMIT 40";
        statement(
            self.engine,
            &match (of, query) {
                (PageOf::Reader, _) => format!("SELECT COALESCE({lines}, '') FROM ({orders}) AS latest"),
                (PageOf::Product, PageQuery::ByKey) => "SELECT page FROM goods WHERE item = ?".to_owned(),
                (PageOf::Product, PageQuery::Ranked) => {
                    "SELECT page, (SELECT COUNT(*) FROM goods AS other WHERE other.booked > goods.booked)
                     FROM goods WHERE item = ?"
                        .to_owned()
                }
            },
        )
    }
}

/// A counter that is there takes a flush only if it is a later one.
fn add_flush(engine: DatabaseEngine) -> &'static str {
    match engine {
        // The assignments are carried out from left to right: the number is compared before it changes.
        DatabaseEngine::MariaDb => {
            "INSERT INTO counters VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE
             value = IF(VALUES(flush) > flush, value + VALUES(value), value), flush = GREATEST(flush, VALUES(flush))"
        }
        _ => {
            "INSERT INTO counters VALUES (?, ?, ?)
             ON CONFLICT (counter) DO UPDATE SET value = counters.value + excluded.value, flush = excluded.flush
             WHERE excluded.flush > counters.flush"
        }
    }
}

/// A text with the placeholders and the type of whole numbers of a kind of database.
fn statement(engine: DatabaseEngine, text: &str) -> Sql {
    let int = match engine {
        DatabaseEngine::Sqlite => "INTEGER",
        DatabaseEngine::PostgreSql => "BIGINT",
        DatabaseEngine::MariaDb => "SIGNED",
    };
    let text = text.replace("{int}", int);
    if engine != DatabaseEngine::PostgreSql {
        return text.into();
    }
    let mut parts = text.split('?');
    let mut numbered = parts.next().unwrap_or_default().to_owned();
    for (part, number) in parts.zip(1..) {
        // Writing to a string can't fail.
        write!(numbered, "${number}{part}").ok();
    }
    Arc::from(numbered)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_numbered_where_the_database_wants_it() {
        let of = |engine| statement(engine, "SELECT CAST(a AS {int}) WHERE b = ? AND c = ?").to_string();
        assert_eq!(of(DatabaseEngine::PostgreSql), "SELECT CAST(a AS BIGINT) WHERE b = $1 AND c = $2");
        assert_eq!(of(DatabaseEngine::MariaDb), "SELECT CAST(a AS SIGNED) WHERE b = ? AND c = ?");
        assert_eq!(of(DatabaseEngine::Sqlite), "SELECT CAST(a AS INTEGER) WHERE b = ? AND c = ?");
    }
}
