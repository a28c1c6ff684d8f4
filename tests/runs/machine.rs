//! `bench`: what this machine carries, on real servers; and `run`, which warns of designs that ask for more. The bench as a whole takes
//! more than a minute, so its parts are tried here.

use crate::common;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

use common::presets;
use common::program::{Place, Running, assert_nothing_is_left, text};
use common::servers::server;
use crossbeam_channel::{bounded, never};
use seckill_lab::engine::FailureKind;
use seckill_lab::machine::capacity::{CAPACITY_VERSION, IS_OPTIMISED};
use seckill_lab::machine::path::run;
use seckill_lab::machine::{Capacity, Carried, ExchangeRow, LagRow, RunRow, Way};
use serde_json::Value;

fn preset(name: &str) -> String {
    let found = presets().into_iter().find(|path| path.ends_with(name));
    found.expect("a preset").to_str().expect("text").to_owned()
}

#[test]
fn a_run_of_a_way_has_a_report_and_the_processor_time_that_it_took() {
    let server = server();
    let design = Way::Funnel.design(2_000.0, Duration::from_millis(500));
    let travelled = run(design, Some(&server.path), &never()).expect("a report");
    let totals = travelled.report.totals;
    assert!((700..1_300).contains(&totals.arrivals), "{totals:?}");
    assert!(totals.sold > 0 && totals.intercepted > totals.sold, "{totals:?}");
    let row = RunRow::new(Way::Funnel, &travelled);
    assert!(row.engine_us > 0.0 && row.servers_us > 0.0 && row.p99_us >= row.p50_us, "{row:?}");
}

#[test]
fn a_run_that_is_stopped_ends_without_a_report() {
    let server = server();
    let (stop, stopped) = bounded(1);
    stop.send(()).expect("there is room");
    let design = Way::WholePath.design(1_000.0, Duration::from_hours(1));
    let failure = run(design, Some(&server.path), &stopped).expect_err("it was stopped");
    assert_eq!(failure.kind, FailureKind::Stopped);
}

#[test]
fn what_is_asked_wrongly_is_refused_before_anything_starts() {
    let place = Place::new();
    place.write("broken.ron", "(title: 5)");
    for (arguments, code) in [
        (&["bench", "--fast"][..], 64),
        (&["bench", "missing.ron"], 64),
        (&["bench", "broken.ron"], 64),
        (&["bench", "--json", "missing/figures.json"], 74),
        (&["bench", "--redis-server", "/bin/ls"], 69),
    ] {
        let output = place.output(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{arguments:?}: {output:?}");
    }
    let help = place.output(&["bench", "--help"]);
    assert_eq!(help.status.code(), Some(0));
    for part in ["--json", "--redis-server", "minute and a half", "64 usage"] {
        assert!(text(&help.stdout).contains(part), "{part}: {help:?}");
    }
}

#[test]
fn without_a_server_and_without_pip_it_says_how_to_install_one() {
    let place = Place::new();
    fs::create_dir(place.path("nothing")).expect("a folder");
    let mut program = place.program(&["bench"]);
    program.env("PATH", place.path("nothing")).env("SECKILL_LAB_DATA_DIR", place.path("nothing"));
    let output = program.env_remove("SECKILL_LAB_REDIS_SERVER").output().expect("it runs");
    assert_eq!(output.status.code(), Some(69), "{output:?}");
    assert!(text(&output.stderr).contains("apt install"), "{output:?}");
}

#[test]
fn an_interrupted_bench_says_so_and_leaves_nothing() {
    let place = Place::new();
    let mut program = place.program(&["bench"]);
    program.env("SECKILL_LAB_REDIS_SERVER", server().path).env("SECKILL_LAB_DATA_DIR", place.path("data"));
    let mut running = Running::start(program);
    running.wait_for("GET -c 50 -P 16");
    let pids = running.descendants();
    assert!(!pids.is_empty());
    running.signal("INT");
    assert_eq!(running.end().code(), Some(2), "{}", running.said());
    assert!(running.said().contains("Stopped: nothing is kept"), "{}", running.said());
    assert_nothing_is_left(&place, &pids);
    assert!(!place.path("data").join("capacity.json").exists());
}

/// Figures of a weak machine.
fn weak(cores: usize, server: String) -> Capacity {
    let carried = |rate: f64| Carried { per_sec: Some(rate), failed_at: Some(2.0 * rate) };
    Capacity {
        capacity_version: CAPACITY_VERSION,
        program_version: env!("CARGO_PKG_VERSION").into(),
        is_optimised: IS_OPTIMISED,
        measured_at: "2026-11-20T12:00:00Z".into(),
        cores,
        server,
        whole_path: carried(100.0),
        funnel: carried(800.0),
        exchanges: Vec::new(),
        schedule: Vec::new(),
        runs: Vec::new(),
    }
}

/// Keeps them as an earlier bench of this machine would have done.
fn keep(folder: &Path, cores: usize) {
    let server = server();
    let capacity = weak(cores, format!("{} {}", server.kind, server.version));
    fs::create_dir_all(folder).expect("a folder");
    fs::write(folder.join("capacity.json"), capacity.to_json()).expect("it can be written");
}

#[test]
fn a_run_notes_that_a_design_asks_for_more_than_this_machine_carried() {
    let place = Place::new();
    let cores = std::thread::available_parallelism().expect("cores").get();
    for (kept, is_warned, quiet) in [(cores, true, false), (cores + 1, false, false), (cores, false, true)] {
        keep(&place.path("data"), kept);
        let file = preset("whole-path.ron");
        let mut arguments = vec!["run", &file, "--duration", "300ms", "--rate", "1000"];
        arguments.extend(quiet.then_some("--quiet"));
        let mut program = place.program(&arguments);
        program
            .env("SECKILL_LAB_REDIS_SERVER", server().path)
            .env("SECKILL_LAB_DATA_DIR", place.path("data"));
        let output = program.output().expect("it runs");
        assert!(output.status.code().is_some_and(|code| code <= 2), "{output:?}");
        let said = text(&output.stderr);
        assert_eq!(
            said.contains("warning: The design asks for up to 1,000 orders a second"),
            is_warned,
            "{said}"
        );
        assert_eq!(
            said.contains("this machine carried up to about 100 orders a second"),
            is_warned,
            "{said}"
        );
    }
}

fn keys(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, value)| {
            found.insert(key.clone());
            keys(value, found);
        }),
        Value::Array(values) => values.iter().for_each(|value| keys(value, found)),
        _ => {}
    }
}

#[test]
fn every_key_of_the_figures_is_explained() {
    let exchange =
        ExchangeRow { command: "GET".into(), connections: 50, depth: 16, per_sec: 1.0, beside_per_sec: None };
    let run = RunRow {
        way: Way::WholePath,
        offered_per_sec: 1.0,
        achieved_per_sec: 1.0,
        p50_us: 1,
        p99_us: 1,
        lag_p99_us: 1,
        engine_us: 1.0,
        servers_us: 1.0,
        failed: None,
    };
    let capacity = Capacity {
        exchanges: vec![exchange],
        schedule: vec![LagRow { per_sec: 1.0, p50_us: 1, p99_us: 1, dropped: 0 }],
        runs: vec![run],
        ..weak(2, String::new())
    };
    let mut found = BTreeSet::new();
    keys(&serde_json::from_str(&capacity.to_json()).expect("JSON"), &mut found);
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference/bench.md");
    let page = fs::read_to_string(page).expect("a page");
    let is_explained = |key: &String| ["`", "[]`"].iter().any(|end| page.contains(&format!("{key}{end}")));
    let missing: Vec<&String> = found.iter().filter(|key| !is_explained(key)).collect();
    assert!(found.len() > 20 && missing.is_empty(), "not in docs/reference/bench.md: {missing:?}");
}
