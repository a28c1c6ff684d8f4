//! The probe: a client that writes all the time. A sale that is sold out sends no writes, and an outage would go unseen.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use redis::{Pipeline, RedisError, Value, from_redis_value};
use tokio::time::{MissedTickBehavior, interval};

use super::super::clock::nanos;
use super::super::keys;
use super::super::redis_link::connection::breaks_line;
use super::super::redis_link::{Connection, LinkSettings, Resolver};
use super::log::StageLog;
use super::witness::Witness;
use crate::metrics::failover::{Step, What};
use crate::topology::ClientKind;
use crate::topology::stage::MasterReplica;

/// Time between two writes, as long as answers come at once.
const EVERY: Duration = Duration::from_millis(5);
/// A gap between acknowledged writes from which on it is noted although no error came.
const STALL: Duration = Duration::from_millis(100);

/// The probe of a stage. It goes the way of the stage's clients: their resolver, timeouts and `WAIT`.
pub struct Probe {
    log: Arc<StageLog>,
    clients: ClientKind,
    witness: Witness,
    connection: Connection,
    key: String,
    wait: Option<(u32, Duration)>,
    state: Arc<ProbeState>,
}

/// How far a probe has come; readable from outside.
#[derive(Debug, Default)]
pub struct ProbeState {
    /// When its last write was acknowledged, in nanoseconds on the run's clock; 0: none yet.
    acknowledged_ns: AtomicU64,
    is_failing: AtomicBool,
}

impl ProbeState {
    /// What is to be said of it at the end.
    pub fn last_write(&self, clients: ClientKind, now_ns: u64) -> What {
        let from_ns = self.acknowledged_ns.load(Ordering::Relaxed);
        let is_late = now_ns.saturating_sub(from_ns) > nanos(STALL);
        What::LastWrite { clients, from_ns, is_failing: is_late || self.is_failing.load(Ordering::Relaxed) }
    }
}

/// Why a write was not acknowledged.
enum Missed {
    /// It was not sent, or refused, or no answer came.
    Error,
    /// Too few replicas have it.
    Unsafe,
}

impl Probe {
    /// A probe; [`Self::run`] lets it write.
    pub fn new(
        log: Arc<StageLog>,
        clients: ClientKind,
        witness: Witness,
        resolver: Resolver,
        settings: LinkSettings,
        params: &MasterReplica,
    ) -> Self {
        Self {
            log,
            clients,
            witness,
            connection: Connection::new(resolver, settings),
            key: format!("{}:{}", keys::PROBE, clients.word()),
            wait: (params.wait_replicas > 0).then_some((params.wait_replicas, params.wait_timeout)),
            state: Arc::default(),
        }
    }

    /// How far it has come, kept up to date.
    pub fn state(&self) -> Arc<ProbeState> {
        self.state.clone()
    }

    /// Writes until this is dropped.
    pub async fn run(self) {
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
        loop {
            ticks.tick().await;
            match self.write().await {
                Ok(generation) => self.acknowledged(generation),
                Err(Missed::Error | Missed::Unsafe) => {
                    self.state.is_failing.store(true, Ordering::Relaxed);
                    self.witness.error();
                }
            }
        }
    }

    fn acknowledged(&self, generation: u64) {
        let now_ns = self.log.clock().now_ns();
        let from_ns = self.state.acknowledged_ns.swap(now_ns, Ordering::Relaxed);
        let was_failing = self.state.is_failing.swap(false, Ordering::Relaxed);
        let has_moved = self.witness.wrote(generation);
        if from_ns == 0 {
            return;
        }
        if has_moved || now_ns - from_ns > nanos(STALL) {
            self.log.note_at(now_ns, What::Gap { clients: self.clients, from_ns });
        }
        if was_failing && self.clients == ClientKind::SentinelAware {
            self.log.tell(Step::Back);
        }
    }

    /// One write. Answers the generation of the line on which it was acknowledged.
    async fn write(&self) -> Result<u64, Missed> {
        let mut line = self.connection.line().await.map_err(|_unreachable| Missed::Error)?;
        let mut pipeline = Pipeline::new();
        pipeline.cmd("SET").arg(&self.key).arg(self.log.clock().now_ns());
        if let Some((replicas, patience)) = self.wait {
            pipeline.cmd("WAIT").arg(replicas).arg(patience.as_millis());
        }
        let sent = pipeline.ignore_errors().query_async(&mut line.handle).await;
        let replies: Vec<Result<Value, RedisError>> = match sent {
            Ok(replies) => replies,
            Err(error) => {
                if breaks_line(&error) {
                    self.connection.give_up(&line).await;
                }
                return Err(Missed::Error);
            }
        };
        let mut replies = replies.into_iter();
        if let Some(Err(error)) = replies.next() {
            if error.code() == Some("READONLY") {
                self.connection.give_up(&line).await;
            }
            return Err(Missed::Error);
        }
        let copies =
            replies.next().and_then(Result::ok).and_then(|value| from_redis_value::<u32>(value).ok());
        match self.wait {
            Some((wanted, _)) if copies.is_none_or(|copies| copies < wanted) => Err(Missed::Unsafe),
            _ => Ok(line.generation()),
        }
    }
}
