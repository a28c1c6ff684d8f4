//! `compare`: several designs in turn on the same arrivals, and what differs between them.

use super::args::CompareArgs;
use super::design::{sound, tell_external};
use super::run::{signals, tell_failure};
use super::terminal::Turns;
use super::variants::designs;
use super::{exit, keep, out};
use crate::engine::trial::rounds::{Rounds, Turn, as_run, in_turn};
use crate::engine::trial::{OnStop, Trial};
use crate::files::ResultFile;
use crate::files::history::Purpose;
use crate::machine::kept::Kept;
use crate::report::compare::{Comparison, letter, table};
use crate::report::text;
use crate::topology::RunPlan;
use crate::topology::difference::arrivals;

/// Compares and answers the exit code.
pub fn main(args: &CompareArgs) -> u8 {
    let Some((names, plans)) = plans(args) else { return exit::USAGE };
    let json = match args.json.as_deref().map(ResultFile::reserve).transpose() {
        Ok(json) => json,
        Err(error) => {
            out::note(error);
            return exit::IO;
        }
    };
    plans.iter().for_each(tell_external);
    let rounds = conduct(args, &names, &plans);
    let (code, comparison) = conclude(args, &names, rounds);
    let Some(comparison) = comparison else { return code };
    out::line(format_args!("\n{}", table::render(&comparison).trim_end()));
    match json.map(|json| json.write(&comparison.to_json())) {
        Some(Err(error)) => {
            out::note(error);
            exit::IO
        }
        _ => code,
    }
}

/// The designs with their names; none if one is broken, there are too few, or they have other arrivals.
fn plans(args: &CompareArgs) -> Option<(Vec<String>, Vec<RunPlan>)> {
    let mut topologies = Vec::new();
    for file in &args.files {
        topologies.push((file.display().to_string(), args.design.read(file)?));
    }
    if let [(_, drawn)] = topologies.as_slice() {
        if drawn.variants.is_empty() {
            out::note("one design is nothing to compare: name two files, or one that has variants");
            return None;
        }
        return Some(designs(&sound(&topologies[0].0, drawn.clone())?).into_iter().unzip());
    }
    let first = topologies[0].1.workload.clone();
    for (name, topology) in &mut topologies {
        if args.same_arrivals {
            topology.workload.take_arrivals_of(&first);
        }
        let differ = arrivals(&first, &topology.workload);
        if !differ.is_empty() {
            out::note(format_args!("{name} has other arrivals than {}:", args.files[0].display()));
            for difference in &differ {
                out::note(format_args!("  {difference}"));
            }
            out::note(
                "figures of different arrivals can't be compared; --same-arrivals gives all of them those of the first",
            );
            return None;
        }
        if !topology.variants.is_empty() {
            out::note(format_args!(
                "{name}: its variants are left out, only the design as drawn is compared"
            ));
            topology.variants.clear();
        }
    }
    topologies.into_iter().map(|(name, topology)| Some((name.clone(), sound(&name, topology)?))).collect()
}

fn conduct(args: &CompareArgs, names: &[String], plans: &[RunPlan]) -> Rounds {
    let repeat = args.repeat;
    let begins = |turn: Turn| {
        if !args.quiet {
            let (letter, name) = (letter(turn.design), &names[turn.design]);
            out::line(format_args!("Round {} of {repeat}: {letter}, {name}", turn.round));
        }
    };
    let ended = |_: Turn, trial: &Trial| {
        if !args.quiet {
            let report = &trial.report;
            out::line(format_args!("  {}: {}", report.verdict.label(), text::sentence(report)));
            report.reasons.iter().for_each(|reason| out::line(format_args!("    because {reason}")));
        }
    };
    // The seconds of each run would hide what is asked for here.
    let mut listener = Turns::new(plans, true, begins, ended);
    let history = keep::history(args.keeping.no_history);
    let mut kept = Kept::new(history, names.to_vec()).for_purpose(Purpose::Compare);
    let rounds = in_turn(
        plans,
        repeat,
        &args.design.options(),
        &signals(),
        OnStop::DrainFirst,
        &mut (&mut kept, &mut listener),
    );
    keep::tell(&kept.into_troubles());
    tell_failure(&rounds);
    rounds
}

/// What came of the rounds, with the exit code; nothing where not every design had a run.
fn conclude(args: &CompareArgs, names: &[String], rounds: Rounds) -> (u8, Option<Comparison>) {
    let Rounds { trials, failure, is_stopped } = rounds;
    let failed = failure.map(|failure| exit::of(failure.kind));
    if trials.len() < names.len() {
        return (failed.unwrap_or(exit::INCONCLUSIVE), None);
    }
    let runs = trials.iter().map(|(turn, trial)| as_run(*turn, trial)).collect();
    let comparison = Comparison::new(names, args.repeat, runs);
    let code = match failed {
        Some(code) => code,
        None if is_stopped || !comparison.says_something() => exit::INCONCLUSIVE,
        None => exit::PASS,
    };
    (code, Some(comparison))
}
