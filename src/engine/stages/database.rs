//! Database: SQLite, embedded. It answers reads, decides claims where no inventory stands in front of it, and inserts
//! orders that were decided elsewhere. Each connection of the pool works on one request at a time; records that wait together
//! become one transaction.

use std::collections::BTreeMap;
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, bounded};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use super::super::entry::Event;
use super::super::order::Order;
use super::super::pending::{Batch, Page, Pending};
use super::super::sqlite::StoreError;
use super::super::sqlite::claim::{self, RowDecision, insert};
use super::super::sqlite::schema::Store;
use super::super::trouble::Troubles;
use super::core::{Core, Stage};
use super::fill::Filler;
use crate::metrics::{Outcome, Reason};
use crate::topology::stage::{Database, PageQuery, RowStrategy};
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
    /// What is asked for a page.
    page_sql: &'static str,
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
        let page_sql = page_sql(params.page_query, pages.of);
        let &Database { strategy, attempts, .. } = params;
        let clerk = Clerk {
            core: core.clone(),
            decides,
            strategy,
            attempts,
            per_buyer_limit,
            troubles,
            jobs: receiver,
            store: store.clone(),
            page_sql,
            pages,
        };
        for number in 1..=params.connections {
            let (clerk, connection) = (clerk.clone(), store.connect()?);
            std::thread::Builder::new()
                .name(format!("database-{number}"))
                .spawn(move || clerk.work(connection))
                .map_err(|_no_thread| StoreError::Ended)?;
        }
        Ok(Self { core, jobs })
    }
}

impl Clerk {
    fn work(self, mut connection: Connection) {
        let mut next = None;
        while let Some(mut pending) = next.take().or_else(|| self.jobs.recv().ok()) {
            self.store.valve().pass();
            if pending.operation.is_record() {
                next = self.keep(&mut connection, pending);
                continue;
            }
            let outcome = match pending.operation {
                Operation::Read => self.read(&connection, &mut pending),
                Operation::Claim if self.decides => self.claim(&mut connection, &pending),
                _ => self.insert(&mut connection, &pending),
            };
            self.core.end(&[pending], self.told(outcome));
        }
    }

    fn told(&self, outcome: rusqlite::Result<Outcome>) -> Outcome {
        outcome.unwrap_or_else(|error| {
            self.troubles.note("the database refused a request", &error);
            // SQLite rolled the transaction back: it is known that nothing happened.
            Outcome::Failed
        })
    }

    /// Keeps a record and those that wait behind it, in one transaction. Answers the request that ended their row.
    fn keep(&self, connection: &mut Connection, first: Pending) -> Option<Pending> {
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
        let written = self.store.write_records(connection, &events, &counts);
        self.core.end(&records, self.told(written.map(|()| Outcome::Served)));
        other
    }

    fn read(&self, connection: &Connection, pending: &mut Pending) -> rusqlite::Result<Outcome> {
        let about = match self.pages.of {
            PageOf::Product => u64::from(pending.item),
            PageOf::Reader => pending.claimant,
        };
        let page: Option<String> =
            connection.prepare_cached(self.page_sql)?.query_row([about], |row| row.get(0)).optional()?;
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

    fn claim(&self, connection: &mut Connection, pending: &Pending) -> rusqlite::Result<Outcome> {
        let order = Order::of(&pending.request, self.core.now_ns());
        let decision = match self.strategy {
            RowStrategy::RowLock => claim::under_lock(connection, &order, self.per_buyer_limit),
            RowStrategy::OptimisticVersion => {
                claim::by_version(connection, &order, self.per_buyer_limit, self.attempts)
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

    fn insert(&self, connection: &mut Connection, pending: &Pending) -> rusqlite::Result<Outcome> {
        let now_ns = self.core.now_ns();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        insert(&transaction, &Order::of(&pending.request, now_ns), now_ns)?;
        transaction.commit()?;
        Ok(Outcome::Sold)
    }
}

/// What is asked for the page of a product, or for the first page of a reader's orders; who has none gets an empty one.
fn page_sql(query: PageQuery, of: PageOf) -> &'static str {
    match (of, query) {
        (PageOf::Reader, _) => {
            "SELECT COALESCE(group_concat(id || ' ' || item || ' ' || units || ' ' || status, char(10)), '')
             FROM (SELECT id, item, units, status FROM orders WHERE claimant = ?1 ORDER BY id DESC LIMIT 40)"
        }
        (PageOf::Product, PageQuery::ByKey) => "SELECT page FROM goods WHERE item = ?1",
        (PageOf::Product, PageQuery::Ranked) => {
            "SELECT page, (SELECT COUNT(*) FROM goods AS other WHERE other.booked > goods.booked)
             FROM goods WHERE item = ?1"
        }
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
