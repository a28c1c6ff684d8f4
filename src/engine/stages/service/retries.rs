//! Reads that are tried again: which of them, when, and how many at the most.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::super::super::clock::nanos;
use super::super::super::pending::{Batch, Pending};
use crate::topology::stage::Service;
use crate::workload::Operation;

/// A budget holds what so many reads bring in, so that a long calm pays for a short outage only.
const SAVED_READS: f64 = 1_000.0;

/// The reads of a service that wait for their next attempt, and what may still be spent on more.
#[derive(Debug)]
pub struct Retries {
    /// The last attempt is no longer tried again.
    most: u8,
    after_ns: u64,
    budget: Option<f64>,
    /// Attempts that may still be made, by instance.
    left: Vec<Mutex<f64>>,
    /// By the moment on the run's clock when they are due.
    waiting: Mutex<BTreeMap<u64, Batch>>,
}

impl Retries {
    /// Nothing waits; none where reads have one attempt only.
    pub fn new(params: &Service) -> Option<Self> {
        let most = u8::try_from(params.read_attempts.checked_sub(1)?).ok().filter(|&most| most > 0)?;
        Some(Self {
            most,
            after_ns: nanos(params.retry_after),
            budget: params.retry_budget,
            left: (0..params.instances).map(|_| Mutex::new(0.0)).collect(),
            waiting: Mutex::default(),
        })
    }

    /// An instance hands a read on for the first time: that pays for a part of a retry.
    pub fn earn(&self, instance: usize) {
        if let Some(share) = self.budget {
            let mut left = lock(&self.left[instance]);
            *left = (*left + share).min((share * SAVED_READS).max(1.0));
        }
    }

    /// Whether an instance may try a request again; that is then paid for.
    pub fn spend(&self, instance: usize, pending: &Pending) -> bool {
        if pending.operation != Operation::Read || pending.retries >= self.most {
            return false;
        }
        if self.budget.is_none() {
            return true;
        }
        let mut left = lock(&self.left[instance]);
        // Shares such as 0.1 don't add up to whole numbers.
        let is_enough = *left >= 1.0 - 1e-9;
        *left -= if is_enough { 1.0 } else { 0.0 };
        is_enough
    }

    /// Keeps reads, of which this many attempts were made, until their next attempt is due.
    pub fn keep(&self, batch: &[Pending], now_ns: u64) {
        let mut waiting = lock(&self.waiting);
        for pending in batch {
            let doubled = u32::from(pending.retries.saturating_sub(1)).min(20);
            let due_ns = now_ns.saturating_add(self.after_ns.saturating_mul(1 << doubled));
            waiting.entry(due_ns).or_default().push(*pending);
        }
    }

    /// The reads whose next attempt is due.
    pub fn due(&self, now_ns: u64) -> Batch {
        let mut waiting = lock(&self.waiting);
        let later = waiting.split_off(&(now_ns + 1));
        std::mem::replace(&mut *waiting, later).into_values().flatten().collect()
    }
}

fn lock<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::super::super::testing::{claims, reads};
    use super::*;

    fn retries(read_attempts: u32, retry_budget: Option<f64>) -> Option<Retries> {
        let retry_after = Duration::from_millis(10);
        Retries::new(&Service { read_attempts, retry_after, retry_budget, ..Service::default() })
    }

    #[test]
    fn only_reads_are_tried_again_and_not_for_ever() {
        assert!(retries(1, None).is_none());
        let retries = retries(3, None).unwrap();
        let mut read = reads(0, 1)[0];
        let may: Vec<bool> = (0..3)
            .map(|count| {
                read.retries = count;
                retries.spend(0, &read)
            })
            .collect();
        assert_eq!(may, [true, true, false]);
        assert!(!retries.spend(0, &claims(0, 1)[0]));
    }

    #[test]
    fn a_budget_pays_for_its_share_of_the_reads_and_no_more() {
        let retries = retries(3, Some(0.1)).unwrap();
        let read = reads(0, 1)[0];
        assert!(!retries.spend(0, &read), "nothing was earned yet");
        (0..50).for_each(|_| retries.earn(0));
        let spent = (0..50).filter(|_| retries.spend(0, &read)).count();
        assert_eq!(spent, 5);
        assert!(!retries.spend(1, &read), "each instance has its own");
        (0..1_000_000).for_each(|_| retries.earn(0));
        assert_eq!(
            (0..1_000).filter(|_| retries.spend(0, &read)).count(),
            100,
            "a calm is not saved for ever"
        );
    }

    #[test]
    fn each_further_attempt_waits_twice_as_long() {
        let retries = retries(4, None).unwrap();
        let mut batch = reads(0, 3);
        for (pending, count) in batch.iter_mut().zip(1..) {
            pending.retries = count;
        }
        retries.keep(&batch, 5);
        let ms = |ms: u64| 5 + ms * 1_000_000;
        let due = |ns| retries.due(ns).iter().map(|pending| pending.id).collect::<Vec<_>>();
        assert!(due(ms(10) - 1).is_empty());
        assert_eq!((due(ms(10)), due(ms(39)), due(ms(40))), (vec![0], vec![1], vec![2]));
    }
}
