//! A report as one page of HTML that needs nothing else: no network, no library, no script.
//!
//! It is read on the screen, in light and in dark, and on paper. A script of a few lines adds a cursor to the charts; the page's own
//! policy allows that script and that style sheet, by their hashes, and nothing else from anywhere.
//!
//! - [`page`]: the making of a page, in which text can't become markup.
//! - `design`: the picture of the design. `funnel`, `audit`, `outage`, `details`, `surroundings`: its parts.
//! - `chart`: one chart. `charts`: which there are.

mod audit;
mod chart;
mod charts;
mod design;
mod details;
mod funnel;
mod outage;
pub mod page;
mod surroundings;

use self::page::{Align, Page};
use super::sentence::{promise, sentence, spared};
use super::text::grouped;
use super::verdict::{Verdict, micros, percent};
use super::words;
use super::{Report, TargetResult};
use crate::lang::{Lang, Text, text};
use crate::topology::Expected;

/// The style sheet, as it stands in the page.
pub const STYLE: &str = include_str!("style.css");
/// The script, as it stands in the page.
pub const SCRIPT: &str = include_str!("script.js");
/// What the page may do: show itself. The hashes are those of [`STYLE`] and [`SCRIPT`], which a test compares
/// (<https://www.w3.org/TR/CSP3/#grammardef-hash-source>).
pub const POLICY: &str = "default-src 'none'; style-src 'sha256-UTeFpLtajdEAk+YHDBMAdZ5AZBy3VZHyYH5IiTQ5FYg='; script-src 'sha256-JYS/PbAFXYCNgBo4U21jjPKOAs9KoV94TmlgqB3uyyw='; base-uri 'none'; form-action 'none'";

/// What is needed to do a run again.
#[derive(Debug, Clone, Copy)]
pub struct Repeat<'a> {
    /// The name under which the design is to be saved.
    pub file: &'a str,
    /// The design as the text of a topology file.
    pub design: &'a str,
}

/// A report as a page.
pub fn render(report: &Report, lang: Lang, repeat: &Repeat<'_>) -> String {
    let mut page = Page::default();
    page.raw("<!DOCTYPE html>\n");
    let language = match lang {
        Lang::En => "en",
        Lang::Zh => "zh-CN",
    };
    page.inside("html", &[("lang", &language)], |page| {
        head(page, lang, report);
        page.inside("body", &[], |page| {
            page.inside("main", &[], |page| body(page, lang, report, repeat));
            page.inside("script", &[], |page| page.raw(SCRIPT));
        });
    });
    page.raw("\n");
    page.finish()
}

fn head(page: &mut Page, lang: Lang, report: &Report) {
    page.inside("head", &[], |page| {
        page.raw("<meta charset=\"utf-8\">\n");
        page.open("meta", &[("http-equiv", &"Content-Security-Policy"), ("content", &POLICY)]);
        page.raw("\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        page.raw("<meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n");
        page.element("title", &[], format!("{} – {}", report.topology.title, lang.t(words::REPORT)));
        page.inside("style", &[], |page| page.raw(STYLE));
    });
    page.raw("\n");
}

/// A part of the page: its name among the addresses of the page, its title, whether there is anything in it, and what draws it.
type Part<'a> = (&'static str, Text, bool, &'a dyn Fn(&mut Page));

fn body(page: &mut Page, lang: Lang, report: &Report, repeat: &Repeat<'_>) {
    let eventful = details::has_deeds(report);
    let parts: [Part<'_>; 15] = [
        ("design", words::DESIGN, !report.topology.stages.is_empty(), &|page| {
            design::draw(page, lang, report);
        }),
        ("funnel", words::FUNNEL, true, &|page| funnel::draw(page, lang, report)),
        ("targets", words::TARGETS, true, &|page| targets(page, lang, &report.targets)),
        ("charts", words::CHARTS, true, &|page| charts::draw(page, lang, report)),
        ("outages", words::OUTAGES, !report.failovers.is_empty(), &|page| outage::draw(page, lang, report)),
        ("audit", words::AUDIT, true, &|page| audit::draw(page, lang, report)),
        ("times", words::TIMES, true, &|page| details::times(page, lang, report)),
        ("processes", words::PROCESSES, !report.instances.is_empty(), &|page| {
            details::processes(page, lang, report);
        }),
        ("claimed", words::CLAIMED, !report.claimed.is_empty(), &|page| details::claimed(page, lang, report)),
        ("shards", words::SHARDS, !report.shards.is_empty(), &|page| details::shards(page, lang, report)),
        ("deeds", words::DEEDS, eventful, &|page| details::deeds(page, lang, report)),
        ("hands", words::HANDS, report.eventful_queues().next().is_some(), &|page| {
            details::hands(page, lang, report);
        }),
        ("backup", words::BACKUP, report.backup.is_some(), &|page| details::backup(page, lang, report)),
        ("environment", words::SURROUNDINGS, true, &|page| surroundings::draw(page, lang, report)),
        ("repeat", words::REPEAT, true, &|page| surroundings::repeat(page, lang, report, repeat)),
    ];
    masthead(page, lang, report);
    verdict(page, lang, report);
    page.inside("nav", &[("aria-label", &lang.t(words::CONTENTS))], |page| {
        for (name, title, ..) in parts.iter().filter(|part| part.2) {
            page.element("a", &[("href", &format!("#{name}"))], lang.t(*title));
            page.raw(" ");
        }
    });
    for (name, title, _, draw) in parts.iter().filter(|part| part.2) {
        page.inside("section", &[("id", name)], |page| {
            page.element("h2", &[], lang.t(*title));
            draw(page);
        });
        page.raw("\n");
    }
}

fn masthead(page: &mut Page, lang: Lang, report: &Report) {
    let topology = &report.topology;
    page.inside("header", &[], |page| {
        page.element("p", &[("class", &"kicker")], format!("seckill-lab · {}", lang.t(words::REPORT)));
        page.element("h1", &[], &topology.title);
        if !topology.question.is_empty() {
            page.element("p", &[("class", &"question")], &topology.question);
        }
        let promised = match topology.expected {
            Some(Expected::Pass) => lang.t(words::PASS),
            Some(Expected::Fail) => lang.t(words::FAIL),
            None => lang.t(words::NO_PROMISE),
        };
        let mut facts = vec![
            (lang.t(words::PROMISE), promised.to_owned()),
            (lang.t(words::LASTED), format!("{:.1} s", report.generator.duration_secs)),
            (lang.t(words::SEED), report.seed.to_string()),
            (lang.t(words::PROGRAM), report.program_version.clone()),
        ];
        if !report.started_at.is_empty() {
            facts.insert(0, (lang.t(words::BEGAN), report.started_at.replace('T', " ").replace('Z', " UTC")));
        }
        if !topology.source.is_empty() {
            facts.push((lang.t(words::SOURCE), topology.source.clone()));
        }
        page.pairs(&facts);
    });
}

fn verdict(page: &mut Page, lang: Lang, report: &Report) {
    let (class, sign, word) = match report.verdict {
        Verdict::Pass => ("verdict pass", "✓", words::PASS),
        Verdict::Fail => ("verdict fail", "✗", words::FAIL),
        Verdict::Inconclusive => ("verdict unsure", "?", words::INCONCLUSIVE),
    };
    page.inside(
        "section",
        &[("class", &class), ("id", &"verdict"), ("aria-label", &lang.t(words::VERDICT))],
        |page| {
            page.inside("p", &[("class", &"word")], |page| {
                page.element("span", &[("class", &"sign"), ("aria-hidden", &"true")], sign);
                page.element("strong", &[], lang.t(word));
                if let Some(promise) = promise(report) {
                    page.element("span", &[("class", &"promise")], lang.t(promise));
                }
            });
            page.element("p", &[("class", &"sentence")], sentence(lang, report));
            if !report.reasons.is_empty() {
                page.element("h3", &[], lang.t(words::BECAUSE));
                page.list("reasons", report.reasons.iter().map(|reason| lang.of(reason)));
            }
            let changed = report.changes.iter().filter(|change| change.error.is_none());
            let changed: Vec<String> =
                changed.map(|change| format!("{:.1} s: {}", change.at_secs, lang.of(&change.what))).collect();
            if !changed.is_empty() {
                page.element("h3", &[], lang.t(words::CHANGED));
                page.list("reasons", changed);
            }
            if !report.troubles.is_empty() {
                page.element("h3", &[], lang.t(words::TROUBLES));
                page.list("reasons", report.troubles.iter().map(|trouble| lang.of(trouble)));
            }
        },
    );
    key_figures(page, lang, report);
}

/// The few figures that one wants first.
fn key_figures(page: &mut Page, lang: Lang, report: &Report) {
    let (totals, audit, operations) = (&report.totals, &report.audit, &report.operations);
    let mut figures = vec![(text("arrivals", "到达"), grouped(totals.arrivals), "")];
    if audit.audited && !report.is_about_records_only() && audit.stock + audit.sold > 0 {
        let wrong = |count: u64| if count > 0 { "bad" } else { "" };
        figures.push((text("sold", "售出"), grouped(audit.sold), ""));
        figures.push((text("oversold", "超卖"), grouped(audit.oversold), wrong(audit.oversold)));
        figures.push((
            text("lost acknowledged", "已确认但丢失"),
            grouped(audit.lost_acknowledged),
            wrong(audit.lost_acknowledged),
        ));
    }
    if let (_, Some(share)) = spared(report) {
        figures.push((text("never reached the database", "从未到达数据库"), percent(share), ""));
    }
    let asked = if operations.claim.ended > 0 {
        (text("p99 of claims", "购买的 p99"), operations.claim)
    } else {
        (text("p99 of all requests", "所有请求的 p99"), operations.all)
    };
    figures.push((asked.0, micros(asked.1.response_us.p99), ""));
    page.inside("dl", &[("class", &"key")], |page| {
        for (name, figure, class) in figures {
            page.inside("div", &[("class", &class)], |page| {
                page.element("dt", &[], lang.t(name));
                page.element("dd", &[], figure);
            });
        }
    });
}

fn targets(page: &mut Page, lang: Lang, targets: &[TargetResult]) {
    if targets.is_empty() {
        page.element("p", &[], lang.t(words::NO_TARGETS));
        return;
    }
    let heads = [
        (words::TARGET, Align::Left),
        (words::MEASURED, Align::Right),
        (words::OUTCOME, Align::Left),
        (words::KIND, Align::Left),
    ];
    let rows: Vec<Vec<String>> = targets
        .iter()
        .map(|target| {
            let holds = match target.holds {
                Some(true) => words::HOLDS,
                Some(false) => words::MISSES,
                None => words::UNKNOWN,
            };
            let about = if target.is_fact { words::FACT } else { words::TIMING };
            let [target, measured] =
                [&target.target, &target.measured].map(|said| lang.of(said).into_owned());
            vec![target, measured, lang.t(holds).to_owned(), lang.t(about).to_owned()]
        })
        .collect();
    page.table(lang.t(words::TARGETS), &heads.map(|(head, align)| (lang.t(head), align)), &rows);
}
