//! What clients saw of the shards of a Redis Cluster, and how shards came and went.

use egui::{RichText, Ui};
use lucide_icons::Icon;

use super::super::super::intent::{Intent, Intents};
use super::super::super::text::{Lang, Text, text};
use super::super::super::theme::fonts::icon;
use super::super::super::theme::tokens;
use super::tables::table;
use crate::report::text::grouped;
use crate::report::{Report, ReshapeReport, ShardReport};

const SHARD: Text = text("{}, shard {}", "{}，分片 {}");
const MOVED_WHOLE: Text = text(
    "{}: {} slots moved as a whole in {} ms, all done at {} s",
    "{}：{} 个槽整体迁移，耗时 {} 毫秒，{} 秒时全部完成",
);
const MOVED_BY_KEY: Text = text(
    "{}: {} slots moved key by key in {} ms, all done at {} s",
    "{}：{} 个槽逐键迁移，耗时 {} 毫秒，{} 秒时全部完成",
);

const HEADS: [(Text, Option<Text>); 9] = [
    (text("shard", "分片"), None),
    (
        text("nodes", "节点"),
        Some(text("The first one was its master at the start", "第一个是开始时的主节点")),
    ),
    (text("answered", "应答"), Some(text("Requests that it answered", "它应答的请求"))),
    (
        text("failed", "失败"),
        Some(text(
            "Requests that failed at it: it could not be reached, or refused",
            "在该分片失败的请求：无法连接或被拒绝",
        )),
    ),
    (
        text("indefinite", "不确定"),
        Some(text("Claims sent to it that got no answer", "发往它却没有得到应答的购买")),
    ),
    (
        text("MOVED", "已迁 (MOVED)"),
        Some(text(
            "Times that it sent a request elsewhere because the slot is there; the request went on",
            "因槽已在别处而转走请求的次数；请求继续前行",
        )),
    ),
    (
        text("ASK", "在迁 (ASK)"),
        Some(text(
            "Times that it sent a request elsewhere because the slot is on its way; the request went on",
            "因槽正在迁移而转走请求的次数；请求继续前行",
        )),
    ),
    (
        text("TRYAGAIN", "推迟 (TRYAGAIN)"),
        Some(text(
            "Times that it put a request off because some of its keys had gone over and others had not",
            "因部分键已迁走、部分未迁而推迟请求的次数",
        )),
    ),
    (
        text("CLUSTERDOWN", "不可用 (CLUSTERDOWN)"),
        Some(text(
            "Of the failed ones: refused because the cluster did not work",
            "失败的请求中，因集群不可用而被拒绝的",
        )),
    ),
];

/// Draws them.
pub fn show(ui: &mut Ui, lang: Lang, report: &Report, out: &mut Intents) {
    table(ui, "shards", lang, &HEADS, |ui| {
        for shard in &report.shards {
            row(ui, lang, shard);
        }
    });
    for reshape in &report.reshapes {
        came_or_went(ui, lang, reshape, out);
    }
}

fn row(ui: &mut Ui, lang: Lang, shard: &ShardReport) {
    ui.label(lang.f(SHARD, &[&shard.stage, &shard.shard]));
    let numbers: Vec<&str> = shard.nodes.iter().map(|node| node.trim_start_matches("node ")).collect();
    ui.label(numbers.join(", "));
    ui.label(grouped(shard.answered));
    let (bad, warn) = (tokens(ui).bad, tokens(ui).warn);
    for (count, colour) in [
        (shard.failed, Some(bad)),
        (shard.indefinite, Some(warn)),
        (shard.moved, None),
        (shard.asked, None),
        (shard.put_off, None),
        (shard.cluster_down, Some(bad)),
    ] {
        let words = RichText::new(grouped(count));
        ui.label(match colour {
            Some(colour) if count > 0 => words.color(colour),
            _ => words,
        });
    }
    ui.end_row();
}

fn came_or_went(ui: &mut Ui, lang: Lang, reshape: &ReshapeReport, out: &mut Intents) {
    let what = format!("{} of {}", reshape.action, reshape.stage);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        let at = reshape.started_at_secs;
        if ui.link(RichText::new(format!("{at:>6.1} s")).monospace()).clicked() {
            out.push(Intent::ShowMoment(at));
        }
        ui.label(icon(Icon::Network).color(tokens(ui).accent));
        if let Some(error) = &reshape.error {
            let words = format!("{what} failed: {error}");
            ui.label(RichText::new(&*lang.of(&words)).color(tokens(ui).bad));
        } else {
            let words = if reshape.is_atomic { MOVED_WHOLE } else { MOVED_BY_KEY };
            let (slots, ms) = (grouped(reshape.slots), format!("{:.0}", reshape.moving_ms));
            let done = format!("{:.1}", reshape.ended_at_secs);
            ui.label(lang.f(words, &[&lang.of(&what), &slots, &ms, &done]));
        }
    });
}
