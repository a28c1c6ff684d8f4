#![allow(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use super::super::parse_topology;
use super::*;
use crate::param::ParamKind;
use crate::topology::{ClientKind, Expected, Fault, Link, Target};
use crate::workload::Operation;

/// Names and texts that are hard to write down.
const TEXTS: &[&str] = &[
    "",
    "plain",
    "秒杀 🧧",
    "with \"quotes\" and \\ backslashes\\",
    "two\nlines\r\n\tand a tab",
    "\u{0}\u{7f}\u{1b}[31m",
    "e\u{301}\u{200e}\u{feff}\u{2028}",
    "'single' // no comment /* at all */",
    "(name: \"inner\")],",
    "r#\"raw\"#",
    "None",
    " spaces ",
];

fn text(rng: &mut Pcg64Mcg) -> String {
    TEXTS[rng.random_range(0..TEXTS.len())].into()
}

fn number(rng: &mut Pcg64Mcg) -> f64 {
    let numbers =
        [0.0, -0.0, 1.0, 0.1, 1.0 / 3.0, -2.5, 1e-300, 1e300, f64::MAX, f64::INFINITY, f64::NEG_INFINITY];
    if rng.random() { rng.random::<f64>() * 1e6 } else { numbers[rng.random_range(0..numbers.len())] }
}

fn span(rng: &mut Pcg64Mcg) -> Duration {
    match rng.random_range(0..3) {
        0 => Duration::from_nanos(rng.random_range(0..100_000_000_000)),
        1 => Duration::from_millis(rng.random_range(0..100_000_000)),
        _ => Duration::new(rng.random::<u64>() >> rng.random_range(8..64), 999_999_999),
    }
}

/// Gives some parameters other values, within and beyond their ranges.
fn vary(params: &mut dyn Params, rng: &mut Pcg64Mcg) {
    for spec in params.specs() {
        if rng.random() {
            continue;
        }
        let value = match spec.kind {
            _ if spec.optional && rng.random() => ParamValue::Off,
            ParamKind::Int => ParamValue::Int(rng.random::<u64>() >> rng.random_range(0..64)),
            ParamKind::Float => ParamValue::Float(number(rng)),
            ParamKind::Duration => ParamValue::Duration(span(rng)),
            ParamKind::Bool => ParamValue::Bool(rng.random()),
            ParamKind::Choice(words) => ParamValue::Choice(words[rng.random_range(0..words.len())]),
            ParamKind::Text => ParamValue::Text(text(rng)),
        };
        // A number too large for the field leaves it as it is.
        params.set(spec.key, value);
    }
}

fn many<T>(rng: &mut Pcg64Mcg, mut one: impl FnMut(&mut Pcg64Mcg) -> T) -> Vec<T> {
    (0..rng.random_range(0..6)).map(|_| one(rng)).collect()
}

fn some_stage(rng: &mut Pcg64Mcg) -> Stage {
    let word = StageKind::WORDS[rng.random_range(0..StageKind::WORDS.len())];
    let mut kind = StageKind::from_word(word).unwrap();
    vary(kind.params_mut(), rng);
    let at = (rng.random::<f32>() * 1e4 - 5e3, rng.random_range(-3_i16..4).into());
    Stage { name: text(rng), kind, at }
}

fn some_phase(rng: &mut Pcg64Mcg) -> Phase {
    let word = Shape::WORDS[rng.random_range(0..Shape::WORDS.len())];
    let mut shape = Shape::from_word(word).unwrap();
    match shape.params_mut() {
        Some(params) => vary(params, rng),
        None => shape = Shape::Curve(many(rng, |rng| (number(rng), number(rng)))),
    }
    let mut mix = Mix::default();
    vary(&mut mix, rng);
    let spacing = Spacing::ALL[rng.random_range(0..Spacing::ALL.len())];
    Phase { name: text(rng), span: span(rng), shape, spacing, mix }
}

fn some_target(rng: &mut Pcg64Mcg) -> Target {
    let word = Target::WORDS[rng.random_range(0..Target::WORDS.len())];
    let mut target = Target::from_word(word).unwrap();
    vary(target.params_mut(), rng);
    target
}

fn some_topology(rng: &mut Pcg64Mcg) -> Topology {
    let (mut sale, mut audience) = (Sale::default(), Audience::default());
    vary(&mut sale, rng);
    vary(&mut audience, rng);
    let stages = many(rng, some_stage);
    // Of two stages with one name, a variant would mean the first.
    let is_only = |stage: &&Stage| stages.iter().filter(|other| other.name == stage.name).count() == 1;
    let has_params = |stage: &&Stage| !stage.kind.params().specs().is_empty();
    let variants = match stages.iter().filter(is_only).find(has_params) {
        Some(stage) => many(rng, |rng| some_variant(stage, rng)),
        None => Vec::new(),
    };
    let mut records = Records::default();
    vary(&mut records, rng);
    Topology {
        title: text(rng),
        question: text(rng),
        source: text(rng),
        expected: [None, Some(Expected::Pass), Some(Expected::Fail)][rng.random_range(0..3)],
        stages,
        links: many(rng, |rng| {
            let clients = ClientKind::ALL[rng.random_range(0..ClientKind::ALL.len())];
            let operations = Operation::ALL.into_iter().filter(|_| rng.random()).collect();
            Link { clients, operations, ..Link::new(text(rng), text(rng)) }
        }),
        workload: Workload { seed: rng.random(), sale, audience, records, phases: many(rng, some_phase) },
        faults: many(rng, |rng| {
            let mut fault = Fault::default();
            vary(&mut fault, rng);
            fault
        }),
        rules: many(rng, |rng| {
            let mut rule = Rule::default();
            vary(&mut rule, rng);
            rule
        }),
        targets: many(rng, some_target),
        variants,
    }
}

/// It sets a parameter of the stage, which has some.
fn some_variant(stage: &Stage, rng: &mut Pcg64Mcg) -> Variant {
    let mut kind = stage.kind.clone();
    vary(kind.params_mut(), rng);
    let specs = kind.params().specs();
    let set = specs[rng.random_range(0..specs.len())].key;
    let to = kind.params().get(set).unwrap();
    Variant { name: text(rng), stage: stage.name.clone(), set: set.to_owned(), to }
}

#[test]
fn every_topology_is_read_back_as_it_was_written() {
    let mut rng = Pcg64Mcg::seed_from_u64(7);
    for _ in 0..500 {
        let topology = some_topology(&mut rng);
        let text = to_ron(&topology);
        let opened = parse_topology(&text);
        let problems = super::super::report_problems("file", &opened.problems);
        assert_eq!(opened.topology, Some(topology), "{text}\n{problems}");
        // Whatever is wrong is wrong with the design, not with the text.
        let unread = opened.problems.iter().find(|found| found.problem.text.contains("expected"));
        assert_eq!(unread, None, "{text}");
    }
}

#[test]
fn the_text_is_what_a_person_would_write() {
    let topology = parse_topology(
        "(version: 1, stages: [
            (name: \"users\", kind: Users),
            (name: \"cdn\", kind: Cdn(ttl: \"60s\", capacity: 20_000)),
        ], workload: (phases: [(name: \"a\", span: \"1500ms\", shape: Constant(rate: 1e3), mix: (claim: 1))]))",
    );
    let text = to_ron(&topology.topology.unwrap());
    assert_eq!(
        text,
        "(
    version: 1,
    title: \"Untitled\",

    stages: [
        (name: \"users\", kind: Users(), at: (0, 160)),
        (name: \"cdn\", kind: Cdn(capacity: 20000), at: (200, 160)),
    ],
    links: [],

    workload: (
        seed: 1,
        phases: [
            (name: \"a\", span: \"1s 500ms\", shape: Constant(rate: 1000), mix: (claim: 1)),
        ],
    ),
    faults: [],
    targets: [],
)
"
    );
}
