//! The main figures of the run that is shown and of the one over it, with what differs.

use std::sync::Arc;

use egui::{Grid, RichText, Ui};

use super::super::super::run::Run;
use super::super::super::run::overlay::{Overlay, Row, name_of};
use super::super::super::text::{Lang, Text, text, trials as words};
use super::super::super::theme::tokens;
use super::verdict;
use crate::report::Report;
use crate::report::text::grouped;

const FIGURE: Text = text("figure", "指标");
const DIFFERENCE: Text = text("B − A", "B − A");
const VERDICT: Text = text("verdict", "结论");
const ARRIVALS: Text = text("arrivals", "到达");
const SOLD: Text = text("units sold", "售出件数");
const OVERSOLD: Text = text("units oversold", "超卖件数");
const LOST: Text = text("acknowledged orders lost", "丢失的已确认订单");
const ONE_RUN: Text = text(
    "One run of each: what differs by chance can't be told apart. Compare designs to claim something",
    "各只有一次运行：无法区分偶然差异。要下断言请使用“比较设计”",
);
const OTHER_ARRIVALS: Text = text(
    "Other requests came to the two runs, so figures may differ for that alone",
    "两次运行的到达不同，仅此即可造成差异",
);

/// Draws them.
pub fn show(ui: &mut Ui, lang: Lang, run: &Run, report: &Report, over: &Overlay) {
    let Some(other) = over.run.report() else { return };
    let weak = tokens(ui).weak;
    if over.has_other_arrivals(run) {
        let warn = tokens(ui).warn;
        ui.label(RichText::new(lang.t(OTHER_ARRIVALS)).color(warn));
    }
    ui.label(RichText::new(lang.t(ONE_RUN)).color(weak));
    let names = [name_of(run, run.variant.as_ref().map_or("", |variant| &variant.name)), over.name.clone()];
    for (letter, name) in ["A", "B"].into_iter().zip(&names) {
        ui.label(format!("{letter}: {name}"));
    }
    let rows = kept_rows(ui, run, report, over);
    Grid::new("beside").num_columns(4).striped(true).spacing([18.0, 5.0]).show(ui, |ui| {
        ui.label(RichText::new(lang.t(FIGURE)).color(weak));
        for letter in ["A", "B"] {
            ui.label(RichText::new(letter).color(weak));
        }
        ui.label(RichText::new(lang.t(DIFFERENCE)).color(weak));
        ui.end_row();
        ui.label(lang.t(VERDICT));
        verdict::chip(ui, lang, report.verdict);
        verdict::chip(ui, lang, other.verdict);
        ui.end_row();
        for (name, count) in [
            (ARRIVALS, (|report| Some(report.totals.arrivals)) as fn(&Report) -> Option<u64>),
            (SOLD, |report| Some(report.totals.sold)),
            (OVERSOLD, |report| report.audit.audited.then_some(report.audit.oversold)),
            (LOST, |report| report.audit.audited.then_some(report.audit.lost_acknowledged)),
        ] {
            counted(ui, lang, name, [count(report), count(other)]);
        }
        for row in rows.iter() {
            ui.label(words::metric(lang, row.key));
            for figure in row.both {
                ui.label(figure.map_or_else(|| "–".to_owned(), |figure| row.unit.told(figure)));
            }
            let [one, other] = row.both;
            let apart = one.zip(other).map(|(one, other)| words::signed(lang, row.unit, other - one));
            ui.label(apart.unwrap_or_default());
            ui.end_row();
        }
    });
}

fn counted(ui: &mut Ui, lang: Lang, name: Text, both: [Option<u64>; 2]) {
    ui.label(lang.t(name));
    for count in both {
        ui.label(count.map_or_else(|| "–".to_owned(), grouped));
    }
    let apart = both[0].zip(both[1]).map(|(one, other)| {
        format!("{}{}", if other < one { "−" } else { "+" }, grouped(other.abs_diff(one)))
    });
    ui.label(apart.unwrap_or_default());
    ui.end_row();
}

/// The figures, added up once for each pair of runs.
fn kept_rows(ui: &Ui, run: &Run, report: &Report, over: &Overlay) -> Arc<Vec<Row>> {
    type Kept = (u64, u64, Arc<Vec<Row>>);
    let id = ui.scope_id().with("beside");
    if let Some(kept) =
        ui.data(|data| data.get_temp::<Kept>(id)).filter(|kept| (kept.0, kept.1) == (run.id.0, over.run.id.0))
    {
        return kept.2;
    }
    let rows = Arc::new(over.rows(report));
    ui.data_mut(|data| data.insert_temp::<Kept>(id, (run.id.0, over.run.id.0, rows.clone())));
    rows
}
