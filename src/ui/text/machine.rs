//! What a machine carries and what a design asks of it, in words.

use super::{Lang, Text, text};
use crate::machine::capacity::{rounded, whole};
use crate::machine::{Capacity, Carried, Demand, Load, Part, Told, Way};
use crate::report::text::grouped;

const UP_TO: Text = text("up to about {}", "最多约 {}");
const AT_LEAST: Text = text("at least about {}", "至少约 {}");
const NOT_EVEN: Text = text("not even {}", "不到 {}");
const UNKNOWN: Text = text("an unknown number of", "未知数量的");
const CARRIED: Text = text(
    "{} orders a second through the whole path, {} arrivals a second where nine in ten stop at the CDN",
    "全链路每秒{} 个订单，九成止于 CDN 时每秒{} 个到达",
);
const CAPACITY: Text = text("This machine carries {}", "本机能承载{}");
const ORDERS: Text = text("{} orders a second", "每秒 {} 个订单");
const ARRIVALS: Text = text("{} arrivals a second, {} of them orders", "每秒 {} 个到达，其中 {} 个订单");
const TOO_MUCH: Text = text(
    "This design asks for up to {}, and may fall behind here: this machine carried {}",
    "此设计最多要求{}，在本机上可能落后；本机能承载{}",
);
const EXCHANGES: Text = text("exchanges with one server", "与一台服务器的往返");
const SCHEDULE: Text = text("the generator alone", "仅发生器");
const WHOLE_PATH: Text = text("the whole path", "全链路");
const FUNNEL: Text = text("the funnel", "漏斗");
const AT: Text = text("{} at {} arrivals a second", "{}，每秒 {} 个到达");

/// What is being measured; none where that says nothing new.
pub fn told(lang: Lang, told: &Told) -> Option<String> {
    let way = |way| match way {
        Way::WholePath => lang.t(WHOLE_PATH),
        Way::Funnel => lang.t(FUNNEL),
    };
    Some(match told {
        Told::Part(Part::Exchanges(_)) => lang.t(EXCHANGES).to_owned(),
        Told::Part(Part::Schedule) => lang.t(SCHEDULE).to_owned(),
        Told::Trying(which, rate) => lang.f(AT, &[&way(*which), &rounded(*rate)]),
        Told::Part(Part::Way(which)) => way(*which).to_owned(),
        Told::Exchange(_) | Told::Lag(_) | Told::Run(_) => return None,
    })
}

/// What was measured, in a sentence.
pub fn capacity(lang: Lang, capacity: &Capacity) -> String {
    lang.f(CAPACITY, &[&both(lang, capacity.whole_path, capacity.funnel)])
}

/// That a design asks for too much, with both sides.
pub fn too_much(lang: Lang, load: &Load) -> String {
    lang.f(TOO_MUCH, &[&demand(lang, &load.demand), &both(lang, load.whole_path, load.funnel)])
}

fn both(lang: Lang, whole_path: Carried, funnel: Carried) -> String {
    lang.f(CARRIED, &[&carried(lang, whole_path), &carried(lang, funnel)])
}

/// A rate that was found, in words.
pub fn carried(lang: Lang, carried: Carried) -> String {
    match (carried.per_sec, carried.failed_at) {
        (Some(rate), Some(_)) => lang.f(UP_TO, &[&rounded(rate)]),
        (Some(rate), None) => lang.f(AT_LEAST, &[&rounded(rate)]),
        (None, Some(rate)) => lang.f(NOT_EVEN, &[&rounded(rate)]),
        (None, None) => lang.t(UNKNOWN).to_owned(),
    }
}

fn demand(lang: Lang, demand: &Demand) -> String {
    let (arrivals, orders) = (whole(demand.arrivals_per_sec), whole(demand.orders_per_sec));
    if arrivals == orders {
        lang.f(ORDERS, &[&grouped(orders)])
    } else {
        lang.f(ARRIVALS, &[&grouped(arrivals), &grouped(orders)])
    }
}
