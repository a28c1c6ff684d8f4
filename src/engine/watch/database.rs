//! The processes of a database that has replicas: how far each has come in the master's log, and how long ago the master was there.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use super::super::environment::{Instance, RunDatabase};
use super::super::store::link::Link;
use super::super::store::schema::{Position, Store, position};
use super::{PATIENCE, Watched, lock};
use crate::metrics::Role;
use crate::servers::cpu_secs;
use crate::topology::RunPlan;

/// Time between two looks. A replica is usually behind by less.
const LOOK: Duration = Duration::from_millis(20);

/// Who looks, on a thread of its own, until nobody wants to know any more.
struct Looker {
    master: Box<dyn Link>,
    replicas: Vec<Box<dyn Link>>,
    /// The processes: the master, then the replicas.
    pids: Vec<u32>,
    /// Where the master was at earlier looks, as far back as some replica is behind.
    trail: VecDeque<(u64, Instant)>,
    since: Instant,
}

/// Starts to look at the processes of a database; at none where it has no replicas.
pub(super) fn start(plan: &RunPlan, database: &RunDatabase) -> Arc<Mutex<Vec<Watched>>> {
    let (group, stage, store) = (database.group(), database.stage, &database.store);
    let watched = group.iter().enumerate().map(|(number, (endpoint, _))| {
        let name = if number == 0 { "master".to_owned() } else { format!("replica {number}") };
        Watched::new(&Instance { stage, name, endpoint: *endpoint, shard: 0 }, plan.name(stage))
    });
    let watched: Arc<Mutex<Vec<Watched>>> = Arc::new(Mutex::new(watched.collect()));
    let pids: Vec<u32> = group.iter().map(|(_, pid)| *pid).collect();
    if !pids.is_empty()
        && let Some(looker) = Looker::new(store, pids)
    {
        let seen = Arc::downgrade(&watched);
        // Without a thread nothing is seen, and the report says so: no looks.
        std::thread::Builder::new().name("database-watch".into()).spawn(move || looker.look_on(&seen)).ok();
    }
    watched
}

impl Looker {
    fn new(store: &Store, pids: Vec<u32>) -> Option<Self> {
        let (master, replicas) = (store.connect(PATIENCE).ok()?, store.connect_replicas(PATIENCE).ok()?);
        Some(Self { master, replicas, pids, trail: VecDeque::new(), since: Instant::now() })
    }

    fn look_on(mut self, seen: &Weak<Mutex<Vec<Watched>>>) {
        loop {
            let answers = self.look();
            let Some(seen) = seen.upgrade() else { return };
            let mut watched = lock(&seen);
            let master = answers.first().and_then(|(answer, _)| *answer);
            for (one, (number, (answer, lag))) in watched.iter_mut().zip(answers.into_iter().enumerate()) {
                let (pid, is_replica) = (self.pids.get(number).copied(), number > 0);
                let behind = answer.zip(master.filter(|_| is_replica));
                one.now.lag_bytes =
                    behind.map_or(0, |(own, master)| master.offset.saturating_sub(own.offset));
                one.now.role = if is_replica { Role::Replica } else { Role::Master };
                one.now.is_link_up = is_replica && answer.is_some();
                note(one, pid, answer, lag, self.since);
            }
            drop(watched);
            drop(seen);
            std::thread::sleep(LOOK);
        }
    }

    /// What each process answers, and how old what the replicas lack is.
    fn look(&mut self) -> Vec<(Option<Position>, Option<Duration>)> {
        let master = position(&mut *self.master, true).ok();
        let asked_at = Instant::now();
        if let Some(master) = master
            && self.trail.back().is_none_or(|(offset, _)| *offset < master.offset)
        {
            self.trail.push_back((master.offset, asked_at));
        }
        let mut answers = vec![(master, None)];
        for replica in &mut self.replicas {
            let answer = position(&mut **replica, false).ok();
            let lag = answer.map(|replica| {
                let lacking = self.trail.iter().find(|(offset, _)| *offset > replica.offset);
                lacking.map_or(Duration::ZERO, |(_, at)| at.elapsed())
            });
            answers.push((answer, lag));
        }
        let furthest_back =
            answers.iter().skip(1).filter_map(|(answer, _)| Some(answer.as_ref()?.offset)).min();
        while furthest_back.is_some_and(|back| self.trail.front().is_some_and(|(offset, _)| *offset <= back))
        {
            self.trail.pop_front();
        }
        answers
    }
}

/// Notes what a process answered.
fn note(
    one: &mut Watched,
    pid: Option<u32>,
    answer: Option<Position>,
    lag: Option<Duration>,
    since: Instant,
) {
    one.now.is_reachable = answer.is_some();
    one.now.lag_secs = lag.map(|lag| lag.as_secs_f64());
    if let Some(Position { offset, transactions }) = answer {
        one.now.offset = offset;
        one.now.commands = transactions;
        // The server itself adds up its transactions once a second only: of shorter spans nothing can be said.
        let millis = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX).max(1);
        one.now.ops_per_sec = one.summary.commands.saturating_mul(1_000) / millis;
        one.now.cpu_secs = pid.and_then(cpu_secs).unwrap_or(0.0);
    }
    one.summary.add(one.answered.as_ref(), &one.now);
    if one.now.is_reachable {
        one.answered = Some(one.now.clone());
    }
}
