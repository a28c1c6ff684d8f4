//! The funnel: stages from top to bottom, each bar as wide as what came in, cut into what became of it.

use egui::{Align, Color32, FontId, Layout, Rect, RichText, Sense, Ui};
use lucide_icons::Icon;

use super::super::super::text::{Lang, Text, terms, text};
use super::super::super::theme::fonts::icon;
use super::super::super::theme::{Tokens, tokens};
use crate::report::sentence::spared;
use crate::report::text::{bytes, grouped};
use crate::report::verdict::{micros, percent};
use crate::report::{Report, StageReport};
use crate::topology::StageKind;

const SPARED: Text =
    text("{} of {} requests never reached the database", "{} 的请求从未到达数据库（共 {} 次）");
const SPARED_ALL: Text =
    text("{} of {} requests never reached a database", "{} 的请求从未到达任何数据库（共 {} 次）");
const IN: Text = text("{} in", "到达 {}");
const IN_TIP: Text = text("Requests that came in at the stage", "到达该阶段的请求");
const PASSED: Text = text("passed", "通过");
const SERVED: Text = text("served", "已应答");
const SOLD: Text = text("sold", "售出");
const REJECTED: Text = text("rejected: {}", "拒绝：{}");
const FAILED: Text = text("failed", "失败");
const INDEFINITE: Text = text("indefinite", "不确定");
const PASSED_TIP: Text = text(
    "Handed on to the next stage, or done by the stage that owns the data",
    "传给下一个阶段，或由拥有数据的阶段完成",
);
const SERVED_TIP: Text = text(
    "Reads answered by the stage that owns the data; events and increments acknowledged by the stage that keeps them",
    "由拥有数据的阶段应答的读取，以及由保存它们的阶段确认的事件与计数",
);
const SOLD_TIP: Text = text("Claims granted", "成功的购买");
const REJECTED_TIP: Text = text("Claims refused by the stage that decides", "由决定购买的阶段拒绝");
const INTERCEPTED_TIP: Text =
    text("Answered here before the stage that owns the data", "在拥有数据的阶段之前由此应答（拦截）");
const FAILED_TIP: Text = text("Ended in an error; nothing happened", "以错误结束；什么也没发生");
const INDEFINITE_TIP: Text = text("No answer in time; it may have happened", "未及时应答；可能已经发生");
const GIVEN_BACK: Text = text("given back", "退回重试");
const GIVEN_BACK_TIP: Text = text(
    "Attempts that failed or were shed here and went back to a service, which tries again",
    "在此失败或被丢弃、退回服务重试的尝试",
);
const RETRIES: Text = text("{} retries", "重试 {} 次");
const RETRIES_TIP: Text = text(
    "Attempts that this service made beyond the first one of a read; each is one more request for the stages behind it",
    "该服务在读取的首次尝试之外所做的尝试；对后方阶段而言，每次都是多一个请求",
);
const BYTES: Text = text("pages: {} sent, {} saved", "页面：发送 {}，节省 {}");
const BYTES_TIP: Text = text(
    "Bytes of the pages that readers were sent, and of those that their clients had already in this version",
    "发送给读者的页面字节数，以及客户端已有该版本而无须发送的字节数",
);
const STALE: Text = text("stale {} ({} of its reads)", "过期 {}（占其读取的 {}）");
const STALE_TIP: Text = text(
    "Answers that were older than what had been acknowledged before the read was sent",
    "比读取发出之前已确认的写入更旧的应答",
);
const STALE_AGES: Text = text("older by: p50 {}, p99 {}, at most {}", "旧了：p50 {}，p99 {}，最多 {}");
const TIME: Text = text("p99 of the time at the stage: {}", "在该阶段的耗时 p99：{}");

/// Room for a stage's name and for its count.
const NAME_WIDTH: f32 = 104.0;
const COUNT_WIDTH: f32 = 84.0;
const BAR_HEIGHT: f32 = 16.0;
/// The size of the words below a bar, and of the squares before them.
const LEGEND: f32 = 11.5;
const SQUARE: f32 = 8.0;
/// Narrower than this, the words begin further left than the bar.
const ROOMY: f32 = 480.0;

/// A part of a bar.
struct Part {
    words: String,
    tip: Text,
    count: u64,
    colour: Color32,
}

/// Draws it.
pub fn show(ui: &mut Ui, lang: Lang, report: &Report) {
    let most = report.stages.iter().map(came).max().unwrap_or(0).max(1);
    ui.spacing_mut().item_spacing.y = 3.0;
    for stage in &report.stages {
        row(ui, lang, stage, most);
    }
    if let (sent, Some(share)) = spared(report) {
        ui.add_space(4.0);
        ui.horizontal_wrapped(|ui| {
            ui.label(icon(Icon::Filter).color(tokens(ui).accent));
            let spared = if report.database_count() > 1 { SPARED_ALL } else { SPARED };
            let words = lang.f(spared, &[&percent(share), &grouped(sent)]);
            ui.label(RichText::new(words).strong());
        });
    }
}

/// What there was to do at a stage: what came in, and what came back.
fn came(stage: &StageReport) -> u64 {
    stage.tally.arrivals + stage.tally.retries
}

fn row(ui: &mut Ui, lang: Lang, stage: &StageReport, most: u64) {
    let parts = parts(lang, stage, tokens(ui));
    let kind = StageKind::from_word(&stage.kind).map_or("", |kind| kind.label());
    let name_tip = format!(
        "{}\n{}, {}\n{}",
        stage.name,
        lang.of(kind),
        lang.of(stage.realness.label()),
        lang.f(TIME, &[&micros(stage.latency_us.p99)])
    );
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        cell(ui, NAME_WIDTH, Align::Min, |ui| {
            let name = RichText::new(&stage.name).strong();
            ui.add(egui::Label::new(name).truncate()).on_hover_text(name_tip);
        });
        cell(ui, COUNT_WIDTH, Align::Max, |ui| {
            ui.label(lang.f(IN, &[&grouped(stage.tally.arrivals)])).on_hover_text(lang.t(IN_TIP));
        });
        bar(ui, lang, &parts, came(stage), most);
    });
    let indent = if ui.available_width() < ROOMY { 12.0 } else { NAME_WIDTH + COUNT_WIDTH + 12.0 };
    ui.horizontal(|ui| {
        ui.add_space(indent);
        // In a region of its own, so that a second row begins below the first one.
        ui.horizontal_wrapped(|ui| {
            legend(ui, lang, &parts, came(stage));
            retries(ui, lang, stage);
            page_bytes(ui, lang, stage);
            stale(ui, lang, stage);
        });
    });
}

fn legend(ui: &mut Ui, lang: Lang, parts: &[Part], arrivals: u64) {
    ui.spacing_mut().item_spacing.x = 4.0;
    for part in parts {
        let share = percent(part.count as f64 / arrivals.max(1) as f64);
        let words = format!("{} {}", part.words, grouped(part.count));
        let tip = format!("{words} ({share})\n{}", lang.t(part.tip));
        let font = FontId::proportional(LEGEND);
        let galley = ui.painter().layout_no_wrap(words.clone(), font, Color32::PLACEHOLDER);
        // A square, its name and its number stay together.
        let size = egui::vec2(SQUARE + 4.0 + galley.size().x + 6.0, galley.size().y);
        ui.allocate_ui_with_layout(size, Layout::left_to_right(Align::Center), |ui| {
            let (square, _) = ui.allocate_exact_size(egui::Vec2::splat(SQUARE), Sense::hover());
            ui.painter().rect_filled(square, 2, part.colour);
            let words = egui::Label::new(RichText::new(words).size(LEGEND)).extend();
            ui.add(words).on_hover_text(tip);
        });
    }
}

/// How often a service tried again.
fn retries(ui: &mut Ui, lang: Lang, stage: &StageReport) {
    if stage.tally.retries > 0 {
        let colour = tokens(ui).warn;
        ui.label(icon(Icon::Repeat).size(LEGEND).color(colour));
        let words = lang.f(RETRIES, &[&grouped(stage.tally.retries)]);
        ui.label(RichText::new(words).size(LEGEND).color(colour)).on_hover_text(lang.t(RETRIES_TIP));
    }
}

/// How many bytes of pages went to readers.
fn page_bytes(ui: &mut Ui, lang: Lang, stage: &StageReport) {
    let (sent, saved) = (stage.tally.page_bytes_sent, stage.tally.page_bytes_saved);
    if sent + saved > 0 {
        let words = lang.f(BYTES, &[&bytes(sent), &bytes(saved)]);
        let words = RichText::new(words).size(LEGEND).color(tokens(ui).weak);
        ui.label(words).on_hover_text(lang.t(BYTES_TIP));
    }
}

/// How much of what a stage answered was no longer so.
fn stale(ui: &mut Ui, lang: Lang, stage: &StageReport) {
    let (count, all, age) = (stage.tally.stale_reads, stage.tally.versioned_reads, stage.stale_age_us);
    if count == 0 {
        return;
    }
    let colour = tokens(ui).warn;
    ui.label(icon(Icon::History).size(LEGEND).color(colour));
    let share = percent(count as f64 / all.max(1) as f64);
    let words = lang.f(STALE, &[&grouped(count), &share]);
    let ages = lang.f(STALE_AGES, &[&micros(age.p50), &micros(age.p99), &micros(age.max)]);
    let tip = format!("{}\n{ages}", lang.t(STALE_TIP));
    ui.label(RichText::new(words).size(LEGEND).color(colour)).on_hover_text(tip);
}

fn cell(ui: &mut Ui, width: f32, align: Align, content: impl FnOnce(&mut Ui)) {
    let size = egui::vec2(width, BAR_HEIGHT + 2.0);
    let layout = match align {
        Align::Max => Layout::right_to_left(Align::Center),
        _ => Layout::left_to_right(Align::Center),
    };
    ui.allocate_ui_with_layout(size, layout, |ui| {
        ui.set_min_size(size);
        content(ui);
    });
}

/// The bar of a stage; a thin stream is still seen.
fn bar(ui: &mut Ui, lang: Lang, parts: &[Part], arrivals: u64, most: u64) {
    let size = egui::vec2(ui.available_width().max(40.0), BAR_HEIGHT);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    if arrivals == 0 {
        return;
    }
    let width = (rect.width() * ratio(arrivals, most)).max(2.0);
    let mut left = rect.left();
    for part in parts {
        let right = left + width * ratio(part.count, arrivals);
        let piece = Rect::from_x_y_ranges(left..=right.max(left + 1.0), rect.y_range());
        ui.painter().rect_filled(piece, 1, part.colour);
        left = right;
    }
    let words: Vec<String> = parts
        .iter()
        .map(|part| format!("{} {}: {}", part.words, grouped(part.count), lang.t(part.tip)))
        .collect();
    response.on_hover_text(words.join("\n"));
}

#[allow(clippy::cast_possible_truncation, reason = "a share")]
fn ratio(part: u64, whole: u64) -> f32 {
    (part as f64 / whole.max(1) as f64) as f32
}

/// What became of the requests of a stage, what went on first.
fn parts(lang: Lang, stage: &StageReport, tokens: &Tokens) -> Vec<Part> {
    let tally = &stage.tally;
    let part = |words: Text, tip, count, colour| Part { words: lang.t(words).to_owned(), tip, count, colour };
    let mut parts = vec![
        part(PASSED, PASSED_TIP, tally.handed_on(), tokens.offered.gamma_multiply(0.45)),
        part(SOLD, SOLD_TIP, tally.sold, tokens.sold),
        part(SERVED, SERVED_TIP, tally.served, tokens.achieved.gamma_multiply(0.6)),
    ];
    parts.extend(tally.intercepted.iter().map(|(reason, count)| Part {
        words: terms::reason(lang, reason),
        tip: INTERCEPTED_TIP,
        count,
        colour: tokens.reason(reason),
    }));
    parts.extend(tally.rejected.iter().map(|(reason, count)| Part {
        words: lang.f(REJECTED, &[&terms::reason(lang, reason)]),
        tip: REJECTED_TIP,
        count,
        colour: tokens.rejected,
    }));
    parts.push(part(FAILED, FAILED_TIP, tally.failed, tokens.failed));
    parts.push(part(GIVEN_BACK, GIVEN_BACK_TIP, tally.given_back, tokens.warn.gamma_multiply(0.7)));
    parts.push(part(INDEFINITE, INDEFINITE_TIP, tally.indefinite, tokens.failed.gamma_multiply(0.6)));
    parts.retain(|part| part.count > 0);
    parts
}
