//! Records in the database: events in tables that are partitioned by time, made when they are first needed, with a total for each
//! stream; and counters.
//!
//! However often the database is told of an event, of an increment with an id or of a flush, it takes it once.

use std::collections::BTreeMap;
use std::ops::Range;

use super::super::clock::nanos;
use super::super::entry::{Entries, Event, Increment};
use super::dialect::Statements;
use super::link::{Link, fetch, kept, transaction};
use super::names::EVENTS;
use super::schema::{PATIENCE, Store};
use super::{StoreError, Writer, claim};
use crate::topology::stage::DatabaseEngine;

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
    /// The database's own; then nothing is written.
    pub(super) fn write(
        &self,
        link: &mut dyn Link,
        entries: &Entries,
        inserted_ns: u64,
    ) -> Result<Fresh, StoreError> {
        let by_table = self.by_table(link, &entries.events)?;
        let written = transaction(link, |link| {
            let mut fresh = Fresh::default();
            if !entries.orders.is_empty() {
                fresh.orders = claim::insert(link, &entries.orders, inserted_ns)?;
            }
            fresh.events = insert_events(link, self.statements(), &by_table)?;
            let mut by_counter: BTreeMap<u32, Vec<i64>> = BTreeMap::new();
            for &Increment { id, counter } in &entries.increments {
                by_counter.entry(counter).or_default().push(kept(id));
            }
            let mut counts = BTreeMap::new();
            for (counter, ids) in by_counter {
                counts.insert(counter, link.insert_new("counted", 1, &ids)?);
            }
            add(link, self.statements(), &counts)?;
            fresh.increments = counts.values().sum();
            Ok(fresh)
        });
        self.doubt_tables(&written);
        written
    }

    /// Writes records that came straight from people, each of them once: events, and how much is to be added to each counter.
    ///
    /// # Errors
    /// The database's own; then nothing is written, unless it is not known.
    pub fn write_records(
        &self,
        link: &mut dyn Link,
        events: &[Event],
        counts: &BTreeMap<u32, u64>,
    ) -> Result<(), StoreError> {
        let by_table = self.by_table(link, events)?;
        let written = transaction(link, |link| {
            insert_events(link, self.statements(), &by_table)?;
            add(link, self.statements(), counts)
        });
        self.doubt_tables(&written);
        written
    }

    /// Every event, as id and stream, in order of the ids. Blocks.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn events(&self) -> Result<Vec<(u64, u32)>, StoreError> {
        self.valve().pass();
        let mut link = self.connect(PATIENCE)?;
        let tables: Vec<u64> = self.event_tables().keys().copied().collect();
        let mut events = Vec::new();
        for table in tables {
            self.make_table(&mut *link, table)?;
            let sql = format!("SELECT id, stream FROM {EVENTS}{table}").into();
            link.rows(&sql, &[], &mut |row| {
                if let &[id, stream] = row {
                    events.push((id.cast_unsigned(), u32::try_from(stream).unwrap_or(u32::MAX)));
                }
            })?;
        }
        events.sort_unstable();
        Ok(events)
    }

    /// How many tables of events there are.
    pub fn event_table_count(&self) -> u64 {
        self.event_tables().len() as u64
    }

    /// The counters with these numbers, in order. Blocks.
    ///
    /// # Errors
    /// The database can't be read.
    pub fn counters(&self, counters: Range<u32>) -> Result<Vec<Counter>, StoreError> {
        self.valve().pass();
        let mut link = self.connect(PATIENCE)?;
        let mut found = vec![Counter::default(); counters.len()];
        let range = [counters.start.into(), counters.end.into()];
        for [counter, value, flush] in fetch::<3>(&mut *link, &self.statements().counters, &range)? {
            let place = usize::try_from(counter - i64::from(counters.start)).ok();
            if let Some(place) = place.and_then(|place| found.get_mut(place)) {
                *place = Counter { value: value.cast_unsigned(), flush: flush.cast_unsigned() };
            }
        }
        Ok(found)
    }

    /// Events by the table of their span of time, by stream; each of these tables is there. Making one is no part of a transaction:
    /// MariaDB would end it.
    fn by_table<'a>(
        &self,
        link: &mut dyn Link,
        events: &'a [Event],
    ) -> Result<BTreeMap<u64, BTreeMap<u32, Vec<&'a Event>>>, StoreError> {
        let mut by_table: BTreeMap<u64, BTreeMap<u32, Vec<&Event>>> = BTreeMap::new();
        let span = nanos(self.events_span()).max(1);
        for event in events {
            let table = by_table.entry(event.accepted_ns / span).or_default();
            table.entry(event.stream).or_default().push(event);
        }
        for &table in by_table.keys() {
            self.make_table(link, table)?;
        }
        Ok(by_table)
    }

    /// Makes a table of events unless it is there. One at a time: two at once would be in each other's way.
    fn make_table(&self, link: &mut dyn Link, table: u64) -> Result<(), StoreError> {
        let mut tables = self.event_tables();
        if tables.get(&table) != Some(&true) {
            link.run(&self.typed(&format!(
                "CREATE TABLE IF NOT EXISTS {EVENTS}{table} (
                     id BIGINT PRIMARY KEY, stream BIGINT NOT NULL, claimant BIGINT NOT NULL, accepted_ns BIGINT NOT NULL
                 )"
            )))?;
            tables.insert(table, true);
        }
        Ok(())
    }

    /// After an error: the database may have crashed, and forgotten the tables that were made last.
    fn doubt_tables<T>(&self, written: &Result<T, StoreError>) {
        if written.is_err() && self.statements().engine != DatabaseEngine::Sqlite {
            self.event_tables().values_mut().for_each(|is_sure| *is_sure = false);
        }
    }
}

impl Writer {
    /// Adds flushes to the counters in one transaction; a flush that was added before is left alone.
    ///
    /// # Errors
    /// The database's own; then none of them is added.
    pub async fn add_flushes(&self, flushes: Vec<Flush>) -> Result<(), StoreError> {
        self.run(move |store, link| {
            transaction(link, |link| {
                for Flush { counter, number, amount } in &flushes {
                    let values = [i64::from(*counter), kept(*amount), kept(*number)];
                    link.execute(&store.statements().add_flush, &values)?;
                }
                Ok(())
            })
        })
        .await
    }
}

/// Inserts events, each into the table of its span of time. Answers how many are new.
fn insert_events(
    link: &mut dyn Link,
    statements: &Statements,
    by_table: &BTreeMap<u64, BTreeMap<u32, Vec<&Event>>>,
) -> Result<u64, StoreError> {
    let mut fresh: BTreeMap<u32, u64> = BTreeMap::new();
    for (table, by_stream) in by_table {
        for (stream, events) in by_stream {
            let values: Vec<i64> = events.iter().flat_map(|event| event.fields().map(kept)).collect();
            let new = link.insert_new(&format!("{EVENTS}{table}"), 4, &values)?;
            *fresh.entry(*stream).or_default() += new;
        }
    }
    for (stream, events) in fresh.iter().filter(|(_, events)| **events > 0) {
        link.execute(&statements.add_events, &[i64::from(*stream), kept(*events)])?;
    }
    Ok(fresh.values().sum())
}

fn add(link: &mut dyn Link, statements: &Statements, counts: &BTreeMap<u32, u64>) -> Result<(), StoreError> {
    for (counter, count) in counts.iter().filter(|(_, count)| **count > 0) {
        link.execute(&statements.add_count, &[i64::from(*counter), kept(*count)])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

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
        let mut link = store.connect(PATIENCE).expect("a connection");
        assert_eq!(store.events().expect("no events"), []);
        let entries = Entries {
            events: vec![event(3, 0, 250), event(1, 1, 10), event(2, 0, 99)],
            increments: vec![Increment { id: 7, counter: 4 }, Increment { id: 8, counter: 4 }],
            ..Entries::default()
        };
        for fresh in [Fresh { orders: 0, events: 3, increments: 2 }, Fresh::default()] {
            // What is brought twice is taken once.
            assert_eq!(store.write(&mut *link, &entries, 0).expect("they are written"), fresh);
        }
        store
            .write_records(&mut *link, &[event(4, 0, 260)], &BTreeMap::from([(4, 5), (2, 1)]))
            .expect("more");
        assert_eq!(store.events().expect("events"), [(1, 1), (2, 0), (3, 0), (4, 0)]);
        assert_eq!(store.event_table_count(), 2);
        let totals = "SELECT stream, events FROM streams ORDER BY stream".into();
        assert_eq!(fetch::<2>(&mut *link, &totals, &[]).expect("totals"), [[0, 3], [1, 1]]);
        let counters =
            store.counters(2..5).expect("counters").iter().map(|counter| counter.value).collect::<Vec<_>>();
        assert_eq!(counters, [1, 0, 7]);
    }

    #[tokio::test]
    async fn a_flush_is_added_once_however_often_it_is_brought() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = store(&folder);
        let writer = Writer::start(&store, 1).expect("a writer");
        let flush = |number, amount| Flush { counter: 0, number, amount };
        for (number, amount, value) in [(1, 5, 5), (1, 5, 5), (2, 7, 12), (1, 5, 12), (2, 7, 12), (9, 1, 13)]
        {
            writer.add_flushes(vec![flush(number, amount)]).await.expect("it is added");
            assert_eq!(store.counters(0..1).expect("a counter")[0].value, value);
        }
    }
}
