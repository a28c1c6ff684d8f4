//! Real child processes: finding a server program, starting servers, and leaving none behind.
//!
//! - [`binary`]: which `valkey-server` or `redis-server` to run, and [`survey`]: all that was looked at, for `doctor`.
//! - [`provision`]: fetches a pinned server when the machine has none; [`package`]: which, and from where.
//! - [`run_folder`]: one temporary folder per run, which holds every file its servers write.
//! - [`guard`] and [`mod@sweep`]: every server dies with the program, however the program dies.
//! - [`redis_node`]: one server process, of whatever kind; `nats`: how one of NATS is configured and seen to be ready;
//!   `database`: how PostgreSQL and MariaDB are found, set up and configured; `owner`: as whom they run;
//!   [`rabbitmq`]: RabbitMQ, which takes two;
//!   [`replica_group`]: a master, its replicas and their Sentinels.
//! - [`cluster`]: a Redis Cluster of shards, which can grow and shrink under load.
//! - [`external`]: a Redis that runs elsewhere and is not ours.
//! - `accept`: a port of our own where connections are served; [`proxy`]: stands before a server, so that its link can be cut, slowed, throttled and mended.
//!
//! Nothing in here draws, prints or knows what a run is. Long steps tell what they do through a [`Progress`].

mod accept;
pub mod binary;
mod bounded;
mod child;
pub mod cluster;
mod conf;
mod database;
pub mod endpoint;
pub mod external;
pub mod group_settings;
mod group_wait;
pub mod guard;
mod launch;
mod nats;
pub mod node_error;
pub mod node_settings;
mod owner;
pub mod package;
mod pip;
pub mod port;
mod probe;
mod process;
pub mod provision;
pub mod proxy;
pub mod rabbitmq;
pub mod redis_node;
pub mod replica_group;
pub mod run_folder;
pub mod sentinel;
pub mod surroundings;
pub mod survey;
pub mod sweep;
mod unpack;

pub use binary::{BinaryError, Origin, ServerBinary, ServerKind, at_hand, find, find_nats, nats_at_hand};
pub(crate) use bounded::{Group, run_bounded};
pub use cluster::{Cluster, ClusterError, ClusterSettings};
pub use database::{DATABASE_USER, DatabaseSettings, database_name, find_database, find_database_in};
pub use endpoint::Endpoint;
pub use external::{External, ExternalCluster, ExternalError};
pub use group_settings::{GroupError, GroupSettings, NodeAddress, Shape};
pub use node_error::NodeError;
pub use node_settings::{NodeSettings, PortChoice, Restart};
pub use process::cpu_secs;
pub use proxy::{Link, LinkState, Proxy};
pub use rabbitmq::{RabbitMqServer, find_rabbitmq, rabbitmq_at_hand};
pub use redis_node::RedisNode;
pub use replica_group::ReplicaGroup;
pub use run_folder::{RunFolder, RunFolderError};
pub use sentinel::SentinelSettings;
pub use surroundings::Surroundings;
pub use survey::{Survey, look};
pub use sweep::{SweepReport, sweep};

/// Where a long step says what it is doing, one short sentence at a time, for people to read.
///
/// A plain function, so this module knows neither the terminal nor the window.
pub type Progress<'a> = &'a (dyn Fn(&str) + Send + Sync);
