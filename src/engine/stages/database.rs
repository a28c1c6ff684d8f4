//! Database: SQLite, embedded, or a server. It answers reads, decides claims where no inventory stands in front of it, and inserts
//! orders that were decided elsewhere. Each connection of the pool works on one request at a time; records that wait together
//! become one transaction.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crossbeam_channel::{Receiver, Sender, bounded};

use super::super::clock::nanos;
use super::super::entry::Event;
use super::super::order::Order;
use super::super::pending::{Batch, Page, Pending};
use super::super::store::StoreError;
use super::super::store::claim::{self, RowDecision};
use super::super::store::link::{Link, Sql, kept, transaction};
use super::super::store::schema::Store;
use super::super::trouble::Troubles;
use super::core::{Core, Stage};
use super::fill::Filler;
use crate::metrics::{Outcome, Reason};
use crate::topology::stage::{Database, RowStrategy};
use crate::workload::{Operation, PageOf};

/// The most records that become one transaction.
const RECORDS_AT_ONCE: usize = 500;

/// The database stage. Its threads end with it.
pub struct DatabaseStage {
    core: Arc<Core>,
    jobs: Sender<Pending>,
}

/// What a thread of the pool knows.
#[derive(Clone)]
struct Clerk {
    core: Arc<Core>,
    /// Whether claims come undecided.
    decides: bool,
    strategy: RowStrategy,
    attempts: u32,
    per_buyer_limit: Option<u32>,
    troubles: Troubles,
    jobs: Receiver<Pending>,
    store: Store,
    /// Counts the reads, so that the replicas take turns.
    turn: Arc<AtomicUsize>,
    /// How long a request may wait for a connection, in nanoseconds.
    timeout_ns: u64,
    /// What is asked for a page.
    page_sql: Sql,
    pages: Pages,
}

/// What the pages that are asked for are about.
#[derive(Debug, Clone)]
pub struct Pages {
    /// A product, or the reader.
    pub of: PageOf,
    /// Products that there are; a page beyond them is of none.
    pub items: u32,
    /// Where they are kept in front of the database.
    pub filler: Option<Filler>,
}

impl DatabaseStage {
    /// Starts the pool of connections.
    ///
    /// # Errors
    /// The database can't be opened.
    pub fn start(
        core: Arc<Core>,
        store: &Store,
        params: &Database,
        decides: bool,
        per_buyer_limit: Option<u32>,
        pages: Pages,
        troubles: Troubles,
    ) -> Result<Self, StoreError> {
        let (jobs, receiver) = bounded(params.max_waiting as usize);
        let page_sql = store.statements().page(params.page_query, pages.of);
        let &Database { strategy, attempts, timeout, .. } = params;
        let clerk = Clerk {
            core: core.clone(),
            decides,
            strategy,
            attempts,
            per_buyer_limit,
            troubles,
            jobs: receiver,
            store: store.clone(),
            turn: Arc::default(),
            timeout_ns: nanos(timeout),
            page_sql,
            pages,
        };
        for number in 1..=params.connections {
            let (clerk, link) = (clerk.clone(), store.connect(timeout)?);
            let replicas = store.connect_replicas(timeout)?;
            std::thread::Builder::new()
                .name(format!("database-{number}"))
                .spawn(move || clerk.work(link, replicas))
                .map_err(|_no_thread| StoreError::Ended)?;
        }
        Ok(Self { core, jobs })
    }
}

impl Clerk {
    fn work(self, mut link: Box<dyn Link>, mut replicas: Vec<Box<dyn Link>>) {
        let mut next = None;
        while let Some(mut pending) = next.take().or_else(|| self.jobs.recv().ok()) {
            self.store.valve().pass();
            if self.core.now_ns().saturating_sub(pending.arrived_ns) > self.timeout_ns {
                self.troubles.note("a request", &"it got no connection to the database in time");
                self.core.end(&[pending], Outcome::Failed);
                continue;
            }
            if pending.operation.is_record() {
                next = self.keep(&mut *link, pending);
                continue;
            }
            let outcome = match pending.operation {
                Operation::Read => self.read_in_turn(&mut *link, &mut replicas, &mut pending),
                Operation::Claim if self.decides => self.claim(&mut *link, &pending),
                _ => self.insert(&mut *link, &pending),
            };
            self.core.end(&[pending], self.told(outcome));
        }
    }

    fn told(&self, outcome: Result<Outcome, StoreError>) -> Outcome {
        outcome.unwrap_or_else(|error| {
            self.troubles.note("the database refused a request", &error);
            match error {
                StoreError::Unsure { .. } => Outcome::Indefinite,
                // What was not told to commit is rolled back: it is known that nothing happened.
                _ => Outcome::Failed,
            }
        })
    }

    /// Keeps a record and those that wait behind it, in one transaction. Answers the request that ended their row.
    fn keep(&self, link: &mut dyn Link, first: Pending) -> Option<Pending> {
        let (mut records, mut other) = (vec![first], None);
        while records.len() < RECORDS_AT_ONCE
            && other.is_none()
            && let Ok(pending) = self.jobs.try_recv()
        {
            if pending.operation.is_record() {
                records.push(pending);
            } else {
                other = Some(pending);
            }
        }
        let now_ns = self.core.now_ns();
        let (mut events, mut counts) = (Vec::new(), BTreeMap::new());
        for record in &records {
            if record.operation == Operation::Append {
                events.push(Event::of(&record.request, now_ns));
            } else {
                *counts.entry(record.item).or_default() += 1;
            }
        }
        let written = self.store.write_records(link, &events, &counts);
        self.core.end(&records, self.told(written.map(|()| Outcome::Served)));
        other
    }

    /// Lets the next replica answer; one that can't is stood in for by the master, as there is none.
    fn read_in_turn(
        &self,
        master: &mut dyn Link,
        replicas: &mut [Box<dyn Link>],
        pending: &mut Pending,
    ) -> Result<Outcome, StoreError> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        if let Some(count) = NonZeroUsize::new(replicas.len()) {
            match self.read(&mut *replicas[turn % count], pending) {
                Ok(outcome) => return Ok(outcome),
                Err(error) => self.troubles.note("a replica of the database", &error),
            }
        }
        self.read(master, pending)
    }

    fn read(&self, link: &mut dyn Link, pending: &mut Pending) -> Result<Outcome, StoreError> {
        let about = match self.pages.of {
            PageOf::Product => u64::from(pending.item),
            PageOf::Reader => pending.claimant,
        };
        let page = link.text(&self.page_sql, &[kept(about)])?;
        let (is_of_product, filler) = (self.pages.of == PageOf::Product, self.pages.filler.as_ref());
        match page {
            Some(page) => {
                pending.page = Page::of(page.as_bytes());
                filler.inspect(|filler| filler.keep(pending.item, page));
            }
            // That there is no such product is an answer.
            None if is_of_product && pending.item >= self.pages.items => {
                filler.inspect(|filler| filler.keep_absence(pending.item));
            }
            None => return Ok(Outcome::Failed),
        }
        Ok(Outcome::Served)
    }

    fn claim(&self, link: &mut dyn Link, pending: &Pending) -> Result<Outcome, StoreError> {
        let order = Order::of(&pending.request, self.core.now_ns());
        let (statements, limit) = (self.store.statements(), self.per_buyer_limit);
        let decision = match self.strategy {
            RowStrategy::RowLock => claim::under_lock(link, statements, &order, limit),
            RowStrategy::OptimisticVersion => {
                claim::by_version(link, statements, &order, limit, self.attempts)
            }
        }?;
        Ok(match decision {
            RowDecision::Granted => Outcome::Sold,
            RowDecision::Outrun => Outcome::Failed,
            RowDecision::NotStarted => Outcome::Rejected(Reason::NotStarted),
            RowDecision::SoldOut => Outcome::Rejected(Reason::SoldOut),
            RowDecision::Duplicate => Outcome::Rejected(Reason::Duplicate),
        })
    }

    fn insert(&self, link: &mut dyn Link, pending: &Pending) -> Result<Outcome, StoreError> {
        let now_ns = self.core.now_ns();
        let order = Order::of(&pending.request, now_ns);
        transaction(link, |link| claim::insert(link, &[order], now_ns)).map(|_new| Outcome::Sold)
    }
}

impl Stage for DatabaseStage {
    fn take(&self, mut batch: Batch) {
        self.core.arrive(&mut batch);
        let refused: Batch = batch
            .into_iter()
            .filter_map(|pending| self.jobs.try_send(pending).err())
            .map(crossbeam_channel::TrySendError::into_inner)
            .collect();
        self.core.intercept(&refused, Reason::Shed);
    }
}
