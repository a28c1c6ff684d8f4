//! What circuit breakers do: told as it happens, and kept for the report.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::message::EventKind;
use super::outbox::Outbox;
use crate::report::{BreakerReport, BreakerState};

/// Spans that are kept for the report; a run with more has one cause, and it is among the first.
const KEPT: usize = 1_000;

/// The breakers of a run. Clones share what is kept.
#[derive(Clone)]
pub struct Breakers {
    outbox: Outbox,
    spans: Arc<Mutex<Vec<BreakerReport>>>,
}

/// The breakers of one service.
#[derive(Clone)]
pub struct BreakersOf {
    breakers: Breakers,
    stage: usize,
    name: String,
}

impl Breakers {
    /// None has opened so far; changes are told through `outbox`.
    pub fn new(outbox: Outbox) -> Self {
        Self { outbox, spans: Arc::default() }
    }

    /// Those of one service, by its place in the topology and its name.
    pub fn of(&self, stage: usize, name: &str) -> BreakersOf {
        BreakersOf { breakers: self.clone(), stage, name: name.to_owned() }
    }

    /// All spans in which one was not closed, in the order in which they began.
    pub fn all(&self) -> Vec<BreakerReport> {
        self.spans().clone()
    }

    fn spans(&self) -> MutexGuard<'_, Vec<BreakerReport>> {
        self.spans.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl BreakersOf {
    /// The breaker of an instance, counted from 0, is now in this state.
    pub fn changed(&self, number: usize, state: BreakerState) {
        let now_secs = self.breakers.outbox.clock().since_first_arrival().as_secs_f64();
        let instance = name(number);
        self.with_span(&instance, |span| match (state, span) {
            (BreakerState::Open, Some(span)) => span.opened += 1,
            (BreakerState::Closed, Some(span)) => span.to_secs = Some(now_secs),
            _ => {}
        });
        if state == BreakerState::Open {
            self.begin(&instance, now_secs);
        }
        self.breakers.outbox.event(EventKind::Breaker { stage: self.stage, instance, state });
    }

    /// It answered so many requests itself.
    pub fn shed(&self, number: usize, count: u64) {
        self.with_span(&name(number), |span| {
            if let Some(span) = span {
                span.shed += count;
            }
        });
    }

    /// A span begins, unless one is under way.
    fn begin(&self, instance: &str, from_secs: f64) {
        let mut spans = self.breakers.spans();
        let is_open = |span: &BreakerReport| {
            span.to_secs.is_none() && span.stage == self.name && span.instance == instance
        };
        if spans.len() < KEPT && !spans.iter().any(is_open) {
            let (stage, instance) = (self.name.clone(), instance.to_owned());
            spans.push(BreakerReport { stage, instance, from_secs, to_secs: None, opened: 1, shed: 0 });
        }
    }

    /// The span of an instance that is under way, if there is one.
    fn with_span(&self, instance: &str, then: impl FnOnce(Option<&mut BreakerReport>)) {
        let mut spans = self.breakers.spans();
        let mut open = spans.iter_mut().rev().filter(|span| span.to_secs.is_none());
        then(open.find(|span| span.stage == self.name && span.instance == instance));
    }
}

fn name(number: usize) -> String {
    format!("instance {}", number + 1)
}
