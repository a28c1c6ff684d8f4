//! Outages, step by step: a bar over time and the moments in it.

use super::page::{Align, Attr, Page, tenth};
use crate::lang::{Lang, Text, text};
use crate::metrics::failover::{Failover, Outcome};
use crate::report::Report;

const NO_FAULT: Text = text("{}, no fault of this run", "{}，并非本次运行注入的故障");
const FROM_TO: Text = text("{} was master, {} is", "主节点由 {} 变为 {}");
const DETECTION: Text = text("detection", "发现");
const PROMOTION: Text = text("promotion", "提升");
const RECOVERY: Text = text("recovery", "恢复");
const UNAVAILABLE: Text = text("unavailable", "不可用");
const TWO_MASTERS: Text = text("two masters", "双主");
const ABORTED: Text = text("given up at {}: {}", "在 {} 放弃：{}");
const NAIVE: Text = text(
    "naive clients: first error at {}, the former master acknowledged their writes until {}",
    "固守首个地址的客户端：首个错误在 {}，原主节点确认其写入直到 {}",
);
const STEP: Text = text("step", "步骤");
const AT: Text = text("at", "时刻");
const AFTER: Text = text("after the fault", "距故障");
const BAR: Text = text("Time bar of the outage", "中断的时间条");

const WIDTH: f64 = 880.0;
const HEIGHT: f64 = 64.0;
const EDGE: f64 = 10.0;

/// Draws all of them.
pub fn draw(page: &mut Page, lang: Lang, report: &Report) {
    for outage in &report.failovers {
        one(page, lang, outage);
    }
}

fn one(page: &mut Page, lang: Lang, outage: &Failover) {
    let cause = outage.cause.as_ref().map(|cause| lang.of(cause).into_owned());
    let cause = cause.unwrap_or_else(|| lang.f(NO_FAULT, &[&outage.stage]));
    page.element("h3", &[], format!("{cause} · {}", lang.of(outage.outcome.label())));
    if outage.outcome == Outcome::Failover {
        let names = [&outage.master_before, &outage.master_after].map(|name| lang.of(name));
        page.element("p", &[("class", &"lead")], lang.f(FROM_TO, &[&names[0], &names[1]]));
    }
    bar(page, lang, outage);
    let secs = |span: Option<f64>| span.map_or_else(|| "–".to_owned(), |span| format!("{span:.3} s"));
    page.pairs(&[
        (lang.t(DETECTION), secs(outage.detection_secs)),
        (lang.t(PROMOTION), secs(outage.promotion_secs)),
        (lang.t(UNAVAILABLE), secs(outage.unavailable_secs)),
        (lang.t(TWO_MASTERS), format!("{:.1} s", outage.two_masters_secs)),
    ]);
    let start = outage.fault_secs.or(outage.first_error_secs).unwrap_or_default();
    let heads = [(lang.t(STEP), Align::Left), (lang.t(AT), Align::Right), (lang.t(AFTER), Align::Right)];
    let steps = outage.steps().into_iter();
    let rows: Vec<Vec<String>> = steps
        .map(|(name, at)| {
            let after = format!("{:+.3} s", at - start).replace('-', "−");
            vec![lang.of(name).into_owned(), format!("{at:.3} s"), after]
        })
        .collect();
    page.table(&cause, &heads, &rows);
    let aborted = outage
        .aborted
        .iter()
        .map(|abort| lang.f(ABORTED, &[&format!("{:.3} s", abort.at_secs), &lang.of(&abort.reason)]));
    let naive = outage
        .naive
        .iter()
        .map(|naive| lang.f(NAIVE, &[&secs(naive.first_error_secs), &secs(naive.last_write_to_former_secs)]));
    let said: Vec<String> = aborted.chain(naive).collect();
    if !said.is_empty() {
        page.list("plain", said);
    }
}

/// The phases of an outage: name, look, from, to.
fn phases(outage: &Failover) -> Vec<(Text, &'static str, f64, f64)> {
    let fault = outage.fault_secs.or(outage.first_error_secs);
    let believed = outage.odown_secs.or(outage.sdown_secs);
    let back = outage.switched_secs.or(outage.brought_back_secs);
    let spans = [
        (DETECTION, "detection", fault, believed),
        (PROMOTION, "promotion", outage.odown_secs, outage.switched_secs),
        (RECOVERY, "recovery", back, outage.first_write_secs),
    ];
    let whole = |(name, look, from, to): (Text, &'static str, Option<f64>, Option<f64>)| {
        let (from, to) = (from?, to?);
        (to > from).then_some((name, look, from, to))
    };
    spans.into_iter().filter_map(whole).collect()
}

fn bar(page: &mut Page, lang: Lang, outage: &Failover) {
    let steps = outage.steps();
    let (Some((_, first)), Some((_, last))) = (steps.first(), steps.last()) else { return };
    let span = (last - first).max(1e-3);
    let x = |at: f64| EDGE + (at - first) / span * (WIDTH - 2.0 * EDGE);
    let view = format!("0 0 {WIDTH} {HEIGHT}");
    let phases = phases(outage);
    let said = phases.iter().map(|(name, _, from, to)| format!("{} {:.3} s", lang.t(*name), to - from));
    let said = format!("{}: {}", lang.t(BAR), said.collect::<Vec<_>>().join(", "));
    let attributes: [Attr<'_>; 4] =
        [("viewBox", &view), ("role", &"img"), ("aria-label", &said), ("class", &"outage")];
    page.inside("svg", &attributes, |page| {
        page.open(
            "path",
            &[("class", &"axis"), ("d", &format!("M{} 40H{}", tenth(EDGE), tenth(WIDTH - EDGE)))],
        );
        page.close("path");
        for (name, look, from, to) in &phases {
            let (left, width) = (tenth(x(*from)), tenth((x(*to) - x(*from)).max(1.5)));
            let rect: [Attr<'_>; 5] =
                [("class", look), ("x", &left), ("y", &"24"), ("width", &width), ("height", &"16")];
            page.open("rect", &rect);
            page.close("rect");
            // A word that would not fit stands in the figures below.
            if x(*to) - x(*from) > 90.0 {
                let said = format!("{} {:.2} s", lang.t(*name), to - from);
                page.element(
                    "text",
                    &[("class", &"tick x"), ("x", &tenth(f64::midpoint(x(*from), x(*to)))), ("y", &"16")],
                    said,
                );
            }
        }
        for (name, at) in &steps {
            page.inside("path", &[("class", &"step"), ("d", &format!("M{} 20V44", tenth(x(*at))))], |page| {
                page.element("title", &[], format!("{:.3} s  {}", at, lang.of(name)));
            });
        }
        let ends = [(*first, "start"), (*last, "end")];
        for (at, anchor) in ends {
            let attributes: [Attr<'_>; 4] =
                [("class", &"tick"), ("x", &tenth(x(at))), ("y", &"58"), ("text-anchor", &anchor)];
            page.element("text", &attributes, format!("{at:.3} s"));
        }
    });
}
