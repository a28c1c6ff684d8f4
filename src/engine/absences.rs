//! Absences: when an instance that shares requests with others got none.
//!
//! A replica of a read-write split leaves the rotation of the reads, an instance of a service that of the balancer before it.

use std::sync::{Arc, Mutex, PoisonError};

use super::message::EventKind;
use super::outbox::Outbox;
use crate::report::AbsenceReport;

/// Spans that are kept for the report; a run with more has one cause, and it is among the first.
const KEPT: usize = 1_000;

/// The absences of a run: told as they happen, and kept. Clones share them.
#[derive(Clone)]
pub struct Absences {
    outbox: Outbox,
    spans: Arc<Mutex<Vec<AbsenceReport>>>,
}

impl Absences {
    /// None so far; new ones are told through `outbox`.
    pub fn new(outbox: Outbox) -> Self {
        Self { outbox, spans: Arc::default() }
    }

    /// All of them, in the order in which they began.
    pub fn all(&self) -> Vec<AbsenceReport> {
        self.spans.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// An instance leaves. Stages go by their place in the topology and their name.
    pub fn left(&self, (stage, stage_name): &(usize, String), instance: &str, why: &str) {
        let from_secs = self.outbox.clock().since_first_arrival().as_secs_f64();
        let mut spans = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        if spans.len() < KEPT {
            let (stage, instance) = (stage_name.clone(), instance.to_owned());
            spans.push(AbsenceReport { stage, instance, from_secs, to_secs: None, why: why.to_owned() });
        }
        drop(spans);
        let (instance, why) = (instance.to_owned(), Some(why.to_owned()));
        self.outbox.event(EventKind::Rotation { stage: *stage, instance, left: why });
    }

    /// It is back.
    pub fn back(&self, (stage, stage_name): &(usize, String), instance: &str) {
        let now = self.outbox.clock().since_first_arrival().as_secs_f64();
        let mut spans = self.spans.lock().unwrap_or_else(PoisonError::into_inner);
        let mut open = spans.iter_mut().rev().filter(|span| span.to_secs.is_none());
        if let Some(span) = open.find(|span| span.stage == *stage_name && span.instance == instance) {
            span.to_secs = Some(now);
        }
        drop(spans);
        self.outbox.event(EventKind::Rotation { stage: *stage, instance: instance.to_owned(), left: None });
    }
}
