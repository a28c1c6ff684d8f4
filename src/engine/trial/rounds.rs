//! Several designs in turn, several times over: A B, A B, … So a bad spell of the machine touches all of them alike. One design in
//! several rounds is a repeated run, several designs in one round are variants, several in several are a comparison.

use crossbeam_channel::Receiver;

use super::{Ended, Listener, OnStop, Trial, run};
use crate::engine::message::{RunFailure, RunOptions};
use crate::report::compare::Run;
use crate::topology::RunPlan;

/// Which run of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turn {
    /// The round, counted from 1.
    pub round: u32,
    /// The place of the design among the designs.
    pub design: usize,
}

/// What came of rounds.
#[derive(Debug, Default)]
pub struct Rounds {
    /// The runs that came to a report, in order.
    pub trials: Vec<(Turn, Trial)>,
    /// Why the last one that began did not; then no other began.
    pub failure: Option<RunFailure>,
    /// Whether somebody asked to stop; then no other began either.
    pub is_stopped: bool,
}

impl Rounds {
    /// Whether somebody gave the last run up, rather than that it failed.
    pub fn is_given_up(&self) -> bool {
        self.is_stopped && self.failure.is_some()
    }
}

/// Runs each design once a round, in the same order, until there were so many rounds, somebody stops it or a run has no report.
pub fn in_turn(
    plans: &[RunPlan],
    rounds: u32,
    options: &RunOptions,
    stop: &Receiver<()>,
    on_stop: OnStop,
    listener: &mut dyn Listener,
) -> Rounds {
    let taken = take_turns(plans.len(), rounds, |turn| {
        listener.begins(turn);
        let Ended { result, is_stopped } =
            run(plans[turn.design].clone(), options.clone(), stop, on_stop, listener);
        if let Ok(trial) = &result {
            listener.ended(turn, trial);
        }
        (result, is_stopped)
    });
    Rounds { trials: taken.0, failure: taken.1, is_stopped: taken.2 }
}

/// A run as comparisons have it.
pub fn as_run(turn: Turn, trial: &Trial) -> Run {
    Run {
        round: turn.round,
        design: turn.design,
        engine_secs: trial.engine_secs,
        report: (*trial.report).clone(),
    }
}

/// What came of turns, why the last one failed, and whether somebody stopped it.
type Taken<T> = (Vec<(Turn, T)>, Option<RunFailure>, bool);

fn take_turns<T>(
    designs: usize,
    rounds: u32,
    mut take: impl FnMut(Turn) -> (Result<T, RunFailure>, bool),
) -> Taken<T> {
    let mut done = Vec::new();
    for round in 1..=rounds {
        for design in 0..designs {
            let turn = Turn { round, design };
            match take(turn) {
                (Ok(result), is_stopped) => {
                    done.push((turn, result));
                    if is_stopped {
                        return (done, None, true);
                    }
                }
                (Err(failure), is_stopped) => return (done, Some(failure), is_stopped),
            }
        }
    }
    (done, None, false)
}

#[cfg(test)]
mod tests {
    use super::super::stopped;
    use super::*;

    #[test]
    fn designs_take_turns_and_each_has_one_in_every_round() {
        let (done, failure, is_stopped) = take_turns(2, 3, |turn| (Ok(turn.round), false));
        let order: Vec<(u32, usize)> = done.iter().map(|(turn, _)| (turn.round, turn.design)).collect();
        assert_eq!(order, [(1, 0), (1, 1), (2, 0), (2, 1), (3, 0), (3, 1)]);
        assert!(failure.is_none() && !is_stopped);
    }

    #[test]
    fn nothing_begins_after_a_stop_or_a_run_without_a_report() {
        let ends = |is_failed: bool, is_stopped: bool| {
            let mut begun = 0;
            let (done, failure, stopped) = take_turns(2, 3, |_| {
                begun += 1;
                let is_last = begun == 3;
                (if is_last && is_failed { Err(stopped()) } else { Ok(()) }, is_last && is_stopped)
            });
            (begun, done.len(), failure.is_some(), stopped)
        };
        assert_eq!(ends(true, false), (3, 2, true, false));
        assert_eq!(ends(false, true), (3, 3, false, true));
        assert_eq!(ends(true, true), (3, 2, true, true));
    }
}
