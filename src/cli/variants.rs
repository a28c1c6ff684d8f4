//! A design with variants: it is run as drawn, and then each variant of it on the same arrivals.

use crossbeam_channel::Receiver;

use super::args::HowArgs;
use super::run::{Ended, show, turns};
use super::terminal::Turns;
use super::{exit, out};
use crate::engine::trial::Trial;
use crate::engine::trial::rounds::Turn;
use crate::report::read::ReadReport;
use crate::report::variants::{Compared, render, to_json};
use crate::topology::{RunPlan, Topology};

/// What the design itself is called among its variants.
const AS_DRAWN: &str = "as drawn";

/// Runs a plan and its variants, one after the other; the exit code is that of the design as drawn, or of the first run without a
/// report. A signal ends the run under way as usual, and no other begins.
pub(super) fn run(plan: &RunPlan, args: &HowArgs, signals: &Receiver<()>) -> Ended {
    let (names, plans): (Vec<String>, Vec<RunPlan>) = designs(plan).into_iter().unzip();
    let begins = |turn: Turn| {
        if !args.quiet {
            out::line(format_args!("\nVariant: {}", names[turn.design]));
        }
    };
    let ended = |turn: Turn, trial: &Trial| {
        if turn.design == 0 {
            show(&trial.report, args.quiet);
        }
    };
    let rounds =
        turns(&plans, names.clone(), 1, args, signals, &mut Turns::new(&plans, args.quiet, begins, ended));
    let drawn = rounds.trials.first().map(|(_, trial)| trial.report.verdict.exit_code());
    let failed = rounds.failure.as_ref().map(|failure| exit::of(failure.kind));
    let (code, is_stopped) = (failed.or(drawn).unwrap_or(exit::PASS), rounds.is_stopped);
    let compared =
        |(turn, trial): (Turn, Trial)| Compared { name: names[turn.design].clone(), report: *trial.report };
    let runs: Vec<Compared> = rounds.trials.into_iter().map(compared).collect();
    if runs.is_empty() {
        return Ended { json: None, runs: Vec::new(), code, is_stopped };
    }
    out::line(format_args!("\n{}", render(&runs).trim_end()));
    let json = Some(to_json(&runs));
    let runs = runs.into_iter().map(|Compared { name, report }| ReadReport { name, report }).collect();
    Ended { json, runs, code, is_stopped }
}

/// A design as drawn and each of its variants, with their names.
pub(super) fn designs(plan: &RunPlan) -> Vec<(String, RunPlan)> {
    let topology = &plan.topology;
    let drawn = (AS_DRAWN.to_owned(), Topology { variants: Vec::new(), ..topology.clone() });
    let varied = topology.variants.iter().map(|variant| (variant.name.clone(), topology.varied(variant)));
    let sound = |(name, topology)| match RunPlan::new(topology) {
        Ok(plan) => (name, plan),
        Err(problems) => unreachable!("the variants of a sound design were looked at: {problems:?}"),
    };
    std::iter::once(drawn).chain(varied).map(sound).collect()
}
