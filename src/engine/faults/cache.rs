//! What stages remember is thrown away, goes out of date, or is written again.

use redis::{Pipeline, RedisResult};

use super::super::environment::Environment;
use super::super::keys;
use super::{Hands, data_node, settings};
use crate::topology::fault::FaultAction;
use crate::topology::{Fault, RunPlan};

/// Products handled in one pipeline.
const CHUNK: u32 = 1_000;

/// Does to the cache of a stage what a fault says.
///
/// # Errors
/// A server refuses, or no request comes to the stage.
pub async fn inject(
    plan: &RunPlan,
    environment: &mut Environment,
    hands: &Hands,
    stage: usize,
    fault: &Fault,
) -> Result<(), String> {
    if fault.action == FaultAction::Refill {
        let control = hands.control.as_ref().ok_or("the design has no data control")?;
        return control.refill().await.map_err(|error| error.to_string());
    }
    let is_purge = fault.action == FaultAction::Purge;
    if let Some(cache) = hands.caches.get(&stage) {
        if is_purge {
            cache.purge();
        } else {
            cache.expire();
        }
        return Ok(());
    }
    if environment.processes_mut(stage).is_none() {
        return Err(format!("no request comes to {:?}: link it, and start again", fault.stage));
    }
    let master = data_node(environment, stage, "master")?.endpoint();
    let items = plan.topology.workload.sale.items;
    let forgotten = async {
        let mut line = settings().connect(master).await?;
        for start in (0..items).step_by(CHUNK as usize) {
            let mut pipeline = Pipeline::new();
            for item in start..(start + CHUNK).min(items) {
                if is_purge {
                    pipeline.cmd("UNLINK").arg(keys::PAGE.of(item)).ignore();
                } else {
                    // A time to live of 0 would be another word for deleting it; so each node lets the pages expire itself.
                    pipeline.cmd("PEXPIRE").arg(keys::PAGE.of(item)).arg(1).ignore();
                }
            }
            pipeline.query_async::<()>(&mut line).await?;
        }
        RedisResult::Ok(())
    };
    forgotten.await.map_err(|error| format!("the gate refused: {error}"))
}
