//! Backups of the database, and whether the last one could be restored.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::Report;
use super::text::{bytes, grouped};

/// What became of the backups of a run. The last one was restored into a file of its own after the drain, and looked through.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BackupReport {
    /// The database.
    pub stage: String,
    /// Backups that were finished.
    pub taken: u64,
    /// When the last one began, in seconds from the first arrival.
    pub last_at_secs: f64,
    /// How long it took, in milliseconds.
    pub last_took_ms: f64,
    /// Its length.
    pub bytes: u64,
    /// How long restoring it took, looking it through included, in milliseconds.
    pub restore_ms: f64,
    /// Whether SQLite finds nothing wrong with what was restored (`PRAGMA integrity_check`).
    pub is_intact: bool,
    /// Orders in it.
    pub orders: u64,
    /// Orders in it that nobody was promised.
    pub unknown_orders: u64,
    /// Whether the checksum over its orders is the one over the same orders in the ledger.
    pub is_as_promised: bool,
    /// Orders of the database that are not in it: what restoring it at the end would lose.
    pub would_lose_orders: u64,
    /// From its beginning to the last order that the database was given, in seconds.
    pub would_lose_secs: f64,
    /// The most orders that were written between the beginning of one backup and the beginning of the next, or the end.
    pub worst_orders: u64,
}

impl BackupReport {
    /// Whether what was restored is what was promised until then.
    pub fn is_verified(&self) -> bool {
        self.is_intact && self.is_as_promised && self.unknown_orders == 0
    }
}

/// The backups in words.
pub(super) fn write(out: &mut String, report: &Report) -> std::fmt::Result {
    let Some(backup) = &report.backup else { return Ok(()) };
    let verdict = if backup.is_verified() { "verified" } else { "NOT as promised" };
    writeln!(
        out,
        "  {}: {} backups; the last one, of {:.1} s, took {:.0} ms for {}",
        backup.stage,
        grouped(backup.taken),
        backup.last_at_secs,
        backup.last_took_ms,
        bytes(backup.bytes)
    )?;
    writeln!(
        out,
        "  restored in {:.0} ms and {verdict}: {} orders; it would lose {} orders of {:.1} s, at the worst moment {}\n",
        backup.restore_ms,
        grouped(backup.orders),
        grouped(backup.would_lose_orders),
        backup.would_lose_secs,
        grouped(backup.worst_orders)
    )
}
