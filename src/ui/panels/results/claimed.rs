//! What texts claim of managed products, beside what was measured.

use egui::{RichText, Ui};

use super::super::super::text::figures::per_sec;
use super::super::super::text::{Lang, Text, text};
use super::super::super::theme::tokens;
use super::tables::table;
use crate::report::ClaimedReport;

const STAGE: Text = text("stage", "阶段");
const CLAIMED: Text = text("claimed", "宣称");
const CLAIMED_TIP: Text = text(
    "What texts claim of a managed product of this kind; on how many cores is not told",
    "有关文章对此类托管产品的宣称；用了多少核并未说明",
);
const HERE: Text = text("here", "此处");
const HERE_TIP: Text = text(
    "Requests that came to the stage, a second; a run need not fill its servers",
    "每秒到达此阶段的请求；一次运行未必用满服务器",
);
const CORES: Text = text("cores used", "所用核数");
const CORES_TIP: Text = text(
    "Processor cores that its processes used on average, for all that they did",
    "其进程平均占用的处理器核数，包括它们所做的一切",
);
const PER_CORE: Text = text("for each core", "每核");
const PER_CORE_TIP: Text = text(
    "Requests for each core-second used; below a quarter of a core other work of the processes weighs more, and nothing is said",
    "每占用一个核·秒处理的请求；不足四分之一核时进程的其他工作占比更大，故不给出",
);
const READS: Text = text("{} reads", "{} 次读取");
const OPERATIONS: Text = text("{} operations", "{} 次操作");

/// Draws them, a row a stage.
pub fn show(ui: &mut Ui, lang: Lang, rows: &[ClaimedReport]) {
    let heads = [
        (STAGE, None),
        (CLAIMED, Some(CLAIMED_TIP)),
        (HERE, Some(HERE_TIP)),
        (CORES, Some(CORES_TIP)),
        (PER_CORE, Some(PER_CORE_TIP)),
    ];
    table(ui, "claimed", lang, &heads, |ui| {
        for row in rows {
            ui.label(&row.stage);
            let what = if row.what == "reads" { READS } else { OPERATIONS };
            #[allow(clippy::cast_precision_loss, reason = "a round figure")]
            let claimed = lang.f(what, &[&per_sec(row.claimed_per_sec as f64)]);
            ui.label(RichText::new(claimed).color(tokens(ui).weak));
            ui.label(per_sec(row.requests_per_sec));
            ui.label(format!("{:.2}", row.cores_used));
            ui.label(row.requests_per_core_sec.map_or("–".to_owned(), per_sec));
            ui.end_row();
        }
    });
}
