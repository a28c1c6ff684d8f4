//! The terminal while a run is under way.

use std::time::Duration;

use super::out;
use crate::engine::trial::rounds::Turn;
use crate::engine::trial::{Listener, Trial};
use crate::engine::{EngineEvent, EventKind, RunPhase, Snapshot};
use crate::report::line::StateLine;
use crate::topology::RunPlan;

/// State lines between two headings.
const LINES_A_HEADING: usize = 20;

/// The terminal while a run is under way.
pub(super) struct Terminal {
    quiet: bool,
    lines: StateLine,
    /// Names of the stages, by their place in the topology.
    stages: Vec<String>,
    printed: usize,
}

impl Terminal {
    /// For a run of this plan.
    pub fn new(plan: &RunPlan, quiet: bool) -> Self {
        Self {
            quiet,
            lines: StateLine::new(plan),
            stages: plan.topology.stages.iter().map(|stage| stage.name.clone()).collect(),
            printed: 0,
        }
    }

    fn done(&self, at: Duration, what: &str, failed: Option<&str>) {
        match failed {
            None => self.say(at, what),
            Some(reason) => self.say(at, &format!("{what} failed: {reason}")),
        }
    }

    fn say(&self, at: Duration, text: &str) {
        if !self.quiet {
            out::line(format_args!("{:>6.1}s  {text}", at.as_secs_f64()));
        }
    }
}

impl Listener for Terminal {
    fn event(&mut self, event: &EngineEvent) {
        match &event.kind {
            // What came of it is said by who asked for it.
            EventKind::Finished(_) | EventKind::Failed(_) => {}
            EventKind::Phase(phase) => {
                self.say(event.at, phase.label());
                if *phase == RunPhase::OnSale && !self.quiet {
                    out::line(self.lines.heading());
                }
            }
            EventKind::Note(text) | EventKind::Trouble(text) => self.say(event.at, text),
            EventKind::Serving { at } => {
                out::note(format_args!("requests are taken in at http://{at}"));
            }
            EventKind::SaleOpened => self.say(event.at, "the sale is open"),
            EventKind::Fault { fault, failed } => {
                self.done(event.at, &fault.to_string(), failed.as_deref());
            }
            EventKind::Changed { change, failed } => self.done(event.at, &change.text(), failed.as_deref()),
            EventKind::MasterLost { stage } => {
                self.say(event.at, &format!("{}: no master answers", self.stages[*stage]));
            }
            EventKind::Failover { stage, step } => {
                self.say(event.at, &format!("{}: {}", self.stages[*stage], step.text()));
            }
            EventKind::MasterFound { stage, instance } => {
                self.say(event.at, &format!("{}: {instance} is master", self.stages[*stage]));
            }
            EventKind::Rotation { stage, instance, left } => {
                let name = &self.stages[*stage];
                self.say(
                    event.at,
                    &match left {
                        Some(why) => format!("{instance} of {name} left the rotation: {why}"),
                        None => format!("{instance} of {name} is back in the rotation"),
                    },
                );
            }
            EventKind::Breaker { stage, instance, state } => {
                let (name, state) = (&self.stages[*stage], state.label());
                self.say(event.at, &format!("the circuit breaker of {instance} of {name} is {state}"));
            }
            EventKind::Alert(alert) => self.say(event.at, &format!("alert: {}", alert.text())),
            EventKind::ShardLost { stage, shard } => {
                self.say(event.at, &format!("{}: no master of shard {shard} answers", self.stages[*stage]));
            }
            EventKind::ShardFound { stage, shard, instance } => {
                self.say(
                    event.at,
                    &format!("{}: {instance} is master of shard {shard}", self.stages[*stage]),
                );
            }
            EventKind::Reshaped { what, failed } => self.done(event.at, what, failed.as_deref()),
        }
    }

    fn snapshot(&mut self, snapshot: &Snapshot) {
        for bucket in &snapshot.buckets {
            let line = self.lines.add(bucket, snapshot.duration);
            if let Some(line) = line.filter(|_| !self.quiet) {
                if self.printed > 0 && self.printed.is_multiple_of(LINES_A_HEADING) {
                    out::line(self.lines.heading());
                }
                self.printed += 1;
                out::line(line);
            }
        }
    }

    fn stopping(&mut self, is_given_up: bool) {
        out::note(if is_given_up {
            "Giving up; servers are stopped"
        } else {
            "Stopping: no more arrivals, then drain and audit (again to give up at once)"
        });
    }
}

/// The terminal while several designs run in turn.
pub(super) struct Turns<'a, B, E> {
    plans: &'a [RunPlan],
    quiet: bool,
    terminal: Option<Terminal>,
    /// What is said when a run begins.
    begins: B,
    /// What is done when one has a report.
    ended: E,
}

impl<'a, B, E> Turns<'a, B, E> {
    /// For runs of these plans; quiet ones say only what `begins` and `ended` do.
    pub fn new(plans: &'a [RunPlan], quiet: bool, begins: B, ended: E) -> Self {
        Self { plans, quiet, terminal: None, begins, ended }
    }
}

impl<B: FnMut(Turn), E: FnMut(Turn, &Trial)> Listener for Turns<'_, B, E> {
    fn begins(&mut self, turn: Turn) {
        (self.begins)(turn);
        self.terminal = Some(Terminal::new(&self.plans[turn.design], self.quiet));
    }

    fn event(&mut self, event: &EngineEvent) {
        self.terminal.iter_mut().for_each(|terminal| terminal.event(event));
    }

    fn snapshot(&mut self, snapshot: &Snapshot) {
        self.terminal.iter_mut().for_each(|terminal| terminal.snapshot(snapshot));
    }

    fn stopping(&mut self, is_given_up: bool) {
        self.terminal.iter_mut().for_each(|terminal| terminal.stopping(is_given_up));
    }

    fn ended(&mut self, turn: Turn, trial: &Trial) {
        (self.ended)(turn, trial);
    }
}
