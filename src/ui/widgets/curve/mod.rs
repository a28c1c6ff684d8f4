//! Arrival rates over time, drawn and edited.
//!
//! - [`handles`]: what can be taken hold of in a shape, and what moving it does (pure).
//! - [`axes`]: from seconds and rates to the screen, and the lines and figures around.
//! - [`editor`]: the shape of one phase, to be dragged.
//! - [`points`]: the points of a curve as a table.
//! - [`overview`]: the phases of a workload side by side.

pub mod axes;
pub mod editor;
pub mod handles;
pub mod overview;
pub mod points;
