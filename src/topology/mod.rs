//! What is wired: stages, links, faults, targets, and what is wrong with them.
//!
//! Pure: no I/O, no clock, no servers. A broken drawing is a normal state: [`validate`](validate::validate) lists its
//! problems, and only a [`RunPlan`] is known to be sound.
//!
//! - [`stage`]: the kinds of stage and their parameters.
//! - [`address`]: where a server is that is not ours, without secrets.
//! - [`outside`]: what a design names that is on other machines, or a file.
//! - [`fault`]: what breaks when; [`chaos`]: the same by lot.
//! - [`change`]: what can be turned while a run goes on.
//! - [`difference`]: what differs between two designs.
//! - [`rule`]: what is watched while a run goes on, and changed then.
//! - [`target`]: what must hold. [`variant`]: the same with one parameter set to another value.
//! - [`problem`]: place, severity, text, remedy.
//! - [`graph`]: the way of the traffic through the links. [`way`]: that of one operation.
//! - [`validate`]: all problems of a topology at once.
//! - [`plan`]: a topology that can run, with every route resolved.

pub mod address;
pub mod change;
pub mod chaos;
pub mod difference;
pub mod fault;
pub mod graph;
pub mod outside;
pub mod plan;
pub mod problem;
pub mod rule;
pub mod stage;
pub mod target;
#[cfg(test)]
mod testing;
pub mod validate;
pub mod variant;
pub mod way;

use std::time::Duration;

use serde::{Deserialize, Serialize};

pub use address::Address;
pub use change::Change;
pub use fault::Fault;
pub use outside::Outside;
pub use plan::RunPlan;
pub use problem::{Place, Problem, Severity};
pub use rule::Rule;
pub use stage::{Realness, Stage, StageKind};
pub use target::Target;
pub use variant::Variant;
pub use way::Way;

use crate::param::choices;
use crate::workload::{Operations, Workload};

/// The version of the file format that this program writes and the newest that it reads.
pub const FORMAT_VERSION: u64 = 1;

choices! {
    /// The verdict that a preset promises.
    pub enum Expected {
        /// All targets hold.
        Pass,
        /// A target does not hold; that is the lesson.
        Fail,
    }

    /// What the clients on a link do about a failover of the Redis that they send to.
    pub enum ClientKind {
        /// They ask the Sentinels who is master: when they connect, after an error, and when a Sentinel tells of a switch.
        SentinelAware,
        /// They keep the address of the first master for ever, and connect to it again after an error.
        Naive,
    }
}

/// A design with its workload, faults and targets: everything that one file says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Topology {
    /// Its name in a few words.
    pub title: String,
    /// The question that a run of it answers.
    pub question: String,
    /// Where the design comes from.
    pub source: String,
    /// The verdict to expect, where the file promises one.
    pub expected: Option<Expected>,
    /// What is drawn.
    pub stages: Vec<Stage>,
    /// How it is wired.
    pub links: Vec<Link>,
    /// What arrives.
    pub workload: Workload,
    /// What breaks when.
    pub faults: Vec<Fault>,
    /// What is watched while requests arrive, and what is done about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Rule>,
    /// What must hold.
    pub targets: Vec<Target>,
    /// Variants to be run on the same arrivals.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub variants: Vec<Variant>,
}

/// A wire between two stages, by name, in the direction of the requests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The stage that sends.
    pub from: String,
    /// The stage that receives.
    pub to: String,
    /// What the clients of this link do about a failover.
    pub clients: ClientKind,
    /// What of the requests goes this way; none named: all for which no other link of the stage that sends is named.
    #[serde(default, skip_serializing_if = "names_nothing")]
    pub operations: Operations,
}

impl Link {
    /// A wire for all requests, with clients that follow a failover.
    pub fn new(from: impl Into<String>, to: impl Into<String>) -> Self {
        let (clients, operations) = (ClientKind::SentinelAware, Operations::NONE);
        Self { from: from.into(), to: to.into(), clients, operations }
    }

    /// Whether another wire leads from the same stage to the same one, whatever its clients do.
    pub fn is_beside(&self, other: &Self) -> bool {
        self.from == other.from && self.to == other.to
    }
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn names_nothing(operations: &Operations) -> bool {
    operations.is_empty()
}

impl Topology {
    /// Stretches the whole story so that arrivals come for `duration`: phases, the opening and the faults keep their
    /// proportions.
    pub fn stretch_to(&mut self, duration: Duration) {
        let factor = duration.as_secs_f64() / self.workload.duration().as_secs_f64();
        self.workload.stretch_to(duration);
        for fault in &mut self.faults {
            fault.at = fault.at.mul_f64(factor);
        }
    }

    /// What goes over a link: the operations that it names, or all that no other link from its stage does.
    pub fn carried(&self, link: &Link) -> Operations {
        if !link.operations.is_empty() {
            return link.operations;
        }
        let beside = self.links.iter().filter(|other| other.from == link.from);
        beside.fold(Operations::ALL, |rest, other| rest.without(other.operations))
    }

    /// Whether operations go ways of their own: a link names some.
    pub fn is_parted(&self) -> bool {
        self.links.iter().any(|link| !link.operations.is_empty())
    }

    /// How much of a stage is the real thing. What is kept on another stage is what that one is.
    pub fn realness(&self, stage: &Stage) -> Realness {
        let host = match &stage.kind {
            StageKind::Queue(params) => params.on.as_deref().and_then(|on| self.index_of(on)),
            StageKind::Sessions(params) => params.on.as_deref().and_then(|on| self.index_of(on)),
            _ => None,
        };
        host.map_or_else(|| stage.kind.realness(), |host| self.stages[host].kind.realness())
    }

    /// The place of a stage in [`Self::stages`].
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.stages.iter().position(|stage| stage.name == name)
    }
}
