//! A claim decided by the database itself: under the row lock, or by the version of the row.

use super::super::order::Order;
use super::StoreError;
use super::dialect::Statements;
use super::link::{Link, Sql, fetch, kept, transaction};

/// Columns of an order.
const COLUMNS: usize = 7;

/// What the database says to a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowDecision {
    /// Booked, and the order is inserted.
    Granted,
    /// The sale of the product is not open.
    NotStarted,
    /// The stock does not suffice.
    SoldOut,
    /// The buyer would have more than one buyer may.
    Duplicate,
    /// Others came between each time: nothing was sold.
    Outrun,
}

/// Locks, checks, decrements and inserts. A server locks the row of the product (`SELECT … FOR UPDATE`): who wants the same product
/// waits. SQLite's one write lock, taken as the transaction begins, stands in for that: writers wait for each other, whatever row
/// they want.
///
/// # Errors
/// The database's own, such as a lock that is not given in time.
pub fn under_lock(
    link: &mut dyn Link,
    statements: &Statements,
    order: &Order,
    limit: Option<u32>,
) -> Result<RowDecision, StoreError> {
    transaction(link, |link| {
        let (decision, version) = decide(link, statements, &statements.decide_locked, order, limit)?;
        if decision == RowDecision::Granted {
            if !book(link, statements, order, version)? {
                return Ok(RowDecision::NotStarted);
            }
            insert(link, &[*order], order.accepted_ns)?;
        }
        Ok(decision)
    })
}

/// Reads and decides without a lock; then writes in a transaction, whose `UPDATE` finds the row only if its version is still the
/// same and the sale still open. Otherwise it begins again, so many times in all. Every write of a product's stock or of an
/// order for it counts the version on, so that what was read of the buyer is still true as well.
///
/// # Errors
/// The database's own.
pub fn by_version(
    link: &mut dyn Link,
    statements: &Statements,
    order: &Order,
    limit: Option<u32>,
    attempts: u32,
) -> Result<RowDecision, StoreError> {
    for _ in 0..attempts {
        let (decision, version) = decide(link, statements, &statements.decide, order, limit)?;
        if decision != RowDecision::Granted {
            return Ok(decision);
        }
        let is_booked = transaction(link, |link| {
            let is_booked = book(link, statements, order, version)?;
            if is_booked {
                insert(link, &[*order], order.accepted_ns)?;
            }
            Ok(is_booked)
        })?;
        if is_booked {
            return Ok(RowDecision::Granted);
        }
    }
    Ok(RowDecision::Outrun)
}

/// What the stock says, asked by `sql`, and the version that it has.
fn decide(
    link: &mut dyn Link,
    statements: &Statements,
    sql: &Sql,
    order: &Order,
    limit: Option<u32>,
) -> Result<(RowDecision, i64), StoreError> {
    let row = fetch::<4>(link, sql, &[order.item.into()])?;
    let [total, booked, open, version] = row.first().copied().unwrap_or_default();
    let refuse = |decision| Ok((decision, version));
    if open == 0 {
        return refuse(RowDecision::NotStarted);
    }
    if let Some(limit) = limit {
        let had = fetch::<1>(link, &statements.had, &[kept(order.claimant), order.item.into()])?;
        if had.first().map_or(0, |[units]| *units) + i64::from(order.units) > i64::from(limit) {
            return refuse(RowDecision::Duplicate);
        }
    }
    if booked + i64::from(order.units) > total {
        return refuse(RowDecision::SoldOut);
    }
    Ok((RowDecision::Granted, version))
}

/// Books the units of an order, if the product still has this version and its sale is open. Answers whether it did.
fn book(
    link: &mut dyn Link,
    statements: &Statements,
    order: &Order,
    version: i64,
) -> Result<bool, StoreError> {
    let values = [order.units.into(), order.item.into(), version];
    Ok(link.execute(&statements.book, &values)? > 0)
}

/// Inserts orders once: an id that is there already is left alone. Answers how many are new.
///
/// # Errors
/// The database's own.
pub fn insert(link: &mut dyn Link, orders: &[Order], inserted_ns: u64) -> Result<u64, StoreError> {
    let mut values = Vec::with_capacity(orders.len() * COLUMNS);
    for order in orders {
        let [id, item, claimant, units, accepted_ns] = order.fields().map(kept);
        values.extend([id, item, claimant, units, 0, accepted_ns, kept(inserted_ns)]);
    }
    link.insert_new("orders", COLUMNS, &values)
}
