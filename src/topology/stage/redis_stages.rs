//! The stages of real Redis: the read-write split with the gate, and what holds the inventory.

use std::time::Duration;

use crate::param::{choices, params};

choices! {
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

    /// What a Redis process throws away when its memory is full (`maxmemory-policy`).
    pub enum Eviction {
        /// Nothing: what needs memory is refused (OOM).
        NoEviction,
        /// The keys used longest ago.
        AllkeysLru,
        /// The keys used least often.
        AllkeysLfu,
        /// Keys by lot.
        AllkeysRandom,
        /// Of the keys that have a time to live, those used longest ago.
        VolatileLru,
        /// Of the keys that have a time to live, those used least often.
        VolatileLfu,
        /// Of the keys that have a time to live, some by lot.
        VolatileRandom,
        /// Of the keys that have a time to live, those that have the least of it left.
        VolatileTtl,
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
}

params! {
    /// Redis with one master for writes and read-only replicas for reads: product pages, and the gate of the sale.
    pub struct ReadWriteSplit {
        /// The address of a Redis that runs elsewhere, used instead of processes of its own: `redis://`, `rediss://`, `redis-sentinel://`; user and password only as `${NAME}`, a variable of the environment. None: processes of its own.
        url: Option<String> = None;
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
        /// How long a page stays after it was written; then, or when it changes, the next reader fetches it from the database, and it is written here again. None: pages stay, and are written here only.
        expire_after: Option<Duration> = None, in 0.001..86400.0;
        /// Share of that time by which a lot may shorten it for each page, so that not all expire together.
        expire_jitter: f64 = 0.0, in 0.0..1.0;
        /// How long is kept that there is no such product, once the database has said so; None: it is not kept.
        absence_ttl: Option<Duration> = None, in 0.001..86400.0;
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
        /// Memory that each Redis process may take for its data (`maxmemory`); None: no limit.
        max_memory: Option<u32> = None, in 1..1_000_000, "MiB";
        /// What a process throws away when its memory is full.
        eviction: Eviction = Eviction::NoEviction;
    }

    /// Redis that holds the inventory: one master, replicas, and Sentinels that replace a dead master.
    pub struct MasterReplica {
        /// The address of a Redis that runs elsewhere, used instead of processes of its own: `redis://`, `rediss://`, `redis-sentinel://`; user and password only as `${NAME}`, a variable of the environment. None: processes of its own.
        url: Option<String> = None;
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
        /// Memory that each Redis process may take for its data (`maxmemory`); None: no limit.
        max_memory: Option<u32> = None, in 1..1_000_000, "MiB";
        /// What a process throws away when its memory is full.
        eviction: Eviction = Eviction::NoEviction;
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
        /// The address of a Redis Cluster that runs elsewhere, used instead of nodes of its own: `redis-cluster://`, `rediss-cluster://`; user and password only as `${NAME}`, a variable of the environment. None: nodes of its own.
        url: Option<String> = None;
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
        /// Memory that each Redis process may take for its data (`maxmemory`); None: no limit.
        max_memory: Option<u32> = None, in 1..1_000_000, "MiB";
        /// What a process throws away when its memory is full.
        eviction: Eviction = Eviction::NoEviction;
    }
}

impl Decrement {
    /// Whether a claim is one round trip; where it takes several, each connection works on one request at a time.
    pub fn is_one_trip(self) -> bool {
        matches!(self, Self::LuaEvalsha | Self::LuaEval | Self::OneScript)
    }
}

impl Eviction {
    /// Whether any key may be thrown away, also one without a time to live.
    pub fn takes_all(self) -> bool {
        matches!(self, Self::AllkeysLru | Self::AllkeysLfu | Self::AllkeysRandom)
    }

    /// Redis' own word for it (<https://redis.io/docs/latest/develop/reference/eviction/>).
    pub fn policy(self) -> &'static str {
        match self {
            Self::NoEviction => "noeviction",
            Self::AllkeysLru => "allkeys-lru",
            Self::AllkeysLfu => "allkeys-lfu",
            Self::AllkeysRandom => "allkeys-random",
            Self::VolatileLru => "volatile-lru",
            Self::VolatileLfu => "volatile-lfu",
            Self::VolatileRandom => "volatile-random",
            Self::VolatileTtl => "volatile-ttl",
        }
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

impl ReadWriteSplit {
    /// How many orders a gate with this admission ratio lets in for a stock of `units`.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of orders")]
    pub fn admits(admission_ratio: f64, units: u64) -> u64 {
        (units as f64 * admission_ratio).floor() as u64
    }
}
