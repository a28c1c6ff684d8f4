//! The kinds of servers that an address may be of.

/// What kind of server an address is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scheme {
    /// One Redis.
    Redis,
    /// A Redis whose master its Sentinels know.
    RedisSentinel,
    /// A Redis Cluster.
    RedisCluster,
    /// NATS.
    Nats,
    /// RabbitMQ.
    Amqp,
    /// PostgreSQL.
    Postgres,
    /// MySQL or MariaDB.
    Mysql,
}

/// One row of the table of schemes: word, server, TLS, the port where none is given.
pub(super) const WORDS: &[(&str, Scheme, bool, u16)] = &[
    ("redis", Scheme::Redis, false, 6_379),
    ("rediss", Scheme::Redis, true, 6_379),
    ("redis-sentinel", Scheme::RedisSentinel, false, 26_379),
    ("rediss-sentinel", Scheme::RedisSentinel, true, 26_379),
    ("redis-cluster", Scheme::RedisCluster, false, 6_379),
    ("rediss-cluster", Scheme::RedisCluster, true, 6_379),
    ("nats", Scheme::Nats, false, 4_222),
    ("tls", Scheme::Nats, true, 4_222),
    ("amqp", Scheme::Amqp, false, 5_672),
    ("amqps", Scheme::Amqp, true, 5_671),
    ("postgres", Scheme::Postgres, false, 5_432),
    ("mysql", Scheme::Mysql, false, 3_306),
];

impl Scheme {
    /// Every word that such an address may begin with.
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        WORDS.iter().filter(move |(_, scheme, ..)| *scheme == self).map(|(word, ..)| *word)
    }

    /// Whether a path has to follow the hosts.
    pub(super) fn needs_path(self) -> bool {
        matches!(self, Self::RedisSentinel | Self::Postgres | Self::Mysql)
    }

    /// Whether a path may follow them.
    pub(super) fn takes_path(self) -> bool {
        self.needs_path() || matches!(self, Self::Redis | Self::Amqp)
    }

    pub(super) fn takes_many_hosts(self) -> bool {
        matches!(self, Self::RedisSentinel | Self::RedisCluster | Self::Nats)
    }

    pub(super) fn is_database(self) -> bool {
        matches!(self, Self::Postgres | Self::Mysql)
    }

    /// An address to learn from.
    pub fn example(self) -> &'static str {
        match self {
            Self::Redis => "rediss://${REDIS_USER}:${REDIS_PASSWORD}@cache.example.org:6379",
            Self::RedisSentinel => {
                "redis-sentinel://:${REDIS_PASSWORD}@one:26379,two:26379,three:26379/mymaster"
            }
            Self::RedisCluster => "redis-cluster://:${REDIS_PASSWORD}@one:6379,two:6379",
            Self::Nats => "nats://${NATS_USER}:${NATS_PASSWORD}@queue.example.org:4222",
            Self::Amqp => "amqp://${RABBIT_USER}:${RABBIT_PASSWORD}@queue.example.org:5672",
            Self::Postgres => "postgres://${PG_USER}:${PG_PASSWORD}@db.example.org:5432/shop",
            Self::Mysql => "mysql://${DB_USER}:${DB_PASSWORD}@db.example.org:3306/shop",
        }
    }
}
