//! Faults: what breaks in a run, and is mended again. One file a family.
//!
//! - `process`: servers are killed, paused, restarted. `link`: the links of servers. `sentinel`: what Sentinels are asked.

mod link;
mod process;
mod sentinel;

use super::environment::Environment;
use crate::param::Params;
use crate::topology::fault::FaultAction;
use crate::topology::validate::faults::check_target;
use crate::topology::{Fault, RunPlan};

/// Said of an instance that isn't there.
const NO_INSTANCE: &str = "there is no such instance";

/// Does what a fault says, whatever its `at` says. Doing it twice changes nothing more.
///
/// # Errors
/// The reason why it can't be done, in words.
pub async fn inject(environment: &mut Environment, plan: &RunPlan, fault: &Fault) -> Result<(), String> {
    check_target(&plan.topology, fault)
        .map_err(|wrong| format!("{}; instead {}", wrong.text, wrong.remedy))?;
    check_ranges(fault)?;
    let stage = plan.topology.index_of(&fault.stage).ok_or("there is no such stage")?;
    let group = environment.processes_mut(stage).ok_or("the stage runs no processes")?;
    match fault.action {
        FaultAction::Kill
        | FaultAction::Terminate
        | FaultAction::Pause
        | FaultAction::Resume
        | FaultAction::Restart => process::inject(group, fault).await,
        FaultAction::CutLink | FaultAction::SlowLink | FaultAction::MendLink => link::inject(group, fault),
        FaultAction::Failover => sentinel::fail_over(group).await,
    }
}

/// A scripted fault was validated; one that comes from outside may say anything.
fn check_ranges(fault: &Fault) -> Result<(), String> {
    for spec in Fault::SPECS {
        if let Some(value) = fault.get(spec.key).filter(|value| !spec.allows(value)) {
            let (key, range) = (spec.key, spec.range_text());
            return Err(format!("{key} is {value}, out of range; instead choose from {range}"));
        }
    }
    Ok(())
}

/// A process by its place in its group.
enum InGroup {
    Data(usize),
    Sentinel(usize),
}

/// The place of a process, by the name that faults call it.
fn place_of(instance: &str) -> Result<InGroup, String> {
    let number = |text: &str| text.parse::<usize>().ok().filter(|&number| number > 0);
    let place = match instance.rsplit_once(' ') {
        None if instance == "master" => Some(InGroup::Data(0)),
        Some(("replica", text)) => number(text).map(InGroup::Data),
        Some(("sentinel", text)) => number(text).map(|number| InGroup::Sentinel(number - 1)),
        _ => None,
    };
    place.ok_or_else(|| NO_INSTANCE.to_owned())
}
