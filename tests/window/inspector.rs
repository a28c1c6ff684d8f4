//! The inspector: every parameter of what is selected, edited through its label.

use std::time::Duration;

use egui::{Key, PointerButton, Pos2, vec2};
use egui_kittest::kittest::Queryable;

use seckill_lab::engine::EngineCommand;
use seckill_lab::files::parse_topology;
use seckill_lab::files::presets::PRESETS;
use seckill_lab::param::ParamValue;
use seckill_lab::topology::{Change, StageKind, Target, Topology};
use seckill_lab::ui::document::{Document, Origin};
use seckill_lab::ui::selection::Selection;
use seckill_lab::workload::Shape;

use super::fake::Lab;

/// The six-phase preset, open without a dialog in front.
fn lab() -> Lab {
    with(|_| {})
}

/// The six phases, changed, in a window without a dialog.
pub fn with(change: impl FnOnce(&mut Topology)) -> Lab {
    let preset = PRESETS.iter().find(|preset| preset.file == "seckill-six-phases.ron").unwrap();
    let mut topology = parse_topology(preset.text).topology.unwrap();
    change(&mut topology);
    let mut lab = Lab::open();
    let app = lab.harness.state_mut();
    app.view.dialog = None;
    app.model.doc = Document::unsaved(topology, Origin::New);
    lab.harness.run();
    lab
}

/// Selects a part of the design.
pub fn select(lab: &mut Lab, selection: Selection) {
    lab.harness.state_mut().model.selection = selection;
    lab.harness.run();
}

fn stage(lab: &Lab, name: &str) -> usize {
    lab.topology().index_of(name).unwrap()
}

fn param(lab: &Lab, name: &str, key: &str) -> ParamValue {
    lab.topology().stages[stage(lab, name)].kind.params().get(key).unwrap()
}

/// Clicks into a field, types over what stands there, and confirms.
fn enter(lab: &mut Lab, field: &str, text: &str) {
    lab.harness.get_by_label(field).scroll_to_me();
    lab.harness.run();
    lab.click(field);
    lab.harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
    lab.harness.get_by_label(field).type_text(text);
    lab.harness.run();
    lab.harness.key_press(Key::Enter);
    lab.harness.run();
}

/// Clicks something that may have to be scrolled to.
fn click(lab: &mut Lab, label: &str) {
    lab.harness.get_by_label(label).scroll_to_me();
    lab.harness.run();
    lab.click(label);
}

/// Drags from the middle of something by a way, in a few steps.
fn drag(lab: &mut Lab, field: &str, by: egui::Vec2) {
    let from = lab.harness.get_by_label(field).rect().center();
    drag_from(lab, from, by);
}

fn drag_from(lab: &mut Lab, from: Pos2, by: egui::Vec2) {
    lab.harness.hover_at(from);
    lab.harness.run();
    lab.harness.drag_at(from);
    lab.harness.run();
    for step in 1..=4_u8 {
        lab.harness.hover_at(from + by * (f32::from(step) / 4.0));
        lab.harness.run();
    }
    lab.harness.drop_at(from + by);
    lab.harness.run();
}

/// Opens a field's choices and takes one. The canvas may have the same words; the choice stands below the field.
fn choose(lab: &mut Lab, field: &str, choice: &str) {
    lab.click(field);
    let left = lab.harness.get_by_label(field).rect().left() - 8.0;
    let is_in_list = |node: &egui_kittest::Node<'_>| node.rect().left() > left;
    // A list may be longer than the room for it.
    lab.harness.query_all_by_label(choice).rfind(is_in_list).unwrap().scroll_to_me();
    lab.harness.run();
    let found = lab.harness.query_all_by_label(choice).rfind(is_in_list);
    found.unwrap().click();
    lab.harness.run();
}

fn undo(lab: &mut Lab) {
    lab.harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::Z);
    lab.harness.run();
}

fn says(lab: &Lab, part: &str) -> bool {
    lab.harness.query_all_by_label_contains(part).next().is_some()
}

#[test]
fn one_walks_between_the_parts_of_a_design() {
    let mut lab = lab();
    for (label, selected) in [
        ("Inspect workload", Selection::Workload),
        ("Go to phase 2", Selection::Phase(1)),
        ("Next", Selection::Phase(2)),
        ("Phase 1: refreshing before the sale", Selection::Phase(0)),
        ("Up to workload", Selection::Workload),
        ("Inspect targets", Selection::Targets),
        ("Target 2: Oversold at most 0 units", Selection::Target(1)),
        ("Inspect faults", Selection::Faults),
        ("Inspect design", Selection::Nothing),
        ("Go to the targets", Selection::Targets),
        ("Inspect design", Selection::Nothing),
        ("Go to stage inventory", Selection::stage(5)),
        ("Go to the link to orders", Selection::Link(5)),
        ("Go to stage orders", Selection::stage(6)),
        ("Previous", Selection::stage(5)),
        ("Go to process replica 1", Selection::Instance { stage: 5, name: "replica 1".into() }),
    ] {
        click(&mut lab, label);
        assert_eq!(lab.model().selection, selected, "after {label}");
    }
}

#[test]
fn a_typed_number_is_one_step_of_undo() {
    let mut lab = lab();
    select(&mut lab, Selection::stage(4));
    enter(&mut lab, "Replicas", "4");
    assert_eq!(param(&lab, "gate", "replicas"), ParamValue::Int(4));
    undo(&mut lab);
    assert_eq!(param(&lab, "gate", "replicas"), ParamValue::Int(2));
    assert!(lab.model().doc.undo_name().is_none());
}

#[test]
fn a_drag_is_one_step_of_undo() {
    let mut lab = lab();
    select(&mut lab, Selection::stage(4));
    drag(&mut lab, "Max waiting", vec2(40.0, 0.0));
    let ParamValue::Int(waiting) = param(&lab, "gate", "max_waiting") else { panic!() };
    assert!(waiting > 55_000, "{waiting}");
    drag(&mut lab, "Timeout", vec2(30.0, 0.0));
    assert_ne!(param(&lab, "gate", "timeout"), ParamValue::Duration(Duration::from_secs(1)));
    undo(&mut lab);
    assert_eq!(param(&lab, "gate", "timeout"), ParamValue::Duration(Duration::from_secs(1)));
    assert_eq!(param(&lab, "gate", "max_waiting"), ParamValue::Int(waiting));
    undo(&mut lab);
    assert_eq!(param(&lab, "gate", "max_waiting"), ParamValue::Int(50_000));
}

#[test]
fn a_time_is_typed_with_its_unit_and_what_is_no_time_is_told_at_the_field() {
    let mut lab = lab();
    select(&mut lab, Selection::stage(4));
    enter(&mut lab, "Timeout", "250");
    assert!(says(&lab, "“250” has no unit"));
    assert_eq!(param(&lab, "gate", "timeout"), ParamValue::Duration(Duration::from_secs(1)));
    enter(&mut lab, "Timeout", "1.5s");
    assert!(!says(&lab, "has no unit"));
    assert_eq!(param(&lab, "gate", "timeout"), ParamValue::Duration(Duration::from_millis(1_500)));
}

#[test]
fn choices_switches_and_resets_do_what_they_say() {
    let mut lab = lab();
    select(&mut lab, Selection::stage(5));
    choose(&mut lab, "Persistence", "AOF, always");
    assert_eq!(param(&lab, "inventory", "persistence"), ParamValue::Choice("AofAlways"));
    lab.click("Reset Persistence");
    assert_eq!(param(&lab, "inventory", "persistence"), ParamValue::Choice("AofEverysec"));
    select(&mut lab, Selection::stage(2));
    lab.click("Use Rate limit");
    assert_eq!(param(&lab, "balancer", "rate_limit"), ParamValue::Int(10_000));
    lab.click("Use Rate limit");
    assert_eq!(param(&lab, "balancer", "rate_limit"), ParamValue::Off);
    select(&mut lab, Selection::stage(7));
    lab.click("Sync each commit");
    assert_eq!(param(&lab, "database", "sync_each_commit"), ParamValue::Bool(true));
    select(&mut lab, Selection::stage(8));
    enter(&mut lab, "Unpaid share", "25 %");
    assert_eq!(param(&lab, "control", "unpaid_ratio"), ParamValue::Float(0.25));
    drag(&mut lab, "Unpaid share slider", vec2(25.0, 0.0));
    assert_ne!(param(&lab, "control", "unpaid_ratio"), ParamValue::Float(0.25));
    undo(&mut lab);
    assert_eq!(param(&lab, "control", "unpaid_ratio"), ParamValue::Float(0.25));
}

#[test]
fn a_queue_is_offered_the_inventory_to_be_on() {
    let mut lab = with(|topology| topology.stages[5].name = "stock".into());
    select(&mut lab, Selection::stage(6));
    assert!(says(&lab, "there is no such stage"));
    choose(&mut lab, "Kept on", "stock");
    assert_eq!(param(&lab, "orders", "on"), ParamValue::Text("stock".into()));
}

#[test]
fn an_explanation_unfolds() {
    let mut lab = lab();
    select(&mut lab, Selection::stage(4));
    assert!(!says(&lab, "Read-only replicas of the master"));
    lab.click("About Replicas");
    assert!(says(&lab, "Read-only replicas of the master"));
    assert!(says(&lab, "Range: 0 to 5 replicas"));
    assert!(says(&lab, "Default: 2 replicas"));
}

#[test]
fn what_is_wrong_with_a_field_stands_below_it() {
    let mut lab = lab();
    select(&mut lab, Selection::stage(5));
    enter(&mut lab, "Quorum", "4");
    assert!(says(&lab, "A quorum of 4 is more than the 3 Sentinels there are: lower the quorum"));
    enter(&mut lab, "Quorum", "900");
    assert!(says(&lab, "out of range"));
    enter(&mut lab, "Quorum", "2");
    assert!(!says(&lab, "quorum of"));
}

#[test]
fn stages_of_one_kind_are_edited_together() {
    let mut lab = with(|topology| {
        let mut more = topology.stages[3].clone();
        more.name = "more".into();
        more.kind.params_mut().set("instances", ParamValue::Int(8));
        topology.stages.push(more);
    });
    select(&mut lab, Selection::Stages([3, 9].into()));
    assert!(says(&lab, "2 stages"));
    enter(&mut lab, "Instances", "6");
    assert_eq!(param(&lab, "service", "instances"), ParamValue::Int(6));
    assert_eq!(param(&lab, "more", "instances"), ParamValue::Int(6));
    select(&mut lab, Selection::Stages([3, 4].into()));
    assert!(says(&lab, "these are of several"));
    lab.click("Delete 2 stages");
    assert_eq!(lab.topology().stages.len(), 8);
}

#[test]
fn a_renamed_stage_keeps_its_links_and_no_name_is_taken_twice() {
    let mut lab = lab();
    select(&mut lab, Selection::stage(4));
    enter(&mut lab, "Name", "front");
    assert_eq!(lab.topology().stages[4].name, "front");
    assert!(lab.topology().links.iter().any(|link| link.from == "front"));
    lab.click("Name");
    lab.harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
    lab.harness.get_by_label("Name").type_text("orders");
    lab.harness.run();
    assert!(says(&lab, "Another stage is called so"));
    lab.harness.key_press(Key::Enter);
    lab.harness.run();
    assert_ne!(lab.topology().stages[4].name, "orders");
    assert!(lab.model().doc.problems().is_empty());
}

#[test]
fn a_link_is_turned_round_and_deleted() {
    let mut lab = lab();
    select(&mut lab, Selection::Link(2));
    lab.click("Turn link round");
    assert_eq!(lab.topology().links[2].from, "service");
    assert!(says(&lab, "can't send to"));
    lab.click("Delete link");
    assert_eq!(lab.topology().links.len(), 9);
    assert_eq!(lab.model().selection, Selection::Nothing);
}

#[test]
fn the_description_of_a_design_is_edited() {
    let mut lab = lab();
    enter(&mut lab, "Title", "Ours");
    lab.click("Question");
    lab.harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
    lab.harness.get_by_label("Question").type_text("Does it hold?");
    lab.harness.run();
    choose(&mut lab, "Expected verdict", "Fail");
    let topology = lab.topology();
    assert_eq!((topology.title.as_str(), topology.question.as_str()), ("Ours", "Does it hold?"));
    assert_eq!(topology.expected.map(seckill_lab::topology::Expected::word), Some("Fail"));
}

#[test]
fn phases_are_added_moved_duplicated_and_deleted() {
    let mut lab = lab();
    select(&mut lab, Selection::Workload);
    let names = |lab: &Lab| -> Vec<String> {
        lab.topology().workload.phases.iter().map(|phase| phase.name.clone()).collect()
    };
    let before = names(&lab);
    lab.click("Move phase 1 down");
    assert_eq!(names(&lab)[..2], [before[1].clone(), before[0].clone()]);
    lab.click("Move phase 2 up");
    assert_eq!(names(&lab), before);
    lab.click("Duplicate phase 2");
    assert_eq!(names(&lab)[2], "everybody clicks 2");
    lab.click("Delete phase 3");
    assert_eq!(names(&lab), before);
    assert_eq!(lab.model().selection, Selection::Workload);
    lab.click("Add phase");
    assert_eq!(lab.model().selection, Selection::Phase(3));
    assert!(lab.model().doc.may_run());
}

#[test]
fn the_seed_is_typed_exactly_or_drawn() {
    let mut lab = lab();
    select(&mut lab, Selection::Workload);
    lab.harness.get_by_label("Random seed").scroll_to_me();
    lab.harness.run();
    enter(&mut lab, "Random seed", "18446744073709551615");
    assert_eq!(lab.topology().workload.seed, u64::MAX);
    lab.click("New seed");
    assert!(lab.topology().workload.seed < 1_000_000);
}

#[test]
fn the_opening_of_the_sale_is_dragged() {
    let mut lab = lab();
    select(&mut lab, Selection::Workload);
    drag(&mut lab, "Opening of the sale", vec2(-40.0, 0.0));
    let opens_at = lab.topology().workload.sale.opens_at;
    assert!(opens_at < Duration::from_secs(3) && opens_at > Duration::from_secs(1), "{opens_at:?}");
    undo(&mut lab);
    assert_eq!(lab.topology().workload.sale.opens_at, Duration::from_secs(4));
}

fn shape(lab: &Lab, phase: usize) -> &Shape {
    &lab.topology().workload.phases[phase].shape
}

#[test]
fn every_shape_is_dragged_by_its_handles() {
    let mut lab = lab();
    for (phase, handle, by) in [
        (0, "Handle of the rate at start", vec2(0.0, -30.0)),
        (0, "Handle of the rate at end", vec2(0.0, 30.0)),
        (1, "Peak handle", vec2(0.0, 30.0)),
        (1, "Base handle", vec2(0.0, -10.0)),
        (1, "Decay handle", vec2(30.0, 0.0)),
        (2, "Rate handle", vec2(0.0, -40.0)),
    ] {
        select(&mut lab, Selection::Phase(phase));
        let before = shape(&lab, phase).clone();
        drag(&mut lab, handle, by);
        assert_ne!(*shape(&lab, phase), before, "{handle}");
        undo(&mut lab);
        assert_eq!(*shape(&lab, phase), before, "{handle}");
    }
}

#[test]
fn a_handle_is_moved_by_keys() {
    let mut lab = lab();
    select(&mut lab, Selection::Phase(2));
    lab.harness.get_by_label("Rate handle").focus();
    lab.harness.run();
    lab.harness.key_press(Key::ArrowUp);
    lab.harness.run();
    let Shape::Constant(constant) = shape(&lab, 2) else { panic!() };
    assert!(constant.rate > 6_000.0, "{}", constant.rate);
}

/// In one frame: the test's clock goes on faster than a hand clicks twice.
fn double_click(lab: &mut Lab, at: Pos2) {
    let button = |pressed| egui::Event::PointerButton {
        pos: at,
        button: PointerButton::Primary,
        pressed,
        modifiers: egui::Modifiers::NONE,
    };
    lab.harness.hover_at(at);
    lab.harness.run();
    lab.harness.input_mut().events.extend([button(true), button(false), button(true), button(false)]);
    lab.harness.run();
}

fn points(lab: &Lab) -> Vec<(f64, f64)> {
    let Shape::Curve(points) = shape(lab, 2) else { panic!("no curve") };
    points.clone()
}

#[test]
fn a_curve_of_points_is_edited_by_mouse_and_by_numbers() {
    let mut lab = lab();
    select(&mut lab, Selection::Phase(2));
    lab.click("Convert to curve");
    assert_eq!(points(&lab), [(0.0, 6_000.0), (5.0, 6_000.0)]);
    let middle = lab.harness.get_by_label("Arrival curve").rect().center();
    double_click(&mut lab, middle);
    assert_eq!(points(&lab).len(), 3, "a double click adds a point");
    drag(&mut lab, "Point 2", vec2(20.0, -20.0));
    let [_, moved, _] = points(&lab)[..] else { panic!() };
    assert!(moved.0 > 2.0 && moved.1 > 1_000.0, "{moved:?}");
    enter(&mut lab, "Time of point 2", "2 s");
    enter(&mut lab, "Rate of point 2", "9k");
    assert_eq!(points(&lab)[1], (2.0, 9_000.0));
    lab.harness.get_by_label("Point 2").scroll_to_me();
    lab.harness.run();
    lab.harness.get_by_label("Point 2").click_button(PointerButton::Secondary);
    lab.harness.run();
    assert_eq!(points(&lab).len(), 2);
    click(&mut lab, "Add point");
    assert_eq!(points(&lab).len(), 3);
    click(&mut lab, "Remove point 3");
    click(&mut lab, "Point 1");
    lab.harness.key_press(Key::Delete);
    lab.harness.run();
    assert_eq!(points(&lab).len(), 1);
    assert_eq!(lab.topology().workload.phases.len(), 3, "Delete meant the point");
}

#[test]
fn a_phase_gets_another_shape_length_and_mix() {
    let mut lab = lab();
    select(&mut lab, Selection::Phase(2));
    choose(&mut lab, "Shape", "Ramp");
    assert_eq!(shape(&lab, 2).word(), "Ramp");
    enter(&mut lab, "Length", "8 s");
    enter(&mut lab, "Claims (weight)", "4");
    let phase = &lab.topology().workload.phases[2];
    assert_eq!(phase.span, Duration::from_secs(8));
    assert!((phase.mix.claim - 4.0).abs() < 1e-9);
    assert!(says(&lab, "50 % reads, 50 % claims"));
}

#[test]
fn targets_are_added_changed_and_deleted() {
    let mut lab = lab();
    select(&mut lab, Selection::Targets);
    lab.click("Add target");
    assert_eq!(lab.model().selection, Selection::Target(6));
    assert!(matches!(lab.topology().targets[6], Target::Intercepted(_)));
    enter(&mut lab, "At least", "50");
    assert!(says(&lab, "Intercepted share at least 50 %"));
    choose(&mut lab, "What must hold", "Oversold");
    assert!(matches!(lab.topology().targets[6], Target::Oversold(_)));
    lab.click("Delete target");
    assert_eq!((lab.topology().targets.len(), &lab.model().selection), (6, &Selection::Targets));
}

#[test]
fn faults_are_added_placed_sorted_and_deleted() {
    let mut lab = lab();
    select(&mut lab, Selection::Faults);
    lab.click("Add fault");
    assert_eq!(lab.topology().faults[0].stage, "gate");
    assert_eq!(lab.topology().faults[0].at, Duration::from_secs(8));
    choose(&mut lab, "To the stage", "inventory");
    choose(&mut lab, "Its process", "sentinel 2");
    assert_eq!(lab.topology().faults[0].instance, "sentinel 2");
    choose(&mut lab, "To the stage", "gate");
    assert_eq!(lab.topology().faults[0].instance, "master", "the gate has no Sentinel");
    choose(&mut lab, "What is done", "Slow link");
    enter(&mut lab, "Delay each way", "80ms");
    assert_eq!(lab.topology().faults[0].link_delay(), Some(Duration::from_millis(80)));
    choose(&mut lab, "What is done", "Pause");
    assert!(lab.harness.query_by_label("Delay each way").is_none(), "only a slow link has one");
    lab.click("Duplicate fault");
    enter(&mut lab, "When", "5 s");
    lab.click("Sort by time");
    assert_eq!(lab.topology().faults[0].at, Duration::from_secs(5));
    select(&mut lab, Selection::Fault(1));
    lab.click("Delete fault");
    assert_eq!(lab.topology().faults.len(), 1);
    assert!(lab.model().doc.may_run());
}

#[test]
fn a_fault_of_another_stage_gets_an_action_and_an_instance_that_make_sense_there() {
    let mut lab = lab();
    select(&mut lab, Selection::Faults);
    lab.click("Add fault");
    choose(&mut lab, "To the stage", "cdn");
    let fault = &lab.topology().faults[0];
    assert_eq!((fault.action.word(), fault.instance.as_str()), ("Purge", "cache"));
    choose(&mut lab, "To the stage", "inventory");
    choose(&mut lab, "What is done", "Throttle link");
    enter(&mut lab, "Rate", "5000");
    assert_eq!(lab.topology().faults[0].link_rate(), Some(5_000));
    choose(&mut lab, "What is done", "Slow script");
    assert_eq!(lab.topology().faults[0].action.word(), "SlowScript");
    assert!(lab.harness.query_by_label("Rate").is_none());
    enter(&mut lab, "How long", "80ms");
    assert_eq!(lab.topology().faults[0].script_time(), Some(Duration::from_millis(80)));
    // What is about something else is not offered, and what can't be done here is greyed.
    lab.click("What is done");
    assert!(lab.harness.query_by_label("Lock").is_none());
    lab.harness.key_press(Key::Escape);
    lab.harness.run();
    choose(&mut lab, "To the stage", "gate");
    choose(&mut lab, "What is done", "Hand over");
    assert_eq!(lab.topology().faults[0].action.word(), "SlowScript");
    assert!(lab.model().doc.may_run());
}

#[test]
fn random_faults_stand_in_the_script_and_one_undo_takes_them_back() {
    let mut lab = lab();
    select(&mut lab, Selection::Faults);
    lab.click("Add random faults");
    let first = lab.topology().faults.clone();
    assert!(first.len() > 3 && lab.model().doc.may_run(), "{first:?}");
    lab.click("Add random faults");
    assert_ne!(lab.topology().faults[first.len()..], first[..], "others each time");
    for expected in [first, Vec::new()] {
        lab.harness.key_press_modifiers(egui::Modifiers::COMMAND, Key::Z);
        lab.harness.run();
        assert_eq!(lab.topology().faults, expected);
    }
}

#[test]
fn a_process_gets_a_scripted_fault() {
    let mut lab = lab();
    select(&mut lab, Selection::Instance { stage: 5, name: "replica 2".into() });
    lab.click("Script a fault for it");
    assert_eq!(lab.model().selection, Selection::Fault(0));
    assert_eq!(lab.topology().faults[0].instance, "replica 2");
    assert!(lab.model().doc.may_run());
}

fn changes(lab: &Lab) -> Vec<Change> {
    let told = lab.engine.told().into_iter();
    told.filter_map(|command| match command {
        EngineCommand::Change(change) => Some(change),
        _ => None,
    })
    .collect()
}

#[test]
fn live_parameters_change_what_runs_and_the_others_say_when_they_do() {
    let mut lab = lab();
    select(&mut lab, Selection::stage(1));
    lab.harness.key_press(Key::F5);
    lab.harness.run();
    lab.engine.show(Vec::new(), Vec::new());
    lab.harness.run();
    enter(&mut lab, "Time to live", "3 s");
    let value = ParamValue::Duration(Duration::from_secs(3));
    let change = |value| Change::Param { stage: "cdn".into(), key: "ttl".into(), value };
    assert_eq!(changes(&lab), [change(value)]);
    assert!(!says(&lab, "Takes effect at the next run"));
    enter(&mut lab, "Capacity", "500");
    assert!(changes(&lab).is_empty());
    assert!(says(&lab, "Takes effect at the next run"));
    undo(&mut lab);
    undo(&mut lab);
    assert_eq!(changes(&lab), [change(ParamValue::Duration(Duration::from_secs(10)))]);
    let queue = stage(&lab, "orders");
    select(&mut lab, Selection::stage(queue));
    drag(&mut lab, "Batch", vec2(30.0, 0.0));
    let changes = changes(&lab);
    let StageKind::Queue(drawn) = &lab.topology().stages[queue].kind else { panic!() };
    let last = Change::Param {
        stage: "orders".into(),
        key: "batch".into(),
        value: ParamValue::Int(u64::from(drawn.batch)),
    };
    assert_eq!(changes.last(), Some(&last), "the end of the drag is told");
}
