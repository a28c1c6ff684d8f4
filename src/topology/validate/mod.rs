//! All problems of a topology at once.
//!
//! - [`ranges`]: every parameter within its range.
//! - [`wiring`]: names, links and the way of the traffic.
//! - [`roles`]: whether each request can be answered, and whether the stages get what they need.
//! - [`load`]: the workload, faults and targets.

mod load;
mod ranges;
mod roles;
mod wiring;

use super::{Problem, Topology};

/// Lists everything that is wrong, in the order in which a reader would mend it.
pub fn validate(topology: &Topology) -> Vec<Problem> {
    let mut problems = Vec::new();
    ranges::check(topology, &mut problems);
    wiring::check(topology, &mut problems);
    roles::check(topology, &mut problems);
    load::check(topology, &mut problems);
    problems
}
