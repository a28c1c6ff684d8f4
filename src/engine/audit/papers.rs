//! The ledger as a file in the run's folder, where that is kept: whoever doubts the audit can hold it against the database
//! with tools of his own.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use super::Evidence;

/// The file's name.
const LEDGER_FILE: &str = "ledger.csv";

/// Writes every promise as `order_id,item,claimant,units,told,told_secs`: `told` is `sold`, or `nothing` where no answer
/// came; the time counts from the first arrival.
///
/// # Errors
/// The folder can't be written.
pub fn write(folder: &Path, evidence: &Evidence) -> io::Result<()> {
    let mut file = BufWriter::new(File::create(folder.join(LEDGER_FILE))?);
    writeln!(file, "order_id,item,claimant,units,told,told_secs")?;
    let promises = &evidence.promises;
    for (told, orders) in [("sold", &promises.acknowledged), ("nothing", &promises.indefinite)] {
        for order in orders {
            let secs = order.accepted_ns.saturating_sub(evidence.start_ns) as f64 / 1e9;
            writeln!(
                file,
                "{},{},{},{},{told},{secs:.6}",
                order.id, order.item, order.claimant, order.units
            )?;
        }
    }
    file.flush()
}
