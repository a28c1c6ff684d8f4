//! The database, consumers, caches, memory and the sale are harmed and mended; chaos ends by itself.

use crate::common;

use common::{
    Ran, assert_all_laws, assert_balanced, assert_sound, chain_text, options, parse, run, run_live,
};
use seckill_lab::metrics::{Bucket, Reason};
use seckill_lab::topology::fault::FaultAction;
use seckill_lab::topology::{Fault, Topology, chaos};

const CONTROL: (&str, &str) = ("control", "DataControl(interval: \"100ms\")");
const PLENTY: &str = "items: 10, stock: 1_000_000";

fn phase(span: &str, rate: u32, mix: &str) -> String {
    format!(r#"(name: "phase", span: "{span}", shape: Constant(rate: {rate}), spacing: Even, mix: ({mix}))"#)
}

fn design(stages: &[(&str, &str)], sale: &str, phase: &str, faults: &[(&str, &str, &str, &str)]) -> Topology {
    let facts =
        "Oversold(at_most: 0), Undersold(at_most: 0), Duplicates(at_most: 0), LostAcknowledged(at_most: 0)";
    let fault = |(at, action, stage, more): &(&str, &str, &str, &str)| {
        format!("(at: {at:?}, action: {action}, stage: {stage:?}, {more}),")
    };
    let faults: String = faults.iter().map(fault).collect();
    let text = chain_text(stages, sale, phase, facts);
    parse(&text.replacen("targets: [", &format!("faults: [{faults}], targets: ["), 1))
}

/// Runs it; all faults must come about, and nothing is miscounted.
fn ran(topology: Topology) -> Ran {
    let ran = run(topology);
    assert_eq!(ran.faults.len(), ran.plan.topology.faults.len(), "{:?}", ran.faults);
    assert!(ran.faults.iter().all(|(_, failed)| failed.is_none()), "{:?}", ran.faults);
    assert_balanced(&ran);
    ran
}

/// What happened between two moments, in milliseconds.
fn between(ran: &Ran, from: u128, to: u128, count: impl Fn(&Bucket) -> u64) -> u64 {
    ran.buckets.iter().filter(|bucket| (from..to).contains(&bucket.at.as_millis())).map(count).sum()
}

fn sold(ran: &Ran, from: u128, to: u128) -> u64 {
    between(ran, from, to, |bucket| bucket.sold)
}

/// A count of a stage between two moments.
fn at_stage(
    ran: &Ran,
    stage: &str,
    (from, to): (u128, u128),
    count: fn(&seckill_lab::metrics::StageTally) -> u64,
) -> u64 {
    let stage = ran.plan.topology.index_of(stage).expect("the stage exists");
    between(ran, from, to, |bucket| count(&bucket.stages[stage].tally))
}

fn was_mended(ran: &Ran, what: &str) -> bool {
    ran.notes.iter().any(|note| note.starts_with("Mended") && note.contains(what))
}

// ---------------------------------------------------------------- the database

const DATABASE: [(&str, &str); 3] =
    [("users", "Users()"), ("database", "Database(connections: 64)"), CONTROL];

#[test]
fn a_stalled_database_answers_nobody_until_it_goes_on() {
    let of = "instance: \"database\"";
    let faults = [
        ("500ms", "Pause", "database", of),
        ("600ms", "Pause", "database", of),
        ("1500ms", "Resume", "database", of),
        ("1600ms", "Resume", "database", of),
    ];
    let ran = ran(design(&DATABASE, PLENTY, &phase("2500ms", 500, "read: 1, claim: 1"), &faults));
    let answered = |bucket: &Bucket| bucket.achieved;
    assert_eq!(between(&ran, 800, 1_500, answered), 0, "nobody is answered");
    assert!(between(&ran, 0, 500, answered) > 0 && between(&ran, 1_800, 2_500, answered) > 0);
    assert_sound(&ran);
    assert_all_laws(&ran);
    assert!(!was_mended(&ran, "database"), "{:?}", ran.notes);
}

#[test]
fn a_locked_database_is_read_and_sells_nothing_until_it_is_unlocked() {
    let of = "instance: \"database\"";
    let faults = [
        ("500ms", "Lock", "database", of),
        ("600ms", "Lock", "database", of),
        ("1500ms", "Unlock", "database", of),
        ("1600ms", "Unlock", "database", of),
    ];
    // Fewer claims than connections, so that reads find one that is free.
    let ran = ran(design(&DATABASE, PLENTY, &phase("2500ms", 1_000, "read: 49, claim: 1"), &faults));
    let served = |from, to| at_stage(&ran, "database", (from, to), |tally| tally.served);
    assert_eq!(sold(&ran, 800, 1_500), 0);
    assert!(served(800, 1_500) > 300, "{}", served(800, 1_500));
    assert!(sold(&ran, 1_700, 2_600) > 0);
    assert_sound(&ran);
}

#[test]
fn a_database_that_is_left_stalled_and_locked_is_mended_for_the_drain() {
    let of = "instance: \"database\"";
    let faults = [("500ms", "Lock", "database", of), ("600ms", "Pause", "database", of)];
    let stages = [
        ("users", "Users()"),
        ("gate", "ReadWriteSplit(replicas: 0)"),
        ("inventory", "MasterReplica(replicas: 0, sentinels: 0)"),
        ("orders", "Queue(on: None)"),
        ("database", "Database()"),
        // It waits for the database too.
        ("control", "DataControl(interval: \"50ms\", unpaid_ratio: 0.2, pay_within: \"200ms\")"),
    ];
    let ran = ran(design(&stages, PLENTY, &phase("1500ms", 500, "read: 1, claim: 3"), &faults));
    assert!(was_mended(&ran, "the database database"), "{:?}", ran.notes);
    let audit = &ran.report.audit;
    assert!(audit.audited && audit.sold > 0, "{audit:#?}");
    assert_eq!((audit.places.queue_orders, audit.lost_acknowledged, audit.oversold), (0, 0, 0), "{audit:#?}");
    // It ended in time; whether the machine was too busy for the generator is no matter here.
    assert!(
        !ran.report.reasons.iter().any(|reason| reason.contains("under way")),
        "{:?}",
        ran.report.reasons
    );
}

// ---------------------------------------------------------------- consumers

const QUEUE: [(&str, &str); 5] = [
    ("users", "Users()"),
    ("inventory", "MasterReplica(replicas: 0, sentinels: 0)"),
    ("orders", "Queue(on: None, consumers: 1, batch: 20)"),
    ("database", "Database()"),
    CONTROL,
];

#[test]
fn a_consumer_that_dies_or_stands_still_leaves_its_orders_until_it_is_back() {
    for (harm, mending) in [("Kill", "Restart"), ("Pause", "Resume")] {
        let of = "instance: \"consumer 1\"";
        let faults = [
            ("500ms", harm, "orders", of),
            ("600ms", harm, "orders", of),
            ("1500ms", mending, "orders", of),
            ("1600ms", mending, "orders", of),
        ];
        let ran = ran(design(&QUEUE, PLENTY, &phase("2500ms", 1_000, "read: 1, claim: 3"), &faults));
        let written = |from, to| at_stage(&ran, "database", (from, to), |tally| tally.passed);
        assert_eq!(written(800, 1_500), 0, "{harm}");
        assert!(written(1_700, 2_500) > 500, "{harm}: {}", written(1_700, 2_500));
        let backlog = ran.buckets.iter().map(|bucket| bucket.backlog).max();
        assert!(backlog > Some(500), "{harm}: {backlog:?}");
        assert_sound(&ran);
        assert!(!was_mended(&ran, "consumer"), "{:?}", ran.notes);
    }
}

#[test]
fn consumers_that_are_left_dead_come_back_for_the_drain() {
    let stages = [QUEUE[0], QUEUE[1], ("orders", "Queue(on: None, consumers: 3)"), QUEUE[3], QUEUE[4]];
    let faults = [
        ("300ms", "Kill", "orders", "instance: \"consumer 1\""),
        ("300ms", "Kill", "orders", "instance: \"consumer 2\""),
        ("300ms", "Pause", "orders", "instance: \"consumer 3\""),
    ];
    let ran = ran(design(&stages, PLENTY, &phase("1s", 1_000, "read: 1, claim: 3"), &faults));
    for number in 1..=3 {
        assert!(was_mended(&ran, &format!("consumer {number} of orders")), "{:?}", ran.notes);
    }
    assert_sound(&ran);
}

// ---------------------------------------------------------------- caches

#[test]
fn a_cdn_that_forgets_asks_again_and_then_remembers() {
    for harm in ["Purge", "Expire"] {
        let stages = [
            ("users", "Users()"),
            ("cdn", "Cdn(ttl: \"60s\")"),
            ("gate", "ReadWriteSplit(replicas: 1)"),
            ("inventory", "MasterReplica(replicas: 0, sentinels: 0)"),
            ("database", "Database()"),
            CONTROL,
        ];
        let faults = [("1s", harm, "cdn", "instance: \"cache\"")];
        let phase = phase("2s", 2_000, "read: 1, claim: 0");
        let ran = ran(design(&stages, "items: 20, stock: 100", &phase, &faults));
        let passed = |from, to| at_stage(&ran, "cdn", (from, to), |tally| tally.passed);
        assert_eq!(passed(600, 1_000), 0, "{harm}: all pages are there");
        assert!(passed(1_000, 1_400) >= 20, "{harm}: each page is asked for again");
        assert_eq!(passed(1_600, 2_000), 0, "{harm}: all pages are there again");
        assert_all_laws(&ran);
    }
}

#[test]
fn a_gate_without_pages_sends_reads_deeper_until_data_control_fills_it_again() {
    for harm in ["Purge", "Expire"] {
        let stages = [
            ("users", "Users()"),
            ("gate", "ReadWriteSplit(replicas: 1)"),
            ("inventory", "MasterReplica(replicas: 0, sentinels: 0)"),
            ("orders", "Queue(on: None)"),
            ("database", "Database()"),
            CONTROL,
        ];
        let of = "instance: \"cache\"";
        let faults = [
            ("600ms", harm, "gate", of),
            ("700ms", harm, "gate", of),
            ("1400ms", "Refill", "gate", of),
            ("1500ms", "Refill", "gate", of),
        ];
        let phase = phase("2200ms", 1_000, "read: 1, claim: 0");
        let ran = ran(design(&stages, "items: 20, stock: 100", &phase, &faults));
        let served = |from, to| at_stage(&ran, "database", (from, to), |tally| tally.served);
        assert_eq!(served(0, 600), 0, "{harm}");
        assert!(served(900, 1_400) > 300, "{harm}: {}", served(900, 1_400));
        assert_eq!(served(1_700, 2_200), 0, "{harm}");
        assert_all_laws(&ran);
    }
}

// ---------------------------------------------------------------- memory and scripts

const INVENTORY: [(&str, &str); 4] = [
    ("users", "Users()"),
    ("inventory", "MasterReplica(replicas: 0, sentinels: 0, timeout: \"2s\")"),
    ("database", "Database()"),
    CONTROL,
];

#[test]
fn an_inventory_without_memory_refuses_claims_and_answers_reads_until_it_has_some() {
    let faults = [
        ("500ms", "FillMemory", "inventory", ""),
        ("600ms", "FillMemory", "inventory", ""),
        ("1200ms", "FreeMemory", "inventory", ""),
        ("1300ms", "FreeMemory", "inventory", ""),
    ];
    let ran = ran(design(&INVENTORY, PLENTY, &phase("2s", 1_000, "read: 1, claim: 1"), &faults));
    let count = |from, to, count| at_stage(&ran, "inventory", (from, to), count);
    assert_eq!(sold(&ran, 700, 1_200), 0);
    assert!(count(700, 1_200, |tally| tally.failed) > 150);
    assert!(count(700, 1_200, |tally| tally.intercepted.get(Reason::CacheHit)) > 150);
    assert_eq!(count(1_500, 2_000, |tally| tally.failed), 0);
    assert!(sold(&ran, 1_500, 2_000) > 150);
    assert_sound(&ran);
}

#[test]
fn memory_that_is_left_full_is_freed_so_that_orders_drain() {
    let faults = [("500ms", "FillMemory", "orders", "")];
    let ran = ran(design(&QUEUE, PLENTY, &phase("1s", 1_000, "read: 1, claim: 3"), &faults));
    assert!(was_mended(&ran, "the memory of master of orders"), "{:?}", ran.notes);
    let audit = &ran.report.audit;
    assert_eq!((audit.lost_acknowledged, audit.oversold, audit.places.queue_orders), (0, 0, 0), "{audit:#?}");
}

#[test]
fn a_slow_script_holds_everybody_up_and_then_all_are_answered() {
    let faults = [("500ms", "SlowScript", "inventory", "lasts: \"300ms\"")];
    let ran = ran(design(&INVENTORY, PLENTY, &phase("3s", 500, "read: 1, claim: 1"), &faults));
    let answered = |bucket: &Bucket| bucket.achieved;
    // The script computes for 300 ms; on a busy machine it needs longer for that.
    assert_eq!(between(&ran, 680, 780, answered), 0);
    let totals = &ran.report.totals;
    assert_eq!(totals.failed + totals.indefinite, 0, "all waited and were answered: {totals:?}");
    assert!(between(&ran, 780, 4_000, answered) > 1_000, "{totals:?}");
    assert_eq!(ran.report.faults[0].lasts_ms, Some(300.0));
    assert_sound(&ran);
}

#[test]
fn a_script_that_runs_too_long_is_killed_once_the_server_listens_again() {
    let faults = [
        ("300ms", "KillScript", "inventory", ""),
        ("500ms", "SlowScript", "inventory", "lasts: \"60s\""),
        ("700ms", "KillScript", "inventory", ""),
    ];
    let ran = ran(design(&INVENTORY, PLENTY, &phase("7500ms", 200, "read: 1, claim: 1"), &faults));
    let answered = |bucket: &Bucket| bucket.achieved;
    assert_eq!(between(&ran, 800, 5_000, answered), 0);
    assert!(between(&ran, 6_500, 7_500, answered) > 100);
    assert!(!was_mended(&ran, "script"), "{:?}", ran.notes);
    assert_eq!(ran.report.audit.oversold, 0);
}

// ---------------------------------------------------------------- the sale

const GATED: [(&str, &str); 5] = [
    ("users", "Users()"),
    ("service", "Service(instances: 2, flag_ttl: \"100ms\")"),
    ("gate", "ReadWriteSplit(replicas: 1)"),
    ("inventory", "MasterReplica(replicas: 0, sentinels: 0)"),
    CONTROL,
];
const SALE: &str = "instance: \"sale\"";

#[test]
fn a_sale_that_is_closed_sells_nothing_until_it_is_opened_again() {
    let faults = [
        ("600ms", "CloseSale", "control", SALE),
        ("700ms", "CloseSale", "control", SALE),
        ("1500ms", "OpenSale", "control", SALE),
        ("1600ms", "OpenSale", "control", SALE),
    ];
    let database = [("users", "Users()"), ("service", GATED[1].1), ("database", "Database()"), CONTROL];
    for stages in [&GATED[..], &database[..]] {
        let ran = ran(design(stages, PLENTY, &phase("2500ms", 500, "read: 1, claim: 3"), &faults));
        assert!(sold(&ran, 0, 600) > 100 && sold(&ran, 1_800, 2_500) > 150);
        assert_eq!(sold(&ran, 900, 1_500), 0);
        let told = |bucket: &Bucket| {
            let tallies = bucket.stages.iter().map(|stage| &stage.tally);
            let not_started = tallies.map(|tally| {
                tally.intercepted.get(Reason::NotStarted) + tally.rejected.get(Reason::NotStarted)
            });
            not_started.sum()
        };
        assert!(between(&ran, 900, 1_500, told) > 150);
        assert_sound(&ran);
        assert_all_laws(&ran);
    }
}

#[test]
fn a_moved_clock_opens_the_sale_early_or_not_at_all() {
    let sale = "items: 5, stock: 1_000_000, opens_at: \"1500ms\"";
    let phase = phase("2s", 500, "read: 1, claim: 3");
    let early = ran(design(&GATED, sale, &phase, &[("500ms", "OpenSale", "control", SALE)]));
    assert_eq!(sold(&early, 0, 500), 0);
    assert!(sold(&early, 800, 1_500) > 150);
    let never = ran(design(&GATED, sale, &phase, &[("500ms", "CloseSale", "control", SALE)]));
    assert_eq!(never.report.totals.sold, 0);
    for ran in [early, never] {
        assert_sound(&ran);
        assert_all_laws(&ran);
    }
}

#[test]
fn a_scarce_sale_that_is_closed_and_opened_sells_its_stock_exactly() {
    let faults = [("300ms", "CloseSale", "control", SALE), ("900ms", "OpenSale", "control", SALE)];
    let phase = phase("2500ms", 1_000, "read: 1, claim: 3");
    let ran = ran(design(&GATED, "items: 3, stock: 450", &phase, &faults));
    common::assert_sold_exactly(&ran);
}

// ---------------------------------------------------------------- chaos, and what comes from outside

#[test]
fn chaos_ends_by_itself_and_everything_is_counted() {
    let stages = [
        ("users", "Users()"),
        ("cdn", "Cdn(ttl: \"1s\")"),
        ("service", "Service()"),
        ("gate", "ReadWriteSplit(replicas: 1, timeout: \"300ms\")"),
        ("inventory", "MasterReplica(replicas: 2, sentinels: 3, timeout: \"300ms\")"),
        ("orders", "Queue(on: None, timeout: \"300ms\")"),
        ("database", "Database()"),
        CONTROL,
    ];
    for seed in [3, 14] {
        let mut topology = design(&stages, PLENTY, &phase("6s", 1_000, "read: 1, claim: 2"), &[]);
        topology.faults = chaos::counted_faults(&topology, seed, 10);
        assert!(topology.faults.len() >= 10, "{:?}", topology.faults);
        let ran = run(topology);
        assert_balanced(&ran);
        assert_eq!(ran.report.faults.len(), ran.plan.topology.faults.len(), "{:?}", ran.report.faults);
        assert!(ran.report.totals.sold > 0, "seed {seed}: {:?}", ran.report.totals);
    }
}

#[test]
fn what_makes_no_sense_is_refused_with_a_reason_and_a_remedy() {
    let topology = || design(&QUEUE, "items: 3, stock: 60", &phase("1s", 300, "read: 1, claim: 1"), &[]);
    let fault = |action, stage: &str, instance: &str| Fault {
        action,
        stage: stage.into(),
        instance: instance.into(),
        ..Fault::default()
    };
    let faults = [
        fault(FaultAction::Failover, "inventory", "master"),
        fault(FaultAction::Kill, "database", "database"),
        fault(FaultAction::CloseSale, "control", "sale"),
        fault(FaultAction::Pause, "orders", "consumer 2"),
        fault(FaultAction::Purge, "users", "cache"),
        fault(FaultAction::Lock, "orders", "consumer 1"),
    ];
    let ran = run_live(topology(), options(), &faults).unwrap_or_else(|failure| panic!("{}", failure.text));
    let said: Vec<&str> = ran.faults.iter().map(|(_, failed)| failed.as_deref().unwrap_or("done")).collect();
    let expected = [
        "no Sentinel watches it; instead name the master",
        "embedded in this program; instead choose from Pause, Resume, Lock, Unlock",
        "sells whenever it is asked",
        "no instance \"consumer 2\"; instead name one of master, consumer 1",
        "users only send; instead name another stage",
        "it is a consumer",
    ];
    for (said, expected) in said.iter().zip(expected) {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    common::assert_sold_exactly(&ran);
}
