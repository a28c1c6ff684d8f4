//! A design and its variants side by side.

use std::fmt::Write;

use serde::Serialize;

use super::Report;
use super::text::grouped;
use super::verdict::micros;

/// A variant of a design, and the report of its run.
#[derive(Debug, Serialize)]
pub struct Compared {
    /// The variant's name; "as drawn" for the design itself.
    pub name: String,
    /// The report.
    pub report: Report,
}

/// All of them.
#[derive(Debug, Serialize)]
struct Variants<'a> {
    variants: &'a [Compared],
}

/// As JSON, with a newline at its end.
pub fn to_json(variants: &[Compared]) -> String {
    let mut json = serde_json::to_string_pretty(&Variants { variants })
        .unwrap_or_else(|error| unreachable!("a report has text keys and finite numbers: {error}"));
    json.push('\n');
    json
}

/// As a table for a terminal, one row each, with a newline at its end.
pub fn render(variants: &[Compared]) -> String {
    let longest = variants.iter().map(|compared| compared.name.chars().count()).max().unwrap_or(0).max(7);
    let mut text = String::new();
    let row = |text: &mut String, name: &str, cells: [String; 9]| {
        let cells = cells.map(|cell| format!("{cell:>10}")).concat();
        match writeln!(text, "  {name:<longest$}{cells}") {
            Ok(()) => {}
            Err(_) => unreachable!("writing to a String can't fail"),
        }
    };
    let heads = ["arrivals", "sold", "oversold", "undersold", "lost", "failed", "p50", "p99", "verdict"];
    row(&mut text, "variant", heads.map(str::to_owned));
    for Compared { name, report } in variants {
        let (totals, audit, operations) = (&report.totals, &report.audit, &report.operations);
        // Of claims; where nobody buys, of everything.
        let asked = if operations.claim.ended > 0 { &operations.claim } else { &operations.all };
        let counts = [
            totals.arrivals,
            audit.sold,
            audit.oversold,
            audit.undersold,
            audit.lost_acknowledged,
            totals.failed,
        ];
        let [arrivals, sold, oversold, undersold, lost, failed] = counts.map(grouped);
        let times = [micros(asked.response_us.p50), micros(asked.response_us.p99)];
        let [p50, p99] = times;
        let verdict = report.verdict.label().to_owned();
        row(&mut text, name, [arrivals, sold, oversold, undersold, lost, failed, p50, p99, verdict]);
    }
    text
}
