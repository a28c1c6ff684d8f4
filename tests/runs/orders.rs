//! Where the sale ends at the inventory, it keeps the orders: the audit looks promises up there, and what it says is what the
//! ledger and the files of the servers say, counted here once more.

use crate::common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use common::servers::{block_on, line, server};
use common::{Ran, assert_balanced, assert_sound, chain_text, parse, run_and_keep, slot_of_tag};
use seckill_lab::servers::{NodeSettings, RedisNode, Restart, RunFolder};
use seckill_lab::topology::Topology;
use seckill_lab::topology::stage::Persistence;

const ITEMS: u32 = 10;
const SALE: &str = "items: 10, stock: 1_000_000, per_buyer_limit: None";

/// A sale that ends at the inventory.
fn design(inventory: &str, sale: &str, secs: u32, faults: &[(&str, &str, &str)]) -> Topology {
    let stages =
        [("users", "Users()"), ("service", "Service()"), ("store", inventory), ("control", "DataControl()")];
    let clicks = format!(
        r#"(name: "clicks", span: "{secs}s", shape: Constant(rate: 1_500), spacing: Poisson, mix: (read: 1, claim: 3))"#
    );
    let fault = |(at, action, instance): &(&str, &str, &str)| {
        format!("(at: {at:?}, stage: \"store\", instance: {instance:?}, action: {action}),")
    };
    let faults: String = faults.iter().map(fault).collect();
    let text = chain_text(&stages, sale, &clicks, "LostAcknowledged(at_most: 0)");
    parse(&text.replacen("targets: [", &format!("faults: [{faults}], targets: ["), 1))
}

fn ran(topology: Topology) -> Ran {
    let ran = run_and_keep(topology);
    assert_balanced(&ran);
    assert!(ran.faults.iter().all(|(_, failed)| failed.is_none()), "{:?}", ran.faults);
    assert!(ran.report.audit.audited, "{:?} {:?}", ran.report.reasons, ran.report.failovers);
    ran
}

fn folder(ran: &Ran) -> &Path {
    &ran.kept.as_ref().expect("the folder is named").0
}

/// The orders of the ledger's file whose buyers were told so: id, product and units.
fn ledger(ran: &Ran, told: &str) -> Vec<(u64, u32, u64)> {
    let text = fs::read_to_string(folder(ran).join("ledger.csv")).expect("the ledger stays");
    let rows = text.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    let number = |text: &str| text.parse::<u64>().expect("a number");
    rows.filter(|row| row[4] == told)
        .map(|row| (number(row[0]), u32::try_from(number(row[1])).expect("a product"), number(row[3])))
        .collect()
}

fn ids(orders: &[(u64, u32, u64)]) -> BTreeSet<u64> {
    orders.iter().map(|order| order.0).collect()
}

/// Ids of the orders that a process left in its append-only file, read by another server.
fn on_disk(ran: &Ran, process: &str, tagged: bool) -> BTreeSet<u64> {
    block_on(async {
        let run = RunFolder::create().expect("a folder");
        let settings = NodeSettings { persistence: Persistence::AofEverysec, ..NodeSettings::new("reader") };
        let mut reader = RedisNode::start(&server(), &run, settings).await.expect("it starts");
        reader.kill();
        let places = fs::read_dir(folder(ran)).expect("a folder").map(|place| place.expect("a place").path());
        let ends = |place: &Path| place.to_string_lossy().ends_with(process);
        let data = places.into_iter().find(|place| ends(place)).expect("the process has a folder");
        let (from, to) = (data.join("appendonlydir"), reader.folder().join("appendonlydir"));
        fs::remove_dir_all(&to).expect("an empty file");
        fs::create_dir(&to).expect("a folder");
        for file in fs::read_dir(from).expect("an append-only file") {
            let file = file.expect("a file");
            fs::copy(file.path(), to.join(file.file_name())).expect("a copy");
        }
        reader.restart(Restart::AsBefore).await.expect("it reads the file");
        let mut line = line(reader.endpoint()).await;
        let mut found = BTreeSet::new();
        for item in 0..ITEMS {
            let key = if tagged { format!("orders:{{{item}}}") } else { format!("orders:{item}") };
            let kept: Vec<(u64, String)> =
                redis::cmd("HGETALL").arg(key).query_async(&mut line).await.expect("orders");
            for (id, text) in kept {
                assert!(text.starts_with(&format!("{id} {item} ")), "{id}: {text}");
                assert!(found.insert(id), "order {id} is there twice");
            }
        }
        found
    })
}

#[test]
fn a_killed_master_loses_the_orders_that_its_replica_had_not_got_yet() {
    let faults = [
        ("1s", "SlowLink, delay: \"50ms\"", "replica 1"),
        ("4s", "Kill", "master"),
        ("4s", "CutLink", "master"),
    ];
    let ran = ran(design("MasterReplica(replicas: 1)", SALE, 9, &faults));
    let audit = &ran.report.audit;
    let [one] = &ran.report.failovers[..] else { panic!("{:#?}", ran.report.failovers) };
    assert_eq!(one.master_after, "replica 1", "{one:#?}");
    let (promised, there) = (ids(&ledger(&ran, "sold")), on_disk(&ran, "store-replica-1", false));
    let lost = promised.difference(&there).count() as u64;
    assert!(lost > 10, "50 ms of orders were under way: {lost}");
    assert!(there.len() > 2_000, "the new master sells on: {}", there.len());
    assert_eq!(audit.lost_acknowledged, lost, "{audit:#?}");
    assert_eq!(audit.lost_spans.iter().map(|span| span.orders).sum::<u64>(), lost);
    assert_eq!(audit.forgotten_units, lost, "a booking goes with its order: {audit:#?}");
    assert_eq!(audit.unacknowledged_present, there.difference(&promised).count() as u64);
    assert_eq!(audit.indefinite_happened, audit.unacknowledged_present, "{audit:#?}");
    assert_eq!(audit.places.inventory_orders, Some(there.len() as u64));
    assert_eq!((audit.oversold, audit.duplicates), (0, 0), "{audit:#?}");
}

#[test]
fn a_master_without_persistence_comes_back_without_a_single_order() {
    let inventory = "MasterReplica(replicas: 0, sentinels: 0, persistence: None)";
    let ran = ran(design(inventory, SALE, 3, &[("1s", "Kill", "master"), ("1500ms", "Restart", "master")]));
    let (audit, promised) = (&ran.report.audit, ledger(&ran, "sold"));
    assert!(promised.len() > 500, "it sold until it died: {}", promised.len());
    assert_eq!(audit.lost_acknowledged, promised.len() as u64);
    assert_eq!(audit.places.inventory_orders, Some(0));
    assert_eq!(audit.forgotten_units, promised.iter().map(|order| order.2).sum::<u64>());
}

#[test]
fn a_shard_that_comes_back_empty_has_lost_its_orders_and_the_others_keep_theirs() {
    let cluster = "RedisCluster(replicas: 0, full_coverage: false, persistence: None)";
    let faults = [("1s", "Kill", "node 1"), ("1200ms", "Restart", "node 1")];
    let mut topology = design(cluster, SALE, 4, &faults);
    topology.workload.audience.item_skew = 0.0;
    let ran = ran(topology);
    let promised = ledger(&ran, "sold");
    let (died, kept): (Vec<_>, Vec<_>) =
        promised.into_iter().partition(|order| slot_of_tag(&order.1.to_string()) < 16_384 / 3);
    assert!(died.len() > 100 && kept.len() > 1_000, "{} and {}", died.len(), kept.len());
    let audit = &ran.report.audit;
    assert_eq!(audit.lost_acknowledged, died.len() as u64, "{audit:#?}");
    assert_eq!(audit.places.inventory_orders, Some(kept.len() as u64), "{audit:#?}");
}

#[test]
fn claims_without_an_answer_are_looked_up() {
    for inventory in [
        "MasterReplica(replicas: 0, sentinels: 0, timeout: \"100ms\")",
        "MasterReplica(replicas: 0, sentinels: 0, timeout: \"100ms\", decrement: NaiveReadThenWrite, connections: 1)",
    ] {
        let faults = [("1s", "Pause", "master"), ("1500ms", "Resume", "master")];
        let ran = ran(design(inventory, SALE, 3, &faults));
        let audit = &ran.report.audit;
        let (promised, unsure) = (ids(&ledger(&ran, "sold")), ids(&ledger(&ran, "nothing")));
        let there = on_disk(&ran, "store-master", false);
        let happened = unsure.intersection(&there).count() as u64;
        assert_eq!(unsure.len() as u64, ran.report.totals.indefinite, "{inventory}");
        assert_eq!((audit.indefinite_happened, audit.lost_acknowledged), (happened, 0), "{audit:#?}");
        assert_eq!(audit.indefinite_not_happened, unsure.len() as u64 - happened);
        assert!(promised.is_subset(&there) && promised.len() > 500, "{inventory}");
        if !inventory.contains("Naive") {
            assert!(happened > 0, "what was sent to a paused server is done when it goes on");
        }
    }
}

#[test]
fn every_kind_of_inventory_at_the_end_of_a_sale_keeps_one_order_for_each_promise() {
    let few = "items: 10, stock: 50, per_buyer_limit: 1";
    for (inventory, process, is_one_of_many) in [
        ("MasterReplica(replicas: 0, sentinels: 0)", "store-master", false),
        ("RedisCluster(replicas: 0)", "store-node-1", true),
    ] {
        let ran = ran(design(inventory, few, 1, &[]));
        assert_sound(&ran);
        assert_eq!(ran.report.audit.places.inventory_orders, Some(ran.report.totals.sold));
        let (there, promised) = (on_disk(&ran, process, is_one_of_many), ids(&ledger(&ran, "sold")));
        assert!(there.is_subset(&promised) && !there.is_empty() && (is_one_of_many || there == promised));
    }
    // Two connections that read the same stock book one unit, and write two orders.
    let naive = "MasterReplica(replicas: 0, sentinels: 0, decrement: NaiveReadThenWrite, connections: 50)";
    let ran = ran(design(naive, few, 1, &[]));
    let audit = &ran.report.audit;
    assert_eq!(audit.places.inventory_orders, Some(ran.report.totals.sold), "{audit:#?}");
    assert_eq!((audit.lost_acknowledged, audit.unacknowledged_present), (0, 0), "{audit:#?}");
}
