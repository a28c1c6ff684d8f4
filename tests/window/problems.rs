//! The problems list: what is wrong, and the way to its place.

use egui::Key;
use egui_kittest::kittest::Queryable;

use seckill_lab::files::parse_topology;
use seckill_lab::files::presets::PRESETS;
use seckill_lab::topology::StageKind;
use seckill_lab::ui::document::{Document, Origin};
use seckill_lab::ui::selection::Selection;
use seckill_lab::ui::view::BottomTab;

use super::fake::Lab;

fn lab(document: Document) -> Lab {
    let mut lab = Lab::open();
    let app = lab.harness.state_mut();
    app.view.dialog = None;
    app.view.tab = BottomTab::Problems;
    app.model.doc = document;
    lab.harness.run();
    lab
}

fn broken() -> Lab {
    let mut topology = parse_topology(PRESETS[0].text).topology.unwrap();
    topology.targets.clear();
    let inventory = topology.index_of("inventory").unwrap();
    if let StageKind::MasterReplica(params) = &mut topology.stages[inventory].kind {
        params.quorum = 5;
    }
    topology.workload.phases[1].span = std::time::Duration::ZERO;
    lab(Document::unsaved(topology, Origin::New))
}

#[test]
fn problems_lead_to_their_places() {
    let mut lab = broken();
    let inventory = lab.topology().index_of("inventory").unwrap();
    for (label, place) in [
        (
            "Stage \"inventory\": a quorum of 5 is more than the 3 Sentinels there are",
            Selection::stage(inventory),
        ),
        ("Phase \"everybody clicks\": it takes no time", Selection::Phase(1)),
        ("Design: there are no targets: every run that keeps its schedule passes", Selection::Targets),
    ] {
        lab.click(label);
        assert_eq!(lab.model().selection, place, "{label}");
    }
    lab.harness.get_by_label("Phase \"everybody clicks\": it takes no time").focus();
    lab.harness.run();
    lab.harness.key_press(Key::Enter);
    lab.harness.run();
    assert_eq!(lab.model().selection, Selection::Phase(1));
}

#[test]
fn errors_stand_first_and_all_are_copied_as_text() {
    let mut lab = broken();
    assert!(lab.harness.query_by_label_contains("2 errors, 1 warning").is_some());
    let top = |label| lab.harness.get_by_label_contains(label).rect().top();
    assert!(top(": it takes no time") < top("Design: there are no targets"));
    lab.harness.get_by_label("Copy all problems").click();
    let mut copied = String::new();
    for _frame in 0..6 {
        lab.harness.step();
        for command in &lab.harness.output().platform_output.commands {
            if let egui::OutputCommand::CopyText(text) = command {
                copied.clone_from(text);
            }
        }
    }
    assert_eq!(copied.lines().count(), 3, "{copied}");
    assert!(copied.contains("error: It takes no time: give it a span"), "{copied}");
}

#[test]
fn what_a_file_lost_in_reading_is_listed_with_line_and_column() {
    let text = PRESETS[0].text.replace("policy: RoundRobin", "policy: Ruondrobin");
    let document = Document::opened(parse_topology(&text), Origin::File("a.ron".into())).unwrap();
    assert!(!document.read_problems().is_empty());
    let at = &document.read_problems()[0];
    let place = format!("the file, {}:{}", at.line, at.column);
    let lab = lab(document);
    assert!(lab.harness.query_all_by_label_contains(&place).next().is_some(), "{place}");
}

#[test]
fn a_sound_design_says_what_to_do_next() {
    let topology = parse_topology(PRESETS[0].text).topology.unwrap();
    let lab = lab(Document::unsaved(topology, Origin::New));
    assert!(lab.harness.query_by_label("No problems — press F5 to run").is_some());
}
