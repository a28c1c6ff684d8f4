//! What became of events and increments.

use egui::{RichText, Ui};

use super::super::super::text::{Lang, Text, text};
use super::super::super::theme::tokens;
use super::figures::stat;
use super::tables::table;
use crate::report::AuditReport;
use crate::report::records::{CountsReport, EventCounts, EventsReport, Increments};
use crate::report::text::grouped;

const EVENTS: Text = text("Events", "事件");
const COUNTERS: Text = text("Counters", "计数");
const ACKNOWLEDGED: Text = text("acknowledged", "已确认");
const LOST: Text = text("lost", "丢失");
const DUPLICATES: Text = text("duplicates", "重复");
const NEVER: Text = text("never acknowledged", "从未确认");
const MISSING: Text = text("missing", "缺失");
const SURPLUS: Text = text("too many", "多计");
const STREAM: Text = text("stream", "事件流");
const COUNTER: Text = text("counter", "计数器");
const IN_REDIS: Text = text("in Redis", "Redis 中");
const IN_QUEUE: Text = text("in the queue", "队列中");
const IN_DATABASE: Text = text("in the database", "数据库中");

/// Rows with something wrong that are shown.
const ROWS: usize = 20;

/// Draws it.
pub fn show(ui: &mut Ui, lang: Lang, audit: &AuditReport) {
    if let Some(report) = &audit.events {
        ui.label(RichText::new(lang.t(EVENTS)).color(tokens(ui).weak));
        events(ui, lang, report);
    }
    if let Some(report) = &audit.counts {
        ui.label(RichText::new(lang.t(COUNTERS)).color(tokens(ui).weak));
        counts(ui, lang, report);
    }
}

/// A figure: name, definition, value, and whether it should be 0.
type Figure = (Text, Text, u64, bool);

fn figures(ui: &mut Ui, lang: Lang, figures: &[Figure]) {
    ui.horizontal_wrapped(|ui| {
        for &(name, tip, value, should_be_none) in figures {
            let is_bad = should_be_none && value > 0;
            let colour = if is_bad { tokens(ui).bad } else { tokens(ui).text };
            stat(ui, lang, name, tip, &grouped(value), colour);
        }
    });
}

fn events(ui: &mut Ui, lang: Lang, report: &EventsReport) {
    let EventCounts { acknowledged, lost, duplicates, unacknowledged, .. } = report.all;
    figures(
        ui,
        lang,
        &[
            (ACKNOWLEDGED, text("Events that were acknowledged", "已确认的事件"), acknowledged, false),
            (LOST, text("Acknowledged, and nowhere", "已确认，却哪里都没有"), lost, true),
            (DUPLICATES, text("Kept once more than once", "保存多于一次"), duplicates, true),
            (
                NEVER,
                text(
                    "Kept although nobody was told so; those without an answer included",
                    "存在但没有人被告知，含未得到答复的",
                ),
                unacknowledged,
                unacknowledged > report.all.indefinite_happened,
            ),
            (IN_REDIS, text("Events in the lists of Redis", "Redis 列表中的事件"), report.in_redis, false),
            (IN_QUEUE, text("Events still in the queue", "仍在队列中的事件"), report.in_queue, false),
            (IN_DATABASE, text("Events in the database", "数据库中的事件"), report.in_database, false),
            (
                text("tables", "表"),
                text(
                    "Tables of the database that hold them, each for a span of time",
                    "数据库中存放它们的表，每张表一段时间",
                ),
                report.tables,
                false,
            ),
        ],
    );
    let wrong: Vec<_> = report.streams.iter().filter(|row| row.counts.found_wrong()).take(ROWS).collect();
    if wrong.is_empty() {
        return;
    }
    let heads = [STREAM, ACKNOWLEDGED, LOST, DUPLICATES, NEVER].map(|head| (head, None));
    table(ui, "streams", lang, &heads, |ui| {
        for row in wrong {
            let EventCounts { acknowledged, lost, duplicates, unacknowledged, .. } = row.counts;
            ui.label(row.stream.to_string());
            for figure in [acknowledged, lost, duplicates, unacknowledged] {
                ui.label(grouped(figure));
            }
            ui.end_row();
        }
    });
}

fn counts(ui: &mut Ui, lang: Lang, report: &CountsReport) {
    let Increments { acknowledged, in_redis, in_queue, in_database, missing, surplus, .. } = report.all;
    figures(
        ui,
        lang,
        &[
            (ACKNOWLEDGED, text("Increments that were acknowledged", "已确认的累加"), acknowledged, false),
            (
                IN_REDIS,
                text("Counted in Redis and not in the database yet", "已在 Redis 中计数、尚未写入数据库"),
                in_redis,
                false,
            ),
            (IN_QUEUE, text("Waiting in the queue", "在队列中等待"), in_queue, false),
            (IN_DATABASE, text("Counted in the database", "已在数据库中计数"), in_database, false),
            (
                MISSING,
                text("By how many fewer are counted than were acknowledged", "比已确认少计的次数"),
                missing,
                true,
            ),
            (
                SURPLUS,
                text(
                    "By how many more are counted than were acknowledged or may have happened",
                    "比已确认或可能发生多计的次数",
                ),
                surplus,
                true,
            ),
        ],
    );
    let wrong: Vec<_> = report.counters.iter().filter(|row| row.counts.off() > 0).take(ROWS).collect();
    if wrong.is_empty() {
        return;
    }
    let heads = [COUNTER, ACKNOWLEDGED, IN_REDIS, IN_DATABASE, MISSING, SURPLUS].map(|head| (head, None));
    table(ui, "counters", lang, &heads, |ui| {
        for row in wrong {
            let Increments { acknowledged, in_redis, in_database, missing, surplus, .. } = row.counts;
            ui.label(row.counter.to_string());
            for figure in [acknowledged, in_redis, in_database, missing, surplus] {
                ui.label(grouped(figure));
            }
            ui.end_row();
        }
    });
}
