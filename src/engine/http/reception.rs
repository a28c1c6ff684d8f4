//! Where requests over HTTP come in and their endings go out: between the connections and the stages of the run.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, mpsc, oneshot};

use super::super::clock::Clock;
use super::super::generator::Schedule;
use super::super::pending::{Batch, Pending};
use super::super::stages::core::Listener;
use super::answer::Ended;
use super::counts::Counts;
use super::wanted::{Asked, Menu};
use crate::metrics::Outcome;
use crate::topology::Topology;
use crate::workload::{Wish, Wishes};

/// The reception of a run.
pub struct Reception {
    /// What there is to ask for.
    pub menu: Menu,
    /// What is counted beside the books.
    pub counts: Counts,
    clock: Clock,
    schedule: Arc<Schedule>,
    state: Mutex<State>,
    /// That there are new ones for the first stage.
    came: Notify,
}

struct State {
    wishes: Wishes,
    next_id: u64,
    /// Those that have come and go to the first stage next.
    coming: Batch,
    /// Who waits for the end of which request. As many as there are connections at the most.
    waiting: HashMap<u64, oneshot::Sender<Ended>>,
    /// Whether the arrivals are over.
    is_closed: bool,
}

/// A request that has come.
pub struct Came {
    /// Its number in the run.
    pub id: u64,
    /// What it wants, whole.
    pub wish: Wish,
    /// How it ends.
    pub ended: oneshot::Receiver<Ended>,
}

impl Reception {
    /// A reception for a run of this design.
    pub fn new(topology: &Topology, clock: Clock) -> Self {
        Self {
            menu: Menu::new(topology),
            counts: Counts::default(),
            clock,
            schedule: Arc::default(),
            state: Mutex::new(State {
                wishes: Wishes::new(&topology.workload),
                next_id: 0,
                coming: Batch::new(),
                waiting: HashMap::new(),
                is_closed: false,
            }),
            came: Notify::new(),
        }
    }

    /// The counts that stand for the generator's.
    pub fn schedule(&self) -> &Arc<Schedule> {
        &self.schedule
    }

    /// Takes a request in, as an arrival of this moment; none where the arrivals are over.
    pub fn come(&self, asked: Asked) -> Option<Came> {
        let now_ns = self.clock.now_ns();
        let mut state = self.state();
        if state.is_closed {
            return None;
        }
        let operation = asked.operation.unwrap_or_else(|| {
            let phase = state.wishes.phase_at(self.clock.since_first_arrival());
            state.wishes.draw_operation(phase)
        });
        let wish = state.wishes.complete(operation, asked.buyer, asked.item);
        let id = state.next_id;
        state.next_id += 1;
        let (sender, ended) = oneshot::channel();
        state.waiting.insert(id, sender);
        let is_first = state.coming.is_empty();
        state.coming.push(Pending::new(wish.asked(id, now_ns), now_ns));
        // Under the lock, so that nobody comes who was not counted before the arrivals were over.
        self.schedule.offered.fetch_add(1, Ordering::Release);
        drop(state);
        if is_first {
            self.came.notify_one();
        }
        Some(Came { id, wish, ended })
    }

    /// Nobody waits for the end of this request any more.
    pub fn leave(&self, id: u64) {
        self.state().waiting.remove(&id);
    }

    /// Ends the arrivals. What has come goes its way.
    pub fn close(&self) {
        self.state().is_closed = true;
        self.schedule.finish();
    }

    /// Hands those that come to the first stage, all that came meanwhile as one batch.
    pub async fn hand_on(self: Arc<Self>, first: mpsc::Sender<Batch>) {
        loop {
            self.came.notified().await;
            let batch = std::mem::take(&mut self.state().coming);
            if !batch.is_empty() && first.send(batch).await.is_err() {
                return;
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Whoever panicked left whole requests.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listener for Reception {
    fn answered(&self, batch: &[Pending], outcome: Outcome, _now_ns: u64) {
        let mut state = self.state();
        for pending in batch {
            if let Some(waiting) = state.waiting.remove(&pending.id) {
                // A client that is gone has been counted as such.
                waiting.send(Ended { outcome, page: pending.page }).ok();
            }
        }
    }
}
