//! Names of parameters, and their values in words, for people.
//!
//! Files call a parameter by its key; the window by these names, which say the same in a few words. What the parameters
//! mean, and their units, are in the catalog.

use std::borrow::Cow;

use super::catalog::text_of;
use super::{Lang, Text, choices, text};
use crate::param::{ParamKind, ParamSpec, ParamValue};
use crate::ui::widgets::number;

/// A parameter's key and its name.
const KEYS: &[(&str, Text)] = &[
    // Stages.
    ("ttl", text("Time to live", "存活时间")),
    ("capacity", text("Capacity", "容量")),
    ("policy", text("Policy", "策略")),
    ("rate_limit", text("Rate limit", "限流")),
    ("instances", text("Instances", "实例数")),
    ("per_user_limit", text("Limit a user", "单用户限流")),
    ("health_interval", text("Health check", "健康检查间隔")),
    ("unhealthy_after", text("Unhealthy after", "判为不健康")),
    ("flag_ttl", text("Flags believed", "标志有效期")),
    ("page_ttl", text("Pages kept", "页面缓存时间")),
    ("single_flight", text("Single flight", "合并回源")),
    ("max_in_flight", text("Max in flight", "最大并发")),
    ("backup_every", text("Backed up every", "备份间隔")),
    ("keeps_pages", text("Clients keep pages", "客户端保留页面")),
    ("purge_on_update", text("Purge on update", "更新时清除")),
    ("page_bytes", text("Page length", "页面长度")),
    ("read_attempts", text("Attempts a read", "读取尝试次数")),
    ("retry_after", text("Retried after", "重试间隔")),
    ("retry_budget", text("Retry budget", "重试预算")),
    ("breaker_opens_at", text("Breaker opens at", "熔断阈值")),
    ("breaker_window", text("Breaker window", "熔断统计窗口")),
    ("breaker_answers", text("Breaker counts from", "熔断最少应答数")),
    ("breaker_retry_after", text("Breaker tries after", "熔断后试探间隔")),
    ("breaker_trials", text("Breaker trials", "半开试探数")),
    ("replicas", text("Replicas", "从节点数")),
    ("shape", text("Replication", "复制拓扑")),
    ("read_policy", text("Reads go to", "读取策略")),
    ("lag_limit", text("Lag limit", "延迟上限")),
    ("reads_without_cache", text("Reads without cache", "缓存失效时的读")),
    ("expire_after", text("Pages expire after", "页面过期时间")),
    ("expire_jitter", text("Expiry jitter", "过期抖动")),
    ("absence_ttl", text("Absence kept", "空值缓存")),
    ("admission_ratio", text("Admission ratio", "准入比例")),
    ("connections", text("Connections", "连接数")),
    ("window", text("Pipelines in flight", "在途管道数")),
    ("max_waiting", text("Max waiting", "最大等待数")),
    ("timeout", text("Timeout", "超时")),
    ("persistence", text("Persistence", "持久化")),
    ("session_bytes", text("Size of a session", "会话大小")),
    ("leaks", text("Leaks", "泄漏")),
    ("max_memory", text("Memory limit", "内存上限")),
    ("eviction", text("When memory is full", "内存满时")),
    ("sentinels", text("Sentinels", "哨兵数")),
    ("quorum", text("Quorum", "法定人数")),
    ("down_after", text("Down after", "判定下线")),
    ("failover_timeout", text("Failover timeout", "故障转移超时")),
    ("min_replicas_to_write", text("Min replicas to write", "写入所需从节点")),
    ("min_replicas_max_lag", text("Their max lag", "其最大延迟")),
    ("wait_replicas", text("WAIT for replicas", "WAIT 从节点数")),
    ("wait_timeout", text("WAIT at most", "WAIT 时限")),
    ("restart_in_place", text("Restart in place", "原地重启")),
    ("decrement", text("Stock taken by", "扣减方式")),
    ("closes_by", text("Closed by the count", "关闸依据")),
    ("mistake", text("Mistake", "错误演示")),
    ("attempts", text("Attempts", "尝试次数")),
    ("shards", text("Shards", "分片数")),
    ("node_timeout", text("Node timeout", "节点超时")),
    ("slots_move", text("Slots move", "槽迁移方式")),
    ("full_coverage", text("All slots or none", "须覆盖全部槽")),
    ("form", text("Made of", "队列形式")),
    ("storage", text("NATS keeps it in", "NATS 存储于")),
    ("carries", text("Messages carry", "消息内容")),
    ("claim_after", text("Taken over after", "接管时限")),
    ("on", text("Kept on", "所在")),
    ("url", text("Server elsewhere", "外部服务器")),
    ("consumers", text("Consumers", "消费者数")),
    ("batch", text("Batch", "批量")),
    ("strategy", text("Stock taken by", "扣减方式")),
    ("engine", text("Engine", "数据库引擎")),
    ("page_query", text("Page query", "页面查询")),
    ("sync_each_commit", text("Sync each commit", "逐次刷盘")),
    ("interval", text("Interval", "间隔")),
    ("unpaid_ratio", text("Unpaid share", "未付款比例")),
    ("pay_within", text("Pay within", "付款时限")),
    ("reload_stock", text("Reload stock", "重载库存")),
    ("flush_counters", text("Flush counters every", "计数写回间隔")),
    ("sweep_orders", text("Sweep orders every", "扫单间隔")),
    ("sweep", text("A sweep reads", "扫单方式")),
    ("events_span", text("Events of one table", "每张事件表的时段")),
    ("reader_page_ttl", text("Reader's page stays in Redis", "个人页在 Redis 中保留")),
    // Rules.
    ("measure", text("What is measured", "测量什么")),
    ("side", text("Reason is a figure", "触发方向")),
    ("threshold", text("Threshold", "阈值")),
    ("holds_for", text("For at least", "持续至少")),
    ("rests", text("Rests after an alert", "告警后静默")),
    ("sets", text("Then changes", "届时更改")),
    ("sets_of", text("Of stage", "所属阶段")),
    ("by", text("By", "每次增加")),
    ("limit", text("Never beyond", "不超过")),
    // The workload.
    ("items", text("Products", "商品数")),
    ("stock", text("Stock", "库存")),
    ("units_per_claim", text("Units per claim", "每单件数")),
    ("per_buyer_limit", text("Limit per buyer", "每人限购")),
    ("opens_at", text("Opens at", "开售时间")),
    ("users", text("People", "人数")),
    ("item_skew", text("Favourites (skew)", "热度偏斜")),
    ("repeat_ratio", text("Repeated clicks", "重复点击")),
    ("bots", text("Bots", "机器人数")),
    ("bot_ratio", text("Claims by bots", "机器人占比")),
    ("page_of", text("Pages of", "页面属于")),
    ("unknown_ratio", text("Reads of unknown products", "读取不存在商品")),
    ("unknown_items", text("Unknown products", "不存在的商品数")),
    ("streams", text("Streams", "事件流数")),
    ("counters", text("Counters", "计数器数")),
    ("read", text("Reads (weight)", "读取权重")),
    ("claim", text("Claims (weight)", "购买权重")),
    ("append", text("Events (weight)", "事件权重")),
    ("count", text("Increments (weight)", "计数权重")),
    ("rate", text("Rate", "速率")),
    ("from", text("Rate at start", "起始速率")),
    ("to", text("Rate at end", "结束速率")),
    ("base", text("Base rate", "基线速率")),
    ("peak", text("Peak rate", "峰值速率")),
    ("decay", text("Decay", "衰减时间")),
    // Faults and targets.
    ("at", text("When", "时刻")),
    ("action", text("What is done", "动作")),
    ("stage", text("To the stage", "目标阶段")),
    ("instance", text("Its process", "目标进程")),
    ("delay", text("Delay each way", "单向延迟")),
    ("amount", text("By how much", "数量")),
    ("lasts", text("How long", "时长")),
    ("of", text("Of which", "哪些请求")),
    ("quantile", text("Quantile", "分位数")),
    ("at_most", text("At most", "至多")),
    ("at_least", text("At least", "至少")),
];

/// What an optional parameter means when it is off.
const OFF: &[(&str, Text)] = &[
    ("rate_limit", text("No limit", "不限流")),
    ("expire_after", text("They stay", "不过期")),
    ("absence_ttl", text("Not kept", "不缓存")),
    ("max_memory", text("No limit", "不限")),
    ("lag_limit", text("However far behind", "不限延迟")),
    ("per_user_limit", text("No limit", "不限流")),
    ("health_interval", text("Never", "从不")),
    ("flag_ttl", text("Never remembers", "不缓存")),
    ("page_ttl", text("Keeps none", "不缓存页面")),
    ("claim_after", text("Nobody takes over", "无人接管")),
    ("on", text("A process of its own", "独立进程")),
    ("url", text("Runs its own", "自行启动")),
    ("per_buyer_limit", text("No limit", "不限购")),
    ("expected", text("No promise", "不作承诺")),
    ("restart_in_place", text("Stays dead", "不重启")),
    ("mistake", text("Makes none", "没有错误")),
    ("reader_page_ttl", text("Not written there", "不写入")),
    ("sweep_orders", text("Never", "从不")),
    ("flush_counters", text("Never", "从不")),
    ("sets", text("Nothing", "不更改")),
    ("sets_of", text("The one that is watched", "被监视的阶段")),
    ("limit", text("The end of its range", "参数范围的尽头")),
    ("backup_every", text("Never", "从不")),
    ("breaker_opens_at", text("No breaker", "无熔断器")),
    ("retry_budget", text("No budget", "无预算")),
];

const RATIO: Text = text("ratio", "比值");
const RANGE: Text = text("{} to {}", "{} 至 {}");
const YES: Text = text("On", "开");
const NO: Text = text("Off", "关");

fn find(table: &[(&str, Text)], key: &str) -> Option<Text> {
    table.iter().find(|(word, _)| *word == key).map(|(_, name)| *name)
}

/// The name of a parameter.
pub fn key(lang: Lang, key: &'static str) -> &'static str {
    find(KEYS, key).map_or(key, |name| lang.t(name))
}

/// What an optional parameter means when it is off.
pub fn off(lang: Lang, key: &str) -> &'static str {
    lang.t(find(OFF, key).unwrap_or(NO))
}

/// The name of a word of a choice.
pub fn word(lang: Lang, word: &'static str) -> &'static str {
    choices::choice(word).map_or(word, |(name, _)| lang.t(name))
}

/// The name of a word of a choice and what it means, in both languages.
pub fn words_of(word: &'static str) -> (Text, Text) {
    choices::choice(word).unwrap_or((text_of(word), text_of("")))
}

/// What a word of a choice means.
pub fn word_help(lang: Lang, word: &str) -> &'static str {
    choices::choice(word).map_or("", |(_, help)| lang.t(help))
}

/// The name of a kind of target.
pub fn target(lang: Lang, word: &'static str) -> &'static str {
    choices::target(word).map_or(word, |(name, _)| lang.t(name))
}

/// What a kind of target is about.
pub fn target_help(lang: Lang, word: &str) -> &'static str {
    choices::target(word).map_or("", |(_, help)| lang.t(help))
}

/// The unit of a parameter, where its numbers have one to speak of.
pub fn unit_of(lang: Lang, spec: &ParamSpec) -> Cow<'static, str> {
    match spec.kind {
        ParamKind::Float if spec.unit.is_empty() => lang.t(RATIO).into(),
        _ => lang.of(spec.unit),
    }
}

/// A value in words, with its unit.
pub fn value(lang: Lang, spec: &ParamSpec, value: &ParamValue) -> String {
    let with_unit = |number: String| with_unit(lang, spec, number);
    match value {
        ParamValue::Int(n) => with_unit(number::number(*n as f64)),
        ParamValue::Float(x) if is_share(spec) => number::percent(*x),
        ParamValue::Float(x) => with_unit(number::number(*x)),
        ParamValue::Duration(span) => number::span(*span),
        ParamValue::Bool(is_on) => lang.t(if *is_on { YES } else { NO }).to_owned(),
        ParamValue::Choice(choice) => word(lang, choice).to_owned(),
        ParamValue::Text(text) => text.clone(),
        ParamValue::Off => off(lang, spec.key).to_owned(),
    }
}

/// The range of a parameter in words, where it has one.
pub fn range(lang: Lang, spec: &ParamSpec) -> Option<String> {
    let (low, high) = spec.range?;
    let [low, high] = [low, high].map(|end| match spec.kind {
        ParamKind::Duration => number::span_of_secs(end),
        ParamKind::Float if is_share(spec) => number::percent(end),
        _ => number::number(end),
    });
    let ends = lang.f(RANGE, &[&low, &high]);
    Some(with_unit(lang, spec, ends))
}

fn with_unit(lang: Lang, spec: &ParamSpec, number: String) -> String {
    if spec.unit.is_empty() { number } else { format!("{number} {}", lang.of(spec.unit)) }
}

/// Whether a parameter is a share of something: from 0 to 1, shown in percent.
pub fn is_share(spec: &ParamSpec) -> bool {
    spec.kind == ParamKind::Float && spec.unit.is_empty() && spec.range == Some((0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::{Fault, Rule, StageKind, Target};
    use crate::workload::{Audience, Mix, Records, Sale, Shape, Spacing};

    fn all_specs() -> Vec<&'static ParamSpec> {
        let stages = StageKind::WORDS.iter().filter_map(|word| StageKind::from_word(word));
        let targets = Target::WORDS.iter().filter_map(|word| Target::from_word(word));
        let shapes = Shape::WORDS.iter().filter_map(|word| Shape::from_word(word));
        let mut all: Vec<&'static ParamSpec> = Vec::new();
        stages.for_each(|kind| all.extend(kind.params().specs()));
        targets.for_each(|target| all.extend(target.params().specs()));
        shapes.for_each(|shape| all.extend(shape.params().map_or(&[][..], |params| params.specs())));
        for specs in [Sale::SPECS, Audience::SPECS, Records::SPECS, Mix::SPECS, Fault::SPECS, Rule::SPECS] {
            all.extend(specs);
        }
        all
    }

    #[test]
    fn every_parameter_and_word_has_a_name_in_both_languages() {
        for spec in all_specs() {
            assert!(find(KEYS, spec.key).is_some(), "the key {} has no name", spec.key);
            assert!(!spec.optional || find(OFF, spec.key).is_some(), "{} has no words for off", spec.key);
            if let ParamKind::Choice(words) = spec.kind {
                for word in words {
                    assert!(!word_help(Lang::Zh, word).is_empty(), "the word {word} has no name");
                }
            }
        }
        let more = Shape::WORDS.iter().copied().chain(Spacing::ALL.iter().map(|spacing| spacing.word()));
        for word in more.chain(["Pass", "Fail"]) {
            assert!(!word_help(Lang::En, word).is_empty(), "{word}");
        }
        for word in Target::WORDS {
            assert!(choices::target(word).is_some(), "{word}");
        }
    }

    #[test]
    fn no_name_is_there_for_nothing() {
        let specs = all_specs();
        for (key, _) in KEYS {
            assert!(specs.iter().any(|spec| spec.key == *key), "no parameter is called {key}");
        }
    }
}
