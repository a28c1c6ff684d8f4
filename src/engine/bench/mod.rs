//! What the engine costs, measured on this machine: for `cargo bench`, and for `seckill-lab bench`, which says what a laptop carries.
//!
//! - [`exchange`]: one server, a number of connections and a depth of pipelines, as load generators of Redis measure it.
//! - [`mod@schedule`]: the generator alone.
//! - [`audit`]: a ledger held against a database.

pub mod audit;
pub mod exchange;
pub mod schedule;

pub use exchange::{Exchange, ExchangesFailed, Rig, RigError};
pub use schedule::{Kept, schedule};
