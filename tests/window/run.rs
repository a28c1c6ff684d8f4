//! Run controls, the state line, faults, and what is asked when the window closes in the middle of a run.

use std::time::Duration;

use egui::{Key, Modifiers, ViewportCommand, ViewportId};
use egui_kittest::kittest::Queryable;
use seckill_lab::engine::{EngineCommand, EventKind, FailureKind, RunFailure, RunPhase};
use seckill_lab::files::parse_topology;
use seckill_lab::files::presets::PRESETS;
use seckill_lab::metrics::{Bucket, InstanceState, Quantiles, Role};
use seckill_lab::topology::fault::FaultAction;
use seckill_lab::topology::{Change, Fault, Severity};
use seckill_lab::ui::document::{Document, Origin};
use seckill_lab::ui::selection::Selection;
use seckill_lab::ui::view::{After, BottomTab, Dialog};

use super::fake::Lab;
use super::results::passed;

const SIX_PHASES: &str = "seckill-six-phases.ron";

/// A window with the six-phase preset, opened past the chooser.
pub fn opened() -> Lab {
    let mut lab = Lab::open();
    let preset = PRESETS.iter().find(|preset| preset.file == SIX_PHASES).unwrap();
    let document = Document::opened(parse_topology(preset.text), Origin::Preset(SIX_PHASES.into())).unwrap();
    let app = lab.harness.state_mut();
    app.model.doc = document;
    app.view.dialog = None;
    lab.harness.run();
    lab
}

/// The same with its run just started.
pub fn started() -> Lab {
    let mut lab = opened();
    lab.click("Run");
    lab
}

/// The same on sale, with the inventory's processes.
fn on_sale() -> Lab {
    let mut lab = opened();
    lab.harness.state_mut().model.settings.breakable_links = true;
    lab.click("Run");
    lab.engine.told();
    let stage = lab.topology().index_of("inventory").unwrap();
    let instance = |name: &str, role| InstanceState {
        stage,
        name: name.into(),
        role,
        is_reachable: true,
        is_link_up: true,
        ..InstanceState::default()
    };
    let buckets = (1..=10)
        .map(|tenth| Bucket {
            at: Duration::from_millis(tenth * 100),
            offered: 860,
            achieved: 850,
            sold: 10,
            backlog: 42,
            response_us: Quantiles { p99: 3_200, ..Quantiles::default() },
            ..Bucket::default()
        })
        .collect();
    lab.engine.tell(0, EventKind::Phase(RunPhase::OnSale));
    lab.engine.show(buckets, vec![instance("master", Role::Master), instance("replica 1", Role::Replica)]);
    lab.harness.run();
    lab
}

/// Replaces the text of a field and leaves it.
fn type_into(lab: &mut Lab, label: &str, text: &str) {
    lab.harness.get_by_label(label).focus();
    lab.harness.run();
    lab.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
    lab.harness.run();
    lab.harness.get_by_label(label).type_text(text);
    lab.harness.run();
    lab.harness.key_press(Key::Enter);
    lab.harness.run();
}

fn shows(lab: &Lab, label: &str) -> bool {
    lab.harness.query_all_by_label(label).next().is_some()
}

fn closes(lab: &Lab) -> bool {
    let commands = &lab.harness.output().viewport_output[&ViewportId::ROOT].commands;
    commands.contains(&ViewportCommand::Close)
}

#[test]
fn run_starts_the_plan_as_it_is_drawn_and_shows_the_charts() {
    let mut lab = opened();
    assert!(shows(&lab, "Ready: press F5 to run"));
    lab.harness.state_mut().view.tab = BottomTab::Problems;
    lab.click("Run");
    let told = lab.engine.told();
    let [EngineCommand::Start { plan, .. }] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(plan.topology, *lab.topology());
    assert_eq!(lab.harness.state().view.tab, BottomTab::Charts);
    assert!(shows(&lab, "starting servers"));
    lab.click("Stop");
    assert!(matches!(lab.engine.told().as_slice(), [EngineCommand::Stop]));
    assert!(shows(&lab, "stopping"));
}

#[test]
fn f5_runs_and_shift_f5_stops() {
    let mut lab = opened();
    lab.harness.key_press(Key::F5);
    lab.harness.run();
    lab.harness.key_press_modifiers(Modifiers::SHIFT, Key::F5);
    lab.harness.run();
    assert!(matches!(lab.engine.told().as_slice(), [EngineCommand::Start { .. }, EngineCommand::Stop]));
}

#[test]
fn duration_and_seed_are_typed_and_undone() {
    let mut lab = opened();
    let before = lab.topology().workload.clone();
    type_into(&mut lab, "Duration", "6s");
    assert_eq!(lab.topology().workload.duration(), Duration::from_secs(6));
    assert_eq!(lab.topology().workload.sale.opens_at, before.sale.opens_at / 2);
    type_into(&mut lab, "Seed", "77");
    assert_eq!(lab.topology().workload.seed, 77);
    for nonsense in ["soon", "0s", "30h"] {
        type_into(&mut lab, "Duration", nonsense);
        assert_eq!(lab.topology().workload.duration(), Duration::from_secs(6), "{nonsense}");
    }
    lab.click("Edit menu");
    lab.click("Undo");
    lab.click("Edit menu");
    lab.click("Undo");
    assert_eq!(lab.topology().workload, before);
}

#[test]
fn the_offered_rate_of_the_design_is_one_step_of_undo() {
    let mut lab = opened();
    let before = lab.topology().workload.mean_rate();
    lab.harness.get_by_label("Offered rate").focus();
    lab.harness.run();
    for _ in 0..5 {
        lab.harness.key_press(Key::ArrowRight);
        lab.harness.run();
    }
    let after = lab.topology().workload.mean_rate();
    assert!(after > before, "{before} {after}");
    type_into(&mut lab, "Offered rate in figures", "12k");
    assert!((lab.topology().workload.mean_rate() - 12_000.0).abs() < 1.0);
    assert!(lab.engine.told().is_empty(), "nothing runs");
}

#[test]
fn the_offered_rate_of_a_run_changes_live() {
    let mut lab = on_sale();
    let drawn = lab.topology().clone();
    type_into(&mut lab, "Factor in figures", "1.5");
    let told = lab.engine.told();
    let [EngineCommand::Change(Change::OfferedRate { factor })] = told.as_slice() else { panic!("{told:?}") };
    assert!((factor - 1.5).abs() < 1e-9);
    assert_eq!(*lab.topology(), drawn, "the design stays as it is");
    lab.harness.get_by_label("Factor on the offered rate").focus();
    lab.harness.run();
    lab.harness.key_press(Key::ArrowRight);
    lab.harness.run();
    assert!(matches!(lab.engine.told().as_slice(), [EngineCommand::Change(Change::OfferedRate { .. })]));
}

#[test]
fn every_fault_goes_to_the_selected_process() {
    let mut lab = on_sale();
    let stage = lab.topology().index_of("inventory").unwrap();
    lab.click("Kill");
    assert!(lab.engine.told().is_empty(), "nothing is selected");
    lab.click("Process to break");
    lab.click("inventory, replica 1");
    assert_eq!(lab.model().selection, Selection::Instance { stage, name: "replica 1".into() });
    for (label, action) in [
        ("Kill", FaultAction::Kill),
        ("Pause", FaultAction::Pause),
        ("Resume", FaultAction::Resume),
        ("Restart", FaultAction::Restart),
        ("Cut link", FaultAction::CutLink),
        ("Slow link", FaultAction::SlowLink),
        ("Mend link", FaultAction::MendLink),
    ] {
        lab.click(label);
        let told = lab.engine.told();
        let [EngineCommand::Inject(fault)] = told.as_slice() else { panic!("{label}: {told:?}") };
        assert_eq!(
            (fault.action, fault.stage.as_str(), fault.instance.as_str()),
            (action, "inventory", "replica 1")
        );
    }
    lab.harness.state_mut().view.panels.top.faults.delay_ms = 250;
    lab.click("Slow link");
    let told = lab.engine.told();
    assert!(
        matches!(told.as_slice(), [EngineCommand::Inject(fault)] if fault.delay == Duration::from_millis(250))
    );
}

#[test]
fn what_is_no_process_can_be_picked_too_and_offers_what_can_be_done_to_it() {
    let mut lab = on_sale();
    for (target, offered, refused) in [
        ("database, database", "Lock", None),
        ("orders, consumer 2", "Kill", None),
        ("control, sale", "Close sale", None),
        ("gate, cache", "Refill", None),
        ("cdn, cache", "Purge", Some("Refill")),
    ] {
        lab.click("Process to break");
        // A stage on the canvas may be called the same; a row of the list is lower.
        let height = |node: &egui_kittest::Node<'_>| node.rect().height();
        let named = |lab: &Lab| {
            let all = lab.harness.get_all_by_label(target);
            let row = all.min_by(|a, b| height(a).total_cmp(&height(b))).unwrap();
            row.scroll_to_me();
            row.click();
        };
        // The first time it only comes into view, where the list is long.
        named(&lab);
        lab.harness.run();
        lab.click(offered);
        let told = lab.engine.told();
        let [EngineCommand::Inject(fault)] = told.as_slice() else { panic!("{target}: {told:?}") };
        assert_eq!(format!("{}, {}", fault.stage, fault.instance), target);
        assert!(lab.harness.query_by_label("Cut link").is_none(), "{target} has no link");
        if let Some(refused) = refused {
            lab.click(refused);
            assert!(lab.engine.told().is_empty(), "it is greyed");
        }
    }
}

#[test]
fn more_faults_stand_in_a_menu_with_their_strength() {
    let mut lab = on_sale();
    lab.click("Process to break");
    lab.click("inventory, master");
    lab.harness.state_mut().view.panels.top.faults.rate_kb = 40;
    lab.harness.state_mut().view.panels.top.faults.lasts_ms = 90;
    for (label, action) in [
        ("Throttle link", FaultAction::ThrottleLink),
        ("Slow script", FaultAction::SlowScript),
        ("Hand over", FaultAction::Failover),
        ("Fill memory", FaultAction::FillMemory),
    ] {
        lab.click("More faults");
        lab.click(label);
        let told = lab.engine.told();
        let [EngineCommand::Inject(fault)] = told.as_slice() else { panic!("{label}: {told:?}") };
        assert_eq!(fault.action, action);
        assert_eq!(fault.link_rate().unwrap_or(40_000), 40_000);
        assert_eq!(fault.script_time().unwrap_or(Duration::from_millis(90)), Duration::from_millis(90));
        assert_eq!(fault.delay, Fault::default().delay, "it says nothing here");
    }
}

#[test]
fn links_break_only_in_a_run_that_was_started_for_it() {
    let mut lab = opened();
    lab.click("Run menu");
    lab.click("Breakable links");
    assert!(lab.model().settings.breakable_links);
    lab.click("Run");
    let told = lab.engine.told();
    assert!(matches!(told.as_slice(), [EngineCommand::Start { options, .. }] if options.link_faults));
    let mut lab = on_sale();
    lab.harness.state_mut().model.runs.current.as_mut().unwrap().link_faults = false;
    lab.click("Process to break");
    lab.click("inventory, master");
    lab.click("Cut link");
    assert!(lab.engine.told().is_empty());
    lab.click("Kill");
    assert_eq!(lab.engine.told().len(), 1);
}

#[test]
fn what_the_engine_refuses_is_said_with_the_reason() {
    let mut lab = on_sale();
    let fault = Fault { stage: "inventory".into(), ..Fault::default() };
    lab.engine.tell(500, EventKind::Fault { fault, failed: Some("there is no such instance".into()) });
    let change = Change::OfferedRate { factor: 500.0 };
    lab.engine.tell(600, EventKind::Changed { change, failed: Some("out of range".into()) });
    lab.harness.run();
    let notices = &lab.harness.state().view.notices;
    assert_eq!(notices.len(), 2);
    assert!(notices.iter().all(|shown| shown.notice.severity == Some(Severity::Error)));
    assert_eq!(notices[0].notice.text, "Not done: Kill master of inventory");
    assert_eq!(notices[0].notice.details.as_deref(), Some("there is no such instance"));
}

#[test]
fn the_state_line_shows_each_phase_its_note_and_how_it_goes() {
    let mut lab = started();
    lab.engine.tell(0, EventKind::Note("Unpacking valkey-server to /tmp".into()));
    lab.harness.run();
    assert!(shows(&lab, "Unpacking valkey-server to /tmp"));
    for (phase, label) in [
        (RunPhase::Preloading, "preloading"),
        (RunPhase::WarmingUp, "warming up"),
        (RunPhase::OnSale, "on sale"),
        (RunPhase::Draining, "draining"),
        (RunPhase::Auditing, "auditing"),
    ] {
        lab.engine.tell(0, EventKind::Phase(phase));
        lab.harness.run();
        assert!(shows(&lab, label), "{label}");
    }
    let lab = on_sale();
    for figure in ["8,600/s", "8,500/s", "100", "3.2 ms", "42"] {
        assert!(shows(&lab, figure), "{figure}");
    }
    assert!(shows(&lab, "Time of arrivals: 1.0 of 12.0 s"));
}

#[test]
fn a_late_generator_and_a_change_of_the_design_are_pointed_out() {
    let mut lab = on_sale();
    assert!(!shows(&lab, "Generator behind") && !shows(&lab, "edited since start"));
    let late = |millis| Bucket {
        at: Duration::from_millis(millis),
        offered: 10,
        schedule_lag_us: Quantiles { p99: 90_000, ..Quantiles::default() },
        ..Bucket::default()
    };
    lab.engine.show(vec![late(1_100), late(1_200)], Vec::new());
    type_into(&mut lab, "Seed", "5");
    assert!(shows(&lab, "Generator behind") && shows(&lab, "edited since start"));
}

#[test]
fn events_are_listed_filtered_and_lead_to_the_charts() {
    let mut lab = on_sale();
    lab.engine.tell(4_000, EventKind::SaleOpened);
    lab.engine.tell(4_500, EventKind::MasterLost { stage: lab.topology().index_of("gate").unwrap() });
    lab.harness.state_mut().view.tab = BottomTab::Events;
    lab.harness.run();
    assert!(shows(&lab, "4.0 s the sale is open") && shows(&lab, "4.5 s gate has no master"));
    lab.click("Notes");
    assert!(shows(&lab, "4.0 s the sale is open") && !shows(&lab, "4.5 s gate has no master"));
    lab.click("4.0 s the sale is open");
    let view = &lab.harness.state().view;
    assert_eq!(view.tab, BottomTab::Charts);
    assert_eq!(view.charts.cursor, Some(4.0));
}

#[test]
fn a_failed_start_is_said_and_stays_in_the_results() {
    let mut lab = started();
    let failure =
        RunFailure { text: "no server program; install valkey-server".into(), kind: FailureKind::Missing };
    lab.engine.tell(0, EventKind::Failed(failure));
    lab.harness.run();
    assert!(shows(&lab, "Something is missing on this machine"));
    assert!(shows(&lab, "no server program; install valkey-server"));
    assert_eq!(lab.harness.state().view.notices[0].notice.severity, Some(Severity::Error));
    assert!(shows(&lab, "Run"), "it can be tried again");
}

#[test]
fn a_dead_engine_ends_the_run_with_a_remedy() {
    let mut lab = on_sale();
    lab.engine.die();
    lab.harness.run();
    assert!(lab.model().runs.active().is_none());
    let notices = &lab.harness.state().view.notices;
    assert_eq!(notices.len(), 1, "{notices:?}");
    assert!(notices[0].notice.text.contains("restart the program"));
}

fn asked_to_close() -> Lab {
    let mut lab = on_sale();
    lab.harness.state_mut().view.dialog = Some(Dialog::StillRunning(Box::new(After::Quit)));
    lab.harness.run();
    lab
}

#[test]
fn closing_in_the_middle_of_a_run_says_what_it_stops() {
    let mut lab = asked_to_close();
    assert!(shows(&lab, "2 server processes will be stopped"));
    lab.click("Keep running");
    assert!(lab.harness.state().view.dialog.is_none() && !closes(&lab));
    assert!(lab.engine.told().is_empty());
    let mut lab = asked_to_close();
    lab.click("Give up and close");
    assert!(lab.engine.told().is_empty(), "the engine's end stops what runs");
}

#[test]
fn stopping_before_closing_closes_after_the_audit() {
    let mut lab = asked_to_close();
    lab.click("Stop, audit, then close");
    assert!(matches!(lab.engine.told().as_slice(), [EngineCommand::Stop]));
    assert!(!closes(&lab) && lab.harness.state().view.dialog.is_none());
    let failure = RunFailure { text: "stopped".into(), kind: FailureKind::Stopped };
    lab.engine.tell(900, EventKind::Failed(failure));
    lab.harness.step();
    assert!(closes(&lab));
}

#[test]
fn a_run_that_ends_while_the_question_stands_shows_its_results() {
    let mut lab = asked_to_close();
    let failure = RunFailure { text: "stopped".into(), kind: FailureKind::Stopped };
    lab.engine.tell(900, EventKind::Failed(failure));
    lab.harness.run();
    assert!(lab.harness.state().view.dialog.is_none() && !closes(&lab));
    assert_eq!(lab.harness.state().view.tab, BottomTab::Results);
}

#[test]
fn the_variants_of_a_design_run_one_after_the_other_and_stand_side_by_side() {
    let mut lab = Lab::with_preset("circuit-breaker.ron");
    let drawn = lab.topology().clone();
    lab.scroll_to("Run all, one after the other");
    lab.click("Run all, one after the other");
    let started = |lab: &Lab| match lab.engine.told().as_slice() {
        [EngineCommand::Start { plan, .. }] => plan.topology.clone(),
        other => panic!("{} commands", other.len()),
    };
    let first = started(&lab);
    assert_eq!((first.stages, first.variants.len()), (drawn.stages.clone(), 0));
    let ended = || EventKind::Finished(Box::new(passed(&drawn)));
    lab.engine.tell_of(1, 12_000, ended());
    lab.harness.run();
    assert_eq!(started(&lab), drawn.varied(&drawn.variants[0]), "the next one begins by itself");
    assert!(!shows(&lab, "Variants, on the same arrivals"));
    lab.engine.tell_of(2, 12_000, ended());
    lab.harness.run();
    assert!(lab.engine.told().is_empty());
    for label in ["Variants, on the same arrivals", "as drawn", "without a breaker"] {
        assert!(shows(&lab, label), "{label}");
    }
    lab.click("Run menu");
    assert!(shows(&lab, "Run a variant"), "the menu offers them too");
    lab.harness.key_press(Key::Escape);
    lab.harness.run();
    lab.scroll_to("Run variant without a breaker");
    lab.click("Run variant without a breaker");
    assert_eq!(started(&lab), drawn.varied(&drawn.variants[0]), "one alone");
}

#[test]
fn the_run_menu_fits_a_small_window_and_its_faults_are_one_row() {
    let mut lab = on_sale();
    lab.click("Process to break");
    lab.click("inventory, master");
    lab.click("Run menu");
    let rows = lab.harness.get_all_by_label("Breakable links");
    let last = rows.map(|row| row.rect().bottom()).fold(0.0, f32::max);
    assert!(last < 700.0, "{last}");
    let faults = lab.harness.get_all_by_label("Break or mend the process").next().unwrap();
    faults.click();
    lab.harness.run();
    assert!(shows(&lab, "inventory, master"));
    let rows = ["Kill", "Cut link", "Slow script"].map(|label| lab.harness.get_all_by_label(label).count());
    assert!(rows.iter().all(|count| *count > 0), "{rows:?}");
}
