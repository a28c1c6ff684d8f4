//! What every stage has: its book, the way on, and the stages above that hear of its answers.

use std::sync::{Arc, OnceLock, Weak};

use super::super::book::StageBook;
use super::super::clock::Clock;
use super::super::ledger::Ledger;
use super::super::pending::{Batch, Pending};
use crate::metrics::{Outcome, Reason};
use crate::topology::StageKind;
use crate::workload::Operations;

/// A stage takes batches. It never blocks: what it can't take in is answered at once and counted.
pub trait Stage: Send + Sync {
    /// Takes requests in.
    fn take(&self, batch: Batch);
}

/// A stage above, which hears how requests that it handed on ended.
pub trait Listener: Send + Sync {
    /// Requests ended with one outcome at `now_ns`.
    fn answered(&self, batch: &[Pending], outcome: Outcome, now_ns: u64);

    /// Whether it tries again what ended in an error or was turned away.
    fn tries_again(&self) -> bool {
        false
    }

    /// Of attempts that ended in an error or were turned away, those that it wants back, to try them again, and the others. The
    /// former have not ended then, and it gets them by [`Self::take_back`].
    fn wants_back(&self, batch: Batch) -> (Batch, Batch) {
        (Batch::new(), batch)
    }

    /// Gets back what it wanted.
    fn take_back(&self, _batch: Batch, _now_ns: u64) {}
}

/// A stage with parameters that may be turned while it works.
pub trait Tunable: Send + Sync {
    /// Takes over the live ones of these parameters, which are of its own kind.
    fn tune(&self, kind: &StageKind);
}

/// A stage that remembers what it was answered, until its time is up.
pub trait Cache: Send + Sync {
    /// Forgets everything.
    fn purge(&self);
    /// Lets everything that it remembers be out of date from now on, whatever its time to live says.
    fn expire(&self);
}

/// A stage with instances that can die, stand still and come back. They count from 0; each call answers whether there is one
/// with this number.
pub trait Instances: Send + Sync {
    /// Whether an instance answers when it is asked how it is.
    fn answers(&self, number: usize) -> bool;
    /// It is gone, with what it remembers and what waited for it.
    fn kill(&self, number: usize) -> bool;
    /// A dead one is there again.
    fn restart(&self, number: usize) -> bool;
    /// It stands still, and what comes waits; or it goes on. One that is dead is not concerned.
    fn pause(&self, number: usize, is_paused: bool) -> bool;
    /// Lets all that stand still go on; answers which those were.
    fn go_on(&self) -> Vec<usize>;
}

/// What every stage has.
pub struct Core {
    book: Arc<StageBook>,
    clock: Clock,
    ledger: Arc<Ledger>,
    /// With what comes by them. Weak, because the stages above hold the way down.
    listeners: OnceLock<Vec<(Operations, Weak<dyn Listener>)>>,
}

impl Core {
    /// The core of a stage.
    pub fn new(clock: Clock, ledger: Arc<Ledger>) -> Self {
        Self { book: Arc::default(), clock, ledger, listeners: OnceLock::new() }
    }

    /// Names the stages above, each with the operations that come by it, once all stages are built.
    pub fn listen(&self, listeners: Vec<(Operations, Weak<dyn Listener>)>) {
        if self.listeners.set(listeners).is_err() {
            unreachable!("the stages above are named once");
        }
    }

    /// The stage's book.
    pub fn book(&self) -> &Arc<StageBook> {
        &self.book
    }

    /// Now, on the run's clock.
    pub fn now_ns(&self) -> u64 {
        self.clock.now_ns()
    }

    /// Counts requests that came in and stamps them; returns now.
    pub fn arrive(&self, batch: &mut [Pending]) -> u64 {
        let now_ns = self.now_ns();
        for pending in batch.iter_mut() {
            pending.arrived_ns = now_ns;
        }
        self.book.arrive(batch);
        now_ns
    }

    /// Hands requests on to the next stage.
    pub fn pass(&self, batch: Batch, next: &dyn Stage) {
        if !batch.is_empty() {
            self.book.pass(&batch, self.now_ns());
            next.take(batch);
        }
    }

    /// Answers requests, or gives them up: they end here.
    pub fn end(&self, batch: &[Pending], outcome: Outcome) {
        if batch.is_empty() {
            return;
        }
        let now_ns = self.now_ns();
        match outcome {
            Outcome::Failed | Outcome::Intercepted(Reason::Shed) => {
                let rest = self.give_back(batch, outcome, now_ns);
                self.end_for_good(rest.as_deref().unwrap_or(batch), outcome, now_ns);
            }
            _ => self.end_for_good(batch, outcome, now_ns),
        }
    }

    fn end_for_good(&self, batch: &[Pending], outcome: Outcome, now_ns: u64) {
        if batch.is_empty() {
            return;
        }
        // The ledger first: when the books say that nothing is under way any more, no promise is missing.
        self.ledger.note(batch, outcome, now_ns);
        self.book.end(batch, outcome, now_ns);
        for (operations, listener) in self.listeners() {
            tell(&*listener, operations, batch, outcome, now_ns);
        }
    }

    /// Gives attempts back to the stages above that try again, the nearest first. Answers what is left, where there is such a stage.
    fn give_back(&self, batch: &[Pending], outcome: Outcome, now_ns: u64) -> Option<Batch> {
        let mut left: Option<Batch> = None;
        for (place, (operations, listener)) in self.listeners().enumerate() {
            if !listener.tries_again() {
                continue;
            }
            let mut others = left.take().unwrap_or_else(|| batch.to_vec());
            let came_by = others.extract_if(.., |pending| operations.contains(pending.operation)).collect();
            let (wanted, rest) = listener.wants_back(came_by);
            others.extend(rest);
            left = Some(others);
            if wanted.is_empty() {
                continue;
            }
            self.book.give_back(&wanted, now_ns);
            // Who stands between hears that it has them no more.
            let between = self.listeners().take(place);
            between.for_each(|(operations, below)| tell(&*below, operations, &wanted, outcome, now_ns));
            listener.take_back(wanted, now_ns);
        }
        left
    }

    fn listeners(&self) -> impl Iterator<Item = (Operations, Arc<dyn Listener>)> {
        let listeners = self.listeners.get().into_iter().flatten();
        listeners.filter_map(|(operations, listener)| Some((*operations, listener.upgrade()?)))
    }

    /// Answers reads that were found here: as the owner of the data, or before the stage that is.
    pub fn answer_reads(&self, found: &[Pending], owns_reads: bool) {
        self.end(found, if owns_reads { Outcome::Served } else { Outcome::Intercepted(Reason::CacheHit) });
    }

    /// Hands requests on; where there is no next stage, nobody can answer them.
    pub fn pass_or_fail(&self, batch: Batch, next: Option<&dyn Stage>) {
        match next {
            Some(next) => self.pass(batch, next),
            None => self.end(&batch, Outcome::Failed),
        }
    }

    /// Answers requests before the stage that owns the data.
    pub fn intercept(&self, batch: &[Pending], reason: Reason) {
        self.end(batch, Outcome::Intercepted(reason));
    }
}

/// Tells a stage above of those that came by it.
fn tell(listener: &dyn Listener, operations: Operations, batch: &[Pending], outcome: Outcome, now_ns: u64) {
    if operations == Operations::ALL || batch.iter().all(|pending| operations.contains(pending.operation)) {
        return listener.answered(batch, outcome, now_ns);
    }
    let came_by = |pending: &&Pending| operations.contains(pending.operation);
    let part: Batch = batch.iter().filter(came_by).copied().collect();
    if !part.is_empty() {
        listener.answered(&part, outcome, now_ns);
    }
}
