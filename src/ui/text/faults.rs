//! Names of the actions of faults, and what they do.

use super::choices::Word;
use super::text;

/// Each action by its word in files.
pub const WORDS: &[Word] = &[
    ("Kill", text("Kill", "杀死"), text("kill -9: the process is gone at once", "kill -9：进程立即消失")),
    (
        "KillAfterTaking",
        text("Kill after taking", "取出后杀死"),
        text(
            "The consumer dies when it next has taken orders, before it writes them",
            "消费者下一次取出订单后、写入之前死去",
        ),
    ),
    (
        "KillAfterWriting",
        text("Kill after writing", "写入后杀死"),
        text(
            "The consumer dies when it next has written orders, before it acknowledges them to the queue",
            "消费者下一次写入订单后、向队列确认之前死去",
        ),
    ),
    (
        "Terminate",
        text("Terminate", "终止"),
        text("SIGTERM: the process is asked to end", "SIGTERM：请进程自行退出"),
    ),
    (
        "Pause",
        text("Pause", "暂停"),
        text("SIGSTOP: the process stands still and keeps its connections", "SIGSTOP：进程停住，连接保持"),
    ),
    ("Resume", text("Resume", "继续"), text("SIGCONT: a paused process goes on", "SIGCONT：暂停的进程继续")),
    (
        "Restart",
        text("Restart", "重启"),
        text(
            "A dead process is started again, on its port and with its files",
            "已死的进程以原端口和原文件重新启动",
        ),
    ),
    (
        "Replace",
        text("Replace", "换新"),
        text(
            "Another consumer comes in the place of a dead one, under a name of its own",
            "由另一个消费者以自己的新名字顶替已死的消费者",
        ),
    ),
    (
        "Failover",
        text("Hand over", "主动切换"),
        text(
            "SENTINEL FAILOVER: a Sentinel hands the role of a healthy master over to a replica",
            "SENTINEL FAILOVER：由一个哨兵把健康主节点的角色交给某个从节点",
        ),
    ),
    (
        "AddShard",
        text("Add shard", "增加分片"),
        text(
            "The cluster gets one more master with replicas, and slots move to it under load",
            "集群增加一个主节点及其从节点，并在负载下把槽迁移过去",
        ),
    ),
    (
        "RemoveShard",
        text("Remove shard", "移除分片"),
        text(
            "The last shard of the cluster gives its slots to the others under load, and ends",
            "集群的最后一个分片在负载下把槽交给其他分片后退出",
        ),
    ),
    (
        "CutLink",
        text("Cut link", "切断链路"),
        text(
            "Connections of the process are dropped and new ones closed at once; it goes on itself",
            "断开该进程的连接并立即关闭新连接；进程本身继续运行",
        ),
    ),
    (
        "SlowLink",
        text("Slow link", "放慢链路"),
        text("What is sent to and by the process arrives later by a delay", "与该进程的收发都推迟一段时间"),
    ),
    (
        "ThrottleLink",
        text("Throttle link", "限速链路"),
        text(
            "The link of the process carries no more than a rate, each way",
            "该进程的链路每个方向的速率不超过给定值",
        ),
    ),
    (
        "ResetLink",
        text("Reset link", "重置链路"),
        text(
            "Connections over the link of the process are reset once; new ones are carried",
            "该进程链路上的连接被重置一次；新连接照常",
        ),
    ),
    ("MendLink", text("Mend link", "修复链路"), text("The link is as it was", "链路恢复原状")),
    (
        "Lock",
        text("Lock", "加锁"),
        text(
            "Somebody holds the write lock of the database: writes wait, reads go on",
            "有人占住数据库写锁：写入等待，读取照常",
        ),
    ),
    ("Unlock", text("Unlock", "解锁"), text("The write lock is given back", "归还写锁")),
    (
        "FillMemory",
        text("Fill memory", "占满内存"),
        text(
            "maxmemory below what is used, no eviction: what needs memory is answered OOM",
            "maxmemory 设到已用量以下且不淘汰：需要内存的命令答复 OOM",
        ),
    ),
    ("FreeMemory", text("Free memory", "释放内存"), text("No limit on memory again", "恢复为不限内存")),
    (
        "GrowData",
        text("Grow data", "数据增长"),
        text(
            "So much more data is loaded into the master while it serves; it stays",
            "在服务期间向主节点载入这么多数据；数据会保留",
        ),
    ),
    (
        "SlowScript",
        text("Slow script", "慢脚本"),
        text(
            "A Lua script keeps the process busy; it answers nobody meanwhile",
            "一个 Lua 脚本占住该进程，期间它不答复任何人",
        ),
    ),
    (
        "KillScript",
        text("Kill script", "终止脚本"),
        text(
            "SCRIPT KILL: ends a script that has run for more than 5 s; harmless where none runs",
            "SCRIPT KILL：终止运行超过 5 秒的脚本；没有脚本时无影响",
        ),
    ),
    ("Purge", text("Purge", "清空缓存"), text("The cache drops everything", "缓存丢弃全部内容")),
    (
        "Expire",
        text("Expire", "全部过期"),
        text("The time to live of everything in the cache ends now", "缓存中所有内容的存活时间立即结束"),
    ),
    (
        "Refill",
        text("Refill", "重新填充"),
        text("Data control writes the pages again", "数据控制重新写入页面"),
    ),
    (
        "OpenSale",
        text("Open sale", "开售"),
        text("The sale's clock is past the opening: the sale is open", "秒杀时钟拨到开售之后：开售"),
    ),
    (
        "CloseSale",
        text("Close sale", "停售"),
        text(
            "The sale's clock stands before the opening: nobody can buy",
            "秒杀时钟停在开售之前：谁也买不到",
        ),
    ),
];
