//! Kinds, reasons, phases, roles.

use super::Row;

/// Words.
pub const ROWS: &[Row] = &[
    // Kinds of stage.
    ("users", "用户"),
    ("CDN", "CDN"),
    ("load balancer", "负载均衡器"),
    ("service", "服务"),
    ("Redis read-write split", "Redis 读写分离"),
    ("Redis master-replica", "Redis 主从"),
    ("queue", "队列"),
    ("database", "数据库"),
    ("data control", "数据控制"),
    // How real a stage is.
    ("real process", "真实进程"),
    ("embedded", "内嵌"),
    ("in process", "进程内"),
    // Why a request was intercepted or rejected.
    ("cache_hit", "缓存命中"),
    ("not_started", "未开始"),
    ("sold_out", "已售罄"),
    ("rate_limited", "被限流"),
    ("duplicate", "重复购买"),
    ("shed", "过载丢弃"),
    // Phases of a run.
    ("starting servers", "启动服务器"),
    ("preloading", "预热数据"),
    ("warming up", "预热连接"),
    ("on sale", "开售中"),
    ("draining", "排空中"),
    ("auditing", "审计中"),
    // Roles of a process.
    ("unknown", "未知"),
    ("master", "主节点"),
    ("replica", "从节点"),
    ("sentinel", "哨兵"),
    ("replica {}", "从节点 {}"),
    ("sentinel {}", "哨兵 {}"),
    // Verdicts, severities, places.
    ("pass", "通过"),
    ("fail", "未通过"),
    ("inconclusive", "无定论"),
    ("warning", "警告"),
    ("error", "错误"),
    ("design", "设计"),
    ("workload", "负载"),
    ("stage {}", "阶段 {}"),
    ("link {} → {}", "连线 {} → {}"),
    ("phase {}", "时段 {}"),
    ("fault {}", "故障 {}"),
    ("target {}", "目标 {}"),
    // Units of parameters.
    ("pages", "页"),
    ("requests", "个请求"),
    ("requests/s", "请求/秒"),
    ("arrivals/s", "到达/秒"),
    ("instances", "个实例"),
    ("replicas", "个从节点"),
    ("Sentinels", "个哨兵"),
    ("connections", "个连接"),
    ("pipelines", "条管道"),
    ("consumers", "个消费者"),
    ("orders", "个订单"),
    ("units", "件"),
    ("products", "种商品"),
    ("people", "人"),
    ("bots", "个机器人"),
    // Offences that the audit finds.
    ("oversold", "超卖"),
    ("undersold", "少卖"),
    ("duplicates", "重复"),
    ("lost_acknowledged", "已确认但丢失"),
    ("unacknowledged_present", "存在但从未确认"),
];
