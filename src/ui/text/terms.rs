//! The words of the domain in both languages: how requests end, what processes are, how real a stage is.

use super::{Lang, Text, text};
use crate::metrics::{Reason, Role};
use crate::topology::Realness;

/// Handed on, or answered by the stage that owns the data.
pub const PASSED: Text = text("passed", "通过");
/// Answered before the stage that owns the data.
pub const INTERCEPTED: Text = text("intercepted", "拦截");
/// Ended in an error, or without an answer.
pub const FAILED: Text = text("failed", "失败");
/// A process that doesn't answer.
pub const NO_ANSWER: Text = text("no answer", "无响应");

const MASTER: Text = text("master", "主节点");
const REPLICA: Text = text("replica", "副本");
const SENTINEL: Text = text("sentinel", "哨兵");
const UNKNOWN: Text = text("role unknown", "角色未知");

/// Why something was intercepted.
pub fn reason(reason: Reason) -> Text {
    match reason {
        Reason::CacheHit => text("cache hit", "缓存命中"),
        Reason::NotStarted => text("not started", "未开始"),
        Reason::SoldOut => text("sold out", "已售罄"),
        Reason::RateLimited => text("rate limited", "已限流"),
        Reason::Duplicate => text("duplicate", "重复购买"),
        Reason::Shed => text("shed", "过载拒绝"),
    }
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

/// What a process is.
pub fn role(role: Role) -> Text {
    match role {
        Role::Unknown => UNKNOWN,
        Role::Master => MASTER,
        Role::Replica => REPLICA,
        Role::Sentinel => SENTINEL,
    }
}

/// The words of a badge.
pub fn realness(realness: Realness) -> Text {
    match realness {
        Realness::RealProcess => text("real process", "真实进程"),
        Realness::Embedded => text("embedded", "内嵌引擎"),
        Realness::InProcess => text("in process", "进程内"),
    }
}

/// What a badge means.
pub fn realness_tip(realness: Realness) -> Text {
    match realness {
        Realness::RealProcess => text(
            "Real process: real servers are started for the run, and can be broken",
            "真实进程：运行时会启动真实的服务器，可以注入故障",
        ),
        Realness::Embedded => text(
            "Embedded: the real engine, linked into this program",
            "内嵌引擎：真实的引擎，链接在本程序中",
        ),
        Realness::InProcess => text(
            "In process: our own code does the real work, inside this program",
            "进程内：由本程序自己的代码完成真实的工作",
        ),
    }
}

/// The name of a process for people; faults call it by its English name.
pub fn instance(lang: Lang, name: &str) -> String {
    let (what, number) = name.split_once(' ').unwrap_or((name, ""));
    let word = [MASTER, REPLICA, SENTINEL].into_iter().find(|word| word.en == what);
    match word {
        Some(word) if number.is_empty() => lang.t(word).to_owned(),
        Some(word) => format!("{} {number}", lang.t(word)),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processes_have_a_name_in_both_languages() {
        assert_eq!(instance(Lang::Zh, "replica 2"), "副本 2");
        assert_eq!(instance(Lang::Zh, "master"), "主节点");
        assert_eq!(instance(Lang::En, "sentinel 3"), "sentinel 3");
        assert_eq!(instance(Lang::Zh, "something else"), "something else");
    }
}
