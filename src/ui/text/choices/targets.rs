//! Names of the kinds of targets, for people.

use super::super::text;
use super::Word;

/// What must hold, by the word in files.
pub const TARGETS: &[Word] = &[
    (
        "ResponseTime",
        text("Response time", "响应时间"),
        text(
            "A quantile of response time, counted from the intended time of each request",
            "响应时间的一个分位数，从每个请求的预定时刻算起",
        ),
    ),
    ("Oversold", text("Oversold", "超卖"), text("Units sold beyond the stock", "超出库存卖出的件数")),
    (
        "Undersold",
        text("Undersold", "少卖"),
        text(
            "Units neither sold nor on sale at the end, or kept back while buyers were told “sold out”",
            "结束时既未卖出也不在售的件数，或在告知“已售罄”时被扣留的件数",
        ),
    ),
    (
        "Duplicates",
        text("Duplicates", "重复订单"),
        text(
            "Units that a buyer got beyond the limit, and orders present twice",
            "买家超出限购的件数，以及重复的订单",
        ),
    ),
    (
        "LostAcknowledged",
        text("Lost after acknowledgement", "确认后丢失"),
        text(
            "Orders that a buyer was told are accepted and that are nowhere afterwards",
            "已告知买家接受、事后却不见的订单",
        ),
    ),
    (
        "Achieved",
        text("Achieved throughput", "达成吞吐"),
        text(
            "Share of arrivals that got an answer, whatever it said; those turned away, failed or dropped got none",
            "得到答复的到达占比（不论答复内容）；被拒之门外、失败或丢弃的不算",
        ),
    ),
    (
        "LostEvents",
        text("Lost events", "丢失的事件"),
        text("Events that were acknowledged and are nowhere afterwards", "已确认、事后却哪里都找不到的事件"),
    ),
    (
        "DuplicateEvents",
        text("Duplicate events", "重复的事件"),
        text("Events that are present more than once", "存在不止一次的事件"),
    ),
    (
        "Miscounted",
        text("Miscounted", "计数偏差"),
        text(
            "Increments by which counters differ from what was acknowledged, too few or too many",
            "计数器与已确认累加数的偏差，多或少都算",
        ),
    ),
    (
        "Intercepted",
        text("Intercepted share", "拦截比例"),
        text(
            "Share of all arrivals that never reached the stage that owns the data",
            "从未到达数据所在阶段的到达占比",
        ),
    ),
    (
        "StaleReads",
        text("Stale reads", "过期读"),
        text(
            "Share of the answers with a version that were older than what had been acknowledged before the read was sent",
            "带版本的应答中，比读取发出之前已确认的写入更旧的占比",
        ),
    ),
];
