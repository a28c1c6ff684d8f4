//! Reports for the tests of this module.

use super::{
    AuditReport, GeneratorReport, OperationReport, OperationsReport, REPORT_VERSION, Report, Verdict,
};
use crate::metrics::{Quantiles, Totals};
use crate::topology::Topology;
use crate::workload::{Audience, Records, Sale, Workload};

/// A passed run of an empty design: so many arrivals, of them intercepted; the p99 of claims in microseconds.
pub fn report(arrivals: u64, intercepted: u64, p99: u64) -> Report {
    let claim = OperationReport {
        ended: arrivals,
        response_us: Quantiles { p50: p99 / 4, p99, ..Quantiles::default() },
        ..OperationReport::default()
    };
    Report {
        report_version: REPORT_VERSION,
        verdict: Verdict::Pass,
        reasons: Vec::new(),
        totals: Totals { arrivals, intercepted, sold: arrivals - intercepted, ..Totals::default() },
        stages: Vec::new(),
        operations: OperationsReport { claim, all: claim, ..OperationsReport::default() },
        audit: AuditReport { audited: true, ..AuditReport::default() },
        targets: Vec::new(),
        generator: GeneratorReport { duration_secs: 1.0, ..GeneratorReport::default() },
        servers: Vec::new(),
        instances: Vec::new(),
        claimed: Vec::new(),
        shards: Vec::new(),
        reshapes: Vec::new(),
        settings: Vec::new(),
        queue: None,
        other_queues: Vec::new(),
        faults: Vec::new(),
        failovers: Vec::new(),
        absences: Vec::new(),
        breakers: Vec::new(),
        alerts: Vec::new(),
        changes: Vec::new(),
        backup: None,
        troubles: Vec::new(),
        series: Vec::new(),
        seed: 1,
        program_version: String::new(),
        topology: empty(),
    }
}

fn empty() -> Topology {
    Topology {
        title: "test".into(),
        question: String::new(),
        source: String::new(),
        expected: None,
        stages: Vec::new(),
        links: Vec::new(),
        workload: Workload {
            seed: 1,
            sale: Sale::default(),
            audience: Audience::default(),
            records: Records::default(),
            phases: Vec::new(),
        },
        faults: Vec::new(),
        rules: Vec::new(),
        targets: Vec::new(),
        variants: Vec::new(),
    }
}
