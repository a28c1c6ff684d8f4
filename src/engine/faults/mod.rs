//! Faults: what breaks in a run, and is mended again. One file a family.
//!
//! - `process`: servers are killed, paused, restarted. `link`: the links of servers. `sentinel`: what Sentinels are asked.
//! - `memory`: the memory of servers, and scripts that keep them busy.
//! - `growth`: more data.
//! - `consumer`: the consumers of the queue. `instance`: those of a service. `database`: it stands still, or is locked.
//! - `cache`: what stages remember. `sale`: the clock of the sale.
//! - `mend`: what the drain ends.

mod cache;
mod consumer;
mod database;
mod growth;
mod instance;
mod link;
mod memory;
pub mod mend;
pub mod process;
mod sale;
mod sentinel;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::control::Control;
use super::crew::Crew;
use super::environment::Environment;
use super::redis_link::LinkSettings;
use super::stages::core::{Cache, Instances};
use super::trouble::Troubles;
use super::wiring::Wired;
use crate::param::Params;
use crate::servers::{RedisNode, ReplicaGroup};
use crate::topology::fault::FaultAction as Action;
use crate::topology::validate::faults::check_target;
use crate::topology::{Fault, RunPlan, Topology};

/// Said of an instance that isn't there.
const NO_INSTANCE: &str = "there is no such instance";
/// How long a server may take to answer what a fault asks of it.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long a fault that needs an answer of others may take in all: while it is done, nothing else is.
const WITHIN: Duration = Duration::from_secs(3);

/// What faults take hold of besides servers and consumers, and what they remember.
pub struct Hands {
    caches: BTreeMap<usize, Arc<dyn Cache>>,
    instances: BTreeMap<usize, Arc<dyn Instances>>,
    control: Option<Arc<Control>>,
    troubles: Troubles,
    memory: memory::Memory,
    growth: growth::Growth,
}

/// All that a fault can hit.
pub struct Scene<'a> {
    /// The plan as it was drawn.
    pub plan: &'a RunPlan,
    /// The design as it is now.
    pub topology: &'a Topology,
    /// The servers and the databases.
    pub environment: &'a mut Environment,
    /// The consumers of each queue, by its place in the topology.
    pub crews: &'a mut BTreeMap<usize, Crew>,
    /// The rest.
    pub hands: &'a mut Hands,
}

impl Hands {
    /// What a run has besides servers and consumers.
    pub fn new(wired: &mut Wired, control: Option<Arc<Control>>, troubles: Troubles) -> Self {
        Self {
            caches: std::mem::take(&mut wired.caches),
            instances: std::mem::take(&mut wired.instances),
            control,
            troubles,
            memory: memory::Memory::default(),
            growth: growth::Growth::default(),
        }
    }
}

/// Does what a fault says, whatever its `at` says. Doing it twice changes nothing more.
///
/// # Errors
/// The reason why it can't be done, in words.
pub async fn inject(scene: Scene<'_>, fault: &Fault) -> Result<(), String> {
    check_target(scene.topology, fault)
        .map_err(|wrong| format!("{}; instead {}", wrong.text, wrong.remedy))?;
    check_ranges(fault)?;
    let stage = scene.plan.topology.index_of(&fault.stage).ok_or("there is no such stage")?;
    if let Some(cluster) = scene.environment.cluster_mut(stage) {
        return cluster.inject(fault).await;
    }
    match fault.action {
        // A server that starts again takes what it takes.
        Action::Restart
        | Action::Replace
        | Action::Kill
        | Action::KillAfterTaking
        | Action::KillAfterWriting
        | Action::Terminate
        | Action::Pause
        | Action::Resume => stand_or_fall(scene, stage, fault).await,
        _ => match tokio::time::timeout(WITHIN, disturb(scene, stage, fault)).await {
            Ok(done) => done,
            Err(_late) => Err(format!("it was not done within {WITHIN:?}: mend what stands still first")),
        },
    }
}

/// What can live, die and stand still.
async fn stand_or_fall(scene: Scene<'_>, stage: usize, fault: &Fault) -> Result<(), String> {
    match place_of(&fault.instance)? {
        Place::Consumer(number) => consumer::inject(scene.crews.get_mut(&stage), number, fault).await,
        Place::Instance(number) => instance::inject(scene.hands.instances.get(&stage), number, fault),
        Place::Broker => {
            let broker = scene.environment.broker_mut(stage).ok_or(NO_INSTANCE)?;
            process::strike(broker.node_mut(), fault.action).await?;
            if fault.action != Action::Restart {
                return Ok(());
            }
            broker.remember().await.map_err(|error| error.to_string())
        }
        Place::Database => database::inject(scene.environment, stage, fault).await,
        Place::Data(number) if scene.environment.database(stage).is_some() => {
            let database = scene.environment.database_mut(stage).ok_or(NO_INSTANCE)?;
            process::strike(database.nodes_mut().nth(number).ok_or(NO_INSTANCE)?, fault.action).await
        }
        _ => process::inject(group(scene.environment, stage)?, fault).await,
    }
}

async fn disturb(scene: Scene<'_>, stage: usize, fault: &Fault) -> Result<(), String> {
    let Scene { environment, hands, .. } = scene;
    match fault.action {
        Action::Failover => sentinel::fail_over(group(environment, stage)?).await,
        Action::Lock | Action::Unlock => database::inject(environment, stage, fault).await,
        Action::GrowData => {
            let server = data_node(environment, stage, &fault.instance)?.endpoint();
            hands.growth.grow(server, fault.amount, &hands.troubles).await
        }
        Action::FillMemory | Action::FreeMemory | Action::SlowScript | Action::KillScript => {
            let name = (stage, fault.instance.clone());
            let node = data_node(environment, stage, &fault.instance)?;
            hands.memory.inject(name, node, fault, &hands.troubles).await
        }
        Action::Purge | Action::Expire | Action::Refill => {
            cache::inject(scene.plan, environment, hands, stage, fault).await
        }
        Action::OpenSale | Action::CloseSale => sale::inject(hands, fault).await,
        _ => link::inject(group(environment, stage)?, fault),
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

fn group(environment: &mut Environment, stage: usize) -> Result<&mut ReplicaGroup, String> {
    environment.processes_mut(stage).ok_or_else(|| "the stage runs no processes".to_owned())
}

/// A data process that runs, to be asked something.
fn data_node<'a>(
    environment: &'a mut Environment,
    stage: usize,
    instance: &str,
) -> Result<&'a mut RedisNode, String> {
    let Place::Data(index) = place_of(instance)? else { return Err(NO_INSTANCE.into()) };
    let node = group(environment, stage)?.nodes_mut().get_mut(index).ok_or(NO_INSTANCE)?;
    if node.is_running() { Ok(node) } else { Err("it is dead: restart it first".into()) }
}

/// How a server is asked by a fault: directly, whatever became of its link.
fn settings() -> LinkSettings {
    LinkSettings::new(PATIENCE)
}

/// An instance by its place in its stage.
enum Place {
    Data(usize),
    Sentinel(usize),
    Consumer(usize),
    Instance(usize),
    Broker,
    Database,
    Other,
}

/// The place of an instance, by the name that faults call it.
fn place_of(instance: &str) -> Result<Place, String> {
    let number = |text: &str| text.parse::<usize>().ok().filter(|&number| number > 0);
    let place = match instance.rsplit_once(' ') {
        None => Some(match instance {
            "master" => Place::Data(0),
            "broker" => Place::Broker,
            "database" => Place::Database,
            _ => Place::Other,
        }),
        Some(("replica", text)) => number(text).map(Place::Data),
        Some(("sentinel", text)) => number(text).map(|number| Place::Sentinel(number - 1)),
        Some(("consumer", text)) => number(text).map(|number| Place::Consumer(number - 1)),
        Some(("instance", text)) => number(text).map(|number| Place::Instance(number - 1)),
        _ => None,
    };
    place.ok_or_else(|| NO_INSTANCE.to_owned())
}
