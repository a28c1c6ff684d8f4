//! Redis read-write split: product pages on read-only replicas, and the gate of the sale.
//!
//! A claim whose sale is not known to be open is checked on a replica first (`start`, `count`, `access`); then it is
//! let in by an INCR of `access` on the master. Each request is one command; commands of a tick ride in one pipeline.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;
use redis::{Pipeline, RedisError, Value, from_redis_value};

use super::super::dial::Dial;
use super::super::keys;
use super::super::pending::{Batch, Pending};
use super::core::{Core, Stage, Tunable};
use super::lanes::{Lane, Lanes};
use super::pipeline::{Replies, send};
use crate::metrics::{Outcome, Reason};
use crate::topology::stage::{ReadPolicy, ReadWriteSplit, StageKind};
use crate::workload::Operation;

/// The read-write split.
pub struct ReadWriteSplitStage {
    core: Arc<Core>,
    next: Option<Arc<dyn Stage>>,
    /// Whether no deeper stage owns the product data.
    owns_reads: bool,
    read_policy: Dial<ReadPolicy>,
    admission_ratio: Dial<f64>,
    master: Lanes,
    replicas: Vec<Lanes>,
    round: AtomicUsize,
    lot: Mutex<Pcg64Mcg>,
    /// For each product the stock, as it was read at the gate, or [`UNKNOWN`] until then.
    stocks: Vec<AtomicU64>,
}

const UNKNOWN: u64 = u64::MAX;

/// Where the stage stands between the stages and its servers.
pub struct SplitWiring {
    /// The stage behind it, if any.
    pub next: Option<Arc<dyn Stage>>,
    /// Whether no deeper stage owns the product data.
    pub owns_reads: bool,
    /// The lanes to the master.
    pub master: Lanes,
    /// The lanes to each replica.
    pub replicas: Vec<Lanes>,
    /// Products in the sale.
    pub items: u32,
    /// Seed of the read policy's lots.
    pub seed: u64,
}

/// What became of a batch, sorted.
#[derive(Default)]
struct Sorted {
    pages: Batch,
    missing: Batch,
    closed: Batch,
    sold_out: Batch,
    checked: Batch,
    admitted: Batch,
    failed: Batch,
}

impl ReadWriteSplitStage {
    /// The stage; its workers are started by [`Self::work`].
    pub fn new(core: Arc<Core>, params: &ReadWriteSplit, wiring: SplitWiring) -> Self {
        Self {
            core,
            next: wiring.next,
            owns_reads: wiring.owns_reads,
            read_policy: Dial::new(params.read_policy),
            admission_ratio: Dial::new(params.admission_ratio),
            master: wiring.master,
            replicas: wiring.replicas,
            round: AtomicUsize::new(0),
            lot: Mutex::new(Pcg64Mcg::seed_from_u64(wiring.seed)),
            stocks: (0..wiring.items).map(|_| AtomicU64::new(UNKNOWN)).collect(),
        }
    }

    /// Serves a lane until the stage is gone.
    pub async fn work(self: Arc<Self>, lane: Lane) {
        while let Some(batch) = lane.next().await {
            let mut pipeline = Pipeline::with_capacity(batch.len());
            for pending in &batch {
                command(&mut pipeline, pending);
            }
            let replies = send::<Value>(&lane, &mut pipeline).await;
            lane.done(batch.len(), !matches!(replies, Replies::Unreachable));
            match replies {
                Replies::Each(replies) => self.settle(batch, replies),
                // Nothing that was asked here sells anything: without an answer it has failed.
                Replies::Unreachable | Replies::Unknown => self.core.end(&batch, Outcome::Failed),
            }
        }
    }

    fn settle(&self, batch: Batch, replies: Vec<Result<Value, RedisError>>) {
        let mut sorted = Sorted::default();
        for (mut pending, reply) in batch.into_iter().zip(replies) {
            let group = match reply {
                Err(_) => &mut sorted.failed,
                Ok(reply) => match pending.operation {
                    Operation::Read if matches!(reply, Value::Nil) => &mut sorted.missing,
                    Operation::Read => &mut sorted.pages,
                    Operation::Claim if pending.knows_started => {
                        self.judge_access(&pending, reply, &mut sorted)
                    }
                    Operation::Claim => self.judge_check(&mut pending, reply, &mut sorted),
                },
            };
            group.push(pending);
        }
        self.finish(sorted);
    }

    /// The gate: `start`, `count` and `access` as a replica has them.
    fn judge_check<'a>(&self, pending: &mut Pending, reply: Value, sorted: &'a mut Sorted) -> &'a mut Batch {
        let Ok((start, count, access)) = from_redis_value::<(Option<u64>, Option<u64>, Option<u64>)>(reply)
        else {
            return &mut sorted.failed;
        };
        let Some(count) = count else { return &mut sorted.failed };
        if start != Some(1) {
            return &mut sorted.closed;
        }
        self.stocks[pending.item as usize].store(count, Ordering::Relaxed);
        pending.knows_started = true;
        if access.unwrap_or(0) >= self.limit(pending.item) {
            &mut sorted.sold_out
        } else {
            &mut sorted.checked
        }
    }

    /// The gate: `access` after the INCR on the master.
    fn judge_access<'a>(&self, pending: &Pending, reply: Value, sorted: &'a mut Sorted) -> &'a mut Batch {
        match from_redis_value::<u64>(reply) {
            Ok(access) if access <= self.limit(pending.item) => &mut sorted.admitted,
            Ok(_) => &mut sorted.sold_out,
            Err(_) => &mut sorted.failed,
        }
    }

    /// How many orders of a product may be let in. Its stock must have been read.
    fn limit(&self, item: u32) -> u64 {
        let stock = self.stocks[item as usize].load(Ordering::Relaxed);
        ReadWriteSplit::admits(self.admission_ratio.get(), stock)
    }

    fn finish(&self, sorted: Sorted) {
        self.core.answer_reads(&sorted.pages, self.owns_reads);
        self.core.intercept(&sorted.closed, Reason::NotStarted);
        self.core.intercept(&sorted.sold_out, Reason::SoldOut);
        self.core.end(&sorted.failed, Outcome::Failed);
        self.core.intercept(&self.master.offer(sorted.checked), Reason::Shed);
        let mut onward = sorted.admitted;
        onward.extend(sorted.missing);
        self.core.pass_or_fail(onward, self.next.as_deref());
    }

    /// Spreads reads over the replicas that can be reached, deciding for each by the policy.
    fn spread(&self, reads: Batch) -> Vec<(&Lanes, Batch)> {
        let mut able: Vec<&Lanes> = self.replicas.iter().filter(|lanes| lanes.is_reachable()).collect();
        if able.is_empty() {
            able = self.replicas.iter().collect();
        }
        let policy = self.read_policy.get();
        if able.is_empty() || policy == ReadPolicy::Master {
            return vec![(&self.master, reads)];
        }
        let mut groups: Vec<(&Lanes, Batch)> = able.into_iter().map(|lanes| (lanes, Batch::new())).collect();
        for read in reads {
            let choice = self.choose(policy, &groups);
            groups[choice].1.push(read);
        }
        groups
    }

    fn choose(&self, policy: ReadPolicy, groups: &[(&Lanes, Batch)]) -> usize {
        match policy {
            ReadPolicy::RoundRobin => self.round.fetch_add(1, Ordering::Relaxed) % groups.len(),
            ReadPolicy::Random => {
                self.lot.lock().unwrap_or_else(PoisonError::into_inner).random_range(0..groups.len())
            }
            ReadPolicy::LeastOutstanding => {
                let load = |&choice: &usize| groups[choice].0.outstanding() + groups[choice].1.len();
                (0..groups.len()).min_by_key(load).unwrap_or(0)
            }
            ReadPolicy::Master => unreachable!("the master's reads are not spread"),
        }
    }
}

/// What a request asks of Redis: a page, a check on a replica, or to be let in by the master.
fn command(pipeline: &mut Pipeline, pending: &Pending) {
    let item = pending.item;
    match pending.operation {
        Operation::Read => pipeline.cmd("GET").arg(keys::page(item)),
        Operation::Claim if pending.knows_started => pipeline.cmd("INCR").arg(keys::access(item)),
        Operation::Claim => {
            pipeline.cmd("MGET").arg(keys::start(item)).arg(keys::count(item)).arg(keys::access(item))
        }
    };
}

impl Stage for ReadWriteSplitStage {
    fn take(&self, mut batch: Batch) {
        self.core.arrive(&mut batch);
        for pending in &mut batch {
            // Without the stock, what INCR answers says nothing: then a claim has to be checked all the same.
            pending.knows_started &= self.stocks[pending.item as usize].load(Ordering::Relaxed) != UNKNOWN;
        }
        let (writes, reads): (Batch, Batch) = batch
            .into_iter()
            .partition(|pending| pending.operation == Operation::Claim && pending.knows_started);
        let mut refused = self.master.offer(writes);
        // Reads of a tick that go to one replica ride in one pipeline.
        for (lanes, part) in self.spread(reads) {
            refused.append(&mut lanes.offer(part));
        }
        self.core.intercept(&refused, Reason::Shed);
    }
}

impl Tunable for ReadWriteSplitStage {
    fn tune(&self, kind: &StageKind) {
        if let StageKind::ReadWriteSplit(params) = kind {
            self.read_policy.set(params.read_policy);
            self.admission_ratio.set(params.admission_ratio);
        }
    }
}
