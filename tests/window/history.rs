//! Runs that were kept: listed, noted, pinned, deleted, and shown again without an engine.

use egui::{Event, Key, Modifiers, PointerButton};
use egui_kittest::kittest::Queryable;
use seckill_lab::engine::EventKind;
use seckill_lab::files::history::{History, Label, Recorder};
use seckill_lab::files::presets::PRESETS;
use seckill_lab::metrics::{Bucket, InstanceState, Role, StageBucket};
use seckill_lab::ui::command::UiCommand;
use seckill_lab::ui::intent::Intent;
use seckill_lab::ui::run::playhead::Seek;
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
    recorder.finish(&passed(topology), Label::default()).wait().unwrap();
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

/// A kept run of two seconds, shown: ten arrivals a tenth at first and thirty later; the inventory's master is silent at the end, killed at 1.2 s.
fn reopened() -> (tempfile::TempDir, Lab) {
    let folder = tempfile::tempdir().unwrap();
    let history = History::new(folder.path().into());
    let topology = PRESETS[0].topology().unwrap();
    let mut recorder = Recorder::begin(&history).unwrap();
    for tenth in 1..=20_u64 {
        let mut stage = StageBucket::default();
        stage.tally.arrivals = if tenth <= 10 { 10 } else { 30 };
        stage.tally.passed = stage.tally.arrivals;
        let bucket = Bucket {
            at: std::time::Duration::from_millis(100 * tenth),
            offered: stage.tally.arrivals,
            stages: vec![stage; topology.stages.len()],
            ..Bucket::default()
        };
        let master = InstanceState {
            stage: topology.index_of("inventory").unwrap(),
            name: "master".into(),
            is_reachable: tenth <= 12,
            role: Role::Master,
            ops_per_sec: 77,
            ..InstanceState::default()
        };
        recorder.add(&[bucket], &[master]);
    }
    let mut report = passed(topology);
    let fault = serde_json::json!({
        "at_secs": 1.2, "what": "Kill master of inventory", "action": "Kill", "stage": "inventory", "instance": "master",
        "delay_ms": null, "rate_bytes_per_sec": null, "amount_mib": null, "lasts_ms": null, "error": null,
    });
    report.generator.duration_secs = 2.0;
    report.faults = vec![serde_json::from_value(fault).unwrap()];
    recorder.finish(&report, Label::default()).wait().unwrap();
    let mut session = Session::alone();
    session.keeper = Keeper::new(Some(history));
    let mut lab = Lab::begin(session, None);
    ask(&mut lab, Intent::OpenPreset(0));
    ask(&mut lab, Intent::Command(UiCommand::ShowHistory));
    lab.click("Open");
    ask(&mut lab, Intent::Command(UiCommand::ShowCharts));
    (folder, lab)
}

fn shows(lab: &Lab, label: &str) -> bool {
    lab.harness.query_all_by_label_contains(label).next().is_some()
}

fn seek(lab: &mut Lab, to: Seek) {
    lab.harness.state_mut().ask(Intent::Seek(to));
    lab.harness.step();
    lab.harness.step();
}

#[test]
fn the_canvas_shows_any_moment_of_a_kept_run_and_what_had_happened_by_then() {
    let (_folder, mut lab) = reopened();
    assert!(!shows(&lab, "Leave this moment"), "all of the run shows at first");
    seek(&mut lab, Seek::To(1.0));
    assert!(shows(&lab, "rate in 100/s") && shows(&lab, "inventory, master, master, 77/s operations"));
    assert!(shows(&lab, "The canvas shows 1.0 s") && shows(&lab, "nothing had happened yet"));
    seek(&mut lab, Seek::To(2.0));
    assert!(shows(&lab, "rate in 300/s") && shows(&lab, "no process answers as master"));
    assert!(shows(&lab, "1.2 s · Kill master of inventory"));
    assert!(shows(&lab, "broken by then: 1.2 s  Kill master of inventory"), "the stage has its mark");
    lab.harness.get_all_by_label("Leave this moment").next().unwrap().click();
    lab.harness.run();
    assert!(!shows(&lab, "The canvas shows") && shows(&lab, "requests in all"));
}

#[test]
fn the_timeline_is_moved_by_pointer_and_keys_and_plays() {
    let (_folder, mut lab) = reopened();
    let at = |lab: &Lab| lab.model().runs.current.as_ref().unwrap().playhead.as_ref().map(|one| one.at);
    let line = lab.harness.get_by_label("Moment of the run").rect();
    for pressed in [true, false] {
        let (button, modifiers) = (PointerButton::Primary, Modifiers::NONE);
        lab.harness.event(Event::PointerButton { pos: line.center(), button, pressed, modifiers });
        lab.harness.run();
    }
    assert!(at(&lab).is_some_and(|at| (at - 1.0).abs() < 0.05), "{:?}", at(&lab));
    for (key, expected) in [(Key::ArrowRight, 1.1), (Key::Home, 0.0), (Key::ArrowRight, 0.2)] {
        lab.harness.key_press(key);
        lab.harness.run();
        assert!(at(&lab).is_some_and(|at| (at - expected).abs() < 1e-6), "{key:?} {:?}", at(&lab));
    }
    lab.harness.key_press(Key::Space);
    lab.harness.step();
    lab.harness.step();
    assert!(shows(&lab, "Pause"), "it plays");
    for _ in 0..200 {
        lab.harness.step();
    }
    assert!(at(&lab).is_some_and(|at| (at - 2.0).abs() < 1e-6) && shows(&lab, "Play"), "{:?}", at(&lab));
    lab.harness.key_press(Key::End);
    lab.harness.run();
    assert_eq!(at(&lab), None);
}

#[test]
fn a_second_run_lies_over_the_first_and_stands_beside_it_until_it_is_removed() {
    let (_folder, mut lab) = reopened();
    ask(&mut lab, Intent::Command(UiCommand::OverlayRun));
    lab.click("Overlay");
    let over = lab.model().runs.overlay.as_ref().unwrap();
    assert!(over.run.series.len() == 20 && over.name.contains(&lab.topology().title), "{}", over.name);
    let name = over.name.clone();
    assert!(shows(&lab, &name), "the charts say whose lines are whose");
    ask(&mut lab, Intent::Command(UiCommand::ShowResults));
    for label in ["Two runs beside each other", "B − A", "units sold", "reached the database"] {
        assert!(shows(&lab, label), "{label}");
    }
    ask(&mut lab, Intent::Command(UiCommand::RemoveOverlay));
    assert!(lab.model().runs.overlay.is_none() && !shows(&lab, "Two runs beside each other"));
}
