//! Failovers as they happen: what clients, Sentinels and the lab see is noted on the run's one clock.
//!
//! - [`log`]: what was seen of each master-replica stage, and what is told of it at once.
//! - [`pulse`]: notes errors and acknowledged writes of one connection, without a lock while nothing changes.
//! - [`listen`]: hears every Sentinel.
//! - [`probe`]: writes a heartbeat all the time, so that an outage is seen although nobody buys.
//! - [`supervisor`]: starts dead processes again, where a stage asks for it.

pub mod listen;
pub mod log;
pub mod probe;
pub mod pulse;
pub mod supervisor;

pub use log::Failovers;
pub use pulse::Pulse;
pub use supervisor::Supervisor;
