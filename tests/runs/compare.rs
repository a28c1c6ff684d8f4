//! `compare`: designs in turn on the same arrivals, on real servers; what is refused before anything starts.

use crate::common;

use std::fs;
use std::path::PathBuf;

use common::program::{Place, Running, assert_nothing_is_left, text};
use common::{CLICKS, chain_text};
use serde_json::Value;

const FACTS: &str = "Oversold(at_most: 0)";

/// Everybody clicks on a service, and the inventory decides; `service` and `inventory` are their parameters.
fn design(service: &str, inventory: &str) -> String {
    let inventory = format!("MasterReplica(replicas: 0, sentinels: 0, {inventory})");
    let service = format!("Service({service})");
    let stages = [
        ("users", "Users()"),
        ("service", &*service),
        ("inventory", &*inventory),
        ("control", "DataControl()"),
    ];
    chain_text(&stages, "items: 1, stock: 200", CLICKS, FACTS)
}

fn said(place: &Place, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = place.output(arguments);
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn designs_run_in_turn_on_the_same_arrivals_and_a_clear_difference_is_claimed() {
    let place = Place::new();
    // A knows from the first answer that the sale is over; B asks every time, and takes stock naively.
    place.write("a.ron", &design("flag_ttl: \"10s\"", ""));
    place.write("b.ron", &design("flag_ttl: None", "connections: 50, decrement: NaiveReadThenWrite"));
    let (code, out, err) =
        said(&place, &["compare", "a.ron", "b.ron", "--repeat", "3", "--json", "all.json"]);
    assert_eq!(code, Some(0), "{out}{err}");
    let order: Vec<&str> = out.lines().filter(|line| line.starts_with("Round ")).collect();
    let wanted =
        [1, 2, 3].map(|round| [format!("{round} of 3: A, a.ron"), format!("{round} of 3: B, b.ron")]);
    assert_eq!(order, wanted.concat().iter().map(|turn| format!("Round {turn}")).collect::<Vec<_>>());
    for difference in ["service: flag_ttl 10s → None", "inventory: decrement LuaEvalsha → NaiveReadThenWrite"]
    {
        assert!(out.contains(difference), "{out}");
    }
    let all: Value = serde_json::from_str(&fs::read_to_string(place.path("all.json")).unwrap()).unwrap();
    let runs = all["runs"].as_array().unwrap();
    assert_eq!(runs.len(), 6);
    let arrivals = |run: &Value| run["report"]["totals"]["arrivals"].as_u64().unwrap();
    assert!(runs.iter().all(|run| arrivals(run) == arrivals(&runs[0])));
    let row = |list: &str, key: &str| -> Value {
        let rows = all[list].as_array().unwrap();
        rows.iter().find(|row| row["key"] == key).unwrap_or_else(|| panic!("no {key}: {all:#}")).clone()
    };
    let oversold = &row("facts", "oversold")["runs"];
    let counts = |design: usize| -> Vec<u64> {
        oversold[design].as_array().unwrap().iter().map(|run| run[1].as_u64().unwrap()).collect()
    };
    assert_eq!(counts(0), [0, 0, 0]);
    assert!(counts(1).iter().all(|count| *count > 0), "{oversold}");
    let before = &row("metrics", "before_servers")["against_first"][0];
    // Few rounds of a busy machine may have been disturbed, and then they are left out and named.
    let left_out = all["remarks"].as_array().unwrap().len();
    assert_eq!(out.matches("left out of what was measured").count(), left_out, "{out}");
    if left_out == 0 {
        assert_eq!((before["finding"].as_str(), before["design"].as_str()), (Some("differs"), Some("B")));
        assert!(before["difference"]["high"].as_f64().unwrap() < -0.5, "{before}");
        assert!(
            out.contains("- B answers ") && out.contains("points less of the arrivals before they reach"),
            "{out}"
        );
    }
    assert!(out.contains("- units oversold: A 0 in each of 3 runs; B "), "{out}");
}

#[test]
fn the_variants_of_one_design_are_compared_with_it() {
    let place = Place::new();
    let variants =
        "variants: [(name: \"no flag\", stage: \"service\", set: \"flag_ttl\", to: None)], targets: [";
    place.write("one.ron", &design("", "").replacen("targets: [", variants, 1));
    let arguments = ["compare", "one.ron", "--repeat", "1", "--duration", "500ms", "--quiet"];
    let (code, out, err) = said(&place, &arguments);
    assert_eq!(code, Some(2), "one round compares nothing: {out}{err}");
    assert!(out.contains("B  no flag: test") && out.contains("service: flag_ttl 100ms → None"), "{out}");
    assert!(
        out.contains("- nothing that was measured can be said of B: fewer than two rounds count"),
        "{out}"
    );
    assert!(!out.contains("Round 1 of"), "{out}");
}

#[test]
fn other_arrivals_are_refused_with_what_differs_or_made_the_same() {
    let place = Place::new();
    place.write("a.ron", &design("", ""));
    place.write("b.ron", &design("", "").replace("seed: 5", "seed: 6").replace("stock: 200", "stock: 100"));
    let (code, out, err) = said(&place, &["compare", "a.ron", "b.ron"]);
    assert_eq!((code, &*out), (Some(64), ""), "{err}");
    assert!(err.contains("b.ron has other arrivals than a.ron") && err.contains("seed 5 → 6"), "{err}");
    assert!(!err.contains("stock"), "what is sold may differ: {err}");
    let arguments = ["compare", "a.ron", "b.ron", "--same-arrivals", "--repeat", "1", "--duration", "300ms"];
    let (_, out, err) = said(&place, &arguments);
    assert!(out.contains("sale, stock 200 → 100") && out.contains("Round 1 of 1: B, b.ron"), "{out}{err}");
}

#[test]
fn what_is_asked_wrongly_is_refused_before_anything_starts() {
    let place = Place::new();
    place.write("a.ron", &design("", ""));
    place.write("broken.ron", "(title: 5)");
    for (arguments, code) in [
        (&["compare"][..], 64),
        (&["compare", "a.ron"], 64),
        (&["compare", "a.ron", "missing.ron"], 64),
        (&["compare", "a.ron", "broken.ron"], 64),
        (&["compare", "a.ron", "a.ron", "--repeat", "0"], 64),
        (&["compare", "a.ron", "a.ron", "--json", "missing/all.json"], 74),
        (&["compare", "a.ron", "a.ron", "--redis-server", "/bin/ls"], 69),
    ] {
        let (found, out, err) = said(&place, arguments);
        assert_eq!(found, Some(code), "{arguments:?}: {out}{err}");
        assert!(!err.is_empty() && !out.contains("Verdict"), "{arguments:?}: {out}{err}");
    }
    let (_, help, _) = said(&place, &["compare", "--help"]);
    for part in ["--repeat", "--same-arrivals", "--json", "with confidence", "64 usage"] {
        assert!(help.contains(part), "{part}: {help}");
    }
}

#[test]
fn an_interrupted_comparison_says_what_it_has_and_leaves_nothing() {
    let place = Place::new();
    let files: Vec<PathBuf> =
        ["a.ron", "b.ron"].iter().map(|name| place.write(name, &design("", ""))).collect();
    let mut arguments = vec!["compare", "--repeat", "50", "--duration", "400ms"];
    arguments.extend(files.iter().map(|file| file.to_str().unwrap()));
    let mut running = Running::start(place.program(&arguments));
    running.wait_for("Round 2 of 50: A");
    let pids = running.descendants();
    running.signal("INT");
    assert_eq!(running.end().code(), Some(2), "{}", running.said());
    let said = running.said();
    assert!(said.contains(" of 50 rounds, seed 5") && said.contains("differs from A in nothing"), "{said}");
    assert_nothing_is_left(&place, &pids);
}
