//! Lanes: the connections of a stage to one server, and the requests that wait for them.
//!
//! Each connection carries up to `window` pipelines at a time. A worker takes what waits, as one pipeline, and hands
//! the answers to the stage. A slow server delays only what waits for it; what exceeds the limit is refused at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, mpsc};

use super::super::failover::Witness;
use super::super::pending::Batch;
use super::super::redis_link::{Connection, LinkSettings, Resolver};
use super::super::wire::{Commands, Line};

/// Waiting batches are joined into one pipeline until it has this many requests: deep enough that the system call no
/// longer counts, and still about a millisecond of work for the server.
const DEEP: usize = 256;

/// How often a server that could not be reached is tried.
const LOOK: Duration = Duration::from_millis(100);

/// The way into the lanes of one server.
#[derive(Debug, Clone)]
pub struct Lanes {
    sender: mpsc::Sender<Batch>,
    state: Arc<LaneState>,
}

/// What the workers of one server share.
#[derive(Debug)]
struct LaneState {
    /// Requests waiting or under way.
    outstanding: AtomicUsize,
    limit: usize,
    /// Whether the last attempt to reach the server succeeded.
    reachable: AtomicBool,
}

/// A connection on the fast path.
pub type LaneConnection = Connection<Arc<Line>>;

/// Where the workers take batches from.
type Waiting = Arc<Mutex<mpsc::Receiver<Batch>>>;

/// How many lanes, and how deep.
#[derive(Debug, Clone, Copy)]
pub struct LaneShape {
    /// Connections.
    pub connections: u32,
    /// Pipelines under way on each.
    pub window: u32,
    /// Requests waiting or under way before more are refused.
    pub limit: u32,
    /// Waiting batches are joined until a pipeline has this many requests; 1: they are not joined.
    pub depth: usize,
    /// Timeouts and buffers.
    pub settings: LinkSettings,
}

impl LaneShape {
    /// Connections that carry up to `window` pipelines each.
    pub fn pipelined(connections: u32, window: u32, limit: u32, timeout: Duration) -> Self {
        Self { connections, window, limit, depth: DEEP, settings: LinkSettings::new(timeout) }
    }

    /// A pool in which each connection works on one request at a time.
    pub fn one_at_a_time(connections: u32, limit: u32, timeout: Duration) -> Self {
        Self { depth: 1, ..Self::pipelined(connections, 1, limit, timeout) }
    }
}

/// A worker's share of the lanes.
#[derive(Debug, Clone)]
pub struct Lane {
    /// The connection it sends on.
    pub connection: Arc<LaneConnection>,
    waiting: Waiting,
    depth: usize,
    state: Arc<LaneState>,
}

impl Lanes {
    /// Lanes to the server that `resolver` names, and one [`Lane`] for each worker to be started.
    pub fn new(resolver: &Resolver, shape: LaneShape) -> (Self, Vec<Lane>) {
        Self::watched(resolver, shape, || None)
    }

    /// The same lanes, each of whose connections has the witness that `witness` gives it.
    pub fn watched(
        resolver: &Resolver,
        shape: LaneShape,
        witness: impl Fn() -> Option<Witness>,
    ) -> (Self, Vec<Lane>) {
        let limit = shape.limit as usize;
        let (sender, receiver) = mpsc::channel(limit);
        let state =
            Arc::new(LaneState { outstanding: AtomicUsize::new(0), limit, reachable: AtomicBool::new(true) });
        let waiting = Arc::new(Mutex::new(receiver));
        let lanes = (0..shape.connections)
            .flat_map(|_| {
                let connection = Connection::new(resolver.clone(), shape.settings).with_witness(witness());
                let connection = Arc::new(connection);
                std::iter::repeat_n(connection, shape.window as usize)
            })
            .map(|connection| Lane {
                connection,
                waiting: waiting.clone(),
                depth: shape.depth,
                state: state.clone(),
            })
            .collect();
        (Self { sender, state }, lanes)
    }

    /// Takes requests in; gives back those that are too many.
    #[must_use]
    pub fn offer(&self, mut batch: Batch) -> Batch {
        if batch.is_empty() {
            return batch;
        }
        let before = self.state.outstanding.fetch_add(batch.len(), Ordering::Relaxed);
        let room = self.state.limit.saturating_sub(before).min(batch.len());
        let mut refused = batch.split_off(room);
        let taken = batch.len();
        if taken > 0
            && let Err(error) = self.sender.try_send(batch)
        {
            refused.append(&mut error.into_inner());
        }
        self.state.outstanding.fetch_sub(refused.len(), Ordering::Relaxed);
        refused
    }

    /// Takes requests in one by one, so that each goes to whichever connection is free.
    #[must_use]
    pub fn offer_singly(&self, batch: Batch) -> Batch {
        batch.into_iter().flat_map(|pending| self.offer(vec![pending])).collect()
    }

    /// Requests waiting or under way.
    pub fn outstanding(&self) -> usize {
        self.state.outstanding.load(Ordering::Relaxed)
    }

    /// Whether the last attempt to reach the server succeeded.
    pub fn is_reachable(&self) -> bool {
        self.state.reachable.load(Ordering::Relaxed)
    }
}

/// Whether a connection carries something. One that broke is made anew.
pub async fn carries(connection: &LaneConnection) -> bool {
    let mut ping = Commands::default();
    ping.command(1).word("PING");
    // An error gives the line up, and the second try makes another.
    for _ in 0..2 {
        let Ok(line) = connection.line().await else { return false };
        if line.handle.ask(&ping).await.is_ok() {
            return true;
        }
        connection.give_up(&line).await;
    }
    false
}

impl Lane {
    /// What waits, up to the depth of one pipeline; none when the stage is gone.
    pub async fn next(&self) -> Option<Batch> {
        let mut waiting = self.waiting.lock().await;
        let mut batch = waiting.recv().await?;
        while batch.len() < self.depth {
            match waiting.try_recv() {
                Ok(mut more) => batch.append(&mut more),
                Err(_) => break,
            }
        }
        Some(batch)
    }

    /// Says that requests taken by [`Self::next`] are answered, and whether the server could be reached.
    pub fn done(&self, count: usize, reached: bool) {
        self.state.outstanding.fetch_sub(count, Ordering::Relaxed);
        self.state.reachable.store(reached, Ordering::Relaxed);
    }

    /// Notes that writes were acknowledged on the line of a generation.
    pub fn wrote(&self, generation: u64) {
        self.connection.note_write(generation);
    }

    /// Tries to reach a server that was missed, so that no request has to find out that it is back.
    pub async fn look_after(self) {
        let mut looks = tokio::time::interval(LOOK);
        loop {
            looks.tick().await;
            if !self.state.reachable.load(Ordering::Relaxed) && self.connection.line().await.is_ok() {
                self.state.reachable.store(true, Ordering::Relaxed);
            }
        }
    }
}
