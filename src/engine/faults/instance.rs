//! Instances of a service are killed, paused and started again.

use std::sync::Arc;

use super::super::stages::core::Instances;
use super::NO_INSTANCE;
use crate::topology::Fault;
use crate::topology::fault::FaultAction;

/// Does to an instance what a fault says; `number` counts from 0.
///
/// # Errors
/// There is no such instance.
pub fn inject(instances: Option<&Arc<dyn Instances>>, number: usize, fault: &Fault) -> Result<(), String> {
    let instances = instances.ok_or("no request comes to the service: link it, and start again")?;
    let is_there = match fault.action {
        FaultAction::Kill => instances.kill(number),
        FaultAction::Pause => instances.pause(number, true),
        FaultAction::Resume => instances.pause(number, false),
        _ => instances.restart(number),
    };
    if is_there { Ok(()) } else { Err(NO_INSTANCE.into()) }
}
