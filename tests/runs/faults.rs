//! What breaks in a run is broken, mended and audited; a run always ends by itself and leaves nothing behind.

use crate::common;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use common::program::wait_until;
use common::{CLICKS, Ran, assert_balanced, assert_sound, chain_text, parse, run, try_run};
use seckill_lab::metrics::Role;
use seckill_lab::report::Verdict;
use seckill_lab::topology::{StageKind, Topology};

const LONG: &str = r#"(name: "clicks", span: "4s", shape: Constant(rate: 1_500), spacing: Poisson, mix: (read: 1, claim: 3))"#;
const CONTROL: (&str, &str) = ("control", "DataControl(interval: \"100ms\")");

fn with_faults(stages: &[(&str, &str)], sale: &str, phases: &str, faults: &str) -> Topology {
    let facts =
        "Oversold(at_most: 0), Undersold(at_most: 0), Duplicates(at_most: 0), LostAcknowledged(at_most: 0)";
    let text = chain_text(stages, sale, phases, facts);
    parse(&text.replacen("targets: [", &format!("faults: [{faults}], targets: ["), 1))
}

fn fault(at: &str, action: &str, stage: &str, instance: &str) -> String {
    format!("(at: {at:?}, action: {action}, stage: {stage:?}, instance: {instance:?}),")
}

fn assert_all_faults_were_injected(ran: &Ran) {
    assert_eq!(ran.faults.len(), ran.plan.topology.faults.len(), "{:?}", ran.faults);
    assert!(ran.faults.iter().all(|(_, failed)| failed.is_none()), "{:?}", ran.faults);
    assert_eq!(ran.report.faults.len(), ran.faults.len());
}

/// A verdict is a fail exactly if a counted fact is missed (none of these runs has targets of timing).
fn assert_the_verdict_follows_the_facts(ran: &Ran) {
    let report = &ran.report;
    let missed = report.targets.iter().any(|target| target.holds == Some(false));
    assert_eq!(report.verdict == Verdict::Fail, missed, "{:?}: {:#?}", report.verdict, report.reasons);
    assert_eq!(report.reasons.is_empty(), report.verdict == Verdict::Pass);
}

#[test]
fn when_the_inventory_master_dies_its_replica_sells_on_and_every_claim_is_accounted_for() {
    let stages = [
        ("users", "Users()"),
        ("service", "Service()"),
        ("inventory", "MasterReplica(replicas: 2, sentinels: 3, down_after: \"300ms\", timeout: \"500ms\")"),
        ("orders", "Queue(on: \"inventory\", timeout: \"500ms\")"),
        ("database", "Database()"),
        CONTROL,
    ];
    let kill = fault("800ms", "Kill", "inventory", "master");
    let ran = run(with_faults(&stages, "items: 10, stock: 1_000_000", LONG, &kill));
    assert_all_faults_were_injected(&ran);
    assert_balanced(&ran);
    assert_the_verdict_follows_the_facts(&ran);
    let (totals, audit) = (&ran.report.totals, &ran.report.audit);
    assert!(totals.failed + totals.indefinite > 0, "a dead master was noticed by nobody: {totals:?}");
    let sold_late: u64 =
        ran.buckets.iter().filter(|bucket| bucket.at.as_millis() > 3_500).map(|b| b.sold).sum();
    assert!(sold_late > 0, "nothing was sold after the failover");
    let instances = &ran.report.instances;
    let promoted = instances.iter().filter(|one| one.name.starts_with("replica") && one.role == Role::Master);
    assert_eq!(promoted.count(), 1, "{instances:#?}");
    assert!(instances[0].name == "master" && instances[0].missed_looks > 0, "{instances:#?}");
    assert_eq!((audit.oversold, audit.duplicates), (0, 0), "{audit:#?}");
    assert_eq!(audit.places.ledger_orders, totals.sold);
    let database = audit.places.database_orders.expect("there is a database");
    // Each order in the database was promised, or its buyer got no answer; each promise is there, or counted as lost.
    assert_eq!(
        database + audit.places.queue_orders + audit.lost_acknowledged,
        totals.sold + audit.unacknowledged_present
    );
    assert!(audit.indefinite_happened + audit.indefinite_not_happened <= totals.indefinite + 1);
}

#[test]
fn when_a_scarce_inventory_fails_over_oversold_units_are_explained_by_what_the_replica_had_not_yet() {
    let stages = [
        ("users", "Users()"),
        (
            "inventory",
            "MasterReplica(replicas: 1, sentinels: 1, quorum: 1, down_after: \"300ms\", timeout: \"500ms\")",
        ),
        ("orders", "Queue(on: None)"),
        ("database", "Database()"),
        CONTROL,
    ];
    let kill = fault("400ms", "Kill", "inventory", "master");
    let ran = run(with_faults(&stages, "items: 1, stock: 2_000, per_buyer_limit: None", LONG, &kill));
    assert_all_faults_were_injected(&ran);
    assert_balanced(&ran);
    assert_the_verdict_follows_the_facts(&ran);
    let audit = &ran.report.audit;
    assert!(audit.sold >= audit.stock - ran.report.totals.indefinite - audit.undersold, "{audit:#?}");
    // Nothing is lost behind the inventory, so every unit beyond the stock was booked twice: once by each master.
    assert_eq!((audit.lost_acknowledged, audit.places.queue_orders), (0, 0), "{audit:#?}");
    assert!(audit.oversold < 1_000, "{audit:#?}");
    assert_eq!(audit.places.booked_units.unsigned_abs(), audit.stock, "the demand suffices: {audit:#?}");
}

#[test]
fn a_killed_master_is_told_to_be_lost_and_another_to_be_found() {
    let stages = [
        ("users", "Users()"),
        ("inventory", "MasterReplica(replicas: 2, sentinels: 3, down_after: \"500ms\", timeout: \"500ms\")"),
        ("database", "Database()"),
        CONTROL,
    ];
    let kill = fault("500ms", "Kill", "inventory", "master");
    let ran = run(with_faults(&stages, "items: 10, stock: 1_000_000", LONG, &kill));
    assert_all_faults_were_injected(&ran);
    assert_balanced(&ran);
    assert!(last_found(&ran).starts_with("replica"), "{:?}", ran.masters);
}

#[test]
fn a_master_that_stands_still_is_told_to_be_lost_until_it_goes_on() {
    let faults = fault("600ms", "Pause", "gate", "master") + &fault("1600ms", "Resume", "gate", "master");
    let ran = reads_through("ReadWriteSplit(replicas: 1, timeout: \"300ms\")", &faults);
    assert_sound(&ran);
    assert_eq!(last_found(&ran), "master", "{:?}", ran.masters);
}

/// The master of stage 1 that was found last. On a busy machine one can be silent for a while without being dead, but
/// lost and found always take turns.
fn last_found(ran: &Ran) -> &str {
    for pair in ran.masters.chunks(2) {
        assert!(matches!(pair, [(1, None), (1, Some(_))]), "{:?}", ran.masters);
    }
    ran.masters.last().and_then(|(_, found)| found.as_deref()).expect("a master was lost and found")
}

fn reader(gate: &str) -> [(&'static str, String); 5] {
    [
        ("users", "Users()".into()),
        ("gate", gate.into()),
        ("inventory", "MasterReplica(replicas: 0, sentinels: 0)".into()),
        ("database", "Database()".into()),
        (CONTROL.0, CONTROL.1.into()),
    ]
}

fn reads_through(gate: &str, faults: &str) -> Ran {
    let stages = reader(gate);
    let stages = stages.each_ref().map(|(name, kind)| (*name, kind.as_str()));
    let phases = r#"(name: "pages", span: "3s", shape: Constant(rate: 1_500), spacing: Even, mix: (read: 9, claim: 1))"#;
    let ran = run(with_faults(&stages, "items: 10, stock: 1_000", phases, faults));
    assert_all_faults_were_injected(&ran);
    assert_balanced(&ran);
    ran
}

/// Requests that failed at a stage from a moment of the run on.
fn failed_since(ran: &Ran, stage: &str, millis: u128) -> u64 {
    let stage = ran.plan.topology.index_of(stage).expect("the stage exists");
    let late = ran.buckets.iter().filter(|bucket| bucket.at.as_millis() > millis);
    late.map(|bucket| bucket.stages[stage].tally.failed).sum()
}

#[test]
fn when_a_replica_of_the_gate_dies_the_other_answers_its_reads() {
    let ran = reads_through(
        "ReadWriteSplit(replicas: 2, timeout: \"300ms\")",
        &fault("700ms", "Kill", "gate", "replica 1"),
    );
    assert_sound(&ran);
    assert_eq!(failed_since(&ran, "gate", 2_000), 0, "{:?}", ran.report.totals);
}

#[test]
fn a_replica_that_stands_still_costs_only_its_own_reads_and_is_used_again_afterwards() {
    let faults =
        fault("500ms", "Pause", "gate", "replica 1") + &fault("1500ms", "Resume", "gate", "replica 1");
    let ran = reads_through("ReadWriteSplit(replicas: 2, timeout: \"300ms\")", &faults);
    assert_sound(&ran);
    assert_eq!(failed_since(&ran, "gate", 2_300), 0, "{:?}", ran.report.totals);
}

#[test]
fn a_replica_that_comes_back_is_read_again() {
    // The second kill leaves only the replica that came back.
    let faults = fault("400ms", "Kill", "gate", "replica 1")
        + &fault("1s", "Restart", "gate", "replica 1")
        + &fault("2s", "Kill", "gate", "replica 2");
    let ran = reads_through("ReadWriteSplit(replicas: 2, timeout: \"300ms\")", &faults);
    assert_eq!(failed_since(&ran, "gate", 2_800), 0, "{:?}", ran.report.totals);
}

/// The port of a server, by the name of its folder; none while there is no such server.
fn port_of(server: &str) -> Option<u16> {
    let runs = std::fs::read_dir(std::env::temp_dir()).ok()?.filter_map(Result::ok);
    let conf = runs.map(|run| run.path().join(server).join("server.conf")).find(|path| path.exists())?;
    let text = std::fs::read_to_string(conf).ok()?;
    text.lines().find_map(|line| line.strip_prefix("port "))?.trim_matches('"').parse().ok()
}

/// How many GETs a server has answered since it started; none while it doesn't answer.
fn gets(port: u16) -> Option<u64> {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).ok()?;
    stream.set_read_timeout(Some(Duration::from_millis(300))).ok()?;
    stream.write_all(b"INFO commandstats\r\nQUIT\r\n").ok()?;
    let mut text = String::new();
    stream.read_to_string(&mut text).ok()?;
    let count =
        text.split("cmdstat_get:calls=").nth(1).map_or("0", |rest| rest.split(',').next().unwrap_or("0"));
    count.parse().ok()
}

#[test]
fn a_replica_that_comes_back_takes_its_share_of_the_reads_again() {
    let phases = r#"(name: "pages", span: "6s", shape: Constant(rate: 1_500), spacing: Even, mix: (read: 1, claim: 0))"#;
    let stages = [
        ("users", "Users()"),
        ("comes-back", "ReadWriteSplit(replicas: 2, timeout: \"300ms\")"),
        ("inventory", "MasterReplica(replicas: 0, sentinels: 0)"),
        CONTROL,
    ];
    let faults = fault("500ms", "Kill", "comes-back", "replica 1")
        + &fault("1s", "Restart", "comes-back", "replica 1");
    let topology = with_faults(&stages, "items: 10, stock: 1_000", phases, &faults);
    let running = std::thread::spawn(|| run(topology));
    let mut port = None;
    wait_until("the replica starts", || {
        port = port_of("comes-back-replica-1");
        port.is_some()
    });
    let port = port.expect("a port");
    wait_until("it is read", || gets(port).is_some_and(|count| count > 0));
    wait_until("it is killed", || gets(port).is_none());
    wait_until("it comes back", || gets(port).is_some());
    // A restarted server counts from zero.
    let mut read = false;
    wait_until("the run ends, or the replica is read again", || {
        read = gets(port).is_some_and(|count| count > 0);
        read || running.is_finished()
    });
    let ran = running.join().expect("the run ends");
    assert_balanced(&ran);
    assert!(read, "the replica that came back was never read");
}

#[test]
fn a_gate_whose_master_comes_back_with_its_files_sells_on() {
    let faults = fault("500ms", "Kill", "gate", "master") + &fault("1s", "Restart", "gate", "master");
    let gate = "ReadWriteSplit(replicas: 1, timeout: \"300ms\", persistence: AofAlways)";
    let ran = reads_through(gate, &faults);
    assert_sound(&ran);
    assert_eq!(failed_since(&ran, "gate", 2_300), 0, "{:?}", ran.report.totals);
}

#[test]
fn a_gate_whose_master_comes_back_empty_is_noticed_and_never_sells_too_much() {
    let faults = fault("500ms", "Kill", "gate", "master") + &fault("1s", "Restart", "gate", "master");
    let ran = reads_through("ReadWriteSplit(replicas: 1, timeout: \"300ms\")", &faults);
    let audit = &ran.report.audit;
    assert_eq!((audit.oversold, audit.duplicates, audit.lost_acknowledged), (0, 0, 0), "{audit:#?}");
}

#[test]
fn a_queue_that_is_killed_and_restarted_with_its_append_only_file_keeps_every_acknowledged_order() {
    let stages = [
        ("users", "Users()"),
        ("inventory", "MasterReplica(replicas: 0, sentinels: 0)"),
        ("orders", "Queue(on: None, consumers: 2, batch: 10, timeout: \"500ms\")"),
        ("database", "Database()"),
        CONTROL,
    ];
    let faults = fault("600ms", "Kill", "orders", "master") + &fault("1s", "Restart", "orders", "master");
    let ran = run(with_faults(&stages, "items: 10, stock: 1_000_000", LONG, &faults));
    assert_all_faults_were_injected(&ran);
    assert_balanced(&ran);
    assert_the_verdict_follows_the_facts(&ran);
    let (totals, audit) = (&ran.report.totals, &ran.report.audit);
    assert!(totals.failed + totals.indefinite > 0, "a dead queue was noticed by nobody: {totals:?}");
    assert_eq!((audit.lost_acknowledged, audit.oversold, audit.places.queue_orders), (0, 0, 0), "{audit:#?}");
    assert_eq!(audit.unacknowledged_present, audit.indefinite_happened, "{audit:#?}");
    let sold_late: u64 =
        ran.buckets.iter().filter(|bucket| bucket.at.as_millis() > 3_000).map(|b| b.sold).sum();
    assert!(sold_late > 0, "nothing was sold after the restart");
}

#[test]
fn a_killed_sentinel_changes_nothing_while_the_master_lives() {
    let stages = [
        ("users", "Users()"),
        ("inventory", "MasterReplica(replicas: 1, sentinels: 3)"),
        ("orders", "Queue(on: \"inventory\")"),
        ("database", "Database()"),
        CONTROL,
    ];
    let kill = fault("300ms", "Kill", "inventory", "sentinel 1");
    let ran = run(with_faults(&stages, "items: 3, stock: 60", CLICKS, &kill));
    assert_all_faults_were_injected(&ran);
    common::assert_all_laws(&ran);
    common::assert_sold_exactly(&ran);
}

#[test]
fn a_dead_inventory_that_nobody_replaces_still_gives_a_report() {
    let stages = [
        ("users", "Users()"),
        ("inventory", "MasterReplica(replicas: 0, sentinels: 0, timeout: \"300ms\")"),
        ("database", "Database()"),
        CONTROL,
    ];
    let kill = fault("500ms", "Kill", "inventory", "master");
    let topology = with_faults(&stages, "items: 3, stock: 100_000", CLICKS, &kill);
    assert!(matches!(topology.stages[1].kind, StageKind::MasterReplica(_)));
    match try_run(topology, false) {
        Ok(ran) => {
            assert_balanced(&ran);
            assert_ne!(ran.report.verdict, Verdict::Pass);
        }
        Err(failure) => panic!("no report: {}", failure.text),
    }
}

#[test]
fn a_healthy_master_is_handed_over_and_whoever_asks_too_early_again_is_refused() {
    let stages = [
        ("users", "Users()"),
        ("inventory", "MasterReplica(replicas: 2, sentinels: 3, timeout: \"500ms\")"),
        ("database", "Database()"),
        CONTROL,
    ];
    let faults = fault("500ms", "Failover", "inventory", "master")
        + &fault("500ms", "Failover", "inventory", "master");
    let ran = run(with_faults(&stages, "items: 10, stock: 1_000_000", LONG, &faults));
    assert_balanced(&ran);
    let failed: Vec<Option<&str>> = ran.faults.iter().map(|(_, failed)| failed.as_deref()).collect();
    assert!(matches!(failed[..], [None, Some(said)] if said.contains("INPROG")), "{failed:?}");
    // The old master is told later: for some seconds there are two.
    let instances = &ran.report.instances;
    let promoted = instances.iter().filter(|one| one.name.starts_with("replica") && one.role == Role::Master);
    assert_eq!(promoted.count(), 1, "{instances:#?}");
}
