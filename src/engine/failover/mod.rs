//! Failovers as they happen: what clients, Sentinels and the lab see is noted on the run's one clock.
//!
//! - [`log`]: what was seen of each master-replica stage, and what is told of it at once.
//! - [`witness`]: notes errors and acknowledged writes of one connection, without a lock while nothing changes.
//! - [`listen`]: hears every Sentinel.
//! - [`probe`]: writes all the time, so that an outage is seen although nobody buys.
//! - [`supervisor`]: starts dead processes again, where a stage asks for it.

pub mod listen;
pub mod log;
pub mod probe;
pub mod supervisor;
pub mod witness;

pub use log::Failovers;
pub use supervisor::Supervisor;
pub use witness::Witness;
