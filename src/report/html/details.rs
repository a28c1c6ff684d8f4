//! The rest of what a report says, each part where there is something: times, processes, claims, events on the way.

use super::super::words;
use super::page::{Align, Page};
use crate::lang::{Lang, Text, text};
use crate::metrics::Role;
use crate::report::text::{bytes, grouped};
use crate::report::verdict::micros;
use crate::report::{QueueReport, Report, http};

const READS: Text = text("{} reads/s", "{} 次读取/秒");
const OPERATIONS: Text = text("{} operations/s", "{} 次操作/秒");
const OUT: Text = text("{} of {} was out of the rotation until {}: {}", "{}（{}）退出轮询至 {}：{}");
const REFUSED: Text = text("refused: {}", "被拒绝：{}");
const DONE: Text = text("done", "完成");
const MEMORY: Text = text(
    "{} of {}: memory limit {}, {} keys evicted, {} commands refused for want of memory",
    "{}（{}）：内存上限 {}，淘汰 {} 个键，因内存不足拒绝 {} 个命令",
);
const FORKED: Text = text(
    "{} of {} stood still for {} ms to fork, and copied {} meanwhile",
    "{}（{}）因 fork 停顿 {} 毫秒，期间复制 {}",
);
const NONE: Text = text("none", "无");
const OFFERED: Text = text("offered {}/s, achieved {}/s over {} s", "到达 {}/s，达成 {}/s，历时 {} 秒");
const STOPPED: Text = text("stopped before the end of the schedule", "在计划结束之前停止");

/// Forks that take less are not worth a line.
const NOTABLE_FORK_MS: f64 = 1.0;
/// Faults, changes and alerts that are listed: chaos may bring more.
const LISTED: usize = 200;

/// Response and service times, and how the generator kept its schedule.
pub fn times(page: &mut Page, lang: Lang, report: &Report) {
    let operations = &report.operations;
    let of_operations = [
        (text("response time, reads", "响应时间，读取"), operations.read),
        (text("response time, claims", "响应时间，购买"), operations.claim),
        (text("response time, events", "响应时间，事件"), operations.append),
        (text("response time, increments", "响应时间，计数"), operations.count),
    ];
    let wanted = of_operations.into_iter().filter(|(_, times)| times.ended > 0);
    let behind = (text("generator behind schedule", "发生器落后于计划"), report.generator.schedule_lag_us);
    // Over HTTP nothing is scheduled.
    let behind = report.http.is_none().then_some(behind);
    let of_all =
        [(text("service time, all", "服务时间，全部"), operations.all.service_us)].into_iter().chain(behind);
    let heads = [
        text("time", "时间"),
        text("p50", "p50"),
        text("p95", "p95"),
        text("p99", "p99"),
        text("p99.9", "p99.9"),
        text("max", "最大"),
    ];
    let heads: Vec<(&str, Align)> = aligned(lang, &heads);
    let rows = wanted.map(|(name, times)| (name, times.response_us)).chain(of_all).map(|(name, times)| {
        let cells = [times.p50, times.p95, times.p99, times.p999, times.max].map(micros);
        std::iter::once(lang.t(name).to_owned()).chain(cells).collect()
    });
    page.table(lang.t(words::TIMES), &heads, &rows.collect::<Vec<_>>());
    let generator = &report.generator;
    let rates = [generator.offered_per_sec, generator.achieved_per_sec].map(|rate| format!("{rate:.0}"));
    let mut said = lang.f(OFFERED, &[&rates[0], &rates[1], &format!("{:.1}", generator.duration_secs)]);
    if generator.stopped_early {
        said = format!("{said}; {}", lang.t(STOPPED));
    }
    page.element("p", &[("class", &"law")], said);
    for line in http::lines(lang, report) {
        page.element("p", &[("class", &"law")], line);
    }
}

/// Heads of a table whose first column is words and the others figures.
fn aligned(lang: Lang, heads: &[Text]) -> Vec<(&'static str, Align)> {
    let align = |index| if index == 0 { Align::Left } else { Align::Right };
    heads.iter().enumerate().map(|(index, head)| (lang.t(*head), align(index))).collect()
}

/// What each server process did.
pub fn processes(page: &mut Page, lang: Lang, report: &Report) {
    let heads = [
        text("process", "进程"),
        text("role at the end", "结束时的角色"),
        text("CPU time", "处理器时间"),
        text("commands", "命令"),
        text("peak memory", "内存峰值"),
        text("worst lag", "最大落后"),
        text("missed looks", "未应答"),
    ];
    let rows: Vec<Vec<String>> = report
        .instances
        .iter()
        .map(|one| {
            let behind = match one.worst_lag_secs {
                _ if one.role != Role::Replica => "–".to_owned(),
                None => bytes(one.worst_lag_bytes),
                Some(secs) => format!("{}, {secs:.2} s", bytes(one.worst_lag_bytes)),
            };
            let memory =
                if one.peak_memory_bytes > 0 { bytes(one.peak_memory_bytes) } else { "–".to_owned() };
            vec![
                format!("{}, {}", one.stage, lang.of(&one.name)),
                lang.of(one.role.label()).into_owned(),
                format!("{:.1} s", one.cpu_secs),
                grouped(one.commands),
                memory,
                behind,
                format!("{} / {}", one.missed_looks, one.looks),
            ]
        })
        .collect();
    let mut heads = aligned(lang, &heads);
    heads[1].1 = Align::Left;
    page.table(lang.t(words::PROCESSES), &heads, &rows);
    let said = short_of_memory(lang, report);
    if !said.is_empty() {
        page.list("plain", said);
    }
}

fn short_of_memory(lang: Lang, report: &Report) -> Vec<String> {
    let short = report.instances.iter().filter(|one| one.was_short_of_memory()).map(|one| {
        let limit =
            if one.memory_limit_bytes > 0 { bytes(one.memory_limit_bytes) } else { lang.t(NONE).to_owned() };
        let counts = [one.evicted_keys, one.refused_for_memory].map(grouped);
        lang.f(MEMORY, &[&lang.of(&one.name), &one.stage, &limit, &counts[0], &counts[1]])
    });
    let forked = report.instances.iter().filter(|one| one.longest_fork_ms >= NOTABLE_FORK_MS).map(|one| {
        let (took, copied) = (format!("{:.1}", one.longest_fork_ms), bytes(one.most_copied_bytes));
        lang.f(FORKED, &[&lang.of(&one.name), &one.stage, &took, &copied])
    });
    short.chain(forked).collect()
}

/// What texts claim of managed products, beside what was measured.
pub fn claimed(page: &mut Page, lang: Lang, report: &Report) {
    page.element("p", &[("class", &"lead")], lang.t(words::CLAIMED_LEAD));
    let heads = [
        words::STAGE,
        text("claimed", "宣称"),
        text("here", "此处"),
        text("cores used", "所用核数"),
        text("for each core", "每核"),
    ];
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rate, rounded")]
    let per_sec = |rate: f64| format!("{}/s", grouped(rate.round().max(0.0) as u64));
    let rows: Vec<Vec<String>> = report
        .claimed
        .iter()
        .map(|row| {
            let what = if row.what == "reads" { READS } else { OPERATIONS };
            vec![
                row.stage.clone(),
                lang.f(what, &[&grouped(row.claimed_per_sec)]),
                per_sec(row.requests_per_sec),
                format!("{:.2}", row.cores_used),
                row.requests_per_core_sec.map_or_else(|| "–".to_owned(), per_sec),
            ]
        })
        .collect();
    page.table(lang.t(words::CLAIMED), &aligned(lang, &heads), &rows);
}

/// What clients saw of shards, and how shards came and went.
pub fn shards(page: &mut Page, lang: Lang, report: &Report) {
    let heads = [
        text("shard", "分片"),
        text("answered", "应答"),
        text("failed", "失败"),
        text("indefinite", "不确定"),
        text("MOVED", "已迁 (MOVED)"),
        text("ASK", "在迁 (ASK)"),
        text("TRYAGAIN", "推迟 (TRYAGAIN)"),
        text("CLUSTERDOWN", "不可用 (CLUSTERDOWN)"),
    ];
    let rows: Vec<Vec<String>> = report
        .shards
        .iter()
        .map(|shard| {
            let name = format!("{}, {} ({})", shard.stage, shard.shard, shard.nodes.join(", "));
            let counts = [
                shard.answered,
                shard.failed,
                shard.indefinite,
                shard.moved,
                shard.asked,
                shard.put_off,
                shard.cluster_down,
            ];
            std::iter::once(name).chain(counts.map(grouped)).collect()
        })
        .collect();
    page.table(lang.t(words::SHARDS), &aligned(lang, &heads), &rows);
    let heads = [
        text("shard that came or went", "增减的分片"),
        text("at", "时刻"),
        text("slots", "槽"),
        text("moving", "迁移"),
        text("done at", "完成时刻"),
    ];
    let rows: Vec<Vec<String>> = report
        .reshapes
        .iter()
        .map(|one| {
            let failed = one.error.as_ref().map(|error| format!(": {}", lang.of(error))).unwrap_or_default();
            vec![
                format!("{} {}{failed}", lang.of(&one.action), one.stage),
                format!("{:.1} s", one.started_at_secs),
                grouped(one.slots),
                format!("{:.0} ms", one.moving_ms),
                format!("{:.1} s", one.ended_at_secs),
            ]
        })
        .collect();
    if !rows.is_empty() {
        page.table(lang.t(words::SHARDS), &aligned(lang, &heads), &rows);
    }
}

/// What consumers died with.
pub fn hands(page: &mut Page, lang: Lang, report: &Report) {
    report.eventful_queues().for_each(|queue| hands_of(page, lang, queue));
}

fn hands_of(page: &mut Page, lang: Lang, queue: &QueueReport) {
    page.element("h3", &[], format!("{} · {}", lang.t(words::HANDS), queue.stage));
    let figures = [
        (text("died", "死去"), queue.consumer_deaths),
        (text("died unwritten", "死时未写入"), queue.died_unwritten_orders),
        (text("died unacknowledged", "死时未确认"), queue.died_unacknowledged_orders),
        (text("delivered again", "再次投递"), queue.redelivered_orders),
        (text("inserts ignored", "忽略的写入"), queue.ignored_inserts),
        (text("without an order", "找不到订单"), queue.missing_orders),
    ];
    page.pairs(&figures.map(|(name, count)| (lang.t(name), grouped(count))));
}

/// Faults, changes, alerts and absences, in the order of time.
pub fn deeds(page: &mut Page, lang: Lang, report: &Report) {
    let went = |error: &Option<String>| match error {
        None => lang.t(DONE).to_owned(),
        Some(why) => lang.f(REFUSED, &[&lang.of(why)]),
    };
    let mut deeds: Vec<(f64, String, String)> = Vec::new();
    deeds.extend(
        report.faults.iter().map(|one| (one.at_secs, lang.of(&one.what).into_owned(), went(&one.error))),
    );
    deeds.extend(
        report.changes.iter().map(|one| (one.at_secs, lang.of(&one.what).into_owned(), went(&one.error))),
    );
    deeds.extend(
        report.alerts.iter().map(|one| (one.at_secs, lang.of(&one.text()).into_owned(), String::new())),
    );
    deeds.extend(report.absences.iter().map(|one| {
        let until = one.to_secs.map_or_else(|| lang.t(words::END).to_owned(), |secs| format!("{secs:.1} s"));
        let said = lang.f(OUT, &[&lang.of(&one.instance), &one.stage, &until, &lang.of(&one.why)]);
        (one.from_secs, said, String::new())
    }));
    deeds.sort_by(|a, b| a.0.total_cmp(&b.0));
    let heads = [
        (lang.t(text("at", "时刻")), Align::Right),
        (lang.t(text("what", "内容")), Align::Left),
        (lang.t(text("how it went", "结果")), Align::Left),
    ];
    let rows = deeds.into_iter().take(LISTED).map(|(at, what, went)| vec![format!("{at:.3} s"), what, went]);
    page.table(lang.t(words::DEEDS), &heads, &rows.collect::<Vec<_>>());
}

/// Whether anything happened that [`deeds`] lists.
pub fn has_deeds(report: &Report) -> bool {
    !(report.faults.is_empty()
        && report.changes.is_empty()
        && report.alerts.is_empty()
        && report.absences.is_empty())
}

/// Backups of the database.
pub fn backup(page: &mut Page, lang: Lang, report: &Report) {
    let Some(backup) = &report.backup else { return };
    page.element("h3", &[], lang.t(words::BACKUP));
    let verified = if backup.is_verified() {
        text("verified: as promised", "已核对：与承诺相符")
    } else {
        text("NOT as promised", "与承诺不符")
    };
    page.pairs(&[
        (lang.t(text("backups", "备份次数")), grouped(backup.taken)),
        (lang.t(text("the last one began at", "最后一次开始于")), format!("{:.1} s", backup.last_at_secs)),
        (lang.t(text("it took", "耗时")), format!("{:.0} ms", backup.last_took_ms)),
        (lang.t(text("its length", "大小")), bytes(backup.bytes)),
        (lang.t(text("restored in", "恢复耗时")), format!("{:.0} ms", backup.restore_ms)),
        (lang.t(text("restored and compared", "恢复并核对")), lang.t(verified).to_owned()),
        (lang.t(text("orders in it", "其中的订单")), grouped(backup.orders)),
        (lang.t(text("would lose, orders", "将丢失的订单")), grouped(backup.would_lose_orders)),
        (lang.t(text("would lose, time", "将丢失的时间")), format!("{:.1} s", backup.would_lose_secs)),
        (lang.t(text("at the worst moment, orders", "最坏时刻的订单")), grouped(backup.worst_orders)),
    ]);
}
