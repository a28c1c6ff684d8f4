//! What the lessons say is what is measured: the robust facts of each, on real servers.

use crate::common;

use std::time::Duration;

use common::run;
use seckill_lab::files::lessons::{LESSONS, Shipped};
use seckill_lab::report::Report;
use seckill_lab::report::compare::figure::Figure;

/// Runs the designs of a lesson, the steady ones for so long only: what it says doesn't depend on how long they run.
fn measure(number: u32, only: &[&str], shortened: Option<Duration>) -> Vec<Report> {
    let mut lessons = LESSONS.iter().filter_map(Shipped::lesson);
    let lesson = lessons.find(|lesson| lesson.number == number).expect("the lesson is there");
    let runs = lesson.runs().filter(|(_, exercise)| only.is_empty() || only.contains(&&*exercise.name));
    runs.map(|(step, exercise)| {
        let mut topology = exercise.topology.clone();
        if let Some(duration) = shortened {
            topology.stretch_to(duration);
        }
        let report = run(topology).report;
        for figure in lesson.figures_of(step) {
            assert!(figure.of(&report).is_some(), "lesson {number}, {}: {figure:?}", exercise.name);
        }
        report
    })
    .collect()
}

fn figure(report: &Report, key: &str) -> f64 {
    Figure::find(key).and_then(|figure| figure.of(report)).expect("it is measured")
}

const SHORT: Option<Duration> = Some(Duration::from_millis(1_500));

#[test]
fn the_database_alone_sells_correctly_and_turns_most_people_away() {
    let report = &measure(1, &[], SHORT)[0];
    assert!(figure(report, "oversold") == 0.0 && figure(report, "sold") > 0.0);
    assert!(figure(report, "achieved") < 0.9, "{}", figure(report, "achieved"));
    assert!(figure(report, "claims_p99_us") > 50_000.0, "{}", figure(report, "claims_p99_us"));
}

#[test]
fn the_cdn_takes_nearly_all_reads_however_short_it_keeps_them() {
    let reports = measure(2, &[], SHORT);
    let [long, short] = [0, 1].map(|run: usize| figure(&reports[run], "before_servers"));
    assert!(long > 0.85 && (0.4..long).contains(&short), "{long} {short}");
}

#[test]
fn the_gate_keeps_the_hopeless_away_and_sells_the_same() {
    let reports = measure(3, &[], SHORT);
    let reached = |run: usize| figure(&reports[run], "reached_inventory");
    assert!(reached(0) > 0.99 && reached(1) < 0.15, "{} {}", reached(0), reached(1));
    for report in &reports {
        assert!((report.audit.sold, report.audit.oversold) == (100, 0), "{:#?}", report.audit);
    }
}

#[test]
fn reading_and_writing_back_oversells_and_a_script_does_not() {
    let naive = &measure(4, &[], SHORT)[0];
    let script = &measure(5, &["script"], SHORT)[0];
    assert!(figure(naive, "oversold") > 0.0, "{:#?}", naive.audit);
    assert!((script.audit.sold, script.audit.oversold) == (100, 0), "{:#?}", script.audit);
}

#[test]
fn a_queue_moves_the_waiting_to_where_nobody_waits() {
    let reports = measure(6, &[], None);
    let p99 = |run: usize| figure(&reports[run], "claims_p99_us");
    assert!(p99(0) > 500_000.0 && p99(1) < p99(0) / 2.0, "{} {}", p99(0), p99(1));
    assert!(figure(&reports[1], "worst_backlog") > 200.0, "{}", figure(&reports[1], "worst_backlog"));
    for report in &reports {
        assert!(figure(report, "lost_acknowledged") == 0.0, "{:#?}", report.audit);
    }
}

#[test]
fn a_killed_master_costs_seconds_and_no_order() {
    let report = &measure(7, &[], None)[0];
    let gap = figure(report, "unavailable_secs");
    assert!((0.6..6.0).contains(&gap), "{gap}");
    assert!(figure(report, "lost_acknowledged") == 0.0 && figure(report, "oversold") == 0.0);
}

#[test]
fn far_replicas_lose_orders_and_waiting_for_one_keeps_them() {
    let lost = &measure(8, &[], None)[0];
    assert!(figure(lost, "lost_acknowledged") > 0.0, "{:#?}", lost.audit);
    let kept = &measure(9, &[], None)[0];
    assert!(figure(kept, "lost_acknowledged") == 0.0, "{:#?}", kept.audit);
    assert!(figure(kept, "claims_p50_us") > 150_000.0, "{}", figure(kept, "claims_p50_us"));
}

#[test]
fn the_whole_funnel_lets_a_few_orders_reach_the_database() {
    let report = &measure(10, &[], None)[0];
    assert!(figure(report, "before_servers") > 0.7, "{}", figure(report, "before_servers"));
    assert!(figure(report, "reached_database") < 0.1, "{}", figure(report, "reached_database"));
    for key in ["oversold", "duplicates", "lost_acknowledged"] {
        assert!(figure(report, key) == 0.0, "{key}: {:#?}", report.audit);
    }
}
