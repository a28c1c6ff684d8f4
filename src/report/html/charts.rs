//! Which charts there are, and the same as figures.

use super::super::words;
use super::chart::{Chart, Line, MOST_LINES, Mark, Scale, Unit, draw as draw_chart};
use super::page::{Align, Page};
use crate::lang::{Lang, Text, text};
use crate::report::text::{grouped, signed};
use crate::report::verdict::micros;
use crate::report::{Report, StageTimeline, Timeline};

const OFFERED: Text = text("offered", "计划到达");
const ACHIEVED: Text = text("achieved", "达成");
const DROPPED: Text = text("dropped", "丢弃");
const SOLD: Text = text("sold", "售出");
const SOLD_IN_ALL: Text = text("sold in all", "累计售出");
const LEFT: Text = text("left on sale", "剩余在售");
const BACKLOG: Text = text("backlog", "积压");
const WORST_P99: Text = text("worst p99", "最差 p99");
const UNTIL: Text = text("until", "至");
const RATE: Text = text("requests per second", "请求/秒");
const RATE_LOG: Text = text("requests per second, log scale", "请求/秒，对数刻度");
const TIME_LOG: Text = text("from the intended time, log scale", "从计划时间起，对数刻度");
const STAGE_TIME: Text = text("p99 of the time at each stage, log scale", "各阶段耗时 p99，对数刻度");
const STOCK_MEASURE: Text = text("units; orders for the backlog", "件；积压以订单计");
const THROUGHPUT: Text = text("Throughput", "吞吐量");
const BY_STAGE: Text = text("Arrivals at the stages", "各阶段的到达");
const RESPONSE: Text = text("Response time", "响应时间");
const AT_STAGES: Text = text("Time at the stages", "各阶段耗时");
const STOCK: Text = text("Stock and orders", "库存与订单");
const HIGHEST: Text = text("{} at most {}", "{} 最高 {}");
const SAID: Text = text("{} over {} s: {}", "{}，{} 秒内：{}");

/// The most moments that are marked in a chart: chaos may bring more.
const MOST_MARKS: usize = 30;
/// Rows of the figures.
const ROWS: usize = 60;

/// Draws them.
pub fn draw(page: &mut Page, lang: Lang, report: &Report) {
    let timeline = &report.timeline;
    if timeline.is_empty() {
        page.element("p", &[], lang.t(words::NO_SERIES));
        return;
    }
    let marks = marks(lang, report);
    for chart in all(lang, report, &marks) {
        if chart.lines.iter().any(|line| line.values.iter().flatten().any(|value| *value != 0.0)) {
            draw_chart(page, &chart);
        }
    }
    if !marks.is_empty() {
        page.inside("details", &[("open", &"")], |page| {
            page.element("summary", &[], lang.t(words::MARKS));
            let said = marks.iter().enumerate().map(|(number, mark)| match mark.to_secs {
                Some(to) => format!("{:.1}–{to:.1} s  {}", mark.from_secs, mark.name),
                None => format!("{}  {:.1} s  {}", number + 1, mark.from_secs, mark.name),
            });
            page.list("plain", said);
        });
    }
    page.inside("details", &[], |page| {
        page.element("summary", &[], lang.t(words::FIGURES));
        figures(page, lang, timeline);
    });
}

/// What the making of charts needs.
struct Maker<'a> {
    lang: Lang,
    timeline: &'a Timeline,
    marks: &'a [Mark],
}

/// Values of a line: counts, 0 included.
fn count(counts: &[u64]) -> Vec<Option<f64>> {
    counts.iter().map(|count| Some(*count as f64)).collect()
}

/// Values of a line: times, where there are any.
fn time(times: &[u64]) -> Vec<Option<f64>> {
    times.iter().map(|us| (*us > 0).then_some(*us as f64)).collect()
}

impl<'a> Maker<'a> {
    fn rate(&self, counts: &[u64]) -> Vec<Option<f64>> {
        counts.iter().zip(self.timeline.spans()).map(|(count, span)| Some(*count as f64 / span)).collect()
    }

    fn named(&self, name: Text, look: usize, values: Vec<Option<f64>>) -> Line {
        Line { name: self.lang.t(name).to_owned(), look, values }
    }

    /// A line for each stage but the users: what comes to them is what is offered.
    fn of_stages(&self, values: impl Fn(&StageTimeline) -> Vec<Option<f64>>) -> Vec<Line> {
        let stages = self.timeline.stages.iter().skip(1).take(MOST_LINES).enumerate();
        stages.map(|(look, stage)| Line { name: stage.name.clone(), look, values: values(stage) }).collect()
    }

    fn chart(
        &self,
        id: &'static str,
        (title, measure): (Text, Text),
        lines: Vec<Line>,
        (scale, unit): (Scale, Unit),
    ) -> Chart<'a> {
        let (title, measure) = (self.lang.t(title), self.lang.t(measure));
        let says = |line: &Line| line.values.iter().flatten().any(|value| *value != 0.0);
        let lines: Vec<Line> = lines.into_iter().filter(says).collect();
        let said = said(self.lang, title, self.timeline, &lines, unit);
        let (at_secs, marks) = (&self.timeline.at_secs, self.marks);
        Chart { id, title, measure, said, at_secs, lines, marks, scale, unit }
    }
}

fn all<'a>(lang: Lang, report: &'a Report, marks: &'a [Mark]) -> Vec<Chart<'a>> {
    let timeline = &report.timeline;
    let make = Maker { lang, timeline, marks };
    let throughput = vec![
        make.named(OFFERED, 10, make.rate(&timeline.offered)),
        make.named(ACHIEVED, 0, make.rate(&timeline.achieved)),
        make.named(DROPPED, 3, make.rate(&timeline.dropped)),
    ];
    let quantile =
        |name: &str, look, times: &[u64]| Line { name: name.to_owned(), look, values: time(times) };
    let response = vec![
        quantile("p50", 0, &timeline.p50_us),
        quantile("p95", 1, &timeline.p95_us),
        quantile("p99", 3, &timeline.p99_us),
    ];
    let by_stage = make.of_stages(|stage| make.rate(&stage.arrivals));
    let at_stages = make.of_stages(|stage| time(&stage.p99_us));
    let mut charts = vec![
        make.chart("throughput", (THROUGHPUT, RATE), throughput, (Scale::Linear, Unit::PerSecond)),
        make.chart("stages", (BY_STAGE, RATE_LOG), by_stage, (Scale::Log, Unit::PerSecond)),
        make.chart("response", (RESPONSE, TIME_LOG), response, (Scale::Log, Unit::Micros)),
        make.chart("times", (AT_STAGES, STAGE_TIME), at_stages, (Scale::Log, Unit::Micros)),
    ];
    // Where nobody buys, the stock says nothing.
    if report.totals.sold > 0 || timeline.backlog.iter().any(|backlog| *backlog > 0) {
        let stock = stock(&make, report);
        charts.push(make.chart("stock", (STOCK, STOCK_MEASURE), stock, (Scale::Linear, Unit::Count)));
    }
    charts
}

fn stock(make: &Maker<'_>, report: &Report) -> Vec<Line> {
    let timeline = make.timeline;
    let sold_in_all = timeline.sold.iter().scan(0_u64, |sum, sold| {
        *sum = sum.saturating_add(*sold);
        Some(*sum)
    });
    let sold_in_all: Vec<u64> = sold_in_all.collect();
    let left: Vec<Option<f64>> = timeline.stock_left.iter().map(|left| Some(*left as f64)).collect();
    // Beside a stock that hardly shrinks, nothing else could be seen.
    let left = if report.audit.stock / 10 > report.audit.sold { Vec::new() } else { left };
    vec![
        make.named(LEFT, 0, left),
        make.named(SOLD_IN_ALL, 2, count(&sold_in_all)),
        make.named(BACKLOG, 3, count(&timeline.backlog)),
    ]
}

/// A chart in a sentence: the highest value of each line.
fn said(lang: Lang, title: &str, timeline: &Timeline, lines: &[Line], unit: Unit) -> String {
    let until = timeline.at_secs.last().copied().unwrap_or(0.0);
    let highest = lines.iter().map(|line| {
        let most = line.values.iter().flatten().copied().fold(0.0, f64::max);
        lang.f(HIGHEST, &[&line.name, &value(most, unit)])
    });
    let highest: Vec<String> = highest.collect();
    lang.f(SAID, &[&title, &format!("{until:.1}"), &highest.join(", ")])
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a figure of a chart, rounded")]
fn value(value: f64, unit: Unit) -> String {
    let whole = value.round().max(0.0) as u64;
    match unit {
        Unit::PerSecond => format!("{}/s", grouped(whole)),
        Unit::Micros => micros(whole),
        Unit::Count => grouped(whole),
    }
}

/// What happened meanwhile: faults that were done, changes, alerts, and outages as spans.
fn marks(lang: Lang, report: &Report) -> Vec<Mark> {
    let moment =
        |at: f64, name: &str| Mark { name: lang.of(name).into_owned(), from_secs: at, to_secs: None };
    let faults = report.faults.iter().filter(|fault| fault.error.is_none());
    let changes = report.changes.iter().filter(|change| change.error.is_none());
    let mut marks: Vec<Mark> = faults.map(|fault| moment(fault.at_secs, &fault.what)).collect();
    marks.extend(changes.map(|change| moment(change.at_secs, &change.what)));
    marks.extend(report.alerts.iter().map(|alert| moment(alert.at_secs, &alert.text())));
    marks.sort_by(|a, b| a.from_secs.total_cmp(&b.from_secs));
    marks.truncate(MOST_MARKS);
    let end = report.timeline.at_secs.last().copied();
    let outages = report.failovers.iter().filter_map(|outage| {
        let from = outage.last_write_secs.or(outage.fault_secs)?;
        let name = format!("{}: {}", outage.stage, lang.of(outage.outcome.label()));
        Some(Mark { name, from_secs: from, to_secs: outage.first_write_secs.or(end) })
    });
    marks.extend(outages);
    marks
}

/// The run in rows, each of some buckets. Counts add up to those of the buckets; times are the worst of them.
fn figures(page: &mut Page, lang: Lang, timeline: &Timeline) {
    let heads = [UNTIL, OFFERED, ACHIEVED, DROPPED, SOLD, LEFT, BACKLOG, WORST_P99];
    let heads: Vec<(&str, Align)> = heads.iter().map(|head| (lang.t(*head), Align::Right)).collect();
    let each = timeline.len().div_ceil(ROWS).max(1);
    let rows: Vec<Vec<String>> = (0..timeline.len())
        .step_by(each)
        .map(|from| {
            let (span, last) =
                (from..(from + each).min(timeline.len()), (from + each).min(timeline.len()) - 1);
            let sum = |counts: &[u64]| grouped(counts[span.clone()].iter().sum());
            let worst = timeline.p99_us[span.clone()].iter().copied().max().unwrap_or(0);
            vec![
                format!("{:.1} s", timeline.at_secs[last]),
                sum(&timeline.offered),
                sum(&timeline.achieved),
                sum(&timeline.dropped),
                sum(&timeline.sold),
                signed(timeline.stock_left[last]),
                grouped(timeline.backlog[last]),
                if worst > 0 { micros(worst) } else { "–".to_owned() },
            ]
        })
        .collect();
    page.table(lang.t(words::FIGURES), &heads, &rows);
}
