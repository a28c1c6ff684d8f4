//! Records: what people were told of events and increments, held against what is kept. Pure.

use std::collections::BTreeMap;

use super::super::cluster::HeldCounter;
use super::super::entry::{Event, Increment};
use super::super::ledger::records::{CountPromises, EventPromises};
use super::super::store::records::Counter;
use crate::report::records::{
    CounterReport, CountsReport, EventCounts, EventsReport, Increments, StreamReport,
};

/// Streams and counters that are reported.
const LISTED: usize = 100;

/// What there is to say about events.
#[derive(Debug, Clone, Default)]
pub struct EventEvidence {
    /// What people were told.
    pub promises: EventPromises,
    /// In the lists of Redis, as id and stream.
    pub redis: Vec<(u64, u32)>,
    /// In the queue or in a consumer's hands.
    pub queue: Vec<Event>,
    /// In places that no event comes by, as id and stream.
    pub misplaced: Vec<(u64, u32)>,
}

/// What there is to say about increments.
#[derive(Debug, Clone, Default)]
pub struct CountEvidence {
    /// What people were told, by counter.
    pub promises: Vec<CountPromises>,
    /// By counter, where Redis counts.
    pub redis: Vec<HeldCounter>,
    /// In the queue or in a consumer's hands.
    pub queue: Vec<Increment>,
    /// By counter: in places that no increment comes by. May be shorter.
    pub misplaced: Vec<u64>,
}

impl CountEvidence {
    /// Adds what a place that no increment comes by has, by counter.
    pub fn misplace(&mut self, values: impl IntoIterator<Item = u64>) {
        for (counter, value) in values.into_iter().enumerate() {
            if self.misplaced.len() <= counter {
                self.misplaced.push(0);
            }
            self.misplaced[counter] += value;
        }
    }
}

/// Events: the promises, and who keeps what. `database` has them as id and stream in order of the ids, `tables` says in how many
/// tables.
pub fn events(evidence: &mut EventEvidence, database: &[(u64, u32)], tables: u64) -> EventsReport {
    let EventEvidence { promises, redis, queue, misplaced } = evidence;
    promises.acknowledged.sort_unstable_by_key(|event| event.id);
    promises.indefinite.sort_unstable_by_key(|event| event.id);
    redis.sort_unstable();
    let mut streams: BTreeMap<u32, EventCounts> = BTreeMap::new();
    let mut present = Vec::with_capacity(redis.len() + database.len() + queue.len());
    for place in [&redis[..], database] {
        for twice in place.windows(2).filter(|pair| pair[0].0 == pair[1].0) {
            streams.entry(twice[1].1).or_default().duplicates += 1;
        }
        present.extend_from_slice(place);
    }
    // One that is in the queue and in the database was written, and not taken off yet.
    present.extend(queue.iter().map(|event| (event.id, event.stream)));
    for &(_, stream) in &*misplaced {
        streams.entry(stream).or_default().misplaced += 1;
    }
    present.extend_from_slice(misplaced);
    present.sort_unstable();
    present.dedup_by_key(|(id, _)| *id);
    let is_present = |event: &Event| present.binary_search_by_key(&event.id, |(id, _)| *id).is_ok();
    for event in &promises.acknowledged {
        let of_stream = streams.entry(event.stream).or_default();
        of_stream.acknowledged += 1;
        of_stream.lost += u64::from(!is_present(event));
    }
    for event in &promises.indefinite {
        let (happened, of_stream) = (is_present(event), streams.entry(event.stream).or_default());
        of_stream.indefinite_happened += u64::from(happened);
        of_stream.indefinite_not_happened += u64::from(!happened);
    }
    for &(id, stream) in &present {
        let is_told = promises.acknowledged.binary_search_by_key(&id, |event| event.id).is_ok();
        let of_stream = streams.entry(stream).or_default();
        of_stream.present += 1;
        of_stream.unacknowledged += u64::from(!is_told);
    }
    let mut all = EventCounts::default();
    for counts in streams.values() {
        all.acknowledged += counts.acknowledged;
        all.present += counts.present;
        all.lost += counts.lost;
        all.duplicates += counts.duplicates;
        all.unacknowledged += counts.unacknowledged;
        all.indefinite_happened += counts.indefinite_happened;
        all.indefinite_not_happened += counts.indefinite_not_happened;
        all.misplaced += counts.misplaced;
    }
    let (in_redis, in_queue, in_database) = (redis.len() as u64, queue.len() as u64, database.len() as u64);
    let rows = streams.into_iter().map(|(stream, counts)| StreamReport { stream, counts });
    let streams = worst_first(rows.collect(), |row| row.counts.found_wrong());
    EventsReport { all, in_redis, in_queue, in_database, tables, streams }
}

/// Increments: the promises, and what the counters say. `database` has them by number.
pub fn counts(evidence: &CountEvidence, database: &[Counter]) -> CountsReport {
    let mut queued: BTreeMap<usize, u64> = BTreeMap::new();
    for increment in &evidence.queue {
        *queued.entry(increment.counter as usize).or_default() += 1;
    }
    let mut all = Increments::default();
    let mut rows = Vec::new();
    for (number, (counter, promises)) in (0..).zip(&evidence.promises).enumerate() {
        let held = evidence.redis.get(number).copied().unwrap_or_default();
        let Counter { value: in_database, flush } = database.get(number).copied().unwrap_or_default();
        // A flush that is not confirmed is where the database says it is.
        let under_way = held.flushing.map_or(0, |(number, amount)| if number > flush { amount } else { 0 });
        let CountPromises { acknowledged, indefinite } = *promises;
        let in_redis = held.value + under_way;
        let in_queue = queued.get(&number).copied().unwrap_or(0);
        let misplaced = evidence.misplaced.get(number).copied().unwrap_or(0);
        let found = in_redis + in_queue + in_database + misplaced;
        let counts = Increments {
            acknowledged,
            indefinite,
            in_redis,
            in_queue,
            in_database,
            missing: acknowledged.saturating_sub(found),
            surplus: found.saturating_sub(acknowledged + indefinite),
            misplaced,
        };
        all.acknowledged += counts.acknowledged;
        all.indefinite += counts.indefinite;
        all.in_redis += counts.in_redis;
        all.in_queue += counts.in_queue;
        all.in_database += counts.in_database;
        all.missing += counts.missing;
        all.surplus += counts.surplus;
        all.misplaced += counts.misplaced;
        if counts != Increments::default() {
            rows.push(CounterReport { counter, counts });
        }
    }
    CountsReport { all, counters: worst_first(rows, |row| row.counts.off() + row.counts.misplaced > 0) }
}

/// Those with something wrong first, not too many.
fn worst_first<T>(mut rows: Vec<T>, is_wrong: impl Fn(&T) -> bool) -> Vec<T> {
    rows.sort_by_key(|row| !is_wrong(row));
    rows.truncate(LISTED);
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(id: u64, stream: u32) -> Event {
        Event { id, stream, claimant: id, accepted_ns: id }
    }

    #[test]
    fn every_event_is_looked_up_on_its_stream() {
        let mut evidence = EventEvidence {
            promises: EventPromises {
                acknowledged: vec![event(4, 1), event(1, 0), event(2, 0), event(3, 1)],
                indefinite: vec![event(6, 1), event(7, 0)],
            },
            queue: vec![event(3, 1), event(4, 1)],
            ..EventEvidence::default()
        };
        // 2 is lost; 3 was written and not taken off; 5 was told to nobody; 6 of those without an answer is there.
        let report = events(&mut evidence, &[(1, 0), (3, 1), (5, 0), (6, 1)], 2);
        let all = EventCounts {
            acknowledged: 4,
            present: 5,
            lost: 1,
            duplicates: 0,
            unacknowledged: 2,
            indefinite_happened: 1,
            indefinite_not_happened: 1,
            misplaced: 0,
        };
        assert_eq!(report.all, all);
        assert_eq!((report.in_redis, report.in_queue, report.in_database, report.tables), (0, 2, 4, 2));
        let wrong: Vec<(u32, bool)> =
            report.streams.iter().map(|row| (row.stream, row.counts.found_wrong())).collect();
        assert_eq!(wrong, [(0, true), (1, false)]);
        // The same event twice in one place is there once too often.
        evidence.redis = vec![(1, 0), (9, 2), (1, 0), (1, 0)];
        assert_eq!(events(&mut evidence, &[], 0).all.duplicates, 2);
    }

    #[test]
    fn a_counter_is_what_redis_the_queue_and_the_database_have_together() {
        let promise = |acknowledged, indefinite| CountPromises { acknowledged, indefinite };
        let held = |value, flushing| HeldCounter { value, flushing };
        let kept = |value, flush| Counter { value, flush };
        for (promises, redis, queued, database, (missing, surplus)) in [
            (promise(10, 0), held(3, None), 0, kept(7, 4), (0, 0)),
            // Taken from Redis, and not yet in the database; then in it, and not yet confirmed.
            (promise(10, 0), held(3, Some((5, 7))), 0, kept(0, 4), (0, 0)),
            (promise(10, 0), held(3, Some((5, 7))), 0, kept(7, 5), (0, 0)),
            // Without an answer it may have happened.
            (promise(10, 2), held(11, None), 0, kept(0, 0), (0, 0)),
            (promise(10, 2), held(14, None), 0, kept(0, 0), (0, 2)),
            (promise(10, 2), held(0, None), 3, kept(5, 0), (2, 0)),
        ] {
            let increment = Increment { id: 1, counter: 0 };
            let evidence = CountEvidence {
                promises: vec![promises],
                redis: vec![redis],
                queue: vec![increment; queued],
                misplaced: Vec::new(),
            };
            let report = counts(&evidence, &[database]);
            assert_eq!((report.all.missing, report.all.surplus), (missing, surplus), "{evidence:?}");
            assert_eq!((report.counters.len(), report.counters[0].counts), (1, report.all));
        }
        // Too few of one and too many of another don't make up for each other.
        let evidence =
            CountEvidence { promises: vec![promise(5, 0), promise(5, 0), promise(0, 0)], ..<_>::default() };
        let report = counts(&evidence, &[kept(3, 0), kept(7, 0), kept(0, 0)]);
        assert_eq!((report.all.missing, report.all.surplus, report.counters.len()), (2, 2, 2));
    }
}
