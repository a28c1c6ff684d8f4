//! Data control: preloads, opens the sale, expires unpaid orders, and reconciles database, inventory and gate.
//!
//! - [`preload`]: what it writes before people come.
//! - [`gate`]: how it writes at the gate.
//! - [`opening`]: when the sale opens, and what faults do to its clock.
//! - [`shelf`]: what it has written of each product at the gate, with which version.
//! - [`reconcile`]: what it does at its interval. [`reload`]: what it should not do then.
//! - [`counters`]: how it brings what was counted to the database.

mod counters;
mod gate;
mod opening;
mod preload;
mod reconcile;
mod reload;
mod shelf;

use std::sync::Arc;
use std::time::Duration;

use rand_pcg::Pcg64Mcg;
use redis::RedisError;
use tokio::sync::{Mutex, watch};
use tokio::time::{Instant, sleep_until};

use super::clock::{Clock, nanos};
use super::cluster::Holder;
use super::ledger::Ledger;
use super::page_life::PageLife;
use super::store::{StoreError, Writer};
use super::trouble::Troubles;
use super::versions::Versions;
use crate::topology::stage::{DataControl, StageKind};
use crate::topology::{RunPlan, Topology};
use crate::workload::{Operation, Sale};
pub use counters::Counters;
pub use gate::GateConnection;
use gate::{PageWay, Write};
pub use opening::Opening;
pub use shelf::{Shelf, page_version};

/// The module, with a connection to each stage that it looks after.
pub struct Control {
    /// What it goes by, now.
    pub settings: watch::Receiver<Settings>,
    /// Whether it looks for orders that are not paid.
    pub expires: bool,
    /// What is sold.
    pub sale: Sale,
    /// Seed of the lot that says which buyers never pay.
    pub seed: u64,
    /// The gate's master; where no claim comes by it, it is the cache of the pages.
    pub gate: Option<GateConnection>,
    /// Whether orders are let in there.
    pub counts_at_gate: bool,
    /// How long pages stay at the gate, where the database has them too; none: they stay.
    pub page_life: Option<PageLife>,
    /// Lots for that.
    pub lot: Mutex<Pcg64Mcg>,
    /// What it has written at the gate.
    pub shelf: Mutex<Shelf>,
    /// Where it notes what of that was acknowledged.
    pub versions: Arc<Versions>,
    /// Replicas that must have what was preloaded before people come.
    pub gate_replicas: Vec<GateConnection>,
    /// The inventory: its master, or its cluster.
    pub inventory: Option<Holder>,
    /// Replicas of each shard that must have what was preloaded before people come; 0 on one master.
    pub inventory_replicas: usize,
    /// Whether the stock is preloaded as sold. It is a mistake.
    pub starts_sold_out: bool,
    /// The counters, where Redis counts for a database.
    pub counters: Option<Counters>,
    /// The database of orders.
    pub writer: Option<Writer>,
    /// The database of pages, where it is another one.
    pub page_writer: Option<Writer>,
    /// Who else has pages, where neither the gate nor the inventory does.
    pub page_holder: Option<Holder>,
    /// The run's clock.
    pub clock: Clock,
    /// Where it notes what went back on sale.
    pub ledger: Arc<Ledger>,
    /// Where it says what went wrong.
    pub troubles: Troubles,
    /// What is known of the opening.
    pub opening: Opening,
}

/// What data control goes by: its own parameters, and what it must know of other stages. They may change during a run.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Its parameters.
    pub params: DataControl,
    /// How many orders the gate lets in per unit of stock.
    pub admission_ratio: f64,
    /// How long the services believe "sold out".
    pub flag_ttl: Duration,
}

impl Settings {
    /// The settings of a plan whose parameters are those of `topology` now; none without data control.
    pub fn of(plan: &RunPlan, topology: &Topology) -> Option<Self> {
        let StageKind::DataControl(params) = &topology.stages[plan.control?].kind else { return None };
        let kinds = || plan.way(Operation::Claim).order.iter().map(|&index| &topology.stages[index].kind);
        let ratio = |kind: &StageKind| match kind {
            StageKind::ReadWriteSplit(gate) => Some(gate.admission_ratio),
            _ => None,
        };
        let flag_ttl = |kind: &StageKind| match kind {
            StageKind::Service(service) => service.flag_ttl,
            _ => None,
        };
        Some(Self {
            params: params.clone(),
            admission_ratio: kinds().find_map(ratio).unwrap_or(1.0),
            flag_ttl: kinds().filter_map(flag_ttl).max().unwrap_or_default(),
        })
    }
}

/// Why a step of data control failed.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// Redis.
    #[error("data control could not reach Redis: {0}")]
    Redis(#[from] RedisError),
    /// The database.
    #[error("data control could not use the database: {0}")]
    Store(#[from] StoreError),
}

impl Control {
    /// Writes at the gate whether the sale is open, of every product.
    async fn write_gate(&self, is_open: bool) -> Result<(), ControlError> {
        let mut at_gate = self.shelf.lock().await;
        at_gate.is_open = is_open;
        let start = |shelf: &Shelf, item| Write { is_opening: true, ..Write::next(shelf, item) };
        self.write_all(&mut at_gate, PageWay::Dropped, start).await
    }

    /// Notes that units of these products are on sale from now on, and that every buyer can see it once the services
    /// have forgotten what they believed.
    fn note_on_sale(&self, items: impl IntoIterator<Item = u32>) {
        let visible_ns = self.clock.now_ns() + nanos(self.settings.borrow().flag_ttl);
        for item in items {
            self.ledger.put_on_sale(item, visible_ns);
        }
    }

    /// Works at its interval until told to stop. A round that fails is made up for by the next one.
    pub async fn run(&self, mut stop: watch::Receiver<bool>) {
        let mut settings = self.settings.clone();
        let mut reconciler = reconcile::Reconciler::default();
        let mut last: Option<Instant> = None;
        while !*stop.borrow() {
            let interval = settings.borrow_and_update().params.interval;
            tokio::select! {
                () = sleep_until(last.map_or_else(Instant::now, |last| last + interval)) => {}
                // The next round is as far from the last one as the interval says now.
                Ok(()) = settings.changed() => continue,
                _ = stop.changed() => break,
            }
            last = Some(Instant::now());
            reconciler.round(self, &stop).await;
        }
        reconciler.finish(self, &stop).await;
    }
}
