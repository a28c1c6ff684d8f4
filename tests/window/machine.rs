//! What this machine carries: said before a run that asks for more, and measured on request.

use std::sync::Arc;
use std::time::{Duration, Instant};

use egui_kittest::kittest::Queryable;
use seckill_lab::engine::{EngineCommand, FailureKind, RunFailure};
use seckill_lab::machine::capacity::{CAPACITY_VERSION, IS_OPTIMISED};
use seckill_lab::machine::{Capacity, Carried, Told, Way};
use seckill_lab::topology::Severity;
use seckill_lab::ui::command::UiCommand;
use seckill_lab::ui::intent::Intent;
use seckill_lab::ui::session::Session;
use seckill_lab::ui::session::bench::{Bench, BenchNews, Source};
use seckill_lab::ui::text::Lang;

use super::fake::Lab;

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

fn capacity(orders: f64, arrivals: f64) -> Capacity {
    let carried = |rate: f64| Carried { per_sec: Some(rate), failed_at: Some(rate * 1.25) };
    Capacity {
        capacity_version: CAPACITY_VERSION,
        program_version: "1.0.0".into(),
        is_optimised: IS_OPTIMISED,
        measured_at: "2026-11-20T12:00:00Z".into(),
        cores: 2,
        server: "Valkey 9.1.2".into(),
        whole_path: carried(orders),
        funnel: carried(arrivals),
        exchanges: Vec::new(),
        schedule: Vec::new(),
        runs: Vec::new(),
    }
}

/// The whole path, which asks for 50,000 orders a second, on a machine that carries so many.
fn on_machine(orders: f64) -> Lab {
    let mut lab = Lab::with_preset("whole-path.ron");
    lab.harness.state_mut().model.machine.capacity = Some(capacity(orders, 10.0 * orders));
    lab
}

fn warnings(lab: &Lab) -> Vec<String> {
    let notices = lab.harness.state().view.notices.iter().map(|shown| &shown.notice);
    let warnings = notices.filter(|notice| notice.severity == Some(Severity::Warning));
    warnings.map(|notice| notice.text.clone()).collect()
}

fn has_started(lab: &Lab) -> bool {
    lab.engine.told().iter().any(|command| matches!(command, EngineCommand::Start { .. }))
}

#[test]
fn a_design_that_asks_for_more_is_warned_of_and_runs_all_the_same() {
    let mut lab = on_machine(40_000.0);
    lab.harness.get_by_label("Run").click();
    lab.harness.step();
    lab.harness.step();
    lab.harness.step();
    lab.harness.get_by_label_contains("This design asks for up to 50,000 orders a second");
    let words = warnings(&lab).remove(0);
    assert!(words.contains("up to about 40,000 orders a second through the whole path"), "{words}");
    assert!(words.contains("up to about 400,000 arrivals a second"), "{words}");
    assert!(has_started(&lab));
}

#[test]
fn the_warning_is_in_the_language_of_the_window() {
    let mut lab = on_machine(40_000.0);
    lab.harness.state_mut().model.settings.lang = Lang::Zh;
    lab.harness.run();
    lab.click("运行");
    let said = warnings(&lab);
    assert!(said[0].contains("每秒 50,000 个订单") && said[0].contains("最多约 40,000 个订单"), "{said:?}");
}

#[test]
fn a_design_that_asks_for_less_or_a_machine_that_is_not_known_is_not_warned_of() {
    let mut strong = on_machine(90_000.0);
    let mut unknown = Lab::with_preset("whole-path.ron");
    for lab in [&mut strong, &mut unknown] {
        lab.click("Run");
        assert_eq!(warnings(lab), Vec::<String>::new());
        assert!(has_started(lab));
    }
}

/// A window whose machine is measured by a test.
fn with(source: Source) -> Lab {
    let mut session = Session::alone();
    session.bench = Bench::new(source);
    let mut lab = Lab::begin(session, None);
    lab.harness.state_mut().view.dialog = None;
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
}

#[test]
fn figures_from_before_are_there_when_the_window_opens() {
    let source = Source {
        stored: || Some(capacity(7_000.0, 50_000.0)),
        measure: |_, _| unreachable!("nobody asks for it"),
    };
    let mut lab = with(source);
    wait(&mut lab, "it is known", |lab| lab.model().machine.capacity.is_some());
    assert!(lab.harness.state().view.notices.is_empty(), "nobody asked");
}

#[test]
fn measuring_tells_how_it_goes_and_what_it_found_and_is_kept_for_the_next_run() {
    let source = Source {
        stored: || None,
        measure: |_, tell| {
            tell(BenchNews::Told(Told::Trying(Way::WholePath, 45_000.0)));
            Ok(capacity(9_000.0, 80_000.0))
        },
    };
    let mut lab = with(source);
    lab.click("Run menu");
    lab.click("Measure this machine");
    wait(&mut lab, "it has ended", |lab| lab.model().machine.capacity.is_some());
    lab.harness.get_by_label_contains("This machine carries up to about 9,000 orders a second");
    assert_eq!(lab.model().machine.measuring, None);
    let later = lab.harness.ctx.input(|input| input.time) + 600.0;
    lab.harness.input_mut().time = Some(later);
    lab.harness.step();
    lab.harness.step();
    lab.harness.get_by_label("Measured on 2 cores with Valkey 9.1.2");
}

#[test]
fn while_it_measures_nothing_runs_and_stop_ends_it() {
    let source = Source {
        stored: || None,
        measure: |stop, tell| {
            tell(BenchNews::Told(Told::Trying(Way::Funnel, 123_456.0)));
            stop.recv().ok();
            Err(RunFailure { text: "stopped".into(), kind: FailureKind::Stopped })
        },
    };
    let mut lab = with(source);
    lab.harness.state_mut().ask(Intent::Command(UiCommand::MeasureMachine));
    wait(&mut lab, "it is under way", |lab| {
        lab.harness.query_by_label_contains("the funnel at 120,000 arrivals a second").is_some()
    });
    assert!(UiCommand::Run.enabled(lab.model()).is_err());
    lab.click("Stop");
    wait(&mut lab, "it has ended", |lab| lab.model().machine.measuring.is_none());
    lab.harness.get_by_label_contains("The measurement was stopped");
    assert!(UiCommand::MeasureMachine.enabled(lab.model()).is_ok());
}

#[test]
fn a_window_that_is_closed_ends_what_it_measures() {
    // The thread holds this as long as it lives.
    static LIVES: std::sync::LazyLock<Arc<()>> = std::sync::LazyLock::new(Arc::default);
    let source = Source {
        stored: || None,
        measure: |stop, tell| {
            let _held = LIVES.clone();
            // More news than anybody reads.
            (0..1_000).for_each(|_| tell(BenchNews::Told(Told::Trying(Way::Funnel, 1.0))));
            stop.recv().ok();
            Err(RunFailure { text: "stopped".into(), kind: FailureKind::Stopped })
        },
    };
    let mut lab = with(source);
    lab.harness.state_mut().ask(Intent::Command(UiCommand::MeasureMachine));
    wait(&mut lab, "it is under way", |lab| lab.model().machine.measuring.is_some());
    drop(lab);
    assert_eq!(Arc::strong_count(&LIVES), 1);
}
