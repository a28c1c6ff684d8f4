//! One service, with requests given to it and answers by hand.

use super::super::testing::{ITEMS, Sink, claims, core, reads};
use super::*;
use crate::workload::Operations;
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

/// A service whose answers come from a stage with a book of its own, as in a run.
fn with_stage_behind(params: &Service) -> (Arc<ServiceStage>, Arc<Core>, Arc<Sink>) {
    let (behind, sink) = (core(), Arc::new(Sink::default()));
    let service = Arc::new(ServiceStage::new(core(), sink.clone(), params, ITEMS, None));
    let listener: Arc<dyn Listener> = service.clone();
    behind.listen(vec![(Operations::ALL, Arc::downgrade(&listener))]);
    (service, behind, sink)
}

/// The stage behind takes what was handed on, and ends it.
fn end(behind: &Core, sink: &Sink, outcome: Outcome) -> usize {
    let mut batch = sink.take_all();
    behind.arrive(&mut batch);
    behind.end(&batch, outcome);
    batch.len()
}

fn patient(retry_budget: Option<f64>) -> Service {
    Service { read_attempts: 3, retry_after: Duration::from_millis(1), retry_budget, ..one_instance() }
}

/// All reads that wait are due.
fn later(service: &ServiceStage) {
    let (retries, now_ns) = (service.retries.as_ref().unwrap(), service.core.now_ns());
    service.hand_on_again(retries.due(now_ns + 60_000_000_000), now_ns);
}

#[test]
fn a_read_that_fails_is_tried_again_is_one_arrival_and_ends_once() {
    for outcome in [Outcome::Failed, Outcome::Intercepted(Reason::Shed)] {
        let (service, behind, sink) = with_stage_behind(&patient(None));
        service.take([reads(1, 4), claims(1, 2)].concat());
        assert_eq!(end(&behind, &sink, outcome), 6);
        let (at, ended) = (service.core.book().tally(), behind.book().tally());
        assert_eq!((at.retries, at.in_flight()), (4, 4), "claims are not tried again");
        assert_eq!((ended.given_back, ended.ended(), ended.in_flight()), (4, 2, 0));
        later(&service);
        assert_eq!(end(&behind, &sink, Outcome::Served), 4);
        let (at, ended) = (service.core.book().tally(), behind.book().tally());
        assert_eq!((at.arrivals, at.retries, at.handed_on(), at.in_flight()), (6, 4, 10, 0));
        assert_eq!((ended.arrivals, ended.given_back, ended.served, ended.in_flight()), (10, 4, 4, 0));
        assert!(!service.instances[0].is_full(1), "nothing is under way any more");
    }
}

#[test]
fn the_last_attempt_counts_and_a_dead_instance_makes_none() {
    let (service, behind, sink) = with_stage_behind(&patient(None));
    service.take(reads(1, 5));
    for made in [5, 5, 5, 0] {
        assert_eq!(end(&behind, &sink, Outcome::Failed), made);
        later(&service);
    }
    assert_eq!((behind.book().tally().failed, behind.book().tally().given_back), (5, 10));
    service.take(reads(1, 5));
    end(&behind, &sink, Outcome::Failed);
    service.kill(0);
    later(&service);
    assert!(sink.take_all().is_empty());
    let at = service.core.book().tally();
    assert_eq!((at.failed, at.retries, at.in_flight()), (5, 15, 0), "it ends with its service");
}

#[test]
fn a_budget_holds_retries_down_in_an_outage() {
    let (service, behind, sink) = with_stage_behind(&patient(Some(0.2)));
    service.take(reads(1, 100));
    end(&behind, &sink, Outcome::Failed);
    later(&service);
    end(&behind, &sink, Outcome::Failed);
    let ended = behind.book().tally();
    assert_eq!((ended.given_back, ended.failed, ended.in_flight()), (20, 100, 0));
}

#[test]
fn an_open_breaker_sheds_what_comes_and_what_comes_back() {
    let params = Service {
        breaker_opens_at: Some(0.5),
        breaker_answers: 10,
        breaker_retry_after: Duration::from_mins(1),
        page_ttl: Some(Duration::from_mins(1)),
        ..patient(None)
    };
    let (service, behind, sink) = with_stage_behind(&params);
    service.take(reads(2, 1));
    end(&behind, &sink, Outcome::Served);
    service.take([reads(1, 12), claims(1, 8)].concat());
    assert_eq!(end(&behind, &sink, Outcome::Failed), 20);
    service.take([reads(1, 3), reads(2, 2), claims(1, 4)].concat());
    later(&service);
    assert!(sink.take_all().is_empty(), "nothing is handed on");
    let at = service.core.book().tally();
    assert_eq!(at.intercepted.get(Reason::CacheHit), 2, "what it remembers it answers");
    let back = behind.book().tally().given_back;
    assert!(back > 0 && at.retries == back, "{back}");
    assert_eq!((at.intercepted.get(Reason::Shed), at.in_flight()), (7 + back, 0));
    service.kill(0);
    service.restart(0);
    service.take(claims(1, 1));
    assert_eq!(sink.take_all().len(), 1, "a new process knows of no errors");
}

#[test]
fn single_flight_waits_for_the_last_attempt_and_is_shed_with_the_first() {
    let (service, behind, sink) = with_stage_behind(&Service { single_flight: true, ..patient(None) });
    service.take(reads(1, 10));
    assert_eq!(end(&behind, &sink, Outcome::Failed), 1);
    later(&service);
    assert_eq!(end(&behind, &sink, Outcome::Served), 1);
    let at = service.core.book().tally();
    assert_eq!((at.intercepted.get(Reason::CacheHit), at.in_flight()), (9, 0));
}
