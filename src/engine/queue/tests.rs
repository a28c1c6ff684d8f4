//! Crews at queues of every form, against a real server and a real database.

use std::collections::BTreeSet;

use redis::aio::MultiplexedConnection;

use super::super::book::StageBook;
use super::super::clock::Clock;
use super::super::crew::Crew;
use super::super::keys;
use super::super::order::Order;
use super::super::outbox::Outbox;
use super::super::redis_link::{LinkSettings, Resolver};
use super::super::stages::consumer::Equipment;
use super::super::store::Writer;
use super::super::store::schema::{Lookups, Store};
use super::super::trouble::Troubles;
use super::hands::DeathPoint;
use super::*;
use crate::servers::{NodeSettings, RabbitMqServer, RedisNode, RunFolder, find, find_nats, find_rabbitmq};
use crate::topology::stage::{Queue, QueueForm, StreamStorage};

const LOT: u64 = 3_000;
/// The forms that lose nothing.
const SAFE: [QueueForm; 4] =
    [QueueForm::ProcessingList, QueueForm::Stream, QueueForm::JetStream, QueueForm::RabbitMq];
/// Those of them that hand an order out again by time, and push none ahead.
const TIMED: [QueueForm; 3] = [QueueForm::ProcessingList, QueueForm::Stream, QueueForm::JetStream];
/// How long nothing may be heard of a consumer.
const CLAIM_AFTER: Option<Duration> = Some(Duration::from_millis(200));

/// A queue's server and a database, for as long as a test takes.
struct Ground {
    _folder: RunFolder,
    _node: Option<RedisNode>,
    server: Server,
    writer: Writer,
    form: QueueForm,
    pushed: u64,
}

/// The test's own connection.
enum Server {
    Redis(Resolver, MultiplexedConnection),
    JetStream(jetstream::Way, async_nats::jetstream::Context),
    RabbitMq { _server: Box<RabbitMqServer>, way: rabbitmq::Way, line: rabbitmq::Line },
}

impl Ground {
    async fn new(form: QueueForm, claim_after: Option<Duration>) -> Self {
        let folder = RunFolder::create().expect("a folder");
        let lookups = Lookups { unpaid: false, by_buyer: false };
        let store = Store::create(&folder.path().join("orders.sqlite3"), false, lookups).expect("a database");
        let writer = Writer::start(&store, 1).expect("a writer");
        let patience = Duration::from_secs(5);
        let (node, server) = if form.is_in_redis() {
            let binary = find(None, &|_| {}).expect("a server program");
            let node =
                RedisNode::start(&binary, &folder, NodeSettings::new("queue")).await.expect("a server");
            let redis = LinkSettings::new(patience).connect(node.endpoint()).await.expect("a connection");
            let list = Resolver::Fixed(node.endpoint());
            (Some(node), Server::Redis(list, redis))
        } else if form == QueueForm::RabbitMq {
            let binary = find_rabbitmq().expect("a server program");
            let server = RabbitMqServer::start(&binary, &folder, "queue").await.expect("a server");
            let way = rabbitmq::Way { broker: rabbitmq::Broker::own(server.endpoint()), patience };
            way.prepare().await.expect("a queue");
            let line = way.line().await.expect("a connection");
            (None, Server::RabbitMq { _server: Box::new(server), way, line })
        } else {
            let binary = find_nats(&|_| {}).expect("a server program");
            let node = RedisNode::start_nats(&binary, &folder, "queue").await.expect("a server");
            let way = jetstream::Way {
                broker: jetstream::Broker::own(node.endpoint(), StreamStorage::Files),
                patience,
            };
            way.prepare(claim_after).await.expect("a stream");
            let context = way.connect().await.expect("a connection");
            (Some(node), Server::JetStream(way, context))
        };
        Self { _folder: folder, _node: node, server, writer, form, pushed: 0 }
    }

    fn crew(&self, params: Queue) -> Crew {
        let place = match &self.server {
            Server::Redis(list, _) => Place::Redis(list.clone()),
            Server::JetStream(way, _) => Place::JetStream(way.clone()),
            Server::RabbitMq { way, .. } => Place::RabbitMq(way.clone()),
        };
        let equipment = Equipment {
            writer: self.writer.clone(),
            records: None,
            book: std::sync::Arc::<StageBook>::default(),
            clock: Clock::new(),
            troubles: Troubles::new(Outbox::deaf()),
            outbox: Outbox::deaf(),
            queue: "orders".into(),
        };
        Crew::start(place, equipment, &Queue { form: self.form, ..params })
    }

    async fn push(&mut self, count: u64) {
        let ids = self.pushed..self.pushed + count;
        let orders = ids.map(|id| Order { id, item: 0, claimant: id, units: 1, accepted_ns: 0 });
        match &mut self.server {
            Server::Redis(_, redis) => {
                let mut pushes = redis::pipe();
                for order in orders.map(|order| order.to_string()) {
                    let push = if self.form == QueueForm::Stream {
                        pushes.cmd("XADD").arg(keys::ORDER_STREAM).arg("*").arg("order").arg(order)
                    } else {
                        pushes.cmd("LPUSH").arg(keys::ORDER_LIST).arg(order)
                    };
                    push.ignore();
                }
                pushes.query_async::<()>(redis).await.expect("they are pushed");
            }
            Server::JetStream(way, context) => {
                let told = way.publish(context, orders.map(|order| order.to_string()).collect()).await;
                assert!(told.iter().all(|told| *told == Told::Kept), "they are stored");
            }
            Server::RabbitMq { way, line, .. } => {
                let told = way.publish(line, orders.map(|order| order.to_string()).collect()).await;
                assert!(told.iter().all(|told| *told == Told::Kept), "they are stored");
            }
        }
        self.pushed += count;
    }

    /// What is in the queue, wherever.
    async fn depth(&mut self, crew: &Crew) -> u64 {
        match &mut self.server {
            Server::Redis(_, redis) => {
                let lengths = look::lengths(self.form, crew.view().identities.get());
                let lengths: Vec<u64> = lengths.query_async(redis).await.expect("lengths");
                lengths.iter().sum()
            }
            Server::JetStream(way, context) => way.depth(context).await.expect("a depth"),
            Server::RabbitMq { way, line, .. } => way.depth(line).await.expect("a depth"),
        }
    }

    async fn empty(&mut self, crew: &Crew) {
        while self.depth(crew).await > 0 || self.is_on_its_way().await {
            tokio::task::yield_now().await;
        }
    }

    /// At RabbitMQ, what the server has pushed and the consumer not yet got is seen nowhere, however long that takes on a busy machine.
    async fn is_on_its_way(&self) -> bool {
        self.form == QueueForm::RabbitMq && (self.written().await.len() as u64) < self.pushed
    }

    /// The ids in the database, each of which is there once.
    async fn written(&self) -> BTreeSet<u64> {
        let orders = self.writer.contents().await.expect("contents").orders;
        let ids: BTreeSet<u64> = orders.iter().map(|(order, _)| order.id).collect();
        assert_eq!(ids.len(), orders.len(), "each once");
        ids
    }

    /// Waits until so many consumers have died.
    async fn dead(&self, crew: &Crew, deaths: u64) {
        while crew.totals().deaths < deaths {
            tokio::task::yield_now().await;
        }
    }
}

fn params(consumers: u32, batch: u32) -> Queue {
    Queue { consumers, batch, claim_after: CLAIM_AFTER, timeout: Duration::from_secs(5), ..Queue::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn more_and_fewer_consumers_lose_no_order_and_leave_none_in_their_hands() {
    for form in QueueForm::ALL.iter().copied() {
        let mut ground = Ground::new(form, CLAIM_AFTER).await;
        let mut crew = ground.crew(params(2, 7));
        for (consumers, batch) in [(6, 5), (1, 50), (3, 2), (2, 100), (6, 9), (1, 11)] {
            ground.push(LOT).await;
            // In the midst of it, whatever they have in their hands.
            crew.tune(&params(consumers, batch));
        }
        ground.empty(&crew).await;
        assert_eq!(crew.view().identities.get(), 6);
        if let (QueueForm::ProcessingList, Server::Redis(_, redis)) = (form, &mut ground.server) {
            // What a failover brings back to the list of one who is no longer wanted is found too.
            let late = Order { id: ground.pushed, item: 0, claimant: 0, units: 1, accepted_ns: 0 };
            let back = redis::cmd("RPUSH").arg(keys::processing(5)).arg(late.to_string()).to_owned();
            back.query_async::<()>(redis).await.expect("it is pushed");
            ground.pushed += 1;
            ground.empty(&crew).await;
        }
        crew.end().await;
        assert_eq!(ground.written().await, (0..ground.pushed).collect(), "{form:?}");
        assert_eq!(crew.totals().deaths, 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn consumers_that_die_wherever_they_are_lose_no_order_and_write_none_twice() {
    for form in SAFE {
        let mut ground = Ground::new(form, CLAIM_AFTER).await;
        let mut crew = ground.crew(params(1, 7));
        for death in 1..=8 {
            let before = ground.written().await.len();
            ground.push(500).await;
            while ground.written().await.len() < before + 100 {
                tokio::task::yield_now().await;
            }
            crew.kill(0).await;
            // Now and then another one, which has to wait for what the dead one had.
            if death % 2 == 0 {
                crew.replace(0)
            } else {
                crew.restart(0)
            };
        }
        ground.empty(&crew).await;
        crew.end().await;
        assert_eq!(ground.written().await, (0..ground.pushed).collect(), "{form:?}");
        assert_eq!(crew.totals().deaths, 8);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_consumer_died_with_is_delivered_again_and_written_once() {
    for form in TIMED {
        for (point, comes_back) in [DeathPoint::Taken, DeathPoint::Written]
            .into_iter()
            .flat_map(|point| [(point, true), (point, false)])
        {
            let mut ground = Ground::new(form, CLAIM_AFTER).await;
            let mut crew = ground.crew(params(1, 10));
            assert!(crew.doom(0, point) && !crew.doom(1, point));
            ground.push(10).await;
            ground.dead(&crew, 1).await;
            let written = ground.written().await.len();
            assert_eq!(written > 0, point == DeathPoint::Written, "{form:?}");
            // It comes back under its own name, or another one takes over what it had.
            if comes_back {
                crew.restart(0)
            } else {
                crew.replace(0)
            };
            ground.empty(&crew).await;
            crew.end().await;
            assert_eq!(ground.written().await, (0..10).collect(), "{form:?}");
            let totals = crew.totals();
            let held = totals.died_unwritten + totals.died_unacknowledged;
            assert!(held > 0 && (totals.died_unwritten > 0) == (point == DeathPoint::Taken), "{totals:?}");
            assert_eq!((totals.deaths, totals.redelivered), (1, held), "{form:?} {totals:?}");
            assert_eq!(totals.ignored, totals.died_unacknowledged, "{form:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_popped_order_dies_with_its_consumer() {
    for (point, lost) in [(DeathPoint::Taken, true), (DeathPoint::Written, false)] {
        let mut ground = Ground::new(QueueForm::List, CLAIM_AFTER).await;
        ground.push(10).await;
        let mut crew = ground.crew(params(1, 10));
        crew.doom(0, point);
        ground.push(10).await;
        ground.dead(&crew, 1).await;
        assert_eq!(crew.view().counts.in_hands(), 0);
        crew.restart(0);
        ground.empty(&crew).await;
        crew.end().await;
        let (totals, written) = (crew.totals(), ground.written().await.len() as u64);
        assert_eq!(ground.pushed - written, totals.died_unwritten);
        assert_eq!(totals.died_unwritten > 0, lost);
        assert_eq!((totals.redelivered, totals.ignored), (0, 0));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_takes_over_where_nobody_is_to_until_the_drain() {
    for form in TIMED {
        let mut ground = Ground::new(form, None).await;
        let mut crew = ground.crew(Queue { claim_after: None, ..params(1, 10) });
        crew.doom(0, DeathPoint::Taken);
        ground.push(20).await;
        ground.dead(&crew, 1).await;
        let held = crew.totals().died_unwritten;
        crew.replace(0);
        ground.push(5).await;
        while ground.depth(&crew).await > held {
            tokio::task::yield_now().await;
        }
        assert!(held > 0 && ground.written().await.len() as u64 == ground.pushed - held);
        crew.mend();
        ground.empty(&crew).await;
        crew.end().await;
        assert_eq!(ground.written().await, (0..ground.pushed).collect(), "{form:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rabbitmq_delivers_again_at_once_what_went_over_the_connection_of_a_dead_consumer() {
    let mut ground = Ground::new(QueueForm::RabbitMq, None).await;
    for (deaths, point) in [(1, DeathPoint::Taken), (2, DeathPoint::Written)] {
        let mut crew = ground.crew(Queue { claim_after: None, ..params(1, 10) });
        assert!(crew.doom(0, point));
        ground.push(10).await;
        ground.dead(&crew, 1).await;
        crew.replace(0);
        ground.empty(&crew).await;
        crew.end().await;
        assert_eq!(ground.written().await, (0..10 * deaths).collect(), "{point:?}");
        let totals = crew.totals();
        let held = totals.died_unwritten + totals.died_unacknowledged;
        // What was pushed ahead and never looked at is delivered again too.
        assert!(held > 0 && totals.redelivered >= held && totals.redelivered <= 10, "{totals:?}");
        assert_eq!(totals.ignored, totals.died_unacknowledged);
        // Looking waits until the server knows that the crew is gone; until then it would push to it what comes next, and again to
        // the next crew.
        let Server::RabbitMq { way, .. } = &ground.server else { unreachable!("this is RabbitMQ") };
        assert!(way.contents().await.expect("contents").is_empty());
    }
    ground.push(3).await;
    let Server::RabbitMq { way, .. } = &ground.server else { unreachable!("this is RabbitMQ") };
    for _ in 0..2 {
        // Who looks takes nothing away.
        assert_eq!(way.contents().await.expect("contents").len(), 3);
    }
}
