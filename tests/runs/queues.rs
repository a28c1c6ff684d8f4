//! Queues of every form under the death of consumers, and their presets: what is lost, what is delivered again, what is written once.

use crate::common;

use common::{
    Ran, assert_all_laws, assert_balanced, assert_each_bucket_balances, assert_sound, chain_text, open,
    parse, presets, run,
};
use seckill_lab::report::{QueueReport, Verdict};
use seckill_lab::topology::{Expected, Topology};

const FACTS: &str =
    "Oversold(at_most: 0), Undersold(at_most: 0), Duplicates(at_most: 0), LostAcknowledged(at_most: 0)";

/// A sale of 3 s before a queue with two consumers; each fault is its moment, its action and its instance.
fn design(queue: &str, inventory: &str, faults: &[(&str, &str, &str, &str)]) -> Topology {
    let stages = [
        ("users", "Users()"),
        ("inventory", inventory),
        ("orders", queue),
        ("database", "Database()"),
        ("control", "DataControl(interval: \"100ms\")"),
    ];
    let phase = r#"(name: "sale", span: "3s", shape: Constant(rate: 1_500), spacing: Even, mix: (claim: 1))"#;
    let text = chain_text(&stages, "items: 10, stock: 100_000", phase, FACTS);
    let fault = |(at, action, stage, instance): &(&str, &str, &str, &str)| {
        format!("(at: {at:?}, action: {action}, stage: {stage:?}, instance: {instance:?}),")
    };
    let faults: String = faults.iter().map(fault).collect();
    parse(&text.replacen("targets: [", &format!("faults: [{faults}], targets: ["), 1))
}

fn ran(topology: Topology) -> Ran {
    let ran = run(topology);
    assert_balanced(&ran);
    assert_each_bucket_balances(&ran);
    assert!(ran.faults.iter().all(|(_, failed)| failed.is_none()), "{:?}", ran.faults);
    ran
}

fn queue(ran: &Ran) -> &QueueReport {
    ran.report.queue.as_ref().expect("there is a queue")
}

const ALONE: &str = "MasterReplica(replicas: 0, sentinels: 0)";
const DEATHS: [(&str, &str, &str, &str); 4] = [
    ("700ms", "KillAfterTaking", "orders", "consumer 1"),
    ("1200ms", "KillAfterWriting", "orders", "consumer 2"),
    ("1700ms", "Restart", "orders", "consumer 1"),
    ("2s", "Replace", "orders", "consumer 2"),
];

#[test]
fn each_form_loses_and_repeats_what_it_must_when_consumers_die() {
    for form in ["List", "ProcessingList", "Stream", "JetStream"] {
        let stage = format!("Queue(form: {form}, consumers: 2, batch: 50, claim_after: \"300ms\")");
        let ran = ran(design(&stage, ALONE, &DEATHS));
        let (queue, audit) = (queue(&ran), &ran.report.audit);
        assert_eq!((&*queue.form, queue.consumer_deaths), (form, 2));
        let (unwritten, unacknowledged) = (queue.died_unwritten_orders, queue.died_unacknowledged_orders);
        assert!(unwritten > 0 && unacknowledged > 0, "{queue:?}");
        if form == "List" {
            assert_eq!(audit.lost_acknowledged, unwritten, "{audit:#?}");
            assert_eq!((queue.redelivered_orders, queue.ignored_inserts), (0, 0));
            assert_eq!(ran.report.verdict.exit_code(), 1, "{:?}", ran.report.reasons);
            continue;
        }
        assert_sound(&ran);
        assert_all_laws(&ran);
        assert!(queue.redelivered_orders >= unwritten + unacknowledged, "{form}: {queue:?}");
        // Who was taken for dead and lives writes what another one writes too.
        assert!(queue.ignored_inserts >= unacknowledged, "{form}: {queue:?}");
        assert!(queue.redelivered_orders - queue.ignored_inserts <= unwritten, "{form}: {queue:?}");
    }
}

#[test]
fn an_order_of_which_the_queue_carries_only_the_id_is_read_at_the_inventory() {
    for form in ["ProcessingList", "Stream", "JetStream"] {
        let stage =
            format!("Queue(form: {form}, carries: OrderId, consumers: 2, batch: 50, claim_after: \"300ms\")");
        let ran = ran(design(&stage, ALONE, &DEATHS));
        assert_sound(&ran);
        assert_all_laws(&ran);
        assert_eq!((queue(&ran).consumer_deaths, queue(&ran).missing_orders), (2, 0), "{form}");
    }
    // An inventory that comes back empty has forgotten the orders of messages that still wait.
    let inventory = "MasterReplica(replicas: 0, sentinels: 0, persistence: None)";
    let faults = [
        ("500ms", "Pause", "orders", "consumer 1"),
        ("1s", "Kill", "inventory", "master"),
        ("1100ms", "Restart", "inventory", "master"),
        ("2s", "Resume", "orders", "consumer 1"),
    ];
    let ran = ran(design("Queue(carries: OrderId, consumers: 1)", inventory, &faults));
    let (missing, lost) = (queue(&ran).missing_orders, ran.report.audit.lost_acknowledged);
    assert!(missing > 100 && lost == missing, "{missing} {lost}");
}

#[test]
fn a_stream_follows_its_master_through_a_failover_and_keeps_what_was_acknowledged() {
    let inventory = "MasterReplica(replicas: 2, sentinels: 3)";
    let stage = r#"Queue(form: Stream, on: "inventory", consumers: 2, batch: 50, claim_after: "300ms")"#;
    let mut topology = design(stage, inventory, &[("1s", "Kill", "inventory", "master")]);
    topology.stretch_to(std::time::Duration::from_secs(6));
    let ran = ran(topology);
    let audit = &ran.report.audit;
    assert_eq!((audit.lost_acknowledged, audit.duplicates, audit.oversold), (0, 0, 0), "{audit:#?}");
    assert_eq!(audit.places.queue_orders, 0);
    assert_eq!(ran.buckets.last().map(|bucket| bucket.backlog), Some(0));
    assert!(audit.places.database_orders > Some(1_000), "{audit:#?}");
}

#[test]
fn a_killed_broker_forgets_nothing_that_it_acknowledged() {
    let faults = [("1s", "Kill", "orders", "broker"), ("1500ms", "Restart", "orders", "broker")];
    let ran = ran(design("Queue(form: JetStream, consumers: 2, batch: 50)", ALONE, &faults));
    let audit = &ran.report.audit;
    assert_eq!((audit.lost_acknowledged, audit.duplicates), (0, 0), "{audit:#?}");
    assert_eq!(audit.places.queue_orders, 0);
    let failed = &ran.report.stages[2].tally;
    assert!(failed.failed + failed.indefinite > 0, "{failed:?}");
    assert!(ran.report.servers.iter().any(|server| server.kind == "NATS"));
}

#[test]
fn a_killed_broker_that_keeps_all_in_memory_loses_what_waited() {
    let faults = [
        ("500ms", "Pause", "orders", "consumer 1"),
        ("1500ms", "Kill", "orders", "broker"),
        ("1800ms", "Restart", "orders", "broker"),
        ("2s", "Resume", "orders", "consumer 1"),
    ];
    let stage = "Queue(form: JetStream, storage: Memory, consumers: 1, batch: 50)";
    let ran = ran(design(stage, ALONE, &faults));
    let audit = &ran.report.audit;
    assert!(audit.lost_acknowledged > 100 && audit.duplicates == 0, "{audit:#?}");
    assert_eq!((audit.oversold, audit.places.queue_orders), (0, 0), "{audit:#?}");
    // What came after the restart is kept again.
    assert!(audit.places.database_orders > Some(500), "{audit:#?}");
}

#[test]
fn every_preset_of_a_queue_gives_its_verdict_for_its_reason() {
    for (name, lost) in [
        ("queue-pop-without-ack", true),
        ("queue-stream-consumer-death", false),
        ("queue-nats", false),
        ("queue-rabbitmq", false),
    ] {
        let file = format!("{name}.ron");
        let path = presets().into_iter().find(|path| path.ends_with(&file)).expect("the preset is there");
        let topology = open(&path);
        let expected = topology.expected;
        let ran = ran(topology);
        let (queue, audit) = (queue(&ran), &ran.report.audit);
        assert_eq!(expected == Some(Expected::Fail), lost, "{name}");
        // That the generator kept its schedule depends on what else the machine does.
        assert_eq!(ran.report.verdict == Verdict::Fail, lost, "{name}: {:?}", ran.report.reasons);
        assert_eq!(queue.consumer_deaths, 2, "{name}");
        assert_eq!((audit.oversold, audit.undersold, audit.duplicates), (0, 0, 0), "{name}: {audit:#?}");
        let died_with = queue.died_unwritten_orders;
        assert_eq!(audit.lost_acknowledged, if lost { died_with } else { 0 }, "{name}: {queue:?}");
        assert!(died_with > 0, "{name}: {queue:?}");
    }
}
