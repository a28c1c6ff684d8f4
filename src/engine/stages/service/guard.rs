//! The circuit breakers of a service's instances, and whom they tell what they do.

use std::sync::{Mutex, MutexGuard, PoisonError};

use super::super::super::breakers::BreakersOf;
use super::breaker::Breaker;
use crate::report::BreakerState;
use crate::topology::stage::Service;

/// A breaker for each instance.
pub struct Guard {
    breakers: Vec<Mutex<Breaker>>,
    told: Option<BreakersOf>,
}

impl Guard {
    /// Closed breakers; none where the service has none.
    pub fn new(params: &Service) -> Option<Self> {
        let breakers: Option<Vec<_>> =
            (0..params.instances).map(|_| Breaker::new(params).map(Mutex::new)).collect();
        Some(Self { breakers: breakers?, told: None })
    }

    /// Tells of all that they do.
    pub fn tell(&mut self, whom: BreakersOf) {
        self.told = Some(whom);
    }

    /// Whether an instance may hand a request on at `now_ns`.
    pub fn lets_through(&self, instance: usize, now_ns: u64) -> bool {
        let (may, changed) = self.of(instance).lets_through(now_ns);
        self.changed(instance, changed);
        may
    }

    /// Whether an instance hands nothing on at the moment.
    pub fn is_open(&self, instance: usize) -> bool {
        self.of(instance).state() == BreakerState::Open
    }

    /// What an instance handed on was answered, or was not: see [`Breaker::heard`].
    pub fn heard(&self, instance: usize, arrived_ns: u64, is_error: bool, now_ns: u64) {
        let changed = self.of(instance).heard(arrived_ns, is_error, now_ns);
        self.changed(instance, changed);
    }

    /// An instance is a new process.
    pub fn forget(&self, instance: usize, now_ns: u64) {
        let changed = self.of(instance).forget(now_ns);
        self.changed(instance, changed);
    }

    /// An instance answered so many requests itself because its breaker is not closed.
    pub fn shed(&self, instance: usize, count: u64) {
        if let Some(told) = self.told.as_ref().filter(|_| count > 0) {
            told.shed(instance, count);
        }
    }

    fn of(&self, instance: usize) -> MutexGuard<'_, Breaker> {
        self.breakers[instance].lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn changed(&self, instance: usize, state: Option<BreakerState>) {
        if let (Some(told), Some(state)) = (&self.told, state) {
            told.changed(instance, state);
        }
    }
}
