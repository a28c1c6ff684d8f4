//! A design and its variants side by side: those that were run one after the other.

use egui::{RichText, Ui};

use super::super::super::text::{Lang, Text, text};
use super::super::super::theme::tokens;
use super::tables::table;
use crate::report::text::grouped;
use crate::report::variants::Compared;
use crate::report::verdict::{Verdict, micros};

const AS_DRAWN: Text = text("as drawn", "原设计");

/// Draws the table.
pub fn show(ui: &mut Ui, lang: Lang, runs: &[Compared]) {
    let heads = [
        (text("variant", "变体"), None),
        (text("verdict", "结论"), None),
        (text("arrivals", "到达"), None),
        (text("turned away", "被拒之门外"), Some(text("Rate limited or shed", "被限流或过载丢弃"))),
        (text("failed", "失败"), None),
        (text("sold", "售出"), None),
        (text("oversold", "超卖"), None),
        (text("lost", "丢失"), Some(text("Orders acknowledged and nowhere", "已确认但不存在的订单"))),
        (text("p50", "p50"), None),
        (text("p99", "p99"), Some(text("Response time of all requests", "全部请求的响应时间"))),
    ];
    table(ui, "variants", lang, &heads, |ui| {
        for Compared { name, report } in runs {
            let name = if name.is_empty() { lang.t(AS_DRAWN) } else { name };
            ui.label(RichText::new(name).strong());
            let tokens = tokens(ui.ctx());
            let colour = match report.verdict {
                Verdict::Pass => tokens.good,
                Verdict::Fail => tokens.bad,
                Verdict::Inconclusive => tokens.warn,
            };
            ui.label(RichText::new(&*lang.of(report.verdict.label())).color(colour));
            let (totals, audit, times) = (&report.totals, &report.audit, &report.operations.all.response_us);
            for count in [
                totals.arrivals,
                totals.turned_away,
                totals.failed,
                audit.sold,
                audit.oversold,
                audit.lost_acknowledged,
            ] {
                ui.label(grouped(count));
            }
            ui.label(micros(times.p50));
            ui.label(micros(times.p99));
            ui.end_row();
        }
    });
}
