//! Runs in which people leave events and increments: every one is accounted for, wherever it is kept.

use crate::common;

use std::time::Duration;

use common::{assert_all_laws, assert_balanced, assert_sound, chain_text, parse, run, run_and_keep};
use seckill_lab::report::records::{EventCounts, Increments};
use seckill_lab::report::text::{render, sentence};
use seckill_lab::topology::{Fault, Topology};
use seckill_lab::workload::PageOf;

const FACTS: &str = "LostEvents(at_most: 0), DuplicateEvents(at_most: 0), Miscounted(at_most: 0), Achieved";
const USERS: (&str, &str) = ("users", "Users");
const SERVICE: (&str, &str) = ("service", "Service");
const GATE: (&str, &str) = ("gate", "ReadWriteSplit(replicas: 1)");
const REDIS: (&str, &str) = ("redis", "MasterReplica(replicas: 0, sentinels: 0, quorum: 1)");
const NAIVE: (&str, &str) =
    ("redis", "MasterReplica(replicas: 0, sentinels: 0, quorum: 1, decrement: NaiveReadThenWrite)");
const CLUSTER: (&str, &str) = ("cluster", "RedisCluster(replicas: 0)");
const QUEUE: (&str, &str) = ("queue", "Queue");
const DATABASE: (&str, &str) = ("database", "Database(events_span: \"1s\")");
const CONTROL: (&str, &str) = ("control", "DataControl(flush_counters: \"100ms\")");

fn design(stages: &[(&str, &str)], mix: &str) -> Topology {
    let phases = format!(r#"(name: "clicks", span: "1500ms", shape: Constant(rate: 3_000), mix: ({mix}))"#);
    parse(&chain_text(stages, "items: 10, stock: 500", &phases, FACTS))
}

#[test]
fn each_event_and_each_increment_is_kept_once_wherever_that_is() {
    // What keeps the events, and what the increments: Redis, the queue's database, the database.
    for (stages, events_in, counts_in) in [
        (&[USERS, SERVICE, QUEUE, DATABASE][..], "database", "database"),
        (&[USERS, SERVICE, ("orders", "Queue(form: List)"), DATABASE], "database", "database"),
        (&[USERS, SERVICE, ("orders", "Queue(form: Stream)"), DATABASE], "database", "database"),
        (&[USERS, SERVICE, ("orders", "Queue(form: JetStream)"), DATABASE], "database", "database"),
        (&[USERS, SERVICE, DATABASE], "database", "database"),
        (&[USERS, SERVICE, REDIS], "redis", "redis"),
        (&[USERS, SERVICE, CLUSTER, CONTROL], "redis", "redis"),
        (&[USERS, SERVICE, GATE, REDIS, QUEUE, DATABASE, CONTROL], "database", "both"),
        (&[USERS, NAIVE, DATABASE, CONTROL], "database", "both"),
        (&[USERS, CLUSTER, QUEUE, DATABASE, CONTROL], "database", "both"),
    ] {
        let ran = run(design(stages, "append: 1, count: 1"));
        assert_all_laws(&ran);
        let audit = &ran.report.audit;
        let (events, counts) = (audit.events.as_ref().unwrap(), audit.counts.as_ref().unwrap());
        let EventCounts { acknowledged, present, .. } = events.all;
        assert!(acknowledged > 500 && acknowledged == present, "{stages:?}: {:?}", events.all);
        assert!(!events.all.found_wrong(), "{stages:?}: {:?}", events.all);
        let Increments { acknowledged: counted, in_redis, in_queue, in_database, .. } = counts.all;
        assert_eq!((counts.all.off(), in_queue), (0, 0), "{stages:?}: {:?}", counts.all);
        assert_eq!(in_redis + in_database, counted);
        assert_eq!(acknowledged + counted, ran.report.totals.served);
        let is_in = |place: &str, redis: u64, database: u64| match place {
            "redis" => redis > 0 && database == 0,
            "database" => redis == 0 && database > 0,
            _ => database > 0,
        };
        assert!(is_in(events_in, events.in_redis, events.in_database), "{stages:?}: {events:?}");
        assert!(is_in(counts_in, in_redis, in_database), "{stages:?}: {counts:?}");
        // The clock runs from before the first arrival: a second and a half touches two tables or three.
        assert_eq!((2..=3).contains(&events.tables), events_in == "database", "{}", events.tables);
        // Latency depends on the machine; facts don't.
        let facts = ran.report.targets.iter().filter(|target| target.is_fact);
        assert!(facts.clone().count() == 3 && facts.clone().all(|target| target.holds == Some(true)));
        let told = render(&ran.report);
        assert!(told.contains("response time, events") && !told.contains("response time, reads"), "{told}");
        assert!(sentence(&ran.report).contains("each kept once; "), "{}", sentence(&ran.report));
    }
}

#[test]
fn four_operations_pass_the_six_phases_together() {
    let cdn = ("cdn", "Cdn");
    let balancer = ("balancer", "LoadBalancer");
    let stages = [USERS, cdn, balancer, SERVICE, GATE, REDIS, QUEUE, DATABASE, CONTROL];
    let ran = run_and_keep(design(&stages, "read: 1, claim: 1, append: 1, count: 1"));
    assert_all_laws(&ran);
    assert_sound(&ran);
    let (operations, audit) = (&ran.report.operations, &ran.report.audit);
    let ended = [operations.read, operations.claim, operations.append, operations.count].map(|one| one.ended);
    assert!(ended.iter().all(|&count| count > 500), "{ended:?}");
    assert_eq!(ended.iter().sum::<u64>(), operations.all.ended);
    assert!(audit.sold > 300 && !audit.found_wrong(), "{audit:#?}");
    let folder = ran.kept.as_ref().expect("the folder is named").0.clone();
    let database = rusqlite::Connection::open(folder.join("seckill.sqlite3")).unwrap();
    let number = |sql: &str| database.query_row(sql, [], |row| row.get::<_, u64>(0)).unwrap();
    assert_eq!(number("SELECT SUM(events) FROM streams"), audit.event_counts().acknowledged);
    assert_eq!(number("SELECT SUM(value) FROM counters"), audit.increments().in_database);
}

#[test]
fn readers_find_the_first_page_of_their_own_orders_in_the_cache_once_the_database_has_answered() {
    for cache in [GATE, REDIS, CLUSTER] {
        let mut topology = design(&[USERS, SERVICE, cache, DATABASE, CONTROL], "read: 9, claim: 1");
        topology.workload.audience.users = 200;
        topology.workload.audience.page_of = PageOf::Reader;
        let ran = run(topology);
        assert_all_laws(&ran);
        let of = |kind: &str| ran.report.stages.iter().find(|stage| stage.kind == kind).unwrap().tally;
        let (hits, misses) = (ran.report.totals.intercepted, of("Database").served);
        // Each reader's page is asked for once, and now and then again while it is on its way to the cache.
        assert!(
            (150..1_000).contains(&misses) && hits > 2 * misses,
            "{cache:?}: {hits} hits, {misses} misses"
        );
        assert!(ran.report.troubles.is_empty(), "{:?}", ran.report.troubles);
    }
}

#[test]
fn what_a_redis_without_persistence_forgets_is_lost_and_missing_and_said_so() {
    let forgetful =
        "MasterReplica(replicas: 0, sentinels: 0, quorum: 1, persistence: None, restart_in_place: \"50ms\")";
    let mut topology = design(&[USERS, SERVICE, ("redis", forgetful)], "append: 1, count: 1");
    topology.faults =
        vec![Fault { at: Duration::from_millis(800), stage: "redis".into(), ..Fault::default() }];
    let ran = run(topology);
    assert_balanced(&ran);
    let (events, counts) = (ran.report.audit.event_counts(), ran.report.audit.increments());
    // All that was acknowledged before the crash, and nothing else.
    assert!(events.lost > 100 && events.present > 0, "{events:?}");
    assert_eq!(events.lost + events.present - events.unacknowledged, events.acknowledged, "{events:?}");
    assert!(counts.missing > 100 && counts.surplus == 0 && counts.in_redis > 0, "{counts:?}");
    let known = counts.acknowledged - counts.missing;
    assert!((known..=known + counts.indefinite).contains(&counts.in_redis), "{counts:?}");
    assert_eq!(ran.report.verdict.exit_code(), 1, "{:?}", ran.report.reasons);
    assert!(sentence(&ran.report).contains(" lost"), "{}", sentence(&ran.report));
}

#[test]
fn counters_stay_exact_when_redis_dies_and_comes_back_between_the_steps_of_flushes() {
    let kept = "MasterReplica(replicas: 0, sentinels: 0, quorum: 1, persistence: AofAlways, restart_in_place: \"20ms\")";
    let often = ("control", "DataControl(flush_counters: \"10ms\")");
    let stages = [USERS, SERVICE, ("redis", kept), DATABASE, often];
    let mut topology = design(&stages, "count: 1");
    let kill = |ms| Fault { at: Duration::from_millis(ms), stage: "redis".into(), ..Fault::default() };
    topology.faults = [300, 600, 900, 1_200].map(kill).into();
    let ran = run(topology);
    assert_balanced(&ran);
    let counts = ran.report.audit.increments();
    assert!(counts.in_database > 100, "{counts:?}");
    assert_eq!(counts.off(), 0, "{counts:?}");
}
