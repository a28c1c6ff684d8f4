//! A design with variants: each is run on the same arrivals, and what is wrong with one is said.

use crate::common;

use common::program::{Place, text};
use common::{CLICKS, chain_text, parse};
use seckill_lab::files::parse_topology;
use serde_json::Value;

const VARIANTS: &str = r#"variants: [
    (name: "naive", stage: "inventory", set: "decrement", to: NaiveReadThenWrite),
    (name: "tokens", stage: "inventory", set: "decrement", to: ListToken),
], targets: ["#;

fn design(variants: &str) -> String {
    let stages = [
        ("users", "Users()"),
        ("inventory", "MasterReplica(replicas: 0, sentinels: 0, connections: 50)"),
        ("control", "DataControl()"),
    ];
    chain_text(&stages, "items: 1, stock: 200", CLICKS, "Oversold(at_most: 0)").replacen(
        "targets: [",
        variants,
        1,
    )
}

#[test]
fn every_variant_gets_the_same_arrivals_and_a_row_of_the_table() {
    let place = Place::new();
    let file = place.write("variants.ron", &design(VARIANTS));
    let json = place.path("all.json");
    let output = place.output(&["run", file.to_str().unwrap(), "--quiet", "--json", json.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(0), "the design as drawn passes: {output:?}");
    let said = text(&output.stdout);
    let rows: Vec<Vec<&str>> = said.lines().map(|line| line.split_whitespace().collect()).collect();
    for (name, verdict) in [("as", "pass"), ("naive", "fail"), ("tokens", "pass")] {
        let row = rows.iter().find(|row| row.first() == Some(&name));
        assert_eq!(row.and_then(|row| row.last()), Some(&verdict), "{said}");
    }
    let all: Value = serde_json::from_str(&std::fs::read_to_string(json).unwrap()).unwrap();
    let number = |run: &Value, path: &str| run.pointer(path).and_then(Value::as_u64).unwrap();
    let runs = all["variants"].as_array().unwrap();
    assert_eq!(runs.len(), 3);
    let arrivals = number(&runs[0], "/report/totals/arrivals");
    assert!(arrivals > 3_000 && runs.iter().all(|run| number(run, "/report/totals/arrivals") == arrivals));
    let oversold: Vec<bool> = runs.iter().map(|run| number(run, "/report/audit/oversold") > 0).collect();
    assert_eq!(oversold, [false, true, false]);
    let topology = &runs[1]["report"]["topology"];
    assert_eq!(topology["variants"], Value::Null, "a variant has none itself");
}

#[test]
fn a_variant_is_the_design_with_one_other_value() {
    let topology = parse(&design(VARIANTS));
    let naive = topology.varied(&topology.variants[0]);
    assert_eq!(naive.variants, []);
    let others = |topology: &seckill_lab::topology::Topology| {
        let mut rest = topology.clone();
        rest.variants.clear();
        rest.stages.remove(1);
        rest
    };
    assert_eq!(others(&naive), others(&topology));
    assert_ne!(naive.stages[1], topology.stages[1]);
}

#[test]
fn what_is_wrong_with_a_variant_is_said_where_it_stands() {
    for (variant, problem) in [
        ("(name: \"a\", stage: \"store\", set: \"decrement\", to: ListToken)", "there is no stage \"store\""),
        (
            "(name: \"a\", stage: \"inventory\", set: \"decrment\", to: ListToken)",
            "has no field \"decrment\"",
        ),
        ("(name: \"a\", stage: \"inventory\", set: \"decrement\", to: 7)", "decrement: expected a word"),
        ("(name: \"a\", stage: \"inventory\", set: \"decrement\")", "the field to is missing"),
        (
            "(name: \"a\", stage: \"inventory\", set: \"decrement\", to: OneScript)",
            "the variant \"a\" can't run: its script puts orders",
        ),
        (
            "(name: \"a\", stage: \"inventory\", set: \"replicas\", to: 1),
             (name: \"a\", stage: \"inventory\", set: \"replicas\", to: 2)",
            "two variants are called \"a\"",
        ),
    ] {
        let opened = parse_topology(&design(&format!("variants: [{variant}], targets: [")));
        let said: Vec<String> = opened.problems.iter().map(ToString::to_string).collect();
        assert!(said.iter().any(|said| said.contains(problem)), "{variant}: {said:#?}");
        assert!(!opened.may_run(), "{variant}");
    }
}
