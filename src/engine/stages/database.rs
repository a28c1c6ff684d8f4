//! Database: SQLite, embedded. It answers reads, decides claims where no inventory stands in front of it, and inserts
//! orders that were decided elsewhere. Each connection of the pool works on one request at a time.

use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, bounded};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use super::super::order::Order;
use super::super::pending::{Batch, Pending};
use super::super::sqlite::StoreError;
use super::super::sqlite::claim::{self, RowDecision, insert};
use super::super::sqlite::harm::Valve;
use super::super::sqlite::schema::Store;
use super::super::trouble::Troubles;
use super::core::{Core, Stage};
use crate::metrics::{Outcome, Reason};
use crate::topology::stage::{Database, PageQuery, RowStrategy};
use crate::workload::Operation;

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
    valve: Valve,
    /// What is asked for a page.
    page_sql: &'static str,
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
        troubles: Troubles,
    ) -> Result<Self, StoreError> {
        let (jobs, receiver) = bounded(params.max_waiting as usize);
        let valve = store.valve().clone();
        let page_sql = page_sql(params.page_query);
        let &Database { strategy, attempts, .. } = params;
        let clerk = Clerk {
            core: core.clone(),
            decides,
            strategy,
            attempts,
            per_buyer_limit,
            troubles,
            jobs: receiver,
            valve,
            page_sql,
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
        for pending in &self.jobs {
            self.valve.pass();
            let outcome = match pending.operation {
                Operation::Read => self.read(&connection, pending.item),
                Operation::Claim if self.decides => self.claim(&mut connection, &pending),
                Operation::Claim => self.insert(&mut connection, &pending),
            };
            let outcome = outcome.unwrap_or_else(|error| {
                self.troubles.note("the database refused a request", &error);
                // SQLite rolled the transaction back: it is known that nothing happened.
                Outcome::Failed
            });
            self.core.end(&[pending], outcome);
        }
    }

    fn read(&self, connection: &Connection, item: u32) -> rusqlite::Result<Outcome> {
        let page: Option<String> =
            connection.prepare_cached(self.page_sql)?.query_row([item], |row| row.get(0)).optional()?;
        Ok(if page.is_some() { Outcome::Served } else { Outcome::Failed })
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

/// What is asked for the page of a product.
fn page_sql(query: PageQuery) -> &'static str {
    match query {
        PageQuery::ByKey => "SELECT page FROM goods WHERE item = ?1",
        PageQuery::Ranked => {
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
