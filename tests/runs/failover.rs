//! What decides about a failover does what it says: WAIT, min-replicas, kinds of clients, a pause that outlasts the Sentinels.

use crate::common;

use std::time::Duration;

use common::{Ran, assert_balanced, chain_text, parse, run};
use seckill_lab::metrics::Role;
use seckill_lab::metrics::failover::{Outcome, Step};
use seckill_lab::report::Verdict;
use seckill_lab::topology::{ClientKind, Topology};

const CONTROL: (&str, &str) = ("control", "DataControl()");

fn clicks(secs: u32) -> String {
    format!(
        r#"(name: "clicks", span: "{secs}s", shape: Constant(rate: 1_500), spacing: Poisson, mix: (read: 1, claim: 3))"#
    )
}

fn design(inventory: &str, secs: u32, faults: &str) -> Topology {
    let stages = [
        ("users", "Users()"),
        ("service", "Service()"),
        ("inventory", inventory),
        ("orders", "Queue(on: \"inventory\")"),
        ("database", "Database()"),
        CONTROL,
    ];
    let facts = "Oversold(at_most: 0), Duplicates(at_most: 0), LostAcknowledged(at_most: 0)";
    let sale = "items: 10, stock: 1_000_000, per_buyer_limit: None";
    let text = chain_text(&stages, sale, &clicks(secs), facts);
    parse(&text.replacen("targets: [", &format!("faults: [{faults}], targets: ["), 1))
}

fn fault(at: &str, action: &str, instance: &str) -> String {
    format!("(at: {at:?}, action: {action}, stage: \"inventory\", instance: {instance:?}),")
}

fn ran(topology: Topology) -> Ran {
    let ran = run(topology);
    assert_balanced(&ran);
    assert!(ran.faults.iter().all(|(_, failed)| failed.is_none()), "{:?}", ran.faults);
    ran
}

fn sold_from(ran: &Ran, secs: f64) -> u64 {
    ran.buckets.iter().filter(|bucket| bucket.at.as_secs_f64() > secs).map(|bucket| bucket.sold).sum()
}

#[test]
fn nobody_is_told_of_a_claim_that_too_few_replicas_have() {
    let inventory = "MasterReplica(replicas: 1, sentinels: 0, wait_replicas: 1, wait_timeout: \"50ms\")";
    let ran = ran(design(inventory, 4, &fault("1500ms", "Kill", "replica 1")));
    let (totals, audit) = (&ran.report.totals, &ran.report.audit);
    assert!(totals.sold > 100, "with its replica it sells: {totals:?}");
    assert_eq!(sold_from(&ran, 1.7), 0, "without it nobody is told");
    assert!(totals.indefinite > 100 && totals.failed == 0, "{totals:?}");
    assert_eq!((audit.lost_acknowledged, audit.duplicates, audit.oversold), (0, 0, 0), "{audit:#?}");
}

#[test]
fn a_master_that_wants_replicas_refuses_writes_and_nothing_happened() {
    let inventory = "MasterReplica(replicas: 1, sentinels: 0, min_replicas_to_write: 1)";
    let faults = fault("1500ms", "Kill", "replica 1") + &fault("4s", "Restart", "replica 1");
    let ran = ran(design(inventory, 7, &faults));
    let (totals, audit) = (&ran.report.totals, &ran.report.audit);
    assert!(totals.sold > 100, "with its replica it sells: {totals:?}");
    // The server counts its replicas once a second.
    let back = sold_from(&ran, 4.0);
    assert!(sold_from(&ran, 3.0) == back && back > 500, "{totals:?}");
    assert!(totals.failed > 100 && totals.indefinite == 0, "{totals:?}");
    assert_eq!((audit.lost_acknowledged, audit.unacknowledged_present), (0, 0), "{audit:#?}");
    let [one] = &ran.report.failovers[..] else { panic!("{:#?}", ran.report.failovers) };
    assert_eq!((one.outcome, one.cause.as_deref()), (Outcome::Recovered, None), "{one:#?}");
    assert!(one.unavailable_secs.is_some_and(|gap| (1.0..4.0).contains(&gap)), "{one:#?}");
}

#[test]
fn a_master_that_stood_still_for_longer_than_down_after_comes_back_as_a_replica() {
    let faults = fault("1s", "Pause", "master") + &fault("5s", "Resume", "master");
    let ran = ran(design("MasterReplica(timeout: \"400ms\")", 17, &faults));
    let [one] = &ran.report.failovers[..] else { panic!("{:#?}", ran.report.failovers) };
    assert_eq!(
        (one.outcome, one.cause.as_deref()),
        (Outcome::Failover, Some("Pause master of inventory")),
        "{one:#?}"
    );
    assert!(one.brought_back_secs.is_some_and(|at| (4.9..5.5).contains(&at)), "{one:#?}");
    assert!(one.demoted_secs > one.brought_back_secs, "{one:#?}");
    assert!(one.unavailable_secs.is_some_and(|gap| (1.2..4.5).contains(&gap)), "{one:#?}");
    let masters: Vec<&str> = ran
        .report
        .instances
        .iter()
        .filter(|one| one.role == Role::Master)
        .map(|one| one.name.as_str())
        .collect();
    assert_eq!(masters, [one.master_after.as_str()], "one master at the end");
    let audit = &ran.report.audit;
    assert_eq!(audit.places.ledger_orders, ran.report.totals.sold);
    let database = audit.places.database_orders.expect("a database");
    assert_eq!(
        database + audit.places.queue_orders + audit.lost_acknowledged,
        ran.report.totals.sold + audit.unacknowledged_present,
        "{audit:#?}"
    );
    assert!(sold_from(&ran, 8.0) > 1_000, "the new master sells on");
    let told = |step: &Step| ran.steps.iter().filter(|(_, told)| told == step).count();
    assert_eq!(
        (told(&Step::AgreedDown), told(&Step::Back), told(&Step::Demoted)),
        (1, 1, 1),
        "{:?}",
        ran.steps
    );
}

#[test]
fn naive_and_following_clients_of_one_stage_go_different_ways_after_a_failover() {
    let mut topology = design("MasterReplica()", 7, &fault("1s", "Kill", "master"));
    topology.links.iter_mut().filter(|link| link.to == "inventory" && link.from == "service").for_each(
        |link| {
            link.clients = ClientKind::Naive;
        },
    );
    let ran = ran(topology);
    let [one] = &ran.report.failovers[..] else { panic!("{:#?}", ran.report.failovers) };
    assert_eq!(one.outcome, Outcome::Failover, "{one:#?}");
    let naive = one.naive.expect("there are naive clients");
    assert!(naive.first_error_secs.is_some() && naive.unavailable_secs.is_none(), "{one:#?}");
    // The dead master is never asked for anything else: no claim is decided any more.
    assert_eq!(sold_from(&ran, 1.5), 0);
    assert!(ran.report.totals.failed > 1_000, "{:?}", ran.report.totals);
}

#[test]
fn a_supervisor_is_quicker_than_the_sentinels_and_keeps_what_is_on_disk() {
    let inventory = "MasterReplica(restart_in_place: \"50ms\", persistence: AofAlways)";
    let ran = ran(design(inventory, 4, &fault("1500ms", "Kill", "master")));
    let [one] = &ran.report.failovers[..] else { panic!("{:#?}", ran.report.failovers) };
    assert_eq!((one.outcome, one.master_after.as_str()), (Outcome::InPlace, "master"), "{one:#?}");
    assert!(one.brought_back_secs.is_some() && one.switched_secs.is_none(), "{one:#?}");
    assert_eq!(ran.report.audit.lost_acknowledged, 0, "{:#?}", ran.report.audit);
    assert!(sold_from(&ran, 2.5) > 500);
    assert_ne!(ran.report.verdict, Verdict::Fail, "{:?}", ran.report.reasons);
    assert!(ran.steps.contains(&(2, Step::Restarted("master".into()))), "{:?}", ran.steps);
}

#[test]
fn an_undisturbed_run_has_no_outage() {
    let ran = ran(design("MasterReplica()", 2, ""));
    assert_eq!(ran.report.failovers, []);
    assert!(ran.buckets.last().is_some_and(|bucket| bucket.at > Duration::from_secs(1)));
}
