//! The observer: every tenth of a second it takes the buckets out of the books, adds them to the run and shows them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, SystemTime};

use super::backlog::Backlog;
use super::book::{StageBook, StagePage};
use super::clock::Clock;
use super::generator::Schedule;
use super::ledger::Ledger;
use super::timeline::TimelineMaker;
use crate::metrics::{Bucket, Latency, StageBucket, StageTally, Totals};
use crate::report::{OperationReport, OperationsReport, SecondReport, Timeline};
use crate::topology::RunPlan;
use crate::workload::{Operation, Sale};

/// The most rows of the series: beyond a day at one row a second, rows are no longer kept.
const LONGEST_SERIES: usize = 100_000;

/// What was observed so far.
pub struct Observer {
    clock: Clock,
    schedule: Arc<Schedule>,
    books: BTreeMap<usize, Arc<StageBook>>,
    stage_count: usize,
    /// Stages in the order in which their books are read: each after those behind it, so that a request that is being
    /// handed on is counted where it left or not at all, never where it came in only.
    deepest_first: Vec<usize>,
    /// What is acknowledged and not yet in the databases.
    backlog: Backlog,
    /// What was last known to wait at each stage.
    backlogs: BTreeMap<usize, u64>,
    ledger: Arc<Ledger>,
    sale: Sale,
    sold: u64,
    returned: u64,
    bucket: StagePage,
    bucket_lag: Latency,
    /// The whole run, by stage.
    pages: BTreeMap<usize, StagePage>,
    lag: Latency,
    offered: u64,
    dropped: u64,
    second: SecondReport,
    series: Vec<SecondReport>,
    timeline: TimelineMaker,
    /// When it began to observe.
    started_at: SystemTime,
}

impl Observer {
    /// An observer of the books of a plan's stages, of a run whose arrivals come for about so long.
    pub fn new(
        clock: Clock,
        schedule: Arc<Schedule>,
        books: BTreeMap<usize, Arc<StageBook>>,
        (plan, lasts): (&RunPlan, Duration),
        ledger: Arc<Ledger>,
        backlog: Backlog,
    ) -> Self {
        Self {
            clock,
            schedule,
            pages: books.keys().map(|&stage| (stage, StagePage::default())).collect(),
            books,
            stage_count: plan.topology.stages.len(),
            deepest_first: plan.order.iter().rev().copied().collect(),
            backlog,
            backlogs: BTreeMap::new(),
            ledger,
            sale: plan.topology.workload.sale.clone(),
            sold: 0,
            returned: 0,
            bucket: StagePage::default(),
            bucket_lag: Latency::default(),
            lag: Latency::default(),
            offered: 0,
            dropped: 0,
            second: SecondReport::default(),
            series: Vec::new(),
            timeline: TimelineMaker::new(plan, lasts),
            started_at: SystemTime::now(),
        }
    }

    /// Closes a bucket.
    pub fn observe(&mut self) -> Bucket {
        let at = self.clock.since_first_arrival();
        let mut bucket =
            Bucket { at, stages: vec![StageBucket::default(); self.stage_count], ..Bucket::default() };
        let (mut response, mut service) = (Latency::default(), Latency::default());
        for &stage in &self.deepest_first {
            let Some(book) = self.books.get(&stage) else { continue };
            let page = self.pages.entry(stage).or_default();
            let before = page.tally();
            book.take_bucket(&mut self.bucket);
            let after = self.bucket.tally();
            let since = after.since(&before);
            bucket.achieved += since.achieved();
            bucket.sold += since.sold;
            self.bucket.response.iter().for_each(|latency| response.merge(latency));
            self.bucket.service.iter().for_each(|latency| service.merge(latency));
            bucket.stages[stage] = StageBucket {
                tally: since,
                in_flight: u64::try_from(after.in_flight()).unwrap_or(0),
                latency_us: self.bucket.latency.quantiles(),
                stale_age_us: self.bucket.stale_age.quantiles(),
            };
            self.timeline.add_times(stage, &self.bucket.latency);
            page.absorb(&self.bucket);
        }
        self.schedule.take_lag(&mut self.bucket_lag);
        self.lag.merge(&self.bucket_lag);
        // Arrivals are counted before they are dropped, so they are read after.
        let dropped = self.schedule.dropped.load(Ordering::Acquire);
        let offered = self.schedule.offered.load(Ordering::Acquire);
        (bucket.offered, bucket.dropped) = (offered - self.offered, dropped - self.dropped);
        (self.offered, self.dropped) = (offered, dropped);
        for (stage, depth) in self.backlog.by_stage() {
            let known = self.backlogs.entry(stage).or_default();
            *known = depth.unwrap_or(*known);
        }
        bucket.backlogs = self.backlogs.iter().map(|(&stage, &depth)| (stage, depth)).collect();
        bucket.backlog = self.backlogs.values().sum();
        self.count_stock(&mut bucket);
        bucket.response_us = response.quantiles();
        bucket.service_us = service.quantiles();
        bucket.schedule_lag_us = self.bucket_lag.quantiles();
        self.add_to_series(&bucket);
        self.timeline.add(&bucket, &response);
        bucket
    }

    fn count_stock(&mut self, bucket: &mut Bucket) {
        let returned = self.ledger.returned_units();
        bucket.returned = returned - self.returned;
        self.returned = returned;
        self.sold += bucket.sold;
        let granted = self.sold * u64::from(self.sale.units_per_claim);
        bucket.stock_left =
            self.sale.stock.cast_signed() - granted.cast_signed() + self.returned.cast_signed();
    }

    fn add_to_series(&mut self, bucket: &Bucket) {
        let second = &mut self.second;
        second.offered += bucket.offered;
        second.achieved += bucket.achieved;
        second.sold += bucket.sold;
        second.stock_left = bucket.stock_left;
        second.backlog = bucket.backlog;
        second.worst_p99_us = second.worst_p99_us.max(bucket.response_us.p99);
        let last = self.series.last().map_or(0.0, |row| row.at_secs);
        if bucket.at.as_secs_f64() - last >= 0.99 {
            let row = SecondReport { at_secs: bucket.at.as_secs_f64(), ..std::mem::take(second) };
            if self.series.len() < LONGEST_SERIES {
                self.series.push(row);
            }
        }
    }

    /// How all arrivals ended up to the last bucket: what the pages of the stages add up to.
    pub fn totals(&self) -> Totals {
        let tallies: Vec<StageTally> = self.pages.values().map(StagePage::tally).collect();
        Totals::of(self.dropped, self.offered, &tallies)
    }

    /// Answers with a version up to the last bucket, and those of them that were stale.
    pub fn versioned(&self) -> (u64, u64) {
        let tallies = self.pages.values().map(StagePage::tally);
        tallies.fold((0, 0), |(all, stale), tally| (all + tally.versioned_reads, stale + tally.stale_reads))
    }

    /// Requests under way now at any stage, straight from the books; orders on their way to the database not counted.
    pub fn in_flight(&self) -> i64 {
        // Read in this order, a request under way may be counted as arrived but never as ended twice.
        let tallies: Vec<StageTally> = self.books.values().map(|book| book.tally()).collect();
        let dropped = self.schedule.dropped.load(Ordering::Acquire);
        Totals::of(dropped, self.schedule.offered.load(Ordering::Acquire), &tallies).in_flight()
    }

    /// The page of a stage over the whole run, up to the last bucket.
    pub fn page(&self, stage: usize) -> Option<&StagePage> {
        self.pages.get(&stage)
    }

    /// How late requests were sent over the whole run.
    pub fn lag(&self) -> &Latency {
        &self.lag
    }

    /// Response times by operation over the whole run.
    pub fn operations(&self) -> OperationsReport {
        let of = |wanted: &[Operation]| {
            let (mut response, mut service) = (Latency::default(), Latency::default());
            for page in self.pages.values() {
                for operation in wanted {
                    response.merge(&page.response[operation.index()]);
                    service.merge(&page.service[operation.index()]);
                }
            }
            OperationReport {
                ended: response.count(),
                response_us: response.quantiles(),
                service_us: service.quantiles(),
            }
        };
        OperationsReport {
            read: of(&[Operation::Read]),
            claim: of(&[Operation::Claim]),
            append: of(&[Operation::Append]),
            count: of(&[Operation::Count]),
            all: of(&Operation::ALL),
        }
    }

    /// The run in buckets so far, the last one even if it isn't full.
    pub fn timeline(&mut self) -> Timeline {
        self.timeline.timeline()
    }

    /// When the arrivals began, by the calendar.
    pub fn started_at(&self) -> SystemTime {
        self.started_at
    }

    /// The series so far, the last second even if it isn't full.
    pub fn series(&self) -> Vec<SecondReport> {
        let mut series = self.series.clone();
        if self.second.offered + self.second.achieved > 0 {
            series.push(SecondReport {
                at_secs: self.clock.since_first_arrival().as_secs_f64(),
                ..self.second
            });
        }
        series
    }
}
