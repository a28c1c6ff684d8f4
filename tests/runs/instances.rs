//! Instances of a service that die, stand still and come back, and what they keep for those behind them: in runs.

use crate::common;

use std::time::Duration;

use common::{Ran, assert_all_laws, assert_sound, open, presets, run};
use seckill_lab::metrics::{Reason, StageTally};

/// A preset at a rate that any machine carries.
fn ran(name: &str, rate: f64) -> Ran {
    let path = presets().into_iter().find(|path| path.ends_with(name)).expect("the preset");
    let mut topology = open(&path);
    topology.workload.scale_to(rate);
    let ran = run(topology);
    assert_all_laws(&ran);
    ran
}

fn of<'a>(ran: &'a Ran, stage: &str) -> &'a StageTally {
    &ran.report.stages.iter().find(|report| report.name == stage).expect("the stage").tally
}

fn share(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

#[test]
fn a_dead_instance_leaves_the_rotation_and_comes_back() {
    let ran = ran("instance-loss.ron", 1_500.0);
    let [absence] = ran.report.absences.as_slice() else { panic!("{:?}", ran.report.absences) };
    assert_eq!((absence.stage.as_str(), absence.instance.as_str()), ("service", "instance 2"));
    assert!(absence.from_secs >= 3.0 && absence.to_secs.is_some_and(|back| back >= 7.0), "{absence:?}");
    // It was dead for 4 of 10 s, with a quarter of the requests: 10 % would fail if nobody looked.
    let service = of(&ran, "service");
    let failed = share(service.failed, service.arrivals);
    assert!(failed > 0.0 && failed < 0.06, "{failed}");
    assert_sound(&ran);
}

#[test]
fn a_dead_instance_that_fails_at_once_gets_nearly_everything_from_who_prefers_the_idle() {
    let ran = ran("balancer-black-hole.ron", 2_000.0);
    assert!(ran.report.absences.is_empty(), "nobody looks: {:?}", ran.report.absences);
    // A fair share would be 10 % of all; everything would be 40 %.
    let service = of(&ran, "service");
    let failed = share(service.failed, service.arrivals);
    assert!(failed > 0.25, "{failed}");
    assert_sound(&ran);
}

#[test]
fn single_flight_and_pages_in_the_service_spare_the_database_a_stampede() {
    let asked = |name| {
        let ran = ran(name, 3_000.0);
        share(of(&ran, "database").arrivals, ran.report.totals.arrivals)
    };
    // Between the purge and the refill a third of all reads come.
    let (without, with) = (asked("stampede.ron"), asked("single-flight.ron"));
    assert!(without > 0.2 && with < 0.05, "{without} {with}");
}

/// A preset as drawn and in its variants, at a rate that any machine carries, its story told in so many seconds.
fn variants(name: &str, rate: f64, secs: u64) -> Vec<Ran> {
    let path = presets().into_iter().find(|path| path.ends_with(name)).expect("the preset");
    let mut topology = open(&path);
    topology.workload.scale_to(rate);
    topology.stretch_to(Duration::from_secs(secs));
    let varied: Vec<_> = topology.variants.iter().map(|variant| topology.varied(variant)).collect();
    let runs: Vec<Ran> = std::iter::once(topology).chain(varied).map(run).collect();
    for ran in &runs {
        assert_all_laws(ran);
        let sum = |of: fn(&StageTally) -> u64| -> u64 {
            ran.report.stages.iter().map(|stage| of(&stage.tally)).sum()
        };
        assert_eq!(sum(|tally| tally.retries), sum(|tally| tally.given_back));
    }
    runs
}

#[test]
fn a_circuit_breaker_answers_at_once_what_would_wait_for_a_store_that_stands_still() {
    let runs = variants("circuit-breaker.ron", 1_000.0, 6);
    let [with, without] = runs.as_slice() else { panic!("two runs") };
    // The store stood still for 1.5 of 6 s: all of these requests went to it, or hardly any.
    let asked = |ran| share(of(ran, "store").arrivals, ran.report.totals.arrivals);
    assert!(asked(without) > 0.99 && asked(with) < 0.9, "{} {}", asked(without), asked(with));
    let shed = |ran| of(ran, "service").intercepted.get(Reason::Shed);
    assert!(shed(with) > 500 && shed(without) == 0, "{} {}", shed(with), shed(without));
    let spans = &with.report.breakers;
    let of_spans: u64 = spans.iter().map(|span| span.shed).sum();
    assert_eq!(of_spans, shed(with), "{spans:#?}");
    for instance in ["instance 1", "instance 2"] {
        let span = spans.iter().find(|span| span.instance == instance).expect("a span");
        assert!(span.from_secs >= 2.0 && span.opened > 1, "trials failed: {span:?}");
        assert!(span.to_secs.is_some_and(|closed| closed >= 3.5), "{span:?}");
    }
    assert!(without.report.breakers.is_empty());
    // A store that answers again is found out: the rest is answered by it.
    let answered = |ran| share(of(ran, "store").served, ran.report.totals.arrivals);
    assert!(answered(with) > 0.5, "{}", answered(with));
}

#[test]
fn retries_multiply_the_load_of_who_is_overwhelmed_and_a_budget_holds_them_down() {
    let runs = variants("retry-storm.ron", 1_500.0, 4);
    let [budget, none, storm] = runs.as_slice() else { panic!("three runs") };
    let arrivals = |ran| of(ran, "database").arrivals;
    let retries = |ran| of(ran, "service").retries;
    assert_eq!(retries(none), 0);
    // Two fifths of all reads fall through; most of them are tried three times more.
    assert!(2 * arrivals(storm) > 3 * arrivals(none), "{} {}", arrivals(storm), arrivals(none));
    let (reads, spent) = (budget.report.totals.arrivals, retries(budget));
    assert!(spent > 0 && spent <= reads / 10, "{spent} of {reads}");
    // Nobody was helped: the database answers what it can.
    let served = |ran| of(ran, "database").served as f64;
    assert!(served(storm) < 1.5 * served(none), "{} {}", served(storm), served(none));
}

#[test]
fn rules_that_watch_a_backlog_hire_consumers_and_let_them_go_again() {
    let path =
        presets().into_iter().find(|path| path.ends_with("automatic-scaling.ron")).expect("the preset");
    let mut topology = open(&path);
    topology.workload.scale_to(2_500.0);
    topology.stretch_to(Duration::from_secs(9));
    let ran = run(topology);
    assert_all_laws(&ran);
    assert_sound(&ran);
    let alerts = &ran.report.alerts;
    let changed = |key: &str| -> Vec<&str> {
        let texts = alerts.iter().filter_map(|alert| alert.change.as_deref());
        texts.filter_map(|text| text.strip_prefix(&format!("orders: {key} "))).collect()
    };
    assert_eq!(changed("consumers").first(), Some(&"2"), "{alerts:#?}");
    assert_eq!(changed("consumers").last(), Some(&"1"), "nothing was left to do: {alerts:#?}");
    assert_eq!(changed("batch").first(), Some(&"102"), "{alerts:#?}");
    assert!(alerts.iter().all(|alert| alert.measured > 500.0 || alert.measured < 100.0), "{alerts:#?}");
    // What rules change belongs to the design.
    assert!(ran.report.changes.is_empty());
    let worst = ran.buckets.iter().map(|bucket| bucket.backlog).max().unwrap_or(0);
    let last = ran.buckets.last().map(|bucket| bucket.backlog);
    assert!(worst > 1_000 && last == Some(0), "{worst} {last:?}");
}

#[test]
fn a_purge_at_each_update_spares_readers_old_pages() {
    let runs = variants("catalogue-export.ron", 2_000.0, 4);
    let [purged, left] = runs.as_slice() else { panic!("two runs") };
    let stale = |ran| share(of(ran, "cdn").stale_reads, of(ran, "cdn").versioned_reads);
    assert!(stale(purged) < 0.1 && stale(left) > 0.5, "{} {}", stale(purged), stale(left));
    let asked = |ran| share(of(ran, "cache").arrivals, ran.report.totals.arrivals);
    assert!(asked(purged) > asked(left), "what was dropped is fetched again");
    assert_sound(purged);
}

#[test]
fn clients_that_keep_pages_are_sent_fewer_bytes_and_each_byte_is_one_of_a_page() {
    let runs = variants("version-tags.ron", 2_000.0, 4);
    let [kept, none] = runs.as_slice() else { panic!("two runs") };
    for ran in [kept, none] {
        let users = of(ran, "users");
        let pages = ran.report.operations.read.ended;
        assert_eq!(users.page_bytes_sent + users.page_bytes_saved, pages * 20_000, "{users:?}");
    }
    assert_eq!(of(none, "users").page_bytes_saved, 0);
    assert!(of(kept, "users").page_bytes_saved > of(kept, "users").page_bytes_sent / 10);
}

#[test]
fn a_backup_is_restored_and_has_what_was_promised_until_then() {
    let runs = variants("backup-restore.ron", 1_000.0, 5);
    let backups: Vec<_> = runs.iter().map(|ran| ran.report.backup.clone().expect("a backup")).collect();
    for (ran, backup) in runs.iter().zip(&backups) {
        assert_sound(ran);
        assert!(backup.is_verified() && backup.orders > 0, "{backup:?}");
        let kept = ran.report.audit.places.database_orders.expect("orders");
        assert_eq!(backup.orders + backup.would_lose_orders, kept, "{backup:?}");
        assert!(backup.worst_orders >= backup.would_lose_orders && backup.last_at_secs < 5.0, "{backup:?}");
    }
    // Every second, and once after four.
    assert!(backups[0].taken >= 3 && backups[1].taken == 1, "{backups:?}");
    assert!(backups[0].worst_orders < backups[1].worst_orders, "{backups:?}");
}
