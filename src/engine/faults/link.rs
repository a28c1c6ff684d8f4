//! The links of processes are cut, reset, slowed, throttled and mended.

use super::{NO_INSTANCE, Place, place_of};
use crate::servers::ReplicaGroup;
use crate::topology::Fault;
use crate::topology::fault::FaultAction;

/// Does to the link of a process of the group what a fault says.
///
/// # Errors
/// The process isn't there, or no proxy stands before it.
pub fn inject(group: &ReplicaGroup, fault: &Fault) -> Result<(), String> {
    let Place::Data(index) = place_of(&fault.instance)? else { return Err(NO_INSTANCE.into()) };
    if index >= group.nodes().len() {
        return Err(NO_INSTANCE.into());
    }
    let proxy = group.proxies().get(index).ok_or(
        "this run has no proxies before the processes of the stage; script a link fault for it, or start the run with \
         link faults",
    )?;
    match fault.action {
        FaultAction::CutLink => proxy.link().cut(),
        FaultAction::SlowLink => proxy.link().slow(fault.delay),
        FaultAction::ThrottleLink => proxy.link().throttle(fault.rate),
        FaultAction::ResetLink => proxy.link().reset(),
        _ => proxy.link().mend(),
    }
    Ok(())
}
