//! What the window says of each kind of stage: what it is, and the key that adds one.

use egui::Key;

use super::super::text::{Text, text};
use crate::topology::StageKind;

/// The keys that add a stage, in the order of the kinds.
pub const KEYS: [Key; 11] = [
    Key::Num1,
    Key::Num2,
    Key::Num3,
    Key::Num4,
    Key::U,
    Key::Num5,
    Key::Num6,
    Key::Num0,
    Key::Num7,
    Key::Num8,
    Key::Num9,
];

/// Every kind of stage with its defaults, in the order shown to people.
pub fn all() -> impl Iterator<Item = StageKind> {
    StageKind::WORDS.iter().filter_map(|word| StageKind::from_word(word))
}

/// What a kind of stage is, in a sentence.
pub fn tip(kind: &StageKind) -> Text {
    match kind {
        StageKind::Users(_) => text(
            "Where the arrivals come from; the workload says who arrives when, wanting what",
            "请求的来源；工作负载决定谁在何时到来、想要什么",
        ),
        StageKind::Cdn(_) => text(
            "A content delivery network: a real cache that answers product pages",
            "内容分发网络：真实的缓存，直接返回商品页",
        ),
        StageKind::LoadBalancer(_) => text(
            "Spreads requests over the service instances, and refuses what is too much",
            "把请求分发到各服务实例，并拒绝超出限额的请求",
        ),
        StageKind::Service(_) => text(
            "The application servers: they remember for a moment whether the sale is open or over",
            "应用服务器：会短暂记住抢购是否已开始或已结束",
        ),
        StageKind::Sessions(_) => text(
            "Redis that keeps the sessions of the people who come, in a process of its own or beside other data",
            "保存访客会话的 Redis：独立进程，或与其他数据放在一起",
        ),
        StageKind::ReadWriteSplit(_) => text(
            "Redis with a master for writes and replicas for reads: product pages, and the gate of the sale",
            "读写分离的 Redis：主节点写，副本读；提供商品页，并充当抢购的闸门",
        ),
        StageKind::MasterReplica(_) => text(
            "Redis that holds the inventory: a master, replicas, and Sentinels that replace a dead master",
            "保存库存的 Redis：主节点、副本，以及在主节点失效时接替它的哨兵",
        ),
        StageKind::RedisCluster(_) => text(
            "Redis Cluster that holds the inventory: shards that share the products, replace a dead master and can grow",
            "保存库存的 Redis 集群：各分片分担商品，能自行接替失效的主节点，也能扩容",
        ),
        StageKind::Queue(_) => text(
            "The queue between the sale and the database, which consumers empty",
            "抢购与数据库之间的队列，由消费者取空",
        ),
        StageKind::Database(_) => text(
            "Where orders end up: SQLite embedded, PostgreSQL or MariaDB",
            "订单最终写入的地方：内嵌 SQLite、PostgreSQL 或 MariaDB",
        ),
        StageKind::DataControl(_) => text(
            "Opens the sale, expires unpaid orders, and reconciles database, inventory and gate",
            "开启抢购、取消未付款订单，并核对数据库、库存与闸门",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_key() {
        assert_eq!(all().count(), KEYS.len());
    }
}
