//! Redis read-write split: product pages on read-only replicas, and the gate of the sale.
//!
//! A claim whose sale is not known to be open is checked on a replica first (`start`, `count`, `access`); then it is
//! let in by an INCR of `access` on the master. Where the count on the replica closes the gate, every claim is checked there, and
//! what the master answers closes nothing. Each request is one command; commands of a tick ride in one pipeline.
//!
//! - [`roster`]: which replicas get reads. Where none does, the master gets them; where it can't be reached either, the
//!   reads fail or go on, as the stage's parameter says, and claims fail: a gate is not opened by its death.

pub mod roster;

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use super::super::control::page_version;
use super::super::dial::Dial;
use super::super::keys;
use super::super::pending::{Batch, Page, Pending};
use super::super::versions::{Compare, Versions};
use super::super::wire::{Answers, Commands, Elements, Reply};
use super::core::{Core, Stage, Tunable};
use super::lanes::{Lane, Lanes};
use super::pipeline::{Replies, send};
use crate::metrics::{Outcome, Reason};
use crate::topology::stage::{GateCount, ReadPolicy, ReadWriteSplit, ReadsWithoutCache, StageKind};
use crate::workload::Operation;
use roster::{Roster, Seat};

/// The read-write split.
pub struct ReadWriteSplitStage {
    core: Arc<Core>,
    next: Option<Arc<dyn Stage>>,
    /// Whether no deeper stage owns the product data.
    owns_reads: bool,
    read_policy: Dial<ReadPolicy>,
    reads_without_cache: Dial<ReadsWithoutCache>,
    admission_ratio: Dial<f64>,
    /// Whether the count on a replica closes the gate. It is a mistake.
    trusts_replica: bool,
    master: Lanes,
    roster: Arc<Roster>,
    versions: Arc<Versions>,
    round: AtomicUsize,
    lot: Mutex<Pcg64Mcg>,
    /// For each product the stock, as it was read at the gate, or [`UNKNOWN`] until then.
    stocks: Vec<AtomicU64>,
}

const UNKNOWN: u64 = u64::MAX;
/// Replicas whose lags differ by less are alike to [`ReadPolicy::LeastLag`]: it can't be measured more closely.
const ALIKE_NS: u64 = 5_000_000;

/// Where the stage stands between the stages and its servers.
pub struct SplitWiring {
    /// The stage behind it, if any.
    pub next: Option<Arc<dyn Stage>>,
    /// Whether no deeper stage owns the product data.
    pub owns_reads: bool,
    /// The lanes to the master.
    pub master: Lanes,
    /// The replicas.
    pub roster: Arc<Roster>,
    /// What data control has written.
    pub versions: Arc<Versions>,
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

/// What `MGET` of a check answers.
struct Check {
    start: Option<u64>,
    count: Option<u64>,
    access: Option<u64>,
    version: Option<u64>,
}

impl Check {
    fn read(values: Elements<'_>) -> Self {
        let mut numbers = values.map(|value| value.natural());
        let mut next = || numbers.next().flatten();
        Self { start: next(), count: next(), access: next(), version: next() }
    }
}

impl ReadWriteSplitStage {
    /// The stage; its workers are started by [`Self::work`].
    pub fn new(core: Arc<Core>, params: &ReadWriteSplit, wiring: SplitWiring) -> Self {
        Self {
            core,
            next: wiring.next,
            owns_reads: wiring.owns_reads,
            read_policy: Dial::new(params.read_policy),
            reads_without_cache: Dial::new(params.reads_without_cache),
            admission_ratio: Dial::new(params.admission_ratio),
            trusts_replica: params.closes_by == GateCount::OnReplica,
            master: wiring.master,
            roster: wiring.roster,
            versions: wiring.versions,
            round: AtomicUsize::new(0),
            lot: Mutex::new(Pcg64Mcg::seed_from_u64(wiring.seed)),
            stocks: (0..wiring.items).map(|_| AtomicU64::new(UNKNOWN)).collect(),
        }
    }

    /// Serves a lane until the stage is gone.
    pub async fn work(self: Arc<Self>, lane: Lane) {
        let mut commands = Commands::default();
        while let Some(batch) = lane.next().await {
            commands.clear();
            for pending in &batch {
                command(&mut commands, pending);
            }
            let sent_ns = self.core.now_ns();
            let (replies, _) = send(&lane, &commands).await;
            // One that didn't answer in time gets nothing more until it was reached again.
            lane.done(batch.len(), matches!(replies, Replies::Each(_)));
            match replies {
                Replies::Each(answers) => self.settle(batch, &answers, sent_ns),
                Replies::Unreachable | Replies::Unknown => self.conclude_unanswered(batch),
            }
        }
    }

    fn settle(&self, batch: Batch, answers: &Answers, sent_ns: u64) {
        let mut sorted = Sorted::default();
        let mut seen = Seen::new(&self.versions, sent_ns);
        for (mut pending, reply) in batch.into_iter().zip(answers.iter()) {
            let group = match (pending.operation, reply) {
                (Operation::Read, Reply::Nil) => &mut sorted.missing,
                (Operation::Read, Reply::Text(page)) => {
                    pending.page = Page::of(page);
                    seen.page(pending.item, page);
                    &mut sorted.pages
                }
                (Operation::Claim, Reply::Int(access)) if pending.knows_started => {
                    self.judge_access(&pending, access, &mut sorted)
                }
                (Operation::Claim, Reply::Array(values)) if !pending.knows_started => {
                    let check = Check::read(values);
                    seen.check(pending.item, check.version);
                    self.judge_check(&mut pending, &check, &mut sorted)
                }
                _ => &mut sorted.failed,
            };
            group.push(pending);
        }
        if seen.answers != [0; Operation::COUNT] {
            self.core.book().versioned(seen.answers, &seen.stale);
        }
        self.finish(sorted);
    }

    /// Requests to which no process gave an answer. Nothing that was asked here sells anything: they have failed, except
    /// reads that are to go on.
    fn conclude_unanswered(&self, batch: Batch) {
        let (reads, claims): (Batch, Batch) =
            batch.into_iter().partition(|pending| pending.operation == Operation::Read);
        self.core.end(&claims, Outcome::Failed);
        match self.reads_without_cache.get() {
            ReadsWithoutCache::Failed => self.core.end(&reads, Outcome::Failed),
            ReadsWithoutCache::PassedOn => self.core.pass_or_fail(reads, self.next.as_deref()),
        }
    }

    /// The gate: `start`, `count` and `access` as a replica has them.
    fn judge_check<'a>(&self, pending: &mut Pending, check: &Check, sorted: &'a mut Sorted) -> &'a mut Batch {
        let Some(count) = check.count else { return &mut sorted.failed };
        if check.start != Some(1) {
            return &mut sorted.closed;
        }
        self.stocks[pending.item as usize].store(count, Ordering::Relaxed);
        pending.knows_started = true;
        if check.access.unwrap_or(0) >= self.limit(pending.item) {
            &mut sorted.sold_out
        } else {
            &mut sorted.checked
        }
    }

    /// The gate: `access` after the INCR on the master.
    fn judge_access<'a>(&self, pending: &Pending, access: i64, sorted: &'a mut Sorted) -> &'a mut Batch {
        match u64::try_from(access) {
            Ok(access) if self.trusts_replica || access <= self.limit(pending.item) => &mut sorted.admitted,
            Ok(_) => &mut sorted.sold_out,
            Err(_negative) => &mut sorted.failed,
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

    /// Spreads reads over the replicas that are able, deciding for each by the policy; where there is none, they go to the
    /// master. What nobody can take is given back.
    fn spread(&self, reads: Batch) -> (Vec<(&Lanes, Batch)>, Batch) {
        let policy = self.read_policy.get();
        let mut able: Vec<&Seat> = self.roster.seats.iter().filter(|seat| seat.is_able()).collect();
        if able.is_empty() || policy == ReadPolicy::Master {
            return if self.master.is_reachable() {
                (vec![(&self.master, reads)], Batch::new())
            } else {
                (Vec::new(), reads)
            };
        }
        if policy == ReadPolicy::LeastLag {
            keep_least_behind(&mut able, |seat| seat.pulse.lag_ns());
        }
        let mut groups: Vec<(&Lanes, Batch)> =
            able.into_iter().map(|seat| (&seat.lanes, Batch::new())).collect();
        for read in reads {
            let choice = self.choose(policy, &groups);
            groups[choice].1.push(read);
        }
        (groups, Batch::new())
    }

    fn choose(&self, policy: ReadPolicy, groups: &[(&Lanes, Batch)]) -> usize {
        match policy {
            ReadPolicy::RoundRobin | ReadPolicy::LeastLag => {
                self.round.fetch_add(1, Ordering::Relaxed) % groups.len()
            }
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

/// Leaves only those that are least behind, or as good as. Those of which nobody knows how far they are behind come last.
fn keep_least_behind<T>(able: &mut Vec<T>, lag_ns: impl Fn(&T) -> Option<u64>) {
    let lags: Vec<u64> = able.iter().map(|one| lag_ns(one).unwrap_or(u64::MAX)).collect();
    let least = lags.iter().copied().min().unwrap_or(0);
    let mut lags = lags.into_iter();
    able.retain(|_| lags.next().is_some_and(|lag| lag <= least.saturating_add(ALIKE_NS)));
}

/// The versions of a batch's answers.
struct Seen<'a> {
    pages: Compare<'a>,
    gate: Compare<'a>,
    sent_ns: u64,
    /// Answers with a version, by operation.
    answers: [u64; Operation::COUNT],
    /// The stale ones of them, with their ages.
    stale: Vec<(Operation, u64)>,
}

impl<'a> Seen<'a> {
    fn new(versions: &'a Versions, sent_ns: u64) -> Self {
        Self {
            pages: versions.pages.compare(),
            gate: versions.gate.compare(),
            sent_ns,
            answers: [0; Operation::COUNT],
            stale: Vec::new(),
        }
    }

    fn page(&mut self, item: u32, page: &[u8]) {
        let Some(version) = page_version(page) else { return };
        let age_ns = self.pages.age_ns(item, version, self.sent_ns);
        self.note(Operation::Read, age_ns);
    }

    fn check(&mut self, item: u32, version: Option<u64>) {
        let Some(version) = version else { return };
        let age_ns = self.gate.age_ns(item, version, self.sent_ns);
        self.note(Operation::Claim, age_ns);
    }

    fn note(&mut self, operation: Operation, age_ns: Option<u64>) {
        self.answers[operation.index()] += 1;
        self.stale.extend(age_ns.map(|age_ns| (operation, age_ns)));
    }
}

/// What a request asks of Redis: a page, a check on a replica, or to be let in by the master.
fn command(commands: &mut Commands, pending: &Pending) {
    let item = pending.item;
    match pending.operation {
        Operation::Read => commands.command(2).word("GET").key(keys::PAGE, item),
        Operation::Claim if pending.knows_started => commands.command(2).word("INCR").key(keys::ACCESS, item),
        _ => {
            let mget = commands.command(5).word("MGET").key(keys::START, item).key(keys::COUNT, item);
            mget.key(keys::ACCESS, item).key(keys::VERSION, item)
        }
    };
}

impl Stage for ReadWriteSplitStage {
    fn take(&self, mut batch: Batch) {
        self.core.arrive(&mut batch);
        // What people leave behind is kept further down.
        let records: Batch = batch.extract_if(.., |pending| pending.operation.is_record()).collect();
        self.core.pass_or_fail(records, self.next.as_deref());
        for pending in batch.iter_mut().filter(|pending| pending.operation == Operation::Claim) {
            // Without the stock, what INCR answers says nothing: then a claim has to be checked all the same.
            pending.knows_started &=
                !self.trusts_replica && self.stocks[pending.item as usize].load(Ordering::Relaxed) != UNKNOWN;
        }
        let (writes, reads): (Batch, Batch) = batch
            .into_iter()
            .partition(|pending| pending.operation == Operation::Claim && pending.knows_started);
        let mut refused = self.master.offer(writes);
        // Reads of a tick that go to one replica ride in one pipeline.
        let (spread, unanswered) = self.spread(reads);
        for (lanes, part) in spread {
            refused.append(&mut lanes.offer(part));
        }
        self.core.intercept(&refused, Reason::Shed);
        self.conclude_unanswered(unanswered);
    }
}

impl Tunable for ReadWriteSplitStage {
    fn tune(&self, kind: &StageKind) {
        if let StageKind::ReadWriteSplit(params) = kind {
            self.read_policy.set(params.read_policy);
            self.reads_without_cache.set(params.reads_without_cache);
            self.roster.limit(params.lag_limit);
            self.admission_ratio.set(params.admission_ratio);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn least_lag_keeps_those_that_are_alike_and_prefers_a_known_lag() {
        const MS: u64 = 1_000_000;
        for (lags, kept) in [
            (vec![Some(0), Some(4 * MS), Some(50 * MS)], vec![0, 1]),
            (vec![Some(90 * MS), Some(50 * MS), None], vec![1]),
            (vec![None, Some(3_600_000 * MS)], vec![1]),
            (vec![None, None], vec![0, 1]),
        ] {
            let mut able: Vec<usize> = (0..lags.len()).collect();
            keep_least_behind(&mut able, |&one| lags[one]);
            assert_eq!(able, kept, "{lags:?}");
        }
    }
}
