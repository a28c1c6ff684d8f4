//! `run`: runs a topology in the terminal.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crossbeam_channel::{Receiver, bounded, never, select};

use super::args::{HowArgs, RunArgs};
use super::exit;
use super::{folder, out, repeat, variants};
use crate::engine::{
    EngineCommand, EngineEvent, EngineHandle, EventKind, RunId, RunOptions, RunPhase, Snapshot,
};
use crate::files::presets::Preset;
use crate::files::{Opened, ResultFile, parse_topology, read_topology, report_problems};
use crate::machine::Capacity;
use crate::report::line::StateLine;
use crate::report::{self, Report, text};
use crate::topology::{Outside, Problem, RunPlan, Severity, Topology, chaos};

/// State lines between two headings.
const LINES_A_HEADING: usize = 20;

/// What came of a run, or of several of one design.
pub(super) struct Ended {
    /// What there is to write; none without a report.
    pub json: Option<String>,
    /// The exit code.
    pub code: u8,
    /// Whether somebody asked to stop.
    pub is_stopped: bool,
}

/// Runs a file, or all files of a folder, and answers the exit code.
pub fn main(args: &RunArgs) -> u8 {
    if args.file.is_dir() {
        return folder::run(&args.file, &args.how, &signals());
    }
    match read_topology(&args.file) {
        Ok(opened) => run(&args.file.display().to_string(), opened, &args.how),
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

/// Runs what was read. `label` is what problems call it.
fn run(label: &str, opened: Opened, args: &HowArgs) -> u8 {
    let Some(plan) = plan(label, opened, args) else { return exit::USAGE };
    run_to(args.json.as_deref(), plan, args, &signals()).0
}

/// Runs a plan and writes its report to a file, if there is to be one. Answers the exit code, and whether somebody asked to stop.
pub(super) fn run_to(
    json: Option<&Path>,
    plan: RunPlan,
    args: &HowArgs,
    signals: &Receiver<()>,
) -> (u8, bool) {
    let json = match json.map(ResultFile::reserve).transpose() {
        Ok(json) => json,
        Err(error) => {
            out::note(error);
            return (exit::IO, false);
        }
    };
    tell_external(&plan);
    warn(&plan, args);
    let Ended { json: text, code, is_stopped } = conduct(plan, args, signals);
    if let Some(Err(error)) = json.zip(text).map(|(json, text)| json.write(&text)) {
        out::note(error);
        return (exit::IO, is_stopped);
    }
    (code, is_stopped)
}

/// Runs a plan as often, and in as many variants, as is asked for.
fn conduct(plan: RunPlan, args: &HowArgs, signals: &Receiver<()>) -> Ended {
    if let Some(times) = args.repeat {
        if !plan.topology.variants.is_empty() {
            out::note("the variants are left out: only the design as drawn is repeated");
        }
        return repeat::run(&plan, args, times, signals);
    }
    if !plan.topology.variants.is_empty() {
        return variants::run(&plan, args, signals);
    }
    let mut terminal = Terminal::new(&plan, args.quiet);
    let (report, code) = terminal.run(plan, args, signals);
    if let Some(report) = &report {
        show(report, args.quiet);
    }
    let json = report.map(|report| report::to_json(&report));
    Ended { json, code, is_stopped: terminal.asked_to_stop }
}

/// Lists the problems, and applies what the command line overrides.
pub(super) fn plan(label: &str, opened: Opened, args: &HowArgs) -> Option<RunPlan> {
    if !opened.problems.is_empty() {
        out::note(report_problems(label, &opened.problems).trim_end());
    }
    let may_run = opened.may_run();
    let mut topology = opened.topology.filter(|_| may_run)?;
    if !is_allowed(label, &topology, args) {
        return None;
    }
    override_workload(&mut topology, args);
    match RunPlan::new(topology) {
        Ok(plan) => Some(plan),
        Err(problems) => {
            let errors = problems.iter().filter(|problem| problem.severity == Severity::Error);
            errors.for_each(|problem: &Problem| {
                out::note(format_args!("{label} with these options: {problem}"));
            });
            None
        }
    }
}

/// Whether the user has said yes to all that the design names on other machines, and to its files; says what is missing.
fn is_allowed(label: &str, topology: &Topology, args: &HowArgs) -> bool {
    let mut missing = topology.outside();
    missing.retain(|outside| !args.allow.contains(&outside.what));
    for Outside { stage, what, variables } in &missing {
        let gets = match &variables[..] {
            [] => String::new(),
            names => format!(" and would get the values of {}", names.join(" and ")),
        };
        out::note(format_args!(
            "{label}: stage {stage:?} names {what}, which is not of this machine's servers{gets}; if that is meant, say --allow {what}"
        ));
    }
    missing.is_empty()
}

/// Says before anything else that servers are used which are not ours.
fn tell_external(plan: &RunPlan) {
    for stage in &plan.topology.stages {
        if let Some(url) = stage.kind.url() {
            out::note(format_args!(
                "external server: {:?} uses {url}; the run writes there under names of its own, and removes them afterwards",
                stage.name
            ));
        }
    }
}

/// Says before the run if it is more than this machine carried, where that was measured.
fn warn(plan: &RunPlan, args: &HowArgs) {
    if args.quiet {
        return;
    }
    let capacity = Capacity::stored(args.server.redis_server.as_deref());
    if let Some(load) = capacity.and_then(|capacity| capacity.judge(&plan.topology)) {
        out::note(format_args!("warning: {}; it may fall behind", load.sentence()));
    }
}

/// The chaos comes last: it goes by how long the run takes.
fn override_workload(topology: &mut Topology, args: &HowArgs) {
    if let Some(duration) = args.duration {
        topology.stretch_to(duration);
    }
    let workload = &mut topology.workload;
    if let Some(rate) = args.rate {
        workload.scale_to(rate);
    }
    workload.sale.stock = args.stock.unwrap_or(workload.sale.stock);
    workload.seed = args.seed.unwrap_or(workload.seed);
    if let Some(seed) = args.chaos {
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

/// The terminal while a run is under way.
pub(super) struct Terminal {
    quiet: bool,
    lines: StateLine,
    /// Names of the stages, by their place in the topology.
    stages: Vec<String>,
    printed: usize,
    /// Whether somebody asked to end the arrivals.
    pub asked_to_stop: bool,
}

impl Terminal {
    /// For a run of this plan.
    pub fn new(plan: &RunPlan, quiet: bool) -> Self {
        Self {
            quiet,
            lines: StateLine::new(plan),
            stages: plan.topology.stages.iter().map(|stage| stage.name.clone()).collect(),
            printed: 0,
            asked_to_stop: false,
        }
    }

    /// Runs it. Answers its report, if it has one, and the exit code.
    pub fn run(&mut self, plan: RunPlan, args: &HowArgs, signals: &Receiver<()>) -> (Option<Report>, u8) {
        let engine = match EngineHandle::start(Arc::new(|| {})) {
            Ok(engine) => engine,
            Err(error) => {
                out::note(format_args!("the engine could not start: {error}"));
                return (None, exit::SOFTWARE);
            }
        };
        let options = RunOptions {
            redis_server: args.server.redis_server.clone(),
            keep_data: args.keep_data,
            link_faults: false,
        };
        let start = EngineCommand::Start { run_id: RunId(1), plan: Box::new(plan), options };
        if let Err(error) = engine.send(start) {
            out::note(error);
            return (None, exit::SOFTWARE);
        }
        loop {
            select! {
                recv(engine.events()) -> event => match event {
                    Ok(event) => if let Some(ended) = self.event(event) { return ended },
                    Err(error) => {
                        out::note(format_args!("the engine ended without a word: {error}"));
                        return (None, exit::SOFTWARE);
                    }
                },
                recv(engine.snapshots()) -> snapshot => if let Ok(snapshot) = snapshot { self.snapshot(&snapshot) },
                recv(signals) -> _ => if let Some(code) = self.interrupted(&engine) { return (None, code) },
            }
        }
    }

    /// The first signal ends the arrivals; the second gives the run up.
    fn interrupted(&mut self, engine: &EngineHandle) -> Option<u8> {
        if self.asked_to_stop {
            out::note("Giving up; servers are stopped");
            return Some(exit::INCONCLUSIVE);
        }
        self.asked_to_stop = true;
        out::note("Stopping: no more arrivals, then drain and audit (again to give up at once)");
        drop(engine.send(EngineCommand::Stop));
        None
    }

    fn event(&mut self, event: EngineEvent) -> Option<(Option<Report>, u8)> {
        match event.kind {
            EventKind::Finished(report) => {
                let code = report.verdict.exit_code();
                return Some((Some(*report), code));
            }
            EventKind::Failed(failure) => {
                out::note(format_args!("error: {}", failure.text));
                return Some((None, exit::of(failure.kind)));
            }
            EventKind::Phase(phase) => {
                self.say(event.at, phase.label());
                if phase == RunPhase::OnSale && !self.quiet {
                    out::line(self.lines.heading());
                }
            }
            EventKind::Note(text) | EventKind::Trouble(text) => self.say(event.at, &text),
            EventKind::SaleOpened => self.say(event.at, "the sale is open"),
            EventKind::Fault { fault, failed } => {
                self.done(event.at, &fault.to_string(), failed);
            }
            EventKind::Changed { change, failed } => self.done(event.at, &change.text(), failed),
            EventKind::MasterLost { stage } => {
                self.say(event.at, &format!("{}: no master answers", self.stages[stage]));
            }
            EventKind::Failover { stage, step } => {
                self.say(event.at, &format!("{}: {}", self.stages[stage], step.text()));
            }
            EventKind::MasterFound { stage, instance } => {
                self.say(event.at, &format!("{}: {instance} is master", self.stages[stage]));
            }
            EventKind::Rotation { stage, instance, left } => {
                let name = &self.stages[stage];
                self.say(
                    event.at,
                    &match left {
                        Some(why) => format!("{instance} of {name} left the rotation: {why}"),
                        None => format!("{instance} of {name} is back in the rotation"),
                    },
                );
            }
            EventKind::Breaker { stage, instance, state } => {
                let (name, state) = (&self.stages[stage], state.label());
                self.say(event.at, &format!("the circuit breaker of {instance} of {name} is {state}"));
            }
            EventKind::Alert(alert) => self.say(event.at, &format!("alert: {}", alert.text())),
            EventKind::ShardLost { stage, shard } => {
                self.say(event.at, &format!("{}: no master of shard {shard} answers", self.stages[stage]));
            }
            EventKind::ShardFound { stage, shard, instance } => {
                self.say(event.at, &format!("{}: {instance} is master of shard {shard}", self.stages[stage]));
            }
            EventKind::Reshaped { what, failed } => self.done(event.at, &what, failed),
        }
        None
    }

    fn done(&self, at: Duration, what: &str, failed: Option<String>) {
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
