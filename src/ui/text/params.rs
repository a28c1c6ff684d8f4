//! Names of parameters and of their words, for people.
//!
//! Files call a parameter by its key; the window by these names, which say the same in a few words. What the parameters
//! mean, and their units, are in the catalog.

use std::borrow::Cow;

use super::catalog::text_of;
use super::{Lang, Text, faults, text};
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
    ("flag_ttl", text("Flags believed", "标志有效期")),
    ("max_in_flight", text("Max in flight", "最大并发")),
    ("replicas", text("Replicas", "从节点数")),
    ("shape", text("Replication", "复制拓扑")),
    ("read_policy", text("Reads go to", "读取策略")),
    ("lag_limit", text("Lag limit", "延迟上限")),
    ("reads_without_cache", text("Reads without cache", "缓存失效时的读")),
    ("admission_ratio", text("Admission ratio", "准入比例")),
    ("connections", text("Connections", "连接数")),
    ("window", text("Pipelines in flight", "在途管道数")),
    ("max_waiting", text("Max waiting", "最大等待数")),
    ("timeout", text("Timeout", "超时")),
    ("persistence", text("Persistence", "持久化")),
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
    ("shards", text("Shards", "分片数")),
    ("node_timeout", text("Node timeout", "节点超时")),
    ("slots_move", text("Slots move", "槽迁移方式")),
    ("full_coverage", text("All slots or none", "须覆盖全部槽")),
    ("on", text("List kept on", "列表所在")),
    ("consumers", text("Consumers", "消费者数")),
    ("batch", text("Batch", "批量")),
    ("strategy", text("Stock taken by", "扣减方式")),
    ("page_query", text("Page query", "页面查询")),
    ("sync_each_commit", text("Sync each commit", "逐次刷盘")),
    ("interval", text("Interval", "间隔")),
    ("unpaid_ratio", text("Unpaid share", "未付款比例")),
    ("pay_within", text("Pay within", "付款时限")),
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
    ("read", text("Reads (weight)", "读取权重")),
    ("claim", text("Claims (weight)", "购买权重")),
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
    ("lasts", text("How long", "时长")),
    ("of", text("Of which", "哪些请求")),
    ("quantile", text("Quantile", "分位数")),
    ("at_most", text("At most", "至多")),
    ("at_least", text("At least", "至少")),
];

/// What an optional parameter means when it is off.
const OFF: &[(&str, Text)] = &[
    ("rate_limit", text("No limit", "不限流")),
    ("lag_limit", text("However far behind", "不限延迟")),
    ("flag_ttl", text("Never remembers", "不缓存")),
    ("on", text("A process of its own", "独立进程")),
    ("per_buyer_limit", text("No limit", "不限购")),
    ("expected", text("No promise", "不作承诺")),
    ("restart_in_place", text("Stays dead", "不重启")),
];

/// A word of a choice, its name, and what it means.
pub type Word = (&'static str, Text, Text);

/// The words of choices; those of faults are in [`faults`].
const WORDS: &[Word] = &[
    ("RoundRobin", text("Round robin", "轮询"), text("One after the other", "依次轮流")),
    ("Random", text("Random", "随机"), text("By lot, from the run's seed", "按运行的种子随机抽取")),
    (
        "LeastOutstanding",
        text("Least outstanding", "最少在途"),
        text("The one with the fewest requests not yet answered", "未答复请求最少的一个"),
    ),
    (
        "LeastLag",
        text("Least lag", "延迟最小"),
        text("The one least behind the master", "落后主节点最少的一个"),
    ),
    ("Star", text("Star", "星形"), text("Each replica copies from the master", "每个从节点都从主节点复制")),
    (
        "Chain",
        text("Chain", "链式"),
        text("Each replica copies from the one before it", "每个从节点从前一个从节点复制"),
    ),
    ("Failed", text("They fail", "失败"), text("The read fails", "读取失败")),
    (
        "PassedOn",
        text("Passed on", "转往后方"),
        text("The read goes on to the stages behind", "读取转往后方阶段"),
    ),
    (
        "Master",
        text("Master", "主节点"),
        text("The master itself; replicas stand by", "主节点自己；从节点待命"),
    ),
    (
        "SentinelAware",
        text("Follow failovers", "跟随故障转移"),
        text(
            "They ask the Sentinels who is master: when they connect, after an error, and when a Sentinel tells of a switch",
            "连接时、出错后，以及哨兵通知切换时，都向哨兵询问谁是主节点",
        ),
    ),
    (
        "Naive",
        text("Keep the first address", "固守首个地址"),
        text(
            "They keep the address of the first master for ever, and connect to it again after an error",
            "始终使用第一个主节点的地址，出错后仍连接它",
        ),
    ),
    ("None", text("None", "无"), text("Nothing is written to disk", "不写磁盘")),
    (
        "Rdb",
        text("Snapshots (RDB)", "快照 (RDB)"),
        text("A snapshot each second in which something changed", "有变化时每秒一次快照"),
    ),
    (
        "AofEverysec",
        text("AOF, each second", "AOF 每秒"),
        text("Append-only file, synced once a second", "追加文件，每秒刷盘一次"),
    ),
    (
        "AofAlways",
        text("AOF, always", "AOF 每次"),
        text("Append-only file, synced before each answer", "追加文件，每次答复前刷盘"),
    ),
    (
        "LuaEvalsha",
        text("Lua script", "Lua 脚本"),
        text(
            "A script stored by SCRIPT LOAD and called by EVALSHA: check and decrement in one step",
            "由 SCRIPT LOAD 存入、EVALSHA 调用的脚本：检查与扣减一步完成",
        ),
    ),
    (
        "NaiveReadThenWrite",
        text("Read, then write", "先读后写"),
        text(
            "Read the stock, decide in the service, write the new figure back: two round trips, and a race between them",
            "读出库存、在服务中判断、写回新值：两次往返，中间有竞态",
        ),
    ),
    (
        "RowLock",
        text("Row lock", "行锁"),
        text(
            "One transaction locks the stock, checks, decrements and inserts the order",
            "一个事务锁住库存、检查、扣减并插入订单",
        ),
    ),
    ("ByKey", text("By key", "按主键"), text("The product is looked up by its number", "按编号查出该商品")),
    (
        "Ranked",
        text("With its rank", "含排名"),
        text(
            "The products of which more is sold are counted too: every product is read",
            "还要统计售出更多的商品数：每个商品都要读一遍",
        ),
    ),
    ("Even", text("Even", "均匀"), text("At equal distances", "间隔相等")),
    (
        "Poisson",
        text("Poisson", "泊松"),
        text("Independently of each other, as people come", "彼此独立，如同人流"),
    ),
    (
        "Atomic",
        text("As a whole", "整体迁移"),
        text(
            "All slots that a shard gives at once, by the server itself; key by key before Valkey 9",
            "由服务器一次迁移分片交出的全部槽；Valkey 9 之前逐键迁移",
        ),
    ),
    (
        "KeyByKey",
        text("Key by key", "逐键迁移"),
        text("One slot after the other, and its keys by MIGRATE", "逐个槽迁移，其中的键用 MIGRATE 转移"),
    ),
    ("Reads", text("Reads", "读取"), text("Product pages", "商品页")),
    ("Claims", text("Claims", "购买"), text("Purchases", "购买请求")),
    ("All", text("All requests", "全部请求"), text("Reads and claims", "读取和购买")),
    ("P50", text("p50", "p50"), text("Half of the requests are at least as fast", "一半的请求不慢于此")),
    ("P95", text("p95", "p95"), text("95 of 100 are at least as fast", "100 个中有 95 个不慢于此")),
    ("P99", text("p99", "p99"), text("99 of 100 are at least as fast", "100 个中有 99 个不慢于此")),
    (
        "P999",
        text("p99.9", "p99.9"),
        text("999 of 1,000 are at least as fast", "1,000 个中有 999 个不慢于此"),
    ),
    ("Pass", text("Pass", "通过"), text("All targets hold", "所有目标都成立")),
    (
        "Fail",
        text("Fail", "不通过"),
        text("A target does not hold; that is the lesson", "有目标不成立；这正是要看的"),
    ),
    ("Constant", text("Constant", "恒定"), text("The same rate throughout", "速率始终相同")),
    (
        "Ramp",
        text("Ramp", "斜坡"),
        text("A straight line from one rate to another", "从一个速率直线变到另一个"),
    ),
    (
        "Spike",
        text("Spike", "尖峰"),
        text("Everybody at once, then fewer and fewer", "大家同时涌入，随后渐少"),
    ),
    ("Curve", text("Curve", "曲线"), text("Straight lines through points of your own", "经过自定各点的折线")),
];

/// What must hold, by the word in files: its name and what it means.
const TARGETS: &[(&str, Text)] = &[
    ("ResponseTime", text("Response time", "响应时间")),
    ("Oversold", text("Oversold", "超卖")),
    ("Undersold", text("Undersold", "少卖")),
    ("Duplicates", text("Duplicates", "重复订单")),
    ("LostAcknowledged", text("Lost after acknowledgement", "确认后丢失")),
    ("Achieved", text("Achieved throughput", "达成吞吐")),
    ("Intercepted", text("Intercepted share", "拦截比例")),
    ("StaleReads", text("Stale reads", "过期读")),
];

/// What each of the targets is about, by the word in files.
const TARGET_HELPS: &[(&str, Text)] = &[
    (
        "ResponseTime",
        text(
            "A quantile of response time, counted from the intended time of each request",
            "响应时间的一个分位数，从每个请求的预定时刻算起",
        ),
    ),
    ("Oversold", text("Units sold beyond the stock", "超出库存卖出的件数")),
    (
        "Undersold",
        text(
            "Units neither sold nor on sale at the end, or kept back while buyers were told “sold out”",
            "结束时既未卖出也不在售的件数，或在告知“已售罄”时被扣留的件数",
        ),
    ),
    (
        "Duplicates",
        text(
            "Units that a buyer got beyond the limit, and orders present twice",
            "买家超出限购的件数，以及重复的订单",
        ),
    ),
    (
        "LostAcknowledged",
        text(
            "Orders that a buyer was told are accepted and that are nowhere afterwards",
            "已告知买家接受、事后却不见的订单",
        ),
    ),
    (
        "Achieved",
        text(
            "Share of arrivals that got an answer, whatever it said; those turned away, failed or dropped got none",
            "得到答复的到达占比（不论答复内容）；被拒之门外、失败或丢弃的不算",
        ),
    ),
    (
        "Intercepted",
        text(
            "Share of all arrivals that never reached the stage that owns the data",
            "从未到达数据所在阶段的到达占比",
        ),
    ),
    (
        "StaleReads",
        text(
            "Share of the answers with a version that were older than what had been acknowledged before the read was sent",
            "带版本的应答中，比读取发出之前已确认的写入更旧的占比",
        ),
    ),
];

const RATIO: Text = text("ratio", "比值");
const RANGE: Text = text("{} to {}", "{} 至 {}");
const YES: Text = text("On", "开");
const NO: Text = text("Off", "关");

/// The name of a word of a choice, and what it means.
fn found(word: &str) -> Option<(Text, Text)> {
    let all = WORDS.iter().chain(faults::WORDS);
    all.filter(|(key, ..)| *key == word).map(|(_, name, help)| (*name, *help)).next()
}

fn find<T: Copy>(table: &[(&str, T)], word: &str) -> Option<T> {
    table.iter().find(|(key, _)| *key == word).map(|(_, found)| *found)
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
    found(word).map_or(word, |(name, _)| lang.t(name))
}

/// The name of a word of a choice and what it means, in both languages.
pub fn words_of(word: &'static str) -> (Text, Text) {
    found(word).unwrap_or((text_of(word), text_of("")))
}

/// What a word of a choice means.
pub fn word_help(lang: Lang, word: &str) -> &'static str {
    found(word).map_or("", |(_, help)| lang.t(help))
}

/// The name of a kind of target.
pub fn target(lang: Lang, word: &'static str) -> &'static str {
    find(TARGETS, word).map_or(word, |name| lang.t(name))
}

/// What a kind of target is about.
pub fn target_help(lang: Lang, word: &str) -> &'static str {
    find(TARGET_HELPS, word).map_or("", |help| lang.t(help))
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
    use crate::topology::{Fault, StageKind, Target};
    use crate::workload::{Audience, Mix, Sale, Shape, Spacing};

    fn all_specs() -> Vec<&'static ParamSpec> {
        let stages = StageKind::WORDS.iter().filter_map(|word| StageKind::from_word(word));
        let targets = Target::WORDS.iter().filter_map(|word| Target::from_word(word));
        let shapes = Shape::WORDS.iter().filter_map(|word| Shape::from_word(word));
        let mut all: Vec<&'static ParamSpec> = Vec::new();
        stages.for_each(|kind| all.extend(kind.params().specs()));
        targets.for_each(|target| all.extend(target.params().specs()));
        shapes.for_each(|shape| all.extend(shape.params().map_or(&[][..], |params| params.specs())));
        for specs in [Sale::SPECS, Audience::SPECS, Mix::SPECS, Fault::SPECS] {
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
            assert!(find(TARGETS, word).is_some() && find(TARGET_HELPS, word).is_some(), "{word}");
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
