//! What became of orders in the hands of consumers, in figures.

use egui::{RichText, Ui};

use super::super::super::text::{Lang, Text, params, text};
use super::super::super::theme::tokens;
use super::figures::stat;
use crate::report::QueueReport;
use crate::report::text::grouped;
use crate::topology::stage::QueueForm;

const FIGURES: [(Text, Text); 6] = [
    (text("died", "死去"), text("Consumers that died, by faults", "因故障死去的消费者")),
    (
        text("died unwritten", "死时未写入"),
        text("Orders in their hands then, taken and not yet written", "死时手中已取出而未写入的订单"),
    ),
    (
        text("died unacknowledged", "死时未确认"),
        text(
            "Orders in their hands then, written and not yet acknowledged to the queue",
            "死时手中已写入而未向队列确认的订单",
        ),
    ),
    (
        text("delivered again", "再次投递"),
        text(
            "Deliveries of orders that the queue had handed to a consumer before",
            "队列曾交给某个消费者、又再次投递的订单数",
        ),
    ),
    (
        text("inserts ignored", "忽略的写入"),
        text(
            "Inserts that changed nothing, because the database had the order already",
            "数据库已有该订单、因而不起作用的写入",
        ),
    ),
    (
        text("without an order", "找不到订单"),
        text(
            "Messages that carried an id under which the inventory no longer had an order",
            "消息所带的编号在库存处已找不到订单",
        ),
    ),
];

/// Draws them.
pub fn show(ui: &mut Ui, lang: Lang, queue: &QueueReport) {
    let known = QueueForm::ALL.iter().map(|form| form.word()).find(|word| *word == queue.form);
    let form = known.map_or("", |word| lang.t(params::words_of(word).0));
    ui.label(RichText::new(format!("{} · {form}", queue.stage)).color(tokens(ui).weak));
    let counts = [
        queue.consumer_deaths,
        queue.died_unwritten_orders,
        queue.died_unacknowledged_orders,
        queue.redelivered_orders,
        queue.ignored_inserts,
        queue.missing_orders,
    ];
    ui.horizontal_wrapped(|ui| {
        for ((name, tip), count) in FIGURES.into_iter().zip(counts) {
            let colour = tokens(ui).text;
            stat(ui, lang, name, tip, &grouped(count), colour);
        }
    });
}
