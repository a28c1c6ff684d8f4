//! The outcome in one plain sentence, in both languages with the same figures.

use super::text::grouped;
use super::verdict::percent;
use super::{AuditReport, Report, Verdict};
use crate::lang::{Lang, Text, text};

const AS_PROMISED: Text = text("as this design promises", "与此设计的预期一致");
const NOT_AS_PROMISED: Text = text("not what this design promises", "与此设计的预期不符");
const OVER_HTTP: Text = text("on what came over HTTP", "针对经 HTTP 到达的请求");
const CHANGED: Text = text("of a design that was changed on the way", "运行中设计被更改过");

/// The outcome in one plain sentence.
pub fn sentence(lang: Lang, report: &Report) -> String {
    match lang {
        Lang::En => super::text::sentence(report),
        Lang::Zh => chinese(report),
    }
}

/// Whether the verdict is what the design promises, where it promises one.
pub fn promise(report: &Report) -> Option<Text> {
    let expected = report.topology.expected?;
    let was_changed = report.changes.iter().any(|change| change.error.is_none());
    match (expected, report.verdict) {
        _ if report.http.is_some() => Some(OVER_HTTP),
        // The promise is one of the design as it was drawn.
        _ if was_changed => Some(CHANGED),
        (promise, verdict) if verdict.keeps(promise) => Some(AS_PROMISED),
        (_, Verdict::Inconclusive) => None,
        _ => Some(NOT_AS_PROMISED),
    }
}

/// Requests that were sent, and the share of them that never reached a database, where there is one.
pub fn spared(report: &Report) -> (u64, Option<f64>) {
    let sent = report.totals.arrivals - report.totals.dropped;
    (
        sent,
        report
            .arrived_at_databases()
            .filter(|_| sent > 0)
            .map(|arrived| 1.0 - arrived.min(sent) as f64 / sent as f64),
    )
}

fn chinese(report: &Report) -> String {
    let audit = &report.audit;
    let spared = match spared(report) {
        (sent, Some(share)) => format!("{} 次请求中 {} 从未到达数据库", grouped(sent), percent(share)),
        (sent, None) => format!("共 {} 次请求", grouped(sent)),
    };
    if !audit.audited {
        return format!("卖出多少未知：无法审计；{spared}。");
    }
    let records = records(audit).join("；");
    if report.is_about_records_only() {
        return format!("{records}；{spared}。");
    }
    let spared = if records.is_empty() { spared } else { format!("{records}；{spared}") };
    if audit.stock + audit.sold == 0 {
        return format!("没有商品出售；{spared}。");
    }
    let sold = format!("{} 件中售出 {} 件", grouped(audit.stock), grouped(audit.sold));
    let found = troubles(audit);
    if found.is_empty() {
        format!("{sold}，每件只卖一次；{spared}。")
    } else {
        format!("{sold}，但{}；{spared}。", found.join("、"))
    }
}

/// What became of events and increments, where there are any.
fn records(audit: &AuditReport) -> Vec<String> {
    let found = |kinds: &[(u64, &str)], all_well: &str| {
        let wrong = kinds.iter().filter(|(count, _)| *count > 0);
        let words: Vec<String> = wrong.map(|(count, what)| format!(" {} {what}", grouped(*count))).collect();
        if words.is_empty() { all_well.to_owned() } else { format!("但{}", words.join("、")) }
    };
    let mut said = Vec::new();
    if audit.events.is_some() {
        let events = audit.event_counts();
        let kinds = [
            (events.lost, "个丢失"),
            (events.duplicates, "个重复"),
            (events.unacknowledged, "个无人被告知"),
            (events.misplaced, "个放错地方"),
        ];
        said.push(format!(
            "{} 个事件已确认，{}",
            grouped(events.acknowledged),
            found(&kinds, "每个恰好保存一次")
        ));
    }
    if audit.counts.is_some() {
        let counts = audit.increments();
        let kinds =
            [(counts.missing, "次缺失"), (counts.surplus, "次多计"), (counts.misplaced, "次放错地方")];
        said.push(format!(
            "{} 次累加已确认，{}",
            grouped(counts.acknowledged),
            found(&kinds, "每次恰好计一次")
        ));
    }
    said
}

fn troubles(audit: &AuditReport) -> Vec<String> {
    [
        (audit.oversold, "件超卖"),
        (audit.undersold, "件少卖"),
        (audit.duplicates, "个订单超出限购"),
        (audit.lost_acknowledged, "个已确认的订单丢失"),
        (audit.unacknowledged_present, "个订单无人被告知"),
        (audit.misplaced, "个订单放错地方"),
    ]
    .iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!(" {} {what}", grouped(*count)))
    .collect()
}
