//! Service: N instances that remember from earlier answers whether the sale is open or over. In process.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::super::clock::nanos;
use super::super::dial::Dial;
use super::super::pending::{Batch, Pending};
use super::core::{Cache, Core, Listener, Stage, Tunable};
use crate::metrics::{Outcome, Reason};
use crate::topology::stage::{Service, StageKind};
use crate::workload::Operation;

/// What an instance knows of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Knowledge {
    Nothing,
    NotStarted,
    Started,
    SoldOut,
}

/// One instance: a flag a product, and the requests it works on.
struct Instance {
    /// For each product the knowledge in the low two bits and, above them, when it was learnt: nanoseconds on the run's
    /// clock, without their low two bits. One word, so that reading and writing it needs no lock.
    flags: Vec<AtomicU64>,
    in_flight: AtomicU64,
}

/// The application servers.
pub struct ServiceStage {
    core: Arc<Core>,
    next: Arc<dyn Stage>,
    /// In nanoseconds.
    flag_ttl: Dial<Option<u64>>,
    /// What was learnt until then is out of date; on the run's clock.
    expired_ns: AtomicU64,
    max_in_flight: u64,
    /// The instances' numbers among all instances behind the balancer right in front, if there is one.
    numbers: Option<Range<u16>>,
    instances: Vec<Instance>,
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
        let instance = || Instance {
            flags: std::iter::repeat_with(|| AtomicU64::new(0)).take(items as usize).collect(),
            in_flight: AtomicU64::new(0),
        };
        Self {
            core,
            next,
            flag_ttl: Dial::new(params.flag_ttl.map(nanos)),
            expired_ns: AtomicU64::new(0),
            max_in_flight: u64::from(params.max_in_flight),
            numbers: first.map(|first| {
                first..first.saturating_add(u16::try_from(params.instances).unwrap_or(u16::MAX))
            }),
            instances: std::iter::repeat_with(instance).take(params.instances as usize).collect(),
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
}

impl Instance {
    /// What it believes of a product, if nothing is believed for longer than `ttl_ns` or was learnt until `expired_ns`.
    fn knowledge(&self, item: u32, ttl_ns: u64, expired_ns: u64, now_ns: u64) -> Knowledge {
        let word = self.flags[item as usize].load(Ordering::Relaxed);
        match word & 3 {
            _ if (word | 3) + ttl_ns <= now_ns || (word & !3) <= expired_ns => Knowledge::Nothing,
            1 => Knowledge::NotStarted,
            2 => Knowledge::Started,
            3 => Knowledge::SoldOut,
            _ => Knowledge::Nothing,
        }
    }

    fn learn(&self, item: u32, knowledge: Knowledge, now_ns: u64) {
        self.flags[item as usize].store((now_ns & !3) | knowledge as u64, Ordering::Relaxed);
    }
}

impl Stage for ServiceStage {
    fn take(&self, mut batch: Batch) {
        let now_ns = self.core.arrive(&mut batch);
        let (ttl_ns, expired_ns) = (self.flag_ttl.get(), self.expired_ns.load(Ordering::Relaxed));
        let mut passed = Batch::with_capacity(batch.len());
        let (mut closed, mut sold_out, mut shed) = (Batch::new(), Batch::new(), Batch::new());
        for mut pending in batch {
            let Some(instance) = self.instance(&pending) else {
                unreachable!("the balancer gives a service only what it gave to its instances")
            };
            let knowledge = match (pending.operation, ttl_ns) {
                (Operation::Claim, Some(ttl_ns)) => {
                    instance.knowledge(pending.item, ttl_ns, expired_ns, now_ns)
                }
                _ => Knowledge::Nothing,
            };
            match knowledge {
                Knowledge::NotStarted => closed.push(pending),
                Knowledge::SoldOut => sold_out.push(pending),
                _ if instance.in_flight.load(Ordering::Relaxed) >= self.max_in_flight => shed.push(pending),
                _ => {
                    instance.in_flight.fetch_add(1, Ordering::Relaxed);
                    pending.knows_started = knowledge == Knowledge::Started;
                    pending.did_not_ask = pending.knows_started;
                    passed.push(pending);
                }
            }
        }
        self.core.intercept(&closed, Reason::NotStarted);
        self.core.intercept(&sold_out, Reason::SoldOut);
        self.core.intercept(&shed, Reason::Shed);
        self.core.pass(passed, &*self.next);
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
        for pending in batch {
            let Some(instance) = self.instance(pending) else { continue };
            instance.in_flight.fetch_sub(1, Ordering::Relaxed);
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
        }
    }
}

impl Cache for ServiceStage {
    fn purge(&self) {
        for flag in self.instances.iter().flat_map(|instance| &instance.flags) {
            flag.store(0, Ordering::Relaxed);
        }
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
}
