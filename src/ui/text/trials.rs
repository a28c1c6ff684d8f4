//! Comparisons and searches in words: figures, facts, findings, differences, what was full.

use super::{Lang, Text, machine, params, text};
use crate::machine::capacity::whole;
use crate::machine::knee::gauge::{Gauge, Resource};
use crate::machine::knee::{Knee, Outcome, Point};
use crate::report::compare::metric::Unit;
use crate::report::compare::{Against, Finding, Run, letter};
use crate::report::text::grouped;
use crate::topology::difference::{About, Difference};
use crate::topology::{StageKind, Topology};
use crate::ui::run::trials::UnderWay;

const COMPARING: Text = text("Comparing: round {} of {}, {} {}", "正在比较：第 {} / {} 轮，{} {}");
const BEGINS: Text = text("Comparing designs", "正在比较设计");
const SEARCHING: Text =
    text("Looking for the capacity: {} arrivals a second", "正在寻找容量：每秒 {} 个到达");
const SEARCH_BEGINS: Text = text("Looking for the capacity", "正在寻找容量");

/// The figures, by their keys.
const METRICS: &[(&str, Text)] = &[
    ("before_servers", text("answered before any server", "在任何服务器之前应答")),
    ("intercepted", text("intercepted", "拦截")),
    ("reached_inventory", text("reached the inventory", "到达库存")),
    ("reached_database", text("reached the database", "到达数据库")),
    ("achieved", text("achieved of the offered load", "达成占到达的比例")),
    ("stale_reads", text("stale reads", "陈旧读取")),
    ("claims_p50_us", text("p50 of claims", "购买的 p50")),
    ("claims_p99_us", text("p99 of claims", "购买的 p99")),
    ("reads_p99_us", text("p99 of reads", "读取的 p99")),
    ("records_p99_us", text("p99 of events", "事件的 p99")),
    ("engine_us", text("program, processor time each", "本程序每个到达的处理器时间")),
    ("servers_us", text("servers, processor time each", "服务器每个到达的处理器时间")),
    ("worst_backlog", text("worst backlog", "最大积压")),
    ("unavailable_secs", text("without acknowledged writes", "无写入确认的时间")),
];

/// The facts, by their keys.
const FACTS: &[(&str, Text)] = &[
    ("sold", text("units sold", "售出件数")),
    ("oversold", text("units oversold", "超卖件数")),
    ("undersold", text("units undersold", "少卖件数")),
    ("duplicates", text("orders beyond a buyer's limit", "超出限购的订单")),
    ("lost_acknowledged", text("acknowledged orders lost", "丢失的已确认订单")),
    ("unacknowledged_present", text("orders that nobody was told about", "无人得知的订单")),
    ("lost_events", text("events lost", "丢失的事件")),
    ("duplicate_events", text("events kept twice", "重复保存的事件")),
    ("miscounted", text("increments miscounted", "误计的增量")),
];

const POINTS: Text = text("{} points", "{} 个百分点");
const INTERVAL: Text = text("{} to {}", "{} 至 {}");
const DIFFERS: Text = text("differs", "有差异");
const HINT: Text = text("a hint only", "仅是迹象");
const UNCLEAR: Text = text("nothing to claim", "不能断言有差异");
const SAME: Text = text("the same in every round", "每轮都相同");
const TOO_FEW: Text = text("not known: fewer than two rounds count", "未知：有效轮次不足两轮");
const LEFT_OUT: Text = text("Round {} of {} is left out of the figures: {}", "第 {} 轮（{}）不计入测量：{}");

const FIRST_ONLY: Text = text("{}: A only", "{}：仅 A");
const OTHER_ONLY: Text = text("{}: {} only", "{}：仅 {}");
const CHANGES: Text = text("{}: A {}, {} {}", "{}：A 为 {}，{} 为 {}");
const STAGE: Text = text("stage {}", "阶段 {}");
const LINK: Text = text("link {}", "连线 {}");
const FAULT: Text = text("fault {}", "故障 {}");
const RULE: Text = text("rule {}", "规则 {}");
const TARGET: Text = text("target {}", "目标 {}");
const ARRIVALS: Text = text("arrivals, {}", "到达，{}");
const SALE: Text = text("sale, {}", "售卖，{}");

const MET: Text = text("Targets met: {} arrivals a second", "满足目标：每秒{}个到达");
const NOT_AT: Text = text("At {} a second not: {}", "每秒 {} 个时未满足：{}");
const UNKNOWN_AT: Text = text("At {} a second a run can't say: {}", "每秒 {} 个时无法判断：{}");
const FULL: Text = text("Full at {} a second: {}", "每秒 {} 个时已满：{}");
const NOT_KNOWN: Text = text(
    "What limits it at {} a second is not known: nothing that is measured was full",
    "每秒 {} 个时的限制因素未知：测量到的资源都未满",
);

/// What goes on, in a line.
pub fn under_way(lang: Lang, under_way: &UnderWay) -> String {
    match under_way {
        UnderWay::Comparing(rounds, names, Some(turn)) => {
            let name = names.get(turn.design).map_or("", String::as_str);
            lang.f(COMPARING, &[&turn.round, rounds, &letter(turn.design), &name])
        }
        UnderWay::Comparing(..) => lang.t(BEGINS).to_owned(),
        UnderWay::Searching(Some(rate)) => lang.f(SEARCHING, &[&grouped(whole(*rate))]),
        UnderWay::Searching(None) => lang.t(SEARCH_BEGINS).to_owned(),
    }
}

fn find<'a>(lang: Lang, table: &[(&str, Text)], key: &'a str) -> &'a str {
    table.iter().find(|(own, _)| *own == key).map_or(key, |(_, name)| lang.t(*name))
}

/// The name of a figure.
pub fn metric(lang: Lang, key: &'static str) -> &'static str {
    find(lang, METRICS, key)
}

/// The name of a fact.
pub fn fact(lang: Lang, key: &'static str) -> &'static str {
    find(lang, FACTS, key)
}

/// A difference with its sign.
pub fn signed(lang: Lang, unit: Unit, difference: f64) -> String {
    if unit == Unit::Share {
        let sign = if difference < 0.0 { "−" } else { "+" };
        lang.f(POINTS, &[&format!("{sign}{:.1}", difference.abs() * 100.0)])
    } else {
        unit.signed(difference)
    }
}

/// The interval of a difference; none of too few rounds.
pub fn interval(lang: Lang, unit: Unit, against: &Against) -> Option<String> {
    let paired = against.difference?;
    Some(lang.f(INTERVAL, &[&signed(lang, unit, paired.low), &signed(lang, unit, paired.high)]))
}

/// What can be said of a difference.
pub fn finding(lang: Lang, finding: Finding) -> &'static str {
    lang.t(match finding {
        Finding::Differs => DIFFERS,
        Finding::Hint => HINT,
        Finding::Unclear => UNCLEAR,
        Finding::Same => SAME,
        Finding::TooFew => TOO_FEW,
    })
}

/// That a run is left out, and why; none of one that counts.
pub fn left_out(lang: Lang, run: &Run) -> Option<String> {
    let why: Vec<_> = run.disturbances().into_iter().map(|why| lang.of(why)).collect();
    (!why.is_empty()).then(|| lang.f(LEFT_OUT, &[&run.round, &letter(run.design), &why.join("; ")]))
}

/// A difference of the design with this letter from the first one.
pub fn difference(lang: Lang, topologies: [&Topology; 2], who: char, one: &Difference) -> String {
    let named = |key: &str| {
        let stages = topologies.into_iter().flat_map(|topology| &topology.stages);
        let own = stages.filter(|stage| Some(stage.name.as_str()) == one.stage.as_deref());
        let mut specs = own.flat_map(|stage| StageKind::params(&stage.kind).specs());
        let spec = specs.find(|spec| spec.key == key);
        spec.map_or_else(|| key.to_owned(), |spec| params::key(lang, spec.key).to_owned())
    };
    // Not every font has an arrow.
    let ends = one.what.replace('→', "–");
    let what = match one.about {
        About::Parameter => format!("{} · {}", one.stage.as_deref().unwrap_or(""), named(&one.what)),
        About::Stage => lang.f(STAGE, &[&one.what]),
        About::Link => lang.f(LINK, &[&ends]),
        About::Fault => lang.f(FAULT, &[&lang.of(&one.what)]),
        About::Rule => lang.f(RULE, &[&one.what]),
        About::Target => lang.f(TARGET, &[&one.what]),
        About::Arrivals => lang.f(ARRIVALS, &[&one.what]),
        About::Sale => lang.f(SALE, &[&one.what]),
    };
    match (&one.one, &one.other) {
        (Some(first), Some(other)) => lang.f(CHANGES, &[&what, &lang.of(first), &who, &lang.of(other)]),
        (Some(_), None) => lang.f(FIRST_ONLY, &[&what]),
        _ => lang.f(OTHER_ONLY, &[&what, &who]),
    }
}

/// What a search came to.
pub fn found(lang: Lang, knee: &Knee) -> String {
    lang.f(MET, &[&machine::carried(lang, knee.met)])
}

/// Why the lowest rate that was not met was not.
pub fn missed(lang: Lang, point: &Point) -> String {
    let why: Vec<_> = point.reasons.iter().map(|why| lang.of(why)).collect();
    let text = if point.outcome == Outcome::Unknown { UNKNOWN_AT } else { NOT_AT };
    lang.f(text, &[&grouped(whole(point.rate_per_sec)), &why.join("; ")])
}

/// What was full at a point.
pub fn full(lang: Lang, point: &Point) -> String {
    let rate = grouped(whole(point.rate_per_sec));
    let full: Vec<String> =
        point.gauges.iter().filter(|gauge| gauge.is_full).map(|one| gauge(lang, one)).collect();
    if full.is_empty() { lang.f(NOT_KNOWN, &[&rate]) } else { lang.f(FULL, &[&rate, &full.join(", ")]) }
}

/// The name of what may be full.
pub fn gauge(lang: Lang, gauge: &Gauge) -> String {
    let of = |text: Text| lang.f(text, &[&gauge.stage.as_deref().unwrap_or("")]);
    match gauge.resource {
        Resource::ServerCpu => lang.f(
            text("processor of {} of {}", "{} 的处理器（{}）"),
            &[&gauge.process.as_deref().unwrap_or(""), &gauge.stage.as_deref().unwrap_or("")],
        ),
        Resource::MachineCpu => lang.t(text("processor of this machine", "本机处理器")).to_owned(),
        Resource::EngineCpu => lang.t(text("processor of this program", "本程序的处理器")).to_owned(),
        Resource::Connections => of(text("connections of {}", "{} 的连接")),
        Resource::Consumers => of(text("consumers of {}", "{} 的消费者")),
        Resource::RateLimit => of(text("rate limit of {}", "{} 的限流")),
        Resource::Room => of(text("room for requests that wait at {}", "{} 的等待空间")),
        Resource::Generator => lang.t(text("generator", "发生器")).to_owned(),
    }
}

/// What became of a point.
pub fn outcome(lang: Lang, outcome: Outcome) -> &'static str {
    lang.t(match outcome {
        Outcome::Met => text("met", "满足"),
        Outcome::Missed => text("missed", "未满足"),
        Outcome::Unknown => text("can't say", "无法判断"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::compare::metric;

    #[test]
    fn every_figure_and_every_fact_has_its_name_in_both_languages() {
        for key in metric::METRICS.iter().map(|metric| metric.key) {
            assert!(METRICS.iter().any(|(own, _)| *own == key), "{key}");
        }
        for key in metric::FACTS.iter().map(|fact| fact.key) {
            assert!(FACTS.iter().any(|(own, _)| *own == key), "{key}");
        }
    }
}
