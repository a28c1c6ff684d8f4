//! Heartbeats: how far replicas are behind their master, in seconds, and whether they answer.
//!
//! The lab writes the time of its clock under a key of the master every few milliseconds and reads that key on each
//! replica. A replica's **lag** is the age of the oldest acknowledged heartbeat that it has not copied; 0 while it has all
//! of them. It is thus at most one interval too small, and never too large. What `INFO` of a master says about its
//! replicas is up to a second old: replicas report once a second.
//!
//! All of it goes to the processes themselves, not over their links: a process whose link is slow or cut is still seen.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use redis::{Pipeline, RedisResult, Value, from_redis_value};
use tokio::time::{MissedTickBehavior, interval};

use super::clock::Clock;
use super::keys;
use super::redis_link::{Connection, LinkSettings, Resolver};
use crate::servers::Endpoint;

/// Between two heartbeats.
pub const BEAT: Duration = Duration::from_millis(5);
/// Between two looks at a replica.
pub const FEEL: Duration = Duration::from_millis(10);
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_millis(250);
/// Heartbeats that are remembered one by one: those of ten minutes. Of a replica that is further behind, the age of the
/// heartbeat that it has is told.
const REMEMBERED: usize = 120_000;
/// Stands for "not known".
const UNKNOWN: u64 = u64::MAX;

/// The heartbeats of one master.
#[derive(Debug)]
pub struct Heart {
    clock: Clock,
    /// Those that were acknowledged, by the moment at which they were sent.
    acknowledged: Mutex<VecDeque<u64>>,
    /// The last of them; 0: none yet.
    newest_ns: AtomicU64,
}

/// What is known of one replica.
#[derive(Debug)]
pub struct Pulse {
    answers: AtomicBool,
    is_link_up: AtomicBool,
    /// The heartbeat that it has.
    has_ns: AtomicU64,
    lag_ns: AtomicU64,
    /// The longest lag since it was last asked for.
    worst_ns: AtomicU64,
}

impl Default for Pulse {
    fn default() -> Self {
        Self {
            answers: AtomicBool::new(true),
            is_link_up: AtomicBool::new(true),
            has_ns: AtomicU64::new(0),
            lag_ns: AtomicU64::new(UNKNOWN),
            worst_ns: AtomicU64::new(UNKNOWN),
        }
    }
}

impl Pulse {
    /// Whether it answered the last look.
    pub fn answers(&self) -> bool {
        self.answers.load(Ordering::Acquire)
    }

    /// Whether it is connected to whom it copies from.
    pub fn is_link_up(&self) -> bool {
        self.is_link_up.load(Ordering::Acquire)
    }

    /// The heartbeat that it has, in nanoseconds on the run's clock; 0: none.
    pub fn has_ns(&self) -> u64 {
        self.has_ns.load(Ordering::Acquire)
    }

    /// How far it is behind, in nanoseconds; none before the first measurement and while it doesn't answer.
    pub fn lag_ns(&self) -> Option<u64> {
        known(self.lag_ns.load(Ordering::Acquire))
    }

    /// The longest lag since the last call, in nanoseconds; none where none was measured.
    pub fn take_worst_ns(&self) -> Option<u64> {
        known(self.worst_ns.swap(UNKNOWN, Ordering::AcqRel))
    }

    fn note(&self, has_ns: Option<u64>, is_link_up: bool, lag_ns: Option<u64>) {
        self.has_ns.store(has_ns.unwrap_or(0), Ordering::Release);
        self.lag_ns.store(lag_ns.unwrap_or(UNKNOWN), Ordering::Release);
        if let Some(lag_ns) = lag_ns {
            let longer = |worst| (worst == UNKNOWN || worst < lag_ns).then_some(lag_ns);
            // An error says that the worst so far is longer.
            self.worst_ns.fetch_update(Ordering::AcqRel, Ordering::Acquire, longer).ok();
        }
        self.is_link_up.store(is_link_up, Ordering::Release);
        self.answers.store(true, Ordering::Release);
    }

    fn miss(&self) {
        self.answers.store(false, Ordering::Release);
        self.is_link_up.store(false, Ordering::Release);
        self.lag_ns.store(UNKNOWN, Ordering::Release);
    }
}

fn known(nanos: u64) -> Option<u64> {
    (nanos != UNKNOWN).then_some(nanos)
}

impl Heart {
    /// A heart that has not beaten.
    pub fn new(clock: Clock) -> Self {
        Self { clock, acknowledged: Mutex::default(), newest_ns: AtomicU64::new(0) }
    }

    /// The last heartbeat that was acknowledged, in nanoseconds on the run's clock; 0: none yet.
    pub fn newest_ns(&self) -> u64 {
        self.newest_ns.load(Ordering::Acquire)
    }

    /// Writes heartbeats on a master until it is dropped.
    pub async fn beat(self: Arc<Self>, master: Endpoint) {
        let connection = connection(master);
        let mut beats = interval(BEAT);
        beats.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            beats.tick().await;
            let sent_ns = self.clock.now_ns();
            let mut pipeline = Pipeline::new();
            pipeline.cmd("SET").arg(keys::HEARTBEAT).arg(sent_ns);
            // A dead master has no heartbeat: nothing is written then, and nobody falls behind.
            if connection.query::<Value>(&pipeline).await.is_ok() {
                self.acknowledge(sent_ns);
            }
        }
    }

    /// Looks at a replica until it is dropped.
    pub async fn feel(self: Arc<Self>, replica: Endpoint, pulse: Arc<Pulse>) {
        let connection = connection(replica);
        let mut looks = interval(FEEL);
        looks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut pipeline = Pipeline::new();
        pipeline.cmd("GET").arg(keys::HEARTBEAT).cmd("ROLE");
        loop {
            looks.tick().await;
            let sent_ns = self.clock.now_ns();
            let answer: RedisResult<(Option<u64>, Vec<Value>)> = connection.query(&pipeline).await;
            match answer {
                Ok((has_ns, role)) => pulse.note(has_ns, is_link_up(role), self.lag_ns(has_ns, sent_ns)),
                Err(_no_answer) => pulse.miss(),
            }
        }
    }

    fn acknowledge(&self, sent_ns: u64) {
        let mut acknowledged = self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner);
        if acknowledged.len() == REMEMBERED {
            acknowledged.pop_front();
        }
        acknowledged.push_back(sent_ns);
        self.newest_ns.store(sent_ns, Ordering::Release);
    }

    /// How far a replica was behind that had this heartbeat when it was looked at; none if it never had one.
    fn lag_ns(&self, has_ns: Option<u64>, looked_ns: u64) -> Option<u64> {
        let has_ns = has_ns?;
        let acknowledged = self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner);
        let next = acknowledged.partition_point(|sent_ns| *sent_ns <= has_ns);
        let missed_ns = match acknowledged.get(next) {
            None => return Some(0),
            // The one after it is forgotten.
            Some(_) if next == 0 && acknowledged.len() == REMEMBERED => has_ns,
            Some(missed_ns) => *missed_ns,
        };
        Some(looked_ns.saturating_sub(missed_ns))
    }
}

/// `ROLE` of a replica answers `[slave, host, port, state, offset]`; the state of one that follows is `connected`
/// (<https://redis.io/docs/latest/commands/role/>). A master follows nobody and lacks nothing.
fn is_link_up(role: Vec<Value>) -> bool {
    let mut words = role.into_iter().map(|word| from_redis_value::<String>(word).unwrap_or_default());
    match words.next().as_deref() {
        Some("slave") => words.nth(2).as_deref() == Some("connected"),
        Some("master") => true,
        _ => false,
    }
}

fn connection(process: Endpoint) -> Connection {
    Connection::new(Resolver::Fixed(process), LinkSettings::new(PATIENCE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replica_is_as_old_as_the_first_heartbeat_that_it_lacks() {
        let heart = Heart::new(Clock::new());
        assert_eq!(heart.lag_ns(Some(7), 100), Some(0), "there is nothing to lack");
        for sent_ns in [10, 20, 30] {
            heart.acknowledge(sent_ns);
        }
        assert_eq!(heart.newest_ns(), 30);
        for (has_ns, lag_ns) in
            [(Some(30), Some(0)), (Some(20), Some(70)), (Some(10), Some(80)), (None, None)]
        {
            assert_eq!(heart.lag_ns(has_ns, 100), lag_ns, "{has_ns:?}");
        }
        // The one that it lacks was sent after it was looked at.
        assert_eq!(heart.lag_ns(Some(20), 25), Some(0));
    }

    #[test]
    fn the_worst_lag_is_told_once() {
        let pulse = Pulse::default();
        assert_eq!((pulse.lag_ns(), pulse.take_worst_ns()), (None, None));
        for lag_ns in [5, 9, 2] {
            pulse.note(Some(1), true, Some(lag_ns));
        }
        assert_eq!((pulse.lag_ns(), pulse.take_worst_ns(), pulse.take_worst_ns()), (Some(2), Some(9), None));
        pulse.miss();
        assert_eq!((pulse.answers(), pulse.is_link_up(), pulse.lag_ns()), (false, false, None));
    }

    #[test]
    fn what_a_process_says_of_its_role_tells_whether_it_follows() {
        let role = |words: &[&str]| words.iter().map(|word| Value::BulkString((*word).into())).collect();
        assert!(is_link_up(role(&["slave", "127.0.0.1", "6379", "connected"])));
        assert!(!is_link_up(role(&["slave", "127.0.0.1", "6379", "connecting"])));
        assert!(is_link_up(role(&["master", "0"])));
        assert!(!is_link_up(Vec::new()));
    }
}
