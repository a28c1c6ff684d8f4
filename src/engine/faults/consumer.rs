//! Consumers of a queue are killed, here and now or at a point of their work, paused, started again and replaced.

use super::super::crew::Crew;
use super::super::queue::hands::DeathPoint;
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
        FaultAction::KillAfterTaking => crew.doom(number, DeathPoint::Taken),
        FaultAction::KillAfterWriting => crew.doom(number, DeathPoint::Written),
        FaultAction::Pause => crew.pause(number, true),
        FaultAction::Resume => crew.pause(number, false),
        FaultAction::Replace => crew.replace(number),
        _ => crew.restart(number),
    };
    if is_there { Ok(()) } else { Err(NO_INSTANCE.into()) }
}
