//! What the evidence means.

use super::super::order::Order;
use super::Evidence;
use super::losses;
use crate::report::audit::{AuditReport, Offence, Places};

/// Offending orders listed, of each kind.
const LISTED: usize = 20;

/// The report under way, with what is needed to list an order in it.
struct Findings {
    report: AuditReport,
    start_ns: u64,
}

/// Holds the ledger against what is there.
pub fn compare(evidence: &Evidence) -> AuditReport {
    let present = Present::of(evidence);
    let report = AuditReport {
        audited: true,
        stock: evidence.stock.iter().sum(),
        places: places(evidence),
        ..AuditReport::default()
    };
    let mut findings = Findings { report, start_ns: evidence.start_ns };
    let live = hold_promises(evidence, &present, &mut findings);
    find_duplicates(evidence, &live, &mut findings);
    weigh_stock(evidence, &live, &mut findings);
    findings.report
}

/// Orders that are somewhere.
struct Present {
    /// In order of their ids, each with whether it was cancelled.
    orders: Vec<(Order, bool)>,
    /// Whether any place keeps orders. Where none does, a promise can't be looked up.
    is_kept: bool,
}

impl Present {
    fn of(evidence: &Evidence) -> Self {
        let database = evidence.database.iter().flatten().copied();
        let elsewhere = evidence.queue.iter().chain(evidence.inventory.iter().flatten());
        let mut orders: Vec<_> = database.chain(elsewhere.map(|order| (*order, false))).collect();
        // One that is in two places is taken as the database has it: a stable sort leaves that one first.
        orders.sort_by_key(|(order, _)| order.id);
        orders.dedup_by_key(|(order, _)| order.id);
        Self { orders, is_kept: evidence.database.is_some() || evidence.inventory.is_some() }
    }

    fn has(&self, id: u64) -> bool {
        self.orders.binary_search_by_key(&id, |(order, _)| order.id).is_ok()
    }
}

fn places(evidence: &Evidence) -> Places {
    let cancelled = evidence.database.iter().flatten().filter(|(_, cancelled)| *cancelled).count();
    Places {
        ledger_orders: evidence.promises.acknowledged.len() as u64,
        booked_units: evidence.booked.iter().sum(),
        inventory_orders: evidence.inventory.as_ref().map(|orders| orders.len() as u64),
        queue_orders: evidence.queue.len() as u64,
        database_orders: evidence.database.as_ref().map(|orders| orders.len() as u64),
        cancelled_orders: cancelled as u64,
    }
}

/// Looks every promise up, and every order that is there; answers the live orders, promised or present, by id.
fn hold_promises(evidence: &Evidence, present: &Present, findings: &mut Findings) -> Vec<Order> {
    let promises = &evidence.promises;
    let is_absent = |order: &&Order| !present.has(order.id);
    let absent: Vec<Order> = promises.acknowledged.iter().filter(is_absent).copied().collect();
    if present.is_kept {
        for order in &absent {
            findings.list("lost_acknowledged", order);
        }
        findings.report.lost_acknowledged = absent.len() as u64;
        findings.report.lost_spans = losses::spans(&promises.acknowledged, &absent, evidence.start_ns);
        let not_happened = promises.indefinite.iter().filter(is_absent).count();
        findings.report.indefinite_happened = (promises.indefinite.len() - not_happened) as u64;
        findings.report.indefinite_not_happened = not_happened as u64;
    }
    let mut told: Vec<u64> = promises.acknowledged.iter().map(|order| order.id).collect();
    told.sort_unstable();
    let mut live = absent;
    for (order, is_cancelled) in &present.orders {
        if told.binary_search(&order.id).is_err() {
            findings.report.unacknowledged_present += 1;
            findings.list("unacknowledged_present", order);
        }
        if *is_cancelled {
            findings.report.returned += units(order);
        } else {
            live.push(*order);
        }
    }
    live.sort_by_key(|order| order.id);
    live
}

fn find_duplicates(evidence: &Evidence, live: &[Order], findings: &mut Findings) {
    let Some(limit) = evidence.per_buyer_limit else { return };
    let mut by_buyer = live.to_vec();
    by_buyer.sort_by_key(|order| (order.claimant, order.item));
    let mut duplicates = Vec::new();
    for of_buyer in by_buyer.chunk_by(|one, next| (one.claimant, one.item) == (next.claimant, next.item)) {
        let mut held = 0;
        for order in of_buyer {
            held += units(order);
            if held > u64::from(limit) {
                duplicates.push(*order);
            }
        }
    }
    duplicates.sort_by_key(|order| order.id);
    findings.report.duplicates = duplicates.len() as u64;
    for order in &duplicates {
        findings.list("duplicate", order);
    }
}

fn weigh_stock(evidence: &Evidence, live: &[Order], findings: &mut Findings) {
    let mut sold = vec![0_u64; evidence.stock.len()];
    for order in live {
        let Some(sold) = sold.get_mut(order.item as usize) else { continue };
        *sold += units(order);
        if *sold > evidence.stock[order.item as usize] {
            findings.list("oversold", order);
        }
    }
    for (item, (&sold, &stock)) in sold.iter().zip(&evidence.stock).enumerate() {
        let booked = evidence.booked.get(item).copied();
        let held = i64::try_from(sold).unwrap_or(i64::MAX);
        let forgotten = booked.map_or(0, |booked| u64::try_from(held.saturating_sub(booked)).unwrap_or(0));
        let (booked, report) = (booked.unwrap_or(0), &mut findings.report);
        let unsold = stock.saturating_sub(sold);
        let left = stock.saturating_add_signed(-booked).min(unsold);
        let stranded = unsold - left;
        // A rest that is smaller than a claim can't be sold to anybody.
        let sellable = left - left % u64::from(evidence.units_per_claim.max(1));
        let kept_back = sellable.min(evidence.refused.get(item).copied().unwrap_or(0));
        report.sold += sold;
        report.oversold += sold.saturating_sub(stock);
        report.forgotten_units += forgotten;
        report.sold_twice += forgotten.min(sold.saturating_sub(stock));
        report.left += left;
        report.undersold += stranded + kept_back;
    }
}

fn units(order: &Order) -> u64 {
    u64::from(order.units)
}

impl Findings {
    /// Lists an offending order, if there is still room for its kind.
    fn list(&mut self, kind: &'static str, order: &Order) {
        let offending = &mut self.report.offending;
        if offending.iter().filter(|offence| offence.kind == kind).count() < LISTED {
            offending.push(Offence {
                kind,
                order_id: order.id,
                item: order.item,
                claimant: order.claimant,
                units: order.units,
                accepted_secs: order.accepted_ns.saturating_sub(self.start_ns) as f64 / 1e9,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::ledger::Promises;
    use super::*;

    fn order(id: u64, item: u32, claimant: u64) -> Order {
        Order { id, item, claimant, units: 1, accepted_ns: 0 }
    }

    /// Two products of two units; orders 1 to 4 are sold, told and there.
    fn sound() -> Evidence {
        let orders = vec![order(1, 0, 10), order(2, 0, 11), order(3, 1, 10), order(4, 1, 12)];
        Evidence {
            promises: Promises { acknowledged: orders.clone(), indefinite: Vec::new() },
            database: Some(orders.into_iter().map(|order| (order, false)).collect()),
            inventory: None,
            queue: Vec::new(),
            stock: vec![2, 2],
            booked: vec![2, 2],
            refused: vec![9, 9],
            units_per_claim: 1,
            per_buyer_limit: Some(1),
            start_ns: 0,
        }
    }

    #[test]
    fn a_sound_sale_has_no_findings() {
        let report = compare(&sound());
        assert_eq!((report.stock, report.sold, report.left), (4, 4, 0));
        assert_eq!((report.oversold, report.undersold, report.duplicates), (0, 0, 0));
        assert_eq!((report.lost_acknowledged, report.unacknowledged_present), (0, 0));
        assert!(report.offending.is_empty());
    }

    #[test]
    fn an_acknowledged_order_that_is_nowhere_is_lost_and_still_a_promise() {
        let mut evidence = sound();
        evidence.database.as_mut().unwrap().retain(|(order, _)| order.id != 2);
        let report = compare(&evidence);
        assert_eq!((report.lost_acknowledged, report.sold, report.offending[0].order_id), (1, 4, 2));
        evidence.queue.push(order(2, 0, 11));
        assert_eq!(compare(&evidence).lost_acknowledged, 0, "an order in the queue is not lost");
    }

    #[test]
    fn an_order_nobody_was_told_about_is_found() {
        let mut evidence = sound();
        evidence.promises.acknowledged.retain(|order| order.id != 3);
        evidence.promises.indefinite = vec![order(3, 1, 10), order(9, 1, 13)];
        let report = compare(&evidence);
        assert_eq!((report.unacknowledged_present, report.sold), (1, 4));
        assert_eq!((report.indefinite_happened, report.indefinite_not_happened), (1, 1));
    }

    #[test]
    fn orders_that_the_inventory_keeps_are_held_against_the_promises() {
        let at_database = sound();
        let mut evidence = Evidence { database: None, ..at_database.clone() };
        let kept = at_database.database.unwrap().into_iter().map(|(order, _)| order);
        evidence.inventory = Some(kept.collect());
        assert_eq!(compare(&evidence), AuditReport { places: places(&evidence), ..compare(&sound()) });
        // One is forgotten; one was never told of; of two without an answer one is there; a buyer has two.
        let kept = evidence.inventory.as_mut().unwrap();
        kept.retain(|order| order.id != 2);
        kept.extend([order(5, 0, 14), order(6, 1, 12)]);
        evidence.promises.indefinite = vec![order(6, 1, 12), order(7, 1, 15)];
        let report = compare(&evidence);
        assert_eq!((report.lost_acknowledged, report.unacknowledged_present), (1, 2));
        assert_eq!((report.indefinite_happened, report.indefinite_not_happened), (1, 1));
        assert_eq!((report.duplicates, report.sold, report.oversold), (1, 6, 2));
        assert_eq!((report.places.inventory_orders, report.places.database_orders), (Some(5), None));
        // Where nobody keeps orders, no promise can be looked up.
        evidence.inventory = None;
        assert_eq!(
            (compare(&evidence).lost_acknowledged, compare(&evidence).indefinite_not_happened),
            (0, 0)
        );
    }

    #[test]
    fn more_orders_than_stock_are_oversold_and_each_beyond_is_listed() {
        let mut evidence = sound();
        evidence.promises.acknowledged.push(order(5, 0, 14));
        evidence.database.as_mut().unwrap().push((order(5, 0, 14), false));
        let report = compare(&evidence);
        assert_eq!((report.oversold, report.sold, report.undersold), (1, 5, 0));
        assert_eq!((report.offending[0].kind, report.offending[0].order_id), ("oversold", 5));
    }

    #[test]
    fn a_cancelled_order_makes_room_for_another_buyer() {
        let mut evidence = sound();
        evidence.database.as_mut().unwrap()[0].1 = true;
        evidence.promises.acknowledged.push(order(5, 0, 14));
        evidence.database.as_mut().unwrap().push((order(5, 0, 14), false));
        let report = compare(&evidence);
        assert_eq!((report.sold, report.oversold, report.undersold, report.returned), (4, 0, 0, 1));
    }

    #[test]
    fn a_buyer_with_two_units_of_a_product_is_a_duplicate() {
        let mut evidence = sound();
        let twice = order(2, 0, 10);
        evidence.promises.acknowledged[1] = twice;
        evidence.database.as_mut().unwrap()[1].0 = twice;
        assert_eq!(compare(&evidence).duplicates, 1);
        evidence.per_buyer_limit = None;
        assert_eq!(compare(&evidence).duplicates, 0);
    }

    #[test]
    fn a_booking_that_was_forgotten_is_on_sale_again_and_what_is_sold_of_it_is_sold_twice() {
        let mut evidence = sound();
        // A new master knows neither the booking nor the order; the unit is sold again to another buyer.
        evidence.database.as_mut().unwrap().retain(|(order, _)| order.id != 2);
        evidence.promises.acknowledged.push(order(5, 0, 14));
        evidence.database.as_mut().unwrap().push((order(5, 0, 14), false));
        let report = compare(&evidence);
        assert_eq!((report.lost_acknowledged, report.oversold), (1, 1));
        assert_eq!((report.forgotten_units, report.sold_twice), (1, 1));
        assert_eq!((report.lost_spans.len(), report.lost_spans[0].orders), (1, 1));
        // Without the second sale nothing is oversold, and the unit is on sale.
        evidence.promises.acknowledged.pop();
        evidence.database.as_mut().unwrap().pop();
        evidence.booked[0] = 1;
        let report = compare(&evidence);
        assert_eq!((report.forgotten_units, report.sold_twice, report.oversold), (1, 0, 0));
    }

    #[test]
    fn units_that_are_booked_without_an_order_are_undersold() {
        let mut evidence = sound();
        evidence.promises.acknowledged.pop();
        evidence.database.as_mut().unwrap().pop();
        let report = compare(&evidence);
        assert_eq!((report.sold, report.left, report.undersold), (3, 0, 1));
    }

    #[test]
    fn units_on_sale_are_undersold_only_if_buyers_were_refused_since() {
        let mut evidence = sound();
        evidence.promises.acknowledged.pop();
        evidence.database.as_mut().unwrap().pop();
        evidence.booked[1] = 1;
        evidence.refused[1] = 0;
        let report = compare(&evidence);
        assert_eq!((report.left, report.undersold), (1, 0));
        evidence.refused[1] = 30;
        let report = compare(&evidence);
        assert_eq!((report.left, report.undersold), (1, 1));
    }
}
