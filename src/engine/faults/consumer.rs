//! Consumers of the queue are killed, paused and started again.

use super::super::crew::Crew;
use super::NO_INSTANCE;
use crate::topology::Fault;
use crate::topology::fault::FaultAction;

/// Does to a consumer what a fault says; `number` counts from 0.
///
/// # Errors
/// There is no such consumer.
pub async fn inject(crew: Option<&mut Crew>, number: usize, fault: &Fault) -> Result<(), String> {
    let crew = crew.ok_or("no request comes to the queue: link it, and start again")?;
    let is_there = match fault.action {
        FaultAction::Kill => crew.kill(number).await,
        FaultAction::Pause => crew.pause(number, true),
        FaultAction::Resume => crew.pause(number, false),
        _ => crew.restart(number),
    };
    if is_there { Ok(()) } else { Err(NO_INSTANCE.into()) }
}
