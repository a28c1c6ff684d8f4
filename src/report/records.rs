//! What became of the records that people left: events on streams, and increments of counters.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::text::grouped;
use super::{AuditReport, Report, StageReport};
use crate::workload::Operation;

/// Streams and counters that the text lists: those with something wrong only.
const LISTED: usize = 10;

/// Said of what is in a place where it doesn't belong.
const MISPLACED: &str = "in a place of others";

/// What became of events: of all, or of one stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EventCounts {
    /// Events that were acknowledged.
    pub acknowledged: u64,
    /// Events that are kept, each counted once.
    pub present: u64,
    /// Acknowledged, and nowhere.
    pub lost: u64,
    /// How often an event is kept once more than once.
    pub duplicates: u64,
    /// Kept although nobody was told so; those without an answer included.
    pub unacknowledged: u64,
    /// Without an answer, and kept.
    pub indefinite_happened: u64,
    /// Without an answer, and not kept.
    pub indefinite_not_happened: u64,
    /// Kept in a place that no event comes by: a queue, a Redis or a database of other operations.
    pub misplaced: u64,
}

/// What became of the events of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct EventsReport {
    /// Of all streams together.
    #[serde(flatten)]
    pub all: EventCounts,
    /// Events in the lists of Redis.
    pub in_redis: u64,
    /// Events in the queue or in a consumer's hands.
    pub in_queue: u64,
    /// Events in the database.
    pub in_database: u64,
    /// Tables of the database that hold them.
    pub tables: u64,
    /// Streams on which there was something: those with something wrong first, 100 at most.
    pub streams: Vec<StreamReport>,
}

/// What became of the events of one stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct StreamReport {
    /// Its number, from 0.
    pub stream: u32,
    /// Its events.
    #[serde(flatten)]
    pub counts: EventCounts,
}

/// What became of increments: of all counters, or of one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Increments {
    /// Increments that were acknowledged.
    pub acknowledged: u64,
    /// Increments without an answer: each may be among those that were counted.
    pub indefinite: u64,
    /// Counted in Redis and not in the database yet.
    pub in_redis: u64,
    /// Waiting in the queue.
    pub in_queue: u64,
    /// Counted in the database.
    pub in_database: u64,
    /// By how many fewer are counted than were acknowledged.
    pub missing: u64,
    /// By how many more are counted than were acknowledged or may have happened.
    pub surplus: u64,
    /// Of those counted, how many are in a place that no increment comes by.
    pub misplaced: u64,
}

/// What became of the increments of a run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CountsReport {
    /// Of all counters together; `missing` and `surplus` don't make up for each other.
    #[serde(flatten)]
    pub all: Increments,
    /// Counters that were counted on: those with something wrong first, 100 at most.
    pub counters: Vec<CounterReport>,
}

/// What became of the increments of one counter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CounterReport {
    /// Its number, from 0.
    pub counter: u32,
    /// Its increments.
    #[serde(flatten)]
    pub counts: Increments,
}

impl Report {
    /// Whether it is about records and no sale: nobody claimed anything, so that there is nothing to say of stock and orders.
    pub fn is_about_records_only(&self) -> bool {
        let audit = &self.audit;
        (audit.events.is_some() || audit.counts.is_some())
            && audit.sold == 0
            && !self.topology.workload.wants(Operation::Claim)
    }
}

impl Report {
    /// Databases that requests could reach.
    pub fn database_count(&self) -> usize {
        self.databases().count()
    }

    /// Requests that arrived at databases; none where there is no database.
    pub fn arrived_at_databases(&self) -> Option<u64> {
        let arrived = || self.databases().map(|stage| stage.tally.arrivals);
        arrived().next().map(|_| arrived().sum())
    }

    fn databases(&self) -> impl Iterator<Item = &StageReport> {
        self.stages.iter().filter(|stage| stage.kind == "Database")
    }
}

impl EventCounts {
    /// Whether something is not as it should be. That one without an answer is kept is as it may be.
    pub fn found_wrong(&self) -> bool {
        let unknown = self.unacknowledged.saturating_sub(self.indefinite_happened);
        self.lost + self.duplicates + unknown + self.misplaced > 0
    }
}

impl Increments {
    /// By how many the count is off.
    pub fn off(&self) -> u64 {
        self.missing + self.surplus
    }
}

/// What became of the records, each kind in one sentence without its end.
pub(super) fn sentences(audit: &AuditReport) -> Vec<String> {
    let mut sentences = Vec::new();
    if audit.events.is_some() {
        let EventCounts { acknowledged, lost, duplicates, unacknowledged, misplaced, .. } =
            audit.event_counts();
        let found = found([
            (lost, "lost"),
            (duplicates, "there once too often"),
            (unacknowledged, "there that nobody was told about"),
            (misplaced, MISPLACED),
        ]);
        sentences.push(format!(
            "{} events acknowledged, {}",
            grouped(acknowledged),
            found.unwrap_or("each kept once".into())
        ));
    }
    if audit.counts.is_some() {
        let Increments { acknowledged, missing, surplus, misplaced, .. } = audit.increments();
        let found = found([(missing, "missing"), (surplus, "too many"), (misplaced, MISPLACED)]);
        sentences.push(format!(
            "{} increments acknowledged, {}",
            grouped(acknowledged),
            found.unwrap_or("each counted once".into())
        ));
    }
    sentences
}

/// What is not as it should be; none where all is.
fn found<const KINDS: usize>(kinds: [(u64, &str); KINDS]) -> Option<String> {
    let wrong = kinds.iter().filter(|(count, _)| *count > 0);
    let words: Vec<String> = wrong.map(|(count, what)| format!("{} {what}", grouped(*count))).collect();
    (!words.is_empty()).then(|| format!("but {}", words.join(", ")))
}

/// The records in words.
pub(super) fn write(out: &mut String, report: &Report) -> std::fmt::Result {
    if let Some(events) = &report.audit.events {
        let EventCounts { acknowledged, present, lost, duplicates, unacknowledged, .. } = events.all;
        writeln!(
            out,
            "  events: acknowledged {}, present {}, lost {}, duplicates {}, present but never acknowledged {}",
            grouped(acknowledged),
            grouped(present),
            grouped(lost),
            grouped(duplicates),
            grouped(unacknowledged)
        )?;
        writeln!(
            out,
            "  by themselves: Redis {} events, queue {}, database {} in {} tables",
            grouped(events.in_redis),
            grouped(events.in_queue),
            grouped(events.in_database),
            grouped(events.tables)
        )?;
        if events.all.misplaced > 0 {
            writeln!(out, "  events in places of others {}", grouped(events.all.misplaced))?;
        }
        for row in events.streams.iter().filter(|row| row.counts.found_wrong()).take(LISTED) {
            let EventCounts { acknowledged, lost, duplicates, unacknowledged, .. } = row.counts;
            writeln!(
                out,
                "    stream {}: {lost} of {acknowledged} lost, {duplicates} duplicates, {unacknowledged} never acknowledged",
                row.stream
            )?;
        }
    }
    let Some(counts) = &report.audit.counts else { return Ok(()) };
    let Increments { acknowledged, indefinite, in_redis, in_queue, in_database, missing, surplus, misplaced } =
        counts.all;
    if misplaced > 0 {
        writeln!(out, "  increments in places of others {}", grouped(misplaced))?;
    }
    writeln!(
        out,
        "  counters: acknowledged {}, Redis {} + queue {} + database {}, missing {}, surplus {}, indefinite {}",
        grouped(acknowledged),
        grouped(in_redis),
        grouped(in_queue),
        grouped(in_database),
        grouped(missing),
        grouped(surplus),
        grouped(indefinite)
    )?;
    for row in counts.counters.iter().filter(|row| row.counts.off() > 0).take(LISTED) {
        let Increments { acknowledged, missing, surplus, .. } = row.counts;
        writeln!(
            out,
            "    counter {}: {missing} of {acknowledged} missing, {surplus} too many",
            row.counter
        )?;
    }
    Ok(())
}
