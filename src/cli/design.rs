//! A design as the command line has it run: what of it is overridden, and what it may use.

use std::path::Path;

use clap::Args as ClapArgs;

use super::allow::AllowArgs;
use super::args::{LoadArgs, ServerArgs};
use super::out;
use crate::engine::RunOptions;
use crate::files::{Opened, read_topology, report_problems};
use crate::topology::{Problem, RunPlan, Severity, Topology};

/// What every command that runs designs can be told.
#[derive(Debug, Default, ClapArgs)]
pub struct DesignArgs {
    /// What is overridden.
    #[command(flatten)]
    pub load: LoadArgs,
    /// What it may use.
    #[command(flatten)]
    pub allow: AllowArgs,
    /// Which server program.
    #[command(flatten)]
    pub server: ServerArgs,
}

impl DesignArgs {
    /// The design in a file, as [`Self::applied`] has it.
    pub fn read(&self, path: &Path) -> Option<Topology> {
        match read_topology(path) {
            Ok(opened) => self.applied(&path.display().to_string(), opened),
            Err(error) => {
                out::note(error);
                None
            }
        }
    }

    /// Lists the problems of what was read, which they call `label`, and applies what is overridden. None where it can't run, or the
    /// user has not said yes to what it names.
    pub fn applied(&self, label: &str, opened: Opened) -> Option<Topology> {
        if !opened.problems.is_empty() {
            out::note(report_problems(label, &opened.problems).trim_end());
        }
        let may_run = opened.may_run();
        let mut topology = opened.topology.filter(|_| may_run)?;
        if !self.allow.covers(label, &topology) {
            return None;
        }
        self.load.override_workload(&mut topology);
        Some(topology)
    }

    /// How it is run.
    pub fn options(&self) -> RunOptions {
        RunOptions { redis_server: self.server.redis_server.clone(), ..RunOptions::default() }
    }
}

impl LoadArgs {
    fn override_workload(&self, topology: &mut Topology) {
        if let Some(duration) = self.duration {
            topology.stretch_to(duration);
        }
        let workload = &mut topology.workload;
        if let Some(rate) = self.rate {
            workload.scale_to(rate);
        }
        workload.sale.stock = self.stock.unwrap_or(workload.sale.stock);
        workload.seed = self.seed.unwrap_or(workload.seed);
    }
}

/// A plan; none, and its problems told, where what the command line asks for makes none.
pub fn sound(label: &str, topology: Topology) -> Option<RunPlan> {
    let tell = |problem: &Problem| out::note(format_args!("{label} with these options: {problem}"));
    match RunPlan::new(topology) {
        Ok(plan) => Some(plan),
        Err(problems) => {
            problems.iter().filter(|problem| problem.severity == Severity::Error).for_each(tell);
            None
        }
    }
}

/// Says before anything else that servers are used which are not ours.
pub fn tell_external(plan: &RunPlan) {
    for stage in &plan.topology.stages {
        if let Some(url) = stage.kind.url() {
            out::note(format_args!(
                "external server: {:?} uses {url}; the run writes there under names of its own, and removes them afterwards",
                stage.name
            ));
        }
    }
}
