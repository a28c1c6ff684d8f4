//! `capacity`: the largest rate at which a design meets its targets, on real servers; each point a run of its own.

use crate::common;

use std::fs;

use common::chain_text;
use common::program::{Place, Running, assert_nothing_is_left, text};
use serde_json::Value;

/// A balancer that lets 2,000 requests a second through; `targets` must hold.
fn design(targets: &str) -> String {
    let stages = [
        ("users", "Users()"),
        ("balancer", "LoadBalancer(rate_limit: 2_000)"),
        ("service", "Service()"),
        ("inventory", "MasterReplica(replicas: 0, sentinels: 0)"),
        ("control", "DataControl()"),
    ];
    let steady =
        r#"(name: "all", span: "1s", shape: Constant(rate: 1_000), spacing: Even, mix: (read: 1, claim: 1))"#;
    chain_text(&stages, "items: 1, stock: 100_000, per_buyer_limit: None", steady, targets)
}

#[allow(clippy::unwrap_used, reason = "tests")]
fn found(place: &Place) -> Value {
    serde_json::from_str(&fs::read_to_string(place.path("knee.json")).unwrap()).unwrap()
}

#[test]
fn a_rate_limit_is_found_and_named_by_what_it_turned_away() {
    let place = Place::new();
    place.write("limit.ron", &design("Achieved(at_least: 0.99)"));
    let output = place.output(&["capacity", "limit.ron", "--json", "knee.json"]);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let knee = found(&place);
    let met = knee["met"]["per_sec"].as_f64().unwrap();
    let missed = knee["met"]["failed_at"].as_f64().unwrap();
    // The limit holds a tenth of a second's worth besides.
    assert!((1_000.0..=2_300.0).contains(&met) && met < missed && missed <= 4_000.0, "{said}");
    let points = knee["points"].as_array().unwrap();
    assert!(points.len() >= 4, "{said}");
    for point in points {
        assert_eq!(point["oversold"], 0, "each is audited: {point}");
        let share = point["achieved_per_sec"].as_f64().unwrap() / point["offered_per_sec"].as_f64().unwrap();
        assert!(point["outcome"] != "met" || share > 0.98, "{point}");
    }
    assert_eq!(knee["added_targets"], serde_json::json!(["oversold ≤ 0 units"]));
    let highest = points.iter().max_by(|one, other| {
        let rate = |point: &Value| point["rate_per_sec"].as_f64().unwrap();
        rate(one).total_cmp(&rate(other))
    });
    let gauges = highest.unwrap()["gauges"].as_array().unwrap();
    let limit = gauges.iter().find(|gauge| gauge["resource"] == "rate_limit").unwrap();
    assert_eq!((limit["is_full"].as_bool(), limit["stage"].as_str()), (Some(true), Some("balancer")));
    assert!(said.contains("Targets met up to about") && said.contains("rate limit of balancer"), "{said}");
}

#[test]
fn a_target_that_no_rate_meets_is_said_within_the_bounds_and_what_is_not_measured_is_not_named() {
    let place = Place::new();
    place.write("never.ron", &design("Intercepted(at_least: 0.9)"));
    let arguments = ["capacity", "never.ron", "--runs", "3", "--duration", "300ms", "--json", "knee.json"];
    let output = place.output(&arguments);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let knee = found(&place);
    assert_eq!(knee["points"].as_array().unwrap().len(), 3);
    assert_eq!((knee["ended_by"].as_str(), &knee["met"]["per_sec"]), (Some("bounds"), &Value::Null));
    assert!(
        said.contains("Targets met: not even") && said.contains("as many runs, or as much time"),
        "{said}"
    );
    let bottleneck = &knee["bottleneck"];
    let sentence = bottleneck["sentence"].as_str().unwrap();
    let is_known = !bottleneck["full"].as_array().unwrap().is_empty();
    assert_eq!(sentence.starts_with("Full at "), is_known, "{sentence}");
    assert_eq!(sentence.contains("is not known: nothing that is measured was full"), !is_known, "{sentence}");
}

#[test]
fn an_interrupted_search_says_what_it_found_so_far_and_leaves_nothing() {
    let place = Place::new();
    let file = place.write("limit.ron", &design("Achieved(at_least: 0.99)"));
    let mut running = Running::start(place.program(&["capacity", file.to_str().unwrap(), "--rate", "200"]));
    running.wait_for("Trying 400 arrivals a second");
    let pids = running.descendants();
    running.signal("INT");
    assert_eq!(running.end().code(), Some(2), "{}", running.said());
    let said = running.said();
    assert!(said.contains("The search was stopped: this is what was found so far"), "{said}");
    assert!(said.contains("Targets met at least about 200 arrivals a second"), "{said}");
    assert_nothing_is_left(&place, &pids);
}

#[test]
fn what_is_asked_wrongly_is_refused_before_anything_starts() {
    let place = Place::new();
    place.write("limit.ron", &design(""));
    for (arguments, code) in [
        (&["capacity"][..], 64),
        (&["capacity", "missing.ron"], 64),
        (&["capacity", "limit.ron", "--p99", "soon"], 64),
        (&["capacity", "limit.ron", "--runs", "0"], 64),
        (&["capacity", "limit.ron", "--json", "missing/knee.json"], 74),
        (&["capacity", "limit.ron", "--redis-server", "/bin/ls"], 69),
    ] {
        let output = place.output(arguments);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {output:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}: {output:?}");
    }
    let help = place.output(&["capacity", "--help"]);
    for part in ["--p99", "--runs", "--within", "--rate", "nothing may be oversold", "64 usage"] {
        assert!(text(&help.stdout).contains(part), "{part}: {help:?}");
    }
}
