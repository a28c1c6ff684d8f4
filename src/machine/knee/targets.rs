//! What must hold at a rate, for it to count as met.

use std::time::Duration;

use crate::metrics::Totals;
use crate::report::verdict::{Figures, judge};
use crate::report::{AuditReport, OperationReport, OperationsReport};
use crate::topology::target::{Achieved, Oversold, Quantile, Requests, ResponseTime};
use crate::topology::{Target, Topology};
use crate::workload::Operation;

/// What a rate is held to where the design says nothing of time: as the bench holds one.
const USUAL_P99: Duration = Duration::from_millis(50);

/// A design with what must hold.
#[derive(Debug, Clone)]
pub struct Aim {
    /// The design; all of its targets must hold.
    pub topology: Topology,
    /// Those of them that were added, in words.
    pub added: Vec<String>,
    /// The requests that the curve is about.
    pub requests: Requests,
}

impl Aim {
    /// Nothing may be oversold, whatever the design says; `p99` of all requests may be asked for besides; and a design that asks
    /// for no time and no share of answers is held to a p99 of 50 ms and 99 % of the arrivals answered.
    pub fn new(mut topology: Topology, p99: Option<Duration>) -> Self {
        let all = |at_most| {
            Target::ResponseTime(ResponseTime { of: Requests::All, quantile: Quantile::P99, at_most })
        };
        let mut added = Vec::new();
        if !topology.targets.contains(&Target::Oversold(Oversold { at_most: 0 })) {
            added.push(Target::Oversold(Oversold { at_most: 0 }));
        }
        let is_of_time = |target: &Target| matches!(target, Target::ResponseTime(_) | Target::Achieved(_));
        let asks_for_time = topology.targets.iter().any(is_of_time);
        if let Some(p99) = p99 {
            added.push(all(p99));
        } else if !asks_for_time {
            added.push(all(USUAL_P99));
        }
        if !asks_for_time {
            added.push(Target::Achieved(Achieved::default()));
        }
        let requests = match (p99, topology.targets.iter().find_map(of_times)) {
            (Some(_), _) => Requests::All,
            (None, Some(requests)) => requests,
            _ if topology.workload.wants(Operation::Claim) => Requests::Claims,
            _ => Requests::All,
        };
        topology.targets.extend(added.iter().cloned());
        Self { topology, added: words(&added), requests }
    }

    /// The times of the requests that the curve is about.
    pub fn times(&self, operations: &OperationsReport) -> OperationReport {
        match self.requests {
            Requests::Reads => operations.read,
            Requests::Claims => operations.claim,
            Requests::Appends => operations.append,
            Requests::Counts => operations.count,
            Requests::All => operations.all,
        }
    }

    /// Their name.
    pub fn label(&self) -> &'static str {
        match self.requests {
            Requests::Reads => "reads",
            Requests::Claims => "claims",
            Requests::Appends => "events",
            Requests::Counts => "increments",
            Requests::All => "all requests",
        }
    }
}

fn of_times(target: &Target) -> Option<Requests> {
    match target {
        Target::ResponseTime(time) => Some(time.of),
        _ => None,
    }
}

/// Targets in words, as reports have them.
pub fn words(targets: &[Target]) -> Vec<String> {
    let (totals, operations, audit) =
        (Totals::default(), OperationsReport::default(), AuditReport::default());
    let nothing = Figures {
        totals: &totals,
        operations: &operations,
        audit: &audit,
        versioned: (0, 0),
        is_http: false,
    };
    judge(targets, nothing).into_iter().map(|result| result.target).collect()
}
