//! What is in a queue: how much, twenty times a second, for the backlog; and what, at the end, for the audit.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use redis::{Pipeline, RedisResult, cmd};
use tokio::time::MissedTickBehavior;

use super::super::backlog::UNKNOWN;
use super::super::dial::Dial;
use super::super::environment::Environment;
use super::super::keys;
use super::super::redis_link::{Connection, LinkSettings};
use super::hands::HandCounts;
use super::{BrokerWay, Place, QueueError, jetstream, rabbitmq};
use crate::metrics::bucket::BUCKET;
use crate::topology::RunPlan;
use crate::topology::stage::{QueueForm, StageKind};

/// How long the server may take to answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// What is known of the consumers of a queue while they work.
#[derive(Debug, Clone)]
pub struct CrewView {
    /// How many identities there have ever been: each has a processing list, where the form has such.
    pub identities: Arc<Dial<usize>>,
    /// What is in their hands.
    pub counts: Arc<HandCounts>,
}

/// The form of a queue of the plan.
fn form(plan: &RunPlan, queue: usize) -> Option<QueueForm> {
    match &plan.topology.stages[queue].kind {
        StageKind::Queue(params) => Some(params.form),
        _ => None,
    }
}

/// Where a queue of a plan is; none where no server keeps it.
pub fn place(plan: &RunPlan, environment: &Environment, queue: usize, patience: Duration) -> Option<Place> {
    if let Some(broker) = environment.broker(queue) {
        return Some(broker.place(patience));
    }
    environment.master(plan.host(queue)).map(Place::Redis)
}

/// A task that keeps `depth` up to date: orders that wait in a queue or are in a consumer's hands, not yet written; none where
/// no server keeps the queue.
pub fn watch(
    plan: &RunPlan,
    environment: &Environment,
    queue: usize,
    crew: CrewView,
    depth: Arc<AtomicU64>,
) -> Option<impl Future<Output = ()> + Send + 'static> {
    let (place, form) = (place(plan, environment, queue, PATIENCE)?, form(plan, queue)?);
    let mut looker = match place {
        Place::Redis(list) => Looker::Redis(Connection::new(list, LinkSettings::new(PATIENCE))),
        Place::JetStream(way) => Looker::JetStream(Watched::new(way)),
        Place::RabbitMq(way) => Looker::RabbitMq(Watched::new(way)),
    };
    Some(async move {
        let mut looks = tokio::time::interval(BUCKET / 2);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            looks.tick().await;
            let waiting = looker.look(form, crew.identities.get()).await.unwrap_or(UNKNOWN);
            // Only a popped order is nowhere else. Looked at last: one on its way from there to here may count twice, never not at all.
            let popped = if form == QueueForm::List { crew.counts.in_hands() } else { 0 };
            depth.store(waiting.saturating_add(popped), Ordering::Relaxed);
        }
    })
}

/// Who looks how much is in a queue.
enum Looker {
    Redis(Connection),
    JetStream(Watched<jetstream::Way>),
    RabbitMq(Watched<rabbitmq::Way>),
}

/// The queue of a broker, and the connection over which it is looked at.
struct Watched<W: BrokerWay> {
    way: W,
    open: Option<W::Line>,
}

impl<W: BrokerWay> Watched<W> {
    fn new(way: W) -> Self {
        Self { way, open: None }
    }

    async fn look(&mut self) -> Option<u64> {
        if self.open.is_none() {
            self.open = self.way.line().await;
        }
        let depth = self.way.depth(self.open.as_ref()?).await;
        if depth.is_err() {
            self.open = None;
        }
        depth.ok()
    }
}

impl Looker {
    /// How much is in the queue; none if that can't be seen now.
    async fn look(&mut self, form: QueueForm, identities: usize) -> Option<u64> {
        match self {
            Self::Redis(connection) => {
                let lengths: RedisResult<Vec<u64>> = connection.query(&lengths(form, identities)).await;
                lengths.ok().map(|lengths| lengths.iter().sum())
            }
            Self::JetStream(queue) => queue.look().await,
            Self::RabbitMq(queue) => queue.look().await,
        }
    }
}

/// Asks for the lengths of all places where orders of a queue may be.
pub(super) fn lengths(form: QueueForm, identities: usize) -> Pipeline {
    let mut pipeline = Pipeline::new();
    match form {
        QueueForm::List => {
            pipeline.cmd("LLEN").arg(keys::ORDER_LIST);
        }
        QueueForm::ProcessingList => {
            for list in lists(identities) {
                pipeline.cmd("LLEN").arg(list);
            }
        }
        // What is acknowledged is deleted, so what is there is what is not.
        QueueForm::Stream | QueueForm::JetStream | QueueForm::RabbitMq => {
            pipeline.cmd("XLEN").arg(keys::ORDER_STREAM);
        }
    }
    pipeline
}

fn lists(identities: usize) -> impl Iterator<Item = String> {
    (0..identities).map(keys::processing).chain([keys::ORDER_LIST.to_owned()])
}

/// What is left in a queue of a plan, consumers having ended, as texts.
///
/// # Errors
/// The server doesn't answer.
pub async fn contents(
    plan: &RunPlan,
    environment: &Environment,
    (queue, identities): (usize, usize),
    patience: Duration,
) -> Result<Vec<String>, QueueError> {
    let (Some(place), Some(form)) = (place(plan, environment, queue, patience), form(plan, queue)) else {
        return Ok(Vec::new());
    };
    let list = match place {
        Place::JetStream(way) => return way.contents().await,
        Place::RabbitMq(way) => return way.contents().await,
        Place::Redis(list) => list,
    };
    let mut redis = LinkSettings::new(patience).connect(list.resolve().await?).await?;
    let texts: Vec<String> = if form == QueueForm::Stream {
        let mut range = cmd("XRANGE");
        range.arg(keys::ORDER_STREAM).arg("-").arg("+");
        let entries: Vec<(String, Vec<String>)> = range.query_async(&mut redis).await?;
        entries.into_iter().filter_map(|(_id, fields)| fields.into_iter().nth(1)).collect()
    } else {
        let mut pipeline = Pipeline::new();
        lists(identities).for_each(|list| {
            pipeline.cmd("LRANGE").arg(list).arg(0).arg(-1);
        });
        let lists: Vec<Vec<String>> = pipeline.query_async(&mut redis).await?;
        lists.into_iter().flatten().collect()
    };
    Ok(texts)
}
