//! The row lock: a claim decided by the database itself, in one transaction.

use rusqlite::{Connection, OptionalExtension, Transaction, TransactionBehavior, params};

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
}

/// Locks, checks, decrements and inserts. `BEGIN IMMEDIATE` takes SQLite's one write lock, which stands in for the row
/// lock of a server: writers wait for each other, whatever row they want.
///
/// # Errors
/// SQLite's own, such as a lock that is not given within the busy timeout.
pub fn claim(
    connection: &mut Connection,
    order: &Order,
    limit: Option<u32>,
) -> rusqlite::Result<RowDecision> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let decision = decide(&transaction, order, limit)?;
    if decision == RowDecision::Granted {
        transaction
            .prepare_cached("UPDATE goods SET booked = booked + ?2 WHERE item = ?1")?
            .execute(params![order.item, order.units])?;
        insert(&transaction, order, order.accepted_ns)?;
    }
    transaction.commit()?;
    Ok(decision)
}

fn decide(transaction: &Transaction<'_>, order: &Order, limit: Option<u32>) -> rusqlite::Result<RowDecision> {
    let row: Option<(u64, u64, bool)> = transaction
        .prepare_cached("SELECT total, booked, open FROM goods, sale WHERE item = ?1")?
        .query_row([order.item], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let (total, booked, open) = row.unwrap_or_default();
    if !open {
        return Ok(RowDecision::NotStarted);
    }
    if let Some(limit) = limit {
        let had: u64 = transaction
            .prepare_cached(
                "SELECT COALESCE(SUM(units), 0) FROM orders WHERE claimant = ?1 AND item = ?2 AND status < 2",
            )?
            .query_row(params![order.claimant, order.item], |row| row.get(0))?;
        if had + u64::from(order.units) > u64::from(limit) {
            return Ok(RowDecision::Duplicate);
        }
    }
    if booked + u64::from(order.units) > total {
        return Ok(RowDecision::SoldOut);
    }
    Ok(RowDecision::Granted)
}

/// Inserts an order once: an id that is there already is left alone.
///
/// # Errors
/// SQLite's own.
pub fn insert(transaction: &Transaction<'_>, order: &Order, inserted_ns: u64) -> rusqlite::Result<usize> {
    transaction
        .prepare_cached("INSERT OR IGNORE INTO orders VALUES (?1, ?2, ?3, ?4, 0, ?5, ?6)")?
        .execute(params![order.id, order.item, order.claimant, order.units, order.accepted_ns, inserted_ns])
}
