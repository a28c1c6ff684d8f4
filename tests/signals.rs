//! The program is interrupted, ended or killed in the middle of a run; it stops in order, and nothing is left behind.

mod common;

use std::fs;
use std::path::PathBuf;

use common::chain_text;
use common::program::{Place, Running, assert_nothing_is_left, runs};
use serde_json::Value;

const STAGES: [(&str, &str); 7] = [
    ("users", "Users()"),
    ("service", "Service(instances: 1)"),
    ("gate", "ReadWriteSplit(replicas: 1)"),
    ("inventory", "MasterReplica(replicas: 1, sentinels: 1, quorum: 1)"),
    ("orders", "Queue(on: \"inventory\")"),
    ("database", "Database()"),
    ("control", "DataControl()"),
];
const LONG: &str =
    r#"(name: "long", span: "1h", shape: Constant(rate: 500), spacing: Poisson, mix: (read: 1, claim: 1))"#;

fn long_run(place: &Place, stages: &[(&str, &str)], faults: &str) -> Running {
    let text = chain_text(stages, "items: 3, stock: 1_000_000", LONG, "Oversold(at_most: 0)");
    let text = text.replacen("targets: [", &format!("faults: [{faults}], targets: ["), 1);
    let file: PathBuf = place.write("long.ron", &text);
    Running::start(place.program(&["run", file.to_str().expect("text"), "--json", "report.json"]))
}

#[test]
fn an_interrupt_or_a_term_ends_the_arrivals_and_the_run_reports_what_it_saw() {
    for signal in ["INT", "TERM", "HUP"] {
        let place = Place::new();
        let mut running = long_run(&place, &STAGES, "");
        running.wait_for("the sale is open");
        running.wait_for("1.0 / 3600");
        let pids = running.descendants();
        assert_eq!(pids.len(), 6, "four servers, a Sentinel and the watchdog");
        running.signal(signal);
        assert_eq!(running.end().code(), Some(2), "{}", running.said());
        running.wait_for("Verdict: inconclusive");
        assert_nothing_is_left(&place, &pids);
        let json = fs::read_to_string(place.path("report.json")).expect("a report");
        let report: Value = serde_json::from_str(&json).expect("JSON");
        assert_eq!(report["generator"]["stopped_early"], Value::Bool(true));
        assert_eq!(report["audit"]["lost_acknowledged"], 0);
        assert!(report["audit"]["sold"].as_u64().is_some_and(|sold| sold > 100), "{}", report["audit"]);
    }
}

#[test]
fn a_second_interrupt_gives_up_a_drain_that_takes_long() {
    let place = Place::new();
    // The only holder of the queue stands still, so the drain has to wait.
    let stages = STAGES.map(|(name, kind)| match name {
        "inventory" => (name, "MasterReplica(replicas: 0, sentinels: 0)"),
        _ => (name, kind),
    });
    let faults = "(at: \"500ms\", action: Pause, stage: \"inventory\", instance: \"master\")";
    let mut running = long_run(&place, &stages, faults);
    running.wait_for("master of inventory");
    let pids = running.descendants();
    running.signal("INT");
    running.wait_for("Stopping");
    running.signal("INT");
    assert_eq!(running.end().code(), Some(2), "{}", running.said());
    assert!(running.said().contains("Giving up"), "{}", running.said());
    assert_nothing_is_left(&place, &pids);
    assert!(!place.path("report.json").exists(), "a report of a run that was given up");
}

#[test]
fn an_interrupt_while_the_servers_start_leaves_nothing_either() {
    let place = Place::new();
    let mut running = long_run(&place, &STAGES, "");
    running.wait_for("starting servers");
    running.signal("INT");
    let status = running.end();
    assert_eq!(status.code(), Some(2), "{}", running.said());
    assert_nothing_is_left(&place, &running.descendants());
}

#[test]
fn a_program_killed_in_the_middle_of_a_run_leaves_no_process_and_no_folder() {
    let place = Place::new();
    let mut running = long_run(&place, &STAGES, "");
    running.wait_for("the sale is open");
    let pids = running.descendants();
    assert!(pids.len() == 6 && pids.iter().all(|&pid| runs(pid)));
    assert_eq!(place.run_folders().len(), 1);
    running.signal("KILL");
    assert_eq!(running.end().code(), None);
    assert_nothing_is_left(&place, &pids);
}

#[test]
fn two_programs_at_once_do_not_disturb_each_other() {
    let place = Place::new();
    let (mut one, mut two) = (long_run(&place, &STAGES, ""), long_run(&place, &STAGES, ""));
    one.wait_for("the sale is open");
    two.wait_for("the sale is open");
    let (of_one, of_two) = (one.descendants(), two.descendants());
    one.signal("KILL");
    one.end();
    common::program::wait_until("the processes of the first are gone", || {
        !of_one.iter().any(|&pid| runs(pid))
    });
    common::program::wait_until("one folder is left", || place.run_folders().len() == 1);
    assert!(of_two.iter().all(|&pid| runs(pid)));
    two.wait_for("2.0 / 3600");
    two.signal("INT");
    assert_eq!(two.end().code(), Some(2), "{}", two.said());
    assert_nothing_is_left(&place, &of_two);
}
