//! What the tests of stages share: requests, and a stage that keeps what it is given.

use std::sync::{Arc, Mutex};

use super::super::clock::Clock;
use super::super::ledger::Ledger;
use super::super::pending::{Batch, Pending};
use super::super::wire::Commands;
use super::core::{Core, Stage};
use crate::workload::{Operation, Request};

/// Products in the tests.
pub const ITEMS: u32 = 4;

/// A core with a book of its own.
pub fn core() -> Arc<Core> {
    Arc::new(Core::new(Clock::new(), Arc::new(Ledger::new(ITEMS))))
}

/// The last stage of a test: it keeps what it is given.
#[derive(Default)]
pub struct Sink(Mutex<Batch>);

impl Sink {
    /// What came since the last look.
    pub fn take_all(&self) -> Batch {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}

impl Stage for Sink {
    fn take(&self, mut batch: Batch) {
        self.0.lock().unwrap().append(&mut batch);
    }
}

/// A request for a product.
pub fn request(operation: Operation, id: u64, item: u32) -> Pending {
    Pending::new(Request { id, intended_ns: 0, claimant: id, item, units: 1, operation }, 0)
}

/// Reads of a product, with rising ids.
pub fn reads(item: u32, count: u64) -> Batch {
    (0..count).map(|id| request(Operation::Read, id, item)).collect()
}

/// Claims of a product, with rising ids.
pub fn claims(item: u32, count: u64) -> Batch {
    (0..count).map(|id| request(Operation::Claim, id, item)).collect()
}

/// The words of a single command.
pub fn words_of(commands: &Commands) -> Vec<String> {
    let text = String::from_utf8_lossy(commands.bytes()).into_owned();
    let (count, mut rest) = text[1..].split_once("\r\n").unwrap();
    let mut words = Vec::new();
    while let Some((length, after)) = rest.strip_prefix('$').and_then(|rest| rest.split_once("\r\n")) {
        let (word, after) = after.split_at(length.parse().unwrap());
        words.push(word.to_owned());
        rest = after.strip_prefix("\r\n").unwrap();
    }
    assert_eq!((words.len().to_string().as_str(), rest), (count, ""));
    words
}
