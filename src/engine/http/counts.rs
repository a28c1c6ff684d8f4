//! What is counted of the connections, beside the books of the stages.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use super::answer::STATUSES;
use crate::report::HttpReport;

/// The counts of all connections.
#[derive(Debug, Default)]
pub struct Counts {
    answered: [AtomicU64; STATUSES.len()],
    gone: AtomicU64,
    unanswered: AtomicU64,
    refused: Mutex<BTreeMap<u16, u64>>,
    late: AtomicU64,
    looks: AtomicU64,
    connections: AtomicU64,
    most_connections: AtomicU64,
    /// Whether requests that have no answer now get none any more.
    is_over: AtomicBool,
}

impl Counts {
    /// Counts an answer that its client got, by the place of its status.
    pub fn answered(&self, place: usize) {
        self.answered[place].fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a request that was not answered, or whose answer nobody got.
    pub fn lost(&self) {
        let count = if self.is_over.load(Ordering::Relaxed) { &self.unanswered } else { &self.gone };
        count.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts an answer that its client did not get, because it was gone.
    pub fn gone(&self) {
        self.gone.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts what asked for nothing that there is.
    pub fn refused(&self, status: u16) {
        *self.refused.lock().unwrap_or_else(PoisonError::into_inner).entry(status).or_default() += 1;
    }

    /// Counts what came after the arrivals were over.
    pub fn late(&self) {
        self.late.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a look at the list.
    pub fn look(&self) {
        self.looks.fetch_add(1, Ordering::Relaxed);
    }

    /// Counts a connection, which makes so many of them now.
    pub fn connected(&self, now: usize) {
        self.connections.fetch_add(1, Ordering::Relaxed);
        self.most_connections.fetch_max(now as u64, Ordering::Relaxed);
    }

    /// Whoever has no answer now gets none any more.
    pub fn end(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }

    /// What was counted so far.
    pub fn report(&self, at: &str, requests: u64) -> HttpReport {
        let read = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let answered = STATUSES.into_iter().zip(self.answered.iter().map(read));
        HttpReport {
            at: at.to_owned(),
            requests,
            answered: answered.filter(|(_, count)| *count > 0).collect(),
            gone: read(&self.gone),
            unanswered: read(&self.unanswered),
            refused: self.refused.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            late: read(&self.late),
            looks: read(&self.looks),
            connections: read(&self.connections),
            most_connections: read(&self.most_connections),
        }
    }
}
