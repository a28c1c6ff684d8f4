//! Server processes are killed, paused and started again.

use super::{NO_INSTANCE, Place, place_of};
use crate::servers::{NodeError, RedisNode, ReplicaGroup, Restart};
use crate::topology::Fault;
use crate::topology::fault::FaultAction;

/// Does to a process of the group what a fault says.
///
/// # Errors
/// The process isn't there, or the system refuses.
pub async fn inject(group: &mut ReplicaGroup, fault: &Fault) -> Result<(), String> {
    let (nodes, index) = match place_of(&fault.instance)? {
        Place::Data(index) => (group.nodes_mut(), index),
        Place::Sentinel(index) => (group.sentinel_nodes_mut(), index),
        _ => return Err(NO_INSTANCE.into()),
    };
    strike(nodes.get_mut(index).ok_or(NO_INSTANCE)?, fault.action).await
}

/// Does something to a process, of whatever kind of stage. Doing it twice changes nothing more.
///
/// # Errors
/// The system refuses.
pub async fn strike(node: &mut RedisNode, action: FaultAction) -> Result<(), String> {
    let is_running = node.is_running();
    let done = match action {
        FaultAction::Kill => {
            node.kill();
            Ok(())
        }
        FaultAction::Terminate if !is_running => Ok(()),
        FaultAction::Terminate => node.terminate(),
        FaultAction::Pause => node.pause(),
        FaultAction::Resume => node.resume(),
        FaultAction::Restart if is_running => Ok(()),
        FaultAction::Restart => node.restart(Restart::AsBefore).await,
        _ => unreachable!("this is done elsewhere"),
    };
    done.map_err(|error: NodeError| error.to_string())
}
