//! The presets of strategies and of the bug museum: each gives the verdict that it promises, for the reason that it names; and
//! without its mistake the same sale sells exactly.

#![allow(clippy::print_stdout, reason = "says which row of a table failed")]

use crate::common;

use std::path::Path;

use common::{assert_balanced, assert_sold_exactly, open, run};
use seckill_lab::metrics::Reason;
use seckill_lab::report::{AuditReport, Report};
use seckill_lab::topology::stage::GateCount;
use seckill_lab::topology::{Expected, StageKind, Topology};

/// A preset, and what its report must say.
type Row = (&'static str, fn(&Report) -> bool);

const STRATEGIES: &[Row] = &[
    ("decr-compensation.ron", |report| report.audit.returned > 20 && is_sold_exactly(&report.audit)),
    ("list-token.ron", |report| report.audit.returned > 20 && is_sold_exactly(&report.audit)),
    ("watch-multi.ron", |report| report.totals.failed > report.totals.arrivals / 10 && report.audit.left > 0),
    ("one-script.ron", |report| {
        let booked = u64::try_from(report.audit.places.booked_units);
        report.failovers.len() == 1 && booked == Ok(report.audit.sold)
    }),
    ("optimistic-version.ron", |report| is_sold_exactly(&report.audit)),
];

const MUSEUM: &[Row] = &[
    ("museum-check-after-decr.ron", |report| {
        let audit = &report.audit;
        // A hole as deep as the clicks that came too late.
        audit.undersold > 50 && audit.oversold == 0 && audit.places.booked_units > 1_100
    }),
    ("museum-off-by-one.ron", |report| report.audit.oversold == 10 && report.audit.undersold == 0),
    ("museum-late-duplicate-check.ron", |report| {
        let refused: u64 =
            report.stages.iter().map(|stage| stage.tally.rejected.get(Reason::Duplicate)).sum();
        report.audit.undersold == refused && refused > 50
    }),
    ("museum-starts-sold-out.ron", |report| (report.audit.sold, report.audit.undersold) == (0, 1_000)),
    ("museum-reload-while-queued.ron", |report| {
        let audit = &report.audit;
        audit.oversold > 50 && (audit.undersold, audit.duplicates) == (0, 0)
    }),
    // The inventory refuses what the gate should have: the sale is exact, and the funnel leaks.
    ("museum-lagging-gate.ron", |report| is_sold_exactly(&report.audit)),
];

fn is_sold_exactly(audit: &AuditReport) -> bool {
    !audit.found_wrong() && (audit.sold, audit.left) == (audit.stock, 0)
}

/// A machine that does other work too makes a run inconclusive; what the targets say of it stands.
fn misses_a_target(report: &Report) -> bool {
    report.targets.iter().any(|target| target.holds == Some(false))
}

fn preset(file: &str) -> Topology {
    open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("presets").join(file))
}

#[test]
fn each_preset_gives_its_verdict_for_the_reason_that_it_names() {
    for (file, is_as_named) in STRATEGIES.iter().chain(MUSEUM) {
        let topology = preset(file);
        let promised = topology.expected.expect("a promise");
        let ran = run(topology);
        println!("{file}: {:?} {:#?}", ran.report.reasons, ran.report.audit);
        assert_balanced(&ran);
        assert_eq!(misses_a_target(&ran.report), promised == Expected::Fail, "{file}");
        assert!(is_as_named(&ran.report), "{file}: {:#?}", ran.report.totals);
    }
}

#[test]
fn without_its_mistake_each_sale_of_the_museum_sells_exactly() {
    for (file, _) in MUSEUM {
        let mut topology = preset(file);
        for stage in &mut topology.stages {
            match &mut stage.kind {
                StageKind::MasterReplica(params) => params.mistake = None,
                StageKind::ReadWriteSplit(params) => params.closes_by = GateCount::OnMaster,
                StageKind::DataControl(params) => (params.reload_stock, params.unpaid_ratio) = (false, 0.0),
                _ => {}
            }
        }
        println!("{file}");
        let ran = run(topology);
        assert_sold_exactly(&ran);
        assert!(!misses_a_target(&ran.report), "{:?}", ran.report.reasons);
    }
}
