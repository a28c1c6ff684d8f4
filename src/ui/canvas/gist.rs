//! What a design says of a stage in two short lines, so that a box tells something before anything runs.

use super::super::text::choices::choice;
use super::super::text::figures::compact;
use super::super::text::{Lang, Text, params, text};
use super::super::widgets::number::{percent, span};
use crate::report::text::grouped;
use crate::topology::stage::{
    BalancePolicy, DataControl, Database, LoadBalancer, MasterReplica, Persistence, Queue, ReadPolicy,
    ReadWriteSplit, RedisCluster, RowStrategy, Service, Sessions, Shape,
};
use crate::topology::{StageKind, Topology};

const PEOPLE: Text = text("{} people", "{} 位用户");
const ARRIVALS: Text = text("about {} requests in {}", "约 {} 个请求，历时 {}");
const TTL: Text = text("TTL {}", "有效期 {}");
const PAGES: Text = text("holds {} pages", "容纳 {} 个页面");
const LIMIT: Text = text("at most {}/s", "上限 {}/s");
const NO_LIMIT: Text = text("no rate limit", "不限流");
const ROUND_ROBIN: Text = text("round robin", "轮询");
const RANDOM: Text = text("random", "随机");
const LEAST: Text = text("least outstanding", "最少未完成");
const LEAST_LAG: Text = text("least lag", "延迟最小");
const CHAINED: Text = text("{} replicas in a chain", "{} 个级联从节点");
const FROM_MASTER: Text = text("reads from master", "从主节点读");
const INSTANCES: Text = text("{} instances", "{} 个实例");
const INSTANCE: Text = text("1 instance", "1 个实例");
const FLAGS: Text = text("flags live {}", "标志缓存 {}");
const NO_FLAGS: Text = text("no cached flags", "不缓存标志");
const REPLICAS: Text = text("{} replicas", "{} 个从节点");
const REPLICA: Text = text("1 replica", "1 个从节点");
const NO_REPLICA: Text = text("no replica", "无从节点");
const ADMITS: Text = text("lets in {} × stock", "放行库存的 {} 倍");
const SENTINELS: Text = text("{} Sentinels", "{} 个哨兵");
const SENTINEL: Text = text("1 Sentinel", "1 个哨兵");
const NO_SENTINEL: Text = text("no Sentinel", "无哨兵");
const SHARDS: Text = text("{} shards", "{} 个分片");
const ALL_OR_NONE: Text = text("all slots or none", "须覆盖全部槽");
const SHARD_BY_SHARD: Text = text("each shard for itself", "各分片独立服务");
const FORGETS: Text = text("no persistence", "不持久化");
const SNAPSHOTS: Text = text("RDB snapshots", "RDB 快照");
const EVERY_SECOND: Text = text("AOF each second", "AOF 每秒");
const ALWAYS: Text = text("AOF always", "AOF 每次");
const CONSUMERS: Text = text("{} consumers", "{} 个消费者");
const CONSUMER: Text = text("1 consumer", "1 个消费者");
const BATCH: Text = text("batches of {}", "每批 {} 单");
const KEPT_ON: Text = text("{} on {}", "{}，位于 {}");
const OWN_PROCESS: Text = text("{}, a process of its own", "{}，独立进程");
const SESSIONS: Text = text("sessions", "会话");
const LEAKING: Text = text("leaking sessions", "泄漏的会话");
const ROW_LOCK: Text = text("{}, row lock", "{}，行锁");
const VERSION: Text = text("{}, version of the row", "{}，行版本");
const CONNECTIONS: Text = text("{} connections", "{} 个连接");
const CONNECTION: Text = text("1 connection", "1 个连接");
const EVERY: Text = text("reconciles every {}", "每 {} 对账一次");
const UNPAID: Text = text("{} unpaid, cancelled after {}", "{} 未付款，{} 后取消");
const ALL_PAY: Text = text("every order is paid", "全部订单都会付款");

/// The two lines about a stage; the second may be empty.
pub fn lines(lang: Lang, topology: &Topology, kind: &StageKind) -> [String; 2] {
    let two = |one: String, other: String| [one, other];
    match kind {
        StageKind::Users(_) => users(lang, topology),
        StageKind::Cdn(cdn) => {
            two(lang.f(TTL, &[&span(cdn.ttl)]), lang.f(PAGES, &[&grouped(cdn.capacity.into())]))
        }
        StageKind::LoadBalancer(balancer) => balancer_lines(lang, balancer),
        StageKind::Service(service) => service_lines(lang, service),
        StageKind::Sessions(sessions) => sessions_lines(lang, sessions),
        StageKind::ReadWriteSplit(split) => split_lines(lang, split),
        StageKind::MasterReplica(group) => group_lines(lang, group),
        StageKind::RedisCluster(cluster) => cluster_lines(lang, cluster),
        StageKind::Queue(queue) => queue_lines(lang, queue),
        StageKind::Database(database) => database_lines(lang, database),
        StageKind::DataControl(control) => control_lines(lang, control),
    }
}

/// "1 replica", "3 replicas", "no replica".
fn counted(lang: Lang, none: Text, one: Text, many: Text, number: u32) -> String {
    match number {
        0 => lang.t(none).to_owned(),
        1 => lang.t(one).to_owned(),
        _ => lang.f(many, &[&grouped(number.into())]),
    }
}

fn joined(one: &str, other: &str) -> String {
    format!("{one} · {other}")
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count, in words")]
fn users(lang: Lang, topology: &Topology) -> [String; 2] {
    let workload = &topology.workload;
    let expected = workload.expected_arrivals().max(0.0) as u64;
    [
        lang.f(PEOPLE, &[&grouped(workload.audience.users)]),
        lang.f(ARRIVALS, &[&compact(expected), &span(workload.duration())]),
    ]
}

fn balancer_lines(lang: Lang, balancer: &LoadBalancer) -> [String; 2] {
    let policy = match balancer.policy {
        BalancePolicy::RoundRobin => ROUND_ROBIN,
        BalancePolicy::Random => RANDOM,
        BalancePolicy::LeastOutstanding => LEAST,
    };
    let limit = balancer.rate_limit.map(|limit| lang.f(LIMIT, &[&grouped(limit)]));
    [lang.t(policy).to_owned(), limit.unwrap_or_else(|| lang.t(NO_LIMIT).to_owned())]
}

fn service_lines(lang: Lang, service: &Service) -> [String; 2] {
    let flags = service.flag_ttl.map(|ttl| lang.f(FLAGS, &[&span(ttl)]));
    [
        counted(lang, INSTANCES, INSTANCE, INSTANCES, service.instances),
        flags.unwrap_or_else(|| lang.t(NO_FLAGS).to_owned()),
    ]
}

fn sessions_lines(lang: Lang, sessions: &Sessions) -> [String; 2] {
    let word = lang.t(if sessions.leaks { LEAKING } else { SESSIONS });
    let host = match &sessions.on {
        Some(on) => lang.f(KEPT_ON, &[&word, on]),
        None => lang.f(OWN_PROCESS, &[&word]),
    };
    [host, lang.f(TTL, &[&span(sessions.ttl)])]
}

fn split_lines(lang: Lang, split: &ReadWriteSplit) -> [String; 2] {
    let policy = match split.read_policy {
        ReadPolicy::RoundRobin => ROUND_ROBIN,
        ReadPolicy::Random => RANDOM,
        ReadPolicy::LeastOutstanding => LEAST,
        ReadPolicy::LeastLag => LEAST_LAG,
        ReadPolicy::Master => FROM_MASTER,
    };
    let is_chain = split.shape == Shape::Chain && split.replicas > 1;
    let many = if is_chain { CHAINED } else { REPLICAS };
    let replicas = counted(lang, NO_REPLICA, REPLICA, many, split.replicas);
    [joined(&replicas, lang.t(policy)), lang.f(ADMITS, &[&split.admission_ratio])]
}

fn group_lines(lang: Lang, group: &MasterReplica) -> [String; 2] {
    let replicas = counted(lang, NO_REPLICA, REPLICA, REPLICAS, group.replicas);
    let sentinels = counted(lang, NO_SENTINEL, SENTINEL, SENTINELS, group.sentinels);
    let name = |word: &'static str| choice(word).map_or("", |(name, _)| lang.t(name));
    let decrement = name(group.decrement.word());
    if let Some(mistake) = group.mistake {
        return [joined(&replicas, &sentinels), joined(decrement, name(mistake.word()))];
    }
    [joined(&replicas, &sentinels), joined(decrement, lang.t(survives(group.persistence)))]
}

fn survives(persistence: Persistence) -> Text {
    match persistence {
        Persistence::None => FORGETS,
        Persistence::Rdb => SNAPSHOTS,
        Persistence::AofEverysec => EVERY_SECOND,
        Persistence::AofAlways => ALWAYS,
    }
}

fn cluster_lines(lang: Lang, cluster: &RedisCluster) -> [String; 2] {
    let replicas = counted(lang, NO_REPLICA, REPLICA, REPLICAS, cluster.replicas);
    let coverage = if cluster.full_coverage { ALL_OR_NONE } else { SHARD_BY_SHARD };
    [
        joined(&lang.f(SHARDS, &[&cluster.shards]), &replicas),
        joined(lang.t(coverage), lang.t(survives(cluster.persistence))),
    ]
}

fn queue_lines(lang: Lang, queue: &Queue) -> [String; 2] {
    let consumers = counted(lang, CONSUMERS, CONSUMER, CONSUMERS, queue.consumers);
    let form = lang.t(params::words_of(queue.form.word()).0);
    let host = match &queue.on {
        Some(on) => lang.f(KEPT_ON, &[&form, on]),
        None => lang.f(OWN_PROCESS, &[&form]),
    };
    [joined(&consumers, &lang.f(BATCH, &[&grouped(queue.batch.into())])), host]
}

fn database_lines(lang: Lang, database: &Database) -> [String; 2] {
    let strategy = match database.strategy {
        RowStrategy::RowLock => ROW_LOCK,
        RowStrategy::OptimisticVersion => VERSION,
    };
    let connections = counted(lang, CONNECTIONS, CONNECTION, CONNECTIONS, database.connections);
    [lang.f(strategy, &[&database.engine.label()]), connections]
}

fn control_lines(lang: Lang, control: &DataControl) -> [String; 2] {
    let unpaid = if control.unpaid_ratio > 0.0 {
        lang.f(UNPAID, &[&percent(control.unpaid_ratio), &span(control.pay_within)])
    } else {
        lang.t(ALL_PAY).to_owned()
    };
    [lang.f(EVERY, &[&span(control.interval)]), unpaid]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::{parse_topology, presets::PRESETS};

    #[test]
    fn every_stage_of_the_first_preset_tells_something_in_both_languages() {
        let topology = parse_topology(PRESETS[0].text).topology.unwrap();
        let all = |lang| topology.stages.iter().map(move |stage| (stage, lang));
        for (stage, lang) in Lang::ALL.into_iter().flat_map(all) {
            let [one, other] = lines(lang, &topology, &stage.kind);
            assert!(!one.is_empty() && !other.is_empty(), "{}: {one:?} {other:?}", stage.name);
            assert!(!one.contains('{') && !other.contains('{'), "{one} {other}");
        }
        let inventory = &topology.stages[5].kind;
        assert_eq!(lines(Lang::En, &topology, inventory)[0], "2 replicas · 3 Sentinels");
        assert_eq!(lines(Lang::En, &topology, &topology.stages[1].kind)[0], "TTL 10 s");
    }
}
