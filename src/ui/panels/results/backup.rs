//! Backups of the database, and what restoring the last one would lose.

use egui::{RichText, Ui};

use super::super::super::text::{Lang, Text, text};
use super::super::super::theme::tokens;
use crate::report::BackupReport;
use crate::report::text::{bytes, grouped};

const TAKEN: Text = text(
    "{} backups of {}; the last one, of {} s, took {} ms for {}",
    "{} 份备份（{}）；最后一份在 {} 秒，用时 {} 毫秒，大小 {}",
);
const VERIFIED: Text =
    text("Restored and verified: {} orders, as promised", "已恢复并核对：{} 单，与承诺相符");
const WRONG: Text = text("Restored, and not what was promised: {} orders", "已恢复，但与承诺不符：{} 单");
const LOSES: Text = text(
    "Restoring it at the end would lose {} orders of {} s; at the worst moment {} orders",
    "在结束时恢复会丢失 {} 单（{} 秒内）；最坏时刻丢失 {} 单",
);

/// Draws what there is to say.
pub fn show(ui: &mut Ui, lang: Lang, backup: &BackupReport) {
    let secs = |secs: f64| format!("{secs:.1}");
    let took = format!("{:.0}", backup.last_took_ms);
    ui.label(lang.f(
        TAKEN,
        &[&grouped(backup.taken), &backup.stage, &secs(backup.last_at_secs), &took, &bytes(backup.bytes)],
    ));
    let tokens = tokens(ui.ctx());
    let (words, colour) = if backup.is_verified() { (VERIFIED, tokens.good) } else { (WRONG, tokens.bad) };
    ui.label(RichText::new(lang.f(words, &[&grouped(backup.orders)])).color(colour));
    let (orders, worst) = (grouped(backup.would_lose_orders), grouped(backup.worst_orders));
    ui.label(lang.f(LOSES, &[&orders, &secs(backup.would_lose_secs), &worst]));
}
