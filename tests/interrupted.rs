//! Slots whose move from one node to another is interrupted midway, on real servers: it is resumed, or given up in good order,
//! and said either way.

mod common;

use std::sync::Mutex;
use std::time::Duration;

use common::servers::{block_on, line, server, until};
use common::{assert_balanced, assert_each_bucket_balances, chain_text, parse, run, slot_of_tag};
use redis::RedisResult;
use seckill_lab::servers::cluster::{NodeView, Reshaped, view};
use seckill_lab::servers::{Cluster, ClusterError, ClusterSettings, Endpoint, Restart, RunFolder};
use seckill_lab::topology::stage::{Persistence, SlotMoving};

/// Keys in the slot that is to be caught in the middle; they go over by hundreds.
const HOT_KEYS: usize = 20_000;
/// When the new node has this many keys, it is struck: more than all others of its share.
const GONE: usize = 1_500;
/// The node that comes, where the others have no replicas.
const NEW: &str = "node 4";

/// Three masters with keys; most lie in one slot, which is among the first to go when a fourth one comes.
struct Store {
    cluster: Cluster,
    /// The master that comes.
    new: String,
    hot: u16,
    /// Keys, each with its slot.
    keys: Vec<(String, u16)>,
    troubles: Mutex<Vec<String>>,
    _folder: RunFolder,
}

impl Store {
    async fn start(replica_count: usize) -> Self {
        let folder = RunFolder::create().expect("a folder");
        let settings = ClusterSettings {
            replica_count,
            // On a busy machine a node may be silent for a moment.
            node_timeout: Duration::from_secs(3),
            full_coverage: false,
            slots_move: SlotMoving::KeyByKey,
            persistence: Persistence::AofAlways,
            ..ClusterSettings::new("store")
        };
        let cluster = Cluster::start(&server(), &folder, settings, &|_| {}).await.expect("a cluster");
        let is_early = |tag: &String| (4_096..4_196).contains(&slot_of_tag(tag));
        let tag = (0..100_000).map(|number: u32| number.to_string()).find(is_early).expect("some tag is");
        let hot = (0..HOT_KEYS).map(|number| format!("hot:{{{tag}}}:{number}"));
        let keys = hot.map(|key| (key, slot_of_tag(&tag)));
        let others = (0..3_000).map(|tag| (format!("goods:{{{tag}}}"), slot_of_tag(&tag.to_string())));
        let keys = keys.chain(others).collect();
        let new = format!("node {}", 3 * (replica_count + 1) + 1);
        let (hot, troubles) = (slot_of_tag(&tag), Mutex::default());
        let store = Self { cluster, new, hot, keys, troubles, _folder: folder };
        store.all("SET").await;
        store
    }

    fn endpoint(&self, node: &str) -> Option<Endpoint> {
        self.cluster.members().iter().find(|member| member.name() == node).map(|member| member.endpoint)
    }

    async fn nodes(&self) -> Vec<NodeView> {
        view::parse(&nodes_text(self.endpoint("node 3").expect("it is there")).await)
    }

    /// The nodes, once each master that lives has as its own what the third node says of it: news of slots travels by gossip.
    async fn agreed_nodes(&self) -> Vec<NodeView> {
        let mut agreed = Vec::new();
        until("the nodes agree on their slots", async || {
            agreed = self.nodes().await;
            for node in agreed.iter().filter(|node| node.is_well && node.is_master) {
                if own_view(&nodes_text(node.endpoint).await).slots != node.slots {
                    return false;
                }
            }
            true
        })
        .await;
        agreed
    }

    async fn owner_of_hot(&self) -> Option<Endpoint> {
        self.nodes().await.into_iter().find(|node| node.owns(self.hot)).map(|node| node.endpoint)
    }

    /// Asserts that each slot has an owner that lives, with every key.
    async fn assert_complete(&self) {
        let answers = self.all("GET").await;
        assert_eq!(answers.len(), self.keys.len(), "each slot has an owner that lives");
        assert!(answers.iter().all(|(key, _, value)| value.as_deref() == Some(key)), "a key is missing");
    }

    /// Asks the owner of each key, if it lives; a redirection is a failure. Answers keys with their values.
    async fn all(&self, command: &str) -> Vec<(&str, u16, Option<String>)> {
        let mut answers = Vec::new();
        for node in self.agreed_nodes().await.into_iter().filter(|node| node.is_well) {
            let keys: Vec<&(String, u16)> = self.keys.iter().filter(|(_, slot)| node.owns(*slot)).collect();
            if keys.is_empty() {
                continue;
            }
            let mut pipeline = redis::Pipeline::with_capacity(keys.len());
            for (key, _) in &keys {
                let asked = pipeline.cmd(command).arg(key);
                if command == "SET" {
                    asked.arg(key);
                }
            }
            let mut line = line(node.endpoint).await;
            let values: RedisResult<Vec<Option<String>>> = pipeline.query_async(&mut line).await;
            let values = values.map_err(|error| error.code().map(str::to_owned)).expect("they are served");
            answers.extend(
                keys.into_iter().zip(values).map(|((key, slot), value)| (key.as_str(), *slot, value)),
            );
        }
        answers
    }

    /// Lets a shard come, and does something to it when the hot slot is in the middle.
    async fn add_shard(&self, strike: impl AsyncFnOnce()) -> Result<Reshaped, ClusterError> {
        let trouble = |text: &str| self.troubles.lock().expect("it is whole").push(text.to_owned());
        let midway = async {
            until("keys of the hot slot go over", async || {
                let Some(endpoint) = self.endpoint(&self.new) else { return false };
                let size = redis::cmd("DBSIZE").query_async::<usize>(&mut line(endpoint).await).await;
                size.is_ok_and(|size| size >= GONE)
            })
            .await;
            strike().await;
        };
        tokio::join!(self.cluster.add_shard(|_| {}, &|_| {}, &trouble), midway).0
    }

    fn told(&self) -> Vec<String> {
        self.troubles.lock().expect("it is whole").clone()
    }

    async fn until_told(&self) {
        until("it is told", async || !self.told().is_empty()).await;
    }

    /// Asserts that no node that lives has a slot on its way, and that each has the keys of its slots and no others.
    async fn assert_in_order(&self, living: &[&str]) {
        for node in living {
            let endpoint = self.endpoint(node).expect("it is there");
            let text = nodes_text(endpoint).await;
            assert!(!text.contains("->-") && !text.contains("-<-"), "{node} has slots on their way: {text}");
            let own = own_view(&text);
            let size = redis::cmd("DBSIZE").query_async::<usize>(&mut line(endpoint).await).await;
            let size = size.expect("a size");
            let most = self.keys.iter().filter(|(_, slot)| own.owns(*slot)).count();
            let is_complete = living.len() == 4;
            assert!(if is_complete { size == most } else { size <= most }, "{node}: {size} of {most}");
        }
    }
}

async fn nodes_text(endpoint: Endpoint) -> String {
    let nodes = redis::cmd("CLUSTER").arg("NODES").to_owned();
    nodes.query_async(&mut line(endpoint).await).await.expect("an answer")
}

/// What a node says of itself.
fn own_view(text: &str) -> NodeView {
    let is_own =
        |view: &NodeView| text.lines().any(|line| line.starts_with(&view.id) && line.contains("myself"));
    view::parse(text).into_iter().find(is_own).expect("itself")
}

fn with_store(replica_count: usize, test: impl AsyncFnOnce(Store)) {
    block_on(async { test(Store::start(replica_count).await).await });
}

const ALL: [&str; 4] = ["node 1", "node 2", "node 3", NEW];

/// Asserts that the shard came all the same, with every key, and that it was told what happened.
async fn assert_resumed(store: &Store, done: Result<Reshaped, ClusterError>, masters: [&str; 4]) {
    let done = done.expect("it comes all the same");
    assert_eq!((done.slots, done.way), (4_096, SlotMoving::KeyByKey));
    store.assert_in_order(&masters).await;
    store.assert_complete().await;
    assert_eq!(store.owner_of_hot().await, store.endpoint(&store.new), "the hot slot has moved");
    let told = store.told();
    assert!(
        told[0].contains(&format!("128 slots on their way from node 1 to {} were interrupted", store.new)),
        "{told:?}"
    );
    assert!(
        told.iter().any(|text| text.contains(&format!("were resumed, and have come to {}", store.new))),
        "{told:?}"
    );
}

/// A node dies while slots move, and comes back once that was told.
fn dies_and_comes_back(node: &str) {
    with_store(0, async |store| {
        let done = store
            .add_shard(async || {
                store.cluster.node(node).await.expect("it is there").kill();
                store.until_told().await;
                let mut node = store.cluster.node(node).await.expect("it is there");
                node.restart(Restart::AsBefore).await.expect("it comes back with its files");
            })
            .await;
        assert_resumed(&store, done, ALL).await;
    });
}

#[test]
fn a_receiver_that_dies_and_comes_back_gets_the_rest() {
    dies_and_comes_back(NEW);
}

#[test]
fn a_giver_that_dies_and_comes_back_gives_the_rest() {
    dies_and_comes_back("node 1");
}

#[test]
fn a_receiver_that_stands_still_until_keys_time_out_gets_the_rest() {
    with_store(0, async |store| {
        let done = store
            .add_shard(async || {
                store.cluster.node(NEW).await.expect("it is there").pause().expect("it stands still");
                store.until_told().await;
                store.cluster.node(NEW).await.expect("it is there").resume().expect("it goes on");
            })
            .await;
        assert_resumed(&store, done, ALL).await;
    });
}

#[test]
fn the_successor_of_a_giver_that_dies_gives_the_rest() {
    with_store(1, async |store| {
        let done = store
            .add_shard(async || {
                store.cluster.node("node 1").await.expect("it is there").kill();
                let successor = store.endpoint("node 4").expect("its replica");
                until("its replica is master", async || {
                    let nodes = store.nodes().await;
                    nodes.iter().any(|node| node.endpoint == successor && node.is_master)
                })
                .await;
                let mut node = store.cluster.node("node 1").await.expect("it is there");
                node.restart(Restart::AsBefore).await.expect("it comes back");
            })
            .await;
        assert_resumed(&store, done, ["node 4", "node 2", "node 3", "node 7"]).await;
    });
}

#[test]
fn slots_of_a_receiver_that_stays_dead_stay_with_the_giver_and_are_served_there() {
    with_store(0, async |store| {
        let failed = store
            .add_shard(async || store.cluster.node(NEW).await.expect("it is there").kill())
            .await
            .expect_err("it can't come")
            .to_string();
        assert!(failed.contains(" s: they stay with node 1"), "{failed}");
        assert!(store.told()[0].contains("were interrupted"), "{:?}", store.told());
        store.assert_in_order(&ALL[..3]).await;
        // None of these is redirected. What had gone over is gone with the node that has it.
        let answers = store.all("GET").await;
        assert!(answers.len() > HOT_KEYS && answers.iter().any(|(_, slot, _)| *slot == store.hot));
        let missing: Vec<_> = answers.iter().filter(|(.., value)| value.is_none()).collect();
        assert!((100..HOT_KEYS).contains(&missing.len()), "{}", missing.len());
        assert!(missing.iter().all(|(_, slot, _)| (4_096..4_224).contains(slot)), "only of the group");
        store.all("SET").await;
    });
}

#[test]
fn a_receiver_that_refuses_keys_gives_those_of_a_half_moved_slot_back() {
    with_store(0, async |store| {
        let failed = store
            .add_shard(async || {
                let mut new = line(store.endpoint(NEW).expect("it is there")).await;
                let full = redis::cmd("CONFIG").arg(&["SET", "maxmemory", "1"]).to_owned();
                full.query_async::<()>(&mut new).await.expect("it is full");
            })
            .await
            .expect_err("it can't have them")
            .to_string();
        assert!(failed.contains("OOM") && failed.contains("; given up after 2"), "{failed}");
        store.assert_in_order(&ALL).await;
        store.assert_complete().await;
        assert_eq!(store.owner_of_hot().await, store.endpoint("node 1"), "it is back");
    });
}

#[test]
fn a_giver_that_is_replaced_during_a_run_is_taken_over_from_and_the_report_says_so() {
    let stages = [
        ("users", "Users()"),
        ("store", "RedisCluster(shards: 4, slots_move: KeyByKey, full_coverage: false, timeout: \"500ms\")"),
        ("control", "DataControl()"),
    ];
    let clicks = r#"(name: "clicks", span: "14s", shape: Constant(rate: 500), spacing: Poisson, mix: (read: 1, claim: 3))"#;
    let sale = "items: 12_000, stock: 1_000_000, per_buyer_limit: None";
    let faults = r#"faults: [(at: "500ms", action: RemoveShard, stage: "store", instance: "shards"),
        (at: "1300ms", action: Kill, stage: "store", instance: "node 4"),
        (at: "6s", action: Restart, stage: "store", instance: "node 4")], targets: ["#;
    let text = chain_text(&stages, sale, clicks, "Oversold(at_most: 0)").replacen("targets: [", faults, 1);
    let mut topology = parse(&text);
    topology.workload.audience.item_skew = 0.0;
    let ran = run(topology);
    assert_balanced(&ran);
    assert_each_bucket_balances(&ran);
    let (reshape, troubles) = (&ran.report.reshapes[0], &ran.report.troubles);
    assert_eq!(
        (reshape.error.as_ref(), reshape.slots, reshape.is_atomic),
        (None, 4_096, false),
        "{reshape:?}"
    );
    let says = |what: &str| troubles.iter().any(|text| text.starts_with("store: ") && text.contains(what));
    assert!(says("slots on their way from node 4 to node") && says("were interrupted"), "{troubles:?}");
    assert!(says("were resumed, and have come to node"), "{troubles:?}");
    let audit = &ran.report.audit;
    assert!(audit.audited && audit.oversold == 0, "{audit:#?}");
    let kept = audit.places.inventory_orders.expect("the shards keep them");
    assert_eq!(
        kept + audit.lost_acknowledged,
        audit.places.ledger_orders + audit.unacknowledged_present,
        "{audit:#?}"
    );
    assert!(audit.lost_acknowledged < audit.places.ledger_orders / 20, "{audit:#?}");
}
