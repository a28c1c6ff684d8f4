//! A claim decided by the database itself: under the row lock, or by the version of the row.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::super::order::Order;

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

/// Locks, checks, decrements and inserts. `BEGIN IMMEDIATE` takes SQLite's one write lock, which stands in for the row
/// lock of a server: writers wait for each other, whatever row they want.
///
/// # Errors
/// SQLite's own, such as a lock that is not given within the busy timeout.
pub fn under_lock(
    connection: &mut Connection,
    order: &Order,
    limit: Option<u32>,
) -> rusqlite::Result<RowDecision> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let (decision, version) = decide(&transaction, order, limit)?;
    if decision == RowDecision::Granted {
        book(&transaction, order, version)?;
        insert(&transaction, order, order.accepted_ns)?;
    }
    transaction.commit()?;
    Ok(decision)
}

/// Reads and decides without a lock; then writes in a transaction, whose `UPDATE` finds the row only if its version is still the
/// same and the sale still open. Otherwise it begins again, so many times in all. Every write of a product's stock or of an
/// order for it counts the version on, so that what was read of the buyer is still true as well.
///
/// # Errors
/// SQLite's own.
pub fn by_version(
    connection: &mut Connection,
    order: &Order,
    limit: Option<u32>,
    attempts: u32,
) -> rusqlite::Result<RowDecision> {
    for _ in 0..attempts {
        let (decision, version) = decide(connection, order, limit)?;
        if decision != RowDecision::Granted {
            return Ok(decision);
        }
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if book(&transaction, order, version)? {
            insert(&transaction, order, order.accepted_ns)?;
            transaction.commit()?;
            return Ok(RowDecision::Granted);
        }
    }
    Ok(RowDecision::Outrun)
}

/// What the stock says, and the version that it has.
fn decide(
    connection: &Connection,
    order: &Order,
    limit: Option<u32>,
) -> rusqlite::Result<(RowDecision, u64)> {
    let row: Option<(u64, u64, bool, u64)> = connection
        .prepare_cached("SELECT total, booked, open, version FROM goods, sale WHERE item = ?1")?
        .query_row([order.item], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
        .optional()?;
    let (total, booked, open, version) = row.unwrap_or_default();
    let refuse = |decision| Ok((decision, version));
    if !open {
        return refuse(RowDecision::NotStarted);
    }
    if let Some(limit) = limit {
        let had: u64 = connection
            .prepare_cached(
                "SELECT COALESCE(SUM(units), 0) FROM orders WHERE claimant = ?1 AND item = ?2 AND status < 2",
            )?
            .query_row(params![order.claimant, order.item], |row| row.get(0))?;
        if had + u64::from(order.units) > u64::from(limit) {
            return refuse(RowDecision::Duplicate);
        }
    }
    if booked + u64::from(order.units) > total {
        return refuse(RowDecision::SoldOut);
    }
    Ok((RowDecision::Granted, version))
}

/// Books the units of an order, if the product still has this version and its sale is open. Answers whether it did.
fn book(connection: &Connection, order: &Order, version: u64) -> rusqlite::Result<bool> {
    let changed = connection
        .prepare_cached(
            "UPDATE goods SET booked = booked + ?2, version = version + 1
             WHERE item = ?1 AND version = ?3 AND (SELECT open FROM sale)",
        )?
        .execute(params![order.item, order.units, version])?;
    Ok(changed > 0)
}

/// Inserts an order once: an id that is there already is left alone.
///
/// # Errors
/// SQLite's own.
pub fn insert(connection: &Connection, order: &Order, inserted_ns: u64) -> rusqlite::Result<usize> {
    connection
        .prepare_cached("INSERT OR IGNORE INTO orders VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6)")?
        .execute(params![order.id, order.item, order.claimant, order.units, order.accepted_ns, inserted_ns])
}
