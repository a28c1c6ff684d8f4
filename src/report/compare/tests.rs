//! Comparisons of runs that are made up here: what is claimed, what is not, and what is left out.

use super::super::testing::report;
use super::super::verdict::verdict;
use super::super::{TargetResult, Verdict};
use super::*;

/// A run with so many of 1,000 arrivals intercepted and a p99 of claims in microseconds.
fn run(round: u32, design: usize, intercepted: u64, p99: u64) -> Run {
    Run { round, design, engine_secs: 0.002, report: report(1_000, intercepted, p99) }
}

fn compare(runs: Vec<Run>) -> Comparison {
    let designs = runs.iter().map(|run| run.design).max().unwrap_or(0) + 1;
    let names: Vec<String> = (0..designs).map(|design| format!("{design}.ron")).collect();
    Comparison::new(&names, 5, runs)
}

/// Five rounds in which B intercepts 310 more of 1,000, more or less, and its p99 is anywhere.
fn usual() -> Vec<Run> {
    let rows = [(500, 811, 900, 2_000), (502, 812, 4_000, 1_000), (499, 810, 1_500, 1_400)];
    let more = [(501, 809, 2_500, 2_600), (500, 810, 1_200, 3_000)];
    (1..)
        .zip(rows.into_iter().chain(more))
        .flat_map(|(round, (a, b, slow, fast))| [run(round, 0, a, slow), run(round, 1, b, fast)])
        .collect()
}

fn said(comparison: &Comparison, part: &str) -> String {
    let found = comparison.sentences.iter().find(|sentence| sentence.contains(part));
    found.unwrap_or_else(|| panic!("nothing of {part}: {:#?}", comparison.sentences)).clone()
}

#[test]
fn a_clear_difference_is_claimed_and_a_vague_one_is_not() {
    let comparison = compare(usual());
    assert_eq!(
        said(&comparison, "intercepts"),
        "B intercepts 31.0 points more of the arrivals (+30.8 points to +31.2 points)"
    );
    let vague = said(&comparison, "p99 of claims");
    assert!(vague.starts_with("p99 of claims: no difference that we can claim of B (−"), "{vague}");
    assert_eq!(
        said(&comparison, "this program"),
        "processor time of this program: the same with B in every round"
    );
    assert!(comparison.says_something() && comparison.remarks.is_empty());
    let row = comparison.metrics.iter().find(|row| row.key == "claims_p99_us").unwrap();
    assert_eq!(row.values[0].middle, Some(1_500.0), "the figure of a run, not a mean");
    assert_eq!((row.values[0].least, row.values[0].most), (Some(900.0), Some(4_000.0)));
}

#[test]
fn what_chance_gives_among_many_comparisons_is_a_hint_only() {
    let mut runs = usual();
    // Differences of 2, 4, 1, 3 and 5 ms: by themselves clear (t = 4.24, p = 0.013), not so among six figures.
    for (run, p99) in runs.iter_mut().filter(|run| run.design == 1).zip([2_900, 8_000, 2_500, 5_500, 6_200]) {
        run.report.operations.claim.response_us.p99 = p99;
    }
    let comparison = compare(runs);
    let row = comparison.metrics.iter().find(|row| row.key == "claims_p99_us").unwrap();
    let against = row.against_first[0];
    assert!((against.difference.unwrap().p_value - 0.0132).abs() < 1e-3, "{against:?}");
    assert_eq!(against.finding, Finding::Hint);
    let hint = said(&comparison, "p99 of claims");
    assert!(hint.starts_with("a hint only, which chance can give among "), "{hint}");
    assert!(hint.contains("p99 of claims is 3.0 ms longer with B"), "{hint}");
}

#[test]
fn a_disturbed_run_is_named_and_its_round_left_out_but_its_facts_count() {
    let mut runs = usual();
    runs[3].report.verdict = Verdict::Inconclusive;
    runs[3].report.reasons = vec!["the generator fell behind its schedule".into()];
    runs[3].report.operations.claim.response_us.p99 = 60_000_000;
    runs[3].report.audit.oversold = 40;
    runs[9].report.audit.oversold = 12;
    let comparison = compare(runs);
    assert_eq!(
        comparison.remarks,
        ["round 2 of B is left out of what was measured: the generator fell behind its schedule"]
    );
    let row = comparison.metrics.iter().find(|row| row.key == "claims_p99_us").unwrap();
    assert_eq!(row.values[1].runs.len(), 4);
    assert_eq!(row.against_first[0].difference.unwrap().pairs, 4);
    assert!(row.values[1].most < Some(1e6));
    assert_eq!(
        said(&comparison, "oversold"),
        "units oversold: A 0 in each of 5 runs; B 0 to 40, above 0 in 2 of 5 runs"
    );
    assert!(table::render(&comparison).contains("inconclusive, disturbed"));
}

#[test]
fn a_run_that_can_not_say_something_about_a_target_is_not_disturbed() {
    let mut runs = usual();
    let target = TargetResult {
        target: "p99 of reads ≤ 5ms".into(),
        measured: "nothing: there were none".into(),
        holds: None,
        is_fact: false,
    };
    for run in &mut runs {
        (run.report.verdict, run.report.reasons) = verdict(std::slice::from_ref(&target), &[]);
        run.report.targets = vec![target.clone()];
    }
    assert_eq!(runs[0].report.verdict, Verdict::Inconclusive);
    assert_eq!(compare(runs).remarks, [""; 0]);
}

#[test]
fn one_round_says_nothing_and_other_arrivals_are_told() {
    let mut runs: Vec<Run> = usual().into_iter().take(2).collect();
    runs[1].report.totals.arrivals = 990;
    let comparison = compare(runs);
    assert!(!comparison.says_something());
    assert_eq!(
        comparison.remarks,
        ["round 1 of B had 990 arrivals, and round 1 of A 1000: they were not the same"]
    );
    said(&comparison, "nothing that was measured can be said of B");
}

#[test]
fn three_designs_are_each_held_against_the_first() {
    let mut runs = usual();
    runs.extend((1..=5).map(|round| run(round, 2, 500, 1_000)));
    let comparison = compare(runs);
    let rows = comparison.metrics.iter().map(|row| row.against_first.iter().map(|one| one.design).collect());
    assert!(rows.into_iter().all(|designs: Vec<usize>| designs == [1, 2]));
    let text = table::render(&comparison);
    assert!(text.contains("B − A, round by round") && text.contains("C − A, round by round"), "{text}");
    assert!(text.contains("  C  2.ron: test\n       differs from A in nothing\n"), "{text}");
}
