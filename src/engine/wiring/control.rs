//! Data control of a run: where it reaches what it looks after.

use std::sync::Arc;

use rand::SeedableRng;
use rand_pcg::Pcg64Mcg;
use tokio::sync::{Mutex, watch};

use super::super::clock::Clock;
use super::super::cluster::ClusterGroup;
use super::super::control::{Control, GateConnection, Opening, Settings, Shelf};
use super::super::environment::Environment;
use super::super::ledger::Ledger;
use super::super::redis_link::{Connection, LinkSettings, Resolver};
use super::super::trouble::Troubles;
use super::super::versions::Versions;
use super::{CONTROL_PATIENCE, records};
use crate::topology::RunPlan;
use crate::topology::stage::{Mistake, StageKind};
use crate::workload::Operation;

/// The data-control module of a plan, with connections of its own, and the way to turn its settings; none if the plan
/// has none.
pub fn control(
    plan: &RunPlan,
    environment: &Environment,
    clock: &Clock,
    ledger: &Arc<Ledger>,
    troubles: &Troubles,
    versions: &Arc<Versions>,
) -> Option<(Arc<Control>, watch::Sender<Settings>)> {
    let settings = Settings::of(plan, &plan.topology)?;
    let connect = |to: Resolver| Connection::new(to, LinkSettings::new(CONTROL_PATIENCE));
    let connection =
        |stage: usize| Some(connect(environment.master_for(stage, plan.clients(plan.control?, stage))?));
    let replicas = |stage: usize| -> Vec<GateConnection> {
        environment.replicas(stage).into_iter().map(Resolver::Fixed).map(connect).collect()
    };
    let expires = settings.params.unpaid_ratio > 0.0;
    let starts_sold_out = plan.decider.is_some_and(|stage| match &plan.topology.stages[stage].kind {
        StageKind::MasterReplica(params) => params.mistake == Some(Mistake::StartsSoldOut),
        _ => false,
    });
    let database = |stage: Option<usize>| environment.database(stage?).map(|found| found.writer.clone());
    let pages_at = plan.way(Operation::Read).database;
    let page_life = plan.gate.and_then(|gate| match &plan.topology.stages[gate].kind {
        StageKind::ReadWriteSplit(params) => records::page_life(params),
        _ => None,
    });
    let (sender, settings) = watch::channel(settings);
    let control = Control {
        settings,
        expires,
        sale: plan.topology.workload.sale.clone(),
        seed: plan.topology.workload.seed,
        gate: plan.gate.and_then(connection),
        counts_at_gate: plan.gate.is_some_and(|gate| plan.reaching(gate).contains(Operation::Claim)),
        page_life,
        lot: Mutex::new(Pcg64Mcg::seed_from_u64(plan.topology.workload.seed)),
        shelf: Mutex::new(Shelf::new(plan.topology.workload.sale.items)),
        versions: versions.clone(),
        gate_replicas: plan.gate.map(replicas).unwrap_or_default(),
        inventory: plan.decider.and_then(|stage| environment.holder(plan, stage, CONTROL_PATIENCE)),
        inventory_replicas: plan
            .decider
            .and_then(|stage| environment.cluster(stage))
            .map_or(0, ClusterGroup::replica_count),
        starts_sold_out,
        counters: records::counters(plan, environment),
        writer: database(plan.database),
        page_writer: database(pages_at.filter(|_| pages_at != plan.database)),
        page_holder: plan.page_keeper.and_then(|stage| environment.holder(plan, stage, CONTROL_PATIENCE)),
        clock: clock.clone(),
        ledger: ledger.clone(),
        troubles: troubles.clone(),
        opening: Opening::default(),
    };
    Some((Arc::new(control), sender))
}
