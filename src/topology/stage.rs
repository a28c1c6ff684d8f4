//! Stages: what can be drawn, and the parameters of each kind.
//!
//! - `front`: what is in this program: users, CDN, load balancer, service.
//! - `redis_stages`: the stages of real Redis.
//! - `queue`, `database`, `control`: what orders go through, where they end up, and what looks after them.
//! - `sessions`: what is kept of the people who come.
//! - `failover`: what decides about a failover, on a laptop and in production.

mod control;
mod database;
mod failover;
mod front;
mod queue;
mod redis_stages;
mod sessions;

use serde::{Deserialize, Serialize};

pub use self::control::{DataControl, SweepForm};
pub use self::database::{Database, DatabaseEngine, PageQuery, RowStrategy};
pub use self::front::{BalancePolicy, Cdn, LoadBalancer, Service, Users};
pub use self::queue::{Carried, Queue, QueueForm, StreamStorage};
pub use self::redis_stages::{
    Decrement, Eviction, GateCount, MasterReplica, Mistake, Persistence, ReadPolicy, ReadWriteSplit,
    ReadsWithoutCache, RedisCluster, Shape, SlotMoving,
};
pub use self::sessions::Sessions;
use super::address::Scheme;
use crate::param::kinds;

/// How much of a stage is the real thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Realness {
    /// Processes of the real server, started for the run.
    RealProcess,
    /// The real engine, linked into this program.
    Embedded,
    /// Our own code doing the real work, in this program.
    InProcess,
    /// The real server, which runs elsewhere and is not ours.
    External,
}

impl Realness {
    /// The words of the badge.
    pub fn label(self) -> &'static str {
        match self {
            Self::RealProcess => "real process",
            Self::Embedded => "embedded",
            Self::InProcess => "in process",
            Self::External => "external",
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
        Sessions,
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
            Self::Sessions(_) => "Redis sessions",
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
        if self.url().is_some() {
            return Realness::External;
        }
        match self {
            Self::Users(_)
            | Self::Cdn(_)
            | Self::LoadBalancer(_)
            | Self::Service(_)
            | Self::DataControl(_) => Realness::InProcess,
            Self::Sessions(_)
            | Self::ReadWriteSplit(_)
            | Self::MasterReplica(_)
            | Self::RedisCluster(_)
            | Self::Queue(_) => Realness::RealProcess,
            Self::Database(params) if params.engine.is_server() => Realness::RealProcess,
            Self::Database(_) => Realness::Embedded,
        }
    }
    /// The address of the server that it uses, where that one is not ours.
    pub fn url(&self) -> Option<&str> {
        match self {
            Self::ReadWriteSplit(params) => params.url.as_deref(),
            Self::MasterReplica(params) => params.url.as_deref(),
            Self::RedisCluster(params) => params.url.as_deref(),
            Self::Queue(params) => params.url.as_deref(),
            Self::Database(params) => params.url.as_deref(),
            _ => None,
        }
    }
    /// The kinds of servers that its address may be of.
    pub fn schemes(&self) -> &'static [Scheme] {
        const REDIS: &[Scheme] = &[Scheme::Redis, Scheme::RedisSentinel];
        match self {
            Self::ReadWriteSplit(_) | Self::MasterReplica(_) => REDIS,
            Self::RedisCluster(_) => &[Scheme::RedisCluster],
            Self::Queue(params) if params.form.is_in_redis() => REDIS,
            Self::Queue(params) if params.form == QueueForm::RabbitMq => &[Scheme::Amqp],
            Self::Queue(_) => &[Scheme::Nats],
            // Whether it is of the engine is looked at apart, and said in other words.
            Self::Database(_) => &[Scheme::Postgres, Scheme::Mysql],
            _ => &[],
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
            Self::Sessions(_) => matches!(key, "ttl" | "leaks"),
            Self::ReadWriteSplit(_) => {
                matches!(key, "read_policy" | "lag_limit" | "reads_without_cache" | "admission_ratio")
            }
            Self::Queue(_) => matches!(key, "consumers" | "batch"),
            Self::DataControl(_) => {
                matches!(key, "interval" | "unpaid_ratio" | "pay_within" | "flush_counters")
            }
        }
    }
    /// The stage whose Redis keeps what a queue or sessions hold, where they name one; none for other kinds.
    pub fn host(&self) -> Option<&str> {
        match self {
            Self::Queue(params) => params.on.as_deref(),
            Self::Sessions(params) => params.on.as_deref(),
            _ => None,
        }
    }
    /// The same, to be changed.
    pub fn host_mut(&mut self) -> Option<&mut Option<String>> {
        match self {
            Self::Queue(params) => Some(&mut params.on),
            Self::Sessions(params) => Some(&mut params.on),
            _ => None,
        }
    }
    /// Whether it can decide a claim: it holds the stock and takes from it.
    pub fn decides_claims(&self) -> bool {
        matches!(self, Self::MasterReplica(_) | Self::RedisCluster(_) | Self::Database(_))
    }
}

/// A stage of a topology.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stage {
    /// Its name, unique in the topology.
    pub name: String,
    /// What it is, with its parameters.
    pub kind: StageKind,
    /// Where it stands on the canvas, in canvas units (x to the right, y down).
    pub at: (f32, f32),
}
