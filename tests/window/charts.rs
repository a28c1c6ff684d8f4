//! The charts: values, marks, legends, freezing and following.

use std::time::Duration;

use egui::{
    Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, PointerButton, Pos2, Rect, TouchPhase, Vec2,
};
use egui_kittest::kittest::{NodeT, Queryable};
use seckill_lab::engine::EventKind;
use seckill_lab::files::parse_topology;
use seckill_lab::files::presets::PRESETS;
use seckill_lab::metrics::{
    Bucket, InstanceState, Outcome, Quantiles, Reason, Role, ShardBucket, StageBucket,
};
use seckill_lab::topology::Fault;
use seckill_lab::topology::fault::FaultAction;
use seckill_lab::ui::charts::ChartsView;
use seckill_lab::ui::charts::kind::Chart;
use seckill_lab::ui::document::{Document, Origin};
use seckill_lab::ui::selection::Selection;

use super::fake::Lab;

/// A bucket of a sale that opens after four seconds.
fn bucket(lab: &Lab, tenth: u64) -> Bucket {
    let surge = if (40..70).contains(&tenth) { 2_000 } else { 900 };
    let wave = tenth * 37 % 110;
    let arrivals = surge + wave;
    let quantiles = |base: u64| Quantiles {
        p50: base + wave,
        p95: base * 6 + wave * 9,
        p99: base * 25 + wave * 40,
        p999: base * 90 + wave * 90,
        max: base * 200,
    };
    let mut stages = vec![StageBucket::default(); lab.topology().stages.len()];
    let mut left = arrivals;
    for (stage, reason, percent) in [
        (1, Reason::CacheHit, 60),
        (3, Reason::NotStarted, 50),
        (3, Reason::SoldOut, 70),
        (4, Reason::SoldOut, 50),
    ] {
        let intercepted = left * percent / 100;
        stages[stage].tally.arrivals = left;
        stages[stage].tally.end(Outcome::Intercepted(reason), intercepted);
        left -= intercepted;
    }
    stages[0].tally.arrivals = arrivals;
    Bucket {
        at: Duration::from_millis(100 * (tenth + 1)),
        offered: arrivals + wave % 7,
        achieved: arrivals,
        sold: if (40..65).contains(&tenth) { 40 } else { 0 },
        stock_left: 1_000 - i64::try_from(tenth.saturating_sub(39).min(25) * 40).unwrap(),
        backlog: if (40..80).contains(&tenth) { (80 - tenth) * 5 } else { 0 },
        response_us: quantiles(200),
        service_us: quantiles(150),
        schedule_lag_us: quantiles(50),
        stages,
        ..Bucket::default()
    }
}

fn processes(tenth: u64) -> Vec<InstanceState> {
    let process = |stage, name: &str, role, lag_bytes, memory_bytes| InstanceState {
        stage,
        name: name.into(),
        is_reachable: true,
        role,
        lag_bytes,
        memory_bytes,
        ..InstanceState::default()
    };
    vec![
        process(5, "master", Role::Master, 0, 1_300_000 + tenth * 4_000),
        process(5, "replica 1", Role::Replica, tenth * 131 % 2_000, 1_250_000 + tenth * 3_000),
        process(5, "replica 2", Role::Replica, tenth * 71 % 900, 1_200_000 + tenth * 2_500),
    ]
}

/// A run of the first preset that has been going on for so many tenths of a second.
fn running(tenths: u64) -> Lab {
    let mut lab = Lab::open();
    start(&mut lab);
    measure(&mut lab, 0..tenths);
    lab
}

fn start(lab: &mut Lab) {
    start_preset(lab, "seckill-six-phases.ron");
}

fn start_preset(lab: &mut Lab, file: &str) {
    let preset = PRESETS.iter().find(|preset| preset.file == file).unwrap();
    let state = lab.harness.state_mut();
    state.model.doc =
        Document::opened(parse_topology(preset.text), Origin::Preset(preset.file.into())).unwrap();
    state.view.dialog = None;
    lab.harness.run();
    lab.harness.key_press(Key::F5);
    lab.harness.run();
}

fn measure(lab: &mut Lab, tenths: std::ops::Range<u64>) {
    for tenth in tenths {
        lab.engine.show(vec![bucket(lab, tenth)], processes(tenth));
    }
    lab.harness.run();
}

fn view(lab: &Lab) -> &ChartsView {
    &lab.harness.state().view.charts
}

/// The charts that show.
fn charts(lab: &Lab) -> Vec<Chart> {
    view(lab).charts(lab.model().runs.current.as_ref().unwrap())
}

/// How many charts the design has.
fn all_charts(lab: &Lab) -> usize {
    Chart::of(lab.topology()).count()
}

fn place(lab: &Lab, chart: Chart) -> Rect {
    view(lab).plots.iter().find(|(other, _)| *other == chart).unwrap().1
}

/// A drag from one place to another, a frame between each step.
fn drag(lab: &mut Lab, button: PointerButton, from: Pos2, to: Pos2) {
    let press = |pos, pressed| Event::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE };
    for event in [
        Event::PointerMoved(from),
        press(from, true),
        Event::PointerMoved(from.lerp(to, 0.5)),
        Event::PointerMoved(to),
        press(to, false),
        Event::PointerGone,
    ] {
        lab.harness.event(event);
        lab.harness.step();
    }
    lab.harness.run();
}

/// The time that the charts show, by hovering over both ends of one.
fn range(lab: &mut Lab) -> (f64, f64) {
    let plot = place(lab, Chart::Throughput);
    let [from, to] = [plot.left_center() + Vec2::X, plot.right_center() - Vec2::X].map(|pos| {
        lab.harness.hover_at(pos);
        lab.harness.run();
        view(lab).cursor.unwrap()
    });
    lab.harness.event(Event::PointerGone);
    lab.harness.run();
    (from, to)
}

fn has(lab: &Lab, label: &str) -> bool {
    lab.harness.query_all_by_label(label).next().is_some()
}

#[test]
fn without_a_run_the_next_action_is_named() {
    let mut lab = Lab::open();
    lab.harness.state_mut().view.dialog = None;
    lab.harness.run();
    assert!(has(&lab, "No run yet") && has(&lab, "Choose a preset to run…"));
    assert!(view(&lab).last_rect.is_none());
    start(&mut lab);
    assert!(has(&lab, "Measurements begin with the first arrival"));
    measure(&mut lab, 0..3);
    assert_eq!(view(&lab).plots.len(), all_charts(&lab));
    let whole = view(&lab).last_rect.unwrap();
    assert!(view(&lab).plots.iter().all(|(_, plot)| whole.contains_rect(*plot)));
}

#[test]
fn the_button_of_the_empty_charts_runs_the_design() {
    let mut lab = Lab::open();
    let preset = PRESETS.first().unwrap();
    let state = lab.harness.state_mut();
    state.model.doc =
        Document::opened(parse_topology(preset.text), Origin::Preset(preset.file.into())).unwrap();
    state.view.dialog = None;
    lab.harness.run();
    lab.click("Run this design");
    assert!(lab.model().runs.active().is_some());
}

#[test]
fn the_readout_says_what_the_bucket_says() {
    let mut lab = running(100);
    let plot = place(&lab, Chart::Throughput);
    lab.harness.hover_at(plot.center());
    lab.harness.run();
    let secs = view(&lab).cursor.unwrap();
    let index = lab.model().runs.current.as_ref().unwrap().series.index_at(secs).unwrap();
    let expected = bucket(&lab, index as u64);
    let rate = |count: u64| format!("{}/s", seckill_lab::report::text::grouped(count * 10));
    assert!(has(&lab, &rate(expected.offered)) && has(&lab, &rate(expected.achieved)));
    assert!(has(&lab, "phase: everybody clicks"));
    let plot = place(&lab, Chart::Response);
    lab.harness.hover_at(Pos2::new(plot.center().x, plot.top() + 3.0));
    lab.harness.run();
    let index = lab.model().runs.current.as_ref().unwrap().series.index_at(view(&lab).cursor.unwrap());
    let expected = bucket(&lab, index.unwrap() as u64);
    assert!(has(&lab, &seckill_lab::report::verdict::micros(expected.response_us.p99)));
    assert!(has(&lab, &seckill_lab::report::verdict::micros(expected.service_us.p99)));
}

#[test]
fn a_cluster_has_a_chart_of_its_shards() {
    let mut lab = running(10);
    assert!(!charts(&lab).contains(&Chart::Shards), "the design has no cluster");
    lab = Lab::open();
    start_preset(&mut lab, "cluster-failover.ron");
    let stage = lab.topology().index_of("store").unwrap();
    for tenth in 0..40 {
        let shard =
            |shard, redirected, failed| ShardBucket { stage, shard, answered: 30, redirected, failed };
        let shards = vec![shard(1, 0, 0), shard(2, 0, 7), shard(3, u64::from(tenth == 30), 0)];
        lab.engine.show(vec![Bucket { shards, ..bucket(&lab, tenth) }], Vec::new());
    }
    lab.harness.run();
    lab.click("Enlarge Shards");
    for name in ["shard 1", "shard 2", "shard 3", "shard 3 redirects", "shard 2 failed"] {
        assert!(lab.harness.query_by_label(&format!("Shards: {name}")).is_some(), "{name}");
    }
    for name in ["shard 1 redirects", "shard 1 failed", "shard 3 failed"] {
        assert!(lab.harness.query_by_label(&format!("Shards: {name}")).is_none(), "{name}");
    }
    let plot = place(&lab, Chart::Shards);
    lab.harness.hover_at(plot.left_center() + Vec2::X * plot.width() * 2.0 / 12.0);
    lab.harness.run();
    assert!(has(&lab, "300/s") && has(&lab, "70/s"));
}

#[test]
fn a_fault_leaves_a_mark_that_leads_to_the_events() {
    let mut lab = running(80);
    let action = FaultAction::SlowLink;
    let fault = Fault { action, stage: "inventory".into(), instance: "master".into(), ..Fault::default() };
    lab.engine.tell(3_000, EventKind::Fault { fault, failed: None });
    lab.engine.tell(3_200, EventKind::MasterLost { stage: 5 });
    lab.engine.tell(4_700, EventKind::MasterFound { stage: 5, instance: "replica 1".into() });
    lab.harness.run();
    let mark = "3.0 s · SlowLink master of inventory by 50ms";
    assert!(has(&lab, mark));
    let plot = place(&lab, Chart::Stock);
    let at_four_secs = plot.left_center() + Vec2::X * plot.width() * 4.0 / 12.0;
    lab.harness.hover_at(at_four_secs);
    lab.harness.run();
    assert!(has(&lab, "inventory had no master for 1.5 s"));
    lab.click(mark);
    assert_eq!(lab.harness.state().view.tab, seckill_lab::ui::view::BottomTab::Events);
}

#[test]
fn frozen_charts_hold_still_while_the_run_goes_on() {
    let mut lab = running(300);
    let before = range(&mut lab);
    lab.harness.key_press(Key::Z);
    lab.harness.run();
    assert!(has(&lab, "Freeze charts"));
    assert_eq!(view(&lab).frozen_at(), Some(30.0));
    measure(&mut lab, 300..700);
    assert_eq!(range(&mut lab), before);
    let plot = place(&lab, Chart::Throughput);
    lab.harness.hover_at(plot.right_center() - Vec2::X);
    lab.harness.run();
    assert!(!has(&lab, "69.9 s"));
    lab.click("Freeze charts");
    assert!(range(&mut lab).1 > 60.0);
}

#[test]
fn the_newest_is_followed_until_a_pan_and_again_after_f() {
    let mut lab = running(900);
    let before = range(&mut lab);
    assert!(!has(&lab, "Follow"));
    let plot = place(&lab, Chart::Intercepted);
    drag(&mut lab, PointerButton::Primary, plot.center(), plot.center() + Vec2::X * 60.0);
    let panned = range(&mut lab);
    assert!(panned.0 < before.0 - 5.0 && has(&lab, "Follow"));
    measure(&mut lab, 900..1_000);
    assert_eq!(range(&mut lab), panned);
    lab.harness.key_press(Key::F);
    lab.harness.run();
    let followed = range(&mut lab);
    assert!(followed.1 > 98.0 && !has(&lab, "Follow"), "{followed:?}");
    drag(&mut lab, PointerButton::Primary, plot.center(), plot.center() + Vec2::X * 60.0);
    lab.click("Follow");
    assert!(view(&lab).window.follows());
}

#[test]
fn the_wheel_zooms_around_the_pointer_and_a_box_chooses_a_stretch() {
    let mut lab = running(600);
    let plot = place(&lab, Chart::Stock);
    lab.harness.hover_at(plot.center());
    lab.harness.run();
    let pointed = view(&lab).cursor.unwrap();
    lab.harness.event(Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: Vec2::new(0.0, 200.0),
        phase: TouchPhase::Move,
        source: MouseWheelSource::Wheel,
        modifiers: Modifiers::NONE,
    });
    lab.harness.run();
    let now = view(&lab).cursor.unwrap();
    assert!((now - pointed).abs() < 0.5, "{pointed} → {now}");
    let (from, to) = range(&mut lab);
    assert!(to - from < 40.0 && !view(&lab).window.follows(), "{from}–{to}");
    let plot = place(&lab, Chart::Lag);
    let quarter = Vec2::X * plot.width() / 4.0;
    drag(&mut lab, PointerButton::Secondary, plot.center() - quarter, plot.center() + quarter);
    let (chosen_from, chosen_to) = range(&mut lab);
    assert!(((to - from) / 2.0 - (chosen_to - chosen_from)).abs() < 1.0, "{chosen_from}–{chosen_to}");
    lab.harness.hover_at(plot.center());
    lab.harness.step();
    for pressed in [true, false, true, false] {
        let (pos, button) = (plot.center(), PointerButton::Primary);
        let click = Event::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE };
        lab.harness.input_mut().events.push(click);
    }
    lab.harness.run();
    assert!(view(&lab).window.follows());
}

#[test]
fn the_lag_shows_in_bytes_or_in_seconds_and_the_choice_is_kept() {
    let mut lab = running(30);
    lab.click("Show the lag in seconds");
    assert!(lab.harness.state().model.settings.lag_in_secs);
    assert!(view(&lab).shows(Chart::Lag) && view(&lab).plots.len() == all_charts(&lab));
    lab.click("Show the lag in bytes");
    assert!(!lab.harness.state().model.settings.lag_in_secs);
}

#[test]
fn a_click_in_the_legend_hides_and_with_alt_shows_alone() {
    let mut lab = running(50);
    let is_on = |lab: &Lab, name: &str| {
        let chip = lab.harness.get_by_label(name);
        chip.accesskit_node().toggled() == Some(egui::accesskit::Toggled::True)
    };
    assert!(is_on(&lab, "Response time: p95"));
    lab.click("Response time: p95");
    assert!(!is_on(&lab, "Response time: p95"));
    lab.click("Response time: p95");
    assert!(is_on(&lab, "Response time: p95"));
    lab.harness.get_by_label("Response time: p99").click_modifiers(Modifiers::ALT);
    lab.harness.run();
    assert!(is_on(&lab, "Response time: p99") && !is_on(&lab, "Response time: p95"));
    lab.harness.get_by_label("Response time: p99").click_modifiers(Modifiers::ALT);
    lab.harness.run();
    assert!(is_on(&lab, "Response time: p95"));
}

#[test]
fn a_hidden_process_is_hidden_in_every_chart() {
    let mut lab = running(50);
    lab.click("Replication lag: replica 1");
    let chip = lab.harness.get_by_label("Memory: replica 1");
    assert_eq!(chip.accesskit_node().toggled(), Some(egui::accesskit::Toggled::False));
}

#[test]
fn one_chart_can_be_enlarged_and_others_hidden() {
    let mut lab = running(50);
    lab.click("Enlarge Stock and orders");
    assert_eq!(charts(&lab), [Chart::Stock]);
    lab.click("Show all charts");
    assert_eq!(charts(&lab).len(), all_charts(&lab));
    lab.click("Show Memory");
    assert!(!view(&lab).shows(Chart::Memory));
    lab.harness.get_by_label("Show Response time").click_modifiers(Modifiers::ALT);
    lab.harness.run();
    assert_eq!(charts(&lab), [Chart::Response]);
}

#[test]
fn the_stages_follow_the_selection_unless_one_is_chosen() {
    let mut lab = running(50);
    assert!(!has(&lab, "Throughput: at cdn"));
    lab.harness.state_mut().model.selection = Selection::stage(1);
    lab.harness.run();
    assert!(has(&lab, "Throughput: at cdn") && !has(&lab, "Intercepted: service not started"));
    lab.click("Stages on the charts");
    lab.click("All stages");
    assert!(!has(&lab, "Throughput: at cdn") && has(&lab, "Intercepted: service not started"));
}

#[test]
fn the_length_of_time_is_a_choice() {
    let mut lab = running(900);
    lab.click("How much time the charts show");
    lab.click("10 s");
    let (from, to) = range(&mut lab);
    assert!((to - from - 10.0).abs() < 0.2, "{from}–{to}");
    lab.click("How much time the charts show");
    lab.click("Whole run");
    assert!(range(&mut lab).0 < 0.5);
}

#[test]
fn arrow_keys_move_the_cursor_of_a_chart_with_the_focus() {
    let mut lab = running(50);
    lab.harness.get_by_label("Throughput chart").focus();
    lab.harness.run();
    lab.harness.key_press(Key::ArrowLeft);
    lab.harness.run();
    let first = view(&lab).cursor.unwrap();
    lab.harness.key_press(Key::ArrowLeft);
    lab.harness.run();
    assert!((first - view(&lab).cursor.unwrap() - 0.1).abs() < 1e-6);
    lab.harness.key_press_modifiers(Modifiers::SHIFT, Key::ArrowLeft);
    lab.harness.run();
    assert!((first - view(&lab).cursor.unwrap() - 1.1).abs() < 1e-6);
}

#[test]
fn an_idle_window_with_charts_asks_for_no_frames() {
    let mut lab = running(50);
    // Dots on the canvas move as long as something flows; the engine is looked after once a second.
    lab.harness.state_mut().model.settings.flow_dots = false;
    lab.harness.run();
    let output = lab.harness.output();
    let delay = output.viewport_output.values().map(|viewport| viewport.repaint_delay).min();
    assert!(delay.is_some_and(|delay| delay >= Duration::from_secs(1)), "{delay:?}");
}
