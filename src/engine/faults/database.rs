//! The database stands still, or somebody holds its write lock; a server of one lives and dies as any other.

use super::super::environment::Environment;
use super::process;
use crate::topology::Fault;
use crate::topology::fault::FaultAction;

/// Does to the database what a fault says.
///
/// # Errors
/// The run has none, or others hold its lock for too long.
pub async fn inject(environment: &mut Environment, stage: usize, fault: &Fault) -> Result<(), String> {
    let database = environment
        .database_mut(stage)
        .ok_or("no request comes to the database: link it, and start again")?;
    if let Some(server) = database.node.as_mut()
        && !matches!(fault.action, FaultAction::Lock | FaultAction::Unlock)
    {
        return process::strike(server, fault.action).await;
    }
    let harm = &database.harm;
    match fault.action {
        FaultAction::Pause => harm.stall(),
        FaultAction::Lock => return harm.lock().await.map_err(|error| error.to_string()),
        // Whether there was anything to mend: it is mended now.
        FaultAction::Unlock => drop(harm.unlock()),
        _ => drop(harm.go_on()),
    }
    Ok(())
}
