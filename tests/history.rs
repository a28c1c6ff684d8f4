//! Runs that the program itself keeps: found again, noted, pinned, exported, deleted; and what a kill or an unwritable folder leaves.

#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use common::program::{Place, Running, text, wait_until};
use seckill_lab::files::history::{FOLDER, History, Purpose};

/// A sale that needs no server but the embedded database.
const SALE: &str = r#"(
    version: 1, title: "A small sale",
    stages: [(name: "users", kind: Users(), at: (0, 0)), (name: "service", kind: Service(), at: (280, 0)),
             (name: "database", kind: Database(), at: (560, 0)), (name: "control", kind: DataControl(), at: (560, 200))],
    links: [(from: "users", to: "service"), (from: "service", to: "database"), (from: "control", to: "database")],
    workload: (sale: (stock: 100), phases: [(name: "all", span: "1s", shape: Constant(rate: 200), mix: (claim: 1))]),
    targets: [Oversold(at_most: 0)],
)"#;

/// The program with a history of its own.
fn program(place: &Place, arguments: &[&str]) -> Command {
    let mut command = place.program(arguments);
    command.env("SECKILL_LAB_DATA_DIR", place.path("data")).env_remove("SECKILL_LAB_NO_HISTORY");
    command
}

fn output(place: &Place, arguments: &[&str]) -> Output {
    program(place, arguments).output().unwrap()
}

fn said(place: &Place, arguments: &[&str]) -> String {
    let output = output(place, arguments);
    assert!(output.status.success(), "{arguments:?} {}", text(&output.stderr));
    text(&output.stdout)
}

fn folder(place: &Place) -> PathBuf {
    place.path("data").join(FOLDER)
}

#[test]
fn a_run_is_kept_found_noted_pinned_exported_and_deleted() {
    let place = Place::new();
    let file = place.write("sale.ron", SALE);
    let file = file.to_str().unwrap();
    let run = output(&place, &["run", file, "--quiet"]);
    assert_eq!(text(&run.stderr), "");
    assert!(output(&place, &["run", file, "--quiet", "--no-history"]).status.code().is_some());
    let history = History::new(folder(&place));
    let (entries, errors) = history.list();
    assert_eq!((entries.len(), errors.len()), (1, 0), "one was kept and one was not");
    let id = &entries[0].id;
    let record = history.read(id).unwrap();
    let offered: u64 = record.moments.iter().map(|moment| moment.bucket.offered).sum();
    assert_eq!(offered, record.report.totals.arrivals, "the full series");
    said(&place, &["history", "note", "last", "the", "quiet", "one"]);
    said(&place, &["history", "pin", id]);
    let list = said(&place, &["history", "list", "QUIET", "small"]);
    assert!(list.contains(id.as_str()) && list.contains("the quiet one") && list.contains("* "), "{list}");
    assert!(!said(&place, &["history", "list", "loud"]).contains(id.as_str()));
    assert!(said(&place, &["history", "show", "last"]).contains("A small sale"));
    let (page, json) = (place.path("page.html"), place.path("report.json"));
    said(
        &place,
        &["history", "export", id, "--html", page.to_str().unwrap(), "--json", json.to_str().unwrap()],
    );
    assert!(fs::read_to_string(page).unwrap().starts_with("<!DOCTYPE html>"));
    assert!(said(&place, &["report", json.to_str().unwrap()]).contains("Verdict:"));
    assert_eq!(output(&place, &["history", "show", "1999"]).status.code(), Some(64));
    said(&place, &["history", "delete", "last"]);
    assert_eq!(fs::read_dir(folder(&place)).unwrap().count(), 0);
    assert!(said(&place, &["history", "list"]).contains("no runs are kept"));
}

#[test]
fn a_run_that_is_killed_leaves_no_record() {
    let place = Place::new();
    let file = place.write("sale.ron", SALE);
    let mut running = Running::start(program(
        &place,
        &["run", file.to_str().unwrap(), "--duration", "60s", "--rate", "50"],
    ));
    wait_until("a record is begun", || folder(&place).read_dir().is_ok_and(|files| files.count() > 0));
    running.wait_for("on sale");
    running.signal("KILL");
    running.end();
    let history = History::new(folder(&place));
    assert_eq!((history.list().0.len(), history.list().1.len()), (0, 0));
    let run = output(&place, &["run", file.to_str().unwrap(), "--quiet"]);
    assert_eq!(text(&run.stderr), "");
    assert_eq!(history.list().0.len(), 1, "what the dead one left is in nobody's way");
}

#[test]
fn a_folder_that_can_not_be_written_fails_no_run() {
    let place = Place::new();
    let file = place.write("sale.ron", SALE);
    fs::create_dir(place.path("data")).unwrap();
    fs::write(folder(&place), "a file").unwrap();
    let kept = output(&place, &["run", file.to_str().unwrap(), "--quiet"]);
    let free = output(&place, &["run", file.to_str().unwrap(), "--quiet", "--no-history"]);
    assert!(text(&kept.stderr).contains("warning: the run is not in the history"), "{}", text(&kept.stderr));
    assert_eq!(kept.status.code(), free.status.code());
    assert!(text(&kept.stdout).contains("units sold"), "{}", text(&kept.stdout));
}

#[test]
fn runs_of_a_comparison_and_of_a_search_are_kept_under_a_common_name() {
    let place = Place::new();
    let (one, other) = (place.write("one.ron", SALE), place.write("other.ron", SALE));
    let (one, other) = (one.to_str().unwrap(), other.to_str().unwrap());
    let compare = ["compare", one, other, "--repeat", "2", "--duration", "300ms", "--quiet"];
    assert_eq!(text(&output(&place, &compare).stderr), "");
    output(&place, &[&compare[..], &["--no-history"]].concat());
    let (entries, _) = History::new(folder(&place)).list();
    let parts: Vec<_> = entries.iter().map(|entry| entry.summary.part.clone().unwrap()).collect();
    assert_eq!(parts.iter().map(|part| part.round).collect::<Vec<_>>(), [2, 2, 1, 1]);
    assert!(parts.iter().all(|part| part.name == parts[0].name && part.purpose == Purpose::Compare));
    assert_eq!(entries.iter().filter(|entry| entry.summary.variant == one).count(), 2);
    output(&place, &["capacity", one, "--runs", "2", "--duration", "300ms", "--quiet"]);
    let list = said(&place, &["history", "list"]);
    assert_eq!(list.lines().count(), 3, "a heading and a line for each of the two: {list}");
    assert!(list.contains(&parts[0].name) && list.contains("4 runs") && list.contains("capacity-"), "{list}");
    let all = said(&place, &["history", "list", "compare"]);
    assert!(all.lines().count() == 5 && entries.iter().all(|entry| all.contains(&entry.id)), "{all}");
}

#[test]
fn a_full_disk_fails_no_run_and_the_loss_is_said_with_the_remedy() {
    let place = Place::new();
    // A limit on the length of a file is what a test may set. The text makes the record longer than the run's own files.
    let lots = (0..60_000_u64).map(|n| format!("{:x}", n.wrapping_mul(0x9E37_79B9_7F4A_7C15)));
    let long = SALE.replace("version: 1,", &format!("version: 1, source: {:?},", lots.collect::<String>()));
    let file = place.write("sale.ron", &long);
    let limited = |blocks: &str| {
        let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
        let inner = program(&place, &["run", file.to_str().unwrap(), "--quiet"]);
        let mut shell = Command::new("sh");
        shell.args(["-c", &script, "sh"]).arg(inner.get_program()).args(inner.get_args());
        shell.envs(inner.get_envs().filter_map(|(name, value)| Some((name, value?))));
        shell.env_remove("SECKILL_LAB_NO_HISTORY").current_dir(inner.get_current_dir().unwrap());
        shell.output().unwrap()
    };
    let full = limited("600");
    let (said, why) = (text(&full.stdout), text(&full.stderr));
    assert!(said.contains("units sold"), "the run goes on: {said} {why}");
    assert_eq!(why.lines().count(), 1, "{why}");
    for part in ["the run is not in the history", "no room", "history delete", "SECKILL_LAB_DATA_DIR"] {
        assert!(why.contains(part), "no {part:?} in: {why}");
    }
    assert_eq!(fs::read_dir(folder(&place)).unwrap().count(), 0, "nothing half-written is left");
    let free = limited("unlimited");
    assert_eq!((full.status.code(), text(&free.stderr).as_str()), (free.status.code(), ""));
    assert_eq!(History::new(folder(&place)).list().0.len(), 1);
}
