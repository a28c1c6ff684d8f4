//! `run --repeat`: the same run several times, one after the other, and what their failovers have in common.

use crossbeam_channel::Receiver;

use super::args::HowArgs;
use super::run::{Ended, show, turns, worst};
use super::terminal::Turns;
use super::{exit, out};
use crate::engine::trial::Trial;
use crate::engine::trial::rounds::Turn;
use crate::report::failover::Distribution;
use crate::report::read::ReadReport;
use crate::report::{Report, Verdicts, repeated_to_json};
use crate::topology::RunPlan;

/// Runs a plan so many times; the exit code is that of the worst run. A signal ends the run under way as usual, and no other begins.
pub(super) fn run(plan: &RunPlan, args: &HowArgs, times: u32, signals: &Receiver<()>) -> Ended {
    let seed = plan.topology.workload.seed;
    let plans = std::slice::from_ref(plan);
    let begins = |turn: Turn| {
        if !args.quiet {
            out::line(format_args!("Run {} of {times}, with seed {seed} as every run", turn.round));
        }
    };
    let ended = |_: Turn, trial: &Trial| show(&trial.report, args.quiet);
    let rounds =
        turns(plans, Vec::new(), times, args, signals, &mut Turns::new(plans, args.quiet, begins, ended));
    let (code, is_stopped) = (worst(&rounds), rounds.is_stopped);
    let runs: Vec<Report> = rounds.trials.into_iter().map(|(_, trial)| *trial.report).collect();
    if runs.is_empty() {
        return Ended { json: None, runs: Vec::new(), code, is_stopped };
    }
    let distribution = Distribution::of(&runs);
    let outages: usize = runs.iter().map(|run| run.failovers.len()).sum();
    out::line(format_args!(
        "\n  {outages} outages in {} of {times} runs with seed {seed}: {}\n{}",
        runs.len(),
        verdicts(plan, &runs),
        distribution.render().trim_end()
    ));
    let json = Some(repeated_to_json(times, &distribution, &runs));
    let named = (1..)
        .zip(runs)
        .map(|(number, report): (u32, _)| ReadReport { name: format!("run {number}"), report });
    Ended { json, runs: named.collect(), code, is_stopped }
}

/// How the runs ended, and how many of them as the design promises.
fn verdicts(plan: &RunPlan, runs: &[Report]) -> String {
    let counts = Verdicts::of(runs.iter().map(|run| run.verdict)).render();
    match plan.topology.expected {
        Some(promise) => {
            let kept = runs.iter().filter(|run| run.verdict.keeps(promise)).count();
            format!("{counts}; {kept} as this design promises")
        }
        None => counts,
    }
}

/// The worse of two exit codes: no report at all is worst, then a fail, an inconclusive run, a pass.
pub(super) fn worse(one: u8, other: u8) -> u8 {
    let badness = |code: u8| match code {
        exit::PASS => 0,
        exit::INCONCLUSIVE => 1,
        exit::FAIL => 2,
        _ => 3,
    };
    if badness(other) > badness(one) { other } else { one }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exit_code_is_that_of_the_worst_run() {
        let worst = |codes: &[u8]| codes.iter().fold(exit::PASS, |worst, &code| worse(worst, code));
        assert_eq!(worst(&[exit::PASS, exit::PASS]), exit::PASS);
        assert_eq!(worst(&[exit::PASS, exit::INCONCLUSIVE, exit::PASS]), exit::INCONCLUSIVE);
        assert_eq!(worst(&[exit::FAIL, exit::INCONCLUSIVE]), exit::FAIL);
        assert_eq!(worst(&[exit::FAIL, exit::MISSING, exit::SOFTWARE]), exit::MISSING);
    }
}
