//! Redis Cluster on real servers: nodes find together, slots agree, a dead master is replaced, shards come and go under load,
//! and the audit is exact.

use crate::common;

use std::collections::BTreeSet;

use common::program::runs;
use common::servers::{block_on, server, until};
use common::{
    Ran, assert_all_laws, assert_balanced, assert_each_bucket_balances, assert_sold_exactly, assert_sound,
    chain_text, open, parse, presets, run,
};
use redis::{FromRedisValue, RedisResult};
use seckill_lab::files::parse_topology;
use seckill_lab::metrics::{Role, ShardBucket};
use seckill_lab::report::ShardReport;
use seckill_lab::servers::cluster::{NodeView, SLOTS, view};
use seckill_lab::servers::{Cluster, ClusterSettings, Endpoint, Restart, RunFolder};
use seckill_lab::topology::Topology;
use seckill_lab::topology::stage::SlotMoving;

async fn ask<T: FromRedisValue>(endpoint: Endpoint, words: &[&str]) -> RedisResult<T> {
    let client = redis::Client::open(format!("redis://{endpoint}"))?;
    let mut connection = client.get_multiplexed_async_connection().await?;
    redis::cmd(words[0]).arg(&words[1..]).query_async(&mut connection).await
}

async fn nodes(endpoint: Endpoint) -> Vec<NodeView> {
    let text: RedisResult<String> = ask(endpoint, &["CLUSTER", "NODES"]).await;
    view::parse(&text.unwrap_or_default())
}

async fn start(folder: &RunFolder, settings: ClusterSettings) -> Cluster {
    Cluster::start(&server(), folder, settings, &|_| {}).await.expect("a cluster")
}

/// Writes and reads keys wherever their slot is, following MOVED.
struct Keys {
    known: Vec<Endpoint>,
}

impl Keys {
    async fn send(&mut self, words: &[&str]) -> String {
        for _ in 0..20 {
            let mut at = self.known[0];
            for _ in 0..5 {
                match ask::<Option<String>>(at, words).await {
                    Ok(value) => return value.unwrap_or_default(),
                    Err(error) if error.code() == Some("MOVED") => {
                        let (address, _) = error.redirect_node().expect("an address");
                        let (_, port) = address.rsplit_once(':').expect("a port");
                        at = Endpoint::local(port.parse().expect("a number"));
                    }
                    Err(error) => panic!("{words:?}: {error}"),
                }
            }
        }
        panic!("{words:?} goes in circles");
    }
}

// ---------------------------------------------------------------- the servers

#[test]
fn nodes_find_together_agree_on_all_slots_and_end_with_the_cluster() {
    for (shards, replicas) in [(3, 1), (4, 2)] {
        let folder = RunFolder::create().expect("a folder");
        let settings =
            ClusterSettings { shard_count: shards, replica_count: replicas, ..ClusterSettings::new("store") };
        let pids = block_on(async {
            let cluster = start(&folder, settings).await;
            let members = cluster.members();
            assert_eq!(members.len(), shards * (replicas + 1));
            let mut pids = BTreeSet::new();
            for member in &members {
                let seen = nodes(member.endpoint).await;
                assert_eq!(seen.len(), members.len(), "{}", member.name());
                let masters: Vec<&NodeView> = seen.iter().filter(|node| node.is_master).collect();
                assert_eq!(masters.len(), shards);
                assert_eq!(seen.iter().map(NodeView::slot_count).sum::<usize>(), usize::from(SLOTS));
                let own = seen.iter().find(|node| node.id == member.id).expect("itself");
                assert_eq!(own.is_master, member.number <= shards, "the first ones are masters");
                let master = members.iter().find(|other| Some(&other.id) == own.master.as_ref());
                assert!(master.is_none_or(|master| master.shard == member.shard), "each follows its shard");
                pids.insert(cluster.node(&member.name()).await.expect("a server").pid());
            }
            assert!(cluster.node("node 99").await.is_none());
            pids
        });
        assert_eq!(pids.len(), shards * (replicas + 1));
        assert!(!pids.iter().any(|&pid| runs(pid)), "none is left");
    }
}

#[test]
fn a_killed_master_is_replaced_by_its_replica_and_comes_back_as_one() {
    let folder = RunFolder::create().expect("a folder");
    block_on(async {
        let cluster = start(&folder, ClusterSettings::new("store")).await;
        let members = cluster.members();
        let (first, second, fourth) = (&members[0], members[1].endpoint, &members[3]);
        cluster.node("node 1").await.expect("it is there").kill();
        until("its replica is promoted", async || {
            nodes(second)
                .await
                .iter()
                .any(|node| node.id == fourth.id && node.is_master && node.slot_count() > 0)
        })
        .await;
        let mut node = cluster.node("node 1").await.expect("it is there");
        node.restart(Restart::AsBefore).await.expect("it starts");
        drop(node);
        until("it follows its successor", async || {
            let seen = nodes(first.endpoint).await;
            let own = seen.iter().find(|node| node.id == first.id);
            own.is_some_and(|own| own.master.as_ref() == Some(&fourth.id))
        })
        .await;
    });
}

#[test]
fn a_shard_comes_and_goes_as_a_whole_and_every_key_is_where_its_slot_is() {
    comes_and_goes(SlotMoving::Atomic);
}

#[test]
fn a_shard_comes_and_goes_key_by_key_and_every_key_is_where_its_slot_is() {
    comes_and_goes(SlotMoving::KeyByKey);
}

fn comes_and_goes(slots_move: SlotMoving) {
    let folder = RunFolder::create().expect("a folder");
    block_on(async {
        let cluster = start(&folder, ClusterSettings { slots_move, ..ClusterSettings::new("store") }).await;
        let first = cluster.members()[0].endpoint;
        let mut keys = Keys { known: vec![first] };
        let names: Vec<String> = (0..300).map(|number| format!("goods:{{{number}}}")).collect();
        for name in &names {
            keys.send(&["SET", name, name]).await;
        }
        let done = cluster.add_shard(|_| {}, &|_| {}, &|_| {}).await.expect("it comes");
        assert_eq!((done.shard, done.slots, done.members.len()), (4, 4_096, 2));
        assert!(
            done.way == slots_move || done.way == SlotMoving::KeyByKey,
            "older servers know one way only"
        );
        let seen = nodes(first).await;
        let new = seen.iter().find(|node| node.id == done.members[0].id).expect("the new master");
        assert_eq!((new.slot_count(), seen.len()), (4_096, 8));
        for name in &names {
            assert_eq!(&keys.send(&["GET", name]).await, name);
        }
        let moved: u64 = ask(new.endpoint, &["DBSIZE"]).await.expect("a size");
        assert!((30..150).contains(&moved), "about a quarter of 300 keys: {moved}");

        let done = cluster.remove_shard(|_| {}, &|_| {}, &|_| {}).await.expect("it goes");
        assert_eq!((done.shard, done.slots), (4, 4_096));
        assert_eq!((cluster.members().len(), nodes(first).await.len()), (6, 6));
        for name in &names {
            assert_eq!(&keys.send(&["GET", name]).await, name);
        }
        let refused = cluster.remove_shard(|_| {}, &|_| {}, &|_| {}).await.expect_err("three are left");
        assert!(refused.to_string().contains("three shards"), "{refused}");
    });
}

// ---------------------------------------------------------------- whole runs

const SALE: &str = "items: 300, stock: 3_000, per_buyer_limit: 1";

/// A sale on a cluster with orders in a database.
fn sale(cluster: &str, sale: &str, phases: &str, faults: &str) -> Topology {
    let stages = [
        ("users", "Users()"),
        ("service", "Service()"),
        ("store", cluster),
        ("orders", "Queue()"),
        ("database", "Database()"),
        ("control", "DataControl(interval: \"100ms\", unpaid_ratio: 0.1, pay_within: \"300ms\")"),
    ];
    let facts =
        "Oversold(at_most: 0), Undersold(at_most: 0), Duplicates(at_most: 0), LostAcknowledged(at_most: 0)";
    let text = chain_text(&stages, sale, phases, facts);
    parse(&text.replacen("targets: [", &format!("faults: [{faults}], targets: ["), 1))
}

fn clicks(span: &str, rate: u32) -> String {
    format!(
        r#"(name: "clicks", span: {span:?}, shape: Constant(rate: {rate}), spacing: Poisson, mix: (read: 1, claim: 3))"#
    )
}

fn shard(ran: &Ran, number: u64) -> &ShardReport {
    ran.report.shards.iter().find(|shard| shard.shard == number).expect("the shard")
}

/// What the buckets tell of each shard adds up to what the report says of it.
fn assert_shards_add_up(ran: &Ran) {
    for shard in &ran.report.shards {
        let of_shard = |now: &&ShardBucket| now.shard as u64 == shard.shard;
        let sum = |count: fn(&ShardBucket) -> u64| -> u64 {
            ran.buckets.iter().flat_map(|bucket| &bucket.shards).filter(of_shard).map(count).sum()
        };
        let told = [sum(|now| now.answered), sum(|now| now.redirected), sum(|now| now.failed)];
        let said = [shard.answered, shard.moved + shard.asked, shard.failed + shard.indefinite];
        assert_eq!(told, said, "{shard:?}");
    }
}

/// A master that was silent for a moment, on a busy machine, is found again as it was.
fn assert_nobody_took_over(ran: &Ran, masters: &[&str]) {
    let found = ran.shards.iter().filter_map(|(_, _, instance)| instance.as_deref());
    assert!(found.clone().all(|instance| masters.contains(&instance)), "{:?}", ran.shards);
    for name in masters {
        let one = ran.report.instances.iter().find(|one| one.name == *name).expect("it is watched");
        assert_eq!(one.role, Role::Master, "{one:?}");
    }
}

#[test]
fn a_sale_on_a_cluster_is_exact_and_every_shard_has_its_part() {
    let mut topology = sale("RedisCluster()", "items: 300, stock: 600", &clicks("3s", 3_000), "");
    topology.workload.audience.item_skew = 0.0;
    let ran = run(topology);
    assert_all_laws(&ran);
    assert_sound(&ran);
    assert_shards_add_up(&ran);
    assert!(ran.report.audit.returned > 0, "units of unpaid orders went back: {:#?}", ran.report.audit);
    assert_eq!(ran.report.shards.len(), 3);
    for number in 1..=3 {
        let shard = shard(&ran, number);
        assert!(shard.answered > 300, "{shard:?}");
        assert_eq!((shard.failed, shard.indefinite, shard.moved, shard.asked), (0, 0, 0, 0), "{shard:?}");
        assert_eq!(shard.nodes, [format!("node {number}"), format!("node {}", number + 3)]);
    }
    let store = &ran.report.stages.iter().find(|stage| stage.name == "store").expect("the stage").tally;
    let answered: u64 = ran.report.shards.iter().map(|shard| shard.answered).sum();
    assert_eq!(answered, store.arrivals);
    let masters = ran.report.instances.iter().filter(|one| one.role == Role::Master).count();
    assert_eq!(masters, 4, "three shards and the queue: {:#?}", ran.report.instances);
}

#[test]
fn what_has_few_units_is_sold_to_the_last_one() {
    let stages = [
        ("users", "Users()"),
        ("store", "RedisCluster(replicas: 0)"),
        ("orders", "Queue()"),
        ("database", "Database()"),
        ("control", "DataControl()"),
    ];
    let ran = run(common::chain(&stages, "items: 10, stock: 100", &clicks("1500ms", 3_000)));
    assert_all_laws(&ran);
    assert_sold_exactly(&ran);
}

#[test]
fn a_shard_that_comes_under_load_as_a_whole_costs_no_claim() {
    comes_under_load("Atomic");
}

#[test]
fn a_shard_that_comes_under_load_key_by_key_costs_no_claim_and_asks_are_followed() {
    let ran = comes_under_load("KeyByKey");
    assert!(ran.report.shards.iter().map(|shard| shard.asked).sum::<u64>() > 0, "{:#?}", ran.report.shards);
    assert!(!ran.report.reshapes[0].is_atomic);
}

fn comes_under_load(slots_move: &str) -> Ran {
    let add = r#"(at: "500ms", action: AddShard, stage: "store", instance: "shards"), (at: "600ms", action: AddShard, stage: "store", instance: "shards")"#;
    let cluster = format!("RedisCluster(slots_move: {slots_move}, persistence: None)");
    let mut topology = sale(&cluster, "items: 3_000, stock: 30_000", &clicks("12s", 2_500), add);
    topology.workload.audience.item_skew = 0.0;
    let ran = run(topology);
    assert_balanced(&ran);
    assert_each_bucket_balances(&ran);
    assert_sound(&ran);
    assert_shards_add_up(&ran);
    let totals = &ran.report.totals;
    assert_eq!((totals.failed, totals.indefinite), (0, 0), "{totals:?} {:#?}", ran.report.shards);
    assert!(ran.faults[0].1.is_none(), "{:?}", ran.faults);
    let refused = ran.faults[1].1.as_ref().expect("one at a time");
    assert!(refused.contains("on its way already"), "{refused}");
    assert_eq!(ran.reshaped.len(), 1, "{:?}", ran.reshaped);
    assert!(ran.reshaped[0].1.is_none(), "{:?}", ran.reshaped);
    let reshape = &ran.report.reshapes[0];
    assert_eq!((reshape.shard, reshape.slots), (Some(4), 4_096), "{reshape:?}");
    assert!(reshape.error.is_none() && reshape.ended_at_secs > reshape.started_at_secs, "{reshape:?}");
    let new = shard(&ran, 4);
    assert!(new.answered > 0 && new.nodes == ["node 7", "node 8"], "{new:?}");
    assert!(ran.report.shards.iter().map(|shard| shard.moved).sum::<u64>() > 0, "{:#?}", ran.report.shards);
    let node = ran.report.instances.iter().find(|one| one.name == "node 7").expect("it is watched");
    assert!(node.role == Role::Master && node.commands > 0, "{node:?}");
    assert_nobody_took_over(&ran, &["node 1", "node 2", "node 3", "node 7"]);
    ran
}

#[test]
fn a_shard_that_goes_under_load_costs_no_claim_and_is_not_missed() {
    let remove = r#"(at: "500ms", action: RemoveShard, stage: "store", instance: "shards")"#;
    let ran = run(sale("RedisCluster(shards: 4, replicas: 1)", SALE, &clicks("4s", 2_000), remove));
    assert_balanced(&ran);
    assert_sound(&ran);
    assert_shards_add_up(&ran);
    let totals = &ran.report.totals;
    assert_eq!((totals.failed, totals.indefinite), (0, 0), "{totals:?} {:#?}", ran.report.shards);
    assert!(ran.reshaped.len() == 1 && ran.reshaped[0].1.is_none(), "{:?}", ran.reshaped);
    assert_nobody_took_over(&ran, &["node 1", "node 2", "node 3"]);
    assert!(!ran.instances.iter().any(|one| one.name == "node 4"), "it is gone from the window");
    assert!(ran.report.instances.iter().any(|one| one.name == "node 4"), "and not from the report");
}

#[test]
fn three_shards_are_kept() {
    let remove = r#"(at: "200ms", action: RemoveShard, stage: "store", instance: "shards")"#;
    let ran = run(sale("RedisCluster()", SALE, &clicks("1s", 500), remove));
    let failed = ran.reshaped[0].1.as_ref().expect("it is refused");
    assert!(failed.contains("three shards"), "{failed}");
    assert!(ran.report.reshapes[0].error.is_some() && !ran.report.troubles.is_empty());
    assert_sound(&ran);
}

fn killed(full_coverage: bool) -> Ran {
    let kill = r#"(at: "1s", action: Kill, stage: "store", instance: "node 1")"#;
    let cluster = format!("RedisCluster(full_coverage: {full_coverage}, timeout: \"500ms\")");
    let mut topology =
        sale(&cluster, "items: 3_000, stock: 1_000_000, per_buyer_limit: None", &clicks("5s", 2_000), kill);
    topology.workload.audience.item_skew = 0.0;
    let ran = run(topology);
    assert_balanced(&ran);
    assert_each_bucket_balances(&ran);
    assert_shards_add_up(&ran);
    let audit = &ran.report.audit;
    assert_eq!((audit.oversold, audit.duplicates, audit.lost_acknowledged), (0, 0, 0), "{audit:#?}");
    let store = ran.plan.topology.index_of("store").expect("the stage");
    assert_eq!(ran.shards, [(store, 1, None), (store, 1, Some("node 4".to_owned()))], "{:?}", ran.shards);
    assert!(shard(&ran, 1).failed > 100, "{:#?}", ran.report.shards);
    let late: u64 =
        ran.buckets.iter().filter(|bucket| bucket.at.as_millis() > 4_000).map(|one| one.sold).sum();
    assert!(late > 1_000, "the sale goes on: {late}");
    ran
}

#[test]
fn while_one_shard_has_no_master_the_others_answer() {
    let ran = killed(false);
    for number in [2, 3] {
        assert_eq!((shard(&ran, number).failed, shard(&ran, number).indefinite), (0, 0));
    }
}

#[test]
fn with_full_coverage_wanted_all_shards_refuse_until_the_master_is_replaced() {
    let ran = killed(true);
    for number in [2, 3] {
        let shard = shard(&ran, number);
        assert!(shard.cluster_down > 0 && shard.failed == shard.cluster_down, "{shard:?}");
    }
}

#[test]
fn what_makes_no_sense_with_a_cluster_is_refused_with_a_reason() {
    let problems = |stages: &[(&str, &str)], faults: &str| {
        let text = chain_text(stages, SALE, &clicks("1s", 100), "Oversold(at_most: 0)");
        let text = text.replacen("targets: [", &format!("faults: [{faults}], targets: ["), 1);
        let found: Vec<String> =
            parse_topology(&text).problems.iter().map(|one| one.problem.to_string()).collect();
        found.join("\n")
    };
    let with = |queue: &'static str| {
        [
            ("users", "Users()"),
            ("gate", "ReadWriteSplit()"),
            ("store", "RedisCluster()"),
            ("orders", queue),
            ("database", "Database()"),
            ("control", "DataControl()"),
        ]
    };
    let sound = r#"(at: "1ms", action: RemoveShard, stage: "store", instance: "shards"), (at: "1ms", action: Pause, stage: "store", instance: "node 6")"#;
    assert_eq!(problems(&with("Queue()"), sound), "");
    for (queue, fault, reason) in [
        ("Queue(on: \"store\")", "", "which is a Redis Cluster"),
        ("Queue()", r#"(action: AddShard, stage: "gate")"#, "it is a Redis process with data"),
        ("Queue()", r#"(stage: "store")"#, "has no instance \"master\""),
        ("Queue()", r#"(stage: "store", instance: "node 7")"#, "has no instance \"node 7\""),
        (
            "Queue()",
            r#"(action: CutLink, stage: "store", instance: "node 1")"#,
            "have no link that could be cut",
        ),
    ] {
        let found = problems(&with(queue), fault);
        assert!(found.contains(reason), "{reason}: {found}");
    }
    let two = [("users", "Users()"), ("store", "RedisCluster()"), ("inventory", "MasterReplica()")];
    assert!(problems(&two, "").contains("both hold the inventory"));
}

// ---------------------------------------------------------------- presets

fn preset(name: &str) -> Topology {
    open(&presets().into_iter().find(|path| path.ends_with(name)).expect("the preset is there"))
}

fn assert_all_facts_hold(ran: &Ran) {
    let missed: Vec<_> =
        ran.report.targets.iter().filter(|target| target.is_fact && target.holds != Some(true)).collect();
    assert!(missed.is_empty(), "{missed:#?} {:#?}", ran.report.shards);
}

#[test]
fn the_preset_of_scale_out_grows_and_nobody_is_turned_away() {
    let ran = run(preset("cluster-scale-out.ron"));
    assert_balanced(&ran);
    assert_all_facts_hold(&ran);
    assert!(ran.reshaped.len() == 1 && ran.reshaped[0].1.is_none(), "{:?}", ran.reshaped);
    assert_eq!((ran.report.totals.failed, ran.report.totals.indefinite), (0, 0));
}

#[test]
fn the_preset_of_failover_replaces_its_master_and_two_thirds_go_on() {
    let ran = run(preset("cluster-failover.ron"));
    assert_balanced(&ran);
    assert_all_facts_hold(&ran);
    assert!(shard(&ran, 1).failed > 0, "{:#?}", ran.report.shards);
    assert_eq!((shard(&ran, 2).failed, shard(&ran, 3).failed), (0, 0), "{:#?}", ran.report.shards);
    let first = ran.report.instances.iter().find(|one| one.name == "node 1").expect("it is watched");
    assert_eq!(first.role, Role::Replica, "it came back behind its successor");
}
