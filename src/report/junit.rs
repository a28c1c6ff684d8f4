//! Verdict, targets and findings of the audit as test cases, in the XML of JUnit that CI servers read.
//!
//! The form is the one that the Ant task defines and Jenkins, GitLab and GitHub's actions read
//! (<https://github.com/windyroad/JUnit-Schema>). What fails here is what makes the program's exit code: a target that does not hold. A
//! finding that no target speaks of is a case that was skipped, with what was found.

use super::html::page::escaped;
use super::text::sentence;
use super::verdict::Verdict;
use super::{AuditReport, Report};
use crate::topology::Target;

/// What became of a case.
enum Outcome {
    Passed,
    Failed(String),
    Errored(String),
    Skipped(String),
}

struct Case {
    class: &'static str,
    name: String,
    outcome: Outcome,
}

/// The report as XML, with a newline at its end.
pub fn render(report: &Report) -> String {
    let cases = cases(report);
    let of = |key: &str, value: &str| {
        format!("<property name=\"{key}\" value=\"{}\"/>\n", escaped(&one_line(value)))
    };
    let mut parts = vec![
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n".to_owned(),
        suite(report, &cases),
        "<properties>\n".to_owned(),
        of("seed", &report.seed.to_string()),
        of("program_version", &report.program_version),
        "</properties>\n".to_owned(),
    ];
    parts.extend(cases.iter().map(rendered));
    parts.push(format!("<system-out>{}</system-out>\n", escaped(&super::text::render(report))));
    parts.push(format!("<system-err>{}</system-err>\n", escaped(&report.troubles.join("\n"))));
    parts.push("</testsuite>\n</testsuites>\n".to_owned());
    parts.concat()
}

/// The tag that opens the suite, with what it counts.
fn suite(report: &Report, cases: &[Case]) -> String {
    let count = |is: fn(&Outcome) -> bool| cases.iter().filter(|case| is(&case.outcome)).count();
    let failures = count(|outcome| matches!(outcome, Outcome::Failed(_)));
    let errors = count(|outcome| matches!(outcome, Outcome::Errored(_)));
    let skipped = count(|outcome| matches!(outcome, Outcome::Skipped(_)));
    let (tests, secs) = (cases.len(), report.generator.duration_secs);
    let name = escaped(&one_line(&report.topology.title));
    // The form knows no time zone.
    let began = report.started_at.trim_end_matches('Z');
    let began = escaped(&one_line(if began.is_empty() { "1970-01-01T00:00:00" } else { began }));
    format!(
        "<testsuite name=\"{name}\" package=\"seckill-lab\" id=\"0\" timestamp=\"{began}\" hostname=\"localhost\" \
         tests=\"{tests}\" failures=\"{failures}\" errors=\"{errors}\" skipped=\"{skipped}\" time=\"{secs:.3}\">\n"
    )
}

fn rendered(case: &Case) -> String {
    let head = format!(
        "<testcase classname=\"seckill-lab.{}\" name=\"{}\" time=\"0.000\"",
        case.class,
        escaped(&one_line(&case.name))
    );
    let said = |text: &str| (escaped(&one_line(text)), escaped(text));
    match &case.outcome {
        Outcome::Passed => format!("{head}/>\n"),
        Outcome::Failed(why) => {
            let (line, text) = said(why);
            format!(
                "{head}><failure message=\"{line}\" type=\"{}\">{text}</failure></testcase>\n",
                case.class
            )
        }
        Outcome::Errored(why) => {
            let (line, text) = said(why);
            format!("{head}><error message=\"{line}\" type=\"{}\">{text}</error></testcase>\n", case.class)
        }
        Outcome::Skipped(why) => format!("{head}><skipped message=\"{}\"/></testcase>\n", said(why).0),
    }
}

fn one_line(text: &str) -> String {
    text.replace(['\n', '\r', '\t'], " ")
}

fn cases(report: &Report) -> Vec<Case> {
    let is_disturbed = report.verdict == Verdict::Inconclusive;
    let verdict = match report.verdict {
        Verdict::Pass => Outcome::Passed,
        Verdict::Fail => Outcome::Failed(format!("{}\n{}", sentence(report), report.reasons.join("\n"))),
        Verdict::Inconclusive => Outcome::Errored(report.reasons.join("\n")),
    };
    let mut cases = vec![Case { class: "verdict", name: "verdict".into(), outcome: verdict }];
    cases.extend(report.targets.iter().map(|target| {
        let measured = format!("measured {}", target.measured);
        let outcome = match target.holds {
            Some(true) => Outcome::Passed,
            // Of a disturbed run nobody can say whose fault a time is.
            Some(false) if is_disturbed && !target.is_fact => {
                Outcome::Skipped(format!("{measured}, in a disturbed run"))
            }
            Some(false) => Outcome::Failed(measured),
            None => Outcome::Skipped(measured),
        };
        Case { class: "target", name: target.target.clone(), outcome }
    }));
    cases.extend(findings(report));
    cases
}

/// What the audit looked for, but for what a target speaks of.
fn findings(report: &Report) -> impl Iterator<Item = Case> {
    let audit = &report.audit;
    let targets = &report.topology.targets;
    let is_named = |word: &str| targets.iter().any(|target: &Target| target.word() == word);
    let rows: Vec<(&'static str, u64, &'static str)> =
        looked_for(audit).into_iter().filter(|(word, ..)| !is_named(word)).collect();
    let offending = |kind: &str| {
        let orders = audit.offending.iter().filter(|offence| offence.kind == kind).take(20);
        orders.map(|order| order.order_id.to_string()).collect::<Vec<_>>().join(", ")
    };
    let cases: Vec<Case> = rows
        .into_iter()
        .map(|(word, count, kind)| {
            let outcome = match count {
                _ if !audit.audited => Outcome::Skipped("no audit was possible".into()),
                0 => Outcome::Passed,
                count => {
                    let orders = offending(kind);
                    let orders = if orders.is_empty() { orders } else { format!("; orders {orders}") };
                    Outcome::Skipped(format!("{count} found, and no target speaks of it{orders}"))
                }
            };
            Case { class: "audit", name: spaced(word), outcome }
        })
        .collect();
    cases.into_iter()
}

/// Findings: the target that would speak of one, how many there are, and the kind of its offending orders.
fn looked_for(audit: &AuditReport) -> Vec<(&'static str, u64, &'static str)> {
    let mut rows = vec![
        ("Oversold", audit.oversold, "oversold"),
        ("Undersold", audit.undersold, ""),
        ("Duplicates", audit.duplicates, "duplicate"),
        ("LostAcknowledged", audit.lost_acknowledged, "lost_acknowledged"),
        ("PresentAndNeverAcknowledged", audit.unacknowledged_present, "unacknowledged_present"),
        ("Misplaced", audit.misplaced, "misplaced"),
    ];
    if audit.events.is_some() {
        let events = audit.event_counts();
        rows.extend([("LostEvents", events.lost, ""), ("DuplicateEvents", events.duplicates, "")]);
    }
    if audit.counts.is_some() {
        rows.push(("Miscounted", audit.increments().off(), ""));
    }
    rows
}

/// "`LostAcknowledged`" as "lost acknowledged".
fn spaced(word: &str) -> String {
    let mut spaced = String::new();
    for sign in word.chars() {
        if sign.is_uppercase() && !spaced.is_empty() {
            spaced.push(' ');
        }
        spaced.extend(sign.to_lowercase());
    }
    spaced
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::testing;

    #[test]
    fn cases_fail_where_the_exit_code_says_so() {
        let mut report = testing::oversold();
        let text = render(&report);
        assert!(text.contains("<failure message=\"measured 3 units\" type=\"target\">"), "{text}");
        assert!(text.contains("failures=\"2\" errors=\"0\""), "the target and the verdict: {text}");
        assert!(text.contains("name=\"lost acknowledged\""), "no target speaks of it");
        assert_eq!(text.matches("name=\"oversold").count(), 1, "a target speaks of it");
        report.verdict = Verdict::Inconclusive;
        let text = render(&report);
        assert!(text.contains("errors=\"1\""), "{text}");
        assert_eq!(spaced("LostAcknowledged"), "lost acknowledged");
    }

    #[test]
    fn names_are_escaped_and_signs_that_xml_has_not_are_left_out() {
        let mut report = testing::oversold();
        report.topology.title = "<&\"\u{0}\u{b}]]>".into();
        report.targets[0].target = "a < b & \"c\"\n".into();
        let text = render(&report);
        assert!(text.contains("<testsuite name=\"&lt;&amp;&quot;]]&gt;\""), "{text}");
        assert!(text.contains("name=\"a &lt; b &amp; &quot;c&quot; \""), "{text}");
    }
}
