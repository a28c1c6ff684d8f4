//! The presets about events, counters, points and pages of one's own, scaled down, each held to what it promises.

mod common;

use std::time::Duration;

use common::{Ran, assert_all_laws, assert_balanced, open, presets, run};
use seckill_lab::report::StageReport;

/// A preset, and what has to be true of a run of it besides its targets.
type Case = (&'static str, fn(&Ran));

const CASES: [Case; 6] = [
    ("sign-in-points.ron", |ran| {
        let audit = &ran.report.audit;
        assert!(ran.report.totals.rejected > 500, "most come again: {:?}", ran.report.totals);
        assert!(audit.sold > 500 && audit.sold <= 8_000, "{audit:#?}");
        assert_eq!(audit.places.database_orders, Some(audit.sold));
    }),
    ("first-order-page.ron", |ran| {
        let (reads, hits) = (ran.report.operations.read.ended, ran.report.totals.intercepted);
        let asked = stage(ran, "Database").served;
        assert!(hits > 0 && asked > 0 && hits + asked == reads, "{hits} + {asked} of {reads}");
    }),
    ("red-packets.ron", |ran| {
        let audit = &ran.report.audit;
        assert!(audit.sold > 500 && audit.places.queue_orders == 0, "{audit:#?}");
        assert_eq!(audit.sold + audit.left, audit.stock);
    }),
    ("behaviour-tracking.ron", |ran| {
        assert!(ran.report.faults.iter().all(|fault| fault.error.is_none()), "{:?}", ran.report.faults);
        let events = ran.report.audit.events.as_ref().expect("events were left");
        assert!(
            events.all.acknowledged > 1_000 && events.in_database == events.all.acknowledged,
            "{events:?}"
        );
        assert_eq!((events.in_queue, events.tables >= 2), (0, true), "{events:?}");
    }),
    ("live-chat.ron", |ran| {
        let (events, counts) = (ran.report.audit.event_counts(), ran.report.audit.increments());
        assert!(events.present > 500 && counts.in_redis > 500, "{events:?} {counts:?}");
        assert_eq!(ran.report.shards.len(), 3);
        assert!(ran.report.shards.iter().all(|shard| shard.answered > 0), "{:?}", ran.report.shards);
    }),
    ("write-behind-counters.ron", |ran| {
        assert!(ran.report.faults.iter().all(|fault| fault.error.is_none()), "{:?}", ran.report.faults);
        let counts = ran.report.audit.increments();
        assert!(counts.in_database > 500, "{counts:?}");
        assert_eq!(counts.in_redis + counts.in_database, counts.acknowledged);
    }),
];

fn stage<'a>(ran: &'a Ran, kind: &str) -> &'a seckill_lab::metrics::StageTally {
    let found: Option<&StageReport> = ran.report.stages.iter().find(|stage| stage.kind == kind);
    &found.expect("the stage is there").tally
}

#[test]
fn every_preset_of_records_and_own_pages_keeps_its_promise() {
    for (name, holds) in CASES {
        let path = presets().into_iter().find(|path| path.ends_with(name)).expect("the preset is there");
        let mut topology = open(&path);
        topology.stretch_to(Duration::from_secs(4));
        topology.workload.scale_to(2_000.0);
        let is_broken = !topology.faults.is_empty();
        let ran = run(topology);
        // What a dead worker had written is counted again when its successor writes it again.
        if is_broken {
            assert_balanced(&ran);
        } else {
            assert_all_laws(&ran);
        }
        let report = &ran.report;
        assert!(!report.audit.found_wrong(), "{name}: {:#?}", report.audit);
        // Latency depends on the machine; facts don't.
        let missed = report.targets.iter().find(|target| target.is_fact && target.holds != Some(true));
        assert!(missed.is_none(), "{name}: {missed:?}");
        assert_eq!(report.totals.failed + report.totals.indefinite, 0, "{name}: {:?}", report.totals);
        holds(&ran);
    }
}
