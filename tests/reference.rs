//! The reference pages: the tables of parameters are printed from the program, and every key of a report is explained.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use seckill_lab::files::parse_topology;
use seckill_lab::machine::Carried;
use seckill_lab::machine::knee::gauge::{Gauge, Resource};
use seckill_lab::machine::knee::{Bottleneck, EndedBy, KNEE_VERSION, Knee, Outcome, Point};
use seckill_lab::metrics::failover::{Abort, Failover, NaiveClients};
use seckill_lab::metrics::tally::ByReason;
use seckill_lab::metrics::{InstanceSummary, Quantiles, Reason, StageTally, Totals};
use seckill_lab::param::{ParamKind, ParamSpec, ParamValue, Params};
use seckill_lab::report::audit::{LostSpan, Offence, Places};
use seckill_lab::report::compare::metric::{FACTS, METRICS};
use seckill_lab::report::compare::{Comparison, Run};
use seckill_lab::report::records::{CounterReport, CountsReport, EventsReport, StreamReport};
use seckill_lab::report::{
    AbsenceReport, AlertReport, AuditReport, BackupReport, BreakerReport, ChangeReport, ClaimedReport,
    FaultReport, GeneratorReport, HttpReport, MachineReport, OperationsReport, QueueReport, Report,
    ReshapeReport, SecondReport, ServerReport, SettingReport, ShardReport, StageReport, StageTimeline,
    TargetResult, Timeline, Verdict,
};
use seckill_lab::topology::{Expected, Fault, Realness, Rule, StageKind, Target, Topology};
use seckill_lab::workload::{Audience, Mix, Records, Sale, Shape, Spacing};
use serde_json::Value;

/// Set to 1, it lets the test write the tables instead of comparing them.
const UPDATE_VARIABLE: &str = "UPDATE_REFERENCE";
const END: &str = "<!-- end -->\n";
/// The names of quantiles; they are explained once for all.
const QUANTILES: [&str; 5] = ["p50", "p95", "p99", "p999", "max"];

fn page(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/reference").join(name)
}

// ---------------------------------------------------------------- topology files

/// Every group of parameters that a file can hold, with its word.
fn groups() -> Vec<(String, Box<dyn Params>)> {
    let mut groups: Vec<(String, Box<dyn Params>)> = vec![
        ("Sale".into(), Box::new(Sale::default())),
        ("Audience".into(), Box::new(Audience::default())),
        ("Records".into(), Box::new(Records::default())),
        ("Mix".into(), Box::new(Mix::default())),
        ("Fault".into(), Box::new(Fault::default())),
        ("Rule".into(), Box::new(Rule::default())),
    ];
    groups.extend(StageKind::WORDS.iter().map(|word| {
        let kind = StageKind::from_word(word).unwrap();
        ((*word).to_owned(), Box::new(Kind(kind)) as Box<dyn Params>)
    }));
    groups.extend(Target::WORDS.iter().map(|word| {
        let target = Target::from_word(word).unwrap();
        ((*word).to_owned(), Box::new(Bound(target)) as Box<dyn Params>)
    }));
    for word in Shape::WORDS {
        match Shape::from_word(word).unwrap() {
            Shape::Constant(params) => groups.push(((*word).to_owned(), Box::new(params))),
            Shape::Ramp(params) => groups.push(((*word).to_owned(), Box::new(params))),
            Shape::Spike(params) => groups.push(((*word).to_owned(), Box::new(params))),
            Shape::Curve(_) => {}
        }
    }
    groups
}

/// Lends the parameters of an enum that owns them.
macro_rules! lends_params {
    ($name:ident, $inner:ty) => {
        struct $name($inner);
        impl Params for $name {
            fn specs(&self) -> &'static [ParamSpec] {
                self.0.params().specs()
            }
            fn get(&self, key: &str) -> Option<ParamValue> {
                self.0.params().get(key)
            }
            fn set(&mut self, key: &str, value: ParamValue) -> bool {
                self.0.params_mut().set(key, value)
            }
        }
    };
}
lends_params!(Kind, StageKind);
lends_params!(Bound, Target);

fn table(params: &dyn Params, is_live: impl Fn(&str) -> bool) -> String {
    if params.specs().is_empty() {
        return "It has no parameters.\n".to_owned();
    }
    let mut text = "| parameter | takes | default | meaning |\n|---|---|---|---|\n".to_owned();
    for spec in params.specs() {
        let default = params.get(spec.key).unwrap();
        let live = if is_live(spec.key) { " *Live.*" } else { "" };
        let row =
            format!("| `{}` | {} | {} | {}{live} |\n", spec.key, takes(spec), shown(&default), spec.help);
        text.push_str(&row);
    }
    text
}

fn takes(spec: &ParamSpec) -> String {
    let kind = match spec.kind {
        ParamKind::Int => "whole number",
        ParamKind::Float => "number",
        ParamKind::Duration => "duration",
        ParamKind::Bool => "true or false",
        ParamKind::Choice(_) => "one of",
        ParamKind::Text => "text",
    };
    let separator = if matches!(spec.kind, ParamKind::Choice(_)) { " " } else { ", " };
    let range = spec.range_text();
    let range = if range.is_empty() { range } else { format!("{separator}{range}") };
    format!("{kind}{range}{}", if spec.optional { ", or None" } else { "" })
}

fn shown(value: &ParamValue) -> String {
    match value {
        ParamValue::Duration(_) => format!("\"{value}\""),
        other => other.to_string(),
    }
}

/// The page with the table of each group between its markers.
fn with_tables(mut page: String) -> String {
    for (word, params) in groups() {
        let begin = format!("<!-- parameters: {word} -->\n");
        let start =
            page.find(&begin).unwrap_or_else(|| panic!("topology.md has no place for {word}: {begin}"));
        let start = start + begin.len();
        let end = start + page[start..].find(END).unwrap_or_else(|| panic!("no {END} behind {begin}"));
        let kind = StageKind::from_word(&word);
        let is_live = |key: &str| kind.as_ref().is_some_and(|kind| kind.is_live(key));
        page.replace_range(start..end, &table(&*params, is_live));
    }
    page
}

#[test]
fn the_page_of_topology_files_has_the_parameters_of_the_program() {
    let path = page("topology.md");
    let text = fs::read_to_string(&path).unwrap();
    let wanted = with_tables(text.clone());
    if std::env::var(UPDATE_VARIABLE).is_ok_and(|value| value == "1") {
        fs::write(&path, &wanted).unwrap();
        return;
    }
    let differs = text.lines().zip(wanted.lines()).find(|(found, wanted)| found != wanted);
    assert!(
        text == wanted,
        "topology.md and the program differ: {differs:?}. Run {UPDATE_VARIABLE}=1 cargo test --test reference"
    );
}

#[test]
fn every_word_of_a_choice_is_explained_outside_the_tables() {
    let text = fs::read_to_string(page("topology.md")).unwrap();
    let prose: String = text.lines().filter(|line| !line.contains("| one of ")).collect();
    let groups = groups();
    let specs = groups.iter().flat_map(|(_, params)| params.specs());
    let words = specs.flat_map(|spec| match spec.kind {
        ParamKind::Choice(words) => words,
        _ => &[],
    });
    let words = words.copied().chain(Expected::ALL.iter().map(|expected| expected.word()));
    for word in words.chain(Spacing::ALL.iter().map(|spacing| spacing.word())) {
        assert!(prose.contains(&format!("`{word}`")), "topology.md does not explain `{word}`");
    }
}

#[test]
fn the_example_of_the_page_is_sound() {
    let text = fs::read_to_string(page("topology.md")).unwrap();
    let (_, example) = text.split_once("```ron\n").unwrap();
    let (example, _) = example.split_once("```\n").unwrap();
    assert_eq!(parse_topology(example).problems, []);
}

// ---------------------------------------------------------------- the report

/// A report in which every list and every map has something.
fn full_report(topology: Topology) -> Report {
    let mut by_reason = ByReason::default();
    for reason in Reason::ALL {
        by_reason.add(reason, 1);
    }
    let tally = StageTally { intercepted: by_reason, rejected: by_reason, ..StageTally::default() };
    let some = || "some".to_owned();
    let offence =
        Offence { kind: "oversold".into(), order_id: 1, item: 0, claimant: 2, units: 1, accepted_secs: 1.0 };
    let lost_spans = vec![LostSpan::default()];
    let events = EventsReport { streams: vec![StreamReport::default()], ..EventsReport::default() };
    let counts = CountsReport { counters: vec![CounterReport::default()], ..CountsReport::default() };
    let (events, counts) = (Some(events), Some(counts));
    let places = Places { database_orders: Some(1), inventory_orders: Some(1), ..Places::default() };
    Report {
        report_version: 1,
        verdict: Verdict::Fail,
        reasons: vec![some()],
        totals: Totals::default(),
        stages: vec![StageReport::new("cdn", "Cdn", Realness::InProcess, &tally, Quantiles::default())],
        operations: OperationsReport::default(),
        audit: AuditReport {
            places,
            lost_spans,
            offending: vec![offence],
            events,
            counts,
            ..AuditReport::default()
        },
        targets: vec![TargetResult { target: some(), measured: some(), holds: Some(true), is_fact: true }],
        generator: GeneratorReport::default(),
        servers: vec![ServerReport { kind: some(), version: some(), path: some() }],
        settings: vec![SettingReport { stage: some(), name: some(), value: some() }],
        queue: Some(QueueReport { stage: some(), form: "List".into(), ..QueueReport::default() }),
        other_queues: vec![QueueReport { stage: some(), form: "List".into(), ..QueueReport::default() }],
        shards: vec![ShardReport { nodes: vec![some()], ..ShardReport::default() }],
        reshapes: vec![ReshapeReport {
            stage: some(),
            action: some(),
            started_at_secs: 1.0,
            ended_at_secs: 2.0,
            shard: Some(4),
            slots: 1,
            moving_ms: 1.0,
            is_atomic: true,
            error: Some(some()),
        }],
        troubles: vec![some()],
        instances: vec![InstanceSummary::default()],
        claimed: vec![ClaimedReport {
            stage: some(),
            what: "reads".into(),
            claimed_per_sec: 1,
            requests_per_sec: 1.0,
            cores_used: 1.0,
            requests_per_core_sec: Some(1.0),
        }],
        faults: vec![FaultReport {
            at_secs: 1.0,
            what: some(),
            action: some(),
            stage: some(),
            instance: some(),
            delay_ms: Some(1.0),
            rate_bytes_per_sec: Some(1),
            amount_mib: Some(1),
            lasts_ms: Some(1.0),
            error: Some(some()),
        }],
        failovers: vec![Failover {
            aborted: vec![Abort::default()],
            naive: Some(NaiveClients::default()),
            ..Failover::default()
        }],
        absences: vec![AbsenceReport {
            stage: some(),
            instance: some(),
            from_secs: 1.0,
            to_secs: Some(2.0),
            why: some(),
        }],
        breakers: vec![some_breaker()],
        alerts: vec![some_alert()],
        backup: Some(some_backup()),
        http: Some(some_http()),
        changes: vec![ChangeReport { at_secs: 1.0, what: some(), error: Some(some()) }],
        series: vec![SecondReport::default()],
        timeline: Timeline { stages: vec![StageTimeline::default()], ..Timeline::default() },
        started_at: some(),
        machine: MachineReport::default(),
        seed: 1,
        program_version: some(),
        topology,
    }
}

fn some_breaker() -> BreakerReport {
    BreakerReport {
        stage: String::new(),
        instance: String::new(),
        from_secs: 1.0,
        to_secs: Some(2.0),
        opened: 1,
        shed: 1,
    }
}

fn some_alert() -> AlertReport {
    AlertReport {
        at_secs: 1.0,
        rule: 1,
        what: String::new(),
        stage: String::new(),
        measured: 1.0,
        measured_text: String::new(),
        change: Some(String::new()),
        error: Some(String::new()),
    }
}

fn some_http() -> HttpReport {
    HttpReport {
        answered: BTreeMap::from([(200, 1)]),
        refused: BTreeMap::from([(404, 1)]),
        ..HttpReport::default()
    }
}

fn some_backup() -> BackupReport {
    BackupReport {
        stage: String::new(),
        taken: 1,
        last_at_secs: 1.0,
        last_took_ms: 1.0,
        bytes: 1,
        restore_ms: 1.0,
        is_intact: true,
        orders: 1,
        unknown_orders: 1,
        is_as_promised: true,
        would_lose_orders: 1,
        would_lose_secs: 1.0,
        worst_orders: 1,
    }
}

/// Adds every key below a value, as `stages[].arrivals`. Quantiles, reasons and the topology are explained elsewhere.
fn add_keys(value: &Value, path: &str, keys: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) if path != "topology" => {
            for (key, inner) in fields {
                // Statuses are explained by the keys that they stand in.
                if path == "http" && inner.is_object() {
                    keys.insert(format!("http.{key}"));
                    continue;
                }
                let is_reason = path.ends_with("intercepted") || path.ends_with("rejected");
                if is_reason || QUANTILES.contains(&key.as_str()) {
                    keys.insert(key.clone());
                    continue;
                }
                let dot = if path.is_empty() { "" } else { "." };
                add_keys(inner, &format!("{path}{dot}{key}"), keys);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            let path = format!("{path}[]");
            for item in items {
                add_keys(item, &path, keys);
            }
            keys.insert(path);
            return;
        }
        _ => {}
    }
    if !path.is_empty() && !path.ends_with("[]") {
        keys.insert(path.to_owned());
    }
}

#[test]
fn the_page_of_the_report_explains_every_key_and_no_other() {
    let mut keys = BTreeSet::new();
    add_keys(&serde_json::to_value(full_report(six_phases())).unwrap(), "", &mut keys);
    assert!(keys.contains("audit.places.database_orders") && keys.contains("shed"), "{keys:?}");
    assert_page_has("report.md", &keys);
}

fn six_phases() -> Topology {
    let preset =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("presets/seckill-six-phases.ron"));
    parse_topology(&preset.unwrap()).topology.unwrap()
}

// ---------------------------------------------------------------- comparisons

#[test]
fn the_page_of_comparisons_explains_every_key_and_no_other() {
    let run = |round, design, capacity| {
        let mut topology = six_phases();
        topology.title = format!("{design}");
        if let StageKind::Cdn(cdn) = &mut topology.stages[1].kind {
            cdn.capacity = capacity;
        }
        let mut report = full_report(topology);
        report.totals.arrivals = 10;
        (report.reasons, report.targets) = (Vec::new(), Vec::new());
        Run { round, design, engine_secs: 1.0, report }
    };
    let runs = vec![run(1, 0, 5), run(1, 1, 6), run(2, 0, 5), run(2, 1, 6)];
    let comparison = Comparison::new(&["a.ron".into(), "b.ron".into()], 2, runs);
    let mut keys = BTreeSet::new();
    add_keys(&serde_json::to_value(&comparison).unwrap(), "", &mut keys);
    keys.retain(|key| !key.starts_with("runs[].report.") && !QUANTILES.contains(&key.as_str()));
    keys.retain(|key| Reason::ALL.iter().all(|reason| reason.label() != key));
    // The first design differs from itself in nothing.
    keys.remove("designs[].differences");
    assert!(keys.contains("metrics[].against_first[].difference.low"), "{keys:?}");
    assert_page_has("compare.md", &keys);
    let text = fs::read_to_string(page("compare.md")).unwrap();
    let metrics = METRICS.iter().map(|metric| metric.key);
    for key in metrics.chain(FACTS.iter().map(|fact| fact.key)) {
        assert!(text.contains(&format!("`{key}`")), "compare.md does not explain {key}");
    }
}

// ---------------------------------------------------------------- what a design carries

#[test]
fn the_page_of_capacity_explains_every_key_and_no_other() {
    let gauge = Gauge {
        resource: Resource::ServerCpu,
        stage: Some("inventory".into()),
        process: Some("master".into()),
        used: 1.0,
        full_from: 0.9,
        is_full: true,
        name: String::new(),
        measured: String::new(),
    };
    let point = Point {
        rate_per_sec: 1.0,
        offered_per_sec: 1.0,
        achieved_per_sec: 1.0,
        p50_us: 1,
        p99_us: 1,
        lag_p99_us: 1,
        oversold: Some(0),
        outcome: Outcome::Missed,
        reasons: Vec::new(),
        gauges: vec![gauge.clone()],
    };
    let knee = Knee {
        knee_version: KNEE_VERSION,
        program_version: String::new(),
        is_optimised: true,
        measured_at: String::new(),
        cores: 2,
        servers: vec![ServerReport { kind: String::new(), version: String::new(), path: String::new() }],
        title: String::new(),
        targets: Vec::new(),
        added_targets: Vec::new(),
        requests: "claims",
        duration_secs: 1.0,
        met: Carried { per_sec: Some(1.0), failed_at: Some(2.0) },
        ended_by: EndedBy::Search,
        failure: None,
        sentence: String::new(),
        bottleneck: Some(Bottleneck { rate_per_sec: 2.0, full: vec![gauge], sentence: String::new() }),
        points: vec![point],
    };
    let mut keys = BTreeSet::new();
    add_keys(&serde_json::to_value(knee).unwrap(), "", &mut keys);
    keys.retain(|key| !key.starts_with("bottleneck.full[]."));
    // What may be full has a table of its own.
    let page_has =
        |word: &str| fs::read_to_string(page("capacity.md")).unwrap().contains(&format!("`{word}`"));
    let resources = [
        "server_cpu",
        "machine_cpu",
        "engine_cpu",
        "connections",
        "consumers",
        "rate_limit",
        "room",
        "generator",
    ];
    assert!(resources.iter().all(|word| page_has(word)));
    keys.extend(resources.map(str::to_owned));
    assert_page_has("capacity.md", &keys);
}

/// Asserts that a page explains each of these keys, and that its rows have no other.
fn assert_page_has(name: &str, keys: &BTreeSet<String>) {
    let text = fs::read_to_string(page(name)).unwrap();
    for key in keys {
        assert!(text.contains(&format!("`{key}`")), "{name} does not explain `{key}`");
    }
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    for row in rows {
        assert!(keys.contains(row), "{name} explains `{row}`, which nothing has");
    }
}

// ---------------------------------------------------------------- systems

#[test]
fn every_preset_has_its_place_among_the_systems_and_in_the_readme() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |name: &str| fs::read_to_string(root.join(name)).unwrap();
    let (systems, readme) = (read("docs/systems.md"), read("README.md"));
    for preset in seckill_lab::files::presets::PRESETS {
        // Of the failovers the table of systems has the family; their text has each.
        assert!(systems.contains(preset.file), "{} has no place among the systems", preset.file);
        assert!(
            readme.contains(&format!("presets/{}`", preset.file)),
            "{} is not in the README",
            preset.file
        );
    }
    for word in systems.split(|c: char| !(c.is_alphanumeric() || "-./*".contains(c))) {
        if let Some(file) = word.strip_suffix(".ron").filter(|file| !file.contains('*')) {
            let path = format!("presets/{}.ron", file.trim_start_matches("presets/"));
            assert!(root.join(&path).is_file(), "{path} is named and isn't there");
        }
    }
}
