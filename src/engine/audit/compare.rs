//! What the evidence means.

use std::iter::Peekable;
use std::slice::Iter;

use super::super::order::Order;
use super::Evidence;
use super::losses;
use crate::report::audit::{AuditReport, Offence, Places};

/// Offending orders listed, of each kind.
const LISTED: usize = 20;

/// The orders of the database, in order of their ids, each with whether it was cancelled; as long as it can be read.
pub type Rows<'a, E> = dyn Iterator<Item = Result<(Order, bool), E>> + 'a;

/// What can be wrong with an order, in the order in which it is listed.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Lost,
    Unacknowledged,
    Duplicate,
    Oversold,
    Misplaced,
}

impl Kind {
    const WORDS: [&str; 5] =
        ["lost_acknowledged", "unacknowledged_present", "duplicate", "oversold", "misplaced"];
}

/// The report under way.
struct Findings<'a> {
    evidence: &'a Evidence,
    report: AuditReport,
    /// Whether any place keeps orders. Where none does, a promise can't be looked up.
    is_kept: bool,
    /// By product: units of live orders, promised or present.
    sold: Vec<u64>,
    lost: Vec<Order>,
    /// The live orders, where a buyer may have so many units only.
    live: Vec<Order>,
    /// The first offending orders of each [`Kind`].
    listed: [Vec<Offence>; Kind::WORDS.len()],
}

/// Holds the ledger against what is there; no `database` where none keeps orders. Sorts the evidence.
///
/// # Errors
/// The first row that can't be read.
pub fn compare<E>(evidence: &mut Evidence, database: Option<&mut Rows<'_, E>>) -> Result<AuditReport, E> {
    let promises = &mut evidence.promises;
    let unsorted = [&mut promises.acknowledged, &mut promises.indefinite, &mut evidence.queue];
    for orders in unsorted.into_iter().chain(&mut evidence.inventory).chain([&mut evidence.misplaced]) {
        orders.sort_unstable_by_key(|order| order.id);
    }
    let mut findings = Findings::new(evidence, database.is_some());
    findings.hold_promises(database)?;
    findings.find_duplicates();
    findings.weigh_stock();
    findings.report.misplaced = findings.evidence.misplaced.len() as u64;
    findings.evidence.misplaced.iter().take(LISTED).for_each(|order| findings.list(Kind::Misplaced, order));
    findings.report.offending = findings.listed.into_iter().flatten().collect();
    Ok(findings.report)
}

/// Orders that are somewhere, in order of their ids, each once.
struct Present<'a, E> {
    database: Peekable<Box<Rows<'a, E>>>,
    elsewhere: [Peekable<Iter<'a, Order>>; 3],
    /// Rows of the database so far, and the cancelled ones of them.
    rows: (u64, u64),
}

impl<'a, E> Present<'a, E> {
    fn new(evidence: &'a Evidence, database: Option<&'a mut Rows<'_, E>>) -> Self {
        let inventory = evidence.inventory.as_deref().unwrap_or_default();
        let elsewhere = [&evidence.queue[..], inventory, &evidence.misplaced];
        let database: Box<Rows<'a, E>> = Box::new(database.into_iter().flatten());
        Self {
            database: database.peekable(),
            elsewhere: elsewhere.map(|orders| orders.iter().peekable()),
            rows: (0, 0),
        }
    }

    /// The next one, and whether it was cancelled. One that is in two places is taken as the database has it.
    fn next(&mut self) -> Result<Option<(Order, bool)>, E> {
        if let Some(Err(error)) = self.database.next_if(Result::is_err) {
            return Err(error);
        }
        let row = self.database.peek().and_then(|row| Some(row.as_ref().ok()?.0.id));
        let others = self.elsewhere.iter_mut().filter_map(|orders| Some(orders.peek()?.id));
        let Some(id) = others.chain(row).min() else { return Ok(None) };
        let mut found = None;
        let is_it = |row: &Result<(Order, bool), E>| row.as_ref().is_ok_and(|(order, _)| order.id == id);
        while let Some(Ok(row)) = self.database.next_if(is_it) {
            self.rows = (self.rows.0 + 1, self.rows.1 + u64::from(row.1));
            found = found.or(Some(row));
        }
        for orders in &mut self.elsewhere {
            while let Some(order) = orders.next_if(|order| order.id == id) {
                found = found.or(Some((*order, false)));
            }
        }
        Ok(found)
    }
}

impl<'a> Findings<'a> {
    fn new(evidence: &'a Evidence, has_database: bool) -> Self {
        let promised = evidence.promises.acknowledged.len();
        let places = Places {
            ledger_orders: promised as u64,
            booked_units: evidence.booked.iter().sum(),
            inventory_orders: evidence.inventory.as_ref().map(|orders| orders.len() as u64),
            queue_orders: evidence.queue.len() as u64,
            database_orders: has_database.then_some(0),
            cancelled_orders: 0,
        };
        let report = AuditReport {
            audited: true,
            stock: evidence.stock.iter().sum(),
            places,
            ..AuditReport::default()
        };
        Self {
            evidence,
            report,
            is_kept: has_database || evidence.inventory.is_some(),
            sold: vec![0; evidence.stock.len()],
            lost: Vec::new(),
            live: Vec::with_capacity(if evidence.per_buyer_limit.is_some() { promised } else { 0 }),
            listed: Default::default(),
        }
    }

    /// Looks every promise up, and every order that is there, in order of their ids.
    fn hold_promises<E>(&mut self, database: Option<&mut Rows<'_, E>>) -> Result<(), E> {
        let promises = &self.evidence.promises;
        let mut present = Present::new(self.evidence, database);
        let mut acknowledged = promises.acknowledged.iter().peekable();
        let mut indefinite = promises.indefinite.iter().peekable();
        let mut happened = 0;
        while let Some((order, is_cancelled)) = present.next()? {
            while let Some(absent) = acknowledged.next_if(|promise| promise.id < order.id) {
                self.absent(absent);
            }
            let mut is_told = false;
            while acknowledged.next_if(|promise| promise.id == order.id).is_some() {
                is_told = true;
            }
            while let Some(promise) = indefinite.next_if(|promise| promise.id <= order.id) {
                happened += u64::from(promise.id == order.id);
            }
            if !is_told {
                self.report.unacknowledged_present += 1;
                self.list(Kind::Unacknowledged, &order);
            }
            if is_cancelled {
                self.report.returned += units(&order);
            } else {
                self.live(&order);
            }
        }
        acknowledged.for_each(|absent| self.absent(absent));
        let (rows, cancelled) = present.rows;
        let report = &mut self.report;
        report.places.database_orders = report.places.database_orders.map(|_| rows);
        report.places.cancelled_orders = cancelled;
        if self.is_kept {
            report.indefinite_happened = happened;
            report.indefinite_not_happened = promises.indefinite.len() as u64 - happened;
            report.lost_acknowledged = self.lost.len() as u64;
            let lost = std::mem::take(&mut self.lost);
            report.lost_spans = losses::spans(&promises.acknowledged, lost, self.evidence.start_ns);
        }
        Ok(())
    }

    /// A promise that is nowhere: it holds all the same.
    fn absent(&mut self, order: &Order) {
        if self.is_kept {
            self.list(Kind::Lost, order);
            self.lost.push(*order);
        }
        self.live(order);
    }

    fn live(&mut self, order: &Order) {
        if self.evidence.per_buyer_limit.is_some() {
            self.live.push(*order);
        }
        let Some(sold) = self.sold.get_mut(order.item as usize) else { return };
        *sold += units(order);
        if *sold > self.evidence.stock[order.item as usize] {
            self.list(Kind::Oversold, order);
        }
    }

    fn find_duplicates(&mut self) {
        let Some(limit) = self.evidence.per_buyer_limit else { return };
        let mut live = std::mem::take(&mut self.live);
        live.sort_unstable_by_key(|order| (order.claimant, order.item, order.id));
        let mut held = 0;
        let mut before = None;
        live.retain(|order| {
            let buyer = (order.claimant, order.item);
            held = if before == Some(buyer) { held } else { 0 } + units(order);
            before = Some(buyer);
            held > u64::from(limit)
        });
        live.sort_unstable_by_key(|order| order.id);
        self.report.duplicates = live.len() as u64;
        live.iter().take(LISTED).for_each(|order| self.list(Kind::Duplicate, order));
    }

    fn weigh_stock(&mut self) {
        let evidence = self.evidence;
        for (item, (&sold, &stock)) in self.sold.iter().zip(&evidence.stock).enumerate() {
            let booked = evidence.booked.get(item).copied();
            let held = i64::try_from(sold).unwrap_or(i64::MAX);
            let forgotten =
                booked.map_or(0, |booked| u64::try_from(held.saturating_sub(booked)).unwrap_or(0));
            let (booked, report) = (booked.unwrap_or(0), &mut self.report);
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

    /// Lists an offending order, if there is still room for its kind.
    fn list(&mut self, kind: Kind, order: &Order) {
        let listed = &mut self.listed[kind as usize];
        if listed.len() < LISTED {
            listed.push(Offence {
                kind: Kind::WORDS[kind as usize].into(),
                order_id: order.id,
                item: order.item,
                claimant: order.claimant,
                units: order.units,
                accepted_secs: order.accepted_ns.saturating_sub(self.evidence.start_ns) as f64 / 1e9,
            });
        }
    }
}

fn units(order: &Order) -> u64 {
    u64::from(order.units)
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::ops::{Deref, DerefMut};

    use super::super::super::ledger::Promises;
    use super::*;

    /// Evidence, and what the database has in order of the ids.
    #[derive(Clone)]
    struct Found {
        evidence: Evidence,
        database: Option<Vec<(Order, bool)>>,
    }

    impl Deref for Found {
        type Target = Evidence;

        fn deref(&self) -> &Evidence {
            &self.evidence
        }
    }

    impl DerefMut for Found {
        fn deref_mut(&mut self) -> &mut Evidence {
            &mut self.evidence
        }
    }

    fn compare(found: &Found) -> AuditReport {
        let mut evidence = found.evidence.clone();
        // What people were told is in no order.
        evidence.promises.acknowledged.reverse();
        let mut rows = found.database.iter().flatten().map(|row| Ok::<_, Infallible>(*row));
        let rows = found.database.as_ref().map(|_| &mut rows as &mut Rows<'_, Infallible>);
        super::compare(&mut evidence, rows).unwrap_or_else(|never| match never {})
    }

    fn order(id: u64, item: u32, claimant: u64) -> Order {
        Order { id, item, claimant, units: 1, accepted_ns: 0 }
    }

    /// Two products of two units; orders 1 to 4 are sold, told and there.
    fn sound() -> Found {
        let orders = vec![order(1, 0, 10), order(2, 0, 11), order(3, 1, 10), order(4, 1, 12)];
        let evidence = Evidence {
            promises: Promises { acknowledged: orders.clone(), indefinite: Vec::new() },
            inventory: None,
            queue: Vec::new(),
            stock: vec![2, 2],
            booked: vec![2, 2],
            refused: vec![9, 9],
            units_per_claim: 1,
            per_buyer_limit: Some(1),
            start_ns: 0,
            ..Evidence::default()
        };
        Found { evidence, database: Some(orders.into_iter().map(|order| (order, false)).collect()) }
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
        let mut evidence = Found { database: None, ..at_database.clone() };
        let kept = at_database.database.unwrap().into_iter().map(|(order, _)| order);
        evidence.inventory = Some(kept.collect());
        let places = Places {
            ledger_orders: 4,
            booked_units: 4,
            inventory_orders: Some(4),
            queue_orders: 0,
            database_orders: None,
            cancelled_orders: 0,
        };
        assert_eq!(compare(&evidence), AuditReport { places, ..compare(&sound()) });
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
        assert_eq!((&*report.offending[0].kind, report.offending[0].order_id), ("oversold", 5));
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
