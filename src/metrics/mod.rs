//! How we count. Pure: nothing here knows a clock, a socket or a server.
//!
//! - [`outcome`]: how a request can end, and why it was intercepted.
//! - `stripe`: counters for each thread, so that counting is cheap.
//! - [`tally`]: counts per operation and outcome, and the conservation law they obey.
//! - [`shared_tally`]: the same counts while many threads add to them.
//! - [`histogram`]: response times; quantiles come from merged histograms, never from averaged quantiles.
//! - [`recorder`]: times while many threads record them; emptied into histograms.
//! - [`instance`]: what a server process says of itself.
//! - [`bucket`]: what happened in a tenth of a second.
//! - [`failover`]: the anatomy of failovers.

pub mod bucket;
pub mod failover;
pub mod histogram;
pub mod instance;
pub mod outcome;
pub mod recorder;
pub mod shared_tally;
mod stripe;
pub mod tally;

pub use bucket::{Bucket, ShardBucket, StageBucket};
pub use histogram::{Latency, Quantiles};
pub use instance::{InstanceState, InstanceSummary, Role};
pub use outcome::{Outcome, Reason};
pub use recorder::Recorder;
pub use shared_tally::SharedTally;
pub use tally::{StageTally, Totals};

/// Whether recorders and shared tallies count at all: always, but in a bench that measures what counting costs.
pub const COUNTS: bool = !cfg!(feature = "uncounted");
