//! Titles, questions and sources of the presets of database servers and of services by domain in Chinese.

use super::PresetWords;

/// By the preset's file.
pub(super) const CHINESE: &[(&str, PresetWords<'static>)] = &[
    (
        "row-lock-postgres.ron",
        PresetWords {
            title: "PostgreSQL 的行锁",
            question: "PostgreSQL 中一行数据的锁，每秒能裁决多少次点击？",
            source: "六阶段架构所反对的做法：热点商品上的一把行锁",
        },
    ),
    (
        "row-lock-mariadb.ron",
        PresetWords {
            title: "MariaDB 的行锁",
            question: "MariaDB 中一行数据的锁，每秒能裁决多少次点击？",
            source: "六阶段架构所反对的做法：热点商品上的一把行锁",
        },
    ),
    (
        "optimistic-postgres.ron",
        PresetWords {
            title: "PostgreSQL 的行版本",
            question: "人人都要同一行时，PostgreSQL 用版本代替锁，能否恰好卖完？",
            source: "用版本列实现的乐观锁：避免热点行锁的常见建议",
        },
    ),
    (
        "queue-postgres.ron",
        PresetWords {
            title: "订单成批写入 PostgreSQL",
            question: "消费者成批插入时，PostgreSQL 能否跟上每秒数千笔订单？",
            source: "六阶段架构的第四、第五阶段：用异步下单代替行锁",
        },
    ),
    (
        "postgres-crash.ron",
        PresetWords {
            title: "延迟提交的 PostgreSQL 崩溃",
            question: "PostgreSQL 崩溃时，synchronous_commit = off 会丢失什么？",
            source: "PostgreSQL 手册的“异步提交”一节；S10 对 Redis 提出同样的问题",
        },
    ),
    (
        "read-replicas.ron",
        PresetWords {
            title: "带只读副本的数据库",
            question: "PostgreSQL 的只读副本替主库分担了什么，又落后多少？",
            source: "S12：带只读副本的数据库主库",
        },
    ),
    (
        "services-by-domain.ron",
        PresetWords {
            title: "按业务域拆分的服务",
            question: "存放跟踪事件的数据库停顿两秒：抢购会察觉吗？其他业务呢？",
            source: "服务按业务域（用户、订单、优惠券、行为跟踪）拆分，各有自己的负载均衡、缓存和数据库",
        },
    ),
    (
        "services-on-one-database.ron",
        PresetWords {
            title: "同一个数据库上的服务",
            question: "四个业务域共用一个队列和一个数据库，数据库停顿两秒：谁会察觉？",
            source: "按业务域拆分服务的反面：各有负载均衡，数据库却只有一个",
        },
    ),
];
