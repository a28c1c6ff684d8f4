//! Tables with a name of the run's own, in a database that others use too: each name of ours in a statement gets the run's prefix. Where
//! the database is the run's own, the names stay as they are.

use std::sync::Arc;

use super::link::Sql;

/// Every table and index but those of events; no column has one of these names.
pub(super) const NAMES: [&str; 8] =
    ["sale", "goods", "orders", "streams", "counters", "counted", "orders_unpaid", "orders_of_buyer"];
/// Begins the names of the tables of events; the number of the span follows.
pub(super) const EVENTS: &str = "events_";

/// The statement with the prefix before each name of ours.
pub(super) fn named(sql: &Sql, prefix: &str) -> Sql {
    if prefix.is_empty() { sql.clone() } else { Arc::from(with_prefix(sql, prefix)) }
}

/// A text with the prefix before each name of ours.
pub(super) fn with_prefix(sql: &str, prefix: &str) -> String {
    let is_sign = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
    let mut named = String::with_capacity(sql.len() + 4 * prefix.len());
    for piece in sql.split_inclusive(is_sign) {
        let word = piece.trim_end_matches(is_sign);
        if !prefix.is_empty() && is_ours(word) {
            named.push_str(prefix);
        }
        named.push_str(piece);
    }
    named
}

fn is_ours(word: &str) -> bool {
    let is_number = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_digit());
    NAMES.contains(&word) || word.strip_prefix(EVENTS).is_some_and(is_number)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::dialect::Statements;
    use super::super::harm::locks;
    use super::super::schema::{Lookups, TABLES};
    use super::*;
    use crate::topology::stage::{DatabaseEngine, PageQuery};
    use crate::workload::PageOf;

    /// Every text that is sent to a server.
    fn texts(engine: DatabaseEngine) -> Vec<String> {
        let of = Statements::of(engine);
        let pages = [(PageQuery::ByKey, PageOf::Product), (PageQuery::Ranked, PageOf::Product)];
        let pages = pages.into_iter().chain([(PageQuery::ByKey, PageOf::Reader)]);
        let pages: Vec<Sql> = pages.map(|(query, page)| of.page(query, page)).collect();
        let all = [
            of.decide,
            of.decide_locked,
            of.had,
            of.book,
            of.give_back,
            of.set_open,
            of.due,
            of.settle,
            of.booked,
            of.held,
            of.add_count,
            of.add_flush,
            of.add_events,
            of.counters,
            of.orders,
        ];
        let lookups = Lookups { unpaid: true, by_buyer: true };
        let indexes = lookups.indexes(engine).map(str::to_owned);
        let more = [
            "COPY goods FROM STDIN",
            "REPLACE INTO goods VALUES",
            "UPDATE goods SET page = ? WHERE item = ?",
        ];
        let events = [
            "CREATE TABLE IF NOT EXISTS events_17 (",
            "INSERT INTO events_17 VALUES",
            "SELECT id FROM events_0",
        ];
        all.iter()
            .chain(&pages)
            .map(ToString::to_string)
            .chain(indexes)
            .chain(locks(engine).iter().map(|&lock| lock.to_owned()))
            .chain(TABLES.split(';').map(str::to_owned))
            .chain(more.into_iter().chain(events).map(str::to_owned))
            .collect()
    }

    /// The words of a text that stand where a table or an index is named.
    fn places(text: &str) -> Vec<&str> {
        let words: Vec<&str> = text
            .split(|c: char| !(c.is_ascii_alphanumeric() || "_('".contains(c)))
            .filter(|word| !word.is_empty())
            .collect();
        let before = ["FROM", "INTO", "UPDATE", "TABLE", "EXISTS", "COPY", "INDEX", "ON"];
        let no_name = ["STDIN", "IF", "SET", "CONFLICT", "DUPLICATE", "goods.booked"];
        words
            .windows(2)
            .filter(|pair| {
                before.contains(&pair[0]) && !no_name.contains(&pair[1]) && !pair[1].starts_with('(')
            })
            .map(|pair| pair[1])
            // `ON DUPLICATE KEY UPDATE` is followed by a column.
            .filter(|word| !["value", "events"].contains(word))
            .collect()
    }

    #[test]
    fn no_statement_names_a_table_without_the_prefix() {
        for engine in [DatabaseEngine::PostgreSql, DatabaseEngine::MariaDb] {
            let mut seen = BTreeSet::new();
            for text in texts(engine) {
                let named = with_prefix(&text, "mine_");
                for place in places(&named) {
                    assert!(place.starts_with("mine_"), "{place} of {named}");
                    seen.insert(place.trim_start_matches("mine_").to_owned());
                }
                let words = named.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
                assert_eq!(words.filter(|word| is_ours(word)).count(), 0, "{named}");
                assert_eq!(with_prefix(&text, ""), text);
            }
            assert!(NAMES.iter().all(|name| seen.contains(*name)), "{seen:?}");
            assert!(seen.contains("events_17"), "{seen:?}");
        }
    }

    #[test]
    fn columns_and_other_words_stay_as_they_are() {
        for (sql, expected) in [
            ("SELECT events, counter FROM streams", "SELECT events, counter FROM p_streams"),
            (
                "goods AS other WHERE other.booked > goods.booked",
                "p_goods AS other WHERE other.booked > p_goods.booked",
            ),
            ("events_ events_1 events_1x my_orders", "events_ p_events_1 events_1x my_orders"),
            ("orders", "p_orders"),
        ] {
            assert_eq!(with_prefix(sql, "p_"), expected);
        }
    }
}
