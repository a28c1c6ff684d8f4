//! When lost orders had been promised.

use egui::Ui;

use super::super::super::text::{Lang, Text, text};
use super::tables::table;
use crate::report::audit::LostSpan;
use crate::report::text::grouped;

const PROMISED: Text = text("promised", "承诺时间");
const PROMISED_TIP: Text = text(
    "The first and the last of them, from the first arrival; orders promised within half a second of each other stand in one row",
    "其中第一单与最后一单，自首个到达起算；相隔不超过半秒的订单列在同一行",
);
const LOST: Text = text("lost", "丢失");
const LOST_TIP: Text = text(
    "Lost orders, of all orders that were promised in this span of time",
    "这段时间内承诺的全部订单中丢失的订单",
);
const UNITS: Text = text("units", "件数");
const OF: Text = text("{} of {}", "{} 单，共 {} 单");

/// The spans of time in which orders were promised that are lost.
pub fn show(ui: &mut Ui, lang: Lang, spans: &[LostSpan]) {
    let heads = [(PROMISED, Some(PROMISED_TIP)), (LOST, Some(LOST_TIP)), (UNITS, None)];
    table(ui, "losses", lang, &heads, |ui| {
        for span in spans {
            ui.label(format!("{:.3} s – {:.3} s", span.from_secs, span.to_secs));
            ui.label(lang.f(OF, &[&grouped(span.orders), &grouped(span.acknowledged)]));
            ui.label(grouped(span.units));
            ui.end_row();
        }
    });
}
