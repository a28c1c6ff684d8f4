//! Reports as pages, sheets, Markdown and JUnit's XML: nothing that somebody named becomes markup, nothing is fetched, and every figure
//! is that of the report. What is made is read by Python's own parsers.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::fs;
use std::path::Path;
use std::process::Command;

use seckill_lab::files::export::{self, Export, Form, read_reports};
use seckill_lab::files::presets::{PRESETS, Preset};
use seckill_lab::lang::Lang;
use seckill_lab::report::html::{POLICY, SCRIPT, STYLE};
use seckill_lab::report::read::from_json;
use seckill_lab::report::text::grouped;
use seckill_lab::report::{Report, StageTimeline, TargetResult, Timeline, markdown};
use seckill_lab::topology::Topology;
use serde_json::json;

/// What a browser would fetch, and what would run.
const FETCHES: [&str; 12] = [
    "src=",
    "url(",
    "@import",
    "http:",
    "https:",
    "<link",
    "<iframe",
    "<object",
    "<base",
    "javascript:",
    "srcset",
    "fetch(",
];
/// Names as somebody would choose them who wants to break out.
const HOSTILE: [&str; 6] = [
    "</title><script>alert(1)</script>",
    "\"><img onerror=\"alert(1)\">",
    "' onmouseover='alert(1)",
    "]]><!-- & &amp; \u{0}\u{1b}[31m",
    "\u{202e}gnp.exe\u{2066}",
    "=HYPERLINK(\"x\"),@all | `code`\r\n# heading",
];

/// Runs Python on a program, with paths; what it prints, without white space around.
fn python(program: &str, arguments: &[&Path]) -> String {
    let out = Command::new("python3").arg("-c").arg(program).args(arguments).output();
    let out = out.expect("python3 is needed: install it by the system's packages");
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap().trim().to_owned()
}

/// A report of a design, made of what a file would say.
fn report(topology: &Topology) -> Report {
    let stages: Vec<_> = topology
        .stages
        .iter()
        .map(|stage| {
            json!({"name": stage.name, "kind": stage.kind.word(), "realness": "in_process", "arrivals": 1_234_567,
                   "intercepted": {"cache_hit": 1_000_000}, "passed": 234_567, "in_flight": 0,
                   "latency_us": {"p99": 4_321}, "stale_age_us": {}})
        })
        .collect();
    let text = json!({
        "report_version": 1, "verdict": "fail", "reasons": ["oversold ≤ 0 units does not hold: 7 units"],
        "totals": {"arrivals": 1_234_567, "intercepted": 1_000_000, "sold": 234_567}, "stages": stages,
        "audit": {"audited": true, "stock": 1_000, "sold": 1_007, "oversold": 7, "lost_acknowledged": 2,
            "offending": [{"kind": "oversold", "order_id": 987_654, "item": 3, "claimant": 4_242, "units": 1, "accepted_secs": 1.5}]},
        "targets": [{"target": "oversold ≤ 0 units", "measured": "7 units", "holds": false, "is_fact": true}],
        "servers": [{"kind": "Valkey", "version": "9.9.9", "path": "/bin/valkey-server"}],
        "settings": [{"stage": "cdn", "name": "retries", "value": "none"}],
        "seed": 18_446_744_073_709_551_615_u64, "program_version": "0.1.0", "topology": topology,
        "started_at": "2026-01-02T03:04:05Z",
    });
    let mut report = from_json(&text.to_string()).unwrap().pop().unwrap().report;
    let names = topology.stages.iter().map(|stage| stage.name.clone());
    let stages = names.map(|name| StageTimeline { name, arrivals: vec![3; 7], ..StageTimeline::default() });
    report.timeline = Timeline {
        at_secs: (1..=7).map(|n| f64::from(n) / 10.0).collect(),
        offered: vec![176_366, 176_366, 176_367, 176_367, 176_367, 176_367, 176_367],
        sold: vec![33_509, 33_509, 33_509, 33_510, 33_510, 33_510, 33_510],
        stages: stages.collect(),
        ..Timeline::default()
    };
    report.timeline.mend();
    report
}

fn design() -> Topology {
    PRESETS[0].topology().unwrap().clone()
}

/// A design in which everything that can be named has such a name.
fn hostile_report(name: &str) -> Report {
    let mut topology = design();
    (topology.title, topology.question, topology.source) = (name.into(), name.into(), name.into());
    for (number, stage) in topology.stages.iter_mut().enumerate() {
        let new = format!("{name}{number}");
        for link in &mut topology.links {
            for end in [&mut link.from, &mut link.to] {
                if *end == stage.name {
                    end.clone_from(&new);
                }
            }
        }
        stage.name = new;
    }
    let mut report = report(&topology);
    report.reasons = vec![name.into()];
    report.troubles = vec![name.into()];
    report.targets.push(TargetResult {
        target: name.into(),
        measured: name.into(),
        holds: None,
        is_fact: false,
    });
    report.servers[0].path = name.into();
    report.program_version = name.into();
    report.started_at = name.into();
    report.settings[0].value = name.into();
    report.audit.offending[0].kind = name.to_owned().into();
    report
}

/// The pages of every preset, in both languages.
fn pages() -> Vec<String> {
    let topologies = PRESETS.iter().filter_map(Preset::topology);
    let reports = topologies.map(report);
    reports.flat_map(|report| Lang::ALL.map(|lang| export::to_html(&report, lang))).collect()
}

#[test]
fn a_page_fetches_nothing_and_leads_nowhere_else() {
    for page in pages() {
        let program_text = page.find("<pre>").map_or(&*page, |at| &page[..at]);
        for fetch in FETCHES {
            assert!(!program_text.contains(fetch), "{fetch} in {program_text}");
        }
        assert!(program_text.matches("href=").count() == program_text.matches("href=\"#").count());
        assert!(!page.contains("style="), "the policy forbids styles of single elements");
    }
}

#[test]
fn the_policy_of_a_page_allows_its_own_script_and_style_sheet_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [("script", SCRIPT), ("style", STYLE)] {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        let hash = "import hashlib, base64, sys\n\
                    print(base64.b64encode(hashlib.sha256(open(sys.argv[1], 'rb').read()).digest()).decode())";
        let source = format!("{name}-src 'sha256-{}';", python(hash, &[&path]));
        assert!(POLICY.contains(&source), "write {source} into POLICY");
    }
    assert!(POLICY.starts_with("default-src 'none';") && !POLICY.contains("unsafe"));
    let page = export::to_html(&report(&design()), Lang::En);
    // Before anything that it has to hold back.
    assert!(page.find("Content-Security-Policy").unwrap() < page.find("<title>").unwrap());
}

#[test]
fn hostile_names_stay_text_in_a_page() {
    let folder = tempfile::tempdir().unwrap();
    let look = r#"
import html.parser, sys
class Look(html.parser.HTMLParser):
    VOID = {"meta"}
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.bad, self.seen = [], {}, [], ""
    def handle_starttag(self, tag, attrs):
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.bad += [name for name, _ in attrs if name.startswith("on") or name in ("style", "src")]
        if tag not in self.VOID: self.open.append(tag)
    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag: self.bad.append("</" + tag)
    def handle_data(self, data): self.seen += data
look = Look()
look.feed(open(sys.argv[1], encoding="utf-8").read())
print(look.tags["script"], look.tags.get("img", 0), look.bad, look.open)
"#;
    for name in HOSTILE {
        let path = folder.path().join("report.html");
        let page = export::to_html(&hostile_report(name), Lang::Zh);
        fs::write(&path, &page).unwrap();
        assert_eq!(python(look, &[&path]), "1 0 [] []", "{name}");
        assert!(!page.contains('\u{202e}') && !page.contains('\u{0}') && !page.contains('\u{1b}'));
    }
}

#[test]
fn junit_is_well_formed_and_counts_what_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let look = r#"
import sys, xml.etree.ElementTree as tree
suite = tree.parse(sys.argv[1]).getroot().find("testsuite")
order = [child.tag for child in suite]
assert order == sorted(order, key=["properties", "testcase", "system-out", "system-err"].index), order
cases = suite.findall("testcase")
for name in ("name", "timestamp", "hostname", "time", "id", "package"): assert name in suite.attrib, name
count = lambda tag: sum(1 for case in cases if case.find(tag) is not None)
for attribute, number in (("tests", len(cases)), ("failures", count("failure")), ("errors", count("error")), ("skipped", count("skipped"))):
    assert int(suite.attrib[attribute]) == number, attribute
assert all(len(case) <= 1 for case in cases)
print(len(cases), count("failure"))
"#;
    let path = folder.path().join("report.xml");
    for report in HOSTILE.iter().map(|name| hostile_report(name)).chain([report(&design())]) {
        Export::reserve(Form::Junit, &path).unwrap().write(&report, Lang::En).unwrap();
        let counts = python(look, &[&path]);
        assert!(counts.ends_with(" 2"), "the verdict and the target: {counts}");
    }
}

#[test]
fn sheets_are_read_back_as_they_were_and_add_up_to_the_totals() {
    let folder = tempfile::tempdir().unwrap();
    let look = r#"
import csv, sys
rows = list(csv.DictReader(open(sys.argv[1], newline="", encoding="utf-8")))
run = [row for row in rows if row["scope"] == "run"]
assert all(None not in row and None not in row.values() for row in rows)
summary = {row["key"]: row["value"] for row in csv.DictReader(open(sys.argv[2], newline="", encoding="utf-8"))}
assert not any(value[:1] in "=+@" for value in summary.values() if value)
stages = {row["stage"] for row in rows if row["scope"] == "stage"}
print(sum(int(row["offered"]) for row in run), sum(int(row["sold"]) for row in run), len(run), len(stages),
      summary["totals.arrivals"], summary["audit.oversold"], summary["seed"])
"#;
    let path = folder.path().join("sale.csv");
    for report in HOSTILE.iter().map(|name| hostile_report(name)).chain([report(&design())]) {
        Export::reserve(Form::Csv, &path).unwrap().write(&report, Lang::En).unwrap();
        let stages = report.topology.stages.len();
        let said = format!("1234567 234567 7 {stages} 1234567 7 18446744073709551615");
        assert_eq!(python(look, &[&path, &export::summary_path(&path)]), said);
    }
}

#[test]
fn the_figures_of_a_page_are_those_of_the_report() {
    let report = report(&design());
    for lang in Lang::ALL {
        let page = export::to_html(&report, lang);
        for figure in [1_234_567, 1_000_000, 234_567, 1_007].map(grouped) {
            assert!(page.contains(&figure), "{figure}");
        }
        for word in ["987654", "4242", "18446744073709551615", "9.9.9", "4.3 ms"] {
            assert!(page.contains(word), "{word}");
        }
        // The columns of "the run in figures" add up.
        let name =
            if lang == Lang::En { "\"The run in figures\"" } else { "\"以数字列出这次运行\"" };
        let table = &page[page.find(name).unwrap()..];
        let cells = |column: usize| -> u64 {
            let body =
                table.split("<tbody>").nth(1).map_or("", |rest| rest.split("</tbody>").next().unwrap());
            let cell = |row: &str| {
                row.split("</td>").nth(column).unwrap().rsplit('>').next().unwrap().replace(',', "")
            };
            body.split("</tr>")
                .filter(|row| row.contains("<td"))
                .map(|row| cell(row).parse::<u64>().unwrap())
                .sum()
        };
        assert_eq!((cells(0), cells(3)), (report.totals.arrivals, report.totals.sold), "{lang:?}");
    }
}

#[test]
fn markdown_calls_nobody_and_links_nowhere() {
    for name in HOSTILE {
        let text = markdown::render(&hostile_report(name), Lang::En);
        for mark in ["<script", "<img", "@all", "\n# heading", "https://"] {
            assert!(!text.contains(mark), "{mark} {text}");
        }
        let rows = text.lines().filter(|line| line.starts_with('|')).map(|line| line.matches('|').count());
        assert!(rows.clone().all(|bars| bars == 4 || bars == 8), "{text}");
    }
}

#[test]
fn what_is_written_as_json_is_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("report.json");
    for preset in PRESETS {
        let report = report(preset.topology().unwrap());
        Export::reserve(Form::Json, &path).unwrap().write(&report, Lang::En).unwrap();
        let read = read_reports(&path).unwrap();
        assert_eq!(read.len(), 1);
        assert_eq!(read[0].report, report, "{}", preset.file);
    }
}
