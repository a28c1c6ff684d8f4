//! The charts there are: their names, units and definitions.

use lucide_icons::Icon;

use super::super::text::{Text, text};
use super::format::Unit;
use crate::param::ParamValue;
use crate::topology::{StageKind, Topology};

/// One of the charts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Chart {
    /// Offered load, achieved throughput, arrivals at stages.
    Throughput,
    /// What clients saw of each shard of a cluster.
    Shards,
    /// What stages intercepted, by reason.
    Intercepted,
    /// Quantiles of response and service time.
    Response,
    /// Stock left, sold, backlog.
    Stock,
    /// How far replicas are behind, in bytes.
    Lag,
    /// The same in seconds; it shows in place of [`Self::Lag`] where the reader chose so.
    LagSecs,
    /// What the processes' data takes.
    Memory,
    /// What the processes threw away or refused because their memory was full.
    Pressure,
}

impl Chart {
    /// All of them, in their order on the screen.
    pub const ALL: [Self; 8] = [
        Self::Throughput,
        Self::Shards,
        Self::Intercepted,
        Self::Response,
        Self::Stock,
        Self::Lag,
        Self::Memory,
        Self::Pressure,
    ];

    /// Those that say something about a design, in their order: only a cluster has shards, and only memory with a limit can be
    /// full.
    pub fn of(topology: &Topology) -> impl Iterator<Item = Self> {
        let mut kinds = topology.stages.iter().map(|stage| &stage.kind);
        let has_shards = kinds.clone().any(|kind| matches!(kind, StageKind::RedisCluster(_)));
        let has_limit =
            kinds.any(|kind| !matches!(kind.params().get("max_memory"), None | Some(ParamValue::Off)));
        Self::ALL.into_iter().filter(move |chart| match chart {
            Self::Shards => has_shards,
            Self::Pressure => has_limit,
            _ => true,
        })
    }

    /// The chart as it shows: the lag in seconds where that was chosen.
    #[must_use]
    pub fn shown(self, lag_in_secs: bool) -> Self {
        if self == Self::Lag && lag_in_secs { Self::LagSecs } else { self }
    }

    /// The chart among [`Self::ALL`] in whose place it shows.
    #[must_use]
    pub fn place(self) -> Self {
        if self == Self::LagSecs { Self::Lag } else { self }
    }

    /// Its name.
    pub fn title(self) -> Text {
        match self {
            Self::Throughput => text("Throughput", "吞吐量"),
            Self::Shards => text("Shards", "分片"),
            Self::Intercepted => text("Intercepted", "拦截"),
            Self::Response => text("Response time", "响应时间"),
            Self::Stock => text("Stock and orders", "库存与订单"),
            Self::Lag | Self::LagSecs => text("Replication lag", "复制延迟"),
            Self::Memory => text("Memory", "内存"),
            Self::Pressure => text("Memory pressure", "内存压力"),
        }
    }

    /// What its values are, in a word; the marks of the axis carry the rest.
    pub fn measure(self) -> Text {
        match self {
            Self::Throughput | Self::Shards | Self::Intercepted => text("requests per second", "请求/秒"),
            Self::Response => text("per request, log scale", "每个请求，对数刻度"),
            Self::Stock => text("units; orders for the backlog", "件；积压以订单计"),
            Self::Lag => text("bytes behind the master", "落后主节点的字节数"),
            Self::LagSecs => text("seconds behind the master", "落后主节点的秒数"),
            Self::Memory => text("bytes of data per process", "每个进程的数据字节数"),
            Self::Pressure => text("keys and commands per second", "键与命令/秒"),
        }
    }

    /// What it shows, in a sentence.
    pub fn definition(self) -> Text {
        match self {
            Self::Throughput => text(
                "Requests that the schedule called for, and those that got an answer",
                "计划到达的请求，以及得到应答的请求",
            ),
            Self::Shards => text(
                "What clients saw of each shard of the cluster: requests that it answered, sent elsewhere, failed",
                "客户端所见的集群各分片：应答、重定向与失败的请求",
            ),
            Self::Intercepted => text(
                "Requests answered before the stage that owns the data, by stage and reason, stacked",
                "在拥有数据的阶段之前就被应答的请求，按阶段与原因堆叠",
            ),
            Self::Response => text(
                "From the moment a request was meant to arrive to its answer; service time counts from sending it",
                "从请求本应到达的时刻到得到应答；服务时间从发送时刻起算",
            ),
            Self::Stock => text(
                "Units still on sale, claims granted so far, and orders acknowledged but not yet in the database",
                "仍在售的件数、至今成交的抢购，以及已确认但尚未写入数据库的订单",
            ),
            Self::Lag => text(
                "Bytes of the replication stream by which each replica is behind its master",
                "每个从节点落后其主节点的复制流字节数",
            ),
            Self::LagSecs => text(
                "Seconds by which each replica of a read-write split is behind its master: the age of the oldest heartbeat that it has not copied",
                "读写分离的每个从节点落后其主节点的秒数：它尚未复制的最早一次心跳距今多久",
            ),
            Self::Memory => {
                text("Memory that the data of each Redis process takes", "每个 Redis 进程的数据占用的内存")
            }
            Self::Pressure => text(
                "Keys that each Redis process threw away, and commands that it refused (OOM), because its memory was full",
                "每个 Redis 进程因内存已满而淘汰的键数与拒绝（OOM）的命令数",
            ),
        }
    }

    /// What its values are.
    pub fn unit(self) -> Unit {
        match self {
            Self::Throughput | Self::Shards | Self::Intercepted | Self::Pressure => Unit::PerSecond,
            Self::Response => Unit::Micros,
            Self::Stock => Unit::Units,
            Self::Lag | Self::Memory => Unit::Bytes,
            Self::LagSecs => Unit::Secs,
        }
    }

    /// Its sign.
    pub fn icon(self) -> Icon {
        match self {
            Self::Throughput => Icon::Activity,
            Self::Shards => Icon::Network,
            Self::Intercepted => Icon::ShieldCheck,
            Self::Response => Icon::Timer,
            Self::Stock => Icon::Package,
            Self::Lag | Self::LagSecs => Icon::History,
            Self::Memory => Icon::MemoryStick,
            Self::Pressure => Icon::Trash2,
        }
    }
}
