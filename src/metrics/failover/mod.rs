//! The anatomy of failovers: what was seen of a master-replica stage, put together outage by outage.
//!
//! - [`sight`]: what can be seen: faults, errors and writes of clients, Sentinels' events.
//! - [`anatomy`]: one outage, step by step, as reports have it.
//! - [`mod@assemble`]: from sights to outages.

pub mod anatomy;
pub mod assemble;
pub mod sight;

pub use anatomy::{Abort, Failover, NaiveClients, Outcome};
pub use assemble::{Facts, assemble};
pub use sight::{SentinelEvent, Sight, Step, What};
