//! Records in the database: events in tables that are partitioned by time, made when they are first needed, with a total for each
//! stream; and counters.
//!
//! However often the database is told of an event, of an increment with an id or of a flush, it takes it once.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use super::super::clock::nanos;
use super::super::entry::{Entries, Event, Increment};
use super::claim;
use super::schema::Store;
use super::{StoreError, Writer};

/// Made beside the tables of the sale. `streams` has the events of each stream in all tables of events; `counted` the ids of the
/// increments that came with one; `flush` is the number of the last flush that was added to a counter.
pub(super) const TABLES: &str = "
CREATE TABLE streams (stream INTEGER PRIMARY KEY, events INTEGER NOT NULL);
CREATE TABLE counters (counter INTEGER PRIMARY KEY, value INTEGER NOT NULL, flush INTEGER NOT NULL);
CREATE TABLE counted (id INTEGER PRIMARY KEY);
";

/// Begins the names of the tables of events; the number of the span follows.
const EVENTS: &str = "events_";

/// What was taken from a counter in Redis, to be added to the same one in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flush {
    /// The counter.
    pub counter: u32,
    /// The number of the flush: later ones of a counter have higher numbers.
    pub number: u64,
    /// The increments.
    pub amount: u64,
}

/// How many entries of a queue were not in the database before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Fresh {
    /// Orders.
    pub orders: u64,
    /// Events.
    pub events: u64,
    /// Increments.
    pub increments: u64,
}

/// A counter in the database.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counter {
    /// The increments that were added.
    pub value: u64,
    /// The last flush that was.
    pub flush: u64,
}

impl Store {
    /// Writes what came out of a queue, in one transaction; what is there already is left alone. Answers how many of each kind
    /// were not there before.
    ///
    /// # Errors
    /// SQLite's own; then nothing is written.
    pub(super) fn write(
        &self,
        connection: &mut Connection,
        entries: &Entries,
        inserted_ns: u64,
    ) -> rusqlite::Result<Fresh> {
        let mut fresh = Fresh::default();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for order in &entries.orders {
            fresh.orders += claim::insert(&transaction, order, inserted_ns)? as u64;
        }
        fresh.events = insert_events(&transaction, &entries.events, self.events_span())?;
        let mut counts = BTreeMap::new();
        let mut once = transaction.prepare_cached("INSERT OR IGNORE INTO counted VALUES (?1)")?;
        for &Increment { id, counter } in &entries.increments {
            *counts.entry(counter).or_default() += once.execute([id])? as u64;
        }
        drop(once);
        add(&transaction, &counts)?;
        fresh.increments = counts.values().sum();
        transaction.commit().map(|()| fresh)
    }

    /// Writes records that came straight from people, each of them once: events, and how much is to be added to each counter.
    ///
    /// # Errors
    /// SQLite's own; then nothing is written.
    pub fn write_records(
        &self,
        connection: &mut Connection,
        events: &[Event],
        counts: &BTreeMap<u32, u64>,
    ) -> rusqlite::Result<()> {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        insert_events(&transaction, events, self.events_span())?;
        add(&transaction, counts)?;
        transaction.commit()
    }

    /// Every event, as id and stream, in order of the ids. Blocks.
    ///
    /// # Errors
    /// The file can't be read.
    pub fn events(&self) -> Result<Vec<(u64, u32)>, StoreError> {
        self.valve().pass();
        let connection = self.connect()?;
        read_events(&connection).map_err(|source| self.error(source))
    }

    /// How many tables of events there are.
    ///
    /// # Errors
    /// The file can't be read.
    pub fn event_table_count(&self) -> Result<u64, StoreError> {
        let tables = self.connect().map(|connection| event_tables(&connection))?;
        tables.map(|tables| tables.len() as u64).map_err(|source| self.error(source))
    }

    /// The counters with these numbers, in order. Blocks.
    ///
    /// # Errors
    /// The file can't be read.
    pub fn counters(&self, counters: Range<u32>) -> Result<Vec<Counter>, StoreError> {
        self.valve().pass();
        let connection = self.connect()?;
        read_counters(&connection, counters).map_err(|source| self.error(source))
    }
}

impl Writer {
    /// Adds flushes to the counters in one transaction; a flush that was added before is left alone.
    ///
    /// # Errors
    /// SQLite's own; then none of them is added.
    pub async fn add_flushes(&self, flushes: Vec<Flush>) -> Result<(), StoreError> {
        self.run(move |connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let mut statement = transaction.prepare_cached(
                "INSERT INTO counters VALUES (?1, ?2, ?3)
                 ON CONFLICT (counter) DO UPDATE SET value = value + excluded.value, flush = excluded.flush
                 WHERE excluded.flush > counters.flush",
            )?;
            for Flush { counter, number, amount } in &flushes {
                statement.execute(params![counter, amount, number])?;
            }
            drop(statement);
            transaction.commit()
        })
        .await
    }
}

/// Inserts events, each into the table of its span of time. Answers how many are new.
fn insert_events(transaction: &Transaction<'_>, events: &[Event], span: Duration) -> rusqlite::Result<u64> {
    let mut by_table: BTreeMap<u64, Vec<&Event>> = BTreeMap::new();
    for event in events {
        by_table.entry(event.accepted_ns / nanos(span).max(1)).or_default().push(event);
    }
    let mut fresh: BTreeMap<u32, u64> = BTreeMap::new();
    for (number, events) in by_table {
        transaction.execute_batch(&format!(
            "CREATE TABLE IF NOT EXISTS {EVENTS}{number} (
                 id INTEGER PRIMARY KEY, stream INTEGER NOT NULL, claimant INTEGER NOT NULL, accepted_ns INTEGER NOT NULL
             )"
        ))?;
        let insert = format!("INSERT OR IGNORE INTO {EVENTS}{number} VALUES (?1, ?2, ?3, ?4)");
        let mut statement = transaction.prepare_cached(&insert)?;
        for event in events {
            let is_new = statement.execute(event.fields())? as u64;
            *fresh.entry(event.stream).or_default() += is_new;
        }
    }
    let mut total = transaction.prepare_cached(
        "INSERT INTO streams VALUES (?1, ?2) ON CONFLICT (stream) DO UPDATE SET events = events + excluded.events",
    )?;
    for (stream, events) in fresh.iter().filter(|(_, events)| **events > 0) {
        total.execute(params![stream, events])?;
    }
    Ok(fresh.values().sum())
}

fn add(transaction: &Transaction<'_>, counts: &BTreeMap<u32, u64>) -> rusqlite::Result<()> {
    let mut statement = transaction.prepare_cached(
        "INSERT INTO counters VALUES (?1, ?2, 0) ON CONFLICT (counter) DO UPDATE SET value = value + excluded.value",
    )?;
    for (counter, count) in counts.iter().filter(|(_, count)| **count > 0) {
        statement.execute(params![counter, count])?;
    }
    Ok(())
}

fn event_tables(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let sql = "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'events\\_%' ESCAPE '\\'";
    let mut statement = connection.prepare(sql)?;
    let names = statement.query_map([], |row| row.get::<_, String>(0))?;
    let is_number = |name: &String| name.strip_prefix(EVENTS).is_some_and(|rest| rest.parse::<u64>().is_ok());
    Ok(names.collect::<rusqlite::Result<Vec<_>>>()?.into_iter().filter(is_number).collect())
}

fn read_events(connection: &Connection) -> rusqlite::Result<Vec<(u64, u32)>> {
    let mut events = Vec::new();
    for table in event_tables(connection)? {
        let mut statement = connection.prepare(&format!("SELECT id, stream FROM {table}"))?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        for row in rows {
            events.push(row?);
        }
    }
    events.sort_unstable();
    Ok(events)
}

fn read_counters(connection: &Connection, counters: Range<u32>) -> rusqlite::Result<Vec<Counter>> {
    let mut found = vec![Counter::default(); counters.len()];
    let mut statement = connection
        .prepare("SELECT counter, value, flush FROM counters WHERE counter >= ?1 AND counter < ?2")?;
    let mut rows = statement.query([counters.start, counters.end])?;
    while let Some(row) = rows.next()? {
        let counter: u32 = row.get(0)?;
        if let Some(place) = found.get_mut((counter - counters.start) as usize) {
            *place = Counter { value: row.get(1)?, flush: row.get(2)? };
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::super::schema::Lookups;
    use super::*;

    fn store(folder: &tempfile::TempDir) -> Store {
        let lookups = Lookups { unpaid: false, by_buyer: false };
        let store =
            Store::create(&folder.path().join("records.sqlite3"), false, lookups).expect("a database");
        store.with_events_span(Duration::from_nanos(100))
    }

    fn event(id: u64, stream: u32, accepted_ns: u64) -> Event {
        Event { id, stream, claimant: id, accepted_ns }
    }

    #[test]
    fn events_lie_in_tables_by_time_once_each_and_their_totals_agree() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = store(&folder);
        let mut connection = store.connect().expect("a connection");
        assert_eq!(store.events().expect("no events"), []);
        let entries = Entries {
            events: vec![event(3, 0, 250), event(1, 1, 10), event(2, 0, 99)],
            increments: vec![Increment { id: 7, counter: 4 }, Increment { id: 8, counter: 4 }],
            ..Entries::default()
        };
        for fresh in [Fresh { orders: 0, events: 3, increments: 2 }, Fresh::default()] {
            // What is brought twice is taken once.
            assert_eq!(store.write(&mut connection, &entries, 0).expect("they are written"), fresh);
        }
        store
            .write_records(&mut connection, &[event(4, 0, 260)], &BTreeMap::from([(4, 5), (2, 1)]))
            .expect("more");
        assert_eq!(store.events().expect("events"), [(1, 1), (2, 0), (3, 0), (4, 0)]);
        assert_eq!(store.event_table_count().expect("a count"), 2);
        let totals: Vec<(u32, u64)> = connection
            .prepare("SELECT stream, events FROM streams ORDER BY stream")
            .and_then(|mut totals| totals.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect())
            .expect("totals");
        assert_eq!(totals, [(0, 3), (1, 1)]);
        let counters =
            store.counters(2..5).expect("counters").iter().map(|counter| counter.value).collect::<Vec<_>>();
        assert_eq!(counters, [1, 0, 7]);
    }

    #[tokio::test]
    async fn a_flush_is_added_once_however_often_it_is_brought() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = store(&folder);
        let writer = Writer::start(store.clone()).expect("a writer");
        let flush = |number, amount| Flush { counter: 0, number, amount };
        for (number, amount, value) in [(1, 5, 5), (1, 5, 5), (2, 7, 12), (1, 5, 12), (2, 7, 12), (9, 1, 13)]
        {
            writer.add_flushes(vec![flush(number, amount)]).await.expect("it is added");
            assert_eq!(store.counters(0..1).expect("a counter")[0].value, value);
        }
    }
}
