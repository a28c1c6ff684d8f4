//! The names of traces, and their definitions.

use super::super::text::{Text, text};

pub(super) const OFFERED: (Text, Text) = (
    text("offered", "计划负载"),
    text("Offered load: arrivals a second that the schedule called for", "计划负载：计划每秒到达的请求数"),
);
pub(super) const ACHIEVED: (Text, Text) = (
    text("achieved", "实际吞吐"),
    text(
        "Achieved throughput: requests a second that got an answer, whatever it said; not those turned away",
        "实际吞吐：每秒得到应答的请求数（无论结果），不含被拒之门外的请求",
    ),
);
pub(super) const DROPPED: (Text, Text) =
    (text("dropped", "丢弃"), text("Arrivals a second that could not be sent", "每秒未能发出的到达请求数"));
pub(super) const ARRIVALS: (Text, Text) = (
    text("at {}", "到达 {}"),
    text("Requests a second that came in at this stage", "每秒进入该阶段的请求数"),
);
pub(super) const SHARD: [(Text, Text); 3] = [
    (
        text("shard {}", "分片 {}"),
        text("Requests a second that this shard answered", "该分片每秒应答的请求数"),
    ),
    (
        text("shard {} redirects", "分片 {} 重定向"),
        text(
            "Times a second that this shard sent a request elsewhere (MOVED, ASK); the request went on",
            "该分片每秒把请求转往别处的次数（MOVED、ASK）；请求继续前行",
        ),
    ),
    (
        text("shard {} failed", "分片 {} 失败"),
        text(
            "Requests a second that failed at this shard, or got no answer",
            "每秒在该分片失败或未得到应答的请求数",
        ),
    ),
];
pub(super) const INTERCEPTED: Text = text(
    "Requests a second that were answered here, before the stage that owns the data, for this reason",
    "因该原因每秒在此被应答、未到达数据所属阶段的请求数",
);
pub(super) const RESPONSE: Text = text(
    "Response time, from the moment the request was meant to arrive: this share of the requests was at least as fast",
    "响应时间（从请求本应到达的时刻起）：该比例的请求不慢于此值",
);
pub(super) const SERVICE: (Text, Text) = (
    text("service {}", "服务 {}"),
    text(
        "Service time, from the moment the request was sent: what the system took, however late the generator was",
        "服务时间（从发送时刻起）：系统本身所用的时间，与发生器是否落后无关",
    ),
);
pub(super) const AT_STAGE: (Text, Text) = (
    text("{} p99", "{} p99"),
    text("99 of 100 requests left this stage at least as fast", "100 个请求中有 99 个不慢于此值离开该阶段"),
);
pub(super) const GENERATOR_LAG: (Text, Text) = (
    text("generator lag", "发生器落后"),
    text("How far the generator was behind its schedule, p99", "发生器落后于计划的时间，p99"),
);
pub(super) const STOCK: (Text, Text) = (
    text("stock left", "剩余库存"),
    text("Units still on sale; below zero is oversold", "仍在售的件数；低于零即超卖"),
);
pub(super) const SOLD: (Text, Text) =
    (text("sold", "已售"), text("Claims granted since the first arrival", "自首个到达以来成交的抢购数"));
pub(super) const BACKLOG: (Text, Text) = (
    text("backlog", "积压"),
    text("Orders acknowledged and not yet in the database", "已确认但尚未写入数据库的订单数"),
);
pub(super) const BACKLOG_AT: Text = text("backlog at {}", "{} 处的积压");
pub(super) const LAG: Text = text(
    "Bytes of the replication stream by which this process is behind its master",
    "该进程落后其主节点的复制流字节数",
);
pub(super) const LAG_SECS: Text = text(
    "Seconds by which this process is behind its master: the age of the oldest heartbeat that it has not copied",
    "该进程落后其主节点的秒数：它尚未复制的最早一次心跳距今多久",
);
pub(super) const STALE: (Text, Text) = (
    text("stale at {}", "{} 过期读"),
    text(
        "Answers a second that were older than what had been acknowledged before the read was sent",
        "每秒过期的应答数：比读取发出之前已确认的写入更旧",
    ),
);
pub(super) const STALE_AGE: (Text, Text) = (
    text("oldest at {}", "{} 最旧"),
    text(
        "How long before the read was sent the write that a stale answer lacks had been acknowledged, at most",
        "过期应答所缺的写入，在读取发出之前多久就已确认（最大值）",
    ),
);
pub(super) const MEMORY_LIMIT: (Text, Text) = (
    text("{} limit", "{} 上限"),
    text(
        "The most that the data of this process may take (maxmemory)",
        "该进程的数据最多可占用的内存 (maxmemory)",
    ),
);
pub(super) const EVICTED: (Text, Text) = (
    text("{} evicted", "{} 淘汰"),
    text(
        "Keys a second that this process threw away because its memory was full",
        "该进程因内存已满每秒淘汰的键数",
    ),
);
pub(super) const REFUSED: (Text, Text) = (
    text("{} refused", "{} 拒绝"),
    text(
        "Commands a second that this process refused because its memory was full (OOM)",
        "该进程因内存已满每秒拒绝（OOM）的命令数",
    ),
);
pub(super) const MEMORY: Text = text("Memory that the data of this process takes", "该进程的数据占用的内存");
