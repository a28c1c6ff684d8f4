//! Errors that are waited out: each kind is told once, when it first happens, and again in the report.

use std::fmt::Display;
use std::sync::{Arc, Mutex, PoisonError};

use super::outbox::Outbox;

/// Different errors that are kept; a run with more has one cause, and it is among the first.
const KEPT: usize = 20;

/// The troubles of a run. Clones share them.
#[derive(Clone)]
pub struct Troubles {
    outbox: Outbox,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Troubles {
    /// None so far; new ones are told through `outbox`.
    pub fn new(outbox: Outbox) -> Self {
        Self { outbox, seen: Arc::default() }
    }

    /// Tells an error of somebody who will try again, unless it was told before.
    pub fn note(&self, who: &str, error: &dyn Display) {
        let text = format!("{who}: {error}");
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() < KEPT && !seen.contains(&text) {
            self.outbox.trouble(&text);
            seen.push(text);
        }
    }

    /// All of them, in the order in which they first happened.
    pub fn all(&self) -> Vec<String> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
