//! Targets, and the figures of the audit.

use egui::{Align, Color32, Layout, RichText, Ui};
use lucide_icons::Icon;

use super::super::super::text::{Lang, Text, text};
use super::super::super::theme::fonts::icon;
use super::super::super::theme::tokens;
use super::super::super::widgets::number;
use crate::report::text::grouped;
use crate::report::{AuditReport, Report, TargetResult};

const NO_TARGETS: Text =
    text("No targets: every run that keeps its schedule passes", "没有目标：只要按计划运行就会通过");
const TARGET: Text = text("target", "目标");
const MEASURED: Text = text("measured", "实测");
const HOLDS: Text = text("holds", "达成");
const MISSES: Text = text("misses", "未达成");
const UNKNOWN: Text = text("not known", "未知");
const FACT_TIP: Text =
    text("A counted fact: it stands even when the run was disturbed", "计数的事实：即使运行受干扰也成立");
const TIMING_TIP: Text = text(
    "A matter of timing: it counts only in a run that nothing disturbed",
    "与时间有关：只有运行未受干扰时才算数",
);
const NO_AUDIT: Text = text("No audit was possible: what was sold is not known", "无法审计：卖出多少未知");
const PLACES: Text = text("What each place says by itself", "各处自己的说法");
const NOT_KEPT: Text = text("none", "无");

/// Room for the word that says whether a target holds, in points.
const HOLDS_WIDTH: f32 = 80.0;

/// A figure: name, definition, value, whether it is bad.
type Figure = (Text, Text, u64, bool);

/// Each target with what was measured.
pub fn targets(ui: &mut Ui, lang: Lang, targets: &[TargetResult]) {
    let tokens = tokens(ui);
    if targets.is_empty() {
        ui.label(RichText::new(lang.t(NO_TARGETS)).color(tokens.weak));
        return;
    }
    // What is long goes on in a second line, so that the table is as wide as its card.
    let widest = ((ui.available_width() - HOLDS_WIDTH) * 0.6).max(HOLDS_WIDTH);
    let grid = egui::Grid::new("targets").num_columns(3).spacing([10.0, 5.0]);
    grid.max_col_width(widest).show(ui, |ui| {
        ui.label("");
        ui.label(RichText::new(lang.t(TARGET)).color(tokens.weak));
        ui.label(RichText::new(lang.t(MEASURED)).color(tokens.weak));
        ui.end_row();
        for target in targets {
            let (sign, colour, word) = match target.holds {
                Some(true) => (Icon::Check, tokens.good, HOLDS),
                Some(false) => (Icon::X, tokens.bad, MISSES),
                None => (Icon::CircleHelp, tokens.warn, UNKNOWN),
            };
            let tip = lang.t(if target.is_fact { FACT_TIP } else { TIMING_TIP });
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                ui.label(icon(sign).color(colour));
                ui.label(RichText::new(lang.t(word)).color(colour));
            });
            ui.label(&*lang.of(&target.target)).on_hover_text(tip);
            let measured = RichText::new(&*lang.of(&target.measured)).strong();
            ui.label(if target.holds == Some(true) { measured } else { measured.color(colour) });
            ui.end_row();
        }
    });
}

/// The figures of the audit, each with its definition.
pub fn audit(ui: &mut Ui, lang: Lang, report: &Report) {
    let audit = &report.audit;
    if !audit.audited {
        ui.label(RichText::new(lang.t(NO_AUDIT)).color(tokens(ui).warn));
        return;
    }
    ui.horizontal_wrapped(|ui| {
        for (name, tip, value, is_bad) in units(audit).into_iter().chain(orders(audit)) {
            let colour = if is_bad { tokens(ui).bad } else { tokens(ui).text };
            stat(ui, lang, name, tip, &grouped(value), colour);
        }
    });
    ui.add_space(4.0);
    ui.label(RichText::new(lang.t(PLACES)).color(tokens(ui).weak));
    ui.horizontal_wrapped(|ui| {
        for (name, tip, value) in places(lang, audit) {
            let colour = tokens(ui).text;
            stat(ui, lang, name, tip, &value, colour);
        }
    });
}

/// A figure with its name above.
pub fn stat(ui: &mut Ui, lang: Lang, name: Text, tip: Text, value: &str, colour: Color32) {
    let size = egui::vec2(108.0, 36.0);
    let drawn = ui.allocate_ui_with_layout(size, Layout::top_down(Align::Min), |ui| {
        ui.set_min_size(size);
        ui.spacing_mut().item_spacing.y = 1.0;
        ui.label(RichText::new(lang.t(name)).size(11.5).color(tokens(ui).weak));
        ui.label(RichText::new(value).size(15.0).color(colour));
    });
    drawn.response.on_hover_text(format!("{}: {value}\n{}", lang.t(name), lang.t(tip)));
}

/// A figure that says what is.
fn plain(name: Text, tip: Text, count: u64) -> Figure {
    (name, tip, count, false)
}

/// A figure that should be 0.
fn bad(name: Text, tip: Text, count: u64) -> Figure {
    (name, tip, count, count > 0)
}

/// What became of the stock, in units.
fn units(audit: &AuditReport) -> [Figure; 6] {
    [
        plain(text("stock", "库存"), text("Units at the start", "开始时的件数"), audit.stock),
        plain(
            text("sold", "售出"),
            text("Units held at the end by orders that were not cancelled", "结束时由未取消的订单持有的件数"),
            audit.sold,
        ),
        bad(
            text("oversold", "超卖"),
            text("Units sold beyond the stock of their product", "超出商品库存售出的件数"),
            audit.oversold,
        ),
        bad(
            text("undersold", "少卖"),
            text(
                "Units that should have been sold and were not: neither sold nor on sale at the end, or on sale while buyers were told \"sold out\"",
                "本应售出却没有售出的件数：结束时既未售出也不在售，或仍在售却答复买家“已售罄”",
            ),
            audit.undersold,
        ),
        plain(text("left", "剩余"), text("Units on sale at the end", "结束时在售的件数"), audit.left),
        plain(
            text("returned", "退回"),
            text(
                "Units that went back on sale because their buyers never paid",
                "因买家未付款而重新开售的件数",
            ),
            audit.returned,
        ),
    ]
}

/// What became of the promises, in orders.
fn orders(audit: &AuditReport) -> Vec<Figure> {
    let mut figures = vec![
        bad(
            text("duplicates", "重复"),
            text("Orders beyond what one buyer may have", "超出每人限购的订单"),
            audit.duplicates,
        ),
        bad(
            text("lost acknowledged", "已确认但丢失"),
            text(
                "Orders whose buyers were told that they have them, and that are nowhere",
                "买家被告知成功、却哪里都找不到的订单",
            ),
            audit.lost_acknowledged,
        ),
        bad(
            text("forgotten bookings", "被遗忘的预订"),
            text(
                "Units that orders hold and the stage that decides has not booked any more: lost by a failover or a crash, or overwritten in a race",
                "订单持有、但决定购买的阶段不再记为已预订的件数：因故障切换或崩溃丢失，或在竞争中被覆盖",
            ),
            audit.forgotten_units,
        ),
        bad(
            text("sold twice", "重复售出"),
            text(
                "Of the oversold units, those that were sold again because their booking was forgotten",
                "超卖的件数中，因预订被遗忘而再次售出的",
            ),
            audit.sold_twice,
        ),
        bad(
            text("never acknowledged", "从未确认"),
            text("Orders that are there although no buyer was told so", "存在、但没有任何买家被告知的订单"),
            audit.unacknowledged_present,
        ),
        plain(
            text("indefinite, happened", "不确定，已发生"),
            text("Orders without an answer that turned out to exist", "没有得到答复、后来发现存在的订单"),
            audit.indefinite_happened,
        ),
        plain(
            text("indefinite, did not", "不确定，未发生"),
            text(
                "Orders without an answer that turned out not to exist",
                "没有得到答复、后来发现不存在的订单",
            ),
            audit.indefinite_not_happened,
        ),
    ];
    if audit.misplaced > 0 {
        let tip = text(
            "Orders in a place that no claim comes by: a queue, a Redis or a database of other operations",
            "出现在购买不经过之处的订单：其他操作的队列、Redis 或数据库",
        );
        figures.push(bad(text("misplaced", "放错地方"), tip, audit.misplaced));
    }
    figures
}

fn places(lang: Lang, audit: &AuditReport) -> [(Text, Text, String); 6] {
    let places = &audit.places;
    let kept = |orders: Option<u64>| orders.map_or_else(|| lang.t(NOT_KEPT).to_owned(), grouped);
    [
        (
            text("ledger, orders", "账本，订单"),
            text("Orders acknowledged, by the engine's own ledger", "引擎自己的账本中已确认的订单"),
            grouped(places.ledger_orders),
        ),
        (
            text("booked, units", "已预订，件"),
            text("Units booked, by the stage that decides", "决定购买的阶段记录的已预订件数"),
            number::number(places.booked_units as f64),
        ),
        (
            text("inventory, orders", "库存，订单"),
            text(
                "Orders at the inventory, which keeps them where no stage behind it does",
                "库存处的订单；后面没有阶段保存订单时由它保存",
            ),
            kept(places.inventory_orders),
        ),
        (
            text("queue, orders", "队列，订单"),
            text("Orders still in the queue", "仍在队列中的订单"),
            grouped(places.queue_orders),
        ),
        (
            text("database, orders", "数据库，订单"),
            text("Orders in the database, cancelled ones included", "数据库中的订单，含已取消的"),
            kept(places.database_orders),
        ),
        (
            text("of them cancelled", "其中已取消"),
            text("Orders in the database that were cancelled", "数据库中已取消的订单"),
            grouped(places.cancelled_orders),
        ),
    ]
}
