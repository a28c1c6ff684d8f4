//! Runs that were kept: listed, noted, pinned, deleted, and shown again without an engine.

use egui_kittest::kittest::Queryable;
use seckill_lab::engine::EventKind;
use seckill_lab::files::history::{History, Recorder};
use seckill_lab::files::presets::PRESETS;
use seckill_lab::metrics::{Bucket, StageBucket};
use seckill_lab::ui::command::UiCommand;
use seckill_lab::ui::intent::Intent;
use seckill_lab::ui::session::Session;
use seckill_lab::ui::session::keep::Keeper;

use super::fake::Lab;
use super::results::passed;

fn ask(lab: &mut Lab, intent: Intent) {
    lab.harness.state_mut().ask(intent);
    lab.harness.run();
}

/// A history with one run of three tenths, and a window over it.
fn kept() -> (tempfile::TempDir, History, Lab) {
    let folder = tempfile::tempdir().unwrap();
    let history = History::new(folder.path().into());
    let topology = PRESETS[0].topology().unwrap();
    let mut recorder = Recorder::begin(&history).unwrap();
    let stages = vec![StageBucket::default(); topology.stages.len()];
    let buckets: Vec<Bucket> = (1..=3)
        .map(|tenth| Bucket {
            at: std::time::Duration::from_millis(100 * tenth),
            offered: 70,
            stages: stages.clone(),
            ..Bucket::default()
        })
        .collect();
    recorder.add(&buckets, &[]);
    recorder.finish(&passed(topology), "").wait().unwrap();
    let mut session = Session::alone();
    session.keeper = Keeper::new(Some(history.clone()));
    let mut lab = Lab::begin(session, None);
    ask(&mut lab, Intent::Dialog(None));
    ask(&mut lab, Intent::Command(UiCommand::ShowHistory));
    (folder, history, lab)
}

#[test]
fn a_kept_run_is_shown_again_without_an_engine() {
    let (_folder, _history, mut lab) = kept();
    lab.engine.told();
    lab.click("Open");
    let run = lab.model().runs.current.as_ref().unwrap();
    assert!(!run.is_active() && run.report().is_some());
    assert_eq!((run.series.len(), run.series.offered.sum(0..3)), (3, 210));
    assert!(lab.engine.told().is_empty(), "nothing is started");
    assert!(lab.harness.query_by_label("Save report as HTML…").is_some(), "the results show");
}

#[test]
fn runs_are_pinned_and_deleted_with_a_second_click() {
    let (_folder, history, mut lab) = kept();
    lab.click("Pinned");
    assert!(history.list().0[0].meta.is_pinned);
    lab.click("Delete");
    assert_eq!(history.list().0.len(), 1, "one click is not enough");
    lab.click("Delete for good");
    assert_eq!(history.list().0.len(), 0);
    assert!(lab.harness.query_by_label_contains("No run is kept yet").is_some());
}

#[test]
fn a_run_of_the_window_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let history = History::new(folder.path().into());
    let mut session = Session::alone();
    session.keeper = Keeper::new(Some(history.clone()));
    let mut lab = Lab::begin(session, None);
    ask(&mut lab, Intent::OpenPreset(0));
    ask(&mut lab, Intent::Command(UiCommand::Run));
    let topology = lab.topology().clone();
    let stages = vec![StageBucket::default(); topology.stages.len()];
    lab.engine.show(vec![Bucket { offered: 9, stages, ..Bucket::default() }], Vec::new());
    lab.engine.tell(500, EventKind::Finished(Box::new(passed(&topology))));
    lab.harness.run_steps(3);
    // The window closes once what is being written is written.
    drop(lab);
    let (entries, _) = history.list();
    assert_eq!(entries.len(), 1);
    assert_eq!(history.read(&entries[0].id).unwrap().moments[0].bucket.offered, 9);
}
