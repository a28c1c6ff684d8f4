//! Where the requests of a run come from: the generator, by the workload's schedule; or somebody else's load generator, over HTTP.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;

use super::super::clock::Clock;
use super::super::generator::{self, Schedule};
use super::super::http::reception::Reception;
use super::super::http::{Door, Entrance};
use super::super::message::{EventKind, RunFailure};
use super::super::outbox::Outbox;
use super::super::pending::Batch;
use super::failure;
use crate::report::HttpReport;
use crate::topology::{Change, RunPlan};
use crate::workload::Source;

/// Between the start of the clock and the first arrival, so that nothing else starts up beside it.
const LEAD: Duration = Duration::from_millis(50);
/// How long a run without an end is taken for, where something has to be measured out before.
const OPEN_END: Duration = Duration::from_mins(10);

/// Where requests come from, and what is counted of it.
pub(super) struct Arrivals {
    /// What was offered and dropped so far, and whether more come.
    pub schedule: Arc<Schedule>,
    way: Way,
    /// When the last one came, if there is an end.
    lasts: Option<Duration>,
}

enum Way {
    Scheduled,
    /// Held, until the run is on sale.
    Held(Box<(Door, Arc<Reception>)>),
    Http(Entrance),
}

impl Arrivals {
    /// Of a plan, or of whoever comes by a door.
    pub fn of(plan: &RunPlan, door: Option<(Door, Arc<Reception>)>) -> Self {
        match door {
            None => Self {
                schedule: Arc::default(),
                way: Way::Scheduled,
                lasts: Some(plan.topology.workload.duration()),
            },
            Some((door, reception)) => Self {
                schedule: reception.schedule().clone(),
                lasts: door.lasts(),
                way: Way::Held(Box::new((door, reception))),
            },
        }
    }

    /// How long they come, or what a run without an end is taken for.
    pub fn about(&self) -> Duration {
        self.lasts.unwrap_or(OPEN_END)
    }

    /// Until the first arrival, from now.
    pub fn lead(&self) -> Duration {
        if matches!(self.way, Way::Scheduled) { LEAD } else { Duration::ZERO }
    }

    /// Whether they come over HTTP.
    pub fn is_http(&self) -> bool {
        !matches!(self.way, Way::Scheduled)
    }

    /// Lets them come, to the first stage.
    ///
    /// # Errors
    /// The system gives no thread, or somebody else listens at the address.
    pub fn begin(
        &mut self,
        plan: &RunPlan,
        (clock, start_ns): (&Clock, u64),
        first: &mpsc::Sender<Batch>,
        outbox: &Outbox,
    ) -> Result<(), RunFailure> {
        match std::mem::replace(&mut self.way, Way::Scheduled) {
            Way::Scheduled => {
                let source = Source::new(&plan.topology.workload);
                generator::start(source, clock.clone(), start_ns, self.schedule.clone(), first.clone())
                    .map_err(|error| failure(&error))?;
            }
            Way::Held(held) => {
                let (door, reception) = *held;
                let entrance = door.open(reception, first.clone()).map_err(|error| failure(&error))?;
                outbox.event(EventKind::Serving { at: entrance.at() });
                self.way = Way::Http(entrance);
            }
            Way::Http(_) => unreachable!("they begin once"),
        }
        Ok(())
    }

    /// When nobody is let in any more, from the first arrival; none: the generator ends by itself, or there is no end.
    pub fn ends_at(&self) -> Option<Duration> {
        self.lasts.filter(|_| self.is_http())
    }

    /// Ends them.
    pub fn stop(&self) {
        self.schedule.stop();
        if let Way::Http(entrance) = &self.way {
            entrance.reception.close();
        }
    }

    /// Whether somebody stopped them before their end. Over HTTP they have none but that.
    pub fn were_cut_short(&self) -> bool {
        self.schedule.was_stopped() && !self.is_http()
    }

    /// Whether their source takes a change.
    ///
    /// # Errors
    /// Why not.
    pub fn check(&self, change: &Change) -> Result<(), String> {
        match change {
            Change::OfferedRate { .. } if self.is_http() => {
                Err("requests come over HTTP: change the rate at the load generator".to_owned())
            }
            _ => Ok(()),
        }
    }

    /// What was told over HTTP so far.
    pub fn http(&self) -> Option<HttpReport> {
        match &self.way {
            Way::Http(entrance) => Some(entrance.report()),
            Way::Scheduled | Way::Held(_) => None,
        }
    }

    /// Hangs up on everybody, once the run is over.
    pub async fn hang_up(&mut self) {
        if let Way::Http(entrance) = &mut self.way {
            entrance.hang_up().await;
        }
    }
}

impl Drop for Arrivals {
    fn drop(&mut self) {
        // A run that is given up must not leave its generator behind.
        self.stop();
    }
}
