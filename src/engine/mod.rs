//! Runs a plan against real servers and finds out what happened.
//!
//! - [`handle`]: the engine as others see it: three channels and a thread; [`message`]: what passes through them.
//! - `run`: the phases of a run, in order; `environment`: its servers; `wiring`: its stages, built from the plan.
//! - `http`: takes requests in over HTTP instead.
//! - `generator`: sends each request at its intended time; `pending`: a request on its way.
//! - `stages`: one file a kind of stage; `wire`: their fast path to Redis; `redis_link`: connections to Redis;
//!   `store`: the database; `keys`: names and scripts in Redis; `order`: a granted claim;
//!   `entry`: what a queue carries.
//! - `cluster`: Redis Cluster as its clients see it, and how it grows during a run.
//! - `stock`: in which form an inventory keeps its stock; `control`: the data-control module; `crew`: the consumers of the queue; `queue`: its forms; `backlog`: what waits;
//!   `watch`: asks the processes how they do; `heartbeat`: how far replicas are behind, in seconds.
//! - `sweep`: brings orders that the inventory keeps to the database at an interval.
//! - `page_life`: how long pages stay in a cache in front of the database.
//! - `versions`: what of a product was written when, so that stale answers are counted.
//! - `faults`: breaks and mends, one file a family; `tuner`: carries out changes while requests arrive; `dial`: a parameter that may change.
//! - `book`, `ledger`: what was counted, what buyers were told; `observer`: takes the buckets out; `timeline`: gathers those of the report;
//!   `outbox`: shows them; `clock`: the one clock.
//! - `absences`: when an instance got no requests; `failover`: notes what clients, Sentinels and the lab see of failovers, for their anatomy.
//! - [`mod@bench`]: what all this costs on this machine.
//! - [`trial`]: one run from its start to its report, or several designs in turn, for those who wait for them.
//! - `trouble`: errors that are waited out, told once.
//! - `audit`: ledger against Redis, queue and database; `summary`: the report; `machine`: what it was made on.

mod absences;
mod audit;
mod backlog;
mod backup;
pub mod bench;
mod book;
mod breakers;
mod clock;
mod cluster;
mod control;
mod crew;
mod dial;
mod entry;
mod environment;
mod failover;
mod faults;
mod generator;
pub mod handle;
mod heartbeat;
mod http;
mod keys;
mod ledger;
mod machine;
pub mod message;
mod observer;
mod order;
mod outbox;
mod page_life;
mod pending;
mod queue;
mod redis_link;
mod rules;
mod run;
mod stages;
mod stock;
mod store;
mod summary;
mod sweep;
mod timeline;
pub mod trial;
mod trouble;
mod tuner;
mod versions;
mod watch;
mod wire;
mod wiring;

pub use handle::{EngineGone, EngineHandle};
pub use message::{
    EngineCommand, EngineEvent, EventKind, FailureKind, HttpOptions, RunFailure, RunId, RunOptions, RunPhase,
    Snapshot,
};
pub use summary::{WORST_DROPPED, WORST_LAG};
