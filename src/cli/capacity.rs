//! `capacity`: the largest rate at which a design meets its targets.

use super::args::CapacityArgs;
use super::design::{sound, tell_external};
use super::run::signals;
use super::{exit, keep, out};
use crate::engine::FailureKind;
use crate::files::ResultFile;
use crate::files::history::Purpose;
use crate::machine::capacity::{IS_OPTIMISED, whole};
use crate::machine::kept::Kept;
use crate::machine::knee::targets::Aim;
use crate::machine::knee::{Bounds, EndedBy, Knee, Outcome, Told, find, table};
use crate::report::text::grouped;
use crate::report::verdict::micros;
use crate::topology::Topology;

/// Searches and answers the exit code.
pub fn main(args: &CapacityArgs) -> u8 {
    let name = args.file.display().to_string();
    let Some(topology) = args.design.read(&args.file) else { return exit::USAGE };
    let aim = Aim::new(Topology { variants: Vec::new(), ..topology }, args.p99);
    let Some(plan) = sound(&name, aim.topology.clone()) else { return exit::USAGE };
    let json = match args.json.as_deref().map(ResultFile::reserve).transpose() {
        Ok(json) => json,
        Err(error) => {
            out::note(error);
            return exit::IO;
        }
    };
    tell_external(&plan);
    if !IS_OPTIMISED {
        out::note("This program was built without optimisation: it is far slower than with --release");
    }
    let bounds = Bounds {
        first: args.design.load.rate.unwrap_or_else(|| aim.topology.workload.mean_rate()),
        runs: args.runs,
        within: args.within,
    };
    let mut tell = |told| {
        if !args.quiet {
            show(&told);
        }
    };
    let history = keep::history(args.keeping.no_history);
    let mut kept = Kept::new(history, Vec::new()).for_purpose(Purpose::Capacity);
    let found = find(&aim, &bounds, &args.design.options(), &signals(), &mut tell, &mut kept);
    keep::tell(&kept.into_troubles());
    let knee = match found {
        Ok(knee) => knee,
        Err(failure) => {
            match failure.kind {
                FailureKind::Stopped => out::note("Stopped before the first run had ended"),
                _ => out::note(format_args!("error: {}", failure.text)),
            }
            return exit::of(failure.kind);
        }
    };
    out::line(format_args!("\n{}", table::render(&knee).trim_end()));
    match json.map(|json| json.write(&knee.to_json())) {
        Some(Err(error)) => {
            out::note(error);
            exit::IO
        }
        _ => code(&knee),
    }
}

fn show(told: &Told) {
    match told {
        Told::Trying(rate) => out::line(format_args!("Trying {} arrivals a second", grouped(whole(*rate)))),
        Told::Point(point) if point.outcome == Outcome::Met => {
            out::line(format_args!("  met, with a p99 of {}", micros(point.p99_us)));
        }
        Told::Point(point) => out::line(format_args!("  not met: {}", point.reasons.join("; "))),
    }
}

/// 0: a rate was found; 1: not even the lowest one met the targets; 2: stopped, or no run could say.
fn code(knee: &Knee) -> u8 {
    let can_say = knee.points.iter().any(|point| point.outcome != Outcome::Unknown);
    match knee.ended_by {
        EndedBy::Stop => exit::INCONCLUSIVE,
        EndedBy::Failure => exit::SOFTWARE,
        _ if knee.met.per_sec.is_some() => exit::PASS,
        _ if can_say => exit::FAIL,
        _ => exit::INCONCLUSIVE,
    }
}
