//! The workload and targets.

use std::time::Duration;

use super::super::address::Scheme;
use super::super::stage::StageKind;
use super::super::{Place, Problem, Topology};
use super::ranges::all_in_range;
use super::{Unread, faults};
use crate::workload::{Operation, Phase, Shape};

/// The most instances of a kind that are listed by name; no range goes as far.
const MOST_NAMED: u32 = 64;
/// The longest run.
pub const LONGEST_RUN: Duration = Duration::from_hours(24);
/// The most arrivals in a run: what a day at 500,000 a second would bring.
const MOST_ARRIVALS: f64 = 4.5e10;
/// The most points of a curve; the generator walks them each millisecond.
const MOST_POINTS: usize = 1_000;

pub(super) fn check(topology: &Topology, unread: &Unread, problems: &mut Vec<Problem>) {
    if !unread.phases {
        check_times(topology, problems);
    }
    check_people(topology, problems);
    for phase in &topology.workload.phases {
        check_phase(phase, problems);
    }
    faults::check(topology, unread, problems);
    if topology.targets.is_empty() && !unread.targets {
        problems.push(
            Problem::warning(
                Place::Design,
                "there are no targets: every run that keeps its schedule passes",
                "add targets, such as Oversold(at_most: 0)",
            )
            .about(&["targets"]),
        );
    }
}

/// What has to do with how long the phases take.
fn check_times(topology: &Topology, problems: &mut Vec<Problem>) {
    let workload = &topology.workload;
    let mut error = |text: String, remedy: &str, fields| {
        problems.push(Problem::error(Place::Workload(None), text, remedy).about(fields));
    };
    if workload.phases.is_empty() {
        return error(
            "nobody comes: there are no phases".into(),
            "add a phase with a span and a shape",
            &["phases"],
        );
    }
    let duration = workload.duration();
    let arrivals = workload.expected_arrivals();
    // A rate out of range is spoken of by its own name.
    let rates_are_good = workload.phases.iter().all(|phase| phase.shape.params().is_none_or(all_in_range));
    if duration > LONGEST_RUN {
        error(format!("the phases take {}", text_of(duration)), "a run takes 24 hours at most", &["phases"]);
    } else if arrivals > MOST_ARRIVALS && rates_are_good {
        let text = format!("{arrivals:.0} arrivals would come, more than {MOST_ARRIVALS:.0}");
        error(text, "lower the rates or shorten the phases", &["phases"]);
    }
    let claims = workload.wants(Operation::Claim);
    if claims && (duration..=LONGEST_RUN).contains(&workload.sale.opens_at) {
        let opens_at = text_of(workload.sale.opens_at);
        error(
            format!("the sale opens at {opens_at}, after the last arrival"),
            "let opens_at lie within the phases",
            &["opens_at"],
        );
    }
}

/// What has to do with who comes and what they may have.
fn check_people(topology: &Topology, problems: &mut Vec<Problem>) {
    let (sale, audience) = (&topology.workload.sale, &topology.workload.audience);
    if audience.bots >= audience.users && all_in_range(audience) {
        let text = format!("{} bots leave no people among {} users", audience.bots, audience.users);
        let problem = Problem::error(Place::Workload(None), text, "raise users or lower bots");
        problems.push(problem.about(&["bots", "users"]));
    }
    if let Some(limit) = sale.per_buyer_limit
        && limit < sale.units_per_claim
        && all_in_range(sale)
    {
        let text =
            format!("each claim asks for {} units, but a buyer may have {limit}", sale.units_per_claim);
        let remedy = "raise per_buyer_limit or lower units_per_claim";
        let problem = Problem::error(Place::Workload(None), text, remedy);
        problems.push(problem.about(&["units_per_claim", "per_buyer_limit"]));
    }
    if u64::from(sale.items) > sale.stock {
        let text = format!("{} units are too few for {} products", sale.stock, sale.items);
        let problem = Problem::warning(Place::Workload(None), text, "raise stock or lower items");
        problems.push(problem.about(&["stock", "items"]));
    }
}

fn check_phase(phase: &Phase, problems: &mut Vec<Problem>) {
    let mut error = |text: &str, remedy: &str, fields| {
        let place = Place::Workload(Some(phase.name.clone()));
        problems.push(Problem::error(place, text, remedy).about(fields));
    };
    if Operation::ALL.iter().all(|&operation| phase.mix.weight(operation) == 0.0) {
        error("people want nothing in it", "give read, claim, append or count a weight above 0", &["mix"]);
    }
    if phase.span.is_zero() {
        return error("it takes no time", "give it a span, such as \"5s\"", &["span"]);
    }
    if let Shape::Curve(points) = &phase.shape
        && points.len() > MOST_POINTS
    {
        let text = format!("its curve has {} points", points.len());
        return error(&text, &format!("use {MOST_POINTS} at most"), &["shape"]);
    }
    if let Shape::Curve(points) = &phase.shape
        && let Some((text, remedy)) = wrong_with_curve(points)
    {
        return error(text, remedy, &["shape"]);
    }
    // A rate out of range is spoken of by its own name.
    if phase.shape.params().is_none_or(all_in_range) && phase.shape.expected(phase.span, phase.span) <= 0.0 {
        error("its arrival rate is zero", "give its shape a rate above 0", &["shape"]);
    }
}

fn wrong_with_curve(points: &[(f64, f64)]) -> Option<(&'static str, &'static str)> {
    let is_good = |x: f64| x.is_finite() && x >= 0.0;
    if points.is_empty() {
        Some(("its curve has no points", "write points: [(seconds, arrivals per second), …]"))
    } else if !points.iter().all(|&(t, rate)| is_good(t) && is_good(rate)) {
        Some(("its curve has a point that is not a number, or below 0", "use numbers from 0"))
    } else if !points.windows(2).all(|pair| pair[0].0 < pair[1].0) {
        Some(("the times of its curve don't rise", "order the points by time, each time once"))
    } else {
        None
    }
}

pub(super) fn text_of(span: Duration) -> humantime::FormattedDuration {
    humantime::format_duration(span)
}

/// The names of a stage's instances that faults can hit. A drawing may ask for any number; past `MOST_NAMED` of a
/// kind they are not listed.
pub fn instances(kind: &StageKind) -> Vec<String> {
    let numbered = |what: &str, count: u32| {
        (1..=count.min(MOST_NAMED)).map(|n| format!("{what} {n}")).collect::<Vec<_>>()
    };
    let master = || vec!["master".to_owned()];
    if kind.url().is_some() {
        // What else there is of it, nobody here knows.
        return match kind.schemes() {
            [Scheme::RedisCluster] | [Scheme::Postgres, ..] => Vec::new(),
            [Scheme::Redis, ..] => master(),
            _ => vec!["broker".to_owned()],
        };
    }
    match kind {
        StageKind::ReadWriteSplit(params) => [master(), numbered("replica", params.replicas)].concat(),
        StageKind::MasterReplica(params) => {
            [master(), numbered("replica", params.replicas), numbered("sentinel", params.sentinels)].concat()
        }
        StageKind::RedisCluster(params) => {
            // First the masters, then the first replica of each, then the second.
            numbered("node", params.shards.saturating_mul(params.replicas.saturating_add(1)))
        }
        StageKind::Database(params) if params.replicas > 0 && params.engine.is_server() => {
            [master(), numbered("replica", params.replicas)].concat()
        }
        StageKind::Queue(params) if !params.form.is_in_redis() => vec!["broker".to_owned()],
        StageKind::Queue(params) if params.on.is_none() => master(),
        StageKind::Sessions(params) if params.on.is_none() => master(),
        _ => Vec::new(),
    }
}
