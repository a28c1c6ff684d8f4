//! Stages: what can be drawn, and the parameters of each kind.
//!
//! - `failover`: what decides about a failover, on a laptop and in production.

mod failover;

use std::time::Duration;

use serde::Serialize;

use crate::param::{choices, kinds, params};

choices! {
    /// How a load balancer picks the next service instance.
    pub enum BalancePolicy {
        /// One after the other.
        RoundRobin,
        /// By lot, from the run's seed.
        Random,
        /// The instance with the fewest requests not yet answered.
        LeastOutstanding,
    }

    /// Which replica answers a read.
    pub enum ReadPolicy {
        /// One replica after the other.
        RoundRobin,
        /// A replica by lot, from the run's seed.
        Random,
        /// The replica with the fewest reads not yet answered.
        LeastOutstanding,
        /// The replica that is least behind the master; one after the other among those that are alike.
        LeastLag,
        /// The master itself; the replicas stand by.
        Master,
    }

    /// Whom replicas copy from.
    pub enum Shape {
        /// Each from the master.
        Star,
        /// Each from the one before it, the first one from the master.
        Chain,
    }

    /// What becomes of a read that no process of the cache answers.
    pub enum ReadsWithoutCache {
        /// It fails.
        Failed,
        /// It goes on to the stages behind, as in a service that asks the database where its cache fails.
        PassedOn,
    }

    /// Which count of the orders let in closes the gate.
    pub enum GateCount {
        /// The one with which the master answers when it counts an order.
        OnMaster,
        /// The one that a replica has when a claim is checked, as old as the replica is behind: real projects did so to spare the master.
        OnReplica,
    }

    /// What survives a crash of a Redis process.
    pub enum Persistence {
        /// Nothing is written to disk.
        None,
        /// A snapshot each second in which something changed (`save 1 1`).
        Rdb,
        /// Append-only file, synced once a second.
        AofEverysec,
        /// Append-only file, synced before each answer.
        AofAlways,
    }

    /// What a queue is made of, and so what becomes of the orders of a consumer that dies.
    pub enum QueueForm {
        /// A Redis list from which orders are popped without acknowledgement: what a dead consumer had in its hands is lost.
        List,
        /// A Redis list with a processing list for each consumer, which an order leaves once it is written.
        ProcessingList,
        /// A Redis stream with a consumer group: an order is handed to another consumer if it isn't acknowledged in time.
        Stream,
        /// A stream of NATS, a server of its own: an order is handed out again if it isn't acknowledged in time.
        JetStream,
    }

    /// What a message of a queue carries.
    pub enum Carried {
        /// The whole order.
        Order,
        /// The product and the id of the order; the inventory keeps the order itself, and the consumer reads it there.
        OrderId,
    }

    /// How slots move to another shard of a Redis Cluster while requests come.
    pub enum SlotMoving {
        /// All slots that a shard gives at once, by the server itself; key by key where it can't (before Valkey 9).
        Atomic,
        /// One slot after the other, and its keys by MIGRATE.
        KeyByKey,
    }

    /// How stock is taken from Redis.
    pub enum Decrement {
        /// A script stored by SCRIPT LOAD and called by EVALSHA: check and decrement in one step.
        LuaEvalsha,
        /// The same script, its text sent with each claim (EVAL).
        LuaEval,
        /// A script that takes the stock, notes the buyer and puts the order on the queue's list, all in one step.
        OneScript,
        /// Read under WATCH, decide in the service, write in MULTI and EXEC, which fails if another claim came between; then again.
        WatchMulti,
        /// Count the stock down at once (DECRBY), and give back what was too much.
        DecrCompensation,
        /// Each unit is an element of a list, and each claim pops as many as it asks for.
        ListToken,
        /// Read the stock, decide in the service, write the new figure back: two round trips, and a race between them.
        NaiveReadThenWrite,
    }

    /// A mistake in taking stock that real projects made.
    pub enum Mistake {
        /// Services counted the stock down, looked afterwards whether it had fallen below zero, and gave nothing back: units that return fill a hole.
        CheckAfterDecrement,
        /// Scripts sold while what was booked was at most the stock (`<=`), where it has to be less: one claim too many for each product.
        OffByOne,
        /// Scripts took the units first and looked then whether the buyer has his already: each repeated click loses a unit.
        DecrementBeforeDuplicateCheck,
        /// Preloading wrote the figure of the stock where what is sold belongs: nobody ever gets anything.
        StartsSoldOut,
    }

    /// How stock is taken from the database.
    pub enum RowStrategy {
        /// One transaction locks the stock, checks, decrements and inserts the order.
        RowLock,
        /// Read the stock and its version without a lock, decide, and write only if the version is still the same; then again.
        OptimisticVersion,
    }

    /// What the database does for the page of a product.
    pub enum PageQuery {
        /// It looks the product up by its number.
        ByKey,
        /// It also counts the products of which more is sold, as a page with a place in the ranking does: every product is read.
        Ranked,
    }
}

params! {
    /// Where the arrivals come from. The workload says who arrives when, wanting what.
    pub struct Users {
    }

    /// A content delivery network: a real cache of the product pages, in process.
    pub struct Cdn {
        /// How long a page is served after it was stored.
        ttl: Duration = Duration::from_mins(1), in 0.001..86400.0;
        /// How many pages it holds; the page used longest ago goes first.
        capacity: u32 = 10_000, in 1..10_000_000, "pages";
    }

    /// Spreads requests over the service instances, and refuses what is too much.
    pub struct LoadBalancer {
        /// How the next instance is picked.
        policy: BalancePolicy = BalancePolicy::RoundRobin;
        /// Requests let through per second, as a token bucket holding a tenth of a second; the rest is answered `rate_limited`.
        rate_limit: Option<u64> = None, in 1..100_000_000, "requests/s";
        /// Requests of one user let through per second, as a token bucket holding a second's worth; the rest is answered `rate_limited`.
        per_user_limit: Option<u64> = None, in 1..1_000_000, "requests/s";
        /// How often each instance is asked whether it is there; None: never, and a dead one keeps getting its share.
        health_interval: Option<Duration> = Some(Duration::from_millis(500)), in 0.01..60.0;
        /// Checks in a row that an instance must miss before it gets no more requests; one that it answers brings it back.
        unhealthy_after: u32 = 2, in 1..100, "checks";
    }

    /// The application servers: they know from earlier answers whether the sale is open or over.
    pub struct Service {
        /// How many instances there are, each with flags of its own.
        instances: u32 = 4, in 1..64, "instances";
        /// How long an instance believes an answer of the stages behind it (not started, started, sold out) before it asks again; None: it never remembers.
        flag_ttl: Option<Duration> = Some(Duration::from_millis(100)), in 0.001..60.0;
        /// How long an instance keeps a page that came by in its own memory, and answers reads from it (`cache_hit`); None: it keeps none.
        page_ttl: Option<Duration> = None, in 0.001..3600.0;
        /// Whether of the reads of one product at an instance only one goes on at a time, while the others wait for what it brings.
        single_flight: bool = false;
        /// Requests that one instance works on at a time; the rest is answered `shed`.
        max_in_flight: u32 = 20_000, in 1..1_000_000, "requests";
    }

    /// Redis with one master for writes and read-only replicas for reads: product pages, and the gate of the sale.
    pub struct ReadWriteSplit {
        /// Read-only replicas of the master.
        replicas: u32 = 2, in 0..5, "replicas";
        /// Whom the replicas copy from.
        shape: Shape = Shape::Star;
        /// Which replica answers a read.
        read_policy: ReadPolicy = ReadPolicy::RoundRobin;
        /// A replica further behind the master gets no reads until it has caught up; None: however far behind, it is read.
        lag_limit: Option<Duration> = None, in 0.001..3600.0;
        /// What becomes of a read that no process of the cache answers. Claims fail then in any case: a gate is not opened by its death.
        reads_without_cache: ReadsWithoutCache = ReadsWithoutCache::Failed;
        /// Orders let in per unit of stock: a little over 1, because some admitted orders fail later.
        admission_ratio: f64 = 1.2, in 0.01..100.0;
        /// Which count of the orders let in closes the gate.
        closes_by: GateCount = GateCount::OnMaster;
        /// Connections to each Redis process; each carries pipelines.
        connections: u32 = 2, in 1..64, "connections";
        /// Pipelines under way on a connection before the next one waits.
        window: u32 = 4, in 1..64, "pipelines";
        /// Requests waiting or under way before more are answered `shed`.
        max_waiting: u32 = 50_000, in 1..10_000_000, "requests";
        /// How long an answer may take before the request counts as failed.
        timeout: Duration = Duration::from_secs(1), in 0.01..60.0;
        /// What survives a crash.
        persistence: Persistence = Persistence::None;
    }

    /// Redis that holds the inventory: one master, replicas, and Sentinels that replace a dead master.
    pub struct MasterReplica {
        /// Replicas of the master.
        replicas: u32 = 2, in 0..5, "replicas";
        /// Sentinels that watch the master; none: nobody replaces it.
        sentinels: u32 = 3, in 0..5, "Sentinels";
        /// Sentinels that must agree that the master is down.
        quorum: u32 = 2, in 1..5, "Sentinels";
        /// How long a master must be silent before a Sentinel believes it down.
        down_after: Duration = Duration::from_millis(500), in 0.1..600.0;
        /// A failover that got stuck is tried again after twice this time.
        failover_timeout: Duration = Duration::from_secs(3), in 0.1..3600.0;
        /// How stock is taken.
        decrement: Decrement = Decrement::LuaEvalsha;
        /// How often `WatchMulti` tries a claim when others come between; then it fails, and nothing was sold.
        attempts: u32 = 10, in 1..1_000, "attempts";
        /// A mistake that real projects made, to see what it does; None: it makes none.
        mistake: Option<Mistake> = None;
        /// Connections that carry pipelines; with a strategy of several round trips, the pool in which each connection works on one request at a time.
        connections: u32 = 2, in 1..500, "connections";
        /// Pipelines under way on a connection before the next one waits.
        window: u32 = 4, in 1..64, "pipelines";
        /// Requests waiting or under way before more are answered `shed`.
        max_waiting: u32 = 50_000, in 1..10_000_000, "requests";
        /// How long an answer may take before a claim counts as indefinite and a read as failed.
        timeout: Duration = Duration::from_secs(1), in 0.01..60.0;
        /// What survives a crash.
        persistence: Persistence = Persistence::AofEverysec;
        /// Replicas that must follow closely, or the master refuses writes (`min-replicas-to-write`); 0: it never does.
        min_replicas_to_write: u32 = 0, in 0..5, "replicas";
        /// How long ago such a replica may have been heard last (`min-replicas-max-lag`); the server counts whole seconds, so a part counts as one.
        min_replicas_max_lag: Duration = Duration::from_secs(10), in 1.0..3600.0;
        /// Replicas that must have a granted claim, or an order of a queue kept here, before the buyer is told (`WAIT`); 0: nobody waits.
        wait_replicas: u32 = 0, in 0..5, "replicas";
        /// How long `WAIT` waits for them; then what was granted counts as indefinite.
        wait_timeout: Duration = Duration::from_millis(500), in 0.001..60.0;
        /// A supervisor starts a dead data process again this long after its end, on its port and with its files; None: it stays dead.
        restart_in_place: Option<Duration> = None, in 0.0..3600.0;
    }

    /// Redis Cluster that holds the inventory: the products lie spread over shards, each a master with replicas, and the nodes replace a dead master among themselves.
    pub struct RedisCluster {
        /// Shards: masters, each with an equal share of the 16,384 slots into which keys fall.
        shards: u32 = 3, in 3..8, "shards";
        /// Replicas of each master; none: nobody replaces a dead one.
        replicas: u32 = 1, in 0..2, "replicas";
        /// How long a node must be silent before another one believes it down.
        node_timeout: Duration = Duration::from_millis(500), in 0.1..60.0;
        /// Whether a shard without a master stops the other shards too (`cluster-require-full-coverage`).
        full_coverage: bool = true;
        /// How slots move when a shard comes or goes.
        slots_move: SlotMoving = SlotMoving::Atomic;
        /// Connections to each node; each carries pipelines.
        connections: u32 = 1, in 1..64, "connections";
        /// Pipelines under way on a connection before the next one waits.
        window: u32 = 4, in 1..64, "pipelines";
        /// Requests waiting or under way at one node before more are answered `shed`.
        max_waiting: u32 = 50_000, in 1..10_000_000, "requests";
        /// How long an answer may take before a claim counts as indefinite and a read as failed; within it a request follows its slot from node to node.
        timeout: Duration = Duration::from_secs(1), in 0.01..60.0;
        /// What survives a crash.
        persistence: Persistence = Persistence::AofEverysec;
    }

    /// The queue between the sale and the database, from which consumers take orders to have them written.
    pub struct Queue {
        /// What it is made of, and so what becomes of the orders of a consumer that dies.
        form: QueueForm = QueueForm::ProcessingList;
        /// What a message of it carries: the whole order, or only where the inventory keeps it.
        carries: Carried = Carried::Order;
        /// The Redis stage whose master holds it; None: a process of its own.
        on: Option<String> = None;
        /// Consumers that take orders and have them written.
        consumers: u32 = 2, in 1..64, "consumers";
        /// The most orders a consumer takes at a time; they become one transaction.
        batch: u32 = 500, in 1..5_000, "orders";
        /// How long nothing may be heard of a consumer before another one takes over what it had in its hands; None: nobody does. A popped order can't be taken over.
        claim_after: Option<Duration> = Some(Duration::from_secs(2)), in 0.01..3600.0;
        /// Connections that carry orders to it.
        connections: u32 = 2, in 1..64, "connections";
        /// Pipelines under way on a connection before the next one waits.
        window: u32 = 4, in 1..64, "pipelines";
        /// Requests waiting or under way before more are answered `shed`.
        max_waiting: u32 = 50_000, in 1..10_000_000, "requests";
        /// How long an answer may take before the order counts as indefinite.
        timeout: Duration = Duration::from_secs(1), in 0.01..60.0;
    }

    /// SQLite, embedded, in WAL mode: where orders end up.
    pub struct Database {
        /// How stock is taken where claims reach the database directly.
        strategy: RowStrategy = RowStrategy::RowLock;
        /// How often `OptimisticVersion` tries a claim when others come between; then it fails, and nothing was sold.
        attempts: u32 = 10, in 1..1_000, "attempts";
        /// What it does for the page of a product.
        page_query: PageQuery = PageQuery::ByKey;
        /// Connections for reads and for claims; each works on one request at a time.
        connections: u32 = 8, in 1..64, "connections";
        /// Requests waiting for a connection before more are answered `shed`.
        max_waiting: u32 = 2_000, in 1..1_000_000, "requests";
        /// Whether each commit waits for the disk (`synchronous = FULL`) or only checkpoints do (`NORMAL`).
        sync_each_commit: bool = false;
        /// How much time the events of one table cover, on the run's clock; the table of the next span is made when it is needed.
        events_span: Duration = Duration::from_hours(24), in 1.0..86400.0;
        /// How long a reader's page that it answered stays in the Redis in front of it; None: it is not written there.
        reader_page_ttl: Option<Duration> = Some(Duration::from_mins(1)), in 0.001..86400.0;
    }

    /// The data-control module: preloads, opens the sale, expires unpaid orders, and reconciles database, inventory and gate.
    pub struct DataControl {
        /// How often it computes from the database and writes back.
        interval: Duration = Duration::from_millis(250), in 0.01..3600.0;
        /// Share of orders whose buyers never pay.
        unpaid_ratio: f64 = 0.0, in 0.0..1.0;
        /// How long after its insert an unpaid order is cancelled and its units go back on sale.
        pay_within: Duration = Duration::from_secs(2), in 0.01..86400.0;
        /// Whether it writes the inventory's stock anew at its interval, as the database counts it: a mistake, for orders in the queue are not in the database yet.
        reload_stock: bool = false;
        /// How often what counters in Redis have is added to the database and taken from Redis; None: never.
        flush_counters: Option<Duration> = Some(Duration::from_secs(1)), in 0.01..3600.0;
    }
}

impl Decrement {
    /// Whether a claim is one round trip; where it takes several, each connection works on one request at a time.
    pub fn is_one_trip(self) -> bool {
        matches!(self, Self::LuaEvalsha | Self::LuaEval | Self::OneScript)
    }
}

impl Mistake {
    /// The strategies that can make it.
    pub fn strategies(self) -> &'static [Decrement] {
        match self {
            Self::CheckAfterDecrement => &[Decrement::DecrCompensation],
            Self::OffByOne | Self::DecrementBeforeDuplicateCheck => {
                &[Decrement::LuaEvalsha, Decrement::LuaEval, Decrement::OneScript]
            }
            Self::StartsSoldOut => Decrement::ALL,
        }
    }
}

impl QueueForm {
    /// Whether a Redis process keeps it; otherwise a broker of its own.
    pub fn is_in_redis(self) -> bool {
        self != Self::JetStream
    }
}

impl ReadWriteSplit {
    /// How many orders a gate with this admission ratio lets in for a stock of `units`.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of orders")]
    pub fn admits(admission_ratio: f64, units: u64) -> u64 {
        (units as f64 * admission_ratio).floor() as u64
    }
}

/// How much of a stage is the real thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Realness {
    /// Processes of the real server, started for the run.
    RealProcess,
    /// The real engine, linked into this program.
    Embedded,
    /// Our own code doing the real work, in this program.
    InProcess,
}

impl Realness {
    /// The words of the badge.
    pub fn label(self) -> &'static str {
        match self {
            Self::RealProcess => "real process",
            Self::Embedded => "embedded",
            Self::InProcess => "in process",
        }
    }
}

kinds! {
    /// A kind of stage with its parameters.
    pub enum StageKind {
        Users,
        Cdn,
        LoadBalancer,
        Service,
        ReadWriteSplit,
        MasterReplica,
        RedisCluster,
        Queue,
        Database,
        DataControl,
    }
}

impl StageKind {
    /// The name of the kind for people.
    pub fn label(&self) -> &'static str {
        match self {
            Self::Users(_) => "users",
            Self::Cdn(_) => "CDN",
            Self::LoadBalancer(_) => "load balancer",
            Self::Service(_) => "service",
            Self::ReadWriteSplit(_) => "Redis read-write split",
            Self::MasterReplica(_) => "Redis master-replica",
            Self::RedisCluster(_) => "Redis Cluster",
            Self::Queue(_) => "queue",
            Self::Database(_) => "database",
            Self::DataControl(_) => "data control",
        }
    }
    /// How much of it is the real thing.
    pub fn realness(&self) -> Realness {
        match self {
            Self::Users(_)
            | Self::Cdn(_)
            | Self::LoadBalancer(_)
            | Self::Service(_)
            | Self::DataControl(_) => Realness::InProcess,
            Self::ReadWriteSplit(_) | Self::MasterReplica(_) | Self::RedisCluster(_) | Self::Queue(_) => {
                Realness::RealProcess
            }
            Self::Database(_) => Realness::Embedded,
        }
    }
    /// Whether requests of the users pass through it (data control works beside the traffic).
    pub fn carries_traffic(&self) -> bool {
        !matches!(self, Self::DataControl(_))
    }
    /// Whether it can answer a product page.
    pub fn answers_reads(&self) -> bool {
        matches!(
            self,
            Self::ReadWriteSplit(_) | Self::MasterReplica(_) | Self::RedisCluster(_) | Self::Database(_)
        )
    }
    /// Whether it can keep what people leave behind besides orders: events and increments.
    pub fn keeps_records(&self) -> bool {
        matches!(self, Self::Queue(_)) || self.decides_claims()
    }
    /// Whether a parameter takes effect while requests arrive; the others are set when a run starts.
    pub fn is_live(&self, key: &str) -> bool {
        match self {
            Self::Users(_) | Self::MasterReplica(_) | Self::RedisCluster(_) | Self::Database(_) => false,
            Self::Cdn(_) => key == "ttl",
            Self::LoadBalancer(_) => matches!(key, "policy" | "rate_limit" | "per_user_limit"),
            Self::Service(_) => matches!(key, "flag_ttl" | "page_ttl"),
            Self::ReadWriteSplit(_) => {
                matches!(key, "read_policy" | "lag_limit" | "reads_without_cache" | "admission_ratio")
            }
            Self::Queue(_) => matches!(key, "consumers" | "batch"),
            Self::DataControl(_) => {
                matches!(key, "interval" | "unpaid_ratio" | "pay_within" | "flush_counters")
            }
        }
    }
    /// Whether it can decide a claim: it holds the stock and takes from it.
    pub fn decides_claims(&self) -> bool {
        matches!(self, Self::MasterReplica(_) | Self::RedisCluster(_) | Self::Database(_))
    }
}

/// A stage of a topology.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Stage {
    /// Its name, unique in the topology.
    pub name: String,
    /// What it is, with its parameters.
    pub kind: StageKind,
    /// Where it stands on the canvas, in canvas units (x to the right, y down).
    pub at: (f32, f32),
}
