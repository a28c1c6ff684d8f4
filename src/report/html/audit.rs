//! The audit: figures, what each place says, and the orders that should not be as they are.

use super::super::words;
use super::page::{Align, Page};
use crate::lang::{Lang, Text, text};
use crate::report::records::{CountsReport, EventCounts, Increments};
use crate::report::text::{grouped, signed};
use crate::report::{AuditReport, Report};

const PROMISED: Text = text("promised", "承诺时间");
const LOST: Text = text("lost", "丢失");
const UNITS: Text = text("units", "件数");
const OF: Text = text("{} of {}", "{} 单，共 {} 单");
const NONE: Text = text("none", "无");
const STREAM: Text = text("stream {}", "事件流 {}");
const COUNTER: Text = text("counter {}", "计数器 {}");
const WHICH: Text = text("which", "哪个");
const ACKNOWLEDGED: Text = text("acknowledged", "已确认");
const DUPLICATES: Text = text("duplicates", "重复");
const NEVER: Text = text("never acknowledged", "从未确认");
const MISSING: Text = text("missing", "缺失");
const MISPLACED: Text = text("misplaced", "放错地方");
const SURPLUS: Text = text("too many", "多计");

/// Streams and counters that are listed: those with something wrong.
const LISTED: usize = 20;

/// Draws it.
pub fn draw(page: &mut Page, lang: Lang, report: &Report) {
    let audit = &report.audit;
    page.element("p", &[("class", &"lead")], lang.t(words::AUDIT_LEAD));
    if !audit.audited {
        page.element("p", &[("class", &"bad")], lang.t(words::NO_AUDIT));
        return;
    }
    if !report.is_about_records_only() {
        page.pairs(&figures(lang, audit));
        losses(page, lang, audit);
        offences(page, lang, audit);
        page.element("h3", &[], lang.t(words::PLACES));
        page.pairs(&places(lang, audit));
    }
    records(page, lang, audit);
}

fn figures(lang: Lang, audit: &AuditReport) -> Vec<(&'static str, String)> {
    [
        (text("stock", "库存"), audit.stock),
        (text("sold", "售出"), audit.sold),
        (text("oversold", "超卖"), audit.oversold),
        (text("undersold", "少卖"), audit.undersold),
        (text("left", "剩余"), audit.left),
        (text("returned", "退回"), audit.returned),
        (text("duplicates", "重复"), audit.duplicates),
        (text("lost acknowledged", "已确认但丢失"), audit.lost_acknowledged),
        (text("never acknowledged", "从未确认"), audit.unacknowledged_present),
        (MISPLACED, audit.misplaced),
        (text("forgotten bookings", "被遗忘的预订"), audit.forgotten_units),
        (text("sold twice", "重复售出"), audit.sold_twice),
        (text("indefinite, happened", "不确定，已发生"), audit.indefinite_happened),
        (text("indefinite, did not", "不确定，未发生"), audit.indefinite_not_happened),
    ]
    .into_iter()
    .map(|(name, count)| (lang.t(name), grouped(count)))
    .collect()
}

fn places(lang: Lang, audit: &AuditReport) -> Vec<(&'static str, String)> {
    let places = &audit.places;
    let kept = |orders: Option<u64>| orders.map_or_else(|| lang.t(NONE).to_owned(), grouped);
    [
        (text("ledger, orders", "账本，订单"), grouped(places.ledger_orders)),
        (text("booked, units", "已预订，件"), signed(places.booked_units)),
        (text("inventory, orders", "库存，订单"), kept(places.inventory_orders)),
        (text("queue, orders", "队列，订单"), grouped(places.queue_orders)),
        (text("database, orders", "数据库，订单"), kept(places.database_orders)),
        (text("of them cancelled", "其中已取消"), grouped(places.cancelled_orders)),
    ]
    .into_iter()
    .map(|(name, says)| (lang.t(name), says))
    .collect()
}

fn losses(page: &mut Page, lang: Lang, audit: &AuditReport) {
    if audit.lost_spans.is_empty() {
        return;
    }
    page.element("h3", &[], lang.t(words::LOSSES));
    let heads =
        [(lang.t(PROMISED), Align::Left), (lang.t(LOST), Align::Right), (lang.t(UNITS), Align::Right)];
    let rows: Vec<Vec<String>> = audit
        .lost_spans
        .iter()
        .take(100)
        .map(|span| {
            let when = format!("{:.3} s – {:.3} s", span.from_secs, span.to_secs);
            let lost = lang.f(OF, &[&grouped(span.orders), &grouped(span.acknowledged)]);
            vec![when, lost, grouped(span.units)]
        })
        .collect();
    page.table(lang.t(words::LOSSES), &heads, &rows);
}

fn offences(page: &mut Page, lang: Lang, audit: &AuditReport) {
    page.element("h3", &[], lang.t(words::OFFENCES));
    if audit.offending.is_empty() {
        page.element("p", &[], lang.t(words::NO_OFFENCES));
        return;
    }
    page.element("p", &[("class", &"lead")], lang.t(words::OFFENCES_LEAD));
    let heads = [
        (text("order", "订单"), Align::Right),
        (text("what is wrong", "问题"), Align::Left),
        (text("product", "商品"), Align::Right),
        (text("buyer", "买家"), Align::Right),
        (text("units", "件数"), Align::Right),
        (text("promised at", "承诺时间"), Align::Right),
    ];
    let heads = heads.map(|(head, align)| (lang.t(head), align));
    let rows: Vec<Vec<String>> = audit
        .offending
        .iter()
        .map(|offence| {
            vec![
                offence.order_id.to_string(),
                lang.of(&offence.kind).replace('_', " "),
                offence.item.to_string(),
                offence.claimant.to_string(),
                offence.units.to_string(),
                format!("{:.3} s", offence.accepted_secs),
            ]
        })
        .collect();
    page.table(lang.t(words::OFFENCES), &heads, &rows);
}

/// Events and counters, where anybody left any.
fn records(page: &mut Page, lang: Lang, audit: &AuditReport) {
    if audit.events.is_none() && audit.counts.is_none() {
        return;
    }
    page.element("h3", &[], lang.t(words::RECORDS));
    if let Some(events) = &audit.events {
        let EventCounts { acknowledged, present, lost, duplicates, unacknowledged, misplaced, .. } =
            events.all;
        let figures = [
            (text("events acknowledged", "已确认的事件"), acknowledged),
            (text("present", "存在"), present),
            (LOST, lost),
            (DUPLICATES, duplicates),
            (NEVER, unacknowledged),
            (MISPLACED, misplaced),
            (text("in Redis", "Redis 中"), events.in_redis),
            (text("in the queue", "队列中"), events.in_queue),
            (text("in the database", "数据库中"), events.in_database),
            (text("tables", "表"), events.tables),
        ];
        page.pairs(&figures.map(|(name, count)| (lang.t(name), grouped(count))));
        let wrong = events.streams.iter().filter(|row| row.counts.found_wrong()).take(LISTED);
        let rows: Vec<Vec<String>> = wrong
            .map(|row| {
                let EventCounts { acknowledged, lost, duplicates, unacknowledged, .. } = row.counts;
                let counts = [acknowledged, lost, duplicates, unacknowledged].map(grouped);
                std::iter::once(lang.f(STREAM, &[&row.stream])).chain(counts).collect()
            })
            .collect();
        wrong_ones(page, lang, [ACKNOWLEDGED, LOST, DUPLICATES, NEVER].as_slice(), &rows);
    }
    if let Some(counts) = &audit.counts {
        increments(page, lang, counts);
    }
}

fn increments(page: &mut Page, lang: Lang, counts: &CountsReport) {
    let Increments { acknowledged, indefinite, in_redis, in_queue, in_database, missing, surplus, misplaced } =
        counts.all;
    let figures = [
        (text("increments acknowledged", "已确认的累加"), acknowledged),
        (text("in Redis", "Redis 中"), in_redis),
        (text("in the queue", "队列中"), in_queue),
        (text("in the database", "数据库中"), in_database),
        (MISSING, missing),
        (SURPLUS, surplus),
        (MISPLACED, misplaced),
        (text("indefinite", "不确定"), indefinite),
    ];
    page.pairs(&figures.map(|(name, count)| (lang.t(name), grouped(count))));
    let wrong = counts.counters.iter().filter(|row| row.counts.off() > 0).take(LISTED);
    let rows: Vec<Vec<String>> = wrong
        .map(|row| {
            let counts = [row.counts.acknowledged, row.counts.missing, row.counts.surplus].map(grouped);
            std::iter::once(lang.f(COUNTER, &[&row.counter])).chain(counts).collect()
        })
        .collect();
    wrong_ones(page, lang, [ACKNOWLEDGED, MISSING, SURPLUS].as_slice(), &rows);
}

fn wrong_ones(page: &mut Page, lang: Lang, heads: &[Text], rows: &[Vec<String>]) {
    if !rows.is_empty() {
        let first = std::iter::once((lang.t(WHICH), Align::Left));
        let heads: Vec<_> = first.chain(heads.iter().map(|head| (lang.t(*head), Align::Right))).collect();
        page.table(lang.t(words::RECORDS), &heads, rows);
    }
}
