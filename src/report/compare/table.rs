//! A comparison for a terminal.

use std::fmt::Write;

use super::super::text::grouped;
use super::metric::Unit;
use super::{Comparison, MetricRow, Run, Values};
use crate::report::Verdict;

/// Differences that are listed of a design; of more, their number.
const DIFFERENCES: usize = 40;

/// A comparison as text, with a newline at its end.
pub fn render(comparison: &Comparison) -> String {
    let mut text = String::new();
    match write_all(&mut text, comparison) {
        Ok(()) => text,
        Err(_) => unreachable!("writing to a String can't fail"),
    }
}

fn write_all(out: &mut String, comparison: &Comparison) -> std::fmt::Result {
    write_designs(out, comparison)?;
    write_runs(out, comparison)?;
    write_figures(out, comparison)?;
    for sentence in &comparison.sentences {
        writeln!(out, "  - {sentence}")?;
    }
    if !comparison.remarks.is_empty() {
        writeln!(out)?;
    }
    for remark in &comparison.remarks {
        writeln!(out, "  ! {remark}")?;
    }
    Ok(())
}

fn write_designs(out: &mut String, comparison: &Comparison) -> std::fmt::Result {
    for design in &comparison.designs {
        writeln!(out, "  {}  {}: {}", design.letter, design.name, design.title)?;
        for difference in design.differences.iter().take(DIFFERENCES) {
            writeln!(out, "       {difference}")?;
        }
        if design.differences.len() > DIFFERENCES {
            writeln!(out, "       and {} more differences", design.differences.len() - DIFFERENCES)?;
        }
        if design.letter != 'A' && design.differences.is_empty() {
            writeln!(out, "       differs from A in nothing")?;
        }
    }
    writeln!(out)
}

/// The verdict of each run, a row for each round.
fn write_runs(out: &mut String, comparison: &Comparison) -> std::fmt::Result {
    let first = comparison.runs.first();
    let (seed, arrivals) = first.map_or((0, 0), |run| (run.report.seed, run.report.totals.arrivals));
    let rounds = comparison.runs.iter().map(|run| run.round).max().unwrap_or(0);
    writeln!(
        out,
        "  {rounds} of {} rounds, seed {seed}, {} arrivals in the first run\n",
        comparison.repeat,
        grouped(arrivals)
    )?;
    let heads: Vec<String> = comparison.designs.iter().map(|one| format!("{:<24}", one.letter)).collect();
    writeln!(out, "  {:<7}{}", "round", heads.concat().trim_end())?;
    for round in 1..=rounds {
        let cells = (0..comparison.designs.len()).map(|design| {
            let run = comparison.runs.iter().find(|run| run.round == round && run.design == design);
            format!("{:<24}", run.map_or("–", verdict))
        });
        writeln!(out, "  {round:<7}{}", cells.collect::<String>().trim_end())?;
    }
    writeln!(out)
}

fn verdict(run: &Run) -> &'static str {
    match (run.report.verdict, run.disturbances().is_empty()) {
        (verdict, true) => verdict.label(),
        (Verdict::Fail, false) => "fail, disturbed",
        (_, false) => "inconclusive, disturbed",
    }
}

/// The figures: the middle run of each design with the least and the greatest, and the differences.
fn write_figures(out: &mut String, comparison: &Comparison) -> std::fmt::Result {
    let heads: Vec<String> = comparison.designs.iter().map(|one| format!("{:>34}", one.letter)).collect();
    writeln!(out, "  {:<36}{}", "middle run (least to most)", heads.concat())?;
    for row in &comparison.metrics {
        let cells: Vec<String> =
            row.values.iter().map(|values| format!("{:>34}", cell(row.unit, values))).collect();
        writeln!(out, "  {:<36}{}", row.label, cells.concat())?;
    }
    writeln!(out)?;
    for (design, one) in comparison.designs.iter().enumerate().skip(1) {
        writeln!(
            out,
            "  {:<36}{:>30}{:>30}",
            format!("{} − A, round by round", one.letter),
            "mean difference",
            format!("{:.0} % interval", comparison.confidence * 100.0)
        )?;
        for row in &comparison.metrics {
            write_difference(out, row, design)?;
        }
        writeln!(out)?;
    }
    writeln!(
        out,
        "  Each figure is one run's own; quantiles come from its histogram. An interval is that of the mean of the"
    )?;
    writeln!(
        out,
        "  differences, by itself (Student's t); what is claimed below holds among all figures of a design (Holm).\n"
    )
}

fn write_difference(out: &mut String, row: &MetricRow, design: usize) -> std::fmt::Result {
    let against = row.against_first.iter().find(|against| against.design == design);
    let (mean, interval) = match against.and_then(|against| against.difference) {
        Some(paired) => (
            row.unit.signed(paired.mean),
            format!("{} to {}", row.unit.signed(paired.low), row.unit.signed(paired.high)),
        ),
        None => ("–".to_owned(), "–".to_owned()),
    };
    writeln!(out, "  {:<36}{mean:>30}{interval:>30}", row.label)
}

fn cell(unit: Unit, values: &Values) -> String {
    match (values.middle, values.least, values.most) {
        (Some(middle), Some(least), Some(most)) => {
            format!("{} ({} to {})", unit.told(middle), unit.told(least), unit.told(most))
        }
        _ => "–".to_owned(),
    }
}
