//! Designs compared and the capacity of one, in the window: chosen, followed while they go on, shown, stopped.

use std::time::{Duration, Instant};

use egui_kittest::kittest::Queryable;
use seckill_lab::engine::trial::rounds::Turn;
use seckill_lab::engine::{FailureKind, RunFailure};
use seckill_lab::files::parse_topology;
use seckill_lab::files::presets::PRESETS;
use seckill_lab::machine::knee::gauge::{Gauge, Resource};
use seckill_lab::machine::knee::{Outcome, Point};
use seckill_lab::report::compare::{Comparison, Run};
use seckill_lab::topology::StageKind;
use seckill_lab::topology::difference::{About, Difference};
use seckill_lab::ui::command::UiCommand;
use seckill_lab::ui::intent::Intent;
use seckill_lab::ui::run::trials::UnderWay;
use seckill_lab::ui::session::Session;
use seckill_lab::ui::session::chooser::{Ask, Purpose};
use seckill_lab::ui::session::trials::{TrialNews, Trials, Work, Worker};
use seckill_lab::ui::text::Lang;
use seckill_lab::ui::theme::chinese;
use seckill_lab::ui::view::BottomTab;

use super::fake::Lab;
use super::results::passed;

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// A window with a preset that has variants, whose trials a test makes up.
fn with(worker: Worker) -> Lab {
    let preset = PRESETS.iter().find(|preset| preset.file == "strategies-side-by-side.ron").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("design.ron");
    std::fs::write(&file, preset.text).unwrap();
    let mut session = Session::alone();
    session.trials = Trials::new(worker);
    let mut lab = Lab::begin(session, Some(file));
    lab.harness.run();
    lab
}

/// Draws until something is so: the work is done on another thread.
fn wait(lab: &mut Lab, what: &str, is_so: impl Fn(&Lab) -> bool) {
    let begun = Instant::now();
    while !is_so(lab) {
        assert!(begun.elapsed() < PATIENCE, "waited in vain: {what}");
        lab.harness.step();
    }
    lab.harness.step();
    lab.harness.step();
}

fn shows(lab: &Lab, label: &str) -> bool {
    lab.harness.query_all_by_label_contains(label).next().is_some()
}

/// Three rounds in which the second design intercepts more, and another one was disturbed in the last.
fn made_up(names: &[String]) -> Comparison {
    let topology = parse_topology(
        PRESETS.iter().find(|preset| preset.file == "strategies-side-by-side.ron").unwrap().text,
    );
    let drawn = topology.topology.unwrap();
    let mut runs = Vec::new();
    for round in 1..=3 {
        for design in 0..names.len() {
            let own = if design == 0 { drawn.clone() } else { drawn.varied(&drawn.variants[design - 1]) };
            let mut report = passed(&own);
            report.totals.intercepted = 50_000 + 20_000 * (design as u64).min(1) + u64::from(round) * 10;
            if design == 2 && round == 3 {
                report.reasons = vec!["the run was stopped after 1.0 s".into()];
                report.audit.oversold = 7;
            }
            runs.push(Run { round, design, engine_secs: 1.0, report });
        }
    }
    Comparison::new(names, 3, runs)
}

#[test]
fn chosen_variants_are_compared_with_the_open_design_and_differences_stand_in_a_table() {
    let mut lab = with(|job, _, tell| {
        let Work::Compare(names, plans, rounds) = job.work else { panic!("a search") };
        assert_eq!((names.len(), plans.len(), rounds), (3, 3, 5));
        tell(TrialNews::Compared(Box::new(made_up(&names))));
        None
    });
    lab.click("Run menu");
    lab.click("Compare designs…");
    assert!(shows(&lab, "Its variants") && shows(&lab, "35 runs, about"));
    for other in ["WATCH", "DECR, give back", "list tokens", "read, then write"] {
        lab.click(other);
    }
    lab.click("Compare");
    wait(&mut lab, "it has ended", |lab| {
        lab.model().trials.comparison.is_some() && lab.model().trials.under_way.is_none()
    });
    assert_eq!(lab.harness.state().view.tab, BottomTab::Trials);
    for part in [
        "B  script as text",
        "inventory · Stock taken by: A LuaEvalsha, B LuaEval",
        "intercepted",
        "+19.3 points to +19.3 points",
        "differs",
        "the same in every round",
        "Round 3 of C is left out of the figures",
    ] {
        assert!(shows(&lab, part), "{part}");
    }
    chinese::install_by_name(&lab.harness.ctx);
    lab.harness.state_mut().model.settings.lang = Lang::Zh;
    lab.harness.run();
    for part in ["拦截", "有差异", "+19.3 个百分点", "第 3 轮（C）不计入测量", "超卖件数"]
    {
        assert!(shows(&lab, part), "{part}");
    }
}

fn point(rate: f64, outcome: Outcome) -> Point {
    let gauge = |resource, used| Gauge {
        resource,
        stage: Some("inventory".into()),
        process: Some("master".into()),
        used,
        full_from: 1.0,
        is_full: used >= 1.0,
        name: String::new(),
        measured: String::new(),
    };
    Point {
        rate_per_sec: rate,
        offered_per_sec: rate,
        achieved_per_sec: rate,
        p50_us: 900,
        p99_us: 2_000,
        lag_p99_us: 300,
        oversold: Some(0),
        outcome,
        reasons: Vec::new(),
        gauges: vec![gauge(Resource::Connections, if outcome == Outcome::Met { 0.4 } else { 3.0 })],
    }
}

#[test]
fn a_search_shows_each_point_as_it_comes_and_stop_ends_it() {
    let mut lab = with(|job, stop, tell| {
        assert!(matches!(job.work, Work::Search(..)), "{job:?}");
        tell(TrialNews::Trying(1_000.0));
        tell(TrialNews::Point(Box::new(point(1_000.0, Outcome::Met))));
        tell(TrialNews::Trying(2_000.0));
        tell(TrialNews::Point(Box::new(point(2_000.0, Outcome::Missed))));
        tell(TrialNews::Trying(1_400.0));
        stop.recv().ok();
        Some(RunFailure { text: "stopped".into(), kind: FailureKind::Stopped })
    });
    lab.click("Run menu");
    lab.click("Find the capacity");
    let tried = UnderWay::Searching(Some(1_400.0));
    wait(&mut lab, "it is under way", |lab| lab.model().trials.under_way.as_ref() == Some(&tried));
    for part in
        ["Looking for the capacity: 1,400 arrivals a second", "40 % connections of inventory", "missed"]
    {
        assert!(shows(&lab, part), "{part}");
    }
    for command in [UiCommand::Run, UiCommand::Compare, UiCommand::FindCapacity, UiCommand::MeasureMachine] {
        assert!(command.enabled(lab.model()).is_err(), "{command:?}");
    }
    lab.harness.state_mut().ask(Intent::Command(UiCommand::Stop));
    wait(&mut lab, "it has ended", |lab| lab.model().trials.under_way.is_none());
    assert!(UiCommand::Run.enabled(lab.model()).is_ok());
    assert_eq!(lab.model().trials.failure, None, "who stops it knows why it ended");
    assert_eq!(lab.model().trials.points.len(), 2, "what was found stays");
}

#[test]
fn while_designs_are_compared_the_state_line_says_which_run_it_is() {
    let mut lab = with(|_, stop, tell| {
        tell(TrialNews::Turn(Turn { round: 2, design: 1 }));
        stop.recv().ok();
        None
    });
    lab.click("Run menu");
    lab.click("Compare designs…");
    lab.click("Compare");
    wait(&mut lab, "it is told", |lab| {
        matches!(&lab.model().trials.under_way, Some(UnderWay::Comparing(5, _, Some(_))))
    });
    assert!(shows(&lab, "Comparing: round 2 of 5, B script as text"));
}

#[test]
fn a_design_that_names_a_server_elsewhere_is_not_tried_before_somebody_said_yes() {
    let mut lab = with(|_, _, _| unreachable!("nothing may begin"));
    let mut topology = lab.topology().clone();
    let StageKind::MasterReplica(inventory) = &mut topology.stages[2].kind else { panic!("{topology:?}") };
    inventory.url = Some("redis://203.0.113.9:6379".into());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("elsewhere.ron");
    std::fs::write(&path, seckill_lab::files::to_ron(&topology)).unwrap();
    let mut entry = seckill_lab::ui::dialogs::compare::CompareEntry::new(lab.topology(), &[], None);
    entry.add(path);
    lab.harness.state_mut().ask(Intent::Compare(Box::new(entry)));
    lab.harness.run();
    let notices = lab.harness.state().view.notices.clone();
    let notice = &notices.last().unwrap().notice;
    assert!(notice.text.contains("elsewhere.ron names what is not of this machine's servers"), "{notice:?}");
    assert!(notice.details.as_ref().unwrap().contains("203.0.113.9"), "{notice:?}");
    assert!(lab.model().trials.under_way.is_none());
}

#[test]
fn a_file_with_other_arrivals_is_refused_with_what_differs() {
    let mut lab = with(|_, _, _| unreachable!("nothing may begin"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("other.ron");
    let preset = PRESETS.iter().find(|preset| preset.file == "strategies-side-by-side.ron").unwrap();
    std::fs::write(&path, preset.text.replace("seed: 20", "seed: 21")).unwrap();
    let mut entry = seckill_lab::ui::dialogs::compare::CompareEntry::new(lab.topology(), &[], None);
    entry.add(path);
    lab.harness.state_mut().ask(Intent::Compare(Box::new(entry)));
    lab.harness.run();
    let notices = lab.harness.state().view.notices.clone();
    let notice = &notices.last().unwrap().notice;
    assert!(notice.text.contains("other.ron has other arrivals"), "{notice:?}");
    assert!(notice.details.as_ref().unwrap().contains("seed: A 20, B 21"), "{notice:?}");
    assert!(lab.model().trials.under_way.is_none());
}

#[test]
fn a_comparison_is_saved_as_the_command_line_writes_it_and_its_links_are_told_apart() {
    let mut lab = with(|job, _, tell| {
        let Work::Compare(names, _, _) = job.work else { panic!("a search") };
        let mut comparison = made_up(&names);
        comparison.designs[1].differences.push(Difference {
            about: About::Link,
            stage: None,
            what: "users → service".into(),
            one: Some("Follow".into()),
            other: Some("Naive".into()),
        });
        tell(TrialNews::Compared(Box::new(comparison)));
        None
    });
    chinese::install_by_name(&lab.harness.ctx);
    lab.click("Run menu");
    lab.click("Compare designs…");
    lab.click("Compare");
    wait(&mut lab, "it has ended", |lab| {
        lab.model().trials.comparison.is_some() && lab.model().trials.under_way.is_none()
    });
    assert!(shows(&lab, "Marked: ") && shows(&lab, "users → service"), "in words too");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("result");
    lab.click("Save comparison as JSON…");
    let ask = Ask { purpose: Purpose::Comparison, folder: None, name: String::new() };
    lab.harness.state_mut().ask(Intent::Typed(Box::new(ask), path.clone()));
    lab.harness.run();
    let saved = std::fs::read_to_string(path.with_extension("json")).unwrap();
    assert_eq!(saved, lab.model().trials.comparison.as_ref().unwrap().to_json());
    assert!(shows(&lab, "It is saved to "));
}
