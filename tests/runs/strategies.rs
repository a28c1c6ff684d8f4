//! Every way to take stock, in several designs: it sells exactly what there is, once, to people who were told so, and keeps its stock
//! in its own form.

#![allow(clippy::print_stdout, reason = "says which row of a table failed")]

use crate::common;

use common::{CLICKS, Ran, assert_all_laws, assert_sold_exactly, assert_sound, chain, run};
use seckill_lab::metrics::Reason;
use seckill_lab::topology::stage::Decrement;

const USERS: (&str, &str) = ("users", "Users()");
const SERVICE: (&str, &str) = ("service", "Service(instances: 2)");
const QUEUE: (&str, &str) = ("orders", "Queue(on: \"inventory\")");
const DATABASE: (&str, &str) = ("database", "Database()");

/// The ways that are meant to sell exactly.
fn sound_ways() -> impl Iterator<Item = Decrement> {
    Decrement::ALL.iter().copied().filter(|way| *way != Decrement::NaiveReadThenWrite)
}

fn inventory(way: Decrement) -> String {
    // Fewer connections than would let a WATCH be outrun so often that the claim fails.
    let connections = if way == Decrement::WatchMulti { 2 } else { 20 };
    format!("MasterReplica(replicas: 0, sentinels: 0, decrement: {}, connections: {connections})", way.word())
}

/// The whole way down to the database.
fn sold_through_a_queue(way: Decrement, sale: &str, control: &str) -> Ran {
    let inventory = inventory(way);
    let stages = [USERS, SERVICE, ("inventory", &inventory), QUEUE, DATABASE, ("control", control)];
    run(chain(&stages, sale, CLICKS))
}

#[test]
fn every_way_sells_exactly_the_stock_and_no_buyer_gets_two() {
    for way in sound_ways() {
        let ran = sold_through_a_queue(way, "items: 3, stock: 60", "DataControl()");
        println!("{}", way.word());
        assert_all_laws(&ran);
        assert_sold_exactly(&ran);
        let audit = &ran.report.audit;
        assert_eq!((audit.places.booked_units, audit.forgotten_units), (60, 0), "{audit:#?}");
        let tally = &ran.report.stages.iter().find(|stage| stage.name == "inventory").unwrap().tally;
        assert!(tally.rejected.get(Reason::SoldOut) > 0, "{tally:#?}");
    }
}

#[test]
fn every_way_takes_back_what_was_not_paid_and_sells_it_again() {
    for way in sound_ways() {
        let control = "DataControl(interval: \"50ms\", unpaid_ratio: 0.5, pay_within: \"100ms\")";
        let ran = sold_through_a_queue(way, "items: 2, stock: 40", control);
        println!("{}", way.word());
        assert_all_laws(&ran);
        let audit = &ran.report.audit;
        assert!(audit.returned > 10, "{audit:#?}");
        assert_eq!((audit.oversold, audit.duplicates, audit.lost_acknowledged), (0, 0, 0), "{audit:#?}");
        assert_eq!(audit.sold + audit.left + audit.undersold, audit.stock, "{audit:#?}");
        let booked = u64::try_from(audit.places.booked_units).unwrap();
        assert_eq!(booked, audit.sold, "each unit is booked once or on sale: {audit:#?}");
    }
}

#[test]
fn several_units_are_taken_together_or_not_at_all_in_every_way() {
    for way in sound_ways() {
        let sale = "items: 1, stock: 100, units_per_claim: 3, per_buyer_limit: Some(3)";
        let ran = sold_through_a_queue(way, sale, "DataControl()");
        println!("{}", way.word());
        assert_all_laws(&ran);
        let audit = &ran.report.audit;
        assert_eq!((audit.sold, audit.left, ran.report.totals.sold), (99, 1, 33), "{audit:#?}");
        assert_eq!((audit.oversold, audit.undersold, audit.duplicates), (0, 0, 0), "{audit:#?}");
    }
}

#[test]
fn every_way_keeps_orders_where_the_sale_ends_at_the_inventory() {
    for way in sound_ways().filter(|way| *way != Decrement::OneScript) {
        for sale in ["items: 3, stock: 60", "items: 3, stock: 60, per_buyer_limit: None"] {
            let inventory = inventory(way);
            let stages = [USERS, SERVICE, ("inventory", &inventory), ("control", "DataControl()")];
            let ran = run(chain(&stages, sale, CLICKS));
            println!("{} {sale}", way.word());
            assert_all_laws(&ran);
            assert_sold_exactly(&ran);
            assert_eq!(ran.report.audit.places.inventory_orders, Some(60));
        }
    }
}

#[test]
fn a_watch_that_is_outrun_too_often_fails_and_sells_nothing() {
    let inventory =
        "MasterReplica(replicas: 0, sentinels: 0, decrement: WatchMulti, attempts: 1, connections: 50)";
    let stages = [USERS, SERVICE, ("inventory", inventory), QUEUE, DATABASE, ("control", "DataControl()")];
    let ran = run(chain(&stages, "items: 1, stock: 2_000", CLICKS));
    assert_all_laws(&ran);
    assert_sound(&ran);
    assert!(ran.report.totals.failed > 0, "{:#?}", ran.report.totals);
}
