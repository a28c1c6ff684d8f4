//! Records are whole or not there, bounded, and nobody else's.

use std::sync::Arc;

use super::*;
use crate::files::presets::PRESETS;
use crate::metrics::{Bucket, InstanceState, StageBucket};
use crate::report::Report;

/// A report of a design with this title, begun in this second of an hour.
fn report(title: &str, second: u32) -> Report {
    let topology = PRESETS[0].topology().unwrap().clone();
    let json = serde_json::json!({
        "report_version": 1, "verdict": "pass", "totals": {"arrivals": 10}, "seed": 7, "program_version": "0.1.0",
        "topology": topology, "started_at": format!("2026-01-02T03:00:{second:02}Z"),
    });
    let mut report: Report = serde_json::from_value(json).unwrap();
    report.topology.title = title.into();
    report
}

fn moments(report: &Report, count: u64) -> Vec<Bucket> {
    let stages = vec![StageBucket::default(); report.topology.stages.len()];
    let bucket = |number| Bucket {
        at: Duration::from_millis(100 * number),
        offered: number,
        stock_left: -3,
        stages: stages.clone(),
        ..Bucket::default()
    };
    (1..=count).map(bucket).collect()
}

fn keep(history: &History, report: &Report, count: u64) -> Result<String, HistoryError> {
    let mut recorder = Recorder::begin(history).unwrap();
    let state = InstanceState { name: "master".into(), lag_secs: Some(0.5), ..InstanceState::default() };
    recorder.add(&moments(report, count), &[state]);
    recorder.finish(report, Label::default()).wait()
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn a_run_is_kept_with_its_series_and_read_back_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let history = History::new(folder.path().join("deep").join("history"));
    let report = report("a sale", 5);
    let id = keep(&history, &report, 25).unwrap();
    assert!(id.starts_with("20260102-030005-"), "{id}");
    let record = history.read(&id).unwrap();
    assert_eq!(record.report, report);
    let buckets: Vec<Bucket> = record.moments.iter().map(|moment| moment.bucket.clone()).collect();
    assert_eq!(buckets, moments(&report, 25));
    assert_eq!(record.moments[3].instances[0].lag_secs, Some(0.5));
    assert!(!record.summary.is_cut);
    assert_eq!(history.find("last").unwrap(), id);
    assert_eq!(history.find("20260102").unwrap(), id);
    assert!(matches!(history.find("2027"), Err(HistoryError::Unknown(_))));
}

#[test]
fn a_run_that_is_not_finished_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let history = History::new(folder.path().into());
    let mut recorder = Recorder::begin(&history).unwrap();
    recorder.add(&moments(&report("", 1), 5), &[]);
    assert!(matches!(recorder.give_up(), Err(HistoryError::Gone)));
    assert_eq!(names(folder.path()), [""; 0]);
    // As after a kill: half a file whose owner is dead is no record, and goes in time.
    let half = folder.path().join(".recording-half");
    fs::write(&half, "PK half").unwrap();
    assert_eq!(history.list().0, []);
    history.sweep();
    assert!(half.exists(), "it may be about to be locked");
    let file = File::options().write(true).open(&half).unwrap();
    file.set_modified(SystemTime::now() - 2 * SWEPT_AFTER).unwrap();
    file.lock().unwrap();
    history.sweep();
    assert!(half.exists(), "its program lives");
    drop(file);
    history.sweep();
    assert!(!half.exists());
}

#[test]
fn the_oldest_go_but_for_what_is_pinned_and_the_latest() {
    let folder = tempfile::tempdir().unwrap();
    let history = History::new(folder.path().into()).bounded(3, u64::MAX);
    let first = keep(&history, &report("first", 1), 1).unwrap();
    history.set_meta(&first, &Meta { note: "worth keeping".into(), is_pinned: true }).unwrap();
    for second in 2..=6 {
        keep(&history, &report(&format!("run {second}"), second), 1).unwrap();
    }
    let titles: Vec<String> = history.list().0.into_iter().map(|entry| entry.summary.title).collect();
    assert_eq!(titles, ["run 6", "run 5", "first"]);
    let tight = history.clone().bounded(100, 1);
    keep(&tight, &report("last", 7), 1).unwrap();
    let titles: Vec<String> = tight.list().0.into_iter().map(|entry| entry.summary.title).collect();
    assert_eq!(titles, ["last", "first"], "the latest and the pinned stay, however small the bound");
}

#[test]
fn notes_are_found_and_go_with_their_records() {
    let folder = tempfile::tempdir().unwrap();
    let history = History::new(folder.path().into());
    let id = keep(&history, &report("Kill the master", 1), 1).unwrap();
    history.set_meta(&id, &Meta { note: "慢 disk".into(), is_pinned: false }).unwrap();
    let (entries, errors) = history.list();
    assert!(errors.is_empty());
    for (search, fits) in [("kill PASS", true), ("慢", true), ("kill fail", false), ("", true)] {
        assert_eq!(entries[0].fits(search), fits, "{search}");
    }
    history.delete(&id).unwrap();
    history.delete(&id).unwrap();
    assert_eq!(names(folder.path()), [""; 0]);
}

#[test]
fn what_is_no_record_is_told_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let history = History::new(folder.path().into());
    fs::write(folder.path().join("20250101-000000-x.zip"), "no archive").unwrap();
    let id = keep(&history, &report("", 1), 1).unwrap();
    let (entries, errors) = history.list();
    assert_eq!((entries.len(), errors.len()), (1, 1));
    assert!(history.read("20250101-000000-x").is_err());
    assert_eq!(history.find("last").unwrap(), id);
}

#[test]
fn a_folder_that_can_not_be_written_is_an_error_at_the_end_and_holds_nobody_up() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let report = report("", 1);
    let error = keep(&History::new(file.join("history")), &report, 5_000).unwrap_err();
    assert!(matches!(error, HistoryError::Io { .. }), "{error}");
    assert_eq!(History::new(file.join("history")).list().0, []);
}

#[test]
fn two_programs_at_once_keep_all_their_runs() {
    let folder = tempfile::tempdir().unwrap();
    let history = Arc::new(History::new(folder.path().into()));
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let history = history.clone();
            std::thread::spawn(move || keep(&history, &report("same", 1), 30).unwrap())
        })
        .collect();
    let mut ids: Vec<String> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), history.list().0.len()), (8, 8));
    assert!(ids.iter().all(|id| history.read(id).is_ok()));
}
