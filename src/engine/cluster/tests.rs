//! The slot of a key, and the routed client, against a real cluster.

use std::sync::Arc;
use std::time::Duration;

use redis::aio::MultiplexedConnection;
use redis::{Cmd, FromRedisValue, Pipeline};

use super::super::order::Order;
use super::super::redis_link::{Connection, LinkSettings, Resolver};
use super::super::stock::StockForm;
use super::client::Client;
use super::holder::{Holder, Place};
use super::names::{Names, slot_of_item};
use super::routes::Routes;
use super::slot::slot_of;
use crate::servers::{Cluster, ClusterSettings, NodeSettings, RedisNode, RunFolder, find};

const ITEMS: u32 = 300;

async fn ask<T: FromRedisValue>(line: &mut MultiplexedConnection, words: &[&str]) -> T {
    redis::cmd(words[0]).arg(&words[1..]).query_async(line).await.expect("an answer")
}

#[tokio::test(flavor = "multi_thread")]
async fn slots_are_the_servers_and_a_client_finds_what_has_moved_or_is_on_its_way() {
    let binary = find(None, &|_| {}).expect("a server program");
    let folder = RunFolder::create().expect("a folder");
    let settings = ClusterSettings { replica_count: 0, ..ClusterSettings::new("routes") };
    let cluster = Cluster::start(&binary, &folder, settings, &|_| {}).await.expect("a cluster");
    let members = cluster.members();
    let connect = async |place: usize| {
        LinkSettings::new(Duration::from_secs(5)).connect(members[place].endpoint).await.expect("a line")
    };
    let mut lines = [connect(0).await, connect(1).await, connect(2).await];

    let odd = ["", "{}", "{a}b", "a{b}{c}", "{{a}}", "a}b{c", "goods:{7}", "秒杀:{库存}"];
    for key in odd.into_iter().map(str::to_owned).chain((0..500).map(|number| format!("key:{number}"))) {
        let slot: u16 = ask(&mut lines[0], &["CLUSTER", "KEYSLOT", &key]).await;
        assert_eq!(slot_of(&key), slot, "{key:?}");
    }

    let routes = Arc::new(Routes::new(cluster.views_at_start()));
    let client = Client::new(routes.clone(), Duration::from_secs(5));
    let command = |item, words: &[&str]| (item, redis::cmd(words[0]).arg(&words[1..]).to_owned());
    let set: Vec<(u32, Cmd)> = (0..ITEMS)
        .map(|item| command(item, &["SET", &Names::Tagged.page().of(item), &item.to_string()]))
        .collect();
    let get: Vec<(u32, Cmd)> =
        (0..ITEMS).map(|item| command(item, &["GET", &Names::Tagged.page().of(item)])).collect();
    client.query::<String>(&set).await.expect("they are set");
    let all: Vec<u32> = (0..ITEMS).collect();
    assert_eq!(client.query::<u32>(&get).await.expect("they are found"), all);

    // A product of the first shard goes to the second one, by hand: its key first, its slot later.
    let item = (0..ITEMS).find(|&item| slot_of_item(item) < 5_000).expect("a product of the first shard");
    let slot = slot_of_item(item).to_string();
    let (from, to) = (&members[0], &members[1]);
    ask::<()>(&mut lines[1], &["CLUSTER", "SETSLOT", &slot, "IMPORTING", &from.id]).await;
    ask::<()>(&mut lines[0], &["CLUSTER", "SETSLOT", &slot, "MIGRATING", &to.id]).await;
    let (port, key) = (to.endpoint.port.to_string(), Names::Tagged.page().of(item));
    ask::<redis::Value>(&mut lines[0], &["MIGRATE", "127.0.0.1", &port, &key, "0", "5000"]).await;
    assert_eq!(client.query::<u32>(&get).await.expect("ASK is followed"), all);
    assert_eq!(routes.map().owner(slot_of_item(item)), Some(from.endpoint), "an ASK changes no map");
    for line in &mut lines[..2] {
        ask::<()>(line, &["CLUSTER", "SETSLOT", &slot, "NODE", &to.id]).await;
    }
    assert_eq!(client.query::<u32>(&get).await.expect("MOVED is followed"), all);
    assert_eq!(routes.map().owner(slot_of_item(item)), Some(to.endpoint), "a MOVED does");
    let rest = Arc::new(Routes::new(cluster.views_at_start()));
    rest.look().await;
    assert_eq!(rest.map().owner(slot_of_item(item)), Some(to.endpoint), "and so does looking");
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_are_read_to_the_last_one_however_many_a_product_has() {
    let binary = find(None, &|_| {}).expect("a server program");
    let folder = RunFolder::create().expect("a folder");
    let node = RedisNode::start(&binary, &folder, NodeSettings::new("orders")).await.expect("a server");
    let settings = LinkSettings::new(Duration::from_secs(20));
    let place = Place::Master(Connection::new(Resolver::Fixed(node.endpoint()), settings));
    let holder = Holder { place, form: StockForm::Booked };
    let order = |id: u64, item| Order { id, item, claimant: id * 3, units: 2, accepted_ns: id };
    // One product has most of them, some have few, many have none.
    let all: Vec<Order> = (0..150_000)
        .map(|id| order(id, if id % 100 == 0 { u32::try_from(id % 170).unwrap() } else { 7 }))
        .collect();
    for part in all.chunks(10_000) {
        let mut pipeline = Pipeline::with_capacity(part.len());
        for order in part {
            let key = Names::Plain.orders().of(order.item);
            pipeline.cmd("HSET").arg(key).arg(order.id).arg(order.to_string()).ignore();
        }
        let Place::Master(connection) = &holder.place else { unreachable!() };
        connection.query::<()>(&pipeline).await.expect("they are written");
    }
    let mut found = holder.orders(0..170).await.expect("they are read");
    found.sort_unstable_by_key(|order| order.id);
    assert!(found == all, "{} of {}", found.len(), all.len());
}
