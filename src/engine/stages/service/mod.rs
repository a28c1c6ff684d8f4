//! Service: N instances that remember from earlier answers whether the sale is open or over, and pages. In process.
//!
//! - [`instance`]: what one of them remembers, and whether it is there.

pub mod instance;

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::super::clock::nanos;
use super::super::dial::Dial;
use super::super::pending::{Batch, Pending};
use super::core::{Cache, Core, Instances, Listener, Stage, Tunable};
use crate::metrics::{Outcome, Reason};
use crate::topology::stage::{Service, StageKind};
use crate::workload::Operation;
use instance::{Instance, Knowledge, Standing};

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
            numbers: first.map(|first| {
                first..first.saturating_add(u16::try_from(params.instances).unwrap_or(u16::MAX))
            }),
            instances: (0..params.instances).map(|_| Instance::new(items)).collect(),
        }
    }

    /// The instance a request was given to, or none if it was given to another service. Without a balancer people are
    /// spread by their number.
    fn instance(&self, pending: &Pending) -> Option<&Instance> {
        let place = match (&self.numbers, pending.instance) {
            (Some(numbers), Some(number)) => u64::from(number.checked_sub(numbers.start)?),
            _ => pending.claimant % self.instances.len() as u64,
        };
        self.instances.get(usize::try_from(place).ok()?)
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
            let Some(instance) = self.instance(&pending) else {
                unreachable!("the balancer gives a service only what it gave to its instances")
            };
            self.sort(instance, pending, moment, &mut sorted);
        }
        self.core.intercept(&sorted.closed, Reason::NotStarted);
        self.core.intercept(&sorted.sold_out, Reason::SoldOut);
        self.core.intercept(&sorted.hits, Reason::CacheHit);
        self.core.intercept(&sorted.shed, Reason::Shed);
        self.core.end(&sorted.failed, Outcome::Failed);
        self.core.pass(sorted.passed, &*self.next);
    }

    fn sort(&self, instance: &Instance, pending: Pending, moment: Moment, into: &mut Sorted) {
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
        if is_read && page_ttl_ns.is_some_and(|ttl_ns| instance.has_page(item, ttl_ns, expired_ns, now_ns)) {
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
        instance.begin();
        pending.knows_started = knowledge == Knowledge::Started;
        pending.did_not_ask = pending.knows_started;
        into.passed.push(pending);
    }

    /// Reads that waited for a page which came, or didn't, end as the one that went for it.
    fn end_those_who_waited(&self, instance: &Instance, item: u32, outcome: Outcome) {
        let waited = instance.fetched(item);
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
            let Some(instance) = self.instance(pending) else { continue };
            instance.done();
            if pending.operation == Operation::Read {
                if is_page {
                    instance.keep_page(pending.item, now_ns);
                }
                if self.single_flight {
                    self.end_those_who_waited(instance, pending.item, outcome);
                }
            }
            if let (Some(lesson), Operation::Claim) = (lesson, pending.operation) {
                // What a claim that did not ask brings home is no reason to believe for longer that the sale is open.
                if lesson != Knowledge::Started || !pending.did_not_ask {
                    instance.learn(pending.item, lesson, now_ns);
                }
            }
        }
    }
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
mod tests {
    use super::super::testing::{ITEMS, Sink, claims, core, reads};
    use super::*;
    use std::time::Duration;

    fn service(params: &Service) -> (ServiceStage, Arc<Sink>) {
        let sink = Arc::new(Sink::default());
        (ServiceStage::new(core(), sink.clone(), params, ITEMS, None), sink)
    }

    fn one_instance() -> Service {
        Service { instances: 1, flag_ttl: Some(Duration::from_mins(1)), ..Service::default() }
    }

    #[test]
    fn an_instance_answers_for_the_gate_what_it_has_learnt() {
        for (reason, outcome) in [
            (Reason::NotStarted, Outcome::Intercepted(Reason::NotStarted)),
            (Reason::SoldOut, Outcome::Rejected(Reason::SoldOut)),
        ] {
            let (service, sink) = service(&one_instance());
            service.take(claims(1, 1));
            service.answered(&sink.take_all(), outcome, service.core.now_ns());
            service.take([claims(1, 5), claims(2, 1), reads(1, 1)].concat());
            assert_eq!(sink.take_all().len(), 2, "another product and a read pass");
            assert_eq!(service.core.book().tally().intercepted.get(reason), 5);
        }
    }

    #[test]
    fn a_sale_known_to_be_open_is_noted_on_the_claim() {
        let (service, sink) = service(&one_instance());
        service.take(claims(1, 1));
        let first = sink.take_all();
        assert!(!first[0].knows_started);
        service.answered(&first, Outcome::Sold, service.core.now_ns());
        service.take(claims(1, 1));
        assert!(sink.take_all()[0].knows_started);
    }

    #[test]
    fn knowledge_expires_and_without_a_ttl_nothing_is_learnt() {
        for flag_ttl in [Some(Duration::from_nanos(1)), None] {
            let (service, sink) = service(&Service { flag_ttl, ..one_instance() });
            service.take(claims(1, 1));
            let first = sink.take_all();
            service.answered(&first, Outcome::Rejected(Reason::SoldOut), service.core.now_ns());
            service.take(claims(1, 3));
            assert_eq!(sink.take_all().len(), 3);
        }
    }

    #[test]
    fn a_changed_ttl_holds_for_what_is_known_already() {
        let (service, sink) = service(&one_instance());
        service.take(claims(1, 1));
        service.answered(&sink.take_all(), Outcome::Rejected(Reason::SoldOut), service.core.now_ns());
        let minute = Some(Duration::from_mins(1));
        for (flag_ttl, passed) in [(minute, 0), (Some(Duration::from_nanos(1)), 1), (None, 1), (minute, 0)] {
            service.tune(&StageKind::Service(Service { flag_ttl, ..one_instance() }));
            service.take(claims(1, 1));
            assert_eq!(sink.take_all().len(), passed, "{flag_ttl:?}");
        }
    }

    #[test]
    fn what_was_purged_or_has_expired_is_asked_for_again() {
        for forget in [Cache::purge, Cache::expire] {
            let (service, sink) = service(&one_instance());
            for _ in 0..2 {
                service.take(claims(1, 1));
                let asked = sink.take_all();
                assert_eq!(asked.len(), 1);
                service.answered(&asked, Outcome::Rejected(Reason::SoldOut), service.core.now_ns());
                service.take(claims(1, 1));
                assert!(sink.take_all().is_empty());
                forget(&service);
                forget(&service);
            }
        }
    }

    #[test]
    fn a_sale_that_goes_on_is_asked_for_all_the_same_when_the_time_is_up() {
        let ttl = Duration::from_millis(5);
        let (service, sink) = service(&Service { flag_ttl: Some(ttl), ..one_instance() });
        let started_at = std::time::Instant::now();
        let mut asked = 0;
        while started_at.elapsed() < 10 * ttl {
            service.take(claims(1, 1));
            let passed = sink.take_all();
            asked += u32::from(!passed[0].knows_started);
            service.answered(&passed, Outcome::Sold, service.core.now_ns());
        }
        assert!(asked >= 3, "{asked}");
    }

    #[test]
    fn an_instance_takes_no_more_than_it_can_work_on_until_answers_come() {
        let (service, sink) = service(&Service { max_in_flight: 10, ..one_instance() });
        service.take(reads(0, 15));
        let passed = sink.take_all();
        assert_eq!(passed.len(), 10);
        assert_eq!(service.core.book().tally().intercepted.get(Reason::Shed), 5);
        service.answered(&passed[..4], Outcome::Served, service.core.now_ns());
        service.take(reads(0, 9));
        assert_eq!(sink.take_all().len(), 4);
    }

    #[test]
    fn a_page_that_came_by_is_kept_for_a_while_and_then_asked_for_again() {
        let (service, sink) = service(&Service { page_ttl: Some(Duration::from_mins(1)), ..one_instance() });
        for forget in [Cache::purge, Cache::expire] {
            service.take(reads(1, 1));
            service.answered(&sink.take_all(), Outcome::Served, service.core.now_ns());
            service.take([reads(1, 4), reads(2, 1)].concat());
            let other = sink.take_all();
            assert_eq!((other.len(), other[0].item), (1, 2), "a product of its own is asked for");
            service.answered(&other, Outcome::Failed, service.core.now_ns());
            service.take(reads(2, 1));
            assert_eq!(sink.take_all().len(), 1, "what failed is not kept");
            forget(&service);
        }
        assert_eq!(service.core.book().tally().intercepted.get(Reason::CacheHit), 8);
        service.tune(&StageKind::Service(one_instance()));
        service.take(reads(1, 1));
        assert_eq!(sink.take_all().len(), 1, "it keeps none any more");
    }

    #[test]
    fn one_read_goes_for_all_that_ask_meanwhile_and_they_end_as_it_does() {
        let (service, sink) = service(&Service { single_flight: true, ..one_instance() });
        for (outcome, hits, failed) in [(Outcome::Served, 9, 0), (Outcome::Failed, 9, 9)] {
            service.take([reads(1, 10), reads(2, 1), claims(1, 2)].concat());
            let went = sink.take_all();
            assert_eq!(went.len(), 4, "one read of each product, and the claims");
            service.answered(&went, outcome, service.core.now_ns());
            let tally = service.core.book().tally();
            assert_eq!((tally.intercepted.get(Reason::CacheHit), tally.failed), (hits, failed));
            assert_eq!(tally.in_flight(), 0);
            assert!(!service.instances[0].is_full(1), "nobody waits any more");
        }
    }

    #[test]
    fn a_dead_instance_fails_what_comes_and_knows_nothing_when_it_is_back() {
        let (service, sink) = service(&one_instance());
        service.take(claims(1, 1));
        service.answered(&sink.take_all(), Outcome::Rejected(Reason::SoldOut), service.core.now_ns());
        assert!(service.kill(0) && !service.kill(1));
        service.pause(0, true);
        service.pause(0, false);
        assert!(!service.answers(0), "it is started again, or it stays dead");
        service.take([claims(1, 3), reads(1, 2)].concat());
        assert!(sink.take_all().is_empty());
        assert_eq!(service.core.book().tally().failed, 5);
        service.restart(0);
        service.take(claims(1, 3));
        assert_eq!(sink.take_all().len(), 3);
    }

    #[test]
    fn what_comes_while_an_instance_stands_still_waits_until_it_goes_on_or_dies() {
        let (service, sink) = service(&Service { max_in_flight: 4, ..one_instance() });
        for (wake, passed) in [(true, 4), (false, 0)] {
            service.pause(0, true);
            service.take(claims(1, 6));
            assert!(sink.take_all().is_empty() && !service.answers(0));
            if wake {
                assert_eq!(service.go_on(), [0]);
            } else {
                service.kill(0);
            }
            let went = sink.take_all();
            assert_eq!(went.len(), passed);
            service.answered(&went, Outcome::Sold, service.core.now_ns());
        }
        let tally = service.core.book().tally();
        assert_eq!((tally.intercepted.get(Reason::Shed), tally.failed, tally.in_flight()), (4, 4, 0));
        assert!(service.go_on().is_empty(), "a dead one does not go on");
    }
}
