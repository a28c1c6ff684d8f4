//! What a real cluster says of claims whose keys lie on two nodes.

use std::collections::BTreeMap;
use std::time::Instant;

use redis::FromRedisValue;
use redis::aio::MultiplexedConnection;

use super::super::super::order::Order;
use super::super::super::redis_link::LinkSettings;
use super::super::testing::{ITEMS, claims, core};
use super::*;
use crate::servers::cluster::Member;
use crate::servers::{Cluster, ClusterSettings, RunFolder, find};

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);
const ITEM: u32 = 1;
const CLAIMS: u64 = 3;

async fn ask<T: FromRedisValue>(line: &mut MultiplexedConnection, words: &[&str]) -> T {
    redis::cmd(words[0]).arg(&words[1..]).query_async(line).await.expect("an answer")
}

async fn until(what: &str, mut look: impl FnMut() -> bool) {
    let started_at = Instant::now();
    let mut looks = tokio::time::interval(MOMENT);
    while !look() {
        assert!(started_at.elapsed() < PATIENCE, "waited {PATIENCE:?} in vain: {what}");
        looks.tick().await;
    }
}

/// A node with a line to it.
struct End {
    member: Member,
    line: MultiplexedConnection,
}

impl End {
    async fn new(member: &Member) -> Self {
        let line = LinkSettings::new(PATIENCE).connect(member.endpoint).await.expect("a line");
        Self { member: member.clone(), line }
    }

    async fn set_slot(&mut self, slot: &str, what: &str, other: &Member) {
        ask::<()>(&mut self.line, &["CLUSTER", "SETSLOT", slot, what, &other.id]).await;
    }

    async fn migrate(&mut self, key: &str, to: &Member) {
        let port = to.endpoint.port.to_string();
        ask::<()>(&mut self.line, &["MIGRATE", "127.0.0.1", &port, key, "0", "5000"]).await;
    }
}

/// A stage that keeps its orders, with everything that works for it.
fn start(core: Arc<Core>, routes: Arc<Routes>, counts: Counts) -> (Arc<ClusterStage>, JoinSet<()>) {
    let (stage, lanes) = ClusterStage::new(ClusterWiring {
        core,
        next: None,
        owns_reads: true,
        per_buyer_limit: Some(1),
        keeps_orders: true,
        passes_events: false,
        items: ITEMS,
        routes,
        counts,
        shape: LaneShape::pipelined(1, 2, 100, PATIENCE),
        timeout: PATIENCE,
    });
    let mut tasks = JoinSet::new();
    for (node, lane) in lanes {
        tasks.spawn(stage.clone().work(node, lane));
    }
    tasks.spawn(stage.clone().keep());
    (stage, tasks)
}

#[tokio::test(flavor = "multi_thread")]
async fn claims_whose_keys_lie_on_two_nodes_are_put_off_and_decided_once() {
    let binary = find(None, &|_| {}).expect("a server program");
    let folder = RunFolder::create().expect("a folder");
    let settings = ClusterSettings { replica_count: 0, ..ClusterSettings::new("halves") };
    let cluster = Cluster::start(&binary, &folder, settings, &|_| {}).await.expect("a cluster");
    let routes = Routes::new(cluster.views_at_start());
    let owner = routes.map().owner(slot_of_item(ITEM)).expect("an owner");
    let (from, others): (Vec<Member>, Vec<Member>) =
        cluster.members().into_iter().partition(|member| member.endpoint == owner);
    let (mut from, mut to) = (End::new(&from[0]).await, End::new(&others[0]).await);
    let (names, slot) = (Names::Tagged, slot_of_item(ITEM).to_string());
    let (goods, buyers, orders) = (names.goods().of(ITEM), names.buyers().of(ITEM), names.orders().of(ITEM));
    ask::<()>(&mut from.line, &["HSET", &goods, "Total", "10", "Booked", "1"]).await;
    ask::<()>(&mut from.line, &["HSET", &buyers, "99", "1"]).await;

    let (core, counts) = (core(), Counts::default());
    let (stage, _tasks) = start(core.clone(), Arc::new(routes), counts.clone());
    let put_off =
        |end: &End| counts.of(end.member.endpoint).put_off.load(std::sync::atomic::Ordering::Relaxed);
    let tally = || core.book().tally();

    // The goods go over and the buyers stay: the giver can't decide, and the receiver is not asked.
    to.set_slot(&slot, "IMPORTING", &from.member).await;
    from.set_slot(&slot, "MIGRATING", &to.member).await;
    from.migrate(&goods, &to.member).await;
    stage.take(claims(ITEM, CLAIMS));
    until("each is put off again and again", || put_off(&from) >= 3 * CLAIMS).await;
    assert_eq!((tally().arrivals, tally().ended(), put_off(&to)), (CLAIMS, 0, 0));

    // The buyers go too. There are no orders yet, which might still be with the giver: now the receiver can't decide.
    from.migrate(&buyers, &to.member).await;
    until("the receiver puts them off", || put_off(&to) >= CLAIMS).await;
    assert!(counts.of(from.member.endpoint).asked.load(std::sync::atomic::Ordering::Relaxed) >= CLAIMS);
    assert_eq!(tally().ended(), 0, "nobody was told anything");
    let keys: u64 = ask(&mut to.line, &["CLUSTER", "COUNTKEYSINSLOT", &slot]).await;
    assert_eq!(keys, 2, "goods and buyers, and no order");

    // The slot has come. Each claim is decided, once.
    to.set_slot(&slot, "NODE", &to.member.clone()).await;
    from.set_slot(&slot, "NODE", &to.member).await;
    until("they are decided", || tally().ended() == CLAIMS).await;
    assert_eq!((tally().sold, tally().failed, tally().in_flight()), (CLAIMS, 0, 0));
    let stock: BTreeMap<String, u64> = ask(&mut to.line, &["HGETALL", &goods]).await;
    assert_eq!((stock["Total"], stock["Booked"]), (10, 1 + CLAIMS));
    let bought: BTreeMap<u64, u64> = ask(&mut to.line, &["HGETALL", &buyers]).await;
    assert_eq!(bought, BTreeMap::from([(0, 1), (1, 1), (2, 1), (99, 1)]));
    let kept: BTreeMap<u64, String> = ask(&mut to.line, &["HGETALL", &orders]).await;
    assert!(kept.keys().copied().eq(0..CLAIMS) && kept.values().all(|text| Order::parse(text).is_some()));
}
