//! `run`: runs a topology in the terminal.

use std::path::Path;

use crossbeam_channel::{Receiver, bounded, never};

use super::args::serve::ServeArgs;
use super::args::{HowArgs, RunArgs};
use super::design::{sound, tell_external};
use super::metrics::Observed;
use super::outputs::Outputs;
use super::terminal::Terminal;
use super::{exit, folder, keep, out, repeat, variants};
use crate::engine::RunOptions;
use crate::engine::trial::rounds::{Rounds, in_turn};
use crate::engine::trial::{self, Listener, OnStop};
use crate::files::presets::Preset;
use crate::files::{Opened, ResultFile, parse_topology, read_topology};
use crate::machine::Capacity;
use crate::machine::kept::Kept;
use crate::report::read::ReadReport;
use crate::report::{self, Report, text};
use crate::topology::{RunPlan, Topology, chaos};

/// What came of a run, or of several of one design.
pub(super) struct Ended {
    /// What there is to write as JSON; none without a report.
    pub json: Option<String>,
    /// The reports.
    pub runs: Vec<ReadReport>,
    /// The exit code.
    pub code: u8,
    /// Whether somebody asked to stop.
    pub is_stopped: bool,
}

/// Runs a file, or all files of a folder, and answers the exit code.
pub fn main(mut args: RunArgs) -> u8 {
    if let Err(why) = args.how.serve_metrics() {
        out::note(why);
        return exit::MISSING;
    }
    if args.file.is_dir() {
        return folder::run(&args.file, &args.how, &signals());
    }
    run_file(&args.file, &args.how)
}

fn run_file(file: &Path, args: &HowArgs) -> u8 {
    match read_topology(file) {
        Ok(opened) => run(&file.display().to_string(), opened, args),
        Err(error) => {
            out::note(error);
            exit::USAGE
        }
    }
}

/// Runs a preset as it is and answers the exit code.
pub fn preset(preset: &Preset) -> u8 {
    run(preset.file, parse_topology(preset.text), &HowArgs::default())
}

/// Serves a file over HTTP and answers the exit code.
pub fn serve(args: ServeArgs) -> u8 {
    let (file, mut how) = args.into_how();
    if let Err(why) = how.serve_metrics() {
        out::note(why);
        return exit::MISSING;
    }
    run_file(&file, &how)
}

/// Runs what was read. `label` is what problems call it.
fn run(label: &str, opened: Opened, args: &HowArgs) -> u8 {
    let Some(plan) = plan(label, opened, args) else { return exit::USAGE };
    run_to(args.json.as_deref(), None, &plan, args, &signals()).0
}

/// Runs a plan and writes its report to files, if there are to be any. `within`: the name of the design among others, where it is one of a folder.
/// Answers the exit code, and whether somebody asked to stop.
pub(super) fn run_to(
    json: Option<&Path>,
    within: Option<&str>,
    plan: &RunPlan,
    args: &HowArgs,
    signals: &Receiver<()>,
) -> (u8, bool) {
    let has_variants = !plan.topology.variants.is_empty() && args.http.is_none();
    let is_many = args.repeat.is_some() || has_variants;
    let reserved = json.map(ResultFile::reserve).transpose();
    let reserved = reserved.and_then(|json| Ok((json, Outputs::reserve(&args.forms, within, is_many)?)));
    let (json, outputs) = match reserved {
        Ok(reserved) => reserved,
        Err(error) => {
            out::note(error);
            return (exit::IO, false);
        }
    };
    tell_external(plan);
    warn(plan, args);
    let Ended { json: text, runs, code, is_stopped } = conduct(plan, args, signals);
    let written = json.zip(text).map_or(Ok(()), |(json, text)| json.write(&text));
    if let Err(error) = written.and_then(|()| outputs.write(&runs)) {
        out::note(error);
        return (exit::IO, is_stopped);
    }
    (code, is_stopped)
}

/// Runs a plan as often, and in as many variants, as is asked for.
fn conduct(plan: &RunPlan, args: &HowArgs, signals: &Receiver<()>) -> Ended {
    if let Some(times) = args.repeat {
        if !plan.topology.variants.is_empty() {
            out::note("the variants are left out: only the design as drawn is repeated");
        }
        return repeat::run(plan, args, times, signals);
    }
    if args.http.is_some() {
        if !plan.topology.variants.is_empty() {
            out::note("the variants are left out: only the design as drawn is served");
        }
    } else if !plan.topology.variants.is_empty() {
        return variants::run(plan, args, signals);
    }
    let mut terminal = Terminal::new(plan, args.quiet);
    let rounds = turns(std::slice::from_ref(plan), Vec::new(), 1, args, signals, &mut terminal);
    let (code, is_stopped) = (worst(&rounds), rounds.is_stopped);
    let report = rounds.trials.into_iter().next().map(|(_, trial)| *trial.report);
    if let Some(report) = &report {
        show(report, args.quiet);
    }
    let json = report.as_ref().map(report::to_json);
    let runs = report.into_iter().map(|report| ReadReport { name: String::new(), report }).collect();
    Ended { json, runs, code, is_stopped }
}

/// Runs designs in turn, and says why the last one has no report, if it has none. `names`: what they are called among several, in the
/// history.
pub(super) fn turns(
    plans: &[RunPlan],
    names: Vec<String>,
    times: u32,
    args: &HowArgs,
    signals: &Receiver<()>,
    listener: &mut dyn Listener,
) -> Rounds {
    let options = RunOptions { keep_data: args.keep_data, http: args.http.clone(), ..args.design.options() };
    let mut kept = Kept::new(keep::history(args.keeping.no_history), names);
    let mut hearers = (&mut kept, listener);
    let rounds = match &args.served {
        Some(metrics) => {
            let mut hearers = (&mut Observed { plans, metrics }, &mut hearers);
            in_turn(plans, times, &options, signals, OnStop::DrainFirst, &mut hearers)
        }
        None => in_turn(plans, times, &options, signals, OnStop::DrainFirst, &mut hearers),
    };
    keep::tell(&kept.into_troubles());
    tell_failure(&rounds);
    rounds
}

/// Says why the last run has no report; who gave it up was told already.
pub(super) fn tell_failure(rounds: &Rounds) {
    if let Some(failure) = rounds.failure.as_ref().filter(|failure| **failure != trial::stopped()) {
        out::note(format_args!("error: {}", failure.text));
    }
}

/// The exit code of the worst run: no report at all is worst, then a fail, an inconclusive run, a pass.
pub(super) fn worst(rounds: &Rounds) -> u8 {
    let codes = rounds.trials.iter().map(|(_, trial)| trial.report.verdict.exit_code());
    let failed = rounds.failure.iter().map(|failure| exit::of(failure.kind));
    codes.chain(failed).fold(exit::PASS, repeat::worse)
}

/// The plan of what was read, with all that the command line asks for.
pub(super) fn plan(label: &str, opened: Opened, args: &HowArgs) -> Option<RunPlan> {
    let mut topology = args.design.applied(label, opened)?;
    add_chaos(&mut topology, args.chaos);
    sound(label, topology)
}

/// Says before the run if it is more than this machine carried, where that was measured.
fn warn(plan: &RunPlan, args: &HowArgs) {
    // What comes over HTTP is not what the file says.
    if args.quiet || args.http.is_some() {
        return;
    }
    let capacity = Capacity::stored(args.design.server.redis_server.as_deref());
    if let Some(load) = capacity.and_then(|capacity| capacity.judge(&plan.topology)) {
        out::note(format_args!("warning: {}; it may fall behind", load.sentence()));
    }
}

/// The chaos comes last: it goes by how long the run takes.
fn add_chaos(topology: &mut Topology, seed: Option<u64>) {
    if let Some(seed) = seed {
        let faults = chaos::faults(topology, seed);
        if faults.is_empty() {
            out::note(
                "there is no chaos: nothing in the design can break, or the run is shorter than a second",
            );
        }
        topology.faults.extend(faults);
    }
}

/// Prints a report.
pub(super) fn show(report: &Report, quiet: bool) {
    if quiet {
        out::line(format_args!("{}: {}", report.verdict.label(), text::sentence(report)));
        report.reasons.iter().for_each(|reason| out::line(format_args!("  because {reason}")));
    } else {
        out::line(format_args!("\n{}", text::render(report).trim_end()));
    }
}

/// Ctrl-C, SIGTERM and SIGHUP as messages.
pub(super) fn signals() -> Receiver<()> {
    let (sender, receiver) = bounded(4);
    let handler = move || match sender.try_send(()) {
        // More signals than fit say nothing new.
        Ok(()) | Err(_) => {}
    };
    match ctrlc::set_handler(handler) {
        Ok(()) => receiver,
        Err(error) => {
            out::note(format_args!("signals can't be caught ({error}); the watchdog still ends the servers"));
            never()
        }
    }
}
