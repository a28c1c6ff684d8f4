//! A design with variants: it is run as drawn, and then each variant of it on the same arrivals.

use crossbeam_channel::Receiver;

use super::args::HowArgs;
use super::run::{Ended, Terminal, show};
use super::{exit, out};
use crate::report::variants::{Compared, render, to_json};
use crate::topology::{RunPlan, Topology};

/// What the design itself is called among its variants.
const AS_DRAWN: &str = "as drawn";

/// Runs a plan and its variants, one after the other; the exit code is that of the design as drawn, or of the first run without a
/// report. A signal ends the run under way as usual, and no other begins.
pub(super) fn run(plan: &RunPlan, args: &HowArgs, signals: &Receiver<()>) -> Ended {
    let topology = &plan.topology;
    let varied = topology.variants.iter().map(|variant| (variant.name.as_str(), topology.varied(variant)));
    let drawn = (AS_DRAWN, Topology { variants: Vec::new(), ..topology.clone() });
    let mut runs: Vec<Compared> = Vec::new();
    let (mut code, mut is_stopped) = (exit::PASS, false);
    for (name, topology) in std::iter::once(drawn).chain(varied) {
        let Ok(plan) = RunPlan::new(topology) else {
            unreachable!("the variants of a sound design were looked at");
        };
        if !args.quiet {
            out::line(format_args!("\nVariant: {name}"));
        }
        let mut terminal = Terminal::new(&plan, args.quiet);
        let (report, ended) = terminal.run(plan, args, signals);
        is_stopped = terminal.asked_to_stop;
        let Some(report) = report else {
            code = ended;
            break;
        };
        if runs.is_empty() {
            code = ended;
            show(&report, args.quiet);
        }
        runs.push(Compared { name: name.to_owned(), report });
        if is_stopped {
            break;
        }
    }
    if runs.is_empty() {
        return Ended { json: None, code, is_stopped };
    }
    out::line(format_args!("\n{}", render(&runs).trim_end()));
    Ended { json: Some(to_json(&runs)), code, is_stopped }
}
