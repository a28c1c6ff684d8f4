//! Redis Cluster, as its clients see it.
//!
//! - [`slot`]: which slot a key falls into. [`names`]: keys with hash tags.
//! - [`slot_map`]: who has which slot. [`routes`]: the map that all share, kept up to date; what redirections say.
//! - [`client`]: a small routed client, off the way of the traffic; [`holder`]: one master or a cluster, whichever holds the
//!   inventory.
//! - [`group`]: the cluster of a stage, and how it grows and shrinks during a run. [`counts`]: what clients saw of each node.
//!   [`shard_watch`]: the same by shard, bucket by bucket.
//! - [`records`]: events and counters at who holds them.
//!
//! The stage itself is in [`super::stages`].

pub mod client;
pub mod counts;
pub mod group;
pub mod holder;
pub mod names;
pub mod records;
pub mod routes;
pub mod shard_watch;
pub mod slot;
pub mod slot_map;
#[cfg(test)]
mod tests;

pub use counts::Counts;
pub use group::{ClusterGroup, Newcomer, Newcomers, Voice};
pub use holder::{Holder, Place};
pub use records::HeldCounter;
pub use routes::{Redirection, Routes};
pub use shard_watch::ShardWatch;
