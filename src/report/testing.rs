//! Reports for the tests of this module.

use super::audit::Offence;
use super::timeline::{StageTimeline, Timeline};
use super::{
    AuditReport, GeneratorReport, MachineReport, OperationReport, OperationsReport, REPORT_VERSION, Report,
    ServerReport, SettingReport, StageReport, TargetResult, Verdict,
};
use crate::metrics::failover::{Failover, Outcome as Ending};
use crate::metrics::{InstanceSummary, Outcome, Quantiles, Reason, Role, StageTally, Totals};
use crate::param::ParamValue;
use crate::topology::stage::{Cdn, MasterReplica, Users};
use crate::topology::target::Oversold;
use crate::topology::{Expected, Link, Realness, Stage, StageKind, Target, Topology, Variant};
use crate::workload::{Audience, Phase, Records, Sale, Shape, Spacing, Workload};

/// A design of three stages.
pub fn topology() -> Topology {
    let stage = |name: &str, kind, x: f32| Stage { name: name.into(), kind, at: (x, 40.0) };
    let phase = Phase {
        name: "rush".into(),
        span: std::time::Duration::from_secs(2),
        shape: Shape::Curve(vec![(0.0, 50_000.0), (1.5, 70_000.0)]),
        spacing: Spacing::Even,
        mix: crate::workload::Mix { claim: 1.0, ..Default::default() },
    };
    Topology {
        title: "A small sale".into(),
        question: "Does it sell more than it has?".into(),
        source: "a test".into(),
        expected: Some(Expected::Fail),
        stages: vec![
            stage("users", StageKind::Users(Users::default()), 0.0),
            stage("cdn", StageKind::Cdn(Cdn::default()), 280.0),
            stage("inventory", StageKind::MasterReplica(MasterReplica::default()), 560.0),
        ],
        links: vec![Link::new("users", "cdn"), Link::new("cdn", "inventory")],
        workload: Workload {
            seed: u64::MAX,
            sale: Sale::default(),
            audience: Audience::default(),
            records: Records::default(),
            phases: vec![phase],
        },
        faults: Vec::new(),
        rules: Vec::new(),
        targets: vec![Target::Oversold(Oversold::default())],
        variants: vec![Variant {
            name: "shorter".into(),
            stage: "cdn".into(),
            set: "ttl".into(),
            to: ParamValue::Duration(std::time::Duration::from_millis(1_500)),
        }],
    }
}

/// A passed run: so many arrivals, of them intercepted; the p99 of claims in microseconds.
pub fn report(arrivals: u64, intercepted: u64, p99: u64) -> Report {
    let claim = OperationReport {
        ended: arrivals,
        response_us: Quantiles { p50: p99 / 4, p99, ..Quantiles::default() },
        ..OperationReport::default()
    };
    Report {
        totals: Totals { arrivals, intercepted, sold: arrivals - intercepted, ..Totals::default() },
        operations: OperationsReport { claim, all: claim, ..OperationsReport::default() },
        audit: AuditReport { audited: true, ..AuditReport::default() },
        generator: GeneratorReport { duration_secs: 1.0, ..GeneratorReport::default() },
        topology: Topology { title: "test".into(), ..topology() },
        ..empty()
    }
}

/// A run of a small sale that sold three units too many.
pub fn oversold() -> Report {
    let all = OperationReport { ended: 120_000, response_us: TIMES, service_us: TIMES };
    let generator =
        GeneratorReport { duration_secs: 2.0, offered_per_sec: 60_000.0, ..GeneratorReport::default() };
    let server =
        ServerReport { kind: "Valkey".into(), version: "9.0".into(), path: "/bin/valkey-server".into() };
    let setting = SettingReport { stage: "inventory".into(), name: "retries".into(), value: "none".into() };
    let (stage, name) = ("inventory".into(), "master".into());
    let target = TargetResult {
        target: "oversold ≤ 0 units".into(),
        measured: "3 units".into(),
        holds: Some(false),
        is_fact: true,
    };
    Report {
        report_version: REPORT_VERSION,
        verdict: Verdict::Fail,
        reasons: vec!["oversold ≤ 0 units does not hold: 3 units".into()],
        totals: Totals {
            arrivals: 120_000,
            intercepted: 100_000,
            sold: 1_003,
            rejected: 18_997,
            ..Totals::default()
        },
        stages: stages(),
        operations: OperationsReport { claim: all, all, ..OperationsReport::default() },
        audit: audit(),
        targets: vec![target],
        generator,
        servers: vec![server],
        settings: vec![setting],
        instances: vec![InstanceSummary { stage, name, role: Role::Master, ..InstanceSummary::default() }],
        failovers: vec![outage()],
        timeline: timeline(),
        started_at: "2026-01-02T03:04:05Z".into(),
        machine: MachineReport { system: "Linux".into(), cores: 2, ..MachineReport::default() },
        seed: u64::MAX,
        program_version: "0.1.0".into(),
        topology: topology(),
        ..empty()
    }
}

const TIMES: Quantiles = Quantiles { p50: 800, p95: 2_400, p99: 9_000, p999: 20_000, max: 31_000 };

/// A report that says nothing.
fn empty() -> Report {
    let json = serde_json::json!({
        "report_version": REPORT_VERSION, "verdict": "pass", "totals": {}, "seed": 1, "program_version": "", "topology": topology(),
    });
    serde_json::from_value(json).unwrap()
}

fn stages() -> Vec<StageReport> {
    let users = StageTally { arrivals: 120_000, passed: 120_000, ..StageTally::default() };
    let mut cdn = StageTally { arrivals: 120_000, passed: 20_000, ..StageTally::default() };
    cdn.end(Outcome::Intercepted(Reason::CacheHit), 100_000);
    let mut inventory = StageTally { arrivals: 20_000, ..StageTally::default() };
    inventory.end(Outcome::Sold, 1_003);
    inventory.end(Outcome::Rejected(Reason::SoldOut), 18_997);
    vec![
        StageReport::new("users", "Users", Realness::InProcess, &users, TIMES),
        StageReport::new("cdn", "Cdn", Realness::InProcess, &cdn, TIMES),
        StageReport::new("inventory", "MasterReplica", Realness::RealProcess, &inventory, TIMES),
    ]
}

fn audit() -> AuditReport {
    let offence = Offence {
        kind: "oversold".into(),
        order_id: 4_711,
        item: 3,
        claimant: 99,
        units: 1,
        accepted_secs: 1.25,
    };
    AuditReport {
        audited: true,
        stock: 1_000,
        sold: 1_003,
        oversold: 3,
        offending: vec![offence],
        ..AuditReport::default()
    }
}

fn outage() -> Failover {
    Failover {
        stage: "inventory".into(),
        outcome: Ending::Failover,
        cause: Some("Kill master of inventory".into()),
        master_before: "master".into(),
        master_after: "replica 1".into(),
        fault_secs: Some(0.5),
        odown_secs: Some(0.9),
        switched_secs: Some(1.2),
        first_write_secs: Some(1.4),
        detection_secs: Some(0.4),
        ..Failover::default()
    }
}

/// Twenty buckets whose counts add up to those of the report.
fn timeline() -> Timeline {
    let column = |sum: u64| vec![sum / 20; 20];
    let stage = |name: &str, arrivals, intercepted| StageTimeline {
        name: name.into(),
        arrivals: column(arrivals),
        intercepted: column(intercepted),
        p99_us: vec![900; 20],
        ..StageTimeline::default()
    };
    let mut timeline = Timeline {
        bucket_secs: 0.1,
        at_secs: (1..=20).map(|n| f64::from(n) / 10.0).collect(),
        offered: column(120_000),
        achieved: column(120_000),
        stock_left: (0..20).map(|n| 1_000 - n * 51).collect(),
        p50_us: vec![800; 20],
        p99_us: vec![9_000; 20],
        stages: vec![
            stage("users", 120_000, 0),
            stage("cdn", 120_000, 100_000),
            stage("inventory", 20_000, 0),
        ],
        ..Timeline::default()
    };
    timeline.sold = vec![50; 19];
    timeline.sold.push(53);
    timeline.mend();
    timeline
}
