//! Names of the words of choices and of the kinds of targets, for people.
//!
//! - `targets`: those of targets.

mod targets;

pub use targets::TARGETS;

use super::{Text, faults, text};

/// A word of a choice, its name, and what it means.
pub type Word = (&'static str, Text, Text);

/// The words of choices; those of faults are in [`faults`].
pub const WORDS: &[Word] = &[
    ("RoundRobin", text("Round robin", "轮询"), text("One after the other", "依次轮流")),
    ("Random", text("Random", "随机"), text("By lot, from the run's seed", "按运行的种子随机抽取")),
    (
        "LeastOutstanding",
        text("Least outstanding", "最少在途"),
        text("The one with the fewest requests not yet answered", "未答复请求最少的一个"),
    ),
    (
        "FailedShare",
        text("Failed share", "失败占比"),
        text(
            "Requests that failed or ended without an answer, of its arrivals",
            "失败或没有应答的请求占到达数的比例",
        ),
    ),
    (
        "ShedShare",
        text("Shed share", "丢弃占比"),
        text("Requests that it answered shed, of its arrivals", "过载丢弃的请求占到达数的比例"),
    ),
    (
        "InFlight",
        text("Requests in flight", "在途请求数"),
        text("Requests waiting at it or under way", "在该阶段等待或处理中的请求"),
    ),
    (
        "Backlog",
        text("Backlog", "积压"),
        text(
            "What the queue has acknowledged and the database does not have yet",
            "队列已确认而数据库尚未写入的数量",
        ),
    ),
    ("Arrivals", text("Arrivals", "到达"), text("Arrivals a second", "每秒到达数")),
    (
        "Cpu",
        text("CPU", "处理器"),
        text("Its busiest process, as a share of one core: 0 to 1", "其最忙的进程占一个核心的比例：0 到 1"),
    ),
    ("Above", text("Above the threshold", "高于阈值"), text("More than the threshold", "大于阈值")),
    ("Below", text("Below the threshold", "低于阈值"), text("Less than the threshold", "小于阈值")),
    (
        "LeastLag",
        text("Least lag", "延迟最小"),
        text("The one least behind the master", "落后主节点最少的一个"),
    ),
    (
        "List",
        text("List", "列表"),
        text(
            "Orders are popped without acknowledgement: what a dead consumer had in its hands is lost",
            "弹出订单而无需确认：已死消费者手中的订单会丢失",
        ),
    ),
    (
        "ProcessingList",
        text("Processing lists", "处理中列表"),
        text(
            "Each consumer has a processing list, which an order leaves once it is written",
            "每个消费者有一个处理中列表，订单写入后才离开",
        ),
    ),
    (
        "Stream",
        text("Stream", "流"),
        text(
            "A consumer group: an order is handed to another consumer if it isn't acknowledged in time",
            "消费者组：订单未及时确认就交给另一个消费者",
        ),
    ),
    (
        "Files",
        text("Files", "文件"),
        text("In files, which a killed server finds again", "存于文件，被杀死的服务器重启后还能找到"),
    ),
    (
        "Memory",
        text("Memory", "内存"),
        text(
            "In memory: a server that ends forgets every message, and the stream",
            "存于内存：服务器一旦结束，所有消息和流都会丢失",
        ),
    ),
    (
        "JetStream",
        text("NATS JetStream", "NATS JetStream 流"),
        text(
            "A stream of a NATS server of its own: an order is handed out again if it isn't acknowledged in time",
            "独立 NATS 服务器上的流：订单未及时确认就再次投递",
        ),
    ),
    (
        "RabbitMq",
        text("RabbitMQ", "RabbitMQ 队列"),
        text(
            "A durable queue of a RabbitMQ server of its own: an order is handed out again as soon as the connection of its consumer is gone",
            "独立 RabbitMQ 服务器上的持久队列：消费者的连接一断，订单就再次投递",
        ),
    ),
    ("Order", text("The order", "订单"), text("A message carries the whole order", "消息带有整个订单")),
    (
        "OrderId",
        text("Its id", "订单编号"),
        text(
            "A message carries product and id; the inventory keeps the order, and the consumer reads it there",
            "消息只带商品与编号；订单由库存保存，消费者到那里读取",
        ),
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
        "OnMaster",
        text("On the master", "主节点上的计数"),
        text("The one with which the master answers when it counts an order", "主节点计入一单时应答的计数"),
    ),
    (
        "OnReplica",
        text("On the replica", "从节点上的计数"),
        text(
            "The one that a replica has when a claim is checked, as old as the replica is behind: real projects did so to spare the master",
            "检查购买时从节点上的计数，从节点落后多久它就旧多久：真实项目曾这样做来减轻主节点负担",
        ),
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
        "NoEviction",
        text("Refuse writes", "拒绝写入"),
        text("Nothing is evicted: what needs memory is refused (OOM)", "不淘汰：需要内存的命令被拒绝 (OOM)"),
    ),
    (
        "AllkeysLru",
        text("Evict any, LRU", "全部键 LRU"),
        text("The keys used longest ago", "淘汰最久未用的键"),
    ),
    (
        "AllkeysLfu",
        text("Evict any, LFU", "全部键 LFU"),
        text("The keys used least often", "淘汰使用最少的键"),
    ),
    ("AllkeysRandom", text("Evict any, by lot", "全部键随机"), text("Keys by lot", "随机淘汰键")),
    (
        "VolatileLru",
        text("Evict with TTL, LRU", "有 TTL 的键 LRU"),
        text(
            "Of the keys that have a time to live, those used longest ago",
            "在有存活时间的键中，淘汰最久未用的",
        ),
    ),
    (
        "VolatileLfu",
        text("Evict with TTL, LFU", "有 TTL 的键 LFU"),
        text(
            "Of the keys that have a time to live, those used least often",
            "在有存活时间的键中，淘汰使用最少的",
        ),
    ),
    (
        "VolatileRandom",
        text("Evict with TTL, by lot", "有 TTL 的键随机"),
        text("Of the keys that have a time to live, some by lot", "在有存活时间的键中随机淘汰"),
    ),
    (
        "VolatileTtl",
        text("Evict with least TTL", "TTL 最短者"),
        text(
            "Of the keys that have a time to live, those that have the least of it left",
            "在有存活时间的键中，淘汰剩余时间最短的",
        ),
    ),
    (
        "AtOnce",
        text("All at once", "一次全部"),
        text(
            "All orders by one script, which goes through every key that has some",
            "一个脚本遍历所有订单键，一次读出全部订单",
        ),
    ),
    (
        "InPieces",
        text("In pieces", "分批"),
        text("Product by product, some hundred orders at a time (HSCAN)", "逐个商品，每次数百单 (HSCAN)"),
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
        "LuaEval",
        text("Lua script as text", "Lua 脚本全文"),
        text("The same script, its text sent with each claim (EVAL)", "同一脚本，每次购买都发送全文 (EVAL)"),
    ),
    (
        "OneScript",
        text("One script for all", "单脚本全包"),
        text(
            "A script that takes the stock, notes the buyer and puts the order on the queue's list, all in one step",
            "一个脚本一步完成：扣库存、记买家、把订单放入队列列表",
        ),
    ),
    (
        "WatchMulti",
        text("WATCH and MULTI", "WATCH 与 MULTI"),
        text(
            "Read under WATCH, decide in the service, write in MULTI and EXEC, which fails if another claim came between; then again",
            "在 WATCH 下读、在服务中判断、用 MULTI 与 EXEC 写；若有别的购买插入则失败并重来",
        ),
    ),
    (
        "DecrCompensation",
        text("DECR, give back", "DECR 加补偿"),
        text(
            "Count the stock down at once (DECRBY), and give back what was too much",
            "先用 DECRBY 直接扣减，扣多了再补回",
        ),
    ),
    (
        "ListToken",
        text("Tokens in a list", "列表令牌"),
        text(
            "Each unit is an element of a list, and each claim pops as many as it asks for",
            "每件商品是列表中的一个元素，每次购买弹出所需个数",
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
        "CheckAfterDecrement",
        text("Check after DECR", "先减后查不补偿"),
        text(
            "Services counted the stock down, looked afterwards whether it had fallen below zero, and gave nothing back: units that return fill a hole",
            "服务先扣减，事后才看是否低于零，且不补回：退回的商品只填进了窟窿",
        ),
    ),
    (
        "OffByOne",
        text("Off by one", "差一错误"),
        text(
            "Scripts sold while what was booked was at most the stock (`<=`), where it has to be less: one claim too many for each product",
            "脚本在已售不大于库存（`<=`）时仍然卖出，本应小于：每种商品多卖一单",
        ),
    ),
    (
        "DecrementBeforeDuplicateCheck",
        text("Duplicate check too late", "先扣减后查重"),
        text(
            "Scripts took the units first and looked then whether the buyer has his already: each repeated click loses a unit",
            "脚本先扣减、后检查买家是否已购：每次重复点击都丢失一件",
        ),
    ),
    (
        "StartsSoldOut",
        text("Starts sold out", "开售即售罄"),
        text(
            "Preloading wrote the figure of the stock where what is sold belongs: nobody ever gets anything",
            "预热时把库存数写进了已售：没有人能买到",
        ),
    ),
    (
        "Sqlite",
        text("SQLite", "SQLite（内嵌）"),
        text("SQLite, embedded: one write lock for everything", "内嵌的 SQLite：全库只有一把写锁"),
    ),
    (
        "PostgreSql",
        text("PostgreSQL", "PostgreSQL 服务器"),
        text(
            "PostgreSQL: a process started for the run, or the server at `url`",
            "PostgreSQL：为本次运行启动的进程，或 `url` 处的服务器",
        ),
    ),
    (
        "MariaDb",
        text("MariaDB", "MariaDB 服务器"),
        text(
            "MariaDB: a process started for the run, or the server at `url`, which may also be MySQL",
            "MariaDB：为本次运行启动的进程，或 `url` 处的服务器，也可以是 MySQL",
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
    (
        "OptimisticVersion",
        text("Version of the row", "行版本（乐观锁）"),
        text(
            "Read the stock and its version without a lock, decide, and write only if the version is still the same; then again",
            "不加锁读出库存与版本、判断，仅当版本未变才写入；否则重来",
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
    (
        "Product",
        text("Products", "商品"),
        text("A product; all readers of a product share its page", "商品；同一商品的读者共用一页"),
    ),
    (
        "Reader",
        text("Readers", "读者本人"),
        text("The reader: the first page of the reader's own orders", "读者本人：其订单的第一页"),
    ),
    ("Reads", text("Reads", "读取"), text("Pages", "页面")),
    ("Claims", text("Claims", "购买"), text("Purchases", "购买请求")),
    ("Appends", text("Events", "事件"), text("Events left on streams", "写入事件流的事件")),
    ("Counts", text("Increments", "计数"), text("Increments of counters", "计数器的累加")),
    ("All", text("All requests", "全部请求"), text("Whatever they want", "不论请求什么")),
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

/// The name of a word of a choice, and what it means.
pub fn choice(word: &str) -> Option<(Text, Text)> {
    find(WORDS, word).or_else(|| find(faults::WORDS, word))
}

/// The name of a kind of target, and what it is about.
pub fn target(word: &str) -> Option<(Text, Text)> {
    find(TARGETS, word)
}

fn find(table: &[Word], word: &str) -> Option<(Text, Text)> {
    table.iter().find(|(key, ..)| *key == word).map(|(_, name, help)| (*name, *help))
}
