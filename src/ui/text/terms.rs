//! Words of the domain with what they mean.

use super::{Lang, Text, text};
use crate::metrics::Reason;
use crate::topology::Realness;
use crate::workload::{Operation, Operations};

/// Why something was intercepted, in words: "sold out".
pub fn reason(lang: Lang, reason: Reason) -> String {
    lang.of(reason.label()).replace('_', " ")
}

/// The requests of an operation, in a word.
pub fn operation(operation: Operation) -> Text {
    match operation {
        Operation::Read => text("reads", "读取"),
        Operation::Claim => text("claims", "购买"),
        Operation::Append => text("events", "事件"),
        Operation::Count => text("increments", "计数"),
    }
}

/// Those of several, one after the other.
pub fn operations(lang: Lang, operations: Operations) -> String {
    let words: Vec<&str> = operations.iter().map(|one| lang.t(operation(one))).collect();
    words.join(lang.t(text(", ", "、")))
}

/// What that reason means.
pub fn reason_tip(reason: Reason) -> Text {
    match reason {
        Reason::CacheHit => text("a cache had the answer", "缓存中已有答案"),
        Reason::NotStarted => text("the sale is not open yet", "抢购尚未开始"),
        Reason::SoldOut => text("no stock is left", "库存已空"),
        Reason::RateLimited => text("more requests per second than allowed", "每秒请求数超过上限"),
        Reason::Duplicate => text("the buyer has all that one buyer may have", "买家已达到限购数量"),
        Reason::Shed => text("the stage had too much to do", "该阶段过载"),
    }
}

/// What a badge means.
pub fn realness_tip(realness: Realness) -> Text {
    match realness {
        Realness::RealProcess => text(
            "Real process: real servers are started for the run, and can be broken",
            "真实进程：运行时会启动真实的服务器，可以注入故障",
        ),
        Realness::Embedded => {
            text("Embedded: the real engine, linked into this program", "内嵌：真实的引擎，链接在本程序中")
        }
        Realness::InProcess => text(
            "In process: our own code does the real work, inside this program",
            "进程内：由本程序自己的代码完成真实的工作",
        ),
        Realness::External => text(
            "External: the real server at an address that you gave; it is not ours, and is not broken",
            "外部：您给出地址的真实服务器；它不属于本程序，不会被注入故障",
        ),
    }
}
