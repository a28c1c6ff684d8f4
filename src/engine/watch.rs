//! Watches the Redis processes of a run: four times a second each is asked what it is and how it does.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::join_all;
use redis::{Pipeline, RedisResult};

use super::environment::{Environment, Instance};
use super::redis_link::{Connection, LinkSettings, Resolver};
use crate::metrics::{InstanceState, InstanceSummary, Role};
use crate::topology::RunPlan;

/// Time between two looks.
const LOOK: Duration = Duration::from_millis(250);
/// How long a process may take to answer.
const PATIENCE: Duration = Duration::from_millis(500);

/// What was seen of all processes. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct Watch(Arc<Mutex<Vec<Watched>>>);

/// What was seen of one process.
#[derive(Debug, Clone)]
struct Watched {
    now: InstanceState,
    /// The last look that it answered.
    answered: Option<InstanceState>,
    summary: InstanceSummary,
}

impl Watch {
    /// Starts to watch the processes of a run; the future looks until it is dropped.
    pub fn start(
        plan: &RunPlan,
        environment: &Environment,
    ) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let instances = environment.instances();
        let watched = instances.iter().map(|instance| Watched {
            now: InstanceState {
                stage: instance.stage,
                name: instance.name.clone(),
                ..InstanceState::default()
            },
            answered: None,
            summary: InstanceSummary {
                stage: plan.name(instance.stage).to_owned(),
                name: instance.name.clone(),
                ..InstanceSummary::default()
            },
        });
        let watch = Self(Arc::new(Mutex::new(watched.collect())));
        let settings = LinkSettings::new(PATIENCE);
        let connect = |instance: &Instance| Connection::new(Resolver::Fixed(instance.endpoint), settings);
        let connections: Vec<Connection> = instances.iter().map(connect).collect();
        (watch.clone(), watch.look_on(connections))
    }

    async fn look_on(self, connections: Vec<Connection>) {
        let mut looks = tokio::time::interval(LOOK);
        looks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            looks.tick().await;
            let answers = join_all(connections.iter().map(info)).await;
            self.note(&answers);
        }
    }

    fn note(&self, answers: &[Option<String>]) {
        let mut watched = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (one, answer) in watched.iter_mut().zip(answers) {
            one.now.is_reachable = false;
            if let Some(info) = answer {
                one.now.read_info(info);
            }
        }
        // A replica is behind whoever of its stage is master now and has written most.
        let masters: Vec<(usize, u64)> = watched
            .iter()
            .filter(|one| one.now.is_reachable && one.now.role == Role::Master)
            .map(|one| (one.now.stage, one.now.offset))
            .collect();
        for one in watched.iter_mut() {
            let written =
                masters.iter().filter(|(stage, _)| *stage == one.now.stage).map(|(_, offset)| *offset);
            let behind = written.max().map_or(0, |offset| offset.saturating_sub(one.now.offset));
            one.now.lag_bytes = if one.now.role == Role::Replica { behind } else { 0 };
            one.summary.add(one.answered.as_ref(), &one.now);
            if one.now.is_reachable {
                one.answered = Some(one.now.clone());
            }
        }
    }

    /// Every process as it was at the last look.
    pub fn states(&self) -> Vec<InstanceState> {
        let watched = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        watched.iter().map(|one| one.now.clone()).collect()
    }

    /// What every process did so far.
    pub fn summaries(&self) -> Vec<InstanceSummary> {
        let watched = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        watched.iter().map(|one| one.summary.clone()).collect()
    }
}

/// `INFO` of one process; none if it doesn't answer.
async fn info(connection: &Connection) -> Option<String> {
    let mut pipeline = Pipeline::new();
    pipeline.cmd("INFO");
    let answer: RedisResult<(String,)> = connection.query(&pipeline).await;
    Some(answer.ok()?.0)
}
