//! What the presets are about: the shelves on which the chooser shows them.

use super::super::{Text, text};

/// A subject and the files of its presets, in the order in which they are read best.
pub const SUBJECTS: &[(Text, &[&str])] = &[
    (
        text("The sale as a whole", "整场秒杀"),
        &[
            "seckill-six-phases.ron",
            "database-alone.ron",
            "whole-path.ron",
            "stock-in-redis.ron",
            "redis-storage.ron",
            "persistent-redis.ron",
        ],
    ),
    (
        text("How stock is taken", "库存如何扣减"),
        &[
            "naive-decrement.ron",
            "strategies-side-by-side.ron",
            "decr-compensation.ron",
            "list-token.ron",
            "watch-multi.ron",
            "one-script.ron",
            "optimistic-version.ron",
            "row-lock-postgres.ron",
            "row-lock-mariadb.ron",
            "optimistic-postgres.ron",
        ],
    ),
    (
        text("When a master dies", "主节点宕机时"),
        &[
            "failover-kill.ron",
            "failover-slow-link.ron",
            "failover-wait.ron",
            "failover-min-replicas.ron",
            "failover-naive.ron",
            "crash-without-persistence.ron",
            "postgres-crash.ron",
        ],
    ),
    (
        text("Queues and consumers", "队列与消费者"),
        &[
            "queue-pop-without-ack.ron",
            "queue-stream-consumer-death.ron",
            "queue-nats.ron",
            "queue-rabbitmq.ron",
            "queue-postgres.ron",
            "queue-message-per-write.ron",
            "scheduled-sweep.ron",
        ],
    ),
    (
        text("Caches and reads", "缓存与读取"),
        &[
            "cache-death.ron",
            "stale-reads.ron",
            "stampede.ron",
            "single-flight.ron",
            "first-order-page.ron",
            "cache-aside.ron",
            "cache-avalanche.ron",
            "cache-penetration.ron",
            "catalogue-export.ron",
            "version-tags.ron",
            "read-replicas.ron",
        ],
    ),
    (text("Memory", "内存"), &["session-leak.ron", "session-leak-isolated.ron", "growing-data-set.ron"]),
    (
        text("Services and load balancers", "服务与负载均衡"),
        &[
            "instance-loss.ron",
            "balancer-black-hole.ron",
            "circuit-breaker.ron",
            "retry-storm.ron",
            "automatic-scaling.ron",
            "backup-restore.ron",
            "services-by-domain.ron",
            "services-on-one-database.ron",
        ],
    ),
    (
        text("Redis Cluster", "Redis 集群"),
        &["cluster-sale.ron", "cluster-scale-out.ron", "cluster-failover.ron"],
    ),
    (
        text("More than a sale", "秒杀之外"),
        &[
            "sign-in-points.ron",
            "red-packets.ron",
            "behaviour-tracking.ron",
            "live-chat.ron",
            "write-behind-counters.ron",
        ],
    ),
    (
        text("Mistakes that real projects made", "真实项目犯过的错误"),
        &[
            "museum-check-after-decr.ron",
            "museum-off-by-one.ron",
            "museum-late-duplicate-check.ron",
            "museum-starts-sold-out.ron",
            "museum-reload-while-queued.ron",
            "museum-lagging-gate.ron",
        ],
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::presets::PRESETS;

    #[test]
    fn each_preset_is_on_one_shelf() {
        for preset in PRESETS {
            let shelves = SUBJECTS.iter().filter(|(_, files)| files.contains(&preset.file)).count();
            assert_eq!(
                shelves, 1,
                "{} belongs to one subject of src/ui/text/presets/subjects.rs",
                preset.file
            );
        }
        let shelved: usize = SUBJECTS.iter().map(|(_, files)| files.len()).sum();
        assert_eq!(shelved, PRESETS.len(), "nothing else is shelved");
    }
}
