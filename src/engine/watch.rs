//! Watches the Redis processes of a run: ten times a second each is asked what it is and how it does, and whether a stage
//! lost its master is told when it is seen.
//!
//! - `database`: the processes of a database that has replicas.

mod database;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use redis::{Pipeline, RedisResult};
use tokio::time::{MissedTickBehavior, interval, timeout_at};

use super::cluster::{Newcomer, Newcomers};
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
    /// The processes of the databases.
    databases: Vec<Arc<Mutex<Vec<Watched>>>>,
    outbox: Outbox,
    failovers: Failovers,
}

/// What was seen of one process.
#[derive(Debug, Clone)]
struct Watched {
    /// The shard that it belongs to; 0 where there are none.
    shard: usize,
    /// Whether it has left, and is not looked at any more.
    is_gone: bool,
    now: InstanceState,
    /// The last look that it answered.
    answered: Option<InstanceState>,
    answered_at: Option<Instant>,
    /// Of a replica whose master has heartbeats.
    pulse: Option<Arc<Pulse>>,
    summary: InstanceSummary,
}

/// A stage and a shard of it, counted from 1; 0 where the stage has none.
type Part = (usize, usize);

/// Who is master of each part, by the place of the process among all.
#[derive(Debug, Default)]
struct Masters(BTreeMap<Part, Option<usize>>);

/// What a look says about the master of a part.
#[derive(Debug, PartialEq, Eq)]
enum Finding {
    Lost(Part),
    Found(Part, usize),
}

impl Masters {
    /// Compares with the last look: `masters` are part and process of each that says it is one.
    fn look(&mut self, masters: &[(Part, usize)]) -> Vec<Finding> {
        let mut findings = Vec::new();
        for &(part, process) in masters {
            // The first one is no news.
            self.0.entry(part).or_insert(Some(process));
        }
        for (&part, known) in &mut self.0 {
            let mut here = masters.iter().filter(|(of, _)| *of == part).map(|(_, process)| *process);
            if known.is_some_and(|known| here.clone().any(|process| process == known)) {
                continue;
            }
            let next = here.next();
            // Between two looks another may have taken over.
            findings.extend(known.take().map(|_| Finding::Lost(part)));
            findings.extend(next.map(|process| Finding::Found(part, process)));
            *known = next;
        }
        findings
    }

    /// A part that is no longer there has lost nothing.
    fn forget(&mut self, part: Part) {
        self.0.remove(&part);
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
        let names: Vec<String> = plan.topology.stages.iter().map(|stage| stage.name.clone()).collect();
        let watched = instances.iter().map(|instance| Watched {
            pulse: pulses.get(&(instance.stage, instance.name.clone())).cloned(),
            ..Watched::new(instance, &names[instance.stage])
        });
        let watch = Self {
            seen: Arc::new(Mutex::new(watched.collect())),
            databases: environment.databases.iter().map(|database| database::start(plan, database)).collect(),
            outbox,
            failovers,
        };
        let connections = instances.iter().map(connect).collect();
        (watch.clone(), watch.look_on(connections, names, environment.newcomers()))
    }

    async fn look_on(self, mut connections: Vec<Arc<Connection>>, names: Vec<String>, newcomers: Newcomers) {
        let mut looks = interval(LOOK);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut masters = Masters::default();
        let mut asked = FuturesUnordered::new();
        let mut is_asked = vec![false; connections.len()];
        loop {
            let gathered_at = looks.tick().await + GATHER;
            for newcomer in newcomers.take() {
                self.take_in(newcomer, &names, &mut connections, &mut masters);
            }
            is_asked.resize(connections.len(), false);
            for index in self.all_there() {
                if !is_asked[index] {
                    is_asked[index] = true;
                    let connection = connections[index].clone();
                    asked.push(async move { (index, info(&connection).await) });
                }
            }
            let mut answers = Vec::with_capacity(connections.len());
            while let Ok(Some(answer)) = timeout_at(gathered_at, asked.next()).await {
                is_asked[answer.0] = false;
                answers.push(answer);
            }
            let speaking = self.note(&answers);
            self.failovers.masters(&(speaking.iter().map(|((stage, _), _)| *stage)));
            for finding in masters.look(&speaking) {
                self.tell(&finding);
            }
        }
    }

    /// Begins to look at a process that came, or stops to look at one that left.
    fn take_in(
        &self,
        newcomer: Newcomer,
        names: &[String],
        connections: &mut Vec<Arc<Connection>>,
        masters: &mut Masters,
    ) {
        let mut seen = self.seen();
        match newcomer {
            Newcomer::Came(instance) => {
                seen.push(Watched::new(&instance, &names[instance.stage]));
                connections.push(connect(&instance));
            }
            Newcomer::Left(instance) => {
                let is_it = |one: &&mut Watched| {
                    one.now.stage == instance.stage && one.now.name == instance.name && !one.is_gone
                };
                if let Some(one) = seen.iter_mut().find(is_it) {
                    one.is_gone = true;
                    one.now.is_reachable = false;
                    one.now.role = Role::Unknown;
                }
                masters.forget((instance.stage, instance.shard));
            }
        }
    }

    /// The processes that are there, by their places.
    fn all_there(&self) -> Vec<usize> {
        let seen = self.seen();
        (0..seen.len()).filter(|&index| !seen[index].is_gone).collect()
    }

    fn tell(&self, finding: &Finding) {
        let name = |process: usize| self.seen()[process].now.name.clone();
        self.outbox.event(match *finding {
            Finding::Lost((stage, 0)) => EventKind::MasterLost { stage },
            Finding::Found((stage, 0), process) => EventKind::MasterFound { stage, instance: name(process) },
            Finding::Lost((stage, shard)) => EventKind::ShardLost { stage, shard },
            Finding::Found((stage, shard), process) => {
                EventKind::ShardFound { stage, shard, instance: name(process) }
            }
        });
    }

    /// Notes the answers to a look, by process; none is one that will not come. Answers part and process of each that
    /// says it is a master.
    fn note(&self, answers: &[(usize, Option<String>)]) -> Vec<(Part, usize)> {
        let mut watched = self.seen();
        for (index, answer) in answers {
            let one = &mut watched[*index];
            if one.is_gone {
                continue;
            }
            one.now.is_reachable = false;
            if let Some(info) = answer {
                one.now.read_info(info);
                one.answered_at = Some(Instant::now());
            }
        }
        // A replica is behind whoever of its part is master now and has written most.
        let masters: Vec<(Part, u64)> = watched
            .iter()
            .filter(|one| one.now.is_reachable && one.now.role == Role::Master)
            .map(|one| (one.part(), one.now.offset))
            .collect();
        for (index, _) in answers {
            let one = &mut watched[*index];
            let written = masters.iter().filter(|(part, _)| *part == one.part()).map(|(_, offset)| *offset);
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
            .map(|(index, one)| (one.part(), index))
            .collect()
    }

    /// Every process as it was at the last look.
    pub fn states(&self) -> Vec<InstanceState> {
        let of_databases = self.of_databases().into_iter().map(|one| one.now);
        let seen = self.seen();
        seen.iter().filter(|one| !one.is_gone).map(|one| one.now.clone()).chain(of_databases).collect()
    }

    /// What every process did so far.
    pub fn summaries(&self) -> Vec<InstanceSummary> {
        let of_databases = self.of_databases().into_iter().map(|one| one.summary);
        self.seen().iter().map(|one| one.summary.clone()).chain(of_databases).collect()
    }

    fn of_databases(&self) -> Vec<Watched> {
        self.databases.iter().flat_map(|database| lock(database).clone()).collect()
    }

    fn seen(&self) -> MutexGuard<'_, Vec<Watched>> {
        lock(&self.seen)
    }
}

fn lock(watched: &Mutex<Vec<Watched>>) -> MutexGuard<'_, Vec<Watched>> {
    watched.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Watched {
    fn new(instance: &Instance, stage: &str) -> Self {
        let name = &instance.name;
        Self {
            shard: instance.shard,
            is_gone: false,
            now: InstanceState { stage: instance.stage, name: name.clone(), ..InstanceState::default() },
            answered: None,
            answered_at: None,
            pulse: None,
            summary: InstanceSummary {
                stage: stage.to_owned(),
                name: name.clone(),
                ..InstanceSummary::default()
            },
        }
    }

    /// Where there can be one master.
    fn part(&self) -> Part {
        (self.now.stage, self.shard)
    }
}

fn connect(instance: &Instance) -> Arc<Connection> {
    Arc::new(Connection::new(Resolver::Fixed(instance.endpoint), LinkSettings::new(PATIENCE)))
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

    const A: Part = (1, 0);
    const B: Part = (2, 0);

    #[test]
    fn a_master_is_lost_when_none_is_left_and_found_when_one_is_there_again() {
        let mut masters = Masters::default();
        for (look, (says, findings)) in [
            (vec![], vec![]),
            (vec![(A, 0), (B, 5)], vec![]),
            (vec![(B, 5)], vec![Lost(A)]),
            (vec![(B, 5)], vec![]),
            (vec![(A, 0), (B, 5)], vec![Found(A, 0)]),
            // A replica was promoted, and the old master has not been told yet.
            (vec![(A, 0), (A, 3), (B, 5)], vec![]),
            (vec![(A, 3), (B, 5)], vec![Lost(A), Found(A, 3)]),
            (vec![], vec![Lost(A), Lost(B)]),
            (vec![(A, 4)], vec![Found(A, 4)]),
        ]
        .into_iter()
        .enumerate()
        {
            assert_eq!(masters.look(&says), findings, "look {look}");
        }
        // A shard is lost on its own, and one that left is not missed.
        let (one, other) = ((3, 1), (3, 2));
        assert_eq!(masters.look(&[(A, 4), (one, 6), (other, 7)]), []);
        assert_eq!(masters.look(&[(A, 4), (other, 7)]), [Lost(one)]);
        masters.forget(other);
        assert_eq!(masters.look(&[(A, 4), (one, 8)]), [Found(one, 8)]);
    }
}
