//! A knee as text.

use std::fmt::Write;

use super::gauge::Gauge;
use super::{EndedBy, Knee, Outcome, Point};
use crate::machine::capacity::{whole, words};
use crate::machine::search::Carried;
use crate::report::text::grouped;
use crate::report::verdict::micros;

/// What was found, in a sentence without a full stop.
pub fn sentence(met: Carried, points: &[Point]) -> String {
    let rate = words(met);
    let unmet = super::lowest_unmet(points, met);
    let begins = match (met.per_sec, met.failed_at) {
        (None, _) => format!("Targets met: {rate} arrivals a second"),
        _ => format!("Targets met {rate} arrivals a second"),
    };
    match unmet {
        None => begins,
        Some(point) => {
            let why = point.reasons.first().map_or("", String::as_str);
            let says = match point.outcome {
                Outcome::Unknown => "a run can't say",
                _ => "not",
            };
            format!("{begins}; at {} {says}, because {why}", count(point.rate_per_sec))
        }
    }
}

/// What was full at a point, in a sentence without a full stop.
pub fn bottleneck(point: &Point, full: &[Gauge]) -> String {
    let rate = count(point.rate_per_sec);
    if full.is_empty() {
        let nearest = point.gauges.first().map_or(String::new(), |gauge| {
            format!("; the fullest was at {:.0} %: {}", gauge.share() * 100.0, gauge.text())
        });
        return format!(
            "What limits it at {rate} a second is not known: nothing that is measured was full{nearest}"
        );
    }
    let texts: Vec<String> = full.iter().map(Gauge::text).collect();
    format!("Full at {rate} a second: {}", texts.join("; "))
}

/// The heading of the points.
pub fn heading(requests: &str) -> String {
    format!(
        "  {:>12}{:>14}{:>14}{:>12}{:>12}  {:<9}fullest",
        "asked for",
        "offered",
        "achieved",
        format!("p50 {}", short(requests)),
        "p99",
        "targets"
    )
}

/// A point.
pub fn row(point: &Point) -> String {
    let says = match point.outcome {
        Outcome::Met => "met",
        Outcome::Missed => "missed",
        Outcome::Unknown => "unknown",
    };
    let fullest = fullest(point);
    format!(
        "  {:>12}{:>14}{:>14}{:>12}{:>12}  {says:<9}{fullest}",
        format!("{}/s", count(point.rate_per_sec)),
        format!("{}/s", count(point.offered_per_sec)),
        format!("{}/s", count(point.achieved_per_sec)),
        micros(point.p50_us),
        micros(point.p99_us),
    )
}

/// What was full, or the one thing that came closest to it.
fn fullest(point: &Point) -> String {
    let full = point.gauges.iter().filter(|gauge| gauge.is_full);
    let full: Vec<&str> = full.map(|gauge| gauge.name.as_str()).collect();
    match (full.as_slice(), point.gauges.first()) {
        ([], Some(gauge)) => format!("{:.0} % {}", gauge.share() * 100.0, gauge.name),
        ([], None) => "–".to_owned(),
        (full, _) => format!("full: {}", full.join(", ")),
    }
}

/// What it comes to, with a newline at its end.
pub fn render(knee: &Knee) -> String {
    let mut text = String::new();
    match write(&mut text, knee) {
        Ok(()) => text,
        Err(_) => unreachable!("writing to a String can't fail"),
    }
}

fn write(out: &mut String, knee: &Knee) -> std::fmt::Result {
    writeln!(
        out,
        "{}: rate against p99 of {}, each point a run of {:.1} s",
        knee.title, knee.requests, knee.duration_secs
    )?;
    writeln!(out, "{}", heading(knee.requests))?;
    let mut points: Vec<&Point> = knee.points.iter().collect();
    points.sort_by(|one, other| one.rate_per_sec.total_cmp(&other.rate_per_sec));
    for point in points {
        writeln!(out, "{}", row(point))?;
        for reason in point.reasons.iter().filter(|_| point.outcome != Outcome::Met) {
            writeln!(out, "  {:>66}because {reason}", "")?;
        }
    }
    writeln!(out)?;
    writeln!(
        out,
        "  fullest: by what was measured in the heaviest two seconds; 100 % is from where on it counts as full"
    )?;
    for target in &knee.targets {
        let added = if knee.added_targets.contains(target) { " (added)" } else { "" };
        writeln!(out, "  target: {target}{added}")?;
    }
    writeln!(out)?;
    writeln!(out, "{}", knee.sentence)?;
    if let Some(bottleneck) = &knee.bottleneck {
        writeln!(out, "{}", bottleneck.sentence)?;
    }
    match knee.ended_by {
        EndedBy::Search => Ok(()),
        EndedBy::Bounds => {
            writeln!(out, "The search ended early: as many runs, or as much time, as were allowed")
        }
        EndedBy::Stop => writeln!(out, "The search was stopped: this is what was found so far"),
        EndedBy::Failure => {
            writeln!(out, "The search ended early: {}", knee.failure.as_deref().unwrap_or("a run failed"))
        }
    }
}

fn short(requests: &str) -> &str {
    if requests == "all requests" { "of all" } else { requests }
}

fn count(rate: f64) -> String {
    grouped(whole(rate))
}
