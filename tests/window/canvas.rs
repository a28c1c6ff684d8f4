//! Editing on the canvas, as a person would: by pointer and keyboard.

use std::collections::BTreeSet;
use std::ops::{Deref, DerefMut};

use egui::{
    Event, Key, Modifiers, MouseWheelSource, MouseWheelUnit, PointerButton, Pos2, TouchPhase, Vec2, pos2,
    vec2,
};
use egui_kittest::kittest::Queryable;
use seckill_lab::files::to_ron;
use seckill_lab::topology::{Place, StageKind, Topology};
use seckill_lab::ui::command::UiCommand;
use seckill_lab::ui::document::{Document, Origin, arrange, empty, ops};
use seckill_lab::ui::intent::Intent;
use seckill_lab::ui::selection::Selection;
use seckill_lab::workload::Operation;

use super::fake::Lab;

/// A window with a design of these kinds of stage, laid out automatically.
fn drawn(kinds: &[&str], links: &[(usize, usize)]) -> Desk {
    let mut topology = empty();
    for kind in kinds {
        ops::add_stage(&mut topology, StageKind::from_word(kind).unwrap(), (0.0, 0.0));
    }
    for &(from, to) in links {
        ops::connect(&mut topology, from, to);
    }
    arrange::arrange(&mut topology);
    showing(topology)
}

fn showing(topology: Topology) -> Desk {
    let mut lab = Lab::open();
    let app = lab.harness.state_mut();
    app.view.dialog = None;
    app.model.doc = Document::unsaved(topology, Origin::New);
    lab.harness.run();
    Desk(lab)
}

/// Users, a CDN and a service, not wired.
fn three() -> Desk {
    drawn(&["Users", "Cdn", "Service"], &[])
}

/// Users, a CDN and a database in a chain.
fn chain() -> Desk {
    drawn(&["Users", "Cdn", "Database"], &[(0, 1), (1, 2)])
}

/// A window with hands.
struct Desk(Lab);

impl Deref for Desk {
    type Target = Lab;

    fn deref(&self) -> &Lab {
        &self.0
    }
}

impl DerefMut for Desk {
    fn deref_mut(&mut self) -> &mut Lab {
        &mut self.0
    }
}

impl Desk {
    fn at(&self, label: &str) -> Pos2 {
        self.harness.get_by_label(label).rect().center()
    }

    fn has(&self, label: &str) -> bool {
        self.harness.query_by_label_contains(label).is_some()
    }

    fn button(&mut self, button: PointerButton, pos: Pos2, pressed: bool) {
        let modifiers = Modifiers::NONE;
        self.harness.event(Event::PointerButton { pos, button, pressed, modifiers });
        self.harness.step();
    }

    fn move_to(&mut self, at: Pos2) {
        self.harness.hover_at(at);
        self.harness.step();
    }

    /// Presses and moves there in a few frames, without letting go.
    fn pull(&mut self, button: PointerButton, from: Pos2, to: Pos2) {
        self.move_to(from);
        self.button(button, from, true);
        for part in 1_u8..=4 {
            self.move_to(from + (to - from) * (f32::from(part) / 4.0));
        }
    }

    fn drag_with(&mut self, button: PointerButton, from: Pos2, to: Pos2) {
        self.pull(button, from, to);
        self.button(button, to, false);
        self.harness.run();
    }

    fn drag(&mut self, from: Pos2, to: Pos2) {
        self.drag_with(PointerButton::Primary, from, to);
    }

    fn click_at(&mut self, at: Pos2) {
        self.move_to(at);
        self.button(PointerButton::Primary, at, true);
        self.button(PointerButton::Primary, at, false);
        self.harness.run();
    }

    fn double_click_at(&mut self, at: Pos2) {
        // A frame of the harness is a quarter of a second.
        self.harness.ctx.options_mut(|options| options.input_options.max_double_click_delay = 5.0);
        self.click_at(at);
        self.click_at(at);
    }

    fn press(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.harness.run();
    }

    fn key(&mut self, key: Key) {
        self.press(Modifiers::NONE, key);
    }

    fn types(&mut self, text: &str) {
        self.harness.event(Event::Text(text.into()));
        self.harness.run();
    }

    fn wheel(&mut self, at: Pos2, unit: MouseWheelUnit, delta: Vec2, modifiers: Modifiers) {
        self.move_to(at);
        let phase = TouchPhase::Move;
        let source = MouseWheelSource::Unknown;
        let wheel = Event::MouseWheel { unit, delta, phase, source, modifiers };
        self.harness.event_modifiers(wheel, modifiers);
        self.harness.run();
    }

    fn secondary(&mut self, label: &str) {
        self.harness.get_by_label(label).click_secondary();
        self.harness.run();
    }

    fn undo_name(&self) -> &'static str {
        self.model().doc.undo_name().map_or("", |name| name.en)
    }

    fn names(&self) -> Vec<&str> {
        self.topology().stages.iter().map(|stage| stage.name.as_str()).collect()
    }

    fn links(&self) -> Vec<(&str, &str)> {
        self.topology().links.iter().map(|link| (link.from.as_str(), link.to.as_str())).collect()
    }

    fn selected(&self) -> Vec<usize> {
        self.model().selection.stages().into_iter().collect()
    }

    fn zoom(&self) -> f32 {
        self.harness.state().view.canvas.camera.zoom
    }

    fn center(&self) -> Pos2 {
        self.harness.state().view.canvas.camera.center
    }

    /// A point of the canvas where nothing is: near its lower left corner.
    fn nowhere(&self) -> Pos2 {
        self.harness.state().view.canvas.view.left_bottom() + vec2(60.0, -30.0)
    }

    fn copied(&self) -> Option<String> {
        let commands = &self.harness.output().platform_output.commands;
        commands.iter().find_map(|command| match command {
            egui::OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        })
    }
}

#[test]
fn a_wire_is_pulled_from_port_to_port_in_both_directions() {
    let mut lab = three();
    lab.drag(lab.at("output of users"), lab.at("input of cdn"));
    assert_eq!(lab.links(), [("users", "cdn")]);
    assert_eq!(lab.undo_name(), "Wire stages");
    lab.drag(lab.at("input of service"), lab.at("output of cdn"));
    assert_eq!(lab.links(), [("users", "cdn"), ("cdn", "service")]);
    lab.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(lab.links(), [("users", "cdn")]);
    lab.harness.get_by_label("wire from users to cdn");
}

#[test]
fn a_wire_is_also_made_by_two_clicks_or_two_keys() {
    let mut lab = three();
    lab.click("output of users");
    lab.click("input of cdn");
    assert_eq!(lab.links(), [("users", "cdn")]);
    lab.harness.get_by_label("output of cdn").focus();
    lab.harness.run();
    lab.key(Key::Enter);
    lab.harness.get_by_label("input of service").focus();
    lab.harness.run();
    lab.key(Key::Enter);
    assert_eq!(lab.links(), [("users", "cdn"), ("cdn", "service")]);
    lab.click("output of service");
    lab.key(Key::Escape);
    lab.click_at(lab.at("users, users"));
    assert_eq!((lab.selected(), lab.links().len()), (vec![0], 2));
}

#[test]
fn a_refused_wire_says_why_at_the_pointer_and_is_not_drawn() {
    let mut lab = chain();
    lab.pull(PointerButton::Primary, lab.at("output of cdn"), lab.at("input of cdn") + vec2(30.0, 0.0));
    assert!(lab.has("A stage can't send to itself"));
    lab.move_to(lab.at("input of database"));
    assert!(lab.has("This wire is there already"));
    lab.move_to(lab.at("users, users"));
    assert!(lab.has("users only send; turn the link round"));
    lab.button(PointerButton::Primary, lab.at("users, users"), false);
    lab.harness.run();
    assert_eq!(lab.links().len(), 2);
    assert_eq!(lab.undo_name(), "");
    assert_eq!(lab.harness.state().view.notices.len(), 1);
    lab.pull(PointerButton::Primary, lab.at("output of users"), lab.at("database, database"));
    assert!(lab.has("Traffic already leaves users to cdn"));
}

#[test]
fn a_wire_let_go_on_empty_canvas_offers_the_stages_that_fit_and_wires_the_chosen_one() {
    let mut lab = three();
    lab.drag(lab.at("output of service"), lab.nowhere());
    assert!(lab.has("Add Redis master-replica"));
    assert!(!lab.has("Add load balancer") && !lab.has("Add users"));
    lab.types("data");
    lab.key(Key::Enter);
    assert_eq!(lab.names(), ["users", "cdn", "service", "database"]);
    assert_eq!(lab.links(), [("service", "database")]);
    assert_eq!((lab.selected(), lab.undo_name()), (vec![3], "Add stage"));
}

#[test]
fn the_end_of_a_wire_is_put_elsewhere_or_let_go() {
    let mut lab = drawn(&["Users", "Cdn", "Service"], &[(0, 1)]);
    let near_the_end = lab.at("input of cdn") - vec2(16.0, 0.0);
    lab.drag(near_the_end, lab.at("service, service"));
    assert_eq!((lab.links(), lab.undo_name()), (vec![("users", "service")], "Move wire"));
    let wire = lab.at("wire from users to service");
    lab.drag(wire + vec2(4.0, 0.0), lab.nowhere());
    assert_eq!((lab.links().len(), lab.undo_name()), (0, "Delete wire"));
    lab.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(lab.links(), [("users", "service")]);
}

#[test]
fn a_wire_is_selected_by_a_click_on_its_curve_or_by_a_key_and_deleted() {
    let mut lab = chain();
    let (from, to) = (lab.at("output of users"), lab.at("input of cdn"));
    lab.click_at(from + (to - from) * 0.3);
    assert_eq!(lab.model().selection, Selection::Link(0));
    lab.key(Key::Delete);
    assert_eq!(lab.links(), [("cdn", "database")]);
    lab.harness.get_by_label("wire from cdn to database").focus();
    lab.harness.run();
    lab.key(Key::Enter);
    assert_eq!(lab.model().selection, Selection::Link(0));
    lab.secondary("wire from cdn to database");
    lab.click("Delete");
    assert!(lab.links().is_empty());
}

#[test]
fn stages_are_selected_by_clicks_keys_and_a_rectangle() {
    let mut lab = three();
    lab.click("users, users");
    assert_eq!(lab.selected(), [0]);
    lab.harness.get_by_label("cdn, CDN").click_modifiers(Modifiers::SHIFT);
    lab.harness.run();
    assert_eq!(lab.selected(), [0, 1]);
    lab.harness.get_by_label("users, users").click_modifiers(Modifiers::COMMAND);
    lab.harness.run();
    assert_eq!(lab.selected(), [1]);
    lab.press(Modifiers::COMMAND, Key::A);
    assert_eq!(lab.selected(), [0, 1, 2]);
    lab.key(Key::Escape);
    assert!(lab.selected().is_empty());
    lab.harness.get_by_label("service, service").focus();
    lab.harness.run();
    lab.key(Key::Enter);
    assert_eq!(lab.selected(), [2]);
    let users = lab.harness.get_by_label("users, users").rect();
    let cdn = lab.harness.get_by_label("cdn, CDN").rect();
    lab.drag(users.left_top() - vec2(10.0, 10.0), cdn.center());
    assert_eq!(lab.selected(), [0, 1]);
    lab.click_at(lab.nowhere());
    assert!(lab.selected().is_empty());
}

#[test]
fn stages_move_together_in_one_step_on_the_grid() {
    let mut lab = three();
    let before = lab.topology().clone();
    lab.press(Modifiers::COMMAND, Key::A);
    let at = lab.at("cdn, CDN");
    lab.drag(at, at + vec2(37.0, 91.0) * lab.zoom());
    let ways: BTreeSet<String> = (0..3)
        .map(|stage| {
            let (old, new) = (before.stages[stage].at, lab.topology().stages[stage].at);
            format!("{} {}", new.0 - old.0, new.1 - old.1)
        })
        .collect();
    assert_eq!(ways, BTreeSet::from(["40 100".to_owned()]));
    assert_eq!(lab.undo_name(), "Move stages");
    lab.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(*lab.topology(), before);
    assert_eq!(lab.undo_name(), "");
}

#[test]
fn a_moved_stage_lines_up_with_the_others_and_escape_takes_the_move_back() {
    let mut lab = three();
    let before = lab.topology().stages[2].at;
    let (service, users) = (lab.at("service, service"), lab.at("users, users"));
    let below_users = pos2(users.x + 3.0, users.y + 150.0);
    lab.pull(PointerButton::Primary, service, below_users);
    lab.harness.step();
    assert_eq!(lab.topology().stages[2].at.0.to_bits(), lab.topology().stages[0].at.0.to_bits());
    lab.key(Key::Escape);
    assert_eq!(lab.topology().stages[2].at, before);
    lab.button(PointerButton::Primary, below_users, false);
    lab.harness.run();
    assert_eq!(lab.topology().stages[2].at, before);
}

#[test]
fn arrows_nudge_by_the_grid_or_by_one_unit() {
    let mut lab = three();
    lab.click("cdn, CDN");
    let (x, y) = lab.topology().stages[1].at;
    lab.key(Key::ArrowRight);
    lab.press(Modifiers::SHIFT, Key::ArrowDown);
    assert_eq!(lab.topology().stages[1].at, (x + 20.0, y + 1.0));
    lab.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(lab.topology().stages[1].at, (x + 20.0, y), "each press is a step");
    lab.harness.get_by_label("cdn, CDN").focus();
    lab.harness.run();
    lab.key(Key::ArrowLeft);
    assert_eq!(lab.topology().stages[1].at, (x, y), "also with the keyboard's focus on it");
}

#[test]
fn a_stage_is_renamed_in_its_place_and_a_bad_name_is_refused_at_the_field() {
    let mut lab = chain();
    lab.click("cdn, CDN");
    lab.key(Key::F2);
    lab.types("users");
    assert!(lab.has("Another stage is called that"));
    lab.key(Key::Enter);
    assert_eq!(lab.names()[1], "cdn");
    lab.harness.get_by_label("New name of cdn");
    lab.press(Modifiers::COMMAND, Key::A);
    lab.types("edge");
    lab.key(Key::Enter);
    assert_eq!(lab.names(), ["users", "edge", "database"]);
    assert_eq!(lab.links(), [("users", "edge"), ("edge", "database")]);
    assert_eq!(lab.undo_name(), "Rename stage");
    let head = lab.harness.get_by_label("edge, CDN").rect().center_top() + vec2(0.0, 8.0);
    lab.double_click_at(head);
    lab.harness.get_by_label("New name of edge");
    lab.types("other");
    lab.key(Key::Escape);
    assert_eq!(lab.names()[1], "edge");
    assert!(!lab.has("New name of"));
}

#[test]
fn stages_are_deleted_by_keys_and_by_their_menu() {
    let mut lab = chain();
    lab.click("cdn, CDN");
    lab.key(Key::Backspace);
    assert_eq!((lab.names(), lab.links().len()), (vec!["users", "database"], 0));
    lab.secondary("database, database");
    lab.click("Delete");
    assert_eq!(lab.names(), ["users"]);
    lab.press(Modifiers::COMMAND, Key::Z);
    lab.press(Modifiers::COMMAND, Key::Z);
    assert_eq!((lab.names().len(), lab.links().len()), (3, 2));
    lab.press(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert_eq!(lab.names(), ["users", "database"]);
}

#[test]
fn stages_are_duplicated_copied_cut_and_pasted_with_their_wires() {
    let mut lab = drawn(&["Cdn", "Service", "Database"], &[(0, 1), (1, 2)]);
    lab.click("cdn, CDN");
    lab.harness.get_by_label("service, service").click_modifiers(Modifiers::SHIFT);
    lab.harness.run();
    lab.press(Modifiers::COMMAND, Key::D);
    assert_eq!(lab.names(), ["cdn", "service", "database", "cdn 2", "service 2"]);
    assert_eq!(lab.links()[2..], [("cdn 2", "service 2")]);
    assert_eq!((lab.selected(), lab.undo_name()), (vec![3, 4], "Duplicate"));
    lab.harness.event(Event::Copy);
    lab.harness.step();
    let text = lab.copied().unwrap();
    assert!(text.contains("cdn 2") && !text.contains("database"), "{text}");
    lab.harness.event(Event::Cut);
    lab.harness.run();
    assert_eq!((lab.names().len(), lab.undo_name()), (3, "Cut"));
    lab.harness.event(Event::Paste(text.clone()));
    lab.harness.run();
    lab.harness.event(Event::Paste(text));
    lab.harness.run();
    assert_eq!(lab.names()[3..], ["cdn 2", "service 2", "cdn 3", "service 3"]);
    assert_eq!((lab.links().len(), lab.undo_name()), (4, "Paste stages"));
}

#[test]
fn a_whole_design_pasted_on_an_empty_canvas_is_opened_and_nonsense_is_refused() {
    let mut lab = showing(empty());
    let text = to_ron(chain().topology());
    lab.harness.event(Event::Paste("nothing of ours".into()));
    lab.harness.run();
    assert_eq!(lab.harness.state().view.notices.len(), 1);
    assert!(lab.names().is_empty());
    let mut with_users = drawn(&["Users"], &[]);
    with_users.harness.event(Event::Paste(text));
    with_users.harness.run();
    assert_eq!(with_users.names(), ["users", "users 2", "cdn", "database"]);
}

#[test]
fn a_key_opens_a_box_in_which_the_kind_is_typed() {
    let mut lab = three();
    let there = lab.nowhere();
    lab.move_to(there);
    lab.key(Key::A);
    assert!(lab.has("Add queue"));
    lab.types("redis");
    assert!(!lab.has("Add queue"));
    lab.key(Key::ArrowDown);
    lab.key(Key::ArrowDown);
    lab.key(Key::Enter);
    assert_eq!(lab.names()[3..], ["inventory"]);
    assert_eq!((lab.selected(), lab.undo_name()), (vec![3], "Add stage"));
    let (at, scene) = (lab.topology().stages[3].at, lab.center());
    assert!(at.0 < scene.x && at.1 + 60.0 > scene.y, "it is at the pointer");
    lab.move_to(there);
    lab.key(Key::A);
    lab.key(Key::Escape);
    assert!(!lab.has("Add queue"));
    let view = lab.harness.state().view.canvas.view;
    let free = view.left_top() + vec2(20.0, 20.0);
    lab.double_click_at(free);
    lab.click("Add CDN");
    assert_eq!(lab.names()[4..], ["cdn 2"]);
}

#[test]
fn the_palette_adds_a_chain_by_clicks_and_says_why_not() {
    let mut lab = showing(empty());
    for kind in ["users", "CDN", "load balancer", "service", "Redis read-write split", "Redis master-replica"]
    {
        lab.click(kind);
    }
    lab.key(Key::Num7);
    lab.key(Key::Num8);
    assert_eq!(lab.links().len(), 7);
    assert_eq!(lab.links()[0], ("users", "cdn"));
    assert_eq!(lab.links()[6], ("orders", "database"));
    lab.key(Key::Num9);
    assert_eq!(lab.links()[7..], ["gate", "inventory", "database"].map(|to| ("control", to)));
    let seen = lab.harness.state().view.canvas.view;
    for stage in ["users, users", "database, database", "control, data control"] {
        assert!(seen.contains_rect(lab.harness.get_by_label(stage).rect()), "{stage}");
    }
    assert_eq!(lab.model().doc.problems(), []);
    lab.move_to(lab.at("users"));
    lab.harness.run();
    lab.click("users");
    assert_eq!(lab.names().len(), 9, "there is one already");
    lab.key(Key::Num1);
    assert_eq!(lab.names().len(), 9);
    assert_eq!(lab.harness.state().view.notices.len(), 1);
}

#[test]
fn a_row_of_the_palette_is_dragged_to_a_place_or_into_a_wire() {
    let mut lab = showing(empty());
    let middle = lab.harness.state().view.canvas.view.center();
    lab.drag(lab.at("users"), middle);
    assert_eq!(lab.topology().stages[0].at, (-100.0, -60.0));
    let mut lab = drawn(&["Users", "Service"], &[(0, 1)]);
    lab.drag(lab.at("CDN"), lab.at("wire from users to service"));
    assert_eq!(lab.links(), [("users", "cdn"), ("cdn", "service")]);
    lab.drag(lab.at("queue"), lab.at("queue") + vec2(5.0, 40.0));
    assert_eq!(lab.names().len(), 3, "let go beside the canvas");
}

#[test]
fn the_wheel_zooms_to_the_pointer_and_drags_pan() {
    let mut lab = three();
    let (zoom, center) = (lab.zoom(), lab.center());
    let users = lab.at("users, users");
    lab.wheel(users, MouseWheelUnit::Line, vec2(0.0, 2.0), Modifiers::NONE);
    assert!(lab.zoom() > zoom && (lab.at("users, users") - users).length() < 1.0);
    lab.press(Modifiers::COMMAND, Key::Num0);
    assert!((lab.zoom() - zoom).abs() < 1e-4 && (lab.center() - center).length() < 1e-2);
    lab.wheel(users, MouseWheelUnit::Line, vec2(0.0, 1.0), Modifiers::SHIFT);
    assert!(lab.center().x < center.x && (lab.zoom() - zoom).abs() < 1e-4);
    lab.wheel(users, MouseWheelUnit::Point, vec2(0.0, -30.0), Modifiers::NONE);
    assert!((lab.at("users, users").y - users.y + 30.0).abs() < 1.0);
    for button in [PointerButton::Middle, PointerButton::Secondary] {
        for from in [lab.nowhere(), lab.at("cdn, CDN")] {
            let before = lab.at("cdn, CDN");
            lab.drag_with(button, from, from - vec2(50.0, 20.0));
            assert!((lab.at("cdn, CDN") - before + vec2(50.0, 20.0)).length() < 8.0, "{button:?}");
        }
    }
    let before = lab.at("cdn, CDN");
    lab.harness.key_down(Key::Space);
    lab.drag(before, before + vec2(40.0, 40.0));
    lab.harness.key_up(Key::Space);
    assert!((lab.at("cdn, CDN") - before - vec2(40.0, 40.0)).length() < 8.0);
    assert_eq!(lab.undo_name(), "", "nothing was moved");
}

#[test]
fn commands_zoom_and_another_design_is_fitted() {
    let mut lab = three();
    let fitted = lab.zoom();
    lab.press(Modifiers::COMMAND, Key::Equals);
    assert!(lab.zoom() > fitted);
    lab.press(Modifiers::COMMAND, Key::Minus);
    lab.press(Modifiers::COMMAND, Key::Num1);
    assert!((lab.zoom() - 1.0).abs() < 1e-4);
    let far = chain().topology().clone();
    lab.harness.state_mut().model.doc = Document::unsaved(far, Origin::New);
    lab.harness.run();
    let view = lab.harness.state().view.canvas.view;
    assert!(view.contains_rect(lab.harness.get_by_label("database, database").rect()));
}

#[test]
fn stages_are_put_in_order_by_commands_and_menus() {
    let mut lab = chain();
    lab.click("cdn, CDN");
    lab.press(Modifiers::SHIFT, Key::ArrowDown);
    lab.press(Modifiers::COMMAND, Key::A);
    lab.secondary("users, users");
    lab.click(UiCommand::AlignTop.about().label.en);
    assert_eq!(lab.topology().stages[1].at.1.to_bits(), 0.0_f32.to_bits());
    assert_eq!(lab.undo_name(), "Align top edges");
    lab.click("cdn, CDN");
    lab.key(Key::ArrowDown);
    lab.press(Modifiers::COMMAND, Key::L);
    assert_eq!(lab.undo_name(), "Arrange automatically");
    assert_eq!(lab.topology().stages[1].at, (280.0, 0.0));
    let free = lab.nowhere();
    lab.move_to(free);
    lab.button(PointerButton::Secondary, free, true);
    lab.button(PointerButton::Secondary, free, false);
    lab.harness.run();
    lab.click("Select all");
    assert_eq!(lab.selected(), [0, 1, 2]);
}

#[test]
fn what_is_revealed_comes_into_the_middle() {
    let mut lab = chain();
    lab.wheel(lab.at("users, users"), MouseWheelUnit::Line, vec2(0.0, 8.0), Modifiers::NONE);
    lab.harness.state_mut().ask(Intent::Reveal(Place::Stage("database".into())));
    lab.harness.run();
    let view = lab.harness.state().view.canvas.view;
    assert!((lab.at("database, database") - view.center()).length() < 3.0);
    assert_eq!(lab.selected(), [2]);
}

#[test]
fn what_goes_over_a_wire_is_chosen_there_and_another_wire_takes_the_rest() {
    let mut lab = drawn(&["Users", "Cdn", "Database"], &[(0, 1)]);
    let named = |lab: &Desk, link: usize| lab.topology().links[link].operations;
    lab.harness.state_mut().model.selection = Selection::Link(0);
    lab.harness.run();
    assert!(lab.has("None chosen: everything goes this way"));
    lab.click("claims");
    assert_eq!(named(&lab, 0), Operation::Claim.into());
    assert!(lab.has("users to cdn: claims"));
    lab.drag(lab.at("output of users"), lab.at("database, database"));
    assert_eq!(lab.links(), [("users", "cdn"), ("users", "database")]);
    assert!(lab.has("users to database: reads, events, increments"));
    lab.harness.state_mut().model.selection = Selection::Link(1);
    lab.harness.run();
    assert!(lab.has("None chosen: the rest goes this way: reads, events, increments"));
    lab.press(Modifiers::COMMAND, Key::Z);
    lab.press(Modifiers::COMMAND, Key::Z);
    assert_eq!((lab.links().len(), named(&lab, 0).is_empty()), (1, true));
    assert!(!lab.has("users to cdn: claims"));
}
