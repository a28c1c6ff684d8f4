//! Watches the Redis processes of a run: ten times a second each is asked what it is and how it does, and whether a stage
//! lost its master is told when it is seen.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use redis::{Pipeline, RedisResult};
use tokio::time::{MissedTickBehavior, interval, timeout_at};

use super::environment::{Environment, Instance};
use super::failover::Failovers;
use super::heartbeat::Pulse;
use super::message::EventKind;
use super::outbox::Outbox;
use super::redis_link::{Connection, LinkSettings, Resolver};
use crate::metrics::{InstanceState, InstanceSummary, Role};
use crate::topology::RunPlan;

/// Time between two looks.
const LOOK: Duration = Duration::from_millis(100);
/// How long answers to a look are gathered. Who answers later is noted at the next look, and holds up nobody.
const GATHER: Duration = Duration::from_millis(50);
/// How long a process may take to answer.
const PATIENCE: Duration = Duration::from_millis(500);
/// A master that has not answered for so long is none for the time being.
const SILENCE: Duration = Duration::from_millis(250);

/// What was seen of all processes. Clones share it.
#[derive(Clone)]
pub struct Watch {
    seen: Arc<Mutex<Vec<Watched>>>,
    outbox: Outbox,
    failovers: Failovers,
}

/// What was seen of one process.
#[derive(Debug, Clone)]
struct Watched {
    now: InstanceState,
    /// The last look that it answered.
    answered: Option<InstanceState>,
    answered_at: Option<Instant>,
    /// Of a replica whose master has heartbeats.
    pulse: Option<Arc<Pulse>>,
    summary: InstanceSummary,
}

/// Who is master of each stage, by the place of the process among all.
#[derive(Debug, Default)]
struct Masters(BTreeMap<usize, Option<usize>>);

/// What a look says about a stage's master.
#[derive(Debug, PartialEq, Eq)]
enum Finding {
    Lost(usize),
    Found(usize, usize),
}

impl Masters {
    /// Compares with the last look: `masters` are stage and process of each that says it is one.
    fn look(&mut self, masters: &[(usize, usize)]) -> Vec<Finding> {
        let mut findings = Vec::new();
        for &(stage, process) in masters {
            // The first one is no news.
            self.0.entry(stage).or_insert(Some(process));
        }
        for (&stage, known) in &mut self.0 {
            let mut here = masters.iter().filter(|(of, _)| *of == stage).map(|(_, process)| *process);
            if known.is_some_and(|known| here.clone().any(|process| process == known)) {
                continue;
            }
            let next = here.next();
            // Between two looks another may have taken over.
            findings.extend(known.take().map(|_| Finding::Lost(stage)));
            findings.extend(next.map(|process| Finding::Found(stage, process)));
            *known = next;
        }
        findings
    }
}

impl Watch {
    /// Starts to watch the processes of a run; the future looks until it is dropped. The pulses are by place of the stage
    /// and name of the process.
    pub fn start(
        plan: &RunPlan,
        environment: &Environment,
        pulses: &BTreeMap<(usize, String), Arc<Pulse>>,
        outbox: Outbox,
        failovers: Failovers,
    ) -> (Self, impl Future<Output = ()> + Send + 'static) {
        let instances = environment.instances();
        let watched = instances.iter().map(|instance| Watched {
            now: InstanceState {
                stage: instance.stage,
                name: instance.name.clone(),
                ..InstanceState::default()
            },
            answered: None,
            answered_at: None,
            pulse: pulses.get(&(instance.stage, instance.name.clone())).cloned(),
            summary: InstanceSummary {
                stage: plan.name(instance.stage).to_owned(),
                name: instance.name.clone(),
                ..InstanceSummary::default()
            },
        });
        let watch = Self { seen: Arc::new(Mutex::new(watched.collect())), outbox, failovers };
        let settings = LinkSettings::new(PATIENCE);
        let connect = |instance: &Instance| Connection::new(Resolver::Fixed(instance.endpoint), settings);
        let connections: Vec<Connection> = instances.iter().map(connect).collect();
        (watch.clone(), watch.look_on(connections))
    }

    async fn look_on(self, connections: Vec<Connection>) {
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut masters = Masters::default();
        let mut asked = FuturesUnordered::new();
        let mut is_asked = vec![false; connections.len()];
        loop {
            let gathered_at = looks.tick().await + GATHER;
            for (index, connection) in connections.iter().enumerate() {
                if !is_asked[index] {
                    is_asked[index] = true;
                    asked.push(async move { (index, info(connection).await) });
                }
            }
            let mut answers = Vec::with_capacity(connections.len());
            while let Ok(Some(answer)) = timeout_at(gathered_at, asked.next()).await {
                is_asked[answer.0] = false;
                answers.push(answer);
            }
            let speaking = self.note(&answers);
            self.failovers.masters(&speaking);
            for finding in masters.look(&speaking) {
                self.tell(&finding);
            }
        }
    }

    fn tell(&self, finding: &Finding) {
        self.outbox.event(match *finding {
            Finding::Lost(stage) => EventKind::MasterLost { stage },
            Finding::Found(stage, process) => {
                EventKind::MasterFound { stage, instance: self.seen()[process].now.name.clone() }
            }
        });
    }

    /// Notes the answers to a look, by process; none is one that will not come. Answers stage and process of each that
    /// says it is a master.
    fn note(&self, answers: &[(usize, Option<String>)]) -> Vec<(usize, usize)> {
        let mut watched = self.seen();
        for (index, answer) in answers {
            let one = &mut watched[*index];
            one.now.is_reachable = false;
            if let Some(info) = answer {
                one.now.read_info(info);
                one.answered_at = Some(Instant::now());
            }
        }
        // A replica is behind whoever of its stage is master now and has written most.
        let masters: Vec<(usize, u64)> = watched
            .iter()
            .filter(|one| one.now.is_reachable && one.now.role == Role::Master)
            .map(|one| (one.now.stage, one.now.offset))
            .collect();
        for (index, _) in answers {
            let one = &mut watched[*index];
            let written =
                masters.iter().filter(|(stage, _)| *stage == one.now.stage).map(|(_, offset)| *offset);
            let behind = written.max().map_or(0, |offset| offset.saturating_sub(one.now.offset));
            one.now.lag_bytes = if one.now.role == Role::Replica { behind } else { 0 };
            let lag_ns = one.pulse.as_deref().and_then(Pulse::take_worst_ns);
            let lag_ns = lag_ns.filter(|_| one.now.is_reachable);
            one.now.lag_secs = lag_ns.map(|lag_ns| Duration::from_nanos(lag_ns).as_secs_f64());
            one.summary.add(one.answered.as_ref(), &one.now);
            if one.now.is_reachable {
                one.answered = Some(one.now.clone());
            }
        }
        let speaks =
            |one: &Watched| one.now.is_reachable && one.answered_at.is_some_and(|at| at.elapsed() < SILENCE);
        let all = watched.iter().enumerate();
        all.filter(|(_, one)| one.now.role == Role::Master && speaks(one))
            .map(|(index, one)| (one.now.stage, index))
            .collect()
    }

    /// Every process as it was at the last look.
    pub fn states(&self) -> Vec<InstanceState> {
        self.seen().iter().map(|one| one.now.clone()).collect()
    }

    /// What every process did so far.
    pub fn summaries(&self) -> Vec<InstanceSummary> {
        self.seen().iter().map(|one| one.summary.clone()).collect()
    }

    fn seen(&self) -> MutexGuard<'_, Vec<Watched>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `INFO` of one process; none if it doesn't answer.
async fn info(connection: &Connection) -> Option<String> {
    let mut pipeline = Pipeline::new();
    pipeline.cmd("INFO");
    let answer: RedisResult<(String,)> = connection.query(&pipeline).await;
    Some(answer.ok()?.0)
}

#[cfg(test)]
mod tests {
    use super::Finding::{Found, Lost};
    use super::*;

    #[test]
    fn a_master_is_lost_when_none_is_left_and_found_when_one_is_there_again() {
        let mut masters = Masters::default();
        for (look, (says, findings)) in [
            (vec![], vec![]),
            (vec![(1, 0), (2, 5)], vec![]),
            (vec![(2, 5)], vec![Lost(1)]),
            (vec![(2, 5)], vec![]),
            (vec![(1, 0), (2, 5)], vec![Found(1, 0)]),
            // A replica was promoted, and the old master has not been told yet.
            (vec![(1, 0), (1, 3), (2, 5)], vec![]),
            (vec![(1, 3), (2, 5)], vec![Lost(1), Found(1, 3)]),
            (vec![], vec![Lost(1), Lost(2)]),
            (vec![(1, 4)], vec![Found(1, 4)]),
        ]
        .into_iter()
        .enumerate()
        {
            assert_eq!(masters.look(&says), findings, "look {look}");
        }
    }
}
