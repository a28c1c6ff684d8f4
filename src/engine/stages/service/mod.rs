//! Service: N instances that remember from earlier answers whether the sale is open or over, and pages. In process.
//!
//! - [`instance`]: what one of them remembers, and whether it is there.
//! - `breaker`: a circuit breaker. `guard`: those of all instances. `retries`: reads that are tried again.

mod breaker;
mod guard;
pub mod instance;
mod retries;

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval};

use super::super::breakers::BreakersOf;
use super::super::clock::nanos;
use super::super::dial::Dial;
use super::super::pending::{Batch, Pending};
use super::core::{Cache, Core, Instances, Listener, Stage, Tunable};
use crate::metrics::{Outcome, Reason};
use crate::topology::stage::{Service, StageKind};
use crate::workload::Operation;
use guard::Guard;
use instance::{Instance, Knowledge, Standing};
use retries::Retries;

/// How often is looked which reads are to be tried again.
const LOOK: Duration = Duration::from_millis(1);

/// The application servers.
pub struct ServiceStage {
    core: Arc<Core>,
    next: Arc<dyn Stage>,
    /// In nanoseconds.
    flag_ttl: Dial<Option<u64>>,
    /// In nanoseconds.
    page_ttl: Dial<Option<u64>>,
    /// What was learnt until then is out of date; on the run's clock.
    expired_ns: AtomicU64,
    max_in_flight: u64,
    /// Whether one read of an instance fetches a page for all that ask for it meanwhile.
    single_flight: bool,
    /// Reads that are tried again, if they are.
    retries: Option<Retries>,
    /// Circuit breakers, if there are any.
    guard: Option<Guard>,
    /// The instances' numbers among all instances behind the balancer right in front, if there is one.
    numbers: Option<Range<u16>>,
    instances: Vec<Instance>,
}

/// What becomes of the requests of a batch.
#[derive(Default)]
struct Sorted {
    passed: Batch,
    closed: Batch,
    sold_out: Batch,
    hits: Batch,
    shed: Batch,
    failed: Batch,
}

/// When it is, and what is remembered how long.
#[derive(Clone, Copy)]
#[allow(clippy::struct_field_names, reason = "a unit, as everywhere")]
struct Moment {
    now_ns: u64,
    flag_ttl_ns: Option<u64>,
    page_ttl_ns: Option<u64>,
    expired_ns: u64,
}

impl ServiceStage {
    /// Instances in front of `next`, for products `0..items`; a balancer right in front calls the first one `first`.
    pub fn new(
        core: Arc<Core>,
        next: Arc<dyn Stage>,
        params: &Service,
        items: u32,
        first: Option<u16>,
    ) -> Self {
        Self {
            core,
            next,
            flag_ttl: Dial::new(params.flag_ttl.map(nanos)),
            page_ttl: Dial::new(params.page_ttl.map(nanos)),
            expired_ns: AtomicU64::new(0),
            max_in_flight: u64::from(params.max_in_flight),
            single_flight: params.single_flight,
            retries: Retries::new(params),
            guard: Guard::new(params),
            numbers: first.map(|first| {
                first..first.saturating_add(u16::try_from(params.instances).unwrap_or(u16::MAX))
            }),
            instances: (0..params.instances).map(|_| Instance::new(items)).collect(),
        }
    }

    /// The same, telling what its circuit breakers do.
    #[must_use]
    pub fn telling(mut self, whom: BreakersOf) -> Self {
        if let Some(guard) = &mut self.guard {
            guard.tell(whom);
        }
        self
    }

    /// Tries reads again when their time has come. Ends at once where none is.
    pub async fn try_again(self: Arc<Self>) {
        let Some(retries) = &self.retries else { return };
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            looks.tick().await;
            let now_ns = self.core.now_ns();
            self.hand_on_again(retries.due(now_ns), now_ns);
        }
    }

    /// The number of the instance a request was given to, or none if it was given to another service. Without a balancer people
    /// are spread by their number.
    fn place(&self, pending: &Pending) -> Option<usize> {
        let place = match (&self.numbers, pending.instance) {
            (Some(numbers), Some(number)) => u64::from(number.checked_sub(numbers.start)?),
            _ => pending.claimant % self.instances.len() as u64,
        };
        usize::try_from(place).ok().filter(|&place| place < self.instances.len())
    }

    /// Answers what can be answered here at `now_ns`, and passes the rest on.
    fn handle(&self, batch: Batch, now_ns: u64) {
        let moment = Moment {
            now_ns,
            flag_ttl_ns: self.flag_ttl.get(),
            page_ttl_ns: self.page_ttl.get(),
            expired_ns: self.expired_ns.load(Ordering::Relaxed),
        };
        let mut sorted = Sorted { passed: Batch::with_capacity(batch.len()), ..Sorted::default() };
        for pending in batch {
            let Some(place) = self.place(&pending) else {
                unreachable!("the balancer gives a service only what it gave to its instances")
            };
            self.sort(place, pending, moment, &mut sorted);
        }
        self.core.intercept(&sorted.closed, Reason::NotStarted);
        self.core.intercept(&sorted.sold_out, Reason::SoldOut);
        self.core.intercept(&sorted.hits, Reason::CacheHit);
        self.core.intercept(&sorted.shed, Reason::Shed);
        self.core.end(&sorted.failed, Outcome::Failed);
        self.core.pass(sorted.passed, &*self.next);
    }

    fn sort(&self, place: usize, pending: Pending, moment: Moment, into: &mut Sorted) {
        let instance = &self.instances[place];
        let mut pending = match instance.standing() {
            Standing::Up => pending,
            Standing::Dead => return into.failed.push(pending),
            Standing::Still if instance.is_full(self.max_in_flight) => return into.shed.push(pending),
            Standing::Still => match instance.hold(pending) {
                Some(pending) => pending,
                None => return,
            },
        };
        let Moment { now_ns, flag_ttl_ns, page_ttl_ns, expired_ns } = moment;
        let item = pending.item;
        let is_read = pending.operation == Operation::Read;
        let knowledge = match (pending.operation, flag_ttl_ns) {
            (Operation::Claim, Some(ttl_ns)) => instance.knowledge(item, ttl_ns, expired_ns, now_ns),
            _ => Knowledge::Nothing,
        };
        match knowledge {
            Knowledge::NotStarted => return into.closed.push(pending),
            Knowledge::SoldOut => return into.sold_out.push(pending),
            Knowledge::Started | Knowledge::Nothing => {}
        }
        let page = page_ttl_ns.filter(|_| is_read);
        if let Some(page) = page.and_then(|ttl_ns| instance.page(item, ttl_ns, expired_ns, now_ns)) {
            pending.page = page;
            return into.hits.push(pending);
        }
        if instance.is_full(self.max_in_flight) {
            return into.shed.push(pending);
        }
        if is_read && self.single_flight {
            match instance.wait_for_page(pending) {
                Some(first) => pending = first,
                None => return,
            }
        }
        if !self.breaker_lets_through(place, now_ns) {
            let waited = if is_read && self.single_flight { instance.fetched(item) } else { Batch::new() };
            self.shed_by_breaker(place, 1 + waited.len());
            into.shed.push(pending);
            return into.shed.extend(waited);
        }
        if let (Some(retries), true) = (&self.retries, is_read) {
            retries.earn(place);
        }
        instance.begin();
        pending.knows_started = knowledge == Knowledge::Started;
        pending.did_not_ask = pending.knows_started;
        into.passed.push(pending);
    }

    fn breaker_lets_through(&self, place: usize, now_ns: u64) -> bool {
        self.guard.as_ref().is_none_or(|guard| guard.lets_through(place, now_ns))
    }

    fn shed_by_breaker(&self, place: usize, count: usize) {
        if let Some(guard) = &self.guard {
            guard.shed(place, count as u64);
        }
    }

    /// Makes the next attempt of reads that came back at an instance that is there; ends those of the others.
    fn hand_on_again(&self, due: Batch, now_ns: u64) {
        let (mut passed, mut shed, mut failed, mut later) =
            (Batch::new(), Batch::new(), Batch::new(), Batch::new());
        for pending in due {
            let Some(place) = self.place(&pending) else { continue };
            match self.instances[place].standing() {
                Standing::Dead => failed.push(pending),
                Standing::Still => later.push(pending),
                Standing::Up if self.breaker_lets_through(place, now_ns) => passed.push(pending),
                Standing::Up => {
                    self.shed_by_breaker(place, 1);
                    shed.push(pending);
                }
            }
        }
        if let Some(retries) = &self.retries {
            retries.keep(&later, now_ns);
        }
        self.core.pass(passed, &*self.next);
        for (ended, outcome) in [(shed, Outcome::Intercepted(Reason::Shed)), (failed, Outcome::Failed)] {
            for pending in &ended {
                self.forget_of(pending, outcome);
            }
            self.core.end(&ended, outcome);
        }
    }

    /// A request that was handed on has ended, here or behind.
    fn forget_of(&self, pending: &Pending, outcome: Outcome) -> Option<usize> {
        let place = self.place(pending)?;
        self.instances[place].done();
        if pending.operation == Operation::Read && self.single_flight {
            self.end_those_who_waited(&self.instances[place], pending, outcome);
        }
        Some(place)
    }

    /// Reads that waited for a page which came, or didn't, end as the one that went for it.
    fn end_those_who_waited(&self, instance: &Instance, first: &Pending, outcome: Outcome) {
        let mut waited = instance.fetched(first.item);
        for pending in &mut waited {
            pending.page = first.page;
        }
        let outcome =
            if outcome == Outcome::Served { Outcome::Intercepted(Reason::CacheHit) } else { outcome };
        self.core.end(&waited, outcome);
    }
}

impl Stage for ServiceStage {
    fn take(&self, mut batch: Batch) {
        let now_ns = self.core.arrive(&mut batch);
        self.handle(batch, now_ns);
    }
}

impl Instances for ServiceStage {
    fn answers(&self, number: usize) -> bool {
        self.instances.get(number).is_some_and(|instance| instance.standing() == Standing::Up)
    }

    fn kill(&self, number: usize) -> bool {
        let held = self.instances.get(number).map(Instance::kill);
        if let (Some(guard), Some(_)) = (&self.guard, &held) {
            guard.forget(number, self.core.now_ns());
        }
        held.map(|held| self.core.end(&held, Outcome::Failed)).is_some()
    }

    fn restart(&self, number: usize) -> bool {
        self.instances.get(number).map(Instance::restart).is_some()
    }

    fn pause(&self, number: usize, is_paused: bool) -> bool {
        let held = self.instances.get(number).map(|instance| instance.pause(is_paused));
        held.map(|held| self.handle(held, self.core.now_ns())).is_some()
    }

    fn go_on(&self) -> Vec<usize> {
        let still = |number: &usize| self.instances[*number].standing() == Standing::Still;
        let still: Vec<usize> = (0..self.instances.len()).filter(still).collect();
        for &number in &still {
            self.pause(number, false);
        }
        still
    }
}

impl Listener for ServiceStage {
    fn answered(&self, batch: &[Pending], outcome: Outcome, now_ns: u64) {
        let lesson = match outcome {
            Outcome::Intercepted(Reason::NotStarted) | Outcome::Rejected(Reason::NotStarted) => {
                Some(Knowledge::NotStarted)
            }
            Outcome::Intercepted(Reason::SoldOut) | Outcome::Rejected(Reason::SoldOut) => {
                Some(Knowledge::SoldOut)
            }
            Outcome::Sold | Outcome::Rejected(_) => Some(Knowledge::Started),
            _ => None,
        };
        let lesson = lesson.filter(|_| self.flag_ttl.get().is_some());
        let is_page = matches!(outcome, Outcome::Served | Outcome::Intercepted(Reason::CacheHit))
            && self.page_ttl.get().is_some();
        for pending in batch {
            let Some(place) = self.forget_of(pending, outcome) else { continue };
            let instance = &self.instances[place];
            if let Some(guard) = &self.guard {
                guard.heard(place, pending.arrived_ns, is_error(outcome), now_ns);
            }
            if pending.operation == Operation::Read && is_page {
                instance.keep_page(pending.item, pending.page, now_ns);
            }
            if let (Some(lesson), Operation::Claim) = (lesson, pending.operation) {
                // What a claim that did not ask brings home is no reason to believe for longer that the sale is open.
                if lesson != Knowledge::Started || !pending.did_not_ask {
                    instance.learn(pending.item, lesson, now_ns);
                }
            }
        }
    }

    fn tries_again(&self) -> bool {
        self.retries.is_some()
    }

    fn wants_back(&self, batch: Batch) -> (Batch, Batch) {
        let Some(retries) = &self.retries else { return (Batch::new(), batch) };
        let is_wanted = |pending: &Pending| {
            self.place(pending).is_some_and(|place| {
                self.instances[place].standing() != Standing::Dead
                    && !self.guard.as_ref().is_some_and(|guard| guard.is_open(place))
                    && retries.spend(place, pending)
            })
        };
        batch.into_iter().partition(is_wanted)
    }

    fn take_back(&self, mut batch: Batch, now_ns: u64) {
        for pending in &mut batch {
            if let (Some(guard), Some(place)) = (&self.guard, self.place(pending)) {
                guard.heard(place, pending.arrived_ns, true, now_ns);
            }
            pending.arrived_ns = now_ns;
            pending.retries += 1;
        }
        self.core.book().retry(&batch);
        if let Some(retries) = &self.retries {
            retries.keep(&batch, now_ns);
        }
    }
}

/// Whether a circuit breaker holds an answer against the stages behind.
fn is_error(outcome: Outcome) -> bool {
    matches!(outcome, Outcome::Failed | Outcome::Indefinite | Outcome::Intercepted(Reason::Shed))
}

impl Tunable for ServiceStage {
    fn tune(&self, kind: &StageKind) {
        if let StageKind::Service(params) = kind {
            self.flag_ttl.set(params.flag_ttl.map(nanos));
            self.page_ttl.set(params.page_ttl.map(nanos));
        }
    }
}

impl Cache for ServiceStage {
    fn purge(&self) {
        self.instances.iter().for_each(Instance::forget);
    }

    fn expire(&self) {
        self.expired_ns.store(self.core.now_ns(), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests;
