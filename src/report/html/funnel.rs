//! The funnel: stage by stage what came, what was answered and what went on.

use super::super::words;
use super::page::{Align, Attr, Page, tenth};
use crate::lang::Lang;
use crate::report::text::{bytes, grouped};
use crate::report::verdict::{micros, percent};
use crate::report::{Report, StageReport};
use crate::topology::StageKind;

/// The length of the longest bar.
const BAR: f64 = 160.0;

/// Draws it.
pub fn draw(page: &mut Page, lang: Lang, report: &Report) {
    page.element("p", &[("class", &"lead")], lang.t(words::FUNNEL_LEAD));
    let most = report.stages.iter().map(|stage| stage.tally.arrivals).max().unwrap_or(0);
    let heads = [
        (words::STAGE, Align::Left),
        (words::KIND, Align::Left),
        (words::REALNESS, Align::Left),
        (words::ARRIVALS, Align::Right),
        (words::INTERCEPTED, Align::Right),
        (words::PASSED, Align::Right),
        (words::FAILED, Align::Right),
    ];
    page.inside("div", &[("class", &"scroll")], |page| {
        page.inside("table", &[("class", &"funnel"), ("aria-label", &lang.t(words::FUNNEL))], |page| {
            page.inside("thead", &[], |page| {
                page.inside("tr", &[], |page| {
                    for (head, align) in heads {
                        let class = if align == Align::Right { "n" } else { "w" };
                        page.element("th", &[("scope", &"col"), ("class", &class)], lang.t(head));
                    }
                    page.raw("<th scope=\"col\" class=\"n\">p99</th><td aria-hidden=\"true\"></td>");
                    page.element("th", &[("scope", &"col"), ("class", &"w")], lang.t(words::ANSWERS));
                });
            });
            page.inside("tbody", &[], |page| {
                for stage in &report.stages {
                    page.inside("tr", &[], |page| row(page, lang, stage, most));
                }
            });
        });
    });
    legend(page, lang);
    page.element("p", &[("class", &"law")], law(lang, report));
    let asides = asides(lang, report);
    if !asides.is_empty() {
        page.list("plain", asides);
    }
}

fn legend(page: &mut Page, lang: Lang) {
    let parts = [("on", words::ON), ("own", words::OWN), ("taken", words::TAKEN), ("lost", words::GONE)];
    page.inside("p", &[("class", &"legend")], |page| {
        for (class, name) in parts {
            page.inside("span", &[("class", &"swatch")], |page| {
                page.raw("<svg viewBox=\"0 0 10 10\" aria-hidden=\"true\">");
                page.open("rect", &[("class", &class), ("width", &"10"), ("height", &"10")]);
                page.raw("</rect></svg>");
                page.text(lang.t(name));
            });
        }
    });
}

fn row(page: &mut Page, lang: Lang, stage: &StageReport, most: u64) {
    let tally = &stage.tally;
    page.element("th", &[("scope", &"row"), ("class", &"w")], &stage.name);
    let kind = StageKind::from_word(&stage.kind).map_or("", |kind| kind.label());
    page.element("td", &[("class", &"w")], lang.of(kind));
    page.inside("td", &[("class", &"w")], |page| {
        let class = format!("badge {}", words::badge_class(stage.realness));
        page.element("span", &[("class", &class)], words::badge(lang, stage.realness));
    });
    let counts =
        [tally.arrivals, tally.intercepted.sum(), tally.passed, tally.failed + tally.indefinite].map(grouped);
    for cell in counts {
        page.element("td", &[("class", &"n")], cell);
    }
    page.element("td", &[("class", &"n")], micros(stage.latency_us.p99));
    page.inside("td", &[("aria-hidden", &"true"), ("class", &"bar")], |page| bar(page, stage, most));
    page.element("td", &[("class", &"w small")], answers(lang, stage));
}

/// How much came, as a length, and what became of it: handed on, answered as the owner, intercepted, failed.
fn bar(page: &mut Page, stage: &StageReport, most: u64) {
    let tally = &stage.tally;
    let owned = tally.served + tally.sold + tally.rejected.sum();
    let parts = [
        ("on", tally.handed_on()),
        ("own", owned),
        ("taken", tally.intercepted.sum()),
        ("lost", tally.failed + tally.indefinite + tally.given_back),
    ];
    let whole: u64 = parts.iter().map(|(_, count)| count).sum();
    let length = (BAR * tally.arrivals as f64 / most.max(1) as f64).max(if whole > 0 { 2.0 } else { 0.0 });
    page.inside("svg", &[("viewBox", &format!("0 0 {BAR} 14")), ("class", &"meter")], |page| {
        let mut at = 0.0;
        for (class, count) in parts.into_iter().filter(|(_, count)| *count > 0) {
            let width = length * count as f64 / whole.max(1) as f64;
            let (x, width_text) = (tenth(at), tenth(width.max(0.5)));
            let attributes: [Attr<'_>; 5] =
                [("class", &class), ("x", &x), ("y", &"1"), ("width", &width_text), ("height", &"12")];
            page.open("rect", &attributes);
            page.close("rect");
            at += width;
        }
    });
}

fn answers(lang: Lang, stage: &StageReport) -> String {
    let tally = &stage.tally;
    let mut parts = words::reasons(lang, &tally.intercepted);
    let own = [(words::SERVED, tally.served), (words::SOLD_HERE, tally.sold)];
    let own = own.into_iter().filter(|(_, count)| *count > 0);
    parts.extend(own.map(|(words, count)| format!("({})", lang.f(words, &[&grouped(count)]))));
    let refused = words::reasons(lang, &tally.rejected);
    parts.extend(refused.iter().map(|why| format!("({})", lang.f(words::REJECTED_HERE, &[why]))));
    parts.join(", ")
}

fn law(lang: Lang, report: &Report) -> String {
    let totals = &report.totals;
    let counts = [
        totals.arrivals,
        totals.dropped,
        totals.intercepted,
        totals.served,
        totals.sold,
        totals.rejected,
        totals.failed,
        totals.indefinite,
    ]
    .map(grouped);
    let counts: Vec<&dyn std::fmt::Display> = counts.iter().map(|count| count as _).collect();
    lang.f(words::LAW, &counts)
}

/// What else stages have to say: stale answers, pages that were spared, retries, breakers.
fn asides(lang: Lang, report: &Report) -> Vec<String> {
    let mut said = Vec::new();
    for stage in &report.stages {
        let (tally, name) = (&stage.tally, &stage.name);
        if tally.stale_reads > 0 {
            let (stale, all, age) = (tally.stale_reads, tally.versioned_reads, stage.stale_age_us);
            let share = percent(stale as f64 / all.max(1) as f64);
            let ages = [age.p50, age.p99, age.max].map(micros);
            let counts = [stale, all].map(grouped);
            said.push(
                lang.f(words::STALE, &[name, &counts[0], &counts[1], &share, &ages[0], &ages[1], &ages[2]]),
            );
        }
        if tally.page_bytes_saved > 0 {
            let sizes = [tally.page_bytes_sent, tally.page_bytes_saved].map(bytes);
            said.push(lang.f(words::PAGES, &[name, &sizes[0], &sizes[1]]));
        }
        if tally.retries > 0 {
            said.push(lang.f(words::RETRIED, &[name, &grouped(tally.retries)]));
        }
    }
    for span in &report.breakers {
        let until = span.to_secs.map_or_else(|| lang.t(words::END).to_owned(), |secs| format!("{secs:.1} s"));
        let (from, opened, shed) =
            (format!("{:.1}", span.from_secs), grouped(span.opened), grouped(span.shed));
        said.push(lang.f(words::BREAKER, &[&span.instance, &span.stage, &from, &until, &opened, &shed]));
    }
    said
}
