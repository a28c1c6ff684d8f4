//! One exchange after the other with one server, as fast as it answers (closed loop): requests go through the inventory stage, its
//! lanes, its book with all histograms, and the ledger.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tokio::task::JoinSet;

use super::super::clock::Clock;
use super::super::cluster::names::Names;
use super::super::keys;
use super::super::ledger::Ledger;
use super::super::pending::{Batch, Pending};
use super::super::redis_link::{LinkSettings, Resolver};
use super::super::stages::core::{Core, Listener, Stage};
use super::super::stages::decrement::lua_evalsha::LuaEvalsha;
use super::super::stages::decrement::script::{ClaimScript, OrderGoes};
use super::super::stages::lanes::{LaneShape, Lanes};
use super::super::stages::master_replica::{Inventory, MasterReplicaStage};
use crate::metrics::Outcome;
use crate::servers::{Endpoint, NodeError, NodeSettings, RedisNode, RunFolder, RunFolderError, ServerBinary};
use crate::workload::{Operation, Operations, Request};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// Units on sale: more than any measurement takes.
const STOCK: u64 = 1_000_000_000_000;
/// A short page, so that its bytes don't count.
const PAGE: &str = "Product 0: 1000 left.";

/// A server with one product, which is on sale.
pub struct Rig {
    node: RedisNode,
    _folder: RunFolder,
}

/// Why there is none.
#[derive(Debug, thiserror::Error)]
pub enum RigError {
    /// The folder can't be made.
    #[error(transparent)]
    Folder(#[from] RunFolderError),
    /// The server doesn't start.
    #[error(transparent)]
    Node(#[from] NodeError),
    /// The server doesn't take the product.
    #[error("the product could not be written: {0}")]
    Product(#[from] redis::RedisError),
}

/// Exchanges that ended otherwise than they should: their rate would say nothing.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("{failed} of {requests} exchanges with the server failed")]
pub struct ExchangesFailed {
    /// How many.
    pub failed: u64,
    /// Of how many.
    pub requests: u64,
}

/// What is measured.
#[derive(Debug, Clone, Copy)]
pub struct Exchange {
    /// Reads are a GET, claims the script.
    pub operation: Operation,
    /// Connections, each with one pipeline under way.
    pub connections: u32,
    /// Requests in a pipeline.
    pub depth: u32,
    /// Requests in all.
    pub requests: u64,
}

/// Sends as many new requests as were answered.
struct Feeder {
    stage: OnceLock<Arc<MasterReplicaStage>>,
    operation: Operation,
    clock: Clock,
    sent: AtomicU64,
    answered: AtomicU64,
    failed: AtomicU64,
    wanted: u64,
    all_answered: Notify,
}

impl Rig {
    /// Starts it.
    ///
    /// # Errors
    /// It can't be started.
    pub async fn start(binary: &ServerBinary) -> Result<Self, RigError> {
        let folder = RunFolder::create()?;
        let node = RedisNode::start(binary, &folder, NodeSettings::new("bench")).await?;
        let mut line = LinkSettings::new(PATIENCE).connect(node.endpoint()).await?;
        let mut product = redis::pipe();
        product.cmd("SET").arg(keys::PAGE.of(0)).arg(PAGE);
        product.cmd("HSET").arg(keys::GOODS.of(0)).arg("Total").arg(STOCK).arg("Booked").arg(0);
        product.cmd("SCRIPT").arg("LOAD").arg(claim_script().text());
        product.query_async::<()>(&mut line).await?;
        Ok(Self { node, _folder: folder })
    }

    /// Where the server is.
    pub fn endpoint(&self) -> Endpoint {
        self.node.endpoint()
    }

    /// The command of a claim, for other load generators.
    pub fn claim_command() -> Vec<String> {
        let script = claim_script();
        let (goods, buyers) = (keys::GOODS.of(0), keys::BUYERS.of(0));
        ["EVALSHA", script.hash(), "2", &goods, &buyers, "1", "7", "0"].map(str::to_owned).to_vec()
    }

    /// The command of a read.
    pub fn read_command() -> Vec<String> {
        vec!["GET".to_owned(), keys::PAGE.of(0)]
    }

    /// Measures; answers requests a second.
    ///
    /// # Errors
    /// Some were not served.
    pub async fn measure(&self, exchange: Exchange) -> Result<f64, ExchangesFailed> {
        let Exchange { operation, connections, depth, requests } = exchange;
        let clock = Clock::new();
        let core = Arc::new(Core::new(clock.clone(), Arc::new(Ledger::new(1))));
        let under_way = connections * depth;
        let shape = LaneShape {
            depth: depth as usize,
            ..LaneShape::pipelined(connections, 1, 2 * under_way, PATIENCE)
        };
        let (master, lanes) = Lanes::new(&Resolver::Fixed(self.endpoint()), shape);
        let inventory = Inventory {
            is_swept: false,
            core: core.clone(),
            next: None,
            owns_reads: true,
            master,
            per_buyer_limit: None,
            keeps_orders: false,
            safety: None,
        };
        let stage = Arc::new(MasterReplicaStage::new(inventory, Box::new(LuaEvalsha(claim_script()))));
        let feeder = Arc::new(Feeder {
            stage: OnceLock::new(),
            operation,
            clock,
            sent: AtomicU64::new(0),
            answered: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            wanted: requests,
            all_answered: Notify::new(),
        });
        feeder.stage.get_or_init(|| stage.clone());
        let listener: Arc<dyn Listener> = feeder.clone();
        core.listen(vec![(Operations::ALL, Arc::downgrade(&listener))]);
        for lane in &lanes {
            // The connections are made before the clock runs.
            drop(lane.connection.line().await);
        }
        let mut workers: JoinSet<()> = lanes.into_iter().map(|lane| stage.clone().work(lane)).collect();
        let started = Instant::now();
        for _ in 0..connections {
            feeder.send(u64::from(depth));
        }
        feeder.all_answered.notified().await;
        let rate = requests as f64 / started.elapsed().as_secs_f64();
        workers.shutdown().await;
        match feeder.failed.load(Ordering::Acquire) {
            0 => Ok(rate),
            failed => Err(ExchangesFailed { failed, requests }),
        }
    }
}

/// Without a limit per buyer, and without an order.
fn claim_script() -> ClaimScript {
    ClaimScript::new(Names::Plain, None, OrderGoes::Nowhere)
}

impl Feeder {
    fn send(&self, count: u64) {
        let first = self.sent.fetch_add(count, Ordering::Relaxed);
        let count = count.min(self.wanted.saturating_sub(first));
        let (Some(stage), 1..) = (self.stage.get(), count) else { return };
        let now_ns = self.clock.now_ns();
        let request = |id| Request {
            id,
            intended_ns: now_ns,
            claimant: id,
            item: 0,
            units: 1,
            operation: self.operation,
        };
        let batch: Batch = (first..first + count)
            .map(|id| Pending { knows_started: true, ..Pending::new(request(id), now_ns) })
            .collect();
        stage.take(batch);
    }
}

impl Listener for Feeder {
    fn answered(&self, batch: &[Pending], outcome: Outcome, _: u64) {
        let count = batch.len() as u64;
        if !matches!(outcome, Outcome::Served | Outcome::Sold) {
            self.failed.fetch_add(count, Ordering::Relaxed);
        }
        let before = self.answered.fetch_add(count, Ordering::AcqRel);
        if before + count >= self.wanted {
            self.all_answered.notify_one();
        } else {
            self.send(count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::servers::find;

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn exchanges_have_a_rate_unless_some_of_them_failed() {
        let binary = find(None, &|_| {}).expect("a server program");
        let rig = Rig::start(&binary).await.unwrap();
        let exchange = |operation| Exchange { operation, connections: 2, depth: 4, requests: 100 };
        for operation in [Operation::Read, Operation::Claim] {
            assert!(rig.measure(exchange(operation)).await.unwrap() > 0.0);
        }
        let mut line = LinkSettings::new(PATIENCE).connect(rig.endpoint()).await.unwrap();
        redis::cmd("DEL").arg(keys::PAGE.of(0)).exec_async(&mut line).await.unwrap();
        let failed = rig.measure(exchange(Operation::Read)).await;
        assert_eq!(failed, Err(ExchangesFailed { failed: 100, requests: 100 }));
    }
}
