//! A summary as Markdown, short enough for a pull request.

use std::fmt::Write;

use super::sentence::{promise, sentence};
use super::text::grouped;
use super::verdict::{Verdict, micros};
use super::words;
use super::{Report, StageReport, http};
use crate::lang::{Lang, Text, text};
use crate::topology::StageKind;

/// Reasons, troubles and offending orders that are listed.
const LISTED: usize = 10;

const TIMES: Text = text("p99 of claims {}, of reads {}", "p99：购买 {}，读取 {}");
const RATES: Text = text("offered {}/s, achieved {}/s over {} s", "到达 {}/s，达成 {}/s，历时 {} 秒");
const MADE: Text = text("seed {}, seckill-lab {}, {}", "随机种子 {}，seckill-lab {}，{}");

/// The summary, with a newline at its end.
pub fn render(report: &Report, lang: Lang) -> String {
    let mut text = String::new();
    match write(&mut text, report, lang) {
        Ok(()) => text,
        Err(_) => unreachable!("writing to a String can't fail"),
    }
}

fn write(out: &mut String, report: &Report, lang: Lang) -> std::fmt::Result {
    let (sign, word) = match report.verdict {
        Verdict::Pass => ("✅", words::PASS),
        Verdict::Fail => ("❌", words::FAIL),
        Verdict::Inconclusive => ("❔", words::INCONCLUSIVE),
    };
    let promise = promise(report).map_or_else(String::new, |promise| format!(", {}", lang.t(promise)));
    writeln!(out, "### {sign} {}: {}{promise}\n", plain(&report.topology.title), lang.t(word))?;
    if !report.topology.question.is_empty() {
        writeln!(out, "> {}\n", plain(&report.topology.question))?;
    }
    writeln!(out, "**{}**\n", plain(&sentence(lang, report)))?;
    for reason in report.reasons.iter().take(LISTED) {
        writeln!(out, "- {}", plain(&lang.of(reason)))?;
    }
    if !report.reasons.is_empty() {
        writeln!(out)?;
    }
    targets(out, report, lang)?;
    funnel(out, report, lang)?;
    offences(out, report, lang)?;
    let (claims, reads) = (&report.operations.claim, &report.operations.read);
    let times =
        [claims, reads].map(|times| if times.ended > 0 { micros(times.response_us.p99) } else { "–".into() });
    let generator = &report.generator;
    let rates = [generator.offered_per_sec, generator.achieved_per_sec].map(|rate| format!("{rate:.0}"));
    let secs = format!("{:.1}", generator.duration_secs);
    let servers = report.servers.iter().map(|server| format!("{} {}", server.kind, server.version));
    let servers = plain(&servers.collect::<Vec<_>>().join(", "));
    writeln!(
        out,
        "{}; {}  ",
        lang.f(TIMES, &[&times[0], &times[1]]),
        lang.f(RATES, &[&rates[0], &rates[1], &secs])
    )?;
    http::lines(lang, report).iter().try_for_each(|line| writeln!(out, "{}  ", plain(line)))?;
    writeln!(out, "{}", lang.f(MADE, &[&report.seed, &plain(&report.program_version), &servers]))
}

fn targets(out: &mut String, report: &Report, lang: Lang) -> std::fmt::Result {
    if report.targets.is_empty() {
        return Ok(());
    }
    let [target, measured, outcome] =
        [words::TARGET, words::MEASURED, words::OUTCOME].map(|head| lang.t(head));
    writeln!(out, "| {target} | {measured} | {outcome} |\n|---|--:|---|")?;
    for target in &report.targets {
        let holds = match target.holds {
            Some(true) => words::HOLDS,
            Some(false) => words::MISSES,
            None => words::UNKNOWN,
        };
        let [target, measured] = [&target.target, &target.measured].map(|said| plain(&lang.of(said)));
        writeln!(out, "| {target} | {measured} | {} |", lang.t(holds))?;
    }
    writeln!(out)
}

fn funnel(out: &mut String, report: &Report, lang: Lang) -> std::fmt::Result {
    let heads =
        [words::STAGE, words::REALNESS, words::ARRIVALS, words::INTERCEPTED, words::PASSED, words::FAILED];
    let heads = heads.map(|head| lang.t(head)).join(" | ");
    writeln!(out, "| {heads} | p99 |\n|---|---|--:|--:|--:|--:|--:|")?;
    for StageReport { name, kind, realness, tally, latency_us, .. } in &report.stages {
        let kind = StageKind::from_word(kind).map_or("", |kind| kind.label());
        let counts = [tally.arrivals, tally.intercepted.sum(), tally.passed, tally.failed + tally.indefinite];
        writeln!(
            out,
            "| {} ({}) | {} | {} | {} |",
            plain(name),
            lang.of(kind),
            lang.of(realness.label()),
            counts.map(grouped).join(" | "),
            micros(latency_us.p99)
        )?;
    }
    writeln!(out)
}

fn offences(out: &mut String, report: &Report, lang: Lang) -> std::fmt::Result {
    let offending = &report.audit.offending;
    for offence in offending.iter().take(LISTED) {
        let kind = lang.of(&offence.kind).replace('_', " ");
        let (order, item, buyer) = (offence.order_id, offence.item, offence.claimant);
        writeln!(out, "- {}: {order} · {item} · {buyer} · {:.3} s", plain(&kind), offence.accepted_secs)?;
    }
    if offending.len() > LISTED {
        writeln!(out, "- … {}", offending.len() - LISTED)?;
    }
    if offending.is_empty() { Ok(()) } else { writeln!(out) }
}

/// Text that stays text: no markup, no table, no link, and nobody is called by a name in it.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for sign in text.replace("://", "&#58;//").replace("www.", "www&#46;").chars() {
        match sign {
            '<' => plain.push_str("&lt;"),
            '>' => plain.push_str("&gt;"),
            '@' => plain.push_str("&#64;"),
            '|' => plain.push_str("&#124;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '~' | '!' => {
                plain.push('\\');
                plain.push(sign);
            }
            sign if sign.is_control() => plain.push(' '),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => plain.push('\u{fffd}'),
            sign => plain.push(sign),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_stays_text() {
        let hostile = "a|b\n# x <img> @all [x](https://e.com) `c` www.e.com";
        let plain = plain(hostile);
        for mark in ["|", "\n", "<", "@", "://", " [", " `", "www."] {
            assert!(!plain.contains(mark), "{mark} {plain}");
        }
    }

    #[test]
    fn a_summary_says_the_verdict_and_the_figures_of_the_report() {
        let report = crate::report::testing::oversold();
        for (lang, word) in [(Lang::En, "Fail"), (Lang::Zh, "未通过")] {
            let text = render(&report, lang);
            assert!(text.contains(word) && text.contains("120,000"), "{text}");
            assert!(text.contains(&grouped(report.stages[1].tally.intercepted.sum())), "{text}");
        }
    }
}
