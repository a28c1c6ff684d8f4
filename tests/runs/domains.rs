//! Services split by domain: each operation goes its own way to its own database, and a fault in one domain is noticed in no other.

use crate::common;

use std::path::{Path, PathBuf};
use std::time::Duration;

use common::{
    Ran, assert_all_laws, assert_balanced, assert_nothing_lost_between_stages, open, presets, run,
    run_and_keep,
};
use rusqlite::Connection;
use seckill_lab::metrics::StageTally;
use seckill_lab::param::ParamValue;
use seckill_lab::topology::fault::FaultAction;
use seckill_lab::topology::{Fault, Topology};

const SPLIT: &str = "services-by-domain.ron";
const SHARED: &str = "services-on-one-database.ron";

/// A preset in four seconds, at a rate that a busy machine carries.
fn preset(name: &str) -> Topology {
    let path: Option<PathBuf> = presets().into_iter().find(|path| path.ends_with(name));
    let mut topology = open(&path.expect("the preset is there"));
    topology.stretch_to(Duration::from_secs(4));
    topology.workload.scale_to(1_500.0);
    topology
}

fn tally<'a>(ran: &'a Ran, stage: &str) -> &'a StageTally {
    let found = ran.report.stages.iter().find(|report| report.name == stage);
    &found.expect("the stage is in the report").tally
}

/// What was done at a stage between two moments of the run, a part of a bucket left out at either end.
fn passed_between(ran: &Ran, stage: &str, from_secs: f64, to_secs: f64) -> u64 {
    let place = ran.plan.topology.index_of(stage).expect("the stage is drawn");
    let within = |at: Duration| at.as_secs_f64() > from_secs + 0.15 && at.as_secs_f64() < to_secs - 0.05;
    let buckets = ran.buckets.iter().filter(|bucket| within(bucket.at));
    buckets.map(|bucket| bucket.stages[place].tally.passed).sum()
}

/// From when to when the database stood still.
fn stall(ran: &Ran) -> (f64, f64) {
    let [pause, resume] = &ran.report.faults[..] else { panic!("{:?}", ran.report.faults) };
    assert_eq!((&pause.error, &resume.error), (&None, &None));
    (pause.at_secs, resume.at_secs)
}

/// Something of the queue of events is killed, and started again a second later.
fn killed_for_a_second(instance: &str) -> Vec<Fault> {
    [(1, FaultAction::Kill), (2, FaultAction::Restart)]
        .map(|(at, action)| Fault {
            at: Duration::from_secs(at),
            action,
            stage: "events".into(),
            instance: instance.into(),
            ..Fault::default()
        })
        .into()
}

/// How many rows a table of a database file has; 0 where it is not there.
fn rows(folder: &Path, file: &str, table: &str) -> u64 {
    let database = Connection::open(folder.join(file)).expect("a database");
    let sql = "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = ?1";
    let is_there: u64 = database.query_row(sql, [table], |row| row.get(0)).expect("a count");
    if is_there == 0 {
        return 0;
    }
    database.query_row(&format!("SELECT COUNT(*) FROM {table}"), [], |row| row.get(0)).expect("a count")
}

/// How many events the tables of a database file have together.
fn events(folder: &Path, file: &str) -> u64 {
    let database = Connection::open(folder.join(file)).expect("a database");
    let mut listed = database
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE 'events\\_%' ESCAPE '\\'")
        .expect("a list");
    let names = listed.query_map([], |row| row.get::<_, String>(0)).expect("names");
    names.map(|name| rows(folder, file, &name.expect("a name"))).sum()
}

fn counted(folder: &Path, file: &str) -> u64 {
    let database = Connection::open(folder.join(file)).expect("a database");
    let sum = "SELECT COALESCE(SUM(value), 0) FROM counters";
    database.query_row(sum, [], |row| row.get(0)).expect("a sum")
}

#[test]
fn a_stalled_tracking_database_stops_nobody_else_and_loses_nothing() {
    let ran = run(preset(SPLIT));
    assert_all_laws(&ran);
    let (from, to) = stall(&ran);
    assert_eq!(passed_between(&ran, "event database", from, to), 0, "it stood still");
    for (stage, least) in
        [("user database", 5), ("order database", 30), ("coupon counters", 30), ("events", 100)]
    {
        let passed = passed_between(&ran, stage, from, to);
        assert!(passed >= least, "{stage} went on: {passed}");
    }
    let report = &ran.report;
    assert_eq!(report.totals.failed + report.totals.indefinite, 0, "{:?}", report.totals);
    assert!(!report.audit.found_wrong(), "{:#?}", report.audit);
    let missed = report.targets.iter().find(|target| target.is_fact && target.holds != Some(true));
    assert!(missed.is_none(), "{missed:?}");
    // Whoever reads waits for no stalled database: the stall takes a second.
    assert!(report.operations.read.response_us.max < 900_000, "{:?}", report.operations.read);
    // The events waited at their own queue.
    let place = |stage: &str| ran.plan.topology.index_of(stage).expect("a stage");
    let most = |stage| ran.buckets.iter().map(|bucket| bucket.backlog_of(stage)).max();
    assert!(most(place("events")) > Some(200), "{:?}", most(place("events")));
    assert!(most(place("orders")) < Some(200), "{:?}", most(place("orders")));
}

#[test]
fn on_one_database_the_readers_wait_for_the_stall_to_end() {
    let ran = run(preset(SHARED));
    assert_balanced(&ran);
    assert_nothing_lost_between_stages(&ran);
    let (from, to) = stall(&ran);
    assert_eq!(passed_between(&ran, "database", from, to), 0, "it stood still");
    assert!(ran.report.operations.read.response_us.max > 500_000, "{:?}", ran.report.operations.read);
    assert!(!ran.report.audit.found_wrong(), "{:#?}", ran.report.audit);
    let missed = ran.report.targets.iter().find(|target| target.holds == Some(false));
    assert!(missed.is_some_and(|target| target.target.contains("reads")), "{:?}", ran.report.targets);
}

#[test]
fn each_database_has_what_belongs_there_and_nothing_else_counted_by_another_client() {
    let ran = run_and_keep(preset(SPLIT));
    assert_all_laws(&ran);
    let folder = &ran.kept.as_ref().expect("the folder is named").0;
    let audit = &ran.report.audit;
    let stage = |name: &str| format!("stage-{}.sqlite3", ran.plan.topology.index_of(name).expect("a stage"));
    let [users, orders, coupons, tracking] =
        ["user database", "order database", "coupon database", "event database"].map(stage);
    assert!(audit.sold > 100 && audit.event_counts().acknowledged > 500, "{audit:#?}");
    for (file, sold, left, counts) in [
        (&users, 0, 0, 0),
        (&orders, ran.report.totals.sold, 0, 0),
        (&coupons, 0, 0, audit.increments().in_database),
        (&tracking, 0, audit.event_counts().acknowledged, 0),
    ] {
        let found = (rows(folder, file, "orders"), events(folder, file), counted(folder, file));
        assert_eq!(found, (sold, left, counts), "{file}");
    }
    assert!(audit.increments().in_database > 50, "{audit:#?}");
    assert_eq!((rows(folder, &users, "goods"), rows(folder, &tracking, "goods")), (500, 0));
    assert_eq!(audit.misplaced + audit.event_counts().misplaced + audit.increments().misplaced, 0);
}

#[test]
fn the_death_of_the_queue_of_events_fails_events_only() {
    let mut topology = preset(SPLIT);
    topology.faults = killed_for_a_second("master");
    let ran = run(topology);
    assert_balanced(&ran);
    stall(&ran);
    let events = tally(&ran, "events");
    assert!(events.failed + events.indefinite > 100, "{events:?}");
    let (failed, indefinite) = (ran.report.totals.failed, ran.report.totals.indefinite);
    assert_eq!((failed, indefinite), (events.failed, events.indefinite), "nothing else failed");
    let audit = &ran.report.audit;
    assert_eq!((audit.oversold, audit.undersold, audit.lost_acknowledged, audit.duplicates), (0, 0, 0, 0));
    assert_eq!(audit.increments().off(), 0, "{audit:#?}");
    assert!(ran.report.operations.claim.response_us.max < 900_000, "{:?}", ran.report.operations.claim);
}

#[test]
fn consumers_of_each_queue_die_and_are_hired_for_themselves() {
    let mut topology = preset(SPLIT);
    topology.faults = killed_for_a_second("consumer 2");
    let ran = run(topology);
    assert_balanced(&ran);
    stall(&ran);
    let orders = ran.report.queue.as_ref().expect("the queue of orders");
    let [events] = &ran.report.other_queues[..] else { panic!("{:?}", ran.report.other_queues) };
    assert_eq!((orders.stage.as_str(), orders.consumer_deaths), ("orders", 0));
    assert_eq!((events.stage.as_str(), events.consumer_deaths), ("events", 1));
    assert!(!ran.report.audit.found_wrong(), "{:#?}", ran.report.audit);
}

#[test]
fn each_domain_may_have_servers_of_another_make() {
    let mut topology = preset(SPLIT);
    for (stage, set, to) in [
        ("order database", "engine", "PostgreSql"),
        ("event database", "engine", "MariaDb"),
        ("events", "form", "JetStream"),
        ("orders", "form", "Stream"),
    ] {
        let index = topology.index_of(stage).expect("a stage");
        let is_set = topology.stages[index].kind.params_mut().set(set, ParamValue::Choice(to));
        assert!(is_set, "{stage} {set}");
    }
    let ran = run(topology);
    assert_all_laws(&ran);
    stall(&ran);
    let report = &ran.report;
    assert_eq!(report.totals.failed + report.totals.indefinite, 0, "{:?}", report.totals);
    assert!(!report.audit.found_wrong(), "{:#?}", report.audit);
    let (audit, kinds) = (&report.audit, report.servers.iter().map(|server| server.kind.as_str()));
    assert_eq!(audit.places.database_orders, Some(report.totals.sold));
    let events = audit.events.as_ref().expect("there are events");
    assert_eq!((events.in_database, events.in_queue), (events.all.acknowledged, 0));
    let kinds: Vec<&str> = kinds.collect();
    for kind in ["PostgreSQL", "MariaDB", "NATS", "SQLite"] {
        assert!(kinds.iter().any(|one| one.contains(kind)), "{kind}: {kinds:?}");
    }
}
