//! Comparisons and searches beside the window, on a thread of their own: several real runs, one after the other.

use std::thread::{Builder, JoinHandle};

use crossbeam_channel::{Receiver, Sender, bounded};
use egui::Context;

use super::bench::named_server;
use crate::engine::trial::rounds::{Rounds, Turn, as_run, in_turn};
use crate::engine::trial::{Listener, OnStop, Trial};
use crate::engine::{RunFailure, RunOptions};
use crate::files::history::{History, HistoryError, Purpose};
use crate::machine::kept::Kept;
use crate::machine::knee::targets::Aim;
use crate::machine::knee::{self, Bounds, Knee, Told, find};
use crate::report::compare::{Comparison, Run};
use crate::topology::RunPlan;

/// News that may wait for the window.
const NEWS: usize = 64;

/// What is to be done.
#[derive(Debug)]
pub enum Work {
    /// Designs run in turn: their names, their plans, how many rounds.
    Compare(Vec<String>, Vec<RunPlan>, u32),
    /// The largest rate at which a design meets its targets is looked for.
    Search(Box<Aim>, Bounds),
}

/// Something to be done, and where its runs are kept; none: they are not.
#[derive(Debug)]
pub struct Job {
    /// What.
    pub work: Work,
    /// Where its runs are kept.
    pub history: Option<History>,
}

/// What is told.
#[derive(Debug)]
pub enum TrialNews {
    /// A run of a comparison begins.
    Turn(Turn),
    /// What the runs so far come to.
    Compared(Box<Comparison>),
    /// A rate is tried: arrivals a second.
    Trying(f64),
    /// It was.
    Point(Box<knee::Point>),
    /// What the search came to.
    Found(Box<Knee>),
    /// Runs of it are not in the history, for this reason.
    NotKept(HistoryError),
    /// It is over; why it ended early, if it did.
    Ended(Option<RunFailure>),
}

/// Hears what is told.
pub type Tell<'a> = &'a mut dyn FnMut(TrialNews);

/// How the work is done: until its end, or until somebody stops it. Answers why it ended early, if it did.
pub type Worker = fn(Job, &Receiver<()>, Tell<'_>) -> Option<RunFailure>;

/// Works beside the window. Dropped, it stops and leaves no server.
#[derive(Debug)]
pub struct Trials {
    worker: Worker,
    news: Option<(Sender<TrialNews>, Receiver<TrialNews>)>,
    under_way: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Default for Trials {
    fn default() -> Self {
        Self::new(work)
    }
}

impl Trials {
    /// With a worker of one's own.
    pub fn new(worker: Worker) -> Self {
        Self { worker, news: Some(bounded(NEWS)), under_way: None }
    }

    /// Begins; how it goes comes as news. Answers whether it began.
    pub fn begin(&mut self, job: Job, ctx: &Context) -> bool {
        self.end();
        let Some((sender, _)) = &self.news else { return false };
        let (sender, ctx, worker) = (sender.clone(), ctx.clone(), self.worker);
        let (stop, stopped) = bounded(2);
        let task = move || {
            let mut tell = |news| {
                // A window that is gone hears nothing.
                drop(sender.send(news));
                ctx.request_repaint();
            };
            let failure = worker(job, &stopped, &mut tell);
            tell(TrialNews::Ended(failure));
        };
        self.under_way = Builder::new().name("trials".into()).spawn(task).ok().map(|thread| (stop, thread));
        self.under_way.is_some()
    }

    /// Asks it to end: the run under way is drained and audited if it is one of a comparison, and given up if asked again.
    pub fn stop(&self) {
        if let Some((stop, _)) = &self.under_way {
            // Two words are enough.
            stop.try_send(()).ok();
        }
    }

    /// The next news, if some wait.
    pub fn news(&self) -> Option<TrialNews> {
        self.news.as_ref()?.1.try_recv().ok()
    }

    fn end(&mut self) {
        if let Some((stop, thread)) = self.under_way.take() {
            // Gone, it gives up whatever runs.
            drop(stop);
            drop(thread.join());
        }
    }
}

impl Drop for Trials {
    fn drop(&mut self) {
        // Nobody reads any more, and nobody may wait for that.
        self.news = None;
        self.end();
    }
}

/// The real thing.
fn work(job: Job, stop: &Receiver<()>, tell: Tell<'_>) -> Option<RunFailure> {
    let options = RunOptions { redis_server: named_server(), ..RunOptions::default() };
    let history = job.history;
    match job.work {
        Work::Compare(names, plans, rounds) => {
            let mut teller = Teller { names: names.clone(), rounds, runs: Vec::new(), tell };
            let mut kept = Kept::new(history, names).for_purpose(Purpose::Compare);
            let Rounds { failure, .. } =
                in_turn(&plans, rounds, &options, stop, OnStop::DrainFirst, &mut (&mut kept, &mut teller));
            tell_trouble(kept.into_troubles(), teller.tell);
            failure
        }
        Work::Search(aim, bounds) => {
            let mut told = |told| {
                tell(match told {
                    Told::Trying(rate) => TrialNews::Trying(rate),
                    Told::Point(point) => TrialNews::Point(Box::new(point)),
                });
            };
            let mut kept = Kept::new(history, Vec::new()).for_purpose(Purpose::Capacity);
            let found = find(&aim, &bounds, &options, stop, &mut told, &mut kept);
            tell_trouble(kept.into_troubles(), tell);
            match found {
                Ok(knee) => {
                    tell(TrialNews::Found(Box::new(knee)));
                    None
                }
                Err(failure) => Some(failure),
            }
        }
    }
}

/// Tells why runs are not kept, once.
fn tell_trouble(troubles: Vec<HistoryError>, tell: Tell<'_>) {
    troubles.into_iter().take(1).for_each(|trouble| tell(TrialNews::NotKept(trouble)));
}

/// Tells what a comparison comes to after each run, once every design has one.
struct Teller<'a> {
    names: Vec<String>,
    rounds: u32,
    runs: Vec<Run>,
    tell: Tell<'a>,
}

impl Listener for Teller<'_> {
    fn begins(&mut self, turn: Turn) {
        (self.tell)(TrialNews::Turn(turn));
    }

    fn ended(&mut self, turn: Turn, trial: &Trial) {
        self.runs.push(as_run(turn, trial));
        if self.runs.len() >= self.names.len() {
            let comparison = Comparison::new(&self.names, self.rounds, self.runs.clone());
            (self.tell)(TrialNews::Compared(Box::new(comparison)));
        }
    }
}
