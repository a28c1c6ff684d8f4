//! Tables of the results: offending orders, times, processes, faults and changes.

use egui::{Grid, RichText, ScrollArea, Ui};
use lucide_icons::Icon;

use super::super::super::intent::{Intent, Intents};
use super::super::super::text::{Lang, Text, text};
use super::super::super::theme::fonts::icon;
use super::super::super::theme::{signs, tokens};
use crate::metrics::{InstanceSummary, Quantiles, Role};
use crate::report::Report;
use crate::report::audit::Offence;
use crate::report::text::{bytes, grouped};
use crate::report::verdict::micros;

const COPY: Text = text("Copy orders", "复制订单");
const COPY_TIP: Text = text("Copy these rows, to paste into a sheet", "复制这些行，便于粘贴到表格");

const KIND: Text = text("what is wrong", "问题");
const ORDER: Text = text("order", "订单");
const PRODUCT: Text = text("product", "商品");
const BUYER: Text = text("buyer", "买家");
const UNITS: Text = text("units", "件数");
const ACCEPTED: Text = text("promised at", "承诺时间");

/// The most room that offending orders take before they scroll, in points.
const OFFENCES_HEIGHT: f32 = 150.0;

/// The first offending orders of each kind.
pub fn offences(ui: &mut Ui, lang: Lang, offences: &[Offence], out: &mut Intents) {
    let colour = tokens(ui).bad;
    let heads = [KIND, ORDER, PRODUCT, BUYER, UNITS, ACCEPTED].map(|head| (head, None));
    ScrollArea::vertical().id_salt("offences").max_height(OFFENCES_HEIGHT).show(ui, |ui| {
        table(ui, "offences", lang, &heads, |ui| {
            for offence in offences {
                ui.horizontal(|ui| {
                    ui.spacing_mut().item_spacing.x = 4.0;
                    ui.label(icon(Icon::PackageX).color(colour));
                    ui.label(kind(lang, offence));
                });
                for figure in
                    [offence.order_id, u64::from(offence.item), offence.claimant, u64::from(offence.units)]
                {
                    ui.label(figure.to_string());
                }
                ui.label(format!("{:.3} s", offence.accepted_secs));
                ui.end_row();
            }
        });
    });
    let copy = ui.button((icon(Icon::Copy), lang.t(COPY))).accessible_name(lang.t(COPY));
    if copy.on_hover_text(lang.t(COPY_TIP)).clicked() {
        let mut rows = vec![["kind", "order", "product", "buyer", "units", "promised at, s"].join("\t")];
        rows.extend(offences.iter().map(|offence| {
            let Offence { kind, order_id, item, claimant, units, accepted_secs } = offence;
            format!("{kind}\t{order_id}\t{item}\t{claimant}\t{units}\t{accepted_secs:.3}")
        }));
        out.push(Intent::CopyText(rows.join("\n") + "\n"));
    }
}

fn kind(lang: Lang, offence: &Offence) -> String {
    lang.of(&offence.kind).replace('_', " ")
}

/// Quantiles of response and service time.
pub fn times(ui: &mut Ui, lang: Lang, report: &Report) {
    let operations = &report.operations;
    let quantile =
        text("The time that this share of the requests did not exceed", "该比例的请求不超过的时间");
    let heads = [
        (text("time", "时间"), None),
        (text("p50", "p50"), Some(quantile)),
        (text("p95", "p95"), Some(quantile)),
        (text("p99", "p99"), Some(quantile)),
        (text("p99.9", "p99.9"), Some(quantile)),
        (text("max", "最大"), Some(text("The slowest request", "最慢的请求"))),
    ];
    let response = text("From the intended time to the answer", "从计划时间到应答");
    let of_operations = [
        (text("response time, reads", "响应时间，读取"), operations.read),
        (text("response time, claims", "响应时间，购买"), operations.claim),
        (text("response time, events", "响应时间，事件"), operations.append),
        (text("response time, increments", "响应时间，计数"), operations.count),
    ];
    // What nobody wanted has no row.
    let wanted = of_operations.into_iter().filter(|(_, times)| times.ended > 0);
    let mut of_all: Vec<(Text, Text, Quantiles)> = vec![
        (text("response time, all", "响应时间，全部"), response, operations.all.response_us),
        (
            text("service time, all", "服务时间，全部"),
            text("From the moment of sending to the answer", "从发送时刻到应答"),
            operations.all.service_us,
        ),
        (
            text("generator behind schedule", "发生器落后于计划"),
            text(
                "How late requests were sent; more than 25 ms at p99 makes a run inconclusive",
                "请求发送晚了多少；p99 超过 25 ms 则运行无定论",
            ),
            report.generator.schedule_lag_us,
        ),
    ];
    // Over HTTP nothing is scheduled.
    of_all.pop_if(|_| report.http.is_some());
    table(ui, "times", lang, &heads, |ui| {
        for (name, tip, times) in
            wanted.map(|(name, times)| (name, response, times.response_us)).chain(of_all)
        {
            ui.label(lang.t(name)).on_hover_text(lang.t(tip));
            for figure in [times.p50, times.p95, times.p99, times.p999, times.max] {
                ui.label(micros(figure));
            }
            ui.end_row();
        }
    });
}

const MEMORY: Text = text(
    "Limit {}; {} keys evicted, {} commands refused because memory was full",
    "上限 {}；因内存已满淘汰 {} 个键、拒绝 {} 条命令",
);
const PROCESS: Text = text("{}, {}", "{}，{}");

/// What each Redis process did.
pub fn processes(ui: &mut Ui, lang: Lang, instances: &[InstanceSummary]) {
    let heads = [
        (text("process", "进程"), None),
        (text("role at the end", "结束时的角色"), None),
        (text("CPU time", "处理器时间"), Some(text("Processor time used", "使用的处理器时间"))),
        (
            text("commands", "命令"),
            Some(text("Commands from the first look to the last", "首次到最后一次查看之间的命令数")),
        ),
        (
            text("peak memory", "内存峰值"),
            Some(text("The most memory that its data took", "数据占用内存的最大值")),
        ),
        (
            text("worst lag", "最大落后"),
            Some(text(
                "The furthest that a replica was behind its master, in bytes of the replication stream; in a read-write split also in seconds",
                "从节点落后主节点的最大值，以复制流的字节计；在读写分离中还以秒计",
            )),
        ),
        (
            text("missed looks", "未应答"),
            Some(text(
                "Looks that the process did not answer, of all looks at it",
                "进程未应答的查看次数及总次数",
            )),
        ),
    ];
    table(ui, "processes", lang, &heads, |ui| {
        for instance in instances {
            process(ui, lang, instance);
        }
    });
}

fn process(ui: &mut Ui, lang: Lang, instance: &InstanceSummary) {
    let dash = || "–".to_owned();
    ui.label(lang.f(PROCESS, &[&instance.stage, &lang.of(&instance.name)]));
    ui.label(&*lang.of(instance.role.label()));
    ui.label(format!("{:.1} s", instance.cpu_secs));
    ui.label(grouped(instance.commands));
    // A Sentinel doesn't say.
    let memory = instance.peak_memory_bytes;
    let words = if memory > 0 { bytes(memory) } else { dash() };
    if instance.was_short_of_memory() {
        let limit = instance.memory_limit_bytes;
        let limit = if limit > 0 { bytes(limit) } else { dash() };
        let (evicted, refused) = (instance.evicted_keys, instance.refused_for_memory);
        let tip = lang.f(MEMORY, &[&limit, &grouped(evicted), &grouped(refused)]);
        let is_full = evicted + refused > 0;
        let words = RichText::new(format!("{words} / {limit}"));
        ui.label(if is_full { words.color(tokens(ui).warn) } else { words }).on_hover_text(tip);
    } else {
        ui.label(words);
    }
    let worst = || match instance.worst_lag_secs {
        None => bytes(instance.worst_lag_bytes),
        Some(secs) => format!("{}, {secs:.2} s", bytes(instance.worst_lag_bytes)),
    };
    ui.label(if instance.role == Role::Replica { worst() } else { dash() });
    let missed = format!("{} / {}", instance.missed_looks, instance.looks);
    let is_silent = instance.missed_looks > 0;
    ui.label(if is_silent { RichText::new(missed).color(tokens(ui).warn) } else { RichText::new(missed) });
    ui.end_row();
}

/// Faults that were injected, changes that were made, what circuit breakers did, which rules spoke up, and who left the rotation, in the order of time.
pub fn deeds(ui: &mut Ui, lang: Lang, report: &Report, out: &mut Intents) {
    let faults = report
        .faults
        .iter()
        .map(|fault| (fault.at_secs, Icon::Zap, tokens(ui).fault, fault.what.clone(), &fault.error));
    let changes = report.changes.iter().map(|change| {
        (change.at_secs, Icon::SlidersHorizontal, tokens(ui).accent, change.what.clone(), &change.error)
    });
    let absences = report.absences.iter().flat_map(|absence| {
        let who = format!("{} of {}", absence.instance, absence.stage);
        let weak = tokens(ui).weak;
        let left = format!("{who} left the rotation: {}", absence.why);
        let back = absence.to_secs.map(|at| (at, Icon::BookOpen, format!("{who} is back in the rotation")));
        let both = std::iter::once((absence.from_secs, signs::OUT_OF_READS, left)).chain(back);
        both.map(move |(at, sign, words)| (at, sign, weak, words, &None)).collect::<Vec<_>>()
    });
    let breakers = report.breakers.iter().flat_map(|span| {
        let who = format!("{} of {}", span.instance, span.stage);
        let warn = tokens(ui).warn;
        let opened = format!("the circuit breaker of {who} is open");
        let closed = span.to_secs.map(|at| {
            let (times, shed) = (grouped(span.opened), grouped(span.shed));
            let words = format!("the circuit breaker of {who} is closed again; it opened {times} times and answered {shed} requests itself");
            (at, words)
        });
        let both = std::iter::once((span.from_secs, opened)).chain(closed);
        both.map(move |(at, words)| (at, Icon::BellRing, warn, words, &None)).collect::<Vec<_>>()
    });
    let alerts = report
        .alerts
        .iter()
        .map(|alert| (alert.at_secs, Icon::BellRing, tokens(ui).warn, alert.text(), &None));
    let mut deeds: Vec<_> = faults.chain(changes).chain(absences).chain(breakers).chain(alerts).collect();
    deeds.sort_by(|a, b| a.0.total_cmp(&b.0));
    for (at, sign, colour, what, error) in deeds {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            if ui.link(RichText::new(format!("{at:>6.1} s")).monospace()).clicked() {
                out.push(Intent::ShowMoment(at));
            }
            ui.label(icon(sign).color(colour));
            match error {
                None => ui.label(&*lang.of(&what)),
                Some(error) => {
                    let words = format!("{what} failed: {error}");
                    ui.label(RichText::new(&*lang.of(&words)).color(tokens(ui).bad))
                }
            };
        });
    }
}

/// A table with heads; a head may have a definition.
pub fn table(
    ui: &mut Ui,
    name: &str,
    lang: Lang,
    heads: &[(Text, Option<Text>)],
    rows: impl FnOnce(&mut Ui),
) {
    let colour = tokens(ui).weak;
    // Where the panel is narrow, the table scrolls by itself instead of pushing the panel wider.
    ScrollArea::horizontal().id_salt(("wide", name)).show(ui, |ui| {
        Grid::new(name).num_columns(heads.len()).striped(true).spacing([18.0, 5.0]).show(ui, |ui| {
            for (head, tip) in heads {
                let head = ui.label(RichText::new(lang.t(*head)).color(colour));
                if let Some(tip) = tip {
                    head.on_hover_text(lang.t(*tip));
                }
            }
            ui.end_row();
            rows(ui);
        });
    });
}
