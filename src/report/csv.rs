//! The series and the summary as CSV (RFC 4180), for sheets and scripts.
//!
//! A text that a sheet would take for a formula begins with an apostrophe, as sheets themselves write it.

use std::fmt::Write;

use serde_json::Value;

use super::{Report, Timeline};

/// The columns of the series.
const HEADS: &str = "at_secs,span_secs,scope,stage,offered,dropped,achieved,sold,stock_left,backlog,p50_us,p95_us,p99_us,\
                     arrivals,intercepted,passed,failed,indefinite,in_flight";
/// Parts of the report that are no summary.
const LEFT_OUT: [&str; 3] = ["topology", "series", "timeline"];

/// The series: for each bucket a row of the whole run, and then one a stage. What does not apply is empty: the run has no `arrivals`, a stage
/// nothing `offered`. `p99_us` is the response time of the run, and the time at a stage.
pub fn series(report: &Report) -> String {
    let mut text = String::new();
    match write_series(&mut text, &report.timeline) {
        Ok(()) => text,
        Err(_) => unreachable!("writing to a String can't fail"),
    }
}

fn write_series(out: &mut String, run: &Timeline) -> std::fmt::Result {
    write!(out, "{HEADS}\r\n")?;
    for (row, (at, span)) in run.at_secs.iter().zip(run.spans()).enumerate() {
        let counts = joined(&[run.offered[row], run.dropped[row], run.achieved[row], run.sold[row]]);
        let times = joined(&[run.p50_us[row], run.p95_us[row], run.p99_us[row]]);
        let (left, backlog) = (run.stock_left[row], run.backlog[row]);
        write!(out, "{at},{span:.4},run,,{counts},{left},{backlog},{times},,,,,,\r\n")?;
        for stage in &run.stages {
            let counts = joined(&[
                stage.p99_us[row],
                stage.arrivals[row],
                stage.intercepted[row],
                stage.passed[row],
                stage.failed[row],
                stage.indefinite[row],
                stage.in_flight[row],
            ]);
            write!(out, "{at},{span:.4},stage,{},,,,,,,,,{counts}\r\n", cell(&stage.name))?;
        }
    }
    Ok(())
}

/// The summary: every figure and word of the report by its key, as `docs/reference/report.md` explains them; what has a name stands by it.
/// The design and the series are left out.
pub fn summary(report: &Report) -> String {
    let mut rows = Vec::new();
    let json = serde_json::to_value(report);
    let json =
        json.unwrap_or_else(|error| unreachable!("a report has text keys and finite numbers: {error}"));
    if let Value::Object(fields) = json {
        for (key, value) in fields.iter().filter(|(key, _)| !LEFT_OUT.contains(&key.as_str())) {
            add(&mut rows, key, value);
        }
    }
    rows.insert(0, "key,value\r\n".to_owned());
    rows.concat()
}

fn add(rows: &mut Vec<String>, key: &str, value: &Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                add(rows, &format!("{key}.{name}"), value);
            }
        }
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                let name = item.get("name").and_then(Value::as_str);
                let name = name.map_or_else(|| number.to_string(), str::to_owned);
                add(rows, &format!("{key}[{name}]"), item);
            }
        }
        Value::Null => rows.push(format!("{},\r\n", cell(key))),
        Value::String(words) => rows.push(format!("{},{}\r\n", cell(key), cell(words))),
        Value::Bool(_) | Value::Number(_) => rows.push(format!("{},{value}\r\n", cell(key))),
    }
}

fn joined(counts: &[u64]) -> String {
    counts.iter().map(u64::to_string).collect::<Vec<_>>().join(",")
}

/// A text as a cell.
fn cell(text: &str) -> String {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let text = if is_formula { format!("'{text}") } else { text.to_owned() };
    if text.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_and_never_formulas() {
        for (text, as_cell) in [
            ("gate", "gate"),
            ("a,b", "\"a,b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=HYPERLINK(1,2)", "\"'=HYPERLINK(1,2)\""),
            ("@SUM", "'@SUM"),
            ("", ""),
        ] {
            assert_eq!(cell(text), as_cell);
        }
    }

    #[test]
    fn the_series_has_a_cell_for_every_head() {
        let report = crate::report::testing::oversold();
        let text = series(&report);
        let columns = HEADS.split(',').count();
        let lines: Vec<&str> = text.split_terminator("\r\n").collect();
        assert_eq!(lines.len(), 1 + report.timeline.len() * (1 + report.timeline.stages.len()));
        for line in &lines {
            assert_eq!(line.split(',').count(), columns, "{line}");
        }
    }
}
