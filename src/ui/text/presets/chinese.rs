//! Titles, questions and sources of the presets in Chinese.

use super::PresetWords;

const SIX_PHASES: &str = "基于托管 Redis 的六阶段秒杀架构：CDN、读写分离、主从、队列、订单模块、数据控制";

/// Titles, questions and sources, by the preset's file.
pub(super) const CHINESE: &[(&str, PresetWords<'static>)] = &[
    (
        "seckill-six-phases.ron",
        PresetWords {
            title: "六阶段秒杀",
            question: "数万人同时点击时，1,000 件商品能否每件恰好卖出一次？",
            source: SIX_PHASES,
        },
    ),
    (
        "naive-decrement.ron",
        PresetWords {
            title: "六阶段，但扣减不是原子的",
            question: "开售瞬间，先读库存、再判断、再写回，会付出什么代价？",
            source: "六阶段架构用 Lua 脚本避免的正是这个错误",
        },
    ),
    (
        "database-alone.ron",
        PresetWords {
            title: "只有数据库",
            question: "如果每次点击都由数据库的行锁来裁决，会发生什么？",
            source: "六阶段架构所反对的做法：热点商品上的一把行锁",
        },
    ),
    (
        "whole-path.ron",
        PresetWords {
            title: "完整链路",
            question: "每秒 50,000 笔订单穿过所有阶段直达数据库时，一笔订单要多久？",
            source: SIX_PHASES,
        },
    ),
    (
        "failover-kill.ron",
        PresetWords {
            title: "主节点被杀",
            question: "Redis 主节点被杀时，已告知买家的订单会丢失吗？多久没有人能买到？",
            source: "哨兵加异步复制，多数教程的做法",
        },
    ),
    (
        "failover-slow-link.ron",
        PresetWords {
            title: "主节点被杀，从节点落后",
            question: "从节点落后 50 毫秒时，异步复制会丢失什么？",
            source: "Redis 复制文档：写入在从节点收到之前就已确认",
        },
    ),
    (
        "failover-wait.ron",
        PresetWords {
            title: "等待一个从节点 (WAIT)",
            question: "从节点较慢的主节点死亡时，WAIT 1 能保住每个已确认的订单吗？代价是什么？",
            source: "WAIT 命令的文档",
        },
    ),
    (
        "failover-min-replicas.ron",
        PresetWords {
            title: "min-replicas-to-write 无济于事",
            question: "min-replicas-to-write 1 能保住被杀主节点已确认的写入吗？",
            source: "哨兵文档建议用它来限制被隔离主节点所接受的写入",
        },
    ),
    (
        "failover-naive.ron",
        PresetWords {
            title: "双主与固守首个地址的客户端",
            question: "计划内切换之后，客户端送到原主节点的订单会怎样？",
            source: "只解析一次主节点的客户端；为维护而执行 SENTINEL FAILOVER",
        },
    ),
    (
        "crash-without-persistence.ron",
        PresetWords {
            title: "没有持久化的崩溃",
            question: "没有持久化的 Redis 主节点抢在哨兵察觉之前重启，还剩下什么？",
            source: "来自实践的问题 (S10)；Redis 复制文档对此有警告",
        },
    ),
    (
        "queue-pop-without-ack.ron",
        PresetWords {
            title: "弹出而不确认",
            question: "弹出即离开列表时，消费者死去，其手中的订单会怎样？",
            source: "用 Redis 列表作队列时的常见错误：先 RPOP 或 BRPOP，再写入",
        },
    ),
    (
        "queue-stream-consumer-death.ron",
        PresetWords {
            title: "流的消费者死去",
            question: "消费者带着手中的订单死去时，带消费者组的流能否保住每个订单，又不重复写入？",
            source: "Redis 流的文档：未确认的由另一个消费者认领",
        },
    ),
    (
        "queue-nats.ron",
        PresetWords {
            title: "NATS JetStream 的消费者死去",
            question: "消费者带着手中的订单死去时，NATS JetStream 能否保住每个订单？与 Redis 相比代价如何？",
            source: "NATS JetStream 的文档：需显式确认的工作队列",
        },
    ),
    (
        "queue-rabbitmq.ron",
        PresetWords {
            title: "RabbitMQ 的消费者死去",
            question: "消费者带着手中的订单死去时，RabbitMQ 能否保住每个订单？与 Redis 相比代价如何？",
            source: "RabbitMQ 的文档：持久队列、发布确认、手动确认；RabbitMQ 是异步写入可用的队列之一（S18）",
        },
    ),
    (
        "queue-message-per-write.ron",
        PresetWords {
            title: "每次写入一条消息",
            question: "每次写 Redis 都发一条带编号的消息，消费者再从 Redis 读取订单：每个订单都能到达数据库吗？",
            source: "来自实践的问题 (S7)：订单何时到达数据库？",
        },
    ),
    (
        "cache-death.ron",
        PresetWords {
            title: "缓存宕机",
            question: "数据都在数据库里，Redis 只是缓存：缓存的所有进程都宕机时，有多少请求涌向数据库？又是什么让页面回到缓存？",
            source: "数据库前的缓存（游戏常用）：Redis 一旦宕机，穿透的请求会压垮数据库",
        },
    ),
    (
        "stale-reads.ron",
        PresetWords {
            title: "链尾的过期读",
            question: "数据控制每 50 毫秒写一次所示库存：链上第一段链路变慢时，谁会读到旧值？",
            source: "从节点链式复制的读写分离：每个从节点从前一个复制",
        },
    ),
    (
        "redis-storage.ron",
        PresetWords {
            title: "Redis 作为唯一存储",
            question: "Redis 是唯一的存储而主节点宕机时，人们会察觉多少？",
            source: "Redis 作为存储数据库：持久化、一个从节点，背后没有数据库 (S3)",
        },
    ),
    (
        "persistent-redis.ron",
        PresetWords {
            title: "持久化的 Redis 承载秒杀",
            question: "唯一的 Redis 每次应答前都刷盘：它崩溃后，秒杀还剩下什么？",
            source: "以持久化 Redis 承载的网店 (S4)；各种持久化在崩溃后留下什么 (S10)",
        },
    ),
    (
        "stock-in-redis.ron",
        PresetWords {
            title: "库存在 Redis，商品在数据库",
            question: "库存放在 Redis 里时，网店有多少流量会到达数据库？",
            source: "库存管理：查询库存从不到达数据库 (S5)",
        },
    ),
    (
        "instance-loss.ron",
        PresetWords {
            title: "一台应用服务器宕机",
            question: "每 100 毫秒检查一次时，四台应用服务器中一台宕机会损失多少请求？",
            source: "在相同的应用服务器之间做带健康检查的负载均衡 (S11)",
        },
    ),
    (
        "balancer-black-hole.ron",
        PresetWords {
            title: "答得最快的服务器已经宕机",
            question: "偏爱最空闲服务器的均衡器，会怎样对待一台宕机且立即失败的服务器？",
            source: "在相同的应用服务器之间做带健康检查的负载均衡 (S11)",
        },
    ),
    (
        "stampede.ron",
        PresetWords {
            title: "缓存惊群",
            question: "缓存丢掉所有页面，所有读者都向数据库要同样几页：会怎样？",
            source: "进程内的一级缓存，用于后方成为瓶颈之时 (S15)",
        },
    ),
    (
        "single-flight.ron",
        PresetWords {
            title: "一次读取，众人等待",
            question: "缓存丢掉所有页面时，合并回源与服务内缓存能否保住数据库？",
            source: "进程内的一级缓存，用于后方成为瓶颈之时 (S15)",
        },
    ),
    (
        "catalogue-export.ron",
        PresetWords {
            title: "静态页面的发布与清除",
            question: "页面放在 CDN 上，而所示库存正在售出：每次更新时清除与否，各有多少读者看到旧页面？",
            source: "CDN 上的静态数据：导出、发布；未命中则查 Redis，再查数据库；更新时重新生成并清除 (S16)",
        },
    ),
    (
        "version-tags.ron",
        PresetWords {
            title: "版本标签",
            question: "客户端保留页面，并带着已有版本来询问：有多少字节无须发送？",
            source: "客户端版本：已有该版本的客户端不再收到内容 (S17)",
        },
    ),
    (
        "circuit-breaker.ron",
        PresetWords {
            title: "熔断器",
            question: "存储停顿三秒：服务有或没有熔断器时，客户端各在等什么？",
            source: "冗余与自动化 (S24)；该模式出自 M. Nygard 的《Release It!》",
        },
    ),
    (
        "retry-storm.ron",
        PresetWords {
            title: "重试风暴",
            question: "数据库不堪重负，每个服务又重试它所丢弃的请求：这帮到了谁？",
            source: "冗余与自动化 (S24)；重试预算如 gRPC 与 Envoy 所用",
        },
    ),
    (
        "backup-restore.ron",
        PresetWords {
            title: "备份，以及经过核对的恢复",
            question: "若须用最后一份备份恢复数据库，会丢失多少订单？它究竟能否恢复？",
            source: "冗余与自动化：恢复经过核对的备份 (S24)",
        },
    ),
    (
        "automatic-scaling.ron",
        PresetWords {
            title: "自动伸缩",
            question: "监视队列积压的规则，能否在秒杀进行中给它所需的一切？",
            source: "冗余与自动化：告警，以及资源不足时自动伸缩 (S24)",
        },
    ),
    (
        "cluster-sale.ron",
        PresetWords {
            title: "Redis 集群上的秒杀",
            question: "三个分片各承载 2,000 种商品的三分之一，能否每件恰好卖出一次？",
            source: "以 Redis 集群保存库存，因为单线程的单机是上限",
        },
    ),
    (
        "cluster-scale-out.ron",
        PresetWords {
            title: "高峰时增加第四个分片",
            question: "每秒数千次点击时集群增加一个分片，用户会察觉到什么？",
            source: "直播场景的 Redis 集群：据称高峰扩容对用户透明",
        },
    ),
    (
        "cluster-failover.ron",
        PresetWords {
            title: "三个主节点中的一个失效",
            question: "集群的一个主节点被杀死时，谁会察觉、持续多久，其余三分之二的抢购怎样？",
            source: "Redis 集群由其余主节点投票，自行接替失效的主节点",
        },
    ),
    (
        "strategies-side-by-side.ron",
        PresetWords {
            title: "各种扣减方式并排比较",
            question: "面对同样的到达，各种扣减方式各卖出多少、丢失多少、花费多少？",
            source: "本程序所知的从 Redis 扣减库存的全部方式",
        },
    ),
    (
        "decr-compensation.ron",
        PresetWords {
            title: "计数器加补偿",
            question: "大家把计数器扣到零以下再补回，能否恰好卖完？",
            source: "先 DECR、后检查、多扣的 INCR 补回：不用脚本的做法",
        },
    ),
    (
        "list-token.ron",
        PresetWords {
            title: "列表令牌库存",
            question: "每件商品一个列表元素，不用脚本能否恰好卖完？",
            source: "来自实践的问题 (S9)：每个请求弹出一个元素；没有元素就没有订单",
        },
    ),
    (
        "watch-multi.ron",
        PresetWords {
            title: "热门商品上的 WATCH",
            question: "大家都要同一商品时，用 WATCH 守护读取的购买会怎样？",
            source: "Redis 事务文档所述的乐观锁",
        },
    ),
    (
        "one-script.ron",
        PresetWords {
            title: "库存、买家、订单一个脚本",
            question: "主节点中途死亡时，会有已扣而无订单的商品吗？",
            source: "一步完成检查、扣减与入队的脚本，多个开源商城的做法",
        },
    ),
    (
        "optimistic-version.ron",
        PresetWords {
            title: "行版本（乐观锁）",
            question: "用版本代替锁，数据库能否承受热门商品的抢购？",
            source: "用版本列实现的乐观锁：避免热点行锁的常见建议",
        },
    ),
    (
        "museum-check-after-decr.ron",
        PresetWords {
            title: "错误馆：先减后查不补偿",
            question: "没有人补回扣到零以下的部分时，退回的商品会怎样？",
            source: "真实项目的错误，按描述重现：先 DECR 再检查，却不 INCR",
        },
    ),
    (
        "museum-off-by-one.ron",
        PresetWords {
            title: "错误馆：差一",
            question: "脚本里把 `<` 写成 `<=` 代价几何？",
            source: "真实项目的错误，按描述重现：脚本的比较差了一",
        },
    ),
    (
        "museum-late-duplicate-check.ron",
        PresetWords {
            title: "错误馆：查重太晚",
            question: "脚本先扣减、后看是谁在买，商品去了哪里？",
            source: "真实项目的错误，按描述重现：先扣库存，后查买家已有订单",
        },
    ),
    (
        "museum-starts-sold-out.ron",
        PresetWords {
            title: "错误馆：开售即售罄",
            question: "一场立即告知所有人已售罄的抢购，你会察觉吗？",
            source: "真实项目的错误，按描述重现：哈希预热时就写成已售完",
        },
    ),
    (
        "museum-reload-while-queued.ron",
        PresetWords {
            title: "错误馆：订单排队时重载库存",
            question: "订单还在队列中就从数据库重载库存，会发生什么？",
            source: "真实项目的错误，按描述重现：用数据库修复缓存的任务",
        },
    ),
    (
        "museum-lagging-gate.ron",
        PresetWords {
            title: "错误馆：落后从节点上的闸门",
            question: "闸门以慢链路之后的从节点上的计数来关闭，会放进多少购买？",
            source: "真实项目的错误，按描述重现：为减轻主节点负担而只在从节点上检查",
        },
    ),
    (
        "sign-in-points.ron",
        PresetWords {
            title: "签到积分",
            question: "无论多少相同的请求竞争，每个用户当天的积分是否只得一次？",
            source: "签到积分：先查 Redis，否则由事务保证每人每天只发一次",
        },
    ),
    (
        "first-order-page.ron",
        PresetWords {
            title: "每个人的订单首页",
            question: "页面因人而异、且须先从数据库取得时，缓存命中率有多高？",
            source: "用户数据的缓存优先读取：以用户编号为键，先查 Redis，未命中查数据库再写回；只缓存第一页",
        },
    ),
    (
        "red-packets.ron",
        PresetWords {
            title: "红包",
            question: "数千人同时抢，2,000 份中的每一份是否恰好发出一次？",
            source: "红包：抢到者进入列表，多个消费者取出并写入数据库",
        },
    ),
    (
        "behaviour-tracking.ron",
        PresetWords {
            title: "行为跟踪",
            question: "批量写入事件的工作者中途死亡时，会丢失或重复写入事件吗？",
            source: "行为跟踪：事件 LPUSH 入列，工作者批量写入按天分区的表，并维护汇总计数",
        },
    ),
    (
        "live-chat.ron",
        PresetWords {
            title: "直播聊天与点赞",
            question: "直播高峰时，Redis 集群能否保住每条消息、数清每个点赞？",
            source: "直播：聊天与用户数据放在 Redis 集群上，因为单线程的单机是上限",
        },
    ),
    (
        "write-behind-counters.ron",
        PresetWords {
            title: "延迟写回的计数器",
            question: "计数器写回的数据库停顿两秒时，每次累加是否恰好计一次？",
            source: "消息公司：每条消息以 INCR 在 Redis 中计数，汇总值稍后写入数据库供后台查看",
        },
    ),
    (
        "session-leak.ron",
        PresetWords {
            title: "会话泄漏",
            question: "客户端每次请求都在存放库存的 Redis 上留下新会话：内存满后抢购会怎样，什么办法有用？",
            source: "一家消息公司的内存耗尽：客户端错误使每次交互都新建会话（S26）",
        },
    ),
    (
        "session-leak-isolated.ron",
        PresetWords {
            title: "会话泄漏（已隔离）",
            question: "客户端每次请求都在独立的 Redis 上留下新会话：它的内存满后谁会察觉？",
            source: "一家消息公司的内存耗尽：会话被移到独立的数据库（S26）",
        },
    ),
    (
        "cache-aside.ron",
        PresetWords {
            title: "商品页的旁路缓存",
            question: "页面来自 Redis，否则来自数据库并写回，改变时删除：数据库多久被问一次，有多少人读到旧页面？",
            source: "缓存优先读取：先查 Redis，未命中查数据库再写回；更新时删除缓存（S2、S14）",
        },
    ),
    (
        "cache-avalanche.ron",
        PresetWords {
            title: "缓存雪崩",
            question: "缓存中的全部页面以同一存活时间一起写入：到期时有多少请求涌向数据库，加一点随机会怎样？",
            source: "带存活时间的缓存优先读取，以及为其加随机抖动的建议（S2、S14）",
        },
    ),
    (
        "cache-penetration.ron",
        PresetWords {
            title: "缓存穿透",
            question: "读取不存在的商品在任何缓存中都找不到：有多少到达数据库，若缓存记住“没有”又如何？",
            source: "缓存优先读取，以及以短存活时间缓存空结果的建议（S14）",
        },
    ),
    (
        "scheduled-sweep.ron",
        PresetWords {
            title: "定时扫单",
            question: "订单留在 Redis 中，由扫单每秒两次写入数据库：一次读出全部订单与分批读取，对购买各有什么影响？",
            source: "来自实践的问题：订单何时到达数据库？定时任务从 Redis 取出新订单（S8）",
        },
    ),
    (
        "growing-data-set.ron",
        PresetWords {
            title: "数据量增长",
            question: "Redis 的数据在人们购买时翻倍：他们会察觉什么，快照与从节点又会怎样？",
            source: "一家消息公司在服务期间从 200 GB 增长到 400 GB（S27），缩小到千分之一",
        },
    ),
];
