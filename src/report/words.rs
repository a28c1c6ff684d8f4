//! What page and Markdown say, in both languages.

use crate::lang::{Lang, Text, text};
use crate::metrics::Reason;
use crate::metrics::tally::ByReason;
use crate::topology::Realness;

use super::text::grouped;

pub const REPORT: Text = text("Report of a run", "运行报告");
pub const PROMISE: Text = text("Promised outcome", "预期结论");
pub const NO_PROMISE: Text = text("The design promises no outcome", "此设计没有预期结论");
pub const BEGAN: Text = text("Began", "开始于");
pub const LASTED: Text = text("Arrivals came for", "到达持续");
pub const SEED: Text = text("Seed", "随机种子");
pub const PROGRAM: Text = text("Program", "程序");
pub const SOURCE: Text = text("Source", "来源");
pub const CONTENTS: Text = text("Contents", "目录");
pub const VERDICT: Text = text("Verdict", "结论");
pub const PASS: Text = text("Pass", "通过");
pub const FAIL: Text = text("Fail", "未通过");
pub const INCONCLUSIVE: Text = text("Inconclusive", "无定论");
pub const BECAUSE: Text = text("Why it is no pass", "未通过的原因");
pub const CHANGED: Text = text("Changed while it ran", "运行中的更改");

pub const DESIGN: Text = text("Design", "设计");
pub const DESIGN_SAID: Text = text("{} stages and {} wires", "{} 个阶段与 {} 条连线");
pub const CONTROLS: Text = text("looks after", "管理");
pub const SENDS: Text = text("sends to", "发往");
pub const IN: Text = text("{} in", "到达 {}");
pub const TOOK: Text = text("{} intercepted", "拦截 {}");
pub const WIRES: Text = text("Stages and wires in words", "以文字列出阶段与连线");

pub const FUNNEL: Text = text("Funnel", "漏斗");
pub const FUNNEL_LEAD: Text = text(
    "What came to each stage, what it answered itself, and how thin the stream is that it let through.",
    "每个阶段收到多少、自己应答了多少、又放行了多少。",
);
pub const STAGE: Text = text("stage", "阶段");
pub const KIND: Text = text("kind", "类型");
pub const REALNESS: Text = text("is", "真实性");
pub const ARRIVALS: Text = text("arrivals", "到达");
pub const INTERCEPTED: Text = text("intercepted", "拦截");
pub const PASSED: Text = text("passed", "通过");
pub const FAILED: Text = text("failed", "失败");
pub const ANSWERS: Text = text("intercepted because", "拦截原因");
pub const SERVED: Text = text("served {}", "已应答 {}");
pub const SOLD_HERE: Text = text("sold {}", "售出 {}");
pub const REJECTED_HERE: Text = text("rejected: {}", "拒绝：{}");
pub const ON: Text = text("handed on", "继续向后");
pub const OWN: Text = text("answered as the owner", "由数据所有者应答");
pub const TAKEN: Text = text("intercepted", "拦截");
pub const GONE: Text = text("failed, indefinite or given back", "失败、不确定或退回重试");
pub const LAW: Text = text(
    "{} arrivals = {} dropped + {} intercepted + {} served + {} sold + {} rejected + {} failed + {} indefinite",
    "{} 到达 = {} 丢弃 + {} 拦截 + {} 应答 + {} 售出 + {} 拒绝 + {} 失败 + {} 不确定",
);
pub const STALE: Text = text(
    "{}: {} of {} reads were stale ({}), older by {} at p50, {} at p99, {} at most",
    "{}：{} / {} 次读取过期（{}），旧了 p50 {}、p99 {}、最多 {}",
);
pub const PAGES: Text = text(
    "{}: {} of pages sent, {} not sent because clients had them",
    "{}：发送页面 {}，因客户端已有而未发送 {}",
);
pub const RETRIED: Text = text("{}: {} retries of reads", "{}：重试读取 {} 次");
pub const BREAKER: Text = text(
    "The circuit breaker of {} of {} was not closed from {} s to {}: it opened {} times and answered {} requests itself",
    "{}（{}）的熔断器从 {} 秒到 {} 未关闭：打开 {} 次，自行应答 {} 个请求",
);

pub const TARGETS: Text = text("Targets", "目标");
pub const NO_TARGETS: Text =
    text("No targets: every run that keeps its schedule passes", "没有目标：只要按计划运行就会通过");
pub const TARGET: Text = text("target", "目标");
pub const MEASURED: Text = text("measured", "实测");
pub const OUTCOME: Text = text("outcome", "结果");
pub const HOLDS: Text = text("✓ holds", "✓ 达成");
pub const MISSES: Text = text("✗ misses", "✗ 未达成");
pub const UNKNOWN: Text = text("? not known", "? 未知");
pub const FACT: Text = text("counted fact", "计数的事实");
pub const TIMING: Text = text("timing", "时间");

pub const AUDIT: Text = text("Audit", "审计");
pub const AUDIT_LEAD: Text = text(
    "What every buyer was told, held against Redis, the queue and the database, order by order.",
    "把告知每位买家的内容与 Redis、队列和数据库逐单核对。",
);
pub const NO_AUDIT: Text =
    text("No audit was possible: what was sold is not known", "无法审计：卖出多少未知");
pub const PLACES: Text = text("What each place says by itself", "各处自己的说法");
pub const OFFENCES: Text = text("Offending orders", "违规订单");
pub const OFFENCES_LEAD: Text = text("The first 20 of each kind.", "每类最多列出前 20 个。");
pub const NO_OFFENCES: Text = text("No offending orders", "没有违规订单");
pub const LOSSES: Text = text("When lost orders had been promised", "丢失的订单是何时承诺的");
pub const RECORDS: Text = text("Events and counters", "事件与计数");

pub const CHARTS: Text = text("Over time", "随时间变化");
pub const NO_SERIES: Text = text("This report has no series over time", "此报告没有随时间变化的数据");
pub const MARKS: Text = text("Marked in the charts", "图中的标记");
pub const FIGURES: Text = text("The run in figures", "以数字列出这次运行");
pub const OUTAGES: Text = text("Anatomy of outages", "中断剖析");
pub const TIMES: Text = text("Response and service time", "响应时间与服务时间");
pub const PROCESSES: Text = text("Processes", "进程");
pub const CLAIMED: Text =
    text("Claimed of managed products, and measured here", "托管产品的宣称与此处的测量");
pub const CLAIMED_LEAD: Text = text(
    "The two are never blended: on how many cores a claim stands is not told, and a run need not fill its servers.",
    "两者从不混为一谈：宣称所用的核数并未说明，一次运行也未必用满服务器。",
);
pub const DEEDS: Text = text("Faults, changes, alerts and absences", "故障、更改、告警与退出轮询");
pub const SHARDS: Text = text("Shards, as clients saw them", "客户端所见的分片");
pub const HANDS: Text = text("Orders in consumers' hands", "消费者手中的订单");
pub const BACKUP: Text = text("Backup and restore", "备份与恢复");
pub const TROUBLES: Text = text("Troubles on the way", "途中的问题");
pub const SURROUNDINGS: Text = text("Environment", "环境");
pub const MACHINE: Text = text("Machine", "机器");
pub const SERVERS: Text = text("Servers", "服务器");
pub const SETTINGS: Text =
    text("Settings that a library would otherwise have chosen", "本应由程序库决定的设置");
pub const REPEAT: Text = text("Repeat it", "重复此运行");
pub const REPEAT_LEAD: Text = text(
    "Save the design below as {} and run it: every default and every override of this run is in it. The same seed brings the same arrivals; what real servers make of them is measured anew.",
    "把下面的设计保存为 {} 并运行：本次运行的所有默认值与覆盖值都在其中。相同的种子带来相同的到达；真实服务器如何应对则重新测量。",
);
pub const DESIGN_TEXT: Text = text("The design as it was run", "实际运行的设计");
pub const UNOPTIMISED: Text =
    text("built without optimisations: figures of time say little", "未经优化的构建：时间数字没有多少意义");
pub const END: Text = text("the end", "结束");

/// Why something was answered, and how often: "sold out 1,204, cache hit 7".
pub fn reasons(lang: Lang, counts: &ByReason) -> Vec<String> {
    counts.iter().map(|(why, count)| format!("{} {}", reason(lang, why), grouped(count))).collect()
}

/// A reason in words.
pub fn reason(lang: Lang, reason: Reason) -> String {
    lang.of(reason.label()).replace('_', " ")
}

/// The sign and the words of a badge.
pub fn badge(lang: Lang, realness: Realness) -> String {
    let sign = match realness {
        Realness::RealProcess => "●",
        Realness::Embedded => "◐",
        Realness::InProcess => "○",
        Realness::External => "↗",
    };
    format!("{sign} {}", lang.of(realness.label()))
}

/// The class of a badge.
pub fn badge_class(realness: Realness) -> &'static str {
    match realness {
        Realness::RealProcess => "real",
        Realness::Embedded => "embedded",
        Realness::InProcess => "inside",
        Realness::External => "external",
    }
}
