//! What is changed while a run goes on takes effect, is told and reported, and breaks no law.

use crate::common;

use std::sync::Arc;
use std::time::Duration;

use common::{
    Ran, assert_all_laws, assert_balanced, assert_sold_exactly, assert_sound, chain, chain_text, parse, run,
    run_and_change,
};
use seckill_lab::engine::{EngineCommand, EngineHandle, EventKind, RunId};
use seckill_lab::metrics::{Reason, StageTally};
use seckill_lab::param::ParamValue;
use seckill_lab::report::text::render;
use seckill_lab::topology::{Change, Topology};

const CONTROL: (&str, &str) = ("control", "DataControl(interval: \"100ms\")");

fn phase(span: &str, rate: u32, mix: &str) -> String {
    format!("(name: \"all\", span: {span:?}, shape: Constant(rate: {rate}), spacing: Poisson, mix: ({mix}))")
}

fn param(stage: &str, key: &str, value: ParamValue) -> Change {
    Change::Param { stage: stage.into(), key: key.into(), value }
}

fn at(millis: u64, change: Change) -> (Duration, Change) {
    (Duration::from_millis(millis), change)
}

/// Asserts that each change was made, and answered and reported in the order in which they were asked for.
fn assert_changed(ran: &Ran, wanted: usize) {
    assert_eq!(ran.changes.len(), wanted);
    assert!(ran.changes.iter().all(|(_, failed)| failed.is_none()), "{:?}", ran.changes);
    let reported: Vec<&String> = ran.report.changes.iter().map(|change| &change.what).collect();
    let told: Vec<String> = ran.changes.iter().map(|(change, _)| change.text()).collect();
    assert_eq!(reported, told.iter().collect::<Vec<_>>());
    assert!(ran.report.changes.iter().all(|change| change.error.is_none() && change.at_secs > 0.0));
}

/// What a stage counted from one moment to another.
fn tally(ran: &Ran, stage: &str, from_ms: u128, to_ms: u128) -> StageTally {
    let stage = ran.plan.topology.index_of(stage).expect("the stage exists");
    let mut all = StageTally::default();
    let span = from_ms + 1..=to_ms;
    ran.buckets
        .iter()
        .filter(|bucket| span.contains(&bucket.at.as_millis()))
        .for_each(|bucket| all.merge(&bucket.stages[stage].tally));
    all
}

/// Arrivals a second between two moments.
fn offered(ran: &Ran, from_ms: u128, to_ms: u128) -> f64 {
    let span = from_ms + 1..=to_ms;
    let buckets = ran.buckets.iter().filter(|bucket| span.contains(&bucket.at.as_millis()));
    buckets.map(|bucket| bucket.offered).sum::<u64>() as f64 * 1_000.0 / (to_ms - from_ms) as f64
}

/// When a change was made, in milliseconds.
fn made_at(ran: &Ran, change: usize) -> u128 {
    Duration::from_secs_f64(ran.report.changes[change].at_secs).as_millis()
}

fn shop() -> [(&'static str, &'static str); 8] {
    [
        ("users", "Users()"),
        ("cdn", "Cdn(ttl: \"60s\")"),
        ("balancer", "LoadBalancer()"),
        ("service", "Service(flag_ttl: \"100ms\")"),
        ("gate", "ReadWriteSplit(replicas: 1)"),
        ("inventory", "MasterReplica(replicas: 0, sentinels: 0)"),
        ("database", "Database()"),
        CONTROL,
    ]
}

#[test]
fn the_offered_rate_follows_its_factor_and_the_generator_keeps_its_schedule() {
    let topology = chain(&shop(), "items: 5, stock: 500", &phase("4s", 1_000, "read: 1, claim: 1"));
    let factor = |factor| Change::OfferedRate { factor };
    let ran = run_and_change(topology, vec![at(1_000, factor(4.0)), at(2_500, factor(0.5))]);
    assert_changed(&ran, 2);
    assert_all_laws(&ran);
    assert_sold_exactly(&ran);
    assert_eq!(ran.factors, [1.0, 4.0, 0.5]);
    let text = render(&ran.report);
    assert!(text.contains("changed at ") && text.contains("s: offered rate × 4\n"), "{text}");
    let (up, down) = (made_at(&ran, 0), made_at(&ran, 1));
    for (from, to, rate) in
        [(0, up - 100, 1_000.0), (up + 100, down - 100, 4_000.0), (down + 100, 4_000, 500.0)]
    {
        let share = offered(&ran, from, to) / rate;
        // Buckets don't end at round figures, and arrivals are random.
        assert!((0.75..1.25).contains(&share), "{from} ms to {to} ms: {share} of {rate}/s");
    }
}

#[test]
fn a_rate_limit_can_be_switched_on_and_off_and_a_ttl_shortened() {
    let topology = chain(&shop(), "items: 5, stock: 100_000", &phase("4s", 2_000, "read: 3, claim: 1"));
    let limit = |value| param("balancer", "rate_limit", value);
    let millisecond = ParamValue::Duration(Duration::from_millis(1));
    let changes = vec![
        at(800, limit(ParamValue::Int(100))),
        at(1_800, limit(ParamValue::Off)),
        at(2_600, param("cdn", "ttl", millisecond)),
        at(2_600, param("balancer", "policy", ParamValue::Choice("LeastOutstanding"))),
        at(2_600, param("service", "flag_ttl", ParamValue::Off)),
        at(2_600, param("gate", "read_policy", ParamValue::Choice("Master"))),
    ];
    let ran = run_and_change(topology, changes);
    assert_changed(&ran, 6);
    assert_all_laws(&ran);
    assert_sound(&ran);
    let refused = |from, to| tally(&ran, "balancer", from, to).intercepted.get(Reason::RateLimited);
    let (on, off, short) = (made_at(&ran, 0), made_at(&ran, 1), made_at(&ran, 2));
    assert_eq!(refused(0, on), 0);
    assert!(refused(on, off + 100) > 200, "{}", refused(on, off + 100));
    assert_eq!(refused(off + 100, 4_100), 0);
    let hits = |from, to| {
        let cdn = tally(&ran, "cdn", from, to);
        cdn.intercepted.get(Reason::CacheHit) as f64 / cdn.arrivals as f64
    };
    assert!(hits(0, short) > 0.7, "{}", hits(0, short));
    assert!(hits(short + 100, 4_100) < 0.6, "{}", hits(short + 100, 4_100));
}

#[test]
fn a_gate_lets_in_as_many_as_its_ratio_says_now() {
    // Nobody reopens the gate during the run: what is let in is the ratio's doing alone.
    let mut stages = shop();
    stages[7].1 = "DataControl(interval: \"1h\")";
    stages[3].1 = "Service(flag_ttl: None)";
    let sale = "items: 1, stock: 1_000, per_buyer_limit: None";
    let text = chain_text(&stages, sale, &phase("3s", 1_000, "read: 0, claim: 1"), "Oversold(at_most: 0)");
    let text =
        text.replacen("ReadWriteSplit(replicas: 1)", "ReadWriteSplit(replicas: 0, admission_ratio: 0.1)", 1);
    let ratio = param("gate", "admission_ratio", ParamValue::Float(0.4));
    let ran = run_and_change(parse(&text), vec![at(1_000, ratio.clone())]);
    assert_changed(&ran, 1);
    assert_balanced(&ran);
    // What knocked in vain counted at the gate too, so that less may be let in, but never more.
    assert!((100..=400).contains(&ran.report.audit.sold), "{:#?}", ran.report.audit);
    // With data control at work again, what is left is sold to the last unit that the ratio allows.
    let interval = param("control", "interval", ParamValue::Duration(Duration::from_millis(50)));
    let ran = run_and_change(parse(&text), vec![at(800, ratio), at(800, interval)]);
    assert_changed(&ran, 2);
    assert_balanced(&ran);
    assert!(ran.report.audit.sold > 350, "the gate was opened again and again: {:#?}", ran.report.audit);
    assert_eq!(ran.report.audit.oversold, 0);
}

fn queued(consumers: u32, batch: u32, control: &'static str) -> Topology {
    let queue = format!("Queue(on: None, consumers: {consumers}, batch: {batch})");
    let stages = [
        ("users", "Users()"),
        ("inventory", "MasterReplica(replicas: 0, sentinels: 0)"),
        ("orders", queue.as_str()),
        ("database", "Database()"),
        ("control", control),
    ];
    let sale = "items: 10, stock: 2_000";
    chain(&stages, sale, &phase("4s", 2_000, "read: 0, claim: 1"))
}

#[test]
fn consumers_come_and_go_and_no_order_is_lost() {
    let consumers = |count| param("orders", "consumers", ParamValue::Int(count));
    let changes = vec![
        at(400, consumers(8)),
        at(900, param("orders", "batch", ParamValue::Int(2))),
        at(1_400, consumers(1)),
        at(1_900, consumers(5)),
        at(2_400, consumers(2)),
    ];
    let ran = run_and_change(queued(2, 5, "DataControl(interval: \"100ms\")"), changes);
    assert_changed(&ran, 5);
    assert_all_laws(&ran);
    assert_sold_exactly(&ran);
}

#[test]
fn unpaid_orders_go_back_on_sale_at_the_share_and_age_that_hold_when_they_are_due() {
    let control = "DataControl(interval: \"50ms\", unpaid_ratio: 0.001, pay_within: \"30s\")";
    let changes = vec![
        at(1_000, param("control", "unpaid_ratio", ParamValue::Float(0.5))),
        at(1_000, param("control", "pay_within", ParamValue::Duration(Duration::from_millis(200)))),
    ];
    let ran = run_and_change(queued(2, 500, control), changes);
    assert_changed(&ran, 2);
    assert_all_laws(&ran);
    assert_sound(&ran);
    let returned = ran.report.audit.returned;
    assert!(returned > 300, "{:#?}", ran.report.audit);
    assert_eq!(ran.buckets.iter().map(|bucket| bucket.returned).sum::<u64>(), returned);
    let early = ran.buckets.iter().filter(|bucket| bucket.at.as_millis() < 1_000);
    assert_eq!(early.map(|bucket| bucket.returned).sum::<u64>(), 0);
}

#[test]
fn buckets_say_what_is_left_and_what_the_service_took() {
    let ran = run(chain(&shop(), "items: 5, stock: 300", &phase("1500ms", 2_000, "read: 1, claim: 2")));
    assert_sold_exactly(&ran);
    let mut sold = 0;
    for bucket in &ran.buckets {
        sold += bucket.sold;
        assert_eq!(bucket.stock_left, 300 - sold.cast_signed());
        // A request is sent when it is due, or later.
        assert!(bucket.service_us.max <= bucket.response_us.max, "{bucket:?}");
        assert!(bucket.response_us.max == 0 || bucket.service_us.p50 > 0, "{bucket:?}");
    }
    assert_eq!(ran.buckets.last().map(|bucket| bucket.stock_left), Some(0));
    assert_eq!(ran.report.series.last().map(|row| row.stock_left), Some(0));
    let claims =
        "(name: \"race\", span: \"2s\", shape: Constant(rate: 3_000), spacing: Poisson, mix: (claim: 1))";
    let naive = [
        ("users", "Users()"),
        (
            "inventory",
            "MasterReplica(replicas: 0, sentinels: 0, decrement: NaiveReadThenWrite, connections: 50)",
        ),
        ("database", "Database()"),
        CONTROL,
    ];
    let text =
        chain_text(&naive, "items: 1, stock: 200, per_buyer_limit: None", claims, "Oversold(at_most: 0)");
    let ran = run(parse(&text));
    let left = ran.buckets.last().map_or(0, |bucket| bucket.stock_left);
    assert_eq!(left, 200 - ran.report.totals.sold.cast_signed());
    assert!(left < 0, "the race oversells: {left}");
}

#[test]
fn what_can_not_be_changed_is_answered_with_a_reason_and_changes_nothing() {
    let topology = chain(&shop(), "items: 5, stock: 200", &phase("1500ms", 2_000, "read: 1, claim: 1"));
    let changes = vec![
        at(300, Change::OfferedRate { factor: 0.0 }),
        at(300, param("cdn", "capacity", ParamValue::Int(5))),
        at(300, param("nobody", "ttl", ParamValue::Int(5))),
        // The drain's buckets come when nobody arrives any more.
        at(1_600, Change::OfferedRate { factor: 2.0 }),
    ];
    let ran = run_and_change(topology, changes);
    assert_all_laws(&ran);
    assert_sold_exactly(&ran);
    assert_eq!(ran.factors, [1.0]);
    let reasons: Vec<&str> = ran.changes.iter().filter_map(|(_, failed)| failed.as_deref()).collect();
    assert_eq!(reasons.len(), 4, "{:?}", ran.changes);
    for (reason, words) in
        reasons.iter().zip(["out of range", "can't change", "no stage", "no more requests"])
    {
        assert!(reason.contains(words), "{reason}");
    }
    assert!(ran.report.changes.iter().all(|change| change.error.is_some()), "{:?}", ran.report.changes);
}

#[test]
fn without_a_run_a_change_is_answered_too() {
    let engine = EngineHandle::start(Arc::new(|| {})).expect("an engine");
    let change = Change::OfferedRate { factor: 2.0 };
    engine.send(EngineCommand::Change(change.clone())).expect("it is there");
    let event = engine.events().recv_timeout(common::PATIENCE).expect("an answer");
    assert_eq!(event.run_id, RunId(0));
    match event.kind {
        EventKind::Changed { change: answered, failed: Some(reason) } => {
            assert_eq!(answered, change);
            assert!(reason.contains("no run is under way"), "{reason}");
        }
        other => panic!("{other:?}"),
    }
}
