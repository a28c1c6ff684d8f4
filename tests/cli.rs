//! The command line as a person uses it: exit codes, the report, options, and what is refused before anything starts.

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};

use common::program::{Place, Running, text};
use common::servers::server;
use common::{CLICKS, chain_text, presets};
use serde_json::Value;

const FACTS: &str = "Oversold(at_most: 0), LostAcknowledged(at_most: 0)";
const CALM: &str =
    r#"(name: "calm", span: "1s", shape: Constant(rate: 200), spacing: Even, mix: (read: 1, claim: 1))"#;

fn design(inventory: &str, sale: &str, phases: &str) -> String {
    let stages = [
        ("users", "Users()"),
        ("service", "Service(instances: 1)"),
        ("inventory", inventory),
        ("orders", "Queue(on: \"inventory\")"),
        ("database", "Database()"),
        ("control", "DataControl()"),
    ];
    chain_text(&stages, sale, phases, FACTS)
}

fn calm(place: &Place) -> PathBuf {
    place.write("calm.ron", &design("MasterReplica(replicas: 0, sentinels: 0)", "items: 2, stock: 10", CALM))
}

fn number(report: &Value, path: &str) -> u64 {
    report.pointer(path).and_then(Value::as_u64).unwrap_or_else(|| panic!("{path} in {report:#}"))
}

fn keys(value: &Value) -> BTreeSet<&str> {
    value.as_object().expect("an object").keys().map(String::as_str).collect()
}

#[test]
fn a_run_that_keeps_its_promises_exits_with_0_and_leaves_nothing() {
    let place = Place::new();
    let (code, report) = place.report(&calm(&place), &[]);
    let reasons = report["reasons"].as_array().expect("reasons");
    // On a machine that is too busy even for this the run can't say; it must say so then.
    let too_busy =
        reasons.iter().any(|reason| reason.as_str().is_some_and(|text| text.contains("behind its schedule")));
    let expected = if too_busy { (Some(2), "inconclusive") } else { (Some(0), "pass") };
    assert_eq!((code, report["verdict"].as_str().expect("a verdict")), expected, "{reasons:?}");
    assert_eq!(number(&report, "/audit/sold"), 10);
    assert!(place.run_folders().is_empty(), "{:?}", place.run_folders());
}

#[test]
fn a_run_that_oversells_exits_with_1_and_says_so_in_one_line() {
    let place = Place::new();
    let naive = "MasterReplica(replicas: 0, sentinels: 0, decrement: NaiveReadThenWrite, connections: 50)";
    let file = place.write("naive.ron", &design(naive, "items: 1, stock: 200", CLICKS));
    let output = place.output(&["run", file.to_str().expect("text"), "--quiet"]);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let mut lines = said.lines();
    assert!(
        lines.next().is_some_and(|line| line.starts_with("fail: ") && line.contains("oversold")),
        "{said}"
    );
    assert!(lines.clone().count() > 0 && lines.all(|line| line.starts_with("  because ")), "{said}");
    assert!(output.stderr.is_empty(), "{output:?}");
}

#[test]
fn the_report_has_every_key_that_is_promised_and_balances() {
    let place = Place::new();
    let (_, report) = place.report(&calm(&place), &[]);
    let has = |path: &str, wanted: &[&str]| {
        let value = report.pointer(path).unwrap_or_else(|| panic!("no {path}"));
        let missing: Vec<_> = wanted.iter().filter(|key| !keys(value).contains(*key)).collect();
        assert!(missing.is_empty(), "{path} has no {missing:?}");
    };
    let top = [
        "verdict",
        "totals",
        "stages",
        "audit",
        "generator",
        "servers",
        "seed",
        "program_version",
        "topology",
    ];
    has("", &top);
    let outcomes = ["dropped", "intercepted", "served", "sold", "rejected", "failed", "indefinite"];
    has("/totals", &[&outcomes[..], &["arrivals"]].concat());
    let stage = [
        "name",
        "kind",
        "realness",
        "arrivals",
        "intercepted",
        "passed",
        "failed",
        "indefinite",
        "latency_us",
    ];
    let audit = [
        "stock",
        "sold",
        "oversold",
        "undersold",
        "duplicates",
        "lost_acknowledged",
        "unacknowledged_present",
    ];
    has("/audit", &audit);
    has("/generator/schedule_lag_us", &["p50", "p99", "max"]);
    let arrivals = number(&report, "/totals/arrivals");
    assert_eq!(outcomes.iter().map(|key| number(&report, &format!("/totals/{key}"))).sum::<u64>(), arrivals);
    assert!((195..=200).contains(&arrivals), "{arrivals}");
    let mut intercepted = 0;
    for index in 0..5 {
        let path = format!("/stages/{index}");
        has(&path, &stage);
        has(&format!("{path}/latency_us"), &["p50", "p95", "p99", "p999", "max"]);
        let reasons = report["stages"][index]["intercepted"].as_object().expect("reasons");
        let here: u64 = reasons.values().map(|count| count.as_u64().expect("a count")).sum();
        let count = |key: &str| number(&report, &format!("{path}/{key}"));
        assert_eq!(count("arrivals"), here + count("passed") + count("failed") + count("indefinite"));
        intercepted += here;
    }
    assert_eq!(intercepted, number(&report, "/totals/intercepted"));
    for index in 0..2 {
        has(&format!("/servers/{index}"), &["kind", "version", "path"]);
    }
    assert_eq!(
        (number(&report, "/seed"), report["program_version"].as_str()),
        (5, Some(env!("CARGO_PKG_VERSION")))
    );
    assert_eq!(report["topology"]["title"].as_str(), Some("test"));
}

/// Ids and buyers of all orders of a run in which everybody gets what they ask for.
fn orders(place: &Place, file: &Path, seed: &str) -> (u64, Vec<(u64, u64, u32)>) {
    let (_, report) = place.report(file, &["--seed", seed, "--keep-data"]);
    assert_eq!(number(&report, "/seed").to_string(), seed);
    let folder = place.run_folders().pop().expect("the folder was kept");
    let database = rusqlite::Connection::open(folder.join("seckill.sqlite3")).expect("a database");
    let mut statement =
        database.prepare("SELECT id, claimant, item FROM orders ORDER BY id").expect("a table");
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).expect("rows");
    let rows = rows.collect::<Result<_, _>>().expect("rows");
    fs::remove_dir_all(folder).expect("the folder can be removed");
    (number(&report, "/totals/arrivals"), rows)
}

#[test]
fn the_same_seed_brings_the_same_people_and_another_seed_others() {
    let place = Place::new();
    let sale = "items: 5, stock: 1_000_000, per_buyer_limit: None";
    let phases = CALM.replace("Even", "Poisson");
    let file = place.write("all.ron", &design("MasterReplica(replicas: 0, sentinels: 0)", sale, &phases));
    let first = orders(&place, &file, "11");
    assert!(first.1.len() > 50, "{}", first.1.len());
    assert_eq!(orders(&place, &file, "11"), first);
    let other = orders(&place, &file, "12");
    assert!(other.0 != first.0 && other.1 != first.1);
}

#[test]
fn duration_rate_and_stock_take_effect() {
    let place = Place::new();
    let (_, report) =
        place.report(&calm(&place), &["--duration", "500ms", "--rate", "1_000", "--stock", "20"]);
    assert!((495..=500).contains(&number(&report, "/totals/arrivals")));
    assert_eq!((number(&report, "/audit/stock"), number(&report, "/audit/sold")), (20, 20));
    assert_eq!(report["generator"]["duration_secs"].as_f64(), Some(0.5));
}

#[test]
fn what_is_asked_wrongly_is_refused_with_64_before_anything_starts() {
    let place = Place::new();
    let calm = calm(&place);
    let file = calm.to_str().expect("text");
    for arguments in [
        &["run", file, "--fast"][..],
        &["run", file, "--duration", "0s"],
        &["run", file, "--duration", "tomorrow"],
        &["run", file, "--duration", "25h"],
        &["run", file, "--rate", "0"],
        &["run", file, "--rate", "-5"],
        &["run", file, "--rate", "NaN"],
        &["run", file, "--rate", "1e300"],
        &["run", file, "--stock", "-1"],
        &["run", file, "--stock", "99999999999"],
        &["run", "missing.ron"],
        &["run", "tmp"],
        &["run"],
        &["dance"],
        &["calm.ron", "run"],
    ] {
        let output = place.output(arguments);
        assert_eq!(output.status.code(), Some(64), "{arguments:?}: {output:?}");
        assert!(
            !output.stderr.is_empty() && !text(&output.stderr).contains("panicked"),
            "{arguments:?}: {output:?}"
        );
        assert!(output.stdout.is_empty(), "{arguments:?}: {output:?}");
    }
    for arguments in [&["--help"][..], &["run", "--help"], &["--version"]] {
        assert_eq!(place.output(arguments).status.code(), Some(0));
    }
}

#[test]
fn a_duration_longer_than_any_clock_counts_is_refused_too() {
    let place = Place::new();
    let calm = calm(&place);
    let output = place.output(&["run", calm.to_str().expect("text"), "--duration", "18446744073709551615s"]);
    assert_eq!(output.status.code(), Some(64), "{output:?}");
}

#[test]
fn a_broken_file_is_refused_with_its_problems_and_stays_as_it_is() {
    let place = Place::new();
    let broken = design("MasterReplica(replicas: 99)", "items: 0, stock: 10", CALM).replace("users\"", "\"");
    let path = place.write("broken.ron", &broken);
    let (file, changed_at) =
        (path.to_str().expect("text"), path.metadata().and_then(|meta| meta.modified()).ok());
    let output = place.output(&["run", file]);
    assert_eq!(output.status.code(), Some(64), "{output:?}");
    assert!(
        text(&output.stderr).contains("broken.ron:") && text(&output.stderr).contains("replicas"),
        "{output:?}"
    );
    assert_eq!(place.output(&["validate", file]).status.code(), Some(1));
    assert_eq!(fs::read_to_string(&path).ok(), Some(broken));
    assert_eq!(path.metadata().and_then(|meta| meta.modified()).ok(), changed_at);
}

#[test]
fn validate_tells_sound_files_from_others() {
    let place = Place::new();
    let sound = presets().pop().expect("a preset");
    let sound = sound.to_str().expect("text");
    let output = place.output(&["validate", sound]);
    assert_eq!((output.status.code(), text(&output.stdout)), (Some(0), format!("{sound}: sound\n")));
    place.write("empty.ron", "");
    for files in [&["empty.ron"][..], &[sound, "empty.ron"], &["missing.ron", sound]] {
        assert_eq!(place.output(&[&["validate"], files].concat()).status.code(), Some(1), "{files:?}");
    }
    assert_eq!(place.output(&["validate"]).status.code(), Some(64));
}

#[test]
fn a_design_goes_through_a_chat_and_comes_back() {
    let place = Place::new();
    let calm = calm(&place);
    let output = place.output(&["share", calm.to_str().expect("text")]);
    let shared = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(shared.starts_with("seckill-lab:1:") && shared.lines().count() == 1, "{shared}");
    let letter = place.write("letter.txt", &format!("Look:\n{}\nWhat do you say?", shared.trim()));
    let letter = letter.to_str().expect("text");
    assert_eq!(text(&place.output(&["validate", letter]).stdout), format!("{letter}: sound\n"));
    let back = text(&place.output(&["share", "--ron", letter]).stdout);
    place.write("back.ron", &back);
    assert_eq!(text(&place.output(&["share", "back.ron"]).stdout), shared, "nothing is lost");
    let cut = place.write("cut.txt", &shared[..shared.len() / 2]);
    let output = place.output(&["run", cut.to_str().expect("text")]);
    assert_eq!(output.status.code(), Some(64), "{output:?}");
    assert!(text(&output.stderr).contains("the end of the shared design is missing"), "{output:?}");
}

#[test]
fn a_design_that_names_another_machine_runs_only_after_a_yes() {
    let place = Place::new();
    let inventory = r#"MasterReplica(url: "redis://:${HOME}@redis.invalid:6379")"#;
    let far = place.write("far.ron", &design(inventory, "items: 2, stock: 10", CALM));
    let far = far.to_str().expect("text");
    let output = place.output(&["run", far]);
    assert_eq!(output.status.code(), Some(64), "{output:?}");
    let said = text(&output.stderr);
    for part in ["\"inventory\"", "redis.invalid:6379", "the values of HOME", "--allow redis.invalid:6379"] {
        assert!(said.contains(part), "{part} in {said}");
    }
    // Allowed, it gets as far as to look for the host, which by its name is none (RFC 6761, section 6.4).
    let output = place.output(&["run", far, "--allow", "redis.invalid:6379"]);
    assert_eq!(output.status.code(), Some(69), "{output:?}");
}

/// One request over HTTP/1.1: the head and the body of the answer; none once nobody listens.
fn get(address: &str, request: &str) -> Option<(String, String)> {
    let mut line = TcpStream::connect(address).ok()?;
    write!(line, "{request} HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n").ok()?;
    let mut answer = String::new();
    line.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.to_owned(), body.to_owned()))
}

#[test]
fn what_is_counted_is_served_to_prometheus_while_it_runs() {
    let place = Place::new();
    let long = CALM.replace("span: \"1s\"", "span: \"3s\"");
    let file = place
        .write("calm.ron", &design("MasterReplica(replicas: 0, sentinels: 0)", "items: 2, stock: 10", &long));
    let json = place.path("report.json");
    let (file, json_text) = (file.to_str().expect("text"), json.to_str().expect("text"));
    let mut running =
        Running::start(place.program(&["run", file, "--metrics", "127.0.0.1:0", "--json", json_text]));
    running.wait_for("/metrics\n");
    let said = running.said();
    let address = said.split_once("metrics at http://").and_then(|(_, rest)| rest.split_once('/'));
    let address = address.expect("an address").0.to_owned();
    assert!(get(&address, "GET /").expect("an answer").0.contains("404"));
    assert!(get(&address, "POST /metrics").expect("an answer").0.contains("405"));
    let (mut counts, mut last) = (Vec::new(), String::new());
    while let Some((head, body)) = get(&address, "GET /metrics") {
        assert!(head.contains("200 OK") && head.contains("application/openmetrics-text"), "{head}");
        let count =
            body.lines().find_map(|line| line.strip_prefix("seckill_lab_offered_total ")?.parse().ok());
        counts.push(count.unwrap_or_else(|| panic!("a count in {body}")));
        last = body;
    }
    assert_eq!(running.end().code(), Some(0), "{}", running.said());
    assert!(counts.is_sorted(), "counters don't fall");
    let report: Value = serde_json::from_str(&fs::read_to_string(json).expect("a report")).expect("JSON");
    let (seen, all): (u64, u64) =
        (counts.last().copied().expect("a count"), number(&report, "/totals/arrivals"));
    assert!(seen > 0 && seen <= all, "{seen} of {all}");
    for line in [
        "seckill_lab_stage_arrivals_total{stage=\"inventory\"",
        "seckill_lab_instance_up{stage=\"inventory\"",
        "# EOF",
    ] {
        assert!(last.contains(line), "{line} in {last}");
    }
    let output = place.output(&["run", file, "--metrics", "0.0.0.0:9100"]);
    assert_eq!(output.status.code(), Some(64), "only this machine is served: {output:?}");
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let taken = taken.local_addr().expect("an address").to_string();
    let output = place.output(&["run", file, "--metrics", &taken]);
    assert_eq!(output.status.code(), Some(69), "{output:?}");
}

#[test]
fn a_report_that_can_not_be_written_is_found_before_the_run() {
    let place = Place::new();
    let calm = calm(&place);
    for json in ["missing/report.json", "tmp", "/proc/report.json"] {
        let output = place.output(&["run", calm.to_str().expect("text"), "--json", json]);
        assert!(output.status.code().is_some_and(|code| code > 2), "{output:?}");
        assert!(text(&output.stderr).contains(json), "{output:?}");
        assert!(!text(&output.stdout).contains("servers"), "{output:?}");
    }
    let output =
        place.output(&["run", "calm.ron", "--json", "report.json", "--quiet", "--duration", "200ms"]);
    assert!(
        output.status.code().is_some_and(|code| code < 3) && place.path("report.json").exists(),
        "{output:?}"
    );
}

#[test]
fn repeated_runs_are_done_with_the_same_seed_and_say_what_they_have_in_common() {
    let place = Place::new();
    let file = calm(&place);
    let arguments = ["run", file.to_str().expect("text"), "--repeat", "2", "--quiet", "--json", "all.json"];
    let output = place.output(&arguments);
    let said = text(&output.stdout);
    assert!(output.status.code().is_some_and(|code| code == 0 || code == 2), "{output:?}");
    assert!(said.contains("0 outages in 2 of 2 runs with seed 5"), "{said}");
    assert!(said.contains("lost acknowledged orders"), "{said}");
    let all: Value =
        serde_json::from_slice(&fs::read(place.path("all.json")).expect("it is there")).expect("JSON");
    assert_eq!(keys(&all), BTreeSet::from(["repeat", "verdicts", "distribution", "runs"]));
    let verdicts = ["pass", "fail", "inconclusive"].map(|word| number(&all, &format!("/verdicts/{word}")));
    assert_eq!((verdicts.iter().sum::<u64>(), verdicts[1]), (2, 0), "{verdicts:?}");
    assert_eq!((number(&all, "/repeat"), number(&all, "/distribution/lost_orders/count")), (2, 2));
    assert_eq!(all.pointer("/distribution/unavailable_secs/median"), Some(&Value::Null));
    for run in [0, 1] {
        assert_eq!(number(&all, &format!("/runs/{run}/audit/sold")), 10);
        assert_eq!(number(&all, &format!("/runs/{run}/seed")), 5);
    }
    let none = place.output(&["run", file.to_str().expect("text"), "--repeat", "0"]);
    assert_eq!(none.status.code(), Some(64), "{none:?}");
}

#[test]
fn without_a_server_and_without_pip_run_and_doctor_say_how_to_install_one() {
    let place = Place::new();
    let calm = calm(&place);
    fs::create_dir(place.path("nothing")).expect("a folder");
    for arguments in [&["run", calm.to_str().expect("text")][..], &["doctor"]] {
        let mut program = place.program(arguments);
        program.env("PATH", place.path("nothing")).env("SECKILL_LAB_DATA_DIR", place.path("nothing"));
        let output = program.env_remove("SECKILL_LAB_REDIS_SERVER").output().expect("it runs");
        let said = text(&output.stdout) + &text(&output.stderr);
        assert_eq!(output.status.code(), Some(69), "{said}");
        for part in ["apt install", "dnf install", "brew install", "--redis-server", "pip"] {
            assert!(said.contains(part), "no {part:?} in: {said}");
        }
        assert!(place.run_folders().is_empty());
    }
    let output = place.output(&["run", calm.to_str().expect("text"), "--redis-server", "/bin/ls"]);
    assert_eq!(output.status.code(), Some(69), "{output:?}");
    assert!(text(&output.stderr).contains("/bin/ls"), "{output:?}");
    assert_eq!(place.output(&["doctor"]).status.code(), Some(0));
}

#[test]
fn a_database_alone_needs_no_redis_server_at_all() {
    let place = Place::new();
    let stages = [("users", "Users()"), ("database", "Database()"), ("control", "DataControl()")];
    let file = place.write("database.ron", &chain_text(&stages, "items: 2, stock: 10", CALM, FACTS));
    let mut program = place.program(&["run", file.to_str().expect("text"), "--quiet"]);
    program.env("PATH", place.path("tmp")).env("SECKILL_LAB_DATA_DIR", place.path("tmp"));
    let output = program.env_remove("SECKILL_LAB_REDIS_SERVER").output().expect("it runs");
    assert!(output.status.code().is_some_and(|code| code == 0 || code == 2), "{output:?}");
}

/// Without a display.
#[cfg(target_os = "linux")]
fn blind(place: &Place, arguments: &[&str]) -> std::process::Output {
    let mut program = place.program(arguments);
    for name in ["DISPLAY", "WAYLAND_DISPLAY", "WAYLAND_SOCKET"] {
        program.env_remove(name);
    }
    program.output().expect("it runs")
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_display_the_first_preset_runs_in_the_terminal_and_a_sentence_says_why() {
    let place = Place::new();
    let output = blind(&place, &[]);
    let (said, why) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.code().is_some_and(|code| code <= 2), "{output:?}");
    assert_eq!(why.lines().count(), 1, "{why}");
    for part in ["no display", "desktop session", "Flash sale in six phases"] {
        assert!(why.contains(part), "no {part:?} in: {why}");
    }
    assert!(said.contains("units sold") && said.contains("Verdict: "), "{said}");
}

#[cfg(target_os = "linux")]
#[test]
fn without_a_display_a_file_runs_in_the_terminal() {
    let place = Place::new();
    calm(&place);
    let mut program = place.program(&["calm.ron"]);
    program.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").env_remove("WAYLAND_SOCKET");
    program.env("SECKILL_LAB_REDIS_SERVER", server().path).env("SECKILL_LAB_DATA_DIR", place.path("data"));
    let output = program.output().expect("it runs");
    assert!(!place.path("data").join("history").exists(), "SECKILL_LAB_NO_HISTORY counts here too");
    assert!(output.status.code().is_some_and(|code| code <= 2), "{output:?}");
    assert!(text(&output.stderr).contains("calm.ron") && text(&output.stdout).contains("Verdict: "));
    place.write("broken.ron", "( title: 5");
    let output = blind(&place, &["broken.ron"]);
    assert_eq!(output.status.code(), Some(64), "{output:?}");
    assert!(text(&output.stderr).contains("broken.ron:1:"), "{output:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_display_that_does_not_answer_is_said_in_one_sentence() {
    let place = Place::new();
    calm(&place);
    let mut program = place.program(&["calm.ron"]);
    program.env("DISPLAY", ":4711").env_remove("WAYLAND_DISPLAY").env_remove("WAYLAND_SOCKET");
    let output = program.output().expect("it runs");
    let why = text(&output.stderr);
    assert!(why.starts_with("The window can't be opened (") && !why.contains("panicked"), "{why}");
    assert!(text(&output.stdout).contains("Verdict: "), "{output:?}");
}

#[test]
fn chaos_is_added_to_the_script_and_listed_in_the_report() {
    let place = Place::new();
    let (_, report) = place.report(&calm(&place), &["--duration", "3s", "--chaos", "7"]);
    let faults = report["faults"].as_array().expect("faults");
    assert!(faults.len() >= 3, "{faults:#?}");
    let scripted = report["topology"]["faults"].as_array().expect("a script");
    assert_eq!(scripted.len(), faults.len(), "all came about");
    assert!(faults.iter().all(|fault| fault["error"].is_null()), "{faults:#?}");
    assert!(place.run_folders().is_empty());
}

#[test]
fn a_folder_is_run_file_by_file_and_each_is_held_to_its_promise() {
    let place = Place::new();
    fs::create_dir(place.path("designs")).expect("a folder");
    let stages = [("users", "Users()"), ("database", "Database()"), ("control", "DataControl()")];
    let design = chain_text(&stages, "items: 2, stock: 10", CALM, FACTS);
    place.write("designs/a.ron", &design);
    place.write("designs/b.ron", &design.replacen("version: 1,", "version: 1, expected: Fail,", 1));
    place.write("designs/notes.txt", "no design");
    let output = place.output(&["run", "designs", "--quiet", "--json", "reports"]);
    let said = text(&output.stdout);
    let row = |name: &str| said.lines().find(|line| line.trim_start().starts_with(name)).map(str::to_owned);
    let (kept, broken) = (row("a.ron").expect("a row"), row("b.ron").expect("a row"));
    assert!(kept.contains("pass") && broken.contains("not as promised"), "{said}");
    assert!(output.status.code().is_some_and(|code| code == 1 || code == 2), "{output:?}");
    for name in ["a", "b"] {
        let report = fs::read(place.path(&format!("reports/{name}.json"))).expect("a report");
        let report: Value = serde_json::from_slice(&report).expect("JSON");
        assert_eq!(number(&report, "/audit/sold"), 10);
    }
    place.write("designs/c.ron", "(version: 1");
    let output = place.output(&["run", "designs", "--quiet"]);
    assert_eq!(output.status.code(), Some(64), "{output:?}");
    assert!(text(&output.stdout).contains("of 3 designs"), "{output:?}");
    fs::create_dir(place.path("empty")).expect("a folder");
    assert_eq!(place.output(&["run", "empty"]).status.code(), Some(64));
}

#[test]
fn lessons_are_listed_shown_checked_and_measured() {
    let place = Place::new();
    let said = |args: &[&str]| {
        let output = place.output(args);
        (output.status.code(), text(&output.stdout), text(&output.stderr))
    };
    let (code, list, _) = said(&["lesson", "--lang", "zh"]);
    assert!(code == Some(0) && list.lines().count() == 20 && list.contains("  4  先读后写会超卖"), "{list}");
    let (code, shown, _) = said(&["lesson", "4"]);
    assert!(
        code == Some(0) && shown.contains("2. Predict") && shown.contains("-> oversold (Count)"),
        "{shown}"
    );
    let (code, _, why) = said(&["lesson", "99"]);
    assert!(code == Some(64) && why.contains("there is no lesson 99; choose from 1, 2,"), "{why}");
    let broken = place.write("broken.ron", "Lesson(version: 1, title: \"x\", steps: [Reed()])");
    let broken = broken.to_str().expect("text");
    let (code, _, why) = said(&["lesson", broken, "--run"]);
    assert!(code == Some(64) && why.contains("1:40: error: there is no step Reed"), "{why}");
    assert_eq!(said(&["validate", broken]).0, Some(1));
    let design = fs::read_to_string(calm(&place)).expect("it was written");
    let own = place.write(
        "own.ron",
        &format!(
            "Lesson(version: 1, title: \"Mine\", steps: [Predict(question: \"?\", figure: \"sold\"), Run(design: {design})])"
        ),
    );
    let own = own.to_str().expect("text");
    let (code, sound, _) = said(&["validate", own]);
    assert!(code == Some(0) && sound.contains(": sound"), "{sound}");
    let (code, measured, why) = said(&["lesson", own, "--run"]);
    let row = measured
        .lines()
        .find(|line| line.contains("units sold"))
        .unwrap_or_else(|| panic!("{measured}{why}"));
    assert!(
        code == Some(0) && row.split_whitespace().any(|word| word == "10") && row.ends_with("sold"),
        "{row}"
    );
}
