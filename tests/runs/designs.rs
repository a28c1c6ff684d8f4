//! Designs other than the presets: each runs, balances and sells exactly what there is.

use crate::common;

use std::time::Duration;

use common::{
    CLICKS, Ran, assert_all_laws, assert_balanced, assert_sold_exactly, assert_sound, chain, chain_text,
    link, parse, run, try_run,
};
use seckill_lab::metrics::Reason;
use seckill_lab::report::StageReport;

const USERS: (&str, &str) = ("users", "Users()");
const SERVICE: (&str, &str) = ("service", "Service(instances: 2)");
const GATE: (&str, &str) = ("gate", "ReadWriteSplit(replicas: 1)");
const INVENTORY: (&str, &str) = ("inventory", "MasterReplica(replicas: 0, sentinels: 0)");
const DATABASE: (&str, &str) = ("database", "Database()");
const CONTROL: (&str, &str) = ("control", "DataControl(interval: \"100ms\")");

fn stage<'a>(ran: &'a Ran, name: &str) -> &'a StageReport {
    ran.report.stages.iter().find(|stage| stage.name == name).expect("the stage is in the report")
}

/// Runs a chain that sells 60 units of 3 products to thousands of people, and checks everything about it.
fn sells_out(stages: &[(&str, &str)]) -> Ran {
    let ran = run(chain(stages, "items: 3, stock: 60", CLICKS));
    assert_all_laws(&ran);
    assert_sold_exactly(&ran);
    ran
}

#[test]
fn a_queue_on_a_process_of_its_own_with_many_consumers_of_one_order_at_a_time_loses_nothing() {
    let queue = ("orders", "Queue(on: None, consumers: 5, batch: 1)");
    let ran = sells_out(&[USERS, SERVICE, GATE, INVENTORY, queue, DATABASE, CONTROL]);
    assert_eq!(stage(&ran, "orders").tally.sold, 60);
    assert_eq!(ran.report.audit.places.database_orders, Some(60));
    assert_eq!(ran.report.audit.places.inventory_orders, None, "the database keeps them");
}

#[test]
fn stages_may_have_chinese_names() {
    let ran = sells_out(&[
        ("用户", "Users()"),
        ("内容分发网络", "Cdn()"),
        ("负载均衡", "LoadBalancer()"),
        ("服务器", "Service()"),
        ("读写分离", "ReadWriteSplit(replicas: 1)"),
        ("库存", "MasterReplica(replicas: 1, sentinels: 1, quorum: 1)"),
        ("订单队列", "Queue(on: \"库存\")"),
        ("数据库", "Database()"),
        ("数据控制", "DataControl(interval: \"100ms\")"),
    ]);
    assert_eq!(stage(&ran, "订单队列").tally.sold, 60);
}

#[test]
fn without_a_cdn_and_a_balancer_the_service_and_the_gate_answer_everything_themselves() {
    let ran = sells_out(&[
        USERS,
        SERVICE,
        GATE,
        INVENTORY,
        ("orders", "Queue(on: \"inventory\")"),
        DATABASE,
        CONTROL,
    ]);
    assert!(stage(&ran, "gate").tally.intercepted.get(Reason::CacheHit) > 0);
}

#[test]
fn without_a_gate_the_inventory_decides_every_click() {
    let ran =
        sells_out(&[USERS, SERVICE, INVENTORY, ("orders", "Queue(on: \"inventory\")"), DATABASE, CONTROL]);
    assert!(stage(&ran, "inventory").tally.rejected.get(Reason::SoldOut) > 0);
}

#[test]
fn without_a_queue_the_buyers_wait_for_the_database() {
    let ran = sells_out(&[USERS, SERVICE, GATE, INVENTORY, DATABASE, CONTROL]);
    assert_eq!(stage(&ran, "database").tally.sold, 60);
}

#[test]
fn an_inventory_may_be_the_last_stage() {
    let ran = sells_out(&[USERS, SERVICE, GATE, INVENTORY, CONTROL]);
    let places = &ran.report.audit.places;
    assert_eq!((stage(&ran, "inventory").tally.sold, places.inventory_orders), (60, Some(60)));
    assert_eq!((places.database_orders, places.queue_orders), (None, 0));
}

#[test]
fn a_database_alone_behind_the_users_decides_by_its_row_lock() {
    let ran = run(chain(&[USERS, DATABASE, CONTROL], "items: 3, stock: 60", CLICKS));
    assert_all_laws(&ran);
    assert_sold_exactly(&ran);
    assert_eq!(ran.report.servers.len(), 1, "no Redis was started: {:?}", ran.report.servers);
}

#[test]
fn two_services_behind_one_balancer_share_the_traffic() {
    let chain = [USERS, ("balancer", "LoadBalancer()"), ("one", "Service(instances: 3)"), GATE, INVENTORY];
    let chain = [&chain[..], &[("orders", "Queue(on: \"inventory\")"), DATABASE, CONTROL]].concat();
    let text = chain_text(&chain, "items: 3, stock: 60", CLICKS, "Oversold()");
    let another = "(name: \"two\", kind: Service(instances: 1), at: (0, 0)),\nstages-end";
    let text =
        text.replacen("], links: [", &format!("{another}], links: ["), 1).replacen("stages-end", "", 1);
    let links = link("balancer", "two") + &link("two", "gate");
    let ran = run(parse(&text.replacen("links: [", &format!("links: [{links}"), 1)));
    assert_all_laws(&ran);
    assert_sold_exactly(&ran);
    let (one, two) = (stage(&ran, "one").tally.arrivals, stage(&ran, "two").tally.arrivals);
    assert_eq!(one + two, stage(&ran, "balancer").tally.arrivals);
    assert!(two.abs_diff(one / 3) <= 1, "round robin over 3 + 1 instances: {one} and {two}");
}

#[test]
fn hundreds_of_instances_behind_one_balancer_still_answer() {
    let mut stages =
        vec![USERS, ("balancer", "LoadBalancer()"), ("s0", "Service(instances: 64, max_in_flight: 50)")];
    stages.extend([INVENTORY, CONTROL]);
    let text = chain_text(&stages, "items: 1, stock: 100_000, per_buyer_limit: None", CLICKS, "Oversold()");
    let (mut drawn, mut links) = (String::new(), String::new());
    for number in 1..5 {
        let name = format!("s{number}");
        drawn.extend([format!(
            "(name: {name:?}, kind: Service(instances: 64, max_in_flight: 50), at: (0, 0)),\n"
        )]);
        links += &(link("balancer", &name) + &link(&name, "inventory"));
    }
    let text = text.replacen("], links: [", &format!("{drawn}], links: [{links}"), 1);
    let ran = run(parse(&text));
    assert_all_laws(&ran);
    let shed: u64 = ran.report.stages.iter().map(|stage| stage.tally.intercepted.get(Reason::Shed)).sum();
    assert_eq!(shed, 0, "{:#?}", ran.report.stages);
}

#[test]
fn a_single_product_is_sold_once_to_each_of_its_buyers() {
    let stages = [USERS, SERVICE, GATE, INVENTORY, ("orders", "Queue(on: \"inventory\")"), DATABASE, CONTROL];
    let ran = run(chain(&stages, "items: 1, stock: 1", CLICKS));
    assert_all_laws(&ran);
    assert_sold_exactly(&ran);
}

#[test]
fn fifty_thousand_products_are_preloaded_opened_and_sold() {
    let stages = [USERS, ("cdn", "Cdn()"), SERVICE, GATE, INVENTORY, ("orders", "Queue(on: \"inventory\")")];
    let stages = [&stages[..], &[DATABASE, CONTROL]].concat();
    let ran = run(chain(
        &stages,
        "items: 50_000, stock: 100_000, per_buyer_limit: None, opens_at: \"300ms\"",
        CLICKS,
    ));
    assert_all_laws(&ran);
    assert_sound(&ran);
    assert!(ran.report.audit.sold > 500, "{:#?}", ran.report.audit);
}

#[test]
fn with_no_stock_everybody_is_told_so() {
    for stages in [
        &[USERS, SERVICE, GATE, INVENTORY, ("orders", "Queue(on: \"inventory\")"), DATABASE, CONTROL][..],
        &[USERS, DATABASE, CONTROL],
    ] {
        let ran = run(chain(stages, "items: 2, stock: 0", CLICKS));
        assert_all_laws(&ran);
        assert_sold_exactly(&ran);
        assert_eq!(ran.report.totals.sold, 0);
    }
}

#[test]
fn without_a_limit_a_buyer_may_buy_again_and_again() {
    let few = |text: String| parse(&text.replacen("users: 50_000", "users: 3", 1));
    let stages = [USERS, SERVICE, GATE, INVENTORY, ("orders", "Queue(on: \"inventory\")"), DATABASE, CONTROL];
    let text = chain_text(&stages, "items: 1, stock: 500, per_buyer_limit: None", CLICKS, "Oversold()");
    let ran = run(few(text));
    assert_all_laws(&ran);
    assert_sold_exactly(&ran);
    let text = chain_text(&stages, "items: 1, stock: 500, per_buyer_limit: Some(2)", CLICKS, "Oversold()");
    let ran = run(few(text));
    assert_balanced(&ran);
    assert_eq!((ran.report.audit.sold, ran.report.audit.duplicates), (6, 0));
}

#[test]
fn several_units_a_claim_are_taken_together_or_not_at_all() {
    let stages = [USERS, SERVICE, INVENTORY, ("orders", "Queue(on: \"inventory\")"), DATABASE, CONTROL];
    let sale = "items: 1, stock: 100, units_per_claim: 3, per_buyer_limit: Some(3)";
    let ran = run(chain(&stages, sale, CLICKS));
    assert_balanced(&ran);
    let audit = &ran.report.audit;
    assert_eq!((audit.sold, audit.left, audit.oversold, ran.report.totals.sold), (99, 1, 0, 33));
    assert_eq!(audit.undersold, 0, "one unit can't make a claim of three: {audit:#?}");
}

#[test]
fn nothing_is_sold_before_the_sale_opens() {
    let never = r#"(name: "early", span: "700ms", shape: Constant(rate: 2_000), spacing: Even, mix: (read: 1, claim: 1)),
                   (name: "late", span: "300ms", shape: Constant(rate: 2_000), spacing: Even, mix: (read: 1, claim: 0))"#;
    for stages in [
        &[USERS, SERVICE, GATE, INVENTORY, ("orders", "Queue(on: \"inventory\")"), DATABASE, CONTROL][..],
        &[USERS, DATABASE, CONTROL],
    ] {
        let ran = run(chain(stages, "items: 3, stock: 60, opens_at: \"900ms\"", never));
        assert_all_laws(&ran);
        let names: Vec<&str> = stages.iter().map(|stage| stage.0).collect();
        assert_eq!(ran.report.totals.sold, 0, "sold before the opening: {names:?}");
    }
}

#[test]
fn units_that_come_back_while_the_gate_is_still_open_are_not_counted_as_kept_back() {
    // Fewer clicks than the gate lets in, more than there are units; many buyers don't pay.
    let stages = [USERS, SERVICE, ("gate", "ReadWriteSplit(replicas: 0, admission_ratio: 100)"), INVENTORY];
    let control = ("control", "DataControl(interval: \"100ms\", unpaid_ratio: 0.5, pay_within: \"800ms\")");
    let stages = [&stages[..], &[("orders", "Queue(on: \"inventory\")"), DATABASE, control]].concat();
    let phases = r#"(name: "clicks", span: "600ms", shape: Constant(rate: 1_000), spacing: Even, mix: (read: 0, claim: 1)),
                    (name: "pages", span: "900ms", shape: Constant(rate: 100), spacing: Even, mix: (read: 1, claim: 0))"#;
    let ran = run(chain(&stages, "items: 1, stock: 200", phases));
    assert_balanced(&ran);
    let audit = &ran.report.audit;
    assert!(audit.left > 0 && audit.returned > 0, "{audit:#?}");
    // Since the units came back nobody has asked for one.
    assert_eq!(audit.undersold, 0, "{audit:#?}");
}

#[test]
fn a_naive_inventory_whose_count_falls_below_zero_is_still_audited() {
    let inventory = (
        "inventory",
        "MasterReplica(replicas: 0, sentinels: 0, decrement: NaiveReadThenWrite, connections: 50)",
    );
    let control = ("control", "DataControl(interval: \"50ms\", unpaid_ratio: 1.0, pay_within: \"100ms\")");
    let stages = [USERS, SERVICE, inventory, ("orders", "Queue(on: \"inventory\")"), DATABASE, control];
    match try_run(chain(&stages, "items: 1, stock: 3", CLICKS), false) {
        Ok(ran) => {
            assert_balanced(&ran);
            assert!(ran.report.audit.returned > 3, "{:#?}", ran.report.audit);
        }
        Err(failure) => panic!("the oversold sale ended without a report: {}", failure.text),
    }
}

#[test]
fn a_slow_trickle_is_a_run_too() {
    let phases = r#"(name: "trickle", span: "2s", shape: Constant(rate: 1.5), spacing: Even, mix: (read: 0, claim: 1))"#;
    let ran = run(chain(&[USERS, SERVICE, INVENTORY, CONTROL], "items: 1, stock: 10", phases));
    assert_all_laws(&ran);
    assert_eq!((ran.report.totals.arrivals, ran.report.audit.sold), (3, 3));
}

#[test]
fn the_sale_lasts_as_long_as_its_phases_even_if_nobody_comes_at_their_end() {
    let phases = r#"(name: "a click, then silence", span: "2s", shape: Curve(points: [(0.0, 1_000), (0.3, 1_000), (0.301, 0)]),
                     spacing: Even, mix: (read: 1, claim: 1))"#;
    let ran = run(chain(&[USERS, SERVICE, INVENTORY, CONTROL], "items: 1, stock: 10", phases));
    assert_all_laws(&ran);
    let last = ran.buckets.last().expect("a bucket").at;
    assert!(last >= Duration::from_secs(2), "over after {last:?}");
}
