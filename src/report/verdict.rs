//! Targets and the verdict of three.

use serde::{Deserialize, Serialize};

use super::{AuditReport, OperationsReport};
use crate::metrics::{Quantiles, Totals};
use crate::topology::target::{Quantile, Requests, ResponseTime};
use crate::topology::{Expected, Target};

/// What a run says in one word. Also the exit code of the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// All targets hold.
    Pass,
    /// A target does not hold.
    Fail,
    /// The run can't say: it was disturbed or cut short.
    Inconclusive,
}

impl Verdict {
    /// The exit code: 0, 1, 2.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Pass => 0,
            Self::Fail => 1,
            Self::Inconclusive => 2,
        }
    }

    /// The word in reports.
    pub fn label(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Inconclusive => "inconclusive",
        }
    }

    /// Whether it is what a design promises.
    pub fn keeps(self, promise: Expected) -> bool {
        matches!((promise, self), (Expected::Pass, Self::Pass) | (Expected::Fail, Self::Fail))
    }
}

/// How often several runs of one design came to each verdict.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Verdicts {
    /// All targets held.
    pub pass: u64,
    /// A target did not hold.
    pub fail: u64,
    /// The run couldn't say.
    pub inconclusive: u64,
}

impl Verdicts {
    /// Of these.
    pub fn of(verdicts: impl IntoIterator<Item = Verdict>) -> Self {
        let mut counts = Self::default();
        for verdict in verdicts {
            match verdict {
                Verdict::Pass => counts.pass += 1,
                Verdict::Fail => counts.fail += 1,
                Verdict::Inconclusive => counts.inconclusive += 1,
            }
        }
        counts
    }

    /// In words.
    pub fn render(self) -> String {
        [(self.pass, Verdict::Pass), (self.fail, Verdict::Fail), (self.inconclusive, Verdict::Inconclusive)]
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, verdict)| format!("{count} {}", verdict.label()))
            .collect::<Vec<_>>()
            .join(", ")
    }
}

/// A target with what was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TargetResult {
    /// The target in words, with its bound.
    pub target: String,
    /// What was measured, with its unit.
    pub measured: String,
    /// Whether it holds; `null` in JSON where there was nothing to measure.
    pub holds: Option<bool>,
    /// Whether it speaks of counted facts, which a disturbed run can't excuse, or of timing, which it can.
    pub is_fact: bool,
}

/// What targets are held against.
#[derive(Debug, Clone, Copy)]
pub struct Figures<'a> {
    /// How all arrivals ended.
    pub totals: &'a Totals,
    /// Response times.
    pub operations: &'a OperationsReport,
    /// The audit.
    pub audit: &'a AuditReport,
    /// Answers with a version, and those of them that were stale.
    pub versioned: (u64, u64),
    /// Whether the requests came over HTTP from somebody else's load generator.
    pub is_http: bool,
}

/// Holds targets against the figures.
pub fn judge(targets: &[Target], figures: Figures<'_>) -> Vec<TargetResult> {
    targets.iter().map(|target| judge_one(target, figures)).collect()
}

fn judge_one(target: &Target, figures: Figures<'_>) -> TargetResult {
    let (totals, audit) = (figures.totals, figures.audit);
    let at_most = |name: &str, unit: &str, measured: u64, bound: u64| TargetResult {
        target: format!("{name} ≤ {bound} {unit}"),
        measured: if audit.audited {
            format!("{measured} {unit}")
        } else {
            "nothing: no audit was possible".into()
        },
        holds: audit.audited.then_some(measured <= bound),
        is_fact: true,
    };
    let at_least = |name: &str, count: u64, bound: f64| {
        let share = if totals.arrivals == 0 { 0.0 } else { count as f64 / totals.arrivals as f64 };
        TargetResult {
            target: format!("{name} ≥ {}", percent(bound)),
            measured: percent(share),
            holds: (totals.arrivals > 0).then_some(share >= bound),
            is_fact: false,
        }
    };
    match target {
        Target::Oversold(t) => at_most("oversold", "units", audit.oversold, t.at_most),
        Target::Undersold(t) => at_most("undersold", "units", audit.undersold, t.at_most),
        Target::Duplicates(t) => at_most("duplicates", "orders", audit.duplicates, t.at_most),
        Target::LostAcknowledged(t) => {
            at_most("lost acknowledged", "orders", audit.lost_acknowledged, t.at_most)
        }
        Target::LostEvents(t) => at_most("lost events", "events", audit.event_counts().lost, t.at_most),
        Target::DuplicateEvents(t) => {
            at_most("duplicate events", "events", audit.event_counts().duplicates, t.at_most)
        }
        Target::Miscounted(t) => at_most("miscounted", "increments", audit.increments().off(), t.at_most),
        Target::Achieved(t) if figures.is_http => {
            let measured = at_least("achieved of the offered load", totals.achieved(), t.at_least);
            TargetResult {
                // A load generator that waits for answers offers no more than it gets answered.
                holds: measured.holds.filter(|holds| !holds),
                measured: format!(
                    "{} of what came over HTTP; what was offered, its load generator knows",
                    measured.measured
                ),
                ..measured
            }
        }
        Target::Achieved(t) => at_least("achieved of the offered load", totals.achieved(), t.at_least),
        Target::Intercepted(t) => at_least("intercepted of all arrivals", totals.intercepted, t.at_least),
        Target::StaleReads(t) => {
            let (all, stale) = figures.versioned;
            let share = stale as f64 / all.max(1) as f64;
            TargetResult {
                target: format!("stale reads ≤ {}", percent(t.at_most)),
                measured: if all > 0 { percent(share) } else { "nothing: there were none".into() },
                holds: (all > 0).then_some(share <= t.at_most),
                is_fact: false,
            }
        }
        Target::ResponseTime(t) => response_time(t, figures),
    }
}

fn response_time(t: &ResponseTime, figures: Figures<'_>) -> TargetResult {
    let operations = figures.operations;
    let (of, operation) = match t.of {
        Requests::Reads => ("reads", &operations.read),
        Requests::Claims => ("claims", &operations.claim),
        Requests::Appends => ("appends", &operations.append),
        Requests::Counts => ("counts", &operations.count),
        Requests::All => ("all requests", &operations.all),
    };
    let measured = pick(&operation.response_us, t.quantile);
    TargetResult {
        target: format!("{} of {of} ≤ {:?}", t.quantile.word().to_lowercase(), t.at_most),
        measured: match (operation.ended, figures.is_http) {
            (0, _) => "nothing: there were none".into(),
            (_, true) => format!("{} from the moments at which they came over HTTP", micros(measured)),
            (_, false) => micros(measured),
        },
        holds: (operation.ended > 0).then_some(u128::from(measured) <= t.at_most.as_micros()),
        is_fact: false,
    }
}

/// The verdict. Counted facts stand whatever happened; targets of timing count only in a run that nothing disturbed.
pub fn verdict(targets: &[TargetResult], disturbances: &[String]) -> (Verdict, Vec<String>) {
    let missed =
        |result: &&TargetResult| result.holds == Some(false) && (result.is_fact || disturbances.is_empty());
    let mut reasons: Vec<String> = targets.iter().filter(missed).map(reason).collect();
    let unknown: Vec<&TargetResult> = targets.iter().filter(|result| result.holds.is_none()).collect();
    let verdict = if !reasons.is_empty() {
        Verdict::Fail
    } else if disturbances.is_empty() && unknown.is_empty() {
        Verdict::Pass
    } else {
        Verdict::Inconclusive
    };
    reasons.extend(unknown.into_iter().map(unknown_reason));
    reasons.extend_from_slice(disturbances);
    (verdict, reasons)
}

fn reason(result: &TargetResult) -> String {
    format!("{} does not hold: {}", result.target, result.measured)
}

fn unknown_reason(result: &TargetResult) -> String {
    format!("{} is not known: {}", result.target, result.measured)
}

/// What disturbed a run, so that its timing says nothing: the reasons of its verdict that are about no target.
pub fn disturbances(report: &super::Report) -> Vec<&str> {
    let of_targets: Vec<String> =
        report.targets.iter().flat_map(|result| [reason(result), unknown_reason(result)]).collect();
    let is_about_a_target = |one: &&str| of_targets.iter().any(|of_target| of_target == one);
    report.reasons.iter().map(String::as_str).filter(|one| !is_about_a_target(one)).collect()
}

fn pick(quantiles: &Quantiles, quantile: Quantile) -> u64 {
    match quantile {
        Quantile::P50 => quantiles.p50,
        Quantile::P95 => quantiles.p95,
        Quantile::P99 => quantiles.p99,
        Quantile::P999 => quantiles.p999,
    }
}

/// A share in percent, to a tenth.
pub fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// Microseconds in a unit that people read.
pub fn micros(us: u64) -> String {
    match us {
        0..1_000 => format!("{us} µs"),
        1_000..1_000_000 => format!("{:.1} ms", us as f64 / 1e3),
        _ => format!("{:.2} s", us as f64 / 1e6),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::target::{Achieved, Oversold};

    fn results(oversold: u64, answered: u64) -> Vec<TargetResult> {
        let audit = AuditReport { audited: true, oversold, ..AuditReport::default() };
        let totals = Totals { arrivals: 100, served: answered, failed: 100 - answered, ..Totals::default() };
        let operations = OperationsReport::default();
        let figures = Figures {
            totals: &totals,
            operations: &operations,
            audit: &audit,
            versioned: (200, 2),
            is_http: false,
        };
        let targets = [Target::Oversold(Oversold::default()), Target::Achieved(Achieved { at_least: 0.95 })];
        judge(&targets, figures)
    }

    #[test]
    fn the_verdict_follows_facts_first_then_disturbances_then_timing() {
        let disturbed = vec!["the generator fell behind".to_owned()];
        for (oversold, answered, disturbances, expected) in [
            (0, 100, &[][..], Verdict::Pass),
            (1, 100, &[], Verdict::Fail),
            (0, 90, &[], Verdict::Fail),
            (0, 100, &disturbed, Verdict::Inconclusive),
            (0, 90, &disturbed, Verdict::Inconclusive),
            (1, 90, &disturbed, Verdict::Fail),
        ] {
            let (verdict, reasons) = verdict(&results(oversold, answered), disturbances);
            assert_eq!(verdict, expected, "{oversold} {answered} {disturbances:?}");
            assert_eq!(reasons.is_empty(), verdict == Verdict::Pass);
        }
    }
}
