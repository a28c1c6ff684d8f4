//! All problems of a topology at once.
//!
//! - `ranges`: every parameter within its range.
//! - `wiring`: names, links and the way of the traffic.
//! - `parting`: operations that go ways of their own.
//! - `roles`: whether each request can be answered, and whether the stages get what they need.
//! - `stock`: whether the inventory's strategy has what it needs, and a mistake fits it.
//! - `availability`: whether a failover can happen, and what was chosen for one.
//! - `memory`: what becomes of a Redis whose memory is full.
//! - [`external`]: addresses of servers that are not ours, and what can't be had of them.
//! - `rules`: what is watched and changed. `variants`: whether each can run.
//! - `load`: the workload and targets. [`faults`]: the scripted faults.

mod availability;
pub mod external;
pub mod faults;
mod load;
mod memory;
mod parting;
mod ranges;
mod roles;
mod rules;
mod stock;
#[cfg(test)]
mod tests;
mod variants;
mod wiring;

use super::{Problem, Stage, Topology};
pub use availability::clients_matter;
pub use load::{LONGEST_RUN, instances};
pub use parting::may_part;
pub use ranges::all_in_range;
pub use rules::is_settable;
pub use wiring::{LONGEST_NAME, only_one, refusal};

/// More stages than this are not a drawing that anyone reads.
const MOST_STAGES: usize = 200;
/// More links than this are not one either.
const MOST_LINKS: usize = 2_000;

/// What is missing from a topology because its file could not be read in full. Nothing is said about what follows
/// from the gap alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "independent facts about one file")]
pub struct Unread {
    /// Whether stages are missing.
    pub stages: bool,
    /// Names of stages that are missing: links, faults and queues may speak of them.
    pub stage_names: Vec<String>,
    /// Whether stages are missing whose names could not be read either: any name may be theirs.
    pub nameless_stages: bool,
    /// Whether links are missing.
    pub links: bool,
    /// Whether a phase is missing, or something in one.
    pub phases: bool,
    /// Whether targets are missing.
    pub targets: bool,
}

/// Lists everything that is wrong, in the order in which a reader would mend it.
pub fn validate(topology: &Topology) -> Vec<Problem> {
    validate_read(topology, &Unread::default())
}

/// Lists everything that is wrong with the part of a topology that could be read.
pub fn validate_read(topology: &Topology, unread: &Unread) -> Vec<Problem> {
    let mut problems = Vec::new();
    ranges::check(topology, &mut problems);
    // Beyond these counts the checks below, which look at pairs, would only keep the reader waiting.
    if wiring::check_counts(topology, &mut problems) {
        wiring::check(topology, unread, &mut problems);
        parting::check(topology, unread, &mut problems);
        roles::check(topology, unread, &mut problems);
        stock::check(topology, unread, &mut problems);
        memory::check(topology, &mut problems);
        availability::check(topology, &mut problems);
        external::check(topology, &mut problems);
        load::check(topology, unread, &mut problems);
        rules::check(topology, unread, &mut problems);
        variants::check(topology, unread, &mut problems);
    }
    problems
}

impl Unread {
    /// Whether the drawing is whole, so that what it lacks is really lacking: every stage and link was read, and the
    /// links lead without doubt from one stage to another.
    fn drawing_is_whole(&self, topology: &Topology) -> bool {
        let is_stage = |name: &str| topology.index_of(name).is_some();
        let is_first = |(index, stage): (usize, &Stage)| topology.index_of(&stage.name) == Some(index);
        !self.stages
            && !self.links
            && topology.links.iter().all(|link| is_stage(&link.from) && is_stage(&link.to))
            && topology.stages.iter().enumerate().all(is_first)
    }

    /// Whether a name stands for a stage of the topology, or for one that could not be read.
    fn knows(&self, topology: &Topology, name: &str) -> bool {
        topology.index_of(name).is_some()
            || self.nameless_stages
            || self.stage_names.iter().any(|unread| unread == name)
    }
}
