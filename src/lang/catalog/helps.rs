//! Explanations of parameters, as `param` tables give them.

use super::Row;

/// Explanations.
pub const ROWS: &[Row] = &[
    ("How long a page is served after it was stored.", "页面存入后可被提供多久。"),
    (
        "How many pages it holds; the page used longest ago goes first.",
        "能容纳多少页面；最久未用的页面最先淘汰。",
    ),
    ("How the next instance is picked.", "如何挑选下一个实例。"),
    (
        "Requests let through per second, as a token bucket holding a tenth of a second, one at least; the rest is answered `rate_limited`.",
        "每秒放行的请求数（令牌桶，容量为十分之一秒，至少一个）；其余答复“被限流”。",
    ),
    (
        "Requests of one user let through per second, as a token bucket holding a second's worth; the rest is answered `rate_limited`.",
        "每个用户每秒放行的请求数（令牌桶，容量为一秒）；其余答复“被限流”。",
    ),
    (
        "How often each instance is asked whether it is there; None: never, and a dead one keeps getting its share.",
        "多久检查一次每个实例是否存活；无：从不检查，已死的实例继续分到请求。",
    ),
    (
        "Checks in a row that an instance must miss before it gets no more requests; one that it answers brings it back.",
        "实例连续错过多少次检查后不再分到请求；答复一次检查即恢复。",
    ),
    ("How many instances there are, each with flags of its own.", "有多少个实例，每个实例有自己的标记。"),
    (
        "How long an instance believes an answer of the stages behind it (not started, started, sold out) before it asks again; None: it never remembers.",
        "实例相信后方阶段的答复（未开始、已开始、已售罄）多久后再询问；无：从不记忆。",
    ),
    (
        "How long an instance keeps a page that came by in its own memory, and answers reads from it (`cache_hit`); None: it keeps none.",
        "实例在自己的内存中保留经过的页面多久，并用它答复读请求（“缓存命中”）；无：不保留。",
    ),
    (
        "Whether of the reads of one product at an instance only one goes on at a time, while the others wait for what it brings.",
        "同一实例上对同一商品的读请求是否同时只有一个继续向后，其余等待它的结果。",
    ),
    (
        "Requests that one instance works on at a time; the rest is answered `shed`.",
        "单个实例同时处理的请求数；其余答复“过载丢弃”。",
    ),
    (
        "Share of the readers whose clients keep pages and ask with the version that they have: unchanged, the answer carries no page.",
        "客户端会保留页面、并带着已有版本来询问的读者比例：未变则应答不带页面。",
    ),
    (
        "Whether a page is dropped here when data control has written it anew; else it stays until its time is up, however old.",
        "数据控制重写页面时是否在此清除；否则无论多旧都保留到期满。",
    ),
    (
        "How often it is backed up while requests arrive; the last backup is restored and looked through at the end. None: never.",
        "请求到达期间多久备份一次；结束时恢复并检查最后一份备份。无：从不。",
    ),
    ("Length of the page of a product.", "商品页面的长度。"),
    (
        "How many attempts an instance makes for a read that fails or is `shed` behind it; claims, events and increments get one.",
        "读取在后方失败或被“过载丢弃”时，实例总共尝试几次；购买、事件与计数只尝试一次。",
    ),
    (
        "How long an instance waits before the second attempt; before each further one twice as long.",
        "实例在第二次尝试之前等待多久；之后每次等待加倍。",
    ),
    (
        "The most retries of an instance, as a share of the reads that it has handed on; None: as many as there are attempts.",
        "实例的重试次数上限，占其传给后方的读取数的比例；无：只受尝试次数限制。",
    ),
    (
        "The share of answers in the window, errors or `shed`, from which on the circuit breaker of an instance opens; None: it has none.",
        "窗口内错误或“过载丢弃”的应答达到此比例时，实例的熔断器打开；无：没有熔断器。",
    ),
    ("How long the circuit breaker remembers answers.", "熔断器统计多长时间内的应答。"),
    (
        "How many answers there must be in the window before it opens.",
        "窗口内至少要有多少个应答，熔断器才会打开。",
    ),
    (
        "How long an open circuit breaker answers `shed` by itself before it lets trials through.",
        "熔断器打开后自行答复“过载丢弃”多久，才放行试探请求。",
    ),
    (
        "How many requests a half-open circuit breaker lets through; if all are answered it closes, if one is not it opens again.",
        "熔断器半开时放行多少个请求；全部得到应答则闭合，有一个没有则再次打开。",
    ),
    ("The stage that is watched.", "被监视的阶段。"),
    ("What is measured of it.", "测量它的什么。"),
    ("On which side of the threshold a figure is reason for an alert.", "数值在阈值的哪一侧时告警。"),
    ("The threshold, in the unit of what is measured.", "阈值，以所测量的单位计。"),
    ("For how long the figure must stay there.", "数值须保持多久。"),
    ("How long the rule rests after each alert.", "每次告警后规则静默多久。"),
    (
        "The live parameter that each alert changes, a number; None: it only alerts.",
        "每次告警所更改的参数，须可在运行中更改且为数值；无：只告警。",
    ),
    (
        "The stage whose parameter it is; None: the one that is watched.",
        "该参数所属的阶段；无：被监视的阶段。",
    ),
    ("How much is added to it each time; below 0 it is taken away.", "每次增加多少；小于 0 则减少。"),
    (
        "What the parameter never goes beyond; None: the end of its range.",
        "参数不超过此值；无：参数范围的尽头。",
    ),
    ("in its unit", "以其单位计"),
    ("Read-only replicas of the master.", "主节点的只读从节点数。"),
    ("Whom the replicas copy from.", "从节点从谁复制。"),
    ("Which replica answers a read.", "由哪个从节点应答读取。"),
    (
        "A replica further behind the master gets no reads until it has caught up; None: however far behind, it is read.",
        "落后主节点超过此值的从节点不再接收读取，直到追上；无：不论落后多少都照常读取。",
    ),
    (
        "What becomes of a read that no process of the cache answers. Claims fail then in any case: a gate is not opened by its death.",
        "没有任何缓存进程应答时，读取如何处理。购买此时总是失败：闸门不会因宕机而打开。",
    ),
    (
        "Orders let in per unit of stock: a little over 1, because some admitted orders fail later.",
        "每件库存放入的订单数：略大于 1，因为部分放入的订单之后会失败。",
    ),
    (
        "Connections to each Redis process; each carries pipelines.",
        "到每个 Redis 进程的连接数；每个连接承载管道。",
    ),
    (
        "Pipelines under way on a connection before the next one waits.",
        "一个连接上同时在途的管道数，超过则等待。",
    ),
    (
        "Requests waiting or under way before more are answered `shed`.",
        "等待或在途的请求上限，超过则答复“过载丢弃”。",
    ),
    ("How long an answer may take before the request counts as failed.", "应答超过多久，请求算作失败。"),
    (
        "Redis that keeps the sessions of the people who come: each request that comes by writes that of its sender anew, and goes on.",
        "保存访客会话的 Redis：每个经过的请求重写其发送者的会话，然后继续前行。",
    ),
    (
        "The Redis stage whose master keeps the sessions beside its own data; None: a process of its own.",
        "由哪个 Redis 阶段的主节点与自己的数据一起保存会话；无：独立进程。",
    ),
    ("How long a session stays after the last request that used it.", "最后一次使用之后，会话保留多久。"),
    (
        "What a session takes: who somebody is, and what lies in the basket.",
        "一个会话的大小：此人是谁，购物车里有什么。",
    ),
    (
        "Whether each request makes a session of its own instead of using the one that its sender has: a mistake of clients that lose their ids.",
        "每个请求是否都新建会话，而不用发送者已有的那个：客户端丢失会话编号的错误。",
    ),
    (
        "Memory that a process of its own may take for its data (`maxmemory`); None: no limit.",
        "独立进程的数据可占用的内存（`maxmemory`）；无：不限。",
    ),
    ("Connections that carry sessions to it.", "向它传送会话的连接数。"),
    (
        "How long an answer may take before the request goes on without a session.",
        "应答超过多久，请求便不带会话继续前行。",
    ),
    (
        "How long a page stays after it was written; then, or when it changes, the next reader fetches it from the database, and it is written here again. None: pages stay, and are written here only.",
        "页面写入后保留多久；到期或内容改变后，由下一位读者从数据库取得并再次写入。无：页面一直保留，只在此处写入。",
    ),
    (
        "Share of that time by which a lot may shorten it for each page, so that not all expire together.",
        "每个页面的过期时间随机缩短的最大比例，避免同时过期。",
    ),
    (
        "How long is kept that there is no such product, once the database has said so; None: it is not kept.",
        "数据库答复商品不存在之后，这一结论缓存多久；无：不缓存。",
    ),
    (
        "Share of the reads of product pages that ask for a product that doesn't exist.",
        "读取商品页的请求中，所求商品不存在的比例。",
    ),
    ("Different products that don't exist and are asked for.", "被请求的不存在商品的种数。"),
    (
        "How often the orders that the inventory keeps are read, and the new ones of them written to the database; None: a granted claim goes on to the database at once.",
        "每隔多久读取库存所存的订单，并把其中的新订单写入数据库；无：成交的购买立即进入数据库。",
    ),
    ("How a sweep reads the orders that the inventory keeps.", "扫单如何读取库存所存的订单。"),
    ("By how much data grows; other actions have none.", "数据增长多少；其他动作没有此项。"),
    ("What survives a crash.", "崩溃后保留什么。"),
    (
        "Memory that each Redis process may take for its data (`maxmemory`); None: no limit.",
        "每个 Redis 进程的数据可占用的内存（`maxmemory`）；无：不限。",
    ),
    ("What a process throws away when its memory is full.", "进程内存已满时淘汰什么。"),
    ("Replicas of the master.", "主节点的从节点数。"),
    ("Sentinels that watch the master; none: nobody replaces it.", "监视主节点的哨兵数；无：没有谁替换它。"),
    ("Sentinels that must agree that the master is down.", "须有多少哨兵同意主节点已下线。"),
    (
        "How long a master must be silent before a Sentinel believes it down.",
        "主节点沉默多久，哨兵认为它已下线。",
    ),
    (
        "A failover that got stuck is tried again after twice this time.",
        "卡住的故障转移在此时间的两倍之后重试。",
    ),
    (
        "Replicas that must follow closely, or the master refuses writes (`min-replicas-to-write`); 0: it never does.",
        "须有多少从节点紧跟，否则主节点拒绝写入（`min-replicas-to-write`）；0：从不拒绝。",
    ),
    (
        "How long ago such a replica may have been heard last (`min-replicas-max-lag`); the server counts whole seconds, so a part counts as one.",
        "这样的从节点最近一次应答可在多久之前（`min-replicas-max-lag`）；服务器以整秒计，不足一秒按一秒。",
    ),
    (
        "Replicas that must have a granted claim, or an order of a queue kept here, before the buyer is told (`WAIT`); 0: nobody waits.",
        "在告知买家之前，须有多少从节点收到成功的购买或存放于此的队列订单（`WAIT`）；0：不等待。",
    ),
    (
        "How long `WAIT` waits for them; then what was granted counts as indefinite.",
        "`WAIT` 最多等待多久；超时后，成功的购买算作不确定。",
    ),
    (
        "A supervisor starts a dead data process again this long after its end, on its port and with its files; None: it stays dead.",
        "数据进程死亡多久后由守护程序以原端口和原文件重新启动；无：不再启动。",
    ),
    ("How stock is taken.", "如何扣减库存。"),
    (
        "Connections that carry pipelines; with a strategy of several round trips, the pool in which each connection works on one request at a time.",
        "承载管道的连接数；若策略需要多次往返，则为连接池大小，每个连接一次只处理一个请求。",
    ),
    (
        "How long an answer may take before a claim counts as indefinite and a read as failed.",
        "应答超过多久，购买算作不确定、读取算作失败。",
    ),
    (
        "How often `WatchMulti` tries a claim when others come between; then it fails, and nothing was sold.",
        "有别的购买插入时，`WatchMulti` 对一次购买尝试多少次；之后算作失败，且什么也没卖出。",
    ),
    (
        "How often `OptimisticVersion` tries a claim when others come between; then it fails, and nothing was sold.",
        "有别的购买插入时，`OptimisticVersion` 对一次购买尝试多少次；之后算作失败，且什么也没卖出。",
    ),
    ("Which count of the orders let in closes the gate.", "以哪个已放行订单数来关闭闸门。"),
    (
        "A mistake that real projects made, to see what it does; None: it makes none.",
        "真实项目犯过的错误，用来看其后果；无：不犯错误。",
    ),
    (
        "Whether it writes the inventory's stock anew at its interval, as the database counts it: a mistake, for orders in the queue are not in the database yet.",
        "是否每隔一段时间按数据库的计数重写库存：这是错误，因为队列中的订单尚未进入数据库。",
    ),
    (
        "Shards: masters, each with an equal share of the 16,384 slots into which keys fall.",
        "分片数：每个主节点均分 16,384 个槽，键都落在这些槽里。",
    ),
    (
        "Replicas of each master; none: nobody replaces a dead one.",
        "每个主节点的从节点数；无：主节点失效后没有谁接替。",
    ),
    (
        "How long a node must be silent before another one believes it down.",
        "节点沉默多久，其他节点认为它已下线。",
    ),
    (
        "Whether a shard without a master stops the other shards too (`cluster-require-full-coverage`).",
        "某个分片没有主节点时，其他分片是否也停止服务（`cluster-require-full-coverage`）。",
    ),
    ("How slots move when a shard comes or goes.", "分片增减时槽如何迁移。"),
    ("Connections to each node; each carries pipelines.", "到每个节点的连接数；每个连接承载管道。"),
    (
        "Requests waiting or under way at one node before more are answered `shed`.",
        "单个节点等待或在途的请求上限，超过则答复“过载丢弃”。",
    ),
    (
        "How long an answer may take before a claim counts as indefinite and a read as failed; within it a request follows its slot from node to node.",
        "应答超过多久，购买算作不确定、读取算作失败；在此期间请求会跟随其槽在节点间转移。",
    ),
    (
        "What it is made of, and so what becomes of the orders of a consumer that dies.",
        "队列由什么构成，也就决定了消费者死去时其订单的下场。",
    ),
    (
        "Where a stream of NATS keeps its messages. After a restart of the lab's own server a stream that was in memory is made anew, empty.",
        "NATS 流把消息存在哪里。本程序自己的服务器重启后，存于内存的流会重新创建，内容为空。",
    ),
    (
        "What a message of it carries: the whole order, or only where the inventory keeps it.",
        "消息带有什么：整个订单，或只带它在库存处的编号。",
    ),
    (
        "The address of a Redis that runs elsewhere, used instead of processes of its own: `redis://`, `rediss://`, `redis-sentinel://`; user and password only as `${NAME}`, a variable of the environment. None: processes of its own.",
        "使用在别处运行的 Redis 的地址，代替自行启动的进程：`redis://`、`rediss://`、`redis-sentinel://`；用户名和密码只能写成 `${NAME}`，即环境变量。无：自行启动进程。",
    ),
    (
        "The address of a Redis Cluster that runs elsewhere, used instead of nodes of its own: `redis-cluster://`, `rediss-cluster://`; user and password only as `${NAME}`, a variable of the environment. None: nodes of its own.",
        "使用在别处运行的 Redis 集群的地址，代替自行启动的节点：`redis-cluster://`、`rediss-cluster://`；用户名和密码只能写成 `${NAME}`，即环境变量。无：自行启动节点。",
    ),
    (
        "The address of a server that runs elsewhere and fits the form, used instead of a process of its own: `redis://`, `rediss://`, `redis-sentinel://`; `nats://`, or `tls://` for it with TLS; `amqp://` or `amqps://`; user and password only as `${NAME}`, a variable of the environment. None: a process of its own.",
        "使用在别处运行、与队列形式相符的服务器的地址，代替自行启动的进程：`redis://`、`rediss://`、`redis-sentinel://`；`nats://`，带 TLS 时为 `tls://`；`amqp://` 或 `amqps://`；用户名和密码只能写成 `${NAME}`，即环境变量。无：自行启动进程。",
    ),
    (
        "The address of a server of that engine which runs elsewhere, used instead of one of its own: `postgres://`, or `mysql://` for MariaDB and MySQL; `?tls=require` for TLS; user and password only as `${NAME}`, a variable of the environment. None: embedded, or a process of its own.",
        "使用在别处运行、属于该引擎的服务器的地址，代替自行启动的服务器：`postgres://`，或用于 MariaDB 和 MySQL 的 `mysql://`；要用 TLS 时加 `?tls=require`；用户名和密码只能写成 `${NAME}`，即环境变量。无：内嵌，或自行启动进程。",
    ),
    (
        "The Redis stage whose master holds it; None: a process of its own.",
        "由哪个 Redis 阶段的主节点保存；无：使用自己的进程。",
    ),
    (
        "How long nothing may be heard of a consumer before another one takes over what it had in its hands; None: nobody does. A popped order can't be taken over; RabbitMQ hands out again what went over a connection as soon as it is gone, whatever stands here.",
        "多久没有某个消费者的消息，别的消费者就接管其手中的订单；无：没人接管。已弹出的订单无法接管；RabbitMQ 一旦连接断开就再次投递，与此值无关。",
    ),
    ("Consumers that take orders and have them written.", "取出订单并写入的消费者数。"),
    (
        "The most orders a consumer takes at a time; they become one transaction.",
        "消费者一次最多取多少订单；它们成为一个事务。",
    ),
    ("Connections that carry orders to it.", "向它送订单的连接数。"),
    ("How long an answer may take before the order counts as indefinite.", "应答超过多久，订单算作不确定。"),
    ("How stock is taken where claims reach the database directly.", "购买直达数据库时如何扣减库存。"),
    ("What it does for the page of a product.", "为商品页面做什么查询。"),
    (
        "Connections for reads and for claims; each works on one request at a time.",
        "用于读取和购买的连接数；每个连接一次处理一个请求。",
    ),
    (
        "Requests waiting for a connection before more are answered `shed`.",
        "等待连接的请求上限，超过则答复“过载丢弃”。",
    ),
    (
        "Servers that copy from it and answer reads, one after the other; PostgreSQL only.",
        "从它复制数据、轮流应答读取的服务器；仅 PostgreSQL。",
    ),
    ("Which database it is.", "使用哪种数据库。"),
    (
        "How long a request waits for a connection, and a statement for its answer or for the lock of another. A commit that is not answered in time may have happened.",
        "请求等待连接、语句等待应答或他人所持锁的时限。未按时得到应答的提交可能已经发生。",
    ),
    (
        "Whether each commit waits for the disk. Where it doesn't, a crash may take the last commits away: SQLite's and MariaDB's when the machine crashes, PostgreSQL's when its process does.",
        "每次提交是否等待落盘。若不等待，崩溃可能丢失最近的提交：SQLite 和 MariaDB 在整机崩溃时丢失，PostgreSQL 在进程崩溃时就会丢失。",
    ),
    ("How often it computes from the database and writes back.", "多久根据数据库计算并回写一次。"),
    ("Share of orders whose buyers never pay.", "买家从不付款的订单比例。"),
    (
        "How long after its insert an unpaid order is cancelled and its units go back on sale.",
        "未付款订单写入后多久被取消，其商品重新开售。",
    ),
    ("Of which requests.", "针对哪些请求。"),
    ("Which quantile.", "哪个分位数。"),
    ("The longest it may be.", "允许的最长时间。"),
    ("The most that is allowed.", "允许的最大值。"),
    ("The least share that is allowed.", "允许的最小比例。"),
    ("When, counted from the first arrival.", "何时，从首个到达起算。"),
    ("What is done.", "做什么。"),
    ("The stage it is done to.", "作用于哪个阶段。"),
    (
        "Which of the stage's instances: \"master\", \"replica 1\", \"sentinel 2\", \"consumer 1\", \"broker\", \"instance 1\", \"database\", \"cache\", \"sale\"; of a Redis Cluster \"node 1\", \"shards\".",
        "阶段的哪个实例：\"master\"、\"replica 1\"、\"sentinel 2\"、\"consumer 1\"、\"broker\"、\"instance 1\"、\"database\"、\"cache\"、\"sale\"；Redis 集群中为 \"node 1\"、\"shards\"。",
    ),
    (
        "How much later a slow link carries what is sent, each way; other actions have none.",
        "慢链路把收发内容各推迟多久；其他动作没有此项。",
    ),
    (
        "What a throttled link carries, each way; other actions have none.",
        "限速链路每个方向的速率；其他动作没有此项。",
    ),
    (
        "How long a slow script computes, in processor time of the server; other actions have none.",
        "慢脚本计算多久（按服务器的处理器时间）；其他动作没有此项。",
    ),
    ("Different products in the sale.", "参与秒杀的商品种数。"),
    (
        "Units in all, spread evenly over the products (the first ones get the remainder).",
        "库存总件数，平均分给各商品（余数给靠前的商品）。",
    ),
    ("Units that one claim asks for.", "一次购买请求的件数。"),
    (
        "The most units of one product that one buyer may get; None: no limit.",
        "每位买家每种商品最多可得件数；无：不限。",
    ),
    ("When the sale opens, counted from the first arrival.", "何时开售，从首个到达起算。"),
    ("People who may come, bots included.", "可能到来的人数，含机器人。"),
    (
        "Exponent of Zipf's law over the products, and over streams and counters: 0 is even, 1 is a clear favourite.",
        "商品（以及事件流、计数器）热度的齐夫指数：0 为均匀，1 为明显的热门。",
    ),
    (
        "Share of claims that repeat an earlier claim of the same buyer for the same product: people click again.",
        "重复购买的比例：同一买家对同一商品再次点击。",
    ),
    ("How many of the people are bots.", "其中有多少机器人。"),
    ("Share of claims that come from bots.", "来自机器人的购买比例。"),
    ("What the page is about that a read asks for.", "读取所请求的页面属于谁。"),
    ("Different streams of events: chat rooms, kinds of behaviour.", "不同的事件流：聊天室、行为种类。"),
    ("Different counters.", "不同的计数器。"),
    ("Page refreshed.", "刷新页面。"),
    ("Purchase clicked.", "点击购买。"),
    ("Event left on a stream.", "向事件流写入一个事件。"),
    ("Counter incremented.", "计数器加一。"),
    (
        "How much time the events of one table cover, on the run's clock; the table of the next span is made when it is needed.",
        "一张表存放多长时间的事件（按运行时钟）；下一时段的表在需要时创建。",
    ),
    (
        "How long a reader's page that it answered stays in the Redis in front of it; None: it is not written there.",
        "它应答过的个人页在其前面的 Redis 中保留多久；无：不写入。",
    ),
    (
        "How often what counters in Redis have is added to the database and taken from Redis; None: never.",
        "每隔多久把 Redis 中计数器的值加到数据库并从 Redis 取走；无：从不。",
    ),
    ("Arrivals per second.", "每秒到达数。"),
    ("Arrivals per second at the start.", "开始时的每秒到达数。"),
    ("Arrivals per second at the end.", "结束时的每秒到达数。"),
    ("Arrivals per second long after.", "很久之后的每秒到达数。"),
    ("Arrivals per second at the first instant.", "最初瞬间的每秒到达数。"),
    ("Time in which the excess falls to 37 %.", "超出部分降到 37 % 所需的时间。"),
];
