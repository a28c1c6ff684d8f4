//! What keeps events, counters and readers' pages: beside the inventory, in front of the database, and for data control.

use std::sync::Arc;

use super::super::control::Counters;
use super::super::environment::Environment;
use super::super::page_life::PageLife;
use super::super::stages::core::{Core, Stage};
use super::super::stages::fill::{Filler, Lives};
use super::super::stages::lanes::LaneShape;
use super::super::stages::pipeline::Safety;
use super::super::stages::record::RecordStage;
use super::super::sweep::Sweeper;
use super::{Builder, CONTROL_PATIENCE};
use crate::topology::stage::{self, StageKind};
use crate::topology::{ClientKind, RunPlan};
use crate::workload::Operation;

/// Connections for records at the most: each carries pipelines, also where the inventory has a pool of many that don't.
const MOST_CONNECTIONS: u32 = 4;

impl Builder<'_> {
    /// What keeps records in front of an inventory, where anybody leaves some.
    pub(super) fn before_inventory(
        &mut self,
        (index, clients): (usize, ClientKind),
        core: Arc<Core>,
        params: &stage::MasterReplica,
        inventory: Arc<dyn Stage>,
    ) -> Arc<dyn Stage> {
        if !self.plan.topology.workload.leaves_records() {
            return inventory;
        }
        let connections = params.connections.min(MOST_CONNECTIONS);
        let shape = LaneShape::pipelined(connections, params.window, params.max_waiting, params.timeout);
        let (lanes, workers) = self.master_lanes(index, shape, clients);
        let stage = Arc::new(RecordStage {
            core,
            inventory,
            events_go_to: self.next(index).filter(|_| self.plan.event_keeper != Some(index)),
            lanes,
            safety: Safety::new(params.wait_replicas, params.wait_timeout),
        });
        let lanes = self.note(workers).into_iter();
        self.tasks.extend(lanes.map(|lane| stage.clone().work(lane)));
        stage
    }

    /// Keeps pages that a database answered in the first Redis in front of it, where there is one that wants them: those of readers,
    /// or those of products.
    pub(super) fn filler(&mut self, database: usize, params: &stage::Database) -> Option<Filler> {
        let plan = self.plan;
        let way = plan.way(Operation::Read);
        if way.database != Some(database) {
            return None;
        }
        let kind = |index: &usize| &plan.topology.stages[*index].kind;
        let is_cache = |index: &&usize| kind(index).answers_reads() && database != **index;
        let cache = way.order.iter().find(is_cache)?;
        let workload = &plan.topology.workload;
        let seed = workload.seed;
        let lives = match kind(cache) {
            _ if workload.reads_own_pages() => {
                let page = PageLife { ttl: params.reader_page_ttl?, jitter: 0.0 };
                Lives { page: Some(page), absence: None, seed }
            }
            StageKind::ReadWriteSplit(split) => {
                Lives { page: page_life(split), absence: split.absence_ttl, seed }
            }
            _ => return None,
        };
        if lives.page.is_none() && lives.absence.is_none() {
            return None;
        }
        let holder = self.environment.holder(plan, *cache, CONTROL_PATIENCE)?;
        let (filler, work) = Filler::new(holder, lives, self.troubles.clone());
        self.tasks.spawn(work);
        Some(filler)
    }
}

/// What sweeps the orders of a plan, where data control does so.
pub(super) fn sweeper(builder: &Builder<'_>) -> Option<Sweeper> {
    let Builder { plan, environment, .. } = builder;
    let (swept, database) = (plan.swept?, plan.database?);
    let StageKind::DataControl(params) = &plan.topology.stages[plan.control?].kind else { return None };
    let book = |stage: usize| builder.cores[&stage].book().clone();
    Some(Sweeper {
        holder: environment.holder(plan, swept, CONTROL_PATIENCE)?,
        writer: environment.database(database)?.writer.clone(),
        items: plan.topology.workload.sale.items,
        interval: params.sweep_orders?,
        form: params.sweep,
        kept: book(swept),
        written: book(database),
        clock: builder.clock.clone(),
        troubles: builder.troubles.clone(),
    })
}

/// How long pages of products stay in a read-write split, where they don't for ever.
pub(super) fn page_life(split: &stage::ReadWriteSplit) -> Option<PageLife> {
    Some(PageLife { ttl: split.expire_after?, jitter: split.expire_jitter })
}

/// The counters of a plan whose Redis counts for a database.
pub(super) fn counters(plan: &RunPlan, environment: &Environment) -> Option<Counters> {
    let workload = &plan.topology.workload;
    let keeper = plan
        .count_keeper
        .filter(|&keeper| workload.wants(Operation::Count) && plan.keeps_in_redis(keeper))?;
    let writer = environment.database(plan.way(Operation::Count).database?)?.writer.clone();
    let holder = environment.holder(plan, keeper, CONTROL_PATIENCE)?;
    Some(Counters { holder, writer, count: workload.records.counters })
}
