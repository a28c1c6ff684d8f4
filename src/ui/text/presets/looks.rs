//! What to look at in a run of each preset.

use super::super::{Text, text};

/// What to look at in a run of a preset, by its file.
pub(super) const LOOKS: &[(&str, Text)] = &[
    (
        "seckill-six-phases.ron",
        text("Look at the funnel: how few requests reach the database", "看漏斗：到达数据库的请求何其少"),
    ),
    (
        "naive-decrement.ron",
        text("Look at the audit: units sold beyond the stock", "看审计：超出库存卖出的件数"),
    ),
    (
        "database-alone.ron",
        text("Look at response times and at what is shed", "看响应时间，以及因过载而丢弃的请求"),
    ),
    (
        "whole-path.ron",
        text("Look at the backlog between the queue and the database", "看队列与数据库之间的积压"),
    ),
    (
        "failover-kill.ron",
        text(
            "Look at the outage: detection, promotion, and how long no write was acknowledged. A kill alone loses nothing on one machine",
            "看中断：发现、提升，以及多久没有确认的写入。在一台机器上，仅仅杀死进程不会丢失任何东西",
        ),
    ),
    (
        "failover-slow-link.ron",
        text(
            "Look at the audit: the orders acknowledged in the last 50 ms before the kill are lost, because what was under way is dropped with the link",
            "看审计：被杀前最后 50 毫秒内确认的订单丢失，因为途中的数据随链路一起丢弃",
        ),
    ),
    (
        "failover-wait.ron",
        text(
            "Look at the audit, where nothing is lost, and at the response times of claims, which are longer",
            "看审计：没有丢失；再看购买的响应时间：变长了",
        ),
    ),
    (
        "failover-min-replicas.ron",
        text(
            "Look at the audit: as much is lost as without it, for it asks when a replica was heard and not what it has",
            "看审计：丢失与不设时一样多，因为它只问何时听到过从节点，而不问从节点有什么",
        ),
    ),
    (
        "failover-naive.ron",
        text(
            "Look at the outage: two masters for about 10 s; and at the audit: what the former one acknowledged is lost",
            "看中断：约 10 秒的双主；再看审计：原主节点所确认的都已丢失",
        ),
    ),
    (
        "crash-without-persistence.ron",
        text(
            "Look at the outage, which is no failover, and at the audit: the orders that waited are gone, and so is the stock",
            "看中断：没有发生故障转移；再看审计：等待中的订单没了，库存也没了",
        ),
    ),
    (
        "queue-pop-without-ack.ron",
        text(
            "Look at the lost orders: as many as the two consumers had in their hands when they died",
            "看丢失的订单：正是两个消费者死时手中的数目",
        ),
    ),
    (
        "queue-stream-consumer-death.ron",
        text(
            "Look at the orders in consumers' hands: what was delivered again, and which inserts were ignored",
            "看消费者手中的订单：哪些再次投递，哪些写入被忽略",
        ),
    ),
    (
        "queue-nats.ron",
        text(
            "Look at the orders in consumers' hands, and at the response times of claims beside those of the stream",
            "看消费者手中的订单，再把购买的响应时间与流的相比",
        ),
    ),
    (
        "queue-rabbitmq.ron",
        text(
            "Look at how many orders were delivered again, and at the response times of claims: each waits until the server has it on disk",
            "看有多少订单被再次投递，再看购买的响应时间：每笔都要等服务器写入磁盘",
        ),
    ),
    (
        "queue-message-per-write.ron",
        text(
            "Look at the audit and at the backlog: each order was read from Redis once more before it was written",
            "看审计与积压：每个订单写入前都从 Redis 再读了一次",
        ),
    ),
    (
        "cache-death.ron",
        text(
            "Look at the database from the kill on: its arrivals, p99 and what it sheds; then at what brings the pages back",
            "看杀死之后的数据库：到达、p99 与因过载丢弃的请求；再看是什么让页面回来",
        ),
    ),
    (
        "stale-reads.ron",
        text(
            "Look at the lag in seconds and at the stale reads: the end of the chain is twice the delay behind",
            "看以秒计的延迟与过期读：链尾落后两倍的时延",
        ),
    ),
    (
        "redis-storage.ron",
        text(
            "Look at the outage: nothing is lost, and everything fails until a replica has taken over",
            "看中断：没有丢失，但在从节点接管之前一切都失败",
        ),
    ),
    (
        "persistent-redis.ron",
        text(
            "Look at the audit: whatever was acknowledged before the crash is there, at the price of a sync for each answer",
            "看审计：崩溃前确认过的都在，代价是每次应答前都要刷盘",
        ),
    ),
    (
        "stock-in-redis.ron",
        text(
            "Look at the arrivals at the database: orders, and nobody who asks what is left",
            "看到达数据库的请求：只有订单，没有人来查库存",
        ),
    ),
    (
        "instance-loss.ron",
        text(
            "Look at what fails at the service between the kill and the second missed check, and at the rotation in the list of faults",
            "看服务在实例被杀到第二次检查落空之间失败了多少；再看故障列表里的轮转变化",
        ),
    ),
    (
        "balancer-black-hole.ron",
        text(
            "Look at the service while one of its four instances is dead: nearly everything goes to it and fails",
            "看四个实例之一宕机期间的服务：几乎所有请求都流向它并失败",
        ),
    ),
    (
        "stampede.ron",
        text(
            "Look at the database between the purge and the refill: its arrivals, and what it sheds",
            "看清空与回填之间的数据库：到达数与因过载丢弃的请求",
        ),
    ),
    (
        "single-flight.ron",
        text(
            "Look at the database between the purge and the refill, and compare it with the stampede: a few reads instead of thousands",
            "看清空与回填之间的数据库，并与惊群对比：几百次读代替了上万次",
        ),
    ),
    (
        "catalogue-export.ron",
        text(
            "Look at the stale reads of the CDN, with the purge and without it, and at what reaches the cache",
            "看有无清除时 CDN 的过期读取，以及到达缓存的请求",
        ),
    ),
    (
        "version-tags.ron",
        text(
            "Look at the bytes sent and saved, below the users in the funnel",
            "看漏斗中用户下方发送与节省的字节",
        ),
    ),
    (
        "circuit-breaker.ron",
        text(
            "Look at the arrivals at the store and at the response times, with the breaker and without it",
            "看有无熔断器时到达存储的请求与响应时间",
        ),
    ),
    (
        "retry-storm.ron",
        text(
            "Look at the arrivals at the database in each variant, and at what it served",
            "看各变体中到达数据库的请求，以及它应答了多少",
        ),
    ),
    (
        "backup-restore.ron",
        text(
            "Look at the backup in the results: what was restored, and what it would lose",
            "看结果中的备份：恢复了什么，会丢失什么",
        ),
    ),
    (
        "automatic-scaling.ron",
        text(
            "Look at the backlog and at the marks on the charts: each is an alert, and what it changed",
            "看积压与图表上的标记：每个标记都是一次告警及其更改",
        ),
    ),
    (
        "cluster-sale.ron",
        text(
            "Look at the table of shards: each has its third of the requests, and the audit counts all of them together",
            "看分片表：各承担三分之一的请求，审计把它们合在一起计数",
        ),
    ),
    (
        "cluster-scale-out.ron",
        text(
            "Look at the response times around the change, and at the shards: requests were sent on, and none failed",
            "看扩容前后的响应时间与分片表：请求被转送，没有失败",
        ),
    ),
    (
        "cluster-failover.ron",
        text(
            "Look at the failed requests until the replica is promoted: only one shard of three has any",
            "看从节点提升之前失败的请求：三个分片中只有一个有",
        ),
    ),
    (
        "strategies-side-by-side.ron",
        text(
            "Run all its variants, in the inspector or the menu, and compare them in the results",
            "在检查器或菜单中依次运行所有变体，并在结果中比较",
        ),
    ),
    (
        "decr-compensation.ron",
        text(
            "Look at the audit, where all is well, and at the response times of claims: several round trips each",
            "看审计：一切正确；再看购买的响应时间：每次要好几次往返",
        ),
    ),
    (
        "list-token.ron",
        text("Look at the audit: what is booked is what the lists lack", "看审计：已售即列表所缺"),
    ),
    (
        "watch-multi.ron",
        text(
            "Look at the failed claims: others came between each time, though there was stock",
            "看失败的购买：明明有库存，却每次都被别人抢先",
        ),
    ),
    (
        "one-script.ron",
        text(
            "Look at the audit after the kill: no unit is booked without its order",
            "看主节点被杀后的审计：没有一件已扣却没有订单",
        ),
    ),
    (
        "optimistic-version.ron",
        text(
            "Look at the failed claims while there is stock, and at how quick the answers are once it is sold",
            "看还有库存时失败的购买，以及售罄后应答有多快",
        ),
    ),
    (
        "row-lock-postgres.ron",
        text(
            "Look at response times and at what is shed: all wait for one row, also when the last unit is sold",
            "看响应时间和因过载而丢弃的请求：所有人都在等同一行，售罄之后也一样",
        ),
    ),
    (
        "row-lock-mariadb.ron",
        text(
            "Look at response times and at what is shed, and compare them with those of PostgreSQL",
            "看响应时间和因过载而丢弃的请求，并与 PostgreSQL 比较",
        ),
    ),
    (
        "optimistic-postgres.ron",
        text(
            "Look at how quick the answers are once all is sold: who comes too late waits for no lock",
            "看售罄之后应答有多快：来晚的人不必等待任何锁",
        ),
    ),
    (
        "queue-postgres.ron",
        text(
            "Look at the backlog: each commit waits for the disk, and it stays small all the same",
            "看积压：每次提交都等待落盘，积压仍然很小",
        ),
    ),
    (
        "postgres-crash.ron",
        text(
            "Look at the audit: orders that buyers were told they have, and that were never written",
            "看审计：买家已被告知成功、却从未写入的订单",
        ),
    ),
    (
        "read-replicas.ron",
        text(
            "Look at the lag of the replicas, and at the reads while the master is dead: kill it",
            "看副本的延迟；再杀死主库，看这期间的读取",
        ),
    ),
    (
        "museum-check-after-decr.ron",
        text(
            "Look at the audit: returned units that nobody can buy, and more booked than there ever was",
            "看审计：退回的商品无人能买，已扣的比库存还多",
        ),
    ),
    (
        "museum-off-by-one.ron",
        text("Look at the audit: each product oversold by one claim", "看审计：每种商品都多卖一单"),
    ),
    (
        "museum-late-duplicate-check.ron",
        text(
            "Look at the audit: booked to the last unit, and not sold",
            "看审计：库存已扣到最后一件，却没有卖出",
        ),
    ),
    (
        "museum-starts-sold-out.ron",
        text("Look at the audit: quick answers, and not a unit sold", "看审计：应答很快，却一件也没卖出"),
    ),
    (
        "museum-reload-while-queued.ron",
        text(
            "Look at the audit: units whose booking was forgotten, and how many were sold twice",
            "看审计：被遗忘的已扣件数，以及其中卖了两次的",
        ),
    ),
    (
        "museum-lagging-gate.ron",
        text(
            "Look at the inventory's arrivals: how many claims a gate lets in that knows too late that it is full",
            "看到达库存的请求：闸门太晚知道已满，放进了多少购买",
        ),
    ),
    (
        "sign-in-points.ron",
        text(
            "Look at the audit: no order beyond a buyer's limit, although most requests are repetitions",
            "看审计：尽管多数请求是重复的，没有人多得",
        ),
    ),
    (
        "first-order-page.ron",
        text(
            "Look at the funnel: what the cache answers, and what reaches the database while it is cold",
            "看漏斗：缓存应答了多少，缓存尚冷时又有多少到达数据库",
        ),
    ),
    (
        "red-packets.ron",
        text(
            "Look at the audit: every share went to one person, and none twice",
            "看审计：每一份都只给了一个人，没有一份发两次",
        ),
    ),
    (
        "behaviour-tracking.ron",
        text(
            "Look at the events: acknowledged and present agree, in several tables, although a worker died",
            "看事件：尽管有工作者死亡，已确认与存在的数目一致，分布在多张表中",
        ),
    ),
    (
        "live-chat.ron",
        text(
            "Look at the shards, and at the events and counters of the audit",
            "看各分片，以及审计中的事件与计数",
        ),
    ),
    (
        "write-behind-counters.ron",
        text(
            "Look at the counters of the audit: Redis and the database together have every increment",
            "看审计中的计数：Redis 与数据库合起来一次不差",
        ),
    ),
    (
        "services-by-domain.ron",
        text(
            "Look at the backlog at the two queues while the database of events stands still, and at the response times of the other operations",
            "看事件数据库停顿时两个队列的积压，以及其他操作的响应时间",
        ),
    ),
    (
        "services-on-one-database.ron",
        text(
            "Look at the response times of reads: what the cache has forgotten waits for the one database, while claims don't notice",
            "看读取的响应时间：缓存已忘记的页面要等唯一的数据库，而购买毫无察觉",
        ),
    ),
    (
        "session-leak.ron",
        text(
            "Look at the memory, and at the claims once it is full; run the variants to see what helps",
            "看内存，以及内存满后的购买；运行各变体，看什么办法有用",
        ),
    ),
    (
        "session-leak-isolated.ron",
        text(
            "Look at the memory of both Redis processes: one is full, and the sale on the other doesn't notice",
            "看两个 Redis 进程的内存：一个已满，另一个上的抢购毫无察觉",
        ),
    ),
    (
        "cache-aside.ron",
        text(
            "Look at the funnel for the hit ratio, and at the stale reads: who fetched a page just before it changed",
            "看漏斗中的命中率，以及过期读：谁在页面改变前一刻取走了它",
        ),
    ),
    (
        "cache-avalanche.ron",
        text(
            "Look at the arrivals at the database when all pages expire together, and at what it sheds",
            "看全部页面同时过期时到达数据库的请求，以及它丢弃了多少",
        ),
    ),
    (
        "cache-penetration.ron",
        text(
            "Look at the funnel: each read of a product that doesn't exist reaches the database, unless the cache keeps that",
            "看漏斗：每次读取不存在的商品都到达数据库，除非缓存记住这一结论",
        ),
    ),
    (
        "scheduled-sweep.ron",
        text(
            "Look at the p99 of the claims when the sweep reads all orders at once; the variant reads in pieces",
            "看扫单一次读出全部订单时购买的 p99；变体分批读取",
        ),
    ),
    (
        "growing-data-set.ron",
        text(
            "Look at the memory while it doubles, at the p99 meanwhile, and in the report at how long forks took",
            "看内存翻倍的过程、其间的 p99，以及报告中 fork 所用的时间",
        ),
    ),
];
