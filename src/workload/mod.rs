//! What arrives: who, when, wanting what.
//!
//! Pure and seeded: the same workload and seed give the same arrivals, at the same intended times, on every machine.
//!
//! - [`spec`]: what a file says: phases, sale, audience.
//! - [`arrival`]: from a shape to intended times.
//! - [`operation`]: what one request wants.
//! - [`source`]: the stream of requests of a run; its rate may be changed on the way.
//! - [`wishes`]: who asks, and for what.

pub mod arrival;
pub mod operation;
pub mod source;
pub mod spec;
pub mod wishes;

pub use arrival::{Constant, Ramp, Shape, Spacing, Spike};
pub use operation::{Operation, Operations, Request};
pub use source::Source;
pub use spec::{Audience, Mix, PageOf, Phase, Records, Sale, Workload};
pub use wishes::{Wish, Wishes};
